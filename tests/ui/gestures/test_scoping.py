"""By command what a drag over a frame's edge does; and a card's defaulted inputs, and another component."""

import pytest
from PySide6.QtWidgets import QMenu

from editor.model import ROOT, Constant, EntityId, FromTask, Loop
from editor.model.port_types import STRING
from editor.ui.canvas.gestures import scoping
from tests.builders import component, from_task, task
from tests.ui.gestures.conftest import placed

A, B, LOOP, OTHER = EntityId("a"), EntityId("b"), EntityId("l"), EntityId("m")
MANY = component("many", {f"x{number}": STRING for number in range(10)}, {}, optional=tuple(f"x{n}" for n in range(10)))


@pytest.fixture
def scene(canvas):
    return canvas(
        Loop(id=LOOP, parent=ROOT, name="each", items=Constant([1, 2])),
        Loop(id=OTHER, parent=ROOT, name="other", items=Constant([1, 2])),
        task("a", parent="l"),
        task("b", x=from_task("a")),
        task("c", parent="m"),
        placed("a", 80, 120),
        placed("b", 800, 120),
        placed("c", 80, 500),
    )


def test_selection_moves_out_in_one_step_and_lies_outside(scene):
    view, before = scene.view, dict(scene.document.entities)
    del before[EntityId("b")]
    view.select({A})
    view.gestures.commands.run("canvas.move-out")
    assert scene.document.task(A).parent == ROOT
    assert not view.card_rect(LOOP).intersects(view.card_rect(A))
    assert scene.document.task(B).arguments["x"] == FromTask(A, "out"), "nothing to collect any more"
    assert len(scene.done) == 1
    assert not view.gestures.commands.is_enabled("canvas.move-out")


def test_menu_offers_the_groups_that_take_it(scene):
    view = scene.view
    view.select({A})
    menu = view.gestures.commands.move_menu()
    assert [action.text() for action in menu.actions()] == ["other"]
    menu.actions()[0].trigger()
    menu.close()
    assert scene.document.task(A).parent == OTHER
    assert view.card_rect(OTHER).contains(view.card_rect(A))
    assert not view.card_rect(A).intersects(view.card_rect(EntityId("c")))
    assert len(scene.done) == 1


def test_groups_that_there_is_no_time_to_try_are_offered_and_refuse_when_chosen(scene, monkeypatch):
    monkeypatch.setattr(scoping, "TRY_FOR_S", 0.0)
    tried: list[object] = []
    monkeypatch.setattr(scoping, "_takes", lambda *asked: tried.append(asked))
    menu = QMenu()
    scoping.fill_groups(scene.view, [B], menu)
    assert not tried
    assert [action.text() for action in menu.actions()] == ["each", "other"]
    menu.actions()[1].trigger()
    assert scene.document.task(B).parent == OTHER or scene.refusals


def test_laying_out_a_group_leaves_what_is_around(scene):
    view = scene.view
    view.select({LOOP})
    was = view.card_rect(B)
    view.gestures.commands.run("canvas.layout")
    view.gestures.glide.stop()
    assert view.card_rect(B) == was


def test_defaulted_inputs_are_shown_by_command(canvas):
    scene = canvas(MANY, task("m", of=MANY), placed("m", 80, 80))
    view = scene.view
    height = view.card_rect(OTHER).height()
    view.select({OTHER})
    view.gestures.commands.run("canvas.fold")
    assert view.card_rect(OTHER).height() > height
    view.gestures.commands.run("canvas.fold")
    assert view.card_rect(OTHER).height() == height
    assert [edit.label for edit in scene.done] == ["Show defaulted inputs", "Hide defaulted inputs"]


def test_another_component_is_asked_for_by_command(scene):
    view = scene.view
    view.select({B})
    view.gestures.commands.run("canvas.replace")
    popup = view.gestures.quick_add
    assert popup.isVisible()
    assert all(choice.entry is not None for choice in popup.shown), "no group takes a task's place"
    popup.field.setText("count")
    popup.place_current()
    assert scene.document.component(scene.document.task(B).component).name == "count"
    assert len(scene.done) == 1


def test_all_wires_of_an_output_move_by_its_menu(canvas):
    scene = canvas(
        task("a"),
        task("b", x=from_task("a")),
        task("c", x=from_task("a")),
        task("d"),
        placed("a", 40, 40),
        placed("b", 400, 40),
        placed("c", 400, 200),
        placed("d", 40, 300),
    )
    view = scene.view
    view.gestures.open_menu(view.hit_of("output", A, "out"), scene.port("a", "output", "out"))
    moves = next(action.menu() for action in view.gestures.menu.actions() if action.text() == "Move its wires to")
    assert [action.text() for action in moves.actions()] == ["d.out"], "the others would feed themselves"
    moves.actions()[0].trigger()
    view.gestures.menu.close()
    assert [scene.document.task(EntityId(name)).arguments["x"] for name in "bc"] == [FromTask(EntityId("d"), "out")] * 2
    assert len(scene.done) == 1
