"""What a screen reader finds on the canvas."""

import gc

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QAccessible, QAccessibleActionInterface

from editor.model import ROOT, Constant, EntityId, Loop, Note
from editor.ui.canvas.accessibility import accessible_canvas
from editor.ui.canvas.focus import Focus
from tests.builders import COUNT, from_task, pipeline, task, value
from tests.ui.gestures.conftest import Shelf, placed

NAME, DESCRIPTION = QAccessible.Text.Name, QAccessible.Text.Description
B, LOOP = EntityId("b"), EntityId("loop")


@pytest.fixture
def scene(canvas):
    hands = canvas(
        task("a"),
        task("b", of=COUNT, text=from_task("a")),
        task("c", x=value("hi")),
        Loop(id=LOOP, parent=ROOT, name="each", items=Constant([1])),
        task("d", parent="loop"),
        placed("a", 40, 40),
        placed("b", 400, 40),
        placed("c", 40, 200),
        placed("d", 400, 300),
    )
    QAccessible.setActive(True)
    yield hands
    QAccessible.setActive(False)


def children(interface):
    return [interface.child(number) for number in range(interface.childCount())]


def named(interface, name):
    return next(child for child in children(interface) if child.text(NAME) == name)


def test_tasks_ports_and_wires_are_there_with_their_names(scene):
    root = accessible_canvas(scene.view)
    assert root.role() == QAccessible.Role.Canvas
    assert {child.text(NAME) for child in children(root)} == {"Task a", "Task b", "Task c", "Loop each", "Task d"}
    task_b = named(root, "Task b")
    assert [part.text(NAME) for part in children(task_b)] == ["Input text", "Output words", "Wire from a.out to b.text"]
    assert children(task_b)[0].text(DESCRIPTION) == "STRING, from a.out"
    assert "component count, 1 input, 1 output" in task_b.text(DESCRIPTION)
    assert named(root, "Loop each").role() == QAccessible.Role.Grouping


def test_a_titled_frame_is_called_a_frame(canvas):
    hands = canvas(
        Note(id=EntityId("f"), parent=ROOT, text="Prepare", x=0, y=0, width=200, height=96, shape="frame"),
        Note(id=EntityId("g"), parent=ROOT, text="", x=300, y=0, width=200, height=96, shape="frame"),
        Note(id=EntityId("n"), parent=ROOT, text="", x=0, y=300, width=200, height=96),
    )
    QAccessible.setActive(True)
    try:
        root = accessible_canvas(hands.view)
        roles = {child.text(NAME): child.role() for child in children(root)}
    finally:
        QAccessible.setActive(False)
    grouping, note = QAccessible.Role.Grouping, QAccessible.Role.Note
    assert roles == {"Frame Prepare": grouping, "Frame": grouping, "Note": note}


def test_parents_and_indexes_lead_back(scene):
    root = accessible_canvas(scene.view)
    for number, child in enumerate(children(root)):
        assert root.indexOfChild(child) == number
        assert child.parent() is root
        for place, part in enumerate(children(child)):
            assert child.indexOfChild(part) == place
            assert part.parent() is child


def test_states_follow_selection_focus_and_issues(scene):
    root = accessible_canvas(scene.view)
    task_b = named(root, "Task b")
    assert not task_b.state().selected
    scene.view.select({B})
    scene.view.set_issues({B: "error"})
    scene.view.gestures.keyboard.set_focus(Focus("node", B), by_key=True)
    state = task_b.state()
    assert state.selected
    assert state.focused
    assert "has an error" in task_b.text(DESCRIPTION)
    assert root.focusChild() is task_b


def test_rects_and_hits_agree(scene):
    root = accessible_canvas(scene.view)
    centre = named(root, "Task b").rect().center()
    assert root.childAt(centre.x(), centre.y()) is named(root, "Task b")
    port = children(named(root, "Task b"))[0].rect().center()
    assert root.childAt(port.x(), port.y()) is children(named(root, "Task b"))[0]


def test_actions_select_and_focus(scene):
    part = children(named(accessible_canvas(scene.view), "Task b"))[0]
    actions = part.actionInterface()
    assert QAccessibleActionInterface.setFocusAction() in actions.actionNames()
    actions.doAction(QAccessibleActionInterface.setFocusAction())
    assert scene.view.gestures.keyboard.focus == Focus("input", B, "text")
    press = named(accessible_canvas(scene.view), "Task b").actionInterface()
    press.doAction(QAccessibleActionInterface.pressAction())
    assert scene.view.selection == {B}


def test_what_is_deleted_is_no_longer_there_and_what_comes_is(scene):
    root = accessible_canvas(scene.view)
    task_b = named(root, "Task b")
    scene.view.select({B})
    scene.view.gestures.commands.delete()
    assert not task_b.isValid()
    assert task_b.text(NAME) == ""
    assert "Task b" not in {child.text(NAME) for child in children(root)}
    scene.undo()
    assert named(root, "Task b").isValid()


def test_the_widget_tree_leads_to_the_canvas(scene):
    view = QAccessible.queryAccessibleInterface(scene.view)
    assert view is accessible_canvas(scene.view)
    assert QAccessible.queryAccessibleInterface(scene.view.viewport()) is not view


def test_canvases_come_and_go_without_leaving_pointers_behind(qtbot):
    from editor.ui.canvas.view import CanvasView
    from editor.ui.theme import load

    QAccessible.setActive(True)
    document = pipeline(task("a"), task("b", x=from_task("a")))
    # Each collection looks at what the canvases leave, not at all that the tests before have loaded.
    gc.collect()
    gc.freeze()
    for _ in range(20):
        view = CanvasView(document, do=document.apply, library=Shelf(()), theme=load("light"))
        root = accessible_canvas(view)
        parts = [part for child in children(root) for part in (child, *children(child))]
        ids = [QAccessible.uniqueId(part) for part in parts]
        view.gestures.keyboard.set_focus(Focus("input", B, "x"), by_key=True)
        view.deleteLater()
        del view
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert all(QAccessible.accessibleInterface(each) is None for each in ids)
        assert not any(shiboken6.isValid(part) for part in parts)
        del parts, root
        gc.collect()
    gc.unfreeze()
    QAccessible.setActive(False)
