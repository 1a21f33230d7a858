"""The Inspector's form for several things at once: what tasks have in common, the colour of notes and frames."""

from collections.abc import Collection, Iterator

from PySide6.QtWidgets import QWidget

from editor.model import EntityId, Input
from editor.ui.panels.inspector.common import Chosen, Common
from editor.ui.panels.inspector.execution import ExecutionPage
from editor.ui.panels.inspector.fields import ArgumentField, Desk
from editor.ui.panels.inspector.forms import Line
from editor.ui.panels.inspector.inputs import InputsPage
from editor.ui.panels.inspector.kubernetes import KubernetesPage
from editor.ui.panels.inspector.notes import ColorLine
from editor.ui.panels.inspector.portions import Portions
from editor.ui.panels.inspector.tabbed import TabbedForm
from editor.ui.style import GAP
from editor.ui.values import ValueEditor
from editor.ui.widgets import column, label

ALIKE = "What is changed here is changed in all of them, as one step."
FEW = 100
"""So many are looked at and shown in one turn of the event loop; of more, the heading comes first."""

NO_CONTAINER = "Importers and sub-pipelines among them have no container."


class SeveralForm(TabbedForm):
    """What several tasks have in common is set on all of them in one step.

    The same form serves one selection after the other: it looks at the things in steps, and only where they have other
    inputs than those before are its pages built anew.
    """

    def __init__(self, desk: Desk, things: Collection[EntityId], place: QWidget) -> None:
        super().__init__(desk, place)
        self.chosen = Chosen()
        self.inputs: InputsPage | None = None
        self._things = things
        self._shape: object = None
        self._portions = Portions(self)
        self.heading = label("", "heading", wraps=True)
        self.hint = label("", "muted", wraps=True)
        self.color: ColorLine | None = None
        self._head = head = column(self.heading, self.hint, gap=4)
        head.setContentsMargins(2 * GAP, 2 * GAP, 2 * GAP, GAP)
        self.add_tab("Inputs", self._make_inputs)
        self.add_tab("Execution", self._make_execution)
        self.add_tab("Kubernetes", lambda: KubernetesPage(desk, self.chosen))
        self.tabs.hide()
        layout = column(head, self.tabs, gap=0)
        layout.setStretch(1, 1)
        layout.addStretch()
        self.setLayout(layout)

    @property
    def fields(self) -> dict[str, ArgumentField]:
        """The shared inputs' fields by name, as far as they are built."""
        return self.inputs.fields if self.inputs is not None else {}

    def show_things(self, things: Collection[EntityId]) -> None:
        """Turn to other things. Many of them take several turns of the event loop."""
        self._things = things
        self._portions.start(self._looked())

    def refresh(self) -> None:
        """The same things may have other values now."""
        self.show_things(self._things)

    def build_shown(self) -> None:
        self.refresh()

    def forget(self) -> None:
        self._portions.stop()

    def _looked(self) -> Iterator[None]:
        before = self.chosen.tasks, self.chosen.common.notes
        yield from self.chosen.look(self.desk.document, self._things)
        common = self.chosen.common
        if (common.tasks, common.notes) != before:
            self._turn_to((*common.tasks, *common.notes))
        self.heading.setText(_in_words(common))
        self.hint.setText(ALIKE if common.tasks or common.notes else "Select one of them to change it here.")
        self._show_color(is_wanted=bool(common.notes) and not common.tasks)
        self.tabs.setVisible(bool(common.tasks))
        if not common.tasks:
            return
        if len(self._things) > FEW:
            yield
        shape = (common.inputs, common.have_containers, len(common.tasks) == 1)
        if shape == self._shape:
            super().refresh()
            return
        self._shape = shape
        self.drop_pages()
        super().build_shown()

    def _turn_to(self, things: Collection[EntityId]) -> None:
        self.desk.turn_to(things)
        # What was wrong was for others: it does not stay in the fields.
        for kind in (ArgumentField, Line, ValueEditor):
            for each in self.findChildren(kind):
                each.say("")

    def _show_color(self, *, is_wanted: bool) -> None:
        if is_wanted and self.color is None:
            self.color = ColorLine(self.desk, lambda: self.chosen.common.notes)
            self._head.addSpacing(GAP)
            self._head.addWidget(self.color)
        if self.color is not None:
            self.color.setVisible(is_wanted)
            if is_wanted:
                self.color.refresh()

    def _make_inputs(self) -> InputsPage:
        inputs: tuple[Input, ...] = self.chosen.common.inputs
        self.inputs = InputsPage(self.desk, self.chosen, inputs, (), none="They have no input in common.")
        return self.inputs

    def _make_execution(self) -> ExecutionPage:
        words = "" if self.chosen.common.have_containers else NO_CONTAINER
        return ExecutionPage(self.desk, self.chosen, no_container=words)


def _in_words(common: Common) -> str:
    """What is selected: "3 tasks, 1 group"."""
    counts = (
        (len(common.tasks), "task"),
        (common.groups, "group"),
        (common.frames, "frame"),
        (len(common.notes) - common.frames, "note"),
    )
    return ", ".join(f"{count:,} {noun}{'s' if count != 1 else ''}" for count, noun in counts if count)
