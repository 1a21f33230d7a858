"""Rules about a single argument: whether it can be read where it is, is of the right type, and survives a package."""

import re
from collections.abc import Iterator

from editor import edits
from editor.edits.scopes import argument_type, name_of, reads_at, why_not_typed, why_not_visible
from editor.model import (
    NODE_TYPES,
    ROOT,
    Argument,
    ArtifactType,
    Collected,
    Constant,
    DocumentView,
    Edit,
    EditRefused,
    Entity,
    EntityId,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Input,
    Json,
    OneOf,
    ParameterType,
    Pipeline,
    PortType,
    Task,
    Template,
)
from editor.model.arguments import leaves
from editor.model.names import is_parameter_name
from editor.model.port_types import STRING, type_words, why_not_value
from editor.validation.issues import Fix, Issue, error, warning

MAX_INT = 2**53
"""Numbers of a package pass through double precision: beyond this, whole numbers come out as others."""

VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")

HINTS = {
    "source-missing": "Connect something else, or unplug it.",
    "output-missing": "Connect another output, or unplug it.",
    "pipeline-input-missing": "Make that pipeline input, or choose another value.",
    "other-pipeline": "Give it out of that pipeline as an output.",
    "leaves-loop": "Feed an input that takes a list (outputs are then collected), or move the reader into the loop.",
    "leaves-branch": "Move the reader into the branch, or choose among all branches with an Else.",
    "leaves-exit-handler": "Move the reader into the exit handler.",
    "loop-item-outside": "Move the reader into the loop, or unplug it.",
    "collected-same-loop": "Connect the output itself.",
    "oneof-no-else": "Add an Else that gives the same.",
    "oneof-missing": "Connect an output of that branch too.",
    "oneof-inside": "Connect the output of one branch itself.",
    "oneof-source": "Connect an output from each branch, in their order.",
    "oneof-types": "Connect outputs of one type.",
    "collected-oneof": "Collect the output of one branch, or have a task in the loop give out what was chosen.",
    "collected-source": "Collect the output of a task.",
    "template-part": "Connect the value to an input of its own.",
}


def argument_issues(
    view: DocumentView, entity: Entity, argument: Argument, wanted: PortType | None, *, key: str, where: str
) -> Iterator[Issue]:
    """Everything wrong with one argument; `where` is how the sentence calls what it feeds."""
    at = reads_at(view, entity)
    beyond = past_muted(view, argument)
    if beyond != argument:
        where = f"{where} (past what is muted)"
        argument = beyond
    code, reason = why_not_visible(view, argument, at)
    if reason:
        fixes = _fixes(view, entity, argument, key)
        yield error(code, entity.id, f"{where}: {reason}", HINTS.get(code, ""), input=key, fixes=fixes)
        return
    inputs = _input_names(view, at)
    for leaf in leaves(argument):
        if isinstance(leaf, FromPipelineInput) and leaf.name not in inputs:
            hint = HINTS["pipeline-input-missing"]
            message = f"{where}: the pipeline has no input '{leaf.name}'."
            made = (*_make_input(view, entity, leaf.name, wanted), *_unplug(entity, key))
            yield error("pipeline-input-missing", entity.id, message, hint, input=key, fixes=made)
            return
        if isinstance(leaf, FromTask) and _is_cut_off(view, leaf):
            message = f"{where}: '{name_of(view, leaf.task)}' is muted, and nothing can pass by it."
            hint = "Unmute it, or connect something else."
            unmute = Fix(
                f"Unmute {name_of(view, leaf.task)}", lambda doc, one=leaf.task: edits.mute(doc, [one], muted=False)
            )
            fixes = (unmute, *_unplug(entity, key))
            yield error("muted-source", entity.id, message, hint, input=key, fixes=fixes)
            return
    if isinstance(argument, Template):
        yield from _template_issues(view, entity, argument, wanted, key=key, where=where)
    elif isinstance(argument, Constant):
        yield from _constant_issues(view, entity, argument.value, wanted, key=key, where=where)
    elif wanted is not None:
        problem = why_not_typed(view, argument, at, wanted)
        if problem:
            hint = "Connect an output of that type, or put a component between that converts it."
            is_scalar = isinstance(wanted, ParameterType) and lets_scalars_pass(view)
            tell = warning if is_scalar else error
            yield tell("type-mismatch", entity.id, f"{where}: {problem}", hint, input=key, fixes=_unplug(entity, key))


