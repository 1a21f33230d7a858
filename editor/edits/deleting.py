"""Deleting: the things themselves, what lies in them, and every mention of them, in one step."""

from collections.abc import Iterable

import msgspec

from editor.edits.draft import Draft
from editor.edits.placing import stay_put
from editor.edits.references import handlers_without_task, remove
from editor.edits.wording import called
from editor.model import (
    ROOT,
    Component,
    Condition,
    ConditionBranch,
    DocumentView,
    Edit,
    EditRefused,
    EntityId,
    Note,
    Pipeline,
    Placement,
)

replace = msgspec.structs.replace


def delete(view: DocumentView, ids: Iterable[EntityId]) -> Edit:
    """Delete tasks, groups with all that lies in them, and notes; their wires, outputs and mentions go too.

    A component that no task uses any more leaves the document. An exit handler whose exit task is deleted gives its
    tasks to the scope around it, and a condition goes with its last branch.
    Raises EditRefused for a pipeline or component: these go with their last task.
    """
    draft = Draft(view)
    gone: dict[EntityId, None] = {}
    chosen: list[EntityId] = []
    for one in ids:
        entity = view.get(one)
        if entity is None or one in gone or one not in draft:
            continue
        if isinstance(entity, Pipeline | Component | Placement):
            what = "The pipeline itself" if one == ROOT else f"'{one}'"
            raise EditRefused(f"{what} cannot be deleted.", hint="Delete the tasks that use it.")
        chosen.append(one)
        if isinstance(entity, Note):
            draft.drop(one)
            continue
        gone[one] = None
        gone.update(dict.fromkeys(view.descendants(one)))
    outermost = [one for one in chosen if getattr(view.get(one), "parent", None) not in gone]
    _take_empty_conditions(view, gone)
    for handler in handlers_without_task(draft, gone):
        dissolve(draft, handler, gone)
    left = [view.node(one).parent for one in gone]
    remove(draft, gone)
    stay_put(draft, (group for group in left if group in draft))
    return draft.edit(f"Delete {called(view, outermost)}")


def dissolve(draft: Draft, group: EntityId, gone: dict[EntityId, None]) -> None:
    """Give what lies in a group to the scope around it and count the group among those that go."""
    parent = draft.node(group).parent
    for child in draft.children(group):
        if child not in gone:
            draft.put(replace(draft.node(child), parent=parent))
    gone[group] = None


def _take_empty_conditions(view: DocumentView, gone: dict[EntityId, None]) -> None:
    for one in list(gone):
        entity = view.get(one)
        if not isinstance(entity, ConditionBranch) or entity.parent in gone:
            continue
        if isinstance(view.get(entity.parent), Condition) and all(c in gone for c in view.children(entity.parent)):
            gone[entity.parent] = None
