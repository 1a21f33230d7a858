"""Notes, titled frames and the frames of groups on the real canvas, taken by their edges and corners."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from editor.model import ROOT, EntityId, Note
from editor.ui.canvas.gestures.resize import CURSORS
from tests.builders import task
from tests.ui.gestures.conftest import placed
from tests.ui.gestures.test_moving import loop

A, LOOP = EntityId("a"), EntityId("loop")


def test_a_note_moves_and_is_resized_by_its_corner(canvas):
    note = Note(id=EntityId("n"), parent=ROOT, text="hello", x=40, y=40, width=224, height=120)
    hands = canvas(note)
    hands.drag(hands.at(QPointF(100, 80)), hands.at(QPointF(180, 120)))
    moved = hands.document.get(note.id)
    assert (moved.x, moved.y) == (120, 80)
    corner = hands.at(QPointF(120 + 222, 80 + 118))
    hands.drag(corner, corner + QPoint(80, 40))
    sized = hands.document.get(note.id)
    assert (sized.width, sized.height) == (304, 160)
    assert len(hands.done) == 2


EVERY_SIDE = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y]


@pytest.mark.parametrize(("x", "y"), EVERY_SIDE)
@pytest.mark.parametrize("zoom", [0.3, 1.0, 2.0])
@pytest.mark.parametrize("shape", ["note", "frame"])
def test_a_note_and_a_frame_are_resized_by_every_edge_and_corner(canvas, shape, zoom, x, y):
    note = Note(id=EntityId("n"), parent=ROOT, text="hello", x=320, y=240, width=320, height=240, shape=shape)
    hands = canvas(note)
    hands.view.zoom_at(QPointF(500, 350), zoom)
    start = hands.at(QPointF(480 + 158.5 * x, 360 + 118.5 * y))
    hands.move(start, button=Qt.MouseButton.NoButton)
    assert hands.view.viewport().cursor().shape() == CURSORS[x, y]
    hands.drag(start, start + QPoint(round(80 * zoom), round(40 * zoom)))
    sized = hands.document.get(note.id)
    left, top = 320 + 80 * (x < 0), 240 + 40 * (y < 0)
    assert (sized.x, sized.y) == (left, top)
    assert (sized.x + sized.width, sized.y + sized.height) == (640 + 80 * (x > 0), 480 + 40 * (y > 0))
    assert [edit.label for edit in hands.done] == [f"Resize {shape}"]
    hands.undo()
    assert hands.document.get(note.id) == note


@pytest.mark.parametrize(("x", "y"), EVERY_SIDE)
def test_a_note_made_as_small_as_it_gets_keeps_its_other_side_and_a_middle_to_move_it_by(canvas, x, y):
    note = Note(id=EntityId("n"), parent=ROOT, text="hello", x=320, y=240, width=320, height=240)
    hands = canvas(note)
    start = hands.at(QPointF(480 + 158 * x, 360 + 118 * y))
    hands.drag(start, start - QPoint(400 * x, 300 * y))
    sized = hands.document.get(note.id)
    assert (sized.width, sized.height) == (96 if x else 320, 56 if y else 240)
    assert sized.x == (320 if x >= 0 else 640 - 96)
    assert sized.y == (240 if y >= 0 else 480 - 56)
    hands.view.zoom_at(QPointF(500, 350), 0.3)
    middle = hands.at(QPointF(sized.x + sized.width / 2, sized.y + sized.height / 2))
    hands.drag(middle, middle + QPoint(120, 0))
    assert hands.done[-1].label == "Move note"


def test_a_rubber_band_still_begins_inside_a_titled_frame_and_a_task_on_its_edge_comes_first(canvas):
    frame = Note(id=EntityId("n"), parent=ROOT, text="Both", x=40, y=40, width=400, height=300, shape="frame")
    hands = canvas(frame, task("a"), placed("a", 340, 120))
    hands.drag(hands.at(QPointF(60, 300)), hands.at(QPointF(600, 100)))
    assert hands.view.selection == {A}
    start = hands.at(QPointF(438, 130))
    hands.drag(start, start + QPoint(80, 0))
    assert [edit.label for edit in hands.done] == ["Move a"]


def test_a_groups_frame_is_resized_by_its_left_edge_and_never_below_what_is_in_it(canvas):
    hands = canvas(loop(), task("b", parent="loop"), placed("b", 300, 200))
    before = hands.view.card_rect(LOOP)
    start = hands.at(QPointF(before.left() + 2, before.bottom() - 20))
    hands.drag(start, start - QPoint(80, 0))
    after = hands.view.card_rect(LOOP)
    assert after.right() == before.right()
    assert abs(before.left() - 80 - after.left()) <= 4, "its width is on the grid"
    start = hands.at(QPointF(after.left() + 2, after.bottom() - 20))
    hands.drag(start, start + QPoint(400, 0))
    assert hands.view.card_rect(LOOP) == before


def test_a_folded_group_has_no_edges(canvas):
    hands = canvas(loop(), task("b", parent="loop"), placed("b", 300, 200))
    hands.view.select({LOOP})
    hands.view.gestures.commands.run("canvas.fold")
    rect = hands.view.card_rect(LOOP)
    start = hands.at(QPointF(rect.left() + 2, rect.center().y()))
    hands.drag(start, start - QPoint(80, 0))
    assert hands.done[-1].label == "Move each"


def test_a_groups_frame_is_resized_by_its_corner(canvas):
    hands = canvas(loop(), task("b", parent="loop"), placed("b", 300, 200))
    before = hands.view.card_rect(LOOP)
    corner = hands.at(before.bottomRight() - QPointF(3, 3))
    hands.drag(corner, corner + QPoint(80, 80))
    assert abs(hands.view.card_rect(LOOP).width() - before.width() - 80) <= 8
    assert len(hands.done) == 1
