"""What can feed an input, and what feeds it, in words."""

import re
from collections.abc import Iterator

from editor import edits
from editor.edits.scopes import argument_type, reads_at
from editor.errors import EditorError
from editor.model import (
    NODE_TYPES,
    Argument,
    Collected,
    Constant,
    DocumentView,
    EditRefused,
    EntityId,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Loop,
    OneOf,
    ParameterType,
    PortType,
    Task,
    Template,
)
from editor.model.port_types import why_not
from editor.ui.values import value_text

MOST_OUTPUTS = 60
"""A menu is read, not searched: beyond this, drawing a wire is quicker."""

PLACEHOLDERS = (
    ("Name of the run", "{{$.pipeline_job_name}}"),
    ("Id of the run", "{{$.pipeline_job_uuid}}"),
    ("Resource name of the run", "{{$.pipeline_job_resource_name}}"),
    ("Name of the task", "{{$.pipeline_task_name}}"),
    ("Id of the task", "{{$.pipeline_task_uuid}}"),
    ("Pipeline root", "{{$.pipeline_root}}"),
    ("Time at which the run was made", "{{$.pipeline_job_create_time_utc}}"),
    ("Time for which the run was planned", "{{$.pipeline_job_schedule_time_utc}}"),
    ("Folder of the workspace", "{{$.workspace_path}}"),
)
"""What KFP fills in when the task starts: words, and what stands for it in a text."""

_TOKEN = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


def in_words(view: DocumentView, argument: Argument) -> str:
    """What feeds an input, as a person would say it."""
    match argument:
        case Constant(value=value):
            return value_text(value)
        case FromTask(task=task, output=output):
            return f"{_name(view, task)}.{output}"
        case FromPipelineInput(name=name):
            return f"pipeline input {name}"
        case FromLoop(loop=loop, field=field):
            return f"item of {_name(view, loop)}" + (f", {field}" if field else "")
        case Template():
            return template_text(view, argument)
        case Collected(source=source):
            return f"all of {in_words(view, source)}"
        case OneOf(sources=sources):
            return "one of " + ", ".join(in_words(view, source) for source in sources)


def source_entity(argument: Argument) -> EntityId | None:
    """Where a click on an input's source goes."""
    match argument:
        case FromTask(task=task):
            return task
        case FromLoop(loop=loop):
            return loop
        case Collected(source=source):
            return source_entity(source)
        case OneOf(condition=condition):
            return condition
        case _:
            return None


def _name(view: DocumentView, entity_id: EntityId) -> str:
    return str(getattr(view.get(entity_id), "name", entity_id))


def scope_of(view: DocumentView, consumer: EntityId) -> EntityId:
    """The scope in which a task or group reads what feeds it."""
    return reads_at(view, view.node(consumer))


def fitting_inputs(view: DocumentView, consumer: EntityId, wanted: PortType | None) -> list[str]:
    """The pipeline's inputs that may feed an input of type `wanted`."""
    pipeline = view.pipeline(view.pipeline_of(consumer))
    return [port.name for port in pipeline.inputs if wanted is None or not why_not(port.type, wanted)]


def fitting_items(view: DocumentView, consumer: EntityId, wanted: PortType | None) -> list[FromLoop]:
    """The items of the loops around, and the fields of items that are dicts, that fit."""
    found: list[FromLoop] = []
    for scope in view.ancestors(consumer):
        loop = view.get(scope)
        if not isinstance(loop, Loop):
            continue
        candidates = [FromLoop(scope)]
        if isinstance(loop.items, Constant) and isinstance(loop.items.value, list):
            fields = dict.fromkeys(key for item in loop.items.value if isinstance(item, dict) for key in item)
            candidates += [FromLoop(scope, field) for field in fields]
        for candidate in candidates:
            given = argument_type(view, candidate, view.pipeline_of(consumer))
            if given is None or wanted is None or not why_not(given, wanted):
                found.append(candidate)
    return found


