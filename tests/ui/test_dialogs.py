"""Dialogs that only show something are gone when they are closed."""

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from editor.components import LoadError
from editor.ui.main_window import MainWindow


@pytest.mark.parametrize("command", ["help.gestures", "help.legend", "help.about"])
def test_nothing_is_left_of_a_page_of_help(window: MainWindow, qtbot: QtBot, command: str):
    window.actions_table.run(command)
    (dialog,) = window.findChildren(QDialog)
    dialog.reject()
    qtbot.waitUntil(lambda: not window.findChildren(QDialog))


def test_nothing_is_left_of_what_was_wrong_with_a_component(window: MainWindow, qtbot: QtBot):
    window.show_source(LoadError("a.yaml", "It is empty.", ""))
    (dialog,) = window.findChildren(QDialog)
    dialog.reject()
    qtbot.waitUntil(lambda: not window.findChildren(QDialog))
