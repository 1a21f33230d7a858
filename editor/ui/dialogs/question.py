"""A question that waits for an answer: words, and a button with a verb for each answer."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractButton, QDialog, QDialogButtonBox, QLabel, QPushButton, QWidget

from editor.ui.style import GAP
from editor.ui.widgets import column, label

WIDTH = 400


class Question(QDialog):
    """Add the answers, then open it; `answered` gives the role of the button that was pressed, RejectRole for none.

    Nothing here holds the dialog but its window: it is deleted when it is closed.
    """

    answered = Signal(QDialogButtonBox.ButtonRole)

    def __init__(self, title: str, question: str, details: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(question)
        self.setAccessibleDescription(details)
        self._answer = QDialogButtonBox.ButtonRole.RejectRole
        self.finished.connect(self._on_finished)
        self.buttons = QDialogButtonBox()
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        self.buttons.rejected.connect(self.reject)
        self.buttons.clicked.connect(self._on_clicked)
        words = [label(question, "heading", wraps=True)]
        if details:
            words.append(label(details, "muted", wraps=True))
        self._whole = column(column(*words, gap=GAP // 2), self.buttons, margin=3 * GAP, gap=3 * GAP)
        self.setLayout(self._whole)

    def add(self, text: str, role: QDialogButtonBox.ButtonRole) -> QPushButton:
        """An answer, the only one of its role; its button is where the desktop puts those."""
        button = self.buttons.addButton(text, role)
        button.setAutoDefault(False)
        return button

    def _on_clicked(self, button: QAbstractButton) -> None:
        # Not by its text: some desktops write it otherwise, with an "&" for a key.
        self._answer = self.buttons.buttonRole(button)
        if self._answer != QDialogButtonBox.ButtonRole.RejectRole:
            self.accept()

    def _on_finished(self, _result: int) -> None:
        self.answered.emit(self._answer)

    def showEvent(self, event: QShowEvent) -> None:
        # Only now do the labels have the fonts of their roles.
        for each in self.findChildren(QLabel):
            each.ensurePolished()
        self._whole.invalidate()
        self.setFixedSize(WIDTH, self._whole.totalHeightForWidth(WIDTH))
        super().showEvent(event)
