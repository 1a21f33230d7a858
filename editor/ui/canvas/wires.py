"""Wires as columns: which nodes they join, and where they run. What curves those are is in `curves`. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from editor.layout.metrics import HEADER_HEIGHT, ROW_HEIGHT
from editor.model import EntityId
from editor.ui.canvas.curves import TURN, Floats, Ints, Mask, handles, may_be_led, surroundings, touching
from editor.ui.canvas.twins import twin

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
        self.bounds[rows] = surroundings(ends)
        self._nearby.forget()

    def concerns(self) -> Floats:
        """Bounds of what has a say in where each wire runs: of the wire, or of every way that it might take."""
        concerns = self.bounds[: self.count].copy()
        blocked = np.flatnonzero(self.is_blocked[: self.count])
        concerns[blocked] = surroundings(self.ends[blocked])
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
