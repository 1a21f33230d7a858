"""Which rectangles lie over others: what must be painted in order, and what may be painted at once. No Qt."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from editor.ui.canvas.curves import Floats, Ints, Mask

MOST_PAIRS = 300_000
"""Of more that lie side by side (3 ms) none is looked at: there are thousands, each a few pixels large."""
MOST_TOUCHING = 5_000
"""Where more lie over each other, all that do are painted one by one."""


def batches(rects: Floats, heads: Floats, depth: Ints, looks: Ints) -> Iterator[Ints]:
    """Indexes of rectangles (left, top, right, bottom) that can be painted at once, in the order of painting.

    Those of a batch have one look and depth. Lesser depths come first, and what lies over another of its depth is in no
    earlier batch: in a later one where the looks differ, or where it covers the other's head, which is painted last.
    """
    for level in _distinct(depth):
        mine = np.flatnonzero(depth == level)
        ranks = _ranks(rects[mine], heads[mine], looks[mine])
        keys = ranks * (looks.max() + 1) + looks[mine]
        order = np.argsort(keys, kind="stable")
        yield from np.split(mine[order], np.flatnonzero(np.diff(keys[order])) + 1)


def _ranks(rects: Floats, heads: Floats, looks: Ints) -> Ints:
    """How many others must be painted before each, one after the other."""
    ranks = np.zeros(len(rects), np.int64)
    sweep = min((_Sweep(rects, axis) for axis in (0, 1)), key=lambda each: each.count)
    if not 0 < sweep.count <= MOST_PAIRS:
        return ranks
    one, other = sweep.pairs()
    touch = _touch(rects[one], rects[other])
    under, over = np.minimum(one, other)[touch], np.maximum(one, other)[touch]
    if len(over) > MOST_TOUCHING:
        crowded = _distinct(np.concatenate([under, over]))
        ranks[crowded] = np.arange(len(crowded))
        return ranks
    is_later = (looks[under] != looks[over]) | _touch(heads[under], rects[over])
    if not is_later.any():
        return ranks
    order = np.lexsort((under, over))
    found = ranks.tolist()
    for lower, upper, later in zip(under[order].tolist(), over[order].tolist(), is_later[order].tolist(), strict=True):
        found[upper] = max(found[upper], found[lower] + later)
    return np.array(found, np.int64)


def _distinct(numbers: Ints) -> Ints:
    """Which of the numbers from 0 up there are, in order. `np.unique` would load numpy.ma: 40 ms, in a first frame."""
    return np.flatnonzero(np.bincount(numbers))


def _touch(one: Floats, other: Floats) -> Mask:
    """Row by row."""
    reaches = (one[:, :2] <= other[:, 2:]) & (other[:, :2] <= one[:, 2:])
    return reaches[:, 0] & reaches[:, 1]


class _Sweep:
    """Rectangles by where they begin along an axis: each lies beside so many of those after it."""

    def __init__(self, rects: Floats, axis: int) -> None:
        begin = rects[:, axis]
        self._order = np.argsort(begin, kind="stable")
        ends = rects[self._order, axis + 2]
        self._meets = np.searchsorted(begin[self._order], ends, side="right") - np.arange(len(begin)) - 1
        self.count = int(self._meets.sum())

    def pairs(self) -> tuple[Ints, Ints]:
        first = np.repeat(np.arange(len(self._order)), self._meets)
        before = np.repeat(np.cumsum(self._meets) - self._meets, self._meets)
        second = first + 1 + np.arange(self.count) - before
        return self._order[first], self._order[second]
