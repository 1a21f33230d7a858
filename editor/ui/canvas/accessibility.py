"""The canvas for screen readers: tasks, groups, notes, ports and wires as accessible objects, made when asked for.

The picture is painted in batches and has no widgets, so Qt is told of its parts here. Qt keeps bare pointers to the
objects, so each canvas keeps those that were made until it goes.
"""

# The stubs know no null pointers, which is what Qt is given for "none".
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleActionInterface, QAccessibleEvent, QAccessibleInterface, QWindow

from editor.model import GROUP_TYPES, EntityId, Loop, Note, Task
from editor.model.arguments import wire_source
from editor.model.metrics import task_rows
from editor.ui.canvas.focus import Focus
from editor.ui.canvas.gestures.reading import argument_of
from editor.ui.canvas.spoken import node_description, node_name, port_description, port_name, wire_name

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

_Role = QAccessible.Role
_Text = QAccessible.Text
PORT_PX = 16


class CanvasAccessible(QAccessibleInterface):
    """The canvas itself. Its children are what is drawn, groups flat beside the tasks in them."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__()
        self.view = view
        self._parts: dict[Focus, PartAccessible] = {}
        self._children: list[EntityId] | None = None
        self._places: dict[EntityId, int] = {}

    def part(self, focus: Focus) -> PartAccessible:
        """The object that stands for a task, port or wire: the same each time."""
        part = self._parts.get(focus)
        if part is None or not shiboken6.isValid(part):
            part = self._parts[focus] = PartAccessible(self, focus)
        return part

    def forget_children(self) -> None:
        """What is drawn has changed: list it anew when someone asks."""
        self._children = None

    def release_parts(self) -> None:
        """Take every part out of Qt's cache, before the canvas goes."""
        parts, self._parts = self._parts, {}
        for part in parts.values():
            if shiboken6.isValid(part):
                QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(part))

    def ids(self) -> list[EntityId]:
        if self._children is None:
            self._children = list(self.view.drawn())
            self._places = {entity_id: place for place, entity_id in enumerate(self._children)}
        return self._children

    def place_of(self, entity_id: EntityId) -> int:
        self.ids()
        return self._places.get(entity_id, -1)

    def action(self, name: str) -> None:
        if name == QAccessibleActionInterface.setFocusAction():
            self.view.setFocus()

    # Qt's.

    def isValid(self) -> bool:
        return shiboken6.isValid(self.view)

    def object(self) -> QObject:
        return self.view

    def window(self) -> QWindow | None:
        return self.view.window().windowHandle()

    def parent(self) -> QAccessibleInterface | None:
        around = self.view.parentWidget()
        return QAccessible.queryAccessibleInterface(around) if around is not None else None

    def child(self, index: int) -> QAccessibleInterface | None:
        ids = self.ids()
        if index < 0 or index >= len(ids):
            return None
        return self.part(Focus("node", ids[index]))

    def childCount(self) -> int:
        return len(self.ids())

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return self.place_of(child.focus.id) if isinstance(child, PartAccessible) else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:
        viewport = self.view.viewport()
        at = viewport.mapFromGlobal(QRect(x, y, 1, 1).topLeft())
        if not viewport.rect().contains(at):
            return None
        focus = focus_at(self.view.hit(self.view.to_scene(at)))
        return self.part(focus) if focus is not None else None

    def focusChild(self) -> QAccessibleInterface | None:
        focus = self.view.gestures.keyboard.focus
        return self.part(focus) if focus is not None and self.view.hasFocus() else None

    def text(self, kind: QAccessible.Text) -> str:
        match kind:
            case _Text.Name:
                return self.view.accessibleName() or "Pipeline canvas"
            case _Text.Description:
                count = len(self.ids())
                return self.view.accessibleDescription() or f"{count} item{'' if count == 1 else 's'}"
            case _:
                return ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """What is drawn is named by the document."""

    def rect(self) -> QRect:
        viewport = self.view.viewport()
        return QRect(viewport.mapToGlobal(viewport.rect().topLeft()), viewport.size())

    def role(self) -> QAccessible.Role:
        return _Role.Canvas

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.focusable = True
        state.focused = self.view.hasFocus()
        state.multiSelectable = True
        state.invisible = not self.view.isVisible()
        state.readOnly = self.view.is_read_only
        return state

    def interface_cast(self, kind: QAccessible.InterfaceType) -> QAccessibleActionInterface | None:
        return None

    def relations(self, match: object = None) -> list[object]:
        return []


