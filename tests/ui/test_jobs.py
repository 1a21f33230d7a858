"""Work goes out and values come back on the GUI thread, or not at all when nobody waits for them."""

import sys
import threading
import time
import weakref
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from editor.errors import EditorError
from editor.ui.jobs import Jobs


def test_result_comes_back_on_the_gui_thread(jobs: Jobs, qtbot: QtBot):
    found: list[object] = []
    jobs.run(threading.get_ident, done=lambda ident: found.append((ident, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(found))
    worker, gui = found[0]  # type: ignore[misc]
    assert gui == threading.get_ident()
    assert worker != gui


def test_a_job_gives_way_to_the_gui_thread_at_once(qapp: QApplication):
    """Python's own 5 ms, each time that NumPy or painting has let go of its lock, make a frame of 20 ms one of 100."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.005)
    try:
        Jobs().close()
        assert sys.getswitchinterval() < 0.001
    finally:
        sys.setswitchinterval(usual)


def test_refusal_without_a_taker_is_told_to_the_window(jobs: Jobs, qtbot: QtBot):
    def refuse() -> None:
        raise EditorError("No.", hint="Never.")

    with qtbot.waitSignal(jobs.refused) as told:
        jobs.run(refuse, done=lambda _nothing: None)
    assert told.args is not None
    assert told.args[0].message == "No."


def test_bug_in_a_job_is_reported(jobs: Jobs, qtbot: QtBot):
    failures: list[EditorError] = []
    with qtbot.waitSignal(jobs.crashed) as told:
        jobs.run(lambda: 1 // 0, done=lambda _number: None, failed=failures.append)
    assert told.args is not None
    assert isinstance(told.args[0], ZeroDivisionError)
    assert len(failures) == 1


def test_nothing_keeps_the_owner_of_a_job_that_is_done(jobs: Jobs, qtbot: QtBot):
    owner = QObject()
    found: list[int] = []
    jobs.latest("key", lambda: 1, done=found.append, owner=owner)
    qtbot.waitUntil(lambda: found == [1])
    left = weakref.ref(owner)
    del owner
    qtbot.waitUntil(lambda: left() is None)


def test_only_the_latest_result_of_a_key_counts(jobs: Jobs, qtbot: QtBot):
    gate = threading.Event()
    found: list[str] = []

    def slow() -> str:
        gate.wait(5)
        return "old"

    jobs.latest("key", slow, done=found.append)
    jobs.latest("key", lambda: "new", done=found.append)
    qtbot.waitUntil(lambda: bool(found))
    gate.set()
    qtbot.waitUntil(lambda: jobs.count == 0)
    assert found == ["new"]


def test_owner_that_is_gone_is_not_told(jobs: Jobs, qtbot: QtBot):
    owner = QObject()
    found: list[int] = []
    gate = threading.Event()
    jobs.run(gate.wait, 5, done=lambda _result: found.append(1), owner=owner)
    import shiboken6

    shiboken6.delete(owner)
    gate.set()
    qtbot.waitUntil(lambda: jobs.count == 0)
    assert not found


def test_stream_gives_each_value_then_its_end(jobs: Jobs, qtbot: QtBot):
    found: list[object] = []

    def count() -> Iterator[int]:
        yield from range(3)

    jobs.stream(count, each=found.append, done=lambda _nothing: found.append("end"))
    qtbot.waitUntil(lambda: "end" in found)
    assert found == [0, 1, 2, "end"]


def test_cancelled_stream_closes_its_source(jobs: Jobs, qtbot: QtBot):
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            number = 0
            while True:
                yield number
                number += 1
                closed.wait(0.001)
        finally:
            closed.set()

    job = jobs.stream(endless, each=lambda _value: None, done=lambda _nothing: None)
    qtbot.wait(20)
    job.cancel()
    qtbot.waitUntil(closed.is_set)


def test_a_job_that_blocks_does_not_keep_the_program(jobs: Jobs, qtbot: QtBot):
    gate = threading.Event()
    jobs.run(gate.wait, 30, done=lambda _result: None)
    later: list[int] = []
    for number in range(8):
        jobs.run(lambda number=number: number, done=later.append)
    qtbot.waitUntil(lambda: sorted(later) == list(range(8)))
    started = time.monotonic()
    jobs.close(timeout_s=0.2)
    assert time.monotonic() - started < 5
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "pipeloom-job")
    gate.set()


def test_quiet_work_is_not_counted_and_tells_only_of_failures(jobs: Jobs, qtbot: QtBot):
    counted: list[int] = []
    jobs.busy_changed.connect(counted.append)
    done, failures = threading.Event(), list[EditorError]()

    def refuse() -> None:
        raise EditorError("No.", hint="Never.")

    jobs.run_quietly(done.set, failed=failures.append)
    jobs.run_quietly(refuse, failed=failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert done.is_set()
    assert [error.message for error in failures] == ["No."]
    assert not counted


def test_burst_of_a_stream_is_taken_in_over_several_turns_in_order(jobs: Jobs, qtbot: QtBot):
    found: list[object] = []
    taken: list[int] = []
    gate = threading.Event()

    def count() -> Iterator[int]:
        gate.wait(5)
        yield from range(200)

    def take(number: int) -> None:
        found.append(number)
        time.sleep(0.001)

    jobs.stream(count, each=take, done=lambda _nothing: found.append("end"))
    gate.set()
    time.sleep(0.2)
    timer = QTimer()
    timer.timeout.connect(lambda: taken.append(len(found)))
    timer.start(0)
    qtbot.waitUntil(lambda: "end" in found)
    timer.stop()
    assert found == [*range(200), "end"]
    assert len(taken) > 8, "others had their turns meanwhile"
    assert jobs.count == 0


def test_cancelled_stream_is_over_though_a_burst_of_it_waits(jobs: Jobs, qtbot: QtBot):
    found: list[int] = []
    job = jobs.stream(lambda: iter(range(1000)), each=found.append, done=lambda _nothing: found.append(-1))
    time.sleep(0.1)
    job.cancel()
    qtbot.waitUntil(lambda: jobs.count == 0)
    assert found == []
