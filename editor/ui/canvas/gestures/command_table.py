"""The commands of a canvas: ids, words, keys, menus. A window registers them; the canvas's own menus are made of them.

Keys in `shortcuts` are for QActions, and the canvas does not look at them. Only those of commands that are `by_canvas`
it takes itself (`canvas.keyboard`): Tab, Return and Space mean other things in a field that is open on the canvas.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from editor.edits import GroupKind
from editor.edits.placing import Edge
from editor.ui.canvas.gestures import needs
from editor.ui.canvas.gestures.reading import downstream, upstream
from editor.ui.swatches import NOTE_COLORS

if TYPE_CHECKING:
    from editor.ui.canvas.gestures.commands import CanvasCommands

KEYS_PROPERTY = "keys"
"""The property in which a window's QAction says which keys, in portable text, its command has now."""

WRAPS: tuple[tuple[GroupKind, str], ...] = (
    ("if", "If"),
    ("ifelse", "If / Else"),
    ("loop", "Loop"),
    ("exit", "Exit handler"),
    ("subpipeline", "Sub-pipeline"),
)
EDGES: tuple[tuple[Edge, str], ...] = (
    ("left", "Left edges"),
    ("center", "Centres across"),
    ("right", "Right edges"),
    ("top", "Top edges"),
    ("middle", "Centres down"),
    ("bottom", "Bottom edges"),
)


@dataclass(frozen=True, kw_only=True)
class CanvasCommand:
    """One command. `menu` is a path ("Edit", "Edit/Align"); `changes` says that it edits the document."""

    id: str
    text: str
    run: Callable[[CanvasCommands], object]
    menu: str
    shortcuts: tuple[str, ...] = ()
    by_canvas: bool = False
    """The canvas takes the keys itself, wherever they are changed to."""
    tip: str = ""
    enabled: Callable[[CanvasCommands], bool] = needs.nothing
    checked: Callable[[CanvasCommands], bool] | None = None
    changes: bool = True
    separated: bool = False
    """A line goes above it in the menu."""
    icon: str = ""
    swatch: str = ""
    """A note's colour, shown in place of an icon."""


