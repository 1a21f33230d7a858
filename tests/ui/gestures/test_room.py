"""Where something new goes: beside what is selected, into the group it is over, never onto another card."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from editor.model import ROOT, ConditionBranch, Constant, EntityId, Loop
from tests.builders import task
from tests.ui.gestures.conftest import placed

CTRL = Qt.KeyboardModifier.ControlModifier
LOOP = EntityId("loop")


def add_by_tab(hands, name="step"):
    before = {each.id for each in hands.document.tasks()}
    hands.key(Qt.Key.Key_Tab)
    box = hands.view.gestures.quick_add
    box.field.setText(name)
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    (new,) = {each.id for each in hands.document.tasks()} - before
    return new


def rect(hands, one):
    return hands.view.card_rect(EntityId(one))


def overlapping(hands):
    rects = [rect(hands, each.id) for each in hands.document.tasks()]
    return [(a, b) for n, a in enumerate(rects) for b in rects[:n] if a.intersects(b)]


def empty_loop(x=296, y=200):
    return Loop(id=LOOP, parent=ROOT, name="each", items=Constant([1, 2])), placed("loop", x, y)


def pointer_over(hands, scene):
    hands.move(hands.at(scene), button=Qt.MouseButton.NoButton)


def pointer_elsewhere(hands):
    QApplication.sendEvent(hands.view.viewport(), QEvent(QEvent.Type.Leave))


def test_tab_adds_to_the_right_of_what_is_selected(canvas):
    hands = canvas(task("a"), placed("a", 40, 40))
    hands.view.select({EntityId("a")})
    pointer_over(hands, QPointF(100, 60))
    first = add_by_tab(hands)
    assert rect(hands, first).top() == 40
    assert rect(hands, first).left() >= rect(hands, "a").right() + 24
    second = add_by_tab(hands)
    assert rect(hands, second).left() >= rect(hands, first).right() + 24
    assert len(hands.done) == 2


def test_tab_passes_over_what_stands_to_the_right_already(canvas):
    hands = canvas(task("a"), task("b"), placed("a", 40, 40), placed("b", 340, 40))
    hands.view.select({EntityId("a")})
    new = add_by_tab(hands)
    assert not overlapping(hands)
    assert rect(hands, new).top() >= rect(hands, "b").bottom() + 24


def test_tab_again_and_again_with_nothing_selected_stacks_nothing(canvas):
    hands = canvas(task("a"), placed("a", 40, 40))
    for _ in range(3):
        hands.view.select(())
        add_by_tab(hands)
    assert not overlapping(hands)


def test_tab_beside_a_task_in_a_group_stays_in_the_group(canvas):
    hands = canvas(empty_loop()[0], task("b", parent="loop"), placed("b", 300, 200))
    hands.view.select({EntityId("b")})
    new = add_by_tab(hands)
    assert hands.document.task(new).parent == LOOP


def test_tab_with_a_group_selected_adds_into_it_and_the_frame_stays(canvas):
    hands = canvas(*empty_loop())
    before = rect(hands, LOOP)
    hands.view.select({LOOP})
    new = add_by_tab(hands)
    assert hands.document.task(new).parent == LOOP
    assert rect(hands, LOOP).topLeft() == before.topLeft()
    assert rect(hands, LOOP).contains(rect(hands, new))


def test_double_click_in_an_empty_frame_adds_into_it_at_the_cursor(canvas):
    hands = canvas(*empty_loop())
    at = hands.view.card_rect(LOOP).center() + QPointF(0, 12)
    hands.double_click(hands.at(at))
    box = hands.view.gestures.quick_add
    box.field.setText("step")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    (new,) = hands.document.tasks()
    assert new.parent == LOOP
    assert (rect(hands, new.id).topLeft() - at).manhattanLength() <= 8


def test_an_if_from_the_quick_add_is_selected(canvas):
    hands = canvas(task("a"), placed("a", 40, 40))
    hands.double_click(QPoint(600, 500))
    box = hands.view.gestures.quick_add
    box.field.setText("If")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    (group,) = [each for each in hands.document.entities.values() if isinstance(each, ConditionBranch)]
    assert hands.view.selection == {group.id}


def test_paste_over_a_frame_goes_into_the_group(canvas):
    hands = canvas(*empty_loop(), task("a"), placed("a", 40, 500))
    hands.view.select({EntityId("a")})
    hands.view.gestures.commands.clipping.copy()
    pointer_over(hands, rect(hands, LOOP).center())
    hands.view.gestures.commands.clipping.paste()
    (new,) = hands.view.selection
    assert hands.document.task(new).parent == LOOP
    assert len(hands.done) == 1


def test_a_copied_group_is_not_pasted_into_itself(canvas):
    hands = canvas(empty_loop()[0], task("b", parent="loop"), placed("b", 300, 200))
    hands.view.select({LOOP})
    hands.view.gestures.commands.clipping.copy()
    pointer_over(hands, rect(hands, LOOP).topLeft() + QPointF(40, 10))
    hands.view.gestures.commands.clipping.paste()
    (new,) = hands.view.selection
    assert hands.document.group(new).parent == ROOT


def test_pastes_by_keyboard_lie_beside_each_other(canvas):
    hands = canvas(task("a"), placed("a", 390, 300))
    hands.view.select({EntityId("a")})
    hands.view.gestures.commands.clipping.copy()
    pointer_elsewhere(hands)
    for _ in range(3):
        hands.view.gestures.commands.clipping.copy()
        hands.view.gestures.commands.clipping.paste()
    assert not overlapping(hands)


@pytest.mark.parametrize("way", [(470, 330), (-480, -330)])
def test_a_paste_that_would_hang_off_the_view_brings_it_into_view(canvas, way):
    hands = canvas(task("a"), placed("a", 390, 300))
    hands.view.select({EntityId("a")})
    hands.view.gestures.commands.clipping.copy()
    at = hands.view.visible_rect().center() + QPointF(*way)
    pointer_over(hands, at)
    hands.view.gestures.commands.clipping.paste()
    (new,) = hands.view.selection
    assert hands.view.visible_rect().contains(rect(hands, new))
    assert (rect(hands, new).topLeft() - at).manhattanLength() <= 16
    assert hands.view.zoom == 1


def test_a_paste_without_a_pointer_comes_into_the_middle_and_moves_nothing(canvas):
    spread = [placed(one, 40 + 240 * at, 900) for at, one in enumerate("abc")]
    hands = canvas(*(task(one) for one in "abc"), *spread)
    hands.view.select(map(EntityId, "abc"))
    hands.view.gestures.commands.clipping.copy()
    pointer_elsewhere(hands)
    was = hands.view.camera
    hands.view.gestures.commands.clipping.paste()
    pasted = hands.view.bounds_of(hands.view.selection)
    assert (pasted.center() - hands.view.visible_rect().center()).manhattanLength() <= 16
    assert hands.view.camera == was
    assert len(hands.done) == 1


def test_a_paste_at_the_same_place_after_another_copy_is_seen(canvas):
    hands = canvas(task("a"), placed("a", 40, 40))
    hands.view.select({EntityId("a")})
    pointer_over(hands, QPointF(400, 300))
    for _ in range(2):
        hands.view.gestures.commands.clipping.copy()
        hands.view.gestures.commands.clipping.paste()
    corners = {(rect(hands, each.id).x(), rect(hands, each.id).y()) for each in hands.document.tasks()}
    assert len(corners) == 3
