"""The status bar: a passing remark, what is under way, the zoom."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QStatusBar

from editor.ui.jobs import Jobs
from editor.ui.widgets import label

READING_MS = 5000


class StatusBar(QStatusBar):
    """The bar moves while jobs are out."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setFixedSize(96, 4)
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName("Working")
        self.busy.hide()
        self.zoom = label("", "muted")
        self.zoom.setMinimumWidth(48)
        self.zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.zoom.setAccessibleName("Zoom")
        self.addPermanentWidget(self.busy)
        self.addPermanentWidget(self.zoom)
        self.setContentsMargins(8, 0, 8, 0)
        jobs.busy_changed.connect(self._on_busy_changed)

    def say(self, text: str) -> None:
        self.showMessage(text, READING_MS)

    def show_zoom(self, zoom: float | None) -> None:
        self.zoom.setText("" if zoom is None else f"{zoom:.0%}")

    def _on_busy_changed(self, count: int) -> None:
        self.busy.setVisible(count > 0)
