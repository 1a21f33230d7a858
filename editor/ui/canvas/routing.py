"""Where wires run so that they do not pass behind cards: over or under what is in the way, if there is room. No Qt."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from editor.layout.metrics import CARD_WIDTH
from editor.ui.canvas import curves
from editor.ui.canvas.curves import MOST_BEYOND, TURN, Floats, Ints, Mask, may_be_led
from editor.ui.canvas.steps import Steps

CELL = 16.0
CLEARANCE = 5.0
"""So far round a card a wire still counts as passing behind it."""
MOST_CELLS, CELLS_A_CARD = 6_000_000, 600
"""Cards strewn over a larger plane are not heeded: twice as large as ten thousand take that are laid out."""
FARTHEST = 1e8
"""Nor are those of which one lies so far out."""

NEAR = 12.0
"""So close to its ends a wire may be as it likes: there are its own cards."""
NEAR_TURN = 26.0
"""The same of one that turns back: beyond, it passes behind its own cards too."""
SAMPLES = 22
WAY_STEP = 12.0
MOST_WAYS = 96
"""Levels at which a way round is looked for lie so close, for lanes between cards are narrow, and are no more."""
RUN_STEP = CARD_WIDTH / 2
MOST_SAMPLES = 64
UPRIGHT_SAMPLES = 12
ACROSS, ALONG = 8 * RUN_STEP, 400.0
"""Wires are of one kind whose ends are as many of these apart."""

PRICE_OF_A_BEND = 48.0
PRICE_BEYOND = 3.0
PRICE_OF_TITLES = 300.0
"""What a way costs: a second bend, each unit that it goes beyond its ends, and that words lie under it."""

CARD, TITLE = 2, 1
"""What a box of either adds to the cells that it covers: a wire may pass over a title where it must."""

CELLS_A_BOX = 800
"""It takes as long to put one box into the grid as to go over so many cells."""
BOXES_A_STEP = 200
BAND_CELLS = 160_000
"""Cells that are gone over in one step: some of them lie in the processor's cache then."""

COARSE = 256.0
MOST_COARSE = 256
"""Cells of the grid on which is asked what lies near a change: so large at least, so many at most each way."""
FEW_BOXES = 12
"""So many are asked for one by one."""


NOWHERE = np.array([math.inf, math.inf, -math.inf, -math.inf])


