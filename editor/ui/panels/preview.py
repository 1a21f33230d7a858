"""The Preview tab: the package as it compiles from the document now, updated after a pause, only while it is seen."""

import re

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QApplication, QComboBox, QPlainTextEdit, QStackedWidget, QWidget

from editor.errors import EditorError
from editor.model import Edit, Note, Placement, Snapshot
from editor.ui.jobs import Jobs
from editor.ui.session import Session
from editor.ui.style import GAP, worn
from editor.ui.theme import code_font
from editor.ui.widgets import EmptyState, column, icon_button, label, row, set_role
from editor.ui.work import compile_document, export_python
from editor.worker import Worker

PAUSE_MS = 400


class YamlHighlighter(QSyntaxHighlighter):
    """Keys, strings and comments of YAML in the theme's colours."""

    _KEY = re.compile(r"^\s*(?:- )?([\w.$/-]+|'[^']*')(?=:)")
    _STRING = re.compile(r"'[^']*'|\"[^\"]*\"")

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self.take_colors()

    def take_colors(self) -> None:
        """Read the theme's colours again."""
        for name, color in worn().code.items():
            made = QTextCharFormat()
            made.setForeground(QColor(color))
            self._formats[name] = made
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if text.lstrip().startswith("#"):
            self._paint("comment", 0, len(text))
            return
        key = self._KEY.match(text)
        if key is not None:
            self._paint("keyword", key.start(1), key.end(1))
        for found in self._STRING.finditer(text, key.end() if key else 0):
            self._paint("string", found.start(), found.end())

    def _paint(self, name: str, start: int, end: int) -> None:
        if name in self._formats:
            self.setFormat(start, end - start, self._formats[name])


class PreviewPanel(QWidget):
    """The last good text stays while the next is made, and while the document does not compile."""

    def __init__(self, jobs: Jobs, worker: Worker) -> None:
        super().__init__()
        self._jobs = jobs
        self._worker = worker
        self._session: Session | None = None
        self._made_at: tuple[str, int] | None = None
        self.kind = QComboBox()
        self.kind.addItems(["Package (IR YAML)", "Python"])
        self.kind.setAccessibleName("What to preview")
        self.kind.currentIndexChanged.connect(lambda _number: self._restart())
        self.state = label("", "muted")
        self.copy = icon_button(
            "copy", "Copy the text", lambda: QApplication.clipboard().setText(self.text.toPlainText())
        )
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(code_font())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Preview")
        self._highlighter = YamlHighlighter(self.text.document())
        bar = row(self.kind, self.state, None, self.copy)
        bar.setContentsMargins(GAP, 4, GAP, 4)
        shown = QWidget()
        shown.setLayout(column(bar, self.text, gap=0))
        self._stack = QStackedWidget()
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
        self._highlighter.take_colors()

    def _restart(self) -> None:
        self._made_at = None
        self.update_if_shown()

    def _on_changed(self, edit: Edit) -> None:
        if all(isinstance(change.after or change.before, Placement | Note) for change in edit.changes):
            return
        if self.isVisible():
            self._pause.start(PAUSE_MS)

    def _compile(self) -> None:
        session = self._session
        if session is None:
            return
        self._say("Updating…", "muted")
        at = (session.key, session.revision)

        def done(text: str) -> None:
            self._made_at = at
            self._show(text)
            self._say("", "muted")

        def failed(error: EditorError) -> None:
            self._made_at = at
            self._say(error.message, "error")

        make = compiled_yaml if self.kind.currentIndex() == 0 else compiled_python
        self._jobs.latest(
            "preview", make, session.document.snapshot(), self._worker, done=done, failed=failed, owner=self
        )

    def _show(self, text: str) -> None:
        if text == self.text.toPlainText():
            return
        across, down = self.text.horizontalScrollBar().value(), self.text.verticalScrollBar().value()
        self.text.setPlainText(text)
        self.text.horizontalScrollBar().setValue(across)
        self.text.verticalScrollBar().setValue(down)

    def _say(self, text: str, role: str) -> None:
        self.state.setText(text)
        set_role(self.state, role)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # pyright: ignore[reportArgumentType]
        self.update_if_shown()


def compiled_yaml(snapshot: Snapshot, worker: Worker) -> str:
    """The package's text. Runs in a job."""
    return compile_document(snapshot, worker).yaml


def compiled_python(snapshot: Snapshot, worker: Worker) -> str:
    """The pipeline as Python source. Runs in a job."""
    return export_python(snapshot, worker).source
