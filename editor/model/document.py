"""The live document: the table, its indexes, and the one way to change it."""

import math
from collections.abc import Iterable, Iterator, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from editor.model.edit import Change, Edit, StaleEdit
from editor.model.entities import NODE_TYPES, Component, Entity, Node, Note, Pipeline, Placement, Task
from editor.model.ids import ROOT, EntityId
from editor.model.names import slug
from editor.model.order import Order
from editor.model.references import names_the_same, references
from editor.model.signal import Signal
from editor.model.view import DocumentView, Snapshot, add_to_users, new_graph

if TYPE_CHECKING:
    import networkx as nx

K = TypeVar("K", bound=str)
V = TypeVar("V")

NODES_A_STEP = 50
"""What is done with each when graphs are brought in step takes up to 20 microseconds."""
MANY_OF = 4
"""Where more than one in so many entities is indexed otherwise, indexes are made anew when they are next asked for."""
_NEVER_INDEXED = frozenset((Component, Note, Placement, type(None)))
"""By their very type: `isinstance` says no to thousands of them in no less than five times the time."""


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
        self._scope_of: dict[EntityId, EntityId] = {}
        """In whose graph each node is now."""
        self._unsettled: list[Change] = []
        """What the graphs are not in step with."""
        self._settling: tuple[list[Change], Iterator[None]] | None = None
        """Changes that they may be in step with in part, and the work on that."""
        self._reindexing: Iterator[None] | None = None
        self._own_rows: set[tuple[int, str]] | None = None
        """Rows of indexes, by these and by key, that no snapshot has; None: none has any."""
        if not isinstance(self._entities.get(ROOT), Pipeline):
            raise ValueError("a document needs a Pipeline with id ROOT")

    @classmethod
    def empty(cls, name: str = "my-pipeline") -> "Document":
        return cls({ROOT: Pipeline(id=ROOT, name=name)})

    def snapshot(self, *, with_indexes: bool = False) -> Snapshot:
        """A copy of the table (0.15 ms for 10,000 entities); the entities are shared, being frozen.

        Also of the indexes there are, if asked for, for edits that are worked out on another thread: to make them anew
        there takes up to ten times as long as such an edit itself, and Python's lock from whoever waits for it. Their
        rows are shared until they change.
        """
        made = Snapshot(self._entities)
        if with_indexes:
            made.take_indexes(self._children, self._users, self._names)
            self._own_rows = set()
        return made

    def check(self, edit: Edit) -> None:
        """Raises StaleEdit if an entity is not as the edit's `before` says."""
        entities = self._entities
        for change in edit.changes:
            entity = entities.get(change.id)
            if entity is not change.before and entity != change.before:
                raise StaleEdit(
                    f"'{edit.label}' no longer fits the document: '{change.id}' has changed meanwhile.",
                    hint="Try it again.",
                )

    def apply(self, edit: Edit) -> None:
        """Change the table, all or nothing, and tell the followers.

        Raises StaleEdit, before touching anything, as `check` does; and an ExceptionGroup, when all have been told, if
        followers raise.
        """
        self.check(edit)
        if not edit.changes:
            return
        try:
            self.changing.emit()
        finally:  # Whatever is wrong with a follower: who applies an edit counts on it.
            self._change(edit)

    def _change(self, edit: Edit) -> None:
        self._reindexing = None
        indexed = [change for change in edit.changes if not _is_indexed_alike(change.before, change.after)]
        if self._graphs:
            if self._settling is not None:
                # What is half done is done again, with what has changed since.
                self._unsettled[:0], self._settling = self._settling[0], None
            self._unsettled += indexed
        for change in edit.changes:
            if change.after is None:
                self._entities.pop(change.id, None)
            else:
                self._entities[change.id] = change.after
        if len(indexed) * MANY_OF > len(self._entities):
            self._children = self._users = self._names = None
        else:
            for change in indexed:
                self._index(change)
        self.revision += 1
        self.changed.emit(edit)

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
                changes, self._unsettled = self._unsettled, []
                self._settling = (changes, self._steps(changes))
            if next(self._settling[1], self) is self:
                self._settling = None
            if perf_counter() >= until:
                break
        return self._settling is None and not self._unsettled

    def reindex(self, until: float) -> bool:
        """Make the index of users, which an edit of nearly all has dropped, as `settle` does with graphs.

        Whoever asks who uses what makes it as a whole: 40 ms for 10,000 tasks, ten times what another index takes.
        """
        if self._reindexing is None:
            self._reindexing = self._count_users()
        while self._users is None:
            next(self._reindexing, None)
            if perf_counter() >= until:
                break
        return self._users is not None

    def _count_users(self) -> Iterator[None]:
        users: dict[EntityId, dict[EntityId, int]] = {}
        for number, entity in enumerate(self._entities.values()):
            if number % NODES_A_STEP == NODES_A_STEP - 1:
                yield
            add_to_users(users, entity)
        self._users = users

    def _steps(self, changes: Iterable[Change]) -> Iterator[None]:
        nodes: dict[EntityId, None] = {}
        for number, change in enumerate(changes):
            if number % NODES_A_STEP == NODES_A_STEP - 1:
                yield
            was, now = _as_node(change.before), _as_node(change.after)
            if was is None or now is None or was.parent != now.parent:
                nodes.update(self._affected(change.id))
            else:
                nodes[change.id] = None
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
        self._unsettled, self._settling = [], None

    def _affected(self, node: EntityId) -> dict[EntityId, None]:
        """Nodes whose edges may be lifted elsewhere where `node` has come, gone or changed its scope.

        They are all that lie in it and all that name these. It is all the same whether this is asked before or after
        the change: who lies in it or names it only then has changed too.
        """
        children, users = self._child_index(), self._user_index()
        affected: dict[EntityId, None] = {}
        for inner in (node, *self.descendants(node)) if node in children else (node,):
            affected[inner] = None
            affected.update(dict.fromkeys(users.get(inner, ())))
        return affected

    def _index(self, change: Change) -> None:
        """Bring the indexes in step, those that are there."""
        before, after = change.before, change.after
        was, now = _as_node(before), _as_node(after)
        if was is None or now is None or was.parent != now.parent or was.name != now.name:
            if was is not None:
                if self._children is not None:
                    self._discard(self._children, was.parent, was.id)
                if self._names is not None:
                    self._discard(self._names, slug(was.name), was.id)
            if now is not None:
                if self._children is not None:
                    self._row(self._children, now.parent)[now.id] = None
                if self._names is not None:
                    self._row(self._names, slug(now.name))[now.id] = None
        if self._users is None:
            return
        for reference in references(before) if before is not None else ():
            users = self._row(self._users, reference.target)
            users[change.id] = users.get(change.id, 1) - 1
            if users[change.id] <= 0:
                self._discard(self._users, reference.target, change.id)
        for reference in references(after) if after is not None else ():
            users = self._row(self._users, reference.target)
            users[change.id] = users.get(change.id, 0) + 1

    def _row(self, index: dict[K, dict[EntityId, V]], key: K) -> dict[EntityId, V]:
        """What an index has for a key, to be changed: a copy, if a snapshot has it too."""
        found = index.get(key)
        if found is None:
            found = index[key] = {}
        elif self._own_rows is not None and (id(index), key) not in self._own_rows:
            found = index[key] = found.copy()
        if self._own_rows is not None:
            self._own_rows.add((id(index), key))
        return found

    def _discard(self, index: dict[K, dict[EntityId, V]], key: K, entity_id: EntityId) -> None:
        """Take an id out of an index, and the key with it if it was the last: that of a fresh Snapshot is the same."""
        if key in index:
            found = self._row(index, key)
            found.pop(entity_id, None)
            if not found:
                del index[key]


def _as_node(entity: Entity | None) -> Node | None:
    return entity if entity is not None and isinstance(entity, NODE_TYPES) else None


def _is_indexed_alike(before: Entity | None, after: Entity | None) -> bool:
    """Whether no index tells the one from the other, as where a task is only muted, or something is only moved."""
    if type(before) in _NEVER_INDEXED:
        return type(after) in _NEVER_INDEXED
    if before is None or after is None:
        return False
    if isinstance(before, Task) and isinstance(after, Task):
        return before.parent == after.parent and before.name == after.name and names_the_same(before, after)
    was, now = _as_node(before), _as_node(after)
    if was is None or now is None:
        return was is now and references(before) == references(after)
    return was.parent == now.parent and was.name == now.name and references(before) == references(after)
