"""Editing text where it stands: a task's name in its header, a frame's title in its bar, a note's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from editor import edits
from editor.errors import EditorError
from editor.model import GROUP_TYPES, NODE_TYPES, DocumentView, Edit, EntityId, Note
from editor.model.metrics import GROUP_TITLE_HEIGHT, HEADER_HEIGHT
from editor.ui.canvas.gestures.gesture import apply_edit, refuse_read_only
from editor.ui.canvas.gestures.large_edits import nothing, work_out
from editor.ui.theme import TEXT_PX, font

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

RING_PX = 3
"""So far round a note its selection reaches, which a field over it hides."""
LARGEST_PX = 32
"""Letters in a field; those of a note grow with the zoom."""


class InlineEditor(QObject):
    """A field laid over the canvas: Enter or a click elsewhere keeps what was typed, Escape the old text.

    When what was typed is refused the words say why, and the field stays open until it is right or given up.
    """

    def __init__(
        self,
        view: CanvasView,
        field: QLineEdit | QPlainTextEdit,
        keep: Callable[[str], None],
        give_up: Callable[[], object] = nothing,
    ) -> None:
        super().__init__(field)
        self._view = view
        self.field = field
        self._keep = keep
        self._give_up = give_up
        self.is_open = True
        field.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        field.installEventFilter(self)
        field.show()
        field.raise_()
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        field.selectAll()

    def text(self) -> str:
        return self.field.text() if isinstance(self.field, QLineEdit) else self.field.toPlainText()

    def write(self, text: str) -> None:
        if isinstance(self.field, QLineEdit):
            self.field.setText(text)
        else:
            self.field.setPlainText(text)

    def accept(self) -> None:
        if not self.is_open:
            return
        try:
            self._keep(self.text())
        except EditorError as error:
            self.refuse(error)
            return
        self.close()

    def refuse(self, error: EditorError) -> None:
        """Say beside the field why what is in it cannot be kept."""
        self._view.gestures.bubble.say(str(error), self.field.geometry().bottomLeft(), refusal=True, for_a_while=True)

    def close(self) -> None:
        if self.is_open:
            self.is_open = False
            self._view.gestures.bubble.clear_words()
            self.field.hide()
            self.field.deleteLater()
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event)
        elif isinstance(event, QFocusEvent) and event.lostFocus() and self.is_open:
            self._on_focus_lost(event.reason())
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            self._give_up()
            return True
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        needs_control = isinstance(self.field, QPlainTextEdit)
        if is_enter and (not needs_control or event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            self.accept()
            return True
        return event.key() == Qt.Key.Key_Tab and not needs_control

    def _on_focus_lost(self, reason: Qt.FocusReason) -> None:
        if reason in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            return
        self.accept()
        if self.is_open:
            # A refused text must not hold the keyboard against someone who has gone on to something else.
            QTimer.singleShot(0, self.close)


def edit_name(view: CanvasView, entity_id: EntityId, *, is_new: bool) -> InlineEditor | None:
    """Open the editor for what `entity_id` is called: a task's or group's name, a note's text.

    What is written into one that is new is one step with adding it. A sticky note goes again where it is left without
    words; a frame without a title may be wanted.
    """
    entity = view.document.get(entity_id)
    if view.is_read_only:
        refuse_read_only(view)
        return None
    if isinstance(entity, Note):
        edit = _edit_title if entity.shape == "frame" else _edit_note
        return edit(view, entity, is_new=is_new and not entity.text)
    if not isinstance(entity, NODE_TYPES):
        return None
    rect = view.card_rect(entity_id)
    height = GROUP_TITLE_HEIGHT if isinstance(entity, GROUP_TYPES) else HEADER_HEIGHT
    field = QLineEdit(entity.name, view.viewport())
    field.setAccessibleName(f"Name of {entity.name}")
    field.setGeometry(_on_view(view, QRectF(rect.left(), rect.top(), rect.width(), height), field))

    def keep(text: str) -> None:
        if text.strip() != entity.name:
            _keep(view, entity_id, text, lambda: edits.rename(view.document, entity_id, text.strip()))

    return InlineEditor(view, field, keep)


def _edit_title(view: CanvasView, frame: Note, *, is_new: bool) -> InlineEditor:
    """The first line of a frame's text, in its bar; further lines stay as they are."""
    title = frame.text.partition("\n")[0]
    field = QLineEdit(title, view.viewport())
    field.setAccessibleName("Title of the frame")
    field.setPlaceholderText("Title")
    rect = view.card_rect(frame.id)
    field.setGeometry(_on_view(view, QRectF(rect.left(), rect.top(), rect.width(), GROUP_TITLE_HEIGHT), field))

    def keep(text: str) -> None:
        if text.strip() != title:
            _keep(view, frame.id, text, lambda: _titled(view.document, frame.id, text.strip(), is_new=is_new))

    return InlineEditor(view, field, keep)


