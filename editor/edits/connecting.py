"""Feeding inputs: wires, constants and everything else that an argument can be; and what runs after what."""

from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

from editor.edits.circles import in_words, path_between
from editor.edits.constants import check_constant, why_not_storable
from editor.edits.draft import Draft
from editor.edits.scopes import (
    argument_type,
    branches_of,
    exit_handlers_of,
    exits,
    kind_of,
    name_of,
    reads_at,
    why_not_typed,
    why_not_visible,
)
from editor.model import (
    NODE_TYPES,
    Argument,
    ArtifactType,
    Collected,
    Condition,
    ConditionBranch,
    Constant,
    DocumentView,
    Edit,
    EditRefused,
    EntityId,
    ExitHandler,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Group,
    Input,
    Json,
    Loop,
    Node,
    OneOf,
    PortType,
    Task,
    Template,
)
from editor.model.arguments import leaves, refers_to
from editor.model.port_types import LIST, TASK_FINAL_STATUS, type_words, why_not

ITEMS = "items"
"""The name under which the list that a loop runs over is connected, as if it were an input of the loop."""

replace = msgspec.structs.replace


def connect(view: DocumentView, source: FromTask | FromLoop, task: EntityId, input: str) -> Edit:
    """Wire an output, or a loop's item, into an input, replacing what fed it; into a Loop's `items` likewise.

    Where the wire leaves loops it becomes Collected, where it leaves a branch a OneOf with the outputs of the other
    branches that have the same name, if the input takes that.

    Raises EditRefused, in words, if types differ, if the output may not be read there, or if a circle would form in any
    scope (KFP compiles each group to a DAG of its own).
    """
    consumer = _consumer(view, task)
    wanted, current = _input_of(view, consumer, input)
    argument = fitting(view, source, reads_at(view, consumer), wanted, current, name=f"'{consumer.name}.{input}'")
    return _feed(view, consumer, input, argument, f"Connect {_named(view, source)} to {consumer.name}.{input}")


def fitting(
    view: DocumentView,
    source: FromTask | FromLoop,
    at: EntityId,
    wanted: PortType | None,
    current: Argument | None = None,
    *,
    name: str = "the input",
) -> Argument:
    """`source` as it can be read in scope `at` by an input of type `wanted` (None: any): plain, collected, or chosen.

    `current` is what feeds the input now: a OneOf over the same condition is extended. Raises EditRefused.
    """
    if isinstance(source, FromLoop):
        _check(view, source, at, wanted, name)
        return source
    if exit_handlers_of(view, source.task):
        giver = name_of(view, source.task)
        raise EditRefused(f"'{giver}' is an exit task: nothing can read what it gives.", subjects=(source.task,))
    _code, reason = why_not_visible(view, source, at)
    if not reason:
        _check(view, source, at, wanted, name)
        return source
    left = exits(view, source.task, at)
    if left is None or _code in ("source-missing", "output-missing") or any(isinstance(g, ExitHandler) for g in left):
        raise EditRefused(reason, hint=_way_out(left), subjects=(source.task,))
    if isinstance(left[-1], Loop):
        collected = Collected(source)
        given = argument_type(view, collected, view.pipeline_of(at))
        if wanted is not None and given is not None and why_not(given, wanted):
            taking = f"an input that takes {type_words(given)}"
            raise EditRefused(
                f"{reason} {name[0].upper()}{name[1:]} takes {type_words(wanted)}.",
                hint=f"Feed {taking}, or move the reader into the loop '{left[-1].name}'.",
                subjects=(source.task,),
            )
        _check(view, collected, at, wanted, name)
        return collected
    return _chosen(view, source, left, at, wanted, current, reason, name)


