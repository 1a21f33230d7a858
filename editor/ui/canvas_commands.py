"""The canvas's commands as lines of the window's table: they act on the page in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.ui.actions import Command
from editor.ui.canvas.gestures.command_table import COMMANDS, CanvasCommand
from editor.ui.swatches import swatch

if TYPE_CHECKING:
    from editor.ui.canvas.gestures.commands import CanvasCommands
    from editor.ui.main_window import MainWindow

_ICONS = {
    "canvas.copy": "copy",
    "canvas.delete": "trash",
    "canvas.find": "search",
    "canvas.add-note": "note",
    "canvas.wrap-if": "branch",
    "canvas.wrap-loop": "loop",
    "canvas.wrap-exit": "exit",
    "canvas.wrap-subpipeline": "pipeline",
    "canvas.layout": "layout",
    "canvas.fit": "fit",
    "canvas.promote": "input",
    "canvas.quick-add": "plus",
}


def canvas_commands(window: MainWindow) -> list[Command]:
    return [_adapted(window, command) for command in COMMANDS]


def _adapted(window: MainWindow, command: CanvasCommand) -> Command:
    def commands() -> CanvasCommands | None:
        return window.page.view.gestures.commands if window.page is not None else None

    def act() -> None:
        target = commands()
        if target is not None:
            target.run(command.id)

    def enabled() -> bool:
        target = commands()
        return target is not None and target.is_enabled(command.id)

    def checked() -> bool:
        target = commands()
        return target is not None and target.is_checked(command.id)

    def need() -> str:
        target = commands()
        return target.need_of(command.id) if target is not None else "open a pipeline"

    return Command(
        command.id,
        command.text,
        act,
        command.menu,
        command.shortcuts,
        swatch(command.swatch) if command.swatch else _ICONS.get(command.id, command.icon),
        enabled=enabled,
        checked=checked if command.checked is not None else None,
        tip=command.tip,
        on_canvas=True,
        by_canvas=command.by_canvas,
        separated=command.separated,
        awaits_edits=command.changes,
        need=need,
    )
