"""A component dragged in from the library, or files from the desktop: where it would land lights up under a ghost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter

from editor.model import EntityId, Interface, Task
from editor.model.metrics import CARD_WIDTH
from editor.ui.canvas.cards import entry_look
from editor.ui.canvas.gestures.drops import Frames, light_up, light_up_wire
from editor.ui.canvas.gestures.gesture import Gesture, Pointer
from editor.ui.canvas.gestures.placing import Landing, fits_into_wire, paint_ghost, place_entry, top_left_under
from editor.ui.canvas.gestures.reading import name_of
from editor.ui.canvas.gestures.snapping import grid_point
from editor.ui.canvas.gestures.wire import Target

if TYPE_CHECKING:
    from editor.components.entries import LibraryEntry
    from editor.ui.canvas.view import CanvasView

COMPONENT_MIME = "application/x-pipeloom-component"


def dragged_entry(view: CanvasView, dragged: QMimeData) -> LibraryEntry | None:
    """The library's entry that is dragged; None if it is something else, or of a library that has it no longer."""
    if not dragged.hasFormat(COMPONENT_MIME):
        return None
    key = bytes(dragged.data(COMPONENT_MIME).data()).decode("utf-8", "replace")
    return view.library.entry(key)


def dragged_files(dragged: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in dragged.urls() if url.isLocalFile()]


class LibraryDrag(Gesture):
    """On empty canvas or in a frame it is added, on a wire put into it, on a task put in its place."""

    def __init__(self, view: CanvasView, entry: LibraryEntry) -> None:
        super().__init__(view)
        self.entry = entry
        self._look = entry_look(entry.kind, Interface(entry.name, entry.inputs, entry.outputs))
        self._frames = Frames(view)
        self._at = QPointF()
        self._wire: Target | None = None
        self._replaced: EntityId | None = None
        self._group: EntityId | None = None

    def move(self, at: Pointer) -> None:
        view = self.view
        self._at = at.scene
        hit = view.hit(at.scene)
        is_task = hit.id is not None and isinstance(view.document.get(hit.id), Task)
        on_task = is_task and hit.kind in ("task", "header", "input", "output", "fold")
        self._replaced = hit.id if on_task else None
        wire = None if on_task else view.wire_at(at.scene)
        self._wire = None if on_task else self._wire_under(wire)
        scope = self._frames.at(at.scene)
        self._group = scope if scope != view.scope and not on_task else None
        words, refused = self._words(wire)
        view.gestures.bubble.say(words, at.position, refusal=refused)
        view.update()

    def _wire_under(self, pointed_at: Target | None) -> Target | None:
        """The wire into which it would be put: that under the cursor, else one that the ghost lies across."""
        wires = [pointed_at] if pointed_at is not None else self.view.wires_under(self._ghost(), self._at)
        return next((wire for wire in wires if fits_into_wire(self.view.document, self.entry, wire)), None)

    def release(self, at: Pointer) -> None:
        self.move(at)
        self.finish()
        corner = grid_point(top_left_under(at.scene))
        parent = self._frames.at(at.scene)
        place_entry(self.view, self.entry, Landing(corner, parent, wire=self._wire, replaces=self._replaced))

    def finish(self) -> None:
        self.view.gestures.bubble.clear_words()
        super().finish()

    def paint(self, painter: QPainter) -> None:
        view = self.view
        if self._replaced is not None and self._replaced in view.document:
            light_up(view, painter, view.card_rect(self._replaced))
        elif self._wire is None and self._group is not None and (frame := self._frames.rect(self._group)) is not None:
            light_up(view, painter, frame)
        paint_ghost(view, painter, self._look, grid_point(top_left_under(self._at)))
        if self._wire is not None:
            light_up_wire(view, painter, self._wire, self._ghost())  # Over the ghost, which may cover all of it.

    def _ghost(self) -> QRectF:
        return QRectF(grid_point(top_left_under(self._at)), QSizeF(CARD_WIDTH, self._look.height))

    def _words(self, wire: Target | None) -> tuple[str, bool]:
        document = self.view.document
        if self._replaced is not None:
            return f"Release to put it in place of '{name_of(document, self._replaced)}'", False
        if self._wire is not None:
            return f"Release to insert before '{name_of(document, self._wire[0])}'", False
        if wire is not None:
            return "Its types do not fit into this wire; it is added beside it.", False
        if self._group is not None:
            return f"Release to add it in '{name_of(document, self._group)}'", False
        return "", False
