"""Automatic placement: nothing overlaps, wires run one way, groups hold what is theirs, and it is quick."""

import random
from collections.abc import Iterable
from itertools import pairwise

import pytest

from editor.layout import arrange
from editor.layout.metrics import GRID, GROUP_TITLE_HEIGHT, LAYER_GAP, Rect, boxes
from editor.model import (
    GROUP_TYPES,
    ROOT,
    Comparison,
    Condition,
    ConditionBranch,
    Constant,
    Document,
    EntityId,
    ExitHandler,
    Loop,
    Note,
    Placement,
    placement_id,
)
from editor.model.port_types import STRING
from tests.builders import component, from_input, from_task, pipeline, task

TWO = component("two", {"a": STRING, "b": STRING}, {"out": STRING}, optional=("a", "b"))


def overlapping(document: Document, scope: EntityId = ROOT) -> list[tuple[str, str]]:
    """Siblings whose boxes overlap, in any scope."""
    found = boxes(document, scope)
    bad = []
    for parent in [scope, *(one for one in found if isinstance(document.get(one), GROUP_TYPES))]:
        children = document.children(parent)
        for number, one in enumerate(children):
            for other in children[number + 1 :]:
                a, b = found[one], found[other]
                if a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom:
                    bad.append((one, other))
    return bad


def arranged(document: Document, **options: object) -> Document:
    document.apply(arrange(document.snapshot(), scope=ROOT, **options))  # type: ignore[arg-type]
    return document


def nested() -> Document:
    test = Comparison(from_input("p"), "==", Constant("x"))
    return pipeline(
        task("load"),
        Condition(id=EntityId("if"), parent=ROOT, name="if"),
        ConditionBranch(id=EntityId("yes"), parent=EntityId("if"), name="yes", test=test),
        ConditionBranch(id=EntityId("no"), parent=EntityId("if"), name="no", test=None, order=1),
        Loop(id=EntityId("l"), parent=EntityId("yes"), name="l", items=Constant([1])),
        Loop(id=EntityId("empty"), parent=ROOT, name="empty", items=Constant([1])),
        ExitHandler(id=EntityId("eh"), parent=ROOT, name="eh", exit_task=EntityId("bye")),
        task("bye"),
        task("a", parent="l", x=from_task("load")),
        task("b", parent="l", x=from_task("a")),
        task("c", parent="no", x=from_task("load")),
        task("d", parent="eh"),
        task("e", after=("if",)),
        inputs={"p": STRING},
    )


def layered_document(count: int, width: int, seed: int = 1) -> Document:
    chance = random.Random(seed)
    tasks = []
    for number in range(count):
        layer, column = divmod(number, width)
        wires = {}
        for port in ("a", "b"):
            if layer and chance.random() < 0.75:
                before = max(0, layer - chance.choice([1, 1, 1, 2]))
                beside = min(width - 1, max(0, column + chance.randint(-2, 2)))
                wires[port] = from_task(f"t{before * width + beside}")
        tasks.append(task(f"t{number}", of=TWO, **wires))
    return pipeline(TWO, *tasks)


@pytest.mark.parametrize("direction", ["right", "down"])
def test_nothing_overlaps_and_wires_run_one_way(direction: str) -> None:
    document = arranged(layered_document(120, 8), direction=direction)
    assert overlapping(document) == []
    found = boxes(document, ROOT)
    for source, target in document.graph(ROOT).edges():
        if direction == "right":
            assert found[target].x >= found[source].right
        else:
            assert found[target].y >= found[source].bottom


def test_wires_that_run_down_have_room_between_cards() -> None:
    document = arranged(pipeline(task("a"), *(task(name, x=from_task("a")) for name in "bcd")), direction="down")
    row = sorted(boxes(document, ROOT)[EntityId(name)] for name in "bcd")
    assert len({box.y for box in row}) == 1
    assert all(right.x - left.right >= LAYER_GAP - GRID for left, right in pairwise(row)), (
        "ports are at the sides of cards"
    )


def test_groups_are_laid_out_inside_out() -> None:
    document = arranged(nested())
    assert overlapping(document) == []
    found = boxes(document, ROOT)
    assert found[EntityId("yes")].bottom <= found[EntityId("no")].y
    assert found[EntityId("b")].x > found[EntityId("a")].right
    assert found[EntityId("e")].x > found[EntityId("if")].right
    assert found[EntityId("bye")].x > found[EntityId("eh")].right
    assert inside(found[EntityId("a")], found[EntityId("l")])
    assert placement_id(EntityId("empty")) in document
    assert placement_id(EntityId("l")) not in document, "a frame with something in it derives its place"


def inside(inner: Rect, outer: Rect) -> bool:
    return outer.x <= inner.x and outer.y <= inner.y and inner.right <= outer.right and inner.bottom <= outer.bottom


def test_places_are_on_the_grid_and_always_the_same() -> None:
    first, second = arranged(nested()), arranged(nested())
    assert first.entities == second.entities
    for entity in first.entities.values():
        if isinstance(entity, Placement):
            assert (entity.x % GRID, entity.y % GRID) == (0, 0)
    assert arrange(first, scope=ROOT).changes == (), "arranging twice changes nothing more"


