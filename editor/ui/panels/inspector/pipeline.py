"""The Inspector's form for a pipeline: its words, its inputs and outputs, its configuration."""

import msgspec
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QVBoxLayout, QWidget

from editor import edits
from editor.model import (
    Argument,
    Constant,
    DocumentView,
    Edit,
    EntityId,
    FromTask,
    Input,
    ParameterType,
    PipelineConfig,
    Workspace,
)
from editor.model.names import unique
from editor.model.port_types import PARAMETER_KINDS, ArtifactType, Json, PortType
from editor.ui.panels.inspector.fields import Desk
from editor.ui.panels.inspector.forms import AreaLine, Form, NumberLine, TextLine, body, form_tabs, section
from editor.ui.panels.inspector.sources import in_words
from editor.ui.panels.inspector.task import scrolling
from editor.ui.style import GAP
from editor.ui.values import ValueEditor, editor_for, first_value
from editor.ui.widgets import button, clear, column, icon_button, label, row, set_state

replace = msgspec.structs.replace
ARTIFACT_TITLES = ("Artifact", "Dataset", "Model", "Metrics", "ClassificationMetrics", "HTML", "Markdown")


def input_types() -> list[PortType]:
    """The types that a pipeline input may be given."""
    parameters: list[PortType] = [ParameterType(kind=kind) for kind in PARAMETER_KINDS[:6]]
    return parameters + [ArtifactType(schema_title=f"system.{title}") for title in ARTIFACT_TITLES]


class InputCard(QFrame):
    """One pipeline input: name, type, default, description."""

    def __init__(self, desk: Desk, pipeline: EntityId, port: Input) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._desk, self._pipeline, self.port = desk, pipeline, port
        self.name = QLineEdit(port.name)
        self.name.setAccessibleName("Name of the input")
        self.name.editingFinished.connect(self._on_renamed)
        self.type = QComboBox()
        self.type.setAccessibleName(f"Type of {port.name}")
        for kind in input_types():
            self.type.addItem(str(kind).removeprefix("system."), kind)
        if self.type.findText(str(port.type).removeprefix("system.")) < 0:
            self.type.addItem(str(port.type).removeprefix("system."), port.type)
        self.type.setCurrentIndex(self.type.findText(str(port.type).removeprefix("system.")))
        self.type.activated.connect(lambda _number: self._on_type_chosen())
        remove = icon_button("trash", f"Remove {port.name}", self._on_remove)
        top = row(self.name, self.type, remove, gap=4)
        top.setStretch(0, 1)
        self.error = label("", "error", wraps=True)
        self.error.hide()
        self.editor: ValueEditor | None = None
        layout = column(top, self.error, margin=GAP, gap=4)
        if isinstance(port.type, ParameterType):
            has_default = port.default is not None
            words = "No default" if has_default else "Give it a default"
            toggle = button(words, self._on_default_toggled, role="link")
            layout.addLayout(
                row(label("Default" if has_default else "No default: it must be given", "muted"), None, toggle)
            )
            if port.default is not None:
                self.editor = editor_for(port.type)
                self.editor.focus_widget().setAccessibleName(f"Default of {port.name}")
                self.editor.set_value(port.default.value)
                self.editor.committed.connect(self._on_default)
                layout.addWidget(self.editor)
        self.description = QLineEdit(port.description)
        self.description.setPlaceholderText("What it is for")
        self.description.setAccessibleName(f"Description of {port.name}")
        self.description.textEdited.connect(
            lambda text: self._change(replace(self.port, description=text), f"description:{self.port.name}")
        )
        layout.addWidget(self.description)
        self.setLayout(layout)

    def show_port(self, port: Input) -> None:
        """Take on what the document has now; the rows stay."""
        self.port = port
        if self.editor is not None and port.default is not None:
            self.editor.set_value(port.default.value)
        if self.description.text() != port.description:
            self.description.setText(port.description)

    def _on_renamed(self) -> None:
        name = self.name.text().strip()
        if name != self.port.name:
            self._change(replace(self.port, name=name))
        else:
            self._say("")

    def _on_type_chosen(self) -> None:
        kind = self.type.currentData()
        if str(kind) != str(self.port.type):
            default = self.port.default
            if default is not None:
                default = Constant(first_value(kind)) if isinstance(kind, ParameterType) else None
            self._change(replace(self.port, type=kind, default=default))
            self.type.setCurrentIndex(self.type.findText(str(self.port.type).removeprefix("system.")))

    def _on_default_toggled(self) -> None:
        assert isinstance(self.port.type, ParameterType)
        default = None if self.port.default is not None else Constant(first_value(self.port.type))
        self._change(replace(self.port, default=default))

    def _on_default(self, value: Json) -> None:
        self._change(replace(self.port, default=Constant(value)), f"default:{self.port.name}")

    def _on_remove(self) -> None:
        self._say(
            self._desk.try_edit(
                lambda: edits.remove_input(self._desk.document, self.port.name, pipeline=self._pipeline)
            )
        )

    def _change(self, port: Input, merge_key: str = "") -> None:
        def make() -> Edit:
            return edits.change_input(
                self._desk.document, self.port.name, port, pipeline=self._pipeline, merge_key=merge_key
            )

        self._say(self._desk.try_edit(make))

    def _say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        set_state(self.name, "wrong" if sentence else "")


