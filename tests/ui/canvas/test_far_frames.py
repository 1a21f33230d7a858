"""Groups look the same from afar as near by: their colours, and which lies over which."""

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect

from editor.model import ROOT, Comparison, ConditionBranch, Constant, EntityId, Loop, Note, Placement, placement_id
from editor.ui import theme
from editor.ui.canvas.overlaps import batches
from tests.builders import pipeline
from tests.ui.canvas.scenes import shown

TEST = Comparison(Constant("1"), "==", Constant("1"))


def loop(name):
    return Loop(id=EntityId(name), parent=ROOT, name=name, items=Constant([1]))


def branch(name):
    return ConditionBranch(id=EntityId(name), parent=ROOT, name=name, test=TEST)


def frame(name, x, y):
    one = EntityId(name)
    return Placement(id=placement_id(one), target=one, x=x, y=y, width=400, height=320)


SIBLINGS = (
    # What lies over another, in both orders of kinds, and one that lies over a title bar of its kind.
    *(loop("a"), branch("b"), branch("c"), loop("d"), loop("e"), loop("f")),
    *(frame("a", 0, 0), frame("b", 200, 160), frame("c", 800, 0), frame("d", 1000, 160)),
    *(frame("e", 0, 800), frame("f", 80, 700)),
)
OVERLAPS = {"b over a": (300, 240), "d over c": (1100, 240), "f over the bar of e": (240, 816), "alone": (100, 240)}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_overlapping_frames_have_the_same_colours_at_any_zoom(qtbot, name):
    view = shown(qtbot, pipeline(*SIBLINGS), name=name)

    def colors(zoom):
        view.zoom_by(zoom / view.zoom)
        found = {}
        for place, point in OVERLAPS.items():
            view.centre_on(QPointF(*point))
            view.settle()
            image = view.viewport().grab().toImage()
            at = view.to_view(QPointF(*point))
            found[place] = image.pixelColor(at).name()
        return found

    near = colors(0.6)
    assert near["b over a"] != near["alone"], "a branch over a loop"
    assert near["d over c"] == near["alone"] == near["f over the bar of e"], "bodies of loops"
    assert near["alone"] != theme.load(name).canvas
    for zoom in (0.3, 0.22, 0.12):
        assert colors(zoom) == near, zoom


def test_batches_are_few_where_nothing_lies_over_another_and_in_order_where_it_does():
    places = [(x, y) for x in range(0, 400, 40) for y in range(0, 400, 40)]
    rects = np.array([(x, y, x + 30, y + 30) for x, y in places], np.float64)
    heads = rects.copy()
    heads[:, 3] = heads[:, 1] + 5
    looks, depth = np.arange(100) % 3, np.zeros(100, np.int64)
    apart = list(batches(rects, heads, depth, looks))
    assert len(apart) == 3
    assert sorted(np.concatenate(apart).tolist()) == list(range(100))
    rects[:, 2:] += 25
    order = np.empty(100, np.int64)
    for number, part in enumerate(batches(rects, heads, depth, looks)):
        assert len(set(looks[part].tolist())) == 1
        order[part] = number
    touches = [
        (one, other)
        for one in range(100)
        for other in range(one + 1, 100)
        if (rects[one, :2] <= rects[other, 2:]).all() and (rects[other, :2] <= rects[one, 2:]).all()
    ]
    assert len(touches) > 100
    assert all(order[one] <= order[other] for one, other in touches)
    assert all(order[one] < order[other] for one, other in touches if looks[one] != looks[other])
    assert order.max() < 99, "not one by one"


def test_title_of_a_note_frame_is_large_from_afar(qtbot):
    frame_of_words = Note(
        id=EntityId("n"), parent=ROOT, text="Training", x=0, y=0, width=800, height=400, shape="frame", color="blue"
    )
    view = shown(qtbot, pipeline(frame_of_words))
    paper, heights = view.theme.note("blue"), list[int]()
    for zoom in (1.0, 0.3):
        view.zoom_by(zoom / view.zoom)
        view.centre_on(QPointF(400, 200))
        view.settle()
        image = view.viewport().grab().toImage()
        bar = QRect(view.to_view(QPointF(10, 5)), view.to_view(QPointF(300, 27)))
        inked = [
            y
            for y in range(bar.top(), bar.bottom())
            if any(image.pixelColor(x, y).name() != paper.lower() for x in range(bar.left(), bar.right()))
        ]
        heights.append(len(inked))
    assert heights[1] >= 5
    assert heights[0] < 18


