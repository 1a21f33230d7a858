"""The Inspector's page for what an importer brings in; where it lies, its URI, is an input like any other."""

from collections.abc import Iterator

from editor import edits
from editor.errors import EditorError
from editor.model import DocumentView, Edit, EntityId, ImporterImplementation
from editor.model.port_types import ArtifactType
from editor.ui.panels.inspector.fields import Desk
from editor.ui.panels.inspector.forms import SwitchLine
from editor.ui.panels.inspector.settings_lines import JsonLine
from editor.ui.panels.inspector.tabbed import Page
from editor.ui.panels.inspector.types import TypeChooser
from editor.ui.widgets import column, label


class ImporterPage(Page):
    """Type, metadata, and the two switches of `dsl.importer`."""

    def __init__(self, desk: Desk, task: EntityId) -> None:
        super().__init__()
        self.desk, self.task = desk, task
        self.type = TypeChooser("Type of the artifact", parameters=False, lists=False)
        self.type.chosen.connect(self._on_type)
        self.dropped = label("", "warning", wraps=True)
        self.dropped.hide()
        self.metadata = JsonLine(
            desk,
            "Metadata",
            lambda view: edits.metadata_as_written(view, task),
            lambda value: lambda view: edits.set_importer(view, task, metadata=value, merge_key=f"metadata:{task}")[0],
            hint="Kept with the artifact. {{name}} in a text makes an input of that name, to be wired.",
        )
        self.switches = [
            SwitchLine(
                desk,
                "Import again",
                lambda view: _implementation(view, task).reimport,
                lambda on: lambda view: edits.set_importer(view, task, reimport=on is True)[0],
                hint="Even if an artifact of this URI was imported before.",
            ),
            SwitchLine(
                desk,
                "Download to the workspace",
                lambda view: _implementation(view, task).download_to_workspace,
                lambda on: lambda view: edits.set_importer(view, task, download_to_workspace=on is True)[0],
                hint="The run's tasks then find it on the volume that they share.",
            ),
        ]

    def fill(self) -> Iterator[None]:
        self.rows.addLayout(column(label("Artifact", "section"), self.type, self.type.more, self.dropped, gap=4))
        for each in (self.metadata, *self.switches):
            self.rows.addWidget(each)
            yield
        self.refresh()

    def refresh(self) -> None:
        """Show what the document has now; nothing if the task is no importer any more."""
        try:
            self.type.set_type(_implementation(self.desk.document, self.task).artifact_type)
        except EditorError:
            return
        self.metadata.refresh()
        for switch in self.switches:
            switch.refresh()

    def _on_type(self, kind: ArtifactType) -> None:
        lost: list[str] = []

        def make(view: DocumentView) -> Edit:
            edit, dropped = edits.set_importer(view, self.task, artifact_type=kind)
            lost[:] = dropped
            return edit

        def told(refusal: str) -> None:
            sentence = refusal or " ".join(lost)
            self.dropped.setText(sentence)
            self.dropped.setVisible(bool(sentence))

        self.desk.attempt(make, told)


def _implementation(view: DocumentView, task: EntityId) -> ImporterImplementation:
    found = edits.importer_of(view, task).implementation
    assert isinstance(found, ImporterImplementation)
    return found
