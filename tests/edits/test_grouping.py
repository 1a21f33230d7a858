"""Wrapping, unwrapping, moving over an edge, sub-pipelines: single steps that keep the wires."""

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
    FromLoop,
    FromPipelineInput,
    Loop,
    OneOf,
    Pipeline,
    PipelineOutput,
    Placement,
    Task,
    metrics,
    placement_id,
)
from editor.model.port_types import LIST, STRING, TASK_FINAL_STATUS
from editor.validation import validate
from tests.builders import component, from_input, from_task, pipeline, task

ALL = component("all", {"items": LIST}, {"out": STRING})
BYE = component("bye", {"status": TASK_FINAL_STATUS}, {})
A, B, C, Z = (EntityId(name) for name in "abcz")


def chain() -> Document:
    return pipeline(task("a"), task("b", x=from_task("a")), task("c", x=from_task("b")))


def loop(name: str = "l", parent: str = ROOT) -> Loop:
    return Loop(id=EntityId(name), parent=EntityId(parent), name=name, items=Constant(["u", "v"]))


def codes(document: Document) -> set[str]:
    return {issue.code for issue in validate(document) if issue.severity == "error"}


def test_wrapping_into_a_loop_collects_what_is_read_outside_as_a_list() -> None:
    document = pipeline(ALL, task("a"), task("z", of=ALL))
    with pytest.raises(EditRefused):
        edits.connect(document, from_task("a"), Z, "items")
    edit, group = edits.wrap(document, [A], "loop")
    document.apply(edit)
    assert document.task(A).parent == group
    document.apply(edits.connect(document, from_task("a"), Z, "items"))
    assert document.task(Z).arguments["items"] == Collected(from_task("a"))


def test_wrapping_refuses_to_break_a_wire_and_names_it() -> None:
    document = chain()
    for kind in ("loop", "if"):
        with pytest.raises(EditRefused, match=r"wire into 'c.x' would break"):
            edits.wrap(document, [A, B], kind)
    edit, group = edits.wrap(document, [B, C], "if")
    document.apply(edit)
    assert {document.task(one).parent for one in (B, C)} == {group}
    assert codes(document) == {"condition-constant"}, "the new branch asks for its test"
    document.apply(edit.inverse())
    assert document.entities == chain().entities


def test_wrapping_refuses_a_circle_through_what_is_left_out() -> None:
    with pytest.raises(EditRefused, match=r"circle|would break"):
        edits.wrap(chain(), [A, C], "loop")


def test_what_waited_for_something_inside_waits_for_the_group() -> None:
    document = pipeline(task("a"), task("b", after=("a",)))
    edit, group = edits.wrap(document, [A], "if")
    document.apply(edit)
    assert document.task(B).after == (group,)
    document.apply(edits.unwrap(document, group))
    assert document.task(B).after == ("a",)
    assert document.task(A).parent == ROOT


def test_an_exit_handler_takes_the_task_that_wants_a_status() -> None:
    document = pipeline(BYE, task("a"), task("bye", of=BYE))
    edit, group = edits.wrap(document, [A, EntityId("bye")], "exit")
    document.apply(edit)
    assert document.task(A).parent == group
    assert document.task(EntityId("bye")).parent == ROOT
    assert validate(document) == []
    with pytest.raises(EditRefused, match="can only stand at the top"):
        edits.wrap(document, [group], "loop")
    document.apply(edits.delete(document, [EntityId("bye")]))
    assert group not in document, "without its exit task the handler gives its tasks back"
    assert document.task(A).parent == ROOT


def test_an_exit_handler_without_an_exit_task_is_refused() -> None:
    with pytest.raises(EditRefused, match="needs a task to run at the end"):
        edits.wrap(chain(), [A, B, C], "exit")
    with pytest.raises(EditRefused, match="depends on"):
        edits.wrap(chain(), [A], "exit", exit_task=B)


