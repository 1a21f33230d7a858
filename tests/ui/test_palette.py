"""The command palette."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import EntityId
from editor.ui.main_window import MainWindow
from tests.ui.conftest import show, two_tasks


def test_palette_finds_and_does_a_command(window: MainWindow, qtbot: QtBot):
    page = show(window, two_tasks(), qtbot)
    page.do(edits.rename(page.session.document, EntityId("a"), "load"))
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    popup = window.palette_popup
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClicks(popup.field, "undo")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert not popup.isVisible()
    assert page.session.document.task(EntityId("a")).name == "a"


def test_palette_says_what_to_do_first(window: MainWindow, qtbot: QtBot):
    popup = window.palette_popup

    def line(typed: str) -> str:
        popup.pop_up()
        popup.field.setText(typed)
        text = popup.list.item(0).text()
        popup.hide()
        return text

    assert line("distribute down").endswith("\topen a pipeline")
    page = show(window, two_tasks(), qtbot)
    assert line("distribute down").endswith("\tselect three or more")
    assert line("connect in series").endswith("\tselect two tasks or more")
    page.view.select({EntityId("a"), EntityId("b")})
    assert line("connect in series").endswith("\tCtrl+L")


@pytest.mark.parametrize(("typed", "most"), [("", 12), ("undo", 4), ("no such command", 1)])
def test_the_palette_is_as_high_as_what_it_found_in_whole_rows(window: MainWindow, typed: str, most: int):
    popup = window.palette_popup
    popup.pop_up()
    top = popup.y()
    popup.field.setText(typed)
    rows = min(popup.list.count(), 12)
    assert rows <= most
    assert popup.list.viewport().height() == rows * popup.list.sizeHintForRow(0)
    assert popup.list.geometry().bottom() < popup.height() <= popup.list.geometry().bottom() + 12
    assert popup.y() == top
    popup.hide()
