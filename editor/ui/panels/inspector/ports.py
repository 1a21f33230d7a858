"""Cards of the pipeline's form: an input (name, type, choices, default), an output (name, source, description)."""

from collections.abc import Callable

import msgspec
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit

from editor import edits
from editor.model import (
    Constant,
    Edit,
    EntityId,
    Input,
    ParameterType,
    PipelineOutput,
    PortType,
)
from editor.model.port_types import Json, type_words
from editor.ui.panels.inspector.fields import Desk
from editor.ui.panels.inspector.sources import in_words
from editor.ui.panels.inspector.types import TypeChooser
from editor.ui.style import GAP
from editor.ui.values import ValueEditor, editor_for, first_value, read_any, value_text
from editor.ui.widgets import column, icon_button, label, row, set_state

replace = msgspec.structs.replace

GIVEN, DEFAULT, LEFT_OUT = "It must be given", "Else this is taken", "It may be left out"
CAN_CHOOSE = ("STRING", "NUMBER_INTEGER")
"""What Python's Literal, and so KFP's, takes."""


class PortCard(QFrame):
    """A card with a name, a description, a bin, and a sentence about what is wrong."""

    def __init__(self, name: str, description: str, what: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.name = QLineEdit(name)
        self.name.setAccessibleName(f"Name of the {what}")
        self.name.editingFinished.connect(self.rename)
        self.remove = icon_button("trash", f"Remove {name}", self.take_away)
        self.error = label("", "error", wraps=True)
        self.error.hide()
        self.description = QLineEdit(description)
        self.description.setPlaceholderText("What it is for")
        self.description.setAccessibleName(f"Description of {name}")
        self.description.textEdited.connect(self.describe)

    def rename(self) -> None:
        raise NotImplementedError

    def describe(self, text: str) -> None:
        raise NotImplementedError

    def take_away(self) -> None:
        raise NotImplementedError

    def show_description(self, text: str) -> None:
        if self.description.text() != text:
            self.description.setText(text)

    def say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        set_state(self.name, "wrong" if sentence else "")


class InputCard(PortCard):
    """One pipeline input: name, type, whether it must be given, choices, default, description."""

    def __init__(self, desk: Desk, pipeline: EntityId, port: Input) -> None:
        super().__init__(port.name, port.description, "input")
        self._desk, self._pipeline, self.port = desk, pipeline, port
        self.type = TypeChooser(f"Type of {port.name}")
        self.type.set_type(port.type)
        self.type.chosen.connect(self._on_type)
        top = row(self.name, self.type, self.remove, gap=4)
        top.setStretch(0, 1)
        self.need = QComboBox()
        self.need.setAccessibleName(f"Whether {port.name} must be given")
        self.need.addItems(
            [GIVEN, LEFT_OUT] if not isinstance(port.type, ParameterType) else [GIVEN, DEFAULT, LEFT_OUT]
        )
        self.need.setCurrentText(need_of(port))
        self.need.activated.connect(lambda _number: self._on_need())
        layout = column(top, self.type.more, self.error, self.need, margin=GAP, gap=4)
        self.editor: ValueEditor | None = None
        if isinstance(port.type, ParameterType) and port.default is not None:
            self.editor = editor_for(port.type)
            self.editor.focus_widget().setAccessibleName(f"Default of {port.name}")
            self.editor.set_value(port.default.value)
            self.editor.committed.connect(self._on_default)
            layout.addWidget(self.editor)
        self.choices: QLineEdit | None = None
        if isinstance(port.type, ParameterType) and port.type.kind in CAN_CHOOSE:
            self.choices = QLineEdit(", ".join(value_text(each) for each in port.type.literals))
            self.choices.setPlaceholderText("Any value; or a choice, like low, high")
            self.choices.setAccessibleName(f"Choices for {port.name}")
            self.choices.editingFinished.connect(self._on_choices)
            layout.addWidget(self.choices)
        layout.addWidget(self.description)
        self.setLayout(layout)

    def show_port(self, port: Input) -> None:
        """Take on what the document has now; the rows stay."""
        self.port = port
        if self.editor is not None and port.default is not None:
            self.editor.set_value(port.default.value)
        self.show_description(port.description)

    def rename(self) -> None:
        name = self.name.text().strip()
        if name != self.port.name:
            self._change(replace(self.port, name=name))
        else:
            self.say("")

    def describe(self, text: str) -> None:
        self._change(replace(self.port, description=text), f"description:{self.port.name}")

    def take_away(self) -> None:
        self.say(
            self._desk.try_edit(
                lambda: edits.remove_input(self._desk.document, self.port.name, pipeline=self._pipeline)
            )
        )

    def _on_type(self, kind: PortType) -> None:
        default = self.port.default
        if default is not None:
            default = Constant(first_value(kind)) if isinstance(kind, ParameterType) else None
        self._change(replace(self.port, type=kind, default=default))
        self.type.set_type(self.port.type)

    def _on_need(self) -> None:
        need, kind = self.need.currentText(), self.port.type
        default = None
        if need == DEFAULT and isinstance(kind, ParameterType):
            default = self.port.default or Constant(first_value(kind))
        self._change(replace(self.port, default=default, is_optional=need != GIVEN and default is None))

    def _on_choices(self) -> None:
        assert self.choices is not None
        kind = self.port.type
        assert isinstance(kind, ParameterType)
        texts = [each.strip() for each in self.choices.text().split(",") if each.strip()]
        literals: tuple[Json, ...] = tuple(dict.fromkeys(texts))
        if kind.kind == "NUMBER_INTEGER":
            literals = tuple(read_any(each) for each in dict.fromkeys(texts))
            if any(isinstance(each, bool) or not isinstance(each, int) for each in literals):
                self.say("The choices of a whole number are whole numbers, like 1, 2, 4.")
                return
        if literals == kind.literals:
            self.say("")
            return
        default = self.port.default
        if default is not None and literals and default.value not in literals:
            default = Constant(literals[0])
        self._change(replace(self.port, type=replace(kind, literals=literals), default=default))

    def _on_default(self, value: Json) -> None:
        self._change(replace(self.port, default=Constant(value)), f"default:{self.port.name}")

    def _change(self, port: Input, merge_key: str = "") -> None:
        def make() -> Edit:
            return edits.change_input(
                self._desk.document, self.port.name, port, pipeline=self._pipeline, merge_key=merge_key
            )

        self.say(self._desk.try_edit(make))


def need_of(port: Input) -> str:
    """Whether an input must be given, in the words of the card."""
    if port.default is not None:
        return DEFAULT
    return LEFT_OUT if port.is_optional else GIVEN


class OutputCard(PortCard):
    """One pipeline output: name, type, what gives it, description."""

    def __init__(self, desk: Desk, pipeline: EntityId, port: PipelineOutput, go_to: Callable[[], object]) -> None:
        super().__init__(port.name, port.description, "output")
        self._desk, self._pipeline, self.port = desk, pipeline, port
        kind = label(type_words(port.type), "muted")
        top = row(self.name, kind, self.remove, gap=4)
        top.setStretch(0, 1)
        source = label(in_words(desk.document, port.source), "muted", wraps=True)
        show = icon_button("search", f"Show what gives {port.name}", go_to)
        below = row(source, show, gap=4)
        below.setStretch(0, 1)
        self.setLayout(column(top, self.error, below, self.description, margin=GAP, gap=4))

    def rename(self) -> None:
        name = self.name.text().strip()
        if name == self.port.name:
            self.say("")
            return
        self.say(
            self._desk.try_edit(
                lambda: edits.rename_output(self._desk.document, self.port.name, name, pipeline=self._pipeline)
            )
        )

    def describe(self, text: str) -> None:
        port = self.port
        self.say(
            self._desk.try_edit(
                lambda: edits.describe_output(
                    self._desk.document,
                    port.name,
                    text,
                    pipeline=self._pipeline,
                    merge_key=f"output description:{port.name}",
                )
            )
        )

    def show_port(self, port: PipelineOutput) -> None:
        self.port = port
        self.show_description(port.description)

    def take_away(self) -> None:
        self._desk.try_edit(lambda: edits.remove_output(self._desk.document, self.port.name, pipeline=self._pipeline))
