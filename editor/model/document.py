"""The live document: the table, its indexes, and the one way to change it."""

from collections.abc import Mapping

import networkx as nx
from psygnal import Signal

from editor.model.edit import Edit, StaleEdit
from editor.model.entities import NODE_TYPES, Entity, Node, Pipeline
from editor.model.ids import ROOT, EntityId
from editor.model.references import references
from editor.model.view import DocumentView, Snapshot


class Document(DocumentView):
    """Not thread-safe: one thread owns it; others are given snapshots."""

    changed = Signal(Edit)
    """Emitted after each applied edit, the indexes being in step already."""

    def __init__(self, entities: Mapping[EntityId, Entity]) -> None:
        super().__init__(entities)
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
            if self._entities.get(change.id) != change.before:
                raise StaleEdit(
                    f"'{edit.label}' no longer fits the document: '{change.id}' has changed meanwhile.",
                    hint="Try it again.",
                )
        if not edit.changes:
            return
        moved = any(_is_structural(change.before, change.after) for change in edit.changes)
        if moved:
            self._graphs.clear()
        for change in edit.changes:
            if change.before is not None:
                self._forget(change.before, keep_graphs=not moved)
        for change in edit.changes:
            if change.after is None:
                del self._entities[change.id]
            else:
                self._entities[change.id] = change.after
        for change in edit.changes:
            if change.after is not None:
                self._learn(change.after, keep_graphs=not moved)
        self.changed.emit(edit)

    def _forget(self, entity: Entity, *, keep_graphs: bool) -> None:
        if self._children is not None and isinstance(entity, NODE_TYPES):
            self._children.get(entity.parent, {}).pop(entity.id, None)
        if self._users is not None:
            for reference in references(entity):
                users = self._users.get(reference.target, {})
                users[entity.id] = users.get(entity.id, 1) - 1
                if users[entity.id] <= 0:
                    del users[entity.id]
        if keep_graphs and self._graphs and isinstance(entity, NODE_TYPES):
            for scope, source, target, key in self._edges(entity):
                graph = self._graphs.get(scope)
                if graph is not None and graph.has_edge(source, target, key):
                    graph.remove_edge(source, target, key)

    def _learn(self, entity: Entity, *, keep_graphs: bool) -> None:
        if self._children is not None and isinstance(entity, NODE_TYPES):
            self._children.setdefault(entity.parent, {})[entity.id] = None
        if self._users is not None:
            for reference in references(entity):
                users = self._users.setdefault(reference.target, {})
                users[entity.id] = users.get(entity.id, 0) + 1
        if keep_graphs and self._graphs and isinstance(entity, NODE_TYPES):
            self._graphs.setdefault(entity.parent, nx.MultiDiGraph()).add_node(entity.id)
            self._add_edges(entity)


def _is_structural(before: Entity | None, after: Entity | None) -> bool:
    """Whether an entity comes, goes, or changes its scope: edges of others may then be lifted elsewhere.

    A new task changes no other edge, unless something refers to it already (undo of a deletion): treated alike.
    """
    was: Node | None = before if isinstance(before, NODE_TYPES) else None
    now: Node | None = after if isinstance(after, NODE_TYPES) else None
    if was is None and now is None:
        return False
    return was is None or now is None or was.parent != now.parent
