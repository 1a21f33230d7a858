"""Work in slices: owners take turns, one in a turn of the event loop, and none where the turn is full already."""

import time

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from pytestqt.qtbot import QtBot

from editor.ui import slices
from editor.ui.slices import Slices


class Worker(QObject):
    """Notes each of its slices, and asks for the next until it has had so many."""

    def __init__(self, name: str, log: list[str], slices_wanted: int) -> None:
        super().__init__()
        self._name, self._log, self._left = name, log, slices_wanted
        self.work = Slices(self, self._step)

    def _step(self) -> None:
        self._log.append(self._name)
        self._left -= 1
        if self._left:
            self.work.start()


def spend(seconds: float) -> None:
    """Of this thread's processor time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def turns(count: int) -> None:
    for _turn in range(count):
        QCoreApplication.processEvents()


def test_owners_take_turns(qtbot):
    log: list[str] = []
    one, other = Worker("a", log, 3), Worker("b", log, 2)
    one.work.start()
    one.work.start()
    other.work.start()
    assert log == [], "never at once"
    qtbot.waitUntil(lambda: len(log) == 5)
    assert log == ["a", "b", "a", "b", "a"]
    turns(5)
    assert len(log) == 5
    assert not one.work.is_waiting


def test_turn_has_one_slice_at_most(qtbot):
    log: list[str] = []
    workers = [Worker(name, log, 4) for name in "abc"]
    for each in workers:
        each.work.start()
    most = 0
    while len(log) < 12:
        before = len(log)
        turns(1)
        most = max(most, len(log) - before)
    assert most == 1


def passed(qtbot: QtBot, busy_s: float) -> int:
    """How many turns there are from one slice to the next where something else takes so long in each."""
    log: list[str] = []
    busy = QTimer()
    busy.timeout.connect(lambda: (log.append("busy"), spend(busy_s)))
    busy.start(0)
    worker = Worker("slice", log, 3)
    worker.work.start()
    qtbot.waitUntil(lambda: log.count("slice") == 3)
    busy.stop()
    first, second, *_rest = (number for number, each in enumerate(log) if each == "slice")
    return second - first


def test_full_turn_gets_no_slice_but_work_goes_on(qtbot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(slices, "FULL_S", 0.004)
    monkeypatch.setattr(slices, "MOST_S", 0.005)
    assert passed(qtbot, 0.006) > slices.MOST_PASSED


def test_slice_that_fits_in_waits_for_fewer_full_turns(qtbot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(slices, "FULL_S", 0.002)
    monkeypatch.setattr(slices, "MOST_S", 10.0)
    assert slices.FEW_PASSED < passed(qtbot, 0.004) <= slices.MOST_PASSED


def test_long_slice_makes_its_own_turn_full(qtbot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(slices, "FULL_S", 0.004)
    log: list[str] = []
    owner, other = QObject(), Worker("other", log, 1)
    long = Slices(owner, lambda: (log.append("long"), spend(0.006)))
    long.start()
    other.work.start()
    seen: list[int] = []
    while "other" not in log:
        turns(1)
        seen.append(len(log))
    assert seen.count(1) > 1, "a turn is let pass between the two"


def test_what_is_stopped_or_gone_is_not_done(qtbot):
    log: list[str] = []
    stopped, gone, other = Worker("stopped", log, 1), Worker("gone", log, 1), Worker("other", log, 1)
    for each in (stopped, gone, other):
        each.work.start()
    stopped.work.stop()
    gone.deleteLater()
    QCoreApplication.sendPostedEvents(gone, QEvent.Type.DeferredDelete)
    qtbot.waitUntil(lambda: log == ["other"])
    turns(5)
    assert log == ["other"]
