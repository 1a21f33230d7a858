"""The columns follow the document edit by edit, and are then what they would be if made afresh."""

import random

import msgspec
import numpy as np
import pytest

from editor import edits
from editor.layout import metrics
from editor.model import (
    ROOT,
    Change,
    Constant,
    Document,
    Edit,
    Entity,
    EntityId,
    Loop,
    Note,
    Placement,
    Task,
    placement_id,
)
from editor.model.port_types import DATASET, STRING
from editor.ui.canvas.columns import Columns
from tests.builders import STEP, component, from_task, pipeline, task
from tests.ui.canvas.scenes import SUB, at, everything

STORE = component("store", {}, {"more": STRING, "data": DATASET})


def edit(document: Document, *after: Entity, drop: tuple[str, ...] = ()) -> Edit:
    changes = [Change(entity.id, document.get(entity.id), entity) for entity in after]
    changes += [Change(EntityId(gone), document.get(EntityId(gone)), None) for gone in drop]
    return Edit("change", tuple(changes))


def picture(columns: Columns) -> dict[str, object]:
    """All that decides what is drawn, by names instead of slots."""
    nodes = {
        node: (columns.box[slot].tolist(), int(columns.kind[slot]), bool(columns.muted[slot]), int(columns.depth[slot]))
        for node, slot in columns.slots.items()
        if columns.alive[slot]
    }
    hidden = {node: columns.ids[int(columns.stands_for[columns.slots[node]])] for node in nodes}
    wires = columns.wires
    columns.lead(np.flatnonzero(wires.is_drawn[: wires.count]))
    curves = sorted(
        (
            columns.ids[int(wires.source[row])],
            columns.ids[int(wires.target[row])],
            wires.ports[row],
            int(wires.pen[row]),
            tuple(wires.ends[row].tolist()),
            tuple(wires.bounds[row].tolist()),
            str(wires.via[row]),
            bool(wires.is_drawn[row]),
        )
        for row in np.flatnonzero(wires.alive[: wires.count]).tolist()
    )
    looks = {node: columns.look(columns.slots[node]) for node in nodes if not columns.is_group(columns.slots[node])}
    return {"nodes": nodes, "hidden": hidden, "wires": curves, "looks": looks, "notes": columns.note_boxes}


def follows(document: Document, columns: Columns, change: Edit) -> None:
    document.apply(change)
    columns.follow(change)
    assert picture(columns) == picture(Columns(document, ROOT))


def test_frames_and_cards_are_where_layout_says():
    document = everything()
    columns = Columns(document, ROOT)
    for node, box in metrics.boxes(document, ROOT).items():
        if document.placement(node) is not None or node in ("loop", "cond", "if", "else", "exit"):
            assert columns.rect(node) == box


def test_each_kind_of_edit_is_followed_and_undone():
    document = everything()
    columns = Columns(document, ROOT)
    score, train = document.task(EntityId("score")), document.task(EntityId("train"))
    replace = msgspec.structs.replace
    edits = [
        edit(document, replace(document.placement(score.id), x=900.0, y=50.0)),
        edit(document, at("loop", 0, 0, is_folded=True)),
        edit(document, at("tune", 0, 288, is_open=True)),
        edit(document, replace(score, parent=EntityId("if"))),
        edit(document, replace(train, name="fit", arguments={"data": from_task("load-csv", "data")})),
        edit(document, replace(train, is_muted=True)),
        # Another component's card, with its outputs elsewhere: the wires that leave it start there.
        edit(document, replace(document.task(EntityId("load-csv")), component=STORE.id), STORE),
        edit(document, drop=("train", "@train")),
        edit(document, drop=("loop", "score", "@score")),
        edit(document, task("new", x=from_task("fragile"), after=("join",)), at("new", 400, 700)),
        edit(document, Loop(id=EntityId("l2"), parent=EntityId("loop"), name="l2", items=Constant([]))),
        edit(document, replace(SUB, inputs=())),
        edit(document, Note(id=EntityId("n1"), parent=ROOT, text="Else", x=1, y=2, width=50, height=60)),
        edit(document, drop=("n2",)),
    ]
    for change in edits:
        follows(document, columns, change)
        follows(document, columns, change.inverse())


def test_wire_of_a_source_that_comes_back_comes_back():
    document = pipeline(task("a"), task("b", x=from_task("a")), at("a", 0, 0), at("b", 400, 0))
    columns = Columns(document, ROOT)
    gone = edit(document, drop=("a",))
    follows(document, columns, gone)
    assert not columns.wires.is_drawn.any()
    follows(document, columns, gone.inverse())
    assert columns.wires.is_drawn.sum() == 1


@pytest.mark.parametrize("seed", range(3))
def test_twin_goes_ways_of_its_own(seed: int):
    chance = random.Random(seed)
    document = everything()
    columns = Columns(document, ROOT)
    for number in range(10):
        follows(document, columns, some_edit(chance, document, number))
    twin = columns.twin()
    assert twin is not None
    assert picture(twin) == picture(columns)
    before = picture(columns)
    change = some_edit(chance, document, 10)
    document.apply(change)
    twin.follow(change)
    assert picture(twin) == picture(Columns(document, ROOT))
    # The first has not been told yet, and nothing of it has changed in the meantime.
    assert {**picture(columns), "looks": None} == {**before, "looks": None}
    columns.follow(change)
    for number in range(11, 30):
        change = some_edit(chance, document, number)
        document.apply(change)
        for each in (columns, twin):
            each.follow(change)
            assert picture(each) == picture(Columns(document, ROOT))


