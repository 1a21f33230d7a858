"""Which problem each card and frame of a scene shows: the worst of its own, or of all that is folded into it. No Qt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from editor.model import EntityId
    from editor.ui.canvas.columns import Columns

SEVERITIES = ("info", "warning", "error")
"""The worst is drawn last."""
_NUMBERS = {severity: number for number, severity in enumerate(SEVERITIES, start=1)}


class Severities:
    """Marks of entities, and by slot what is seen of them: 0, or one more than the place in SEVERITIES."""

    def __init__(self) -> None:
        self._marks: dict[EntityId, str] = {}
        self._own: NDArray[np.int8] = np.zeros(0, np.int8)
        self._seen: NDArray[np.int8] = self._own
        self._of: tuple[Columns, int] | None = None
        self._revision: object = None

    def __bool__(self) -> bool:
        return bool(self._marks)

    def get(self, node: EntityId) -> str | None:
        return self._marks.get(node)

    def put_all(self, marks: Mapping[EntityId, str]) -> Collection[EntityId]:
        """Have these and no others; gives the entities whose mark is another now."""
        changed = [node for node in {*self._marks, *marks} if self._marks.get(node) != marks.get(node)]
        if changed:
            self._marks, self._of = dict(marks), None
        return changed

    def put(self, marks: Mapping[EntityId, str | None]) -> Collection[EntityId]:
        """Change these alone, None taking the mark off; gives the entities whose mark is another now."""
        changed = [node for node, mark in marks.items() if self._marks.get(node) != mark]
        slots = self._of[0].slots if self._of is not None else {}
        for node in changed:
            mark = marks[node]
            if mark is None:
                del self._marks[node]
            else:
                self._marks[node] = mark
            slot = slots.get(node)
            if slot is not None and slot < len(self._own):
                self._own[slot] = 0 if mark is None else _NUMBERS[mark]
        self._revision = None
        return changed

    def by_slot(self, columns: Columns) -> NDArray[np.int8]:
        """What each slot shows. Read it, never change it."""
        if self._of is None or self._of[0] is not columns or self._of[1] != columns.count:
            self._of, self._revision = (columns, columns.count), None
            # One more, at the end, for those that are nowhere in the scene.
            slots = [columns.slots.get(node, -1) for node in self._marks]
            own = np.zeros(columns.count + 1, np.int8)
            own[slots] = [_NUMBERS[mark] for mark in self._marks.values()]
            self._own = own[:-1]
        if self._revision is not columns.revision:
            self._revision = columns.revision
            self._seen = self._own.copy()
            stands_for = columns.stands_for[: columns.count]
            inside = np.flatnonzero(self._own.astype(np.bool_) & (stands_for != np.arange(columns.count)))
            np.maximum.at(self._seen, stands_for[inside], self._own[inside])
        return self._seen

    def of(self, columns: Columns, slot: int) -> str | None:
        """The worst issue of what a slot shows."""
        worst = int(self.by_slot(columns)[slot]) if self._marks else 0
        return SEVERITIES[worst - 1] if worst else None
