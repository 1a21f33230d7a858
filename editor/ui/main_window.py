"""The window: three docks round the tabs of documents, one toolbar, and the wiring between them.

What the first frame does not show (the canvas, forms, dialogs) is loaded when it is first used.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QStackedWidget,
    QTabBar,
    QTabWidget,
    QWidget,
)

from editor.errors import EditorError
from editor.storage.endings import is_document, is_package
from editor.ui.actions import Actions
from editor.ui.ask import Ask
from editor.ui.closing import Closing
from editor.ui.commands import window_commands
from editor.ui.docks import fill_dock, fill_menus, main_toolbar, new_dock, take_room
from editor.ui.files import Files, open_or_list
from editor.ui.focusing import focus_first_field
from editor.ui.jobs import Jobs
from editor.ui.library import Library
from editor.ui.notify import Notifier
from editor.ui.page_making import made_page
from editor.ui.palette import CommandPalette
from editor.ui.panels.bottom import BottomPanel
from editor.ui.panels.inspector import Inspector
from editor.ui.panels.library import LibraryPanel
from editor.ui.panels.welcome import Welcome
from editor.ui.refusals import Refusals
from editor.ui.resources import resource_path
from editor.ui.run_events import RunEvents
from editor.ui.running import Running
from editor.ui.second_view import SecondViews
from editor.ui.settings import Settings
from editor.ui.settling import Settling
from editor.ui.status import StatusBar
from editor.ui.style import Appearance, theme_for, wear
from editor.ui.submitting import Submitting
from editor.ui.target import RunBar
from editor.ui.widgets import icon_button
from editor.worker import Worker

if TYPE_CHECKING:
    from editor.components import LibraryEntry, LoadError
    from editor.edits import GroupKind
    from editor.model import EntityId
    from editor.ui.canvas.gestures.gliding import Motion
    from editor.ui.page import DocumentPage
    from editor.ui.session import Session

APPEARANCE = "window/appearance"
MOTION = "window/motion"
GEOMETRY = "window/geometry"
LAYOUT = "window/layout"
LAYOUT_VERSION = 1
SAMPLE = "iris.pipeloom"

T = TypeVar("T")


class MainWindow(QMainWindow):
    """Owns the pages and what they share. Questions go through `ask`, so that tests can answer them."""

    def __init__(
        self,
        *,
        settings: Settings,
        jobs: Jobs,
        worker: Worker,
        ask: Ask | None = None,
        theme_follows_system: bool = True,
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.settings, self.jobs, self.worker = settings, jobs, worker
        self.ask = ask or Ask(self)
        self.notifier = Notifier()
        self.refusals = Refusals(self.notifier, self)
        self.theme = theme_for(self.appearance)
        self.library = Library(jobs, worker, self)
        self.files = Files(jobs, self.notifier, self.ask, self)
        self.running = Running(jobs, worker, settings, self.notifier, self)
        self.submitting = Submitting(self.running, self)
        self.actions_table = Actions(self, settings)
        self.settling = Settling(self)
        self.closing = Closing(self)
        self.actions_table.order = self.settling
        self._pages: list[DocumentPage] = []
        self.second_views = SecondViews(self)
        self._page_before: DocumentPage | None = None
        self._build_center()
        self._build_docks()
        self.actions_table.add(window_commands(self))
        self._build_bars()
        self.palette_popup = CommandPalette(self, self.actions_table)
        self._connect()
        if theme_follows_system:
            QApplication.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)
        take_room(self)
        self._default_layout = self.saveState(LAYOUT_VERSION)
        self.restoreGeometry(settings.blob(GEOMETRY))
        self.restoreState(settings.blob(LAYOUT), LAYOUT_VERSION)
        self.bottom.restore()
        self._on_page_changed()

    @property
    def page(self) -> DocumentPage | None:
        """The page in front, or the second view that was used last."""
        if self.second_views.in_use is not None:
            return self.second_views.in_use
        shown = self.tabs.currentWidget()
        return next((page for page in self._pages if page is shown), None)

    @property
    def session(self) -> Session | None:
        return self.page.session if self.page else None

    def pages(self) -> list[DocumentPage]:
        """In the order of their tabs, then those beside them."""
        return [*sorted(self._pages, key=self.tabs.indexOf), *self.second_views.pages()]

    @property
    def appearance(self) -> Appearance:
        chosen = self.settings.text(APPEARANCE, "system")
        return chosen if chosen in ("light", "dark") else "system"

    def set_appearance(self, appearance: Appearance) -> None:
        """Wear the light or the dark theme, or the system's, from now on."""
        self.settings.set_text(APPEARANCE, appearance)
        self._wear()

    def new_document(self) -> DocumentPage:
        untouched = self._untouched_page()
        return self.show_session(untouched.session if untouched is not None else self.files.new())

    def open_path(self, path: Path) -> None:
        """Open a document, or bring it to the front if it is open already."""
        session = self.files.session_of(path)
        if session is not None:
            self.show_session(session)
        else:
            self.files.open(path)

    def open_sample(self) -> None:
        self.open_path(resource_path("samples", SAMPLE))

    def show_session(self, session: Session, *, another_view: bool = False) -> DocumentPage:
        """Bring a session's page to the front, making it if it has none. `another_view` is made beside the tabs."""
        for page in self.pages():
            if page.session is session and not another_view:
                self.tabs.setCurrentWidget(page)
                self.second_views.use_tabs()
                return page
        page = made_page(self, session)
        if another_view:
            self.second_views.add(page)
            self._update_titles()
            QTimer.singleShot(0, page, page.view.fit)
            return page
        self._follow(session)
        untouched = self._untouched_page()
        self._pages.append(page)
        number = self.tabs.addTab(page, "")
        close = icon_button("close", "Close this document", lambda: self.closing.close(page))
        close.setIconSize(QSize(12, 12))
        self.tabs.tabBar().setTabButton(number, QTabBar.ButtonPosition.RightSide, close)
        self.tabs.setCurrentWidget(page)
        self.second_views.use_tabs()
        if untouched is not None and untouched.session is not session:
            self.drop_page(untouched)
        self._update_titles()
        QTimer.singleShot(0, page, page.view.fit)
        page.focus_canvas()
        return page

    def _follow(self, session: Session) -> None:
        """Once for a session, however many views it is given: its tab is there as long as any of them."""
        session.state_changed.connect(self._update_titles)
        session.issues_changed.connect(self._update_validity)
        session.changed.connect(self._update_validity)
        session.undo_stack.indexChanged.connect(self._on_history_moved)

    def work_out(
        self, make: Callable[[], T], done: Callable[[T], object], failed: Callable[[EditorError], object]
    ) -> None:
        """Work an edit out on another thread (a layout), or a copy, and hand it over."""
        self.jobs.run(make, done=done, failed=failed, owner=self)

    def drop_page(self, page: DocumentPage) -> None:
        """Take a tab away, and with it the views beside it, whatever is unsaved."""
        session = page.session
        number = self.tabs.indexOf(page)
        if number < 0:
            return
        shown_by = [each for each in self.pages() if each.session is session]
        self.tabs.removeTab(number)
        self._pages.remove(page)
        page.close()
        if self._page_before is page:
            self._page_before = None
            self.inspector.set_page(None)
            self.bottom.set_page(None)
        page.deleteLater()
        self.second_views.close_all_of(session)
        self.files.release(session, shown_by)
        self._on_page_changed()

    def _untouched_page(self) -> DocumentPage | None:
        """A new document that nobody has touched gives way to the one that is opened."""
        for page in self.pages():
            if page.session.is_blank and page.session.undo_stack.count() == 0:
                return page
        return None

    def place(self, entry: LibraryEntry) -> None:
        """Put a component into the middle of what is seen."""
        from editor.ui import placing

        page = self.page or self.new_document()
        self.notifier.status(f"Placing {entry.name}…")
        placing.place(page, entry)

    def wrap(self, kind: GroupKind) -> None:
        """Put control flow round the selected tasks."""
        from editor.ui import placing

        if self.page is not None:
            placing.add_control_flow(self.page, kind)

    def go_to(self, entity_id: EntityId) -> None:
        if self.page is not None:
            self.page.show_entity(entity_id)
            self.page.focus_canvas()

    def edit_details(self) -> None:
        """Put the keyboard into the inspector, at the first value of what is selected."""
        self.inspector_dock.show()
        self.inspector_dock.raise_()
        focus_first_field(self.inspector)

    def add_to_library(self, paths: list[Path]) -> None:
        try:
            self.library.add(paths)
        except EditorError as error:
            self.notifier.error(error)
        self.library_dock.show()
        self.library_dock.raise_()

    def open_dropped(self, paths: list[Path]) -> None:
        """Files dropped on the window: documents and packages open, the rest goes to the library."""
        components: list[Path] = []
        for path in paths:
            if is_document(path):
                self.open_path(path)
            elif path.is_file() and is_package(path):
                open_or_list(path, self.jobs, package=self.open_path, other=lambda each: self.add_to_library([each]))
            else:
                components.append(path)
        if components:
            self.add_to_library(components)

    def show_source(self, subject: LibraryEntry | LoadError) -> None:
        from editor.ui.dialogs.source import SourceDialog

        SourceDialog(subject, self).open()

    def reset_layout(self) -> None:
        self.bottom.set_collapsed(False)
        self.restoreState(self._default_layout, LAYOUT_VERSION)
        self.second_views.show_all()

    def show_bottom(self, name: str) -> None:
        """Bring a tab of the bottom dock to the front."""
        self.bottom_dock.show()
        self.bottom.show_tab(name)

    def _build_center(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setMovable(True)
        self.tabs.setAccessibleName("Documents")
        self.welcome = Welcome(self)
        self._center = QStackedWidget()
        self._center.addWidget(self.welcome)
        self._center.addWidget(self.tabs)
        self.setCentralWidget(self._center)
        self.notifier.lie_on(self._center)

    def _build_docks(self) -> None:
        area = Qt.DockWidgetArea
        # Each panel lies in its dock from the first: a move of a widget with all that is in it costs its styling.
        self.library_dock = new_dock(self, "Components")
        self.library_panel = LibraryPanel(
            self.library,
            self.library_dock,
            place=self.place,
            wrap=self.wrap,
            add_folder=lambda: self.actions_table.run("library.add-folder"),
            add_files=lambda: self.actions_table.run("library.add-files"),
        )
        fill_dock(self, self.library_dock, self.library_panel, area.LeftDockWidgetArea)
        self.inspector_dock = new_dock(self, "Inspector")
        self.inspector = Inspector(self.notifier, self.inspector_dock)
        fill_dock(self, self.inspector_dock, self.inspector, area.RightDockWidgetArea)
        self.bottom_dock = new_dock(self, "Problems and runs")
        self.bottom = BottomPanel(self, self.bottom_dock)
        fill_dock(self, self.bottom_dock, self.bottom, area.BottomDockWidgetArea)
        self.bottom_dock.setTitleBarWidget(QWidget())

    def _build_bars(self) -> None:
        fill_menus(self, self.actions_table)
        bar = main_toolbar(self, self.actions_table)
        self.run_bar = RunBar(self)
        bar.addWidget(self.run_bar)
        self.addToolBar(bar)
        self.status_bar = StatusBar(self.jobs)
        self.setStatusBar(self.status_bar)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(lambda _number: self._on_tab_changed())
        self.tabs.tabBarClicked.connect(lambda _number: self.second_views.use_tabs())
        self.second_views.in_use_changed.connect(self._on_page_changed)
        self.files.opened.connect(self.show_session)
        self.files.recent_changed.connect(self._show_center)
        self.jobs.refused.connect(self.notifier.error)
        self.notifier.status_changed.connect(self.status_bar.say)
        self.bottom.problems.shown.connect(self.go_to)
        self.library_panel.source_wanted.connect(self.show_source)
        self.library_panel.files_dropped.connect(self.add_to_library)
        self.running.changed.connect(self._on_runs_changed)
        self.running.progressed.connect(self._on_runs_progressed)
        self.run_events = RunEvents(self)
        self.actions_table.triggered.connect(lambda _id: self.follow_selection())

    def await_document(self) -> None:
        """Show nothing rather than the welcome until a document is there: one is about to be opened."""
        self._center.setCurrentIndex(1)

    def _show_center(self) -> None:
        self._center.setCurrentIndex(1 if self.tabs.count() else 0)

    def _on_history_moved(self, _index: int) -> None:
        # A method, not a lambda: Qt then ends the connection with the window, which may go before a session does.
        # What was said is of what was done before: it was undone, or something else is done by now.
        self.notifier.status("")
        self.actions_table.refresh_soon()

    def _on_tab_changed(self) -> None:
        self.second_views.use_tabs()
        self._on_page_changed()

    def _on_page_changed(self) -> None:
        page = self.page
        self._show_center()
        if page is not self._page_before or page is None:
            self._page_before = page
            self.inspector.set_page(page)
            self.bottom.set_page(page)
        self._update_titles()
        self._update_validity()
        self.update_zoom()
        self._on_runs_changed()
        self.actions_table.refresh_soon()

    def follow_selection(self) -> None:
        self.actions_table.refresh_soon()
        if self.page is not None and self.page.view.is_behind:
            return  # It tells what is selected once it has caught up, and must not be made to in this very turn.
        self.inspector.refresh_selection()
        self.bottom.refresh_selection()

    def _on_runs_changed(self) -> None:
        for page in self.pages():
            self.running.paint(page)
        self.bottom.refresh_runs()
        self.run_bar.refresh()
        self.actions_table.refresh_soon()

    def _on_runs_progressed(self) -> None:
        for page in self.pages():
            self.running.progress(page)
        self.bottom.follow_runs()

    def tell_refused(self, session: Session | None, error: EditorError, revision: int) -> None:
        """Say why a pipeline was not compiled, and mark the tasks concerned until the next edit."""
        self.refusals.tell(session, error, revision, show_problem=lambda: self.show_bottom("Problems"))

    def _update_titles(self) -> None:
        for page in self.pages():
            number = self.tabs.indexOf(page)
            session = page.session
            text = f"{session.name}{'*' if session.is_dirty else ''}"
            if self.tabs.tabText(number) != text:  # To set it lays all tabs out anew.
                self.tabs.setTabText(number, text)
            self.tabs.setTabToolTip(number, str(session.path or "Not saved yet"))
        self.second_views.update_titles()
        session = self.session
        self.setWindowTitle(f"{session.name}[*] \u2013 Pipeloom" if session else "Pipeloom")
        self.setWindowModified(bool(session and session.is_dirty))
        self.actions_table.refresh_soon()

    def _update_validity(self, _edit: object = None) -> None:
        self.run_bar.show_validity(self.session)

    def update_zoom(self) -> None:
        self.status_bar.show_zoom(self.page.view.zoom if self.page else None)

    def _wear(self) -> None:
        self.theme = theme_for(self.appearance)
        wear(self.theme)
        for page in self.pages():
            page.view.set_theme(self.theme)
        self.bottom.refresh_theme()
        self.inspector.refresh_selection()

    @property
    def motion(self) -> Motion:
        """Whether things may move on the canvas."""
        chosen = self.settings.text(MOTION, "system")
        return chosen if chosen in ("full", "none") else "system"

    def set_motion(self, motion: Motion) -> None:
        self.settings.set_text(MOTION, motion)
        for page in self.pages():
            page.view.gestures.glide.motion = motion

    def show_recent(self) -> None:
        """A list of the documents opened lately, under the pointer of the keyboard."""
        from editor.ui.dialogs.recent import RecentDialog

        RecentDialog(self).open()

    def next_problem(self) -> None:
        """Go round the problems, showing each on the canvas."""
        self.show_bottom("Problems")
        self.bottom.problems.go_to_next()

    def shut_down(self) -> None:
        """After the last event: end threads and processes."""
        self.running.close()
        self.worker.cancel()
        self.jobs.close()
        self.files.let_go()
        self.worker.close()

    def _on_color_scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self.appearance == "system":
            self._wear()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            # A key is down whose command may be one that the last gesture made possible, or impossible.
            self.actions_table.before_key()
        return super().event(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.open_dropped([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.closing.may_close_window():
            event.ignore()
            return
        self.files.stop_recovering()
        self.settings.set_blob(GEOMETRY, self.saveGeometry())
        self.settings.set_blob(LAYOUT, self.saveState(LAYOUT_VERSION))
        self.settings.sync()
        self.running.close()
        for page in self.pages():
            self.drop_page(page)
        event.accept()
