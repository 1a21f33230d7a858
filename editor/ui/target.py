"""The right half of the toolbar: whether the pipeline is valid, where it runs, and the Run button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from editor.ui.icons import Color, icon
from editor.ui.servers import ADD_SERVER, THIS_COMPUTER
from editor.ui.style import GAP
from editor.ui.widgets import label, row

if TYPE_CHECKING:
    from editor.ui.main_window import MainWindow
    from editor.ui.session import Session


CHECKING_MS = 250
"""Most edits are looked at sooner: until then the pill says what it said."""


class RunBar(QWidget):
    """One click on Run takes the last choices; the arrow beside it asks."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self.validity = QPushButton()
        self.validity.setProperty("role", "pill")
        self.validity.setAutoDefault(False)
        self.validity.setIconSize(QSize(16, 16))
        self.validity.clicked.connect(lambda: window.show_bottom("Problems"))
        self._checking = QTimer(self)
        self._checking.setSingleShot(True)
        self._checking.setInterval(CHECKING_MS)
        self._checking.timeout.connect(self._on_checking_timeout)
        self.target = QComboBox()
        self.target.setAccessibleName("Where to run")
        self.target.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.target.setMinimumWidth(160)
        self.target.setMaximumWidth(280)
        self.target.activated.connect(self._on_target_activated)
        self.run = QToolButton()
        self.run.setProperty("role", "primary")
        self.run.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.run.clicked.connect(self._on_run_clicked)
        self.more = QToolButton()
        self.more.setIcon(icon("chevron-down"))
        self.more.setIconSize(QSize(14, 14))
        self.more.setToolTip("More ways to run")
        self.more.setAccessibleName("More ways to run")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        table = window.actions_table
        for command_id in ("run.with-arguments", "run.submit", "run.upload", "run.clear"):
            menu.addAction(table[command_id])
        menu.aboutToShow.connect(table.refresh)
        self.more.setMenu(menu)
        layout = row(self.validity, None, label("Run on", "muted"), self.target, self.run, self.more)
        layout.setContentsMargins(GAP, 0, 0, 0)
        layout.setSpacing(GAP)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        window.submitting.servers.changed.connect(self._fill_targets)
        self._fill_targets()
        self.refresh()

    def show_validity(self, session: Session | None) -> None:
        """Say how the pipeline stands, by icon and word."""
        self.validity.setVisible(session is not None)
        self._checking.stop()
        if session is None:
            return
        if session.is_validating:
            self._checking.start()
        errors, warnings = session.count_issues("error"), session.count_issues("warning")
        name: str
        color: Color
        if errors:
            name, color, words = "error", lambda theme: theme.error, _counted(errors, "problem")
        elif warnings:
            name, color, words = "warning", lambda theme: theme.warning, _counted(warnings, "warning")
        elif session.is_blank:
            name, color, words = "info", lambda theme: theme.text_dim, "Empty"
        elif session.is_validating:
            name, color, words = "waiting", lambda theme: theme.text_dim, "Checking"
        else:
            name, color, words = "check", lambda theme: theme.success, "Valid"
        tip = "Show the problems (Alt+1)" if errors or warnings else "No problems found"
        if words == "Empty":
            tip = "Nothing has been drawn yet"
        self.validity.setIcon(icon(name, color))
        self.validity.setText(words)
        self.validity.setToolTip(tip)

    def _on_checking_timeout(self) -> None:
        """What is said has been wrong for a while."""
        session = self._window.session
        if session is not None and session.is_validating:
            self.validity.setIcon(icon("waiting", lambda theme: theme.text_dim))
            self.validity.setText("Checking")
            self.validity.setToolTip("The pipeline has changed much: its problems are looked for")

    def refresh(self) -> None:
        """Run, or cancel while the pipeline runs."""
        window = self._window
        is_live = window.running.live_run(window.session) is not None
        self.run.setIcon(icon("stop" if is_live else "run", lambda theme: theme.accent_text))
        self.run.setText("Cancel" if is_live else "Run")
        self.run.setToolTip("Cancel the run (Ctrl+F5)" if is_live else "Run with the last choices (F5)")
        self.run.setEnabled(window.page is not None)

    def _on_run_clicked(self) -> None:
        window = self._window
        window.actions_table.run("run.cancel" if window.running.live_run(window.session) is not None else "run.run")

    def _fill_targets(self) -> None:
        servers = self._window.submitting.servers
        self.target.clear()
        self.target.addItem(icon("computer"), "This computer", THIS_COMPUTER)
        for server in servers.all():
            self.target.addItem(icon("cloud"), server.title, server.url)
        self.target.insertSeparator(self.target.count())
        self.target.addItem(icon("plus"), "Add a server…", ADD_SERVER)
        chosen = self.target.findData(servers.target)
        self.target.setCurrentIndex(max(0, chosen))

    def _on_target_activated(self, number: int) -> None:
        chosen = self.target.itemData(number)
        servers = self._window.submitting.servers
        if chosen == ADD_SERVER:
            self._fill_targets()
            self._window.actions_table.run("run.servers")
        else:
            servers.set_target(str(chosen))


def _counted(count: int, word: str) -> str:
    return f"1 {word}" if count == 1 else f"{count:,} {word}s"
