"""Settings that are lists or dicts: what a task runs after, its environment variables, anything as JSON."""

from collections import Counter
from collections.abc import Callable, Sized
from functools import partial

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from editor import edits
from editor.model import DocumentView, Edit, EditRefused, EntityId, TaskSettings
from editor.ui.icons import icon
from editor.ui.panels.inspector.common import Chosen
from editor.ui.panels.inspector.fields import Desk, SourceChip
from editor.ui.panels.inspector.forms import Line, Read, Write
from editor.ui.values import DIFFERENT_WORDS, JsonEditor
from editor.ui.widgets import clear, column, icon_button, label, row

replace = msgspec.structs.replace
MOST_CHOICES = 60


class RunsAfterLine(Line):
    """What a group, a task or several tasks wait for besides what feeds them."""

    def __init__(self, desk: Desk, nodes: Callable[[], tuple[EntityId, ...]]) -> None:
        is_one = len(nodes()) == 1
        super().__init__(
            desk,
            "Runs after" if is_one else "Run after",
            lambda view: list(view.node(nodes()[0]).after),
            lambda _value: lambda _view: Edit("", ()),
            hint=f"{'Waits' if is_one else 'Wait'} for these, though {'it takes' if is_one else 'they take'} nothing "
            "from them.",
        )
        self._nodes = nodes
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
        view, nodes = self._desk.document, self._nodes()
        counts = Counter(each for node in nodes for each in view.node(node).after)
        after = tuple((each, _in_how_many(_name(view, each), count, nodes)) for each, count in counts.items())
        if after == self._shown:
            return
        self._shown = after
        clear(self._list)
        self.chips = []
        for each, words in after[:MOST_CHOICES]:
            chip = SourceChip()
            chip.show_source("wire", words, can_unplug=True)
            chip.opened.connect(lambda each=each: self._desk.go_to(each))
            chip.unplugged.connect(lambda each=each: self._drop(each))
            self._list.addWidget(chip)
            self.chips.append(chip)

    def _drop(self, first: EntityId) -> None:
        nodes = self._nodes()
        self._desk.attempt(lambda view: edits.drop_run_after(view, first, *nodes), self.say)

    def _fill_menu(self) -> None:
        self.menu.clear()
        view, nodes = self._desk.document, self._nodes()
        # Whether it suits the others too is said when it is chosen.
        node, chosen = nodes[0], set(nodes)
        count = 0
        for first in sorted(view.descendants(view.pipeline_of(node)), key=lambda each: _name(view, each)):
            if first in chosen or (first in view.node(node).after and len(nodes) == 1):
                continue
            try:
                edits.run_after(view, first, node)
            except EditRefused:
                continue
            self.menu.addAction(icon("task"), _name(view, first), lambda first=first: self._after(first))
            count += 1
            if count == MOST_CHOICES:
                break
        if not count:
            self.menu.addAction("Nothing else can come before").setEnabled(False)

    def _after(self, first: EntityId) -> None:
        nodes = self._nodes()
        self._desk.attempt(lambda view: edits.run_after(view, first, *nodes), self.say)


def _in_how_many(words: str, count: int, tasks: Sized) -> str:
    """What only some of several tasks have says so."""
    return words if count == len(tasks) else f"{words} (in {count} of {len(tasks)})"


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
    """Environment variables: names to texts. Of several tasks, those that all have alike, and below those that differ.

    What is written counts for all the tasks; other variables of theirs stay.
    """

    def __init__(self, desk: Desk, chosen: Chosen) -> None:
        super().__init__(desk, "Environment variables", lambda view: {}, lambda _value: lambda _view: Edit("", ()))
        self._chosen = chosen
        self.editor = JsonEditor(dict)
        self.editor.focus_widget().setAccessibleName("Environment variables")
        self.editor.committed.connect(self._on_committed)
        self._others = column(gap=4)
        self.others: dict[str, VariableRow] = {}
        self._shared: dict[str, str] = {}
        self._touched: set[str] = set()
        """What has been typed here since `refresh`: one edit may be made in place of several."""
        self.setLayout(column(self.title, self.editor, self._others, self.error, gap=4))
        self.refresh()

    def refresh(self) -> None:
        environments = list(self._chosen.of_all(self._desk.document, "env"))
        tasks = sum(count for _env, count in environments)
        counts: Counter[str] = Counter()
        values: dict[str, set[str]] = {}
        for env, count in environments:
            for name, text in env.items():
                counts[name] += count
                values.setdefault(name, set()).add(text)
        self._shared = {
            name: next(iter(values[name])) for name in counts if counts[name] == tasks and len(values[name]) == 1
        }
        self._touched = set()
        self.editor.set_value(self._shared)
        self._show_others({name: count for name, count in counts.items() if name not in self._shared}, tasks)

    def _show_others(self, counts: dict[str, int], tasks: int) -> None:
        names = list(counts)[:MOST_CHOICES]
        if names != list(self.others):
            clear(self._others)
            self.others = {name: VariableRow(name) for name in names}
            for name, line in self.others.items():
                line.chosen.connect(lambda text, name=name: self._put({name: text}, ()))
                line.removed.connect(lambda name=name: self._put({}, (name,)))
                self._others.addWidget(line)
        for name, line in self.others.items():
            line.show_count(counts[name], tasks)

    def _on_committed(self, value: dict[str, object]) -> None:
        # A variable holds text: what looks like a number in the tree is meant as its digits.
        texts = {name: each if isinstance(each, str) else str(each) for name, each in value.items()}
        known = self._touched.union(self._shared)
        gone = tuple(name for name in known if name not in texts)
        if len(self._chosen.tasks) > 1:
            texts = {
                name: text for name, text in texts.items() if name in self._touched or self._shared.get(name) != text
            }
        self._touched.update(texts, gone)
        self._put(texts, gone, typed_in=self)

    def _put(self, texts: dict[str, str], gone: tuple[str, ...], *, typed_in: object | None = None) -> None:
        tasks, is_one = self._chosen.tasks, len(self._chosen.tasks) == 1

        def change(settings: TaskSettings) -> TaskSettings:
            # One task's variables stay in the order that they are shown in.
            kept = {} if is_one else {name: text for name, text in settings.env.items() if name not in gone}
            return replace(settings, env={**kept, **texts})

        key = f"env:{self._chosen.key}"
        make = partial(edits.change_each, tasks=tasks, change=change, what="environment variables", merge_key=key)
        self._desk.attempt(make, self.say, typed_in=typed_in)


class VariableRow(QWidget):
    """A variable that is not the same in all of several tasks: a text for all of them, or none any more."""

    chosen = Signal(str)
    removed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setAccessibleName(f"{name}, in all tasks")
        self.field.editingFinished.connect(self._on_finished)
        self._where = label("", "muted")
        remove = icon_button("trash", f"Remove {name} from all tasks", self.removed.emit)
        self.setLayout(column(row(label(name), self._where, None, remove, gap=4), self.field, gap=2))

    def show_count(self, count: int, tasks: int) -> None:
        self.field.setPlaceholderText(DIFFERENT_WORDS)
        self._where.setText("" if count == tasks else f"in {count} of {tasks}")

    def _on_finished(self) -> None:
        text = self.field.text()
        if text:
            self.field.clear()
            self.chosen.emit(text)
