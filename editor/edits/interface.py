"""What a pipeline takes and gives: its inputs, its outputs, its own fields."""

import msgspec

from editor.edits.connecting import check_constant, fitting, input_port
from editor.edits.draft import Draft
from editor.edits.references import drop_pipeline_output, forget_input
from editor.edits.scopes import argument_type, why_not_typed, why_not_visible
from editor.edits.substituting import substitute
from editor.model import (
    ROOT,
    Argument,
    Constant,
    DocumentView,
    Edit,
    EditRefused,
    EntityId,
    FromPipelineInput,
    FromTask,
    Input,
    Pipeline,
    PipelineOutput,
    Task,
    Template,
)
from editor.model.arguments import leaves
from editor.model.names import is_parameter_name, parameter_name, unique
from editor.model.references import every_argument

replace = msgspec.structs.replace


def add_input(view: DocumentView, port: Input, *, pipeline: EntityId = ROOT) -> Edit:
    """Give a pipeline one more input. Raises EditRefused for a name that it has, or that the SDK does not take."""
    entity = view.pipeline(pipeline)
    _check_input(entity, port)
    draft = Draft(view)
    draft.put(replace(entity, inputs=(*entity.inputs, port)))
    return draft.edit(f"Add input {port.name}")


def change_input(view: DocumentView, name: str, port: Input, *, pipeline: EntityId = ROOT, merge_key: str = "") -> Edit:
    """Replace an input by `port`; a new name is followed by everything that reads it and by every caller.

    Raises EditRefused if something reads it that does not take the new type.
    """
    entity = view.pipeline(pipeline)
    if all(one.name != name for one in entity.inputs):
        raise EditRefused(f"'{entity.name}' has no input '{name}'.")
    others = replace(entity, inputs=tuple(one for one in entity.inputs if one.name != name))
    _check_input(others, port)
    draft = Draft(view)
    draft.put(replace(entity, inputs=tuple(port if one.name == name else one for one in entity.inputs)))
    if port.name != name:
        _rename_reads(draft, pipeline, name, port.name)
    _check_readers(draft, pipeline, port)
    return draft.edit(f"Change input {name}", merge_key)


def remove_input(view: DocumentView, name: str, *, pipeline: EntityId = ROOT) -> Edit:
    """Take an input away, with everything that reads it or feeds it."""
    entity = view.pipeline(pipeline)
    draft = Draft(view)
    forget_input(draft, pipeline, name)
    draft.put(replace(draft.pipeline(pipeline), inputs=tuple(one for one in entity.inputs if one.name != name)))
    return draft.edit(f"Remove input {name}")


def promote_to_input(view: DocumentView, task: EntityId, input: str, *, name: str | None = None) -> tuple[Edit, str]:
    """Feed an input of a task from a new input of its pipeline, whose default is its present value; and its name."""
    if task not in view:
        raise EditRefused("The task is not there any more.")
    entity = view.task(task)
    port = input_port(view, entity, input)
    pipeline = view.pipeline(view.pipeline_of(task))
    current = entity.arguments.get(input, port.default)
    taken = {one.name for one in pipeline.inputs}
    chosen = name or unique(parameter_name(input), taken.__contains__, "_")
    new = Input(
        name=chosen,
        type=port.type,
        default=current if isinstance(current, Constant) else None,
        is_optional=port.is_optional and not isinstance(current, Constant),
        description=port.description,
    )
    _check_input(pipeline, new)
    draft = Draft(view)
    draft.put(replace(pipeline, inputs=(*pipeline.inputs, new)))
    draft.put(replace(entity, arguments={**entity.arguments, input: FromPipelineInput(chosen)}))
    return draft.edit(f"Make {entity.name}.{input} a pipeline input"), chosen


def set_output(
    view: DocumentView, name: str, source: Argument, *, pipeline: EntityId = ROOT, description: str | None = None
) -> Edit:
    """Have a pipeline give something out under `name`: a new output, or another source for one that it has.

    An output from inside a loop is collected; from inside a branch it needs a OneOf. Raises EditRefused.
    """
    entity = view.pipeline(pipeline)
    if isinstance(source, Constant | FromPipelineInput | Template):
        raise EditRefused("A pipeline gives out what its tasks give, no constant, input or text of its own.")
    if isinstance(source, FromTask):
        source = fitting(view, source, pipeline, None, name=f"the output '{name}'")
    _code, reason = why_not_visible(view, source, pipeline)
    if reason:
        raise EditRefused(reason)
    kind = argument_type(view, source, pipeline)
    if kind is None:
        raise EditRefused("It is not known what this gives.")
    _check_output_name(name)
    before = next((one for one in entity.outputs if one.name == name), None)
    output = PipelineOutput(
        name=name,
        type=kind,
        source=source,
        description=description if description is not None else (before.description if before else ""),
        extra=before.extra if before else {},
    )
    outputs = tuple(output if one is before else one for one in entity.outputs)
    draft = Draft(view)
    draft.put(replace(entity, outputs=outputs if before else (*entity.outputs, output)))
    _check_callers(draft, pipeline, name)
    return draft.edit(f"Set output {name}")


