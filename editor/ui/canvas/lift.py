"""What follows the hand in a scene's columns: its boxes are moved there, the document being left alone. No Qt."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from editor.model import EntityId
from editor.ui.canvas.nodes import GROUP_KIND

if TYPE_CHECKING:
    from editor.ui.canvas.columns import Columns
    from editor.ui.canvas.curves import Floats, Ints


class Lift:
    """Nodes and notes that move together, the frames round them, their wires, and how far they have come."""

    def __init__(self, columns: Columns, ids: Collection[EntityId], owner: object | None = None) -> None:
        self.ids, self.owner = ids, owner
        self._columns = columns
        moved = columns.marked(ids)
        for group in np.flatnonzero(moved & (columns.kind >= GROUP_KIND)).tolist():
            moved |= columns.marked(columns.view.descendants(columns.ids[group]))
        self.mask = moved
        """Which nodes move."""
        self.slots: Ints = np.flatnonzero(moved)
        around = [slot for slot in columns.around(self.slots) if not moved[slot]]
        notes = [entity for entity in ids if entity in columns.notes] if columns.notes else []
        self.notes = frozenset(note for note in notes if columns.notes[note].shape == "note")
        self._sheets = [note for note in notes if note not in self.notes]
        """Titled frames: they stay under what rests too, and so are painted with it."""
        self.by = (0.0, 0.0)
        self._frames: Ints = np.array(self._inner_first(around), np.int64)
        self._resting = columns.box[self._frames]
        self.is_leaving = False
        self._wires = columns.wires_at(self.mask)

    def move_to(self, dx: float, dy: float, *, is_leaving: bool = False) -> Floats:
        """Move everything to this offset; gives the boxes of the frames and wires beneath that it has changed.

        The frames round it stretch after it, but for one that it is about to leave: all stand still then.
        """
        columns = self._columns
        step_x, step_y = dx - self.by[0], dy - self.by[1]
        nothing = np.zeros((0, 4))
        if not step_x and not step_y and is_leaving == self.is_leaving:
            return nothing
        self.by, self.is_leaving = (dx, dy), is_leaving
        columns.box[self.slots] += np.array([step_x, step_y] * 2)
        left = self._sheet_boxes()
        for note in (*self.notes, *self._sheets):
            rect = columns.note_boxes[note]
            columns.note_boxes[note] = rect._replace(x=rect.x + step_x, y=rect.y + step_y)
        sheets = np.concatenate([left, self._sheet_boxes()])
        before = columns.box[self._frames]
        for slot, rest in zip(self._frames.tolist(), self._resting, strict=True):
            columns.frame(slot)
            if is_leaving:
                columns.box[slot] = rest
            elif self.by != (0.0, 0.0) and not columns.is_folded(slot):
                columns.box[slot, :2] = np.minimum(columns.box[slot, :2], rest[:2])
                columns.box[slot, 2:] = np.maximum(columns.box[slot, 2:], rest[2:])
        grown = self._frames[(before != columns.box[self._frames]).any(axis=1)]
        beneath = nothing
        if len(grown):
            mask = np.zeros(len(columns.alive), np.bool_)
            mask[grown] = True
            hanging = columns.wires_at(mask)
            beneath = np.concatenate([before, columns.wires.bounds[hanging], columns.box[grown]])
            columns.wires.place(hanging, columns.box, columns.stands_for)
            beneath = np.concatenate([beneath, columns.wires.bounds[hanging]])
        columns.wires.place(self._wires, columns.box, columns.stands_for)
        return np.concatenate([beneath, sheets])

    def _sheet_boxes(self) -> Floats:
        rects = [self._columns.note_boxes[note] for note in self._sheets]
        return np.array([(rect.x, rect.y, rect.right, rect.bottom) for rect in rects]).reshape(-1, 4)

    def _inner_first(self, slots: Collection[int]) -> list[int]:
        return sorted(slots, key=lambda slot: -int(self._columns.depth[slot]))
