"""Long work of the GUI thread, done a slice at a time: one slice in a turn of the event loop, and none in a full one.

Validation, the Inspector, find, painting and colouring each do some milliseconds at a time. With a timer of its own
each, all their slices would come in the same turn, and in that of a frame or an edit besides: together a stall, none
of them being one.
"""

import math
import time
from collections import deque
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QTimer

SLICE_S = 0.008
"""What a step takes, by the clock, if its owner has so much to do: half a frame."""
FULL_S = 0.012
"""Processor time of this thread in a turn, from which on no slice is added to it."""
FEW_PASSED = 2
MOST_S = 0.04
"""After so many full turns in a row a slice may make one as long as this; what it last took is what it will take."""
MOST_PASSED = 6
"""After so many a slice is done all the same, or work would never end."""


class Slices(QObject):
    """Work of one owner: `step` is called once for each `start`, in a later turn of the event loop.

    A step that is not the last ends by `start` again. Owners take turns.
    """

    def __init__(self, owner: QObject, step: Callable[[], object]) -> None:
        super().__init__(owner)
        self._step = step
        self._took = 0.0
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
        begun = time.thread_time()
        try:
            self._step()
        finally:
            self._took = time.thread_time() - begun

    def fits(self, spent: float, passed: int) -> bool:
        """Whether there is room for it in a turn in which so much has been spent, so many having passed."""
        if spent <= FULL_S or passed >= MOST_PASSED:
            return True
        return passed >= FEW_PASSED and spent + self._took <= MOST_S


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
        # What its last slice took counts too: of two long ones in a row the second would make a turn of both.
        now = time.thread_time()
        spent, self._spent_before = now - self._spent_before, now
        is_first, self._is_first = self._is_first, False
        if self.waiting and self.waiting[0].fits(math.inf if is_first else spent, self._passed):
            self._passed = 0
            self._do_next()
        else:
            self._passed += 1
        if not self.waiting:
            self._timer.stop()

    def _do_next(self) -> None:
        while self.waiting:
            work = self.waiting.popleft()
            if shiboken6.isValid(work):
                work.do()
                return
