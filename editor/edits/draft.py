"""A document as it will be: changes laid over a view while an edit is worked out, then given as one Edit."""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any, cast

from editor.model import NODE_TYPES, Change, DocumentView, Edit, Entity, EntityId, Node, Placement, placement_id
from editor.model.edit import same
from editor.model.names import slug
from editor.model.references import references


class _Overlay(MutableMapping[EntityId, Entity]):
    """A table with changes laid over it: to copy 30,000 entities would cost more than most edits."""

    def __init__(self, under: Mapping[EntityId, Entity]) -> None:
        self._under = under
        self._over: dict[EntityId, Entity | None] = {}

    def get(self, key: EntityId, default: Any = None) -> Any:
        if key in self._over:
            found = self._over[key]
            return default if found is None else found
        return self._under.get(key, default)

    def get_all(self, keys: Iterable[EntityId]) -> list[Entity | None]:
        over, under = self._over, self._under.get
        return [over[key] if key in over else under(key) for key in keys]

    def __getitem__(self, key: EntityId) -> Entity:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __setitem__(self, key: EntityId, entity: Entity) -> None:
        self._over[key] = entity

    def __delitem__(self, key: EntityId) -> None:
        if key not in self:
            raise KeyError(key)
        self._over[key] = None

    def __contains__(self, key: object) -> bool:
        return self._over.get(cast("EntityId", key), self) is not None if key in self._over else key in self._under

    def __iter__(self) -> Iterator[EntityId]:
        yield from (key for key in self._under if self._over.get(key, self) is not None)
        yield from (key for key, entity in self._over.items() if entity is not None and key not in self._under)

    def __len__(self) -> int:
        come = sum(1 for key, entity in self._over.items() if entity is not None and key not in self._under)
        gone = sum(1 for key, entity in self._over.items() if entity is None and key in self._under)
        return len(self._under) + come - gone


class Draft(DocumentView):
    """Reads like a document; `children`, `users` and `named` are the view's with the changes laid over them, so that
    working out an edit costs what it changes. (`graph` would be built from nothing: use `circles.find_cycle` instead.)
    """

    def __init__(self, view: DocumentView) -> None:
        super().__init__({})
        self._entities = self._overlay = _Overlay(view.entities)
        self._base = view
        self._changed: dict[EntityId, Entity | None] = {}
        self._come: dict[EntityId, dict[EntityId, None]] = {}
        self._called: dict[str, dict[EntityId, None]] = {}
        self._using: dict[EntityId, dict[EntityId, None]] = {}

    def put(self, entity: Entity) -> None:
        """Add or replace an entity."""
        self._changed.setdefault(entity.id, self._entities.get(entity.id))
        self._entities[entity.id] = entity
        if isinstance(entity, NODE_TYPES):
            self._come.setdefault(entity.parent, {})[entity.id] = None
            self._called.setdefault(slug(entity.name), {})[entity.id] = None
        for reference in references(entity):
            self._using.setdefault(reference.target, {})[entity.id] = None

    def get_all(self, ids: Iterable[EntityId]) -> list[Entity | None]:
        """As `get`, of thousands: ten times as fast."""
        return self._overlay.get_all(ids)

    def drop(self, entity_id: EntityId) -> None:
        """Take an entity out, and the placement of what it drew. References to it are the caller's to clean."""
        for one in (entity_id, placement_id(entity_id)):
            entity = self._entities.pop(one, None)
            if entity is not None:
                self._changed.setdefault(one, entity)

    def place(self, target: EntityId, x: float, y: float) -> None:
        """Put the placement of `target` at a point, keeping whatever else it says."""
        before = self.placement(target)
        if before is None:
            self.put(Placement(id=placement_id(target), target=target, x=x, y=y))
        elif (before.x, before.y) != (x, y):
            self.put(
                Placement(
                    id=before.id,
                    target=target,
                    x=x,
                    y=y,
                    width=before.width,
                    height=before.height,
                    is_folded=before.is_folded,
                    is_open=before.is_open,
                    color=before.color,
                )
            )

    def edit(self, label: str, merge_key: str = "") -> Edit:
        """Everything changed so far, as one step."""
        changes = (Change(one, before, self._entities.get(one)) for one, before in self._changed.items())
        return Edit(label, tuple(change for change in changes if not same(change.before, change.after)), merge_key)

    @property
    def ground(self) -> DocumentView:
        """The document itself, where drafts are laid over drafts."""
        return self._base.ground if isinstance(self._base, Draft) else self._base

    def rewired(self) -> Iterator[Node]:
        """Tasks and groups whose edges in the graphs may be others than those of `ground`."""
        changed = dict.fromkeys(self._changed)
        base = self._base
        while isinstance(base, Draft):
            changed.update(dict.fromkeys(base.changed))
            base = base.base
        found: dict[EntityId, None] = {}
        for one in changed:
            now, was = self._entities.get(one), base.get(one)
            if not isinstance(now, NODE_TYPES):
                continue
            found[one] = None
            if not isinstance(was, NODE_TYPES) or was.parent != now.parent:
                for inner in (one, *self.descendants(one)):
                    found[inner] = None
                    found.update(dict.fromkeys(self.users(inner)))
        return (node for one in found if isinstance(node := self._entities.get(one), NODE_TYPES))

    @property
    def changed(self) -> Iterable[EntityId]:
        return tuple(self._changed)

    @property
    def base(self) -> DocumentView:
        """The document as it is, without the changes."""
        return self._base

    def children(self, parent: EntityId) -> tuple[EntityId, ...]:
        known, more = self._base.children(parent), self._come.get(parent)
        if more is not None:
            known = tuple({**dict.fromkeys(known), **more})
        if self._changed.keys().isdisjoint(known):
            return known
        return tuple(child for child in known if child not in self._changed or self._parent(child) == parent)

    def descendants(self, scope: EntityId) -> Iterator[EntityId]:
        stack = list(reversed(self.children(scope)))
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(self.children(node)))

    def users(self, target: EntityId) -> tuple[EntityId, ...]:
        known, more = self._base.users(target), self._using.get(target)
        if more is not None:
            known = tuple({**dict.fromkeys(known), **more})
        return tuple(user for user in known if user not in self._changed or self._still_uses(user, target))

    def is_used(self, target: EntityId) -> bool:
        """Whether `users` has any: they may be thousands, of a component."""
        known = (*self._using.get(target, ()), *self._base.users(target))
        return any(user not in self._changed or self._still_uses(user, target) for user in known)

    def named(self, name: str) -> tuple[EntityId, ...]:
        key = slug(name)
        found = dict.fromkeys(self._base.named(key))
        found.update(self._called.get(key, {}))
        return tuple(one for one in found if one not in self._changed or self._is_called(one, key))

    def _parent(self, node: EntityId) -> EntityId | None:
        entity = self._entities.get(node)
        return entity.parent if isinstance(entity, NODE_TYPES) else None

    def _is_called(self, node: EntityId, key: str) -> bool:
        entity = self._entities.get(node)
        return isinstance(entity, NODE_TYPES) and slug(entity.name) == key

    def _still_uses(self, user: EntityId, target: EntityId) -> bool:
        entity = self._entities.get(user)
        return entity is not None and any(reference.target == target for reference in references(entity))
