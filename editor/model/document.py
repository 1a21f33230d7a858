"""The live document: the table, its indexes, and the one way to change it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psygnal import Signal

from editor.model.edit import Change, Edit, StaleEdit
from editor.model.entities import NODE_TYPES, Entity, Node, Pipeline
from editor.model.ids import ROOT, EntityId
from editor.model.names import slug
from editor.model.references import Reference, references
from editor.model.view import DocumentView, Snapshot, new_graph


class Document(DocumentView):
    """Not thread-safe: one thread owns it; others are given snapshots."""

    changed = Signal(Edit)
    """Emitted after each applied edit, the indexes being in step already."""

    def __init__(self, entities: Mapping[EntityId, Entity]) -> None:
        super().__init__(entities)
        self._read: dict[int, Sequence[Reference]] = {}
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

        Raises StaleEdit, before touching anything, if an entity is not as the edit's `before` says.
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
        self._read.clear()
        indexed = [change for change in edit.changes if not self._is_indexed_alike(change.before, change.after)]
        affected = self._affected(indexed) if self._graphs else ()
        for node in affected:
            self._drop_edges(node)
        for change in indexed:
            if change.before is not None:
                self._forget(change.before, is_leaving=_is_structural(change.before, change.after))
        for change in edit.changes:
            if change.after is None:
                self._entities.pop(change.id, None)
            else:
                self._entities[change.id] = change.after
        for change in indexed:
            if change.after is not None:
                self._learn(change.after)
        self._follow_order(affected)
        self._read.clear()
        self.changed.emit(edit)

    def _references(self, entity: Entity) -> Sequence[Reference]:
        """Read once an edit, which asks five times; the edit and the table keep what is read alive meanwhile."""
        found = self._read.get(id(entity))
        if found is None:
            found = self._read[id(entity)] = references(entity)
        return found

    def _is_indexed_alike(self, before: Entity | None, after: Entity | None) -> bool:
        """Whether no index tells the one from the other, as where a task is only muted, or something is only moved."""
        was, now = isinstance(before, NODE_TYPES), isinstance(after, NODE_TYPES)
        if was and now:
            if before.parent != after.parent or before.name != after.name:
                return False
        elif was or now:
            return False
        elif not isinstance(before, Pipeline) and not isinstance(after, Pipeline):
            return True
        return before is not None and after is not None and self._references(before) == self._references(after)

    def _follow_order(self, affected: tuple[EntityId, ...]) -> None:
        """Add the edges of what an edit affected, and bring the orders of its scopes in step."""
        nodes: dict[EntityId, list[EntityId]] = {}
        edges: dict[EntityId, list[tuple[EntityId, EntityId]]] = {}
        for node in affected:
            entity = self._entities.get(node)
            if isinstance(entity, NODE_TYPES):
                nodes.setdefault(entity.parent, []).append(node)
                for scope, source, target in self._add_edges(entity):
                    edges.setdefault(scope, []).append((source, target))
        for scope in {**nodes, **edges}:
            order = self._orders.get(scope)
            if order is not None:
                order.follow(nodes.get(scope, ()), edges.get(scope, ()))

    def _affected(self, changes: Iterable[Change]) -> tuple[EntityId, ...]:
        """Nodes whose edges the changes may change.

        They are the nodes that it changes; and where one comes, goes or changes its scope, all that lie in it and all
        that name these, for their edges may then be lifted elsewhere.
        """
        affected: dict[EntityId, None] = {}
        for change in changes:
            if isinstance(change.before, NODE_TYPES) or isinstance(change.after, NODE_TYPES):
                affected[change.id] = None
                if _is_structural(change.before, change.after):
                    for inner in (change.id, *self.descendants(change.id)):
                        affected[inner] = None
                        affected.update(dict.fromkeys(self.users(inner)))
        return tuple(affected)

    def _drop_edges(self, node: EntityId) -> None:
        entity = self._entities.get(node)
        if isinstance(entity, NODE_TYPES):
            for scope, source, target, key in self.edges(entity):
                order = self._orders.get(scope)
                if order is not None and order.has_circle:
                    del self._orders[scope]  # it may have none from now on
                graph = self._graphs.get(scope)
                if graph is not None and graph.has_edge(source, target, key):
                    graph.remove_edge(source, target, key)

    def _forget(self, entity: Entity, *, is_leaving: bool) -> None:
        if isinstance(entity, NODE_TYPES):
            if self._children is not None:
                _discard(self._children, entity.parent, entity.id)
            if self._names is not None:
                _discard(self._names, slug(entity.name), entity.id)
            graph = self._graphs.get(entity.parent)
            if is_leaving and graph is not None and entity.id in graph:
                graph.remove_node(entity.id)
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
            if self._graphs:
                if entity.parent not in self._graphs:
                    self._graphs[entity.parent] = new_graph()
                self._graphs[entity.parent].add_node(entity.id)
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
