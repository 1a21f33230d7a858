"""Settings that are lists or dicts: what a task runs after, its environment variables, anything as JSON."""

from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout

from editor import edits
from editor.model import DocumentView, Edit, EditRefused, EntityId
from editor.ui.icons import icon
from editor.ui.panels.inspector.fields import Desk, SourceChip
from editor.ui.panels.inspector.forms import Line, Read, Write
from editor.ui.values import JsonEditor
from editor.ui.widgets import clear, column, icon_button, row

MOST_CHOICES = 60


class RunsAfterLine(Line):
    """What a task or group waits for besides what feeds it."""

    def __init__(self, desk: Desk, node: EntityId) -> None:
        super().__init__(
            desk,
            "Runs after",
            lambda view: list(view.node(node).after),
            lambda view, _value: Edit("", ()),
            hint="Waits for these, though it takes nothing from them.",
        )
        self._node = node
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self.add = icon_button("plus", "Run after another task")
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.add)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.add.setMenu(self.menu)
        self.chips: list[SourceChip] = []
        self._shown: tuple[tuple[EntityId, str], ...] | None = None
        self.setLayout(column(row(self.title, None, self.add), self._list, self.hint, self.error, gap=4))
        self.refresh()

    def refresh(self) -> None:
        view = self._desk.document
        after = tuple((each, _name(view, each)) for each in view.node(self._node).after)
        if after == self._shown:
            return
        self._shown = after
        clear(self._list)
        self.chips = []
        for each, name in after:
            chip = SourceChip()
            chip.show_source("wire", name, can_unplug=True)
            chip.opened.connect(lambda each=each: self._desk.go_to(each))
            chip.unplugged.connect(lambda each=each: self._drop(each))
            self._list.addWidget(chip)
            self.chips.append(chip)

    def _drop(self, first: EntityId) -> None:
        self.say(self._desk.try_edit(lambda: edits.drop_run_after(self._desk.document, first, self._node)))

    def _fill_menu(self) -> None:
        self.menu.clear()
        view = self._desk.document
        count = 0
        for node in sorted(view.descendants(view.pipeline_of(self._node)), key=lambda each: _name(view, each)):
            if node == self._node or node in view.node(self._node).after:
                continue
            try:
                edits.run_after(view, node, self._node)
            except EditRefused:
                continue
            self.menu.addAction(icon("task"), _name(view, node), lambda node=node: self._after(node))
            count += 1
            if count == MOST_CHOICES:
                break
        if not count:
            self.menu.addAction("Nothing else can come before").setEnabled(False)

    def _after(self, first: EntityId) -> None:
        self.say(self._desk.try_edit(lambda: edits.run_after(self._desk.document, first, self._node)))


def _name(view: DocumentView, entity: EntityId) -> str:
    return str(getattr(view.get(entity), "name", entity))


class JsonLine(Line):
    """A dict, as a small tree or as text."""

    def __init__(self, desk: Desk, title: str, read: Read, write: Write, *, hint: str = "") -> None:
        super().__init__(desk, title, read, write, hint=hint)
        self.editor = JsonEditor(dict)
        self.editor.focus_widget().setAccessibleName(title)
        self.editor.committed.connect(self.commit)
        self.setLayout(column(self.title, self.editor, self.hint, self.error, gap=4))
        self.refresh()

    def refresh(self) -> None:
        self.editor.set_value(self.value())


class EnvironmentLine(Line):
    """Environment variables: names to texts."""

    def __init__(self, desk: Desk, tasks: tuple[EntityId, ...]) -> None:
        first = tasks[0]
        super().__init__(
            desk,
            "Environment variables",
            lambda view: dict(view.task(first).settings.env),
            lambda view, value: edits.change_settings(view, tasks, env=value, merge_key=f"env:{first}"),
        )
        self.editor = JsonEditor(dict)
        self.editor.committed.connect(self._on_committed)
        self.setLayout(column(self.title, self.editor, self.error, gap=4))
        self.refresh()

    def refresh(self) -> None:
        self.editor.set_value(self.value())

    def _on_committed(self, value: dict[str, object]) -> None:
        # A variable holds text: what looks like a number in the tree is meant as its digits.
        texts = {name: each if isinstance(each, str) else str(each) for name, each in value.items()}
        self.commit(texts)
