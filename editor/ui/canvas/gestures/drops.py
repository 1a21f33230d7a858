"""Where a thing held over the canvas would land: in a group, on a wire, on a task; and how that place lights up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from editor.model import ArtifactType, Condition, EntityId, PortType
from editor.ui.canvas.curves import handles
from editor.ui.canvas.device import box_rect
from editor.ui.canvas.nodes import GROUP_KIND
from editor.ui.theme import clear, ink

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView


class Frames:
    """The open group frames as they were when the gesture began, innermost found first."""

    def __init__(self, view: CanvasView, *, skip: Collection[EntityId] = ()) -> None:
        document = view.document
        self._scope = view.scope
        self._frames: list[tuple[int, EntityId, QRectF]] = []
        columns = view.columns
        is_open = columns.shown() & (columns.kind[: columns.count] >= GROUP_KIND) & ~columns.folded[: columns.count]
        for slot in np.flatnonzero(is_open).tolist():
            entity_id = columns.ids[slot]
            if entity_id not in skip:
                self._frames.append((int(columns.depth[slot]), entity_id, box_rect(columns, slot)))
        self._frames.sort(key=lambda frame: -frame[0])
        self._conditions = {
            entity_id for _, entity_id, _ in self._frames if isinstance(document.get(entity_id), Condition)
        }

    def at(self, point: QPointF) -> EntityId:
        """The scope in which `point` lies: a group, or the pipeline.

        Between the branches of a condition it is what the condition lies in: a condition holds branches only.
        """
        for _, entity_id, rect in self._frames:
            if entity_id not in self._conditions and rect.contains(point):
                return entity_id
        return self._scope

    def rect(self, group: EntityId) -> QRectF | None:
        return next((rect for _, entity_id, rect in self._frames if entity_id == group), None)


def light_up(
    view: CanvasView, painter: QPainter, rect: QRectF, *, refused: bool = False, held: Iterable[QRectF] = ()
) -> None:
    """A strong outline round where it would land; dashed where that is refused. The words of what is held stay."""
    color = view.theme.error if refused else view.theme.accent
    pen = QPen(ink(color), 3)
    pen.setCosmetic(True)
    if refused:
        pen.setStyle(Qt.PenStyle.DashLine)
    outline = rect.adjusted(-3, -3, 3, 3)
    for is_beside in _beside_and_over(painter, outline, held):
        painter.setPen(pen)
        painter.setBrush(clear(color, 0.08) if is_beside else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(outline, 8, 8)


def paint_wire(view: CanvasView, painter: QPainter, start: QPointF, end: QPointF, kind: PortType | None) -> None:
    """The curve that a wire from `start` (an output) to `end` (an input) would have, in its type's colour."""
    reach = float(handles(np.array([[start.x(), start.y(), end.x(), end.y()]]))[0])
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
    color = view.theme.port(kind) if kind is not None else view.theme.text_dim
    pen = QPen(ink(color), 3 if isinstance(kind, ArtifactType) else 2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.setBrush(ink(color))
    painter.drawEllipse(end, 3, 3)


def light_up_wire(view: CanvasView, painter: QPainter, wire: tuple[EntityId, str], held: QRectF) -> None:
    """Draw a wire again, thick: what is `held` there would be put into it, whose words stay to be read."""
    pen = QPen(ink(view.theme.accent), 6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    path = view.wire_path(*wire)
    for _ in _beside_and_over(painter, path.boundingRect(), [held]):
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)


def _beside_and_over(painter: QPainter, area: QRectF, held: Iterable[QRectF]) -> Iterator[bool]:
    """To draw in `area` twice: beside the cards that are held (True), and faintly over them."""
    everywhere, cards = QPainterPath(), QPainterPath()
    for card in held:
        one = QPainterPath()
        one.addRoundedRect(card, 8, 8)
        cards |= one
    everywhere.addRect(area.united(cards.boundingRect()).adjusted(-6, -6, 6, 6))
    beside = everywhere - cards
    for part, opacity in ((beside, 1.0), (cards, 0.4)):
        if not part.isEmpty():
            painter.save()
            painter.setClipPath(part, Qt.ClipOperation.IntersectClip)
            painter.setOpacity(opacity)
            yield part is beside
            painter.restore()
