"""Circles of waiting, looked for in each scope by itself: KFP compiles each group to a DAG of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from editor.edits.scopes import name_of
from editor.model import DocumentView, EntityId, Task
from editor.validation.issues import Issue, error

if TYPE_CHECKING:  # it takes 0.1 s to load, and the window is to be up before a document needs it
    import networkx as nx


def cycles(view: DocumentView, scope: EntityId) -> Iterator[Issue | None]:
    """One issue for each circle found by a single walk: taking it away may show another.

    None after each step of the walk, for the caller to look at the clock; the graph must not change meanwhile.
    """
    if not view.order(scope).has_circle:
        return
    graph = view.graph(scope)
    for path in _circles(graph):
        if path is None:
            yield None
            continue
        names = [f"'{name_of(view, node)}'" for node in [*path, path[0]]]
        if len(names) > 8:
            names = [*names[:4], "…", *names[-3:]]
        what = "tasks" if all(isinstance(view.get(node), Task) for node in path) else "tasks and groups"
        message = f"These {what} wait for each other: {' → '.join(names)}."
        hint = "Take one of these wires or 'runs after' links away; a group waits for all that its tasks wait for."
        yield error("cycle", path[0], message, hint)


def _circles(graph: nx.MultiDiGraph) -> Iterator[list[EntityId] | None]:
    """Node-disjoint circles, each as the nodes on it; None after each step."""
    successors = dict(graph.adjacency())  # plain dicts: the views that `succ` gives cost ten times as much
    done: set[EntityId] = set()
    for start in graph:
        if start in done:
            continue
        path: list[EntityId] = [start]
        on_path = {start: 0}
        ways = [iter(successors[start])]
        while ways:
            yield None
            for follower in ways[-1]:
                if follower in on_path:
                    found = path[on_path[follower] :]
                    yield found
                    for node in path:
                        done.add(node)
                    ways, path, on_path = [], [], {}
                    break
                if follower not in done:
                    on_path[follower] = len(path)
                    path.append(follower)
                    ways.append(iter(successors[follower]))
                    break
            else:
                node = path.pop()
                del on_path[node]
                done.add(node)
                ways.pop()
