"""Wires: what may feed what, from where, and what becomes of a wire that leaves a group."""

import pytest

from editor import edits
from editor.model import (
    ROOT,
    Collected,
    Comparison,
    Condition,
    ConditionBranch,
    Constant,
    Document,
    EditRefused,
    EntityId,
    ExitHandler,
    FromLoop,
    FromPipelineInput,
    Loop,
    OneOf,
    Template,
)
from editor.model.fragment import Fragment
from editor.model.port_types import DATASET, INTEGER, LIST, MODEL, STRING, ArtifactType
from tests.builders import ADD, COUNT, component, from_input, from_task, pipeline, task

ALL = component("all", {"items": LIST, "one": STRING}, {"out": STRING}, optional=("items", "one"))
DATASETS = ArtifactType(schema_title="system.Dataset", is_list=True)
MAKE = component("make", {}, {"data": DATASET})
TAKE = component("take", {"data": DATASET, "many": DATASETS, "model": MODEL}, {})


def loop(name: str, parent: str = ROOT, items: object = (1, 2)) -> Loop:
    return Loop(id=EntityId(name), parent=EntityId(parent), name=name, items=Constant(list(items)))  # type: ignore[call-overload]


def choice(name: str, parent: str = ROOT, *, has_else: bool = True) -> list[Condition | ConditionBranch]:
    test = Comparison(from_input("p"), "==", Constant("x"))
    made: list[Condition | ConditionBranch] = [
        Condition(id=EntityId(name), parent=EntityId(parent), name=name),
        ConditionBranch(id=EntityId(f"{name}-yes"), parent=EntityId(name), name=f"{name}-yes", test=test),
    ]
    if has_else:
        made.append(
            ConditionBranch(id=EntityId(f"{name}-no"), parent=EntityId(name), name=f"{name}-no", test=None, order=1)
        )
    return made


def connected(document: Document, source: str, target: str, input: str = "x") -> Document:
    task_id, _, output = source.partition(".")
    document.apply(edits.connect(document, from_task(task_id, output or "out"), EntityId(target), input))
    return document


def test_connect_replaces_what_fed_the_input() -> None:
    document = pipeline(task("a"), task("b", x=Constant("before")))
    connected(document, "a", "b")
    assert document.task(EntityId("b")).arguments == {"x": from_task("a")}
    document.apply(edits.disconnect(document, EntityId("b"), "x"))
    assert document.task(EntityId("b")).arguments == {}


def test_a_wire_is_unplugged_and_a_value_cleared() -> None:
    words = Template(parts=("of ", from_task("a")))
    document = pipeline(task("a"), task("b", x=Constant(1)), task("c", x=from_task("a")), task("d", x=words))
    labels = [edits.clear_argument(document, EntityId(one), "x").label for one in "bcd"]
    assert labels == ["Clear b.x", "Unplug c.x", "Unplug d.x"]
    of = {several: edits.feed_all(document, [*map(EntityId, several)], "x", None).label for several in ("cd", "bc")}
    assert of == {"cd": "Unplug x of 2 tasks", "bc": "Clear x of 2 tasks"}


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("a.nothing", "b.x", "'a' has no output 'nothing'"),
        ("gone.out", "b.x", "is not there any more"),
        ("a.out", "b.nothing", "'b' has no input 'nothing'"),
        ("count.words", "b.x", "takes STRING, the output gives NUMBER_INTEGER"),
        ("a.out", "a.x", "cannot feed itself"),
        ("c.out", "a.x", "form a circle"),
        ("make.data", "take.model", "takes Model, the output gives Dataset"),
        ("make.data", "take.many", "takes a list"),
        ("make.data", "b.x", "artifact .* cannot feed a parameter"),
    ],
)
def test_connect_refuses_in_words(source: str, target: str, message: str) -> None:
    document = pipeline(
        MAKE,
        TAKE,
        task("a"),
        task("b", x=from_task("a")),
        task("c", x=from_task("b")),
        task("count", of=COUNT),
        task("make", of=MAKE),
        task("take", of=TAKE),
    )
    giver, _, output = source.partition(".")
    taker, _, name = target.partition(".")
    with pytest.raises(EditRefused, match=message):
        edits.connect(document, from_task(giver, output), EntityId(taker), name)


