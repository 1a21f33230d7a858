"""A question that waits for an answer: words, and a button with a verb for each answer."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QWidget

from editor.ui.style import GAP
from editor.ui.widgets import column, label

WIDTH = 400


class Question(QDialog):
    """Add the answers, then open it; `answer` is the text of the button that was pressed, empty for none of them."""

    def __init__(self, title: str, question: str, details: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(question)
        self.setAccessibleDescription(details)
        self.answer = ""
        self.buttons = QDialogButtonBox()
        cancel = self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        words = [label(question, "heading", wraps=True)]
        if details:
            words.append(label(details, "muted", wraps=True))
        self._whole = column(column(*words, gap=GAP // 2), self.buttons, margin=3 * GAP, gap=3 * GAP)
        self.setLayout(self._whole)

    def add(self, text: str, role: QDialogButtonBox.ButtonRole) -> QPushButton:
        """An answer; its button is where the desktop puts those of its role."""
        button = self.buttons.addButton(text, role)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self._give(text))
        return button

    def _give(self, text: str) -> None:
        self.answer = text
        self.accept()

    def showEvent(self, event: QShowEvent) -> None:
        # Only now do the labels have the fonts of their roles.
        for each in self.findChildren(QLabel):
            each.ensurePolished()
        self._whole.invalidate()
        self.setFixedSize(WIDTH, self._whole.totalHeightForWidth(WIDTH))
        super().showEvent(event)
