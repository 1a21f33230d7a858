"""The history file: what it keeps, what it survives."""

import sqlite3
import threading
from pathlib import Path

import pytest

from editor.errors import EditorError
from editor.runs import Run, RunEvent
from editor.runs.history import RunHistory


@pytest.fixture
def history(tmp_path: Path) -> RunHistory:
    return RunHistory(tmp_path / "runs.db")


def run(number: int, **more: str) -> Run:
    return Run(id=f"r{number}", name=f"run {number}", created=f"2026-01-0{number}T00:00:00Z", **more)


def test_runs_come_newest_first_and_whole(history: RunHistory) -> None:
    full = Run(
        id="r9",
        name="all",
        created="2026-01-09T00:00:00Z",
        arguments={"n": 1, "list": [1, {"a": None}]},
        source_map={"loop/score": "t1"},
        digest="d",
        output_dir="/out",
        link="http://x/#/runs/1",
    )
    for each in (run(1), full, run(2)):
        history.put(each)
    assert [each.id for each in history.runs()] == ["r9", "r2", "r1"]
    assert history.run("r9") == full
    assert [each.id for each in history.runs(limit=1)] == ["r9"]


def test_runs_of_one_document(history: RunHistory) -> None:
    history.put(run(1, document="/a.pipeloom"))
    history.put(run(2, document="/b.pipeloom"))
    assert [each.id for each in history.runs(document="/a.pipeloom")] == ["r1"]


def test_events_move_the_run_s_state_and_are_kept_in_order(history: RunHistory) -> None:
    history.put(run(1))
    history.record(
        [
            RunEvent(time="t1", run="r1", task=None, state="RUNNING"),
            RunEvent(time="t2", run="r1", task="a", state="SUCCEEDED", outputs={"x": 1}),
            RunEvent(time="t3", run="r1", task=None, state="FAILED", message="b failed"),
            RunEvent(time="t4", run="unknown", task=None, state="FAILED"),
        ]
    )
    kept = history.run("r1")
    assert kept is not None
    assert (kept.state, kept.started, kept.finished, kept.message) == ("FAILED", "t1", "t3", "b failed")
    assert [event.time for event in history.events("r1")] == ["t1", "t2", "t3"]
    assert history.snapshot("r1").tasks["a"].outputs == {"x": 1}


def test_it_is_there_after_the_program_ended(tmp_path: Path) -> None:
    RunHistory(tmp_path / "runs.db").put(run(1))
    assert RunHistory(tmp_path / "runs.db").run("r1") == run(1)


def test_a_deleted_run_takes_its_events_with_it(history: RunHistory) -> None:
    history.put(run(1))
    history.record([RunEvent(time="t", run="r1", task="a", state="RUNNING")])
    history.delete("r1")
    assert history.run("r1") is None
    assert history.events("r1") == []


def test_runs_that_never_told_their_end_are_closed(history: RunHistory) -> None:
    history.put(run(1, state="RUNNING"))
    history.put(run(2, state="SUCCEEDED"))
    history.put(run(3, state="RUNNING", backend="http://server"))
    history.put(run(4, state="RUNNING"))
    assert history.close_interrupted(backend="local", message="Interrupted.", alive=["r4"]) == ["r1"]
    closed = history.run("r1")
    assert closed is not None
    assert (closed.state, closed.message) == ("CANCELED", "Interrupted.")
    assert [each.state for each in history.runs()] == ["RUNNING", "RUNNING", "SUCCEEDED", "CANCELED"]


def test_two_threads_write_at_once(history: RunHistory) -> None:
    history.put(run(1))

    def write(name: str) -> None:
        for number in range(20):
            history.record([RunEvent(time=str(number), run="r1", task=name, state="RUNNING")])

    threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(history.events("r1")) == 40


def test_a_file_that_is_no_history_is_named(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(EditorError, match=r"runs\.db"):
        RunHistory(path)


def test_a_newer_program_s_history_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(EditorError, match="newer"):
        RunHistory(path)
