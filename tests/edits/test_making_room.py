"""Inserting into a wire pushes aside what the new card would cover, and no more than that."""

from itertools import pairwise

from editor import edits
from editor.edits.placing import box_of
from editor.model import ROOT, Constant, Document, EntityId, Loop, Note, Placement, placement_id
from editor.model.fragment import Fragment
from tests.builders import STEP, from_task, pipeline, task

NEW = Fragment(component=STEP.id, entities=(STEP,))


def at(target: str, x: float, y: float) -> Placement:
    return Placement(id=placement_id(EntityId(target)), target=EntityId(target), x=x, y=y)


def x_of(document: Document, one: str) -> float:
    return box_of(document, EntityId(one)).x


def insert(document: Document, consumer: str, x: float, y: float) -> EntityId:
    edit, new = edits.insert_on_wire(document, NEW, EntityId(consumer), "x", x=x, y=y)
    document.apply(edit)
    return new


def overlaps(document: Document, *ids: str) -> list[tuple[str, str]]:
    boxes = {one: box_of(document, EntityId(one)) for one in ids}
    return [
        (one, other)
        for one, a in boxes.items()
        for other, b in boxes.items()
        if one < other and a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom
    ]


def row_of_four():
    return pipeline(
        task("a"),
        task("b", x=from_task("a")),
        task("c", x=from_task("b")),
        task("d", x=from_task("c")),
        task("aside"),
        at("a", 0, 0),
        at("b", 300, 0),
        at("c", 600, 0),
        at("d", 1400, 0),
        at("aside", 320, 400),
    )


def test_a_short_wire_makes_room_for_what_is_put_into_it():
    document = row_of_four()
    new = insert(document, "b", 150, 8)
    assert not overlaps(document, "a", new, "b", "c", "d")
    assert x_of(document, "a") == 0
    assert x_of(document, new) == 280
    assert x_of(document, "b") == 560
    assert x_of(document, "c") == 836
    assert x_of(document, "d") == 1400
    assert x_of(document, "aside") == 320


def test_a_long_wire_with_room_moves_nothing():
    document = row_of_four()
    before = {one: x_of(document, one) for one in "abcd"}
    new = insert(document, "d", 1000, 8)
    assert x_of(document, new) == 1000
    assert {one: x_of(document, one) for one in "abcd"} == before


def titled(one: str, x: float, y: float, width: float, height: float) -> Note:
    return Note(id=EntityId(one), parent=ROOT, text=one, x=x, y=y, width=width, height=height, shape="frame")


def holds(document: Document, frame: str, *ids: str) -> list[bool]:
    outer = box_of(document, EntityId(frame))
    return [outer.holds(box_of(document, EntityId(one))) for one in ids]


def test_titled_frames_still_hold_what_is_pushed_in_them():
    around_two, around_all = titled("two", -24, -48, 568, 200), titled("all", -40, -96, 1700, 280)
    tight, other = titled("tight", 560, -16, 284, 120), titled("other", 280, 360, 300, 300)
    document = pipeline(*row_of_four().entities.values(), around_two, around_all, tight, other)
    before = document.snapshot()
    edit, new = edits.insert_on_wire(document, NEW, EntityId("b"), "x", x=150, y=8)
    document.apply(edit)
    assert x_of(document, "c") == 836
    assert holds(document, "two", "a", new, "b", "c") == [True, True, True, False]
    assert document.get(EntityId("two")).width == 560 + 220 + 24 + 24
    assert holds(document, "all", "a", new, "b", "c", "d", "two") == [True] * 6
    assert holds(document, "tight", "c", "b") == [True, False]
    assert [document.get(note.id) for note in (around_all, other)] == [around_all, other]
    document.apply(edit.inverse())
    assert document.snapshot().entities == before.entities


