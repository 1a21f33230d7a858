"""Settings: appearance, shortcuts with a conflict check, servers with their tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from editor.backends.server.address import server_address
from editor.errors import EditorError
from editor.model.port_types import Json
from editor.ui.actions import Actions, shown
from editor.ui.canvas.gestures.command_table import FIXED_KEYS
from editor.ui.dialogs.submit import look_at_server
from editor.ui.icons import icon
from editor.ui.servers import Server
from editor.ui.style import GAP
from editor.ui.widgets import button, column, label, row, set_role

if TYPE_CHECKING:
    from editor.ui.main_window import MainWindow

_ID = int(Qt.ItemDataRole.UserRole)


class SettingsDialog(QDialog):
    """Every change counts at once; there is nothing to apply."""

    def __init__(self, window: MainWindow, tab: str = "Appearance") -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Settings")
        self.appearance = AppearanceTab(window)
        self.shortcuts = ShortcutsTab(window.actions_table)
        self.servers = ServersTab(window)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for title, page in (("Appearance", self.appearance), ("Shortcuts", self.shortcuts), ("Servers", self.servers)):
            self.tabs.addTab(page, title)
            if title == tab:
                self.tabs.setCurrentWidget(page)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        layout = column(self.tabs, close, margin=2 * GAP)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.resize(640, 520)
        first = {"Appearance": self.appearance.theme, "Shortcuts": self.shortcuts.filter, "Servers": self.servers.list}
        first[tab].setFocus()


class AppearanceTab(QWidget):
    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.theme = QComboBox()
        for name, title in (("system", "Like the system"), ("light", "Light"), ("dark", "Dark")):
            self.theme.addItem(title, name)
        self.theme.setCurrentIndex(self.theme.findData(window.appearance))
        self.theme.activated.connect(lambda number: window.set_appearance(self.theme.itemData(number)))
        self.motion = QComboBox()
        for name, title in (("system", "Like the system"), ("full", "Animate"), ("none", "Do not animate")):
            self.motion.addItem(title, name)
        self.motion.setCurrentIndex(max(0, self.motion.findData(window.motion)))
        self.motion.activated.connect(lambda number: window.set_motion(self.motion.itemData(number)))
        form = QFormLayout()
        form.setSpacing(GAP)
        form.addRow("&Theme", self.theme)
        form.addRow("&Motion", self.motion)
        self.setLayout(column(form, None, margin=GAP))


class ShortcutsTab(QWidget):
    """One key a command here; those that have several keep the others until the first is changed."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions = actions
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter commands")
        self.filter.setAccessibleName("Filter commands")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(lambda _text: self._fill())
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels(["Command", "Keys"])
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setAccessibleName("Shortcuts")
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().resizeSection(1, 200)
        self.tree.currentItemChanged.connect(lambda _now, _before: self._show())
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setClearButtonEnabled(True)
        self.edit.setAccessibleName("New keys")
        self.edit.keySequenceChanged.connect(lambda _keys: self._check())
        self.assign = button("Assign", self._on_assign, role="primary")
        self.default = button("Default", self._on_default)
        self.default.setToolTip("Give the command the keys back that it came with")
        self.reset = button("Reset all", self._on_reset)
        self.problem = label("", "error", wraps=True)
        self.problem.hide()
        foot = row(label("Keys", "muted"), self.edit, self.assign, self.default, None, self.reset)
        layout = column(self.filter, self.tree, self.problem, foot, margin=GAP)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._fill()

    def select(self, command_id: str) -> None:
        """Bring a command to the front."""
        for number in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(number)
            if item is not None and item.data(0, _ID) == command_id:
                self.tree.setCurrentItem(item)

    def _current(self) -> str:
        item = self.tree.currentItem()
        return str(item.data(0, _ID) or "") if item is not None else ""

    def _fill(self) -> None:
        chosen = self._current()
        wanted = self.filter.text().casefold().strip()
        self.tree.clear()
        for command in self._actions.commands():
            words = command.text.replace("&", "").rstrip("…")
            keys = ", ".join(shown(each) for each in self._actions.shortcuts(command.id))
            where = command.menu.replace("/", " \u203a ")
            if wanted in f"{where} {words} {keys} {command.tip}".casefold():
                item = QTreeWidgetItem(self.tree, [f"{where}: {words}" if where else words, keys])
                item.setData(0, _ID, command.id)
                item.setToolTip(0, command.tip)
        for fixed, words in FIXED_KEYS:
            keys = "  ".join(shown(each) for each in fixed)
            if wanted in f"canvas {words} {keys} fixed".casefold():
                item = QTreeWidgetItem(self.tree, [f"Canvas: {words}", f"Fixed: {keys}"])
                for number in range(2):
                    item.setForeground(number, self.palette().brush(QPalette.ColorRole.PlaceholderText))
                    item.setToolTip(number, f"{words}: {keys}. These keys cannot be changed.")
        self.select(chosen)
        first = self.tree.topLevelItem(0)
        if wanted and first is not None and not self._current():
            self.tree.setCurrentItem(first)
        self._show()

    def _show(self) -> None:
        command_id = self._current()
        keys = self._actions.shortcuts(command_id) if command_id else ()
        self.edit.setKeySequence(QKeySequence.fromString(keys[0]) if keys else QKeySequence())
        self.edit.setEnabled(bool(command_id))
        self.default.setEnabled(bool(command_id) and keys != self._actions.default_shortcuts(command_id))
        self._check()

    def _check(self) -> None:
        keys = self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        command_id = self._current()
        problem = self._actions.why_not(command_id, keys) if keys and command_id else ""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        now = self._actions.shortcuts(command_id) if command_id else ()
        self.assign.setEnabled(bool(command_id) and not problem and (keys,) != now[:1])

    def _on_assign(self) -> None:
        keys = self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        self._actions.set_shortcuts(self._current(), [keys] if keys else [])
        self._fill()

    def _on_default(self) -> None:
        """Not where another command has one of them by now."""
        command_id = self._current()
        keys = self._actions.default_shortcuts(command_id)
        problems = (self._actions.why_not(command_id, each) for each in keys)
        problem = next(filter(None, problems), "")
        if not problem:
            self._actions.set_shortcuts(command_id, keys)
            self._fill()
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _on_reset(self) -> None:
        self._actions.reset_shortcuts()
        self._fill()


