"""The picture made in slices: it comes out as one made at once, whatever happens meanwhile, and stays in step."""

import random

import pytest
from PySide6.QtCore import QPointF, QRect

from editor.edits import delete
from editor.model import Edit, EntityId
from editor.ui import theme
from editor.ui.canvas import group_painter, layer, painting, wire_painter
from editor.ui.canvas.view import CanvasView
from editor.ui.canvas.wire_painter import SMOOTH_NEAR
from tests.ui.canvas.scenes import everything, shown
from tests.ui.canvas.test_view import TRAIN, Picture, full, moved, picture


@pytest.fixture
def view(qtbot, monkeypatch: pytest.MonkeyPatch) -> CanvasView:
    """Nothing is painted at once, and a slice holds one small step."""
    view = shown(qtbot, everything())
    take_small_steps(monkeypatch)
    return view


def take_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer, "LITTLE_EFFORT", -1)
    monkeypatch.setattr(layer, "LITTLE_MENDING", -1)
    monkeypatch.setattr(layer, "SLICE_S", 0.0)
    monkeypatch.setattr(wire_painter, "STEP_EFFORT", SMOOTH_NEAR)  # One wire, or a few from afar.
    monkeypatch.setattr(painting, "BLOCKS_A_STEP", 0)
    monkeypatch.setattr(painting, "CARDS_A_STEP", 1)
    monkeypatch.setattr(group_painter, "FRAMES_A_STEP", 1)
    monkeypatch.setattr(group_painter, "FAR_A_STEP", 0)


def complete(qtbot, view: CanvasView) -> Picture:
    """What is there when all slices are done."""
    view.viewport().repaint()
    qtbot.waitUntil(lambda: view.is_complete)
    return picture(view)


@pytest.mark.parametrize("zoom", [1.0, 0.6, 0.35, 0.15])
def test_slices_make_the_picture_that_is_painted_at_once(qtbot, zoom: float, monkeypatch: pytest.MonkeyPatch):
    at_once, view = (shown(qtbot, everything()) for _ in range(2))
    for each in (view, at_once):
        each.zoom_by(zoom / each.zoom)
        each.centre_on(QPointF(500, 300))
        each.rest()
    wanted = full(at_once)
    take_small_steps(monkeypatch)
    slices: list[bool] = []
    go_on = view._layer._go_on
    monkeypatch.setattr(view._layer, "_go_on", lambda: slices.append(go_on()) or slices[-1])
    view.repaint_whole()
    assert complete(qtbot, view) == wanted
    assert slices.count(False) > 5


def test_old_picture_stays_until_the_new_one_is_done(qtbot, view: CanvasView):
    before = complete(qtbot, view)
    view.select({TRAIN})
    view.set_theme(theme.load("dark"))
    view.viewport().repaint()
    assert not view.is_complete
    assert picture(view) == before
    assert complete(qtbot, view) == full(view) != before


def test_edits_during_slices_are_in_the_picture(qtbot, view: CanvasView):
    chance = random.Random(3)
    complete(qtbot, view)
    for turn in range(12):
        edit = moved(view.document, chance.choice(["train", "score", "fragile"]), chance.randrange(-80, 80), 16)
        if turn % 3 == 0:
            view.repaint_whole()
        view.viewport().repaint()
        view.document.apply(edit)
        view.viewport().repaint()
    assert complete(qtbot, view) == full(view)


def test_pan_and_zoom_during_slices_end_where_one_looks(qtbot, view: CanvasView):
    for _turn in range(5):
        view.repaint_whole()
        view.viewport().repaint()
        view.pan_by(-150, 90)
        view.viewport().repaint()
        view.zoom_at(QPointF(300, 200), 1.1)
        view.viewport().repaint()
    view.rest()
    assert complete(qtbot, view) == full(view)