def test_twin_has_no_selection_and_is_not_had_while_something_is_held():
    document = everything()
    columns = Columns(document, ROOT)
    columns.set_selected(frozenset({EntityId("score"), EntityId("n1")}))
    twin = columns.twin()
    assert twin is not None
    assert not twin.selected.any()
    assert not twin.selected_notes
    assert columns.selected.any()
    columns.set_offset([EntityId("score")], 50, 50)
    assert columns.twin() is None
    columns.clear_offset()
    assert columns.twin() is not None


@pytest.mark.parametrize("seed", range(6))
def test_any_run_of_edits_is_followed(seed: int):
    chance = random.Random(seed)
    document = everything()
    columns = Columns(document, ROOT)
    done: list[Edit] = []
    for number in range(40):
        if done and chance.random() < 0.3:
            change = done.pop().inverse()
            follows(document, columns, change)
            continue
        change = some_edit(chance, document, number)
        done.append(change)
        follows(document, columns, change)


def some_edit(chance: random.Random, document: Document, number: int) -> Edit:
    tasks = [each for each in document.tasks() if document.pipeline_of(each.id) == ROOT]
    chosen = chance.choice(tasks)
    scopes = [EntityId(name) for name in ("root", "loop", "if", "else", "exit") if EntityId(name) in document]
    match chance.randrange(6):
        case 0:
            return edit(document, at(chosen.id, chance.randrange(900), chance.randrange(900)))
        case 1:
            return edit(document, msgspec.structs.replace(chosen, parent=chance.choice(scopes)))
        case 2:
            other = chance.choice(tasks)
            arguments = {**chosen.arguments, "x": from_task(other.id)} if chosen.component == STEP.id else {}
            return edit(document, msgspec.structs.replace(chosen, arguments=arguments))
        case 3:
            group = chance.choice([scope for scope in scopes if scope != ROOT])
            old = document.placement(group)
            return edit(document, at(group, 0, 0, is_folded=old is None or not old.is_folded))
        case 4 if len(tasks) > 4:
            placed = (placement_id(chosen.id),) if document.placement(chosen.id) is not None else ()
            return edit(document, drop=(chosen.id, *placed))
        case _:
            name = f"new{number}"
            return edit(document, task(name, parent=chance.choice(scopes)), at(name, 8 * number, 16 * number))


def test_drag_preview_moves_contents_and_leaves_no_trace():
    document = everything()
    columns = Columns(document, ROOT)
    before = picture(columns)
    columns.set_offset({EntityId("cond"), EntityId("n1")}, 40.0, 24.0)
    columns.set_offset({EntityId("cond"), EntityId("n1")}, 80.0, 24.0)
    assert columns.rect(EntityId("deploy")) == metrics.Rect(776, 312, 220, 64)
    assert columns.rect(EntityId("n1")) == metrics.Rect(80, -152, 224, 136)
    assert columns.box[columns.slots[EntityId("cond")], 0] == before["nodes"][EntityId("cond")][0][0] + 80
    columns.clear_offset()
    assert picture(columns) == before


def test_dragging_one_task_stretches_the_frames_round_it():
    document = everything()
    columns = Columns(document, ROOT)
    right = columns.rect(EntityId("cond")).right
    columns.set_offset({EntityId("deploy")}, 200.0, 0.0)
    assert columns.rect(EntityId("cond")).right == right + 200


def test_tasks_without_a_place_do_not_lie_on_each_other():
    document = pipeline(*(task(f"t{number}") for number in range(20)))
    columns = Columns(document, ROOT)
    boxes = [columns.rect(EntityId(f"t{number}")) for number in range(20)]
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            assert one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y


def test_only_the_tasks_of_the_scope_are_here():
    columns = Columns(everything(), EntityId("sub"))
    assert columns.ids == [EntityId("inner")]


def test_cost_of_a_move_does_not_grow_with_the_document():
    """Counts what is looked at instead of the clock: the wires of others keep their rows untouched."""
    document = pipeline(*(task(f"t{number}") for number in range(300)), task("a"), task("b", x=from_task("a")))
    columns = Columns(document, ROOT)
    placed: list[int] = []
    columns.wires.place = lambda rows, *_rest: placed.append(len(rows))  # type: ignore[method-assign]
    change = Edit("move", (Change(placement_id(EntityId("a")), None, at("a", 5, 5)),))
    document.apply(change)
    columns.follow(change)
    assert sum(placed) == 1
    assert isinstance(document.get(EntityId("a")), Task)
    assert isinstance(document.placement(EntityId("a")), Placement)


def test_what_a_group_takes_along_into_a_sub_pipeline_leaves_the_scene_and_comes_back() -> None:
    document = pipeline(
        task("a"),
        Loop(id=EntityId("l"), parent=ROOT, name="l", items=Constant([1])),
        Loop(id=EntityId("m"), parent=EntityId("l"), name="m", items=Constant([2])),
        task("beside", parent="l"),
        task("in", parent="m"),
    )
    columns = Columns(document, ROOT)
    change, _made = edits.extract_subpipeline(document, [EntityId("l")])
    for each in (change, change.inverse(), change):
        document.apply(each)
        columns.follow(each)
        assert picture(columns) == picture(Columns(document, ROOT))
    assert not columns.is_here(EntityId("in"))
