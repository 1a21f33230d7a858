"""Wires as columns: which nodes they join, where their curves run, and the segments that draw them. No Qt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from editor.layout.metrics import CARD_WIDTH, HEADER_HEIGHT, ROW_HEIGHT
from editor.model import EntityId
from editor.ui.canvas.twins import twin

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

PARAMETER, ARTIFACT, AFTER, EXIT = range(4)
"""Styles: thin, thick, dashed grey, dashed in the exit handler's colour."""

FAMILIES = (
    "STRING",
    "NUMBER_INTEGER",
    "NUMBER_DOUBLE",
    "BOOLEAN",
    "LIST",
    "STRUCT",
    "OTHER",
    "system.Dataset",
    "system.Model",
    "system.Metrics",
    "system.HTML",
    "system.Artifact",
    "LOOP",
)

LEAST_SURROUNDINGS = 600.0
"""So far round a point that is asked for, what lies there is remembered too: the next point is near."""

MOST_SURROUNDINGS = 16
"""Surroundings so many times as wide as half of what is asked for are made anew, narrower."""

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
FOLDED_PORT = HEADER_HEIGHT + ROW_HEIGHT / 2
"""Height at which wires meet a folded group."""


class Wire(NamedTuple):
    """A wire to be added.

    `port` is the consumer's input; wires that feed none are named "@after:ID", "@exit:ID", "@test:N", "@items" or
    "@setting:PATH".
    """

    source: int
    target: int
    source_y: float
    target_y: float
    family: int
    style: int
    port: str
    from_left: bool = False


COLUMNS = (
    *("source", "target", "offsets", "from_left", "pen", "alive"),
    *("is_drawn", "ends", "via", "is_led", "is_blocked", "bounds"),
)
"""All that have a row for each wire and grow together."""


