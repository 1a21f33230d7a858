"""Circles of waiting, each judged among the siblings of a scope, as KFP compiles each group to a DAG of its own."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping

from editor.edits.draft import Draft
from editor.edits.scopes import name_of
from editor.model import NODE_TYPES, DocumentView, EntityId, Task
from editor.model.order import Place
from editor.model.references import ORDERING_ROLES, Reference, references


def find_cycle(view: DocumentView, starts: Iterable[EntityId]) -> list[EntityId]:
    """A circle of waiting through one of `starts`, each judged among its siblings; empty if there is none.

    Walks `users` and not a graph, so that it works on a Draft; there it goes no farther than a circle could that the
    changes make, by the orders which the document keeps.
    """
    nodes = [node for start in starts if isinstance(node := view.get(start), NODE_TYPES)]
    limits = _limits(view) if isinstance(view, Draft) and view.ground.has_graphs else None
    by_scope: dict[EntityId, list[EntityId]] = {}
    for node in nodes:
        by_scope.setdefault(node.parent, []).append(node.id)
    closed: dict[EntityId, Callable[[EntityId], bool]] = {}
    for scope, inside in by_scope.items():
        if limits is not None and scope not in limits:
            continue
        is_beyond = _beyond(limits[scope]) if limits is not None else _never
        if _has_circle(view, scope, inside, is_beyond):
            closed[scope] = is_beyond
    for node in nodes:
        path = _path(view, node.parent, node.id, closed[node.parent]) if node.parent in closed else []
        if path:
            return path
    return []


_Limit = tuple[Mapping[EntityId, Place], Place] | None


def _limits(draft: Draft) -> dict[EntityId, _Limit]:
    """The scopes in which the changes may have formed a circle, and how far in the scope's order it can reach.

    Edges of the document rise in its order. A circle needs one that does not, which must be new; from beyond the last
    node where such an edge begins, all ways lead on and none back. None where the document itself has a circle.
    """
    ground = draft.ground
    limits: dict[EntityId, _Limit] = {}
    for node in draft.rewired():
        edges = [edge[:3] for edge in draft.edges(node)]
        if isinstance(node, Task) and any(_waits_for(reference, node.id) for reference in references(node)):
            edges.append((node.parent, node.id, node.id))  # graphs have no such edge
        for scope, source, target in edges:
            order = ground.order(scope)
            if order.has_circle:
                limits[scope] = None
                continue
            start, end = order.places.get(source), order.places.get(target)
            if start is not None and end is not None and start < end:
                continue
            known = limits.get(scope)
            farthest = max(start or _LOWEST, known[1] if known else _LOWEST)
            limits[scope] = (order.places, farthest)
    return limits


_LOWEST = (-math.inf, 0)


def _waits_for(reference: Reference, node: EntityId) -> bool:
    return reference.target == node and reference.role in ORDERING_ROLES


def _beyond(limit: _Limit) -> Callable[[EntityId], bool]:
    if limit is None:
        return _never
    places, last = limit
    return lambda node: places.get(node, _LOWEST) > last


def _never(_node: EntityId) -> bool:
    return False


def _has_circle(
    view: DocumentView, scope: EntityId, starts: Iterable[EntityId], is_beyond: Callable[[EntityId], bool]
) -> bool:
    """Whether any circle can be reached from `starts`: one walk for all of them."""
    done: set[EntityId] = set()
    for start in starts:
        if start in done:
            continue
        on_way = {start: None}
        ways = [successors(view, scope, start)]
        while ways:
            for follower in ways[-1]:
                if follower in on_way:
                    return True
                if follower not in done and not is_beyond(follower):
                    on_way[follower] = None
                    ways.append(successors(view, scope, follower))
                    break
            else:
                ways.pop()
                done.add(on_way.popitem()[0])
    return False


def _path(view: DocumentView, scope: EntityId, goal: EntityId, is_beyond: Callable[[EntityId], bool]) -> list[EntityId]:
    """The siblings in `scope` from `goal` back to it, `goal` at both ends; empty if there is no way."""
    came: dict[EntityId, EntityId] = {}
    stack = [goal]
    while stack:
        node = stack.pop()
        for follower in successors(view, scope, node):
            if follower == goal:
                path = [goal, node]
                while node != goal:
                    node = came[node]
                    path.append(node)
                return path[::-1]
            if follower not in came and not is_beyond(follower):
                came[follower] = node
                stack.append(follower)
    return []


def successors(view: DocumentView, scope: EntityId, node: EntityId) -> Iterator[EntityId]:
    """The siblings of `node` in `scope` that wait for it or for something in it."""
    for inner in (node,) if isinstance(view.get(node), Task) else (node, *view.descendants(node)):
        for user in view.users(inner):
            entity = view.get(user)
            if not isinstance(entity, NODE_TYPES):
                continue
            if inner == node and isinstance(entity, Task) and entity.parent == scope:
                # A task names another only to wait for it; most wires are between siblings.
                yield user
                continue
            if any(_waits_for(reference, inner) for reference in references(entity)):
                lifted = view.lifted(inner, user)
                if lifted is not None and lifted[0] == scope:
                    yield lifted[2]


def path_between(view: DocumentView, scope: EntityId, start: EntityId, goal: EntityId) -> list[EntityId]:
    """Siblings on a way from `start` to `goal` along the edges of the scope's graph, both ends included; or empty."""
    if isinstance(view, Draft) and view.ground.has_graphs:
        return _way(start, goal, lambda node: successors(view, scope, node), _beyond(_limit_before(view, scope, goal)))
    graph, order = view.graph(scope), view.order(scope)
    if start not in graph or goal not in graph:
        return []
    is_beyond = _beyond(None if order.has_circle else (order.places, order.places[goal]))
    return _way(start, goal, graph.succ.__getitem__, is_beyond)


def _limit_before(draft: Draft, scope: EntityId, goal: EntityId) -> _Limit:
    """How far in the order which the document keeps a way to `goal` can lead."""
    order, limits = draft.ground.order(scope), _limits(draft)
    if order.has_circle:
        return None
    limit = limits.get(scope, (order.places, _LOWEST))
    return limit and (order.places, max(limit[1], order.places.get(goal, _LOWEST)))


def _way(
    start: EntityId,
    goal: EntityId,
    followers: Callable[[EntityId], Iterable[EntityId]],
    is_beyond: Callable[[EntityId], bool],
) -> list[EntityId]:
    if is_beyond(start):
        return []
    came: dict[EntityId, EntityId] = {start: start}
    stack = [start]
    while stack:
        node = stack.pop()
        if node == goal:
            path = [node]
            while node != start:
                node = came[node]
                path.append(node)
            return path[::-1]
        for follower in followers(node):
            if follower not in came and not is_beyond(follower):
                came[follower] = node
                stack.append(follower)
    return []


def in_words(view: DocumentView, path: list[EntityId]) -> str:
    """A way as messages show it; a long one with its middle left out."""
    names = [name_of(view, node) for node in path]
    if len(names) > 8:
        names = [*names[:4], "…", *names[-3:]]
    return " → ".join(names)
