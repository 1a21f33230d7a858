"""Keys held for what the mouse does on the real canvas: copies that are dragged, and Alt beside the menu bar."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from editor.model import ROOT, Constant, EntityId, ExitHandler, FromTask, Loop
from tests.builders import from_task, task
from tests.ui.gestures.conftest import placed
from tests.ui.gestures.test_choosing import wheel

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
A, LOOP = EntityId("a"), EntityId("loop")


@pytest.fixture
def scene(canvas):
    return canvas(
        Loop(id=LOOP, parent=ROOT, name="each", items=Constant([1, 2])),
        task("b", parent="loop"),
        task("a"),
        task("c", x=from_task("a")),
        placed("a", 40, 60),
        placed("c", 40, 300),
        placed("b", 480, 200),
    )


def press_or_release(widget, kind, key, keys):
    """As a platform does it: the key is among those held of its own press, and not of its release."""
    if kind == QEvent.Type.KeyPress:
        QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.ShortcutOverride, key, keys))
    QApplication.sendEvent(widget, QKeyEvent(kind, key, keys))


def copies(hands):
    return [node for node in hands.document.tasks() if node.id not in ("a", "b", "c")]


def test_a_copy_that_is_let_go_in_a_group_lies_in_it_and_keeps_its_wires(scene):
    start, end = scene.header("c"), scene.header("b") + QPoint(0, 30)
    scene.press(start, ALT)
    scene.move(start + QPoint(20, 20), ALT)
    scene.move(end, ALT)
    assert "copy into 'each'" in scene.view.gestures.bubble.text()
    scene.release(end, ALT)
    (copy,) = copies(scene)
    assert copy.parent == LOOP
    assert copy.arguments == {"x": FromTask(A, "out")}
    assert scene.document.task(EntityId("c")).parent == ROOT
    assert len(scene.done) == 1
    scene.undo()
    assert not copies(scene)


def test_a_copy_is_dragged_out_of_its_group_and_with_shift_stays_in_it(scene):
    box = scene.view.card_rect(LOOP)
    start = scene.header("b")
    scene.drag(start, start - QPoint(300, 0), ALT)
    assert [copy.parent for copy in copies(scene)] == [ROOT]
    assert scene.view.card_rect(LOOP) == box
    scene.undo()
    scene.drag(start, start - QPoint(300, 0), ALT | SHIFT)
    assert [copy.parent for copy in copies(scene)] == [LOOP]


def test_a_copy_that_a_group_cannot_take_is_refused_before_it_is_let_go(canvas):
    hands = canvas(
        Loop(id=LOOP, parent=ROOT, name="each", items=Constant([1, 2])),
        task("b", parent="loop"),
        ExitHandler(id=EntityId("exit"), parent=ROOT, name="cleanup", exit_task=EntityId("last")),
        task("inner", parent="exit"),
        task("last"),
        placed("b", 480, 200),
        placed("inner", 60, 60),
        placed("last", 60, 360),
    )
    hands.view.select({"exit", "last"})
    start = hands.at(hands.view.card_rect(EntityId("exit")).topLeft() + QPointF(60, 12))
    end = hands.header("b") + QPoint(0, 30)
    hands.press(start, ALT)
    hands.move(start + QPoint(20, 20), ALT)
    hands.move(end, ALT)
    assert "exit handler" in hands.view.gestures.bubble.text()
    hands.release(end, ALT)
    assert not hands.done
    assert "top of a pipeline" in hands.refusals[0]


def test_copies_that_are_held_look_like_the_tasks_that_they_will_be(scene):
    start, way = scene.header("a"), QPoint(200, 400)
    name = scene.at(scene.view.card_rect(A).topLeft() + QPointF(30, 6))

    def letters(at):
        image = scene.view.viewport().grab(QRect(at, QSize(40, 16))).toImage()
        return sum(image.pixelColor(x, y).lightness() < 110 for x in range(40) for y in range(16))

    scene.view.settle()
    before = letters(name)
    assert before
    assert not letters(name + way)
    scene.press(start, ALT)
    scene.move(start + QPoint(20, 20), ALT)
    scene.move(start + way, ALT)
    assert letters(name) == before, "what is copied stays"
    assert letters(name + way) > before / 2
    scene.view.gestures.cancel()
    assert not letters(name + way)
    assert not scene.done


def test_alt_pressed_and_let_go_during_a_drag_counts_without_a_move(scene):
    """QApplication.keyboardModifiers() does not know of it yet when the key's own event comes (X11)."""
    viewport = scene.view.viewport()
    start = scene.header("a")
    scene.press(start)
    scene.move(start + QPoint(60, 60))
    assert scene.view.card_rect(A).topLeft() != QPointF(40, 60)
    press_or_release(scene.view, QEvent.Type.KeyPress, Qt.Key.Key_Alt, ALT)
    assert scene.view.card_rect(A).topLeft() == QPointF(40, 60), "what is copied lies where it lay"
    assert viewport.cursor().shape() == Qt.CursorShape.DragCopyCursor
    press_or_release(scene.view, QEvent.Type.KeyRelease, Qt.Key.Key_Alt, NONE)
    assert scene.view.card_rect(A).topLeft() != QPointF(40, 60)
    assert viewport.cursor().shape() == Qt.CursorShape.ArrowCursor
    press_or_release(scene.view, QEvent.Type.KeyPress, Qt.Key.Key_Alt, NONE)
    assert viewport.cursor().shape() == Qt.CursorShape.DragCopyCursor, "not every platform counts it in"
    scene.release(start + QPoint(60, 60), ALT)
    assert len(copies(scene)) == 1
    assert viewport.cursor().shape() == Qt.CursorShape.ArrowCursor


