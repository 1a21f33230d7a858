"""One pipeline's tasks, groups, notes and wires as numpy columns: what is where, and what is selected. No Qt."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from editor.layout.metrics import Rect
from editor.model import DocumentView, EntityId, Note
from editor.ui.canvas.curves import Floats, Ints, Mask
from editor.ui.canvas.nodes import GROUP_KIND, NodeTable
from editor.ui.canvas.steps import Steps, result
from editor.ui.canvas.ways import Ways
from editor.ui.canvas.wires import Nearby, WireColumns

LED_A_STEP = 120
"""Of the wires that are seen first, so many are led in one step."""


class Scene(NodeTable):
    """What is drawn, and where. Columns fill it and keep it in step."""

    def __init__(self, view: DocumentView, scope: EntityId) -> None:
        super().__init__(view, scope)
        self.wires = WireColumns()
        self.notes: dict[EntityId, Note] = {}
        self.note_boxes: dict[EntityId, Rect] = {}
        self.selected_notes: frozenset[EntityId] = frozenset()
        self.lifted: Mask | None = None
        """Which nodes follow the hand at this moment: they and their wires are drawn over the rest."""
        self.lifted_notes: frozenset[EntityId] = frozenset()
        self.revision = object()
        """Another one whenever boxes have changed, or which of them are drawn."""
        self._ways = Ways(self.wires)
        self._nearby = Nearby()
        self._extent: Rect | None = None
        self._is_extent_known = False

    @property
    def is_empty(self) -> bool:
        return not self.notes and not bool(self.alive[: self.count].any())

    def is_here(self, entity: EntityId) -> bool:
        """Whether a task, group or note is in the scene now."""
        return self.slot(entity) is not None or entity in self.note_boxes

    def here(self, entities: Iterable[EntityId]) -> frozenset[EntityId]:
        """Those of `entities` that `is_here` is true of: ten thousand may be asked for."""
        wanted = frozenset(entities)
        found = frozenset(filter(self.slots.__contains__, wanted))
        dead = np.flatnonzero(~self.alive[: self.count])
        if len(dead):
            found = found.difference([self.ids[slot] for slot in dead.tolist()])
        return found.union(filter(wanted.__contains__, self.note_boxes)) if self.note_boxes else found

    def tasks_in(self, parts: Floats) -> Ints:
        """Slots of the cards that touch any of the rectangles (left, top, right, bottom), in painting order.

        What is selected comes last: it lies on the rest.
        """
        found = self._nearby.find(self.box[: self.count], self.shown(), parts)
        found = found[self.kind[found] < GROUP_KIND]
        chosen = self.selected[found]
        return np.concatenate([found[~chosen], found[chosen]]) if chosen.any() else found

    def groups_in(self, parts: Floats) -> Ints:
        """Slots of the frames that touch any of the rectangles, outer ones first."""
        found = self._nearby.find(self.box[: self.count], self.shown(), parts)
        found = found[self.kind[found] >= GROUP_KIND]
        return found[np.argsort(self.depth[found], kind="stable")]

    def wires_in(self, parts: Floats) -> Steps[Ints]:
        """Rows of the wires that may touch any of the rectangles, led round what is in their way, some in a step."""
        rows = self.wires.visible(parts)
        resting = rows
        if self.lifted is not None:
            # What follows the hand is drawn as it flies.
            resting = rows[~(self.lifted[self.wires.source[rows]] | self.lifted[self.wires.target[rows]])]
        waiting = resting[~self.wires.is_led[resting]]
        for begin in range(0, len(waiting), LED_A_STEP):
            if begin:
                yield
            self.lead(waiting[begin : begin + LED_A_STEP])
        return rows

    def lead(self, rows: Ints) -> None:
        """Find the ways of those wires in `rows` that have not been led yet."""
        result(self._ways.lead(rows))

    def rect(self, entity: EntityId) -> Rect | None:
        """The box of a task, group or note as it is drawn now."""
        slot = self.slot(entity)
        if slot is not None:
            left, top, right, bottom = self.box[slot].tolist()
            return Rect(left, top, right - left, bottom - top)
        return self.note_boxes.get(entity)

    def rects(self, entities: Iterable[EntityId]) -> dict[EntityId, Rect]:
        """`rect` of many at once, of those that are in the scene."""
        found, boxes = self.boxes_of(entities)
        return {
            entity: Rect(left, top, right - left, bottom - top)
            for entity, (left, top, right, bottom) in zip(found, boxes.tolist(), strict=True)
        }

    def boxes_of(self, entities: Iterable[EntityId]) -> tuple[list[EntityId], Floats]:
        """Those of the tasks, groups and notes that are in the scene, and their boxes as they are drawn now."""
        slots, alive = self.slots, self.alive.tolist()
        found = [each for each in entities if (slot := slots.get(each)) is not None and alive[slot]]
        notes = [each for each in entities if each in self.note_boxes] if self.note_boxes else []
        edges = [(rect.x, rect.y, rect.right, rect.bottom) for rect in map(self.note_boxes.__getitem__, notes)]
        boxes = self.box[[slots[each] for each in found]]
        return [*found, *notes], np.concatenate([boxes, np.array(edges).reshape(-1, 4)])

    def drawn_rect(self, entity: EntityId) -> Rect | None:
        """The box in which it is seen: that of the folded group round it, if there is one."""
        slot = self.slot(entity)
        return self.rect(entity if slot is None else self.ids[int(self.stands_for[slot])])

    def extent(self) -> Rect | None:
        """The box round everything that is drawn."""
        if not self._is_extent_known:
            self._extent, self._is_extent_known = self._find_extent(), True
        return self._extent

    def _find_extent(self) -> Rect | None:
        shown = self.shown()
        boxes = [self.box[: self.count][shown]] if shown.any() else []
        if self.note_boxes:
            boxes.append(np.array([(r.x, r.y, r.right, r.bottom) for r in self.note_boxes.values()]))
        if not boxes:
            return None
        every = np.concatenate(boxes)
        left, top = every[:, :2].min(axis=0).tolist()
        right, bottom = every[:, 2:].max(axis=0).tolist()
        return Rect(left, top, right - left, bottom - top)

    def set_selected(self, ids: frozenset[EntityId]) -> None:
        self.selected = self.marked(ids)
        self.selected_notes = frozenset(filter(ids.__contains__, self.notes))

    def wires_at(self, nodes: Mask) -> Ints:
        """Rows of the wires that end at the nodes marked, or at the folded groups among them."""
        return self.wires.touching(nodes | nodes[self.stands_for])

    def forget_places(self) -> None:
        """Boxes have changed, or which of them are drawn: what was derived from that is stale."""
        self._shown, self._is_extent_known = None, False
        self._nearby.forget()
        self.revision = object()
