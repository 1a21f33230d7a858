"""What the commands of a canvas do. Which there are, with words and keys, says `command_table`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPoint, QRectF, QSizeF, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from editor import edits
from editor.edits import GroupKind
from editor.edits.placing import Axis, Edge
from editor.model import (
    GROUP_TYPES,
    ROOT,
    DocumentView,
    Edit,
    EntityId,
    Pipeline,
    Task,
    metrics,
)
from editor.ui.canvas.cards import card_folds
from editor.ui.canvas.gestures import scoping
from editor.ui.canvas.gestures.arranging import Direction, arrange
from editor.ui.canvas.gestures.at_port import landing_at
from editor.ui.canvas.gestures.carrying import carried_by, with_carried
from editor.ui.canvas.gestures.clipping import Clipping
from editor.ui.canvas.gestures.command_table import BY_ID, COMMANDS, KEYS_PROPERTY, WRAPS
from editor.ui.canvas.gestures.gesture import refuse_read_only
from editor.ui.canvas.gestures.large_edits import (
    MANY,
    MANY_SIMPLE,
    InBackground,
    attempt,
    attempt_off_thread,
    nothing,
    selecting,
)
from editor.ui.canvas.gestures.needs import WORDS
from editor.ui.canvas.gestures.placing import Landing, next_landing
from editor.ui.canvas.gestures.reading import argument_of, downstream, left_by, name_of, upstream, waited_for
from editor.ui.canvas.gestures.room import free_corner
from editor.ui.canvas.gestures.snapping import grid_point
from editor.ui.canvas.gestures.unplugging import unplug
from editor.ui.canvas.gestures.wire import relabelled
from editor.ui.swatches import color_of, swatch

if TYPE_CHECKING:
    from editor.ui.canvas.keyboard import Focus
    from editor.ui.canvas.view import CanvasView

ZOOM_STEP = 1.25


class CanvasCommands:
    """The commands of one view."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view
        self.in_background: InBackground | None = None
        """Set by the window: works an Edit out on another thread and hands it over on this one."""
        self.clipping = Clipping(self)
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
            if command.changes:
                self.view.gestures.cancel()  # A hand that drags what a key deletes, say, holds nothing any more.
            command.run(self)

    def is_enabled(self, command_id: str) -> bool:
        command = BY_ID[command_id]
        return not (command.changes and self.view.is_read_only) and command.enabled(self)

    def need_of(self, command_id: str) -> str:
        """What to do before a command can be done, in a few words; empty where that is not known."""
        enabled = BY_ID[command_id].enabled
        return WORDS.get(enabled, "") if not enabled(self) else ""

    def is_checked(self, command_id: str) -> bool:
        checked = BY_ID[command_id].checked
        return checked is not None and checked(self)

    def actions(self, parent: QWidget) -> list[QAction]:
        """A QAction for each command, with its shortcuts, for a canvas that stands alone."""
        made: list[QAction] = []
        for command in COMMANDS:
            action = QAction(command.text, parent)
            action.setObjectName(command.id)
            if not command.by_canvas:
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
            chosen, entities = sorted(selection), document.entities
            tasks = [each for each in chosen if isinstance(entities.get(each), Task)]
            found = selection.difference(tasks)
            groups = [each for each in chosen if each in found and isinstance(entities.get(each), GROUP_TYPES)]
            nodes = sorted([*tasks, *groups]) if groups else tasks
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

    def _attempt(
        self, make: Callable[[DocumentView], Edit], *, is_large: bool, then: Callable[[], object] = nothing
    ) -> None:
        attempt_off_thread(self.view, make, self.in_background if is_large else None, then)

    def quick_add(self) -> None:
        """By what the keyboard is at: what fits a port, or into a wire; else anything, beside what is selected."""
        gestures = self.view.gestures
        anywhere = next_landing(self.view, gestures.place_for_new()), ""
        landing, heading = landing_at(self.view, self.focus) or anywhere
        gestures.open_quick_add(landing, heading=heading)

    def delete(self) -> None:
        """What is selected; with nothing selected, the wire or the argument that the keyboard is at."""
        view, focus = self.view, self.focus
        if focus is not None and self.has_wire() and (focus.kind == "wire" or not view.selection - {focus.id}):
            attempt(view, lambda: unplug(view.document, focus))
            return
        ids = sorted(view.selection)
        if ids:
            self._attempt(
                lambda document: edits.delete(document, ids),
                is_large=len(ids) > MANY_SIMPLE,
                then=lambda: view.select(view.selection.difference(ids)),
            )

    def duplicate(self) -> None:
        view, ids = self.view, with_carried(self.view, sorted(self.view.selection))
        added: list[EntityId] = []

        def make(document: DocumentView) -> Edit:
            edit, added[:] = edits.duplicate(document, ids)
            return edit

        self._attempt(make, is_large=len(ids) > MANY, then=selecting(view, added))

    def rename(self) -> None:
        for entity_id in self.view.selection:
            self.view.gestures.rename(entity_id)

    def mute(self) -> None:
        """Mute the selected tasks; the other way round if all of them are."""
        ids, muted = self.tasks, not self.is_muted()
        self._attempt(lambda document: edits.mute(document, ids, muted), is_large=len(ids) > MANY_SIMPLE)

    def disconnect(self) -> None:
        """Take all wires off the selected tasks, or off the port that the keyboard is at."""
        view, document, focus = self.view, self.view.document, self.focus
        if focus is not None and focus.kind == "output":
            attempt(view, lambda: edits.unplug_all(document, focus.id, focus.port))
        elif self.has_wire() and focus is not None:
            attempt(view, lambda: unplug(document, focus))
        else:
            tasks = self.tasks
            self._attempt(lambda document: edits.unplug_tasks(document, tasks), is_large=len(tasks) > MANY)

    def connect_series(self) -> None:
        """Wire the selected tasks one after another, from left to right."""
        view = self.view
        order = sorted(self.tasks, key=lambda each: (view.card_rect(each).left(), view.card_rect(each).top()))
        self._attempt(lambda document: edits.connect_series(document, order), is_large=len(order) > MANY)

    def run_in_order(self) -> None:
        """Each selected task or group runs after the one to its left."""
        view = self.view
        order = sorted(self.nodes, key=lambda each: (view.card_rect(each).left(), view.card_rect(each).top()))
        self._attempt(lambda document: edits.run_in_order(document, order), is_large=len(order) > MANY)

    def promote(self) -> None:
        """Make the input that the keyboard is at an input of the pipeline."""
        focus = self.focus
        if focus is not None and focus.kind == "input":
            attempt(self.view, lambda: edits.promote_to_input(self.view.document, focus.id, focus.port)[0])

    def add_note(self, shape: Literal["note", "frame"]) -> None:
        """A note at the cursor, off the cards that would hide it; a frame round what is selected, if something is."""
        view, scope = self.view, self.view.scope
        width, height = metrics.NOTE_SIZE
        corner = grid_point(view.gestures.place_for_new())
        covered = view.items_in(QRectF(corner, QSizeF(width, height)), contained=False)
        if shape == "note" and any(isinstance(view.document.get(each), Task) for each in covered):
            corner = free_corner(view, scope, corner, QSizeF(width, height))
        if shape == "frame" and view.selection:
            rect = view.bounds_of(view.selection).adjusted(-24, -48, 24, 24)
            corner, width, height = rect.topLeft(), rect.width(), rect.height()
        added: list[EntityId] = []

        def make() -> Edit:
            x, y = corner.x(), corner.y()
            edit, note = edits.add_note(view.document, scope, "", x=x, y=y, width=width, height=height, shape=shape)
            added.append(note)
            return edit

        def show() -> None:
            if view.scope != scope:
                return
            view.select(added)
            view.gestures.rename(added[0], is_new=True)

        attempt(view, make, show)

    @property
    def notes(self) -> frozenset[EntityId]:
        """The selected notes and frames."""
        return self.view.columns.selected_notes

    def color(self, color: str) -> None:
        """Give the selected notes and frames a colour of the theme."""
        attempt(self.view, lambda: edits.color(self.view.document, sorted(self.notes), color))

    def has_color(self, color: str) -> bool:
        """Whether all selected notes have this colour."""
        notes = (self.view.columns.notes[each] for each in self.notes)
        return bool(self.notes) and all(color_of(note.color) == color for note in notes)

    # Groups and sub-pipelines.

    def wrap(self, kind: GroupKind) -> None:
        view, ids = self.view, self.nodes
        added: list[EntityId] = []

        def make(document: DocumentView) -> Edit:
            edit, group = edits.wrap(document, ids, kind)
            added[:] = [group]
            return edit

        def show() -> None:
            view.select(added)
            view.keep_in_sight(view.bounds_of(added), was_seen=False)

        self._attempt(make, is_large=len(ids) > MANY, then=show)

    def wrap_menu(self) -> QMenu:
        """Ask what to wrap the selection in."""
        menu = QMenu(self.view)
        for kind, _text in WRAPS:
            self.add_to(menu, f"canvas.wrap-{kind}")
        menu.setActiveAction(menu.actions()[0])
        self.popup(menu, self.view.to_view(self.view.bounds_of(self.view.selection).topLeft()))
        return menu

    def unwrap(self) -> None:
        """Take the selected group away and leave what is in it, selected; a sub-pipeline's tasks come out likewise."""
        view, document = self.view, self.view.document
        task = self.subpipeline()
        if task is not None:
            self._inline(task)
            return
        groups = self.groups
        inside = [child for group in groups for child in left_by(document, group)]
        self._attempt(
            lambda document: edits.unwrap_all(document, groups),
            is_large=len(inside) + len(groups) > MANY,
            then=lambda: view.select(inside),
        )

    def _inline(self, task: Task) -> None:
        view, made = self.view, list[EntityId]()

        def make(document: DocumentView) -> Edit:
            edit, made[:] = edits.inline_subpipeline(document, task.id)
            return edit

        is_large = len(list(islice(view.document.descendants(task.component), MANY + 1))) > MANY
        self._attempt(make, is_large=is_large, then=lambda: view.select(made))

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
        document, tasks = self.view.document, list(self.foldable())
        placements = [document.placement(task) for task in tasks]
        is_open = all(placement is not None and placement.is_open for placement in placements)

        def make(document: DocumentView) -> Edit:
            edit = edits.fold_all(document, tasks, is_open)
            return relabelled(edit, "Hide defaulted inputs" if is_open else "Show defaulted inputs")

        self._attempt(make, is_large=len(tasks) > MANY_SIMPLE)

    def fold(self) -> None:
        """Fold the selected groups; open them if all are folded. Without groups, the cards' defaulted inputs."""
        document, groups = self.view.document, self.groups
        if not groups:
            self.fold_cards()
            return
        placements = [document.placement(group) for group in groups]
        is_folded = all(placement is not None and placement.is_folded for placement in placements)

        def make(document: DocumentView) -> Edit:
            edit = edits.fold_all(document, groups, not is_folded)
            return relabelled(edit, "Open groups" if is_folded else "Fold groups")

        self._attempt(make, is_large=len(groups) > MANY)

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

    def layout(self, direction: Direction = "right") -> None:
        arrange(self, direction)

    def align(self, edge: Edge) -> None:
        ids = sorted(self.view.selection)
        along = carried_by(self.view, ids)
        self._attempt(lambda document: edits.align(document, ids, edge, along=along), is_large=len(ids) > MANY_SIMPLE)

    def distribute(self, axis: Axis) -> None:
        ids = sorted(self.view.selection)
        along = carried_by(self.view, ids)
        self._attempt(
            lambda document: edits.distribute(document, ids, axis, along=along), is_large=len(ids) > MANY_SIMPLE
        )

    # Choosing and looking.

    def select_all(self) -> None:
        self.view.select_all()

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
        keys = keys_of(self.view, command_id)[:1]
        native = QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
        action = menu.addAction(f"{command.text}\t{native}" if native else command.text)
        if command.swatch:
            action.setIcon(swatch(command.swatch))
        if command.checked is not None:
            action.setCheckable(True)
            action.setChecked(command.checked(self))
        action.setEnabled(self.is_enabled(command_id))
        action.triggered.connect(lambda _checked=False: self.run(command_id))
        return action

    def popup(self, menu: QMenu, at: QPoint) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.view.viewport().mapToGlobal(at))


def keys_of(view: CanvasView, command_id: str) -> tuple[str, ...]:
    """The keys that a command has now, in portable text: as the window's action says, else as the table does."""
    action = next((each for each in view.actions() if each.objectName() == command_id), None)
    changed = action.property(KEYS_PROPERTY) if action is not None else None
    return tuple(map(str, changed)) if isinstance(changed, list) else BY_ID[command_id].shortcuts
