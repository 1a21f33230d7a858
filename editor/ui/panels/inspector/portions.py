"""Work of the Inspector that is longer than a turn of the event loop may be."""

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject

from editor.ui.slices import Slices

TURN_S = 0.008
"""So long at a time, and the step that is begun then: a frame must still fit beside it."""
FIRST_S = 0.002
"""The same of the first time, in a turn in which what holds the rows has been made."""


class Portions(QObject):
    """Does work in steps: as many as a turn of the event loop has room for, the first of them at once."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: Iterator[None] | None = None
        self._slices = Slices(self, self._go_on)

    @property
    def is_under_way(self) -> bool:
        return self._work is not None

    def start(self, work: Iterator[None]) -> None:
        """Begin work, in place of what is under way. A step ends where the generator yields."""
        self._work = work
        self._go_on(FIRST_S)

    def stop(self) -> None:
        """Leave what is under way as it is."""
        self._work = None
        self._slices.stop()

    def _go_on(self, turn_s: float | None = None) -> None:
        work, end = self._work, time.perf_counter() + (TURN_S if turn_s is None else turn_s)
        while work is not None and work is self._work:
            try:
                next(work)
            except StopIteration:
                if work is self._work:
                    self.stop()
                return
            if time.perf_counter() > end:
                self._slices.start()
                return
