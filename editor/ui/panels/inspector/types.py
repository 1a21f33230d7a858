"""Choosing a type: parameters, the artifacts that KFP knows, lists of them, and any other by its schema's title."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from editor.model import ParameterType, PortType
from editor.model.port_types import PARAMETER_KINDS, ArtifactType
from editor.ui.switch import Switch
from editor.ui.widgets import column, label, row, set_state

ARTIFACT_TITLES = (
    "Artifact",
    "Dataset",
    "Model",
    "Metrics",
    "ClassificationMetrics",
    "SlicedClassificationMetrics",
    "HTML",
    "Markdown",
)
OTHER = "Other artifact…"


class TypeChooser(QWidget):
    """`chosen` carries the type. `title` is what a screen reader says; `more` holds what a type may need besides."""

    chosen = Signal(object)

    def __init__(self, title: str, *, parameters: bool = True, lists: bool = True) -> None:
        super().__init__()
        self._type: PortType | None = None
        self._lists = lists
        self.box = QComboBox()
        self.box.setAccessibleName(title)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(12)
        if parameters:
            for kind in PARAMETER_KINDS[:6]:
                self.box.addItem(kind, ParameterType(kind=kind))
            self.box.insertSeparator(self.box.count())
        for name in ARTIFACT_TITLES:
            self.box.addItem(name, ArtifactType(schema_title=f"system.{name}"))
        self.box.addItem(OTHER, None)
        self.box.activated.connect(lambda _number: self._on_activated())
        self.schema = QLineEdit()
        self.schema.setPlaceholderText("Schema title, like google.VertexModel@0.0.1")
        self.schema.setAccessibleName(f"{title}: schema title and version")
        self.schema.editingFinished.connect(self._on_schema)
        self.is_list = Switch()
        self.is_list.setAccessibleName(f"{title}: a list")
        self.is_list.clicked.connect(self._on_list)
        self.error = label("", "error", wraps=True)
        self._list_row = QWidget()
        self._list_row.setLayout(row(label("A list of them", "muted"), None, self.is_list))
        self.more = QWidget()
        self.more.setLayout(column(self.schema, self._list_row, self.error, gap=4))
        self.setLayout(column(self.box))

    def set_type(self, kind: PortType) -> None:
        """Show a type without choosing it."""
        self._type = kind
        plain = _plain(kind)
        number = next((each for each in range(self.box.count()) if self.box.itemData(each) == plain), -1)
        self.box.setCurrentIndex(number if number >= 0 else self.box.findText(OTHER))
        is_artifact = isinstance(kind, ArtifactType)
        is_other = is_artifact and number < 0
        if isinstance(kind, ArtifactType):
            self.schema.setText(f"{kind.schema_title}@{kind.schema_version}" if kind.schema_title else "")
            self.is_list.setChecked(kind.is_list)
        self._say("")
        self.schema.setVisible(is_other)
        self._list_row.setVisible(is_artifact and self._lists)
        self.error.hide()
        self.more.setVisible(is_other or (is_artifact and self._lists))

    def _on_activated(self) -> None:
        kind = self.box.currentData()
        if kind is None:
            self.more.show()
            self.schema.show()
            self.schema.clear()
            self.schema.setFocus()
            return
        if isinstance(kind, ArtifactType) and isinstance(self._type, ArtifactType) and self._lists:
            kind = ArtifactType(schema_title=kind.schema_title, is_list=self._type.is_list)
        self._choose(kind)

    def _on_schema(self) -> None:
        title, _, version = self.schema.text().strip().partition("@")
        if not title:
            return
        if "." not in title:
            self._say("Write it with its namespace, like google.VertexModel.")
            return
        is_list = self.is_list.isChecked() and self._lists
        self._choose(ArtifactType(schema_title=title, schema_version=version or "0.0.1", is_list=is_list))

    def _on_list(self) -> None:
        if isinstance(self._type, ArtifactType):
            kind = self._type
            self._choose(
                ArtifactType(
                    schema_title=kind.schema_title,
                    schema_version=kind.schema_version,
                    instance_schema=kind.instance_schema,
                    is_list=self.is_list.isChecked(),
                )
            )

    def _choose(self, kind: PortType) -> None:
        self._say("")
        if kind != self._type:
            self.chosen.emit(kind)

    def _say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        set_state(self.schema, "wrong" if sentence else "")


def _plain(kind: PortType) -> PortType:
    """The type as the box has it: without choices, and one of what it is a list of."""
    if isinstance(kind, ParameterType):
        return ParameterType(kind=kind.kind)
    if kind.instance_schema:
        return kind
    return ArtifactType(schema_title=kind.schema_title, schema_version=kind.schema_version)
