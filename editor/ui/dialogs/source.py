"""The text that defines a component, or what is wrong with one that could not be read."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QWidget

from editor.components import LibraryEntry, LoadError
from editor.ui.style import GAP
from editor.ui.theme import code_font
from editor.ui.widgets import column, label


class SourceDialog(QDialog):
    """Read only; nothing is executed to show it."""

    def __init__(self, subject: LibraryEntry | LoadError, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        if isinstance(subject, LibraryEntry):
            self.setWindowTitle(subject.name)
            text = QPlainTextEdit(subject.source)
            text.setReadOnly(True)
            text.setFont(code_font())
            text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
            head = label(subject.name, "heading")
            where = label(f"{subject.origin.source}: {subject.origin.location}", "muted", wraps=True, selectable=True)
            layout = column(head, where, text, close, margin=2 * GAP)
            layout.setStretch(2, 1)
            self.resize(720, 560)
        else:
            self.setWindowTitle("Component not read")
            layout = column(
                label("This component could not be read", "heading"),
                label(subject.origin, "muted", wraps=True, selectable=True),
                label(subject.message, "error", wraps=True, selectable=True),
                label(subject.hint, wraps=True, selectable=True),
                None,
                close,
                margin=2 * GAP,
            )
            self.resize(480, 240)
        self.setLayout(layout)
