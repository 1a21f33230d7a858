"""Two runs side by side: what they were given, how they went, what came out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from editor.ui.run_words import STATE_WORDS, run_duration, started_text
from editor.ui.style import GAP
from editor.ui.values import cut_text, value_text
from editor.ui.widgets import column, label, row

if TYPE_CHECKING:
    from editor.runs import Artifact
    from editor.ui.run_record import RunRecord
    from editor.ui.running import Running

METRICS = ("system.Metrics", "system.ClassificationMetrics")
Rows = dict[str, str]
DIFFERS = "\u2260"
_SIGN = 3
ROW_PX = 26
MOST_IN_TIP = 4000
FOLLOW_MS = 1000
"""How often a run that goes on is read again while its tasks report."""


class CompareDialog(QDialog):
    """Follows both runs while it is open: an earlier one's tasks come from the history when they are read."""

    def __init__(self, parent: QWidget, running: Running, one: RunRecord, other: RunRecord) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Compare runs")
        self._records = (one, other)
        self.table = QTreeWidget()
        self.table.setAccessibleName("Both runs")
        self.table.setColumnCount(4)
        self.table.setUniformRowHeights(True)
        self.table.setIndentation(GAP)
        self.table.setRootIsDecorated(False)
        self.table.setHeaderLabels(["", *(f"{each.run.name}\n{started_text(each.run)}" for each in self._records), ""])
        header = self.table.header()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(_SIGN, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(_SIGN, 4 * GAP)
        self.lines = QComboBox()
        self.lines.addItems(["All lines", "Only what differs"])
        self.lines.setAccessibleName("Lines to show")
        self.lines.activated.connect(lambda _number: self.refresh())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        sign = label(f"{DIFFERS} marks each line in which the runs differ.", "muted")
        layout = column(row(self.lines, None), self.table, sign, buttons, margin=2 * GAP)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.resize(720, 520)
        for each in self._records:
            running.snapshot_of(each)
        running.changed.connect(self.refresh)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(FOLLOW_MS)
        self._soon.timeout.connect(self.refresh)
        running.progressed.connect(self._on_progressed)
        self.refresh()

    def rows(self) -> list[tuple[str, str, str]]:
        """The lines that are shown, headings left out: (name, the one's, the other's)."""
        found: list[tuple[str, str, str]] = []
        for number in range(self.table.topLevelItemCount()):
            section = self.table.topLevelItem(number)
            for place in range(section.childCount() if section is not None else 0):
                item = section.child(place) if section is not None else None
                if item is not None:
                    found.append((item.text(0), item.text(1), item.text(2)))
        return found

    def refresh(self) -> None:
        """Read both runs again."""
        self.table.clear()
        one, other = self._records
        for title, read in (("Run", _facts), ("Inputs", _inputs), ("Metrics", _metrics), ("Parameters", _parameters)):
            self._add(title, read(one), read(other))
        self.table.expandAll()

    def _on_progressed(self) -> None:
        if any(record.is_live for record in self._records) and not self._soon.isActive():
            self._soon.start()

    def _add(self, title: str, one: Rows, other: Rows) -> None:
        section = QTreeWidgetItem([title])
        section.setSizeHint(0, QSize(0, ROW_PX))
        font = section.font(0)
        font.setBold(True)
        section.setFont(0, font)
        for name in dict.fromkeys((*one, *other)):
            texts = one.get(name, "\u2013"), other.get(name, "\u2013")
            if texts[0] == texts[1] and self.lines.currentIndex() == 1:
                continue
            item = QTreeWidgetItem(section, [name, *map(cut_text, texts)])
            for place, text in enumerate(texts, start=1):
                item.setToolTip(place, cut_text(text, MOST_IN_TIP))
            if texts[0] != texts[1]:
                item.setText(_SIGN, DIFFERS)
                item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{name}, differs")
        if section.childCount():
            self.table.addTopLevelItem(section)
            section.setFirstColumnSpanned(True)


def _facts(record: RunRecord) -> Rows:
    run = record.run
    return {
        "State": STATE_WORDS.get(record.state, record.state),
        "Where": "This computer" if run.backend == "local" else run.backend,
        "Duration": run_duration(record),
        "Pipeline as compiled": run.digest.removeprefix("sha256:")[:12],
    }


def _inputs(record: RunRecord) -> Rows:
    return {name: value_text(value) for name, value in record.run.arguments.items()}


def _parameters(record: RunRecord) -> Rows:
    found = {name: value_text(value) for name, value in record.snapshot.outputs.items()}
    for path, task in record.snapshot.tasks.items():
        found |= {f"{path}.{name}": value_text(value) for name, value in task.outputs.items()}
    return found


def _metrics(record: RunRecord) -> Rows:
    found: Rows = {}
    for path, task in record.snapshot.tasks.items():
        for name, several in task.artifacts.items():
            found |= {f"{path}.{name}: {key}": text for key, text in _measured(several)}
    return found


def _measured(artifacts: Iterable[Artifact]) -> Iterable[tuple[str, str]]:
    """Single values of metrics; curves and matrices are for the Outputs tab."""
    for artifact in artifacts:
        if artifact.type in METRICS:
            for key, value in artifact.metadata.items():
                if isinstance(value, int | float | str):
                    yield key, f"{value:.6g}" if isinstance(value, float) else value_text(value)