@pytest.mark.parametrize("turned", [QPoint(0, -120), QPoint(-120, 0)], ids=["as it is", "turned by the platform"])
@pytest.mark.parametrize(("keys", "way"), [(ALT, QPointF(0, 60)), (SHIFT, QPointF(60, 0))], ids=["Alt", "Shift"])
def test_a_wheel_goes_the_way_that_the_key_says(scene, turned, keys, way):
    before = scene.view.to_scene(QPoint(0, 0))
    wheel(scene, QPoint(300, 200), angle=turned, keys=keys)
    assert scene.view.to_scene(QPoint(0, 0)) - before == way


@pytest.fixture
def menu_bar(scene, qtbot):
    """The menu bar of a window round the canvas."""
    window = QMainWindow()
    qtbot.addWidget(window)
    window.menuBar().addMenu("&File").addAction("Open")
    window.setCentralWidget(scene.view)
    window.resize(1000, 700)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    scene.view.setFocus()
    yield window.menuBar()
    scene.view.setParent(None)


def hold_alt(view, meanwhile=lambda: None):
    press_or_release(view, QEvent.Type.KeyPress, Qt.Key.Key_Alt, ALT)
    meanwhile()
    press_or_release(view, QEvent.Type.KeyRelease, Qt.Key.Key_Alt, NONE)


def test_alt_held_for_the_wheel_does_not_give_the_keys_to_the_menu_bar(scene, menu_bar):
    hold_alt(scene.view, lambda: wheel(scene, QPoint(300, 200), angle=QPoint(-120, 0), keys=ALT))
    assert not menu_bar.hasFocus()
    hold_alt(scene.view)
    assert menu_bar.hasFocus(), "a tap still does"


def test_alt_tapped_during_a_drag_is_for_the_drag(scene, menu_bar):
    start = scene.header("a")
    scene.press(start)
    scene.move(start + QPoint(60, 60))
    hold_alt(scene.view)
    assert not menu_bar.hasFocus()
    scene.release(start + QPoint(60, 60))
    assert [edit.label for edit in scene.done] == ["Move a"]
