"""Documents are opened and saved, also where something else has the file, or has changed it."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import EntityId
from editor.storage.documents import load_document, save_document
from editor.storage.journal import Journal
from editor.ui.main_window import MainWindow
from tests.builders import pipeline, task
from tests.ui.conftest import AnsweringAsk, show, two_tasks


def drop(window: MainWindow, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)


def test_opened_document_takes_the_place_of_an_untouched_one(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    window.new_document()
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    assert [page.session.path for page in window.pages()] == [path]
    assert window.tabs.tabText(0) == "two.pipeloom"


def test_opening_twice_shows_one_tab(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    window.open_path(path)
    assert len(window.pages()) == 1


def test_edit_marks_the_tab_and_undo_takes_the_mark_away(window: MainWindow, qtbot: QtBot):
    page = show(window, two_tasks(), qtbot)
    page.do(edits.rename(page.session.document, EntityId("a"), "load"))
    assert window.tabs.tabText(0).endswith("*")
    assert window.isWindowModified()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.session.document.task(EntityId("a")).name == "a"
    assert not window.tabs.tabText(0).endswith("*")


def test_saving_asks_for_a_name_once(window: MainWindow, qtbot: QtBot, ask: AnsweringAsk, tmp_path: Path):
    page = show(window, two_tasks(), qtbot)
    page.do(edits.rename(page.session.document, EntityId("a"), "load"))
    ask.save_path = tmp_path / "mine.pipeloom"
    window.actions_table.run("file.save")
    qtbot.waitUntil(lambda: not page.session.is_dirty)
    assert load_document(ask.save_path).task(EntityId("a")).name == "load"
    page.do(edits.rename(page.session.document, EntityId("a"), "again"))
    window.actions_table.run("file.save")
    qtbot.waitUntil(lambda: not page.session.is_dirty)
    assert load_document(ask.save_path).task(EntityId("a")).name == "again"
    assert ask.asked == ["Save the document"]


def test_edit_made_while_saving_stays_unsaved(window: MainWindow, qtbot: QtBot, ask: AnsweringAsk, tmp_path: Path):
    page = show(window, two_tasks(), qtbot)
    ask.save_path = tmp_path / "mine.pipeloom"
    window.actions_table.run("file.save")
    page.do(edits.rename(page.session.document, EntityId("a"), "later"))
    qtbot.waitUntil(lambda: page.session.path is not None)
    assert page.session.is_dirty


def test_save_into_a_folder_that_is_not_there_keeps_the_work(
    window: MainWindow, qtbot: QtBot, ask: AnsweringAsk, tmp_path: Path
):
    page = show(window, two_tasks(), qtbot)
    page.do(edits.rename(page.session.document, EntityId("a"), "load"))
    ask.save_path = tmp_path / "missing" / "mine.pipeloom"
    window.actions_table.run("file.save")
    qtbot.waitUntil(lambda: bool(window.notifier.bars))
    assert window.notifier.bars[0].kind == "error"
    assert page.session.is_dirty


def test_a_document_open_elsewhere_follows_it_and_is_saved_as_a_copy(
    window: MainWindow, qtbot: QtBot, ask: AnsweringAsk, tmp_path: Path
):
    path, copy = tmp_path / "two.pipeloom", tmp_path / "copy.pipeloom"
    save_document(two_tasks(), path)
    elsewhere = Journal.for_file(path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    session, page = window.session, window.page
    assert session is not None
    assert page is not None
    assert page.view.is_read_only
    save_document(pipeline(task("a"), task("c")), path)
    qtbot.waitUntil(lambda: EntityId("c") in session.document)
    ask.save_path = copy
    window.actions_table.run("file.save")
    qtbot.waitUntil(lambda: session.path == copy)
    assert not page.view.is_read_only
    page.do(edits.rename(session.document, EntityId("a"), "mine"))
    assert session.document.task(EntityId("a")).name == "mine"
    elsewhere.discard()


def test_file_changed_by_another_program_is_reloaded(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    session = window.session
    assert session is not None
    save_document(pipeline(task("a"), task("c")), path)
    qtbot.waitUntil(lambda: EntityId("c") in session.document)
    assert not session.is_dirty


def test_file_changed_by_another_program_does_not_overwrite_own_changes(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    session = window.session
    assert session is not None
    session.do(edits.rename(session.document, EntityId("a"), "mine"))
    save_document(pipeline(task("a"), task("c")), path)
    qtbot.waitUntil(lambda: bool(window.notifier.bars))
    assert session.document.task(EntityId("a")).name == "mine"
    assert "another program" in window.notifier.bars[0].message


def test_damaged_file_is_told_and_can_be_recovered(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    path.write_bytes(path.read_bytes()[:-30])
    window.open_path(path)
    qtbot.waitUntil(lambda: bool(window.notifier.bars))
    bar = window.notifier.bars[0]
    assert "two.pipeloom" in bar.message
    assert not window.pages()
    recover = bar.buttons.itemAt(0).widget()
    with qtbot.waitSignal(window.files.opened):
        qtbot.mouseClick(recover, Qt.MouseButton.LeftButton)
    assert window.session is not None
    assert EntityId("a") in window.session.document
    assert window.session.is_dirty


def test_dropped_document_opens_and_dropped_folder_goes_to_the_library(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "hello.yaml").write_text(
        "name: Say hello\nimplementation:\n  container:\n    image: alpine\n    command: [echo, hello]\n"
    )
    with qtbot.waitSignal(window.files.opened):
        drop(window, path, folder)
    qtbot.waitUntil(lambda: any(entry.name == "Say hello" for entry in window.library.entries()))
