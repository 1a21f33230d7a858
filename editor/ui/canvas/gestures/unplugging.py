"""Edits that take wires off: one, or all of several tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from editor import edits
from editor.model import DocumentView, Edit, EditRefused, EntityId, Task
from editor.ui.canvas.gestures.reading import argument_of, input_of_wire, name_of, staged, waited_for, wire_source

if TYPE_CHECKING:
    from editor.ui.canvas.keyboard import Focus


def unplug_all(before: DocumentView, tasks: Iterable[EntityId]) -> Edit:
    """Take all wires off tasks."""
    edit = Edit("Unplug", ())
    for task in tasks:
        ports = before.interface(before.task(task).component)
        for port in ports.inputs:
            if wire_source(argument_of(before, task, port.name)) is not None:
                edit = edit.then(edits.disconnect(staged(before, edit), task, port.name))
        for output in ports.outputs:
            edit = edit.then(edits.unplug_all(staged(before, edit), task, output.name))
    return edit


def unplug(document: DocumentView, wire: Focus) -> Edit:
    """Take a wire off, or the value off an input; raises EditRefused where something must stay."""
    first, fed = waited_for(wire.port), input_of_wire(wire.port)
    if first is not None:
        return edits.drop_run_after(document, first, wire.id)
    if fed is None or not isinstance(document.get(wire.id), Task):
        raise EditRefused(
            f"'{name_of(document, wire.id)}' cannot do without this.", hint="Change it in the inspector instead."
        )
    return edits.disconnect(document, wire.id, fed)
