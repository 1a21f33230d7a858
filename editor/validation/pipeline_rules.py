"""Rules about a pipeline as a whole: what it takes and gives, its name, its settings, what lies in it."""

import re
from collections.abc import Iterator

import msgspec

from editor import edits
from editor.edits.scopes import argument_type, exits
from editor.model import (
    ROOT,
    Constant,
    DocumentView,
    FromPipelineInput,
    FromTask,
    Loop,
    Pipeline,
    PipelineOutput,
    Task,
    Template,
)
from editor.model.arguments import leaves
from editor.model.names import MAX_NAME, is_parameter_name, parameter_name, slug
from editor.model.port_types import type_words, why_not, why_not_value
from editor.model.references import every_argument
from editor.validation.argument_rules import argument_issues, past_muted, shown, type_issues, value_issues
from editor.validation.issues import Fix, Issue, error, info, warning

MAX_SECONDS = 2**31 - 1
"""Times are 32-bit numbers in a package."""

SIZE = re.compile(r"[0-9]+(\.[0-9]+)?([EPTGMk]i?|Ki|m)?")


def has_tasks(view: DocumentView, pipeline: Pipeline) -> Iterator[Issue]:
    for node in view.descendants(pipeline.id):
        task = view.get(node)
        if isinstance(task, Task) and not task.is_muted:
            return
    what = "The pipeline" if pipeline.id == ROOT else f"The sub-pipeline '{pipeline.name}'"
    is_muted = next(iter(view.descendants(pipeline.id)), None) is not None
    message = f"{what} has no task{' that is not muted' if is_muted else ''}."
    yield error("pipeline-empty", pipeline.id, message, "Drag a component from the library onto the canvas.")


def pipeline_name(_view: DocumentView, pipeline: Pipeline) -> Iterator[Issue]:
    clean = slug(pipeline.name)
    if pipeline.id != ROOT or (clean and clean == pipeline.name and len(clean) <= MAX_NAME):
        return
    better = clean[:MAX_NAME] or "my-pipeline"
    message = f"The name '{pipeline.name[:40]}' is not one that a pipeline can have."
    if clean:
        message = f"The SDK would make '{clean[:40]}' of the name '{pipeline.name[:40]}'."
    hint = "Use letters a to z, digits and dashes; the display name may be anything."
    fix = Fix(f"Rename to {better[:40]}", lambda doc: edits.rename(doc, pipeline.id, better))
    # A package that was imported keeps the name that it had.
    tell = warning if "name" in pipeline.extra else error
    yield tell("name-invalid", pipeline.id, message, hint, fixes=(fix,))


def inputs_sound(_view: DocumentView, pipeline: Pipeline) -> Iterator[Issue]:
    seen: set[str] = set()
    for port in pipeline.inputs:
        name = port.name
        if not is_parameter_name(name):
            better = parameter_name(name)
            message = f"'{name[:40]}' cannot be the name of a pipeline input."
            hint = "It must be a Python name that starts with a letter and is no keyword."
            yield error("input-name", pipeline.id, message, f"{hint} '{better}' would do.", input=name)
        if name in seen:
            message = f"There are two pipeline inputs '{name}'."
            yield error("input-twice", pipeline.id, message, "Rename one of them.", input=name)
        seen.add(name)
        yield from type_issues(pipeline.id, port.type, key=name, where=f"The pipeline input '{name}'")
        if port.default is None:
            continue
        value = port.default.value
        problem = why_not_value(value, port.type)
        if problem and not (value is None and port.is_optional):
            message = f"The default of the pipeline input '{name}' is {shown(value)}. {problem}"
            yield error("default-type", pipeline.id, message, "Give a default of that type, or none.", input=name)
        else:
            where = f"The default of the pipeline input '{name}'"
            yield from value_issues(pipeline.id, value, key=name, where=where)


def inputs_used(view: DocumentView, pipeline: Pipeline) -> Iterator[Issue]:
    """Inputs that nothing reads: harmless, but seldom meant."""
    unread = {port.name for port in pipeline.inputs}
    for node in view.descendants(pipeline.id):
        if not unread:
            return
        entity = view.get(node)
        if entity is not None:
            for _role, _key, argument in every_argument(entity):
                for leaf in leaves(argument):
                    if isinstance(leaf, FromPipelineInput):
                        unread.discard(leaf.name)
    for port in pipeline.inputs:
        if port.name in unread:
            fix = Fix(
                f"Remove {port.name}",
                lambda doc, one=port.name: edits.remove_input(doc, one, pipeline=pipeline.id),
            )
            yield info(
                "input-unused",
                pipeline.id,
                f"No task reads the pipeline input '{port.name}'.",
                input=port.name,
                fixes=(fix,),
            )


