"""What the commands of a canvas do. Which there are, with words and keys, says `command_table`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from editor import edits, layout
from editor.edits import GroupKind
from editor.edits.placing import Axis, Edge
from editor.model import (
    GROUP_TYPES,
    NODE_TYPES,
    ROOT,
    DocumentView,
    Edit,
    EditRefused,
    EntityId,
    Pipeline,
    Task,
    metrics,
)
from editor.ui.canvas.cards import card_folds
from editor.ui.canvas.gestures import scoping
from editor.ui.canvas.gestures.command_table import BY_ID, COMMANDS, WRAPS
from editor.ui.canvas.gestures.drops import Frames
from editor.ui.canvas.gestures.gesture import apply_edit, refuse_read_only
from editor.ui.canvas.gestures.placing import Landing, attempt, next_landing
from editor.ui.canvas.gestures.reading import (
    argument_of,
    downstream,
    input_of_wire,
    name_of,
    staged,
    upstream,
    waited_for,
    wire_source,
    with_contents,
)
from editor.ui.canvas.gestures.room import free_corner, size_of
from editor.ui.canvas.gestures.snapping import grid_point
from editor.ui.canvas.gestures.wire import relabelled

if TYPE_CHECKING:
    from editor.ui.canvas.keyboard import Focus
    from editor.ui.canvas.view import CanvasView

ZOOM_STEP = 1.25
PASTE_STEP = 24
FOLLOWS_CURSOR = 4
"""A paste as near to the last as this, in scene units, is put beside it rather than on top."""


class CanvasCommands:
    """The commands of one view."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view
        self.in_background: Callable[[Callable[[], Edit], Callable[[Edit], None]], None] | None = None
        """Set by the window: works an Edit out on another thread and hands it over on this one."""
        self._pasted_at: QPointF | None = None
        self._pasted_count = 0
        self._selected_of: tuple[frozenset[EntityId], int] = (frozenset(), 0)
        self._selection: tuple[list[EntityId], list[EntityId], list[EntityId]] = ([], [], [])
        self._is_path_shown = False
        self._came_from: dict[EntityId, EntityId] = {}

    # What a window asks.

    def run(self, command_id: str) -> None:
        """Do it, if it can be done now."""
        command = BY_ID[command_id]
        if command.changes and self.view.is_read_only:
            refuse_read_only(self.view)
        elif command.enabled(self):
            command.run(self)

    def is_enabled(self, command_id: str) -> bool:
        command = BY_ID[command_id]
        return not (command.changes and self.view.is_read_only) and command.enabled(self)

    def is_checked(self, command_id: str) -> bool:
        checked = BY_ID[command_id].checked
        return checked is not None and checked(self)

    def actions(self, parent: QWidget) -> list[QAction]:
        """A QAction for each command, with its shortcuts, for a canvas that stands alone."""
        made: list[QAction] = []
        for command in COMMANDS:
            action = QAction(command.text, parent)
            action.setObjectName(command.id)
            action.setShortcuts([QKeySequence(key) for key in command.shortcuts])
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(lambda _checked=False, command=command: self.run(command.id))
            made.append(action)
        return made

    # What is selected.

    @property
    def nodes(self) -> list[EntityId]:
        """The selected tasks and groups."""
        return self._selected()[0]

    def _selected(self) -> tuple[list[EntityId], list[EntityId], list[EntityId]]:
        """Nodes, tasks and groups: thirty commands ask for them after every click, and ten thousand may be selected."""
        document, selection = self.view.document, self.view.selection
        if self._selected_of[0] is not selection or self._selected_of[1] != len(document.entities):
            self._selected_of = (selection, len(document.entities))
            nodes = [each for each in sorted(selection) if isinstance(document.get(each), NODE_TYPES)]
            tasks = [each for each in nodes if isinstance(document.get(each), Task)]
            groups = [each for each in nodes if isinstance(document.get(each), GROUP_TYPES)]
            self._selection = (nodes, tasks, groups)
        return self._selection

    @property
    def tasks(self) -> list[EntityId]:
        return self._selected()[1]

    @property
    def groups(self) -> list[EntityId]:
        return self._selected()[2]

    @property
    def focus(self) -> Focus | None:
        return self.view.gestures.keyboard.focus

    def has_wire(self) -> bool:
        focus = self.focus
        if focus is None or focus.kind not in ("wire", "input"):
            return False
        return waited_for(focus.port) is not None or argument_of(self.view.document, focus.id, focus.port) is not None

    def can_delete(self) -> bool:
        return bool(self.view.selection) or self.has_wire()

    def can_rename(self) -> bool:
        return len(self.view.selection) == 1

    def subpipeline(self) -> Task | None:
        """The selected task, if it is a sub-pipeline."""
        document = self.view.document
        task = document.get(self.tasks[0]) if len(self.tasks) == 1 else None
        return task if isinstance(task, Task) and isinstance(document.get(task.component), Pipeline) else None

    def can_unplug(self) -> bool:
        focus = self.focus
        return bool(self.tasks) or self.has_wire() or (focus is not None and focus.kind == "output")

    def is_at_input(self) -> bool:
        focus = self.focus
        return focus is not None and focus.kind == "input"

    def is_muted(self) -> bool:
        """Whether all selected tasks are muted."""
        tasks = self.tasks
        return bool(tasks) and all(self.view.document.task(task).is_muted for task in tasks)

    # Editing.

    def quick_add(self) -> None:
        gestures = self.view.gestures
        gestures.open_quick_add(next_landing(self.view, gestures.place_for_new()))

    def delete(self) -> None:
        """What is selected; with nothing selected, the wire or the argument that the keyboard is at."""
        view, focus = self.view, self.focus
        if focus is not None and self.has_wire() and (focus.kind == "wire" or not view.selection - {focus.id}):
            attempt(view, lambda: unplug(view.document, focus))
            return
        ids = sorted(view.selection)
        if ids and attempt(view, lambda: edits.delete(view.document, ids)):
            view.select(())

    def copy(self) -> bool:
        ids = sorted(self.view.selection)
        if not ids:
            return False
        try:
            text = edits.copy(self.view.document, ids)
        except EditRefused as error:
            self.view.refused.emit(error)
            return False
        QGuiApplication.clipboard().setText(text)
        return True

    def cut(self) -> None:
        if self.copy():
            ids = sorted(self.view.selection)
            if attempt(self.view, lambda: relabelled(edits.delete(self.view.document, ids), "Cut")):
                self.view.select(())

    def paste(self) -> None:
        """Into the group at the cursor, at the cursor; again at the same place, a little farther down.

        With the cursor elsewhere, in the middle of what is seen, off what lies there.
        """
        view = self.view
        at, is_pointed_at = view.gestures.place_for_new(), view.gestures.cursor_scene is not None
        if self._pasted_at is not None and (at - self._pasted_at).manhattanLength() <= FOLLOWS_CURSOR:
            self._pasted_count += 1
        else:
            self._pasted_at, self._pasted_count = at, 0
        corner = grid_point(at + QPointF(PASTE_STEP, PASTE_STEP) * (self._pasted_count if is_pointed_at else 0))
        # What was copied is often selected and under the cursor still: a group does not go into itself.
        parent = Frames(view, skip=with_contents(view.document, self.groups)).at(at)
        text = QGuiApplication.clipboard().text()
        added: list[EntityId] = []

        def make() -> Edit:
            edit, new = edits.paste(view.document, text, parent=parent, x=corner.x(), y=corner.y())
            if not is_pointed_at:
                free = free_corner(view, parent, corner, size_of(staged(view.document, edit), new))
                edit, new = edits.paste(view.document, text, parent=parent, x=free.x(), y=free.y())
            added.extend(new)
            return edit

        if attempt(view, make):
            view.select(added)

    def duplicate(self) -> None:
        view = self.view
        added: list[EntityId] = []

        def make() -> Edit:
            edit, new = edits.duplicate(view.document, sorted(view.selection))
            added.extend(new)
            return edit

        if attempt(view, make):
            view.select(added)

    def rename(self) -> None:
        for entity_id in self.view.selection:
            self.view.gestures.rename(entity_id)

    def mute(self) -> None:
        """Mute the selected tasks; the other way round if all of them are."""
        view, document, ids = self.view, self.view.document, self.tasks
        muted = not self.is_muted()
        attempt(view, lambda: edits.mute(document, ids, muted))

    def disconnect(self) -> None:
        """Take all wires off the selected tasks, or off the port that the keyboard is at."""
        view, document, focus = self.view, self.view.document, self.focus
        if focus is not None and focus.kind == "output":
            attempt(view, lambda: edits.unplug_all(document, focus.id, focus.port))
        elif self.has_wire() and focus is not None:
            attempt(view, lambda: unplug(document, focus))
        else:
            attempt(view, self._unplug_selected)

    def _unplug_selected(self) -> Edit:
        before = self.view.document
        edit = Edit("Unplug", ())
        for task in self.tasks:
            ports = before.interface(before.task(task).component)
            for port in ports.inputs:
                if wire_source(argument_of(before, task, port.name)) is not None:
                    edit = edit.then(edits.disconnect(staged(before, edit), task, port.name))
            for output in ports.outputs:
                edit = edit.then(edits.unplug_all(staged(before, edit), task, output.name))
        return edit

    def connect_series(self) -> None:
        """Wire the selected tasks one after another, from left to right."""
        view = self.view
        order = sorted(self.tasks, key=lambda each: (view.card_rect(each).left(), view.card_rect(each).top()))
        attempt(view, lambda: edits.connect_series(view.document, order))

    def run_in_order(self) -> None:
        """Each selected task or group runs after the one to its left."""
        view = self.view
        order = sorted(self.nodes, key=lambda each: (view.card_rect(each).left(), view.card_rect(each).top()))

        def make() -> Edit:
            edit = Edit("Run in order", ())
            for first, then in pairwise(order):
                edit = edit.then(edits.run_after(staged(view.document, edit), first, then))
            return edit

        attempt(view, make)

    def promote(self) -> None:
        """Make the input that the keyboard is at an input of the pipeline."""
        focus = self.focus
        if focus is not None and focus.kind == "input":
            attempt(self.view, lambda: edits.promote_to_input(self.view.document, focus.id, focus.port)[0])

    def add_note(self, shape: Literal["note", "frame"]) -> None:
        """A note at the cursor; a frame round what is selected, if something is."""
        view = self.view
        corner = grid_point(view.gestures.place_for_new())
        width, height = metrics.NOTE_SIZE
        if shape == "frame" and view.selection:
            rect = view.bounds_of(view.selection).adjusted(-24, -48, 24, 24)
            corner, width, height = rect.topLeft(), rect.width(), rect.height()
        added: list[EntityId] = []

        def make() -> Edit:
            x, y = corner.x(), corner.y()
            edit, note = edits.add_note(
                view.document, view.scope, "", x=x, y=y, width=width, height=height, shape=shape
            )
            added.append(note)
            return edit

        if attempt(view, make):
            view.select(added)
            view.gestures.rename(added[0])

    # Groups and sub-pipelines.

    def wrap(self, kind: GroupKind) -> None:
        view, ids = self.view, self.nodes
        added: list[EntityId] = []

        def make() -> Edit:
            edit, group = edits.wrap(view.document, ids, kind)
            added.append(group)
            return edit

        if attempt(view, make):
            view.select(added)

    def wrap_menu(self) -> QMenu:
        """Ask what to wrap the selection in."""
        menu = QMenu(self.view)
        for kind, _text in WRAPS:
            self.add_to(menu, f"canvas.wrap-{kind}")
        menu.setActiveAction(menu.actions()[0])
        self.popup(menu, self.view.to_view(self.view.bounds_of(self.view.selection).topLeft()))
        return menu

    def unwrap(self) -> None:
        """Take the selected group away and leave what is in it; a sub-pipeline's tasks come out likewise."""
        view, document = self.view, self.view.document
        task = self.subpipeline()
        if task is not None:
            attempt(view, lambda: edits.inline_subpipeline(document, task.id))
            return
        groups = self.groups
        inside = [child for group in groups for child in document.children(group)]

        def make() -> Edit:
            edit = Edit("Unwrap", ())
            for group in groups:
                edit = edit.then(edits.unwrap(staged(document, edit), group))
            return relabelled(edit, "Unwrap")

        if attempt(view, make):
            view.select(inside)

    def can_move_out(self) -> bool:
        return scoping.can_leave(self.view, self.nodes)

    def move_out(self) -> None:
        scoping.move_out(self.view, self.nodes)

    def move_menu(self) -> QMenu:
        """Ask into which group the selection shall go."""
        menu = QMenu(self.view)
        scoping.fill_groups(self.view, self.nodes, menu)
        menu.setActiveAction(menu.actions()[0])
        self.popup(menu, self.view.to_view(self.view.bounds_of(self.view.selection).topLeft()))
        return menu

    def replace(self) -> None:
        """Ask which component the selected task shall use instead."""
        task = self.tasks[0]
        corner = self.view.card_rect(task).bottomLeft()
        heading = f"In place of {name_of(self.view.document, task)}"
        self.view.gestures.open_quick_add(Landing(corner, replaces=task), heading=heading)

    def foldable(self) -> Iterator[EntityId]:
        """The selected tasks whose cards hide inputs left at their default, or would."""
        document = self.view.document
        folds: dict[EntityId, bool] = {}
        for each in self.tasks:
            task = document.task(each)
            if task.component not in folds:
                folds[task.component] = card_folds(document.interface(task.component))
            if folds[task.component]:
                rows = metrics.card_rows(document.interface(task.component), task.arguments)
                if any(row.kind == "fold" for row in rows):
                    yield each

    def can_fold(self) -> bool:
        return bool(self.groups) or any(True for _ in self.foldable())

    def fold_cards(self) -> None:
        """Hide the inputs left at their default on the selected cards; show them if all hide them."""
        view, document, tasks = self.view, self.view.document, list(self.foldable())
        placements = [document.placement(task) for task in tasks]
        is_open = all(placement is not None and placement.is_open for placement in placements)

        def make() -> Edit:
            edit = Edit("Fold", ())
            for task in tasks:
                edit = edit.then(edits.fold(staged(document, edit), task, is_open))
            return relabelled(edit, "Hide defaulted inputs" if is_open else "Show defaulted inputs")

        attempt(view, make)

    def fold(self) -> None:
        """Fold the selected groups; open them if all are folded. Without groups, the cards' defaulted inputs."""
        view, document, groups = self.view, self.view.document, self.groups
        if not groups:
            self.fold_cards()
            return
        placements = [document.placement(group) for group in groups]
        is_folded = all(placement is not None and placement.is_folded for placement in placements)

        def make() -> Edit:
            edit = Edit("Fold", ())
            for group in groups:
                edit = edit.then(edits.fold(staged(document, edit), group, not is_folded))
            return relabelled(edit, "Open groups" if is_folded else "Fold groups")

        attempt(view, make)

    def enter(self) -> None:
        task = self.subpipeline()
        if task is not None:
            self._came_from[task.component] = task.id
            self.view.activated.emit(task.id)

    def leave(self) -> None:
        """Show the pipeline around, with the task that was entered selected."""
        view, document = self.view, self.view.document
        callers = [each for each in document.users(view.scope) if isinstance(document.get(each), Task)]
        caller = self._came_from.get(view.scope, "")
        caller = caller if caller in callers else next(iter(callers), None)
        if caller is not None:
            view.set_scope(document.pipeline_of(EntityId(caller)))
            view.select({EntityId(caller)})
            view.reveal(EntityId(caller))
        elif view.scope != ROOT:
            view.set_scope(ROOT)

    # Tidying.

    def layout(self, direction: Literal["right", "down"] = "right") -> None:
        """The selection if it holds several, what lies in a group if that is selected, else all that is shown."""
        view = self.view
        snapshot, scope = view.document.snapshot(), view.scope
        only = self.nodes if len(self.nodes) > 1 else None
        if only is None and self.groups:
            scope = self.groups[0]

        def make() -> Edit:
            return layout.arrange(snapshot, scope=scope, only=only, direction=direction)

        def done(edit: Edit) -> None:
            before = {each: view.card_rect(each) for each in view.drawn()}
            if apply_edit(view, edit):
                view.gestures.glide.start(before)

        if self.in_background is not None:
            self.in_background(make, done)
            return
        try:
            edit = make()
        except EditRefused as error:
            view.refused.emit(error)
            return
        done(edit)

    def align(self, edge: Edge) -> None:
        attempt(self.view, lambda: edits.align(self.view.document, sorted(self.view.selection), edge))

    def distribute(self, axis: Axis) -> None:
        attempt(self.view, lambda: edits.distribute(self.view.document, sorted(self.view.selection), axis))

    # Choosing and looking.

    def select_all(self) -> None:
        self.view.select(self.view.drawn())

    def invert_selection(self) -> None:
        self.view.select(frozenset(self.view.drawn()) - self.view.selection)

    def select_linked(self, reach: Callable[..., Iterable[EntityId]]) -> None:
        """Add what lies up- or downstream to the selection, as far as it is drawn here."""
        drawn = frozenset(self.view.drawn())
        self.view.select(self.view.selection | (frozenset(reach(self.view.document, self.nodes)) & drawn))

    def zoom(self, direction: int) -> None:
        self.view.zoom_by(ZOOM_STEP**direction)

    def toggle_path(self) -> None:
        """Bring forward all that feeds the selection and all that it feeds, until asked again."""
        self._is_path_shown = not self._is_path_shown
        self.view.gestures.update_emphasis()

    def path(self) -> set[EntityId]:
        """What is to be brought forward while paths are shown: the selection, and all up- and downstream of it."""
        if not self._is_path_shown:
            return set()
        document = self.view.document
        return {*self.nodes, *upstream(document, self.nodes), *downstream(document, self.nodes)}

    def is_path_shown(self) -> bool:
        return self._is_path_shown

    # Menus.

    def add_to(self, menu: QMenu, command_id: str) -> QAction:
        """Put a command into a menu that is made for one showing."""
        command = BY_ID[command_id]
        keys = command.shortcuts[0] if command.shortcuts else command.key_shown
        native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
        action = menu.addAction(f"{command.text}\t{native}" if native else command.text)
        action.setEnabled(self.is_enabled(command_id))
        action.triggered.connect(lambda _checked=False: self.run(command_id))
        return action

    def popup(self, menu: QMenu, at: QPoint) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.view.viewport().mapToGlobal(at))


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
