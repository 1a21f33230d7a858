"""The table of actions: no key twice, every line reachable, keys changed and remembered."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT
from editor.ui.actions import SETTING
from editor.ui.dialogs.settings import SettingsDialog
from editor.ui.main_window import MainWindow
from editor.ui.matching import match_rank


def test_no_key_is_bound_twice(window: MainWindow):
    assert window.actions_table.conflicts() == []


def test_every_command_has_words_and_a_menu(window: MainWindow):
    for command in window.actions_table.commands():
        assert command.text.strip(), command.id
        assert command.menu, command.id


def test_every_command_can_be_asked_for_without_a_document(window: MainWindow):
    """Nothing is enabled that would fail with no document open, apart from what opens one."""
    table = window.actions_table
    table.refresh()
    enabled = {command.id for command in table.commands() if table[command.id].isEnabled()}
    assert "file.open" in enabled
    assert "file.save" not in enabled
    assert "run.run" not in enabled
    assert not [each for each in enabled if each.startswith("canvas.")]


def test_a_key_pressed_at_once_finds_the_command_that_the_last_gesture_made_possible(window: MainWindow, qtbot: QtBot):
    page = window.new_document()
    edit, note = edits.add_note(page.session.document, ROOT, "hello", x=0, y=0)
    page.do(edit)
    qtbot.wait(10)
    assert not window.actions_table["canvas.delete"].isEnabled()
    page.focus_canvas()
    page.view.select([note])
    qtbot.keyClick(page.view, Qt.Key.Key_Delete)
    assert note not in page.session.document
    assert not window.actions_table["canvas.delete"].isEnabled()


def test_key_of_another_command_is_refused(window: MainWindow, qtbot: QtBot):
    dialog = SettingsDialog(window, tab="Shortcuts")
    qtbot.addWidget(dialog)
    dialog.show()
    page = dialog.shortcuts
    page.select("file.new")
    page.edit.setKeySequence(QKeySequence("Ctrl+S"))
    assert "Save" in page.problem.text()
    assert not page.assign.isEnabled()


def test_changed_key_is_remembered_and_can_be_reset(window: MainWindow, qtbot: QtBot):
    dialog = SettingsDialog(window, tab="Shortcuts")
    qtbot.addWidget(dialog)
    dialog.show()
    page = dialog.shortcuts
    page.select("file.new")
    page.edit.setKeySequence(QKeySequence("Ctrl+Alt+N"))
    qtbot.mouseClick(page.assign, Qt.MouseButton.LeftButton)
    assert window.actions_table.shortcuts("file.new") == ("Ctrl+Alt+N",)
    assert window.settings.json(SETTING, {}) == {"file.new": ["Ctrl+Alt+N"]}
    qtbot.mouseClick(page.reset, Qt.MouseButton.LeftButton)
    assert window.actions_table.shortcuts("file.new") == ("Ctrl+N",)


@pytest.mark.parametrize(
    ("better", "worse"), [("Undo", "Show undo"), ("Run pipeline", "Rerun"), ("Save as", "Show as")]
)
def test_palette_puts_what_begins_so_first(better: str, worse: str):
    text = better[:2]
    first, second = match_rank(text, better), match_rank(text, worse)
    assert first is not None
    assert second is None or first < second
