"""Moves the view while something is dragged at its edge, or out of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

TICK_MS = 16
MARGIN_PX = 24
MOST_PX = 20
FROM_OUTSIDE = 2**20
"""Farther out than any hand goes."""


class EdgeScroll(QObject):
    """`follow` is called when the view has moved under the pointer.

    What is taken hold of at the edge, or comes in over it, does not scroll at once: it has been inside before, or is
    dragged farther out than where it began.
    """

    def __init__(self, view: CanvasView, follow: Callable[[QPoint], object]) -> None:
        super().__init__(view)
        self._view = view
        self._follow = follow
        self._pointer = QPoint()
        self._begun_px = 0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    def begin(self, pointer: QPoint, *, is_from_outside: bool) -> None:
        self._begun_px = FROM_OUTSIDE if is_from_outside else _length(self._beyond(pointer))

    def watch(self, pointer: QPoint) -> None:
        """The pointer is here now: scroll as long as that is at the edge."""
        self._pointer = pointer
        beyond = _length(self._beyond(pointer))
        if beyond == 0:
            self._begun_px = 0
        if beyond <= self._begun_px:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _beyond(self, at: QPoint) -> QPoint:
        """How far `at` lies in the margin or outside; the view moves the faster."""
        inner = self._view.viewport().rect().adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        x = max(0, inner.left() - at.x()) - max(0, at.x() - inner.right())
        y = max(0, inner.top() - at.y()) - max(0, at.y() - inner.bottom())
        return QPoint(x, y)

    def _on_timer_timeout(self) -> None:
        beyond = self._beyond(self._pointer)
        if beyond.isNull():
            self._timer.stop()
            return
        self._view.pan_by(max(-MOST_PX, min(MOST_PX, beyond.x())), max(-MOST_PX, min(MOST_PX, beyond.y())))
        self._follow(self._pointer)


def _length(step: QPoint) -> int:
    return max(abs(step.x()), abs(step.y()))