def test_a_selection_is_arranged_where_it_stands() -> None:
    document = pipeline(
        task("a"), task("b", x=from_task("a")), task("z"), *places(a=(400, 160), b=(640, 800), z=(0, 0))
    )
    document.apply(arrange(document, scope=ROOT, only=[EntityId("a"), EntityId("b")]))
    found = boxes(document, ROOT)
    assert found[EntityId("z")][:2] == (0, 0)
    assert min(found[EntityId("a")].x, found[EntityId("b")].x) == 400
    assert min(found[EntityId("a")].y, found[EntityId("b")].y) == 160
    assert found[EntityId("b")].x > found[EntityId("a")].right


def places(**at: tuple[float, float]) -> Iterable[Placement]:
    for name, (x, y) in at.items():
        yield Placement(id=placement_id(EntityId(name)), target=EntityId(name), x=x, y=y)


def test_loose_tasks_are_packed_not_strung_out() -> None:
    document = arranged(pipeline(*(task(f"t{n}") for n in range(30))))
    found = list(boxes(document, ROOT).values())
    width, height = max(box.right for box in found), max(box.bottom for box in found)
    assert 0.8 < width / height < 4
    assert overlapping(document) == []


def test_wires_of_a_chain_are_level_at_their_ports() -> None:
    document = arranged(
        pipeline(
            TWO,
            task("a"),
            task("b"),
            task("c", of=TWO, a=from_task("a"), b=from_task("b")),
            task("d", x=from_task("c")),
        )
    )
    found = boxes(document, ROOT)
    assert found[EntityId("a")].y < found[EntityId("b")].y, "the wire into the upper port comes from above"
    leaves, arrives = found[EntityId("c")].y + 32 + 2.5 * 24, found[EntityId("d")].y + 32 + 12
    assert abs(leaves - arrives) <= GRID


def test_a_circle_does_not_hang_the_layout() -> None:
    document = arranged(pipeline(task("a", x=from_task("b")), task("b", x=from_task("a")), task("c", x=from_task("c"))))
    assert overlapping(document) == []


@pytest.mark.slow
def test_ten_thousand_tasks_are_arranged_at_all() -> None:
    document = layered_document(10_000, 100)
    document.apply(arrange(document.snapshot(), scope=ROOT))
    assert len(boxes(document, ROOT)) == 10_000


def titled(name: str, x: float, y: float, width: float = 320, height: float = 420) -> Note:
    return Note(id=EntityId(name), parent=ROOT, text=name, x=x, y=y, width=width, height=height, shape="frame")


def at(name: str, x: float, y: float) -> Placement:
    return Placement(id=placement_id(EntityId(name)), target=EntityId(name), x=x, y=y)


def holds(outer: Rect, box: Rect) -> bool:
    return outer.x <= box.x and outer.y <= box.y and box.right <= outer.right and box.bottom <= outer.bottom


def framed() -> Document:
    """`a` and `b`, which feeds on it, in a frame, with a note; `c` and a lone task elsewhere; and an empty frame."""
    return pipeline(
        task("a"),
        task("b", x=from_task("a")),
        task("c", x=from_task("b")),
        task("alone"),
        *(at("a", 900, 900), at("b", 900, 1060), at("c", 0, 0), at("alone", 300, 0)),
        titled("frame", 860, 840),
        titled("empty", 2860, 840),
        Note(id=EntityId("words"), parent=ROOT, text="why", x=900, y=1180, width=96, height=56),
    )


@pytest.mark.parametrize("direction", ["right", "down"])
def test_a_titled_frame_lies_round_the_same_things_afterwards_and_round_no_others(direction: str) -> None:
    document = framed()
    before = dict(document.entities)
    edit = arrange(document.snapshot(), scope=ROOT, direction=direction)  # type: ignore[arg-type]
    document.apply(edit)
    found = boxes(document, ROOT)
    notes = {note.id: Rect(note.x, note.y, note.width, note.height) for note in document.notes()}
    frame = notes["frame"]
    assert (frame.x, frame.y) != (860, 840)
    assert [name for name in ("a", "b", "c", "alone") if holds(frame, found[EntityId(name)])] == ["a", "b"]
    assert holds(frame, notes["words"])
    assert min(found["a"].y, found["b"].y) - frame.y >= GROUP_TITLE_HEIGHT
    assert notes["empty"] == Rect(2860, 840, 320, 420)
    assert overlapping(document) == []
    again = arrange(document.snapshot(), scope=ROOT, direction=direction)  # type: ignore[arg-type]
    assert not again.changes
    document.apply(edit.inverse())
    assert dict(document.entities) == before


def test_a_frame_of_which_one_thing_is_arranged_still_holds_all() -> None:
    document = framed()
    document.apply(arrange(document.snapshot(), scope=ROOT, only=[EntityId("a"), EntityId("c")]))
    found = boxes(document, ROOT)
    note = document.get(EntityId("frame"))
    frame = Rect(note.x, note.y, note.width, note.height)
    assert holds(frame, found[EntityId("a")])
    assert holds(frame, found[EntityId("b")])


def test_what_does_not_hang_together_in_a_frame_stands_as_it_would_in_a_group() -> None:
    document = pipeline(
        task("a"), task("b"), at("a", 900, 900), at("b", 900, 1300), titled("frame", 860, 840, 300, 640)
    )
    found = boxes(arranged(document), ROOT)
    assert found["a"].x == found["b"].x
    assert found["a"].bottom < found["b"].y
