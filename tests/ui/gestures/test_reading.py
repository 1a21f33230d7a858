"""Who feeds whom, as gestures read it."""

from editor.edits import connect
from editor.model import (
    ROOT,
    Collected,
    ConditionBranch,
    Constant,
    EntityId,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Loop,
    Template,
)
from editor.model.arguments import wire_source
from editor.ui.canvas.gestures.reading import (
    argument_words,
    consumers_of,
    downstream,
    outermost,
    staged,
    upstream,
    with_contents,
)
from tests.builders import from_task, pipeline, task

LOOP = Loop(id=EntityId("loop"), parent=ROOT, name="each", items=from_task("a"))
DOCUMENT = pipeline(
    task("a"),
    LOOP,
    task("b", parent="loop", x=FromLoop(EntityId("loop"))),
    task("c", parent="loop", x=from_task("b")),
    task("d", after=("loop",)),
    task("e"),
)


def test_upstream_goes_through_the_loop_around_it():
    assert upstream(DOCUMENT, [EntityId("c")]) == {"b", "a"}


def test_downstream_of_what_a_loop_runs_over_is_all_that_is_in_it():
    assert downstream(DOCUMENT, [EntityId("a")]) == {"loop", "b", "c", "d"}


def test_contents_and_outermost_are_each_others_inverse():
    everything = with_contents(DOCUMENT, [EntityId("loop")])
    assert everything == {"loop", "b", "c"}
    assert outermost(DOCUMENT, sorted(everything)) == ["loop"]


def test_a_wire_has_one_source_through_what_collects_it():
    assert wire_source(Collected(from_task("b"))) == FromTask(EntityId("b"), "out")
    assert wire_source(Template(("x", from_task("b")))) is None
    assert wire_source(Constant(1)) is None


def test_arguments_in_words():
    assert argument_words(DOCUMENT, Constant("hello")) == "hello"
    assert argument_words(DOCUMENT, Constant("x" * 99)).endswith("\u2026")
    assert argument_words(DOCUMENT, from_task("a")) == "a.out"
    assert argument_words(DOCUMENT, FromPipelineInput("epochs")) == "the pipeline input epochs"
    assert argument_words(DOCUMENT, FromLoop(EntityId("loop"), "lr")) == "the item of each (lr)"


def test_a_branch_is_upstream_by_its_test():
    branch = ConditionBranch(id=EntityId("if"), parent=ROOT, name="if", test=None, after=(EntityId("a"),))
    document = pipeline(task("a"), branch, task("b", parent="if"))
    assert upstream(document, [EntityId("b")]) == {"a"}


def test_staged_shows_an_edit_that_nobody_applied():
    edit = connect(DOCUMENT, from_task("d"), EntityId("e"), "x")
    after = staged(DOCUMENT, edit)
    assert consumers_of(after, EntityId("d"), "out") == [("e", "x")]
    assert consumers_of(DOCUMENT, EntityId("d"), "out") == []