class ServersTab(QWidget):
    """Servers on the left, the chosen one's fields on the right."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._servers = window.submitting.servers
        self.list = QListWidget()
        self.list.setAccessibleName("Servers")
        self.list.setMaximumWidth(200)
        self.list.currentRowChanged.connect(lambda _number: self._show())
        self.name = QLineEdit()
        self.name.setPlaceholderText("Shown in the list, for example Staging")
        self.url = QLineEdit()
        self.url.setPlaceholderText("https://kubeflow.example.org/pipeline")
        self.namespace = QLineEdit()
        self.namespace.setPlaceholderText("The server's own choice, if left empty")
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.state = label("", "muted", wraps=True)
        self.save = button("Save server", self._on_save, role="primary")
        self.check = button("Test connection", self._on_check)
        self.remove = button("Remove", self._on_remove)
        form = QFormLayout()
        form.setSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, field in (
            ("&Address", self.url),
            ("&Name", self.name),
            ("Name&space", self.namespace),
            ("&Token", self.token),
        ):
            form.addRow(title, field)
        right = column(form, self.state, row(self.save, self.check, None, self.remove), None)
        whole = row(self.list, right, margin=GAP, gap=2 * GAP)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self._fill("")

    def _fill(self, chosen: str) -> None:
        self.list.clear()
        for server in self._servers.all():
            item = QListWidgetItem(icon("cloud"), server.title)
            item.setData(_ID, server.url)
            self.list.addItem(item)
            if server.url == chosen:
                self.list.setCurrentItem(item)
        new = QListWidgetItem(icon("plus"), "New server")
        new.setData(_ID, "")
        self.list.addItem(new)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self._show()

    def _chosen(self) -> str:
        return str(self.list.currentItem().data(_ID) or "") if self.list.currentRow() >= 0 else ""

    def _show(self) -> None:
        server = self._servers.get(self._chosen())
        self.url.setText(server.url if server else "")
        self.name.setText(server.name if server else "")
        self.namespace.setText(server.namespace if server else "")
        self.token.clear()
        self.token.setPlaceholderText("Unchanged, if left empty" if server else "Only where the server asks for one")
        self.remove.setEnabled(server is not None)
        self.check.setEnabled(server is not None)
        self._say("", "muted")

    def _on_save(self) -> None:
        try:
            url = server_address(self.url.text())
        except EditorError as error:
            self._say(str(error), "error")
            return
        chosen = self._chosen()
        if chosen and chosen != url:
            self._servers.remove(chosen)
        self._servers.put(Server(url, self.namespace.text().strip(), self.name.text().strip()))
        if not chosen:
            self._servers.set_target(url)  # who adds a server means to run on it
        token = self.token.text().strip()
        self._fill(url)
        self._say("Saved.", "muted")
        if token:
            self._window.jobs.run(self._servers.set_token, url, token, done=self._on_token_kept, owner=self)

    def _on_token_kept(self, is_kept: bool) -> None:
        self._say(
            "Saved; the token is in the system's keyring."
            if is_kept
            else "Saved; no keyring takes the token, so it lasts until Pipeloom ends.",
            "muted",
        )

    def _on_check(self) -> None:
        server = self._servers.get(self._chosen())
        if server is None:
            return
        self._say("Asking the server…", "muted")

        def done(experiments: list[Json]) -> None:
            count = len(experiments)
            self._say(f"The server answers; it has {count} experiment{'' if count == 1 else 's'}.", "muted")

        self._window.jobs.latest(
            "server",
            look_at_server,
            server,
            self._servers,
            done=done,
            failed=lambda error: self._say(str(error), "error"),
            owner=self,
        )

    def _on_remove(self) -> None:
        self._servers.remove(self._chosen())
        self._fill("")

    def _say(self, text: str, role: str) -> None:
        self.state.setText(text)
        set_role(self.state, role)
