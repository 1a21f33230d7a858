"""The Outputs tab: what the selected task (or the run) gave and was given: values as text, artifacts as pictures."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QSplitter,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from editor.model import EntityId
from editor.model.port_types import Json
from editor.runs import Artifact, TaskState
from editor.runs.given import Given, given_to
from editor.ui.icons import icon
from editor.ui.jobs import Jobs
from editor.ui.run_record import RunRecord
from editor.ui.run_words import NO_RUN, no_part_words
from editor.ui.style import GAP
from editor.ui.theme import code_font
from editor.ui.values import cut_text, value_text
from editor.ui.widgets import EmptyState, column, icon_button, keep_size, label, row

MOST_SHOWN = 5_000
"""Characters of a value: to break more into lines takes Qt seconds."""
_DATA = int(Qt.ItemDataRole.UserRole)
_SECTION = _DATA + 1
Shown = tuple[dict[str, Json], dict[str, tuple[Artifact, ...]], str, Given]


class OutputsPanel(QWidget):
    """On the left the outputs by name, on the right the one that is selected."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self._states: list[TaskState] = []
        self._arguments = Given()
        self._output_dir = Path()
        self._shown: Shown | None = None
        self._given: dict[tuple[str, str], Given] = {}
        """By folder and state: read once, when a task has got its message."""
        self._chosen: tuple[str, str] | None = None
        """The section and the name of the row that the person went to."""
        self._is_filling = False
        self.which = QComboBox()
        self.which.setAccessibleName("Iteration")
        keep_size(self.which)
        self.which.activated.connect(lambda _number: self._show_state())
        self.title = label("", "section")
        self.error = label("", "error", wraps=True, selectable=True)
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setIconSize(QSize(16, 16))
        self.list.setAccessibleName("Outputs")
        self.list.currentItemChanged.connect(lambda _now, _before: self._on_row_changed())
        self.folder = icon_button("folder", "Open its folder", self._on_folder)
        self._view = QWidget()
        self._view_layout = QVBoxLayout(self._view)
        self._view_layout.setContentsMargins(0, 0, 0, 0)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.list)
        split.addWidget(self._view)
        split.setSizes([280, 560])
        split.setStretchFactor(1, 1)
        split.setHandleWidth(1)
        bar = row(self.title, self.which, self.error, None, self.folder)
        bar.setStretch(2, 1)
        bar.setContentsMargins(GAP, 4, GAP, 4)
        shown = QWidget()
        body = column(bar, split, gap=0)
        body.setStretch(1, 1)
        shown.setLayout(body)
        self._empty = EmptyState("external", "No outputs to show", NO_RUN)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(shown)
        self.setLayout(column(self._stack))

    def show_task(self, record: RunRecord | None, task: EntityId | None, *, no_run: str = NO_RUN) -> None:
        """Show what a task gave in a run, of each iteration; with no task, what the run gave as a whole.

        Without a run it says `no_run`: why there is none, and how to come by one.
        """
        if record is None:
            self._say_nothing(no_run)
            return
        snapshot = record.snapshot
        self._output_dir = Path(record.run.output_dir)
        if task is None:
            self._arguments = Given(record.run.arguments)
            self._states = [
                TaskState(path="", state=snapshot.state, outputs=snapshot.outputs, artifacts=snapshot.artifacts)
            ]
        else:
            self._states = [snapshot.tasks[path] for path in record.paths_of(task)]
        if not self._states:
            assert task is not None
            self._say_nothing(no_part_words(record, task))
            return
        paths = [state.path for state in self._states]
        if [self.which.itemText(number) for number in range(self.which.count())] != paths:
            self.which.clear()
            self.which.addItems(paths)
        self.which.setVisible(len(paths) > 1)
        self._stack.setCurrentIndex(1)
        self._show_state()

    def _say_nothing(self, why: str) -> None:
        self._empty.text.setText(why)
        self._stack.setCurrentIndex(0)
        self._states = []
        self._shown = None

    def refresh_theme(self) -> None:
        self._shown = None
        self._show_state()

    @property
    def is_empty(self) -> bool:
        return self._stack.currentIndex() == 0

    @property
    def empty_words(self) -> str:
        """What is said while nothing is shown."""
        return self._empty.text.text()

    def item_texts(self) -> list[tuple[str, str]]:
        """What the list says: (name, value or type)."""
        items = (self.list.topLevelItem(number) for number in range(self.list.topLevelItemCount()))
        return [(item.text(0), item.text(1)) for item in items if item is not None]

    def _show_state(self) -> None:
        number = max(0, self.which.currentIndex())
        if number >= len(self._states):
            return
        state = self._states[number]
        self.title.setText(state.path or "The whole run")
        self.error.setText(state.message if state.state == "FAILED" else "")
        now: Shown = (state.outputs, state.artifacts, state.path, self._given_to(state))
        if now == self._shown:
            return
        if self._shown is None or self._shown[2] != now[2]:
            # Another task's row of that name is not what the person went to, unless it is an output too.
            self._chosen = self._chosen if self._chosen is not None and self._chosen[0] == "Outputs" else None
        self._shown = now
        self._is_filling = True
        self.list.clear()
        self._fill("Outputs", state.outputs, state.artifacts)
        if not self.list.topLevelItemCount():
            item = QTreeWidgetItem(
                self.list, ["Nothing yet" if state.state in ("PENDING", "RUNNING") else "No outputs"]
            )
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        given = now[3]
        if given.parameters or given.artifacts:
            heading = QTreeWidgetItem(self.list, ["Inputs"])
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            heading.setFirstColumnSpanned(True)
            self._fill("Inputs", given.parameters, given.artifacts)
        self.list.resizeColumnToContents(0)
        first = self._first_item()
        if first is not None:
            self.list.setCurrentItem(first)
        self._is_filling = False
        self._show_item()

    def _first_item(self) -> QTreeWidgetItem | None:
        """The row that the person went to; else what says most: a picture, any output, an input."""
        found = (self.list.topLevelItem(number) for number in range(self.list.topLevelItemCount()))
        rows = [row for row in found if row is not None and row.data(0, _SECTION)]

        def order(row: QTreeWidgetItem) -> tuple[bool, bool, bool]:
            section = row.data(0, _SECTION)
            is_artifact = isinstance(row.data(0, _DATA), Artifact)
            return ((section, row.text(0)) != self._chosen, section != "Outputs", not is_artifact)

        return min(rows, key=order, default=None)

    def _fill(self, section: str, values: dict[str, Json], artifacts: dict[str, tuple[Artifact, ...]]) -> None:
        for name, value in values.items():
            item = QTreeWidgetItem(self.list, [cut_text(name), cut_text(value_text(value))])
            item.setIcon(0, icon("text"))
            item.setData(0, _DATA, (value,))
            item.setData(0, _SECTION, section)
        for name, several in artifacts.items():
            for place, artifact in enumerate(several):
                title = f"{name}[{place}]" if len(several) > 1 else name
                item = QTreeWidgetItem(self.list, [title, artifact.type.removeprefix("system.")])
                item.setIcon(0, icon("container"))
                item.setData(0, _DATA, artifact)
                item.setData(0, _SECTION, section)

    def _on_row_changed(self) -> None:
        item = self.list.currentItem()
        if self._is_filling or item is None:
            return
        self._chosen = (item.data(0, _SECTION), item.text(0))
        self._show_item()

    def _given_to(self, state: TaskState) -> Given:
        if not state.path:
            return self._arguments
        if not self._output_dir.name:
            return Given()
        key = (str(self._output_dir / state.path), state.state)
        if key not in self._given:
            from editor.backends.local.folders import task_folder

            here = Path(state.log).parent if state.log else task_folder(self._output_dir, state.path)
            given = given_to(here)
            if given == Given():  # the message may be on its way
                return given
            self._given[key] = given
        return self._given[key]

    def _show_item(self) -> None:
        item = self.list.currentItem()
        data = item.data(0, _DATA) if item is not None else None
        self.folder.setEnabled(isinstance(data, Artifact) and bool(data.path))
        if isinstance(data, Artifact):
            from editor.ui.artifacts import read_artifact, viewer

            self._jobs.latest(
                "artifact", read_artifact, data, done=lambda reading: self._put(viewer(data, reading)), owner=self
            )
        elif isinstance(data, tuple):
            self._put(_value_view(value_text(data[0])))
        else:
            self._put(QWidget())

    def _put(self, widget: QWidget) -> None:
        while (item := self._view_layout.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._view_layout.addWidget(widget)

    def _on_folder(self) -> None:
        item = self.list.currentItem()
        data = item.data(0, _DATA) if item is not None else None
        if isinstance(data, Artifact) and data.path:
            path = Path(data.path)
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path if path.is_dir() else path.parent)))


def _value_view(text: str) -> QWidget:
    """A value to read and to copy from; of one that is very long the start, and how much more there is."""
    more = len(text) - MOST_SHOWN
    words = label(text[:MOST_SHOWN], selectable=True, wraps=True)
    words.setFont(code_font())
    words.setAlignment(Qt.AlignmentFlag.AlignTop)
    rest = (label(f"{more:,} more characters", "muted"),) if more > 0 else ()
    holder = QWidget()
    holder.setLayout(column(words, *rest, None, margin=GAP))
    return holder