class Obstacles:
    """What cards and the title bars of frames cover, as weights on a grid of cells."""

    def __init__(self) -> None:
        self._boxes = np.zeros((0, 4))
        self._weights = np.zeros(0, np.int16)
        self._edges = NOWHERE
        """Left, top, right and bottom of all boxes."""
        self._cells = np.zeros((0, 0), np.int16)
        self._corner = (0, 0)
        """Column and row of the first cell."""
        self._count = 0
        self.is_off = False
        """Whether cards lie too far apart for a grid. It depends on where they lie now, and on nothing else."""

    def follow(self, slots: Ints, boxes: Floats, weights: NDArray[np.int16]) -> Steps[Floats]:
        """Take over where those in some slots lie now (left, top, right, bottom, NaN for nowhere; CARD or TITLE).

        Each slot is named once. Gives what has changed: the boxes they have left and those they have come to, in no
        order; all there are where the grid is given up or taken up again.
        """
        self._grow(int(slots.max(initial=-1)) + 1)
        before, weighed = self._boxes[slots], self._weights[slots]
        differs = ~((boxes == before) | (np.isnan(boxes) & np.isnan(before))).all(axis=1) | (weights != weighed)
        slots, before, weighed = slots[differs], before[differs], weighed[differs]
        boxes, weights = boxes[differs], weights[differs]
        gone, come = ~np.isnan(before[:, 0]), ~np.isnan(boxes[:, 0])
        changed = np.concatenate([before[gone], boxes[come]])
        self._boxes[slots], self._weights[slots] = boxes, weights
        self._count += int(come.sum()) - int(gone.sum())
        self._stretch(before[gone], boxes[come])
        was_off, self.is_off = self.is_off, self._is_too_wide()
        if not self.is_off and not was_off:
            yield from self._put(changed, np.concatenate([-weighed[gone], weights[come]]))
        elif self.is_off != was_off:
            is_there = ~np.isnan(self._boxes[:, 0])
            self._cells, self._corner = np.zeros((0, 0), np.int16), (0, 0)
            if was_off:
                yield from self._put(self._boxes[is_there], self._weights[is_there])
            return np.concatenate([before[gone], self._boxes[is_there]])
        return changed

    def _stretch(self, gone: Floats, come: Floats) -> None:
        """Have the edges those of all boxes again, of which some have gone and some come."""
        low, high = self._edges[:2], self._edges[2:]
        if len(gone) and ((gone[:, :2] <= low).any() or (gone[:, 2:] >= high).any()):
            come, low, high = self._boxes, NOWHERE[:2], NOWHERE[2:]
        # `fmin` and `fmax` pass by what is NaN.
        low = np.fmin(low, np.fmin.reduce(come[:, :2], axis=0, initial=math.inf))
        high = np.fmax(high, np.fmax.reduce(come[:, 2:], axis=0, initial=-math.inf))
        self._edges = np.concatenate([low, high])

    def _is_too_wide(self) -> bool:
        left, top, right, bottom = self._edges.tolist()
        if left > right:
            return False
        if max(-left, -top, right, bottom) > FARTHEST:
            return True
        most = max(MOST_CELLS, CELLS_A_CARD * self._count)
        return (right - left) / CELL * (bottom - top) / CELL > most

    def _grow(self, count: int) -> None:
        had = len(self._boxes)
        if count > had:
            boxes, weights = np.full((2 * count, 4), np.nan), np.zeros(2 * count, np.int16)
            boxes[:had], weights[:had] = self._boxes, self._weights
            self._boxes, self._weights = boxes, weights

    def at(self, xs: Floats, ys: Floats) -> Mask:
        """Whether points lie on a card, or nearly."""
        rows, columns = self._cells.shape
        if not rows:
            return np.zeros(xs.shape, np.bool_)
        x = np.clip(np.floor(xs / CELL) - self._corner[0], -1, columns).astype(np.int64)
        y = np.clip(np.floor(ys / CELL) - self._corner[1], -1, rows).astype(np.int64)
        inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
        place = np.where(inside, y * columns + x, 0)
        return inside & (self._cells.reshape(-1)[place] >= CARD)

    def along(self, begins: Floats, stops: Floats, levels: Floats, samples: int) -> NDArray[np.int16]:
        """For each run (a row of `levels` has several heights for the same one) the most that it passes over."""
        rows, columns = self._cells.shape
        most = np.zeros(levels.shape, np.int16)
        if not rows:
            return most
        cells = self._cells.reshape(-1)
        y = np.floor(levels / CELL) - self._corner[1]
        starts = np.clip(y, 0, rows - 1).astype(np.int32) * columns
        for part in np.linspace(0.0, 1.0, samples).tolist():
            x = np.floor((begins + (stops - begins) * part) / CELL) - self._corner[0]
            np.maximum(most, cells[starts + np.clip(x, 0, columns - 1).astype(np.int32)[:, None]], out=most)
        most[(y < 0) | (y >= rows)] = 0
        return most

    def _put(self, boxes: Floats, weights: NDArray[np.int16]) -> Steps[None]:
        if not len(boxes):
            return
        self._make_room(boxes)
        if len(boxes) * CELLS_A_BOX > self._cells.size:
            yield from self._put_many(boxes, weights)
            return
        pairs = zip(self._spans(boxes).tolist(), weights.tolist(), strict=True)
        for number, ((left, top, right, bottom), weight) in enumerate(pairs):
            if number % BOXES_A_STEP == BOXES_A_STEP - 1:
                yield
            self._cells[top:bottom, left:right] += weight

    def _put_many(self, boxes: Floats, weights: NDArray[np.int16]) -> Steps[None]:
        """The same in a few calls for each band of rows: the corners of all boxes in it, summed up both ways."""
        rows, columns = self._cells.shape
        spans = self._spans(boxes)
        tall = max(1, BAND_CELLS // columns)
        for begin in range(0, rows, tall):
            yield
            band = self._cells[begin : begin + tall]
            is_in = (spans[:, 1] < begin + len(band)) & (spans[:, 3] > begin)
            left, top, right, bottom = spans[is_in].T
            top, bottom = np.maximum(top - begin, 0), np.minimum(bottom - begin, len(band))
            weight = weights[is_in]
            steps = np.zeros((len(band) + 1, columns + 1), np.int16)
            for x, y, step in (
                (left, top, weight),
                (right, bottom, weight),
                (right, top, -weight),
                (left, bottom, -weight),
            ):
                np.add.at(steps.reshape(-1), y * (columns + 1) + x, step)
            np.cumsum(steps, axis=0, dtype=np.int16, out=steps)
            np.cumsum(steps, axis=1, dtype=np.int16, out=steps)
            band += steps[:-1, :-1]

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
        grown = np.zeros((tall, wide), np.int16)
        x, y = (-low).tolist()
        grown[y : y + rows, x : x + columns] = self._cells
        self._cells = grown
        self._corner = (self._corner[0] - x, self._corner[1] - y)


def vias(ends: Floats, obstacles: Obstacles) -> Steps[tuple[Floats, Mask]]:
    """For each wire the level at which it runs between its ends, NaN for the direct curve; and whether that is blocked.

    A blocked wire is direct all the same where no way round is free. The obstacles must stay until the last step.
    """
    via = np.full(len(ends), np.nan)
    is_blocked = np.zeros(len(ends), np.bool_)
    if obstacles.is_off:
        return via, is_blocked
    is_near = np.abs(ends).max(axis=1, initial=0.0) < FARTHEST
    asked = np.flatnonzero(is_near & may_be_led(ends))
    asked = asked[_is_curve_blocked(ends[asked], obstacles)]
    is_blocked[asked] = True
    # Those that go alike far are worked out together, as finely as the farthest of their kind needs: the way of a wire
    # does not depend on the others that are asked for with it.
    across, along = np.abs(ends[asked, 2:] - ends[asked, :2]).T
    kinds = np.minimum(across // ACROSS, 7) * 8 + np.minimum(along // ALONG, 7)
    kinds += 64 * (ends[asked, 2] < ends[asked, 0])
    for kind in curves.distinct(kinds.astype(np.int64)):
        yield
        part = asked[kinds == kind]
        wide, high = divmod(kind % 64, 8)
        samples = MOST_SAMPLES if wide == 7 else math.ceil((wide + 1) * ACROSS / RUN_STEP)
        ways = MOST_WAYS if high == 7 else math.ceil(((high + 1) * ALONG + 2 * MOST_BEYOND) / WAY_STEP)
        find = _ways_round if kind < 64 else _ways_back
        via[part] = find(ends[part], obstacles, min(ways, MOST_WAYS), samples)
    return via, is_blocked


def near_any(bounds: Floats, boxes: Floats) -> Mask:
    """Which of the bounds may touch any of the boxes, or what these cover of the grid."""
    reach = CLEARANCE + CELL
    boxes = boxes + np.array([-reach, -reach, reach, reach])
    if len(boxes) <= FEW_BOXES:
        return curves.touching_any(bounds, boxes)
    boxes, bounds = np.clip(boxes, -FARTHEST, FARTHEST), np.clip(bounds, -FARTHEST, FARTHEST)
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
    """Whether a direct curve passes over a card, its own left out; where it turns back, over its own as well."""
    along = curves.points(curves.runs(ends), SAMPLES)
    xs, ys = along[:, :, 0], along[:, :, 1]
    x1, y1, x2, y2 = (side[:, None] for side in ends.T)
    counts = (xs > x1 + NEAR) & (xs < x2 - NEAR)
    leaves = np.maximum(np.abs(xs - x1), np.abs(ys - y1)) > NEAR_TURN
    arrives = np.maximum(np.abs(xs - x2), np.abs(ys - y2)) > NEAR_TURN
    counts = np.where(x2 < x1, leaves & arrives, counts)
    on_cards: Mask = np.any(obstacles.at(xs, ys) & counts, axis=1)
    return on_cards


def _ways_round(ends: Floats, obstacles: Obstacles, ways: int, samples: int) -> Floats:
    """The cheapest free level for each wire, NaN where none is free: of so many, each looked at in so many places."""
    x1, y1, x2, y2 = ends.T
    low, high = np.minimum(y1, y2), np.maximum(y1, y2)
    share = np.linspace(0.0, 1.0, ways)
    levels = (low - MOST_BEYOND)[:, None] + (high - low + 2 * MOST_BEYOND)[:, None] * share
    levels = np.concatenate([y1[:, None], y2[:, None], levels], axis=1)
    wide = curves.bend_width(ends)
    passed = obstacles.along(x1 + wide, x2 - wide, levels, samples)
    is_taken = passed >= CARD
    # The bends of those that are free: half way up, and at a quarter, each in the gap beside its card.
    wire, way = np.nonzero(~is_taken)
    level = levels[wire, way]
    is_blocked = np.zeros(len(wire), np.bool_)
    for x, y in ((x1 + wide / 2, y1), (x2 - wide / 2, y2)):
        for part in (0.25, 0.5, 0.75):
            is_blocked |= obstacles.at(x[wire], y[wire] * (1 - part) + level * part)
    is_taken[wire[is_blocked], way[is_blocked]] = True
    price = PRICE_BEYOND * (np.maximum(low[:, None] - levels, 0.0) + np.maximum(levels - high[:, None], 0.0))
    price[:, 2:] += PRICE_OF_A_BEND
    price[passed > 0] += PRICE_OF_TITLES
    price[is_taken] = np.inf
    best = price.argmin(axis=1)
    rows = np.arange(len(ends))
    return np.where(np.isfinite(price[rows, best]), levels[rows, best], np.nan)


def _ways_back(ends: Floats, obstacles: Obstacles, ways: int, samples: int) -> Floats:
    """As `_ways_round`, for wires that turn back: right of one card, along a level, and left of the other."""
    x1, y1, x2, y2 = ends.T
    low, high = np.minimum(y1, y2), np.maximum(y1, y2)
    share = np.linspace(0.0, 1.0, ways)
    levels = (low - MOST_BEYOND)[:, None] + (high - low + 2 * MOST_BEYOND)[:, None] * share
    passed = obstacles.along(x2 - TURN, x1 + TURN, levels, samples)
    is_taken = passed >= CARD
    wire, way = np.nonzero(~is_taken)
    level = levels[wire, way]
    is_blocked = np.zeros(len(wire), np.bool_)
    # A turn is three quarters as wide as its handles are long.
    for x, y in ((x1 + 0.75 * TURN, y1), (x2 - 0.75 * TURN, y2)):
        for part in np.linspace(0.0, 1.0, UPRIGHT_SAMPLES).tolist():
            is_blocked |= obstacles.at(x[wire], y[wire] * (1 - part) + level * part)
    is_taken[wire[is_blocked], way[is_blocked]] = True
    beyond = np.maximum(low[:, None] - levels, 0.0) + np.maximum(levels - high[:, None], 0.0)
    # Of those between the ends, which are all as long, the one in the middle.
    price = PRICE_BEYOND * beyond + 0.1 * np.abs(levels - ((y1 + y2) / 2)[:, None])
    price[passed > 0] += PRICE_OF_TITLES
    price[is_taken] = np.inf
    best = price.argmin(axis=1)
    rows = np.arange(len(ends))
    return np.where(np.isfinite(price[rows, best]), levels[rows, best], np.nan)
