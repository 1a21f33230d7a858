"""The edit that takes off the wire that the keyboard is at, or a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor import edits
from editor.model import DocumentView, Edit, EditRefused, Task
from editor.ui.canvas.gestures.reading import input_of_wire, name_of, waited_for

if TYPE_CHECKING:
    from editor.ui.canvas.keyboard import Focus


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
