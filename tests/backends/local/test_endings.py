"""How runs end before their time: cancelled, orphaned, killed. Nothing that they started may be left."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from editor.backends.local_client import LocalRun, start_local_run
from editor.runs import RunEvent, RunSnapshot
from tests.backends.local.conftest import CACHE, command_for

pytestmark = pytest.mark.slow


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def wait_until(condition: Callable[[], bool], timeout_s: float = 15) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """Where the sleeping task writes the id of a process that it started in a session of its own."""
    return tmp_path / "marker"


def stray(marker: Path) -> int:
    assert wait_until(lambda: marker.exists() and marker.read_text() != "")
    return int(marker.read_text())


def in_run(run_id: str) -> list[int]:
    """Every process that carries the run's mark."""
    mark = f"PIPELOOM_RUN_ID={run_id}".encode()
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (entry / "environ").read_bytes().split(b"\0") and is_alive(int(entry.name)):
                found.append(int(entry.name))
    return found


def start(packages: Path, tmp_path: Path, marker: Path) -> LocalRun:
    return start_local_run(
        packages / "long.yaml",
        {"marker": str(marker)},
        tmp_path / "out",
        use_cache=False,
        environments_dir=CACHE / "environments",
    )


def test_cancel_stops_everything(packages: Path, tmp_path: Path, marker: Path) -> None:
    snapshot = RunSnapshot()
    with start(packages, tmp_path, marker) as run:
        for event in run.events():
            snapshot.apply(event)
            if event.task == "sleep-long" and event.state == "RUNNING":
                child = stray(marker)
                assert is_alive(child)
                run.cancel()
                run.cancel()
    assert snapshot.state == "CANCELED"
    assert {path: task.state for path, task in snapshot.tasks.items()} == {
        "say": "CANCELED",
        "sleep-long": "CANCELED",
        "sleep-long-2": "CANCELED",
    }
    assert in_run(run.id) == []
    assert not is_alive(child)


def test_killing_the_run_s_process_stops_its_tasks(packages: Path, tmp_path: Path, marker: Path) -> None:
    with start(packages, tmp_path, marker) as run:
        events = run.events()
        stray(marker)
        os.kill(run.pid, signal.SIGKILL)
        last = list(events)[-1]
    assert (last.task, last.state) == (None, "FAILED")
    assert "signal 9" in last.message
    assert wait_until(lambda: in_run(run.id) == [])


def test_kill_ends_the_run_and_its_reader(packages: Path, tmp_path: Path, marker: Path) -> None:
    with start(packages, tmp_path, marker) as run:
        events: list[RunEvent] = []
        reader = threading.Thread(target=lambda: events.extend(run.events()))
        reader.start()
        stray(marker)
        run.kill()
        reader.join(10)
    assert not reader.is_alive()
    assert (events[-1].task, events[-1].state) == (None, "FAILED")
    assert wait_until(lambda: in_run(run.id) == [])


def test_the_run_ends_with_the_program_that_started_it(packages: Path, tmp_path: Path, marker: Path) -> None:
    command = command_for(packages / "long.yaml", tmp_path / "out", None, {"marker": str(marker)}, ("--watch-stdin",))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        child = stray(marker)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 1
    assert not is_alive(child)


def test_sigterm_and_ctrl_c_are_a_cancel(packages: Path, tmp_path: Path, marker: Path) -> None:
    command = command_for(packages / "long.yaml", tmp_path / "out", None, {"marker": str(marker)})
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        stray(marker)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    assert b'"task":null,"state":"CANCELED"' in output.splitlines()[-1]


def test_the_client_tells_a_refusal_as_the_run_s_end(packages: Path, tmp_path: Path) -> None:
    with start_local_run(packages / "chain.yaml", {"start": "x"}, tmp_path / "out") as run:
        events = list(run.events())
    assert [(event.task, event.state) for event in events] == [(None, "FAILED")]
    assert run.stderr_text() == ""
    assert events[0].run == run.id
