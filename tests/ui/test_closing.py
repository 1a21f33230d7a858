"""Closing asks about what is unsaved, and leaves nothing behind."""

import weakref

import pytest
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT, EntityId
from editor.ui.main_window import MainWindow
from tests.builders import from_task, pipeline, task
from tests.ui.conftest import AnsweringAsk, show, two_tasks


@pytest.mark.parametrize(("choice", "open_after"), [("cancel", 1), ("discard", 0)])
def test_closing_a_changed_document_asks(window: MainWindow, qtbot: QtBot, ask: AnsweringAsk, choice, open_after):
    page = show(window, two_tasks(), qtbot)
    page.do(edits.rename(page.session.document, EntityId("a"), "load"))
    ask.save_choice = choice
    window.actions_table.run("file.close")
    assert len(ask.asked) == 1
    assert len(window.pages()) == open_after


def shown_and_closed(window: MainWindow, qtbot: QtBot) -> list[weakref.ref[object]]:
    """What a document consisted of that was looked at and then closed."""
    page = show(window, pipeline(task("a"), task("b", x=from_task("a"))), qtbot)
    page.view.select({EntityId("b")})
    qtbot.waitUntil(lambda: not page.session.is_validating)
    page.view.select(())
    parts: tuple[object, ...] = (page.session.document, page.session.validator, page.view.columns)
    window.closing.close(page)
    return [weakref.ref(each) for each in parts]


@pytest.mark.parametrize("is_another_open", [False, True])
def test_nothing_is_left_of_a_closed_document(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, is_another_open
):
    monkeypatch.setattr("editor.ui.files.TIDY_DELAY_MS", 20)
    monkeypatch.setattr("editor.ui.files.COLLECTED_AFTER", 1)
    if is_another_open:
        show(window, pipeline(task("other")), qtbot)
    left = shown_and_closed(window, qtbot)
    qtbot.waitUntil(lambda: not any(each() for each in left))


def test_tables_of_a_closed_document_are_emptied(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("editor.ui.files.TIDY_DELAY_MS", 20)
    page = show(window, pipeline(task("a"), task("b", x=from_task("a"))), qtbot)
    session, document, columns = page.session, page.session.document, page.view.columns
    snapshot = document.snapshot()
    name = session.name
    slots, wires, view = columns.slots, columns.wires, page.view
    window.closing.close(page)
    qtbot.waitUntil(lambda: list(document.entities) == [ROOT])
    assert not slots
    assert not any(vars(each) for each in (columns, wires, view, page)), "arrays and pictures go without a collection"
    assert session.name == name
    # What a job was given stays.
    assert snapshot.task(EntityId("b")).name == "b"


def test_garbage_is_looked_for_once_for_several_closed_documents(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    collected: list[bool] = []
    monkeypatch.setattr("editor.ui.files.TIDY_DELAY_MS", 20)
    monkeypatch.setattr("editor.ui.files.COLLECTED_AFTER", 2)
    monkeypatch.setattr("editor.ui.files.collect", lambda: collected.append(True))
    for times in (0, 1, 1, 2):
        page = show(window, pipeline(task("a")), qtbot)
        window.closing.close(page)
        qtbot.waitUntil(lambda page=page: not vars(page))
        qtbot.wait(50)
        assert len(collected) == times


def test_inspector_shows_nothing_once_the_last_document_is_closed(window: MainWindow, qtbot: QtBot):
    page = show(window, pipeline(task("a")), qtbot)
    qtbot.waitUntil(lambda: window.inspector.form is not None)
    window.closing.close(page)
    assert window.inspector.form is None


def test_closing_the_window_asks_and_stays_if_told_so(window: MainWindow, qtbot: QtBot, ask: AnsweringAsk):
    page = show(window, two_tasks(), qtbot)
    page.do(edits.rename(page.session.document, EntityId("a"), "load"))
    ask.save_choice = "cancel"
    assert not window.close()
    assert window.isVisible()
    assert window.pages() == [page]
