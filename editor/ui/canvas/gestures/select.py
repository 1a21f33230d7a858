"""Choosing many things at once: a rubber band or a lasso, both by containment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from editor.ui.canvas.gestures.gesture import Gesture, Pointer
from editor.ui.theme import clear, ink

if TYPE_CHECKING:
    from editor.model import EntityId
    from editor.ui.canvas.view import CanvasView

LASSO_STEP_PX = 4


class AreaGesture(Gesture):
    """What lies wholly inside the area is selected, live. Shift adds to what was selected, Ctrl takes out of it."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._before: frozenset[EntityId] = view.selection
        self._origin = QPointF()

    def start(self, at: Pointer) -> None:
        self._origin = at.scene
        super().start(at)

    def move(self, at: Pointer) -> None:
        self.extend(at)
        inside = frozenset(self.inside())
        if at.has(Qt.KeyboardModifier.ShiftModifier):
            inside |= self._before
        elif at.has(Qt.KeyboardModifier.ControlModifier):
            inside = self._before - inside
        if inside != self.view.selection:
            self.view.select(inside)
        self.view.update()

    def cancel(self) -> None:
        self.view.select(self._before)
        super().cancel()

    def extend(self, at: Pointer) -> None:
        raise NotImplementedError

    def inside(self) -> list[EntityId]:
        raise NotImplementedError

    def pen_and_brush(self, painter: QPainter) -> None:
        color = self.view.theme.accent
        pen = QPen(ink(color))
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(clear(color, 0.15))


class RubberBand(AreaGesture):
    """A rectangle from where the button went down."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._rect = QRectF()

    def extend(self, at: Pointer) -> None:
        self._rect = QRectF(self._origin, at.scene).normalized()

    def inside(self) -> list[EntityId]:
        return self.view.items_in(self._rect, contained=True)

    def paint(self, painter: QPainter) -> None:
        self.pen_and_brush(painter)
        painter.drawRect(self._rect)


class Lasso(AreaGesture):
    """A line drawn round things by free hand."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._line = QPolygonF()

    def start(self, at: Pointer) -> None:
        self._line = QPolygonF([at.scene])
        super().start(at)

    def extend(self, at: Pointer) -> None:
        last = self._line.last()
        if (at.scene - last).manhattanLength() * self.view.zoom >= LASSO_STEP_PX:
            self._line.append(at.scene)

    def inside(self) -> list[EntityId]:
        rule = Qt.FillRule.OddEvenFill
        found: list[EntityId] = []
        for entity_id in self.view.items_in(self._line.boundingRect(), contained=True):
            rect = self.view.card_rect(entity_id)
            corners = (rect.topLeft(), rect.topRight(), rect.bottomLeft(), rect.bottomRight(), rect.center())
            if all(self._line.containsPoint(corner, rule) for corner in corners):
                found.append(entity_id)
        return found

    def paint(self, painter: QPainter) -> None:
        self.pen_and_brush(painter)
        painter.drawPolygon(self._line)