def test_taking_a_loop_away_puts_its_first_item_in() -> None:
    document = pipeline(loop(), task("a", parent="l", x=FromLoop(EntityId("l"))))
    document.apply(edits.unwrap(document, EntityId("l")))
    assert document.task(A).arguments["x"] == Constant("u")
    read = pipeline(
        Loop(id=EntityId("l"), parent=ROOT, name="l", items=from_input("many")),
        task("a", parent="l", x=FromLoop(EntityId("l"))),
        inputs={"many": LIST},
    )
    with pytest.raises(EditRefused, match="'a' reads the item of the loop 'l'"):
        edits.unwrap(read, EntityId("l"))


def test_taking_a_loop_away_that_is_collected_is_refused() -> None:
    document = pipeline(ALL, loop(), task("a", parent="l"), task("z", of=ALL, items=Collected(from_task("a"))))
    with pytest.raises(EditRefused, match=r"wire into 'z.items' would break"):
        edits.unwrap(document, EntityId("l"))


def test_moving_over_an_edge_rewires_or_refuses() -> None:
    document = pipeline(ALL, loop(), task("a"), task("b", x=from_task("a")), task("z", of=ALL))
    document.apply(edits.move_into(document, [A, B], EntityId("l")))
    document.apply(edits.connect(document, from_task("b"), Z, "items"))
    with pytest.raises(EditRefused, match=r"wire into 'z.items'"):
        edits.move_into(document, [Z], EntityId("l"))
    with pytest.raises(EditRefused, match=r"wire into 'b.x' would break"):
        edits.move_into(document, [B], ROOT)
    with pytest.raises(EditRefused, match="cannot lie in itself"):
        edits.move_into(document, [EntityId("l")], EntityId("l"))


def test_a_lone_if_gets_an_else_and_a_condition_around_it() -> None:
    test = Comparison(from_input("p"), "==", Constant("x"))
    lone = ConditionBranch(id=EntityId("if"), parent=ROOT, name="if", test=test)
    document = pipeline(lone, task("a", parent="if"), inputs={"p": STRING})
    edit, other = edits.add_branch(document, EntityId("if"), None)
    document.apply(edit)
    condition = document.node(other).parent
    assert isinstance(document.get(condition), Condition)
    assert document.node(EntityId("if")).parent == condition
    edit, middle = edits.add_branch(document, other, test)
    document.apply(edit)
    orders = {one: document.get(one).order for one in (EntityId("if"), middle, other)}  # type: ignore[union-attr]
    assert orders[EntityId("if")] < orders[middle] < orders[other]
    with pytest.raises(EditRefused, match="has an Else already"):
        edits.add_branch(document, condition, None)


def test_a_condition_goes_with_its_last_branch_and_choices_lose_theirs() -> None:
    edit, group = edits.wrap(pipeline(task("a"), task("z")), [A], "ifelse")
    document = pipeline(task("a"), task("z"))
    document.apply(edit)
    yes, no = (document.node(A).parent, next(one for one in document.children(group) if one != document.node(A).parent))
    document.apply(edits.delete(document, [yes]))
    assert A not in document
    document.apply(edits.delete(document, [no]))
    assert group not in document


def test_extract_and_inline_come_back_to_the_same_wires() -> None:
    document = pipeline(
        task("a", x=from_input("p")),
        task("b", x=from_task("a")),
        task("c", x=from_task("b"), after=("a",)),
        inputs={"p": STRING},
    )
    edit, made = edits.extract_subpipeline(document, [A, B], "prepare")
    document.apply(edit)
    assert codes(document) == set()
    sub = document.pipeline(document.task(made).component)
    assert (sub.name, [port.name for port in sub.inputs], [output.name for output in sub.outputs]) == (
        "prepare",
        ["p"],
        ["out"],
    )
    assert document.task(C).arguments["x"] == from_task(made, "out")
    assert document.task(C).after == (made,)
    assert document.path(A) == "prepare/a"
    edit, put = edits.inline_subpipeline(document, made)
    document.apply(edit)
    assert codes(document) == set()
    assert {document.task(one).name for one in put} == {"a", "b"}
    by_name = {one.name: one for one in document.tasks()}
    assert set(by_name) == {"a", "b", "c"}
    assert by_name["a"].arguments["x"] == FromPipelineInput("p")
    assert by_name["b"].arguments["x"] == from_task(by_name["a"].id)
    assert by_name["c"].arguments["x"] == from_task(by_name["b"].id)
    assert sub.id not in document, "nothing uses the sub-pipeline any more"


