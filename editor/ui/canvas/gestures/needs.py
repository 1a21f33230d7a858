"""What commands of a canvas need to be selected: whether it is, and how to say what is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from editor.model import ROOT

if TYPE_CHECKING:
    from editor.ui.canvas.gestures.commands import CanvasCommands


def nothing(_commands: CanvasCommands) -> bool:
    return True


def has_any(commands: CanvasCommands) -> bool:
    return bool(commands.view.selection)


def has_node(commands: CanvasCommands) -> bool:
    return bool(commands.nodes)


def has_task(commands: CanvasCommands) -> bool:
    return bool(commands.tasks)


def has_one_task(commands: CanvasCommands) -> bool:
    return len(commands.tasks) == 1


def has_two_tasks(commands: CanvasCommands) -> bool:
    return len(commands.tasks) > 1


def has_note(commands: CanvasCommands) -> bool:
    return bool(commands.notes)


def has_two(commands: CanvasCommands) -> bool:
    return len(commands.nodes) > 1


def has_three(commands: CanvasCommands) -> bool:
    return len(commands.view.selection) > 2


def can_align(commands: CanvasCommands) -> bool:
    return len(commands.view.selection) > 1


def is_inside(commands: CanvasCommands) -> bool:
    return commands.view.scope != ROOT


WORDS: dict[Callable[[CanvasCommands], bool], str] = {
    has_any: "select something",
    has_node: "select a task or group",
    has_task: "select a task",
    has_one_task: "select one task",
    has_two_tasks: "select two tasks or more",
    has_note: "select a note or frame",
    has_two: "select two or more",
    has_three: "select three or more",
    can_align: "select two or more",
    is_inside: "only in a sub-pipeline",
}
"""What to do first, where there is no more to say than that."""
