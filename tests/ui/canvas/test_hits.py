"""What lies under a point, near and far, and on top of what."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from editor.layout.metrics import HEADER_HEIGHT, LOOP_ITEM_OFFSET
from editor.model import ROOT, EntityId
from editor.ui.canvas import curves
from editor.ui.canvas.columns import Columns
from editor.ui.canvas.hits import hit, wire_at
from editor.ui.canvas.types import Hit
from tests.ui.canvas.scenes import everything


@pytest.fixture
def columns() -> Columns:
    return Columns(everything(), ROOT)


def where(columns: Columns, entity: str, dx: float, dy: float, zoom: float = 1.0) -> Hit:
    rect = columns.rect(EntityId(entity))
    assert rect is not None
    x = rect.x + dx if dx >= 0 else rect.right + dx
    y = rect.y + dy if dy >= 0 else rect.bottom + dy
    return hit(columns, x, y, zoom)


@pytest.mark.parametrize(
    ("entity", "dx", "dy", "expected"),
    [
        ("train", 100, 10, Hit("header", EntityId("train"))),
        ("train", 100, 60, Hit("task", EntityId("train"))),
        ("train", 0, HEADER_HEIGHT + 12, Hit("input", EntityId("train"), "data")),
        ("train", 4, HEADER_HEIGHT + 36, Hit("input", EntityId("train"), "learning_rate")),
        ("train", 220, HEADER_HEIGHT + 4 * 24 + 12, Hit("output", EntityId("train"), "model")),
        ("tune", 100, HEADER_HEIGHT + 4 * 24 + 8, Hit("fold", EntityId("tune"))),
        ("tune", 0, HEADER_HEIGHT + 4 * 24 + 12, Hit("fold", EntityId("tune"))),
        ("loop", 60, 12, Hit("group_title", EntityId("loop"))),
        ("loop", -10, 12, Hit("fold", EntityId("loop"))),
        ("loop", *LOOP_ITEM_OFFSET, Hit("group_port", EntityId("loop"))),
        ("loop", 60, -8, Hit("group", EntityId("loop"))),
        ("cond", 8, -8, Hit("group", EntityId("cond"))),
        ("if", 60, -8, Hit("group", EntityId("if"))),
        ("n1", 100, 60, Hit("note", EntityId("n1"))),
        ("n1", -4, -4, Hit("note_resize", EntityId("n1"))),
        ("n2", 100, 8, Hit("note", EntityId("n2"))),
        ("n2", 100, -20, Hit("none")),
        ("n2", -4, -4, Hit("note_resize", EntityId("n2"))),
        ("report", -40, 700, Hit("none")),
    ],
)
def test_parts_are_told_apart(columns: Columns, entity: str, dx: float, dy: float, expected: Hit):
    assert where(columns, entity, dx, dy) == expected


def test_ports_reach_out_of_the_card(columns: Columns):
    assert where(columns, "train", 228, HEADER_HEIGHT + 4 * 24 + 12) == Hit("output", EntityId("train"), "model")
    left = columns.rect(EntityId("train")).x
    assert hit(columns, left - 8, HEADER_HEIGHT + 12, 1.0) == Hit("input", EntityId("train"), "data")


def test_from_afar_a_card_has_no_ports(columns: Columns):
    assert where(columns, "train", 2, HEADER_HEIGHT + 12, zoom=0.15) == Hit("task", EntityId("train"))


def test_wire_is_found_along_its_curve(columns: Columns):
    wires = columns.wires
    row = wires.rows_of[EntityId("train")][0]
    x1, y1, x2, y2 = wires.ends[row].tolist()
    middle = ((x1 + x2) / 2, (y1 + y2) / 2)
    assert hit(columns, *middle, 1.0) == Hit("wire", EntityId("train"), "data")
    assert wire_at(columns, *middle, 1.0, ()) == (EntityId("train"), "data")
    assert wire_at(columns, *middle, 1.0, {EntityId("load-csv")}) is None
    assert hit(columns, middle[0], middle[1] + 60, 1.0).kind != "wire"


@pytest.fixture
def many() -> tuple[np.ndarray, np.ndarray]:
    """Ends of 3,000 wires across each other, and the levels at which some of them run."""
    chance = np.random.default_rng(1)
    ends = chance.uniform(-3000, 3000, (3000, 4))
    ends[:500, 2] = ends[:500, 0] + np.abs(ends[:500, 2]) + curves.LEAST_LED
    ends[500:1000, 2] = ends[500:1000, 0] - np.abs(ends[500:1000, 2])
    via = np.full(len(ends), np.nan)
    via[:1000] = chance.uniform(-3000, 3000, 1000)
    return ends, via


def test_wires_near_a_point_are_as_near_as_when_all_are_asked(many):
    for x, y in np.random.default_rng(2).uniform(-3000, 3000, (40, 2)).tolist():
        gaps = curves.distance(*many, x, y)
        for within in (5.0, 20.0, 200.0):
            near = curves.distance(*many, x, y, within)
            meant = gaps <= within
            assert np.array_equal(gaps[meant], near[meant])
            assert (near[~meant] > within).all()


def test_of_thousands_of_wires_only_those_near_a_point_are_measured(many, monkeypatch: pytest.MonkeyPatch):
    measured: list[int] = []
    measure = curves._distance

    def counted(ends: np.ndarray, x: float, y: float) -> np.ndarray:
        measured.append(len(ends))
        return measure(ends, x, y)

    monkeypatch.setattr(curves, "_distance", counted)
    curves.distance(*many, 0.0, 0.0, 20.0)
    assert 0 < measured[0] < 300


def test_wires_that_feed_no_input_have_names_of_their_own(columns: Columns):
    ports = {
        (wires_id, port) for wires_id, rows in columns.wires.rows_of.items() for port in [columns.wires.ports[rows[0]]]
    }
    assert {("exit", "@exit:report"), ("cleanup", "@after:join"), ("if", "@test:0")} <= ports


def test_nothing_inside_a_folded_group_is_hit():
    from tests.ui.canvas.scenes import at

    document = everything()
    table = {**document.entities, EntityId("@loop"): at("loop", 0, 0, is_folded=True)}
    columns = Columns(type(document)(table), ROOT)
    rect = columns.rect(EntityId("loop"))
    assert hit(columns, rect.x + 100, rect.y + 40, 1.0) == Hit("group_title", EntityId("loop"))
    score = columns.rect(EntityId("score"))
    assert hit(columns, score.right - 30, score.bottom - 5, 1.0).id != EntityId("score")
    assert QPointF(rect.x, rect.y) == QPointF(648, -48)