class PipelineForm(Form):
    """A pipeline, shown where nothing is selected."""

    def __init__(self, desk: Desk, pipeline: EntityId) -> None:
        super().__init__(desk)
        self.pipeline = pipeline
        self.cards: list[InputCard] = []
        self._inputs_made: object = None
        self.tabs = form_tabs()
        self.tabs.addTab(scrolling(self._pipeline_page()), "Pipeline")
        self.tabs.addTab(scrolling(self._inputs_page()), "Inputs")
        self.tabs.addTab(scrolling(self._outputs_page()), "Outputs")
        self.tabs.addTab(scrolling(self._config_page()), "Runs")
        self.setLayout(column(self.tabs))
        self.refresh()

    def refresh(self) -> None:
        super().refresh()
        entity = self.desk.document.pipeline(self.pipeline)
        shape = [(port.name, str(port.type), port.default is None) for port in entity.inputs]
        if shape != self._inputs_made:
            self._inputs_made = shape
            clear(self._inputs)
            self.cards = [InputCard(self.desk, self.pipeline, port) for port in entity.inputs]
            for card in self.cards:
                self._inputs.addWidget(card)
            self._no_inputs.setVisible(not self.cards)
        for card, port in zip(self.cards, entity.inputs, strict=True):
            card.show_port(port)
        self._fill_outputs()

    def _pipeline_page(self) -> QWidget:
        page, layout = body()
        pipeline, desk = self.pipeline, self.desk
        self.name = TextLine(
            desk,
            "Name",
            lambda view: view.pipeline(pipeline).name,
            lambda view, text: edits.rename(view, pipeline, text),
            on_enter=True,
        )
        self.add(
            layout,
            self.name,
            TextLine(
                desk,
                "Display name",
                lambda view: view.pipeline(pipeline).display_name,
                lambda view, text: self._set(view, display_name=text),
                placeholder="As the name, if left empty",
            ),
            AreaLine(
                desk,
                "Description",
                lambda view: view.pipeline(pipeline).description,
                lambda view, text: self._set(view, description=text),
            ),
        )
        view = desk.document
        tasks = sum(1 for node in view.descendants(pipeline) if node in view)
        counted = "1 task or group" if tasks == 1 else f"{tasks} tasks and groups"
        layout.addWidget(label(f"{counted}. Select one to see it here.", "muted", wraps=True))
        layout.addStretch(1)
        return page

    def _inputs_page(self) -> QWidget:
        page, layout = body()
        add = button("Add an input", self.add_input, icon_name="plus")
        layout.addLayout(row(add, None))
        self._no_inputs = label(
            "A pipeline input is asked for when a run is started. Any input of a task can be made one.",
            "muted",
            wraps=True,
        )
        layout.addWidget(self._no_inputs)
        self._inputs = QVBoxLayout()
        self._inputs.setSpacing(GAP)
        layout.addLayout(self._inputs)
        layout.addStretch(1)
        return page

    def add_input(self) -> None:
        """A new text input with a name of its own."""
        view = self.desk.document
        taken = {port.name for port in view.pipeline(self.pipeline).inputs}
        name = unique("input", taken.__contains__, "_")
        port = Input(name=name, type=ParameterType(kind="STRING"))
        self.desk.try_edit(lambda: edits.add_input(view, port, pipeline=self.pipeline))
        if self.cards:
            self.cards[-1].name.setFocus()
            self.cards[-1].name.selectAll()

    def _outputs_page(self) -> QWidget:
        page, layout = body()
        self._outputs = QVBoxLayout()
        self._outputs.setSpacing(GAP)
        layout.addLayout(self._outputs)
        self._outputs_shown: object = None
        layout.addWidget(label("What the pipeline gives out. Choose an output of a task:", "muted", wraps=True))
        self.output_source = QComboBox()
        self.output_source.setAccessibleName("Output of a task")
        give = button("Make it a pipeline output", self._on_give, icon_name="plus")
        layout.addWidget(self.output_source)
        layout.addLayout(row(give, None))
        self.output_error = label("", "error", wraps=True)
        self.output_error.hide()
        layout.addWidget(self.output_error)
        layout.addStretch(1)
        return page

    def _fill_outputs(self) -> None:
        view = self.desk.document
        outputs = view.pipeline(self.pipeline).outputs
        shown = [(output.name, str(output.type), in_words(view, output.source)) for output in outputs]
        candidates = self._candidates(view)
        if (shown, candidates) == self._outputs_shown:
            return
        self._outputs_shown = (shown, candidates)
        clear(self._outputs)
        for name, kind, source in shown:
            remove = icon_button("trash", f"Remove {name}", lambda name=name: self._on_remove_output(name))
            head = row(label(name, "section"), label(kind.removeprefix("system."), "muted"), None, remove)
            holder = QFrame()
            holder.setProperty("role", "card")
            holder.setLayout(column(head, label(source, "muted", wraps=True), margin=GAP, gap=0))
            self._outputs.addWidget(holder)
        self.output_source.clear()
        for words, task, output in candidates:
            self.output_source.addItem(words, (task, output))

    def _candidates(self, view: DocumentView) -> list[tuple[str, EntityId, str]]:
        found: list[tuple[str, EntityId, str]] = []
        for node in view.descendants(self.pipeline):
            component = getattr(view.get(node), "component", None)
            if component is not None:
                name = view.task(node).name
                found += [(f"{name}.{port.name}", node, port.name) for port in view.interface(component).outputs]
        return sorted(found)[:200]

    def _on_give(self) -> None:
        chosen = self.output_source.currentData()
        if chosen is None:
            return
        task, output = chosen
        taken = {one.name for one in self.desk.document.pipeline(self.pipeline).outputs}
        name = unique(output, taken.__contains__, "_")
        source: Argument = FromTask(task, output)
        sentence = self.desk.try_edit(
            lambda: edits.set_output(self.desk.document, name, source, pipeline=self.pipeline)
        )
        self.output_error.setText(sentence)
        self.output_error.setVisible(bool(sentence))

    def _on_remove_output(self, name: str) -> None:
        self.desk.try_edit(lambda: edits.remove_output(self.desk.document, name, pipeline=self.pipeline))

    def _config_page(self) -> QWidget:
        page, layout = body()
        pipeline, desk = self.pipeline, self.desk
        self.add(
            layout,
            TextLine(
                desk,
                "Pipeline root",
                lambda view: view.pipeline(pipeline).pipeline_root,
                lambda view, text: self._set(view, pipeline_root=text),
                placeholder="The server's choice, if left empty",
                hint="Where the artifacts of a run are kept, like s3://bucket/folder.",
            ),
            TextLine(
                desk,
                "Workspace size",
                lambda view: config.workspace.size if (config := self._config(view)).workspace else "",
                self._set_workspace,
                placeholder="No workspace",
                hint="A volume that all tasks of a run share, like 10Gi.",
            ),
        )
        layout.addWidget(section("Times, in seconds"))
        for field, title in (
            ("active_deadline_seconds", "A run is stopped after"),
            ("ttl_seconds_after_finished", "It is forgotten after it finished"),
            ("ttl_seconds_after_success", "It is forgotten after a success"),
            ("ttl_seconds_after_failure", "It is forgotten after a failure"),
        ):
            self.add(
                layout,
                NumberLine(
                    desk,
                    title,
                    lambda view, field=field: getattr(self._config(view), field),
                    lambda view, value, field=field: self._set_config(view, **{field: value}),
                    empty="The server's choice",
                ),
            )
        layout.addStretch(1)
        return page

    def _config(self, view: DocumentView) -> PipelineConfig:
        return view.pipeline(self.pipeline).config or PipelineConfig()

    def _set_workspace(self, view: DocumentView, text: Json) -> Edit:
        before = self._config(view).workspace
        workspace = None if not text else replace(before, size=text) if before else Workspace(size=text)
        return self._set_config(view, workspace=workspace)

    def _set_config(self, view: DocumentView, **fields: object) -> Edit:
        config = replace(self._config(view), **fields)
        return self._set(view, config=None if config == PipelineConfig() else config)

    def _set(self, view: DocumentView, **fields: object) -> Edit:
        key = f"pipeline:{self.pipeline}:{','.join(fields)}"
        return edits.set_pipeline(view, pipeline=self.pipeline, merge_key=key, **fields)
