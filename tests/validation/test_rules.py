"""Each rule: what it finds, in what words, and what its fix does."""

import msgspec
import pytest

from editor.model import (
    MAX_GROUP_DEPTH,
    ROOT,
    Argument,
    Collected,
    Comparison,
    Component,
    Condition,
    ConditionBranch,
    Constant,
    Document,
    Entity,
    EntityId,
    ExitHandler,
    FromLoop,
    ImporterImplementation,
    Input,
    KubernetesSetting,
    Loop,
    OneOf,
    Output,
    Pipeline,
    PipelineConfig,
    PipelineOutput,
    Resources,
    Retry,
    Task,
    TaskSettings,
    Template,
    Workspace,
    with_digest_id,
)
from editor.model.port_types import BOOLEAN, DATASET, DOUBLE, INTEGER, LIST, STRING, TASK_FINAL_STATUS, PortType
from editor.validation import Issue, validate
from tests.builders import ADD, COUNT, component, from_input, from_task, pipeline, task, value

MAKE = component("make", {}, {"data": DATASET, "list": LIST})
NUMBER = component("number", {"n": INTEGER}, {"n": INTEGER})
BYE = component("bye", {"status": TASK_FINAL_STATUS}, {})
LISTS = component("lists", {"items": LIST}, {})


def loop(name: str = "l", parent: str = ROOT, items: object = (1, 2), **more: object) -> Loop:
    values = list(items) if isinstance(items, tuple) else items
    return Loop(id=EntityId(name), parent=EntityId(parent), name=name, items=Constant(values), **more)  # type: ignore[arg-type]


def lone_if(left: object, operator: str = "==", right: object = Constant("x"), name: str = "if") -> ConditionBranch:
    return ConditionBranch(id=EntityId(name), parent=ROOT, name=name, test=Comparison(left, operator, right))  # type: ignore[arg-type]


def root(**fields: object) -> Pipeline:
    return Pipeline(id=ROOT, name="p", **fields)  # type: ignore[arg-type]


def found(document: Document) -> set[str]:
    return {issue.code for issue in validate(document) if issue.severity != "info"}


def only(document: Document, code: str) -> Issue:
    (issue,) = [one for one in validate(document) if one.code == code]
    return issue


def choice(*, has_else: bool = True) -> tuple[Entity, ...]:
    test = Comparison(from_input("p"), "==", Constant("x"))
    made: list[Entity] = [
        Condition(id=EntityId("c"), parent=ROOT, name="c"),
        ConditionBranch(id=EntityId("yes"), parent=EntityId("c"), name="yes", test=test),
        task("a", parent="yes"),
    ]
    if has_else:
        made += [
            ConditionBranch(id=EntityId("no"), parent=EntityId("c"), name="no", test=None, order=1),
            task("b", parent="no"),
        ]
    return tuple(made)


def handler(*more: Entity, exit_task: str = "bye", parent: str = ROOT) -> tuple[Entity, ...]:
    group = ExitHandler(id=EntityId("eh"), parent=EntityId(parent), name="eh", exit_task=EntityId(exit_task))
    return (group, task("in", parent="eh"), BYE, *more)


def importer() -> Component:
    made = Component(
        id=EntityId(""),
        name="importer",
        inputs=(Input(name="uri", type=STRING),),
        outputs=(Output(name="artifact", type=DATASET),),
        implementation=ImporterImplementation(artifact_type=DATASET),
    )
    return with_digest_id(made)


def muted(name: str, **arguments: Argument) -> Task:
    return msgspec.structs.replace(task(name, **arguments), is_muted=True)


def kubernetes(function: str, **arguments: Argument) -> TaskSettings:
    return TaskSettings(kubernetes=(KubernetesSetting(function=function, arguments=arguments),))


P: dict[str, PortType] = {"p": STRING}
IMPORTER = importer()

