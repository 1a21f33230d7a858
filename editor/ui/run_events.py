"""What the window does as runs begin, are refused and end, and when a person asks what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from editor.ui.icons import icon

if TYPE_CHECKING:
    from editor.errors import EditorError
    from editor.model import EntityId
    from editor.ui.main_window import MainWindow
    from editor.ui.run_record import RunRecord


class RunEvents(QObject):
    """Follows the window's Running as long as the window is there."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None
        running = window.running
        running.started.connect(self._on_run_started)
        running.ended.connect(self._on_run_ended)
        running.refused.connect(self._on_run_refused)
        running.log_wanted.connect(self._on_log_wanted)
        running.outputs_wanted.connect(self._on_outputs_wanted)

    def _on_run_refused(self, record: RunRecord, error: EditorError) -> None:
        session = next((page.session for page in self._window.pages() if page.session.key == record.session_key), None)
        self._window.tell_refused(session, error, record.revision)
        self._window.notifier.status("")  # It may still say that it runs.

    def _on_run_ended(self, sentence: str) -> None:
        """A person who looks elsewhere is told by the system."""
        if self._window.isActiveWindow():
            return
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._tray = self._tray or QSystemTrayIcon(self._window.windowIcon(), self._window)
            self._tray.show()
            self._tray.showMessage("Pipeloom", sentence, icon("logo"))

    def _on_run_started(self, record: RunRecord) -> None:
        self._window.refusals.forget(record.session_key)
        self._window.bottom.run_started()

    def _on_outputs_wanted(self, record: RunRecord) -> None:
        page = next((page for page in self._window.pages() if page.session.key == record.session_key), None)
        if page is not None:
            self._window.show_session(page.session)
            self._window.running.show_on(page.session, record)
            self._window.show_bottom("Outputs")

    def _on_log_wanted(self, task: EntityId) -> None:
        page = next((page for page in self._window.pages() if task in page.session.document), None)
        if page is not None:
            self._window.show_session(page.session)
            page.show_entity(task)
            self._window.show_bottom("Log")