def test_a_sub_pipeline_stands_in_the_middle_of_what_it_holds_and_gives_it_back_where_it_was() -> None:
    at = {A: (40.0, 104.0), B: (400.0, 40.0), C: (760.0, 333.0)}
    document = pipeline(
        task("a"),
        task("b", x=from_task("a")),
        task("c", x=from_task("b")),
        *(Placement(id=placement_id(one), target=one, x=x, y=y) for one, (x, y) in at.items()),
    )
    edit, made = edits.extract_subpipeline(document, [A, B, C])
    document.apply(edit)
    card = metrics.boxes(document, ROOT)[made]
    middle = (card.x + card.right) / 2, (card.y + card.bottom) / 2
    height = metrics.card_size(document, A)[1]
    assert middle == (
        pytest.approx((40 + 760 + metrics.CARD_WIDTH) / 2, abs=metrics.GRID),
        pytest.approx((40 + 333 + height) / 2, abs=metrics.GRID),
    )
    edit, _put = edits.inline_subpipeline(document, made)
    document.apply(edit)
    assert {one.name: metrics.position(document, one.id) for one in document.tasks()} == {
        str(one): place for one, place in at.items()
    }


def test_extracting_inside_a_loop_keeps_collecting_outside() -> None:
    document = pipeline(
        ALL,
        loop(),
        task("a", parent="l", x=FromLoop(EntityId("l"))),
        task("z", of=ALL, items=Collected(from_task("a"))),
    )
    edit, made = edits.extract_subpipeline(document, [A])
    document.apply(edit)
    assert document.task(Z).arguments["items"] == Collected(from_task(made, "out"))
    assert document.task(made).arguments == {"item": FromLoop(EntityId("l"))}
    assert codes(document) == set()


def test_extracting_a_whole_choice_gives_it_out() -> None:
    test = Comparison(from_input("p"), "==", Constant("x"))
    document = pipeline(
        Condition(id=EntityId("c"), parent=ROOT, name="c"),
        ConditionBranch(id=EntityId("yes"), parent=EntityId("c"), name="yes", test=test),
        ConditionBranch(id=EntityId("no"), parent=EntityId("c"), name="no", test=None, order=1),
        task("a", parent="yes"),
        task("b", parent="no"),
        task("z", x=OneOf(EntityId("c"), (from_task("a"), from_task("b")))),
        inputs={"p": STRING},
    )
    edit, made = edits.extract_subpipeline(document, [EntityId("c")])
    document.apply(edit)
    assert document.task(Z).arguments["x"] == from_task(made, "out")
    assert codes(document) == set()


def test_deleting_a_task_takes_every_mention_along() -> None:
    output = PipelineOutput(name="o", type=STRING, source=from_task("a"))
    document = pipeline(
        task("a"),
        task("b", x=from_task("a"), after=("a",)),
        loop(),
        Placement(id=placement_id(A), target=A, x=0, y=0),
    )
    document = Document({**document.entities, ROOT: Pipeline(id=ROOT, name="p", outputs=(output,))})
    before = document.snapshot()
    edit = edits.delete(document, [A])
    document.apply(edit)
    assert A not in document
    assert placement_id(A) not in document
    assert document.task(B) == task("b")
    assert document.root.outputs == ()
    document.apply(edit.inverse())
    assert document.entities == before.entities


def test_components_leave_with_their_last_task() -> None:
    document = pipeline(ALL, task("a", of=ALL), task("b", of=ALL))
    document.apply(edits.delete(document, [A]))
    assert ALL.id in document
    document.apply(edits.delete(document, [B]))
    assert ALL.id not in document


def test_the_pipeline_itself_cannot_be_deleted() -> None:
    with pytest.raises(EditRefused, match="cannot be deleted"):
        edits.delete(chain(), [ROOT])


def test_every_group_kind_can_be_put_on_the_canvas_empty() -> None:
    for kind in ("if", "ifelse", "loop"):
        document = pipeline(task("a"))
        edit, group = edits.add_group(document, kind, parent=ROOT, x=80, y=80)
        document.apply(edit)
        assert group in document
        assert isinstance(document.get(A), Task)