CASES: dict[str, tuple[str, Document]] = {
    "no tasks": ("pipeline-empty", pipeline()),
    "all muted": ("pipeline-empty", pipeline(muted("a"))),
    "required input": ("input-unfed", pipeline(task("a", of=ADD, a=value(1.0)))),
    "unknown input": ("input-unknown", pipeline(task("a", nothing=value("x")))),
    "no component": ("component-missing", Document({ROOT: root(), EntityId("a"): task("a")})),
    "wrong type": (
        "type-mismatch",
        pipeline(task("a", of=COUNT, text=value("x")), task("b", x=from_task("a", "words"))),
    ),
    "wrong constant": ("constant-type", pipeline(task("a", of=NUMBER, n=value("5")), NUMBER)),
    "source gone": ("source-missing", pipeline(task("b", x=from_task("gone")))),
    "output gone": ("output-missing", pipeline(task("a"), task("b", x=from_task("a", "gone")))),
    "no such pipeline input": ("pipeline-input-missing", pipeline(task("a", x=from_input("gone")))),
    "out of a branch": ("leaves-branch", pipeline(*choice(), task("z", x=from_task("a")), inputs=P)),
    "out of a loop": ("leaves-loop", pipeline(loop(), task("a", parent="l"), task("z", x=from_task("a")))),
    "out of an exit handler": (
        "leaves-exit-handler",
        pipeline(*handler(task("bye", of=BYE)), task("z", x=from_task("in"))),
    ),
    "item outside": (
        "loop-item-outside",
        pipeline(loop(), task("a", parent="l"), task("z", x=FromLoop(EntityId("l")))),
    ),
    "collected in its loop": (
        "collected-same-loop",
        pipeline(
            loop(),
            MAKE,
            LISTS,
            task("m", parent="l", of=MAKE),
            task("z", parent="l", of=LISTS, items=Collected(from_task("m", "list"))),
        ),
    ),
    "no else": (
        "oneof-no-else",
        pipeline(*choice(has_else=False), task("z", x=OneOf(EntityId("c"), (from_task("a"),))), inputs=P),
    ),
    "branch without a source": (
        "oneof-missing",
        pipeline(*choice(), task("z", x=OneOf(EntityId("c"), (from_task("a"),))), inputs=P),
    ),
    "circle of wires": ("cycle", pipeline(task("a", x=from_task("b")), task("b", x=from_task("a")))),
    "circle of runs-after": ("cycle", pipeline(task("a", after=("b",)), task("b", after=("a",)))),
    "circle through groups": (
        "cycle",
        pipeline(
            loop("l"),
            loop("m"),
            task("a", parent="l"),
            task("d", parent="l", after=("c",)),
            task("b", parent="m", after=("a",)),
            task("c", parent="m"),
        ),
    ),
    "own output": ("cycle", pipeline(task("a", x=from_task("a")))),
    "empty loop body": ("group-empty", pipeline(loop(), task("a"))),
    "empty list": ("loop-empty", pipeline(loop(items=()), task("a", parent="l"))),
    "loop over text": ("loop-items", pipeline(loop(items="abc"), task("a", parent="l"))),
    "field name": ("loop-field-name", pipeline(loop(items=({"a-b": 1},)), task("a", parent="l"))),
    "field not in every item": (
        "loop-field",
        pipeline(loop(items=({"a": "1"}, {"b": "1"})), task("a", parent="l", x=FromLoop(EntityId("l"), "a"))),
    ),
    "negative parallelism": ("loop-parallelism", pipeline(loop(parallelism=-1), task("a", parent="l"))),
    "two constants": ("condition-constant", pipeline(lone_if(Constant(1), "==", Constant(2)), task("a", parent="if"))),
    "quote in a condition": (
        "condition-text",
        pipeline(lone_if(from_input("p"), "==", Constant("it's")), task("a", parent="if"), inputs=P),
    ),
    "line break in a condition": (
        "condition-text",
        pipeline(lone_if(from_input("p"), "==", Constant("a\nb")), task("a", parent="if"), inputs=P),
    ),
    "int against text": (
        "condition-types",
        pipeline(lone_if(from_input("p"), "==", Constant(5)), task("a", parent="if"), inputs=P),
    ),
    "condition on an artifact": (
        "condition-artifact",
        pipeline(MAKE, task("m", of=MAKE), lone_if(from_task("m", "data")), task("a", parent="if")),
    ),
    "condition on a list": (
        "condition-list",
        pipeline(MAKE, task("m", of=MAKE), lone_if(from_task("m", "list")), task("a", parent="if")),
    ),
    "condition on null": (
        "condition-value",
        pipeline(lone_if(from_input("p"), "==", Constant(None)), task("a", parent="if"), inputs=P),
    ),
    "text with values in a condition": (
        "condition-template",
        pipeline(lone_if(Template(("a", from_input("p")))), task("a", parent="if"), inputs=P),
    ),
    "order of booleans": (
        "condition-boolean-order",
        pipeline(lone_if(from_input("f"), "<", Constant(value=True)), task("a", parent="if"), inputs={"f": BOOLEAN}),
    ),
    "exit task that depends": (
        "exit-task-depends",
        pipeline(*handler(exit_task="z"), task("o"), task("z", x=from_task("o"))),
    ),
    "exit task that is read": (
        "exit-task-used",
        pipeline(*handler(exit_task="z"), task("z"), task("y", x=from_task("z"))),
    ),
    "no exit task": ("exit-task-missing", pipeline(*handler(exit_task="gone"))),
    "exit task elsewhere": ("exit-task-elsewhere", pipeline(*handler(exit_task="z"), loop(), task("z", parent="l"))),
    "exit handler in a loop": (
        "exit-handler-nested",
        pipeline(loop(), *handler(task("bye", of=BYE, parent="l"), parent="l")),
    ),
    "final status of nobody": ("final-status", pipeline(BYE, task("a", of=BYE))),
    "waits for what is gone": ("after-missing", pipeline(task("a", after=("gone",)))),
    "waits for the inside of a branch": ("after-scope", pipeline(*choice(), task("z", after=("a",)), inputs=P)),
    "name that the SDK changes": ("name-invalid", pipeline(task("A b"))),
    "same name in another group": (
        "name-taken",
        pipeline(task("a"), loop(), msgspec.structs.replace(task("b", parent="l"), name="a")),
    ),
    "cpu": ("quantity", pipeline(task("a", settings=TaskSettings(resources=Resources(cpu_limit=Constant("2 cores")))))),
    "memory": (
        "quantity",
        pipeline(task("a", settings=TaskSettings(resources=Resources(memory_limit=Constant("5 GB"))))),
    ),
    "negative retries": ("retry", pipeline(task("a", settings=TaskSettings(retry=Retry(max_count=-1))))),
    "env name": ("env-name", pipeline(task("a", settings=TaskSettings(env={"A B": "1"})))),
    "env value": ("env-value", pipeline(task("a", settings=TaskSettings(env={"A": "{{channel:task=;name=x}}"})))),
    "env on an importer": (
        "settings-no-container",
        pipeline(IMPORTER, task("a", of=IMPORTER, uri=value("gs://x"), settings=TaskSettings(env={"A": "1"}))),
    ),
    "unknown Kubernetes setting": ("kubernetes-function", pipeline(task("a", settings=kubernetes("fly")))),
    "Kubernetes value missing": ("kubernetes-value", pipeline(task("a", settings=kubernetes("set_timeout")))),
    "Kubernetes value wrong": (
        "kubernetes-value",
        pipeline(task("a", settings=kubernetes("set_timeout", seconds=Constant("soon")))),
    ),
    "Kubernetes wire where none goes": (
        "kubernetes-value",
        pipeline(task("a", settings=kubernetes("set_timeout", seconds=from_input("n"))), inputs={"n": INTEGER}),
    ),
    "large number": ("number-too-large", pipeline(NUMBER, task("a", of=NUMBER, n=value(2**53 + 1)))),
    "not a number": ("number-not-finite", pipeline(task("a", of=ADD, a=value(float("nan")), b=value(1.0)))),
    "artifact in a text": (
        "template-artifact",
        pipeline(MAKE, task("m", of=MAKE), task("a", x=Template(("a", from_task("m", "data"))))),
    ),
    "workspace": ("workspace-missing", pipeline(task("a", x=value("{{$.workspace_path}}/x")))),
}


