"""Documents opened lately: found by a few letters, opened with Enter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem

from editor.storage.recent import recent_files
from editor.ui.icons import icon
from editor.ui.matching import match_rank
from editor.ui.style import GAP
from editor.ui.widgets import column, label

if TYPE_CHECKING:
    from editor.ui.main_window import MainWindow

_PATH = int(Qt.ItemDataRole.UserRole)


class RecentDialog(QDialog):
    """Files that are gone are not listed."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Open recent")
        self._window = window
        self.field = QLineEdit()
        self.field.setPlaceholderText("Filter by name or folder")
        self.field.textChanged.connect(lambda _text: self._fill())
        self.field.returnPressed.connect(self.accept)
        self.list = QListWidget()
        self.list.setAccessibleName("Recent documents")
        self.list.itemActivated.connect(lambda _item: self.accept())
        self.empty = label("Documents that you open or save are listed here.", "muted")
        self.setLayout(column(self.field, self.empty, self.list, margin=2 * GAP))
        self._fill()
        self.resize(560, 360)

    def accept(self) -> None:
        if self.list.currentRow() >= 0:
            self._window.open_path(Path(self.list.currentItem().data(_PATH)))
            super().accept()

    def _fill(self) -> None:
        self.list.clear()
        for each in recent_files():
            path = Path(each.path)
            if each.exists and match_rank(self.field.text(), each.path) is not None:
                item = QListWidgetItem(icon("new"), f"{path.name}    {path.parent}")
                item.setData(_PATH, str(path))
                self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.empty.setVisible(not self.list.count())