COMMANDS: tuple[CanvasCommand, ...] = (
    CanvasCommand(
        id="canvas.cut",
        text="Cut",
        run=lambda c: c.clipping.cut(),
        menu="Edit",
        shortcuts=("Ctrl+X",),
        enabled=needs.has_any,
        separated=True,
    ),
    CanvasCommand(
        id="canvas.copy",
        text="Copy",
        run=lambda c: c.clipping.copy(),
        menu="Edit",
        shortcuts=("Ctrl+C",),
        enabled=needs.has_any,
        changes=False,
    ),
    CanvasCommand(
        id="canvas.paste", text="Paste", run=lambda c: c.clipping.paste(), menu="Edit", shortcuts=("Ctrl+V",)
    ),
    CanvasCommand(
        id="canvas.duplicate",
        text="Duplicate",
        run=lambda c: c.duplicate(),
        menu="Edit",
        shortcuts=("Ctrl+D",),
        enabled=needs.has_any,
    ),
    CanvasCommand(
        id="canvas.delete",
        text="Delete",
        run=lambda c: c.delete(),
        menu="Edit",
        shortcuts=("Del",),
        enabled=lambda c: c.can_delete(),
    ),
    CanvasCommand(
        id="canvas.rename",
        text="Rename",
        run=lambda c: c.rename(),
        menu="Edit",
        shortcuts=("F2",),
        enabled=lambda c: c.can_rename(),
    ),
    CanvasCommand(
        id="canvas.select-all",
        text="Select all",
        run=lambda c: c.select_all(),
        menu="Edit",
        shortcuts=("Ctrl+A",),
        changes=False,
        separated=True,
    ),
    CanvasCommand(
        id="canvas.select-none",
        text="Select nothing",
        run=lambda c: c.view.select(()),
        menu="Edit",
        shortcuts=("Ctrl+Shift+A",),
        enabled=needs.has_any,
        changes=False,
    ),
    CanvasCommand(
        id="canvas.invert-selection",
        text="Invert selection",
        run=lambda c: c.invert_selection(),
        menu="Edit",
        changes=False,
    ),
    CanvasCommand(
        id="canvas.lasso",
        text="Select with a lasso",
        run=lambda c: c.view.gestures.await_lasso(is_wanted=not c.view.gestures.is_lasso_next),
        menu="Edit",
        shortcuts=("Q",),
        checked=lambda c: c.view.gestures.is_lasso_next,
        changes=False,
    ),
    CanvasCommand(
        id="canvas.select-upstream",
        text="Select upstream too",
        run=lambda c: c.select_linked(upstream),
        menu="Edit",
        shortcuts=("Shift+U",),
        enabled=needs.has_node,
        changes=False,
    ),
    CanvasCommand(
        id="canvas.select-downstream",
        text="Select downstream too",
        run=lambda c: c.select_linked(downstream),
        menu="Edit",
        shortcuts=("Shift+D",),
        enabled=needs.has_node,
        changes=False,
    ),
    CanvasCommand(
        id="canvas.toggle-focused",
        text="Select or deselect what has the focus",
        run=lambda c: c.view.gestures.keyboard.toggle_focused(),
        menu="Edit",
        shortcuts=("Space",),
        by_canvas=True,
        tip="Select or deselect what has the focus; held down, these keys pan with the mouse",
        enabled=lambda c: c.focus is not None and c.focus.kind != "wire",
        changes=False,
    ),
    CanvasCommand(
        id="canvas.find",
        text="Find on canvas",
        run=lambda c: c.view.gestures.find_bar.open(),
        menu="Edit",
        shortcuts=("Ctrl+F",),
        changes=False,
        separated=True,
    ),
    CanvasCommand(
        id="canvas.quick-add",
        text="Quick add\u2026",
        run=lambda c: c.quick_add(),
        menu="Pipeline",
        shortcuts=("Tab",),
        by_canvas=True,
    ),
    CanvasCommand(
        id="canvas.add-note",
        text="Add note",
        run=lambda c: c.add_note("note"),
        menu="Pipeline",
        shortcuts=("N",),
    ),
    CanvasCommand(
        id="canvas.add-frame",
        text="Add frame",
        run=lambda c: c.add_note("frame"),
        menu="Pipeline",
        shortcuts=("Shift+N",),
    ),
    *(
        CanvasCommand(
            id=f"canvas.color-{color}",
            text=color.capitalize(),
            run=lambda c, color=color: c.color(color),
            menu="Pipeline/Colour",
            enabled=needs.has_note,
            checked=lambda c, color=color: c.has_color(color),
            swatch=color,
        )
        for color in NOTE_COLORS
    ),
    CanvasCommand(
        id="canvas.wrap",
        text="Wrap\u2026",
        run=lambda c: c.wrap_menu(),
        menu="Pipeline",
        shortcuts=("Ctrl+G",),
        enabled=needs.has_node,
        separated=True,
    ),
    *(
        CanvasCommand(
            id=f"canvas.wrap-{kind}",
            text=text,
            run=lambda c, kind=kind: c.wrap(kind),
            menu="Pipeline/Wrap in",
            enabled=needs.has_node,
        )
        for kind, text in WRAPS
    ),
    CanvasCommand(
        id="canvas.unwrap",
        text="Unwrap",
        run=lambda c: c.unwrap(),
        menu="Pipeline",
        shortcuts=("Ctrl+Shift+G",),
        enabled=lambda c: bool(c.groups) or c.subpipeline() is not None,
    ),
    CanvasCommand(
        id="canvas.fold",
        text="Fold or open",
        run=lambda c: c.fold(),
        menu="Pipeline",
        shortcuts=("Shift+F",),
        enabled=lambda c: c.can_fold(),
    ),
    CanvasCommand(
        id="canvas.move-into",
        text="Move into a group\u2026",
        run=lambda c: c.move_menu(),
        menu="Pipeline",
        shortcuts=("Alt+Down",),
        enabled=needs.has_node,
    ),
    CanvasCommand(
        id="canvas.move-out",
        text="Move out of the group",
        run=lambda c: c.move_out(),
        menu="Pipeline",
        shortcuts=("Alt+Up",),
        enabled=lambda c: c.can_move_out(),
    ),
    CanvasCommand(
        id="canvas.replace",
        text="Replace by\u2026",
        run=lambda c: c.replace(),
        menu="Pipeline",
        shortcuts=("R",),
        enabled=needs.has_one_task,
    ),
    CanvasCommand(
        id="canvas.enter",
        text="Enter sub-pipeline",
        run=lambda c: c.enter(),
        menu="Pipeline",
        shortcuts=("Return", "Enter"),
        by_canvas=True,
        tip="Enter sub-pipeline; show the task in the inspector, rename the group, start a wire at the port",
        enabled=lambda c: c.subpipeline() is not None,
        changes=False,
    ),
    CanvasCommand(
        id="canvas.leave",
        text="Leave sub-pipeline",
        run=lambda c: c.leave(),
        menu="Pipeline",
        shortcuts=("Backspace",),
        enabled=needs.is_inside,
        changes=False,
    ),
    CanvasCommand(
        id="canvas.mute",
        text="Mute",
        run=lambda c: c.mute(),
        menu="Pipeline",
        shortcuts=("M",),
        enabled=needs.has_task,
        checked=lambda c: c.is_muted(),
        separated=True,
    ),
    CanvasCommand(
        id="canvas.connect-series",
        text="Connect in series",
        run=lambda c: c.connect_series(),
        menu="Pipeline",
        shortcuts=("Ctrl+L",),
        enabled=needs.has_two_tasks,
    ),
    CanvasCommand(
        id="canvas.run-in-order",
        text="Run one after another",
        run=lambda c: c.run_in_order(),
        menu="Pipeline",
        shortcuts=("Ctrl+Shift+L",),
        enabled=needs.has_two,
    ),
    CanvasCommand(
        id="canvas.disconnect",
        text="Unplug",
        run=lambda c: c.disconnect(),
        menu="Pipeline",
        shortcuts=("U",),
        enabled=lambda c: c.can_unplug(),
    ),
    CanvasCommand(
        id="canvas.promote",
        text="Make it a pipeline input",
        run=lambda c: c.promote(),
        menu="Pipeline",
        shortcuts=("P",),
        enabled=lambda c: c.is_at_input(),
    ),
    CanvasCommand(
        id="canvas.layout",
        text="Lay out",
        run=lambda c: c.layout("right"),
        menu="Pipeline",
        shortcuts=("L",),
        separated=True,
    ),
    CanvasCommand(
        id="canvas.layout-down",
        text="Lay out top to bottom",
        run=lambda c: c.layout("down"),
        menu="Pipeline",
        shortcuts=("Shift+L",),
    ),
    *(
        CanvasCommand(
            id=f"canvas.align-{edge}",
            text=text,
            run=lambda c, edge=edge: c.align(edge),
            menu="Pipeline/Align",
            enabled=needs.can_align,
        )
        for edge, text in EDGES
    ),
    CanvasCommand(
        id="canvas.distribute-horizontal",
        text="Distribute across",
        run=lambda c: c.distribute("horizontal"),
        menu="Pipeline/Align",
        enabled=needs.has_three,
        separated=True,
    ),
    CanvasCommand(
        id="canvas.distribute-vertical",
        text="Distribute down",
        run=lambda c: c.distribute("vertical"),
        menu="Pipeline/Align",
        enabled=needs.has_three,
    ),
    CanvasCommand(
        id="canvas.fit",
        text="Fit all",
        run=lambda c: c.view.fit(),
        menu="View",
        shortcuts=("Ctrl+0",),
        changes=False,
    ),
    CanvasCommand(
        id="canvas.fit-selection",
        text="Fit selection",
        run=lambda c: c.view.zoom_to_selection() if c.view.selection else c.view.fit(),
        menu="View",
        shortcuts=("F",),
        changes=False,
    ),
    CanvasCommand(
        id="canvas.zoom-in",
        text="Zoom in",
        run=lambda c: c.zoom(1),
        menu="View",
        shortcuts=("Ctrl++", "Ctrl+=", "+", "="),
        changes=False,
    ),
    CanvasCommand(
        id="canvas.zoom-out",
        text="Zoom out",
        run=lambda c: c.zoom(-1),
        menu="View",
        shortcuts=("Ctrl+-", "-"),
        changes=False,
    ),
    CanvasCommand(
        id="canvas.zoom-reset",
        text="Zoom to 100 %",
        run=lambda c: c.view.reset_zoom(),
        menu="View",
        shortcuts=("Ctrl+1",),
        changes=False,
    ),
    CanvasCommand(
        id="canvas.highlight-path",
        text="Highlight what is up- and downstream",
        run=lambda c: c.toggle_path(),
        menu="View",
        shortcuts=("H",),
        enabled=lambda c: bool(c.nodes) or c.is_path_shown(),
        checked=lambda c: c.is_path_shown(),
        changes=False,
        separated=True,
    ),
    CanvasCommand(
        id="canvas.minimap",
        text="Minimap",
        run=lambda c: c.view.gestures.minimap.toggle(),
        menu="View",
        checked=lambda c: c.view.gestures.minimap.is_wanted,
        changes=False,
    ),
)
BY_ID = {command.id: command for command in COMMANDS}

FIXED_KEYS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("Left", "Right", "Up", "Down"), "Go to what lies that way"),
    (("Shift+Left", "Shift+Right", "Shift+Up", "Shift+Down"), "Go to what lies that way and select it too"),
    (("Ctrl+Left", "Ctrl+Right", "Ctrl+Up", "Ctrl+Down"), "Move what is selected by a step"),
    (
        ("Ctrl+Shift+Left", "Ctrl+Shift+Right", "Ctrl+Shift+Up", "Ctrl+Shift+Down"),
        "Move what is selected by four steps",
    ),
    ((",", "."), "Go to the port before or after"),
    (("Home", "End"), "Go to the first or the last"),
    (("Esc",), "Give up what is under way, or the selection"),
    (("Shift+Tab",), "Leave the canvas"),
)
"""Keys of the canvas that are not commands' and cannot be changed, and what they do."""

EVERYWHERE = ("Tab", "Return", "Enter", "Space")
"""Keys that mean something in every field and dialog: only commands that are `by_canvas` can have them."""
