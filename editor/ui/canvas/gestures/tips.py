"""What the mouse is told when it rests on something: a port's type and what feeds it, a task's component."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip

from editor.model import Component, DocumentView, Task
from editor.model.port_types import type_words
from editor.ui.canvas.gestures.reading import argument_words

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView, Hit

LONGEST = 400


def show_tip(view: CanvasView, event: QHelpEvent) -> bool:
    words = tip_words(view.document, view.hit(view.to_scene(event.pos())))
    if words:
        QToolTip.showText(event.globalPos(), words, view.viewport())
    else:
        QToolTip.hideText()
        event.ignore()
    return True


def tip_words(document: DocumentView, hit: Hit) -> str:
    """Plain text; empty where there is nothing to add to what is drawn."""
    task = document.get(hit.id) if hit.id is not None else None
    if not isinstance(task, Task):
        return ""
    ports = document.interface(task.component)
    match hit.kind:
        case "input":
            port = ports.input(hit.port)
            if port is None:
                return ""
            need = "required" if port.is_required else "optional"
            argument = task.arguments.get(port.name) or port.default
            fed = argument_words(document, argument) if argument is not None else "nothing"
            return _lines(f"{port.name}: {type_words(port.type)}, {need}", f"Fed by {fed}", port.description)
        case "output":
            port = ports.output(hit.port)
            return _lines(f"{port.name}: {type_words(port.type)}", port.description) if port is not None else ""
        case "header":
            component = document.get(task.component)
            description = component.description if isinstance(component, Component) else ""
            return _lines(task.name, ports.name if ports.name != task.name else "", description)
        case _:
            return ""


def _lines(*lines: str) -> str:
    text = "\n".join(line.strip() for line in lines if line.strip())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "\u2026"
