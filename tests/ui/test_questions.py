"""Questions as a person sees and answers them: the real dialogs, with mouse and keys."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from editor.ui.ask import Ask
from editor.ui.dialogs.question import Question
from editor.ui.main_window import MainWindow

LONG = "a-pipeline-whose-name-goes-on-and-on-" * 6


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot) -> Callable[[], Question]:
    def found() -> Question:
        qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), Question))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, Question)
        return dialog

    return found


def press(dialog: Question, text: str, qtbot: QtBot) -> None:
    (button,) = [each for each in dialog.findChildren(QPushButton) if each.text().replace("&", "") == text]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(("pressed", "answer"), [("Save", "save"), ("Discard", "discard"), ("Cancel", "cancel")])
def test_what_is_unsaved_is_saved_lost_or_kept_open(window: MainWindow, opened, qtbot, pressed: str, answer: str):
    answers: list[str] = []
    Ask(window).save_changes("iris.pipeloom", answers.append)
    press(opened(), pressed, qtbot)
    qtbot.waitUntil(lambda: answers == [answer])


@pytest.mark.parametrize(("pressed", "answer"), [("Save", "save"), ("Discard", "discard"), ("Cancel", "cancel")])
def test_a_desktop_may_write_its_keys_into_the_answers(window: MainWindow, opened, qtbot, pressed: str, answer: str):
    answers: list[str] = []
    Ask(window).save_changes("iris.pipeloom", answers.append)
    dialog = opened()
    for button in dialog.findChildren(QPushButton):
        button.setText(f"&{button.text()}")
    press(dialog, pressed, qtbot)
    qtbot.waitUntil(lambda: answers == [answer])


@pytest.mark.parametrize(("key", "answer"), [(Qt.Key.Key_Return, "save"), (Qt.Key.Key_Escape, "cancel")])
def test_return_saves_and_escape_gives_up(window: MainWindow, opened, qtbot, key: Qt.Key, answer: str):
    answers: list[str] = []
    Ask(window).save_changes("iris.pipeloom", answers.append)
    qtbot.keyClick(opened(), key)
    qtbot.waitUntil(lambda: answers == [answer])


@pytest.mark.parametrize("is_done", [True, False])
def test_a_question_has_the_verb_on_its_button(window: MainWindow, opened, qtbot, is_done: bool):
    answers: list[bool] = []
    Ask(window).confirm("Clear", "Delete it?", yes="Delete", details="It is made again.", answered=answers.append)
    press(opened(), "Delete" if is_done else "Cancel", qtbot)
    qtbot.waitUntil(lambda: answers == [is_done])


def test_a_question_shows_words_and_no_picture_of_the_toolkit(window: MainWindow, opened, qtbot):
    Ask(window).save_changes(LONG, lambda _answer: None)
    dialog = opened()
    labels = [each for each in dialog.findChildren(QLabel) if each.isVisible()]
    assert [each.property("role") for each in labels] == ["heading", "muted"]
    assert all(each.pixmap().isNull() for each in labels)
    assert all(each.height() >= each.heightForWidth(each.width()) for each in labels), "words are cut"
    dialog.reject()