def test_connect_refuses_a_circle_between_groups_that_is_none_between_tasks() -> None:
    document = pipeline(
        loop("l"), loop("m"), task("a", parent="l"), task("b", parent="m"), task("c", parent="m"), task("d", parent="l")
    )
    document.apply(edits.run_after(document, EntityId("a"), EntityId("b")))
    with pytest.raises(EditRefused, match="circle") as caught:
        edits.run_after(document, EntityId("c"), EntityId("d"))
    assert "m → l" in caught.value.hint or "l → m" in caught.value.hint


def test_an_output_leaves_a_loop_collected_where_a_list_is_taken() -> None:
    document = pipeline(loop("l"), task("a", parent="l"), ALL, task("z", of=ALL), task("in", parent="l", of=ALL))
    connected(document, "a", "z", "items")
    assert document.task(EntityId("z")).arguments["items"] == Collected(from_task("a"))
    connected(document, "a", "in", "one")
    assert document.task(EntityId("in")).arguments["one"] == from_task("a")
    with pytest.raises(EditRefused, match=r"runs once for each item of 'l'.*takes STRING") as caught:
        connected(document, "a", "z", "one")
    assert "into the loop 'l'" in caught.value.hint


def test_an_artifact_leaves_a_loop_as_a_list() -> None:
    document = pipeline(loop("l"), MAKE, TAKE, task("m", parent="l", of=MAKE), task("t", of=TAKE))
    connected(document, "m.data", "t", "many")
    assert document.task(EntityId("t")).arguments["many"] == Collected(from_task("m", "data"))
    with pytest.raises(EditRefused):
        connected(document, "m.data", "t", "data")


def test_an_output_leaves_a_branch_with_the_like_named_of_the_others() -> None:
    document = pipeline(*choice("if"), task("a", parent="if-yes"), task("b", parent="if-no"), task("z"))
    connected(document, "b", "z")
    assert document.task(EntityId("z")).arguments["x"] == OneOf(EntityId("if"), (from_task("a"), from_task("b")))


def test_a_choice_is_started_and_completed_where_names_do_not_tell() -> None:
    document = pipeline(
        *choice("if"), task("a", parent="if-yes"), task("b", parent="if-no"), task("c", parent="if-no"), task("z")
    )
    connected(document, "a", "z")
    assert document.task(EntityId("z")).arguments["x"] == OneOf(EntityId("if"), (from_task("a"),))
    connected(document, "c", "z")
    assert document.task(EntityId("z")).arguments["x"] == OneOf(EntityId("if"), (from_task("a"), from_task("c")))
    connected(document, "b", "z")
    assert document.task(EntityId("z")).arguments["x"] == OneOf(EntityId("if"), (from_task("a"), from_task("b")))


def test_an_output_does_not_leave_a_branch_without_else_or_a_lone_if() -> None:
    lone = ConditionBranch(
        id=EntityId("lone"), parent=ROOT, name="lone", test=Comparison(from_input("p"), "==", Constant("x"))
    )
    document = pipeline(
        *choice("if", has_else=False), lone, task("a", parent="if-yes"), task("b", parent="lone"), task("z")
    )
    for source in "ab":
        with pytest.raises(EditRefused, match="runs only if"):
            connected(document, source, "z")


def test_nothing_leaves_an_exit_handler_and_exit_tasks_depend_on_nothing() -> None:
    handler = ExitHandler(id=EntityId("eh"), parent=ROOT, name="eh", exit_task=EntityId("bye"))
    document = pipeline(handler, task("bye"), task("a", parent="eh"), task("z"))
    with pytest.raises(EditRefused, match="exit handler 'eh', which no output leaves"):
        connected(document, "a", "z")
    with pytest.raises(EditRefused, match="exit task"):
        connected(document, "z", "bye")
    with pytest.raises(EditRefused, match="exit task"):
        edits.run_after(document, EntityId("z"), EntityId("bye"))


def test_the_item_of_a_loop_is_read_inside_only() -> None:
    document = pipeline(loop("l", items=["a", "b"]), task("in", parent="l"), task("out"))
    document.apply(edits.connect(document, FromLoop(EntityId("l")), EntityId("in"), "x"))
    assert document.task(EntityId("in")).arguments["x"] == FromLoop(EntityId("l"))
    with pytest.raises(EditRefused, match="known only inside"):
        edits.connect(document, FromLoop(EntityId("l")), EntityId("out"), "x")


