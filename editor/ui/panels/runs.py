"""The Runs tab: every run, here and on servers, newest first, with what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLineEdit,
    QMenu,
    QStackedWidget,
    QTreeView,
    QWidget,
)

from editor.ui.icons import icon
from editor.ui.run_record import RunRecord
from editor.ui.run_words import STATE_ICONS, STATE_WORDS, run_duration, started_text
from editor.ui.running import package_of
from editor.ui.starting import compare_runs, open_as_document, run_again, show_run
from editor.ui.style import GAP
from editor.ui.widgets import EmptyState, button, column, icon_button, row

if TYPE_CHECKING:
    from editor.ui.main_window import MainWindow

_RECORD = int(Qt.ItemDataRole.UserRole)
TICK_MS = 1000


class RunsPanel(QWidget):
    """Selecting a run shows it on the canvas."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._is_filling = False
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter runs")
        self.filter.setAccessibleName("Filter runs")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(240)
        self.filter.textChanged.connect(lambda _text: self.refresh())
        self.compare = button("Compare", self._on_compare, icon_name="layout")
        self.compare.setToolTip("Select two runs to compare them")
        self.document = button("Open as document", self._on_document, icon_name="open")
        self.again = button("Run again", self._on_again, icon_name="refresh")
        self.cancel = button("Cancel", self._on_cancel, icon_name="stop")
        self.open = icon_button("folder", "Open the folder of its files", self._on_open)
        bar = row(self.filter, None, self.compare, self.document, self.again, self.cancel, self.open, gap=4)
        bar.setContentsMargins(GAP, 4, GAP, 4)
        self.model = QStandardItemModel(self)
        self.tree = QTreeView()
        self.tree.setModel(self.model)
        self.tree.setRootIsDecorated(False)
        self.tree.setAccessibleName("Runs")
        self.tree.setIconSize(QSize(16, 16))
        self.tree.setUniformRowHeights(True)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.selectionModel().selectionChanged.connect(lambda _now, _before: self._update_buttons())
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._on_menu)
        self.tree.selectionModel().currentRowChanged.connect(self._on_current_changed)
        empty = EmptyState(
            "run",
            "No runs yet",
            "Run the pipeline here (F5) or submit it to a server; each run is listed with its state and outputs.",
        )
        listed = QWidget()
        listed.setLayout(column(bar, self.tree, gap=0))
        self._stack = QStackedWidget(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(listed)
        self.setLayout(column(self._stack))
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._update_times)
        self.refresh()

    def current(self) -> RunRecord | None:
        """The selected run."""
        record = self.tree.currentIndex().siblingAtColumn(0).data(_RECORD)
        return record if isinstance(record, RunRecord) else None

    def selected(self) -> list[RunRecord]:
        """The selected runs, in the order of the list."""
        rows = sorted(index.row() for index in self.tree.selectionModel().selectedRows(0))
        return [self.model.item(number).data(_RECORD) for number in rows]

    def records(self) -> list[RunRecord]:
        """The runs listed now, in order."""
        found = (self.model.item(number).data(_RECORD) for number in range(self.model.rowCount()))
        return [record for record in found if isinstance(record, RunRecord)]

    def refresh(self) -> None:
        """List what there is; the run shown on the canvas is the selected one."""
        every = self._window.running.records
        text = self.filter.text().casefold().strip()
        wanted = [each for each in every if text in self._words(each).casefold()]
        self._stack.setCurrentIndex(1 if every else 0)
        shown = self._window.running.shown_on(self._window.session)
        shown = shown.origin or shown if shown is not None else None
        self._is_filling = True
        if self.records() != wanted:
            self.model.clear()
            self.model.setHorizontalHeaderLabels(["Run", "State", "Where", "Started", "Duration"])
            header = self.tree.header()
            header.setStretchLastSection(False)
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            for number, width in ((1, 136), (2, 160), (3, 152), (4, 104)):
                header.resizeSection(number, width)
            for record in wanted:
                self.model.appendRow([QStandardItem() for _column in range(5)])
                self.model.item(self.model.rowCount() - 1).setData(record, _RECORD)
        for number, record in enumerate(wanted):
            self._fill(number, record)
        if len(self.selected()) > 1:
            pass  # what is about to be compared stays selected
        elif shown in wanted:
            self.tree.setCurrentIndex(self.model.index(wanted.index(shown), 0))
        elif shown is None:
            self.tree.setCurrentIndex(QModelIndex())
        self._is_filling = False
        self._wind(is_seen=self.isVisible())
        self._update_buttons()

    def _wind(self, *, is_seen: bool) -> None:
        """Durations go on while a run does, where they can be seen."""
        if is_seen and any(record.is_live for record in self._window.running.records):
            if not self._tick.isActive():
                self._tick.start()
        else:
            self._tick.stop()

    def _words(self, record: RunRecord) -> str:
        run = record.run
        return f"{run.name} {run.pipeline} {run.backend} {run.experiment} {STATE_WORDS.get(record.state, '')}"

    def _fill(self, number: int, record: RunRecord) -> None:
        run = record.run
        state = record.state
        words = record.step or STATE_WORDS.get(state, state)
        texts = (
            run.name,
            words,
            "This computer" if run.backend == "local" else run.backend,
            started_text(run),
            run_duration(record),
        )
        for column_number, text in enumerate(texts):
            item = self.model.item(number, column_number)
            if item.text() != text:
                item.setText(text)
        self.model.item(number, 1).setIcon(icon(STATE_ICONS.get(state, "waiting"), lambda theme: theme.state(state)))
        self.model.item(number, 0).setToolTip(record.snapshot.message or run.message or run.output_dir or run.link)

    def _update_times(self) -> None:
        for number, record in enumerate(self.records()):
            if record.is_live:
                self.model.item(number, 4).setText(run_duration(record))

    def _update_buttons(self) -> None:
        record = self.current()
        self.compare.setEnabled(len(self.selected()) == 2)
        self.document.setEnabled(record is not None and package_of(record.run).is_file())
        self.again.setEnabled(record is not None and not record.is_live)
        self.cancel.setEnabled(record is not None and record.is_live and not record.is_cancelling)
        self.open.setEnabled(record is not None and bool(record.run.output_dir or record.run.link))

    def _on_current_changed(self) -> None:
        if not self._is_filling and len(self.selected()) < 2:
            record = self.current()
            if record is not None:
                show_run(self._window, record)
        self._update_buttons()

    def _on_compare(self) -> None:
        chosen = self.selected()
        if len(chosen) == 2:
            compare_runs(self._window, chosen[0], chosen[1])

    def _on_document(self) -> None:
        record = self.current()
        if record is not None:
            open_as_document(self._window, record)

    def _on_again(self) -> None:
        record = self.current()
        if record is not None:
            run_again(self._window, record)

    def _on_cancel(self) -> None:
        record = self.current()
        if record is not None:
            self._window.running.cancel(record)

    def _on_open(self) -> None:
        record = self.current()
        if record is not None:
            open_place(record)

    def _on_menu(self, position: QPoint) -> None:
        record = self.current()
        if record is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("refresh"), "Run again", self._on_again).setEnabled(not record.is_live)
        is_kept = package_of(record.run).is_file()
        menu.addAction(icon("open"), "Open as document", self._on_document).setEnabled(is_kept)
        menu.addAction(icon("layout"), "Compare", self._on_compare).setEnabled(len(self.selected()) == 2)
        menu.addAction(icon("stop"), "Cancel", self._on_cancel).setEnabled(record.is_live)
        if record.run.link:
            menu.addAction(icon("external"), "Open its page", lambda: open_place(record))
            menu.addAction(icon("link"), "Copy its link", lambda: QApplication.clipboard().setText(record.run.link))
        elif record.run.output_dir:
            menu.addAction(icon("folder"), "Open the folder of its files", lambda: open_place(record))
        menu.popup(self.tree.viewport().mapToGlobal(position))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._update_times()
        self._wind(is_seen=True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._wind(is_seen=False)


def open_place(record: RunRecord) -> None:
    """The run's page on its server, or the folder of its files here."""
    run = record.run
    QDesktopServices.openUrl(QUrl(run.link) if run.link else QUrl.fromLocalFile(run.output_dir))
