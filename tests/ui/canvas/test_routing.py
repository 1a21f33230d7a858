"""Wires go round the cards that would hide them, the same way however the scene came to be."""

import random

import numpy as np
import pytest

from editor.layout.metrics import CARD_WIDTH
from editor.model import ROOT, Document
from editor.ui.canvas import routing
from editor.ui.canvas.columns import Columns
from editor.ui.canvas.curves import TURN
from editor.ui.canvas.hits import hit
from editor.ui.canvas.routing import Obstacles, near_any, vias
from editor.ui.canvas.steps import result
from tests.builders import from_task, pipeline, task
from tests.ui.canvas.scenes import at
from tests.ui.canvas.test_columns import edit, picture


def three(*, middle_y: float = 0.0, last_y: float = 0.0) -> Document:
    """A wire from `a` to `c`, and `b` between them."""
    return pipeline(
        task("a"),
        task("b"),
        task("c", x=from_task("a")),
        at("a", 0, 0),
        at("b", 320, middle_y),
        at("c", 640, last_y),
    )


def put(obstacles: Obstacles, boxes: np.ndarray, weights: list[int] | None = None) -> None:
    """Cards, if nothing else is said, in the first slots."""
    weighed = np.array(weights or [routing.CARD] * len(boxes), np.int16)
    result(obstacles.follow(np.arange(len(boxes)), boxes.copy(), weighed))


def led(columns: Columns) -> list[float]:
    rows = np.flatnonzero(columns.wires.is_drawn[: columns.wires.count])
    columns.lead(rows)
    return columns.wires.via[rows].tolist()


def behind_cards(columns: Columns, apart_from: tuple[str, ...]) -> bool:
    """Whether any wire passes behind a card that it does not join."""
    from editor.ui.canvas import curves

    rows = np.flatnonzero(columns.wires.is_drawn[: columns.wires.count])
    columns.lead(rows)
    pieces, _owners, _straight = curves.pieces(columns.wires.ends[rows], columns.wires.via[rows])
    along = curves.points(pieces, 40).reshape(-1, 2)
    for node, slot in columns.slots.items():
        if node in apart_from:
            continue
        left, top, right, bottom = columns.box[slot].tolist()
        inside = (along[:, 0] > left) & (along[:, 0] < right) & (along[:, 1] > top) & (along[:, 1] < bottom)
        if inside.any():
            return True
    return False


def test_wire_runs_round_the_card_in_its_way():
    columns = Columns(three(), ROOT)
    assert not np.isnan(led(columns)).any()
    assert not behind_cards(columns, ("a", "c"))


def test_wire_with_nothing_in_its_way_is_a_direct_curve():
    assert np.isnan(led(Columns(three(middle_y=400.0), ROOT))).all()


@pytest.mark.parametrize(("x", "y"), [(0, 400), (-700, 0), (-700, 40), (-100, -300), (150, 200), (-400, 300)])
def test_wire_that_turns_back_passes_behind_no_card_and_not_its_own(x: float, y: float):
    """It would seem to join two ports of the same card."""
    document = pipeline(task("a"), task("b", x=from_task("a")), at("a", 0, 0), at("b", x, y))
    columns = Columns(document, ROOT)
    assert not behind_cards(columns, ())
    level = float(led(columns)[0])
    left, top, right, bottom = columns.wires.bounds[0].tolist()
    assert (left, right) == (x - TURN, CARD_WIDTH + TURN)
    assert top <= level <= bottom
    found = hit(columns, (x + CARD_WIDTH) / 2, level, 1.0)
    assert (found.kind, found.id, found.port) == ("wire", "b", "x")


def test_wire_that_turns_back_goes_round_others():
    document = pipeline(
        *(task("a"), task("b", x=from_task("a")), task("c"), task("d")),
        *(at("a", 0, 0), at("b", -700, 60), at("c", -330, -40), at("d", -330, 120)),
    )
    columns = Columns(document, ROOT)
    assert not behind_cards(columns, ())


def test_wire_is_led_anew_when_a_card_comes_into_its_way_and_goes():
    document = three(middle_y=400.0)
    columns = Columns(document, ROOT)
    assert np.isnan(led(columns)).all()
    into = edit(document, at("b", 320, 0))
    document.apply(into)
    columns.follow(into)
    assert not np.isnan(led(columns)).any()
    document.apply(into.inverse())
    columns.follow(into.inverse())
    assert np.isnan(led(columns)).all()