def test_a_loop_runs_over_lists_only() -> None:
    gives = component("gives", {}, {"list": LIST, "text": STRING})
    document = pipeline(loop("l"), gives, task("g", of=gives))
    document.apply(edits.connect(document, from_task("g", "list"), EntityId("l"), "items"))
    with pytest.raises(EditRefused, match="runs over a list; this gives STRING"):
        edits.connect(document, from_task("g", "text"), EntityId("l"), "items")


def test_targets_agree_with_connect() -> None:
    handler = ExitHandler(id=EntityId("eh"), parent=ROOT, name="eh", exit_task=EntityId("bye"))
    document = pipeline(
        loop("l"),
        loop("m", "l"),
        *choice("if"),
        handler,
        ALL,
        MAKE,
        TAKE,
        *(task(f"{scope}-{n}", parent=scope) for scope in ("l", "m", "if-yes", "if-no", "eh") for n in (1, 2)),
        *(task(f"{scope}-all", of=ALL, parent=scope) for scope in (ROOT, "l", "m", "if-yes")),
        task("make", of=MAKE, parent="l"),
        task("take", of=TAKE),
        task("bye"),
        task("a"),
        task("b", x=from_task("a")),
        inputs={"p": STRING},
    )
    document.apply(edits.run_after(document, EntityId("l-1"), EntityId("a")))
    sources = [
        from_task(node.id, output)
        for node, output in ((t, o.name) for t in document.tasks() for o in document.interface(t.component).outputs)
    ]
    for source in [*sources, FromLoop(EntityId("l")), FromLoop(EntityId("m"))]:
        targets = edits.connect_targets(document, source)
        wanted = {(one.id, port.name) for one in document.tasks() for port in document.interface(one.component).inputs}
        assert set(targets) == wanted | {("l", "items"), ("m", "items")}
        for (target, name), reason in targets.items():
            try:
                edits.connect(document, source, target, name)
                refused = ""
            except EditRefused as error:
                refused = error.message
            assert bool(reason) == bool(refused), (source, target, name, reason, refused)


def test_constants_are_checked_against_the_type() -> None:
    document = pipeline(task("s", of=ADD))
    document.apply(edits.set_constant(document, EntityId("s"), "a", 1.5))
    for value in ("text", True, float("nan"), [float("inf")], None):
        with pytest.raises(EditRefused):
            edits.set_constant(document, EntityId("s"), "a", value)
    assert document.task(EntityId("s")).arguments["a"] == Constant(1.5)
    document.apply(edits.set_constant(document, EntityId("s"), "a", 1))
    changed = edits.set_constant(document, EntityId("s"), "a", 1.0)
    assert len(changed.changes) == 1, "1 and 1.0 are written differently"
    document.apply(edits.clear_argument(document, EntityId("s"), "a"))
    assert document.task(EntityId("s")).arguments == {}


def test_pipeline_inputs_must_be_there_and_fit() -> None:
    document = pipeline(task("s", of=ADD), task("c", of=COUNT), inputs={"text": STRING, "n": INTEGER})
    document.apply(edits.set_argument(document, EntityId("c"), "text", from_input("text")))
    with pytest.raises(EditRefused, match="no input 'nothing'"):
        edits.set_argument(document, EntityId("c"), "text", from_input("nothing"))
    with pytest.raises(EditRefused, match="takes NUMBER_DOUBLE"):
        edits.set_argument(document, EntityId("s"), "a", FromPipelineInput("text"))


def test_run_after_says_why_not() -> None:
    document = pipeline(*choice("if"), loop("l"), task("a"), task("b", parent="if-yes"), task("c", parent="l"))
    document.apply(edits.run_after(document, EntityId("if"), EntityId("a")))
    assert document.task(EntityId("a")).after == ("if",)
    document.apply(edits.run_after(document, EntityId("c"), EntityId("a")))
    with pytest.raises(EditRefused, match="wait for that group instead"):
        edits.run_after(document, EntityId("b"), EntityId("a"))
    with pytest.raises(EditRefused, match="lie in each other"):
        edits.run_after(document, EntityId("if"), EntityId("b"))
    with pytest.raises(EditRefused, match="wait for itself"):
        edits.run_after(document, EntityId("a"), EntityId("a"))
    with pytest.raises(EditRefused, match="circle"):
        edits.run_after(document, EntityId("a"), EntityId("l"))
    document.apply(edits.drop_run_after(document, EntityId("if"), EntityId("a")))
    assert document.task(EntityId("a")).after == ("c",)


