"""`pipeloom run` as a real process: events, exit codes, and a cancel that leaves nothing behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import platformdirs
import pytest

from editor.runs import PACKAGE_FILE, fold, read_event
from editor.runs.history import RunHistory
from tests.cli.conftest import Pipeloom

SOURCES = Path(__file__).resolve().parents[2]
PIPELINES = """
import sys
from typing import List
from kfp import compiler, dsl

@dsl.component(base_image="python:3.11")
def add(a: int, b: int = 1) -> int:
    return a + b

@dsl.component(base_image="python:3.11")
def wait(marker: str) -> str:
    import time
    open(marker, "w").close()
    time.sleep(60)
    return ""

@dsl.component(base_image="python:3.11")
def fail(text: str) -> str:
    raise ValueError(text)

@dsl.pipeline(name="sums")
def sums(start: int, name: str, more: List[int] = [1, 2]):
    one = add(a=start)
    with dsl.ParallelFor(more) as item:
        add(a=one.output, b=item)

@dsl.pipeline(name="waits")
def waits(marker: str):
    wait(marker=marker)

@dsl.pipeline(name="gives")
def gives() -> int:
    return add(a=40, b=2).output

@dsl.pipeline(name="fails")
def fails():
    fail(text="broken on purpose")

for each in (sums, waits, gives, fails):
    compiler.Compiler().compile(each, f"{sys.argv[1]}/{each.name}.yaml")
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    (folder / "made.py").write_text(PIPELINES, encoding="utf-8")
    subprocess.run([sys.executable, "-W", "ignore", "made.py", "."], cwd=folder, check=True, timeout=60)
    return folder


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """`pipeloom run …` in a folder of its own; environments of tasks are kept from one time to the next."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(SOURCES),
        "PIPELOOM_HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": platformdirs.user_cache_dir("pipeloom-tests"),
    }

    def run(*words: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "editor", "run", *map(str, words)]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment
        )

    return run


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_events_own_stdout_and_fold_to_the_result(start: Start, packages: Path, tmp_path: Path) -> None:
    words = ["--input", "start=3", "--input", "name=3", "--input", "more=[10, 20]"]
    run = start(packages / "sums.yaml", *words, "--events", "--output", "out")
    out, err = run.communicate(timeout=170)
    assert run.returncode == 0, err
    lines = [json.loads(line) for line in out.splitlines()]
    assert all({"time", "run", "task", "state"} <= line.keys() for line in lines)
    assert len({line["run"] for line in lines}) == 1
    assert (lines[-1]["task"], lines[-1]["state"]) == (None, "SUCCEEDED")
    snapshot = fold(read_event(line) for line in out.splitlines())
    outputs = {path: task.outputs.get("Output") for path, task in snapshot.tasks.items()}
    assert outputs == {
        "add": 4,
        "for-loop-1": None,
        "for-loop-1[0]": None,
        "for-loop-1[0]/add-2": 14,
        "for-loop-1[1]": None,
        "for-loop-1[1]/add-2": 24,
    }
    assert "Outputs go to out" in err
    assert (tmp_path / "out").is_dir()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_outputs_of_the_pipeline_are_said(start: Start, packages: Path) -> None:
    run = start(packages / "gives.yaml")
    out, err = run.communicate(timeout=170)
    assert run.returncode == 0, err
    assert out.splitlines()[-1] == "    Output = 42"


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_run_is_in_the_history_that_the_window_shows(start: Start, packages: Path, tmp_path: Path) -> None:
    run = start(packages / "gives.yaml")
    _, err = run.communicate(timeout=170)
    assert run.returncode == 0, err
    history = RunHistory(tmp_path / "home/data/runs.sqlite")
    (record,) = history.runs()
    assert (record.name, record.state, record.document) == ("gives", "SUCCEEDED", str(packages / "gives.yaml"))
    assert record.source_map.keys() == {"add"}
    assert (Path(record.output_dir) / PACKAGE_FILE).exists()
    assert history.snapshot(record.id).tasks["add"].outputs == {"Output": 42}


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_failed_run_is_1_and_shows_the_end_of_the_log(start: Start, packages: Path, tmp_path: Path) -> None:
    run = start(packages / "fails.yaml")
    out, err = run.communicate(timeout=170)
    assert run.returncode == 1
    assert "FAILED     fail" in out
    assert "ValueError: broken on purpose" in err
    (folder,) = (tmp_path / "pipeloom-runs").iterdir()
    assert folder.name.startswith("fails-")
    assert f"Log: {folder}" in err


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_interrupt_cancels_everything_that_it_started(start: Start, packages: Path, tmp_path: Path) -> None:
    marker = tmp_path / "task-is-up"
    run = start(packages / "waits.yaml", "--input", f"marker={marker}", "--events")
    deadline = time.monotonic() + 170
    while not marker.exists():
        assert run.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=20)
    assert run.returncode == 1
    states = [(line["task"], line["state"]) for line in map(json.loads, out.splitlines())]
    assert states[-2:] == [("wait", "CANCELED"), (None, "CANCELED")]
    assert "Traceback" not in err
    assert not [process for process in processes() if str(marker) in process]


def processes() -> Iterator[str]:
    """The command lines of what runs now."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield file.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")


def test_inputs_are_checked_before_anything_starts(pipeloom: Pipeloom, tmp_path: Path) -> None:
    from tests.backends.server.conftest import write_package

    package = write_package(tmp_path / "train.yaml")
    for words, said in [
        ([], "needs a value for 'rate' (NUMBER_DOUBLE)"),
        (["--input", "rate=fast"], "'rate' takes NUMBER_DOUBLE"),
        (["--input", "rate=1", "--input", "speed=2"], "has no input 'speed'"),
    ]:
        answer = pipeloom("run", package, *words)
        assert (answer.code, answer.out) == (1, "")
        assert said in answer.err
    assert not (tmp_path / "pipeloom-runs").exists()
