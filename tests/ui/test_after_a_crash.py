"""What was unsaved when the program ended badly comes back with its file."""

from pathlib import Path

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import EntityId
from editor.storage.documents import load_document, save_document
from editor.storage.journal import journal_path
from editor.ui.main_window import MainWindow
from editor.ui.session import Session
from tests.ui.conftest import two_tasks


def open_after_a_crash(window: MainWindow, qtbot: QtBot, path: Path) -> Session:
    """A document whose task "a" was called "precious" when the window crashed."""
    save_document(two_tasks(), path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    session = window.session
    assert session is not None
    session.do(edits.rename(session.document, EntityId("a"), "precious"))
    crashed = journal_path(path).read_bytes()
    session.undo_stack.undo()
    window.actions_table.run("file.close")
    journal_path(path).write_bytes(crashed)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    assert window.session is not None
    return window.session


def test_unsaved_edits_come_back_after_a_crash(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    session = open_after_a_crash(window, qtbot, tmp_path / "two.pipeloom")
    assert session.document.task(EntityId("a")).name == "precious"
    assert session.is_dirty
    assert "came back" in window.notifier.bars[0].message


def test_recovered_edits_that_are_dropped_come_back_by_undo(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    a = EntityId("a")
    back = open_after_a_crash(window, qtbot, tmp_path / "two.pipeloom")
    buttons = window.notifier.bars[0].findChildren(QPushButton)
    next(each for each in buttons if each.text() == "Drop them").click()
    qtbot.waitUntil(lambda: back.document.task(a).name == "a")
    assert any("is as it was saved last" in bar.message for bar in window.notifier.bars)
    window.actions_table.run("edit.undo")
    assert back.document.task(a).name == "precious"


def test_recovered_edits_survive_a_second_crash(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    session = window.session
    assert session is not None
    session.do(edits.rename(session.document, EntityId("a"), "precious"))
    crashed = journal_path(path).read_bytes()
    session.undo_stack.undo()
    window.actions_table.run("file.close")
    for _crash in range(2):
        journal_path(path).write_bytes(crashed)
        with qtbot.waitSignal(window.files.opened):
            window.open_path(path)
        crashed = journal_path(path).read_bytes()
        assert window.page is not None
        assert window.page.session.document.task(EntityId("a")).name == "precious"
        window.drop_page(window.page)


def test_what_is_edited_while_a_save_is_under_way_survives_a_crash(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    session = window.session
    assert session is not None
    session.do(edits.rename(session.document, EntityId("a"), "saved"))
    window.files.save(session)
    session.do(edits.rename(session.document, EntityId("a"), "precious"))
    qtbot.waitUntil(lambda: load_document(path).task(EntityId("a")).name == "saved" and not window.files._saving)
    assert session.is_dirty
    crashed = journal_path(path).read_bytes()
    assert window.page is not None
    window.drop_page(window.page)
    journal_path(path).write_bytes(crashed)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    assert window.session is not None
    assert window.session.document.task(EntityId("a")).name == "precious"