def test_several_tasks_are_fed_alike_or_none_is() -> None:
    document = pipeline(task("a"), task("b", x=Constant("before")), task("c"), inputs={"p": STRING})
    before = {each: document.task(EntityId(each)) for each in "abc"}
    edit = edits.feed_all(document, [EntityId("b"), EntityId("c")], "x", from_task("a"), merge_key="k")
    assert (edit.label, edit.merge_key) == ("Set x of 2 tasks", "k")
    document.apply(edit)
    assert all(document.task(EntityId(each)).arguments == {"x": from_task("a")} for each in "bc")
    with pytest.raises(EditRefused, match="circle"):
        edits.feed_all(document, [EntityId("b"), EntityId("a")], "x", from_task("c"))
    document.apply(edit.inverse())
    assert {each: document.task(EntityId(each)) for each in "abc"} == before
    document.apply(edits.feed_all(document, [EntityId("b"), EntityId("c")], "x", from_input("p")))
    document.apply(edits.feed_all(document, [EntityId("b"), EntityId("c")], "x", None))
    assert not any(document.task(EntityId(each)).arguments for each in "bc")


def test_several_tasks_wait_for_one_and_no_longer() -> None:
    document = pipeline(task("a"), task("b"), task("c", after=("b",)))
    edit = edits.run_after(document, EntityId("a"), EntityId("b"), EntityId("c"))
    assert edit.label == "Run 2 tasks after a"
    document.apply(edit)
    assert document.task(EntityId("c")).after == ("b", "a")
    document.apply(edits.drop_run_after(document, EntityId("a"), EntityId("b"), EntityId("c")))
    assert [document.task(EntityId(each)).after for each in "bc"] == [(), ("b",)]
    with pytest.raises(EditRefused):
        edits.run_after(document, EntityId("c"), EntityId("a"), EntityId("b"))


def test_what_is_not_there_any_more_is_passed_by_or_refused_in_words() -> None:
    document = pipeline(task("a"), task("b", x=Constant("v"), after=("a",)), inputs={"p": STRING})
    a, b, gone = (EntityId(each) for each in ("a", "b", "gone"))
    assert edits.feed_all(document, [gone, b], "x", None).label == "Clear x of 2 tasks"
    assert not edits.clear_argument(document, gone, "x").changes
    assert edits.drop_run_after(document, a, gone, b).label == "Unlink b from a"
    document.apply(edits.drop_run_after(document, a, gone, b))
    assert edits.run_after(document, a, gone, b).label == "Run b after a"
    assert not edits.run_after(document, a, gone).changes
    assert not edits.drop_run_after(document, a, gone).changes
    for refused in (edits.inline_subpipeline, lambda view, one: edits.promote_to_input(view, one, "x")):
        with pytest.raises(EditRefused, match="not there any more"):
            refused(document, gone)


def test_replacing_says_in_sentences_what_was_dropped():
    old = component("old", {"trees": INTEGER, "seed": INTEGER, "x": STRING}, {"out": STRING})
    new = component("new", {"x": INTEGER}, {"out": STRING})
    document = pipeline(old, task("a"), task("b", of=old, trees=Constant(100), seed=Constant(1), x=from_task("a")))
    _, dropped = edits.replace_component(document, EntityId("b"), Fragment(new.id, (new,)))
    assert dropped[0] == "The inputs 'trees' and 'seed' are not there any more."
    assert dropped[1].startswith("'x' is empty now: ")
    assert all(each.endswith(".") for each in dropped)


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("load-data", "split-2"),
        ("load-data-3", "split-2"),
        ("load-data-raw", "load-data-raw"),
        ("load-database", "load-database"),
        ("load-data2", "load-data2"),
        ("rows", "rows"),
    ],
)
def test_replacing_gives_the_new_components_name_unless_the_old_one_was_chosen(name: str, after: str):
    old, new = component("Load data"), component("Split")
    document = pipeline(old, task(name, of=old), task("split"))
    document.apply(edits.replace_component(document, EntityId(name), Fragment(new.id, (new,)))[0])
    assert document.task(EntityId(name)).name == after


def test_a_task_keeps_its_number_in_a_component_of_the_same_name():
    old, new = component("load"), component("load", {"x": INTEGER})
    document = pipeline(old, task("load-2", of=old))
    document.apply(edits.replace_component(document, EntityId("load-2"), Fragment(new.id, (new,)))[0])
    assert document.task(EntityId("load-2")).name == "load-2"
