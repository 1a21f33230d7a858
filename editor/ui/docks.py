"""What lies round a window's middle: docks whose titles the theme draws, the menus and the toolbar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar, QWidget

from editor.ui.style import GAP
from editor.ui.widgets import icon_button, label, row

if TYPE_CHECKING:
    from editor.ui.actions import Actions
    from editor.ui.main_window import MainWindow

FIRST_SIZE = (1440, 900)


def new_dock(window: QMainWindow, title: str) -> QDockWidget:
    """A dock that is filled next; its title is also the name under which the window remembers where it is."""
    dock = QDockWidget(title, window)
    dock.setObjectName(title)
    return dock


def fill_dock(window: QMainWindow, dock: QDockWidget, panel: QWidget, area: Qt.DockWidgetArea) -> None:
    """Put the panel, which is a child of the dock already, into it, and the dock to its side of the window."""
    dock.setWidget(panel)
    dock.setTitleBarWidget(_title_of(dock))
    window.addDockWidget(area, dock)


def _title_of(dock: QDockWidget) -> QWidget:
    """Drawn by the theme, since the style's own little signs are lost on a dark ground."""
    title = QWidget()
    title.setProperty("role", "dock-title")
    title.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    float_it = icon_button("external", f"Float {dock.windowTitle()}", lambda: dock.setFloating(not dock.isFloating()))
    close = icon_button("close", f"Hide {dock.windowTitle()}", dock.hide)
    for each in (float_it, close):
        each.setIconSize(QSize(12, 12))
    layout = row(label(dock.windowTitle(), "section"), None, float_it, close, gap=0)
    layout.setContentsMargins(GAP, 2, 4, 2)
    title.setLayout(layout)
    return title


def fill_menus(window: QMainWindow, table: Actions) -> None:
    """The menu bar, of all that the table has."""
    for name in ("&File", "&Edit", "&View", "&Pipeline", "&Run", "&Help"):
        menu = window.menuBar().addMenu(name)
        menu.setToolTipsVisible(False)
        menu.aboutToShow.connect(table.refresh)
        table.fill(menu, name.replace("&", ""))


def main_toolbar(window: QMainWindow, table: Actions) -> QToolBar:
    """The left half of the toolbar: what is done all the time. It is not in the window yet."""
    bar = QToolBar("Main toolbar", window)
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    bar.setIconSize(QSize(20, 20))
    for group in (
        ("file.new", "file.open", "file.save"),
        ("edit.undo", "edit.redo"),
        ("canvas.fit", "canvas.layout"),
    ):
        for command_id in group:
            if command_id in table:
                bar.addAction(table[command_id])
        bar.addSeparator()
    return bar


def take_room(window: MainWindow) -> None:
    """The first size of the window and its docks: no larger than the screen, most of it for the canvas."""
    room = window.screen().availableSize()
    window.resize(QSize(*FIRST_SIZE).boundedTo(room))
    sides = [min(256, window.width() // 5), min(336, window.width() // 4)]
    window.resizeDocks([window.library_dock, window.inspector_dock], sides, Qt.Orientation.Horizontal)
    window.resizeDocks([window.bottom_dock], [bottom_height(window)], Qt.Orientation.Vertical)


def bottom_height(window: QWidget) -> int:
    """Of the bottom dock, by default: some lines, and little of a small window."""
    return max(136, min(184, window.height() // 5))
