"""Moving things on the real canvas: grid and guides, in and out of groups, onto wires, copies."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor

from editor.model import ROOT, Constant, EditRefused, EntityId, FromTask, Loop
from editor.model.port_types import STRING
from editor.ui.canvas.gestures import large_edits
from tests.builders import COUNT, component, from_task, task
from tests.ui.gestures.conftest import placed

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
A, B, LOOP = EntityId("a"), EntityId("b"), EntityId("loop")


def where(hands, task_id):
    placement = hands.document.placement(EntityId(task_id))
    return placement.x, placement.y


def loop(parent=ROOT):
    return Loop(id=LOOP, parent=parent, name="each", items=Constant([1, 2]))


def loop_of_two():
    inside = (task("b", parent="loop"), task("c", parent="loop"))
    return (loop(), *inside, placed("b", 500, 200), placed("c", 500, 360))


def tasks_in_rows(count):
    names = [f"t{number}" for number in range(count)]
    cards = [placed(name, 300 * (number % 20), 200 * (number // 20)) for number, name in enumerate(names)]
    return (*map(task, names), *cards)


def test_a_dragged_task_rests_on_the_grid_and_nothing_changes_before_the_release(canvas):
    hands = canvas(task("a"), placed("a", 40, 40))
    start = hands.header("a")
    hands.press(start)
    hands.move(start + QPoint(101, 53))
    assert where(hands, "a") == (40, 40)
    assert hands.view.card_rect(A).topLeft() == QPointF(144, 96)
    hands.release(start + QPoint(101, 53))
    assert where(hands, "a") == (144, 96)
    assert len(hands.done) == 1
    hands.undo()
    assert where(hands, "a") == (40, 40)


def test_a_dragged_task_lines_up_with_another(canvas):
    hands = canvas(task("a"), task("b"), placed("a", 40, 40), placed("b", 403, 300))
    start = hands.header("a")
    hands.drag(start, start + QPoint(361, 100))
    assert where(hands, "a")[0] == 403


def test_from_afar_a_drag_begins_without_asking_for_each_card(canvas, monkeypatch):
    """Thousands may be in view, to line up with: one by one that took a fifth of a second."""
    hands = canvas(*tasks_in_rows(200))
    hands.view.fit()
    start = hands.header("t0")
    asked = []
    card_rect = hands.view.card_rect
    monkeypatch.setattr(hands.view, "card_rect", lambda each: asked.append(each) or card_rect(each))
    hands.drag(start, start + QPoint(20, 60))
    assert len(asked) < 20
    assert len(hands.done) == 1


def test_many_are_taken_hold_of_in_one_turn_and_lifted_in_another(canvas, qtbot):
    hands = canvas(*tasks_in_rows(300))
    hands.view.fit()
    start = hands.header("t0")
    way = QPoint(0, 60)
    for is_hasty in (False, True):
        hands.view.select(each.id for each in hands.document.tasks())
        before = where(hands, "t299")
        hands.press(start)
        hands.move(start + way)
        assert hands.view.columns.lifted is None
        if not is_hasty:
            qtbot.waitUntil(lambda: hands.view.columns.lifted is not None)
        hands.release(start + way)
        qtbot.waitUntil(lambda before=before: where(hands, "t299") != before)
        assert where(hands, "t299")[0] == before[0]
        hands.undo()
        assert where(hands, "t299") == before


def test_a_release_does_not_ask_for_a_frame_of_its_own(canvas, monkeypatch):
    """Qt would paint it in the turn in which the edit is made; both are more than one turn has room for."""
    hands = canvas(task("a"), placed("a", 40, 40))
    start = hands.header("a")
    hands.press(start)
    hands.move(start + QPoint(100, 50))
    asked = []
    monkeypatch.setattr(hands.view.viewport(), "update", lambda: asked.append(hands.done))
    hands.release(start + QPoint(100, 50))
    assert len(hands.done) == 1
    assert asked == []


def test_escape_puts_it_back(canvas):
    hands = canvas(task("a"), placed("a", 40, 40))
    start = hands.header("a")
    hands.press(start)
    hands.move(start + QPoint(200, 100))
    hands.key(Qt.Key.Key_Escape)
    hands.release(start + QPoint(200, 100))
    assert not hands.done
    assert hands.view.card_rect(A).topLeft() == QPointF(40, 40)


def test_the_whole_selection_moves_as_one_step(canvas):
    hands = canvas(task("a"), task("b"), placed("a", 40, 40), placed("b", 400, 200))
    hands.click(hands.header("a"))
    hands.click(hands.header("b"), SHIFT)
    start = hands.header("a")
    hands.drag(start, start + QPoint(0, 160))
    assert where(hands, "a") == (40, 200)
    assert where(hands, "b") == (400, 360)
    assert len(hands.done) == 1


def test_what_was_refused_is_forgotten_at_the_next_edit(canvas):
    hands = canvas(task("a"), placed("a", 40, 40))
    bubble = hands.view.gestures.bubble
    hands.view.refused.emit(EditRefused("Not here."))
    assert bubble.words == "Not here."
    hands.drag(hands.header("a"), hands.header("a") + QPoint(0, 160))
    assert not bubble.words


def test_dragging_into_a_frame_moves_into_the_group(canvas):
    hands = canvas(task("a"), loop(), task("b", parent="loop"), placed("a", 40, 40), placed("b", 500, 200))
    start = hands.header("a")
    target = hands.at(hands.view.card_rect(LOOP).bottomLeft() + QPointF(12, -8))
    hands.press(start)
    hands.move(target - QPoint(40, 0))
    hands.move(target)
    assert "each" in hands.view.gestures.bubble.words
    hands.release(target)
    assert hands.document.task(A).parent == LOOP
    assert len(hands.done) == 1
    hands.undo()
    assert hands.document.task(A).parent == ROOT
    assert where(hands, "a") == (40, 40)


def test_dragging_over_the_edge_moves_out_of_the_group(canvas):
    hands = canvas(
        loop(), task("b", parent="loop"), task("c", parent="loop"), placed("b", 500, 200), placed("c", 500, 360)
    )
    hands.drag(hands.header("b"), QPoint(120, 100))
    assert hands.document.task(B).parent == ROOT
    assert len(hands.done) == 1


def test_the_words_know_how_many_are_taken_out(canvas):
    hands = canvas(*loop_of_two())
    hands.view.select({B, EntityId("c")})
    start = hands.header("b")
    hands.press(start)
    hands.move(QPoint(120, 100))
    assert hands.view.gestures.bubble.words == "Release to take them out of the group"
    hands.release(QPoint(120, 100))
    assert hands.document.task(B).parent == ROOT


def test_a_frame_stands_still_while_its_last_task_leaves_it(canvas):
    hands = canvas(loop(), task("b", parent="loop"), placed("b", 496, 200))
    before = hands.view.card_rect(LOOP)
    start = hands.header("b")
    hands.press(start)
    hands.move(start + QPoint(-60, 0))
    stretched = hands.view.card_rect(LOOP)
    assert stretched.right() == before.right()
    assert stretched.left() == before.left() - 64
    hands.move(start + QPoint(-400, 200))
    assert "take it out" in hands.view.gestures.bubble.words
    assert hands.view.card_rect(LOOP) == before
    hands.release(start + QPoint(-400, 200))
    assert hands.document.task(B).parent == ROOT
    assert hands.view.card_rect(LOOP).topLeft() == before.topLeft()
    assert len(hands.done) == 1
    hands.undo()
    assert hands.view.card_rect(LOOP) == before


def test_a_lone_task_moved_in_its_group_takes_the_frame_along_on_release(canvas):
    hands = canvas(loop(), task("b", parent="loop"), placed("b", 496, 200))
    before = hands.view.card_rect(LOOP)
    start = hands.header("b")
    hands.drag(start, start + QPoint(40, 0))
    assert hands.document.task(B).parent == LOOP
    assert hands.view.card_rect(LOOP) == before.translated(40, 0)


def test_a_group_whose_last_task_is_deleted_stays_where_it_was(canvas):
    hands = canvas(loop(), task("b", parent="loop"), placed("b", 496, 200))
    before = hands.view.card_rect(LOOP)
    hands.view.select({B})
    hands.key(Qt.Key.Key_Delete)
    assert hands.view.card_rect(LOOP).topLeft() == before.topLeft()
    assert len(hands.done) == 1
    hands.undo()
    assert hands.view.card_rect(LOOP) == before


def test_shift_keeps_it_in_its_group(canvas):
    hands = canvas(
        loop(), task("b", parent="loop"), task("c", parent="loop"), placed("b", 500, 200), placed("c", 500, 360)
    )
    hands.drag(hands.header("b"), QPoint(120, 100), SHIFT)
    assert hands.document.task(B).parent == LOOP
    assert len(hands.done) == 1


def test_a_move_out_that_would_break_a_wire_is_refused_in_words_and_undone(canvas):
    from editor.model import FromLoop

    hands = canvas(
        loop(),
        task("b", parent="loop", of=COUNT, text=FromLoop(LOOP)),
        task("c", parent="loop"),
        placed("b", 500, 200),
        placed("c", 500, 400),
    )
    hands.drag(hands.header("b"), QPoint(120, 100))
    assert not hands.done
    assert hands.refusals
    assert hands.view.card_rect(B).topLeft() == QPointF(500, 200)


def test_a_group_takes_along_what_is_in_it(canvas):
    hands = canvas(loop(), task("b", parent="loop"), placed("b", 496, 200))
    start = hands.at(hands.view.card_rect(LOOP).topLeft() + QPointF(60, 10))
    hands.drag(start, start + QPoint(-80, 40))
    assert where(hands, "b") == (416, 240)


def test_an_unwired_task_dropped_on_a_wire_is_inserted(canvas):
    hands = canvas(
        task("a"),
        task("b", x=from_task("a")),
        task("m"),
        placed("a", 40, 40),
        placed("b", 680, 40),
        placed("m", 40, 400),
    )
    start = hands.header("m")
    on_wire = hands.at(hands.view.wire_path(B, "x").pointAtPercent(0.5))
    hands.press(start)
    hands.move(on_wire - QPoint(0, 60))
    hands.move(on_wire)
    assert "insert" in hands.view.gestures.bubble.words
    hands.release(on_wire)
    assert where(hands, "b") == (680, 40)
    assert hands.document.task(B).arguments == {"x": FromTask(EntityId("m"), "out")}
    assert hands.document.task(EntityId("m")).arguments == {"x": FromTask(A, "out")}
    assert len(hands.done) == 1


def test_among_many_a_task_is_inserted_off_the_gui_thread_and_stays_where_it_was_let_go(
    canvas, monkeypatch: pytest.MonkeyPatch
):
    hands = canvas(
        *(task("a"), task("b", x=from_task("a")), task("m")),
        *(placed("a", 40, 40), placed("b", 680, 40), placed("m", 40, 400)),
    )
    waiting = []
    monkeypatch.setattr(large_edits, "MANY_BESIDE", 2)
    hands.view.gestures.commands.in_background = lambda make, done, _failed: waiting.append((make, done))
    start, on_wire = hands.header("m"), hands.at(hands.view.wire_path(B, "x").pointAtPercent(0.5))
    hands.drag(start, on_wire)
    assert hands.done == []
    seen = hands.view.card_rect(EntityId("m")).topLeft()
    assert seen != QPointF(40, 400)
    ((make, done),) = waiting
    done(make())
    assert hands.view.card_rect(EntityId("m")).topLeft() == seen
    assert hands.document.task(B).arguments == {"x": FromTask(EntityId("m"), "out")}
    assert len(hands.done) == 1


@pytest.fixture
def two_wires(canvas):
    """Two level wires, 128 apart, and a task below them."""
    return canvas(
        *(task("a"), task("b", x=from_task("a")), task("c"), task("d", x=from_task("c")), task("m")),
        *(placed("a", 40, 40), placed("b", 680, 64), placed("c", 40, 168), placed("d", 680, 192)),
        placed("m", 400, 500),
    )


def hold(hands, name, *, left, top, below=12.0):
    """Hold a card there, off guides; the hand is at its right end, so far below its top."""
    corner = hands.view.card_rect(EntityId(name)).topLeft()
    start = hands.at(corner + QPointF(200, below))
    end = hands.at(QPointF(left + 200, top + below))
    hands.press(start)
    hands.move(start + QPoint(0, -20), CTRL)
    hands.move(end, CTRL)
    return end


@pytest.mark.parametrize(("beside", "wire"), [(-28, "b"), (-24, "b"), (-40, "b"), (12, ""), (-100, ""), (108, "d")])
def test_a_card_is_put_into_the_wire_that_its_middle_lies_across(two_wires, beside: int, wire: str):
    level = two_wires.view.wire_path(B, "x").pointAtPercent(0.5).y()
    end = hold(two_wires, "m", left=340, top=level + beside)
    assert two_wires.view.wire_at(two_wires.view.to_scene(end)) is None
    assert two_wires.view.gestures.bubble.words == (f"Release to insert before '{wire}'" if wire else "")
    two_wires.release(end, CTRL)
    feeds = {name: two_wires.document.task(EntityId(name)).arguments["x"].task for name in "bd"}
    assert feeds == {"b": "a", "d": "c"} | ({wire: "m"} if wire else {})


def test_a_wire_that_is_meant_lights_up_and_the_cards_name_can_be_read(two_wires, qtbot):
    view = two_wires.view
    level = view.wire_path(B, "x").pointAtPercent(0.5).y()
    hold(two_wires, "m", left=340, top=level - 16)
    qtbot.waitUntil(lambda: view.is_complete)  # The card that is held at its sharpest.
    seen = view.viewport().grab().toImage()
    beside, on_card = (QColor(seen.pixel(two_wires.at(QPointF(x, level)))) for x in (300, 460))
    accent = QColor(view.theme.accent)
    assert beside == accent
    assert on_card != accent
    assert on_card.lightness() > (accent.lightness() + 255) / 2 - 40


def test_the_light_of_a_group_leaves_the_card_that_is_held_over_it_as_it_is(canvas, qtbot):
    hands = canvas(loop(), task("a", parent="loop"), task("m"), placed("a", 40, 60), placed("m", 400, 500))
    view = hands.view
    rect = view.card_rect(LOOP)
    hold(hands, "m", left=rect.left() + 20, top=rect.top() + 20)
    assert "into 'each'" in view.gestures.bubble.words
    qtbot.waitUntil(lambda: view.is_complete)  # The card that is held at its sharpest.
    seen = view.viewport().grab().toImage()
    body = hands.at(rect.topLeft() + QPointF(20 + 100, 20 + 75))
    assert QColor(seen.pixel(body)) == QColor(view.theme.card)


@pytest.mark.parametrize(("below", "wire"), [(12, "b"), (180, "d")])
def test_of_two_wires_under_a_card_the_one_nearer_to_the_hand_is_meant(canvas, below: int, wire: str):
    tall = component("tall", {f"x{n}": STRING for n in range(8)}, {"out": STRING})
    hands = canvas(
        *(tall, task("a"), task("b", x=from_task("a")), task("c"), task("d", x=from_task("c")), task("m", of=tall)),
        *(placed("a", 40, 40), placed("b", 680, 40), placed("c", 40, 96), placed("d", 680, 96), placed("m", 400, 500)),
    )
    upper = hands.view.wire_path(B, "x").pointAtPercent(0.5).y()
    hold(hands, "m", left=340, top=upper - 70, below=below)
    assert f"before '{wire}'" in hands.view.gestures.bubble.words


def test_a_wired_task_is_not_put_into_a_wire_that_it_is_dragged_over(two_wires):
    level = two_wires.view.wire_path(B, "x").pointAtPercent(0.5).y()
    end = hold(two_wires, "d", left=340, top=level - 8)
    assert two_wires.view.gestures.bubble.words == ""
    two_wires.release(end, CTRL)
    assert two_wires.document.task(B).arguments == {"x": FromTask(A, "out")}


def test_a_task_goes_into_the_group_of_the_wire_that_it_is_put_into(canvas):
    hands = canvas(
        *(loop(), task("a", parent="loop"), task("b", parent="loop", x=from_task("a")), task("m")),
        *(placed("a", 40, 60), placed("b", 680, 84), placed("m", 400, 500)),
    )
    level = hands.view.wire_path(B, "x").pointAtPercent(0.5).y()
    end = hold(hands, "m", left=340, top=level - 40)
    hands.move(end, CTRL | SHIFT)
    assert hands.view.gestures.bubble.words == ""
    hands.move(end, CTRL)
    assert "insert before 'b'" in hands.view.gestures.bubble.words
    hands.release(end, CTRL)
    inserted = hands.document.task(EntityId("m"))
    assert (inserted.parent, inserted.arguments) == (LOOP, {"x": FromTask(A, "out")})
    assert hands.document.task(B).arguments == {"x": FromTask(EntityId("m"), "out")}
    assert len(hands.done) == 1


def short_wire(canvas, **of):
    return canvas(
        task("a"),
        task("b", x=from_task("a")),
        task("m", **of),
        placed("a", 40, 40),
        placed("b", 300, 40),
        placed("m", 400, 400),
    )


def test_a_task_laid_across_a_short_wire_is_inserted_and_makes_room(canvas):
    hands = short_wire(canvas)
    start = hands.header("m")
    end = start + QPoint(-230, -360)
    hands.press(start)
    hands.move(end + QPoint(0, 60))
    hands.move(end)
    assert hands.view.wire_at(hands.view.to_scene(end)) is None
    assert "insert before 'b'" in hands.view.gestures.bubble.words
    hands.release(end)
    assert hands.document.task(B).arguments == {"x": FromTask(EntityId("m"), "out")}
    rects = [hands.view.card_rect(EntityId(one)) for one in "amb"]
    assert rects[0].right() < rects[1].left()
    assert rects[1].right() < rects[2].left()
    assert len(hands.done) == 1
    hands.undo()
    assert where(hands, "b") == (300, 40)
    assert where(hands, "m") == (400, 400)


def test_a_task_that_does_not_fit_is_just_laid_across_a_short_wire(canvas):
    hands = short_wire(canvas, of=COUNT)
    start = hands.header("m")
    hands.drag(start, start + QPoint(-230, -360))
    assert hands.document.task(B).arguments == {"x": FromTask(A, "out")}
    assert where(hands, "m") == (168, 40)
    assert not hands.refusals


def test_alt_drag_leaves_the_original_and_moves_a_copy(canvas):
    hands = canvas(task("a"), placed("a", 40, 40))
    start = hands.header("a")
    hands.drag(start, start + QPoint(0, 160), ALT)
    tasks = list(hands.document.tasks())
    assert len(tasks) == 2
    copy = next(each for each in tasks if each.id != A)
    assert where(hands, copy.id) == (40, 200)
    assert where(hands, "a") == (40, 40)
    assert hands.view.selection == {copy.id}
    hands.view.select({A})
    hands.view.gestures.commands.run("canvas.duplicate")
    assert [edit.label for edit in hands.done] == ["Duplicate a", "Duplicate a"]


def test_ctrl_drag_from_a_header_makes_the_other_run_after(canvas):
    hands = canvas(task("a"), task("b"), placed("a", 40, 40), placed("b", 400, 200))
    hands.drag(hands.header("a"), hands.header("b"), CTRL)
    assert hands.document.task(B).after == (A,)
    assert len(hands.done) == 1


def test_read_only_views_move_nothing(canvas):
    hands = canvas(task("a"), placed("a", 40, 40))
    hands.view.set_read_only(True)
    hands.drag(hands.header("a"), hands.header("a") + QPoint(100, 100))
    assert not hands.done
