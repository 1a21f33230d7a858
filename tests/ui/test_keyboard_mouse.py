"""Help lists the gestures, and the keys that are no command's."""

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from editor.ui.dialogs.keyboard_mouse import GESTURES, KeyboardMouseDialog
from editor.ui.dialogs.settings import SettingsDialog
from editor.ui.main_window import MainWindow

LOOKING = dict(GESTURES)["Looking around"]


def test_help_lists_gestures_and_leads_to_the_shortcuts(window: MainWindow, qtbot: QtBot):
    window.actions_table.run("help.gestures")
    (dialog,) = window.findChildren(KeyboardMouseDialog)
    words = "\n".join(each.text() for each in dialog.findChildren(QLabel))
    assert "Drag a wire\u2019s end" in words
    assert "Alt+drag" in words
    assert "{" not in words
    assert any("oom" in what for how, what in LOOKING if how == "Wheel"), "a wheel zooms, two fingers move the paper"
    dialog.shortcuts_button.click()
    assert not dialog.isVisible()
    (settings,) = window.findChildren(SettingsDialog)
    settings.reject()


def test_lines_of_help_stand_evenly_and_none_is_cut(window: MainWindow, qtbot: QtBot):
    window.actions_table.run("help.gestures")
    (dialog,) = window.findChildren(KeyboardMouseDialog)
    qtbot.waitUntil(dialog.isVisible)
    lines = [each for each in dialog.findChildren(QLabel) if each.property("role") == "section"]
    assert len(lines) > 20
    whats = [each for each in dialog.findChildren(QLabel) if not each.property("role")]
    assert all(each.height() >= each.heightForWidth(each.width()) for each in whats)
    tops = [each.y() for each in lines]
    of_one_line = [
        below - above
        for above, below, what in zip(tops, tops[1:], whats, strict=False)
        if what.heightForWidth(what.width()) < 1.5 * what.fontMetrics().height()
    ]
    usual = min(of_one_line)
    assert usual < 2 * lines[0].fontMetrics().height()
    assert sum(step != usual for step in of_one_line) <= 5, "only a heading comes between two lines"
    dialog.reject()
