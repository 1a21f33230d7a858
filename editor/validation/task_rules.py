"""Rules about one task: its component, its inputs, its name, its settings."""

import re
from collections.abc import Iterator

from editor import edits
from editor.edits.naming import is_taken
from editor.edits.ordering import why_not_after
from editor.edits.scopes import argument_type, exit_handlers_of, name_of
from editor.edits.tasks import inner_pipelines
from editor.model import (
    NODE_TYPES,
    ArtifactType,
    Component,
    Constant,
    ContainerImplementation,
    DocumentView,
    ImporterImplementation,
    Input,
    Node,
    Pipeline,
    Task,
    Template,
)
from editor.model.arguments import refers_to
from editor.model.names import MAX_NAME, slug
from editor.model.port_types import STRING, STRUCT, TASK_CONFIG, TASK_FINAL_STATUS, type_words
from editor.model.references import setting_arguments
from editor.validation.argument_rules import argument_issues, past_muted, shown, type_issues
from editor.validation.issues import Fix, Issue, error, warning

CPU = re.compile(r"([0-9]*[.])?[0-9]+m?$")
MEMORY = re.compile(r"^[0-9]+(E|Ei|P|Pi|T|Ti|G|Gi|M|Mi|K|Ki){0,1}$")
"""As kfp.dsl.pipeline_task checks them (2.17)."""

WORKSPACE = "{{$.workspace_path}}"
ENV_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")


def component_there(view: DocumentView, task: Task) -> Iterator[Issue]:
    if not isinstance(view.get(task.component), Component | Pipeline):
        message = f"The component of '{task.name}' is not in the document."
        yield error(
            "component-missing", task.id, message, "Drop a component on it, or delete it.", fixes=(_delete(task),)
        )


def not_in_itself(view: DocumentView, task: Task) -> Iterator[Issue]:
    """A pipeline that would hold itself, through this task."""
    if isinstance(view.get(task.component), Pipeline):
        pipeline = view.pipeline_of(task.id)
        if pipeline in inner_pipelines(view, task.component):
            message = f"'{task.name}' makes the pipeline '{name_of(view, pipeline)}' lie in itself."
            hint = "Delete it, or let it use another component."
            yield error("recursion", task.id, message, hint, fixes=(_delete(task),))


def workspace_there(view: DocumentView, task: Task) -> Iterator[Issue]:
    """A task that uses the workspace of a run that has none."""
    config = view.root.config
    if config is not None and config.workspace is not None:
        return
    for name, argument in task.arguments.items():
        if isinstance(argument, Constant) and isinstance(argument.value, str) and WORKSPACE in argument.value:
            message = f"'{task.name}.{name}' uses the workspace, and the pipeline has none."
            yield error("workspace-missing", task.id, message, "Give the pipeline a workspace.", input=name)


def inputs_fed(view: DocumentView, task: Task) -> Iterator[Issue]:
    """Required inputs that nothing feeds, and arguments for inputs that are not there."""
    interface = view.interface(task.component)
    if task.component not in view:
        return
    for port in interface.inputs:
        if port.type == TASK_FINAL_STATUS:
            yield from _final_status(view, task, port)
        elif port.is_required and port.name not in task.arguments and port.type != TASK_CONFIG:
            message = f"'{task.name}' needs a value for '{port.name}' ({type_words(port.type)})."
            yield error(
                "input-unfed",
                task.id,
                message,
                "Connect an output, or give it a value.",
                input=port.name,
                fixes=(_promote(task, port),),
            )
    known = {port.name for port in interface.inputs}
    for name in task.arguments:
        if name not in known:
            message = f"'{interface.name}' has no input '{name}', to which '{task.name}' gives a value."
            yield error("input-unknown", task.id, message, "Clear it.", input=name, fixes=(_clear(task, name),))


def _final_status(view: DocumentView, task: Task, port: Input) -> Iterator[Issue]:
    if port.name in task.arguments:
        message = f"'{task.name}.{port.name}' is fed by KFP itself."
        yield error("final-status", task.id, message, "Clear it.", input=port.name, fixes=(_clear(task, port.name),))
    elif exit_handlers_of(view, task.id):
        return
    elif not task.settings.ignore_upstream_failure:
        message = f"'{task.name}.{port.name}' takes the final status of other tasks."
        hint = "Make it the exit task of an exit handler, or have it ignore failures before it."
        ignore = Fix(
            "Ignore failures before it",
            lambda doc: edits.change_settings(doc, [task.id], ignore_upstream_failure=True),
        )
        yield error("final-status", task.id, message, hint, input=port.name, fixes=(ignore,))
    else:
        upstream = set(_waits_for(view, task))
        if len(upstream) != 1:
            message = (
                f"'{task.name}.{port.name}' takes the status of the one task before it; "
                f"{len(upstream) or 'no'} task{'s' if len(upstream) != 1 else ''} in the same scope come before."
            )
            yield error("final-status", task.id, message, "Have it wait for exactly one task.", input=port.name)


