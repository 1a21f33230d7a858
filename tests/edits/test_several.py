"""Edits of several things at once: the same as one after another, at the cost of one, whatever has gone meanwhile."""

import pytest

from editor import edits
from editor.model import (
    ROOT,
    Collected,
    Condition,
    ConditionBranch,
    Constant,
    Document,
    DocumentView,
    EditRefused,
    EntityId,
    FromLoop,
    Loop,
    Placement,
    placement_id,
)
from tests.builders import from_task, pipeline, task

A, B, C = (EntityId(name) for name in "abc")
GONE = EntityId("gone")


def loop(name: str, parent: str = ROOT) -> Loop:
    return Loop(id=EntityId(name), parent=EntityId(parent), name=name, items=Constant(["u", "v"]))


def test_each_runs_after_the_one_before() -> None:
    document = pipeline(task("a"), task("b"), task("c", after=("b",)), loop("l"))
    document.apply(edits.run_in_order(document, [A, B, GONE, C, EntityId("l")]))
    assert document.task(A).after == ()
    assert document.task(B).after == (A,)
    assert document.task(C).after == (B,), "waited already"
    assert document.node(EntityId("l")).after == (C,)


def test_an_order_against_the_wires_is_refused_as_a_circle() -> None:
    document = pipeline(task("a"), task("b", x=from_task("a")), task("c"))
    with pytest.raises(EditRefused, match="circle"):
        edits.run_in_order(document, [C, B, A])


def test_an_order_of_what_lies_in_each_other_is_refused() -> None:
    document = pipeline(loop("l"), task("a", parent="l"))
    with pytest.raises(EditRefused, match="lie in each other") as refused:
        edits.run_in_order(document, [EntityId("l"), A])
    assert set(refused.value.subjects) == {"l", A}


def test_an_order_of_many_builds_no_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [EntityId(f"t{number}") for number in range(300)]
    snapshot = pipeline(*map(task, names)).snapshot()
    monkeypatch.setattr(DocumentView, "_build_graphs", lambda _self: pytest.fail("graphs of a draft"))
    assert len(edits.run_in_order(snapshot, names).changes) == len(names) - 1


def test_unplugging_tasks_takes_off_what_comes_in_and_goes_out() -> None:
    document = pipeline(
        task("a"), task("b", x=from_task("a")), task("c", x=from_task("b")), task("d", x=from_task("a"), y=Constant(1))
    )
    document.apply(edits.unplug_tasks(document, [B, GONE]))
    assert document.task(B).arguments == {}
    assert document.task(C).arguments == {}
    assert set(document.task(EntityId("d")).arguments) == {"x", "y"}
    document.apply(edits.unplug_tasks(document, [A]))
    assert document.task(EntityId("d")).arguments == {"y": Constant(1)}


def test_unplugging_is_the_same_as_port_by_port() -> None:
    document = pipeline(task("a"), task("b", x=from_task("a")), task("c", x=from_task("b")))
    at_once = Document(document.entities)
    at_once.apply(edits.unplug_tasks(at_once, [A, B, C]))
    for one in (B, C):
        document.apply(edits.disconnect(document, one, "x"))
    assert at_once.entities == document.entities


def test_folding_several_keeps_their_places() -> None:
    at = Placement(id=placement_id(A), target=A, x=7, y=8)
    document = pipeline(task("a"), loop("l"), task("b", parent="l"), at)
    document.apply(edits.fold_all(document, [A, EntityId("l"), GONE], folded=True))
    card, frame = document.placement(A), document.placement(EntityId("l"))
    assert card is not None
    assert (card.x, card.y, card.is_open) == (7, 8, False)
    assert frame is not None
    assert frame.is_folded


def test_unwrapping_loops_in_each_other_leaves_a_plain_wire() -> None:
    document = pipeline(
        loop("l"),
        loop("m", parent="l"),
        task("a", parent="m", x=FromLoop(EntityId("m"))),
        task("b", x=Collected(from_task("a"))),
    )
    document.apply(edits.unwrap_all(document, [EntityId("l"), GONE, EntityId("m")]))
    assert document.task(A).parent == ROOT
    assert document.task(A).arguments["x"] == Constant("u")
    assert document.task(B).arguments["x"] == from_task("a")


def test_unwrapping_a_condition_with_its_branches_is_one_thing() -> None:
    branch = ConditionBranch(id=EntityId("i"), parent=EntityId("k"), name="i", test=None)
    document = pipeline(
        Condition(id=EntityId("k"), parent=ROOT, name="k"),
        branch,
        task("a", parent="i"),
        task("b", x=Constant(1)),
    )
    for order in (["k", "i"], ["i", "k"]):
        tried = Document(document.entities)
        tried.apply(edits.unwrap_all(tried, map(EntityId, order)))
        assert tried.task(A).parent == ROOT
        assert {node.id for node in tried.nodes()} == {A, B}


def test_unwrapping_several_is_refused_as_a_whole() -> None:
    read = Loop(id=EntityId("m"), parent=ROOT, name="m", items=from_task("b"))
    document = pipeline(loop("l"), task("b", parent="l"), read, task("a", parent="m", x=FromLoop(EntityId("m"))))
    with pytest.raises(EditRefused, match="'a' reads the item of the loop 'm'"):
        edits.unwrap_all(document, [EntityId("l"), EntityId("m")])


def test_aligning_passes_by_what_is_gone() -> None:
    document = pipeline(*(task(name) for name in "ab"))
    document.apply(edits.move(document, {A: (0, 0), B: (300, 90)}))
    document.apply(edits.align(document, [A, GONE, B], "top"))
    placed = document.placement(B)
    assert placed is not None
    assert (placed.x, placed.y) == (300, 0)


def test_moving_passes_by_what_is_gone() -> None:
    document = pipeline(loop("l"), task("a"), task("b"))
    edit = edits.move(document, {GONE: (0, 0), A: (300, 90)})
    assert {change.id for change in edit.changes} == {placement_id(A)}
    into = edits.move_into(document, [GONE, A], EntityId("l"), positions={GONE: (0, 0), A: (300, 90)})
    assert into.label == "Move a into l"
    document.apply(into)
    assert document.task(A).parent == "l"
    assert not edits.move_into(document, [GONE], EntityId("l")).changes
    with pytest.raises(EditRefused, match="not there any more"):
        edits.move_into(document, [B], GONE)


def test_things_are_moved_by_a_way_once_each_whatever_moved_them_before() -> None:
    document = pipeline(task("a"), task("b"), inputs={})
    document.apply(edits.move(document, {A: (0, 0), B: (300, 90)}))
    edit, group = edits.wrap(document, [B], "loop")
    document.apply(edit)
    by = edits.move_by(document, [A, group, B, GONE], 10, 20)
    assert by.label == "Move"
    document.apply(edits.move(document, {A: (100, 100)}))
    document.apply(edits.move_by(document, [A, group, B, GONE], 10, 20))
    places = [document.placement(each) for each in (A, B)]
    assert [each and (each.x, each.y) for each in places] == [(110, 120), (310, 110)]
    assert edits.move_by(document, [A], 1, 0).label == "Move a"
