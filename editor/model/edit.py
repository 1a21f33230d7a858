"""What one gesture does, as a value: applied, inverted, merged, journalled; it never applies itself."""

import msgspec

from editor.errors import EditorError
from editor.model.entities import Entity, Note, Placement
from editor.model.ids import EntityId

_DRAWN = frozenset((Note, Placement))
"""By their very type: ten thousand things are moved at once, and five followers ask."""


class Change(msgspec.Struct, frozen=True, gc=False):
    """One entity put (`before` None), replaced, or dropped (`after` None).

    Python's collector need not look for circles here: entities are values, which refer to no change.
    """

    id: EntityId
    before: Entity | None
    after: Entity | None


class Edit(msgspec.Struct, frozen=True):
    """Changes applied together or not at all. At most one change an id.

    Successive edits with the same non-empty `merge_key` become one step of undo (dragging a slider, typing).
    """

    label: str
    changes: tuple[Change, ...]
    merge_key: str = ""

    def inverse(self) -> "Edit":
        """The edit that takes this one back."""
        changes = [Change(change.id, change.after, change.before) for change in reversed(self.changes)]
        return Edit(self.label, tuple(changes), self.merge_key)

    @property
    def ids(self) -> tuple[EntityId, ...]:
        return tuple([change.id for change in self.changes])

    @property
    def is_drawing_only(self) -> bool:
        """Whether it changes where things are drawn and what notes say, and nothing that compiles."""
        return all(type(change.after or change.before) in _DRAWN for change in self.changes)

    def then(self, later: "Edit") -> "Edit":
        """This edit and then `later`, as one: an entity changed by both keeps the first before and the last after."""
        changes = {change.id: change for change in self.changes}
        for change in later.changes:
            first = changes.get(change.id)
            changes[change.id] = Change(change.id, first.before, change.after) if first else change
        kept = tuple(change for change in changes.values() if not same(change.before, change.after))
        return Edit(self.label, kept, self.merge_key)


def same(one: Entity | None, other: Entity | None) -> bool:
    """Whether nothing was changed: unlike `==`, which takes 1, 1.0 and True for the same."""
    if one is other or one != other:
        return one is other
    return written(one) == written(other)


_encode = msgspec.msgpack.Encoder().encode


def written(value: object) -> bytes:
    """A key for a value made of structs and JSON: the same for the same, and 1, 1.0 and True are not.

    Numbers of more than 64 bits, and halves of characters, cannot be written as MessagePack.
    """
    try:
        return _encode(value)
    except (OverflowError, UnicodeEncodeError):
        return repr(value).encode("utf-8", "surrogatepass")


class EditRefused(EditorError):
    """An edit function says no: nothing was changed, and the words say why."""


class StaleEdit(EditorError):
    """An edit was made against another state of the document: nothing was changed."""