def _chosen(
    view: DocumentView,
    source: FromTask,
    left: tuple[Group, ...],
    at: EntityId,
    wanted: PortType | None,
    current: Argument | None,
    reason: str,
    name: str,
) -> Argument:
    """A OneOf that holds `source`: the current one extended, or one that takes the others' like-named outputs."""
    if len(left) != 2 or not isinstance(left[0], ConditionBranch) or not isinstance(left[1], Condition):
        hint = _way_out(left)
        raise EditRefused(reason, hint=hint, subjects=(source.task,))
    branch, condition = left
    branches = branches_of(view, condition.id)
    if branches[-1].test is not None:
        raise EditRefused(
            reason,
            hint=f"Add an Else to '{condition.name}' that gives the same, then connect again.",
            subjects=(branch.id,),
        )
    known = (
        {_branch_of(view, one, condition.id): one for one in current.sources}
        if (isinstance(current, OneOf) and current.condition == condition.id)
        else {}
    )
    known[branch.id] = source
    given = argument_type(view, source, source.task)
    for other in branches:
        if other.id not in known:
            matching = _like_named(view, other.id, source, given)
            if matching is not None:
                known[other.id] = matching
    sources = tuple(known[one.id] for one in branches if one.id in known)
    for one in sources:
        found = argument_type(view, one, source.task)
        if found != given:
            raise EditRefused(
                f"The branches of '{condition.name}' must give the same type: {type_words(given)}, and from "
                f"'{_named(view, one)}' {type_words(found)}.",
                subjects=(source.task,),
            )
    argument = OneOf(condition.id, sources)
    code, reason = why_not_visible(view, argument, at)
    if reason and code != "oneof-missing":
        raise EditRefused(reason, subjects=(source.task,))
    problem = why_not_typed(view, argument, at, wanted) if wanted is not None else ""
    if problem:
        raise EditRefused(f"{problem} ({name})", subjects=(source.task,))
    return argument


def _like_named(view: DocumentView, branch: EntityId, source: FromTask, kind: PortType | None) -> FromTask | None:
    """The one output directly in `branch` that has the source's name and type; None if there is none, or several."""
    found = [
        FromTask(child.id, source.output)
        for child in map(view.get, view.children(branch))
        if isinstance(child, Task)
        and (port := view.interface(child.component).output(source.output)) is not None
        and port.type == kind
    ]
    return found[0] if len(found) == 1 else None


def _branch_of(view: DocumentView, source: Argument, condition: EntityId) -> EntityId | None:
    if not isinstance(source, FromTask):
        return None
    scopes = list(view.ancestors(source.task))
    return scopes[scopes.index(condition) - 1] if condition in scopes[1:] else None


def _way_out(left: tuple[Group, ...] | None) -> str:
    if not left:
        return "Give it to the pipeline as an input, or out of it as an output."
    group = left[-1]
    if any(isinstance(one, ExitHandler) for one in left):
        return "Move the reader into the exit handler."
    return f"Move the reader into the {kind_of(group)} '{group.name}', or take that group away."


def _check(view: DocumentView, argument: Argument, at: EntityId, wanted: PortType | None, name: str) -> None:
    _code, reason = why_not_visible(view, argument, at)
    if reason:
        raise EditRefused(reason, subjects=tuple(refers_to(argument)))
    problem = why_not_typed(view, argument, at, wanted) if wanted is not None else ""
    if problem:
        raise EditRefused(f"{problem} ({name})", subjects=tuple(refers_to(argument)))


def disconnect(view: DocumentView, task: EntityId, input: str) -> Edit:
    """Unplug what feeds an input; it takes its default again."""
    return clear_argument(view, task, input)


def set_argument(view: DocumentView, task: EntityId, input: str, argument: Argument, *, merge_key: str = "") -> Edit:
    """Feed an input with any argument. Raises EditRefused if it may not be read there, or is of another type."""
    consumer = _consumer(view, task)
    wanted, _current = _input_of(view, consumer, input)
    _check_argument(view, consumer, input, argument, wanted)
    return _feed(view, consumer, input, argument, f"Set {consumer.name}.{input}", merge_key)


def feed_all(
    view: DocumentView, tasks: Collection[EntityId], input: str, argument: Argument | None, *, merge_key: str = ""
) -> Edit:
    """Feed an input of several tasks alike, or empty it (None); an output is read as `connect` has each task read it.

    What is not there any more is passed by. Raises EditRefused, and changes none, if one of them cannot take it.
    """
    draft = Draft(view)
    for one in tasks:
        if one not in view:
            continue
        read = argument
        if argument is not None:
            task = view.task(one)
            wanted, current = _input_of(view, task, input)
            if isinstance(argument, FromTask | FromLoop):
                read = fitting(view, argument, reads_at(view, task), wanted, current, name=f"'{task.name}.{input}'")
            else:
                _check_argument(view, task, input, argument, wanted)
            _check_feeding(view, task, read or argument)
        feed(draft, one, input, read)
    verb = "Set"
    if argument is None:
        there = (view.task(one) for one in tasks if one in view)
        verbs = {clearing(fed) for task in there if (fed := task.arguments.get(input)) is not None}
        verb = verbs.pop() if len(verbs) == 1 else "Clear"
    return draft.edit(f"{verb} {input} of {len(tasks):,} tasks", merge_key)