def _with_root(fields: Pipeline, *entities: Entity) -> Document:
    document = pipeline(*entities)
    return Document({**document.entities, ROOT: fields})


CASES.update(
    {
        "keyword input": ("input-name", _with_root(root(inputs=(Input(name="class", type=STRING),)), task("a"))),
        "Output input": ("input-name", _with_root(root(inputs=(Input(name="Output", type=STRING),)), task("a"))),
        "two inputs": (
            "input-twice",
            _with_root(
                root(inputs=(Input(name="p", type=STRING), Input(name="p", type=STRING))), task("a", x=from_input("p"))
            ),
        ),
        "default type": (
            "default-type",
            _with_root(root(inputs=(Input(name="p", type=DOUBLE, default=Constant("x")),)), task("a")),
        ),
        "gives an input": (
            "output-source",
            _with_root(
                root(
                    inputs=(Input(name="p", type=STRING),),
                    outputs=(PipelineOutput(name="o", type=STRING, source=from_input("p")),),
                ),
                task("a", x=from_input("p")),
            ),
        ),
        "gives a constant": (
            "output-source",
            _with_root(root(outputs=(PipelineOutput(name="o", type=STRING, source=Constant("x")),)), task("a")),
        ),
        "output type": (
            "output-type",
            _with_root(root(outputs=(PipelineOutput(name="o", type=INTEGER, source=from_task("a")),)), task("a")),
        ),
        "negative seconds": (
            "config-negative",
            _with_root(root(config=PipelineConfig(active_deadline_seconds=-1)), task("a")),
        ),
        "workspace size": (
            "quantity",
            _with_root(root(config=PipelineConfig(workspace=Workspace(size="big"))), task("a")),
        ),
        "recursion": (
            "recursion",
            Document(
                {
                    **pipeline(task("a")).entities,
                    EntityId("sub"): Pipeline(id=EntityId("sub"), name="sub"),
                    EntityId("r"): task("r", of=Pipeline(id=EntityId("sub"), name="sub")),
                    EntityId("i"): task("i", parent="sub", of=Pipeline(id=EntityId("sub"), name="sub")),
                }
            ),
        ),
    }
)


