"""How the window's panels look on top of the theme: the grid, and rules for widgets that have a role."""

from typing import Literal

from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from editor.ui import theme
from editor.ui.resources import resource_path
from editor.ui.theme import Theme

Appearance = Literal["system", "light", "dark"]

GAP = 8
"""The grid: margins and distances are multiples of it, or half of it."""


def theme_for(appearance: Appearance) -> Theme:
    """The theme a person chose, or the one the system has at this moment."""
    return theme.system_theme() if appearance == "system" else theme.load(appearance)


def worn() -> Theme:
    """The theme that the application wears now."""
    is_dark = QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128
    return theme.load("dark" if is_dark else "light")


def wear(chosen: Theme) -> None:
    """Give the whole application this theme, live."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    colors = {name: value for name, value in _fields(chosen).items() if isinstance(value, str)}
    colors["arrow"] = resource_path("themes", f"down-{chosen.name}.svg").as_posix()
    sheet = theme.style_sheet(chosen) + _ROLES % colors
    if sheet == app.styleSheet():
        return
    # As theme.apply does, but with one sheet: each setting of a style or a sheet polishes every widget there is. The
    # style under a sheet does not tell its name, and is ours.
    if not app.styleSheet() and app.style().objectName() != "fusion":
        app.setStyle("Fusion")
    app.setFont(theme.font())
    app.setPalette(theme.palette(chosen))
    app.setStyleSheet(sheet)


def _fields(chosen: Theme) -> dict[str, object]:
    return {name: getattr(chosen, name) for name in chosen.__struct_fields__}


_ROLES = """
QDockWidget { font-weight: 400; }
QComboBox { background: %(surface)s; border: 1px solid %(control_border)s; border-radius: 5px; padding: 3px 6px;
    min-height: 20px; combobox-popup: 0; }
QComboBox:hover { border-color: %(text_dim)s; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(%(arrow)s); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: %(raised)s; border: 1px solid %(border)s; padding: 4px;
    selection-background-color: %(selected_fill)s; selection-color: %(text)s; }
QPlainTextEdit[role="field"] { border: 1px solid %(control_border)s; border-radius: 5px; }
QPlainTextEdit[role="field"]:hover { border-color: %(text_dim)s; }
QPlainTextEdit[role="field"]:focus { border-color: %(accent)s; }
QTreeView[role="passed"]::item:selected { background: %(hover_fill)s; }
QTreeWidget[role="field"] { border: 1px solid %(control_border)s; border-radius: 5px; padding: 2px; }
QTreeWidget[role="field"]:focus { border-color: %(accent)s; }
QTabBar[role="narrow"]::tab { padding: 6px 8px; }
QPushButton[role="plain"] { border: 1px solid transparent; background: transparent; text-align: left;
    padding: 2px 4px; }
QPushButton[role="plain"]:hover { color: %(accent)s; }
QPushButton[role="plain"]:focus { border-color: %(accent)s; }
QLineEdit[state="wrong"], QPlainTextEdit[state="wrong"] { border-color: %(error)s; }
QToolBar QToolButton { padding: 4px; }
QToolButton[role="primary"] { background: %(accent)s; color: %(accent_text)s; font-weight: 600; padding: 4px 12px; }
QToolButton[role="primary"]:hover { border-color: %(text)s; }
QToolButton[role="primary"]:disabled { background: %(hover_fill)s; color: %(text_disabled)s; }
QToolButton::menu-indicator { image: none; width: 0; }
QPushButton[role="primary"] { background: %(accent)s; border-color: %(accent)s; color: %(accent_text)s; }
QPushButton[role="primary"]:hover { border-color: %(text)s; }
QPushButton[role="primary"]:disabled { background: %(hover_fill)s; color: %(text_disabled)s;
    border-color: %(border)s; }
QPushButton[role="link"] { border: 1px solid transparent; background: transparent; color: %(accent)s;
    padding: 4px 8px; }
QPushButton[role="link"]:hover { background: %(hover_fill)s; }
QPushButton[role="link"]:focus { border-color: %(accent)s; }
QPushButton[role="pill"] { border: 1px solid %(border)s; border-radius: 13px; padding: 3px 12px; }
QPushButton[role="pill"]:focus { border-color: %(accent)s; }
QLabel[role="heading"] { font-size: 15px; font-weight: 600; }
QLabel[role="section"] { font-weight: 600; }
QLabel[role="muted"] { color: %(text_dim)s; }
QLabel[role="error"] { color: %(error)s; }
QLabel[role="warning"] { color: %(warning)s; }
QLabel[role="badge"] { background: %(hover_fill)s; color: %(text_dim)s; border-radius: 4px; padding: 1px 6px; }
QFrame[role="line"] { background: %(border)s; border: none; }
QWidget[role="dock-title"] { background: %(window)s; border-bottom: 1px solid %(border)s; }
QFrame[role="card"] { background: %(raised)s; border: 1px solid %(border)s; border-radius: 8px; }
QFrame[role="message"] { background: %(raised)s; border: 1px solid %(control_border)s; border-radius: 8px; }
QFrame[role="source"] { background: %(surface)s; border: 1px solid %(control_border)s; border-radius: 5px; }
QFrame[role="source"]:hover { border-color: %(text_dim)s; }
QScrollArea { border: none; background: %(surface)s; }
QScrollArea[role="plain"], QScrollArea[role="plain"] > QWidget > QWidget { background: transparent; }
QScrollArea > QWidget > QWidget[role="body"] { background: %(surface)s; }
QTableView::item { padding: 2px 8px; }
QTableView QHeaderView::section { padding: 5px 11px; }
QCheckBox { spacing: 8px; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
"""
