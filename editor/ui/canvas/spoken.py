"""What a screen reader says of a task, a port, a wire, a group, a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.model import Condition, ConditionBranch, ExitHandler, Loop, Note, Task
from editor.model.port_types import type_words
from editor.ui.canvas.gestures.reading import argument_of, argument_words, consumers_of, name_of

if TYPE_CHECKING:
    from editor.model import DocumentView, EntityId
    from editor.ui.canvas.focus import Focus
    from editor.ui.canvas.view import CanvasView


def spoken(view: CanvasView, focus: Focus) -> str:
    """Name and description in one sentence, for what has just got the focus."""
    document = view.document
    match focus.kind:
        case "node":
            return ", ".join(part for part in (node_name(document, focus.id), node_description(view, focus.id)) if part)
        case "wire":
            return wire_name(document, focus.id, focus.port)
        case _:
            return ", ".join(
                (port_name(focus.kind, focus.port), port_description(document, focus.kind, focus.id, focus.port))
            )


def node_name(document: DocumentView, entity_id: EntityId) -> str:
    entity = document.get(entity_id)
    match entity:
        case Task():
            kind = "Task"
        case Condition():
            kind = "Condition"
        case ConditionBranch():
            kind = "Branch"
        case Loop():
            kind = "Loop"
        case ExitHandler():
            kind = "Exit handler"
        case Note(shape=shape):
            kind = shape.capitalize()
        case _:
            return name_of(document, entity_id)
    name = name_of(document, entity_id)
    is_without_words = isinstance(entity, Note) and name == entity.shape
    return kind if is_without_words else f"{kind} {name}"


def node_description(view: CanvasView, entity_id: EntityId) -> str:
    """What the picture shows beside the name: component, state, issue, mute, size of a group."""
    document = view.document
    entity = document.get(entity_id)
    words: list[str] = []
    if isinstance(entity, Task):
        ports = document.interface(entity.component)
        words.append(f"component {ports.name}")
        words.append(f"{_counted(len(ports.inputs), 'input')}, {_counted(len(ports.outputs), 'output')}")
        if entity.is_muted:
            words.append("muted")
    elif isinstance(entity, Condition | ConditionBranch | Loop | ExitHandler):
        words.append(f"{len(document.children(entity_id))} inside")
    issue = view.issue_of(entity_id)
    if issue:
        words.append(f"has {'an' if issue[0] in 'aeiou' else 'a'} {issue}")
    state = view.run_state_of(entity_id)
    if state:
        words.append(state.lower())
    if entity_id in view.selection:
        words.append("selected")
    return ", ".join(words)


def port_name(side: str, port: str) -> str:
    return f"{side.capitalize()} {port}" if port else "Loop item"


def port_description(document: DocumentView, side: str, entity_id: EntityId, port: str) -> str:
    task = document.get(entity_id)
    if not isinstance(task, Task):
        return "the item of each turn"
    ports = document.interface(task.component)
    if side == "output":
        output = ports.output(port)
        count = len(consumers_of(document, entity_id, port))
        return f"{type_words(output.type) if output else ''}, {_counted(count, 'wire')}"
    input_port = ports.input(port)
    if input_port is None:
        return ""
    argument = argument_of(document, entity_id, port)
    if argument is not None:
        fed = f"from {argument_words(document, argument)}"
    elif input_port.default is not None:
        fed = f"default {argument_words(document, input_port.default)}"
    else:
        fed = "required, nothing feeds it" if input_port.is_required else "optional, not set"
    return f"{type_words(input_port.type)}, {fed}"


def wire_name(document: DocumentView, consumer: EntityId, port: str) -> str:
    argument = argument_of(document, consumer, port)
    source = argument_words(document, argument) if argument is not None else "nothing"
    return f"Wire from {source} to {name_of(document, consumer)}.{port}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
