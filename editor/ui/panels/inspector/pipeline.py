"""The Inspector's form for a pipeline: its words, its inputs and outputs, its configuration."""

from heapq import nsmallest

import msgspec
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from editor import edits
from editor.model import (
    Argument,
    DocumentView,
    Edit,
    EditRefused,
    EntityId,
    FromTask,
    Input,
    PipelineConfig,
    Task,
    Workspace,
)
from editor.model.names import unique
from editor.model.port_types import STRING, Json
from editor.ui.panels.inspector.fields import Desk
from editor.ui.panels.inspector.forms import AreaLine, Form, NumberLine, TextLine, body, form_tabs, scrolling, section
from editor.ui.panels.inspector.ports import InputCard, OutputCard, need_of
from editor.ui.panels.inspector.settings_lines import JsonLine
from editor.ui.panels.inspector.sources import in_words, source_entity
from editor.ui.style import GAP
from editor.ui.widgets import button, clear, column, label, row

replace = msgspec.structs.replace
MOST_CANDIDATES = 200


class PipelineForm(Form):
    """A pipeline, shown where nothing is selected."""

    def __init__(self, desk: Desk, pipeline: EntityId, place: QWidget) -> None:
        super().__init__(desk, place)
        self.pipeline = pipeline
        self.cards: list[InputCard] = []
        self._inputs_made: object = None
        self.tabs = form_tabs()
        self.setLayout(column(self.tabs))
        self._fill_pipeline_page(self._add_page("Pipeline"))
        self._fill_inputs_page(self._add_page("Inputs"))
        self._outputs_tab = self.tabs.count()
        self._fill_outputs_page(self._add_page("Outputs"))
        self._runs_tab = self.tabs.count()
        self._runs: QVBoxLayout | None = self._add_page("Runs")
        """Empty until it is seen."""
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.refresh()

    def refresh(self) -> None:
        super().refresh()
        entity = self.desk.document.pipeline(self.pipeline)
        shape = [(port.name, port.type, need_of(port)) for port in entity.inputs]
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
        count = self.desk.document.count_inside(self.pipeline)
        counted = {0: "No tasks yet.", 1: "1 task or group. Select it to see it here."}
        self._counted.setText(counted.get(count, f"{count:,} tasks and groups. Select one to see it here."))

    def _on_tab_changed(self, number: int) -> None:
        if number == self._runs_tab and self._runs is not None:
            layout, self._runs = self._runs, None
            self._fill_config_page(layout)
        self._offer_outputs()

    def _add_page(self, title: str) -> QVBoxLayout:
        """A tab whose page has its place in the window before anything is put into it."""
        page, layout = body()
        self.tabs.addTab(scrolling(page), title)
        return layout

    def _fill_pipeline_page(self, layout: QVBoxLayout) -> None:
        pipeline, desk = self.pipeline, self.desk
        self.name = TextLine(
            desk,
            "Name",
            lambda view: view.pipeline(pipeline).name,
            lambda text: lambda view: edits.rename(view, pipeline, text),
            on_enter=True,
        )
        self.add(
            layout,
            self.name,
            TextLine(
                desk,
                "Display name",
                lambda view: view.pipeline(pipeline).display_name,
                lambda text: lambda view: self._set(view, display_name=text),
                placeholder="As the name, if left empty",
            ),
            AreaLine(
                desk,
                "Description",
                lambda view: view.pipeline(pipeline).description,
                lambda text: lambda view: self._set(view, description=text),
            ),
        )
        self._counted = label("", "muted", wraps=True)
        layout.addWidget(self._counted)
        layout.addStretch(1)

    def _fill_inputs_page(self, layout: QVBoxLayout) -> None:
        add = button("Add an input", self.add_input, icon_name="plus")
        layout.addLayout(row(add, None))
        self._no_inputs = label(
            "A pipeline input is asked for when a run is started. Any input of a task can be made one.",
            "muted",
            wraps=True,
        )
        layout.addWidget(self._no_inputs)
        self.input_error = label("", "error", wraps=True)
        self.input_error.hide()
        layout.addWidget(self.input_error)
        self._inputs = QVBoxLayout()
        self._inputs.setSpacing(GAP)
        layout.addLayout(self._inputs)
        layout.addStretch(1)

    def add_input(self) -> None:
        """A new text input with a name of its own."""

        def make(view: DocumentView) -> Edit:
            taken = {port.name for port in view.pipeline(self.pipeline).inputs}
            port = Input(name=unique("input", taken.__contains__, "_"), type=STRING)
            return edits.add_input(view, port, pipeline=self.pipeline)

        def told(refusal: str) -> None:
            self._say(self.input_error, refusal)
            if refusal or self.desk.is_waiting:
                return  # what waits is newer than what the fields would show
            self.refresh()
            self.cards[-1].name.setFocus()
            self.cards[-1].name.selectAll()

        self.desk.attempt(make, told)

    def _fill_outputs_page(self, layout: QVBoxLayout) -> None:
        self._outputs = QVBoxLayout()
        self._outputs.setSpacing(GAP)
        layout.addLayout(self._outputs)
        self._outputs_shown: object = None
        self._offered: object = None
        self._is_offer_old = True
        self.output_cards: list[OutputCard] = []
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

    def _fill_outputs(self) -> None:
        view = self.desk.document
        outputs = view.pipeline(self.pipeline).outputs
        shown = [(output.name, str(output.type), in_words(view, output.source)) for output in outputs]
        self._is_offer_old = True
        self._offer_outputs()
        if shown == self._outputs_shown:
            for card, output in zip(self.output_cards, outputs, strict=True):
                card.show_port(output)
            return
        self._outputs_shown = shown
        clear(self._outputs)
        self.output_cards = [
            OutputCard(self.desk, self.pipeline, output, lambda output=output: self._go_to_source(output.source))
            for output in outputs
        ]
        for card in self.output_cards:
            self._outputs.addWidget(card)

    def _offer_outputs(self) -> None:
        """Bring the list of what can be an output up to date, once somebody sees it: all tasks are looked through."""
        if not self._is_offer_old or self.tabs.currentIndex() != self._outputs_tab:
            return
        self._is_offer_old = False
        candidates = self._candidates(self.desk.document)
        if candidates == self._offered:
            return
        self._offered = candidates
        self.output_source.clear()
        for words, task, output in candidates:
            self.output_source.addItem(words, (task, output))

    def _candidates(self, view: DocumentView) -> list[tuple[str, EntityId, str]]:
        inside = map(view.get, view.descendants(self.pipeline))
        named = [(task.name, task.id, task.component) for task in inside if isinstance(task, Task)]
        found: list[tuple[str, EntityId, str]] = []
        # A task has mostly one output or more: no more tasks than entries are looked into.
        for name, task, component in nsmallest(2 * MOST_CANDIDATES, named):
            found += [(f"{name}.{port.name}", task, port.name) for port in view.interface(component).outputs]
        return sorted(found)[:MOST_CANDIDATES]

    def _on_give(self) -> None:
        chosen = self.output_source.currentData()
        if chosen is None:
            return
        task, output = chosen

        def make(view: DocumentView) -> Edit:
            taken = {one.name for one in view.pipeline(self.pipeline).outputs}
            name = unique(output, taken.__contains__, "_")
            return edits.set_output(view, name, FromTask(task, output), pipeline=self.pipeline)

        self.desk.attempt(make, lambda refusal: self._say(self.output_error, refusal))

    def _say(self, error: QLabel, sentence: str) -> None:
        error.setText(sentence)
        error.setVisible(bool(sentence))

    def _go_to_source(self, source: Argument) -> None:
        entity = source_entity(source)
        if entity is not None:
            self.desk.go_to(entity)

    def _fill_config_page(self, layout: QVBoxLayout) -> None:
        pipeline, desk = self.pipeline, self.desk
        self.add(
            layout,
            TextLine(
                desk,
                "Pipeline root",
                lambda view: view.pipeline(pipeline).pipeline_root,
                lambda text: lambda view: self._set(view, pipeline_root=text),
                placeholder="The server's choice, if left empty",
                hint="Where the artifacts of a run are kept, like s3://bucket/folder.",
            ),
            TextLine(
                desk,
                "Workspace size",
                lambda view: config.workspace.size if (config := self._config(view)).workspace else "",
                lambda text: lambda view: self._set_workspace(view, text),
                placeholder="No workspace",
                hint="A volume that all tasks of a run share, like 10Gi.",
            ),
            JsonLine(
                desk,
                "Workspace claim",
                lambda view: config.workspace.pvc_spec_patch if (config := self._config(view)).workspace else {},
                lambda patch: lambda view: self._patch_workspace(view, patch),
                hint="What Kubernetes is told of the claim besides, like storageClassName.",
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
                    lambda value, field=field: lambda view: self._set_config(view, **{field: value}),
                    empty="The server's choice",
                ),
            )
        layout.addStretch(1)

    def _config(self, view: DocumentView) -> PipelineConfig:
        return view.pipeline(self.pipeline).config or PipelineConfig()

    def _set_workspace(self, view: DocumentView, text: Json) -> Edit:
        before = self._config(view).workspace
        workspace = None if not text else replace(before, size=text) if before else Workspace(size=text)
        return self._set_config(view, workspace=workspace)

    def _patch_workspace(self, view: DocumentView, patch: Json) -> Edit:
        before = self._config(view).workspace
        if before is None:
            raise EditRefused("Say how large the workspace is first.")
        return self._set_config(view, workspace=replace(before, pvc_spec_patch=patch))

    def _set_config(self, view: DocumentView, **fields: object) -> Edit:
        config = replace(self._config(view), **fields)
        return self._set(view, config=None if config == PipelineConfig() else config)

    def _set(self, view: DocumentView, **fields: object) -> Edit:
        key = f"pipeline:{self.pipeline}:{','.join(fields)}"
        return edits.set_pipeline(view, pipeline=self.pipeline, merge_key=key, **fields)
