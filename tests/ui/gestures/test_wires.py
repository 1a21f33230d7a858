"""Wiring by hand on the real canvas: each gesture is one Edit, and nothing changes before the release."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtWidgets import QApplication

from editor.model import ROOT, Collected, Constant, EntityId, FromLoop, FromTask, Loop
from editor.model.port_types import LIST, STRING
from tests.builders import COUNT, component, from_task, task, value
from tests.ui.gestures.conftest import placed

SHIFT = Qt.KeyboardModifier.ShiftModifier
A, B, C = EntityId("a"), EntityId("b"), EntityId("c")


def three(**arguments):
    """a and b on the left and in the middle, c on the right."""
    return (
        task("a"),
        task("b", **arguments.get("b", {})),
        task("c", **arguments.get("c", {})),
        placed("a", 40, 40),
        placed("b", 360, 200),
        placed("c", 680, 40),
    )


def test_dragging_from_an_output_to_an_input_connects_them(canvas):
    hands = canvas(*three())
    start = hands.port("a", "output", "out")
    hands.press(start)
    hands.move(hands.port("b", "input", "x"))
    assert hands.document.task(B).arguments == {}
    hands.release(hands.port("b", "input", "x"))
    assert hands.document.task(B).arguments == {"x": FromTask(A, "out")}
    assert len(hands.done) == 1
    hands.undo()
    assert hands.document.task(B).arguments == {}


def test_dragging_from_an_input_backwards_connects_too(canvas):
    hands = canvas(*three())
    hands.drag(hands.port("b", "input", "x"), hands.port("a", "output", "out"))
    assert hands.document.task(B).arguments == {"x": FromTask(A, "out")}


def test_escape_gives_up_and_leaves_no_trace(canvas):
    hands = canvas(*three())
    painters = len(hands.view.overlay_painters)
    hands.press(hands.port("a", "output", "out"))
    hands.move(hands.port("b", "input", "x"))
    hands.key(Qt.Key.Key_Escape)
    hands.release(hands.port("b", "input", "x"))
    assert not hands.done
    assert len(hands.view.overlay_painters) == painters
    assert hands.view.gestures.bubble.isHidden()


def test_hovering_a_port_that_refuses_says_why_in_words(canvas):
    hands = canvas(task("a"), task("n", of=COUNT, text=from_task("a")), placed("a", 40, 40), placed("n", 360, 40))
    hands.press(hands.port("n", "output", "words"))
    hands.move(hands.port("a", "input", "x"))
    bubble = hands.view.gestures.bubble
    assert bubble.isVisible()
    assert bubble.is_refusal
    assert "circle" in bubble.words
    hands.release(hands.port("a", "input", "x"))
    assert not hands.done
    assert "circle" in hands.refusals[0]


def test_hovering_says_what_it_would_replace(canvas):
    hands = canvas(*three(b={"x": value("hello")}))
    hands.press(hands.port("a", "output", "out"))
    hands.move(hands.port("b", "input", "x"))
    assert hands.view.gestures.bubble.words == "Replaces hello"
    hands.release(hands.port("b", "input", "x"))
    assert hands.document.task(B).arguments == {"x": FromTask(A, "out")}


def test_pulling_a_wires_end_off_unplugs_it(canvas):
    hands = canvas(*three(b={"x": from_task("a")}))
    hands.drag(hands.port("b", "input", "x"), QPoint(300, 600))
    assert hands.document.task(B).arguments == {}
    assert len(hands.done) == 1


def test_pulling_a_wires_end_to_another_input_moves_it_as_one_step(canvas):
    hands = canvas(*three(b={"x": from_task("a")}))
    hands.drag(hands.port("b", "input", "x"), hands.port("c", "input", "x"))
    assert hands.document.task(B).arguments == {}
    assert hands.document.task(C).arguments == {"x": FromTask(A, "out")}
    assert len(hands.done) == 1


def test_putting_a_wires_end_back_changes_nothing(canvas):
    hands = canvas(*three(b={"x": from_task("a")}))
    at = hands.port("b", "input", "x")
    hands.press(at)
    hands.move(at + QPoint(60, 60))
    hands.move(at)
    hands.release(at)
    assert not hands.done


def is_drawn(hands, consumer):
    return not hands.view.wire_path(EntityId(consumer), "x").isEmpty()


def test_a_wire_that_is_pulled_off_is_not_drawn_at_its_old_place(canvas):
    hands = canvas(*three(b={"x": from_task("a")}, c={"x": from_task("a")}))
    middle = hands.view.wire_path(B, "x").pointAtPercent(0.5)
    at = hands.port("b", "input", "x")
    hands.press(at)
    hands.move(at + QPoint(60, 160))
    assert not is_drawn(hands, "b")
    assert is_drawn(hands, "c")
    assert hands.view.wire_at(middle) is None
    hands.key(Qt.Key.Key_Escape)
    assert is_drawn(hands, "b")
    assert hands.view.wire_at(middle) == (B, "x")
    hands.release(at)


def test_wires_taken_along_with_shift_are_not_drawn_at_their_old_place(canvas):
    hands = canvas(*three(b={"x": from_task("a")}, c={"x": from_task("a")}))
    at = hands.port("a", "output", "out")
    hands.press(at, SHIFT)
    hands.move(at + QPoint(0, 200), SHIFT)
    assert not is_drawn(hands, "b")
    assert not is_drawn(hands, "c")
    hands.release(at, SHIFT)
    assert is_drawn(hands, "b")
    assert is_drawn(hands, "c")
    assert not hands.done


def test_dropping_on_a_body_takes_the_only_input_that_fits(canvas):
    hands = canvas(*three())
    hands.drag(hands.port("a", "output", "out"), hands.body("b"))
    assert hands.document.task(B).arguments == {"x": FromTask(A, "out")}


def test_a_constant_stays_when_the_gesture_is_given_up_with_another_button(canvas):
    hands = canvas(*three(b={"x": value("hello")}))
    hands.press(hands.port("a", "output", "out"))
    hands.move(hands.port("b", "input", "x"))
    hands.press(hands.port("b", "input", "x"), button=Qt.MouseButton.RightButton)
    hands.release(hands.port("b", "input", "x"))
    assert hands.document.task(B).arguments == {"x": Constant("hello")}


def test_what_comes_later_cannot_be_wired_backwards_into_what_comes_before(canvas):
    hands = canvas(*three(b={"x": from_task("a")}))
    hands.press(hands.port("a", "input", "x"))
    hands.move(hands.port("b", "output", "out"))
    assert "circle" in hands.view.gestures.bubble.words
    hands.release(hands.port("b", "output", "out"))
    assert not hands.done


def test_shift_drag_moves_all_wires_of_an_output_at_once(canvas):
    hands = canvas(*three(b={"x": from_task("a")}, c={"x": from_task("a")}), task("d"), placed("d", 40, 400))
    hands.drag(hands.port("a", "output", "out"), hands.port("d", "output", "out"), SHIFT)
    assert hands.document.task(B).arguments == {"x": FromTask(EntityId("d"), "out")}
    assert hands.document.task(C).arguments == {"x": FromTask(EntityId("d"), "out")}
    assert len(hands.done) == 1


def test_shift_drag_onto_nothing_unplugs_all(canvas):
    hands = canvas(*three(b={"x": from_task("a")}, c={"x": from_task("a")}))
    hands.drag(hands.port("a", "output", "out"), QPoint(200, 600), SHIFT)
    assert not hands.document.task(B).arguments
    assert not hands.document.task(C).arguments
    assert len(hands.done) == 1


def test_releasing_on_empty_canvas_offers_what_fits_and_wires_it_as_one_step(canvas, qtbot):
    hands = canvas(*three())
    hands.drag(hands.port("a", "output", "out"), QPoint(300, 500))
    popup = hands.view.gestures.quick_add
    assert popup.isVisible()
    assert [choice.title for choice in popup.shown] == ["count", "step"]
    qtbot.keyClicks(popup.field, "count")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert len(hands.done) == 1
    added = next(each for each in hands.document.tasks() if each.name == "count")
    assert added.arguments == {"text": FromTask(A, "out")}
    hands.undo()
    assert EntityId(added.id) not in hands.document


def test_releasing_backwards_on_empty_canvas_offers_what_gives_it(canvas, qtbot):
    hands = canvas(*three())
    hands.drag(hands.port("b", "input", "x"), QPoint(200, 500))
    popup = hands.view.gestures.quick_add
    assert [choice.title for choice in popup.shown] == ["New pipeline input", "step"]
    qtbot.keyClicks(popup.field, "step")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    added = next(each for each in hands.document.tasks() if each.name == "step")
    assert hands.document.task(B).arguments == {"x": FromTask(added.id, "out")}
    assert len(hands.done) == 1


def test_a_new_pipeline_input_from_a_wire_let_go(canvas, qtbot):
    hands = canvas(*three())
    hands.drag(hands.port("b", "input", "x"), QPoint(200, 500))
    qtbot.keyClick(hands.view.gestures.quick_add.field, Qt.Key.Key_Return)
    assert [port.name for port in hands.document.root.inputs] == ["x"]
    assert len(hands.done) == 1


def test_a_list_dropped_on_a_loops_title_is_what_it_runs_over(canvas):
    lister = component("lister", {}, {"names": LIST})
    loop = Loop(id=EntityId("loop"), parent=ROOT, name="each", items=Constant(["x"]))
    hands = canvas(
        lister,
        task("l", of=lister),
        loop,
        task("in", parent="loop"),
        placed("l", 40, 40),
        placed("in", 480, 240),
    )
    title = hands.at(hands.view.card_rect(loop.id).topLeft() + QPointF(80, 10))
    hands.press(hands.port("l", "output", "names"))
    hands.move(title)
    assert hands.view.gestures.bubble.words == "Replaces ['x']"
    hands.release(title)
    assert hands.document.get(loop.id).items == FromTask(EntityId("l"), "names")
    assert len(hands.done) == 1


def test_a_loops_item_is_wired_from_the_port_inside_its_frame(canvas):
    loop = Loop(id=EntityId("loop"), parent=ROOT, name="each", items=Constant(["x"]))
    hands = canvas(loop, task("in", parent="loop"), placed("in", 480, 240))
    hands.drag(hands.port("loop", "output", ""), hands.port("in", "input", "x"))
    assert hands.document.task(EntityId("in")).arguments == {"x": FromLoop(loop.id)}


def test_a_loop_keeps_its_list_when_the_wire_is_pulled_off(canvas):
    lister = component("lister", {}, {"names": LIST})
    loop = Loop(id=EntityId("loop"), parent=ROOT, name="each", items=FromTask(EntityId("l"), "names"))
    hands = canvas(
        lister,
        task("l", of=lister),
        loop,
        task("in", parent="loop"),
        placed("l", 40, 40),
        placed("in", 480, 240),
    )
    on_wire = hands.at(hands.view.wire_path(loop.id, "@items").pointAtPercent(0.9))
    hands.drag(on_wire, QPoint(200, 600))
    assert not hands.done
    assert "needs a list" in hands.refusals[0]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_where_several_inputs_fit_a_drop_on_the_body_asks_which(canvas, qtbot):
    two = component("two", {"first": STRING, "second": STRING}, {"out": STRING})
    hands = canvas(two, task("a"), task("b", of=two), placed("a", 40, 40), placed("b", 480, 240))
    hands.press(hands.port("a", "output", "out"))
    hands.move(hands.body("b"))
    assert "first, second" in hands.view.gestures.bubble.words
    hands.release(hands.body("b"))
    assert not hands.done
    menu = QApplication.activePopupWidget()
    assert [action.text() for action in menu.actions()] == ["first", "second"]
    menu.actions()[1].trigger()
    menu.close()
    assert hands.document.task(B).arguments == {"second": FromTask(A, "out")}


def test_a_runs_after_wire_is_taken_off_by_delete(canvas):
    hands = canvas(task("a"), task("b", after=("a",)), placed("a", 40, 40), placed("b", 480, 240))
    hands.click(hands.at(hands.view.wire_path(B, "@after:a").pointAtPercent(0.5)))
    hands.key(Qt.Key.Key_Delete)
    assert hands.document.task(B).after == ()


def test_an_output_leaves_a_loop_collected(canvas):
    gather = component("gather", {"all": LIST}, {"out": STRING})
    loop = Loop(id=EntityId("loop"), parent=ROOT, name="each", items=Constant(["x"]))
    hands = canvas(
        gather, loop, task("in", parent="loop"), task("g", of=gather), placed("in", 100, 240), placed("g", 600, 240)
    )
    hands.drag(hands.port("in", "output", "out"), hands.port("g", "input", "all"))
    assert hands.document.task(EntityId("g")).arguments == {"all": Collected(FromTask(EntityId("in"), "out"))}


def test_the_words_about_a_port_lie_beside_its_card(canvas):
    hands = canvas(*three(b={"x": from_task("c")}, c={}))
    hands.press(hands.port("a", "output", "out"))
    for at in (hands.port("b", "input", "x"), hands.body("b"), hands.header("b")):
        hands.move(at)
        bubble = hands.view.gestures.bubble
        card = hands.view.card_rect(B)
        assert bubble.isVisible()
        assert (
            not bubble.geometry()
            .adjusted(1, 1, -1, -1)
            .intersects(QRect(hands.at(card.topLeft()), hands.at(card.bottomRight())))
        )
    hands.key(Qt.Key.Key_Escape)


def shown_at(hands, port: QPoint) -> str:
    hands.view.settle()
    return hands.view.viewport().grab().toImage().pixelColor(port).name()


def test_ports_of_cards_seen_from_afar_are_shown_where_they_are_needed(canvas):
    hands = canvas(
        task("a"), task("b"), task("n", of=COUNT), placed("a", 40, 40), placed("b", 600, 40), placed("n", 600, 400)
    )
    view = hands.view
    view.zoom_by(0.4 / view.zoom)
    view.centre_on(view.bounds_of(view.drawn()).center())
    start, end, other = (
        hands.port("a", "output", "out"),
        hands.port("b", "input", "x"),
        hands.port("n", "output", "words"),
    )
    paper, color = view.theme.canvas, view.theme.port(STRING)
    rim = QPoint(-2, 0)
    assert shown_at(hands, end + rim) != color
    hands.move(hands.at(view.card_rect(EntityId("a")).center()), button=Qt.MouseButton.NoButton)
    assert shown_at(hands, start - rim) == color, "of the card that the mouse is over"
    hands.press(start)
    hands.move(start + QPoint(12, 12))
    hands.move(start + QPoint(30, 40))
    assert shown_at(hands, end + rim) != paper, "those that can take the wire"
    assert shown_at(hands, other - rim) == paper
    hands.key(Qt.Key.Key_Escape)
    assert shown_at(hands, end + rim) != color


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_a_wire_let_go_on_empty_canvas_hangs_there_until_something_is_chosen(canvas, qtbot, key: Qt.Key):
    hands = canvas(task("a"), placed("a", 40, 40))
    start = hands.port("a", "output", "out")
    middle = start + QPoint(200, 0)
    assert shown_at(hands, middle) == hands.view.theme.canvas
    painters = len(hands.view.overlay_painters)
    hands.drag(start, start + QPoint(400, 0))
    assert shown_at(hands, middle) == hands.view.theme.port(STRING)
    qtbot.keyClick(hands.view.gestures.quick_add.field, key)
    assert len(hands.view.overlay_painters) == painters
    if key == Qt.Key.Key_Escape:
        assert shown_at(hands, middle) == hands.view.theme.canvas
