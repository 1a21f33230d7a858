"""Long work of the GUI thread, done a slice at a time: one slice in a turn of the event loop, and none in a full one.

Validation, the Inspector, find, painting and colouring each do some milliseconds at a time. With a timer of its own
each, all their slices would come in the same turn, and in that of a frame or an edit besides: together a stall, none
of them being one.
"""

import time
from collections import deque
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QTimer

FULL_S = 0.012
"""Processor time of this thread in a turn, from which on no slice is added to it."""
MOST_PASSED = 4
"""So many full turns in a row are let pass; then a slice is done all the same, or work would never end."""


class Slices(QObject):
    """Work of one owner: `step` is called once for each `start`, in a later turn of the event loop.

    A step that is not the last ends by `start` again. Owners take turns.
    """

    def __init__(self, owner: QObject, step: Callable[[], object]) -> None:
        super().__init__(owner)
        self._step = step
        self._turns = _Turns.shared()

    @property
    def is_waiting(self) -> bool:
        return self in self._turns.waiting

    def start(self, *, is_first: bool = False) -> None:
        """Have the step done when all that wait have been given their slice, or before them."""
        self._turns.put(self, is_first=is_first)

    def stop(self) -> None:
        self._turns.drop(self)

    def do(self) -> None:
        self._step()


class _Turns(QObject):
    """Who waits for a slice, and whether the turn under way has room for one. One for the application."""

    def __init__(self, application: QObject) -> None:
        super().__init__(application)
        self.waiting: deque[Slices] = deque()
        self._spent_before = 0.0
        self._is_first = True
        self._passed = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timer_timeout)

    @classmethod
    def shared(cls) -> "_Turns":
        application = QCoreApplication.instance()
        assert application is not None
        return application.findChild(_Turns) or _Turns(application)

    def put(self, work: Slices, *, is_first: bool) -> None:
        if is_first:
            self.drop(work)
            self.waiting.appendleft(work)
        elif work not in self.waiting:
            self.waiting.append(work)
        if not self._timer.isActive():
            # What the turn under way has taken so far is not known: it is let pass.
            self._is_first = True
            self._timer.start(0)

    def drop(self, work: Slices) -> None:
        if work in self.waiting:
            self.waiting.remove(work)

    def _on_timer_timeout(self) -> None:
        spent = time.thread_time() - self._spent_before
        is_full = (self._is_first or spent > FULL_S) and self._passed < MOST_PASSED
        self._is_first = False
        if is_full:
            self._passed += 1
        else:
            self._passed = 0
            self._do_next()
        if not self.waiting:
            self._timer.stop()
        self._spent_before = time.thread_time()

    def _do_next(self) -> None:
        while self.waiting:
            work = self.waiting.popleft()
            if shiboken6.isValid(work):
                work.do()
                return