def inked_rows(view, corner, width, height, ground):
    image = view.viewport().grab().toImage()
    at = view.to_view(corner)
    return [
        y
        for y in range(at.y(), at.y() + height)
        if any(image.pixelColor(x, y).lightness() < ground for x in range(at.x(), at.x() + width))
    ]


def test_large_frames_are_named_in_letters_of_one_size_however_far_away(qtbot):
    wide = Placement(id=placement_id(EntityId("a")), target=EntityId("a"), x=0, y=0, width=4000, height=2400)
    view = shown(qtbot, pipeline(loop("a"), wide))
    heights = []
    for zoom in (0.24, 0.15, 0.08):
        view.zoom_by(zoom / view.zoom)
        view.centre_on(QPointF(0, 0))
        view.settle()
        heights.append(len(inked_rows(view, QPointF(0, 0), 60, 16, 120)))
    assert min(heights) >= 6
    assert max(heights) - min(heights) <= 1


def test_small_frames_have_no_labels_from_afar_and_an_inner_one_leaves_that_round_it_free(qtbot):
    inner = msgspec.structs.replace(loop("b"), parent=EntityId("a"))
    sizes = {"a": (0, 0, 4000, 2400), "b": (24, 48, 3900, 2200), "c": (0, 3000, 400, 320)}
    places = [
        Placement(id=placement_id(EntityId(name)), target=EntityId(name), x=x, y=y, width=w, height=h)
        for name, (x, y, w, h) in sizes.items()
    ]
    view = shown(qtbot, pipeline(loop("a"), inner, loop("c"), *places))
    view.zoom_by(0.1 / view.zoom)
    view.centre_on(QPointF(0, 1500))
    view.settle()
    # The label of the outer one: the inner one's would begin five pixels under its upper edge.
    assert max(inked_rows(view, QPointF(0, 0), 60, 40, 120)) - view.to_view(QPointF(0, 0)).y() < 16
    assert not inked_rows(view, QPointF(20, 3050), 30, 24, 120)


def titled(name, box, *, text="Training", color="blue"):
    x, y, width, height = box
    return Note(
        id=EntityId(name), parent=ROOT, text=text, x=x, y=y, width=width, height=height, shape="frame", color=color
    )


def test_large_titled_frames_are_named_in_letters_of_one_size_and_small_ones_are_not(qtbot):
    view = shown(qtbot, pipeline(titled("n", (0, 0, 4000, 2400)), titled("m", (0, 3000, 800, 320))))
    heights = []
    for zoom in (0.24, 0.15, 0.08):
        view.zoom_by(zoom / view.zoom)
        view.centre_on(QPointF(0, 1500))
        view.settle()
        heights.append(len(inked_rows(view, QPointF(0, 0), 60, 16, 140)))
        if zoom < 0.2:
            assert not inked_rows(view, QPointF(20, 3050), 30, 24, 140)
    assert min(heights) >= 6
    assert max(heights) - min(heights) <= 1


@pytest.mark.parametrize("name", ["light", "dark"])
def test_titled_frames_have_the_same_colour_at_any_zoom(qtbot, name):
    view = shown(qtbot, pipeline(titled("n", (0, 0, 4000, 2400))), name=name)
    found = set()
    for zoom in (1.0, 0.3, 0.22, 0.12, 0.06):
        view.zoom_by(zoom / view.zoom)
        view.centre_on(QPointF(2000, 1200))
        view.settle()
        found.add(view.viewport().grab().toImage().pixelColor(view.to_view(QPointF(2000, 1200))).name())
    assert len(found) == 1
