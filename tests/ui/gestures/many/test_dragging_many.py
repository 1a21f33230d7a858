"""Many that are dragged lie where the hand has put them while the edit is worked out."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT, Change, Edit, EntityId, FromTask, Loop
from editor.ui.canvas.gestures.gesture import Pointer
from editor.ui.canvas.gestures.large_edits import MANY
from editor.ui.canvas.gestures.move import MoveGesture
from editor.ui.canvas.gestures.trying import REST_MS
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from tests.ui.conftest import placed
from tests.ui.gestures.many.hand import NO_KEYS, count, drag_all, move_hand, pointer


def test_many_that_are_dragged_stay_where_they_were_dropped(
    page: DocumentPage, waits: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("editor.ui.canvas.gestures.move.MANY_SIMPLE", 1)
    before, dropped = drag_all(page)
    assert dropped.y() > before.y() + 50
    assert page.session.undo_stack.count() == 0
    waits.pop()()
    assert page.view.card_rect(EntityId("t0")).topLeft() == dropped
    assert page.session.document.placement(EntityId("t0")).y == dropped.y()
    page.session.undo_stack.undo()
    assert page.view.card_rect(EntityId("t0")).topLeft() == before


def test_what_was_dropped_stays_through_another_edit(
    page: DocumentPage, waits: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("editor.ui.canvas.gestures.move.MANY_SIMPLE", 1)
    _before, dropped = drag_all(page)
    page.do(edits.rename(page.session.document, EntityId("t3"), "other"))
    page.do(edits.delete(page.session.document, [EntityId("t4")]))
    assert page.view.card_rect(EntityId("t0")).topLeft() == dropped
    waits.pop()()
    waits.pop()()
    assert page.session.document.placement(EntityId("t0")).y == dropped.y()
    assert page.view.card_rect(EntityId("t0")).topLeft() == dropped
    assert page.view.columns.lifted is None


def test_another_drag_meanwhile_moves_what_is_under_the_hand(
    page: DocumentPage, waits: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("editor.ui.canvas.gestures.move.MANY_SIMPLE", 1)
    view, other, hand = page.view, EntityId("t1"), object()
    before, dropped = drag_all(page)
    x = view.card_rect(other).x()
    view.set_drag_offset({other}, 40.0, 0.0, owner=hand)
    assert view.card_rect(other).topLeft() == QPointF(x + 40, before.y())
    assert view.card_rect(EntityId("t0")).topLeft() == before
    waits.pop()()
    assert view.card_rect(EntityId("t0")).topLeft() == dropped
    assert view.card_rect(other).topLeft() == QPointF(x + 40, dropped.y()), "it is held still"
    view.clear_drag_offset(hand)
    assert view.card_rect(other).topLeft() == QPointF(x, dropped.y())


@pytest.mark.parametrize(("command", "left"), [("canvas.delete", MANY + 4), ("edit.undo", MANY + 5)])
def test_a_command_given_during_a_drag_ends_the_drag(window: MainWindow, page: DocumentPage, command: str, left: int):
    view, first = page.view, EntityId("t0")
    refused: list[object] = []
    view.refused.connect(refused.append)
    page.do(edits.rename(page.session.document, EntityId("t3"), "other"))
    view.centre_on(view.card_rect(first).center())
    view.select([first])
    start = view.to_view(view.card_rect(first).topLeft() + QPointF(60, 12))
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, NO_KEYS, start)
    move_hand(page, start + QPoint(0, 60))
    assert view.columns.lifted is not None
    window.actions_table.run(command)
    assert view.columns.lifted is None
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, NO_KEYS, start + QPoint(0, 60))
    assert count(page) == left
    assert page.session.document.node(EntityId("t3")).name == "other"
    assert not refused


def test_copies_of_many_come_when_they_are_made(page: DocumentPage, waits: list[Callable[[], None]]):
    before, _dropped = drag_all(page, Qt.KeyboardModifier.AltModifier)
    assert count(page) == MANY + 5
    waits.pop()()
    assert count(page) == 2 * (MANY + 5)
    assert len(page.view.selection) == MANY + 5
    assert page.view.card_rect(EntityId("t0")).topLeft() == before


def hold_many_that_may_not_go_into_the_group(page: DocumentPage) -> None:
    """The group runs over what one of them gives."""
    group = Loop(id=EntityId("g"), parent=ROOT, name="each", items=FromTask(EntityId(f"t{MANY}"), "out"))
    page.do(Edit("Add", tuple(Change(each.id, None, each) for each in (group, *placed(("g", -40, 60))))))
    page.view.select([EntityId(f"t{number}") for number in range(MANY + 1)])


def test_many_held_over_a_group_that_cannot_take_them_say_so(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    view, refused, bubble = page.view, [], page.view.gestures.bubble
    view.refused.connect(refused.append)
    hold_many_that_may_not_go_into_the_group(page)
    gesture = MoveGesture(view)
    start, inside = view.card_rect(EntityId("t0")).topLeft() + QPointF(60, 12), view.card_rect(EntityId("g")).center()
    gesture.start(pointer(page, start))
    gesture.move(pointer(page, inside))
    assert bubble.words == "Release to move into 'each'"
    qtbot.waitUntil(lambda: bubble.is_refusal)
    said = bubble.words
    gesture.move(pointer(page, inside + QPointF(1, 0)))
    assert bubble.words == said
    revision = page.session.document.revision
    gesture.release(pointer(page, inside))
    assert [str(error) for error in refused] == [said], "at once, and as it was said"
    assert page.session.document.revision == revision


def test_many_are_tried_where_the_hand_rests_and_for_one_place_at_a_time(
    page: DocumentPage, waits: list[Callable[[], None]], qtbot: QtBot
):
    view = page.view
    hold_many_that_may_not_go_into_the_group(page)
    gesture = MoveGesture(view)
    start, inside = view.card_rect(EntityId("t0")).topLeft() + QPointF(60, 12), view.card_rect(EntityId("g")).center()
    gesture.start(pointer(page, start))
    gesture.move(pointer(page, inside))
    gesture.move(pointer(page, start + QPointF(0, -90)))
    qtbot.wait(2 * REST_MS)
    assert not waits, "it only passed by"
    gesture.move(pointer(page, inside))
    qtbot.waitUntil(lambda: bool(waits))
    gesture.cancel()
    waits.pop()()
    assert not view.gestures.bubble.words, "nothing is said of what is not held any more"
    assert not waits


def test_many_that_may_not_go_into_a_group_fly_back(page: DocumentPage, waits: list[Callable[[], None]]):
    document, refused = page.session.document, []
    page.view.refused.connect(refused.append)
    hold_many_that_may_not_go_into_the_group(page)
    gesture = MoveGesture(page.view)
    start = page.view.card_rect(EntityId("t0")).topLeft() + QPointF(60, 12)
    inside = page.view.card_rect(EntityId("g")).center()
    before = document.snapshot()
    gesture.start(Pointer(start, page.view.to_view(start), NO_KEYS))
    gesture.release(Pointer(inside, page.view.to_view(inside), NO_KEYS))
    assert not refused, "it was not tried on the way"
    waits.pop()()
    assert refused
    assert document.entities == before.entities
    assert page.view.card_rect(EntityId("t0")).topLeft() == start - QPointF(60, 12)


def test_copies_land_in_the_pipeline_that_they_were_dropped_in(page: DocumentPage, waits: list[Callable[[], None]]):
    document, view = page.session.document, page.view
    edit, made = edits.extract_subpipeline(document, [EntityId("t0"), EntityId("t1")])
    page.do(edit)
    for number in range(MANY + 5):
        page.do(edits.add_note(document, ROOT, str(number), x=300.0 * number, y=600)[0])
    notes = [note.id for note in document.notes()]
    view.select(notes)
    gesture = MoveGesture(view)
    start = view.card_rect(notes[0]).topLeft() + QPointF(20, 10)
    below = start + QPointF(0, 300)
    gesture.start(pointer(page, start))
    gesture.release(Pointer(below, view.to_view(below), Qt.KeyboardModifier.AltModifier))
    page.enter(made)
    waits.pop()()
    copies = [note for note in document.notes() if note.id not in notes]
    assert len(copies) == MANY + 5
    assert {note.parent for note in copies} == {ROOT}