def _waits_for(view: DocumentView, task: Task) -> Iterator[str]:
    for argument in task.arguments.values():
        for source in refers_to(argument):
            lifted = view.lifted(source, task.id)
            if lifted is not None and lifted[0] == task.parent:
                yield lifted[1]
    for before in task.after:
        lifted = view.lifted(before, task.id)
        if lifted is not None and lifted[0] == task.parent:
            yield lifted[1]


def arguments_sound(view: DocumentView, task: Task) -> Iterator[Issue]:
    ports = {port.name: port.type for port in view.interface(task.component).inputs}
    for name, argument in task.arguments.items():
        if name in ports and ports[name] != TASK_FINAL_STATUS:
            where = f"'{task.name}.{name}'"
            yield from argument_issues(view, task, argument, ports[name], key=name, where=where)
            if task.id in refers_to(argument):
                message = f"'{task.name}' reads its own output."
                yield error("cycle", task.id, message, "Unplug it.", input=name, fixes=(_clear(task, name),))


def exit_task_alone(view: DocumentView, task: Task) -> Iterator[Issue]:
    """An exit task depends on nothing, and nothing depends on it."""
    handlers = exit_handlers_of(view, task.id)
    if not handlers:
        return
    reading = [name for name, argument in task.arguments.items() if next(iter(refers_to(argument)), None) is not None]
    settings = [key for key, argument in setting_arguments(task.settings) if next(iter(refers_to(argument)), None)]
    if reading or settings or task.after:
        message = f"The exit task '{task.name}' depends on other tasks, which may have failed when it runs."
        hint = "An exit task takes constants, pipeline inputs and the final status only."
        fixes = tuple(_clear(task, name) for name in reading)
        yield error("exit-task-depends", task.id, message, hint, input=next(iter(reading), ""), fixes=fixes)
    for user in view.users(task.id):
        node = view.get(user)
        if isinstance(node, NODE_TYPES) and node.id not in {handler.id for handler in handlers}:
            message = f"'{node.name}' depends on the exit task '{task.name}', which runs after everything."
            yield error("exit-task-used", node.id, message, "Unplug it.")
    if len(handlers) > 1:
        message = f"'{task.name}' is the exit task of {len(handlers)} exit handlers; it can be that of one."
        yield error("exit-task-shared", task.id, message, "Give each exit handler a task of its own.")


def name_sound(view: DocumentView, node: Node) -> Iterator[Issue]:
    """A name that the SDK would change, or that is there twice once it has."""
    clean = slug(node.name)
    if not clean or clean != node.name or len(clean) > MAX_NAME:
        better = edits.free_name(view, clean[:MAX_NAME] or "task", view.pipeline_of(node.id))
        shown = node.name if len(node.name) <= 40 else f"{node.name[:37]}…"
        message = f"The SDK takes no name like '{shown}'" + (f"; it would make '{clean[:40]}' of it." if clean else ".")
        hint = "Use letters a to z, digits and dashes; the display name may be anything."
        fix = Fix(f"Rename to {better[:40]}", lambda doc: edits.rename(doc, node.id, better))
        yield error("name-invalid", node.id, message, hint, fixes=(fix,))
    elif is_taken(view, node.name, view.pipeline_of(node.id), but=node.id):
        better = edits.free_name(view, clean, view.pipeline_of(node.id))
        message = f"The name '{node.name}' is there more than once in its pipeline."
        fix = Fix(f"Rename to {better}", lambda doc: edits.rename(doc, node.id, better))
        yield error("name-taken", node.id, message, "Rename one of them.", fixes=(fix,))


def afters_sound(view: DocumentView, node: Node) -> Iterator[Issue]:
    for before in node.after:
        other = view.get(before)
        drop = Fix("Drop that 'runs after'", lambda doc, one=before: edits.drop_run_after(doc, one, node.id))
        if not isinstance(other, NODE_TYPES):
            message = f"'{node.name}' waits for something that is not there any more."
            yield error("after-missing", node.id, message, "Drop it.", fixes=(drop,))
            continue
        reason = why_not_after(view, other, node)
        if reason and not exit_handlers_of(view, node.id):
            yield error("after-scope", node.id, reason, "Drop that 'runs after'.", fixes=(drop,))