def set_constant(view: DocumentView, task: EntityId, input: str, value: Json, *, merge_key: str = "") -> Edit:
    """Give an input a value of its own. Raises EditRefused if the value is of another type than the input."""
    return set_argument(view, task, input, Constant(value), merge_key=merge_key)


def clear_argument(view: DocumentView, task: EntityId, input: str) -> Edit:
    """Take away what feeds an input, value or wire; of a task that is not there any more there is nothing to take."""
    if task not in view:
        return Edit("", ())
    entity = view.task(task)
    draft = Draft(view)
    feed(draft, task, input, None)
    return draft.edit(f"{clearing(entity.arguments.get(input))} {entity.name}.{input}")


def clearing(argument: Argument | None) -> Literal["Clear", "Unplug"]:
    """What people call taking away what feeds an input: a value is cleared, what comes from elsewhere unplugged."""
    is_value = argument is None or all(isinstance(leaf, Constant) for leaf in leaves(argument))
    return "Clear" if is_value else "Unplug"


def _check_argument(
    view: DocumentView, consumer: Node, input: str, argument: Argument, wanted: PortType | None
) -> None:
    """Raises EditRefused if an input of type `wanted` cannot read the argument there."""
    if isinstance(argument, Constant):
        if wanted is not None:
            check_constant(argument.value, wanted, f"'{consumer.name}.{input}'")
        return
    at = reads_at(view, consumer)
    for leaf in leaves(argument):
        if isinstance(leaf, FromPipelineInput):
            check_pipeline_input(view, leaf, at)
    _check(view, argument, at, wanted, f"'{consumer.name}.{input}'")


def check_pipeline_input(view: DocumentView, argument: FromPipelineInput, at: EntityId) -> None:
    pipeline = view.pipeline(view.pipeline_of(at))
    if all(port.name != argument.name for port in pipeline.inputs):
        raise EditRefused(f"'{pipeline.name}' has no input '{argument.name}'.", hint="Make the pipeline input first.")


def feed(draft: Draft, task: EntityId, input: str, argument: Argument | None) -> None:
    """Set or clear an argument (a loop's list: set) in a draft, unchecked."""
    entity = draft.node(task)
    if isinstance(entity, Loop) and argument is not None:
        draft.put(replace(entity, items=argument))
    elif isinstance(entity, Task):
        arguments = dict(entity.arguments)
        if argument is None:
            arguments.pop(input, None)
        else:
            arguments[input] = argument
        draft.put(replace(entity, arguments=arguments))


def refuse_circles(view: DocumentView, argument: Argument, consumer: EntityId) -> None:
    """Raises EditRefused if `consumer` reading `argument` would wait for itself in any scope."""
    for source in refers_to(argument):
        if isinstance(view.get(source), NODE_TYPES):
            refuse_circle(view, source, consumer)


def refuse_circle(view: DocumentView, source: EntityId, consumer: EntityId) -> None:
    lifted = view.lifted(source, consumer)
    if source == consumer:
        raise EditRefused(f"'{name_of(view, consumer)}' cannot feed itself.", subjects=(consumer,))
    if lifted is None:
        return
    scope, first, then = lifted
    path = path_between(view, scope, then, first)
    if path:
        raise EditRefused(
            f"'{name_of(view, consumer)}' cannot wait for '{name_of(view, source)}': it would form a circle.",
            hint=f"Take away one wire of {in_words(view, path)} first.",
            subjects=tuple(path),
        )


def _feed(view: DocumentView, consumer: Node, input: str, argument: Argument, label: str, merge_key: str = "") -> Edit:
    _check_feeding(view, consumer, argument)
    draft = Draft(view)
    feed(draft, consumer.id, input, argument)
    return draft.edit(label, merge_key)


def _check_feeding(view: DocumentView, consumer: Node, argument: Argument) -> None:
    if isinstance(consumer, Loop):
        check_items(view, argument, consumer)
    elif not isinstance(argument, Constant | FromPipelineInput):
        reason = why_exit_task(view, consumer)
        if reason:
            raise EditRefused(reason, subjects=(consumer.id,))
    refuse_circles(view, argument, consumer.id)


