"""What may be read from where: groups that an output leaves on its way, and the type that arrives.

The rules are KFP's: each group becomes a DAG of its own; an output leaves a loop only collected, a branch only through
OneOf, an exit handler and a sub-pipeline not at all. Edits and validation share them; circles of waiting are found by
`circles`.
"""

import json

from editor.model import (
    GROUP_TYPES,
    NODE_TYPES,
    Argument,
    Collected,
    Condition,
    ConditionBranch,
    Constant,
    DocumentView,
    Entity,
    EntityId,
    ExitHandler,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Group,
    Json,
    Loop,
    OneOf,
    Pipeline,
    PortType,
    Task,
    Template,
)
from editor.model.arguments import leaves
from editor.model.port_types import (
    BOOLEAN,
    DOUBLE,
    INTEGER,
    LIST,
    PARAMETER_KINDS,
    STRING,
    STRUCT,
    ArtifactType,
    ParameterType,
    type_words,
    why_not,
)


def reads_at(view: DocumentView, consumer: Entity) -> EntityId:
    """The scope in which the arguments of `consumer` are read: a branch's test is read outside the branch."""
    match consumer:
        case Pipeline():
            return consumer.id
        case ConditionBranch():
            around = view.get(consumer.parent)
            return around.parent if isinstance(around, Condition) else consumer.parent
        case _ if isinstance(consumer, NODE_TYPES):
            return consumer.parent
        case _:
            return consumer.id


def around(view: DocumentView, scope: EntityId) -> list[EntityId]:
    """`scope` and the scopes around it, innermost first, the pipeline last."""
    return [scope, *view.ancestors(scope)]


def exits(view: DocumentView, source: EntityId, at: EntityId) -> tuple[Group, ...] | None:
    """The groups that something leaves on the way from the node `source` to a reader in scope `at`, innermost first.

    None if `at` lies in another pipeline.
    """
    common = set(around(view, at))
    left: list[Group] = []
    for scope in view.ancestors(source):
        if scope in common:
            return tuple(left)
        entity = view.get(scope)
        if not isinstance(entity, GROUP_TYPES):
            return None
        left.append(entity)
    return None


def name_of(view: DocumentView, entity_id: EntityId) -> str:
    """How messages call an entity."""
    entity = view.get(entity_id)
    match entity:
        case None:
            return str(entity_id)
        case Pipeline() | Condition() | ConditionBranch() | Loop() | ExitHandler() | Task():
            return entity.name or str(entity_id)
        case _:
            return str(entity_id)


def kind_of(group: Entity | None) -> str:
    """The word for a group in messages."""
    match group:
        case Loop():
            return "loop"
        case ConditionBranch() | Condition():
            return "branch"
        case ExitHandler():
            return "exit handler"
        case _:
            return "group"


def argument_type(view: DocumentView, argument: Argument, pipeline: EntityId) -> PortType | None:
    """The type of what `argument` gives when read in `pipeline`; None if it is not known or not there."""
    match argument:
        case Constant(value=value):
            return value_type(value)
        case FromTask(task=task, output=output):
            entity = view.get(task)
            port = view.interface(entity.component).output(output) if isinstance(entity, Task) else None
            return port.type if port else None
        case FromPipelineInput(name=name):
            entity = view.get(pipeline)
            inputs = entity.inputs if isinstance(entity, Pipeline) else ()
            return next((port.type for port in inputs if port.name == name), None)
        case FromLoop(loop=loop, field=field):
            entity = view.get(loop)
            return item_type(view, entity, field) if isinstance(entity, Loop) else None
        case Template():
            return STRING
        case Collected(source=source):
            inner = argument_type(view, source, pipeline)
            return (
                ArtifactType(
                    schema_title=inner.schema_title,
                    schema_version=inner.schema_version,
                    instance_schema=inner.instance_schema,
                    is_list=True,
                )
                if isinstance(inner, ArtifactType)
                else (LIST if inner is not None else None)
            )
        case OneOf(sources=sources):
            return argument_type(view, sources[0], pipeline) if sources else None


def value_type(value: Json) -> PortType | None:
    """The parameter type of a JSON value; None for null."""
    match value:
        case bool():
            return BOOLEAN
        case int():
            return INTEGER
        case float():
            return DOUBLE
        case str():
            return STRING
        case list() | tuple():
            return LIST
        case dict():
            return STRUCT
        case _:
            return None


