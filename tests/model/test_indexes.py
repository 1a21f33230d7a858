"""The indexes of a live document stay those of a fresh snapshot, whatever is applied to it."""

import math
import random

import networkx as nx
import pytest

from editor.model import ROOT, Change, Constant, Document, DocumentView, Edit, Entity, EntityId, Loop, Snapshot
from editor.model.names import is_parameter_name, parameter_name, slug, unique
from tests.builders import from_task, pipeline, task
from tests.random_documents import random_document, random_edit


def same_indexes(document: DocumentView) -> None:
    """Assert that children, users, names, graphs and orders are those of a document made anew."""
    fresh = Snapshot(document.entities)
    ids = {*document.entities, *(getattr(entity, "parent", ROOT) for entity in document.entities.values())}
    for one in ids:
        assert set(document.children(one)) == set(fresh.children(one))
        assert document.count_inside(one) == len(list(fresh.descendants(one)))
        assert set(document.users(one)) == set(fresh.users(one))
        mine, theirs = document.graph(one), fresh.graph(one)
        assert set(mine.nodes) == set(theirs.nodes)
        assert set(mine.edges(keys=True)) == set(theirs.edges(keys=True))
        order = document.order(one)
        assert order.has_circle == (not nx.is_directed_acyclic_graph(theirs))
        assert order.has_circle or all(order.places[source] < order.places[target] for source, target in mine.edges())
    for node in fresh.nodes():
        assert set(document.named(node.name)) == set(fresh.named(node.name))


def test_all_is_forgotten_but_the_root_a_table_a_step():
    document = random_document(random.Random(3))
    document.warm()
    root = document.root
    assert sum(1 for _ in document.forget_all()) > 3
    assert dict(document.entities) == {ROOT: root}
    same_indexes(document)


def edit(document: Document, *entities: Entity, drop: tuple[str, ...] = ()) -> Edit:
    changes = [Change(entity.id, document.get(entity.id), entity) for entity in entities]
    changes += [Change(EntityId(one), document.get(EntityId(one)), None) for one in drop]
    return Edit("test", tuple(changes))


def warmed(document: Document) -> Document:
    same_indexes(document)
    return document


def loop(name: str, parent: str = ROOT) -> Loop:
    return Loop(id=EntityId(name), parent=EntityId(parent), name=name, items=Constant([1]))


def test_a_rewired_task_keeps_the_wires_that_leave_it() -> None:
    document = warmed(pipeline(task("a"), task("b", x=from_task("a")), task("c", x=from_task("b"))))
    document.apply(edit(document, task("b", x=Constant("1"))))
    same_indexes(document)
    assert list(document.graph(ROOT).edges()) == [("b", "c")]


def test_moving_a_group_lifts_the_wires_of_what_lies_in_it() -> None:
    document = warmed(
        pipeline(loop("l"), loop("m"), task("a", parent="l"), task("b"), task("c", x=from_task("b"), parent="l"))
    )
    forth = edit(document, loop("l", "m"))
    document.apply(forth)
    same_indexes(document)
    assert list(document.graph(ROOT).edges()) == [("b", "m")]
    document.apply(forth.inverse())
    same_indexes(document)


def test_wrapping_and_dropping_keep_the_indexes() -> None:
    document = warmed(pipeline(task("a"), task("b", x=from_task("a")), task("c", x=from_task("b"))))
    forth = edit(document, loop("g"), task("b", x=from_task("a"), parent="g"))
    document.apply(forth)
    same_indexes(document)
    back = edit(document, drop=("g", "b"))
    document.apply(back)
    same_indexes(document)
    document.apply(back.inverse())
    document.apply(forth.inverse())
    same_indexes(document)


def test_named_finds_what_sanitises_to_the_same() -> None:
    document = pipeline(task("a"), task("b"))
    document.apply(edit(document, Loop(id=EntityId("l"), parent=ROOT, name="A", items=Constant([1]))))
    assert set(document.named("a")) == {"a", "l"}
    assert slug("Mein Übung! 1") == "mein-bung-1"


