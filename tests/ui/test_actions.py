"""The table of actions: no key twice, every line reachable, keys changed and remembered."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT, EntityId, Pipeline
from editor.ui.actions import SETTING
from editor.ui.canvas.focus import Focus
from editor.ui.dialogs.settings import SettingsDialog, ShortcutsTab
from editor.ui.main_window import MainWindow
from editor.ui.matching import match_rank
from tests.builders import pipeline, task
from tests.ui.conftest import placed, show


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


def shortcuts_tab(window: MainWindow, qtbot: QtBot) -> ShortcutsTab:
    dialog = SettingsDialog(window, tab="Shortcuts")
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog.shortcuts


def test_a_command_is_found_by_typing_as_soon_as_the_shortcuts_are_open(window: MainWindow, qtbot: QtBot):
    window.actions_table.run("help.shortcuts")
    (dialog,) = window.findChildren(SettingsDialog)
    page = dialog.shortcuts
    qtbot.waitUntil(page.filter.hasFocus)
    assert not page.edit.isEnabled()
    qtbot.keyClicks(page.filter, "duplicate")
    assert page.edit.isEnabled()
    assert page.edit.keySequence() == QKeySequence("Ctrl+D")
    dialog.close()


def assign(page: ShortcutsTab, command_id: str, keys: str, qtbot: QtBot) -> None:
    page.select(command_id)
    page.edit.setKeySequence(QKeySequence(keys))
    qtbot.mouseClick(page.assign, Qt.MouseButton.LeftButton)


def test_quick_add_has_another_key_and_tab_then_leaves_the_canvas(window: MainWindow, qtbot: QtBot):
    page = show(window, pipeline(task("a"), *placed(("a", 0, 0))), qtbot)
    gestures, view = page.view.gestures, page.view
    assign(shortcuts_tab(window, qtbot), "canvas.quick-add", "A", qtbot)
    window.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    assert "A" in window.actions_table["canvas.quick-add"].text().split("\t")
    qtbot.keyClick(view, Qt.Key.Key_A)
    assert gestures.quick_add.isVisible()
    gestures.quick_add.hide()
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Tab)
    assert not gestures.quick_add.isVisible()
    assert not view.hasFocus()
    window.actions_table.reset_shortcuts()
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Tab)
    assert gestures.quick_add.isVisible()


def test_enter_has_another_key(window: MainWindow, qtbot: QtBot):
    inner = Pipeline(id=EntityId("inner"), name="inner")
    page = show(window, pipeline(inner, task("a", of=inner), *placed(("a", 0, 0))), qtbot)
    window.actions_table.set_shortcuts("canvas.enter", ["E"])
    page.view.select((EntityId("a"),))
    page.view.setFocus()
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert page.view.scope == ROOT
    qtbot.keyClick(page.view, Qt.Key.Key_E)
    assert page.view.scope == "inner"


def test_what_pans_while_held_has_another_key(window: MainWindow, qtbot: QtBot):
    page = show(window, pipeline(task("a"), *placed(("a", 0, 0))), qtbot)
    view = page.view
    window.actions_table.set_shortcuts("canvas.toggle-focused", ["W"])
    view.setFocus()
    view.select((EntityId("a"),))
    view.gestures.keyboard.set_focus(Focus("node", EntityId("a")))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert view.selection == {"a"}, "no longer"
    qtbot.keyClick(view, Qt.Key.Key_W)
    assert view.selection == set()
    before = view.to_view(QPointF(0, 0))
    qtbot.keyPress(view, Qt.Key.Key_W)
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    held = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(140, 130),
        view.viewport().mapToGlobal(QPointF(140, 130)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), held)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(140, 130))
    qtbot.keyRelease(view, Qt.Key.Key_W)
    assert view.to_view(QPointF(0, 0)) - before == QPoint(40, 30)
    assert view.selection == set(), "a key that panned selects nothing"


@pytest.mark.parametrize(
    ("command_id", "keys", "why"),
    [
        ("canvas.fit", "Left", "go to what lies that way"),
        ("file.save", ".", "go to the port before or after"),
        ("file.save", "Tab", "Quick add"),
        ("canvas.quick-add", "Space", "deselect what has the focus"),
        ("canvas.toggle-focused", "M", "Mute"),
    ],
)
def test_keys_of_the_canvas_are_protected_and_it_is_said_why(
    window: MainWindow, qtbot: QtBot, command_id: str, keys: str, why: str
):
    page = shortcuts_tab(window, qtbot)
    page.select(command_id)
    page.edit.setKeySequence(QKeySequence(keys))
    assert why in page.problem.text()
    assert not page.assign.isEnabled()


def test_tab_is_no_key_for_what_is_not_of_the_canvas(window: MainWindow, qtbot: QtBot):
    window.actions_table.set_shortcuts("canvas.quick-add", ["A"])
    assert "own meaning in every field" in window.actions_table.why_not("file.save", "Tab")
    assert window.actions_table.why_not("canvas.enter", "Tab") == ""


def test_one_command_gets_its_own_keys_back_and_fixed_keys_are_listed(window: MainWindow, qtbot: QtBot):
    page = shortcuts_tab(window, qtbot)
    assign(page, "canvas.quick-add", "A", qtbot)
    assign(page, "file.new", "Ctrl+Alt+N", qtbot)
    page.select("canvas.quick-add")
    qtbot.mouseClick(page.default, Qt.MouseButton.LeftButton)
    assert window.actions_table.shortcuts("canvas.quick-add") == ("Tab",)
    assert window.actions_table.shortcuts("file.new") == ("Ctrl+Alt+N",)
    page.filter.setText("fixed")
    items = [page.tree.topLevelItem(number) for number in range(page.tree.topLevelItemCount())]
    assert any(item is not None and "Home  End" in item.text(1) for item in items)
    page.tree.setCurrentItem(items[0])
    assert not page.edit.isEnabled()
    page.filter.setText("pan with the mouse")
    item = page.tree.topLevelItem(0)
    assert item is not None
    assert item.text(1) == "Space"


def test_the_keyboard_goes_from_canvas_to_inspector_and_back(window: MainWindow, qtbot: QtBot):
    page = show(window, pipeline(task("a"), *placed(("a", 0, 0))), qtbot)
    page.view.select((EntityId("a"),))
    page.view.setFocus()
    form = window.inspector.form
    assert form is not None
    qtbot.waitUntil(form.isVisible)
    qtbot.keyClick(page.view, Qt.Key.Key_F7)
    focus = QApplication.focusWidget()
    assert isinstance(focus, QLineEdit)
    assert focus.text() == "a"
    window.actions_table.run("view.focus-canvas")
    assert page.view.hasFocus()


@pytest.mark.parametrize(
    ("better", "worse"), [("Undo", "Show undo"), ("Run pipeline", "Rerun"), ("Save as", "Show as")]
)
def test_palette_puts_what_begins_so_first(better: str, worse: str):
    text = better[:2]
    first, second = match_rank(text, better), match_rank(text, worse)
    assert first is not None
    assert second is None or first < second
