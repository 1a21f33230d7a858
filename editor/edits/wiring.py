"""Gestures on several wires: inserting into one, unplugging or moving all of a port or task, joining in series."""

from collections.abc import Collection
from itertools import pairwise
from typing import Literal

import msgspec

from editor.edits.connecting import ITEMS, feed, fitting, node_or_refuse, refuse_circles, why_exit_task, wires_from
from editor.edits.draft import Draft
from editor.edits.making_room import TooCrowded, make_room
from editor.edits.ordering import why_not_after
from editor.edits.references import forget_output
from editor.edits.rewiring import refuse_cycles
from editor.edits.scopes import name_of, reads_at, why_not_typed, why_not_visible
from editor.edits.substituting import through
from editor.edits.tasks import new_task
from editor.model import (
    NODE_TYPES,
    Argument,
    DocumentView,
    Edit,
    EditRefused,
    EntityId,
    FromLoop,
    FromTask,
    Loop,
    PortType,
    Task,
    metrics,
)
from editor.model.arguments import refers_to, wire_source
from editor.model.fragment import Fragment
from editor.model.port_types import type_words

replace = msgspec.structs.replace

Side = Literal["input", "output"]


def insert_on_wire(
    view: DocumentView,
    inserted: EntityId | Fragment,
    consumer: EntityId,
    input: str,
    *,
    x: float | None = None,
    y: float | None = None,
) -> tuple[Edit, EntityId]:
    """Put a task (one that is there, or a new one) into the wire that feeds an input; and the task's id.

    It takes the wire's value by its first free input of the right type and gives by its first output that fits.
    Put at (x, y), it is moved off the card that feeds it, and what it would cover is pushed aside (unless that were
    hundreds); without a point a task that is there stays where it is. Raises EditRefused if it has no two such ports.
    """
    node = view.get(consumer)
    wire: Argument | None = None
    if isinstance(node, Task):
        wire = node.arguments.get(input)
    elif isinstance(node, Loop) and input == ITEMS:
        wire = node.items
    if not isinstance(node, Task | Loop) or not isinstance(wire, FromTask | FromLoop):
        raise EditRefused("There is no wire to insert into.")
    draft = Draft(view)
    at = reads_at(draft, node)
    if isinstance(inserted, Fragment):
        target = metrics.position(view, consumer)
        task_id = new_task(
            draft, inserted, parent=at, x=target[0] - 120 if x is None else x, y=target[1] if y is None else y
        )
    else:
        task_id = inserted
        if task_id not in view:
            raise EditRefused("The task is not there any more.")
        if task_id in (consumer, wire.task if isinstance(wire, FromTask) else consumer):
            raise EditRefused("A task cannot be inserted into a wire of its own.")
    task = draft.task(task_id)
    taking, giving = _ends(draft, task, wire, node, input)
    can_close_circle = not (_is_unwired(draft, task) and _is_beside(draft, task, wire, node))
    feed(draft, task_id, taking, wire)
    feed(draft, consumer, input, fitting(draft, FromTask(task_id, giving), at, _wanted(draft, node, input)))
    if can_close_circle:
        refuse_cycles(draft, [task_id, consumer])
    label = f"Insert {task.name} before {name_of(view, consumer)}.{input}"
    if isinstance(inserted, Fragment) or (x is not None and y is not None):
        if x is not None and y is not None:
            draft.place(task_id, x, y)
        edit = draft.edit(label)
        try:
            make_room(draft, task_id, wire.task if isinstance(wire, FromTask) else wire.loop, consumer)
        except TooCrowded:
            return edit, task_id
    return draft.edit(label), task_id


def _is_unwired(draft: Draft, task: Task) -> bool:
    is_fed = bool(task.after) or any(True for each in task.arguments.values() for _ in refers_to(each))
    return not is_fed and not draft.is_used(task.id)


def _is_beside(draft: Draft, task: Task, wire: Argument, consumer: Task | Loop) -> bool:
    """Whether a task lies in one scope with both ends of a wire."""
    source = draft.get(wire.task) if isinstance(wire, FromTask) else task
    return isinstance(source, NODE_TYPES) and source.parent == task.parent == consumer.parent


def _ends(draft: Draft, task: Task, wire: Argument, consumer: Task | Loop, input: str) -> tuple[str, str]:
    reason = why_exit_task(draft, task)
    if reason:
        raise EditRefused(reason)
    interface = draft.interface(task.component)
    wanted = _wanted(draft, consumer, input)
    free = [port for port in interface.inputs if port.name not in task.arguments]
    free.sort(key=lambda port: not port.is_required)
    taking = next((port.name for port in free if not why_not_typed(draft, wire, task.parent, port.type)), "")
    at = reads_at(draft, consumer)
    giving = ""
    for port in interface.outputs:
        if not giving and (wanted is None or not why_not_typed(draft, FromTask(task.id, port.name), at, wanted)):
            giving = port.name
    if not taking:
        raise EditRefused(f"'{task.name}' has no free input that takes what this wire carries.")
    if not giving:
        kind = f" ({type_words(wanted)})" if wanted is not None else ""
        raise EditRefused(f"'{task.name}' has no output that '{consumer.name}.{input}' takes{kind}.")
    return taking, giving


