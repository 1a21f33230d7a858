"""The bottom dock: Problems, Runs, Log, Outputs, Preview and History, one tab each."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer
from PySide6.QtGui import QPalette, QUndoStack
from PySide6.QtWidgets import (
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabWidget,
    QUndoView,
    QVBoxLayout,
    QWidget,
)

from editor.model import EntityId, Note
from editor.ui.docks import bottom_height
from editor.ui.icons import icon
from editor.ui.panels.log import LogPanel
from editor.ui.panels.outputs import OutputsPanel
from editor.ui.panels.preview import PreviewPanel
from editor.ui.panels.problems import ProblemsPanel
from editor.ui.panels.runs import RunsPanel
from editor.ui.run_badges import Reader
from editor.ui.run_words import NO_RUN, RUN_TAKEN_OFF
from editor.ui.style import worn
from editor.ui.theme import ink
from editor.ui.widgets import icon_button

if TYPE_CHECKING:
    from editor.ui.main_window import MainWindow
    from editor.ui.page import DocumentPage
    from editor.ui.run_record import RunRecord

P = TypeVar("P", bound=QWidget)

TABS = ("Problems", "Runs", "Log", "Outputs", "Preview", "History")
RUN_TABS = ("Runs", "Log", "Outputs")
COLLAPSED = "window/bottom-collapsed"
LEAST_BODY_PX = 96
"""Under the tabs: two lines, and what can be done about them."""
NO_LIMIT_PX = 16_777_215
"""Qt's QWIDGETSIZE_MAX, which the bindings do not have."""


