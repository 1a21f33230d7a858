"""Where wires run so that they do not pass behind cards: over or under what is in the way, if there is room. No Qt."""

from __future__ import annotations

import numpy as np

from editor.layout.metrics import CARD_WIDTH
from editor.ui.canvas import wires as curves
from editor.ui.canvas.wires import LEAST_LED, MOST_BEYOND, Floats, Ints, Mask

CELL = 16.0
CLEARANCE = 5.0
"""So far round a card a wire still counts as passing behind it."""
MOST_CELLS = 12_000_000
"""Cards strewn over a larger plane are not heeded."""

NEAR = 12.0
"""So close to its ends a wire may be as it likes: there are its own cards."""
SAMPLES = 22
WAYS = 24
"""Levels at which a way round is looked for."""
RUN_STEP = CARD_WIDTH / 2
MOST_RUN_SAMPLES = 48

PRICE_OF_A_BEND = 48.0
PRICE_BEYOND = 3.0
"""What a way costs: a second bend, and each unit that it goes beyond its ends."""

COARSE = 256.0
MOST_COARSE = 256
"""Cells of the grid on which is asked what lies near a change: so large at least, so many at most each way."""


class Obstacles:
    """What cards cover, as counts on a grid of cells that grows with them."""

    def __init__(self) -> None:
        self._boxes = np.zeros((0, 4))
        self._cells = np.zeros((0, 0), np.int16)
        self._corner = (0, 0)
        """Column and row of the first cell."""
        self.is_off = False

    def follow(self, boxes: Floats) -> Floats:
        """Take over where cards lie now (by slot: left, top, right, bottom; NaN for none); gives what has changed.

        That is the boxes they have left and those they have come to, in no order.
        """
        before = np.full_like(boxes, np.nan)
        before[: len(self._boxes)] = self._boxes
        differs = ~((boxes == before) | (np.isnan(boxes) & np.isnan(before))).all(axis=1)
        gone, come = before[differs], boxes[differs]
        gone, come = gone[~np.isnan(gone[:, 0])], come[~np.isnan(come[:, 0])]
        self._boxes = boxes
        if not self.is_off:
            self._change(gone, come)
        return np.concatenate([gone, come])

    def _change(self, gone: Floats, come: Floats) -> None:
        if len(come):
            self._make_room(come)
        if self.is_off:
            return
        for boxes, sign in ((gone, -1), (come, 1)):
            for left, top, right, bottom in self._spans(boxes).tolist():
                self._cells[top:bottom, left:right] += sign

    def at(self, xs: Floats, ys: Floats) -> Mask:
        """Whether points lie on a card, or nearly."""
        rows, columns = self._cells.shape
        if not rows:
            return np.zeros(xs.shape, np.bool_)
        x = (xs / CELL - self._corner[0]).astype(np.int64)
        y = (ys / CELL - self._corner[1]).astype(np.int64)
        inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
        place = np.where(inside, y * columns + x, 0)
        return inside & (self._cells.reshape(-1)[place] > 0)

    def _spans(self, boxes: Floats) -> Ints:
        grown = boxes + np.array([-CLEARANCE, -CLEARANCE, CLEARANCE, CLEARANCE])
        cells = np.floor(grown / CELL).astype(np.int64) - np.array([*self._corner, *self._corner])
        cells[:, 2:] += 1
        return cells

    def _make_room(self, boxes: Floats) -> None:
        spans = self._spans(boxes)
        rows, columns = self._cells.shape
        low, high = spans[:, :2].min(axis=0), spans[:, 2:].max(axis=0)
        if rows and (low >= 0).all() and high[0] <= columns and high[1] <= rows:
            return
        if rows:
            low, high = np.minimum(low, 0), np.maximum(high, (columns, rows))
        # Room to grow: cards are put down one after another at the edge of what there is.
        low, high = low - 64, high + 64
        wide, tall = (high - low).tolist()
        if wide * tall > MOST_CELLS:
            self.is_off = True
            self._cells = np.zeros((0, 0), np.int16)
            return
        grown = np.zeros((tall, wide), np.int16)
        x, y = (-low).tolist()
        grown[y : y + rows, x : x + columns] = self._cells
        self._cells = grown
        self._corner = (self._corner[0] - x, self._corner[1] - y)


