"""Selecting, looking around, opening: what leaves the document alone."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from editor.model import ROOT, EntityId, Note, Pipeline
from editor.ui.canvas.focus import Focus
from editor.ui.canvas.gestures.pan import LEAST_REPEAT_MS, REPEAT_GAP_MS
from tests.builders import from_task, task
from tests.ui.gestures.conftest import placed

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
NOWHERE = QPoint()
A, B, C = EntityId("a"), EntityId("b"), EntityId("c")


@pytest.fixture
def three(canvas):
    return canvas(
        task("a"),
        task("b", x=from_task("a")),
        task("c"),
        placed("a", 40, 40),
        placed("b", 400, 40),
        placed("c", 400, 300),
    )


def test_clicks_choose_one_ctrl_toggles_shift_adds_empty_chooses_nothing(three):
    three.click(three.header("a"))
    assert three.view.selection == {A}
    three.click(three.header("b"), SHIFT)
    assert three.view.selection == {A, B}
    three.click(three.header("a"), CTRL)
    assert three.view.selection == {B}
    three.click(three.header("c"))
    assert three.view.selection == {C}
    three.click(QPoint(900, 600))
    assert three.view.selection == frozenset()
    assert not three.done


def test_rubber_band_takes_what_lies_wholly_inside(three):
    three.drag(three.at(QPointF(300, 10)), three.at(QPointF(700, 200)))
    assert three.view.selection == {B}
    three.drag(three.at(QPointF(10, 10)), three.at(QPointF(500, 200)))
    assert three.view.selection == {A}
    three.drag(three.at(QPointF(300, 10)), three.at(QPointF(700, 200)), SHIFT)
    assert three.view.selection == {A, B}


def test_escape_during_a_rubber_band_brings_the_old_selection_back(three):
    three.click(three.header("c"))
    three.press(three.at(QPointF(10, 10)))
    three.move(three.at(QPointF(700, 250)))
    assert three.view.selection == {A, B}
    three.key(Qt.Key.Key_Escape)
    assert three.view.selection == {C}


def test_lasso_takes_what_is_inside_the_line(three):
    corners = [(20, 20), (300, 20), (300, 400), (700, 280), (700, 500), (20, 500)]
    three.press(three.at(QPointF(*corners[0])), ALT)
    for corner in corners[1:]:
        three.move(three.at(QPointF(*corner)), ALT)
    three.release(three.at(QPointF(*corners[-1])), ALT)
    assert three.view.selection == {A}


def test_a_lasso_can_be_asked_for_by_a_key_and_begins_anywhere(three):
    view = three.view
    three.key(Qt.Key.Key_Q)
    assert view.viewport().cursor().shape() == Qt.CursorShape.CrossCursor
    assert "Draw a line" in three.messages[-1]
    start = three.header("c")
    three.press(start)
    for corner in [(20, 320), (20, 20), (300, 20), (300, 300)]:
        three.move(three.at(QPointF(*corner)))
    three.release(three.at(QPointF(300, 300)))
    assert view.selection == {A}
    assert not three.done
    assert view.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor
    three.drag(three.at(QPointF(300, 10)), three.at(QPointF(700, 200)))
    assert view.selection == {B}


@pytest.mark.parametrize("key", [Qt.Key.Key_Q, Qt.Key.Key_Escape])
def test_a_lasso_that_was_asked_for_can_be_given_up(three, key):
    three.view.select({C})
    three.key(Qt.Key.Key_Q)
    three.key(key)
    assert three.view.selection == {C}
    assert not three.view.gestures.is_lasso_next
    three.drag(three.header("a"), three.header("a") + QPoint(0, 80))
    assert three.view.selection == {A}
    assert len(three.done) == 1


def test_a_click_on_a_wire_gives_it_the_keyboard_and_delete_unplugs_it(three):
    three.click(three.at(three.view.wire_path(B, "x").pointAtPercent(0.5)))
    assert three.view.gestures.keyboard.focus == ("wire", B, "x")
    three.key(Qt.Key.Key_Delete)
    assert three.document.task(B).arguments == {}


def test_space_and_the_middle_button_pan(three):
    before = three.view.to_scene(QPoint(0, 0))
    three.drag(QPoint(500, 500), QPoint(560, 530), button=Qt.MouseButton.MiddleButton)
    after = three.view.to_scene(QPoint(0, 0))
    assert before - after == QPointF(60, 30)
    from PySide6.QtTest import QTest

    QTest.keyPress(three.view, Qt.Key.Key_Space)
    three.drag(three.header("a"), three.header("a") + QPoint(40, 40))
    QTest.keyRelease(three.view, Qt.Key.Key_Space)
    assert after - three.view.to_scene(QPoint(0, 0)) == QPointF(40, 40)
    assert not three.done
    assert three.view.selection == frozenset()


def wheel(hands, at, *, angle=NOWHERE, pixels=NOWHERE, phase=Qt.ScrollPhase.NoScrollPhase, keys=NONE, target=None):
    viewport = target or hands.view.viewport()
    event = QWheelEvent(
        QPointF(at),
        QPointF(viewport.mapToGlobal(at)),
        pixels,
        angle,
        Qt.MouseButton.NoButton,
        keys,
        phase,
        False,  # noqa: FBT003 Qt's signature
        Qt.MouseEventSource.MouseEventNotSynthesized,
        QPointingDevice.primaryPointingDevice(),
    )
    QApplication.sendEvent(viewport, event)


def test_a_wheel_zooms_at_the_cursor(three):
    at = QPoint(300, 200)
    held = three.view.to_scene(at)
    wheel(three, at, angle=QPoint(0, 120))
    assert three.view.zoom == pytest.approx(1.2)
    assert (three.view.to_scene(at) - held).manhattanLength() < 2
    wheel(three, at, angle=QPoint(0, -120))
    assert three.view.zoom == pytest.approx(1.0)


def test_two_fingers_pan_and_with_ctrl_zoom(three):
    before = three.view.to_scene(QPoint(0, 0))
    wheel(three, QPoint(300, 200), angle=QPoint(0, -24), pixels=QPoint(0, -15), phase=Qt.ScrollPhase.ScrollUpdate)
    assert three.view.to_scene(QPoint(0, 0)) - before == QPointF(0, 15)
    assert three.view.zoom == 1
    wheel(
        three, QPoint(300, 200), angle=QPoint(0, 24), pixels=QPoint(0, 15), phase=Qt.ScrollPhase.ScrollUpdate, keys=CTRL
    )
    assert three.view.zoom > 1


def test_shift_and_a_wheel_pan_sideways(three):
    before = three.view.to_scene(QPoint(0, 0))
    wheel(three, QPoint(300, 200), angle=QPoint(0, -120), keys=SHIFT)
    assert (three.view.to_scene(QPoint(0, 0)) - before).x() == 60


def test_double_click_on_empty_canvas_opens_the_quick_add_and_enter_places_it_there(three, qtbot):
    three.double_click(QPoint(200, 550))
    popup = three.view.gestures.quick_add
    assert popup.isVisible()
    qtbot.keyClicks(popup.field, "count")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    added = next(each for each in three.document.tasks() if each.name == "count")
    placement = three.document.placement(added.id)
    assert (three.view.to_scene(QPoint(200, 550)) - QPointF(placement.x, placement.y)).manhattanLength() < 16
    assert three.view.selection == {added.id}
    assert three.view.hasFocus()


def test_double_click_on_a_header_renames_in_place(three, qtbot):
    three.double_click(three.header("a"))
    field = three.view.gestures.inline.field
    assert field.isVisible()
    assert field.selectedText() == "a"
    qtbot.keyClicks(field, "load")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert three.document.task(A).name == "load"
    assert len(three.done) == 1


def test_a_refused_name_is_said_and_the_field_stays_until_escape(three, qtbot):
    three.double_click(three.header("a"))
    field = three.view.gestures.inline.field
    qtbot.keyClicks(field, "b")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert three.view.gestures.bubble.is_refusal
    assert field.isVisible()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not field.isVisible()
    assert three.document.task(A).name == "a"


def test_double_click_on_a_sub_pipeline_enters_it(canvas):
    inner = Pipeline(id=EntityId("inner"), name="inner")
    hands = canvas(inner, task("sub", of=inner), task("deep", parent="inner"), placed("sub", 40, 40))
    entered = []
    hands.view.activated.connect(entered.append)
    hands.double_click(hands.header("sub"))
    assert entered == ["sub"]


def test_double_click_on_a_note_edits_it(canvas, qtbot):
    hands = canvas(Note(id=EntityId("n"), parent=ROOT, text="old", x=40, y=40, width=224, height=120))
    hands.double_click(hands.at(QPointF(100, 80)))
    field = hands.view.gestures.inline.field
    qtbot.keyClicks(field, "new words")
    qtbot.keyClick(field, Qt.Key.Key_Return, CTRL)
    assert hands.document.get(EntityId("n")).text == "new words"


def test_holding_the_pointer_at_the_edge_moves_the_view(three, qtbot):
    before = three.view.to_scene(QPoint(0, 0)).x()
    three.press(three.header("a"))
    three.move(QPoint(500, 300))
    three.move(QPoint(998, 300))
    qtbot.waitUntil(lambda: three.view.to_scene(QPoint(0, 0)).x() > before + 40, timeout=2000)
    three.key(Qt.Key.Key_Escape)
    assert not three.done


def test_what_is_taken_hold_of_at_the_edge_scrolls_only_where_it_is_dragged_farther_out(canvas, qtbot):
    frame = Note(id=EntityId("n"), parent=ROOT, text="", shape="frame", x=500, y=500, width=224, height=190)
    hands = canvas(frame)
    corner = hands.at(QPointF(723, 689))
    assert hands.view.viewport().height() - corner.y() < 24
    before = hands.view.to_scene(QPoint(0, 0))
    hands.press(corner)
    hands.move(corner + QPoint(40, 0))
    qtbot.wait(80)
    assert hands.view.to_scene(QPoint(0, 0)) == before
    hands.move(QPoint(corner.x() + 40, hands.view.viewport().height() + 10))
    qtbot.waitUntil(lambda: hands.view.to_scene(QPoint(0, 0)).y() > before.y() + 40, timeout=2000)
    hands.key(Qt.Key.Key_Escape)
    assert not hands.done


def test_a_repetition_of_the_key_that_is_taken_for_a_release_neither_selects_nor_ends_the_pan(three, qtbot):
    """As Qt gives them under X11 when the press that follows has not arrived yet."""
    three.click(three.header("a"))
    before = three.view.to_scene(QPoint(0, 0))
    QTest.keyPress(three.view, Qt.Key.Key_Space)
    qtbot.wait(LEAST_REPEAT_MS + 10)
    QTest.keyRelease(three.view, Qt.Key.Key_Space)
    QTest.keyPress(three.view, Qt.Key.Key_Space)
    three.drag(QPoint(500, 600), QPoint(560, 640))
    QTest.keyRelease(three.view, Qt.Key.Key_Space)
    QTest.keyPress(three.view, Qt.Key.Key_Space)
    qtbot.wait(2 * REPEAT_GAP_MS)
    QTest.keyRelease(three.view, Qt.Key.Key_Space)
    qtbot.wait(2 * REPEAT_GAP_MS)
    assert three.view.to_scene(QPoint(0, 0)) == before - QPointF(60, 40)
    assert three.view.selection == {"a"}
    QTest.keyClick(three.view, Qt.Key.Key_Space)
    assert not three.view.selection


def test_a_layout_glides_where_motion_is_wanted_and_an_undo_cuts_it_short(three, qtbot):
    glide = three.view.gestures.glide
    glide.motion = "full"
    three.view.gestures.commands.run("canvas.layout")
    assert glide.is_under_way
    three.undo()
    assert not glide.is_under_way
    three.view.gestures.commands.run("canvas.layout")
    qtbot.waitUntil(lambda: not glide.is_under_way)
    assert len(three.done) == 1


def test_nothing_moves_where_motion_is_not_wanted(three):
    three.view.gestures.glide.motion = "none"
    three.view.gestures.commands.run("canvas.layout")
    assert len(three.done) == 1
    assert not three.view.gestures.glide.is_under_way


def test_pinching_zooms_at_the_fingers(three):
    at = QPointF(300, 200)
    held = three.view.to_scene(at.toPoint())
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        at,
        at,
        at,
        0.25,
        QPointF(0, 0),
    )
    QApplication.sendEvent(three.view.viewport(), event)
    assert three.view.zoom == pytest.approx(1.25)
    assert (three.view.to_scene(at.toPoint()) - held).manhattanLength() < 2


def test_what_a_field_on_the_canvas_leaves_over_does_nothing_to_the_canvas(three, qtbot):
    three.click(three.header("a"))
    three.view.gestures.commands.run("canvas.rename")
    field = three.view.gestures.inline.field
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown):
        qtbot.keyClick(field, key)
        qtbot.keyClick(field, key, CTRL)
    assert three.view.selection == {A}
    assert not three.done
    assert field.isVisible()


def test_presses_and_wheels_on_the_popup_are_not_the_canvass(three, qtbot):
    three.click(three.header("a"))
    three.double_click(QPoint(200, 350))
    popup = three.view.gestures.quick_add
    qtbot.mouseClick(popup, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert three.view.gestures.active is None
    assert popup.isVisible()
    wheel(three, QPoint(3, 3), angle=QPoint(0, -120), target=popup)
    assert three.view.zoom == 1
    qtbot.keyClick(popup.field, Qt.Key.Key_Escape)


def test_selecting_a_task_lets_go_of_the_wire_that_was_chosen(canvas):
    """Else Delete would take the wire, with the task's ring on the screen."""
    hands = canvas(task("a"), task("b", x=from_task("a")), task("c"))
    hands.view.gestures.keyboard.set_focus(Focus("wire", EntityId("b"), "x"))
    hands.view.select({EntityId("c")})
    assert hands.view.gestures.keyboard.focus is None
    hands.view.gestures.commands.run("canvas.delete")
    assert "c" not in hands.view.document
    assert hands.view.document.task(EntityId("b")).arguments


def test_wires_cannot_be_grasped_from_afar(canvas):
    """They are a pixel thick there: who presses between two cards means the paper."""
    hands = canvas(task("a"), task("b", x=from_task("a")), placed("a", 0, 0), placed("b", 900, 300))
    view = hands.view
    wire = next(
        QPointF(x, y) for x in range(300, 800, 4) for y in range(0, 400, 4) if view.hit(QPointF(x, y)).kind == "wire"
    )
    view.zoom_by(0.2 / view.zoom)
    assert view.hit(wire).kind == "none"
