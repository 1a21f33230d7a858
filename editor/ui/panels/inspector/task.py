"""The Inspector's form for a task: inputs, execution, Kubernetes, source."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QScrollArea, QWidget

from editor import edits
from editor.model import (
    Component,
    ContainerImplementation,
    DocumentView,
    Edit,
    EntityId,
    ImporterImplementation,
    Pipeline,
    Retry,
    Task,
    TaskSettings,
)
from editor.model.port_types import TASK_CONFIG, TASK_FINAL_STATUS, Json, PortType, type_words
from editor.ui.panels.inspector.feeding import Setting, TaskInput
from editor.ui.panels.inspector.fields import ArgumentField, Desk
from editor.ui.panels.inspector.forms import (
    Form,
    Line,
    NumberLine,
    SwitchLine,
    TextLine,
    Write,
    body,
    form_tabs,
    section,
)
from editor.ui.panels.inspector.importer import ImporterPage
from editor.ui.panels.inspector.kubernetes import KubernetesPage
from editor.ui.panels.inspector.settings_lines import EnvironmentLine, RunsAfterLine
from editor.ui.style import GAP
from editor.ui.theme import code_font
from editor.ui.widgets import EmptyState, button, column, label, row

replace = msgspec.structs.replace
FED_BY_KFP: dict[PortType, str] = {
    TASK_FINAL_STATUS: (
        "How the tasks before ended. KFP fills it in for the exit task of an exit handler, and for a task that ignores "
        "failures before it and waits for one."
    ),
    TASK_CONFIG: "How the task itself is set up. KFP fills it in.",
}
RESOURCES = (
    ("cpu_request", "CPU request", "Like 500m or 2."),
    ("cpu_limit", "CPU limit", ""),
    ("memory_request", "Memory request", "Like 512Mi or 4Gi."),
    ("memory_limit", "Memory limit", ""),
    ("accelerator_type", "Accelerator", "Like nvidia.com/gpu."),
    ("accelerator_limit", "Accelerators", "How many."),
)


def scrolling(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(page)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


class TaskForm(Form):
    """One task."""

    def __init__(self, desk: Desk, task: EntityId) -> None:
        super().__init__(desk)
        self.task = task
        entity = desk.document.task(task)
        self._interface = desk.document.interface(entity.component)
        self.name = TextLine(
            desk,
            "Name",
            lambda view: view.task(task).name,
            lambda view, text: edits.rename(view, task, text),
            on_enter=True,
        )
        self.lines.append(self.name)
        what = label(self._described(desk.document), "muted", wraps=True)
        head = column(self.name, what, gap=4)
        head.setContentsMargins(2 * GAP, 2 * GAP, 2 * GAP, GAP)
        self.fields: dict[str, ArgumentField] = {}
        self.tabs = form_tabs()
        self._settings: list[ArgumentField] = []
        self.kubernetes: KubernetesPage | None = None
        self.importer: ImporterPage | None = None
        component = desk.document.get(entity.component)
        self._is_importer = isinstance(component, Component) and isinstance(
            component.implementation, ImporterImplementation
        )
        self._unbuilt: dict[int, Callable[[], QWidget | None]] = {
            0: self._fill_inputs,
            1: lambda: scrolling(self._execution_page()),
            2: lambda: scrolling(self._kubernetes_page()),
            3: lambda: scrolling(self._importer_page()) if self._is_importer else self._source_page(entity),
        }
        for title in ("Inputs", "Execution", "Kubernetes", "Importer" if self._is_importer else "Source"):
            holder = QWidget()
            holder.setLayout(column())
            self.tabs.addTab(holder, title)
        self.tabs.currentChanged.connect(self._on_tab_changed)
        layout = column(head, self.tabs, gap=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def refresh(self) -> None:
        super().refresh()
        for field in self.fields.values():
            field.refresh()
        for field in self._settings:
            field.refresh()
        if self.kubernetes is not None:
            self.kubernetes.refresh()
        if self.importer is not None:
            self.importer.refresh()

    def build_shown(self) -> None:
        self._on_tab_changed(self.tabs.currentIndex())

    def _on_tab_changed(self, number: int) -> None:
        """Pages are built when they are first seen: clicking through tasks must be instant."""
        build = self._unbuilt.pop(number, None)
        holder = self.tabs.widget(number)
        layout = holder.layout() if build is not None and holder is not None else None
        if build is not None and layout is not None:
            page = build()
            if page is not None:
                layout.addWidget(page)

    def _kubernetes_page(self) -> QWidget:
        self.kubernetes = KubernetesPage(self.desk, (self.task,))
        return self.kubernetes

    def _importer_page(self) -> QWidget:
        self.importer = ImporterPage(self.desk, self.task)
        return self.importer

    def still_fits(self) -> bool:
        entity = self.desk.document.get(self.task)
        return isinstance(entity, Task) and self.desk.document.interface(entity.component) == self._interface

    def _described(self, view: DocumentView) -> str:
        entity = view.get(view.task(self.task).component)
        match entity:
            case Pipeline():
                return f"Sub-pipeline {entity.name}"
            case Component(implementation=ImporterImplementation()):
                return "Importer"
            case Component(implementation=ContainerImplementation(language=language)):
                words = {"python": "Python component", "notebook": "Notebook component"}
                return f"{words.get(language, 'Container component')} {entity.name}"
            case _:
                return ""

    def _fill_inputs(self) -> None:
        """Into a page that has its place already: each move of a widget with all that is in it costs its styling."""
        page, layout = body()
        holder = self.tabs.widget(0)
        place = holder.layout() if holder is not None else None
        if place is not None:
            place.addWidget(scrolling(page))
        for port in self._interface.inputs:
            if port.type in FED_BY_KFP:
                layout.addLayout(column(label(port.name, "section"), label(FED_BY_KFP[port.type], "muted", wraps=True)))
                continue
            field = ArgumentField(self.desk, TaskInput(self.task, port))
            self.fields[port.name] = field
            layout.addWidget(field)
        if not self._interface.inputs:
            layout.addWidget(label("This component has no inputs.", "muted"))
        if self._interface.outputs:
            layout.addWidget(section("Outputs"))
            for port in self._interface.outputs:
                layout.addLayout(row(label(port.name), label(type_words(port.type), "muted"), None))
        layout.addStretch(1)

    def _execution_page(self) -> QWidget:
        task, desk = self.task, self.desk
        page, layout = body()
        self.add(layout, *execution_lines(desk, (task,)))
        self.add(layout, RunsAfterLine(desk, task), EnvironmentLine(desk, (task,)))
        layout.addWidget(section("Container"))
        entity = desk.document.get(desk.document.task(task).component)
        if self._is_importer:
            layout.addWidget(label("An importer runs on the server itself, in no container.", "muted", wraps=True))
        elif not isinstance(entity, Component):
            layout.addWidget(label("A sub-pipeline has no container of its own.", "muted", wraps=True))
        for field in container_fields(desk, (task,)):
            self._settings.append(field)
            layout.addWidget(field)
        layout.addStretch(1)
        return page

    def _source_page(self, task: Task) -> QWidget:
        entity = self.desk.document.get(task.component)
        if isinstance(entity, Pipeline):
            enter = button("Open the sub-pipeline", lambda: self.desk.enter(self.task), role="primary")
            return EmptyState("pipeline", entity.name, entity.description or "Its tasks are edited inside it.", enter)
        text = source_text(entity) if isinstance(entity, Component) else ""
        if not text:
            return EmptyState("text", "No source", "This component came without its text.")
        view = QPlainTextEdit(text)
        view.setReadOnly(True)
        view.setFont(code_font())
        view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        view.setAccessibleName("Source")
        origin = entity.origin if isinstance(entity, Component) else None
        where = label(f"{origin.source}: {origin.location}" if origin else "", "muted", wraps=True, selectable=True)
        where.setContentsMargins(2 * GAP, GAP, 2 * GAP, GAP)
        holder = QWidget()
        layout = column(where, view, gap=0)
        layout.setStretch(1, 1)
        holder.setLayout(layout)
        return holder


def source_text(component: Component) -> str:
    """What defines a component, to read: its Python function, else its container or importer as YAML-like text."""
    implementation = component.implementation
    if isinstance(implementation, ContainerImplementation):
        if implementation.source:
            return implementation.source
        return msgspec.json.format(msgspec.json.encode(implementation.container), indent=2).decode()
    return msgspec.json.format(msgspec.json.encode(implementation), indent=2).decode()


def container_fields(desk: Desk, tasks: tuple[EntityId, ...]) -> list[ArgumentField]:
    """Image and resources; none where one of the tasks has no container. The first task's are shown."""
    view = desk.document
    for task in tasks:
        component = view.get(view.task(task).component)
        if not isinstance(component, Component) or isinstance(component.implementation, ImporterImplementation):
            return []
    settings = [Setting(tasks, "image", "Image", "In place of the component's own.")]
    settings += [Setting(tasks, path, title, hint) for path, title, hint in RESOURCES]
    return [ArgumentField(desk, setting) for setting in settings]


