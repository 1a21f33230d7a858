"""Components dragged in from the library, and files from the desktop."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QUrl
from PySide6.QtGui import QDragMoveEvent

from editor import edits
from editor.errors import EditorError
from editor.model import ROOT, Constant, EntityId, FromTask, Loop
from editor.ui.canvas.gestures import large_edits
from tests.builders import COUNT, component, from_task, task
from tests.ui.gestures.conftest import placed

A, B, LOOP = EntityId("a"), EntityId("b"), EntityId("loop")


def of(name: str) -> QMimeData:
    dragged = QMimeData()
    dragged.setData("application/x-pipeloom-component", name.encode())
    return dragged


def added(hands, name):
    return next(each for each in hands.document.tasks() if each.name == name and each.id not in ("a", "b"))


def test_dropped_on_empty_canvas_a_task_is_placed_under_the_cursor_on_the_grid(canvas):
    hands = canvas()
    hands.drop(of("count"), [QPoint(300, 300), QPoint(400, 300)])
    new = added(hands, "count")
    placement = hands.document.placement(new.id)
    assert (placement.x % 8, placement.y % 8) == (0, 0)
    assert hands.view.card_rect(new.id).contains(hands.view.to_scene(QPoint(400, 300)))
    assert hands.view.selection == {new.id}
    assert len(hands.done) == 1
    hands.undo()
    assert list(hands.document.tasks()) == []


def test_leaving_the_canvas_takes_the_ghost_away(canvas):
    hands = canvas()
    painters = len(hands.view.overlay_painters)
    hands.drop(of("count"), [QPoint(300, 300)], leave=True)
    assert len(hands.view.overlay_painters) == painters
    assert not hands.done


@pytest.mark.parametrize("is_made", [True, False])
def test_the_ghost_stays_until_the_component_is_ready(canvas, monkeypatch: pytest.MonkeyPatch, is_made: bool):
    hands = canvas()
    painters, bare = len(hands.view.overlay_painters), hands.view.grab().toImage()
    asked, realise = [], hands.view.library.realise
    monkeypatch.setattr(hands.view.library, "realise", lambda *call: asked.append(call))
    hands.drop(of("count"), [QPoint(400, 300)])
    assert hands.view.grab().toImage() != bare
    entry, done, failed = asked.pop()
    if is_made:
        realise(entry, done, failed)
        assert len(hands.done) == 1
    else:
        failed(EditorError("It is broken."))
        assert hands.refusals == ["It is broken."]
    assert len(hands.view.overlay_painters) == painters


def test_what_is_made_ready_late_leaves_the_selection_to_the_hand(canvas, monkeypatch: pytest.MonkeyPatch):
    hands = canvas(task("a"), placed("a", 40, 40))
    asked, realise = [], hands.view.library.realise
    monkeypatch.setattr(hands.view.library, "realise", lambda *call: asked.append(call))
    hands.drop(of("count"), [QPoint(400, 300)])
    start = hands.header("a")
    hands.press(start)
    hands.move(start + QPoint(20, 10))
    realise(*asked.pop())
    hands.release(start + QPoint(60, 40))
    assert added(hands, "count")
    assert hands.view.selection == {A}
    assert len(hands.done) == 2


def test_dropped_on_a_wire_it_is_inserted(canvas):
    hands = canvas(task("a"), task("b", x=from_task("a")), placed("a", 40, 40), placed("b", 680, 40))
    hands.drop(of("step"), [QPoint(300, 400), hands.at(hands.view.wire_path(B, "x").pointAtPercent(0.5))])
    new = added(hands, "step")
    assert hands.document.task(B).arguments == {"x": FromTask(new.id, "out")}
    assert new.arguments == {"x": FromTask(A, "out")}
    assert len(hands.done) == 1


def test_among_many_it_is_inserted_off_the_gui_thread_and_its_ghost_stays(canvas, monkeypatch: pytest.MonkeyPatch):
    hands = canvas(task("a"), task("b", x=from_task("a")), placed("a", 40, 40), placed("b", 680, 40))
    waiting, painters = [], len(hands.view.overlay_painters)
    monkeypatch.setattr(large_edits, "MANY_BESIDE", 1)
    hands.view.gestures.commands.in_background = lambda make, done, _failed: waiting.append((make, done))
    hands.drop(of("step"), [QPoint(300, 400), hands.at(hands.view.wire_path(B, "x").pointAtPercent(0.5))])
    assert hands.done == []
    assert len(hands.view.overlay_painters) == painters + 1
    ((make, done),) = waiting
    done(make())
    new = added(hands, "step")
    assert hands.document.task(B).arguments == {"x": FromTask(new.id, "out")}
    assert hands.view.selection == {new.id}
    assert len(hands.view.overlay_painters) == painters


def test_the_ghost_goes_when_a_fault_keeps_the_task_from_being_made(canvas, monkeypatch: pytest.MonkeyPatch):
    hands = canvas()
    asked, realise = [], hands.view.library.realise
    monkeypatch.setattr(hands.view.library, "realise", lambda *call: asked.append(call))
    painters = len(hands.view.overlay_painters)
    hands.drop(of("count"), [QPoint(400, 300)])

    def fault(*_arguments, **_named):
        raise RuntimeError("A bug.")

    monkeypatch.setattr(edits, "add_task", fault)
    with pytest.raises(RuntimeError, match="bug"):
        realise(*asked.pop())
    assert len(hands.view.overlay_painters) == painters
    assert not hands.view.gestures.pending


def test_a_wire_that_goes_while_something_is_put_into_it_is_left_out(canvas, monkeypatch: pytest.MonkeyPatch):
    hands = canvas(task("a"), task("b", x=from_task("a")), placed("a", 40, 40), placed("b", 680, 40))
    waiting = []
    monkeypatch.setattr(large_edits, "MANY_BESIDE", 1)
    hands.view.gestures.commands.in_background = lambda make, done, _failed: waiting.append((make, done))
    hands.drop(of("step"), [QPoint(300, 400), hands.at(hands.view.wire_path(B, "x").pointAtPercent(0.5))])
    hands.document.apply(edits.delete(hands.document, [B]))
    for _again in range(2):
        make, done = waiting.pop()
        done(make())
    assert added(hands, "step").arguments == {}


@pytest.mark.parametrize(("beside", "is_inserted"), [(13, True), (-40, True), (-90, False), (40, False)])
def test_the_ghost_need_only_lie_across_a_wire(canvas, beside: int, is_inserted: bool):
    hands = canvas(task("a"), task("b", x=from_task("a")), placed("a", 40, 40), placed("b", 680, 40))
    cursor = hands.at(hands.view.wire_path(B, "x").pointAtPercent(0.5)) + QPoint(0, beside)
    hands.drop(of("step"), [QPoint(300, 400), cursor])
    new = added(hands, "step")
    assert hands.document.task(B).arguments == {"x": FromTask(new.id if is_inserted else A, "out")}
    assert len(hands.done) == 1


def test_what_does_not_fit_into_the_wire_is_said_and_added_beside(canvas):
    hands = canvas(task("a"), task("b", x=from_task("a")), placed("a", 40, 40), placed("b", 680, 40))
    middle = hands.at(hands.view.wire_path(B, "x").pointAtPercent(0.5))
    hands.drop(of("count"), [QPoint(300, 400), middle])
    assert hands.document.task(B).arguments == {"x": FromTask(A, "out")}
    assert added(hands, "count").arguments == {}


def test_dropped_on_a_task_it_takes_its_place_keeping_what_fits(canvas):
    hands = canvas(task("a"), task("b", x=from_task("a")), placed("a", 40, 40), placed("b", 680, 40))
    hands.drop(of("count"), [QPoint(300, 400), hands.body("b")])
    assert hands.document.task(B).component == COUNT.id
    assert hands.document.task(B).arguments == {}
    assert "dropped" in hands.messages[0]
    assert len(hands.done) == 1


def test_dropped_into_a_frame_it_goes_into_the_group(canvas):
    loop = Loop(id=LOOP, parent=ROOT, name="each", items=Constant([1, 2]))
    hands = canvas(loop, task("b", parent="loop"), placed("b", 400, 200))
    inside = hands.at(hands.view.card_rect(LOOP).bottomRight() - QPointF(12, 12))
    hands.drop(of("count"), [QPoint(100, 100), inside])
    assert added(hands, "count").parent == LOOP


def test_a_component_that_the_library_has_no_longer_is_not_taken(canvas):
    hands = canvas()
    hands.drop(of("gone"), [QPoint(300, 300)])
    assert not hands.done


def test_files_are_handed_on(canvas, tmp_path):
    hands = canvas()
    dropped = []
    hands.view.gestures.files_dropped.connect(dropped.append)
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(tmp_path / "component.yaml")), QUrl("https://example.org/x.yaml")])
    hands.drop(files, [QPoint(300, 300)])
    assert dropped == [[tmp_path / "component.yaml"]]


def test_read_only_views_take_nothing(canvas):
    hands = canvas()
    hands.view.set_read_only(True)
    hands.drop(of("count"), [QPoint(300, 300)])
    assert not hands.done


def test_a_hostile_name_is_only_text(canvas):
    name = "../../x \u202e\N{PILE OF POO} " + "y" * 3000
    hands = canvas(shelf=[component(name)])
    hands.drop(of(name), [QPoint(300, 300), QPoint(320, 300)])
    assert len(hands.done) == 1


@pytest.mark.parametrize("before", range(3))
def test_a_click_that_waits_neither_ends_nor_drops_what_is_dragged(
    canvas, monkeypatch: pytest.MonkeyPatch, before: int
):
    hands = canvas()
    gestures, waiting = hands.view.gestures, []
    monkeypatch.setattr(gestures.held, "in_turn", waiting.append)
    monkeypatch.setattr(gestures.held, "is_preceded", lambda: True)
    hands.click(QPoint(600, 500))
    assert len(waiting) == 2
    for _number in range(before):
        waiting.pop(0)()
    move = gestures.drag_move

    def move_after_one(event: QDragMoveEvent) -> bool:
        if waiting:
            waiting.pop(0)()
        return move(event)

    monkeypatch.setattr(gestures, "drag_move", move_after_one)
    hands.drop(of("count"), [QPoint(300, 300), QPoint(350, 300), QPoint(400, 300)])
    new = added(hands, "count")
    assert hands.view.card_rect(new.id).contains(hands.view.to_scene(QPoint(400, 300)))
    assert len(hands.done) == 1