def _template_issues(
    view: DocumentView, entity: Entity, argument: Template, wanted: PortType | None, *, key: str, where: str
) -> Iterator[Issue]:
    if not argument.parts:
        message = f"{where}: the text has nothing in it."
        yield error("template-empty", entity.id, message, "Write one.", input=key, fixes=_unplug(entity, key))
    elif all(isinstance(part, str) for part in argument.parts):
        # Compiled, it is a constant: it must be one of the choices where the input has some.
        yield from _constant_issues(view, entity, "".join(map(str, argument.parts)), wanted, key=key, where=where)
        return
    for part in argument.parts:
        if isinstance(part, str):
            continue
        kind = argument_type(view, part, view.pipeline_of(reads_at(view, entity)))
        if isinstance(kind, ArtifactType):
            message = f"{where}: a text can take in parameters, but no artifact ({type_words(kind)})."
            hint = "Connect the artifact to an input of its own."
            yield error("template-artifact", entity.id, message, hint, input=key)
    problem = why_not_typed(view, argument, reads_at(view, entity), wanted) if wanted is not None else ""
    if problem:
        yield error("type-mismatch", entity.id, f"{where}: {problem}", input=key, fixes=_unplug(entity, key))


def _constant_issues(
    view: DocumentView, entity: Entity, value: Json, wanted: PortType | None, *, key: str, where: str
) -> Iterator[Issue]:
    if wanted is not None:
        problem = why_not_value(value, wanted)
        if problem:
            hint = "Give a value of that type, or clear it to take the default."
            message = f"{where} is {shown(value)}. {problem}"
            fixes = (*_convert(entity, value, wanted, key), *_unplug(entity, key))
            tell = warning if lets_scalars_pass(view) else error
            yield tell("constant-type", entity.id, message, hint, input=key, fixes=fixes)
            return
    yield from value_issues(entity.id, value, key=key, where=where)


def lets_scalars_pass(view: DocumentView) -> bool:
    """Whether the document was imported from a package of an SDK before 2.0, which gave any parameter to any other."""
    root = view.get(ROOT)
    kept = root.extra.get("spec") if isinstance(root, Pipeline) else None
    found = re.match(r"kfp-(\d+)\.", str(kept.get("sdkVersion", ""))) if isinstance(kept, dict) else None
    return found is not None and int(found[1]) < 2


def value_issues(subject: EntityId, value: Json, *, key: str, where: str) -> Iterator[Issue]:
    """What a package cannot hold as it is: numbers too large or not finite."""
    for one in every_value(value):
        if isinstance(one, float) and (one != one or one in (float("inf"), float("-inf"))):
            message = f"{where} holds {one}, for which JSON has no word."
            yield error("number-not-finite", subject, message, "Use a finite number or a text.", input=key)
            return
        if isinstance(one, int) and not isinstance(one, bool) and abs(one) > MAX_INT:
            message = f"{where} holds {one}: whole numbers beyond 2^53 change on the way through a package."
            yield error("number-too-large", subject, message, "Pass it as a text.", input=key)
            return
        if isinstance(one, str) and "{{channel:" in one:
            message = f"{where} holds a text with the mark that KFP puts where an output goes."
            yield error("text-placeholder", subject, message, "Write it another way.", input=key)
            return
    if isinstance(value, list | tuple | dict) and any(one is None for one in every_value(value)):
        message = f"{where} holds a null inside a list or mapping, which KFP cannot pass."
        yield error("value-null", subject, message, "Leave it out, or use an empty text.", input=key)


def type_issues(subject: EntityId, kind: PortType, *, key: str, where: str) -> Iterator[Issue]:
    """An artifact type that the SDK does not take: one of a name of one's own, or with an odd version."""
    if not isinstance(kind, ArtifactType) or kind.instance_schema:
        return
    if not kind.schema_title.startswith(("system.", "google.")):
        message = f"{where} has the artifact type '{kind.schema_title}', which KFP does not know."
        hint = "The name of a type begins with 'system.' or 'google.'; use system.Artifact for any other."
        yield error("type-title", subject, message, hint, input=key)
    elif not VERSION.fullmatch(kind.schema_version):
        message = f"{where} has version '{kind.schema_version}' of the artifact type '{kind.schema_title}'."
        yield error("type-version", subject, message, "Write three numbers, such as 0.0.1.", input=key)


def every_value(value: Json) -> Iterator[Json]:
    """The numbers, texts and so on in a JSON value, keys too."""
    stack: list[Json] = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            stack.extend(one.keys())
            stack.extend(one.values())
        elif isinstance(one, list | tuple):
            stack.extend(one)
        else:
            yield one


def shown(value: Json) -> str:
    """A value as messages show it."""
    if value is None:
        return "nothing (null)"
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def passed_by(view: DocumentView, source: FromTask) -> Argument | None:
    """What is read in the place of a muted task's output: what feeds its first input of the same type."""
    task = view.get(source.task)
    if not isinstance(task, Task) or not task.is_muted:
        return source
    interface = view.interface(task.component)
    output = interface.output(source.output)
    twin = next((port for port in interface.inputs if output is not None and port.type == output.type), None)
    return None if twin is None else task.arguments.get(twin.name, twin.default)