class WireColumns:
    """Rows are reused; `alive` says which count. Geometry is kept for all, so that the visible set is one mask."""

    def __init__(self) -> None:
        self.count = 0
        self.source = np.zeros(0, np.int64)
        self.target = np.zeros(0, np.int64)
        self.offsets = np.zeros((0, 2))
        self.from_left = np.zeros(0, np.bool_)
        self.pen = np.zeros(0, np.int64)
        """family * 4 + style."""
        self.alive = np.zeros(0, np.bool_)
        self.is_drawn = np.zeros(0, np.bool_)
        self.ends = np.zeros((0, 4))
        """x1, y1, x2, y2."""
        self.via = np.zeros(0)
        """Level at which the wire runs between its ends, round what is in its way; NaN for a direct curve."""
        self.is_led = np.zeros(0, np.bool_)
        """Whether `via` is known: it is sought when it is first needed."""
        self.is_blocked = np.zeros(0, np.bool_)
        """Whether something is in the way of the direct curve, be there another way or not."""
        self.bounds = np.zeros((0, 4))
        """left, top, right, bottom of the curve."""
        self.ports: list[str] = []
        self.consumers: list[EntityId] = []
        """Whose `put` a row came from: the target, but for an exit handler's link to its task."""
        self.rows_of: dict[EntityId, list[int]] = {}
        self._free: list[int] = []
        self._nearby = Nearby()

    def twin(self) -> WireColumns:
        """The same wires, in columns of their own."""
        other = twin(self)
        other._nearby = Nearby()
        return other

    def put(self, consumers: Mapping[EntityId, list[Wire]]) -> Ints:
        """Replace all wires of these consumers; gives their rows, whose geometry is stale until `place`."""
        for consumer in consumers:
            self.drop(consumer)
        found: list[int] = []
        for consumer, wires in consumers.items():
            if wires:
                rows = self.rows_of[consumer] = [self._free.pop() if self._free else self._next() for _ in wires]
                found.extend(rows)
                for row, wire in zip(rows, wires, strict=True):
                    self.ports[row], self.consumers[row] = wire.port, consumer
        rows = np.array(found, np.int64)
        self._fill_rows(rows, [wire for wires in consumers.values() for wire in wires])
        return rows

    def _fill_rows(self, rows: Ints, wires: list[Wire]) -> None:
        if not wires:
            return
        source, target, source_y, target_y, family, style, _ports, from_left = zip(*wires, strict=True)
        self.source[rows], self.target[rows] = source, target
        self.offsets[rows, 0], self.offsets[rows, 1] = source_y, target_y
        self.from_left[rows] = from_left
        self.pen[rows] = 4 * np.array(family) + np.array(style)
        self.alive[rows] = True

    def drop(self, consumer: EntityId) -> None:
        for row in self.rows_of.pop(consumer, ()):
            self.alive[row] = self.is_drawn[row] = False
            self._free.append(row)
            self._nearby.forget()

    def fill(self, consumers: list[tuple[EntityId, int]], wires: list[Wire]) -> None:
        """Put everything at once into empty columns: `consumers` says how many wires each has, in order."""
        count = len(wires)
        self.count = count
        self._resize(count + count // 4 + 64)
        self._fill_rows(np.arange(count), wires)
        self.ports = [wire.port for wire in wires]
        for consumer, number in consumers:
            if number:
                row = len(self.consumers)
                self.rows_of[consumer] = list(range(row, row + number))
                self.consumers.extend([consumer] * number)

    def place(self, rows: Ints, box: Floats, stands_for: Ints) -> None:
        """Compute the direct curves of `rows` from their nodes' boxes.

        `stands_for` names the folded group that a node is in.
        """
        source, target = self.source[rows], self.target[rows]
        shown_source, shown_target = stands_for[source], stands_for[target]
        source_y = np.where(shown_source == source, self.offsets[rows, 0], FOLDED_PORT)
        target_y = np.where(shown_target == target, self.offsets[rows, 1], FOLDED_PORT)
        left = self.from_left[rows] & (shown_source == source)
        ends = np.empty((len(rows), 4))
        ends[:, 0] = np.where(left, box[shown_source, 0], box[shown_source, 2])
        ends[:, 1] = box[shown_source, 1] + source_y
        ends[:, 2] = box[shown_target, 0]
        ends[:, 3] = box[shown_target, 1] + target_y
        self.ends[rows] = ends
        self.is_drawn[rows] = self.alive[rows] & (shown_source != shown_target)
        self.lead(rows, np.full(len(rows), np.nan), np.zeros(len(rows), np.bool_))
        self.forget_way(rows)

    def lead(self, rows: Ints, via: Floats, is_blocked: Mask) -> None:
        """Let wires run at these levels; `is_blocked` says whose direct curves something is in the way of."""
        ends = self.ends[rows]
        turned = np.where(ends[:, 2] < ends[:, 0], TURN, 0.0)
        reach = np.where(np.isnan(via), handles(ends), turned)
        bounds = self.bounds
        bounds[rows, 0] = np.minimum(ends[:, 0], ends[:, 2] - reach)
        bounds[rows, 2] = np.maximum(ends[:, 0] + reach, ends[:, 2])
        bounds[rows, 1] = np.fmin(np.minimum(ends[:, 1], ends[:, 3]), via)
        bounds[rows, 3] = np.fmax(np.maximum(ends[:, 1], ends[:, 3]), via)
        self.via[rows] = via
        self.is_led[rows] = True
        self.is_blocked[rows] = is_blocked
        self._nearby.forget()

    def forget_way(self, rows: Ints) -> None:
        """What may be in the way of wires has changed. Until they are led, their bounds are those of any way."""
        ends = self.ends[rows]
        rows = rows[may_be_led(ends)]
        ends = self.ends[rows]
        self.is_led[rows] = False
        self.bounds[rows] = _surroundings(ends)
        self._nearby.forget()

    def concerns(self) -> Floats:
        """Bounds of what has a say in where each wire runs: of the wire, or of every way that it might take."""
        concerns = self.bounds[: self.count].copy()
        blocked = np.flatnonzero(self.is_blocked[: self.count])
        concerns[blocked] = _surroundings(self.ends[blocked])
        return concerns

    def visible(self, parts: Floats) -> Ints:
        """Rows whose curve may touch any of the rectangles (left, top, right, bottom)."""
        return self._nearby.find(self.bounds[: self.count], self.is_drawn[: self.count], parts)

    def touching(self, nodes: Mask) -> Ints:
        """Rows with an end at one of the nodes marked."""
        count = self.count
        return np.flatnonzero(self.alive[:count] & (nodes[self.source[:count]] | nodes[self.target[:count]]))

    def _next(self) -> int:
        if self.count == len(self.alive):
            self._resize(2 * self.count + 64)
        self.count += 1
        self.ports.append("")
        self.consumers.append(EntityId(""))
        return self.count - 1

    def _resize(self, size: int) -> None:
        for name in COLUMNS:
            column = getattr(self, name)
            grown = np.zeros((size, *column.shape[1:]), column.dtype)
            grown[: len(column)] = column
            setattr(self, name, grown)


def may_be_led(ends: Floats) -> Mask:
    """Which wires something may be in the way of: those that run ahead so far, or turn back."""
    across = ends[:, 2] - ends[:, 0]
    return (across > LEAST_LED) | (across < 0)


def _surroundings(ends: Floats) -> Floats:
    """Bounds of all ways that wires may be led: as far as their ends where they run ahead, else a little farther."""
    around = ends.copy()
    turns = ends[:, 2] < ends[:, 0]
    around[turns, 0] = ends[turns, 2] - LONGEST_HANDLE
    around[turns, 2] = ends[turns, 0] + LONGEST_HANDLE
    around[:, 1] = np.minimum(ends[:, 1], ends[:, 3]) - MOST_BEYOND
    around[:, 3] = np.maximum(ends[:, 1], ends[:, 3]) + MOST_BEYOND
    return around


class Nearby:
    """Which boxes touch parts of a plane, remembered for a screen's surroundings: panning asks strip by strip."""

    def __init__(self) -> None:
        self._around: tuple[float, float, float, float] | None = None
        self._rows = np.zeros(0, np.int64)
        self._sides = np.zeros((4, 0))
        """Their boxes, side by side: all lefts, all tops, ..., for numpy reads rows faster than columns."""

    def forget(self) -> None:
        """The boxes have changed, or which of them count."""
        self._around = None

    def find(self, boxes: Floats, is_there: Mask, parts: Floats) -> Ints:
        """Rows of the boxes that are there and touch any of the rectangles, in ascending order."""
        left, top = parts[:, :2].min(axis=0).tolist()
        right, bottom = parts[:, 2:].max(axis=0).tolist()
        wide, high = (max(side / 2, LEAST_SURROUNDINGS) for side in (right - left, bottom - top))
        around = self._around
        if (
            around is None
            or not (around[0] <= left and around[1] <= top and right <= around[2] and bottom <= around[3])
            or around[2] - around[0] > MOST_SURROUNDINGS * wide
        ):
            around = self._around = (left - wide, top - high, right + wide, bottom + high)
            self._rows = np.flatnonzero(touching(boxes, np.array([around])) & is_there)
            self._sides = np.ascontiguousarray(boxes[self._rows].T)
        lefts, tops, rights, bottoms = self._sides
        found = np.zeros(len(self._rows), np.bool_)
        for left, top, right, bottom in parts.tolist():
            found |= (lefts < right) & (rights > left) & (tops < bottom) & (bottoms > top)
        return self._rows[found]


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
