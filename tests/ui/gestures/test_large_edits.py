"""Edits of many things are worked out beside the window and come as one step of undo."""

import pytest
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT, EntityId
from editor.ui.canvas.gestures.large_edits import MANY
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from tests.builders import from_task, pipeline, task
from tests.ui.conftest import placed, show


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> DocumentPage:
    """More tasks than are edited at once, in a row."""
    names = [f"t{number}" for number in range(MANY + 5)]
    tasks = [task(name, **({"x": from_task(names[number - 1])} if number else {})) for number, name in enumerate(names)]
    return show(window, pipeline(*tasks, *placed(*((name, 300 * n, 0) for n, name in enumerate(names)))), qtbot)


def count(page: DocumentPage) -> int:
    return len(page.session.document.children(ROOT))


def test_a_large_duplicate_is_one_step_and_selected(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    before = page.session.document.snapshot()
    window.actions_table.run("canvas.select-all")
    window.actions_table.run("canvas.duplicate")
    assert count(page) == MANY + 5
    qtbot.waitUntil(lambda: count(page) == 2 * (MANY + 5))
    assert len(page.view.selection) == MANY + 5
    assert not page.view.selection & set(before.entities)
    page.session.undo_stack.undo()
    assert page.session.document.entities == before.entities


def test_it_is_worked_out_anew_if_the_document_changed_meanwhile(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    window.actions_table.run("canvas.select-all")
    window.actions_table.run("canvas.duplicate")
    page.do(edits.rename(page.session.document, EntityId("t3"), "other"))
    qtbot.waitUntil(lambda: count(page) == 2 * (MANY + 5))
    document = page.session.document
    assert {document.node(each).name for each in page.view.selection} >= {"other-2"}


def unplug_nearly_all(window: MainWindow, page: DocumentPage) -> list[EntityId]:
    chosen = [EntityId(f"t{number}") for number in range(MANY + 2)]
    page.view.select(chosen)
    window.actions_table.run("canvas.disconnect")
    return chosen


def test_unplugging_many_is_one_step(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    chosen = unplug_nearly_all(window, page)
    document = page.session.document
    assert document.task(chosen[1]).arguments
    qtbot.waitUntil(lambda: not document.task(chosen[1]).arguments)
    assert not any(document.task(each).arguments for each in chosen)
    assert page.session.undo_stack.count() == 1


def test_what_is_gone_when_it_is_worked_out_anew_is_passed_by(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    chosen = unplug_nearly_all(window, page)
    document = page.session.document
    page.do(edits.delete(document, [chosen[3]]))
    qtbot.waitUntil(lambda: not document.task(chosen[1]).arguments)
    assert chosen[3] not in document
    assert not any(document.task(each).arguments for each in chosen if each != chosen[3])


def test_running_many_in_order_is_one_step(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    window.actions_table.run("canvas.select-all")
    window.actions_table.run("canvas.run-in-order")
    document, last = page.session.document, EntityId(f"t{MANY + 4}")
    qtbot.waitUntil(lambda: bool(document.task(last).after))
    assert document.task(last).after == (EntityId(f"t{MANY + 3}"),)
    assert page.session.undo_stack.count() == 1
