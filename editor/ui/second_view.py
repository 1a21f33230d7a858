"""More views of an open document, in docks beside its tab: all are live, and commands act on the one last used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QWidget

from editor.ui.style import GAP
from editor.ui.widgets import icon_button, label, row, set_role

if TYPE_CHECKING:
    from editor.ui.canvas.columns import Columns
    from editor.ui.main_window import MainWindow
    from editor.ui.page import DocumentPage
    from editor.ui.session import Session


class SecondViews(QObject):
    """Keeps the docks. `in_use_changed`: the hand has gone from a tab to one of them, from one to another, or back."""

    in_use_changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._docks: dict[DocumentPage, QDockWidget] = {}
        self._titles: dict[DocumentPage, QLabel] = {}
        self.in_use: DocumentPage | None = None
        """The page in the dock that was used last; None if a tab was used since."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)

    def pages(self) -> list[DocumentPage]:
        return list(self._docks)

    def add(self, page: DocumentPage) -> None:
        """Show a page beside the tabs, half of the room each."""
        dock = QDockWidget(self._window)
        dock.setObjectName(f"second-view-{id(page)}")
        dock.toggleViewAction().setVisible(False)
        dock.setTitleBarWidget(self._title(dock, page))
        dock.setWidget(page)
        dock.topLevelChanged.connect(lambda _is_floating: self._keep_inspector_width())
        self._docks[page] = dock
        self._put_beside(dock)
        page.focus_canvas()
        self._use(page)

    def close(self, page: DocumentPage) -> None:
        """Take a view away; the document stays open in its tab."""
        dock = self._docks.pop(page, None)
        if dock is None:
            return
        del self._titles[page]
        self._keep_inspector_width()
        self._window.removeDockWidget(dock)
        page.close()
        dock.deleteLater()
        if self.in_use is page:
            self._use(None)

    def close_all_of(self, session: Session) -> None:
        for page in self.pages():
            if page.session is session:
                self.close(page)

    def show_all(self) -> None:
        """Bring back what a stored layout, which knows nothing of them, has put away."""
        for dock in self._docks.values():
            dock.setFloating(False)
            self._put_beside(dock)

    def use_tabs(self) -> None:
        """The tab in front is used from now on."""
        self._use(None)

    def update_titles(self) -> None:
        for page, title in self._titles.items():
            title.setText(f"{page.session.name}{'*' if page.session.is_dirty else ''} \u2013 second view")
            set_role(title, "section" if page is self.in_use else "muted")
            self._docks[page].setWindowTitle(title.text())

    def _put_beside(self, dock: QDockWidget) -> None:
        """Between the tabs and the inspector, where that is at their right."""
        window, inspector = self._window, self._window.inspector_dock
        room = window.tabs.width()
        right = Qt.DockWidgetArea.RightDockWidgetArea
        docks, widths = [dock], [room // 2]
        if window.dockWidgetArea(inspector) == right and inspector.isVisible() and not inspector.isFloating():
            docks, widths = [dock, inspector], [room // 2, inspector.width()]
        window.addDockWidget(right, dock)
        if inspector in docks:
            window.splitDockWidget(dock, inspector, Qt.Orientation.Horizontal)
        dock.show()

        def share() -> None:
            if window.dockWidgetArea(dock) == right:
                window.resizeDocks(docks, widths, Qt.Orientation.Horizontal)

        # The layout knows of the new dock only after this turn of the event loop.
        QTimer.singleShot(0, dock, share)

    def _keep_inspector_width(self) -> None:
        """A view comes or goes: the inspector, being its neighbour, would take all of its room, or give it all."""
        window, inspector = self._window, self._window.inspector_dock
        width = inspector.width()
        QTimer.singleShot(0, window, lambda: window.resizeDocks([inspector], [width], Qt.Orientation.Horizontal))

    def _title(self, dock: QDockWidget, page: DocumentPage) -> QWidget:
        bar = QWidget()
        bar.setProperty("role", "dock-title")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = self._titles[page] = label("", "section")
        own = icon_button("external", "A window of its own, or back", lambda: dock.setFloating(not dock.isFloating()))
        close = icon_button("close", "Close this view", lambda: self._window.closing.close(page))
        for each in (own, close):
            each.setIconSize(QSize(12, 12))
        layout = row(title, None, own, close, gap=0)
        layout.setContentsMargins(GAP, 2, 4, 2)
        bar.setLayout(layout)
        return bar

    def _use(self, page: DocumentPage | None) -> None:
        if page is not self.in_use:
            self.in_use = page
            self.in_use_changed.emit()

    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Fields of the inspector and the like leave it as it is: they are about the view used last."""
        if now is None:
            return
        for page, dock in self._docks.items():
            if dock.isAncestorOf(now):
                self._use(page)
                return
        if self._window.tabs.isAncestorOf(now):
            self._use(None)


def scene_beside(session: Session, pages: Iterable[DocumentPage]) -> Columns | None:
    """The main pipeline's scene for another view of a session, had from one of its views that shows it."""
    scenes = (page.view.twin_scene() for page in pages if page.session is session)
    return next((scene for scene in scenes if scene is not None), None)
