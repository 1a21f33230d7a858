"""Wires that a hand carries off: they are not drawn at their old place until it lets go. No Qt."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from editor.model import EntityId

if TYPE_CHECKING:
    from editor.ui.canvas.columns import Columns


class HiddenWires:
    """Takes the wires into some inputs that come from `giver` out of a scene, and puts them back.

    Neither repaints anything. After an edit meanwhile they are drawn again, as the document has them.
    """

    def __init__(self, columns: Columns, giver: EntityId, consumers: Collection[tuple[EntityId, str]]) -> None:
        self._columns = columns
        wires, source = columns.wires, columns.slot(giver)
        rows = [
            row
            for consumer, port in consumers
            for row in wires.rows_of.get(consumer, ())
            if wires.source[row] == source and wires.ports[row].removeprefix("@") == port
        ]
        self._rows = np.array(rows, np.int64)
        self.show()
        wires.is_drawn[self._rows] = False

    def show(self) -> None:
        columns = self._columns
        columns.wires.place(self._rows, columns.box, columns.stands_for)
