"""What is said of a document's file, and when it goes: answered, settled, or no longer so."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import EntityId
from editor.storage import save_document
from editor.storage.journal import journal_path
from editor.ui.main_window import MainWindow
from editor.ui.notify import MOST_BARS
from editor.ui.session import Session
from tests.builders import pipeline, task
from tests.ui.conftest import AnsweringAsk

A = EntityId("a")


def told(window: MainWindow, words: str) -> bool:
    return any(words in bar.message for bar in window.notifier.bars)


def opened(window: MainWindow, path: Path, qtbot: QtBot) -> Session:
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    assert window.session is not None
    return window.session


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "two.pipeloom"
    save_document(pipeline(task("a"), task("b")), found)
    return found


@pytest.fixture
def asked(window: MainWindow, path: Path, qtbot: QtBot) -> Session:
    """A document that was edited here and by another program."""
    session = opened(window, path, qtbot)
    session.do(edits.rename(session.document, A, "mine"))
    save_document(pipeline(task("a"), task("c")), path)
    qtbot.waitUntil(lambda: told(window, "another program"))
    return session


def test_no_other_message_hides_a_question_about_the_file(window: MainWindow, asked: Session):
    for number in range(2 * MOST_BARS):
        window.notifier.warning(f"Something else, {number}.")
    assert told(window, "another program")
    assert len(window.notifier.bars) == MOST_BARS + 1
    asked.do(edits.rename(asked.document, A, "mine-too"))
    assert told(window, "another program")


def test_the_question_goes_when_the_file_is_again_what_was_opened(
    window: MainWindow, asked: Session, path: Path, qtbot: QtBot
):
    save_document(pipeline(task("a"), task("b")), path)
    qtbot.waitUntil(lambda: not told(window, "another program"))
    assert asked.document.task(A).name == "mine"
    assert asked.is_dirty


def test_the_question_goes_when_the_file_is_saved_over(window: MainWindow, asked: Session, qtbot: QtBot):
    window.actions_table.run("file.save")
    qtbot.waitUntil(lambda: not told(window, "another program"))
    assert not asked.is_dirty


def test_the_question_goes_with_its_answer(window: MainWindow, asked: Session, qtbot: QtBot):
    (bar,) = window.notifier.bars
    next(each for each in bar.findChildren(QPushButton) if each.text() == "Take the file's version").click()
    qtbot.waitUntil(lambda: EntityId("c") in asked.document)
    assert not told(window, "another program while")


def test_the_question_goes_when_the_document_is_closed(window: MainWindow, asked: Session, ask, qtbot: QtBot):
    ask.save_choice = "discard"
    window.actions_table.run("file.close")
    qtbot.waitUntil(lambda: not window.notifier.bars)


@pytest.fixture
def mended(window: MainWindow, path: Path, qtbot: QtBot) -> Session:
    path.write_bytes(path.read_bytes()[:-30])
    window.open_path(path)
    qtbot.waitUntil(lambda: bool(window.notifier.bars))
    with qtbot.waitSignal(window.files.opened):
        next(each for each in window.findChildren(QPushButton) if each.text() == "Recover what is readable").click()
    assert window.session is not None
    assert told(window, "has been mended")
    return window.session


def test_a_mended_document_is_told_until_it_is_saved(window: MainWindow, mended: Session, qtbot: QtBot):
    mended.do(edits.move(mended.document, {A: (400, 400)}))
    assert told(window, "has been mended"), "where things lie says nothing of what was lost"
    window.actions_table.run("file.save")
    qtbot.waitUntil(lambda: not told(window, "has been mended"))
    assert not mended.is_dirty


def test_a_mended_document_is_told_until_it_is_edited(window: MainWindow, mended: Session):
    mended.do(edits.rename(mended.document, A, "load"))
    assert not told(window, "has been mended")


def test_the_same_is_asked_of_two_documents_whose_files_have_one_name(
    window: MainWindow, asked: Session, tmp_path: Path, qtbot: QtBot
):
    other = tmp_path / "elsewhere" / "two.pipeloom"
    other.parent.mkdir()
    save_document(pipeline(task("a"), task("b")), other)
    session = opened(window, other, qtbot)
    session.do(edits.rename(session.document, A, "mine"))
    save_document(pipeline(task("a"), task("c")), other)
    qtbot.waitUntil(lambda: len([bar for bar in window.notifier.bars if "another program" in bar.message]) == 2)


def test_the_question_is_asked_once_however_often_the_file_is_written(
    window: MainWindow, asked: Session, path: Path, qtbot: QtBot
):
    (before,) = window.notifier.bars
    save_document(pipeline(task("a"), task("d")), path)
    qtbot.waitUntil(lambda: bool(window.notifier.bars) and window.notifier.bars[0] is not before)
    assert len(window.notifier.bars) == 1


@pytest.fixture
def two(tmp_path: Path) -> list[Path]:
    """Two documents whose files have one name."""
    found = [tmp_path / folder / "two.pipeloom" for folder in ("here", "there")]
    for path in found:
        path.parent.mkdir()
        save_document(pipeline(task("a"), task("b")), path)
    return found


def press(window: MainWindow, words: str) -> None:
    for bar in list(window.notifier.bars):
        next(each for each in bar.findChildren(QPushButton) if each.text() == words).click()


def test_two_damaged_files_of_one_name_are_each_recovered_and_told(
    window: MainWindow, two: list[Path], ask: AnsweringAsk, qtbot: QtBot
):
    for number, path in enumerate(two, start=1):
        path.write_bytes(path.read_bytes()[:-30])
        window.open_path(path)
        qtbot.waitUntil(lambda number=number: len(window.notifier.bars) == number)
    press(window, "Recover what is readable")
    qtbot.waitUntil(lambda: len(window.pages()) == 2)
    bars = window.notifier.bars
    assert ["has been mended" in bar.message for bar in bars] == [True, True]
    assert {bar.toolTip() for bar in bars} == set(map(str, two)), "one can tell which is which"
    ask.save_choice = "discard"
    window.actions_table.run("file.close")
    assert len(window.notifier.bars) == 1


def test_two_recovered_files_of_one_name_are_each_told(
    window: MainWindow, two: list[Path], ask: AnsweringAsk, qtbot: QtBot
):
    for path in two:
        session = opened(window, path, qtbot)
        session.do(edits.rename(session.document, A, "mine"))
        journal = journal_path(path).read_bytes()
        ask.save_choice = "discard"
        window.actions_table.run("file.close")
        journal_path(path).write_bytes(journal)
    sessions = [opened(window, path, qtbot) for path in two]
    assert ["came back" in bar.message for bar in window.notifier.bars] == [True, True]
    press(window, "Drop them")
    qtbot.waitUntil(lambda: all(session.document.task(A).name == "a" for session in sessions))


def test_the_same_words_about_the_same_file_are_said_once(window: MainWindow, path: Path, qtbot: QtBot):
    path.write_bytes(path.read_bytes()[:-30])
    bars: set[int] = set()
    for number in (1, 2):
        window.open_path(path)
        qtbot.waitUntil(lambda number=number: bars.update(map(id, window.notifier.bars)) or len(bars) == number)
    assert len(window.notifier.bars) == 1
