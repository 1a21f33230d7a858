"""The Preview tab: the package as it compiles from the document now, updated after a pause, only while it is seen.

A line that the cursor is put into selects what it stands for; what is selected is marked in the text.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextFormat
from PySide6.QtWidgets import QApplication, QComboBox, QPlainTextEdit, QStackedWidget, QTextEdit, QWidget

from editor.errors import EditorError
from editor.model import Component, Condition, Edit, EntityId, Snapshot, Task
from editor.ui.jobs import Jobs
from editor.ui.panels.highlighting import CodeHighlighter
from editor.ui.panels.long_text import LongText
from editor.ui.session import Session
from editor.ui.style import GAP, worn
from editor.ui.theme import clear, code_font
from editor.ui.widgets import EmptyState, column, icon_button, label, row, set_role
from editor.ui.work import export_python, preview_document
from editor.worker import Worker

if TYPE_CHECKING:
    from editor.compiler.lines import Span

PAUSE_MS = 100
MOST_MARKED = 400
"""Lines: what is selected may be the whole text."""


class PreviewPanel(QWidget):
    """The last good text stays while the next is made, and while the document does not compile."""

    chosen = Signal(object)
    """The ids of the tasks or groups, a tuple, that the line stands for into which the cursor was put."""

    def __init__(self, jobs: Jobs, worker: Worker) -> None:
        super().__init__()
        self._jobs = jobs
        self._worker = worker
        self._session: Session | None = None
        self._made_at: tuple[str, int] | None = None
        self._spans: tuple[Span, ...] = ()
        self._selection: frozenset[EntityId] = frozenset()
        self._is_silent = False
        self.kind = QComboBox()
        self.kind.addItems(["Package (IR YAML)", "Python"])
        self.kind.setAccessibleName("What to preview")
        self.kind.currentIndexChanged.connect(lambda _number: self._restart())
        self.state = label("", "muted")
        self.copy = icon_button(
            "copy", "Copy the text", lambda: QApplication.clipboard().setText(self.text.toPlainText())
        )
        self.text = LongText()
        self.text.filled.connect(self._mark)
        self.text.setFont(code_font())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Preview")
        # A cursor to read with: the keyboard goes through the lines as the mouse does.
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.cursorPositionChanged.connect(self._on_cursor_moved)
        self.highlighter = CodeHighlighter(self.text.document())
        bar = row(self.kind, self.state, None, self.copy)
        bar.setContentsMargins(GAP, 4, GAP, 4)
        shown = QWidget()
        shown.setLayout(column(bar, self.text, gap=0))
        self._stack = QStackedWidget(self)
        self._stack.addWidget(
            EmptyState("command", "Nothing to preview", "Open a pipeline to see what it compiles to.")
        )
        self._stack.addWidget(shown)
        self.setLayout(column(self._stack))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._compile)

    def set_session(self, session: Session | None) -> None:
        if self._session is not None:
            self._session.changed.disconnect(self._on_changed)
        self._session = session
        if session is not None:
            session.changed.connect(self._on_changed)
        self._stack.setCurrentIndex(1 if session is not None else 0)
        self._restart()

    def update_if_shown(self) -> None:
        """The tab came to the front: make the text if it is not that of the document as it is."""
        session = self._session
        if self.isVisible() and session is not None and self._made_at != (session.key, session.revision):
            self._pause.start(0)

    def refresh_theme(self) -> None:
        self.highlighter.take_colors()
        self._mark()

    def show_selection(self, selection: Collection[EntityId]) -> None:
        """Mark the lines of what is selected on the canvas, and bring the first of them into view."""
        selection = frozenset(selection)
        if selection == self._selection:
            return
        self._selection = selection
        lines = self._mark()
        if lines and not self._is_silent and self.isVisible():
            self._scroll_to(lines[0])

    def _mark(self) -> list[int]:
        """Mark the lines of the selection; gives them."""
        lines: dict[int, None] = {}
        for span in self._selected_spans():
            lines.update(dict.fromkeys(range(span.first, min(span.last, span.first + MOST_MARKED) + 1)))
            if len(lines) > MOST_MARKED:
                break
        marks: list[QTextEdit.ExtraSelection] = []
        for line in lines:
            mark = QTextEdit.ExtraSelection()
            mark.format.setBackground(clear(worn().accent, 0.18))  # pyright: ignore[reportAttributeAccessIssue]
            mark.format.setProperty(  # pyright: ignore[reportAttributeAccessIssue] missing in the stubs
                QTextFormat.Property.FullWidthSelection, 1
            )
            mark.cursor = QTextCursor(  # pyright: ignore[reportAttributeAccessIssue] missing in the stubs
                self.text.document().findBlockByNumber(line - 1)
            )
            marks.append(mark)
        self.text.setExtraSelections(marks)
        return list(lines)

    def _selected_spans(self) -> list[Span]:
        """A span names tasks and groups, or the component that they use, or a branch for a whole condition."""
        session = self._session
        if session is None or not self._selection or not self._spans:
            return []
        wanted = {*self._selection}
        document = session.document
        components: set[EntityId] = set()
        for each in self._selection:
            entity = document.get(each)
            if isinstance(entity, Task):
                components.add(entity.component)
            elif isinstance(entity, Condition):
                wanted.update(document.children(each))
        own = [span for span in self._spans if wanted.intersection(span.entities)]
        return own + [span for span in self._spans if components.intersection(span.entities)]

    def _scroll_to(self, line: int) -> None:
        self._is_silent = True
        self.text.setTextCursor(QTextCursor(self.text.document().findBlockByNumber(line - 1)))
        self.text.centerCursor()
        self._is_silent = False

    def _on_cursor_moved(self) -> None:
        session = self._session
        if self._is_silent or session is None or self.text.textCursor().hasSelection():
            return
        line = self.text.textCursor().blockNumber() + 1
        around = [span for span in self._spans if span.first <= line <= span.last]
        span = min(around, key=lambda each: each.last - each.first, default=None)
        if span is None:
            return
        document = session.document
        found: dict[EntityId, None] = {}
        for each in span.entities:
            if isinstance(document.get(each), Component):
                found.update(dict.fromkeys(document.users(each)))
            elif each in document:
                found[each] = None
        if found and not self._selection.intersection(found):
            self._is_silent = True
            self.chosen.emit(tuple(found))
            self._is_silent = False

    def _restart(self) -> None:
        self._made_at = None
        self.update_if_shown()

    def _on_changed(self, edit: Edit) -> None:
        if edit.is_drawing_only:
            return
        if self.isVisible():
            self._pause.start(PAUSE_MS)

    def _compile(self) -> None:
        session = self._session
        if session is None:
            return
        self._say("Updating…", "muted")
        at = (session.key, session.revision)

        is_package = self.kind.currentIndex() == 0

        def done(made: tuple[str, tuple[Span, ...]]) -> None:
            self._made_at = at
            self.highlighter.set_language("yaml" if is_package else "python")
            self._show(*made)
            self._say("", "muted")

        def failed(error: EditorError) -> None:
            self._made_at = at
            self._say(error.message, "error")
            session.compile_refused(error, at[1])

        make = preview_document if is_package else compiled_python
        self._jobs.latest(
            "preview", make, session.document.snapshot(), self._worker, done=done, failed=failed, owner=self
        )

    def _show(self, text: str, spans: tuple[Span, ...]) -> None:
        self._spans = spans
        self._is_silent = True
        self.text.show_text(text)
        self._is_silent = False

    def _say(self, text: str, role: str) -> None:
        self.state.setText(text)
        set_role(self.state, role)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # pyright: ignore[reportArgumentType]
        self.update_if_shown()


def compiled_python(snapshot: Snapshot, worker: Worker) -> tuple[str, tuple[Span, ...]]:
    """The pipeline as Python source, and which lines stand for what. Runs in a job."""
    made = export_python(snapshot, worker)
    return made.source, made.spans
