"""The submit dialog: server, pipeline name, experiment, run name, and the typed arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLineEdit

from editor.backends.server import Experiment, ServerConnection
from editor.errors import EditorError
from editor.model.port_types import Json
from editor.runs import utc_now
from editor.ui.dialogs.arguments import ArgumentsForm, scrolled
from editor.ui.servers import Server, Servers
from editor.ui.session import Session
from editor.ui.style import GAP
from editor.ui.widgets import button, column, label, row, set_role

if TYPE_CHECKING:
    from editor.ui.main_window import MainWindow


class SubmitRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a submit needs; what is remembered is all but the arguments."""

    server: str
    pipeline_name: str
    experiment: str = "Default"
    run_name: str = ""
    version: str = ""
    upload_only: bool = False
    arguments: dict[str, Json] = {}


class SubmitDialog(QDialog):
    """Values that were chosen last stand in the fields. The server is asked for its experiments while one types."""

    def __init__(self, window: MainWindow, session: Session, last: SubmitRequest | None, *, upload_only: bool) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Upload pipeline" if upload_only else "Submit run")
        self._window, self._session, self._upload_only = window, session, upload_only
        root = session.document.root
        self.server = QComboBox()
        self.server.currentIndexChanged.connect(lambda _number: self._on_server_changed())
        self.add_server = button("Servers…", self._on_add_server)
        self.name = QLineEdit(last.pipeline_name if last else root.name)
        self.version = QLineEdit()
        self.version.setPlaceholderText("Named by the time, if left empty")
        self.experiment = QComboBox()
        self.experiment.setEditable(True)
        self.experiment.setCurrentText(last.experiment if last else "Default")
        self.run_name = QLineEdit()
        self.run_name.setPlaceholderText(f"{root.name} {utc_now()[:16].replace('T', ' ')}")
        self.state = label("", "muted", wraps=True)
        self.form = ArgumentsForm(root.inputs, window.running.last_arguments(session))
        self.problem = label("", "error", wraps=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        words = "Upload" if upload_only else "Submit run"
        self.send = self.buttons.addButton(words, QDialogButtonBox.ButtonRole.AcceptRole)
        self.send.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._lay_out(root.display_name or root.name)
        window.submitting.servers.changed.connect(self._fill_servers)
        self._fill_servers()
        self.form.changed.connect(self._check)
        self.name.textChanged.connect(lambda _text: self._check())
        self.resize(520, min(760, self.sizeHint().height()))
        self._check()

    def _lay_out(self, title: str) -> None:
        fields = QFormLayout()
        fields.setSpacing(GAP)
        fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        fields.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        server = row(self.server, self.add_server)
        server.setStretch(0, 1)
        fields.addRow("Server", server)
        fields.addRow("", self.state)
        fields.addRow("&Pipeline name", self.name)
        fields.addRow("&Version", self.version)
        heading = label(f"{'Upload' if self._upload_only else 'Submit'} “{title}”", "heading")
        if self._upload_only:
            layout = column(heading, fields, None, self.problem, self.buttons, margin=2 * GAP, gap=2 * GAP)
        else:
            fields.addRow("&Experiment", self.experiment)
            fields.addRow("&Run name", self.run_name)
            layout = column(
                heading,
                fields,
                label("Arguments", "section"),
                scrolled(self.form, 240),
                self.problem,
                self.buttons,
                margin=2 * GAP,
                gap=2 * GAP,
            )
            layout.setStretch(3, 1)
        self.setLayout(layout)

    @property
    def _servers(self) -> Servers:
        return self._window.submitting.servers

    def request(self) -> SubmitRequest:
        """What the fields say now."""
        return SubmitRequest(
            server=str(self.server.currentData() or ""),
            pipeline_name=self.name.text().strip(),
            experiment=self.experiment.currentText().strip() or "Default",
            run_name=self.run_name.text().strip(),
            version=self.version.text().strip(),
            upload_only=self._upload_only,
            arguments={} if self._upload_only else self.form.values(),
        )

    def accept(self) -> None:
        if not self._problem():
            request = self.request()
            super().accept()
            self._window.submitting.start(self._session, request)

    def _problem(self) -> str:
        if not self.server.currentData():
            return "Add a server first."
        if not self.name.text().strip():
            return "Give the pipeline a name on the server."
        return "" if self._upload_only else self.form.problem()

    def _check(self) -> None:
        problem = self._problem()
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.send.setEnabled(not problem)

    def _fill_servers(self) -> None:
        before = self.server.currentData() or self._servers.target
        self.server.clear()
        for server in self._servers.all():
            self.server.addItem(server.title, server.url)
        self.server.setCurrentIndex(max(0, self.server.findData(before)))
        self.server.setEnabled(self.server.count() > 0)
        self._on_server_changed()

    def _on_add_server(self) -> None:
        self._window.actions_table.run("run.servers")

    def _on_server_changed(self) -> None:
        server = self._servers.get(str(self.server.currentData() or ""))
        self._check()
        if server is None:
            self.state.setText("No server yet: add one with its address.")
            return
        set_role(self.state, "muted")
        self.state.setText(f"Asking {server.url}…")

        def done(experiments: list[Experiment]) -> None:
            self.state.setText(f"{server.url} answers.")
            chosen = self.experiment.currentText()
            self.experiment.clear()
            self.experiment.addItems([each.name for each in experiments])
            self.experiment.setCurrentText(chosen)

        def failed(error: EditorError) -> None:
            set_role(self.state, "error")
            self.state.setText(str(error))

        self._window.jobs.latest("server", look_at_server, server, self._servers, done=done, failed=failed, owner=self)


def look_at_server(server: Server, servers: Servers) -> list[Experiment]:
    """The server's experiments: whether it answers at all. Runs in a job."""
    token = servers.token(server.url)
    with ServerConnection(server.url, token or None, namespace=server.namespace or None) as connection:
        connection.check()
        return connection.experiments()
