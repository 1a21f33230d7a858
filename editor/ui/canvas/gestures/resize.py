"""Dragging an edge or a corner of a note or of a group's frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from editor import edits
from editor.model import EntityId
from editor.model.metrics import Rect
from editor.ui.canvas.edges import Edges, edges_at
from editor.ui.canvas.gestures.gesture import Gesture, Pointer
from editor.ui.canvas.gestures.large_edits import attempt
from editor.ui.canvas.gestures.snapping import on_grid
from editor.ui.theme import ink

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView, Hit

LEAST_WIDTH = 96
LEAST_HEIGHT = 56
FRAMES = ("group", "group_title", "note", "note_resize")
"""The parts of frames and notes by which they may be resized, at their edges."""
_FALLING, _RISING = Qt.CursorShape.SizeFDiagCursor, Qt.CursorShape.SizeBDiagCursor
_SIDEWAYS, _UPRIGHT = Qt.CursorShape.SizeHorCursor, Qt.CursorShape.SizeVerCursor
CURSORS = {
    (-1, -1): _FALLING,
    (1, 1): _FALLING,
    (-1, 1): _RISING,
    (1, -1): _RISING,
    (-1, 0): _SIDEWAYS,
    (1, 0): _SIDEWAYS,
    (0, -1): _UPRIGHT,
    (0, 1): _UPRIGHT,
}


class ResizeGesture(Gesture):
    """A frame never gets smaller than what is in it: it is drawn at least that large."""

    def __init__(self, view: CanvasView, entity_id: EntityId, edges: Edges) -> None:
        super().__init__(view)
        self._id = entity_id
        self._edges = edges
        self._before = self._rect = view.card_rect(entity_id)
        self._origin = QPointF()

    def start(self, at: Pointer) -> None:
        self._origin = at.scene
        super().start(at)

    def move(self, at: Pointer) -> None:
        before, (by_x, by_y), way = self._before, self._edges, at.scene - self._origin
        width, height = before.width(), before.height()
        if by_x:
            width = max(LEAST_WIDTH, on_grid(width + by_x * way.x()))
        if by_y:
            height = max(LEAST_HEIGHT, on_grid(height + by_y * way.y()))
        left = before.right() - width if by_x < 0 else before.left()
        top = before.bottom() - height if by_y < 0 else before.top()
        self._rect = QRectF(left, top, width, height)
        self.view.update()

    def release(self, at: Pointer) -> None:
        self.move(at)
        self.finish()
        if self._rect == self._before:
            return
        rect = self._rect
        box = (rect.x(), rect.y(), rect.width(), rect.height())
        attempt(self.view, lambda: edits.resize(self.view.document, self._id, box))

    def paint(self, painter: QPainter) -> None:
        pen = QPen(ink(self.view.theme.accent), 2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._rect)


def resized_edges(view: CanvasView, hit: Hit, scene: QPointF) -> Edges | None:
    """The edges by which what was hit is resized from `scene`; None where it is not."""
    if hit.id is None or hit.kind not in FRAMES:
        return None
    placement = view.document.placement(hit.id)
    if placement is not None and placement.is_folded:
        return None
    rect = view.card_rect(hit.id)
    edges = edges_at(Rect(rect.x(), rect.y(), rect.width(), rect.height()), scene.x(), scene.y(), view.zoom)
    return edges if any(edges) else None
