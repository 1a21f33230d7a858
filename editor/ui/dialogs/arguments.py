"""The typed form for a pipeline's inputs, and the dialog that asks for them before a run here."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QScrollArea, QVBoxLayout, QWidget

from editor.model import Input, ParameterType
from editor.model.port_types import Json, type_words, why_not_value
from editor.ui.style import GAP
from editor.ui.values import ValueEditor, editor_for, first_value
from editor.ui.widgets import column, icon_button, label, row


class _Line(QWidget):
    """One input: its name and type, its editor, and the way back to the default."""

    changed = Signal()

    def __init__(self, port: Input, given: Mapping[str, Json]) -> None:
        super().__init__()
        self.port = port
        assert isinstance(port.type, ParameterType)
        self.is_given = port.name in given and not why_not_value(given[port.name], port.type)
        self._default = port.default.value if port.default is not None else None
        self._value: Json = given[port.name] if self.is_given else self._default
        self.editor: ValueEditor = editor_for(port.type)
        self.editor.focus_widget().setAccessibleName(port.name)
        self.editor.committed.connect(self._on_committed)
        self.reset = icon_button("undo", f"Back to the default of {port.name}", self._on_reset)
        name = label(port.name, "section")
        kind = label(type_words(port.type), "muted")
        self.note = label("", "muted")
        top = row(name, kind, None, self.note, self.reset, gap=4)
        layout = column(top, self.editor, gap=4)
        if port.description:
            layout.insertWidget(1, label(port.description, "muted", wraps=True))
        self.setLayout(layout)
        # A required BOOLEAN or choice shows a value from the start, so it is given from the start.
        if self._value is None and port.is_required and (port.type.kind == "BOOLEAN" or port.type.literals):
            self._value, self.is_given = first_value(port.type), True
        self.editor.set_value(
            first_value(port.type) if self._value is None and port.type.kind in ("LIST", "STRUCT") else self._value
        )
        self._update()

    def value(self) -> Json:
        return self._value

    def problem(self) -> str:
        """Why the run cannot start with what this line holds; empty if it can."""
        if self.editor.is_wrong:
            return f"'{self.port.name}' is not right yet."
        if not self.is_given and self.port.is_required:
            return f"'{self.port.name}' needs a value."
        return ""

    def _on_committed(self, value: Json) -> None:
        self._value = value
        self.is_given = True
        self._update()
        self.changed.emit()

    def _on_reset(self) -> None:
        self._value = self._default
        self.is_given = False
        self.editor.set_value(self._default)
        self.editor.say("")
        self._update()
        self.changed.emit()

    def _update(self) -> None:
        if self.is_given and self._value != self._default:
            words = ""
        elif self.port.default is not None:
            words = "default"
        else:
            words = "optional, left out" if self.port.is_optional and not self.is_given else ""
        self.note.setText(words)
        self.reset.setVisible(self.is_given and not self.port.is_required)


class ArgumentsForm(QWidget):
    """A line for each parameter that the pipeline takes. Values equal to the default are left out."""

    changed = Signal()

    def __init__(self, inputs: tuple[Input, ...], given: Mapping[str, Json]) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, GAP, 0)
        layout.setSpacing(2 * GAP)
        self.lines: list[_Line] = []
        for port in inputs:
            if isinstance(port.type, ParameterType):
                line = _Line(port, given)
                line.changed.connect(self.changed)
                self.lines.append(line)
                layout.addWidget(line)
            else:
                words = f"'{port.name}' takes an artifact ({type_words(port.type)}), which a run from here cannot give."
                layout.addWidget(label(words, "warning", wraps=True))
        if not inputs:
            layout.addWidget(label("This pipeline has no inputs.", "muted"))
        layout.addStretch(1)

    def line(self, name: str) -> _Line:
        return next(line for line in self.lines if line.port.name == name)

    def values(self) -> dict[str, Json]:
        """The arguments to run with."""
        return {line.port.name: line.value() for line in self.lines if line.is_given}

    def problem(self) -> str:
        return next((problem for line in self.lines if (problem := line.problem())), "")


def missing(inputs: tuple[Input, ...], given: Mapping[str, Json]) -> bool:
    """Whether a run with these arguments lacks a value, so that it must be asked for."""
    for port in inputs:
        value = given.get(port.name)
        if port.is_required and (port.name not in given or why_not_value(value, port.type)):
            return True
    return False


def scrolled(form: QWidget, height: int = 360) -> QScrollArea:
    """A form that may be longer than its dialog."""
    area = QScrollArea()
    area.setProperty("role", "plain")
    area.setWidget(form)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumHeight(min(height, form.sizeHint().height() + GAP))
    return area


class ArgumentsDialog(QDialog):
    """What to run with. `run` is called with the arguments when the person starts it."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        inputs: tuple[Input, ...],
        given: Mapping[str, Json],
        run: Callable[[dict[str, Json]], object],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Run pipeline")
        self._run = run
        self.form = ArgumentsForm(inputs, given)
        self.problem = label("", "error", wraps=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.start = self.buttons.addButton("Run", QDialogButtonBox.ButtonRole.AcceptRole)
        self.start.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = column(
            label(title, "heading"), scrolled(self.form), self.problem, self.buttons, margin=2 * GAP, gap=2 * GAP
        )
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.form.changed.connect(self._check)
        self.resize(480, min(720, self.sizeHint().height()))
        self._check()
        if self.form.lines:
            self.form.lines[0].editor.focus_widget().setFocus()

    def accept(self) -> None:
        if not self.form.problem():
            super().accept()
            self._run(self.form.values())

    def _check(self) -> None:
        problem = self.form.problem()
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.start.setEnabled(not problem)
