"""The measurements still run, and measure the picture that the canvas shows."""

import pytest

from tests.benchmarks import canvas, stalls
from tests.benchmarks.graphs import large


def test_large_documents_are_as_the_targets_say(qapp):
    document = large(1000)
    tasks = list(document.tasks())
    wires = sum(len([a for a in task.arguments.values() if type(a).__name__ == "FromTask"]) for task in tasks)
    assert len(tasks) == 1000
    assert 1.2 <= wires / len(tasks) <= 1.6
    grouped = [task for task in tasks if sum(1 for _ in document.ancestors(task.id)) == 3]
    assert len(grouped) == 100
    ports = document.interface(tasks[0].component)
    assert (len(ports.inputs), len(ports.outputs)) == (3, 2)
    assert large(1000).entities == document.entities


@pytest.mark.slow
def test_canvas_benchmark_runs(qapp, capsys: pytest.CaptureFixture[str]):
    canvas.run(smoke=True)
    written = capsys.readouterr().out
    for name in ("open to the first complete frame", "pan step", "undo it", "resident memory"):
        assert name in written


@pytest.mark.slow
def test_random_gestures_on_a_large_document(qapp):
    """Five seconds of a large document end without an error; `python -m tests.benchmarks stalls` measures."""
    watch, done = stalls.stalls(10_000, 5.0)
    assert sum(done.values()) >= 3
    assert watch.turns > 5
