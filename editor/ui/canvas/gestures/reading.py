"""What gestures need to know about a document: who feeds whom, in words and as sets of ids. Reads, never edits."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import assert_never

from editor.edits import ITEMS
from editor.edits.draft import Draft
from editor.model import (
    GROUP_TYPES,
    NODE_TYPES,
    Argument,
    Collected,
    Condition,
    ConditionBranch,
    Constant,
    DocumentView,
    Edit,
    EntityId,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Loop,
    Note,
    OneOf,
    Task,
    Template,
)
from editor.model.arguments import leaves
from editor.model.references import ORDERING_ROLES, operands, references, setting_arguments

MOST_LETTERS = 40
AFTER, TEST, SETTING = "@after:", "@test:", "@setting:"
"""How the names of wires begin that feed no input (see `editor.ui.canvas.types.Hit`)."""

_Step = Callable[[DocumentView, EntityId], Iterator[EntityId]]


def staged(view: DocumentView, edit: Edit) -> Draft:
    """The document as it would be after `edit`: to build one Edit of two steps, nothing being applied yet."""
    draft = Draft(view)
    for change in edit.changes:
        if change.after is None:
            draft.drop(change.id)
        else:
            draft.put(change.after)
    return draft


def name_of(view: DocumentView, entity_id: EntityId) -> str:
    """What a person calls it: a task's or group's name, a note's first words."""
    entity = view.get(entity_id)
    if isinstance(entity, NODE_TYPES):
        return entity.name
    if isinstance(entity, Note):
        return shortened(entity.text.strip().split("\n", 1)[0]) or entity.shape
    return str(entity_id)


def shortened(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "\u2026"


def argument_words(view: DocumentView, argument: Argument) -> str:
    """What feeds an input, in a few words."""
    match argument:
        case Constant(value=value):
            return shortened(value if isinstance(value, str) else repr(value)) or "an empty text"
        case FromTask(task=task, output=output):
            return f"{name_of(view, task)}.{output}"
        case FromPipelineInput(name=name):
            return f"the pipeline input {name}"
        case FromLoop(loop=loop, field=field):
            return f"the item of {name_of(view, loop)}" + (f" ({field})" if field else "")
        case Template():
            return "a text with parameters in it"
        case Collected(source=source):
            return f"all of {argument_words(view, source)}"
        case OneOf(condition=condition):
            return f"whichever branch of {name_of(view, condition)} ran"
    assert_never(argument)


def argument_of(view: DocumentView, consumer: EntityId, port: str) -> Argument | None:
    """What feeds an input; or, by the names that `Hit` has for other wires, a loop's list, a setting, a test."""
    entity = view.get(consumer)
    match entity:
        case Task() if port.startswith(SETTING):
            return dict(setting_arguments(entity.settings)).get(port.removeprefix(SETTING))
        case Task():
            return entity.arguments.get(port)
        case Loop() if port in (ITEMS, f"@{ITEMS}"):
            return entity.items
        case ConditionBranch() if port.startswith(TEST) and entity.test is not None:
            found = operands(entity.test)
            number = port.removeprefix(TEST)
            return found[int(number)] if number.isdecimal() and int(number) < len(found) else None
        case _:
            return None


def input_of_wire(port: str) -> str | None:
    """The input that a wire of this name (see `Hit`) feeds, as `edits.connect` calls it; None if it feeds none."""
    if port == f"@{ITEMS}":
        return ITEMS
    return None if port.startswith("@") else port


def waited_for(port: str) -> EntityId | None:
    """Whom a runs-after wire of this name waits for."""
    return EntityId(port.removeprefix(AFTER)) if port.startswith(AFTER) else None


def giver_of(source: FromTask | FromLoop | None) -> EntityId | None:
    """The task or loop that a wire comes from."""
    match source:
        case FromTask(task=task):
            return task
        case FromLoop(loop=loop):
            return loop
        case None:
            return None


def consumers_of(view: DocumentView, task: EntityId, output: str) -> list[tuple[EntityId, str]]:
    """The inputs that an output feeds."""
    found: list[tuple[EntityId, str]] = []
    for user in view.users(task):
        entity = view.get(user)
        arguments = entity.arguments if isinstance(entity, Task) else {}
        if isinstance(entity, Loop):
            arguments = {ITEMS: entity.items}
        found += [
            (user, port)
            for port, argument in arguments.items()
            if any(leaf == FromTask(task, output) for leaf in leaves(argument))
        ]
    return found


def with_contents(view: DocumentView, ids: Iterable[EntityId]) -> set[EntityId]:
    """The ids, and everything inside those that are groups."""
    found = set(ids)
    return found | inside(view, found)


def left_by(view: DocumentView, group: EntityId) -> tuple[EntityId, ...]:
    """What lies in a group and is left when it is taken away; the branches of a condition go with it."""
    children = view.children(group)
    if not isinstance(view.get(group), Condition):
        return children
    return tuple(inner for branch in children for inner in view.children(branch))


def outermost(view: DocumentView, ids: Collection[EntityId]) -> list[EntityId]:
    """The ids without those that lie in a group which is among them too."""
    covered = inside(view, ids)
    return [each for each in ids if each not in covered]


def inside(view: DocumentView, ids: Iterable[EntityId]) -> set[EntityId]:
    """What lies in the groups among `ids`: ten thousand may be asked for."""
    entities = view.entities
    found: set[EntityId] = set()
    for each in ids:
        if isinstance(entities.get(each), GROUP_TYPES) and each not in found:
            found.update(view.descendants(each))
    return found


def parents_of(view: DocumentView, ids: Iterable[EntityId]) -> set[EntityId]:
    """The scopes in which the tasks and groups among `ids` lie: ten thousand may be asked for."""
    entities = view.entities
    return {entity.parent for each in ids if isinstance(entity := entities.get(each), NODE_TYPES)}


def upstream(view: DocumentView, ids: Iterable[EntityId]) -> set[EntityId]:
    """Everything that `ids` wait for, `ids` not among it unless one waits for another."""
    return _reached(view, ids, _sources)


def downstream(view: DocumentView, ids: Iterable[EntityId]) -> set[EntityId]:
    """Everything that waits for `ids`."""
    return _reached(view, ids, _followers)


def neighbours_before(view: DocumentView, node: EntityId) -> list[EntityId]:
    return list(dict.fromkeys(_sources(view, node)))


def neighbours_after(view: DocumentView, node: EntityId) -> list[EntityId]:
    return list(dict.fromkeys(_followers(view, node)))


def _reached(view: DocumentView, ids: Iterable[EntityId], step: _Step) -> set[EntityId]:
    found: set[EntityId] = set()
    stack = list(ids)
    while stack:
        for node in step(view, stack.pop()):
            if node not in found:
                found.add(node)
                stack.append(node)
    return found


def _sources(view: DocumentView, node: EntityId) -> Iterator[EntityId]:
    around = tuple(view.ancestors(node))
    for holder in (node, *around):
        entity = view.get(holder)
        if not isinstance(entity, NODE_TYPES):
            continue
        for reference in references(entity):
            if reference.role in ORDERING_ROLES and reference.target not in around:
                yield reference.target


def _followers(view: DocumentView, node: EntityId) -> Iterator[EntityId]:
    for user in view.users(node):
        entity = view.get(user)
        if not isinstance(entity, NODE_TYPES):
            continue
        if any(item.target == node and item.role in ORDERING_ROLES for item in references(entity)):
            yield user
            if isinstance(entity, GROUP_TYPES) and user not in view.ancestors(node):
                yield from view.descendants(user)
