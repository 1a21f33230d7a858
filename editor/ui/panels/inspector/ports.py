"""Cards of the pipeline's form: an input (name, type, choices, default), an output (name, source, description)."""

from collections.abc import Callable

import msgspec
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit

from editor import edits
from editor.model import (
    Constant,
    DocumentView,
    Edit,
    EditRefused,
    EntityId,
    Input,
    ParameterType,
    PipelineOutput,
    PortType,
)
from editor.model.port_types import Json, type_words
from editor.ui.panels.inspector.fields import Desk, Make
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

    def __init__(self, desk: Desk, pipeline: EntityId, name: str, description: str, what: str) -> None:
        super().__init__()
        self._desk, self._pipeline = desk, pipeline
        self._called = name
        """What the port is called when the next edit that was asked for here has its turn."""
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

    def _rename_to(self, name: str, make: Make) -> None:
        """Do an edit that gives the port another name; what was typed into the card since is for the same port."""

        def made(view: DocumentView) -> Edit:
            edit = make(view)
            self._called = name
            return edit

        self._desk.attempt(made, self.say)

    def say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        set_state(self.name, "wrong" if sentence else "")


class InputCard(PortCard):
    """One pipeline input: name, type, whether it must be given, choices, default, description."""

    def __init__(self, desk: Desk, pipeline: EntityId, port: Input) -> None:
        super().__init__(desk, pipeline, port.name, port.description, "input")
        self.port = port
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
            self._rename_to(name, self._changed(lambda port: replace(port, name=name)))
        else:
            self.say("")

    def describe(self, text: str) -> None:
        self._change(lambda port: replace(port, description=text), f"description:{self.port.name}")

    def take_away(self) -> None:
        self._desk.attempt(lambda view: edits.remove_input(view, self._called, pipeline=self._pipeline), self.say)

    def _on_type(self, kind: PortType) -> None:
        def change(port: Input) -> Input:
            default = port.default
            if default is not None:
                default = Constant(first_value(kind)) if isinstance(kind, ParameterType) else None
            return replace(port, type=kind, default=default)

        def told(refusal: str) -> None:
            self.say(refusal)
            self.type.set_type(self.port.type)

        self._desk.attempt(self._changed(change), told)

    def _on_need(self) -> None:
        need = self.need.currentText()

        def change(port: Input) -> Input:
            default = None
            if need == DEFAULT and isinstance(port.type, ParameterType):
                default = port.default or Constant(first_value(port.type))
            return replace(port, default=default, is_optional=need != GIVEN and default is None)

        self._change(change)

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

        def change(port: Input) -> Input:
            default = port.default
            if default is not None and literals and default.value not in literals:
                default = Constant(literals[0])
            return replace(port, type=replace(kind, literals=literals), default=default)

        self._change(change)

    def _on_default(self, value: Json) -> None:
        self._change(lambda port: replace(port, default=Constant(value)), f"default:{self.port.name}")

    def _change(self, change: Callable[[Input], Input], merge_key: str = "") -> None:
        self._desk.attempt(self._changed(change, merge_key), self.say)

    def _changed(self, change: Callable[[Input], Input], merge_key: str = "") -> Make:
        """What makes the edit of the input as it is by then: others that were asked for before it have changed it."""
        return lambda view: edits.change_input(
            view,
            self._called,
            change(_input_of(view, self._pipeline, self._called)),
            pipeline=self._pipeline,
            merge_key=merge_key,
        )


def _input_of(view: DocumentView, pipeline: EntityId, name: str) -> Input:
    found = view.interface(pipeline).input(name)
    if found is None:
        raise EditRefused(f"The input '{name}' is not there any more.")
    return found


def need_of(port: Input) -> str:
    """Whether an input must be given, in the words of the card."""
    if port.default is not None:
        return DEFAULT
    return LEFT_OUT if port.is_optional else GIVEN


class OutputCard(PortCard):
    """One pipeline output: name, type, what gives it, description."""

    def __init__(self, desk: Desk, pipeline: EntityId, port: PipelineOutput, go_to: Callable[[], object]) -> None:
        super().__init__(desk, pipeline, port.name, port.description, "output")
        self.port = port
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
        self._rename_to(name, lambda view: edits.rename_output(view, self._called, name, pipeline=self._pipeline))

    def describe(self, text: str) -> None:
        key = f"output description:{self.port.name}"
        self._desk.attempt(
            lambda view: edits.describe_output(view, self._called, text, pipeline=self._pipeline, merge_key=key),
            self.say,
        )

    def show_port(self, port: PipelineOutput) -> None:
        self.port = port
        self.show_description(port.description)

    def take_away(self) -> None:
        self._desk.attempt(lambda view: edits.remove_output(view, self._called, pipeline=self._pipeline), self.say)