class PartAccessible(QAccessibleInterface):
    """A task, group, note, port or wire. Ports are children of their card, a wire of the card that it goes into."""

    def __init__(self, canvas: CanvasAccessible, focus: Focus) -> None:
        super().__init__()
        self._canvas = canvas
        self._view = canvas.view
        self.focus = focus
        self._actions = PartActions(self)

    def children(self) -> list[Focus]:
        entity = self._view.document.get(self.focus.id)
        if self.focus.kind != "node":
            return []
        if isinstance(entity, Loop):
            return [Focus("output", entity.id)] if self._view.shows_item(entity.id) else []
        if not isinstance(entity, Task):
            return []
        rows = task_rows(self._view.document, entity)
        ports = [Focus(row.kind, entity.id, row.name) for row in rows if row.kind != "fold"]
        wires = [
            Focus("wire", entity.id, name)
            for name, argument in entity.arguments.items()
            if wire_source(argument) is not None
        ]
        return [*ports, *wires]

    def act(self, name: str) -> None:
        view, focus = self._view, self.focus
        if not self.isValid():
            return
        if name == QAccessibleActionInterface.setFocusAction():
            view.setFocus()
            view.gestures.keyboard.set_focus(focus, by_key=True)
        elif focus.kind == "node":
            view.select({focus.id})
            view.reveal(focus.id)
            view.gestures.keyboard.set_focus(focus, by_key=True)
            if name == QAccessibleActionInterface.showMenuAction():
                hit, position = view.gestures.keyboard.menu_place()
                view.gestures.open_menu(hit, position)
        else:
            view.setFocus()
            view.gestures.keyboard.set_focus(focus, by_key=True)

    # Qt's.

    def isValid(self) -> bool:
        if not shiboken6.isValid(self._view) or self.focus.id not in self._view.document:
            return False
        return self.focus.kind != "wire" or argument_of(self._view.document, self.focus.id, self.focus.port) is not None

    def object(self) -> QObject | None:
        return None

    def window(self) -> QWindow | None:
        return self._canvas.window()

    def parent(self) -> QAccessibleInterface:
        return self._canvas if self.focus.kind == "node" else self._canvas.part(Focus("node", self.focus.id))

    def child(self, index: int) -> QAccessibleInterface | None:
        children = self.children()
        return self._canvas.part(children[index]) if 0 <= index < len(children) else None

    def childCount(self) -> int:
        return len(self.children())

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        children = self.children()
        if isinstance(child, PartAccessible) and child.focus in children:
            return children.index(child.focus)
        return -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:
        for focus in self.children():
            part = self._canvas.part(focus)
            if part.rect().contains(x, y):
                return part
        return None

    def focusChild(self) -> QAccessibleInterface | None:
        focus = self._view.gestures.keyboard.focus
        return self._canvas.part(focus) if focus is not None and focus in self.children() else None

    def text(self, kind: QAccessible.Text) -> str:
        if not self.isValid():
            return ""
        view, focus = self._view, self.focus
        match kind, focus.kind:
            case _Text.Name, "node":
                return node_name(view.document, focus.id)
            case _Text.Description, "node":
                return node_description(view, focus.id)
            case _Text.Name, "wire":
                return wire_name(view.document, focus.id, focus.port)
            case _Text.Name, _:
                return port_name(focus.kind, focus.port)
            case _Text.Description, "input" | "output":
                return port_description(view.document, focus.kind, focus.id, focus.port)
            case _:
                return ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Names are changed by renaming."""

    def rect(self) -> QRect:
        view, focus = self._view, self.focus
        if not self.isValid() or not view.is_drawn(focus.id):
            return QRect()
        if focus.kind == "node":
            scene = view.card_rect(focus.id)
        elif focus.kind == "wire":
            scene = view.wire_path(focus.id, focus.port).boundingRect()
        else:
            at, half = view.port_position(focus.id, focus.kind, focus.port), PORT_PX / 2
            scene = QRectF(at.x() - half, at.y() - half, PORT_PX, PORT_PX)
        shown = QRect(view.to_view(scene.topLeft()), view.to_view(scene.bottomRight()))
        return QRect(view.viewport().mapToGlobal(shown.topLeft()), shown.size())

    def role(self) -> QAccessible.Role:
        match self.focus.kind:
            case "node":
                entity = self._view.document.get(self.focus.id)
                if isinstance(entity, Note):
                    return _Role.Note if entity.shape == "note" else _Role.Grouping
                return _Role.Grouping if isinstance(entity, GROUP_TYPES) else _Role.ListItem
            case "wire":
                return _Role.Graphic
            case _:
                return _Role.Button

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        if not self.isValid():
            state.invalid = True
            return state
        view, focus = self._view, self.focus
        state.focusable = True
        state.focused = view.hasFocus() and view.gestures.keyboard.focus == focus
        state.selectable = focus.kind == "node"
        state.selected = focus.kind == "node" and focus.id in view.selection
        state.offscreen = not self.rect().intersects(self._canvas.rect())
        state.invisible = not view.is_drawn(focus.id)
        placement = view.document.placement(focus.id)
        if focus.kind == "node" and isinstance(view.document.get(focus.id), GROUP_TYPES):
            state.expandable = True
            state.collapsed = placement is not None and placement.is_folded
            state.expanded = not state.collapsed
        return state

    def interface_cast(self, kind: QAccessible.InterfaceType) -> QAccessibleActionInterface | None:
        return self._actions if kind == QAccessible.InterfaceType.ActionInterface else None

    def relations(self, match: object = None) -> list[object]:
        return []


class PartActions(QAccessibleActionInterface):
    """Select or go there; a task has a menu too."""

    def __init__(self, part: PartAccessible) -> None:
        super().__init__()
        self._part = part

    def actionNames(self) -> list[str]:
        names = [QAccessibleActionInterface.pressAction(), QAccessibleActionInterface.setFocusAction()]
        if self._part.focus.kind == "node":
            names.append(QAccessibleActionInterface.showMenuAction())
        return names

    def doAction(self, actionName: str) -> None:  # noqa: N803 Qt's
        self._part.act(actionName)

    def keyBindingsForAction(self, actionName: str) -> list[str]:  # noqa: N803 Qt's
        return []


_canvases: dict[int, CanvasAccessible] = {}
_is_installed = False
_MARK = "pipeloom-canvas"


def make_accessible(view: CanvasView) -> None:
    """Tell Qt how screen readers see this canvas. Costs nothing until one asks."""
    global _is_installed
    if not _is_installed:
        QAccessible.installFactory(_factory)
        _is_installed = True
    view.setProperty(_MARK, "yes")
    key = id(view)
    view.destroyed.connect(lambda: _on_destroyed(key))


def tell_focus(view: CanvasView, focus: Focus | None) -> None:
    """Have a screen reader follow the keyboard."""
    canvas = _canvases.get(id(view))
    if focus is not None and canvas is not None and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleEvent(canvas.part(focus), QAccessible.Event.Focus))


def accessible_canvas(view: CanvasView) -> CanvasAccessible:
    """The accessible object of a canvas."""
    canvas = QAccessible.queryAccessibleInterface(view)
    assert isinstance(canvas, CanvasAccessible)
    return canvas


def focus_at(hit: object) -> Focus | None:
    """What of the canvas a hit is on."""
    kind, entity_id, port = hit  # pyright: ignore[reportGeneralTypeIssues]
    if entity_id is None:
        return None
    match kind:
        case "input" | "output" | "wire":
            return Focus(kind, entity_id, port)
        case "group_port":
            return Focus("output", entity_id, port)
        case _:
            return Focus("node", entity_id)


def _factory(_key: str, owner: QObject | None) -> QAccessibleInterface | None:
    if owner is None or owner.property(_MARK) != "yes":
        return None
    canvas = _canvases.get(id(owner))
    if canvas is None or not shiboken6.isValid(canvas):
        canvas = _canvases[id(owner)] = CanvasAccessible(owner)  # pyright: ignore[reportArgumentType] marked so by make_accessible
    return canvas


def _on_destroyed(key: int) -> None:
    canvas = _canvases.pop(key, None)
    if canvas is not None:
        canvas.release_parts()


def tell_changed(view: CanvasView) -> None:
    """What is drawn may be other things now."""
    canvas = _canvases.get(id(view))
    if canvas is not None and shiboken6.isValid(canvas):
        canvas.forget_children()
