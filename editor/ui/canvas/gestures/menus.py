"""Context menus of the canvas: what can be done with the thing under the cursor, made of the same commands."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from editor import edits
from editor.model import GROUP_TYPES, EditRefused, EntityId, FromTask, Note, Task
from editor.model.arguments import wire_source
from editor.ui.canvas.focus import Focus
from editor.ui.canvas.gestures.at_port import INTO_WIRE
from editor.ui.canvas.gestures.command_table import COMMANDS, WRAPS
from editor.ui.canvas.gestures.large_edits import attempt
from editor.ui.canvas.gestures.placing import Landing, top_left_under
from editor.ui.canvas.gestures.reading import argument_of, consumers_of, giver_of, name_of, waited_for
from editor.ui.canvas.gestures.unplugging import unplug
from editor.ui.canvas.gestures.wire import source_type
from editor.ui.swatches import NOTE_COLORS

if TYPE_CHECKING:
    from editor.ui.canvas.gestures.commands import CanvasCommands
    from editor.ui.canvas.view import CanvasView, Hit

_LINE = ""
_WRAP = "wrap in"
"""A menu of its own: by themselves the names of groups would not say that they wrap."""
_ALIGN = "align"
_CANVAS = (
    "canvas.paste",
    "canvas.add-note",
    "canvas.add-frame",
    _LINE,
    "canvas.select-all",
    "canvas.layout",
    "canvas.layout-down",
    _LINE,
    "canvas.fit",
    "canvas.find",
    "canvas.leave",
)
_TASK = (
    "canvas.enter",
    "canvas.rename",
    "canvas.mute",
    "canvas.disconnect",
    "canvas.connect-series",
    "canvas.run-in-order",
    "canvas.replace",
    "canvas.fold",
    "canvas.move-into",
    "canvas.move-out",
    _LINE,
    _WRAP,
    "canvas.unwrap",
    _LINE,
    "canvas.cut",
    "canvas.copy",
    "canvas.duplicate",
    "canvas.delete",
    _LINE,
    "canvas.highlight-path",
    "canvas.select-upstream",
    "canvas.select-downstream",
    "canvas.layout",
    _ALIGN,
)
_GROUP = (
    "canvas.rename",
    "canvas.fold",
    _WRAP,
    "canvas.unwrap",
    "canvas.layout",
    _ALIGN,
    "canvas.move-into",
    "canvas.move-out",
    _LINE,
    "canvas.cut",
    "canvas.copy",
    "canvas.duplicate",
    "canvas.delete",
)
_COLORS = "Colour"
_NOTE = ("canvas.rename", _COLORS, _ALIGN, _LINE, "canvas.cut", "canvas.copy", "canvas.duplicate", "canvas.delete")
MOST_OUTPUTS = 40
"""A menu is read, not searched."""
_ALWAYS_SHOWN = {"canvas.rename", "canvas.mute", "canvas.copy", "canvas.delete", "canvas.paste"}


def context_menu(view: CanvasView, commands: CanvasCommands, hit: Hit, position: QPoint) -> QMenu:
    """Open the menu for what is at `position` (the view's pixels); gives it, being shown already."""
    menu = QMenu(view)
    focus = _focus_of(hit)
    if focus is not None:
        view.gestures.keyboard.set_focus(focus)
    if hit.kind == "wire":
        _fill_for_wire(view, menu, hit, position)
    elif hit.kind in ("input", "output"):
        _fill_for_port(view, commands, menu, hit)
    elif (ids := _ids_for(view, hit)) == _CANVAS:
        scene = view.to_scene(position)
        menu.addAction("Quick add\u2026\tTab", lambda: view.gestures.open_quick_add(Landing(scene))).setEnabled(
            not view.is_read_only
        )
        _fill(commands, menu, ids)
    else:
        _fill(commands, menu, ids)
    commands.popup(menu, position)
    return menu


def _focus_of(hit: Hit) -> Focus | None:
    if hit.id is None:
        return None
    match hit.kind:
        case "wire":
            return Focus("wire", hit.id, hit.port)
        case "input":
            return Focus("input", hit.id, hit.port)
        case "output" | "group_port":
            return Focus("output", hit.id, hit.port)
        case _:
            return Focus("node", hit.id)


def _ids_for(view: CanvasView, hit: Hit) -> tuple[str, ...]:
    entity = view.document.get(hit.id) if hit.id is not None else None
    if isinstance(entity, Task):
        return _TASK
    if isinstance(entity, GROUP_TYPES):
        return _GROUP
    return _NOTE if isinstance(entity, Note) else _CANVAS


def _fill(commands: CanvasCommands, menu: QMenu, ids: tuple[str, ...]) -> None:
    """What cannot be done now is left out, unless people look for it there."""
    for command_id in ids:
        if command_id == _LINE:
            if menu.actions() and not menu.actions()[-1].isSeparator():
                menu.addSeparator()
        elif command_id == _COLORS:
            _fill_colors(commands, menu)
        elif command_id == _WRAP:
            _fill_those(commands, menu, "Wrap in", [f"canvas.wrap-{kind}" for kind, _text in WRAPS])
        elif command_id == _ALIGN:
            _fill_those(commands, menu, "Align", [each.id for each in COMMANDS if each.menu == "Pipeline/Align"])
        elif commands.is_enabled(command_id) or command_id in _ALWAYS_SHOWN:
            commands.add_to(menu, command_id)


def _fill_colors(commands: CanvasCommands, menu: QMenu) -> None:
    colors = menu.addMenu(_COLORS)
    for color in NOTE_COLORS:
        commands.add_to(colors, f"canvas.color-{color}")
    colors.setEnabled(any(action.isEnabled() for action in colors.actions()))


def _fill_those(commands: CanvasCommands, menu: QMenu, title: str, ids: Iterable[str]) -> None:
    """Commands in a menu of their own, if any of them can be given."""
    ids = list(ids)
    if any(commands.is_enabled(each) for each in ids):
        inner = menu.addMenu(title)
        for each in ids:
            commands.add_to(inner, each)


def _fill_for_wire(view: CanvasView, menu: QMenu, hit: Hit, position: QPoint) -> None:
    assert hit.id is not None
    wire = (hit.id, hit.port)
    source = wire_source(argument_of(view.document, *wire))
    can_change = not view.is_read_only

    def insert() -> None:
        landing = Landing(top_left_under(view.to_scene(position)), wire=wire)
        view.gestures.open_quick_add(landing, heading=INTO_WIRE)

    if not hit.port.startswith("@"):
        menu.addAction("Insert a task\u2026", insert).setEnabled(can_change)
    off = menu.addAction("Unplug", lambda: attempt(view, lambda: unplug(view.document, Focus("wire", *wire))))
    off.setEnabled(can_change)
    menu.addSeparator()
    for end in (waited_for(hit.port) or giver_of(source), hit.id):
        if end is not None:
            menu.addAction(f"Go to {name_of(view.document, end)}", lambda end=end: _go(view, end))


def _fill_for_port(view: CanvasView, commands: CanvasCommands, menu: QMenu, hit: Hit) -> None:
    assert hit.id is not None
    port = (hit.id, hit.port)
    if hit.kind == "output":
        _fill(commands, menu, ("canvas.disconnect",))
        _fill_moves(view, menu, port)
        menu.addSeparator()
        _fill(commands, menu, _TASK)
        return
    _fill(commands, menu, ("canvas.disconnect", "canvas.promote"))
    if argument_of(view.document, *port) is not None:
        clear = menu.addAction(
            "Back to the default", lambda: attempt(view, lambda: edits.clear_argument(view.document, *port))
        )
        clear.setEnabled(not view.is_read_only)
    menu.addSeparator()
    _fill(commands, menu, _TASK)


def _fill_moves(view: CanvasView, menu: QMenu, port: tuple[EntityId, str]) -> None:
    """Which other outputs could feed everything that this one feeds: what dragging with Shift from it does."""
    document = view.document
    if not consumers_of(document, *port) or view.is_read_only:
        return
    source = FromTask(*port)
    kind = source_type(document, source)
    moves = menu.addMenu("Move its wires to")
    drawn = (document.get(each) for each in view.items_in(view.visible_rect(), contained=False))
    targets = (
        FromTask(task.id, output.name)
        for task in drawn
        if isinstance(task, Task)
        for output in document.interface(task.component).outputs
        if output.type == kind and (task.id, output.name) != port
    )
    for target in islice(targets, MOST_OUTPUTS):
        try:
            edits.move_wires(document, source, target)
        except EditRefused:
            continue
        moves.addAction(
            f"{name_of(document, target.task)}.{target.output}",
            lambda target=target: attempt(view, lambda: edits.move_wires(view.document, source, target)),
        )
    moves.setEnabled(not moves.isEmpty())


def _go(view: CanvasView, entity_id: EntityId) -> None:
    view.select({entity_id})
    view.reveal(entity_id)