def _wanted(view: DocumentView, consumer: Task | Loop, input: str) -> PortType | None:
    if isinstance(consumer, Loop):
        return None
    port = view.interface(consumer.component).input(input)
    return port.type if port else None


def unplug_all(view: DocumentView, task: EntityId, port: str, side: Side = "output") -> Edit:
    """Unplug every wire of a port."""
    draft = Draft(view)
    if side == "input":
        feed(draft, task, port, None)
    else:
        forget_output(draft, task, port)
    return draft.edit(f"Unplug {name_of(view, task)}.{port}")


def unplug_tasks(view: DocumentView, ids: Collection[EntityId]) -> Edit:
    """Take all wires off tasks, those into them and those out of them; ids of what is no task are passed by."""
    draft = Draft(view)
    for one in dict.fromkeys(ids):
        task = draft.get(one)
        if not isinstance(task, Task):
            continue
        ports = draft.interface(task.component)
        for port in ports.inputs:
            if wire_source(task.arguments.get(port.name)) is not None:
                feed(draft, one, port.name, None)
        for output in ports.outputs:
            forget_output(draft, one, output.name)
    return draft.edit("Unplug")


def move_wires(view: DocumentView, source: FromTask, target: FromTask) -> Edit:
    """Have everything that reads one output read another, all or none.

    Raises EditRefused naming the first reader that cannot.
    """
    wires = wires_from(view, source.task, source.output)
    if not wires:
        raise EditRefused(f"No wire leaves '{name_of(view, source.task)}.{source.output}'.")
    draft = Draft(view)
    touched: list[EntityId] = []
    for user, name, argument in wires:
        consumer = draft.node(user)
        if not isinstance(consumer, Task | Loop):
            continue
        name_in_words = f"'{consumer.name}.{name}'"
        fitted = fitting(draft, target, reads_at(draft, consumer), _wanted(draft, consumer, name), name=name_in_words)
        refuse_circles(view, fitted, user)
        if isinstance(argument, FromTask):
            feed(draft, user, name, fitted)
        else:
            moved = through(argument, lambda one: target if one == source else one)
            code, reason = why_not_visible(draft, moved, reads_at(draft, consumer))
            if reason and code != "oneof-missing":
                raise EditRefused(f"The wire into {name_in_words} would break: {reason}", subjects=(user,))
            feed(draft, user, name, moved)
        touched.append(user)
    refuse_cycles(draft, touched)
    return draft.edit(f"Move the wires of {name_of(view, source.task)}.{source.output}")


def connect_series(view: DocumentView, ids: Collection[EntityId]) -> Edit:
    """Connect tasks one after another, in the order given, each by the first output and free input that fit.

    Where no output fits, the later runs after the earlier. Raises EditRefused where that would form a circle.
    """
    tasks = [task for one in dict.fromkeys(ids) if isinstance(task := view.get(one), Task)]
    if len(tasks) < 2:
        raise EditRefused("Select two tasks or more to connect them in series.")
    draft = Draft(view)
    for earlier, later in pairwise(tasks):
        before, after = draft.task(earlier.id), draft.task(later.id)
        pair = _first_fit(draft, before, after)
        if pair is not None:
            name, argument = pair
            refuse_circles(view, argument, after.id)
            feed(draft, after.id, name, argument)
        elif before.id not in after.after:
            reason = why_not_after(draft, before, after)
            if reason:
                raise EditRefused(reason, subjects=(after.id,))
            draft.put(replace(after, after=(*after.after, before.id)))
    refuse_cycles(draft, [task.id for task in tasks])
    return draft.edit(f"Connect {len(tasks):,} tasks in series")


def run_in_order(view: DocumentView, ids: Collection[EntityId]) -> Edit:
    """Have tasks and groups run one after another, in the order given; ids of what is neither are passed by.

    Raises EditRefused naming the first pair that cannot, or the circle that would form.
    """
    nodes = [one for one in dict.fromkeys(ids) if isinstance(view.get(one), NODE_TYPES)]
    draft = Draft(view)
    for first, then in pairwise(nodes):
        before, later = node_or_refuse(draft, first), node_or_refuse(draft, then)
        if first in later.after:
            continue
        reason = why_not_after(draft, before, later)
        if reason:
            raise EditRefused(reason, subjects=(first, then))
        draft.put(replace(later, after=(*later.after, first)))
    refuse_cycles(draft, nodes)
    return draft.edit("Run in order")


def _first_fit(draft: Draft, before: Task, after: Task) -> tuple[str, Argument] | None:
    """(input, argument) that join two tasks; None if they are joined already or nothing fits."""
    if why_exit_task(draft, after):
        return None
    outputs = draft.interface(before.component).outputs
    for port in sorted(draft.interface(after.component).inputs, key=lambda port: not port.is_required):
        if port.name in after.arguments:
            continue
        named_alike = sorted(outputs, key=lambda output: output.name != port.name)
        for output in named_alike:
            try:
                return port.name, fitting(draft, FromTask(before.id, output.name), after.parent, port.type)
            except EditRefused:
                continue
    return None
