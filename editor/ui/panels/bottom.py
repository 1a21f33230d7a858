"""The bottom dock: Problems, Runs, Log, Outputs, Preview and History, one tab each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QTabWidget, QUndoView, QVBoxLayout, QWidget

from editor.model import EntityId
from editor.ui.panels.log import LogPanel
from editor.ui.panels.outputs import OutputsPanel
from editor.ui.panels.preview import PreviewPanel
from editor.ui.panels.problems import ProblemsPanel
from editor.ui.panels.runs import RunsPanel

if TYPE_CHECKING:
    from editor.ui.main_window import MainWindow
    from editor.ui.page import DocumentPage

TABS = ("Problems", "Runs", "Log", "Outputs", "Preview", "History")


class BottomPanel(QWidget):
    """Follows the page in front, its selection and the run that its canvas shows."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._page: DocumentPage | None = None
        self.problems = ProblemsPanel(refused=window.notifier.refusal)
        self.runs = RunsPanel(window)
        self.log = LogPanel(window.ask, window.notifier)
        self.outputs = OutputsPanel(window.jobs)
        self.preview = PreviewPanel(window.jobs, window.worker)
        self.history = QUndoView()
        self.history.setEmptyLabel("As opened")
        self.history.setAccessibleName("Undo history")
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Problems and runs")
        panels = (self.problems, self.runs, self.log, self.outputs, self.preview, self.history)
        for title, panel in zip(TABS, panels, strict=True):
            self.tabs.addTab(panel, title)
        self.tabs.currentChanged.connect(lambda _number: self._on_tab_changed())
        self.problems.count_changed.connect(self._on_count_changed)
        self.preview.chosen.connect(self._on_lines_chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)

    def show_tab(self, name: str) -> None:
        self.tabs.setCurrentIndex(TABS.index(name))

    @property
    def shown_tab(self) -> str:
        return TABS[self.tabs.currentIndex()]

    def set_page(self, page: DocumentPage | None) -> None:
        self._page = page
        session = page.session if page else None
        self.problems.set_session(session)
        self.preview.set_session(session)
        if session is not None:
            self.history.setStack(session.undo_stack)
        else:
            self.history.setStack(QUndoStack(self.history))
        self.refresh_runs()

    def refresh_selection(self) -> None:
        """Show the log and the outputs of the selected task, if a run is shown."""
        page = self._page
        record = self._window.running.shown_on(page.session) if page else None
        task: EntityId | None = None
        if page is not None and len(page.view.selection) == 1:
            task = next(iter(page.view.selection))
        self.preview.show_selection(page.view.selection if page is not None else ())
        self.log.show_task(record, task)
        self.outputs.show_task(record, task)

    def refresh_runs(self) -> None:
        self.runs.refresh()
        self.refresh_selection()

    def refresh_theme(self) -> None:
        self.problems.refresh()
        self.runs.refresh()
        self.outputs.refresh_theme()
        self.preview.refresh_theme()

    def _on_lines_chosen(self, entities: tuple[EntityId, ...]) -> None:
        """Several tasks share the text of a component: those that are drawn here, else the first, wherever it lies."""
        page = self._page
        if page is None:
            return
        drawn = [each for each in entities if page.view.is_drawn(each)]
        if len(drawn) > 1:
            page.view.select(drawn)
        else:
            page.show_entity((drawn or list(entities))[0])

    def _on_tab_changed(self) -> None:
        self.preview.update_if_shown()
        self.refresh_selection()

    def _on_count_changed(self, count: int) -> None:
        self.tabs.setTabText(0, f"Problems ({count})" if count else "Problems")