class BottomPanel(QWidget):
    """Follows the page in front, its selection and the run that its canvas shows."""

    def __init__(self, window: MainWindow, dock: QWidget) -> None:
        super().__init__(dock)
        self._window = window
        self._page: DocumentPage | None = None
        self._runs_seen = Reader()
        self.problems = ProblemsPanel(refused=window.notifier.refusal)
        self.runs = RunsPanel(window)
        self.history = QUndoView()
        self.history.setEmptyLabel("As opened")
        self.history.setAccessibleName("Undo history")
        self.history.setItemDelegate(_StepDelegate(self.history))
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Problems and runs")
        made = {"Problems": self.problems, "Runs": self.runs, "History": self.history}
        for title in TABS:
            self.tabs.addTab(made.get(title) or _Room(), title)
        body = self.tabs.findChild(QStackedWidget)
        assert body is not None
        self._body = body
        self._is_collapsed = False
        self._was_collapsed = False
        self._is_double_click = False
        self._height = 0
        """What it had before it was collapsed, 0 if that is not known."""
        self._is_leading = False
        self._is_tab_chosen = False
        """Whether the person went to the tab in front, since the last run began."""
        self.collapse = icon_button("chevron-down", "", lambda: self.set_collapsed(not self.is_collapsed))
        self.collapse.setIconSize(QSize(14, 14))
        self.tabs.setCornerWidget(self.collapse, Qt.Corner.TopRightCorner)
        self.tabs.currentChanged.connect(lambda _number: self._on_tab_changed())
        self.tabs.tabBarClicked.connect(self._on_tab_clicked)
        self.tabs.tabBarDoubleClicked.connect(self._on_tab_double_clicked)
        self.problems.count_changed.connect(self._on_count_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs)
        self.setMinimumHeight(self._bar_height + LEAST_BODY_PX)
        self._say_collapse()

    # What few look at in the first moments is made when it is first looked at: a window is there sooner.

    @cached_property
    def log(self) -> LogPanel:
        return self._moved_in("Log", LogPanel(self._window.ask, self._window.notifier))

    @cached_property
    def outputs(self) -> OutputsPanel:
        return self._moved_in("Outputs", OutputsPanel(self._window.jobs))

    @cached_property
    def preview(self) -> PreviewPanel:
        panel = self._moved_in("Preview", PreviewPanel(self._window.jobs, self._window.worker))
        panel.chosen.connect(self._on_lines_chosen)
        page = self._page
        panel.set_session(page.session if page is not None else None)
        panel.show_selection(page.view.selection if page is not None else ())
        return panel

    def _moved_in(self, title: str, panel: P) -> P:
        room = self.tabs.widget(TABS.index(title))
        assert isinstance(room, _Room)
        room.take(panel)
        return panel

    def _is_made(self, name: str) -> bool:
        return name in vars(self)

    def show_tab(self, name: str) -> None:
        self.set_collapsed(False)
        self.tabs.setCurrentIndex(TABS.index(name))
        self._is_tab_chosen = True

    @property
    def is_collapsed(self) -> bool:
        """Whether no more than the tabs is shown."""
        return self._is_collapsed

    def set_collapsed(self, is_collapsed: bool) -> None:
        """Fold the panel to its tabs, or give it back the height that it had."""
        if is_collapsed == self._is_collapsed:
            return
        self._is_collapsed = is_collapsed
        dock = self._window.bottom_dock
        if is_collapsed:
            self._height = dock.height()
        self._body.setVisible(not is_collapsed)
        self.setMinimumHeight(self._bar_height + (0 if is_collapsed else LEAST_BODY_PX))
        # One more than the least: Qt draws no line above a dock of a fixed size.
        self.setMaximumHeight(self._bar_height + 1 if is_collapsed else NO_LIMIT_PX)
        if not is_collapsed:
            height = self._height or bottom_height(self._window)
            self._window.resizeDocks([dock], [height], Qt.Orientation.Vertical)
            self._refresh_preview()
            self._refresh_task()
        self._say_collapse()
        self._window.settings.set_json(COLLAPSED, {"is": is_collapsed, "height": self._height})

    def restore(self) -> None:
        """Be as the person left it."""
        kept = self._window.settings.json(COLLAPSED, {})
        is_collapsed, height = kept.get("is") is True, kept.get("height")
        self.set_collapsed(is_collapsed)
        self._height = height if isinstance(height, int) else 0

    def run_started(self) -> None:
        """Bring the runs forward, once, unless the person reads something else; what is collapsed stays so."""
        is_idle = self.shown_tab == "Problems" and not self.problems.model.issues
        if self.shown_tab not in RUN_TABS and (is_idle or not self._is_tab_chosen):
            self._is_leading = True
            self.tabs.setCurrentIndex(TABS.index("Runs"))
            self._is_leading = False
        self._is_tab_chosen = False

    @property
    def _bar_height(self) -> int:
        return self.tabs.tabBar().sizeHint().height()

    def _say_collapse(self) -> None:
        tip = "Show the panel" if self._is_collapsed else "Collapse the panel to its tabs"
        self.collapse.setIcon(icon("chevron-up" if self._is_collapsed else "chevron-down"))
        self.collapse.setToolTip(f"{tip} (Ctrl+Shift+J)")
        self.collapse.setAccessibleName(tip)

    def _on_tab_clicked(self, number: int) -> None:
        if self._is_double_click:
            return
        self._was_collapsed = self._is_collapsed
        if number >= 0:
            self._is_tab_chosen = True
            self.set_collapsed(False)

    def _on_tab_double_clicked(self, _number: int) -> None:
        # Its first click has shown the panel already, if it was not; its second is told after this.
        self._is_double_click = True
        QTimer.singleShot(0, self, self._on_double_click_over)
        self.set_collapsed(not self._was_collapsed)

    def _on_double_click_over(self) -> None:
        self._is_double_click = False

    @property
    def shown_tab(self) -> str:
        return TABS[self.tabs.currentIndex()]

    def set_page(self, page: DocumentPage | None) -> None:
        self._page = page
        session = page.session if page else None
        self.problems.set_session(session)
        if self._is_made("preview"):
            self.preview.set_session(session)
        if session is not None:
            self.history.setStack(session.undo_stack)
        else:
            self.history.setStack(QUndoStack(self.history))
        self.refresh_runs()

    def refresh_selection(self) -> None:
        """Show the log or the outputs of the selected task, whichever is in front, if a run is shown."""
        if self._is_made("preview"):
            self.preview.show_selection(self._page.view.selection if self._page is not None else ())
        self._refresh_task()

    def refresh_runs(self) -> None:
        self.runs.refresh()
        self._runs_seen.forget()
        self.refresh_selection()

    def follow_runs(self) -> None:
        """Tasks of runs that go on were told of: look whether the selected one is among them."""
        record = self._shown_run()
        news = self._runs_seen.news(record.by_entity()) if record is not None else set()
        task = self._selected_task()
        if news is None or (task is not None and task in news):
            self._refresh_task()

    def _refresh_preview(self) -> None:
        if self.shown_tab == "Preview" and not self.is_collapsed:
            self.preview.update_if_shown()

    def _refresh_task(self) -> None:
        if self.is_collapsed or self.shown_tab not in ("Log", "Outputs"):
            return  # What is not seen is filled when it comes to the front.
        page, record = self._page, self._shown_run()
        no_run = RUN_TAKEN_OFF if page is not None and self._window.running.has_run(page.session) else NO_RUN
        panel = self.log if self.shown_tab == "Log" else self.outputs
        panel.show_task(record, self._selected_task(), no_run=no_run)

    def _shown_run(self) -> RunRecord | None:
        return self._window.running.shown_on(self._page.session) if self._page is not None else None

    def _selected_task(self) -> EntityId | None:
        page = self._page
        if page is None or len(page.view.selection) != 1:
            return None
        (selected,) = page.view.selection
        return selected if not isinstance(page.session.document.get(selected), Note) else None

    def refresh_theme(self) -> None:
        self.problems.refresh()
        self.runs.refresh()
        if self._is_made("outputs"):
            self.outputs.refresh_theme()
        if self._is_made("preview"):
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
        self._is_tab_chosen = not self._is_leading
        self._refresh_preview()
        self._refresh_task()

    def _on_count_changed(self, count: int) -> None:
        self.tabs.setTabText(0, f"Problems ({count:,})" if count else "Problems")


class _Room(QWidget):
    """A tab whose panel is not made yet."""

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)

    def take(self, panel: QWidget) -> None:
        layout = self.layout()
        assert layout is not None
        layout.addWidget(panel)
        panel.show()  # At once: a layout shows what it is given in a later turn.


class _StepDelegate(QStyledItemDelegate):
    """Steps that were undone stand dim and slanted: they are not in the document."""

    def __init__(self, view: QUndoView) -> None:
        super().__init__(view)
        self._view = view

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        stack = self._view.stack()
        # The first row is the document as it was opened.
        if index.row() > stack.index():
            option.palette.setColor(  # pyright: ignore[reportAttributeAccessIssue] missing in the stubs
                QPalette.ColorRole.Text, ink(worn().text_dim)
            )
            option.font.setItalic(True)  # pyright: ignore[reportAttributeAccessIssue] missing in the stubs
