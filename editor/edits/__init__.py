"""The verbs: pure functions that read a document and give an Edit, or raise EditRefused in words. None applies it."""

from editor.edits.clipboard import copy, cut, duplicate, is_clipboard, paste
from editor.edits.connecting import (
    ITEMS,
    clear_argument,
    clearing,
    connect,
    disconnect,
    feed_all,
    fitting,
    set_argument,
    set_constant,
)
from editor.edits.deleting import delete
from editor.edits.grouping import GroupKind, add_branch, add_group, move_into, set_group, unwrap, unwrap_all, wrap
from editor.edits.importers import importer_of, metadata_as_written, set_importer
from editor.edits.interface import (
    add_input,
    change_input,
    describe_output,
    promote_to_input,
    remove_input,
    remove_output,
    rename_output,
    set_output,
    set_pipeline,
)
from editor.edits.naming import free_name, rename
from editor.edits.ordering import drop_run_after, run_after
from editor.edits.placing import add_note, align, change_note, color, distribute, fold, fold_all, move, resize
from editor.edits.subpipelines import extract_subpipeline, inline_subpipeline
from editor.edits.targets import PortReasons, Targets, connect_targets
from editor.edits.tasks import add_task, change_each, change_settings, mute, replace_component
from editor.edits.wiring import connect_series, insert_on_wire, move_wires, run_in_order, unplug_all, unplug_tasks

__all__ = [
    "ITEMS",
    "GroupKind",
    "PortReasons",
    "Targets",
    "add_branch",
    "add_group",
    "add_input",
    "add_note",
    "add_task",
    "align",
    "change_each",
    "change_input",
    "change_note",
    "change_settings",
    "clear_argument",
    "clearing",
    "color",
    "connect",
    "connect_series",
    "connect_targets",
    "copy",
    "cut",
    "delete",
    "describe_output",
    "disconnect",
    "distribute",
    "drop_run_after",
    "duplicate",
    "extract_subpipeline",
    "feed_all",
    "fitting",
    "fold",
    "fold_all",
    "free_name",
    "importer_of",
    "inline_subpipeline",
    "insert_on_wire",
    "is_clipboard",
    "metadata_as_written",
    "move",
    "move_into",
    "move_wires",
    "mute",
    "paste",
    "promote_to_input",
    "remove_input",
    "remove_output",
    "rename",
    "rename_output",
    "replace_component",
    "resize",
    "run_after",
    "run_in_order",
    "set_argument",
    "set_constant",
    "set_group",
    "set_importer",
    "set_output",
    "set_pipeline",
    "unplug_all",
    "unplug_tasks",
    "unwrap",
    "unwrap_all",
    "wrap",
]
