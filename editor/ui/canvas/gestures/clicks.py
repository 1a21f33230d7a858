"""Presses that stay clicks: what is selected, folded, entered, renamed; and the cursor that tells a drag's effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from editor import edits
from editor.model import GROUP_TYPES, Pipeline, Task
from editor.ui.canvas.focus import Focus
from editor.ui.canvas.gestures.at_port import INTO_WIRE
from editor.ui.canvas.gestures.large_edits import attempt
from editor.ui.canvas.gestures.placing import Landing, top_left_under
from editor.ui.canvas.gestures.resize import CURSORS, resized_edges

if TYPE_CHECKING:
    from editor.model import EntityId
    from editor.ui.canvas.gestures.dispatch import GestureDispatcher
    from editor.ui.canvas.gestures.gesture import Pointer
    from editor.ui.canvas.view import CanvasView, Hit

_Keys = Qt.KeyboardModifier
_ENTITY_KINDS = ("task", "header", "fold", "group_title", "note")


class Clicks:
    """A press on something unselected selects it at once, so that it can be dragged; the rest waits for the release."""

    def __init__(self, view: CanvasView, gestures: GestureDispatcher) -> None:
        self._view = view
        self._gestures = gestures

    def press(self, hit: Hit, at: Pointer) -> None:
        view = self._view
        if hit.id is None or hit.kind not in _ENTITY_KINDS:
            return
        self._gestures.keyboard.set_focus(Focus("node", hit.id))
        if hit.id in view.selection:
            return
        if at.has(_Keys.ShiftModifier):
            view.select({hit.id}, add=True)
        elif not at.has(_Keys.ControlModifier):
            view.select({hit.id})

    def press_for_menu(self, hit: Hit) -> None:
        """A menu is about the selection: what is under the cursor joins it by becoming it."""
        if hit.id is not None and hit.kind != "wire" and hit.id not in self._view.selection:
            self._view.select({hit.id})

    def click(self, hit: Hit, at: Pointer) -> None:
        view = self._view
        keeps = at.has(_Keys.ShiftModifier) or at.has(_Keys.ControlModifier)
        if hit.id is None or hit.kind == "none":
            self._gestures.keyboard.set_focus(None)
            if not keeps:
                view.select(())
            return
        match hit.kind:
            case "wire":
                self._gestures.keyboard.set_focus(Focus("wire", hit.id, hit.port))
                if not keeps:
                    view.select(())
            case "input" | "output" | "group_port":
                side = "input" if hit.kind == "input" else "output"
                self._gestures.keyboard.set_focus(Focus(side, hit.id, hit.port))
                if not keeps:
                    view.select({hit.id})
            case "fold":
                self._toggle_fold(hit.id)
            case _:
                self._click_entity(hit.id, at)

    def double_click(self, hit: Hit, at: Pointer) -> None:
        view = self._view
        if hit.id is None or hit.kind in ("none", "group"):
            self._gestures.open_quick_add(Landing(at.scene))
            return
        match hit.kind:
            case "header":
                if self._is_subpipeline(hit.id):
                    view.activated.emit(hit.id)
                else:
                    self._gestures.rename(hit.id)
            case "group_title" | "note" | "note_resize":
                self._gestures.rename(hit.id)
            case "wire":
                landing = Landing(top_left_under(at.scene), wire=(hit.id, hit.port))
                self._gestures.open_quick_add(landing, heading=INTO_WIRE)
            case "task":
                view.activated.emit(hit.id)
            case "fold":
                # The second press of two quick ones on a fold is a press like the first.
                self._toggle_fold(hit.id)
            case _:
                pass

    def cursor_over(self, hit: Hit, scene: QPointF) -> Qt.CursorShape | None:
        if hit.id is None:
            return None
        if (edges := resized_edges(self._view, hit, scene)) is not None:
            return CURSORS[edges]
        return {
            "output": Qt.CursorShape.CrossCursor,
            "input": Qt.CursorShape.CrossCursor,
            "group_port": Qt.CursorShape.CrossCursor,
            "fold": Qt.CursorShape.PointingHandCursor,
            "wire": Qt.CursorShape.PointingHandCursor,
        }.get(hit.kind)

    def _click_entity(self, entity_id: EntityId, at: Pointer) -> None:
        view = self._view
        if at.has(_Keys.ControlModifier):
            view.select(view.selection ^ {entity_id})
        elif not at.has(_Keys.ShiftModifier):
            view.select({entity_id})

    def _toggle_fold(self, entity_id: EntityId) -> None:
        document = self._view.document
        placement = document.placement(entity_id)
        if isinstance(document.get(entity_id), GROUP_TYPES):
            is_folded = placement is not None and placement.is_folded
            attempt(self._view, lambda: edits.fold(document, entity_id, not is_folded))
        else:
            is_open = placement is not None and placement.is_open
            attempt(self._view, lambda: edits.fold(document, entity_id, is_open))

    def _is_subpipeline(self, entity_id: EntityId) -> bool:
        document = self._view.document
        task = document.get(entity_id)
        return isinstance(task, Task) and isinstance(document.get(task.component), Pipeline)