def test_pan_beyond_the_margin_and_back_leaves_no_trace(qtbot, view: CanvasView, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(layer, "LITTLE_EFFORT", 10**9)
    monkeypatch.setattr(layer, "LITTLE_MENDING", 10**9)
    view.reset_zoom()
    view.rest()
    before = complete(qtbot, view)
    for step in ((-7, 5), (-190, 0), (-40, -300), (230, 280), (7, 15)):
        view.pan_by(*step)
        seen = picture(view)
        assert seen == full(view)
    assert complete(qtbot, view) == before


def test_what_was_never_painted_is_ground(qtbot, view: CanvasView):
    """A pan that runs ahead of the slices shows no memory that nobody has painted, nor an older picture."""
    view.reset_zoom()
    view.rest()
    complete(qtbot, view)
    ground = theme.load("light").canvas
    view.pan_by(-260, 0)
    ahead = picture(view).image
    assert not view.is_complete
    colors = {ahead.pixelColor(x, y).name() for x in range(ahead.width() - 60, ahead.width()) for y in (50, 300, 500)}
    assert colors == {ground}
    view.zoom_at(QPointF(300, 200), 0.8)
    stretched = picture(view).image
    colors = {stretched.pixelColor(x, 300).name() for x in range(stretched.width() - 40, stretched.width())}
    assert colors == {ground}


def test_most_steps_of_a_pan_paint_nothing(qtbot, view: CanvasView, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(layer, "LITTLE_EFFORT", 10**9)
    monkeypatch.setattr(layer, "LITTLE_MENDING", 10**9)
    view.reset_zoom()
    view.rest()
    complete(qtbot, view)
    painted: list[object] = []
    paint = view._painting.paint
    monkeypatch.setattr(view._painting, "paint", lambda *args, **more: painted.append(args) or paint(*args, **more))
    for _step in range(40):
        view.pan_by(-4, 0)
        view.viewport().repaint()
    assert 1 <= len(painted) <= 4


def test_many_wires_are_jagged_at_first_and_smooth_when_the_picture_rests(
    qtbot, view: CanvasView, monkeypatch: pytest.MonkeyPatch
):
    smooth = complete(qtbot, view)
    monkeypatch.setattr(painting, "JAGGED_ABOVE", 0)
    view.repaint_whole()
    jagged = complete(qtbot, view)
    assert jagged != smooth
    qtbot.waitUntil(lambda: picture(view) == smooth, timeout=3000)
    # What is mended from now on is smooth too.
    edit = moved(view.document, "train", 24, 16)
    view.document.apply(edit)
    view.document.apply(Edit("back", edit.inverse().changes))
    view.viewport().repaint()
    assert picture(view) == smooth


def test_cards_that_stand_in_are_replaced_when_they_are_made(qtbot, monkeypatch: pytest.MonkeyPatch):
    view = shown(qtbot, everything())
    complete(qtbot, view)
    monkeypatch.setattr(layer, "FRESH_CARDS_S", -1.0)
    view.set_theme(theme.load("dark"))
    view.viewport().repaint()
    assert not view.is_complete
    blank = picture(view)
    assert complete(qtbot, view) != blank
    assert picture(view) == full(view)


@pytest.mark.parametrize("after", [range(0, 40, 6), pytest.param(range(3, 40, 6), marks=pytest.mark.slow)])
def test_what_is_deleted_and_comes_back_during_slices_is_as_if_it_had_not_been_seen(
    qtbot, view: CanvasView, monkeypatch: pytest.MonkeyPatch, after: range
):
    monkeypatch.setattr(painting, "perf_counter", lambda: 0.0)  # There is always time to draw a card afresh.
    view.reset_zoom()
    view.centre_on(QPointF(500, 300))
    view.rest()
    before = complete(qtbot, view)
    gone = delete(view.document, [TRAIN, EntityId("loop")])
    for edit in (gone, gone.inverse()):
        for steps in after:
            view.set_theme(theme.load("light"))  # All cards are made anew.
            view.viewport().repaint()
            for _step in range(steps):
                view._layer.work()
            view.document.apply(edit)
            assert complete(qtbot, view) == full(view)
            view.document.apply(edit.inverse())
        view.document.apply(edit)
    assert complete(qtbot, view) == before


def test_what_is_put_down_is_not_gone_for_a_moment(qtbot, view: CanvasView):
    """However long it takes to paint it where it lies now."""
    view.reset_zoom()
    view.centre_on(QPointF(500, 300))
    view.rest()
    complete(qtbot, view)
    view.set_drag_offset({TRAIN}, 48, 160, owner=view)
    complete(qtbot, view)
    card = view.card_rect(TRAIN)
    place = QRect(view.to_view(card.topLeft()), view.to_view(card.bottomRight())).adjusted(4, 4, -4, -4)
    held = picture(view).image.copy(place)
    view.clear_drag_offset(view)
    view.document.apply(moved(view.document, "train", 48, 160))
    turns = 0
    while not view.is_complete or not turns:
        view.viewport().repaint()
        assert picture(view).image.copy(place) == held
        view._layer.work()
        turns += 1
    assert turns > 3
    assert complete(qtbot, view) == full(view)


def test_parts_are_mended_in_slices_while_more_is_spoilt(qtbot, view: CanvasView):
    view.reset_zoom()
    view.rest()
    complete(qtbot, view)
    for turn in range(20):
        view.document.apply(moved(view.document, "train" if turn % 2 else "score", 16, 8))
        view.viewport().repaint()
        view._layer.work()
        if turn % 5 == 4:
            view.pan_by(-40, 25)
            view.viewport().repaint()
    assert complete(qtbot, view) == full(view)


def test_a_step_that_fails_is_told_once_and_ends_the_picture(qtbot, view: CanvasView, monkeypatch: pytest.MonkeyPatch):
    complete(qtbot, view)

    def fail(*_args: object) -> None:
        raise LookupError("on purpose")

    monkeypatch.setattr(view._painting, "_notes", fail)
    view.repaint_whole()
    with qtbot.captureExceptions() as caught:
        qtbot.waitUntil(lambda: bool(caught))
        qtbot.waitUntil(lambda: view.is_complete)
    assert [kind for kind, *_rest in caught] == [LookupError]
