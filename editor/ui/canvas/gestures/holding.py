"""What hands and keys do to a canvas while it follows a large edit: it waits, in its order, instead of hurrying it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

_TO_VIEW = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
_TO_VIEWPORT = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick)


def never() -> bool:
    """Nothing else waits."""
    return False


class HeldInput(QObject):
    """Holds the events back that need the scene of a view, until it is what the document says.

    That takes a tenth of a second for a thousand tasks: to have it done there and then would stop the window for it.
    """

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self.in_turn: Callable[[Callable[[], object]], object] = view.when_followed
        """Calls what it is given when the view has followed, after all that it was given before."""
        self.is_preceded: Callable[[], bool] = never
        """Whether anything else waits for that, which the person has asked for before."""
        self._view = view
        self._count = 0
        self._moves: list[QMouseEvent] = []
        """The move of the mouse that waits last, if what waits last is one: the next takes its place."""
        self._is_handing_over = False
        view.viewport().installEventFilter(self)
        view.installEventFilter(self)

    @property
    def is_holding(self) -> bool:
        return self._count > 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._is_handing_over or not isinstance(event, (QMouseEvent, QKeyEvent, QContextMenuEvent)):
            return False
        if not (self._view.is_behind or self.is_holding or self.is_preceded()):
            return False
        is_of_view = watched is self._view
        if isinstance(event, QMouseEvent):
            if event.type() == QEvent.Type.MouseMove and not is_of_view:
                # Where nothing is held, the dispatcher has moves wait.
                return self.is_holding and self._hold_move(watched, event)
            if is_of_view or event.type() not in _TO_VIEWPORT:
                return False
            self._hold(watched, QMouseEvent(event))
        elif isinstance(event, QKeyEvent):
            if not is_of_view or event.type() not in _TO_VIEW:
                return False
            self._hold(watched, QKeyEvent(event))
        else:
            self._hold(watched, QContextMenuEvent(event))
        return True

    def _hold_move(self, watched: QObject, event: QMouseEvent) -> bool:
        if self._moves and self._moves[0].buttons() == event.buttons():
            self._moves[0] = QMouseEvent(event)
        else:
            self._moves = moves = [QMouseEvent(event)]
            self._wait(lambda: QApplication.sendEvent(watched, moves[0]))
        return True

    def _hold(self, watched: QObject, event: QMouseEvent | QKeyEvent | QContextMenuEvent) -> None:
        self._moves = []
        self._wait(lambda: QApplication.sendEvent(watched, event))

    def _wait(self, hand_over: Callable[[], object]) -> None:
        def act() -> None:
            self._count -= 1
            self._is_handing_over = True
            try:
                hand_over()
            finally:
                self._is_handing_over = False

        self._count += 1
        self.in_turn(act)