def check_items(view: DocumentView, argument: Argument, loop: Loop) -> None:
    """What a loop can run over: a list of values, a list of artifacts, but nothing collected."""
    if isinstance(argument, Constant):
        if not isinstance(argument.value, list | tuple):
            raise EditRefused(f"The loop '{loop.name}' runs over a list.")
        problem = why_not_storable(argument.value)
        if problem:
            raise EditRefused(f"{problem} ({loop.name})")
        return
    if isinstance(argument, Collected | OneOf | Template):
        raise EditRefused(
            f"The loop '{loop.name}' cannot run over a collected or chosen value.",
            hint="Put a task between that gives the list.",
        )
    kind = argument_type(view, argument, view.pipeline_of(loop.id))
    is_list = kind is None or kind == LIST or (isinstance(kind, ArtifactType) and kind.is_list)
    if not is_list:
        raise EditRefused(f"The loop '{loop.name}' runs over a list; this gives {type_words(kind)}.")


def why_exit_task(view: DocumentView, node: Node) -> str:
    if isinstance(node, Task) and exit_handlers_of(view, node.id):
        return f"'{node.name}' is an exit task, which cannot depend on other tasks: they may have failed."
    return ""


def _consumer(view: DocumentView, entity_id: EntityId) -> Task | Loop:
    entity = view.get(entity_id)
    if not isinstance(entity, Task | Loop):
        raise EditRefused(f"'{name_of(view, entity_id)}' has no inputs.")
    return entity


def node_or_refuse(view: DocumentView, entity_id: EntityId) -> Node:
    entity = view.get(entity_id)
    if not isinstance(entity, NODE_TYPES):
        raise EditRefused(f"'{entity_id}' is no task or group.")
    return entity


def _input_of(view: DocumentView, consumer: Task | Loop, input: str) -> tuple[PortType | None, Argument | None]:
    """(the type that the input takes, what feeds it now)."""
    if isinstance(consumer, Loop):
        if input != ITEMS:
            raise EditRefused(f"The loop '{consumer.name}' has no input '{input}'.")
        return None, consumer.items
    port = input_port(view, consumer, input)
    return port.type, consumer.arguments.get(input)


def input_port(view: DocumentView, task: Task, input: str) -> Input:
    """Raises EditRefused if the task has no such input, or one that KFP feeds by itself."""
    port = view.interface(task.component).input(input)
    if port is None:
        raise EditRefused(f"'{task.name}' has no input '{input}'.", subjects=(task.id,))
    if port.type == TASK_FINAL_STATUS:
        raise EditRefused(f"'{task.name}.{input}' is fed by the exit handler.", subjects=(task.id,))
    return port


def _named(view: DocumentView, source: Argument) -> str:
    match source:
        case FromTask(task=task, output=output):
            return f"{name_of(view, task)}.{output}"
        case FromLoop(loop=loop, field=field):
            return f"{name_of(view, loop)} item{f'.{field}' if field else ''}"
        case _:
            return type(source).__name__


def wires_from(view: DocumentView, source: EntityId, output: str | None) -> list[tuple[EntityId, str, Argument]]:
    """(consumer, input, argument) of each wire that leaves `source` (from one output, or None: from any)."""
    found: list[tuple[EntityId, str, Argument]] = []
    for user in view.users(source):
        entity = view.get(user)
        arguments: Mapping[str, Argument] = {}
        if isinstance(entity, Task):
            arguments = entity.arguments
        elif isinstance(entity, Loop):
            arguments = {ITEMS: entity.items}
        for name, argument in arguments.items():
            if reads(argument, source, output):
                found.append((user, name, argument))
    return found


def reads(argument: Argument, source: EntityId, output: str | None) -> bool:
    """Whether `argument` reads an output of `source` (None: any of them)."""
    match argument:
        case FromTask(task=task, output=name):
            return task == source and output in (None, name)
        case FromLoop(loop=loop):
            return loop == source and output is None
        case Template(parts=parts):
            return any(not isinstance(part, str) and reads(part, source, output) for part in parts)
        case Collected(source=inner):
            return reads(inner, source, output)
        case OneOf(sources=sources):
            return any(reads(inner, source, output) for inner in sources)
        case _:
            return False
