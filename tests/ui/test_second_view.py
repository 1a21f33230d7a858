"""Two views of one document, side by side and both live; commands act on the one used last."""

from collections.abc import Callable

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT, Edit, EntityId, Pipeline
from editor.ui.main_window import MainWindow
from tests.builders import pipeline, task
from tests.ui.conftest import AnsweringAsk, show, two_tasks

A, B = EntityId("a"), EntityId("b")


def with_second_view(window: MainWindow, qtbot: QtBot):
    page = show(window, two_tasks(), qtbot)
    window.actions_table.run("view.second")
    other = window.page
    assert other is not None
    assert other is not page
    return page, other


def test_both_views_are_seen_and_live(window: MainWindow, qtbot: QtBot):
    page, other = with_second_view(window, qtbot)
    assert page.isVisible()
    assert other.isVisible()
    assert other.session is page.session
    qtbot.waitUntil(lambda: min(other.width(), page.width()) > 300)
    other.do(edits.move(page.session.document, {B: (640, 160)}))
    assert page.view.card_rect(B) == other.view.card_rect(B)
    assert page.view.card_rect(B).x() == 640
    other.view.set_scope(other.view.scope)
    other.view.select({A})
    assert page.view.selection == frozenset()


def test_scene_of_the_second_view_is_had_of_the_first(window: MainWindow, qtbot: QtBot):
    page = show(window, two_tasks(), qtbot)
    page.do(edits.delete(page.session.document, {A}))
    page.view.select({B})
    window.actions_table.run("view.second")
    other = window.page
    assert other is not None
    # One that was read from the document would know nothing of what is gone.
    assert other.view.columns.slots == page.view.columns.slots
    assert A in other.view.columns.slots
    assert not other.view.columns.is_here(A)
    assert other.view.selection == frozenset()
    window.actions_table.run("edit.undo")
    assert other.view.card_rect(A) == page.view.card_rect(A)
    assert not other.view.card_rect(A).isNull()


def test_second_view_of_a_document_shown_from_within_shows_the_main_pipeline(window: MainWindow, qtbot: QtBot):
    inner = Pipeline(id=EntityId("sub"), name="sub")
    page = show(window, pipeline(inner, task("a", of=inner), task("c", parent="sub")), qtbot)
    page.view.set_scope(inner.id)
    window.actions_table.run("view.second")
    other = window.page
    assert other is not None
    assert other.view.scope == ROOT
    assert other.view.columns.is_here(A)


def test_commands_act_on_the_view_used_last(window: MainWindow, qtbot: QtBot):
    page, other = with_second_view(window, qtbot)
    other.view.select({A})
    page.view.select({B})
    window.actions_table.run("canvas.delete")
    assert list(page.session.document.entities).count(A) == 0
    page.focus_canvas()
    assert window.page is page
    QTest.keyClick(page.view, Qt.Key.Key_Delete)
    assert B not in page.session.document
    other.focus_canvas()
    assert window.page is other
    window.actions_table.run("edit.undo")
    assert B in page.session.document


def test_keys_go_to_the_view_that_has_the_keyboard(window: MainWindow, qtbot: QtBot):
    _page, other = with_second_view(window, qtbot)
    other.view.select({A})
    QTest.keyClick(other.view, Qt.Key.Key_Delete)
    assert A not in other.session.document


def test_closing_the_second_view_asks_nothing_and_leaves_the_document(
    window: MainWindow, qtbot: QtBot, ask: AnsweringAsk
):
    page, other = with_second_view(window, qtbot)
    other.do(edits.rename(other.session.document, A, "load"))
    window.actions_table.run("file.close")
    assert window.page is page
    assert window.pages() == [page]
    assert not ask.asked
    assert page.session.document.task(A).name == "load"


def test_a_second_view_in_a_window_of_its_own_and_back_leaves_the_inspector_as_wide(window: MainWindow, qtbot: QtBot):
    _page, other = with_second_view(window, qtbot)
    qtbot.wait(50)
    before, tabs = window.inspector_dock.width(), window.tabs.width()
    dock = other.parentWidget()
    assert isinstance(dock, QDockWidget)
    dock.setFloating(True)
    qtbot.wait(100)
    assert abs(window.inspector_dock.width() - before) <= 2
    assert window.tabs.width() > tabs
    dock.setFloating(False)
    qtbot.wait(100)
    assert abs(window.inspector_dock.width() - before) <= 2


def test_closing_the_second_view_leaves_the_inspector_as_wide_as_it_was(window: MainWindow, qtbot: QtBot):
    page, other = with_second_view(window, qtbot)
    qtbot.waitUntil(lambda: min(other.width(), page.width()) > 300)
    before = window.inspector_dock.width()
    window.second_views.close(other)
    qtbot.waitUntil(lambda: page.width() > 600)
    assert abs(window.inspector_dock.width() - before) <= 2


def test_closing_the_document_closes_its_second_view(window: MainWindow, qtbot: QtBot, ask: AnsweringAsk):
    page, other = with_second_view(window, qtbot)
    other.do(edits.rename(other.session.document, A, "load"))
    ask.save_choice = "cancel"
    window.closing.close(page)
    assert len(window.pages()) == 2
    ask.save_choice = "discard"
    window.closing.close(page)
    assert not window.pages()
    assert window.page is None


def test_another_tab_takes_over_from_the_second_view(window: MainWindow, qtbot: QtBot):
    page, other = with_second_view(window, qtbot)
    third = show(window, two_tasks(), qtbot)
    assert window.page is third
    window.tabs.setCurrentWidget(page)
    assert window.page is page
    other.focus_canvas()
    assert window.page is other


def test_a_second_view_wears_the_theme(window: MainWindow, qtbot: QtBot):
    _page, other = with_second_view(window, qtbot)
    window.actions_table.run("view.theme-dark")
    assert other.view.theme.is_dark
    window.actions_table.run("view.reset-layout")
    assert other.isVisible()


def test_a_view_closed_before_its_layout_is_there_is_left_alone(window: MainWindow, qtbot: QtBot):
    page, other = with_second_view(window, qtbot)
    waiting: list[tuple[Callable[[], Edit], Callable[[Edit], None]]] = []
    other.view.gestures.commands.in_background = lambda make, done, _failed: waiting.append((make, done))
    other.view.gestures.commands.layout("down")
    window.second_views.close(other)
    qtbot.waitUntil(lambda: not shiboken6.isValid(other))
    make, done = waiting[0]
    done(make())
    assert page.session.undo_stack.count() == 0


def test_the_window_follows_a_session_once_however_many_views_it_has(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    page, _other = with_second_view(window, qtbot)
    told: list[object] = []
    monkeypatch.setattr(window.run_bar, "show_validity", told.append)
    page.session.changed.emit(Edit("", ()))
    assert told == [page.session]
