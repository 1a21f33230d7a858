"""The live document: the table, its indexes, and the one way to change it."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from editor.model.edit import Change, Edit, StaleEdit
from editor.model.entities import NODE_TYPES, Entity, Node, Pipeline, Placement, Task
from editor.model.ids import ROOT, EntityId
from editor.model.names import slug
from editor.model.order import Order
from editor.model.references import Reference, names_the_same, references
from editor.model.signal import Signal
from editor.model.view import DocumentView, Snapshot, new_graph

if TYPE_CHECKING:
    import networkx as nx


NODES_A_STEP = 50
"""What is done with each when graphs are brought in step takes up to 20 microseconds."""


class Document(DocumentView):
    """Not thread-safe: one thread owns it; others are given snapshots."""

    def __init__(self, entities: Mapping[EntityId, Entity]) -> None:
        super().__init__(entities)
        self.changing = Signal[[]]()
        """Emitted before each edit is applied: who takes over the last one in parts has to be done with it now."""
        self.changed = Signal[[Edit]]()
        """Emitted after each applied edit, the indexes being in step already."""
        self.revision = 0
        """Counts the edits applied."""
        self._read: dict[int, Sequence[Reference]] = {}
        self._scope_of: dict[EntityId, EntityId] = {}
        """In whose graph each node is now."""
        self._unsettled: dict[EntityId, None] = {}
        """Nodes of which the graphs are not in step with the table."""
        self._settling: tuple[dict[EntityId, None], Iterator[None]] | None = None
        """Such nodes of which some may be in step already, and the work on them."""
        if not isinstance(self._entities.get(ROOT), Pipeline):
            raise ValueError("a document needs a Pipeline with id ROOT")

    @classmethod
    def empty(cls, name: str = "my-pipeline") -> "Document":
        return cls({ROOT: Pipeline(id=ROOT, name=name)})

    def snapshot(self) -> Snapshot:
        """A copy of the table (0.15 ms for 10,000 entities); the entities are shared, being frozen."""
        return Snapshot(self._entities)

    def apply(self, edit: Edit) -> None:
        """Change the table, all or nothing, and tell the followers.

        Raises StaleEdit, before touching anything, if an entity is not as the edit's `before` says; and an
        ExceptionGroup, when all have been told, if followers raise.
        """
        for change in edit.changes:
            entity = self._entities.get(change.id)
            if entity is not change.before and entity != change.before:
                raise StaleEdit(
                    f"'{edit.label}' no longer fits the document: '{change.id}' has changed meanwhile.",
                    hint="Try it again.",
                )
        if not edit.changes:
            return
        try:
            self.changing.emit()
        finally:  # Whatever is wrong with a follower: who applies an edit counts on it.
            self._change(edit)

    def _change(self, edit: Edit) -> None:
        self._read.clear()
        indexed = [change for change in edit.changes if not self._is_indexed_alike(change.before, change.after)]
        if self._graphs:
            if self._settling is not None:
                # What is half done is done again, with what has changed since.
                self._unsettled.update(self._settling[0])
                self._settling = None
            self._unsettled.update(self._affected(indexed))
        for change in indexed:
            if change.before is not None:
                self._forget(change.before)
        for change in edit.changes:
            if change.after is None:
                self._entities.pop(change.id, None)
            else:
                self._entities[change.id] = change.after
        for change in indexed:
            if change.after is not None:
                self._learn(change.after)
        self._read.clear()
        self.revision += 1
        self.changed.emit(edit)

    def _references(self, entity: Entity) -> Sequence[Reference]:
        """Read once an edit, which asks five times; the edit and the table keep what is read alive meanwhile."""
        found = self._read.get(id(entity))
        if found is None:
            found = self._read[id(entity)] = references(entity)
        return found

    def _is_indexed_alike(self, before: Entity | None, after: Entity | None) -> bool:
        """Whether no index tells the one from the other, as where a task is only muted, or something is only moved."""
        if isinstance(before, Placement) and isinstance(after, Placement):
            return True
        if isinstance(before, Task) and isinstance(after, Task) and names_the_same(before, after):
            return before.parent == after.parent and before.name == after.name
        if isinstance(before, NODE_TYPES) and isinstance(after, NODE_TYPES):
            if before.parent != after.parent or before.name != after.name:
                return False
        elif isinstance(before, NODE_TYPES) or isinstance(after, NODE_TYPES):
            return False
        elif not isinstance(before, Pipeline) and not isinstance(after, Pipeline):
            return True
        return before is not None and after is not None and self._references(before) == self._references(after)

    def forget_all(self) -> Iterator[None]:
        """Empty the table and its indexes, one a step. The root stays, for who asks what the document was called.

        Nobody may be following the document any more.
        """
        root = self.root
        for table in (self._orders, self._graphs, self._edges_of, self._users, self._names, self._children):
            if table:
                table.clear()
                yield
        self._entities.clear()
        self._entities[ROOT] = root

    def graph(self, scope: EntityId) -> "nx.MultiDiGraph":
        self.settle()
        return super().graph(scope)

    def order(self, scope: EntityId) -> Order:
        self.settle()
        return super().order(scope)

    def settle(self, until: float = math.inf) -> bool:
        """Bring graphs and orders in step with the table.

        That is half the work of an edit, and nobody looks at them in the very turn of the event loop in which 500 tasks
        are deleted: it is done when they are asked for, or before by validation, a part at a time.
        """
        while self._settling is not None or self._unsettled:
            if self._settling is None:
                nodes, self._unsettled = self._unsettled, {}
                self._settling = (nodes, self._steps(tuple(nodes)))
            if next(self._settling[1], self) is self:
                self._settling = None
            if perf_counter() >= until:
                break
        self._read.clear()
        return self._settling is None and not self._unsettled

    def _steps(self, nodes: Sequence[EntityId]) -> Iterator[None]:
        for number, node in enumerate(nodes):
            if number % NODES_A_STEP == NODES_A_STEP - 1:
                yield
            for scope, source, target, key in self._edges_of.pop(node, ()):
                self._graphs[scope].remove_edge(source, target, key)
                if scope in self._orders and self._orders[scope].has_circle:
                    del self._orders[scope]  # it may have none from now on
        came: dict[EntityId, list[EntityId]] = {}
        for number, node in enumerate(nodes):
            if number % NODES_A_STEP == NODES_A_STEP - 1:
                yield
            entity = self._entities.get(node)
            scope = entity.parent if isinstance(entity, NODE_TYPES) else None
            before = self._scope_of.pop(node, None)
            if before not in (None, scope):
                self._graphs[before].remove_node(node)
            if scope is not None:
                self._scope_of[node] = scope
                if scope not in self._graphs:
                    self._graphs[scope] = new_graph()
                self._graphs[scope].add_node(node)
                came.setdefault(scope, []).append(node)
        edges: dict[EntityId, list[tuple[EntityId, EntityId]]] = {}
        for node in nodes:
            entity = self._entities.get(node)
            if isinstance(entity, NODE_TYPES):
                for scope, source, target, _key in self._add_edges(entity):
                    edges.setdefault(scope, []).append((source, target))
            yield
        for scope in {**came, **edges}:
            if scope in self._orders:
                yield from self._orders[scope].following(came.get(scope, ()), edges.get(scope, ()))

    def _build_graphs(self) -> None:
        super()._build_graphs()
        self._scope_of = {node.id: node.parent for node in self.nodes()}
        self._unsettled, self._settling = {}, None
        self._read.clear()

    def _affected(self, changes: Iterable[Change]) -> dict[EntityId, None]:
        """Nodes whose edges the changes may change.

        They are the nodes that it changes; and where one comes, goes or changes its scope, all that lie in it and all
        that name these, for their edges may then be lifted elsewhere.
        """
        affected: dict[EntityId, None] = {}
        children, users = self._child_index(), self._user_index()
        for change in changes:
            if isinstance(change.before, NODE_TYPES) or isinstance(change.after, NODE_TYPES):
                affected[change.id] = None
                if _is_structural(change.before, change.after):
                    inside = (change.id, *self.descendants(change.id)) if change.id in children else (change.id,)
                    for inner in inside:
                        affected[inner] = None
                        affected.update(dict.fromkeys(users.get(inner, ())))
        return affected

    def _forget(self, entity: Entity) -> None:
        if isinstance(entity, NODE_TYPES):
            if self._children is not None:
                _discard(self._children, entity.parent, entity.id)
            if self._names is not None:
                _discard(self._names, slug(entity.name), entity.id)
        if self._users is not None:
            for reference in self._references(entity):
                users = self._users.get(reference.target, {})
                users[entity.id] = users.get(entity.id, 1) - 1
                if users[entity.id] <= 0:
                    _discard(self._users, reference.target, entity.id)

    def _learn(self, entity: Entity) -> None:
        if isinstance(entity, NODE_TYPES):
            if self._children is not None:
                self._children.setdefault(entity.parent, {})[entity.id] = None
            if self._names is not None:
                self._names.setdefault(slug(entity.name), {})[entity.id] = None
        if self._users is not None:
            for reference in self._references(entity):
                users = self._users.setdefault(reference.target, {})
                users[entity.id] = users.get(entity.id, 0) + 1


def _discard(index: dict[Any, dict[EntityId, Any]], key: str, entity_id: EntityId) -> None:
    """Take an id out of an index, and the key with it if it was the last: the index of a fresh Snapshot is the same."""
    found = index.get(key)
    if found is not None:
        found.pop(entity_id, None)
        if not found:
            del index[key]


def _is_structural(before: Entity | None, after: Entity | None) -> bool:
    """Whether an entity comes, goes, or changes its scope."""
    was: Node | None = before if isinstance(before, NODE_TYPES) else None
    now: Node | None = after if isinstance(after, NODE_TYPES) else None
    if was is None or now is None:
        return was is not now
    return was.parent != now.parent
