"""Tasks: placing one, giving it another component, its settings, muting it."""

import re
from collections.abc import Callable, Collection

import msgspec

from editor.edits.connecting import wires_from
from editor.edits.draft import Draft
from editor.edits.naming import default_name, free_name
from editor.edits.references import forget_output, sweep
from editor.edits.scopes import argument_type, name_of
from editor.model import (
    Argument,
    Condition,
    ConditionBranch,
    Constant,
    DocumentView,
    Edit,
    EditRefused,
    Entity,
    EntityId,
    ExitHandler,
    FromPipelineInput,
    Loop,
    Pipeline,
    PortType,
    Task,
    TaskSettings,
    fresh_id,
)
from editor.model.fragment import Fragment
from editor.model.port_types import why_not, why_not_value

replace = msgspec.structs.replace


def add_task(
    view: DocumentView, fragment: Fragment, *, parent: EntityId, x: float, y: float, name: str | None = None
) -> tuple[Edit, EntityId]:
    """Place a task that uses the fragment's component, embedding what the document has not got of it; and its id.

    Raises EditRefused if `parent` holds no tasks, or if a sub-pipeline would lie in itself.
    """
    draft = Draft(view)
    task = new_task(draft, fragment, parent=parent, x=x, y=y, name=name)
    return draft.edit(f"Add {draft.task(task).name}"), task


def new_task(
    draft: Draft, fragment: Fragment, *, parent: EntityId, x: float, y: float, name: str | None = None
) -> EntityId:
    """As add_task, into a draft."""
    check_scope(draft, parent)
    embed(draft, fragment)
    refuse_recursion(draft, fragment.component, draft.pipeline_of(parent))
    task = Task(
        id=fresh_id("t", draft.entities),
        parent=parent,
        name=free_name(draft, name or draft.interface(fragment.component).name, draft.pipeline_of(parent)),
        component=fragment.component,
    )
    draft.put(task)
    draft.place(task.id, x, y)
    return task.id


def embed(draft: Draft, fragment: Fragment) -> None:
    """Take in the entities of a fragment. A sub-pipeline that is there already is kept as it is: it may be edited."""
    if isinstance(draft.get(fragment.component), Pipeline):
        return
    for entity in fragment.entities:
        if entity.id not in draft:
            draft.put(entity)


def check_scope(view: DocumentView, scope: EntityId) -> None:
    """Raises EditRefused unless tasks may lie in `scope`."""
    entity = view.get(scope)
    if isinstance(entity, Condition):
        raise EditRefused(f"Tasks lie in the branches of '{entity.name}', not in it itself.", hint="Choose a branch.")
    if not isinstance(entity, Pipeline | ConditionBranch | Loop | ExitHandler):
        raise EditRefused(f"'{name_of(view, scope)}' cannot hold tasks.")


def refuse_recursion(view: DocumentView, component: EntityId, pipeline: EntityId) -> None:
    """Raises EditRefused if a task of `component` in `pipeline` would make a pipeline lie in itself."""
    if isinstance(view.get(component), Pipeline) and pipeline in inner_pipelines(view, component):
        raise EditRefused(
            f"'{name_of(view, component)}' cannot be used here: '{name_of(view, pipeline)}' would lie in itself.",
            subjects=(pipeline,),
        )


def inner_pipelines(view: DocumentView, pipeline: EntityId) -> set[EntityId]:
    """A pipeline and every sub-pipeline used in it, however deep."""
    found = {pipeline}
    stack = [pipeline]
    while stack:
        for node in view.descendants(stack.pop()):
            entity = view.get(node)
            component = entity.component if isinstance(entity, Task) else node
            if component not in found and isinstance(view.get(component), Pipeline):
                found.add(component)
                stack.append(component)
    return found


def replace_component(view: DocumentView, task: EntityId, fragment: Fragment) -> tuple[Edit, list[str]]:
    """Have a task use another component, keeping every argument and wire that still fits by name and type.

    A name that somebody chose is kept too; one that came from the old component gives way to that of the new one.
    The sentences say what was dropped.
    """
    draft = Draft(view)
    before = view.task(task)
    embed(draft, fragment)
    refuse_recursion(draft, fragment.component, draft.pipeline_of(task))
    interface = draft.interface(fragment.component)
    missing: list[str] = []
    dropped: list[str] = []
    kept: dict[str, Argument] = {}
    for name, argument in before.arguments.items():
        port = interface.input(name)
        if port is None:
            missing.append(f"'{name}'")
        elif problem := _why_not_kept(draft, argument, port.type, before):
            dropped.append(f"'{name}' is empty now: {problem}")
        else:
            kept[name] = argument
    if missing:
        several = len(missing) > 1
        names = f"{', '.join(missing[:-1])} and {missing[-1]}" if several else missing[0]
        dropped.insert(0, f"The input{'s' * several} {names} {'are' if several else 'is'} not there any more.")
    name = _name_after(draft, before, interface.name)
    draft.put(replace(before, name=name, component=fragment.component, arguments=kept))
    dropped.extend(_drop_outputs(draft, before, fragment.component))
    sweep(draft, [before.component])
    return draft.edit(f"Replace the component of {before.name}"), dropped


