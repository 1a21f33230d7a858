"""A part of the canvas view: what mouse, keys and drags do to it goes to the gestures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QMouseEvent

from editor.ui.canvas.marking import Marking

if TYPE_CHECKING:
    from editor.model import EntityId
    from editor.ui.canvas.gestures.dispatch import GestureDispatcher


class Hearing(Marking):
    """A part of CanvasView."""

    gestures: GestureDispatcher

    def forget_hover(self) -> None:
        """As CanvasView's."""
        raise NotImplementedError

    def _set_hovered(self, entity: EntityId | None) -> None:
        raise NotImplementedError

    # -- Qt's own names -------------------------------------------------------------------------------------------

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.forget_hover()
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._stays_fitted = False
        self._set_hovered(None)
        event.setAccepted(self.gestures.mouse_press(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.gestures.mouse_move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.setAccepted(self.gestures.mouse_release(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.setAccepted(self.gestures.double_click(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.gestures.key_press(event):
            event.ignore()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self.gestures.drag_enter(event):
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if not self.gestures.drag_move(event):
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.gestures.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        if not self.gestures.drop(event):
            event.ignore()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """There are no scroll bars: the paper has no end."""
