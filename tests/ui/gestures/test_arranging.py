"""What was laid out automatically is in sight afterwards, as far as it was before."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF

from editor.model import ROOT, Constant, EntityId, Loop, Pipeline
from tests.builders import from_task, task
from tests.ui.gestures.conftest import placed

LOOP = EntityId("loop")


def chain(names, *, parent=ROOT):
    ids = names.split()
    first = task(ids[0], parent=parent)
    return [first, *(task(one, parent=parent, x=from_task(before)) for before, one in pairwise(ids))]


def seen(hands, *ids):
    view = hands.view
    return view.visible_rect().contains(view.bounds_of(map(EntityId, ids)))


@pytest.fixture
def pile(canvas):
    """Six tasks in a row by wires, drawn in two columns at 100 %; in a row they are wider than the view."""
    names = "a b c d e f"
    where = [placed(one, 40 + 300 * (at % 2), 40 + 200 * (at // 2)) for at, one in enumerate(names.split())]
    return canvas(*chain(names), *where)


@pytest.mark.parametrize("command", ["canvas.layout", "canvas.layout-down"])
def test_all_that_was_seen_is_seen_after_a_layout(pile, command):
    assert seen(pile, *"abcdef")
    pile.view.gestures.commands.run(command)
    assert len(pile.done) == 1
    assert seen(pile, *"abcdef")


def test_a_layout_of_which_nothing_would_be_seen_is_fitted(pile):
    pile.view.centre_on(QPointF(4000, 4000))
    pile.view.gestures.commands.run("canvas.layout")
    assert seen(pile, *"abcdef")


def test_one_who_looks_at_a_part_goes_on_looking_there(pile):
    pile.view.centre_on(QPointF(0, 0))
    was = pile.view.camera
    pile.view.gestures.commands.run("canvas.layout")
    assert len(pile.done) == 1
    assert pile.view.camera == was


def test_a_scene_that_stays_in_view_is_not_zoomed(canvas):
    hands = canvas(*chain("a b"), placed("a", 40, 300), placed("b", 40, 40))
    was = hands.view.camera
    hands.view.gestures.commands.run("canvas.layout")
    assert len(hands.done) == 1
    assert hands.view.camera == was


def test_a_selection_comes_into_view_by_the_shortest_way(pile):
    view = pile.view
    view.select(map(EntityId, "abc"))
    view.centre_on(QPointF(40, 350))
    pile.view.gestures.commands.run("canvas.layout")
    assert view.zoom == 1
    assert seen(pile, *"abc")
    right = view.bounds_of(map(EntityId, "abc")).right()
    assert view.visible_rect().right() - right == pytest.approx(24, abs=1)


def test_a_selection_that_was_seen_and_has_grown_too_large_is_seen_from_farther_away(pile):
    pile.view.select(map(EntityId, "abcde"))
    pile.view.gestures.commands.run("canvas.layout")
    assert pile.view.zoom < 1
    assert seen(pile, *"abcde")


def test_of_a_selection_larger_than_the_view_as_much_as_can_be_is_seen(pile):
    view = pile.view
    view.select(map(EntityId, "abcdef"))
    view.centre_on(QPointF(-2000, 350))
    view.gestures.commands.run("canvas.layout")
    assert view.zoom == 1
    assert view.bounds_of(map(EntityId, "abcdef")).left() - view.visible_rect().left() == pytest.approx(24, abs=1)


def test_a_group_that_was_laid_out_is_seen_whole(canvas):
    inside = chain("a b c", parent=LOOP)
    where = [placed(one, 600, 100 + 160 * at) for at, one in enumerate("abc")]
    hands = canvas(Loop(id=LOOP, parent=ROOT, name="each", items=Constant([1])), *inside, *where)
    hands.view.select({LOOP})
    assert seen(hands, LOOP)
    hands.view.gestures.commands.run("canvas.layout")
    assert len(hands.done) == 1
    assert hands.view.zoom == 1
    assert seen(hands, LOOP)


@pytest.mark.parametrize("chosen", ["abc", ""])
def test_one_who_looks_at_another_pipeline_by_then_goes_on_looking_there(canvas, chosen):
    sub = Pipeline(id=EntityId("sub"), name="sub")
    inside = [task(f"in{number}", parent="sub") for number in range(3)]
    places = [placed(f"in{number}", 4000 + 300 * number, 4000) for number in range(3)]
    hands = canvas(
        *chain("a b c d"), *(placed(one, 40, 200 * at) for at, one in enumerate("abcd")), sub, *inside, *places
    )
    view, waiting = hands.view, []
    view.gestures.commands.in_background = lambda make, done, failed: waiting.append((make, done))
    view.select(map(EntityId, chosen))
    view.gestures.commands.run("canvas.layout")
    view.set_scope(sub.id)
    view.pan_by(30, 30)
    was = view.camera
    ((make, done),) = waiting
    done(make())
    assert len(hands.done) == 1
    assert view.camera == was
