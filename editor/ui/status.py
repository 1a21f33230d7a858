"""The status bar: a passing remark, what is under way, the zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QProgressBar, QStatusBar

from editor.ui.jobs import Jobs
from editor.ui.widgets import label

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

READING_MS = 5000
NOTICED_MS = 150
"""One wonders what has become of a command when nothing has changed for so long."""
LOOK_MS = 50


class StatusBar(QStatusBar):
    """The bar moves while jobs are out, and while a canvas does not show yet what a large edit has changed."""

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
        self._jobs = 0
        self._late: list[CanvasView] = []
        """Canvases that show an earlier state of their documents."""
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.timeout.connect(self._on_look_timeout)
        jobs.busy_changed.connect(self._on_busy_changed)

    def say(self, text: str) -> None:
        self.showMessage(text, READING_MS)

    def show_zoom(self, zoom: float | None) -> None:
        self.zoom.setText("" if zoom is None else f"{zoom:.0%}")

    def await_canvas(self, view: CanvasView) -> None:
        """Have the bar move until the canvas has followed and shows it, if that takes so long that one notices."""
        self._late.append(view)
        self._look_in(NOTICED_MS)

    def _on_busy_changed(self, count: int) -> None:
        self._jobs = count
        if count:
            self.busy.show()
        else:
            self._look_in(LOOK_MS)  # What the last one gave may be a large edit: the bar does not stop in between.

    def _look_in(self, milliseconds: int) -> None:
        if not self._look.isActive():
            self._look.start(milliseconds)

    def _on_look_timeout(self) -> None:
        self._late = [view for view in dict.fromkeys(self._late) if shiboken6.isValid(view) and _is_late(view)]
        self.busy.setVisible(self._jobs > 0 or bool(self._late))
        if self._late:
            self._look_in(LOOK_MS)


def _is_late(view: CanvasView) -> bool:
    is_seen = view.isVisible() and not view.window().isMinimized()
    return view.is_behind or (is_seen and not view.is_complete)