def vias(ends: Floats, obstacles: Obstacles) -> tuple[Floats, Mask]:
    """For each wire the level at which it runs between its ends, NaN for the direct curve; and whether that is blocked.

    A blocked wire is direct all the same where no way round is free.
    """
    via = np.full(len(ends), np.nan)
    is_blocked = np.zeros(len(ends), np.bool_)
    if obstacles.is_off:
        return via, is_blocked
    asked = np.flatnonzero(ends[:, 2] - ends[:, 0] > LEAST_LED)
    asked = asked[_is_curve_blocked(ends[asked], obstacles)]
    is_blocked[asked] = True
    across = ends[asked, 2] - ends[asked, 0]
    for part in (across <= 10 * RUN_STEP, across > 10 * RUN_STEP):
        if part.any():
            via[asked[part]] = _ways_round(ends[asked[part]], obstacles)
    return via, is_blocked


def near_any(bounds: Floats, boxes: Floats) -> Mask:
    """Which of the bounds may touch any of the boxes: on a coarse grid, whatever their numbers."""
    if not len(boxes):
        return np.zeros(len(bounds), np.bool_)
    corner = boxes[:, :2].min(axis=0)
    size = boxes[:, 2:].max(axis=0) - corner
    cell = np.maximum(COARSE, size / MOST_COARSE)
    count = np.floor(size / cell).astype(np.int64) + 1
    spans = np.floor((boxes - np.tile(corner, 2)) / np.tile(cell, 2)).astype(np.int64)
    taken = np.zeros(count + 1, np.int64)
    for left, top, right, bottom in np.clip(spans, 0, np.tile(count - 1, 2)).tolist():
        taken[left + 1 : right + 2, top + 1 : bottom + 2] = 1
    sums = taken.cumsum(axis=0).cumsum(axis=1)
    found = np.floor((bounds - np.tile(corner, 2)) / np.tile(cell, 2))
    is_beside = (found[:, 2:] < 0).any(axis=1) | (found[:, :2] > count - 1).any(axis=1)
    left, top, right, bottom = np.clip(found, 0, np.tile(count - 1, 2)).astype(np.int64).T
    inside = sums[right + 1, bottom + 1] - sums[left, bottom + 1] - sums[right + 1, top] + sums[left, top]
    return np.logical_and(inside > 0, ~is_beside)


def _is_curve_blocked(ends: Floats, obstacles: Obstacles) -> Mask:
    """Whether a direct curve passes over a card, its own left out."""
    along = curves.points(ends, SAMPLES)
    xs, ys = along[:, :, 0], along[:, :, 1]
    counts = (xs > ends[:, :1] + NEAR) & (xs < ends[:, 2:3] - NEAR)
    on_cards: Mask = np.any(obstacles.at(xs, ys) & counts, axis=1)
    return on_cards


def _ways_round(ends: Floats, obstacles: Obstacles) -> Floats:
    """The cheapest free level for each wire, NaN where none is free."""
    x1, y1, x2, y2 = ends.T
    low, high = np.minimum(y1, y2), np.maximum(y1, y2)
    share = np.linspace(0.0, 1.0, WAYS)
    levels = (low - MOST_BEYOND)[:, None] + (high - low + 2 * MOST_BEYOND)[:, None] * share
    levels = np.concatenate([y1[:, None], y2[:, None], levels], axis=1)
    wide = curves.bend_width(ends)[:, None]
    begins, stops = x1[:, None] + wide, x2[:, None] - wide
    count = int(np.clip(np.ceil((stops - begins).max() / RUN_STEP), 2, MOST_RUN_SAMPLES))
    is_taken = np.zeros(levels.shape, np.bool_)
    for part in np.linspace(0.0, 1.0, count).tolist():
        is_taken |= obstacles.at(np.broadcast_to(begins + (stops - begins) * part, levels.shape), levels)
    # The bends themselves: half way up, and at a quarter, each in the gap beside its card.
    for x, y in ((x1[:, None] + wide / 2, y1[:, None]), (x2[:, None] - wide / 2, y2[:, None])):
        for part in (0.25, 0.5, 0.75):
            is_taken |= obstacles.at(np.broadcast_to(x, levels.shape), y * (1 - part) + levels * part)
    price = PRICE_BEYOND * (np.maximum(low[:, None] - levels, 0.0) + np.maximum(levels - high[:, None], 0.0))
    price[:, 2:] += PRICE_OF_A_BEND
    price[is_taken] = np.inf
    best = price.argmin(axis=1)
    rows = np.arange(len(ends))
    return np.where(np.isfinite(price[rows, best]), levels[rows, best], np.nan)