def settings_sound(view: DocumentView, task: Task) -> Iterator[Issue]:
    settings = task.settings
    component = view.get(task.component)
    if isinstance(component, Component):
        for port in (*component.inputs, *component.outputs):
            yield from type_issues(task.id, port.type, key=port.name, where=f"'{task.name}.{port.name}'")
    is_container = isinstance(component, Component) and isinstance(component.implementation, ContainerImplementation)
    asked = [key for key, _argument in setting_arguments(settings) if not key.startswith("kubernetes")]
    if component is not None and not is_container:
        kind = "an importer" if _is_importer(component) else "a sub-pipeline"
        if asked or settings.env or settings.kubernetes:
            what = [*asked, *(["env"] if settings.env else []), *(["kubernetes"] if settings.kubernetes else [])]
            message = f"'{task.name}' is {kind}: it has no container for {what[0].replace('resources.', '')}."
            yield error("settings-no-container", task.id, message, "Set it on the tasks inside, or clear it.")
    for key, written in setting_arguments(settings):
        argument = past_muted(view, written)
        field = key.removeprefix("resources.")
        if isinstance(argument, Constant) and key.startswith("resources."):
            yield from _quantity(task, field, argument.value)
        elif not isinstance(argument, Constant):
            wanted = STRING if key == "image" else None
            where = f"{field.replace('_', ' ')} of '{task.name}'"
            yield from argument_issues(view, task, argument, wanted, key=key, where=where)
            if task.id in refers_to(argument):
                message = f"The {where} comes from its own output."
                yield error("cycle", task.id, message, "Take it from another task.", input=key)
            kind = argument_type(view, argument, view.pipeline_of(task.id))
            if isinstance(argument, Template) and key.startswith("resources.accelerator_limit"):
                kind = STRUCT  # the SDK wants a number or a whole parameter
            is_odd = not key.startswith("kubernetes") and str(kind) in ("LIST", "STRUCT", "BOOLEAN")
            if is_odd or isinstance(kind, ArtifactType):
                message = f"{where[0].upper()}{where[1:]} takes a text or a number."
                yield error("setting-type", task.id, message, "Connect a parameter of that type.", input=key)
        elif key == "image" and not isinstance(argument.value, str):
            message = f"The image of '{task.name}' is {shown(argument.value)}, no text."
            yield error("setting-type", task.id, message, "Give its name as a text.", input=key)
    yield from _environment(task)
    yield from _retries(task)


def _is_importer(component: Component | object) -> bool:
    return isinstance(component, Component) and isinstance(component.implementation, ImporterImplementation)


def _quantity(task: Task, field: str, value: object) -> Iterator[Issue]:
    text = str(value)
    example, fits = "", True
    if field.startswith("cpu"):
        example, fits = "'500m' or '2'", CPU.match(text) is not None
    elif field.startswith("memory"):
        example, fits = "'512Mi' or '4Gi'", MEMORY.match(text) is not None
    elif field == "accelerator_limit":
        example, fits = "'1'", text.isascii() and text.isdigit()
    if not fits or isinstance(value, bool | list | dict):
        what = field.replace("_", " ")
        message = f"'{text}' is no {what} for '{task.name}'."
        yield error(
            "quantity", task.id, message, f"Write it as Kubernetes does: {example}.", input=f"resources.{field}"
        )


def _environment(task: Task) -> Iterator[Issue]:
    for name, value in task.settings.env.items():
        if not ENV_NAME.fullmatch(name):
            message = f"'{name}' cannot be the name of an environment variable of '{task.name}'."
            yield error("env-name", task.id, message, "Use letters, digits and underscores.", input="env")
        if "{{channel:" in value:
            message = f"The environment variable '{name}' of '{task.name}' cannot take an output."
            yield error("env-value", task.id, message, "Pass it as an input.", input="env")


def _retries(task: Task) -> Iterator[Issue]:
    retry = task.settings.retry
    if retry is None:
        return
    numbers = (retry.max_count, retry.backoff_duration_s, retry.backoff_factor, retry.backoff_max_duration_s)
    if any(number is not None and number < 0 for number in numbers):
        yield error("retry", task.id, f"The retries of '{task.name}' have a negative number.", input="retry")
    elif retry.max_count == 0:
        yield warning("retry", task.id, f"'{task.name}' retries 0 times: it does not retry.", input="retry")


def _delete(task: Task) -> Fix:
    return Fix(f"Delete {task.name}", lambda view: edits.delete(view, [task.id]))


def _clear(task: Task, name: str) -> Fix:
    verb = edits.clearing(task.arguments.get(name))
    return Fix(f"{verb} {name}", lambda view: edits.clear_argument(view, task.id, name))


def _promote(task: Task, port: Input) -> Fix:
    return Fix("Make it a pipeline input", lambda view: edits.promote_to_input(view, task.id, port.name)[0])