def item_type(view: DocumentView, loop: Loop, field: str | None) -> PortType | None:
    """The type of a loop's item or of a field of it; None if the items do not say."""
    if field is None and loop.item_kind in PARAMETER_KINDS:
        return ParameterType(kind=loop.item_kind)
    if isinstance(loop.items, Constant):
        # The SDK takes the type of the first item for that of all.
        values = loop.items.value if isinstance(loop.items.value, list | tuple) else ()
        first = values[0] if values else None
        if field is not None:
            first = first.get(field) if isinstance(first, dict) else None
        return value_type(first)
    if any(isinstance(leaf, FromLoop) for leaf in leaves(loop.items)):
        return LIST if field is None and _is_looped_over(view, loop) else None
    items = argument_type(view, loop.items, view.pipeline_of(loop.id))
    if isinstance(items, ArtifactType) and items.is_list and field is None:
        return ArtifactType(
            schema_title=items.schema_title,
            schema_version=items.schema_version,
            instance_schema=items.instance_schema,
        )
    return LIST if field is None and _is_looped_over(view, loop) else None


def _is_looped_over(view: DocumentView, loop: Loop) -> bool:
    """Whether another loop runs over this one's item, which must be a list then."""
    users = (view.get(user) for user in view.users(loop.id))
    return any(isinstance(user, Loop) and user.items == FromLoop(loop.id) for user in users)


def why_not_visible(view: DocumentView, argument: Argument, at: EntityId) -> tuple[str, str]:
    """("", "") if `argument` may be read in scope `at`, else (a short code, the reason as a sentence)."""
    match argument:
        case Constant() | FromPipelineInput():
            return "", ""
        case FromTask():
            return _task_visible(view, argument, at)
        case FromLoop(loop=loop):
            entity = view.get(loop)
            if not isinstance(entity, Loop):
                return "source-missing", f"The loop '{loop}' is not there any more."
            if loop not in around(view, at):
                return "loop-item-outside", f"The item of '{entity.name}' is known only inside that loop."
            return "", ""
        case Template(parts=parts):
            for part in parts:
                if isinstance(part, str):
                    continue
                if isinstance(part, OneOf | Collected | Template):
                    return "template-part", "A text can take in outputs and inputs, but no collected or chosen value."
                found = why_not_visible(view, part, at)
                if found[0]:
                    return found
            return "", ""
        case Collected(source=source):
            return _collected_visible(view, source, at)
        case OneOf():
            return _one_of_visible(view, argument, at)


def _task_visible(view: DocumentView, argument: FromTask, at: EntityId) -> tuple[str, str]:
    task = view.get(argument.task)
    if not isinstance(task, Task):
        return "source-missing", f"The task that gave this value ('{argument.task}') is not there any more."
    if view.interface(task.component).output(argument.output) is None:
        return "output-missing", f"'{task.name}' has no output '{argument.output}'."
    left = exits(view, task.id, at)
    if left is None:
        return "other-pipeline", f"'{task.name}' lies in another pipeline; only an output of that one can be read here."
    return _why_not_leave(task, left)


def _why_not_leave(task: Task, left: tuple[Group, ...]) -> tuple[str, str]:
    """Whether the plain output of a task may leave the groups `left`."""
    for group in left:
        match group:
            case Loop():
                return "leaves-loop", (
                    f"'{task.name}' runs once for each item of '{group.name}': outside the loop its outputs are a list."
                )
            case ConditionBranch() | Condition():
                return "leaves-branch", (
                    f"'{task.name}' runs only if '{group.name}' does: its output is not there for tasks outside."
                )
            case ExitHandler():
                return "leaves-exit-handler", (
                    f"'{task.name}' lies in the exit handler '{group.name}', which no output leaves."
                )
    return "", ""


def _collected_visible(view: DocumentView, source: Argument, at: EntityId) -> tuple[str, str]:
    match source:
        case FromTask(task=task, output=output):
            entity = view.get(task)
            if not isinstance(entity, Task):
                return "source-missing", f"The task that gave this value ('{task}') is not there any more."
            if view.interface(entity.component).output(output) is None:
                return "output-missing", f"'{entity.name}' has no output '{output}'."
            start, name = task, entity.name
        case OneOf():
            return "collected-oneof", "What is chosen among branches cannot be collected; collect the output itself."
        case _:
            return "collected-source", "Only an output of a task can be collected."
    left = exits(view, start, at)
    if left is None:
        return "other-pipeline", f"'{name}' lies in another pipeline; only an output of that one can be read here."
    if not any(isinstance(group, Loop) for group in left):
        return "collected-same-loop", (
            f"There is nothing to collect: '{name}' is in no loop that the reader is outside of."
        )
    outermost = left[-1]
    if not isinstance(outermost, Loop):
        return "leaves-branch", (
            f"The loop of '{name}' lies in the {kind_of(outermost)} '{outermost.name}', which may not run."
        )
    return "", ""