def past_muted(view: DocumentView, argument: Argument) -> Argument:
    """The argument as the compiler takes it: each output of a muted task replaced by what passes by the task.

    An output that nothing passes by stays as it is.
    """
    match argument:
        case FromTask():
            return argument if _is_cut_off(view, argument) else _through(view, argument)
        case Template(parts=parts):
            return Template(tuple(part if isinstance(part, str) else past_muted(view, part) for part in parts))
        case Collected(source=source):
            return Collected(past_muted(view, source))
        case OneOf(condition=condition, sources=sources):
            return OneOf(condition, tuple(past_muted(view, source) for source in sources))
        case _:
            return argument


def _through(view: DocumentView, source: FromTask) -> Argument:
    passed = passed_by(view, source)
    if passed is None or passed == source:
        return source
    return past_muted(view, passed)


def _is_cut_off(view: DocumentView, source: FromTask) -> bool:
    seen: set[EntityId] = set()
    argument: Argument | None = source
    while isinstance(argument, FromTask) and argument.task not in seen:
        seen.add(argument.task)
        task = view.get(argument.task)
        if not isinstance(task, Task) or not task.is_muted:
            return False
        argument = passed_by(view, argument)
    return argument is None or isinstance(argument, FromTask)


def _input_names(view: DocumentView, at: EntityId) -> set[str]:
    pipeline = view.get(view.pipeline_of(at))
    return {port.name for port in pipeline.inputs} if isinstance(pipeline, Pipeline) else set()


def _unplug(entity: Entity, key: str) -> tuple[Fix, ...]:
    if not isinstance(entity, Task):
        return ()
    verb = edits.clearing(entity.arguments.get(key))
    return (Fix(f"{verb} {key}", lambda view, one=entity.id: edits.clear_argument(view, one, key)),)


def _fixes(view: DocumentView, entity: Entity, argument: Argument, key: str) -> tuple[Fix, ...]:
    """Connecting again, which collects or chooses where that is clear; else unplugging."""
    found: list[Fix] = []
    sources = [leaf for leaf in leaves(argument) if isinstance(leaf, FromTask | FromLoop)]
    if isinstance(entity, Task) and len(sources) == 1 and not isinstance(argument, Template):
        source = sources[0]
        try:
            edit = edits.connect(view, source, entity.id, key)
        except EditRefused:
            edit = None
        if edit is not None and edit.changes:
            label = "Collect the outputs" if isinstance(source, FromTask) else "Connect again"
            if isinstance(_after(edit, entity.id, key), OneOf):
                label = "Choose among the branches"
            found.append(Fix(label, lambda doc: edits.connect(doc, source, entity.id, key)))
    return (*found, *_unplug(entity, key))


def _after(edit: Edit, entity: EntityId, key: str) -> Argument | None:
    for change in edit.changes:
        if change.id == entity and isinstance(change.after, Task):
            return change.after.arguments.get(key)
    return None


def _make_input(view: DocumentView, entity: Entity, name: str, wanted: PortType | None) -> tuple[Fix, ...]:
    if not isinstance(entity, NODE_TYPES) or not is_parameter_name(name):
        return ()
    port = Input(name=name, type=wanted or STRING)
    pipeline = view.pipeline_of(entity.id)
    return (Fix(f"Make the pipeline input {name}", lambda doc: edits.add_input(doc, port, pipeline=pipeline)),)


def _convert(entity: Entity, value: Json, wanted: PortType, key: str) -> tuple[Fix, ...]:
    """The same value in the type that is wanted, where there is no doubt."""
    if not isinstance(entity, Task):
        return ()
    converted: Json = None
    match str(wanted):
        case "STRING" if isinstance(value, int | float) and not isinstance(value, bool):
            converted = str(value)
        case "NUMBER_INTEGER" if isinstance(value, str) and value.strip().lstrip("-").isdigit():
            converted = int(value)
        case "NUMBER_INTEGER" if isinstance(value, float) and value.is_integer():
            converted = int(value)
        case "NUMBER_DOUBLE" if isinstance(value, str):
            try:
                converted = float(value)
            except ValueError:
                return ()
        case "BOOLEAN" if isinstance(value, str) and value.lower() in ("true", "false"):
            converted = value.lower() == "true"
        case _:
            return ()
    if converted is None or why_not_value(converted, wanted):
        return ()
    return (Fix(f"Use {shown(converted)}", lambda view, one=entity.id: edits.set_constant(view, one, key, converted)),)
