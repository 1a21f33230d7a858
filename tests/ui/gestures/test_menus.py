"""Context menus: what can be done with the thing under the cursor."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication

from editor.model import ROOT, Change, Constant, Edit, EntityId, FromTask, Loop, Note
from tests.builders import from_task, task, value
from tests.ui.gestures.conftest import placed

# The offscreen platform has no window manager to ask.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

A, B, LOOP = EntityId("a"), EntityId("b"), EntityId("loop")


@pytest.fixture
def scene(canvas):
    return canvas(
        task("a"),
        task("b", x=from_task("a")),
        task("c", x=value("hello")),
        Loop(id=LOOP, parent=ROOT, name="each", items=Constant([1])),
        task("d", parent="loop"),
        Note(id=EntityId("n"), parent=ROOT, text="words", x=40, y=500, width=200, height=100),
        placed("a", 40, 40),
        placed("b", 400, 40),
        placed("c", 720, 40),
        placed("d", 400, 300),
    )


def menu_at(hands, at: QPoint):
    """The words of the menu that a right click opens there."""
    viewport = hands.view.viewport()
    hands.press(at, button=Qt.MouseButton.RightButton)
    hands.release(at, button=Qt.MouseButton.RightButton)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, viewport.mapToGlobal(at))
    QApplication.sendEvent(viewport, event)
    return hands.view.gestures.menu


def words(menu):
    return [action.text().split("\t")[0] for action in menu.actions() if not action.isSeparator()]


def choose(menu, text):
    next(action for action in menu.actions() if action.text().split("\t")[0] == text).trigger()
    menu.close()


def test_wraps_are_a_menu_of_their_own(scene):
    menu = menu_at(scene, scene.header("c"))
    assert not {"If", "Loop"} & set(words(menu))
    wraps = next(action.menu() for action in menu.actions() if action.text() == "Wrap in")
    assert words(wraps) == ["If", "If / Else", "Loop", "Exit handler", "Sub-pipeline"]
    choose(wraps, "Loop")
    menu.close()
    assert isinstance(scene.document.get(scene.document.task(EntityId("c")).parent), Loop)


def test_a_tasks_menu_is_about_it_and_does_what_it_says(scene):
    menu = menu_at(scene, scene.header("a"))
    assert scene.view.selection == {A}
    assert {"Rename", "Mute", "Unplug", "Wrap in", "Copy", "Delete"} <= set(words(menu))
    choose(menu, "Mute")
    assert scene.document.task(A).is_muted


def test_the_menu_keeps_a_selection_that_holds_what_is_under_the_cursor(scene):
    scene.view.select({A, B})
    choose(menu_at(scene, scene.header("a")), "Delete")
    assert {each.id for each in scene.document.tasks()} == {"c", "d"}


def test_a_wires_menu_unplugs_and_goes_to_its_ends(scene):
    menu = menu_at(scene, scene.at(scene.view.wire_path(B, "x").pointAtPercent(0.5)))
    assert words(menu) == ["Insert a task\u2026", "Unplug", "Go to a", "Go to b"]
    choose(menu, "Go to a")
    assert scene.view.selection == {A}
    choose(menu_at(scene, scene.at(scene.view.wire_path(B, "x").pointAtPercent(0.5))), "Unplug")
    assert scene.document.task(B).arguments == {}


def test_a_ports_menu_promotes_it_and_gives_the_default_back(scene):
    menu = menu_at(scene, scene.port("c", "input", "x"))
    assert "Back to the default" in words(menu)
    choose(menu, "Make it a pipeline input")
    assert [port.name for port in scene.document.root.inputs] == ["x"]


def test_a_frames_menu(scene):
    title = scene.at(scene.view.card_rect(LOOP).topLeft()) + QPoint(40, 10)
    choose(menu_at(scene, title), "Fold or open")
    assert scene.document.placement(LOOP).is_folded


def test_empty_canvas_and_notes(scene):
    assert {"Quick add\u2026", "Paste", "Add note", "Select all", "Fit all"} <= set(
        words(menu_at(scene, QPoint(900, 650)))
    )
    scene.view.gestures.menu.close()
    note = menu_at(scene, scene.at(scene.view.card_rect(EntityId("n")).center()))
    assert words(note)[0] == "Rename"
    note.close()


def test_notes_and_frames_are_coloured_from_their_menu_in_one_step(scene):
    first, second = EntityId("n"), EntityId("f")
    scene.view.select(())
    scene.document.apply(
        Edit(
            "frame",
            (
                Change(
                    second,
                    None,
                    Note(id=second, parent=ROOT, text="f", x=300, y=500, width=90, height=90, shape="frame"),
                ),
            ),
        )
    )
    scene.view.select({first, second, A})
    menu = menu_at(scene, scene.at(scene.view.card_rect(first).center()))
    colors = next(action.menu() for action in menu.actions() if action.text() == "Colour")
    assert words(colors) == ["Yellow", "Green", "Blue", "Violet", "Red", "Grey"]
    assert not any(action.icon().isNull() for action in colors.actions())
    assert [action.text() for action in colors.actions() if action.isChecked()] == ["Yellow"], "that of a plain note"
    choose(colors, "Violet")
    menu.close()
    assert [scene.document.get(each).color for each in (first, second)] == ["violet", "violet"]
    assert len(scene.done) == 1
    assert scene.view.gestures.commands.is_checked("canvas.color-violet")
    scene.view.select({A})
    assert not scene.view.gestures.commands.is_enabled("canvas.color-violet")


def test_insert_from_a_wires_menu(scene, qtbot):
    choose(menu_at(scene, scene.at(scene.view.wire_path(B, "x").pointAtPercent(0.5))), "Insert a task\u2026")
    popup = scene.view.gestures.quick_add
    qtbot.keyClicks(popup.field, "step")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    new = next(each for each in scene.document.tasks() if each.name == "step")
    assert scene.document.task(B).arguments == {"x": FromTask(new.id, "out")}
    assert len(scene.done) == 1


def test_several_things_are_aligned_from_their_menu(scene):
    scene.view.select({A, EntityId("d")})
    menu = menu_at(scene, scene.header("a"))
    inner = next(action.menu() for action in menu.actions() if action.text() == "Align")
    assert "Distribute down" in words(inner)
    choose(inner, "Left edges")
    menu.close()
    assert scene.view.card_rect(A).left() == scene.view.card_rect(EntityId("d")).left()
    scene.view.select({A})
    assert "Align" not in words(menu_at(scene, scene.header("a")))
    scene.view.gestures.menu.close()
