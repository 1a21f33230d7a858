"""The Log tab: what the selected task wrote, followed live, with search, wrapping and saving."""

import shutil
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QStackedWidget, QWidget

from editor.errors import EditorError
from editor.model import EntityId
from editor.ui.ask import Ask
from editor.ui.notify import Notifier
from editor.ui.run_record import RunRecord
from editor.ui.run_words import NO_RUN, no_part_words
from editor.ui.style import GAP
from editor.ui.theme import code_font
from editor.ui.widgets import EmptyState, column, icon_button, keep_size, row, set_state

FOLLOW_MS = 250
CHUNK = 64 * 1024
"""Bytes read in one turn: a log that grows faster is caught up with over several turns."""
LAST = 4 * 2**20
"""Of a longer log the end is shown."""
MOST_LINES = 100_000
LONGEST_LINE = 4_000
"""A longer line is broken where it is shown: Qt lays a line out as a whole, and one of a megabyte for a second."""


class LogPanel(QWidget):
    """A task in a loop has a log for each iteration, chosen above the text."""

    def __init__(self, ask: Ask, notifier: Notifier) -> None:
        super().__init__()
        self._ask = ask
        self._notifier = notifier
        self._record: RunRecord | None = None
        self._path: Path | None = None
        self._offset = 0
        self.which = QComboBox()
        self.which.setAccessibleName("Task and iteration")
        keep_size(self.which)
        self.which.activated.connect(lambda _number: self._open(self.which.currentData()))
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search the log")
        self.search.setAccessibleName("Search the log")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(240)
        self.search.textChanged.connect(lambda _text: self._find(again=False))
        self.search.returnPressed.connect(lambda: self._find(again=True))
        self.wrap = icon_button("wrap", "Wrap long lines", checkable=True)
        self.wrap.toggled.connect(self._on_wrap_toggled)
        self.save = icon_button("download", "Save the log…", self._on_save)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(code_font())
        self.text.setMaximumBlockCount(MOST_LINES)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Log")
        bar = row(self.which, None, self.search, self.wrap, self.save, gap=4)
        bar.setContentsMargins(GAP, 4, GAP, 4)
        shown = QWidget()
        shown.setLayout(column(bar, self.text, gap=0))
        self._empty = EmptyState("text", "No log to show", "")
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(shown)
        self.setLayout(column(self._stack))
        self._follow = QTimer(self)
        self._follow.setInterval(FOLLOW_MS)
        self._follow.timeout.connect(self.read_on)

    def show_task(self, record: RunRecord | None, task: EntityId | None, *, no_run: str = NO_RUN) -> None:
        """Follow a task of a run; without one, say how to get there, or `no_run` where no run is shown."""
        self._record = record
        paths = record.paths_of(task) if record is not None and task is not None else []
        logs = [(path, record.snapshot.tasks[path].log) for path in paths] if record is not None else []
        logs = [(path, log) for path, log in logs if log]
        if not logs:
            self._path = None
            self._follow.stop()
            self._empty.text.setText(
                no_run
                if record is None
                else "Select a task on the canvas."
                if task is None
                else self._why_nothing(record, task, paths)
            )
            self._stack.setCurrentIndex(0)
            return
        known = [(self.which.itemText(number), self.which.itemData(number)) for number in range(self.which.count())]
        if known != logs:
            before = self.which.currentText()
            self.which.clear()
            for path, log in logs:
                self.which.addItem(path, log)
            self.which.setCurrentIndex(max(0, self.which.findText(before)))
        self._stack.setCurrentIndex(1)
        self._open(self.which.currentData())

    def _why_nothing(self, record: RunRecord, task: EntityId, paths: list[str]) -> str:
        states = {record.snapshot.tasks[path].state for path in paths}
        if states == {"CACHED"}:
            return "Nothing ran: the result was taken from an earlier run."
        if states == {"SKIPPED"}:
            return "This task was skipped in this run."
        if not paths:
            return no_part_words(record, task)
        return "This task has not written anything in this run."

    def read_on(self) -> None:
        """Take in what was written since the last look."""
        if self._path is None:
            return
        try:
            with open(self._path, "rb") as file:
                file.seek(self._offset)
                chunk = file.read(CHUNK)
        except OSError:
            chunk = b""
        if chunk:
            # A character cut in two waits for its other half.
            while chunk and len(chunk) < CHUNK and (chunk[-1] & 0xC0) == 0xC0:
                chunk = chunk[:-1]
            self._offset += len(chunk)
            self._append(chunk.decode("utf-8", "replace"))
        elif self._record is None or not self._record.is_live:
            self._follow.stop()
        self._follow.setInterval(0 if len(chunk) == CHUNK else FOLLOW_MS)

    def _open(self, log: object) -> None:
        path = Path(str(log))
        if path != self._path:
            self._path = path
            self.text.clear()
            try:
                size = path.stat().st_size
            except OSError:
                size = 0
            self._offset = max(0, size - LAST)
            if self._offset:
                self._append(f"… the first {self._offset:,} bytes are in the file only …\n")
            self.read_on()
        self._follow.start()

    def _append(self, text: str) -> None:
        bar = self.text.verticalScrollBar()
        is_at_end = bar.value() >= bar.maximum() - 4
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(_broken(text, cursor.positionInBlock()))
        if is_at_end:
            bar.setValue(bar.maximum())

    def _find(self, *, again: bool) -> None:
        text = self.search.text()
        if not text:
            set_state(self.search, "")
            return
        cursor = self.text.textCursor()
        if not again:
            cursor.setPosition(cursor.selectionStart())
            self.text.setTextCursor(cursor)
        found = self.text.find(text)
        if not found:
            cursor.movePosition(QTextCursor.MoveOperation.Start)
            self.text.setTextCursor(cursor)
            found = self.text.find(text, QTextDocument.FindFlag(0))
        set_state(self.search, "" if found else "wrong")

    def _on_wrap_toggled(self, wrapped: bool) -> None:
        mode = QPlainTextEdit.LineWrapMode
        self.text.setLineWrapMode(mode.WidgetWidth if wrapped else mode.NoWrap)

    def _on_save(self) -> None:
        source = self._path
        if source is None:
            return

        def answered(target: Path | None) -> None:
            if target is None:
                return
            try:
                shutil.copyfile(source, target)
            except OSError as error:
                self._notifier.error(EditorError(f"The log could not be saved: {error.strerror}."))
                return
            self._notifier.status(f"Saved {target.name}")

        name = self.which.currentText().replace("/", "-")
        self._ask.save_file(
            "Save the log", ["Log (*.log *.txt)", "All files (*)"], Path.home() / f"{name}.log", answered
        )

    # -- Qt's own names -------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._path is not None:
            self._follow.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._follow.stop()


def _broken(text: str, start: int) -> str:
    """A text, put behind `start` characters of its first line, without lines that are too long to be laid out."""
    lines = text.split("\n")
    pieces: list[str] = []
    for line in lines:
        room = max(0, LONGEST_LINE - start)
        cut = [line[:room], *(line[at : at + LONGEST_LINE] for at in range(room, len(line), LONGEST_LINE))]
        pieces += cut
        start = 0
    return "\n".join(pieces)
