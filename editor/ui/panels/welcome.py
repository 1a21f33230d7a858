"""What the window shows while no document is open: how to begin, and where one left off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from editor.storage.recent import recent_files
from editor.ui.style import GAP
from editor.ui.widgets import button, clear, column, label, row

if TYPE_CHECKING:
    from editor.ui.main_window import MainWindow

MOST = 6


class Welcome(QWidget):
    """Refreshed each time it comes into view."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._recent = column(gap=0)
        begin = column(
            label("Pipeloom", "heading"),
            label("Draw, check, run and submit Kubeflow pipelines.", "muted"),
            row(
                button("New pipeline", window.new_document, role="primary"),
                button("Open…", lambda: window.actions_table.run("file.open")),
                button("Open the sample", window.open_sample),
                None,
            ),
            self._recent,
            gap=2 * GAP,
        )
        inner = QWidget()
        inner.setLayout(begin)
        inner.setMinimumWidth(320)
        inner.setMaximumWidth(480)
        whole = column(None, inner, None)
        whole.setAlignment(inner, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(whole)

    def refresh(self) -> None:
        clear(self._recent)
        files = [each for each in recent_files() if each.exists][:MOST]
        if files:
            self._recent.addWidget(label("Recent", "section"))
        for each in files:
            path = Path(each.path)
            link = button(path.name, lambda path=path: self._window.open_path(path), role="link")
            link.setToolTip(str(path))
            self._recent.addLayout(row(link, label(str(path.parent), "muted"), None))

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # pyright: ignore[reportArgumentType]
        self.refresh()
