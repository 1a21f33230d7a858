"""The verbs: pure functions that read a document and give an Edit, or raise EditRefused in words. None applies it."""

from editor.edits.connecting import ITEMS, clear_argument, connect, disconnect, fitting, set_argument, set_constant
from editor.edits.deleting import delete
from editor.edits.interface import (
    add_input,
    change_input,
    promote_to_input,
    remove_input,
    remove_output,
    set_output,
    set_pipeline,
)
from editor.edits.naming import free_name, rename
from editor.edits.ordering import drop_run_after, run_after
from editor.edits.placing import add_note, align, change_note, color, distribute, fold, move, resize
from editor.edits.targets import connect_targets
from editor.edits.tasks import add_task, change_settings, mute, replace_component

__all__ = [
    "ITEMS",
    "add_input",
    "add_note",
    "add_task",
    "align",
    "change_input",
    "change_note",
    "change_settings",
    "clear_argument",
    "color",
    "connect",
    "connect_targets",
    "delete",
    "disconnect",
    "distribute",
    "drop_run_after",
    "fitting",
    "fold",
    "free_name",
    "move",
    "mute",
    "promote_to_input",
    "remove_input",
    "remove_output",
    "rename",
    "replace_component",
    "resize",
    "run_after",
    "set_argument",
    "set_constant",
    "set_output",
    "set_pipeline",
]
