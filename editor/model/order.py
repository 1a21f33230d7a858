"""A topological order of one scope, kept while the scope changes: who may wait for whom without a circle, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from editor.model.ids import EntityId

if TYPE_CHECKING:
    import networkx as nx

Place = tuple[float, int]
"""Where a node stands; the number tells apart what was put at the same point."""

NODES_A_STEP = 50


class Order:
    """`places` rises along every edge of the graph, unless it `has_circle`: then it says nothing.

    A node that left keeps its place, for it mostly comes back to it (undo). An edge against the order moves only what
    lies between its ends (Pearce and Kelly, "A dynamic topological sort algorithm for directed acyclic graphs", 2006).
    """

    def __init__(self, graph: nx.MultiDiGraph) -> None:
        self._graph = graph
        self._serial = 0
        self.places: dict[EntityId, Place] = {}
        self.has_circle = False
        self._number(_sorted(graph))

    def following(self, nodes: Iterable[EntityId], edges: Iterable[tuple[EntityId, EntityId]]) -> Iterator[None]:
        """The graph has got these nodes and edges (old ones among them do no harm); what it lost needs no telling.

        In steps: where the last is not made, all of them are told again before the order says anything.
        """
        if self.has_circle:
            return
        for number, node in enumerate(nodes):
            if node not in self.places:
                self._place(node)
            if number % NODES_A_STEP == NODES_A_STEP - 1:
                yield
        places = self.places
        against = {(source, target): None for source, target in edges if not places[source] < places[target]}
        for source, target in list(against):
            yield
            del against[source, target]
            if not self._turn(source, target, against):
                self.has_circle = True
                return

    def _place(self, node: EntityId) -> None:
        """Between what it waits for and what waits for it, where there is room."""
        places, graph = self.places, self._graph
        before = max((places[each] for each in graph.pred[node] if each in places), default=None)
        after = min((places[each] for each in graph.succ[node] if each in places), default=None)
        if before is not None and after is not None and before < after:
            at = (before[0] + after[0]) / 2
            if not before[0] < at < after[0]:
                self._number(sorted((each for each in graph if each in places), key=places.__getitem__))
                self._place(node)
                return
        elif after is not None and before is None:
            at = self._first = self._first - 1.0
        else:
            at = self._last = self._last + 1.0
        self._serial += 1
        places[node] = (at, self._serial)

    def _turn(self, source: EntityId, target: EntityId, untold: dict[tuple[EntityId, EntityId], None]) -> bool:
        """Bring `source` before `target`; False if that forms a circle. Edges in `untold` are not in the order yet."""
        places, graph = self.places, self._graph
        last, first = places[source], places[target]
        if last < first:
            return True
        later = _reached(graph.succ, target, lambda one, other: (one, other) in untold or places[other] > last)
        if source in later:
            return False
        earlier = _reached(graph.pred, source, lambda one, other: (other, one) in untold or places[other] < first)
        moved = [*sorted(earlier, key=places.__getitem__), *sorted(later, key=places.__getitem__)]
        for node, place in zip(moved, sorted(map(places.__getitem__, moved)), strict=True):
            places[node] = place
        return True

    def _number(self, nodes: list[EntityId] | None) -> None:
        """Whole numbers for all of them, in this order; None if there is none."""
        self.has_circle = nodes is None
        self.places = {node: (float(number), number) for number, node in enumerate(nodes or ())}
        self._first, self._last, self._serial = 0.0, float(len(self.places)), max(self._serial, len(self.places))


def _sorted(graph: nx.MultiDiGraph) -> list[EntityId] | None:
    """The nodes, each after those that it waits for; None if some wait for each other."""
    successors = dict(graph.adjacency())  # plain dicts: the views that `succ` gives cost ten times as much
    waiting = dict.fromkeys(successors, 0)
    for followers in successors.values():
        for follower in followers:
            waiting[follower] += 1
    ready = [node for node, count in waiting.items() if not count]
    for node in ready:
        for follower in successors[node]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    return ready if len(ready) == len(waiting) else None


def _reached(
    neighbours: Mapping[EntityId, Iterable[EntityId]], start: EntityId, is_closed: Callable[[EntityId, EntityId], bool]
) -> set[EntityId]:
    """`start` and everything that ways lead to on which no step `is_closed`."""
    found = {start}
    stack = [start]
    while stack:
        node = stack.pop()
        for other in neighbours[node]:
            if other not in found and not is_closed(node, other):
                found.add(other)
                stack.append(other)
    return found