def _one_of_visible(view: DocumentView, argument: OneOf, at: EntityId) -> tuple[str, str]:
    condition = view.get(argument.condition)
    if not isinstance(condition, Condition):
        return "source-missing", f"The condition '{argument.condition}' is not there any more."
    left = exits(view, condition.id, at)
    if left is None:
        return "other-pipeline", f"'{condition.name}' lies in another pipeline."
    if condition.id in around(view, at):
        return "oneof-inside", f"A reader inside '{condition.name}' cannot choose among its branches."
    for group in left:
        what = {"loop": "runs once for each item of", "branch": "runs only if", "exit handler": "lies in"}[
            kind_of(group)
        ]
        return f"leaves-{kind_of(group).replace(' ', '-')}", f"'{condition.name}' {what} '{group.name}'."
    branches = branches_of(view, condition.id)
    if not branches or branches[-1].test is not None:
        return "oneof-no-else", f"'{condition.name}' has no Else: it may be that none of its branches runs."
    sources = [source for source in argument.sources if isinstance(source, FromTask)]
    if len(sources) != len(argument.sources):
        return "oneof-source", f"Each branch of '{condition.name}' must give the output of one of its tasks."
    given: list[EntityId] = []
    for source in sources:
        task = view.get(source.task)
        if not isinstance(task, Task):
            return "source-missing", f"The task that gave this value ('{source.task}') is not there any more."
        if view.interface(task.component).output(source.output) is None:
            return "output-missing", f"'{task.name}' has no output '{source.output}'."
        scope = around(view, source.task)
        branch = scope[scope.index(condition.id) - 1] if condition.id in scope else None
        if branch is None or task.parent != branch:
            return "oneof-source", f"'{task.name}' does not lie directly in a branch of '{condition.name}'."
        given.append(branch)
    missing = [branch.name for branch in branches if branch.id not in given]
    if missing:
        return "oneof-missing", f"The branch '{missing[0]}' of '{condition.name}' gives nothing here."
    if len(given) != len(set(given)) or given != [branch.id for branch in branches]:
        return "oneof-source", f"There must be one source for each branch of '{condition.name}', in their order."
    return _one_of_types(view, sources)


def _one_of_types(view: DocumentView, sources: list[FromTask]) -> tuple[str, str]:
    kinds = [argument_type(view, source, source.task) for source in sources]
    for kind, source in zip(kinds, sources, strict=True):
        if kind != kinds[0]:
            giver = name_of(view, source.task)
            return "oneof-types", (
                f"The branches give different types: {type_words(kinds[0])} and, from '{giver}', {type_words(kind)}."
            )
    return "", ""


def branches_of(view: DocumentView, condition: EntityId) -> list[ConditionBranch]:
    """The branches of a Condition in the order in which they are tried."""
    found = [view.get(child) for child in view.children(condition)]
    return sorted(
        (branch for branch in found if isinstance(branch, ConditionBranch)),
        key=lambda branch: (branch.test is None, branch.order, branch.id),
    )


def why_not_typed(view: DocumentView, argument: Argument, at: EntityId, wanted: PortType) -> str:
    """Empty if what `argument` gives may feed an input of type `wanted`, or if its type is not known."""
    if isinstance(argument, Constant):
        return ""
    if isinstance(argument, Template) and wanted in (LIST, STRUCT):
        return why_not_json(argument, wanted)
    given = argument_type(view, argument, view.pipeline_of(at))
    if given is None:
        return ""
    if isinstance(argument, FromLoop) and given == STRING and isinstance(wanted, ParameterType):
        return ""  # the SDK takes a loop's text item for any parameter: what the items are is known only at the run
    return why_not(given, wanted)


def why_not_json(template: Template, wanted: PortType) -> str:
    """Empty if a text is JSON of a list or dict, with values in it only inside quotes, as packages have it."""
    text = "".join(part if isinstance(part, str) else "value" for part in template.parts)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return f"The input takes {wanted}: the text must be JSON, with values inside quotes only."
    if isinstance(found, list if wanted == LIST else dict):
        return ""
    return f"The input takes {wanted}; the text is JSON of something else."


def exit_handlers_of(view: DocumentView, task: EntityId) -> list[ExitHandler]:
    """The exit handlers after which `task` runs."""
    found = [view.get(user) for user in view.users(task)]
    return [entity for entity in found if isinstance(entity, ExitHandler) and entity.exit_task == task]
