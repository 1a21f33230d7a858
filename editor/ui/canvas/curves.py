"""Where wires run: their curves, the runs that they consist of, and how near something is to them. Geometry, no Qt."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from editor.layout.metrics import CARD_WIDTH

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
FEW_CURVES = 100
"""So many are gone over at once sooner than it is asked which lie near."""

SHORTEST_HANDLE = 28.0
LONGEST_HANDLE = 220.0
BEND_WIDTH = 72.0
LEAST_LED = CARD_WIDTH + 24.0
"""No card fits between the ends of a shorter wire: it need not be led round any."""
TURN = 40.0
"""How far the handles reach of a wire that turns back to run at a level of its own."""
MOST_BEYOND = 480.0
"""So far above and below its ends a wire may be led."""


def distinct(numbers: Ints) -> list[int]:
    """The numbers (small, not negative) that occur, in ascending order. `numpy.unique` first loads 50 ms of numpy."""
    return np.flatnonzero(np.bincount(numbers)).tolist() if len(numbers) else []


def touching(boxes: Floats, parts: Floats) -> Mask:
    """Which of the boxes touch any of the rectangles; both are rows of left, top, right, bottom."""
    if len(parts) == 1:
        left, top, right, bottom = parts[0].tolist()
        return (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)
    whole = np.concatenate([parts[:, :2].min(axis=0), parts[:, 2:].max(axis=0)])
    near = np.flatnonzero(touching(boxes, whole[None, :]))
    hits = touching_any(boxes[near], parts)
    found = np.zeros(len(boxes), np.bool_)
    found[near[hits]] = True
    return found


def touching_any(boxes: Floats, parts: Floats) -> Mask:
    """As `touching`, for parts that lie apart, or none."""
    found = np.zeros(len(boxes), np.bool_)
    for left, top, right, bottom in parts.tolist():
        found |= (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)
    return found


def _crossing(segments: Floats, parts: Floats) -> Mask:
    """Which line segments (x1, y1, x2, y2) touch any of the rectangles with their boxes."""
    boxes = np.empty_like(segments)
    np.minimum(segments[:, :2], segments[:, 2:], out=boxes[:, :2])
    np.maximum(segments[:, :2], segments[:, 2:], out=boxes[:, 2:])
    return touching(boxes, parts)


def may_be_led(ends: Floats) -> Mask:
    """Which wires something may be in the way of: those that run ahead so far, or turn back."""
    across = ends[:, 2] - ends[:, 0]
    return (across > LEAST_LED) | (across < 0)


def surroundings(ends: Floats) -> Floats:
    """Bounds of all ways that wires may be led: as far as their ends where they run ahead, else a little farther."""
    around = ends.copy()
    turns = ends[:, 2] < ends[:, 0]
    around[turns, 0] = ends[turns, 2] - LONGEST_HANDLE
    around[turns, 2] = ends[turns, 0] + LONGEST_HANDLE
    around[:, 1] = np.minimum(ends[:, 1], ends[:, 3]) - MOST_BEYOND
    around[:, 3] = np.maximum(ends[:, 1], ends[:, 3]) + MOST_BEYOND
    return around


def handles(ends: Floats) -> Floats:
    """How far the control points stand off: half the way across, more where the wire has to turn back."""
    across = ends[:, 2] - ends[:, 0]
    down = np.abs(ends[:, 3] - ends[:, 1])
    ahead = np.maximum(across * 0.5, np.minimum(down * 0.5, 64.0))
    back = SHORTEST_HANDLE + np.abs(across) * 0.35 + np.minimum(down * 0.2, 40.0)
    reach = np.where(across >= 0, ahead, back)
    return np.minimum(np.maximum(reach, SHORTEST_HANDLE), LONGEST_HANDLE)


def bend_width(ends: Floats) -> Floats:
    """How wide a wire that runs at a level of its own bends to it, and from it."""
    return np.minimum(BEND_WIDTH, (ends[:, 2] - ends[:, 0]) / 3)


def runs(ends: Floats) -> Floats:
    """Direct curves: x1, y1, x2, y2, and how far the control points stand off: right of the one, left of the other."""
    reach = handles(ends)[:, None]
    return np.concatenate([ends, reach, reach], axis=1)


def pieces(ends: Floats, via: Floats) -> tuple[Floats, Ints, Mask]:
    """Curves and straight runs that wires consist of: as `runs` has them, the wire of each, and which are straight."""
    direct = np.arange(len(ends))
    led = np.flatnonzero(~np.isnan(via))
    if not len(led):
        return runs(ends), direct, np.zeros(len(ends), np.bool_)
    direct = direct[np.isnan(via)]
    is_straight = np.zeros(len(direct) + 3 * len(led), np.bool_)
    is_straight[len(direct) + len(led) : len(direct) + 2 * len(led)] = True
    parts = np.concatenate([runs(ends[direct]), _led_runs(ends[led], via[led])])
    return parts, np.concatenate([direct, led, led, led]), is_straight


def _led_runs(ends: Floats, level: Floats) -> Floats:
    """Of each wire the curve to its level, then of each the straight run along it, then of each the curve from it."""
    x1, y1, x2, y2 = ends.T
    turns = x2 < x1
    wide = np.where(turns, 0.0, bend_width(ends))
    up = runs(np.stack([x1, y1, x1 + wide, level], axis=1))
    along = runs(np.stack([x1 + wide, level, x2 - wide, level], axis=1))
    down = runs(np.stack([x2 - wide, level, x2, y2], axis=1))
    up[turns, 4], up[turns, 5] = TURN, -TURN
    down[turns, 4], down[turns, 5] = -TURN, TURN
    return np.concatenate([up, along, down])


def points(parts: Floats, segments: int) -> Floats:
    """Points along each of the runs: (runs, segments + 1, 2)."""
    basis = _basis(segments)
    xs = np.stack([parts[:, 0], parts[:, 0] + parts[:, 4], parts[:, 2] - parts[:, 5], parts[:, 2]])
    ys = np.stack([parts[:, 1], parts[:, 1], parts[:, 3], parts[:, 3]])
    return np.stack([(basis @ xs).T, (basis @ ys).T], axis=-1)


def lines(parts: Floats, segments: int, scale: float, origin_x: float, origin_y: float) -> Floats:
    """The runs as line segments in device pixels: (runs * segments, 4)."""
    basis = _basis(segments).T
    stops = np.empty((2, len(parts), 4))
    xs, ys = stops
    xs[:, 0], xs[:, 3] = parts[:, 0] * scale - origin_x, parts[:, 2] * scale - origin_x
    xs[:, 1], xs[:, 2] = xs[:, 0] + parts[:, 4] * scale, xs[:, 3] - parts[:, 5] * scale
    ys[:, 0] = ys[:, 1] = parts[:, 1] * scale - origin_y
    ys[:, 2] = ys[:, 3] = parts[:, 3] * scale - origin_y
    along_x, along_y = stops @ basis
    made = np.empty((len(parts), segments, 4))
    made[:, :, 0], made[:, :, 1] = along_x[:, :-1], along_y[:, :-1]
    made[:, :, 2], made[:, :, 3] = along_x[:, 1:], along_y[:, 1:]
    return made.reshape(-1, 4)


def batches(
    parts: Floats, pens: Ints, counts: Ints, camera: tuple[float, float, float], within: Floats | None
) -> Iterator[tuple[int, Floats]]:
    """Line segments pen by pen, in ascending order: (pen, segments in device pixels).

    `counts` says in how many pieces each curve goes; `camera` is scale, x and y; only segments that touch the
    rectangles `within` (device pixels) are given, or all. All curves of one count are computed together: a frame has
    few wires of each pen, and numpy's price is by the call.
    """
    found: list[tuple[Ints, Floats]] = []
    for count in distinct(counts):
        chosen = np.flatnonzero(counts == count)
        chosen = chosen[np.argsort(pens[chosen], kind="stable")]
        segments = lines(parts[chosen], count, *camera)
        owners = np.repeat(pens[chosen], count)
        if within is not None:
            kept = _crossing(segments, within)
            segments, owners = segments[kept], owners[kept]
        found.append((owners, segments))
    for pen in distinct(pens):
        pieces = [
            segments[np.searchsorted(owners, pen) : np.searchsorted(owners, pen, side="right")]
            for owners, segments in found
        ]
        yield pen, pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def dashes(parts: Floats, scale: float, origin_x: float, origin_y: float, dash_px: float) -> Floats:
    """Every other stretch of each curve, about `dash_px` device pixels long."""
    made: list[Floats] = []
    for row in parts:
        length = abs(row[2] - row[0]) + abs(row[3] - row[1])
        count = int(np.clip(2 * round(length * scale / dash_px / 2), 4, 240))
        made.append(lines(row[None, :], count, scale, origin_x, origin_y)[::2])
    return np.concatenate(made) if made else np.zeros((0, 4))


def distance(ends: Floats, via: Floats, x: float, y: float, within: float = np.inf) -> Floats:
    """How far a point is from each wire; infinite for some that are farther than `within`."""
    parts, owners, _is_straight = pieces(ends, via)
    gaps = np.full(len(ends), np.inf)
    if len(parts) > FEW_CURVES and within < np.inf:
        around = np.array([[x - within, y - within, x + within, y + within]])
        near = np.flatnonzero(touching(hulls(parts, QUARTERS).reshape(-1, 4), around).reshape(-1, len(parts)).any(0))
        parts, owners = parts[near], owners[near]
    np.minimum.at(gaps, owners, _distance(parts, x, y))
    return gaps


def hulls(parts: Floats, stops: tuple[float, ...]) -> Floats:
    """Boxes in which the runs lie from each of the parameters `stops` to the next: (stretches, runs, 4)."""
    xs = np.stack([parts[:, 0], parts[:, 0] + parts[:, 4], parts[:, 2] - parts[:, 5], parts[:, 2]])
    along = (_hull_basis(stops) @ xs).reshape(len(stops) - 1, 4, len(parts))
    # Downwards or upwards they never turn: so far of the way they are at each stop.
    t = np.array(stops)[:, None]
    levels = parts[:, 1] + (3 - 2 * t) * t**2 * (parts[:, 3] - parts[:, 1])
    found = np.empty((len(stops) - 1, len(parts), 4))
    found[..., 0], found[..., 2] = along.min(axis=1), along.max(axis=1)
    np.minimum(levels[:-1], levels[1:], out=found[..., 1])
    np.maximum(levels[:-1], levels[1:], out=found[..., 3])
    return found


@cache
def _hull_basis(stops: tuple[float, ...]) -> Floats:
    """Control points of each stretch of a cubic Bezier, by its own: (4 * stretches, 4)."""
    return np.array(
        [_blossom(*sides) for a, b in pairwise(stops) for sides in ((a, a, a), (a, a, b), (a, b, b), (b, b, b))]
    )


def _blossom(u: float, v: float, w: float) -> tuple[float, float, float, float]:
    first = u * (1 - v) * (1 - w) + v * (1 - u) * (1 - w) + w * (1 - u) * (1 - v)
    second = u * v * (1 - w) + u * w * (1 - v) + v * w * (1 - u)
    return (1 - u) * (1 - v) * (1 - w), first, second, u * v * w


def passing(ends: Floats, via: Floats, parts: Floats) -> Mask:
    """Which wires pass through any of the rectangles, each at least as wide and high as a header is."""
    stretches, owners, _is_straight = pieces(ends, via)
    x, y = np.moveaxis(points(stretches, 96), -1, 0)
    found = np.zeros(len(ends), np.bool_)
    for left, top, right, bottom in parts.tolist():
        inside = (x > left) & (x < right) & (y > top) & (y < bottom)
        found[owners[inside.any(axis=1)]] = True
    return found


def _distance(parts: Floats, x: float, y: float) -> Floats:
    along = points(parts, 24)
    start, step = along[:, :-1], np.diff(along, axis=1)
    to_point = np.array([x, y]) - start
    square = np.maximum((step**2).sum(-1), 1e-9)
    share = np.clip((to_point * step).sum(-1) / square, 0, 1)
    gap = to_point - share[..., None] * step
    return np.sqrt((gap**2).sum(-1).min(axis=1))


_BASES: dict[int, Floats] = {}


def _basis(segments: int) -> Floats:
    """The cubic Bezier's weights at segments + 1 even steps: (segments + 1, 4)."""
    if segments not in _BASES:
        t = np.linspace(0, 1, segments + 1)
        _BASES[segments] = np.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3], axis=1)
    return _BASES[segments]