def fitting_outputs(view: DocumentView, consumer: EntityId, input: str, wanted: PortType | None) -> list[FromTask]:
    """Outputs that may be wired into an input, nearest upstream first."""
    found: list[FromTask] = []
    for task in _others(view, consumer):
        for port in view.interface(task.component).outputs:
            source = FromTask(task.id, port.name)
            if wanted is not None and why_not(port.type, wanted) and "list" not in why_not(port.type, wanted):
                continue
            try:
                edits.connect(view, source, consumer, input)
            except EditorError:
                continue
            found.append(source)
            if len(found) == MOST_OUTPUTS:
                return found
    return found


def visible_outputs(view: DocumentView, consumer: EntityId, wanted: PortType | None) -> list[Argument]:
    """Outputs that a condition or a setting of `consumer` may read, as they can be read there."""
    found: list[Argument] = []
    at = scope_of(view, consumer)
    for task in _others(view, consumer):
        for port in view.interface(task.component).outputs:
            if not isinstance(port.type, ParameterType):
                continue
            try:
                argument = edits.fitting(view, FromTask(task.id, port.name), at, wanted)
            except EditorError:
                continue
            found.append(argument)
            if len(found) == MOST_OUTPUTS:
                return found
    return found


def _others(view: DocumentView, consumer: EntityId) -> Iterator[Task]:
    """The tasks of the same pipeline, in the order of their names."""
    inner = {consumer, *view.descendants(consumer)}
    tasks = (view.get(node) for node in view.descendants(view.pipeline_of(consumer)) if node not in inner)
    yield from sorted((task for task in tasks if isinstance(task, Task)), key=lambda task: task.name)


def template_text(view: DocumentView, template: Template) -> str:
    """A template as one edits it: `{{task.output}}` and `{{input}}` stand for what is filled in."""
    parts: list[str] = []
    for part in template.parts:
        match part:
            case str():
                parts.append(part)
            case FromTask(task=task, output=output):
                parts.append("{{" + f"{_name(view, task)}.{output}" + "}}")
            case FromPipelineInput(name=name):
                parts.append("{{" + name + "}}")
            case FromLoop(loop=loop, field=field):
                parts.append("{{" + f"{_name(view, loop)}.item" + (f".{field}" if field else "") + "}}")
            case _:
                parts.append("{{" + in_words(view, part) + "}}")
    return "".join(parts)


def read_template(view: DocumentView, consumer: EntityId, text: str) -> Template:
    """The template that a text with `{{…}}` means; KFP's own placeholders, `{{$…}}`, are text like any other.

    Raises EditRefused for a name that is not there.
    """
    parts: list[str | Argument] = []
    at = 0
    for token in _TOKEN.finditer(text):
        if token[1].startswith("$"):
            continue
        if token.start() > at:
            parts.append(text[at : token.start()])
        parts.append(_token_argument(view, consumer, token[1]))
        at = token.end()
    if at < len(text):
        parts.append(text[at:])
    return Template(tuple(parts))


def _token_argument(view: DocumentView, consumer: EntityId, token: str) -> Argument:
    pipeline = view.pipeline(view.pipeline_of(consumer))
    if any(port.name == token for port in pipeline.inputs):
        return FromPipelineInput(token)
    name, _, rest = token.partition(".")
    for node in view.descendants(pipeline.id):
        entity = view.get(node)
        if not isinstance(entity, NODE_TYPES) or entity.name != name:
            continue
        if isinstance(entity, Task) and view.interface(entity.component).output(rest) is not None:
            return FromTask(entity.id, rest)
        if isinstance(entity, Loop) and rest.partition(".")[0] == "item":
            return FromLoop(entity.id, rest.partition(".")[2] or None)
    raise EditRefused(f"There is no “{token}” here.", hint="Write {{task.output}}, {{input}} or {{loop.item}}.")
