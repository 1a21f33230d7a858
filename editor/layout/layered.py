"""One graph of boxes laid out in layers: few crossings, wires as level as can be, ports heeded. Pure numbers.

fast_sugiyama ranks the boxes and orders them; where they come to lie is worked out here, for it knows no sizes.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from fast_sugiyama import from_edges

MAX_EDGES_TO_TRANSPOSE = 1200
"""Beyond this, its exchange of neighbours takes more than half a second; ours below comes after it all the same."""

_SWEEPS = 6
_DUMMY_SIZE = 16.0


class Box(NamedTuple):
    """Size along the layers' direction (`depth`) and across it (`breadth`)."""

    depth: float
    breadth: float


class Link(NamedTuple):
    """A wire: from a box to a box, leaving and arriving so far from the upper edge of each."""

    source: int
    target: int
    leaves_at: float
    arrives_at: float


class Placed(NamedTuple):
    """Where the upper left corner of each box lies, along and across; and the size of the whole."""

    along: dict[int, float]
    across: dict[int, float]
    depth: float
    breadth: float


def layered(boxes: Mapping[int, Box], links: Sequence[Link], *, layer_gap: float, gap: float) -> list[Placed]:
    """Each connected part by itself, from 0, 0; parts and everything in them in an order that never changes."""
    pairs = sorted({(link.source, link.target) for link in links if link.source != link.target})
    found: list[Placed] = []
    linked = {end for pair in pairs for end in pair}
    if pairs:
        count = max(boxes) + 1
        numbers = {box: number for number, box in enumerate(sorted(linked))}
        back = {number: box for box, number in numbers.items()}
        parts = from_edges(
            [(numbers[source], numbers[target]) for source, target in pairs],
            minimum_length=1,
            vertex_spacing=10,
            dummy_vertices=True,
            check_layout=False,
            # Of its four rankings only this one is both compact and fast: "minimize" takes 10 s for 1,000 boxes.
            ranking_type="up",
            crossing_minimization="barycenter",
            transpose=len(pairs) <= MAX_EDGES_TO_TRANSPOSE,
        )
        for positions, _width, _height, edges in parts:
            names = {node: back.get(int(node), count + int(node)) for node, _ in positions}
            order = _layers({names[node]: place for node, place in positions})
            steps = [(names[source], names[target]) for source, target in edges or ()]
            found.append(_Part(boxes, links, order, steps).placed(layer_gap, gap))
    found.extend(
        Placed({box: 0.0}, {box: 0.0}, boxes[box].depth, boxes[box].breadth)
        for box in sorted(boxes)
        if box not in linked
    )
    return found


def _layers(places: Mapping[int, tuple[float, float]]) -> list[list[int]]:
    """Boxes and dummies by layer, first layer first, each in its order."""
    by_layer: dict[float, list[tuple[float, int]]] = defaultdict(list)
    for node, (x, y) in places.items():
        by_layer[y].append((x, node))
    return [[node for _, node in sorted(by_layer[y])] for y in sorted(by_layer, reverse=True)]