def test_damage_covers_a_wire_that_gives_way_to_a_card():
    document = three(middle_y=400.0)
    columns = Columns(document, ROOT)
    led(columns)
    into = edit(document, at("b", 320, 0))
    document.apply(into)
    boxes = columns.follow(into).boxes
    level = led(columns)[0]
    assert ((boxes[:, 1] <= level) & (boxes[:, 3] >= level) & (boxes[:, 0] <= 240) & (boxes[:, 2] >= 600)).any()


def test_wire_is_hit_where_it_runs():
    columns = Columns(three(), ROOT)
    level = led(columns)[0]
    found = hit(columns, 430.0, level, 1.0)
    assert (found.kind, found.id, found.port) == ("wire", "c", "x")


@pytest.mark.parametrize("seed", range(6))
def test_ways_do_not_depend_on_how_the_scene_came_to_be(seed: int):
    chance = random.Random(seed)
    names = [f"t{number}" for number in range(14)]
    document = pipeline(
        task(names[0]),
        *(task(name, x=from_task(chance.choice(names[:place]))) for place, name in enumerate(names) if place),
        *(at(name, 300.0 * (place % 5), 150.0 * (place // 5)) for place, name in enumerate(names)),
    )
    columns = Columns(document, ROOT)
    for turn in range(25):
        far = 10.0**7 if turn % 8 == 7 else 0
        change = edit(
            document, at(chance.choice(names), chance.randrange(0, 1500) + far, chance.randrange(-200, 700) + far)
        )
        document.apply(change)
        columns.follow(change)
        assert picture(columns) == picture(Columns(document, ROOT))
        if chance.random() < 0.4:
            document.apply(change.inverse())
            columns.follow(change.inverse())
            assert picture(columns) == picture(Columns(document, ROOT))


def test_way_round_a_card_leaves_titles_to_be_read():
    ends = np.array([[220.0, 80.0, 640.0, 80.0]])
    card = [300.0, 0.0, 520.0, 150.0]
    found: list[float] = []
    for title in ([300.0, -28.0, 520.0, 0.0], [300.0, 150.0, 520.0, 178.0]):
        boxes = np.array([card, title])
        obstacles = Obstacles()
        put(obstacles, boxes, [routing.CARD, routing.TITLE])
        found.append(float(result(vias(ends, obstacles))[0][0]))
    above, below = found[1], found[0]
    assert above < 0 < 150 < below, "each on the side without the title"
    walled = np.array([card, [300.0, -4000.0, 520.0, 0.0], [300.0, 150.0, 520.0, 4000.0]])
    obstacles = Obstacles()
    put(obstacles, walled, [routing.CARD, routing.TITLE, routing.TITLE])
    assert not np.isnan(result(vias(ends, obstacles))[0]).any(), "over a title, where it must"


def test_way_stays_direct_where_no_way_is_free():
    wall = np.array([[300.0, -4000.0, 520.0, 4000.0]])
    obstacles = Obstacles()
    put(obstacles, wall)
    assert np.isnan(result(vias(np.array([[220.0, 0.0, 640.0, 0.0]]), obstacles))[0]).all()


def test_many_cards_cover_the_same_cells_put_down_at_once_or_one_by_one(monkeypatch: pytest.MonkeyPatch):
    chance = np.random.default_rng(3)

    def some(count: int) -> np.ndarray:
        corners = chance.uniform(-3000, 3000, (count, 2))
        return np.concatenate([corners, corners + chance.uniform(40, 400, (count, 2))], axis=1)

    turns = [some(60), some(60), some(90)]
    turns[1][5:20] = np.nan
    points = chance.uniform(-3600, 3600, (2, 4000))
    found: list[list[bool]] = []
    for cells_a_box in (0, 10**9):
        monkeypatch.setattr(routing, "CELLS_A_BOX", cells_a_box)
        obstacles = Obstacles()
        for boxes in turns:
            put(obstacles, boxes)
            found.append(obstacles.at(*points).tolist())
    assert found[:3] == found[3:]
    assert 0 < sum(found[0]) < 4000


def test_cards_that_move_cover_what_they_would_if_put_down_there(monkeypatch: pytest.MonkeyPatch):
    # So that the plane is too wide at times: a card out on its own comes and goes.
    monkeypatch.setattr(routing, "MOST_CELLS", 30_000)
    monkeypatch.setattr(routing, "CELLS_A_CARD", 0)
    chance = np.random.default_rng(4)
    moved, points = Obstacles(), chance.uniform(-1200, 1200, (2, 2000))
    corners = chance.uniform(-1000, 1000, (40, 2))
    boxes = np.concatenate([corners, corners + 120.0], axis=1)
    put(moved, boxes)
    was_off: list[bool] = []
    for turn in range(12):
        slots = np.flatnonzero(chance.random(40) < 0.3)
        boxes[slots] = np.where(chance.random((len(slots), 1)) < 0.2, np.nan, boxes[slots] + 90.0)
        if turn % 4 == 1:
            boxes[slots[0]] = 4000.0, 4000.0, 4120.0, 4120.0
        elif turn % 4 == 3:
            slots = np.union1d(slots, np.flatnonzero(boxes[:, 0] > 3000.0))
            boxes[slots[boxes[slots, 0] > 3000.0]] = 0.0, 0.0, 120.0, 120.0
        changed = result(moved.follow(slots, boxes[slots], np.full(len(slots), routing.CARD, np.int16)))
        fresh = Obstacles()
        put(fresh, boxes)
        was_off.append(moved.is_off)
        assert moved.is_off == fresh.is_off
        assert moved.at(*points).tolist() == fresh.at(*points).tolist()
        assert was_off[-2:] != was_off[-1:] * 2 or len(changed) <= 2 * len(slots)
    assert 0 < sum(was_off) < len(was_off)


def test_cards_strewn_over_a_vast_plane_cost_no_memory():
    obstacles = Obstacles()
    strewn = np.array([[0.0, 0.0, 220.0, 160.0], [1e7, 1e7, 1e7 + 220, 1e7 + 160]])
    put(obstacles, strewn)
    assert obstacles.is_off
    assert np.isnan(result(vias(np.array([[220.0, 0.0, 640.0, 0.0]]), obstacles))[0]).all()


@pytest.mark.parametrize("far", [1e9, 1e300, -1e300, 1.7e308])
def test_coordinates_beyond_all_reason_break_nothing(far: float):
    document = pipeline(task("a"), task("b", x=from_task("a")), at("a", 0, 0), at("b", far, far))
    columns = Columns(document, ROOT)
    led(columns)
    change = edit(document, at("b", 400, 0))
    document.apply(change)
    columns.follow(change)
    assert picture(columns) == picture(Columns(document, ROOT))
    document.apply(change.inverse())
    columns.follow(change.inverse())
    assert picture(columns) == picture(Columns(document, ROOT))


@pytest.mark.parametrize("spread", [300.0, 5000.0, 900_000.0])
@pytest.mark.parametrize("count", [3, 60])
def test_near_any_misses_nothing_that_touches(spread: float, count: int):
    chance = np.random.default_rng(7)
    corners = chance.uniform(-spread, spread, (count, 2))
    boxes = np.concatenate([corners, corners + 200], axis=1)
    corners = chance.uniform(-spread, spread, (400, 2))
    bounds = np.concatenate([corners, corners + chance.uniform(0, 900, (400, 2))], axis=1)
    touches = (
        (bounds[:, None, 0] < boxes[None, :, 2])
        & (bounds[:, None, 2] > boxes[None, :, 0])
        & (bounds[:, None, 1] < boxes[None, :, 3])
        & (bounds[:, None, 3] > boxes[None, :, 1])
    ).any(axis=1)
    assert not (touches & ~near_any(bounds, boxes)).any()
    assert not near_any(bounds, np.zeros((0, 4))).any()


@pytest.mark.parametrize("count", [1, 40])
def test_near_any_counts_what_a_card_covers_beyond_its_box(count: int):
    boxes = np.array([[0.0, 112.0, 220.0, 140.0]] * count)
    assert near_any(np.array([[-50.0, 0.0, 400.0, 108.0]]), boxes).all(), "a wire above it, as near as its clearance"