def _titled(view: DocumentView, frame: EntityId, title: str, *, is_new: bool) -> Edit:
    """Give a frame another first line."""
    text = getattr(view.get(frame), "text", "")
    return _write(view, frame, "".join((title, *text.partition("\n")[1:])), is_new=is_new)


def _write(view: DocumentView, note: EntityId, text: str, *, is_new: bool) -> Edit:
    return (edits.first_words if is_new else edits.change_note)(view, note, text=text)


def _keep(view: CanvasView, thing: EntityId, typed: str, make: Callable[[], Edit]) -> None:
    """Do the edit: after those that are pending, and `make` is called once more then.

    Raises EditorError if it is refused as things are: the field stays open. If it is refused later, it opens again.
    """
    edit = make()
    if not view.gestures.pending:
        apply_edit(view, edit)
        return

    def refused(error: EditorError) -> None:
        view.when_followed(lambda: _give_back(view, thing, typed, error))

    work_out(view, lambda _document: make(), None, lambda edit: apply_edit(view, edit), refused)


def _give_back(view: CanvasView, thing: EntityId, typed: str, error: EditorError) -> None:
    """What was typed was refused when its turn had come: it is in its field again, to be mended.

    Where the thing is gone, or the person is at something else by now, it goes with the words that say why.
    """
    gestures = view.gestures
    is_typing = gestures.inline is not None and gestures.inline.is_open
    if view.hasFocus() and not is_typing and gestures.active is None and view.columns.is_here(thing):
        gestures.rename(thing)
        if gestures.inline is not None:
            gestures.inline.write(typed)
            gestures.inline.refuse(error)
    else:
        details = f"What was typed:\n{typed}"
        view.refused.emit(EditorError(error.message, hint=error.hint, details=details, subjects=error.subjects))


def _edit_note(view: CanvasView, note: Note, *, is_new: bool) -> InlineEditor:
    give_up = _taking_back(view, note) if is_new else nothing
    field = QPlainTextEdit(note.text, view.viewport())
    field.setAccessibleName("Text of the note")
    field.setPlaceholderText("Markdown; Ctrl+Enter keeps it")
    _look_like(view, note, field)
    field.setGeometry(_on_view(view, view.card_rect(note.id), field).adjusted(-RING_PX, -RING_PX, RING_PX, RING_PX))

    def keep(text: str) -> None:
        if text != note.text:
            _keep(view, note.id, text, lambda: _write(view.document, note.id, text, is_new=is_new))
        elif is_new:
            # It may be left for the inspector, to be written or coloured there, or to be made larger first.
            _Deselecting(view, note.id, give_up)

    def leave() -> None:
        if field.toPlainText().strip() and is_new:
            keep(field.toPlainText())  # What was written into a new note is written nowhere else.
        else:
            give_up()

    return InlineEditor(view, field, keep, leave)


def _look_like(view: CanvasView, note: Note, field: QPlainTextEdit) -> None:
    """Give the field a note's paper, and letters as large as its own where these can be read."""
    theme = view.theme
    field.setStyleSheet(
        f"QPlainTextEdit {{ background: {theme.note(note.color)}; color: {theme.note_text};"
        f" border: 2px solid {theme.accent}; border-radius: 5px; }}"
    )
    field.setFont(font(round(min(max(TEXT_PX * view.zoom, TEXT_PX - 1), LARGEST_PX))))
    field.document().setDocumentMargin(min(max(9 * view.zoom, 4), 18))


def _taking_back(view: CanvasView, note: Note) -> Callable[[], None]:
    """Takes a note away that was just added, unless something was done since."""
    revision = view.document.revision

    def take_back() -> None:
        if view.document.revision == revision and apply_edit(view, edits.take_back_note(view.document, note.id)):
            view.select(view.selection - {note.id})

    return take_back


class _Deselecting(QObject):
    """Calls `then` when something is selected no longer, after what has brought that about."""

    def __init__(self, view: CanvasView, one: EntityId, then: Callable[[], object]) -> None:
        super().__init__(view)
        self._view, self._one, self._then = view, one, then
        view.selection_changed.connect(self._on_selection_changed)

    def _on_selection_changed(self) -> None:
        if self._one not in self._view.selection:
            self._view.selection_changed.disconnect(self._on_selection_changed)
            QTimer.singleShot(0, self, self._end)

    def _end(self) -> None:
        self._then()
        self.deleteLater()


def _on_view(view: CanvasView, rect: QRectF, field: QWidget) -> QRect:
    """The rect in the view's pixels, large enough to type in and inside the view."""
    shown = QRect(view.to_view(rect.topLeft()), view.to_view(rect.bottomRight()))
    shown.setWidth(max(shown.width(), 160))
    shown.setHeight(max(shown.height(), field.sizeHint().height() if isinstance(field, QLineEdit) else 80))
    room = view.viewport().rect()
    shown.moveLeft(max(room.left(), min(shown.left(), room.right() - shown.width())))
    shown.moveTop(max(room.top(), min(shown.top(), room.bottom() - shown.height())))
    return shown
