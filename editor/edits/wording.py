"""What people call the things that an edit is about: by name, by kind, or how many of what."""

from collections.abc import Iterable

from editor.model import NODE_TYPES, DocumentView, EntityId, Note, Task


def called(view: DocumentView, ids: Iterable[EntityId]) -> str:
    """One thing by its name ("load-data") or kind ("frame"), several by number: "3 tasks", "2 frames", "5 things"."""
    found = list(ids)
    if len(found) == 1:
        entity = view.get(found[0])
        return entity.name if isinstance(entity, NODE_TYPES) else kind_in_words(view, found[0])
    kinds = {kind_in_words(view, one) for one in found}
    return f"{len(found):,} {kinds.pop() if len(kinds) == 1 else 'thing'}s"


def kind_in_words(view: DocumentView, one: EntityId) -> str:
    """The word for a task, a group, a note or a titled frame, which is a note in the table only."""
    match view.get(one):
        case Note(shape=shape):
            return shape
        case Task():
            return "task"
        case entity if isinstance(entity, NODE_TYPES):
            return "group"
        case _:
            return "thing"
