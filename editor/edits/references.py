"""Taking references out: what becomes of an argument, a test, a list or an output when what it names goes."""

from collections.abc import Callable, Collection, Iterable

import msgspec

from editor.edits.draft import Draft
from editor.model import (
    NODE_TYPES,
    ROOT,
    Argument,
    Collected,
    Comparison,
    Component,
    ConditionBranch,
    Constant,
    EntityId,
    ExitHandler,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Loop,
    OneOf,
    OpaqueTest,
    Pipeline,
    Task,
    TaskSettings,
    Template,
    Test,
)
from editor.model.port_types import STRING

replace = msgspec.structs.replace

Gone = Callable[[Argument], bool]
"""Whether a simple argument (FromTask, FromLoop, FromPipelineInput) or the OneOf of a condition has lost its source."""


def without(argument: Argument, is_gone: Gone) -> Argument | None:
    """What is left of `argument`: a text keeps its words, a OneOf its other branches; None if nothing is."""
    match argument:
        case Template(parts=parts):
            kept = [part if isinstance(part, str) else without(part, is_gone) for part in parts]
            if all(one is part for one, part in zip(kept, parts, strict=True)):
                return argument
            left = tuple(one for one in kept if one is not None)
            if all(isinstance(one, str) for one in left):
                return Constant("".join(str(one) for one in left))
            return Template(left)
        case Collected(source=source):
            inner = without(source, is_gone)
            return argument if inner is source else (Collected(inner) if inner is not None else None)
        case OneOf(condition=condition, sources=sources):
            if is_gone(argument):
                return None
            left = tuple(one for one in (without(source, is_gone) for source in sources) if one is not None)
            return argument if left == sources else (OneOf(condition, left) if left else None)
        case Constant():
            return argument
        case _:
            return None if is_gone(argument) else argument


def clean(draft: Draft, user: EntityId, is_gone: Gone, gone_nodes: Collection[EntityId] = ()) -> None:
    """Take what is gone out of one entity. A test keeps an empty constant, a loop an empty list: validation says so."""
    entity = draft.get(user)
    match entity:
        case Task():
            arguments = {
                name: left
                for name, argument in entity.arguments.items()
                if (left := without(argument, is_gone)) is not None
                and (left is argument or not isinstance(left, Constant) or _takes_text(draft, entity, name))
            }
            draft.put(
                replace(
                    entity,
                    arguments=arguments,
                    settings=_settings(entity.settings, is_gone),
                    after=tuple(one for one in entity.after if one not in gone_nodes),
                )
            )
        case _ if isinstance(entity, NODE_TYPES):
            group = replace(entity, after=tuple(one for one in entity.after if one not in gone_nodes))
            if isinstance(group, Loop):
                left = without(group.items, is_gone)
                group = replace(group, items=Constant([]) if left is None else left)
            if isinstance(group, ConditionBranch) and group.test is not None:
                group = replace(group, test=kept_test(group.test, lambda one: without(one, is_gone)))
            draft.put(group)
        case Pipeline():
            for output in entity.outputs:
                left = without(output.source, is_gone)
                if left is None:
                    drop_pipeline_output(draft, user, output.name)
                elif left is not output.source:
                    _put_output(draft, user, output.name, left)
        case _:
            return


def _takes_text(draft: Draft, task: Task, input: str) -> bool:
    """Whether the words that are left of a text may stay: JSON text for a list is none any more."""
    port = draft.interface(task.component).input(input)
    return port is not None and port.type == STRING


def _put_output(draft: Draft, pipeline: EntityId, name: str, source: Argument) -> None:
    entity = draft.pipeline(pipeline)
    outputs = tuple(replace(one, source=source) if one.name == name else one for one in entity.outputs)
    draft.put(replace(entity, outputs=outputs))


def drop_pipeline_output(draft: Draft, pipeline: EntityId, name: str) -> None:
    """Take an output away, and the wires of every task that uses the pipeline as its component."""
    entity = draft.pipeline(pipeline)
    draft.put(replace(entity, outputs=tuple(one for one in entity.outputs if one.name != name)))
    for user in draft.users(pipeline):
        caller = draft.get(user)
        if isinstance(caller, Task) and caller.component == pipeline:
            forget_output(draft, user, name)