def test_a_frame_round_a_frame_that_grows_grows_too():
    outer, inner = titled("outer", -40, -96, 600, 280), titled("inner", -24, -48, 568, 200)
    document = pipeline(*row_of_four().entities.values(), outer, inner)
    insert(document, "b", 150, 8)
    assert holds(document, "outer", "inner", "b") == [True, True]


def test_a_frame_grows_with_the_group_in_it():
    document = pipeline(
        Loop(id=EntityId("loop"), parent=ROOT, name="each", items=Constant([1])),
        task("a", parent="loop"),
        task("b", parent="loop", x=from_task("a")),
        titled("frame", -80, -120, 720, 360),
        at("a", 0, 0),
        at("b", 300, 0),
    )
    assert holds(document, "frame", "loop") == [True]
    insert(document, "b", 150, 8)
    assert x_of(document, "b") == 560
    assert holds(document, "frame", "loop") == [True]


def test_it_is_one_step():
    document = row_of_four()
    edit, _ = edits.insert_on_wire(document, NEW, EntityId("b"), "x", x=150, y=8)
    before = document.snapshot()
    document.apply(edit)
    document.apply(edit.inverse())
    assert document.snapshot().entities == before.entities


def test_a_task_that_is_there_is_put_where_it_is_dropped():
    document = pipeline(*row_of_four().entities.values(), task("m"), at("m", 0, 600))
    edit, _ = edits.insert_on_wire(document, EntityId("m"), EntityId("b"), "x", x=160, y=8)
    document.apply(edit)
    assert x_of(document, "m") == 280
    assert x_of(document, "b") == 560


def test_a_group_downstream_moves_whole():
    document = pipeline(
        task("a"),
        Loop(id=EntityId("loop"), parent=ROOT, name="each", items=Constant([1])),
        task("b", parent="loop", x=from_task("a")),
        task("c", parent="loop", x=from_task("b")),
        task("m"),
        at("a", 0, 0),
        at("b", 340, 0),
        at("c", 640, 0),
        at("m", 0, 600),
    )
    edit, _ = edits.insert_on_wire(document, EntityId("m"), EntityId("b"), "x", x=150, y=0)
    document.apply(edit)
    moved = x_of(document, "b") - 340
    assert moved > 0
    assert x_of(document, "c") == 640 + moved
    assert not overlaps(document, "a", "m", "loop")


def test_a_group_that_grows_pushes_what_is_beside_it():
    document = pipeline(
        Loop(id=EntityId("loop"), parent=ROOT, name="each", items=Constant([1])),
        task("a", parent="loop"),
        task("b", parent="loop", x=from_task("a")),
        task("next", after=("loop",)),
        at("a", 100, 0),
        at("b", 400, 0),
        at("next", 700, 0),
    )
    new = insert(document, "b", 250, 8)
    assert document.task(new).parent == "loop"
    assert not overlaps(document, "a", new, "b")
    assert not overlaps(document, "loop", "next")


def test_what_stands_in_the_way_unwired_is_pushed_too():
    document = pipeline(
        task("a"),
        task("b", x=from_task("a")),
        task("other"),
        at("a", 0, 0),
        at("b", 300, 0),
        at("other", 560, 20),
    )
    new = insert(document, "b", 150, 8)
    assert not overlaps(document, "a", new, "b", "other")


def test_where_hundreds_would_have_to_give_way_none_does():
    names = [f"t{number}" for number in range(260)]
    document = pipeline(
        task(names[0]),
        *(task(name, x=from_task(before)) for before, name in pairwise(names)),
        *(at(name, 240.0 * number, 0) for number, name in enumerate(names)),
    )
    edit, new = edits.insert_on_wire(document, NEW, EntityId("t1"), "x", x=100, y=8)
    assert set(edit.ids) == {new, placement_id(new), "t1"}
    near_the_end, _new = edits.insert_on_wire(document, NEW, EntityId("t200"), "x", x=240.0 * 199 + 100, y=8)
    assert len(near_the_end.changes) > 50
