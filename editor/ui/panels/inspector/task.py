"""The Inspector's form for a task: inputs, execution, Kubernetes, source."""

import msgspec
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from editor import edits
from editor.model import (
    Component,
    ContainerImplementation,
    DocumentView,
    EntityId,
    ImporterImplementation,
    Pipeline,
    Task,
)
from editor.ui.panels.inspector.common import Chosen, has_container
from editor.ui.panels.inspector.execution import ExecutionPage
from editor.ui.panels.inspector.fields import ArgumentField, Desk
from editor.ui.panels.inspector.forms import TextLine
from editor.ui.panels.inspector.importer import ImporterPage
from editor.ui.panels.inspector.inputs import InputsPage
from editor.ui.panels.inspector.kubernetes import KubernetesPage
from editor.ui.panels.inspector.tabbed import TabbedForm
from editor.ui.style import GAP
from editor.ui.theme import code_font
from editor.ui.widgets import EmptyState, button, column, label


class TaskForm(TabbedForm):
    """One task."""

    def __init__(self, desk: Desk, task: EntityId, place: QWidget) -> None:
        super().__init__(desk, place)
        self.task = task
        self.chosen = Chosen(task)
        entity = desk.document.task(task)
        self._interface = desk.document.interface(entity.component)
        self.name = TextLine(
            desk,
            "Name",
            lambda view: view.task(task).name,
            lambda text: lambda view: edits.rename(view, task, text),
            on_enter=True,
        )
        self.lines.append(self.name)
        what = label(self._described(desk.document), "muted", wraps=True)
        head = column(self.name, what, gap=4)
        head.setContentsMargins(2 * GAP, 2 * GAP, 2 * GAP, GAP)
        interface = self._interface
        self.inputs = InputsPage(
            desk, self.chosen, interface.inputs, interface.outputs, none="This component has no inputs."
        )
        self.add_tab("Inputs", lambda: self.inputs)
        self.add_tab("Execution", lambda: ExecutionPage(desk, self.chosen, no_container=self._no_container()))
        self.add_tab("Kubernetes", lambda: KubernetesPage(desk, self.chosen))
        component = desk.document.get(entity.component)
        if isinstance(component, Component) and isinstance(component.implementation, ImporterImplementation):
            self.add_tab("Importer", lambda: ImporterPage(desk, task))
        else:
            self.add_tab("Source", lambda: self._source_page(entity))
        layout = column(head, self.tabs, gap=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    @property
    def fields(self) -> dict[str, ArgumentField]:
        """The inputs' fields by name, as far as they are built."""
        return self.inputs.fields

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

    def _no_container(self) -> str:
        view = self.desk.document
        component = view.task(self.task).component
        if has_container(view, component):
            return ""
        if isinstance(view.get(component), Pipeline):
            return "A sub-pipeline has no container of its own."
        return "An importer runs on the server itself, in no container."

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