class _Part:
    """One connected part: order within layers refined by ports, then coordinates."""

    def __init__(
        self, boxes: Mapping[int, Box], links: Sequence[Link], layers: list[list[int]], steps: list[tuple[int, int]]
    ) -> None:
        self._boxes = boxes
        self._layers = layers
        self._rank = {node: number for number, layer in enumerate(layers) for node in layer}
        self._before: dict[int, list[tuple[int, float, float]]] = {node: [] for node in self._rank}
        self._after: dict[int, list[tuple[int, float, float]]] = {node: [] for node in self._rank}
        self._link(links, steps)

    def _link(self, links: Sequence[Link], steps: list[tuple[int, int]]) -> None:
        """Join neighbours of adjacent layers by where the wires between them end, over dummies where a wire is long."""
        ends: dict[tuple[int, int], list[Link]] = defaultdict(list)
        for link in links:
            if link.source in self._rank and link.target in self._rank and link.source != link.target:
                ends[link.source, link.target].append(link)
        starts: dict[int, list[int]] = defaultdict(list)
        for source, target in steps:
            first, then = (source, target) if self._rank[source] <= self._rank[target] else (target, source)
            starts[first].append(then)
        joined: set[tuple[int, int]] = set()
        for (source, target), several in sorted(ends.items()):
            if abs(self._rank[source] - self._rank[target]) == 1:
                joined.add((source, target))
                for link in several:
                    self._join(source, target, link.leaves_at, link.arrives_at)
        middle = _DUMMY_SIZE / 2
        for first, several_then in starts.items():
            for then in several_then:
                if (first, then) in joined or (then, first) in joined:
                    continue
                leaves = self._mean_end(first, ends, leaving=True) if first in self._boxes else middle
                arrives = self._mean_end(then, ends, leaving=False) if then in self._boxes else middle
                self._join(first, then, leaves, arrives)

    def _join(self, source: int, target: int, leaves: float, arrives: float) -> None:
        if self._rank[source] > self._rank[target]:
            source, target, leaves, arrives = target, source, arrives, leaves
        self._after[source].append((target, leaves, arrives))
        self._before[target].append((source, arrives, leaves))

    def _mean_end(self, box: int, ends: Mapping[tuple[int, int], list[Link]], *, leaving: bool) -> float:
        """Where long wires leave a box, or arrive: which dummy belongs to which is not told, so their mean."""
        if not hasattr(self, "_means"):
            self._means: dict[tuple[int, bool], list[float]] = defaultdict(list)
            for (source, target), several in ends.items():
                if abs(self._rank[source] - self._rank[target]) > 1:
                    self._means[source, True].extend(link.leaves_at for link in several)
                    self._means[target, False].extend(link.arrives_at for link in several)
        known = self._means.get((box, leaving))
        return sum(known) / len(known) if known else self._boxes[box].breadth / 2

    def placed(self, layer_gap: float, gap: float) -> Placed:
        self._exchange()
        across = self._coordinates(gap)
        along: dict[int, float] = {}
        x = 0.0
        for layer in self._layers:
            depth = max((self._boxes[node].depth for node in layer if node in self._boxes), default=0.0)
            for node in layer:
                if node in self._boxes:
                    along[node] = x + (depth - self._boxes[node].depth) / 2
            x += depth + (layer_gap if depth else 0.0)
        real = {node: y for node, y in across.items() if node in self._boxes}
        top = min(real.values())
        real = {node: y - top for node, y in real.items()}
        breadth = max(y + self._boxes[node].breadth for node, y in real.items())
        return Placed(along, real, x - layer_gap, breadth)

    def _exchange(self) -> None:
        """Exchange neighbours within a layer where that lessens the crossings of wires, ports and all."""
        place = {node: number for layer in self._layers for number, node in enumerate(layer)}

        def ends(node: int, sides: Mapping[int, list[tuple[int, float, float]]]) -> list[float]:
            return sorted(place[other] + there / (self._breadth(other) + 1) for other, _here, there in sides[node])

        for _ in range(2):
            changed = False
            for layer in self._layers:
                for index in range(len(layer) - 1):
                    upper, lower = layer[index], layer[index + 1]
                    now = then = 0
                    for sides in (self._before, self._after):
                        first, second = ends(upper, sides), ends(lower, sides)
                        now += _inversions(first, second)
                        then += _inversions(second, first)
                    if then < now:
                        layer[index], layer[index + 1] = lower, upper
                        place[lower], place[upper] = index, index + 1
                        changed = True
            if not changed:
                return

    def _breadth(self, node: int) -> float:
        return self._boxes[node].breadth if node in self._boxes else _DUMMY_SIZE

    def _coordinates(self, gap: float) -> dict[int, float]:
        across: dict[int, float] = {}
        for layer in self._layers:
            y = 0.0
            for node in layer:
                across[node] = y
                y += self._breadth(node) + gap
        ways = [(self._layers, (self._before,)), (self._layers[::-1], (self._after,))]
        for sweep in range(_SWEEPS):
            layers, sides = ways[sweep % 2]
            if sweep >= _SWEEPS - 2:
                sides = (self._before, self._after)
            for layer in layers:
                self._settle(layer, across, sides, gap)
        return across

    def _settle(
        self,
        layer: list[int],
        across: dict[int, float],
        sides: Sequence[Mapping[int, list[tuple[int, float, float]]]],
        gap: float,
    ) -> None:
        """Move each box of a layer to where its wires are level, as near as the others and their order allow.

        The least squares with the order kept: neighbours that would overlap are pooled and moved as one.
        """
        pools: list[tuple[float, float, list[int], list[float]]] = []
        for node in layer:
            wishes = [across[other] + there - here for side in sides for other, here, there in side[node]]
            wish = sum(wishes) / len(wishes) if wishes else across[node]
            weight = (1.0 if node in self._boxes else 2.0) * max(1, len(wishes))
            pool = (wish, weight, [node], [0.0])
            while pools and pools[-1][0] + self._extent(pools[-1], gap) > pool[0]:
                pool = self._pooled(pools.pop(), pool, gap)
            pools.append(pool)
        for at, _weight, nodes, offsets in pools:
            for node, offset in zip(nodes, offsets, strict=True):
                across[node] = at + offset

    def _extent(self, pool: tuple[float, float, list[int], list[float]], gap: float) -> float:
        return pool[3][-1] + self._breadth(pool[2][-1]) + gap

    def _pooled(
        self,
        upper: tuple[float, float, list[int], list[float]],
        lower: tuple[float, float, list[int], list[float]],
        gap: float,
    ) -> tuple[float, float, list[int], list[float]]:
        shift = self._extent(upper, gap)
        weight = upper[1] + lower[1]
        at = (upper[0] * upper[1] + (lower[0] - shift) * lower[1]) / weight
        return at, weight, [*upper[2], *lower[2]], [*upper[3], *(offset + shift for offset in lower[3])]


def _inversions(first: list[float], second: list[float]) -> int:
    """Pairs in which an end of `first`, which lies above, is below one of `second`; both are sorted."""
    return sum(1 for one in first for other in second if one > other)