def _name_after(view: DocumentView, task: Task, component: str) -> str:
    """What a task is called once it uses a component of another name."""
    default, new = (default_name(each) for each in (view.interface(task.component).name, component))
    if new == default or not re.fullmatch(rf"{re.escape(default)}(-\d+)?", task.name):
        return task.name
    return free_name(view, component, view.pipeline_of(task.id))


def _drop_outputs(draft: Draft, before: Task, component: EntityId) -> list[str]:
    """Unplug the wires that leave by an output that is not there any more, or has another type."""
    dropped: list[str] = []
    interface = draft.interface(component)
    for output in draft.interface(before.component).outputs:
        now = interface.output(output.name)
        users = wires_from(draft, before.id, output.name)
        if now is None:
            dropped.extend(
                f"'{name_of(draft, user)}.{name}' is unplugged: no '{output.name}'." for user, name, _ in users
            )
            forget_output(draft, before.id, output.name)
        elif now.type != output.type:
            for user, name, argument in users:
                consumer = draft.get(user)
                port = draft.interface(consumer.component).input(name) if isinstance(consumer, Task) else None
                given = argument_type(draft, argument, draft.pipeline_of(user))
                if port is not None and given is not None and why_not(given, port.type):
                    dropped.append(f"'{name_of(draft, user)}.{name}' is unplugged: {why_not(given, port.type)}")
                    forget_output(draft, before.id, output.name, only=(user, name))
    return dropped


def _why_not_kept(view: DocumentView, argument: Argument, wanted: PortType, task: Task) -> str:
    if isinstance(argument, Constant):
        return why_not_value(argument.value, wanted)
    given = argument_type(view, argument, view.pipeline_of(task.id))
    if given is None:
        return "" if not isinstance(argument, FromPipelineInput) else "The pipeline input is not there."
    return why_not(given, wanted)


def change_settings(view: DocumentView, tasks: Collection[EntityId], *, merge_key: str = "", **fields: object) -> Edit:
    """Set fields of TaskSettings on several tasks at once, as `caching=Caching(enabled=False)`."""
    unknown = set(fields) - set(TaskSettings.__struct_fields__)
    if unknown:
        raise ValueError(f"TaskSettings has no {', '.join(sorted(unknown))}")
    names = ", ".join(field.replace("_", " ") for field in fields)
    return change_each(view, tasks, lambda settings: replace(settings, **fields), what=names, merge_key=merge_key)


def change_each(
    view: DocumentView,
    tasks: Collection[EntityId],
    change: Callable[[TaskSettings], TaskSettings],
    *,
    what: str,
    merge_key: str = "",
) -> Edit:
    """Change the settings of several tasks, each from what it has: what `change` leaves stays the task's own.

    What is not there any more is passed by.
    """
    draft = Draft(view)
    for task in map(view.get, tasks):
        if isinstance(task, Task):
            draft.put(replace(task, settings=change(task.settings)))
    return draft.edit(f"Change {what} of {_whose(view, tasks)}", merge_key)


def _whose(view: DocumentView, tasks: Collection[EntityId]) -> str:
    """The one task's name, or how many they are: for the label of an edit."""
    only = view.get(next(iter(tasks))) if len(tasks) == 1 else None
    return only.name if isinstance(only, Task) else f"{len(tasks):,} tasks"


def mute(view: DocumentView, tasks: Collection[EntityId], muted: bool) -> Edit:
    """Leave tasks out of package and run, or take them in again; a group's tasks with it."""
    draft = Draft(view)
    changed: list[EntityId] = []
    for one in tasks:
        for inner in (one, *view.descendants(one)):
            entity: Entity | None = view.get(inner)
            if isinstance(entity, Task) and entity.is_muted != muted:
                draft.put(replace(entity, is_muted=muted))
                changed.append(inner)
    return draft.edit(f"{'Mute' if muted else 'Unmute'} {_whose(view, changed)}")
