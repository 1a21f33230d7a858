"""The process in which kfp lives: answers, errors, cancelling, and what it does not pick up from its folder."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from editor.errors import EditorError
from editor.worker import Worker, WorkerCancelled


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker() as started:
        yield started


def test_gives_what_the_function_returns(worker: Worker) -> None:
    assert worker.call("math:sqrt", 9.0) == 3.0


def test_an_exception_becomes_an_error_with_its_traceback(worker: Worker) -> None:
    with pytest.raises(EditorError) as caught:
        worker.call("math:sqrt", "nine")
    assert "must be real number" in caught.value.message
    assert "Traceback" in caught.value.details


def test_an_editor_error_crosses_whole(worker: Worker) -> None:
    with pytest.raises(EditorError) as caught:
        worker.call("editor.components.evaluate:evaluate", "nowhere.py", "step")
    assert caught.value.hint


def test_cancel_ends_a_call_that_is_under_way(worker: Worker) -> None:
    threading.Timer(0.3, worker.cancel).start()
    started = time.monotonic()
    with pytest.raises(WorkerCancelled):
        worker.call("time:sleep", 30)
    assert time.monotonic() - started < 10
    assert worker.call("math:sqrt", 4.0) == 2.0


def test_a_module_beside_the_program_does_not_take_the_sdks_place(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kfp.py").write_text("raise SystemExit('the wrong kfp')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert worker.call("editor.components.evaluate:load_v1", _COMPONENT)["inputs"] == []


def test_a_file_that_asks_at_the_terminal_gets_no_answer(worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "asks.py").write_text("input('who? ')\n", encoding="utf-8")
    with pytest.raises(EditorError, match="line 1, cannot be evaluated: EOFError"):
        worker.call("editor.components.evaluate:evaluate", str(tmp_path / "asks.py"), "step")
    assert worker.call("math:sqrt", 4.0) == 2.0


_COMPONENT = "name: nothing\nimplementation: {container: {image: alpine, command: [echo]}}\n"
