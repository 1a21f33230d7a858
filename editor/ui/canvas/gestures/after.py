"""Ctrl-drag from a header: the other one shall run after this one, though it takes nothing from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from editor import edits
from editor.model import NODE_TYPES, Edit, EditRefused, EntityId
from editor.ui.canvas.gestures.drops import light_up
from editor.ui.canvas.gestures.gesture import Gesture, Pointer
from editor.ui.canvas.gestures.large_edits import attempt
from editor.ui.canvas.gestures.reading import name_of
from editor.ui.theme import ink

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView


class RunAfterGesture(Gesture):
    """A dashed grey line from the header that was pressed to the task or group that shall wait for it."""

    def __init__(self, view: CanvasView, first: EntityId) -> None:
        super().__init__(view)
        self._first = first
        self._then: EntityId | None = None
        self._end = QPointF()
        self._tried: dict[EntityId, Edit | EditRefused] = {}

    def move(self, at: Pointer) -> None:
        hit = self.view.hit(at.scene)
        self._end = at.scene
        is_node = hit.id is not None and isinstance(self.view.document.get(hit.id), NODE_TYPES)
        self._then = hit.id if is_node and hit.kind not in ("group", "wire") and hit.id != self._first else None
        words, refused = "Release over the task that shall run after", False
        if self._then is not None:
            outcome = self._outcome(self._then)
            refused = isinstance(outcome, EditRefused)
            after, first = name_of(self.view.document, self._then), name_of(self.view.document, self._first)
            words = str(outcome) if isinstance(outcome, EditRefused) else f"'{after}' runs after '{first}'"
        self.view.gestures.bubble.say(words, at.position, refusal=refused)
        self.view.update()

    def release(self, at: Pointer) -> None:
        self.move(at)
        then = self._then
        self.finish()
        if then is None:
            return
        attempt(self.view, lambda: edits.run_after(self.view.document, self._first, then))

    def finish(self) -> None:
        self.view.gestures.bubble.clear_words()
        super().finish()

    def paint(self, painter: QPainter) -> None:
        rect = self.view.card_rect(self._first)
        if self._then is not None:
            refused = isinstance(self._outcome(self._then), EditRefused)
            light_up(self.view, painter, self.view.card_rect(self._then), refused=refused)
        painter.setPen(QPen(ink(self.view.theme.runs_after), 2, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(QPointF(rect.right(), rect.top() + 16), self._end))

    def _outcome(self, then: EntityId) -> Edit | EditRefused:
        if then not in self._tried:
            try:
                self._tried[then] = edits.run_after(self.view.document, self._first, then)
            except EditRefused as error:
                self._tried[then] = error
        return self._tried[then]
