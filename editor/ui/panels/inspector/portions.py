"""Work of the Inspector that is longer than a turn of the event loop may be."""

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject

from editor.ui.slices import Slices

TURN_S = 0.008
"""So long at a time, and the step that is begun then: a frame must still fit beside it."""


class Portions(QObject):
    """Does work in steps: as many as a turn of the event loop has room for, the first of them at once."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: Iterator[None] | None = None
        self._slices = Slices(self, self._go_on)

    def start(self, work: Iterator[None]) -> None:
        """Begin work, in place of what is under way. A step ends where the generator yields."""
        self._work = work
        self._go_on()

    def stop(self) -> None:
        """Leave what is under way as it is."""
        self._work = None
        self._slices.stop()

    def _go_on(self) -> None:
        work, begun = self._work, time.perf_counter()
        while work is not None and work is self._work:
            try:
                next(work)
            except StopIteration:
                if work is self._work:
                    self.stop()
                return
            if time.perf_counter() - begun > TURN_S:
                self._slices.start()
                return
