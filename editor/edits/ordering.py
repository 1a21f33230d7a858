"""What runs after what without giving it anything."""

import msgspec

from editor.edits.connecting import node_or_refuse, refuse_circle
from editor.edits.draft import Draft
from editor.edits.scopes import exit_handlers_of, exits, kind_of, name_of
from editor.model import Condition, ConditionBranch, DocumentView, Edit, EditRefused, EntityId, Loop, Node, Task

replace = msgspec.structs.replace


def run_after(view: DocumentView, first: EntityId, *then: EntityId) -> Edit:
    """Have `then`, one or several, wait for `first`, without giving them anything.

    What is not there any more of `then` is passed by.
    """
    before = node_or_refuse(view, first)
    draft = Draft(view)
    names: list[str] = []
    for one in then:
        if one not in view:
            continue
        later = node_or_refuse(view, one)
        if first in later.after:
            continue
        reason = why_not_after(view, before, later)
        if reason:
            raise EditRefused(reason, subjects=(first, one))
        refuse_circle(view, first, one)
        draft.put(replace(later, after=(*later.after, first)))
        names.append(later.name)
    if not names:
        return Edit("", ())
    return draft.edit(f"Run {names[0] if len(names) == 1 else f'{len(names):,} tasks'} after {before.name}")


def why_not_after(view: DocumentView, before: Node, later: Node) -> str:
    """Empty if `later` may wait for `before` as far as scopes go, else why not."""
    if before.id == later.id:
        return f"'{later.name}' cannot wait for itself."
    if before.id in set(view.ancestors(later.id)) or later.id in set(view.ancestors(before.id)):
        return f"'{later.name}' and '{before.name}' lie in each other: one cannot wait for the other."
    if isinstance(later, Task) and exit_handlers_of(view, later.id):
        return f"'{later.name}' is an exit task: it waits for its exit handler and for nothing else."
    if isinstance(before, Task) and exit_handlers_of(view, before.id):
        return f"'{before.name}' is an exit task: nothing can wait for it."
    if isinstance(later, ConditionBranch) and isinstance(view.get(later.parent), Condition):
        return f"A branch waits for nothing by itself: let '{name_of(view, later.parent)}' wait."
    left = exits(view, before.id, later.parent)
    if left is None:
        return f"'{before.name}' lies in another pipeline than '{later.name}'."
    for group in left:
        if not isinstance(group, Loop):
            return f"'{before.name}' lies in the {kind_of(group)} '{group.name}': wait for that group instead."
    if isinstance(before, ConditionBranch) and isinstance(view.get(before.parent), Condition):
        return f"'{before.name}' is one branch of '{name_of(view, before.parent)}': wait for that instead."
    return ""


def drop_run_after(view: DocumentView, first: EntityId, *then: EntityId) -> Edit:
    """Have `then`, one or several, no longer wait for `first`; what is not there any more of them is passed by."""
    draft = Draft(view)
    names: list[str] = []
    for one in then:
        if one not in view:
            continue
        later = node_or_refuse(view, one)
        if first in later.after:
            draft.put(replace(later, after=tuple(each for each in later.after if each != first)))
        names.append(later.name)
    if not names:
        return Edit("", ())
    return draft.edit(f"Unlink {names[0] if len(names) == 1 else f'{len(names):,} tasks'} from {name_of(view, first)}")
