"""Help lists the gestures, and the keys that are no command's."""

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from editor.ui.dialogs.keyboard_mouse import KeyboardMouseDialog
from editor.ui.dialogs.settings import SettingsDialog
from editor.ui.main_window import MainWindow


def test_help_lists_gestures_and_leads_to_the_shortcuts(window: MainWindow, qtbot: QtBot):
    window.actions_table.run("help.gestures")
    (dialog,) = window.findChildren(KeyboardMouseDialog)
    words = "\n".join(each.text() for each in dialog.findChildren(QLabel))
    assert "Drag a wire\u2019s end" in words
    assert "Alt+drag" in words
    assert "{" not in words
    dialog.shortcuts_button.click()
    assert not dialog.isVisible()
    (settings,) = window.findChildren(SettingsDialog)
    settings.reject()
