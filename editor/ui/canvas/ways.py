"""Keeps the ways of a scene's wires in step with where its cards lie; each is sought when it is first needed. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from editor.ui.canvas.routing import Obstacles, near_any, vias
from editor.ui.canvas.steps import Steps, result
from editor.ui.canvas.twins import twin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.ui.canvas.curves import Floats, Ints
    from editor.ui.canvas.wires import WireColumns

MOST_CHANGED = 2000
MOST_LED = 300
"""After an edit that moves no more cards, no more wires are led anew at once; others are when they are next seen."""


class Ways:
    """The obstacles of one scene, and the wires that run round them."""

    def __init__(self, wires: WireColumns) -> None:
        self._wires = wires
        self._obstacles = Obstacles()

    def twin(self, wires: WireColumns) -> Ways:
        """The same obstacles, for the twin of the wires."""
        other = Ways(wires)
        other._obstacles = twin(self._obstacles)
        return other

    def start(self, slots: Ints, boxes: Floats, weights: NDArray[np.int16]) -> None:
        """Take note of where cards and titles lie (as Obstacles has them), no wire having been led yet."""
        result(self._obstacles.follow(slots, boxes, weights))

    def lead(self, rows: Ints) -> Steps[None]:
        """Find the ways of those wires in `rows` that are drawn and have not been led yet."""
        wires = self._wires
        rows = rows[wires.is_drawn[rows] & ~wires.is_led[rows]]
        if len(rows):
            wires.lead(rows, *(yield from vias(wires.ends[rows], self._obstacles)))

    def follow(self, slots: Ints, boxes: Floats, weights: NDArray[np.int16]) -> Steps[Floats | None]:
        """Take note of where those in `slots` lie now, lead wires near those that have moved; gives what these leave.

        None if there are so many that they are led only when they are seen.
        """
        wires = self._wires
        changed = yield from self._obstacles.follow(slots, boxes, weights)
        is_drawn = wires.is_drawn[: wires.count]
        if len(changed) > MOST_CHANGED:
            wires.forget_way(np.flatnonzero(is_drawn))
            return None
        # Those that were never led have never been seen near: they can wait on.
        is_near = near_any(wires.concerns(), changed) & is_drawn
        rows = np.flatnonzero(is_near & wires.is_led[: wires.count])
        before, had = wires.bounds[rows], wires.via[rows]
        wires.forget_way(rows)
        if len(rows) > MOST_LED:
            return None
        yield
        yield from self.lead(rows)
        via = wires.via[rows]
        differs = ~((via == had) | (np.isnan(via) & np.isnan(had)))
        return np.concatenate([before[differs], wires.bounds[rows[differs]]])