def outputs_sound(view: DocumentView, pipeline: Pipeline) -> Iterator[Issue]:
    seen: set[str] = set()
    for written in pipeline.outputs:
        output = msgspec.structs.replace(written, source=past_muted(view, written.source))
        where = f"The output '{output.name}'"
        remove = Fix(
            f"Remove the output {output.name}",
            lambda doc, one=output.name: edits.remove_output(doc, one, pipeline=pipeline.id),
        )
        if output.name in seen:
            message = f"There are two outputs '{output.name}'."
            yield error("output-twice", pipeline.id, message, "Rename one of them.", input=output.name)
        seen.add(output.name)
        yield from type_issues(pipeline.id, output.type, key=output.name, where=where)
        if isinstance(output.source, Constant | FromPipelineInput | Template):
            what = "a constant" if isinstance(output.source, Constant) else "an input or text of its own"
            message = f"{where} gives back {what}; KFP gives out only what tasks give."
            yield error("output-source", pipeline.id, message, "Connect a task.", input=output.name, fixes=(remove,))
            continue
        found = list(argument_issues(view, pipeline, output.source, None, key=output.name, where=where))
        may_be_absent = _leaves_branches_only(view, pipeline, output)
        yield from (_about_output(issue, remove, may_be_absent=may_be_absent) for issue in found)
        if not found:
            yield from _output_type(view, pipeline, output)


def _leaves_branches_only(view: DocumentView, pipeline: Pipeline, output: PipelineOutput) -> bool:
    """Whether the source is a task that lies in groups, but in no loop."""
    left = exits(view, output.source.task, pipeline.id) if isinstance(output.source, FromTask) else None
    return bool(left) and not any(isinstance(group, Loop) for group in left)


def _about_output(issue: Issue, remove: Fix, *, may_be_absent: bool) -> Issue:
    """As an issue of the output: one that leaves a branch is compiled as older SDKs did it, and may be absent."""
    fixes = (*issue.fixes, remove)
    if may_be_absent and issue.code in ("leaves-branch", "leaves-exit-handler"):
        hint = "Whoever reads it must know that it may not be there; OneOf with an Else gives it always."
        return Issue("warning", f"output-{issue.code}", issue.subject, issue.message, hint, issue.input, fixes)
    return Issue(issue.severity, issue.code, issue.subject, issue.message, issue.hint, issue.input, fixes)


def _output_type(view: DocumentView, pipeline: Pipeline, output: PipelineOutput) -> Iterator[Issue]:
    given = argument_type(view, output.source, pipeline.id)
    problem = why_not(given, output.type) if given is not None else ""
    if given is not None and problem:
        said, gives = type_words(output.type), type_words(given)
        message = f"The output '{output.name}' is said to be {said}, and its source gives {gives}."
        fix = Fix(
            f"Make it {gives}",
            lambda doc: edits.set_output(doc, output.name, output.source, pipeline=pipeline.id),
        )
        yield error("output-type", pipeline.id, message, "Correct the type.", input=output.name, fixes=(fix,))


def config_sound(view: DocumentView, pipeline: Pipeline) -> Iterator[Issue]:
    config = pipeline.config
    if config is None:
        return
    for field in config.__struct_fields__:
        value = getattr(config, field)
        if isinstance(value, int) and value < 0:
            message = f"'{field.replace('_', ' ')}' of the pipeline is negative."
            yield error("config-negative", pipeline.id, message, "Give seconds from 0 up.", input=field)
        elif isinstance(value, int) and value > MAX_SECONDS:
            message = f"'{field.replace('_', ' ')}' of the pipeline is longer than a package can say."
            yield error("config-large", pipeline.id, message, f"Give at most {MAX_SECONDS} seconds.", input=field)
    if config.workspace is not None and not SIZE.fullmatch(config.workspace.size):
        message = f"'{config.workspace.size}' is no size for the workspace."
        yield error("quantity", pipeline.id, message, "Write it as Kubernetes does: '10Gi'.", input="workspace")
