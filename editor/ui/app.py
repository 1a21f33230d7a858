"""Starting the window: builds what there is one of, and passes it on. Never imports kfp."""

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from editor.ui.crash import CrashReporter
from editor.ui.icons import icon
from editor.ui.jobs import Jobs
from editor.ui.main_window import APPEARANCE, MainWindow
from editor.ui.settings import Settings
from editor.ui.style import theme_for, wear
from editor.worker import Worker


def make_application() -> QApplication:
    """The QApplication with its name; the one there is, if there is one."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    QGuiApplication.setDesktopFileName("pipeloom")
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Pipeloom")
    app.setApplicationDisplayName("")
    app.setWindowIcon(icon("logo"))
    return app


def make_window(settings: Settings | None = None) -> MainWindow:
    """A window, its jobs and its worker; nothing of it is shown yet."""
    settings = settings or Settings()
    chosen = settings.text(APPEARANCE, "system")
    wear(theme_for("light" if chosen == "light" else "dark" if chosen == "dark" else "system"))
    return MainWindow(settings=settings, jobs=Jobs(), worker=Worker())


def begin(window: MainWindow, paths: Sequence[Path]) -> None:
    """What happens once the window is up: the library is read, unsaved work comes back, files are opened."""
    window.library.reload()
    window.running.load_history()

    def go_on() -> None:
        for path in paths:
            window.open_dropped([path])
        if not paths and not window.pages():
            window.new_document()

    # First, so that what the person has asked for comes to the front.
    window.files.recover_unsaved(then=go_on)


def run_window(paths: Sequence[Path] = ()) -> int:
    """Open the window and stay until it is closed; the exit code."""
    app = make_application()
    window = make_window()
    reporter = CrashReporter(window)
    reporter.install()
    window.await_document()
    window.show()
    QTimer.singleShot(0, window, lambda: begin(window, paths))
    try:
        return app.exec()
    finally:
        reporter.remove()
        window.shut_down()