def test_names_are_made_as_the_sdk_makes_them() -> None:
    taken = {"train", "train-2"}
    assert unique("train", taken.__contains__) == "train-3"
    assert unique("train-2", taken.__contains__) == "train-3"
    assert unique("score", taken.__contains__) == "score"
    assert parameter_name("Learning rate!") == "learning_rate"
    assert parameter_name("class") == "class_"
    assert parameter_name("2nd") == "input_2nd"
    assert [is_parameter_name(name) for name in ("a", "Output", "class", "a-b", "ü")] == [True, *[False] * 4]


def test_an_edit_of_nearly_all_leaves_the_indexes_to_whoever_asks_next() -> None:
    document = warmed(pipeline(loop("l"), *(task(f"t{number}", parent="l") for number in range(8)), task("u")))
    forth = edit(document, drop=tuple(f"t{number}" for number in range(8)))
    document.apply(forth)
    assert document._children is document._users is document._names is None
    same_indexes(document)
    document.apply(forth.inverse())
    assert document._users is None
    same_indexes(document)
    document.apply(edit(document, task("u", parent="l")))
    assert document._users is not None
    same_indexes(document)


def test_users_are_counted_a_part_at_a_time_and_anew_after_another_edit() -> None:
    document = warmed(pipeline(*(task(f"t{number}") for number in range(200))))
    assert document.reindex(0.0), "they are there"
    document.apply(edit(document, *(task(f"t{number}", x=from_task("t0")) for number in range(1, 200))))
    assert not document.reindex(0.0)
    assert document._users is None
    document.apply(edit(document, task("u", x=from_task("t1"))))
    assert document.reindex(math.inf)
    assert document.users(EntityId("t1")) == ("u",)
    assert len(document.users(EntityId("t0"))) == 199
    same_indexes(document)


@pytest.mark.parametrize("seed", range(6))
def test_a_snapshot_that_takes_indexes_along_keeps_them_whatever_comes_after(seed: int) -> None:
    chance = random.Random(seed)
    document = warmed(random_document(chance))
    taken: list[Snapshot] = []
    for _turn in range(12):
        made = random_edit(chance, document)
        if made is not None:
            document.apply(made)
        taken.append(document.snapshot(with_indexes=True))
    for snapshot in taken:
        same_indexes(snapshot)


def test_where_a_task_of_the_main_pipeline_lies_is_told_without_the_index_of_users() -> None:
    document = pipeline(loop("l"), task("a", parent="l"))
    assert document.paths(EntityId("a")) == ["l/a"]
    assert document._users is None


def test_what_lies_in_a_moved_group_or_names_it_is_found_after_later_edits_too() -> None:
    document = warmed(
        pipeline(loop("l"), loop("m"), task("a"), task("b", x=from_task("a"), parent="l"), task("c", x=from_task("a")))
    )
    document.apply(edit(document, loop("l", "m")))
    document.apply(edit(document, task("b", x=from_task("c"), parent="l"), task("d", x=from_task("b"))))
    document.apply(edit(document, loop("m", "l"), loop("l")))
    same_indexes(document)


@pytest.mark.parametrize("seed", range(12))
def test_graphs_brought_in_step_a_part_at_a_time_are_those_made_anew(seed: int) -> None:
    chance = random.Random(seed)
    document = warmed(random_document(chance))
    done: list[Edit] = []
    for _turn in range(25):
        made = random_edit(chance, document)
        if made is not None:
            document.apply(made)
            done.append(made)
        for _step in range(chance.randrange(4)):
            document.settle(0.0)
        if done and chance.random() < 0.3:
            document.apply(done.pop().inverse())
        document.settle(0.0)
        if chance.random() < 0.3:
            same_indexes(document)
    while not document.settle(0.0):
        pass
    same_indexes(document)


def test_one_step_leaves_the_rest_of_a_large_edit_for_later() -> None:
    document = warmed(pipeline(*(task(f"t{number}") for number in range(20))))
    document.apply(edit(document, *(task(f"u{number}", x=from_task(f"t{number}")) for number in range(20))))
    assert not document.settle(0.0)
    assert document.settle()
    same_indexes(document)
