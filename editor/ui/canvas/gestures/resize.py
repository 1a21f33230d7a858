"""Dragging the lower right corner of a note or of a group's frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from editor import edits
from editor.model import EntityId
from editor.ui.canvas.gestures.gesture import Gesture, Pointer
from editor.ui.canvas.gestures.large_edits import attempt
from editor.ui.canvas.gestures.snapping import on_grid
from editor.ui.theme import ink

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

LEAST_WIDTH = 96
LEAST_HEIGHT = 56
CORNER_PX = 12
"""How near its corner a frame is taken by the corner."""


class ResizeGesture(Gesture):
    """A frame never gets smaller than what is in it: it is drawn at least that large."""

    def __init__(self, view: CanvasView, entity_id: EntityId) -> None:
        super().__init__(view)
        self._id = entity_id
        self._rect = view.card_rect(entity_id)
        self._size = (self._rect.width(), self._rect.height())
        self._grip = QPointF()

    def start(self, at: Pointer) -> None:
        self._grip = self._rect.bottomRight() - at.scene
        super().start(at)

    def move(self, at: Pointer) -> None:
        corner = at.scene + self._grip
        width = max(LEAST_WIDTH, on_grid(corner.x() - self._rect.left()))
        height = max(LEAST_HEIGHT, on_grid(corner.y() - self._rect.top()))
        self._size = (float(width), float(height))
        self.view.update()

    def release(self, at: Pointer) -> None:
        self.move(at)
        self.finish()
        if self._size == (self._rect.width(), self._rect.height()):
            return
        box = (self._rect.x(), self._rect.y(), *self._size)
        attempt(self.view, lambda: edits.resize(self.view.document, self._id, box))

    def paint(self, painter: QPainter) -> None:
        pen = QPen(ink(self.view.theme.accent), 2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(self._rect.topLeft(), self._rect.topLeft() + QPointF(*self._size)))


def is_on_corner(view: CanvasView, entity_id: EntityId, scene: QPointF) -> bool:
    """Whether `scene` is at the corner by which the frame is resized."""
    away = view.card_rect(entity_id).bottomRight() - scene
    return abs(away.x()) * view.zoom <= CORNER_PX and abs(away.y()) * view.zoom <= CORNER_PX