def rename_output(view: DocumentView, name: str, new: str, *, pipeline: EntityId = ROOT) -> Edit:
    """Give an output another name, followed by every task that reads it from a caller. Raises EditRefused."""
    entity = view.pipeline(pipeline)
    _output_of(entity, name)
    if any(one.name == new != name for one in entity.outputs):
        raise EditRefused(f"'{entity.name}' has an output '{new}' already.")
    _check_output_name(new)
    draft = Draft(view)
    outputs = tuple(replace(one, name=new) if one.name == name else one for one in entity.outputs)
    draft.put(replace(entity, outputs=outputs))
    for caller in view.users(pipeline):
        task = view.get(caller)
        if isinstance(task, Task) and task.component == pipeline:
            before, after = FromTask(caller, name), FromTask(caller, new)
            for user in view.users(caller):
                substitute(
                    draft, user, lambda argument, before=before, after=after: after if argument == before else argument
                )
    return draft.edit(f"Rename output {name} to {new}")


def describe_output(
    view: DocumentView, name: str, description: str, *, pipeline: EntityId = ROOT, merge_key: str = ""
) -> Edit:
    """Say what an output is for."""
    entity = view.pipeline(pipeline)
    before = _output_of(entity, name)
    outputs = tuple(replace(one, description=description) if one is before else one for one in entity.outputs)
    draft = Draft(view)
    draft.put(replace(entity, outputs=outputs))
    return draft.edit(f"Describe output {name}", merge_key)


def _output_of(pipeline: Pipeline, name: str) -> PipelineOutput:
    found = next((one for one in pipeline.outputs if one.name == name), None)
    if found is None:
        raise EditRefused(f"'{pipeline.name}' has no output '{name}'.")
    return found


def _check_output_name(name: str) -> None:
    if not is_parameter_name(name) and name != "Output":
        raise EditRefused(f"'{name}' cannot be the name of an output.", hint=f"'{parameter_name(name)}' can.")


def remove_output(view: DocumentView, name: str, *, pipeline: EntityId = ROOT) -> Edit:
    """Take an output away, with the wires that callers drew from it."""
    draft = Draft(view)
    drop_pipeline_output(draft, pipeline, name)
    return draft.edit(f"Remove output {name}")


def set_pipeline(view: DocumentView, *, pipeline: EntityId = ROOT, merge_key: str = "", **fields: object) -> Edit:
    """Set fields of a Pipeline that are nobody else's business: display_name, description, pipeline_root, config."""
    unknown = set(fields) - {"display_name", "description", "pipeline_root", "config", "extra"}
    if unknown:
        raise ValueError(f"set_pipeline does not set {', '.join(sorted(unknown))}")
    draft = Draft(view)
    draft.put(replace(view.pipeline(pipeline), **fields))
    names = ", ".join(field.replace("_", " ") for field in fields)
    return draft.edit(f"Change {names} of {view.pipeline(pipeline).name}", merge_key)


def _check_input(pipeline: Pipeline, port: Input) -> None:
    if not is_parameter_name(port.name):
        raise EditRefused(
            f"'{port.name[:40]}' cannot be the name of an input.",
            hint=f"It must be a Python name, no keyword: '{parameter_name(port.name)}' would do.",
        )
    if any(one.name == port.name for one in pipeline.inputs):
        raise EditRefused(f"'{pipeline.name}' has an input '{port.name}' already.")
    if port.default is not None:
        check_constant(port.default.value, port.type, f"default of '{port.name}'")


def _check_readers(draft: Draft, pipeline: EntityId, port: Input) -> None:
    for node in draft.descendants(pipeline):
        task = draft.get(node)
        if not isinstance(task, Task):
            continue
        interface = draft.interface(task.component)
        for name, argument in task.arguments.items():
            wanted = interface.input(name)
            if argument == FromPipelineInput(port.name) and wanted is not None:
                problem = why_not_typed(draft, argument, task.parent, wanted.type)
                if problem:
                    raise EditRefused(
                        f"'{task.name}.{name}' reads it: {problem}", hint="Unplug it first.", subjects=(task.id,)
                    )


def _check_callers(draft: Draft, pipeline: EntityId, output: str) -> None:
    """Refuse another type for an output that tasks around read."""
    for caller in draft.users(pipeline):
        for user in draft.users(caller):
            task = draft.get(user)
            if not isinstance(task, Task):
                continue
            for name, argument in task.arguments.items():
                wanted = draft.interface(task.component).input(name)
                if argument != FromTask(caller, output) or wanted is None:
                    continue
                problem = why_not_typed(draft, argument, task.parent, wanted.type)
                if problem:
                    raise EditRefused(f"'{task.name}.{name}' reads it: {problem}", subjects=(task.id,))


def _rename_reads(draft: Draft, pipeline: EntityId, old: str, new: str) -> None:
    before = FromPipelineInput(old)
    for node in (*draft.descendants(pipeline), pipeline):
        if _reads(draft, node, before):
            substitute(draft, node, lambda argument: FromPipelineInput(new) if argument == before else argument)
    for user in draft.users(pipeline):
        caller = draft.get(user)
        if isinstance(caller, Task) and caller.component == pipeline and old in caller.arguments:
            arguments = {new if name == old else name: argument for name, argument in caller.arguments.items()}
            draft.put(replace(caller, arguments=arguments))


def _reads(view: DocumentView, entity_id: EntityId, wanted: FromPipelineInput) -> bool:
    entity = view.get(entity_id)
    return entity is not None and any(wanted in leaves(argument) for _role, _key, argument in every_argument(entity))