@pytest.mark.parametrize("case", CASES)
def test_rule_finds_it_and_says_it_in_a_sentence(case: str) -> None:
    code, document = CASES[case]
    issues = [issue for issue in validate(document) if issue.code == code]
    assert issues, (case, found(document))
    for issue in issues:
        assert issue.message.endswith(".")
        assert issue.message[0].isupper() or issue.message[0] == "'"
        assert issue.subject is not None
        assert "None" not in issue.message
    errors = {issue.code for issue in validate(document) if issue.severity == "error"}
    assert errors <= {code, "input-unfed", "exit-task-elsewhere", "leaves-loop", "cycle"}, "one fault, one issue"


@pytest.mark.parametrize("case", CASES)
def test_a_quick_fix_takes_the_issue_away_and_can_be_undone(case: str) -> None:
    code, document = CASES[case]
    for issue in [issue for issue in validate(document) if issue.code == code]:
        for fix in issue.fixes:
            assert fix.label
            copy = Document(document.entities)
            edit = fix.make(copy)
            copy.apply(edit)
            assert issue.key not in {one.key for one in validate(copy)}, (case, fix.label)
            copy.apply(edit.inverse())
            assert copy.entities == document.entities


def test_a_sound_pipeline_has_no_issues() -> None:
    document = pipeline(
        *choice(),
        *handler(task("bye", of=BYE)),
        loop(),
        LISTS,
        MAKE,
        NUMBER,
        task("m", of=MAKE, parent="l"),
        task("n", of=NUMBER, parent="l", n=FromLoop(EntityId("l"))),
        task("all", of=LISTS, items=Collected(from_task("n", "n"))),
        task("z", x=OneOf(EntityId("c"), (from_task("a"), from_task("b")))),
        task("y", x=Template(("got ", from_task("z"), " of ", from_input("p"))), after=("l",)),
        inputs=P,
    )
    assert validate(document) == []


def test_a_muted_task_is_passed_by_or_missed() -> None:
    fine = pipeline(task("a"), muted("b", x=from_task("a")), task("c", x=from_task("b")))
    assert validate(fine) == []
    cut = pipeline(muted("b"), task("c", x=from_task("b")))
    issue = only(cut, "muted-source")
    assert "'b' is muted" in issue.message
    assert [fix.label for fix in issue.fixes] == ["Unmute b", "Unplug x"]
    assert found(pipeline(task("a"), muted("b", nothing=value(1)))) == set(), "what is left out has no other issues"


def test_an_input_that_nobody_reads_is_information() -> None:
    issue = only(pipeline(task("a"), inputs=P), "input-unused")
    assert issue.severity == "info"


def test_an_output_out_of_a_branch_is_a_warning() -> None:
    output = PipelineOutput(name="o", type=STRING, source=from_task("a"))
    fields = root(inputs=(Input(name="p", type=STRING),), outputs=(output,))
    issue = only(_with_root(fields, *choice()), "output-leaves-branch")
    assert issue.severity == "warning"


def test_fixing_a_wire_out_of_a_loop_collects_it() -> None:
    document = pipeline(loop(), LISTS, task("a", parent="l"), task("z", of=LISTS, items=from_task("a")))
    issue = only(document, "leaves-loop")
    assert issue.fixes[0].label == "Collect the outputs"
    document.apply(issue.fixes[0].make(document))
    assert document.task(EntityId("z")).arguments["items"] == Collected(from_task("a"))
    assert validate(document) == []


def test_groups_that_nest_too_deep_are_said_before_the_compiler_refuses_them() -> None:
    names = [f"l{number}" for number in range(MAX_GROUP_DEPTH + 1)]
    parents = [str(ROOT), *names]
    loops = [loop(name, parent) for name, parent in zip(names, parents, strict=False)]
    document = pipeline(*loops, task("inmost", parent=names[-1]))
    assert "group-too-deep" in found(document)
    shallow = pipeline(*loops[:-1], task("inmost", parent=names[-2]))
    assert "group-too-deep" not in found(shallow)