def forget_output(draft: Draft, task: EntityId, output: str, *, only: tuple[EntityId, str] | None = None) -> None:
    """Unplug every wire that leaves by one output (`only`: the one into that input)."""

    def is_gone(argument: Argument) -> bool:
        return argument == FromTask(task, output)

    for user in draft.users(task):
        if only is None:
            clean(draft, user, is_gone)
        elif user == only[0]:
            entity = draft.get(user)
            if isinstance(entity, Task) and only[1] in entity.arguments:
                arguments = dict(entity.arguments)
                left = without(arguments.pop(only[1]), is_gone)
                if left is not None:
                    arguments[only[1]] = left
                draft.put(replace(entity, arguments=arguments))


def forget_input(draft: Draft, pipeline: EntityId, name: str) -> None:
    """Take out what reads an input of a pipeline, and what its callers give to it."""

    def is_gone(argument: Argument) -> bool:
        return argument == FromPipelineInput(name)

    for node in tuple(draft.descendants(pipeline)):
        clean(draft, node, is_gone)
    clean(draft, pipeline, is_gone)
    for user in draft.users(pipeline):
        caller = draft.get(user)
        if isinstance(caller, Task) and caller.component == pipeline and name in caller.arguments:
            arguments = {one: argument for one, argument in caller.arguments.items() if one != name}
            draft.put(replace(caller, arguments=arguments))


def remove(draft: Draft, nodes: Iterable[EntityId]) -> None:
    """Drop tasks and groups (all that lies in them must be among them) and everything that names them."""
    gone = dict.fromkeys(nodes)

    def is_gone(argument: Argument) -> bool:
        match argument:
            case FromTask(task=source) | FromLoop(loop=source) | OneOf(condition=source):
                return source in gone
            case _:
                return False

    users = dict.fromkeys(user for node in gone for user in draft.users(node) if user not in gone)
    components = dict.fromkeys(entity.component for node in gone if isinstance(entity := draft.get(node), Task))
    for user in users:
        clean(draft, user, is_gone, gone)
    for node in gone:
        draft.drop(node)
    sweep(draft, components)


def sweep(draft: Draft, components: Iterable[EntityId]) -> None:
    """Drop those of `components` that no task uses any more; a sub-pipeline with all that lies in it."""
    for component in components:
        entity = draft.get(component)
        if component == ROOT or not isinstance(entity, Component | Pipeline) or draft.is_used(component):
            continue
        if isinstance(entity, Pipeline):
            inner = list(draft.descendants(component))
            used = dict.fromkeys(task.component for node in inner if isinstance(task := draft.get(node), Task))
            for node in inner:
                draft.drop(node)
            for note in [note.id for note in draft.notes() if note.parent == component]:
                draft.drop(note)
            draft.drop(component)
            sweep(draft, used)
        else:
            draft.drop(component)


def _settings(settings: TaskSettings, is_gone: Gone) -> TaskSettings:
    resources = settings.resources
    asked = {
        field: without(argument, is_gone)
        for field in resources.__struct_fields__
        if (argument := getattr(resources, field)) is not None
    }
    kubernetes = tuple(
        replace(
            setting,
            arguments={
                name: left
                for name, argument in setting.arguments.items()
                if (left := without(argument, is_gone)) is not None
            },
        )
        for setting in settings.kubernetes
    )
    return replace(
        settings,
        resources=replace(resources, **asked),
        image=None if settings.image is None else without(settings.image, is_gone),
        kubernetes=kubernetes,
    )


def kept_test(test: Test, keep: Callable[[Argument], Argument | None]) -> Test:
    """The test with what `keep` leaves of each operand, an empty constant where that is nothing."""
    empty = Constant("")
    match test:
        case Comparison(left=left, operator=operator, right=right):
            return Comparison(keep(left) or empty, operator, keep(right) or empty)
        case OpaqueTest(expression=expression, operands=operands):
            return OpaqueTest(expression, {name: keep(one) or empty for name, one in operands.items()})


def handlers_without_task(draft: Draft, gone: Collection[EntityId]) -> list[EntityId]:
    """Exit handlers that stay although their exit task goes."""
    return [
        user
        for node in gone
        for user in draft.users(node)
        if user not in gone and isinstance(handler := draft.get(user), ExitHandler) and handler.exit_task == node
    ]
