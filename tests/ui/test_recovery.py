"""Documents that were never saved come back after a bad end: in a job, in order, each to one window, none is lost."""

import threading
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT, Change, Document, Edit, EntityId
from editor.storage.documents import save_document
from editor.storage.journal import FoundJournal, Journal, find_unsaved, recover_journal, unsaved_journals
from editor.ui import app, files
from editor.ui.main_window import MainWindow
from tests.ui.conftest import AnsweringAsk, two_tasks


def test_unsaved_documents_come_back_in_order_before_what_was_asked_for(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    for name in ("one", "two", "three"):
        document = Document.empty()
        document.apply(edits.rename(document, ROOT, name))
        Journal.for_unsaved(document, {"one": "1", "two": "2", "three": "3"}[name]).close()
    for location in unsaved_journals():
        with location.open("ab") as file:
            edit, _note = edits.add_note(Document.empty(), ROOT, "kept", x=0, y=0)
            file.write(msgspec.json.encode(edit) + b"\n")
    path = tmp_path / "wanted.pipeloom"
    save_document(two_tasks(), path)
    app.begin(window, [path])
    qtbot.waitUntil(lambda: len(window.pages()) == 4)
    names = [page.session.document.root.name for page in window.pages()]
    assert names[:3] == ["one", "two", "three"]
    assert window.session is not None
    assert window.session.path == path
    assert len(window.notifier.bars) == 3


def test_recovered_document_goes_on_in_its_own_journal(window: MainWindow, qtbot: QtBot, ask: AnsweringAsk):
    lost = Journal.for_unsaved(two_tasks(), "lost")
    lost.close()
    with lost.location.open("ab") as file:
        file.write(b"half a li")
    with qtbot.waitSignal(window.files.opened):
        window.files.recover_unsaved()
    assert unsaved_journals() == (lost.location,)
    assert find_unsaved(lost.location) is None, "another window does not take it"
    session = window.session
    assert session is not None
    session.do(edits.rename(session.document, EntityId("a"), "precious"))
    crashed = lost.location.read_bytes()
    session.undo_stack.undo()
    ask.save_choice = "discard"
    window.actions_table.run("file.close")
    qtbot.waitUntil(lambda: not window.pages())
    assert unsaved_journals() == ()
    lost.location.write_bytes(crashed)
    found = recover_journal(lost.location)
    assert found is not None
    assert found.is_complete
    assert found.document.task(EntityId("a")).name == "precious"


def test_what_had_not_come_back_when_the_window_closed_stays(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    for name in ("1", "2"):
        Journal.for_unsaved(two_tasks(), name).close()
    went_on = threading.Event()

    def slow(location: Path) -> object:
        found = find_unsaved(location)
        went_on.wait(5)
        return found

    monkeypatch.setattr(files, "find_unsaved", slow)
    window.files.recover_unsaved()
    window.close()
    went_on.set()
    qtbot.waitUntil(lambda: window.jobs.count == 0)
    assert window.pages() == []
    assert len(unsaved_journals()) == 2
    for location in unsaved_journals():
        found = find_unsaved(location)
        assert found is not None, "and nobody holds it"
        found.take().close()


def test_two_windows_started_at_once_do_not_both_bring_a_document_back(home: Path):
    for number in range(20):
        Journal.for_unsaved(two_tasks(), f"{number:02}").close()
    taken: list[list[FoundJournal]] = [[], []]
    at_once = threading.Barrier(2)

    def start(mine: list[FoundJournal]) -> None:
        at_once.wait(5)
        mine += (found for found in map(find_unsaved, unsaved_journals()) if found is not None)

    threads = [threading.Thread(target=start, args=(mine,)) for mine in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [found.location.stem for mine in taken for found in mine]
    assert sorted(names) == [f"{number:02}" for number in range(20)]
    for mine in taken:
        for found in mine:
            found.take().discard()


def test_what_asks_to_save_a_recovered_document_goes_with_it(window: MainWindow, qtbot: QtBot, ask: AnsweringAsk):
    Journal.for_unsaved(two_tasks(), "lost").close()
    with qtbot.waitSignal(window.files.opened):
        window.files.recover_unsaved()
    assert [bar.hint for bar in window.notifier.bars] == ["Save it to keep it."]
    ask.save_choice = "discard"
    window.actions_table.run("file.close")
    assert window.session is None
    assert not window.notifier.bars


def test_what_is_open_when_the_program_ends_is_let_go_and_stays(window: MainWindow, qtbot: QtBot):
    for name in ("1", "2"):
        Journal.for_unsaved(two_tasks(), name).close()
    window.files.recover_unsaved()
    qtbot.waitUntil(lambda: len(window.pages()) == 2)
    window.shut_down()
    assert [location.stem for location in unsaved_journals()] == ["1", "2"]
    for location in unsaved_journals():
        found = find_unsaved(location)
        assert found is not None
        found.take().close()


def test_journal_that_drops_the_main_pipeline_comes_back_without_that_and_stops_no_other(
    window: MainWindow, qtbot: QtBot
):
    bad = Journal.for_unsaved(two_tasks(), "1")
    bad.append(Edit("Drop all", (Change(ROOT, two_tasks().root, None),)))
    bad.close()
    Journal.for_unsaved(two_tasks(), "2").close()
    window.files.recover_unsaved()
    qtbot.waitUntil(lambda: len(window.pages()) == 2)
    assert all(EntityId("a") in page.session.document for page in window.pages())