def execution_lines(desk: Desk, tasks: tuple[EntityId, ...]) -> list[Line]:
    """What is set alike on one task or on several; the first one's value is shown."""
    first = tasks[0]
    key = "settings:" + ",".join(tasks)

    def settings_of(view: DocumentView) -> TaskSettings:
        return view.task(first).settings

    def change(view: DocumentView, **fields: object) -> Edit:
        return edits.change_settings(view, tasks, merge_key=f"{key}:{','.join(fields)}", **fields)

    def change_each(view: DocumentView, field: str, of: Callable[[TaskSettings], object]) -> Edit:
        """What is set is set on all; what stands beside it stays each task's own."""
        made = Edit("", ())
        for task in tasks:
            fields = {field: of(view.task(task).settings)}
            made = made.then(edits.change_settings(view, [task], **fields))  # pyright: ignore[reportArgumentType]
        whose = view.task(first).name if len(tasks) == 1 else f"{len(tasks)} tasks"
        return Edit(f"Change {field} of {whose}", made.changes, f"{key}:{field}")

    def retry_of(view: DocumentView) -> Retry | None:
        return settings_of(view).retry

    def set_retry(view: DocumentView, value: Json) -> Edit:
        if value is None or value <= 0:
            return change(view, retry=None)
        return change_each(view, "retry", lambda each: replace(each.retry or Retry(max_count=1), max_count=value))

    def set_backoff(field: str) -> Write:
        def write(view: DocumentView, value: Json) -> Edit:
            return change_each(view, "retry", lambda each: replace(each.retry or Retry(max_count=1), **{field: value}))

        return write

    def set_caching(field: str) -> Write:
        def write(view: DocumentView, value: Json) -> Edit:
            return change_each(view, "caching", lambda each: replace(each.caching, **{field: value}))

        return write

    lines: list[Line] = [
        TextLine(
            desk,
            "Display name",
            lambda view: settings_of(view).display_name,
            lambda view, text: change(view, display_name=text),
            placeholder="As the name, if left empty",
        ),
        SwitchLine(
            desk,
            "Caching",
            lambda view: settings_of(view).caching.enabled,
            set_caching("enabled"),
            hint="An earlier result with the same inputs may be taken.",
        ),
        TextLine(
            desk,
            "Cache key",
            lambda view: settings_of(view).caching.key,
            set_caching("key"),
            placeholder="Made from the inputs, if left empty",
        ),
        NumberLine(
            desk,
            "Retries after a failure",
            lambda view: retry.max_count if (retry := retry_of(view)) else None,
            set_retry,
            empty="None",
        ),
        NumberLine(
            desk,
            "First wait, in seconds",
            lambda view: retry.backoff_duration_s if (retry := retry_of(view)) else None,
            set_backoff("backoff_duration_s"),
            whole=False,
            empty="The server's choice",
        ),
        NumberLine(
            desk,
            "Wait grows by the factor",
            lambda view: retry.backoff_factor if (retry := retry_of(view)) else None,
            set_backoff("backoff_factor"),
            whole=False,
            empty="The server's choice",
        ),
        NumberLine(
            desk,
            "Longest wait, in seconds",
            lambda view: retry.backoff_max_duration_s if (retry := retry_of(view)) else None,
            set_backoff("backoff_max_duration_s"),
            whole=False,
            empty="The server's choice",
        ),
        SwitchLine(
            desk,
            "Ignore upstream failure",
            lambda view: settings_of(view).ignore_upstream_failure,
            lambda view, on: change(view, ignore_upstream_failure=on),
            hint="Runs even if what it waits for has failed.",
        ),
    ]
    return lines if len(tasks) == 1 else lines[1:]
