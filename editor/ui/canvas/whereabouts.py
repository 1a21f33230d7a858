"""Where things are in the scene that a view shows: asked by gestures, keyboard, screen readers and the window."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from editor.layout.metrics import HEADER_HEIGHT, LOOP_ITEM_OFFSET
from editor.model import Document, EntityId, Loop, Task
from editor.model.metrics import Rect
from editor.ui.canvas import hits
from editor.ui.canvas.columns import Columns
from editor.ui.canvas.curves import Floats
from editor.ui.canvas.device import wire_path
from editor.ui.canvas.types import Hit, HitKind


class Whereabouts:
    """A part of CanvasView: reads its columns, changes nothing."""

    document: Document

    @property
    def columns(self) -> Columns:
        raise NotImplementedError

    @property
    def zoom(self) -> float:
        raise NotImplementedError

    def hit(self, scene_pos: QPointF) -> Hit:
        return hits.hit(self.columns, scene_pos.x(), scene_pos.y(), self.zoom)

    def hit_none(self) -> Hit:
        return Hit("none")

    def hit_of(self, kind: HitKind, entity: EntityId, port: str = "") -> Hit:
        return Hit(kind, entity, port)

    def wire_at(self, scene_pos: QPointF, *, skip: Collection[EntityId] = ()) -> tuple[EntityId, str] | None:
        """(consumer, input) of the wire under a point; wires of the nodes in `skip` and of cards above do not count."""
        return hits.wire_at(self.columns, scene_pos.x(), scene_pos.y(), self.zoom, skip)

    def wires_under(
        self, card: QRectF, cursor: QPointF, *, skip: Collection[EntityId] = ()
    ) -> list[tuple[EntityId, str]]:
        """(consumer, input) of the wires that a card held at `cursor` lies across, the nearest to the cursor first."""
        rect = Rect(card.x(), card.y(), card.width(), card.height())
        return hits.wires_under(self.columns, rect, cursor.x(), cursor.y(), self.zoom, skip)

    def drawn(self) -> list[EntityId]:
        """Every task, group and note of the scene that is not hidden in a folded group."""
        columns = self.columns
        return [*(columns.ids[slot] for slot in np.flatnonzero(columns.shown()).tolist()), *columns.notes]

    def is_drawn(self, entity: EntityId) -> bool:
        slot = self.columns.slot(entity)
        return entity in self.columns.notes if slot is None else int(self.columns.stands_for[slot]) == slot

    def items_in(self, rect: QRectF, *, contained: bool) -> list[EntityId]:
        """What lies in a rectangle of the scene, wholly or in part."""
        columns = self.columns
        left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
        box = columns.box[: columns.count]
        if contained:
            inside = (box[:, 0] >= left) & (box[:, 2] <= right) & (box[:, 1] >= top) & (box[:, 3] <= bottom)
        else:
            inside = (box[:, 0] < right) & (box[:, 2] > left) & (box[:, 1] < bottom) & (box[:, 3] > top)
        found = [columns.ids[slot] for slot in np.flatnonzero(inside & columns.shown()).tolist()]
        for note in columns.notes:
            card = self.card_rect(note)
            if rect.contains(card) if contained else rect.intersects(card):
                found.append(note)
        return found

    def card_rect(self, entity: EntityId) -> QRectF:
        """The box of a task, group or note; null if it is not in this scene."""
        rect = self.columns.rect(entity)
        return QRectF(*rect) if rect is not None else QRectF()

    def boxes_of(self, ids: Iterable[EntityId]) -> Floats:
        """Left, top, right and bottom of those that are in this scene, in no order."""
        return self.columns.boxes_of(list(ids))[1]

    def bounds_of(self, ids: Iterable[EntityId]) -> QRectF:
        """The box round some things; null if none of them is in this scene."""
        boxes = self.boxes_of(ids)
        if not len(boxes):
            return QRectF()
        return QRectF(QPointF(*boxes[:, :2].min(axis=0).tolist()), QPointF(*boxes[:, 2:].max(axis=0).tolist()))

    def port_position(self, entity: EntityId, side: Literal["input", "output"], name: str) -> QPointF:
        """The centre of a port; of the item for any output of a loop; the header's edge if there is no such port."""
        rect = self.card_rect(entity)
        slot = self.columns.slot(entity)
        node = self.document.get(entity)
        if slot is not None and isinstance(node, Loop) and side == "output":
            return rect.topLeft() + QPointF(*LOOP_ITEM_OFFSET)
        y = HEADER_HEIGHT / 2
        if slot is not None and isinstance(node, Task):
            shape = self.columns.shape_of(slot)
            y = (shape.inputs if side == "input" else shape.outputs).get(name, y)
        return QPointF(rect.left() if side == "input" else rect.right(), rect.top() + y)

    def shows_item(self, loop: EntityId) -> bool:
        """Whether a loop's item is there to be wired: not where the loop is folded."""
        slot = self.columns.slot(loop)
        return slot is not None and not self.columns.is_folded(slot)

    def wire_path(self, consumer: EntityId, port: str) -> QPainterPath:
        """The curve of the (first) wire into an input; empty if there is none."""
        wires = self.columns.wires
        for row in wires.rows_of.get(consumer, ()):
            if wires.ports[row] == port and wires.is_drawn[row]:
                self.columns.lead(np.array([row]))
                return wire_path(wires.ends[row], float(wires.via[row]))
        return QPainterPath()
