"""The Inspector's page for what feeds a task, or what feeds several alike; and what one task gives."""

from collections.abc import Iterator

from editor.model import Input, Output
from editor.model.port_types import TASK_CONFIG, TASK_FINAL_STATUS, PortType, type_words
from editor.ui.panels.inspector.common import Chosen
from editor.ui.panels.inspector.feeding import TaskInput
from editor.ui.panels.inspector.fields import ArgumentField, Desk
from editor.ui.panels.inspector.forms import section
from editor.ui.panels.inspector.tabbed import Page
from editor.ui.widgets import column, label, row

FED_BY_KFP: dict[PortType, str] = {
    TASK_FINAL_STATUS: (
        "How the tasks before ended. KFP fills it in for the exit task of an exit handler, and for a task that ignores "
        "failures before it and waits for one."
    ),
    TASK_CONFIG: "How the task itself is set up. KFP fills it in.",
}


class InputsPage(Page):
    """A field for each input; `none` says in words that there is none."""

    def __init__(
        self, desk: Desk, chosen: Chosen, inputs: tuple[Input, ...], outputs: tuple[Output, ...], *, none: str
    ) -> None:
        super().__init__()
        self._desk, self._chosen = desk, chosen
        self._inputs, self._outputs, self._none = inputs, outputs, none
        self.fields: dict[str, ArgumentField] = {}

    def fill(self) -> Iterator[None]:
        for port in self._inputs:
            if port.type in FED_BY_KFP:
                words = label(FED_BY_KFP[port.type], "muted", wraps=True)
                self.rows.addLayout(column(label(port.name, "section"), words))
                continue
            field = ArgumentField(self._desk, TaskInput(self._chosen, port))
            self.fields[port.name] = field
            self.rows.addWidget(field)
            yield
        if not self._inputs:
            self.rows.addWidget(label(self._none, "muted", wraps=True))
        if self._outputs:
            self.rows.addWidget(section("Outputs"))
        for port in self._outputs:
            self.rows.addLayout(row(label(port.name), label(type_words(port.type), "muted"), None))
            yield

    def refresh(self) -> None:
        for field in self.fields.values():
            field.refresh()
