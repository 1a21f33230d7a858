"""What hands and keys do to a canvas while it follows a large edit: it waits, in its order, instead of hurrying it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QApplication

from editor.ui.canvas.gestures.library_drag import LibraryDrag

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

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
        if isinstance(event, QKeyEvent):
            return is_of_view and self._hold_key(event)
        if isinstance(event, QMouseEvent):
            if event.type() == QEvent.Type.MouseMove and not is_of_view:
                # Where nothing is held, the dispatcher has moves wait.
                return self.is_holding and self._hold_move(watched, event)
            if is_of_view or event.type() not in _TO_VIEWPORT:
                return False
            self._hold(partial(QApplication.sendEvent, watched, QMouseEvent(event)))
        else:
            self._hold(partial(QApplication.sendEvent, watched, QContextMenuEvent(event)))
        return True

    def _hold_move(self, watched: QObject, event: QMouseEvent) -> bool:
        if self._moves and self._moves[0].buttons() == event.buttons():
            self._moves[0] = QMouseEvent(event)
        else:
            self._moves = moves = [QMouseEvent(event)]
            self._wait(lambda: QApplication.sendEvent(watched, moves[0]))
        return True

    def _hold_key(self, event: QKeyEvent) -> bool:
        match event.type():
            case QEvent.Type.KeyPress:
                self._hold(partial(self._press, QKeyEvent(event)))
            case QEvent.Type.KeyRelease:
                self._hold(partial(QApplication.sendEvent, self._view, QKeyEvent(event)))
            case QEvent.Type.ShortcutOverride if self._action_of(event) is not None:
                # Held as a key: what is held before it may open a field, and it is a letter there.
                event.accept()
            case _:
                return False
        return True

    def _press(self, event: QKeyEvent) -> None:
        """As Qt does with a key: a field on the canvas may have the focus by now, else it may be a command's."""
        view, focus = self._view, QApplication.focusWidget()
        at = focus if focus is not None and view.isAncestorOf(focus) else view
        override = QKeyEvent(
            *(QEvent.Type.ShortcutOverride, event.key(), event.modifiers(), event.text()),
            autorep=event.isAutoRepeat(),
        )
        override.ignore()
        QApplication.sendEvent(at, override)
        action = None if override.isAccepted() else self._action_of(event)
        if action is not None and action.isEnabled():
            action.trigger()
        else:
            QApplication.sendEvent(at, event)

    def _action_of(self, event: QKeyEvent) -> QAction | None:
        """The canvas's command that has a key."""
        keys = QKeySequence(event.keyCombination())
        return next((action for action in self._view.actions() if keys in action.shortcuts()), None)

    def _hold(self, hand_over: Callable[[], object]) -> None:
        self._moves = []
        self._wait(hand_over)

    def _wait(self, hand_over: Callable[[], object]) -> None:
        def act() -> None:
            self._count -= 1
            if not self._can_hand_over():
                return
            self._is_handing_over = True
            try:
                hand_over()
            finally:
                self._is_handing_over = False

        self._count += 1
        self.in_turn(act)

    def _can_hand_over(self) -> bool:
        """Not where Qt itself would give the canvas nothing: a dialog has been opened by what was done before, or
        something is dragged over it from elsewhere, which a button that was let go before would drop.
        """
        modal = QApplication.activeModalWidget()
        return modal in (None, self._view.window()) and not isinstance(self._view.gestures.active, LibraryDrag)
