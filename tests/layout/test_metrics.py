"""The numbers that layout and canvas share."""

from editor.layout import metrics
from editor.layout.metrics import Rect
from editor.model import (
    ROOT,
    Condition,
    ConditionBranch,
    Constant,
    Document,
    EntityId,
    Loop,
    Placement,
    placement_id,
)
from editor.model.port_types import STRING
from tests.builders import component, pipeline, task


def place(target: str, x: float, y: float, **more: object) -> Placement:
    return Placement(id=placement_id(EntityId(target)), target=EntityId(target), x=x, y=y, **more)  # type: ignore[arg-type]


def many_inputs(optional: int) -> Document:
    names = [f"i{number}" for number in range(10)]
    wide = component("wide", dict.fromkeys(names, STRING), {"out": STRING}, optional=tuple(names[-optional:]))
    return pipeline(wide, task("w", of=wide, i9=Constant("set")))


def test_card_has_a_row_for_each_port() -> None:
    document = pipeline(task("a"))
    assert metrics.card_size(document, EntityId("a")) == (220, 32 + 2 * 24 + 8)
    assert metrics.port_offset(document, EntityId("a"), "input", "x") == (0, 44)
    assert metrics.port_offset(document, EntityId("a"), "output", "out") == (220, 68)
    assert metrics.port_offset(document, EntityId("a"), "output", "nothing") is None


def test_more_than_eight_inputs_fold_those_left_at_their_default() -> None:
    document = many_inputs(optional=4)
    rows = metrics.task_rows(document, document.task(EntityId("w")))
    assert [row.text for row in rows] == [*(f"i{n}" for n in range(6)), "i9", "+3 defaults", "out"]
    assert rows[-2].hidden == ("i6", "i7", "i8")
    fold = metrics.port_offset(document, EntityId("w"), "input", "i7")
    assert fold == (0, 32 + 7 * 24 + 12)


def test_a_single_default_is_not_folded_and_open_cards_show_all() -> None:
    document = many_inputs(optional=2)
    assert len(metrics.task_rows(document, document.task(EntityId("w")))) == 11
    document = many_inputs(optional=4)
    opened = Document({**document.entities, EntityId("@w"): place("w", 0, 0, is_open=True)})
    assert len(metrics.task_rows(opened, opened.task(EntityId("w")))) == 11


def test_frames_enclose_what_is_in_them_inside_out() -> None:
    document = pipeline(
        Condition(id=EntityId("if"), parent=ROOT, name="if"),
        ConditionBranch(id=EntityId("yes"), parent=EntityId("if"), name="yes", test=None),
        ConditionBranch(id=EntityId("no"), parent=EntityId("if"), name="no", test=None, order=1),
        task("a", parent="yes"),
        place("a", 100, 200),
        place("no", 0, 600),
    )
    boxes = metrics.boxes(document, ROOT)
    card = Rect(100, 200, 220, 88)
    assert boxes[EntityId("a")] == card
    assert boxes[EntityId("yes")] == Rect(76, 152, 220 + 48, 88 + 48 + 24)
    assert boxes[EntityId("no")] == Rect(0, 600, *metrics.EMPTY_GROUP_SIZE)
    outer = boxes[EntityId("if")]
    assert outer.x < 0
    assert outer.right > boxes[EntityId("yes")].right
    assert outer.bottom > boxes[EntityId("no")].bottom
    assert next(iter(boxes)) == "if", "groups come before what is in them"
    assert metrics.frame(document, EntityId("if")) == outer


def test_a_frame_is_at_least_as_large_as_set_and_small_when_folded() -> None:
    loop = Loop(id=EntityId("l"), parent=ROOT, name="l", items=Constant([1]))
    document = pipeline(loop, task("a", parent="l"), place("a", 100, 100), place("l", 40, 40, width=900, height=500))
    assert metrics.frame(document, EntityId("l")) == Rect(40, 40, 900, 500)
    folded = Document({**document.entities, EntityId("@l"): place("l", 40, 40, is_folded=True)})
    assert metrics.frame(folded, EntityId("l"))[2:] == metrics.FOLDED_GROUP_SIZE


def test_groups_may_nest_a_thousand_deep() -> None:
    loops = [
        Loop(id=EntityId(f"l{n}"), parent=EntityId(f"l{n - 1}") if n else ROOT, name=f"l{n}", items=Constant([1]))
        for n in range(1000)
    ]
    document = pipeline(*loops)
    assert len(metrics.boxes(document, ROOT)) == 1000
