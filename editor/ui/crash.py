"""What happens at a bug of ours: the person gets a report to copy, and goes on working; the journal is safe."""

import logging
import platform
import sys
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QPlainTextEdit, QWidget

from editor.ui.style import GAP
from editor.ui.theme import code_font
from editor.ui.widgets import button, column, label

log = logging.getLogger(__name__)

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]


def report_text(error: BaseException) -> str:
    """What a report should hold: versions and the traceback, nothing of the document."""
    from editor.ui.dialogs.about import installed_version

    versions = (
        f"Pipeloom {installed_version('pipeloom')}, Python {platform.python_version()}, Qt {qVersion()}, "
        f"{platform.system()} {platform.release()}"
    )
    return versions + "\n\n" + "".join(traceback.format_exception(error))


class CrashDialog(QDialog):
    """Open until closed; the window behind it stays usable."""

    def __init__(self, error: BaseException, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something went wrong")
        self.setModal(False)
        self.report = report_text(error)
        text = QPlainTextEdit(self.report)
        text.setReadOnly(True)
        text.setFont(code_font())
        text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.copy = button("Copy report", lambda: QApplication.clipboard().setText(self.report), icon_name="copy")
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        close.rejected.connect(self.reject)
        layout = column(
            label("Pipeloom made a mistake", "heading"),
            label(
                "Your work is safe: every edit is in the journal beside the document. "
                "The report below holds no part of your pipeline; please send it to the project.",
                wraps=True,
            ),
            text,
            close,
            margin=2 * GAP,
        )
        layout.setStretch(2, 1)
        self.setLayout(layout)
        self.resize(640, 400)


class CrashReporter:
    """Takes sys.excepthook's place; one dialog at a time, so that a fault in painting does not bury the screen."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._before: Hook = sys.excepthook
        self.dialog: CrashDialog | None = None

    def install(self) -> None:
        self._before = sys.excepthook
        sys.excepthook = self._on_exception

    def remove(self) -> None:
        sys.excepthook = self._before

    def show(self, error: BaseException) -> None:
        """Open the report, unless one is open."""
        log.error("A fault of ours", exc_info=error)
        if self.dialog is not None and self.dialog.isVisible():
            return
        self.dialog = CrashDialog(error, self._window)
        self.dialog.show()

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before(kind, error, trace)
            return
        self.show(error)
