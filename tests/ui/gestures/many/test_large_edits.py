"""Edits of many things are worked out beside the window and come as one step of undo."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT, EntityId
from editor.ui.canvas.gestures.clipping import PASTE_STEP
from editor.ui.canvas.gestures.large_edits import MANY, attempt
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from tests.builders import from_task
from tests.ui.conftest import AnsweringAsk
from tests.ui.gestures.many.hand import Waits, count, drag_all


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


def test_large_pastes_without_a_pointer_lie_beside_each_other(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("editor.ui.canvas.gestures.clipping.LETTERS_A_TASK", 1)
    clipping = page.view.gestures.commands.clipping
    page.view.gestures.cursor_scene = None
    window.actions_table.run("canvas.select-all")
    clipping.copy()
    corners: list[QPointF] = []
    for times in (2, 3):
        clipping.paste()
        qtbot.waitUntil(lambda times=times: count(page) == times * (MANY + 5))
        corners.append(page.view.bounds_of(page.view.selection).topLeft())
    assert corners[1] - corners[0] == QPointF(PASTE_STEP, PASTE_STEP)


def test_undo_gives_up_what_is_being_worked_out_and_nothing_else(
    window: MainWindow, page: DocumentPage, waits: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("editor.ui.canvas.gestures.move.MANY_SIMPLE", 1)
    page.do(edits.rename(page.session.document, EntityId("t3"), "other"))
    before, dropped = drag_all(page)
    assert dropped != before
    window.actions_table.run("edit.undo")
    assert page.view.card_rect(EntityId("t0")).topLeft() == before
    waits.pop()()
    assert page.session.document.node(EntityId("t3")).name == "other"
    assert page.view.card_rect(EntityId("t0")).topLeft() == before
    assert page.session.undo_stack.count() == 1
    window.actions_table.run("edit.undo")
    assert page.session.document.node(EntityId("t3")).name == "t3"


def test_the_first_edit_of_a_document_can_be_given_up_too(
    window: MainWindow, page: DocumentPage, waits: list[Callable[[], None]], qtbot: QtBot
):
    undo = window.actions_table["edit.undo"]
    assert not undo.isEnabled()
    window.actions_table.run("canvas.select-all")
    window.actions_table.run("canvas.duplicate")
    qtbot.waitUntil(undo.isEnabled)
    undo.trigger()
    waits.pop()()
    assert count(page) == MANY + 5
    qtbot.waitUntil(lambda: not undo.isEnabled())


def test_a_tab_closes_when_what_is_being_worked_out_is_there(
    window: MainWindow,
    page: DocumentPage,
    ask: AnsweringAsk,
    waits: list[Callable[[], None]],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("editor.ui.canvas.gestures.move.MANY_SIMPLE", 1)
    page.session.undo_stack.setClean()
    drag_all(page)
    window.closing.close(page)
    window.close()
    assert page in window.pages()
    assert not ask.asked
    waits.pop()()
    assert len(ask.asked) == 2, "there is something to save now"
    assert page in window.pages()


def test_a_late_duplicate_leaves_alone_what_was_selected_meanwhile(
    window: MainWindow, page: DocumentPage, waits: list[Callable[[], None]]
):
    window.actions_table.run("canvas.select-all")
    window.actions_table.run("canvas.duplicate")
    page.view.select([EntityId("t2")])
    waits.pop()()
    assert count(page) == 2 * (MANY + 5)
    assert page.view.selection == {EntityId("t2")}


def test_a_paste_waits_for_a_large_copy(page: DocumentPage, waits: list[Callable[[], None]]):
    clipping = page.view.gestures.commands.clipping
    page.view.select([EntityId("t1"), EntityId("t2")])
    clipping.copy()
    clipping.paste()
    page.do(edits.delete(page.session.document, [EntityId("t2")]))
    assert QGuiApplication.clipboard().text() == "before"
    waits.pop()()
    assert "pipeloom_clipboard" in QGuiApplication.clipboard().text()
    assert count(page) == MANY + 5 - 1 + 2, "as it was when it was copied"


def test_a_large_cut_fills_the_clipboard_first(page: DocumentPage, waits: list[Callable[[], None]]):
    clipping = page.view.gestures.commands.clipping
    chosen = [EntityId("t1"), EntityId("t2")]
    page.view.select(chosen)
    clipping.cut()
    page.do(edits.rename(page.session.document, EntityId("t2"), "other"))
    waits.pop()()
    assert "t2" in page.session.document, "it is worked out anew"
    waits.pop()()
    assert not set(chosen) & set(page.session.document.entities)
    assert '"other"' in QGuiApplication.clipboard().text()
    assert not page.view.selection


def test_a_large_copy_that_is_refused_changes_nothing(page: DocumentPage, waits: list[Callable[[], None]]):
    clipping, refused = page.view.gestures.commands.clipping, []
    page.view.refused.connect(refused.append)
    page.do(edits.set_constant(page.session.document, EntityId("t0"), "x", "\ud800"))
    page.view.select([EntityId("t0"), EntityId("t1")])
    clipping.copy()
    clipping.paste()
    waits.pop()()
    assert refused
    assert count(page) == MANY + 5
    assert QGuiApplication.clipboard().text() == "before"


def test_of_a_large_edit_and_a_small_one_the_later_counts(
    window: MainWindow, page: DocumentPage, waits: Waits, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    monkeypatch.setattr("editor.ui.canvas.gestures.commands.MANY_SIMPLE", 1)
    document, done = page.session.document, list[str]()
    page.view.select(document.children(ROOT))
    window.actions_table.run("canvas.disconnect")
    window.actions_table.run("canvas.mute")
    again = from_task("t0")
    attempt(
        page.view,
        lambda: edits.connect(document, again, EntityId("t1"), "x"),
        lambda: done.append(page.session.undo_stack.text(page.session.undo_stack.count() - 1)),
    )
    assert not done
    waits.pop(0)()
    qtbot.waitUntil(lambda: bool(waits))
    waits.pop(0)()
    assert document.task(EntityId("t1")).arguments == {"x": again}
    assert not document.task(EntityId("t2")).arguments
    assert len(done) == 1
    assert page.session.undo_stack.count() == 3
    assert not page.view.gestures.pending


def test_a_small_edit_that_waits_is_given_up_first(window: MainWindow, page: DocumentPage, waits: Waits):
    document, chosen = page.session.document, unplug_nearly_all(window, page)
    attempt(page.view, lambda: edits.connect(document, from_task("t0"), EntityId("t1"), "x"))
    window.actions_table.run("edit.undo")
    waits.pop()()
    assert not any(document.task(each).arguments for each in chosen)


def test_a_note_lies_where_it_was_asked_for(window: MainWindow, page: DocumentPage, waits: Waits):
    document = page.session.document
    edit, made = edits.extract_subpipeline(document, [EntityId("t3"), EntityId("t4")])
    page.do(edit)
    page.view.select(document.children(ROOT))
    window.actions_table.run("canvas.disconnect")
    page.view.select(())
    page.view.gestures.commands.add_note("note")
    assert not list(document.notes())
    page.enter(made)
    waits.pop()()
    assert [note.parent for note in document.notes()] == [ROOT]
    assert not page.view.selection
