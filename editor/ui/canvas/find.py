"""Find on the canvas: a bar over it, hits lit up as one types, next and previous."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton

from editor.model import NODE_TYPES, Component, DocumentView, Edit, EntityId, Note, Pipeline, Task
from editor.ui.canvas.arrays import draw_rects
from editor.ui.canvas.focus import Focus
from editor.ui.canvas.following import MANY_CHANGES
from editor.ui.canvas.zooms import NAMES_FROM
from editor.ui.icons import icon
from editor.ui.slices import SLICE_S, Slices
from editor.ui.theme import clear, ink

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

WIDTH_PX = 360
MARGIN_PX = 12
HIT_ZOOM = 0.6
"""A hit that one goes to is shown so large where its name could not be read."""
MANY_HITS = 2000
"""To put more in order takes a slice, as does to mark them."""
MOST_OUTLINES = 150
"""More hits in view than this are filled boxes, drawn in one go."""


def haystack(document: DocumentView, entity_id: EntityId, of_component: dict[EntityId, str]) -> str:
    """Everything one may look a thing up by: name, component, names of ports, a note's words.

    `of_component` keeps what many tasks share.
    """
    entity = document.get(entity_id)
    if isinstance(entity, Note):
        return entity.text.casefold()
    if not isinstance(entity, NODE_TYPES):
        return ""
    words = [entity.name]
    if isinstance(entity, Task):
        shared = of_component.get(entity.component)
        if shared is None:
            ports = document.interface(entity.component)
            names = [ports.name, *(port.name for port in (*ports.inputs, *ports.outputs))]
            shared = of_component[entity.component] = "\n".join(names)
        words += [entity.settings.display_name, shared]
    else:
        words.append(entity.display_name)
    return "\n".join(words).casefold()


def _holds(text: str, words: list[str]) -> bool:
    return all(word in text for word in words)


class FindBar(QFrame):
    """Enter goes to the next hit, Shift+Enter to the one before, Escape closes and leaves the hit selected."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view.viewport())
        self._view = view
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setAccessibleName("Find on canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.hits: list[EntityId] = []
        self._texts: dict[EntityId, str] = {}
        """What was looked through, until it changes."""
        self._of_component: dict[EntityId, str] = {}
        self._current = -1
        self._slots = np.zeros(0, np.int64)
        """Of the hits that are tasks and groups."""
        self._note_hits: set[EntityId] = set()
        self._reading: Iterator[None] | None = None
        self._slices = Slices(self, self._read_on)
        self._goes = False
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Find tasks, components, ports, notes")
        self.field.setAccessibleName("Find on canvas")
        self.field.setClearButtonEnabled(True)
        # A press beside the field must not give the keyboard back to the canvas.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(self.field)
        self.count = QLabel(self)
        self.count.setMinimumWidth(self.count.fontMetrics().horizontalAdvance("00,000 of 00,000"))
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.previous_button = self._button("up", "Previous hit")
        self.next_button = self._button("down", "Next hit")
        self.close_button = self._button("close", "Close")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        for widget in (self.field, self.count, self.previous_button, self.next_button, self.close_button):
            layout.addWidget(widget)
        self.field.textChanged.connect(self._on_field_text_changed)
        self.field.installEventFilter(self)
        self.previous_button.clicked.connect(lambda: self.step(-1))
        self.next_button.clicked.connect(lambda: self.step(1))
        self.close_button.clicked.connect(self.shut)
        view.viewport().installEventFilter(self)
        self.hide()

    def open(self) -> None:
        self._place()
        if self._view.overlay_painters.count(self._paint) == 0:
            self._view.overlay_painters.append(self._paint)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self._search(self.field.text(), go=False)

    def shut(self) -> None:
        if self._paint in self._view.overlay_painters:
            self._view.overlay_painters.remove(self._paint)
        self.hide()
        self._view.update()
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def follow(self, edit: Edit | None = None) -> None:
        """What is drawn has changed (by `edit`; None: another pipeline is shown): find again."""
        if edit is not None and self.isHidden() and not self._texts:
            return  # Nothing was read yet.
        # What thousands say is read anew in slices, when it is looked for again.
        if edit is None or len(edit.changes) > MANY_CHANGES or _names_others(edit):
            self._texts.clear()
            self._of_component.clear()
            if edit is None:
                self.hits, self._slots, self._note_hits = [], np.zeros(0, np.int64), set()
        else:
            for changed in edit.ids:
                self._texts.pop(changed, None)
        if not self.isHidden():
            self._goes, self._reading = False, self._found(self.field.text().casefold().split())
            self._slices.start()  # An edit and a slice are more than one turn has room for.

    def step(self, by: int) -> None:
        """Go to the next hit, or with -1 to the one before; round and round."""
        columns, hits = self._view.columns, self.hits
        for _hit in hits:
            self._current = (self._current + by) % len(hits)
            # An edit may not be followed yet: what has gone with it is no hit.
            if columns.is_here(hits[self._current]):
                self._show_current()
                return

    def _show_current(self) -> None:
        self._go()
        # Letters find wherever one looks from; who asks for a hit wants to read it.
        if self._view.zoom < NAMES_FROM:
            self._view.zoom_by(HIT_ZOOM / self._view.zoom)
            self._view.centre_on(self._view.card_rect(self.hits[self._current]).center())
            self._uncover(self.hits[self._current])

    def _button(self, drawing: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(drawing))
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _on_field_text_changed(self, text: str) -> None:
        self._search(text, go=True)

    def _search(self, text: str, *, go: bool) -> None:
        """Find anew, staying at the hit where one was; what was not read yet is read first, in slices."""
        self._goes = go
        self._reading = self._found(text.casefold().split())
        self._read_on()

    def _read_on(self) -> None:
        if self._reading is not None and next(self._reading, self) is not self:
            self._slices.start()
        else:
            self._reading = None
            self._slices.stop()

    def _found(self, wanted: list[str]) -> Iterator[None]:
        view, columns = self._view, self._view.columns
        before = self.hits[self._current] if 0 <= self._current < len(self.hits) else None
        found: list[EntityId] = []
        pause = perf_counter() + SLICE_S
        for each in view.drawn() if wanted and not self.isHidden() else ():
            if _holds(self._text(view.document, each), wanted):
                found.append(each)
            if perf_counter() > pause:
                yield
                pause = perf_counter() + SLICE_S
        if len(found) > MANY_HITS:
            yield
        hits = self._by_place(found)
        if len(found) > MANY_HITS:
            yield
        self.hits, self._slots = hits, np.flatnonzero(columns.marked(hits))
        self._note_hits = columns.notes.keys() & hits
        self._current = 0 if self.hits else -1
        if before is not None and before in self.hits:
            self._current = self.hits.index(before)
        if self._goes and self.hits:
            self._go()
        self._tell()

    def _by_place(self, found: list[EntityId]) -> list[EntityId]:
        """From left to right, and from the top down: those of them that are drawn still."""
        here, boxes = self._view.columns.boxes_of(found)
        return [here[place] for place in np.lexsort((boxes[:, 1], boxes[:, 0])).tolist()]

    def _text(self, document: DocumentView, entity_id: EntityId) -> str:
        text = self._texts.get(entity_id)
        if text is None:
            text = self._texts[entity_id] = haystack(document, entity_id, self._of_component)
        return text

    def _go(self) -> None:
        hit = self.hits[self._current]
        self._view.select({hit})
        self._view.reveal(hit)
        self._uncover(hit)
        self._view.gestures.keyboard.set_focus(Focus("node", hit))
        self._tell()

    def _uncover(self, hit: EntityId) -> None:
        """Move the paper down if the bar lies over the hit that one wants to see."""
        view, bar = self._view, self.geometry().adjusted(-MARGIN_PX, -MARGIN_PX, MARGIN_PX, MARGIN_PX)
        rect = view.card_rect(hit)
        if QRect(view.to_view(rect.topLeft()), view.to_view(rect.bottomRight())).intersects(bar):
            view.pan_by(0, bar.bottom() - view.to_view(rect.topLeft()).y())

    def _tell(self) -> None:
        if not self.field.text().strip():
            self.count.setText("")
        else:
            self.count.setText(f"{self._current + 1:,} of {len(self.hits):,}" if self.hits else "No hits")
        self.count.setAccessibleName(self.count.text())
        for button in (self.previous_button, self.next_button):
            button.setEnabled(bool(self.hits))
        self._view.update()

    def _paint(self, painter: QPainter) -> None:
        view, columns = self._view, self._view.columns
        seen = view.visible_rect()
        boxes = columns.box[self._slots]
        is_seen = (boxes[:, 0] < seen.right()) & (boxes[:, 2] > seen.left())
        is_seen &= (boxes[:, 1] < seen.bottom()) & (boxes[:, 3] > seen.top()) & columns.alive[self._slots]
        here = 0 <= self._current < len(self.hits)
        outlined = [self.hits[self._current]] if here else []
        if np.count_nonzero(is_seen) > MOST_OUTLINES:
            self._fill(painter, boxes[is_seen])
        else:
            outlined += [columns.ids[slot] for slot in self._slots[is_seen].tolist()]
        outlined += self._note_hits
        painter.setBrush(clear(view.theme.warning, 0.12))
        for hit in dict.fromkeys(outlined):
            rect = view.card_rect(hit)
            if rect.intersects(seen):
                pen = QPen(ink(view.theme.warning), 4 if here and hit == self.hits[self._current] else 2)
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.drawRoundedRect(rect.adjusted(-4, -4, 4, 4), 10, 10)

    def _fill(self, painter: QPainter, boxes: np.ndarray) -> None:
        rects = boxes.copy()
        rects[:, 2:] -= rects[:, :2]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink(self._view.theme.warning))
        draw_rects(painter, rects)
        painter.restore()

    def _place(self) -> None:
        room = self._view.viewport().rect()
        self.setFixedWidth(min(WIDTH_PX + 80, max(120, room.width() - 2 * MARGIN_PX)))
        self.adjustSize()
        self.move(room.right() - self.width() - MARGIN_PX, MARGIN_PX)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.field:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._place()
            return super().eventFilter(watched, event)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            match event.key():
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                case Qt.Key.Key_Down:
                    self.step(1)
                case Qt.Key.Key_Up:
                    self.step(-1)
                case Qt.Key.Key_Escape:
                    self.shut()
                case _:
                    return super().eventFilter(watched, event)
            return True
        return super().eventFilter(watched, event)


def _names_others(edit: Edit) -> bool:
    """Whether what others say by it may be something else now."""
    return any(isinstance(change.after or change.before, Component | Pipeline) for change in edit.changes)
