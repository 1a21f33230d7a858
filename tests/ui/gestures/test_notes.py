"""New notes and frames in the real window, and what becomes of them when nothing is written."""

import pytest
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT, EntityId, Note
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from tests.builders import pipeline, task
from tests.ui.conftest import placed, show


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> DocumentPage:
    old = Note(id=EntityId("old"), parent=ROOT, text="", x=600, y=0, width=200, height=96)
    return show(window, pipeline(task("a"), old, *placed(("a", 0, 0))), qtbot)


def key(page: DocumentPage, qtbot: QtBot, which: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(page.view.gestures.inline.field, which, modifiers)


def names(page: DocumentPage) -> set[str]:
    return {note.id for note in page.session.document.notes()}


@pytest.mark.parametrize("typed", ["", "  "])
def test_escape_in_a_new_note_leaves_no_note_and_no_step(window: MainWindow, page, qtbot, monkeypatch, typed: str):
    monkeypatch.setattr("editor.ui.session.MERGE_WITHIN_S", -1.0)  # However long one thinks.
    window.actions_table.run("canvas.add-note")
    assert len(names(page)) == 2
    qtbot.keyClicks(page.view.gestures.inline.field, typed)
    key(page, qtbot, Qt.Key.Key_Escape)
    assert names(page) == {"old"}
    assert page.view.selection == frozenset()
    assert page.session.undo_stack.count() == 0
    assert not page.session.is_dirty


def test_escape_keeps_what_was_written_into_a_new_note(window: MainWindow, page, qtbot):
    window.actions_table.run("canvas.add-note")
    qtbot.keyClicks(page.view.gestures.inline.field, "half a thought")
    key(page, qtbot, Qt.Key.Key_Escape)
    (new,) = names(page) - {"old"}
    note = page.session.document.get(EntityId(new))
    assert isinstance(note, Note)
    assert note.text == "half a thought"


def test_what_was_done_before_it_stays_a_step(window: MainWindow, page, qtbot):
    page.view.select({EntityId("a")})
    window.actions_table.run("canvas.duplicate")
    window.actions_table.run("canvas.add-note")
    key(page, qtbot, Qt.Key.Key_Escape)
    assert names(page) == {"old"}
    assert [page.session.undo_stack.text(n) for n in range(page.session.undo_stack.count())] == ["Duplicate a"]


def test_escape_leaves_a_new_frame_round_things_and_a_note_that_was_there(window: MainWindow, page, qtbot):
    page.view.select({EntityId("a")})
    window.actions_table.run("canvas.add-frame")
    key(page, qtbot, Qt.Key.Key_Escape)
    assert len(names(page)) == 2
    page.view.gestures.rename(EntityId("old"))
    key(page, qtbot, Qt.Key.Key_Escape)
    assert len(names(page)) == 2


def test_a_note_that_was_written_and_deleted_comes_back_by_undo(window: MainWindow, page, qtbot):
    window.actions_table.run("canvas.add-note")
    qtbot.keyClicks(page.view.gestures.inline.field, "why")
    key(page, qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    window.actions_table.run("canvas.delete")
    page.session.undo_stack.undo()
    assert {note.text for note in page.session.document.notes()} == {"", "why"}


def test_escape_leaves_a_new_frame_round_nothing_without_a_title(window: MainWindow, page, qtbot):
    window.actions_table.run("canvas.add-frame")
    qtbot.keyClicks(page.view.gestures.inline.field, "half a thought")
    key(page, qtbot, Qt.Key.Key_Escape)
    assert len(names(page)) == 2
    assert {note.text for note in page.session.document.notes()} == {""}
    assert page.session.undo_stack.count() == 1


@pytest.mark.parametrize("around", [frozenset[EntityId](), frozenset({EntityId("a")})])
@pytest.mark.parametrize("command", ["canvas.add-frame", "canvas.add-note"])
def test_what_is_new_and_its_first_words_are_one_step(window, page, qtbot, monkeypatch, around, command: str):
    monkeypatch.setattr("editor.ui.session.MERGE_WITHIN_S", -1.0)  # However long one thinks.
    stack = page.session.undo_stack
    page.view.select(around)
    window.actions_table.run(command)
    qtbot.keyClicks(page.view.gestures.inline.field, "Prepare")
    key(page, qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert {note.text for note in page.session.document.notes()} == {"", "Prepare"}
    assert stack.count() == 1
    stack.undo()
    assert names(page) == {"old"}
    stack.redo()
    assert {note.text for note in page.session.document.notes()} == {"", "Prepare"}


def test_a_title_that_is_typed_later_is_a_step(window: MainWindow, page, qtbot):
    window.actions_table.run("canvas.add-frame")
    qtbot.keyClicks(page.view.gestures.inline.field, "Prepare")
    key(page, qtbot, Qt.Key.Key_Return)
    (new,) = names(page) - {"old"}
    page.view.gestures.rename(EntityId(new))
    qtbot.keyClicks(page.view.gestures.inline.field, "Train")
    key(page, qtbot, Qt.Key.Key_Return)
    assert page.session.undo_stack.count() == 2
    page.session.undo_stack.undo()
    assert {note.text for note in page.session.document.notes()} == {"", "Prepare"}


def test_a_new_note_lies_beside_the_cards_that_would_hide_it(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    card = page.view.card_rect(EntityId("a"))
    for at in (card.center(), card.bottomLeft() + QPointF(0, 200)):
        page.view.gestures.cursor_scene = at
        window.actions_table.run("canvas.add-note")
        qtbot.keyClicks(page.view.gestures.inline.field, "why")
        key(page, qtbot, Qt.Key.Key_Escape)
        (new,) = page.view.selection
        assert not page.view.card_rect(new).intersects(card)
        if not QRectF(at, page.view.card_rect(new).size()).intersects(card):
            assert (page.view.card_rect(new).topLeft() - at).manhattanLength() <= 8


def click_on_nothing(page: DocumentPage, qtbot: QtBot) -> None:
    spot = page.view.to_view(QPointF(300, 300))
    qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def test_a_new_note_left_without_words_for_the_canvas_goes(window: MainWindow, page, qtbot, monkeypatch):
    monkeypatch.setattr("editor.ui.session.MERGE_WITHIN_S", -1.0)
    window.actions_table.run("canvas.add-note")
    click_on_nothing(page, qtbot)
    qtbot.waitUntil(lambda: names(page) == {"old"})
    assert page.session.undo_stack.count() == 0
    assert not page.session.is_dirty


def test_a_new_note_left_with_words_stays(window: MainWindow, page, qtbot):
    window.actions_table.run("canvas.add-note")
    qtbot.keyClicks(page.view.gestures.inline.field, "why")
    click_on_nothing(page, qtbot)
    qtbot.wait(20)
    assert {note.text for note in page.session.document.notes()} == {"", "why"}


def test_a_new_note_can_be_left_for_the_inspector(window: MainWindow, page, qtbot):
    window.actions_table.run("canvas.add-note")
    (new,) = names(page) - {"old"}
    qtbot.waitUntil(lambda: window.inspector.findChildren(QPlainTextEdit) != [])
    window.inspector.findChildren(QPlainTextEdit)[0].setFocus()
    qtbot.waitUntil(lambda: not page.view.gestures.inline.is_open)
    qtbot.wait(20)
    assert new in names(page)
    page.session.do(edits.change_note(page.session.document, EntityId(new), color="green"))
    click_on_nothing(page, qtbot)
    qtbot.wait(20)
    assert new in names(page)


def test_a_new_frame_without_a_title_may_be_left(window: MainWindow, page, qtbot):
    window.actions_table.run("canvas.add-frame")
    click_on_nothing(page, qtbot)
    qtbot.wait(20)
    assert len(names(page)) == 2


@pytest.mark.parametrize("zoom", [0.4, 1.0, 2.0])
def test_a_note_is_written_on_its_own_paper_which_hides_it_and_its_ring(page: DocumentPage, zoom: float):
    view = page.view
    view.zoom_by(zoom / view.zoom)
    view.centre_on(view.card_rect(EntityId("old")).center())
    view.select({EntityId("old")})
    view.gestures.rename(EntityId("old"))
    field = view.gestures.inline.field
    rect = view.card_rect(EntityId("old"))
    note = QRect(view.to_view(rect.topLeft()), view.to_view(rect.bottomRight()))
    assert field.geometry().contains(note.adjusted(-2, -2, 2, 2))
    middle = field.grab().toImage().pixelColor(field.width() // 2, field.height() - 12)
    assert middle.name() == view.theme.note("yellow").lower()
    assert field.fontInfo().pixelSize() == pytest.approx(max(12, 13 * zoom), abs=1.5)
    view.gestures.inline.close()
