"""What the SDK refuses, or takes and gets wrong, validation says first: one small document for each such thing.

The list is that of the measured facts about kfp 2.17. What the model has no word for cannot go wrong and has no case:
`parallelism` from an output, `and` and `or` of conditions, constants that are tuples, a pipeline that forgets to return
one of its outputs.
"""

import re
from typing import NamedTuple

import msgspec
import pytest

from editor.compiler import RawPackage, compile_document, import_package
from editor.model import (
    ROOT,
    Argument,
    Collected,
    Comparison,
    Condition,
    ConditionBranch,
    Constant,
    Document,
    Entity,
    EntityId,
    ExitHandler,
    FromLoop,
    FromPipelineInput,
    ImporterImplementation,
    Input,
    KubernetesSetting,
    Loop,
    OneOf,
    OpaqueTest,
    ParameterType,
    Pipeline,
    PipelineConfig,
    PipelineOutput,
    Resources,
    Retry,
    Task,
    TaskSettings,
    Template,
)
from editor.model.entities import Component
from editor.model.port_types import (
    BOOLEAN,
    DATASET,
    INTEGER,
    LIST,
    MODEL,
    STRING,
    STRUCT,
    TASK_FINAL_STATUS,
    ArtifactType,
    PortType,
)
from editor.validation import validate
from editor.worker import Worker
from tests.builders import COUNT, STEP, component, from_input, from_task, pipeline, task, value
from tests.ir_diff import needs_ir_diff, package_diffs

DATA = component("load", {}, {"data": DATASET})
USE_DATA = component("use", {"data": DATASET}, {"model": MODEL})
USE_MODEL = component("serve", {"model": MODEL}, {"out": STRING})
USE_ANY = component("show", {"any": ArtifactType()}, {"out": STRING})
LISTS = component("split", {}, {"parts": LIST, "box": STRUCT, "number": INTEGER, "flag": BOOLEAN})
TAKE_LIST = component("join", {"parts": LIST}, {"out": STRING})
TAKE_INT = component("add-one", {"number": INTEGER}, {"out": INTEGER})
TAKE_KIND = component("sort", {"kind": ParameterType(kind="STRING", literals=("a", "b"))}, {"out": STRING})
BYE = component("bye", {"status": TASK_FINAL_STATUS, "text": STRING}, {}, optional=("text",))
IMPORTER = Component(
    id=EntityId("importer"),
    name="importer",
    inputs=(Input(name="uri", type=STRING),),
    implementation=ImporterImplementation(artifact_type=DATASET),
)
COMPONENTS = (DATA, USE_DATA, USE_MODEL, USE_ANY, LISTS, TAKE_LIST, TAKE_INT, TAKE_KIND, BYE, IMPORTER)
SUB = Pipeline(id=EntityId("sub"), name="sub")
IN_SUB = task("in-sub", parent="sub")
YES = Comparison(FromPipelineInput("p"), "==", Constant("yes"))


def document(*entities: Entity, inputs: dict[str, PortType] | None = None) -> Document:
    return pipeline(*COMPONENTS, *entities, inputs={"p": STRING, "n": INTEGER} if inputs is None else inputs)


def loop(name: str, items: Argument | None = None, *, parent: str = ROOT) -> Loop:
    return Loop(id=EntityId(name), parent=EntityId(parent), name=name, items=items or Constant(["a", "b"]))


def branch(name: str, test: Comparison | None = YES, *, parent: str = ROOT, order: int = 0) -> ConditionBranch:
    return ConditionBranch(id=EntityId(name), parent=EntityId(parent), name=name, test=test, order=order)


def handler(name: str, exit_task: str, *, parent: str = ROOT) -> ExitHandler:
    return ExitHandler(id=EntityId(name), parent=EntityId(parent), name=name, exit_task=EntityId(exit_task))


def choice(*, has_else: bool = True) -> tuple[Entity, ...]:
    """'choice' with a task in each branch: 'yes' and 'no'."""
    return (
        Condition(id=EntityId("choice"), parent=ROOT, name="choice"),
        branch("if", parent="choice"),
        branch("else", None if has_else else YES, parent="choice", order=1),
        task("yes", parent="if"),
        task("no", parent="else"),
    )


def with_root(made: Document, **fields: object) -> Document:
    root = made.root
    changed = msgspec.structs.replace(root, **fields)
    return Document({**made.entities, ROOT: changed})


def giving(source: Argument, *entities: Entity, type: PortType = STRING) -> Document:
    """A document whose pipeline gives out `source`."""
    return with_root(document(*entities), outputs=(PipelineOutput(name="o", type=type, source=source),))


def comparing(left: Argument, right: Argument, *entities: Entity) -> Document:
    """A document with an If around a task."""
    return document(branch("if", Comparison(left, "==", right)), task("t", parent="if"), *entities)


def asking(**settings: object) -> TaskSettings:
    return TaskSettings(**settings)


class Case(NamedTuple):
    what: str
    code: str
    document: Document
    severity: str = "error"


REFUSED = (
    Case("an empty pipeline", "pipeline-empty", document()),
    Case(
        "a pipeline whose tasks are all muted",
        "pipeline-empty",
        document(Task(id=EntityId("t"), parent=ROOT, name="t", component=STEP.id, is_muted=True)),
    ),
    Case("an empty sub-pipeline", "pipeline-empty", document(SUB, task("t", of=SUB))),
    Case(
        "an exit handler in a loop",
        "exit-handler-nested",
        document(loop("l"), task("e", parent="l"), handler("h", "e", parent="l"), task("t", parent="h")),
    ),
    Case(
        "an exit handler in an If",
        "exit-handler-nested",
        document(branch("if"), task("e", parent="if"), handler("h", "e", parent="if"), task("t", parent="h")),
    ),
    Case(
        "an exit handler in another",
        "exit-handler-nested",
        document(
            task("e"), handler("h", "e"), task("f", parent="h"), handler("i", "f", parent="h"), task("t", parent="i")
        ),
    ),
    Case(
        "an exit task that reads a task",
        "exit-task-depends",
        document(task("a"), task("e", x=from_task("a")), handler("h", "e"), task("t", parent="h")),
    ),
    Case(
        "an exit task that waits for a task",
        "exit-task-depends",
        document(task("a"), task("e", after=("a",)), handler("h", "e"), task("t", parent="h")),
    ),
    Case(
        "an exit task whose memory comes from a task",
        "exit-task-depends",
        document(
            task("a"),
            task("e", settings=asking(resources=Resources(memory_limit=from_task("a")))),
            handler("h", "e"),
            task("t", parent="h"),
        ),
    ),
    Case(
        "two exit handlers with one exit task",
        "exit-task-shared",
        document(task("e"), handler("h", "e"), handler("i", "e"), task("t", parent="h"), task("u", parent="i")),
    ),
    Case("a final status outside of exit handlers", "final-status", document(task("t", of=BYE))),
    Case(
        "an optional final status outside of exit handlers",
        "final-status",
        document(made := component("bye", {"status": TASK_FINAL_STATUS}, {}, optional=("status",)), task("t", of=made)),
    ),
    Case(
        "reading a task in an If from outside",
        "leaves-branch",
        document(branch("if"), task("a", parent="if"), task("b", x=from_task("a"))),
    ),
    Case(
        "reading a task in a loop from outside",
        "leaves-loop",
        document(loop("l"), task("a", parent="l"), task("b", x=from_task("a"))),
    ),
    Case(
        "reading a task in an exit handler from outside",
        "leaves-exit-handler",
        document(task("e"), handler("h", "e"), task("a", parent="h"), task("b", x=from_task("a"))),
    ),
    Case(
        "reading a task in a sub-pipeline",
        "other-pipeline",
        document(SUB, IN_SUB, task("s", of=SUB), task("b", x=from_task("in-sub"))),
    ),
    Case(
        "waiting for a task in an If from outside",
        "after-scope",
        document(branch("if"), task("a", parent="if"), task("b", after=("a",))),
    ),
    Case(
        "waiting for a task in an exit handler from outside",
        "after-scope",
        document(task("e"), handler("h", "e"), task("a", parent="h"), task("b", after=("a",))),
    ),
    Case(
        "waiting for a task in a sub-pipeline",
        "after-scope",
        document(SUB, IN_SUB, task("s", of=SUB), task("b", after=("in-sub",))),
    ),
    Case(
        "the item of a loop outside of it",
        "loop-item-outside",
        document(loop("l"), task("a", parent="l"), task("b", x=FromLoop(EntityId("l")))),
    ),
    Case(
        "Collected in the same loop",
        "collected-same-loop",
        document(
            loop("l"), task("a", parent="l"), task("b", of=TAKE_LIST, parent="l", parts=Collected(from_task("a")))
        ),
    ),
    Case(
        "Collected out of an If",
        "leaves-branch",
        document(
            branch("if"),
            loop("l", parent="if"),
            task("a", parent="l"),
            task("b", of=TAKE_LIST, parts=Collected(from_task("a"))),
        ),
    ),
    Case(
        "a loop over what is collected",
        "loop-items",
        document(loop("l"), task("a", parent="l"), loop("m", Collected(from_task("a"))), task("b", parent="m")),
    ),
    Case("a loop over a text", "loop-items", document(loop("l", from_input("p")), task("a", parent="l"))),
    Case(
        "a loop over one artifact",
        "loop-items",
        document(task("d", of=DATA), loop("l", from_task("d", "data")), task("a", parent="l")),
    ),
    Case(
        "a loop over its own item",
        "loop-item-outside",
        document(loop("l", FromLoop(EntityId("l"))), task("a", parent="l", x=FromLoop(EntityId("l")))),
    ),
    Case("a loop over no items", "loop-empty", document(loop("l", value([])), task("a", parent="l"))),
    Case(
        "a loop over a constant that is no list", "loop-items", document(loop("l", value("abc")), task("a", parent="l"))
    ),
    Case(
        "items with a field that is no name",
        "loop-field-name",
        document(loop("l", value([{"a b": 1}])), task("a", parent="l")),
    ),
    Case(
        "a negative parallelism",
        "loop-parallelism",
        document(
            Loop(id=EntityId("l"), parent=ROOT, name="l", items=value(["a"]), parallelism=-1), task("a", parent="l")
        ),
    ),
    Case(
        "an If on an artifact", "condition-artifact", comparing(from_task("d", "data"), value("x"), task("d", of=DATA))
    ),
    Case("an If on a list", "condition-list", comparing(from_task("s", "parts"), value("x"), task("s", of=LISTS))),
    Case("an If on a struct", "condition-list", comparing(from_task("s", "box"), value("x"), task("s", of=LISTS))),
    Case("an If on null", "condition-value", comparing(from_input("p"), value(None))),
    Case("an If on a constant list", "condition-value", comparing(from_input("p"), value(["x"]))),
    Case("an If on two constants", "condition-constant", comparing(value("a"), value("a"))),
    Case(
        "an If on a text with values in it",
        "condition-template",
        comparing(Template(("a ", from_input("p"))), value("x")),
    ),
    Case("an If on a task inside it", "leaves-branch", comparing(from_task("t"), value("x"))),
    Case(
        "an Elif on a task in another branch",
        "leaves-branch",
        document(
            Condition(id=EntityId("c"), parent=ROOT, name="c"),
            branch("if", parent="c"),
            branch("elif", Comparison(from_task("yes"), "==", value("x")), parent="c", order=1),
            task("yes", parent="if"),
            task("no", parent="elif"),
        ),
    ),
    Case(
        "an Else without an If",
        "condition-no-if",
        document(
            Condition(id=EntityId("c"), parent=ROOT, name="c"),
            branch("else", None, parent="c"),
            task("no", parent="else"),
        ),
    ),
    Case(
        "an Else whose Ifs hold muted tasks only",
        "condition-no-if",
        document(
            Condition(id=EntityId("c"), parent=ROOT, name="c"),
            branch("if", parent="c"),
            branch("else", None, parent="c", order=1),
            Task(id=EntityId("y"), parent=EntityId("if"), name="y", component=STEP.id, is_muted=True),
            task("no", parent="else"),
        ),
    ),
    Case(
        "OneOf without an Else",
        "oneof-no-else",
        document(*choice(has_else=False), task("b", x=OneOf(EntityId("choice"), (from_task("yes"), from_task("no"))))),
    ),
    Case(
        "OneOf without a source for each branch",
        "oneof-missing",
        document(*choice(), task("b", x=OneOf(EntityId("choice"), (from_task("yes"),)))),
    ),
    Case(
        "OneOf of two types",
        "oneof-types",
        document(
            *choice(),
            task("c", of=COUNT, parent="else", text=value("x")),
            task("b", x=OneOf(EntityId("choice"), (from_task("yes"), from_task("c", "words")))),
        ),
    ),
    Case(
        "OneOf inside its own condition",
        "oneof-inside",
        document(*choice(), task("b", parent="if", x=OneOf(EntityId("choice"), (from_task("yes"), from_task("no"))))),
    ),
    Case("giving out a task in a loop", "leaves-loop", giving(from_task("a"), loop("l"), task("a", parent="l"))),
    Case(
        "giving out a task in an If in a loop",
        "leaves-branch",
        giving(from_task("a"), loop("l"), branch("if", parent="l"), task("a", parent="if")),
    ),
    Case(
        "giving out OneOf out of an If",
        "leaves-branch",
        giving(
            OneOf(EntityId("choice"), (from_task("yes"), from_task("no"))),
            branch("around"),
            *(
                one
                if one.id != "choice"
                else Condition(id=EntityId("choice"), parent=EntityId("around"), name="choice")
                for one in choice()
            ),
        ),
    ),
    Case("giving out a pipeline input", "output-source", giving(from_input("p"), task("a"))),
    Case("giving out a constant", "output-source", giving(value("x"), task("a"))),
    Case("giving out an output that is not there", "output-missing", giving(from_task("a", "nothing"), task("a"))),
    Case("giving out a task that is not there", "source-missing", giving(from_task("gone"), task("a"))),
    Case("giving out another type", "output-type", giving(from_task("a"), task("a"), type=INTEGER)),
    *(
        Case(f"a pipeline input called {name!r}", "input-name", document(task("a"), inputs={name: STRING}))
        for name in ("a-b", "a b", "1a", "class", "Output", "", "ü")
    ),
    *(
        Case(
            f"{what} for {kind}",
            "settings-no-container",
            document(
                SUB, IN_SUB, task("s", of=of, settings=settings, **({"uri": value("x")} if of is IMPORTER else {}))
            ),
        )
        for kind, of in (("a sub-pipeline", SUB), ("an importer", IMPORTER))
        for what, settings in (
            ("CPUs", asking(resources=Resources(cpu_limit=value("1")))),
            ("memory", asking(resources=Resources(memory_request=value("1Gi")))),
            ("environment variables", asking(env={"A": "1"})),
            ("an image", asking(image=value("alpine"))),
        )
    ),
    Case("null for an input", "constant-type", document(task("a", x=value(None)))),
    Case("a text for an integer", "constant-type", document(task("a", of=TAKE_INT, number=value("1")))),
    Case("an integer for a text", "constant-type", document(task("a", x=value(1)))),
    Case("true for an integer", "constant-type", document(task("a", of=TAKE_INT, number=value(bool(1))))),
    Case("a constant for an artifact", "constant-type", document(task("a", of=USE_DATA, data=value("gs://x")))),
    Case("a required input that nothing feeds", "input-unfed", document(task("a", of=COUNT))),
    Case("an input that is not there", "input-unknown", document(task("a", y=value("x")))),
    Case(
        "a text wired to an integer",
        "type-mismatch",
        document(task("a"), task("b", of=TAKE_INT, number=from_task("a"))),
    ),
    Case("an integer wired to a text", "type-mismatch", document(task("b", x=from_input("n")))),
    Case(
        "an artifact wired to a parameter",
        "type-mismatch",
        document(task("a", of=DATA), task("b", x=from_task("a", "data"))),
    ),
    Case(
        "a parameter wired to an artifact",
        "type-mismatch",
        document(task("a"), task("b", of=USE_DATA, data=from_task("a"))),
    ),
    Case(
        "a Dataset wired to a Model",
        "type-mismatch",
        document(task("a", of=DATA), task("b", of=USE_MODEL, model=from_task("a", "data"))),
    ),
    Case(
        "a list of texts wired to a text",
        "type-mismatch",
        document(loop("l"), task("a", parent="l"), task("b", x=Collected(from_task("a")))),
    ),
    Case(
        "an artifact in a text",
        "template-artifact",
        document(task("a", of=DATA), task("b", x=Template(("at ", from_task("a", "data"))))),
    ),
    *(
        Case(
            f"{text!r} of {field}",
            "quantity",
            document(task("a", settings=asking(resources=Resources(**{field: value(text)})))),
        )
        for field, text in (
            ("cpu_limit", "many"),
            ("cpu_request", "1.5x"),
            ("memory_limit", "5 GB"),
            ("memory_request", "lots"),
            ("accelerator_limit", "two"),
            ("accelerator_limit", "{{x}}"),
        )
    ),
    Case("an image that is no text", "setting-type", document(task("a", settings=asking(image=value(3))))),
    Case(
        "a default of another type",
        "default-type",
        with_root(document(task("a")), inputs=(Input(name="x", type=INTEGER, default=Constant("one")),)),
    ),
    Case(
        "an artifact type of one's own name",
        "type-title",
        document(task("a"), inputs={"x": ArtifactType(schema_title="mine.Thing")}),
    ),
    Case(
        "a time beyond what a package holds",
        "config-large",
        with_root(document(task("a")), config=PipelineConfig(active_deadline_seconds=2**31)),
    ),
)

ACCEPTED_BUT_WRONG = (
    Case("a circle of runs-after", "cycle", document(task("a", after=("b",)), task("b", after=("a",)))),
    Case("a circle of wires", "cycle", document(task("a", x=from_task("b")), task("b", x=from_task("a")))),
    Case(
        "a circle through groups",
        "cycle",
        document(
            loop("l"),
            loop("m"),
            task("a", parent="l"),
            task("b", parent="m", after=("l",)),
            task("c", parent="l", after=("m",)),
        ),
    ),
    Case("a task that waits for itself", "after-scope", document(task("a", after=("a",)))),
    Case("a task that reads itself", "cycle", document(task("a", x=from_task("a")))),
    Case(
        "a task whose memory comes from itself",
        "cycle",
        document(task("a", settings=asking(resources=Resources(memory_limit=from_task("a"))))),
    ),
    Case("an empty If", "group-empty", document(task("a"), branch("if"))),
    Case("an empty loop", "group-empty", document(task("a"), loop("l"))),
    Case("an empty exit handler", "group-empty", document(task("a"), task("e"), handler("h", "e"))),
    Case("an empty condition", "group-empty", document(task("a"), Condition(id=EntityId("c"), parent=ROOT, name="c"))),
    *(
        Case(f"a condition on {text!r}", "condition-text", comparing(from_input("p"), value(text)))
        for text in ("it's", 'say "x"', "a\\b", "a\nb", "{{x}}")
    ),
    Case("an integer compared with a text", "condition-types", comparing(from_input("n"), value("5"))),
    Case("a text compared with an integer", "condition-types", comparing(from_input("p"), value(5))),
    Case("a text compared with an integer output", "condition-types", comparing(from_input("p"), from_input("n"))),
    Case(
        "a boolean compared with a text",
        "condition-types",
        comparing(from_task("s", "flag"), value("true"), task("s", of=LISTS)),
    ),
    Case(
        "an output in an environment variable",
        "env-value",
        document(task("a"), task("b", settings=asking(env={"A": "{{channel:task=a;name=out;type=String;}}"}))),
    ),
    *(
        Case(f"{what} beyond 2^53", "number-too-large", made)
        for what, made in (
            ("a number", document(task("a", of=TAKE_INT, number=value(2**53 + 1)))),
            ("a number in a list", document(task("a", of=TAKE_LIST, parts=value([1, {"x": -(2**60)}])))),
            ("a loop's item", document(loop("l", value([2**53 + 1])), task("a", parent="l"))),
            ("a number that is compared", comparing(from_input("n"), value(2**53 + 1))),
            (
                "a default",
                with_root(document(task("a")), inputs=(Input(name="x", type=INTEGER, default=Constant(2**53 + 1)),)),
            ),
        )
    ),
    Case("no number at all", "number-not-finite", document(task("a", of=TAKE_LIST, parts=value([float("nan")])))),
    Case("an endless number", "number-not-finite", comparing(from_input("n"), value(float("inf")))),
    Case(
        "a mark of KFP's own in a text",
        "text-placeholder",
        document(task("a", x=value("{{channel:task=;name=p;type=String;}}"))),
    ),
    *(
        Case(f"a task called {name!r}", "name-invalid", document(msgspec.structs.replace(task("t"), name=name)))
        for name in ("Mein Übung! 1", "", "a_b", "x" * 130)
    ),
    Case("a pipeline called 'Mein Übung! 1'", "name-invalid", with_root(document(task("a")), name="Mein Übung! 1")),
    Case(
        "two tasks of one name",
        "name-taken",
        document(task("a"), Task(id=EntityId("b"), parent=ROOT, name="a", component=STEP.id)),
    ),
    Case(
        "a task and a group of one name",
        "name-taken",
        document(task("a"), Loop(id=EntityId("l"), parent=ROOT, name="a", items=value(["x"])), task("b", parent="l")),
    ),
    Case(
        "a field that not every item has",
        "loop-field",
        document(loop("l", value([{"a": "1"}, {"b": "2"}])), task("a", parent="l", x=FromLoop(EntityId("l"), "a"))),
    ),
    Case(
        "a pipeline in itself",
        "recursion",
        document(SUB, IN_SUB, task("again", of=SUB, parent="sub"), task("s", of=SUB)),
    ),
    Case(
        "the item of a loop into another type",
        "type-mismatch",
        document(loop("l", value([1, 2])), task("a", parent="l", x=FromLoop(EntityId("l")))),
    ),
)

FOUND_BY_DAMAGE = (
    Case(
        "the outer one of two loops over one list, read in the inner",
        "loop-same-list",
        document(
            loop("l", from_input("items")),
            loop("m", from_input("items"), parent="l"),
            task("a", parent="m", x=FromLoop(EntityId("l"))),
            inputs={"items": LIST},
        ),
    ),
    Case("a null in a list", "value-null", document(task("a", of=TAKE_LIST, parts=value(["a", None])))),
    Case("a text of nothing", "template-empty", document(task("a", x=Template(())))),
    Case(
        "a text of words alone, none of the choices",
        "constant-type",
        document(task("a", of=TAKE_KIND, kind=Template(("c",)))),
    ),
    Case(
        "a field of an artifact",
        "loop-field",
        document(
            loop("l", from_input("data")),
            task("a", parent="l", x=FromLoop(EntityId("l"), "uri")),
            inputs={"data": ArtifactType(schema_title="system.Dataset", is_list=True)},
        ),
    ),
    Case(
        "a field that is no name",
        "loop-field-name",
        document(
            loop("l", from_input("items")),
            task("a", parent="l", x=FromLoop(EntityId("l"), "1a")),
            inputs={"items": LIST},
        ),
    ),
    Case(
        "a loop over the text items of another",
        "loop-items",
        document(loop("l"), loop("m", FromLoop(EntityId("l")), parent="l"), task("a", parent="m")),
    ),
    Case(
        "a condition that reads nothing",
        "condition-constant",
        document(
            ConditionBranch(id=EntityId("if"), parent=ROOT, name="if", test=OpaqueTest("true", {})),
            task("t", parent="if"),
        ),
    ),
    Case(
        "a condition on a muted task's constant",
        "condition-constant",
        comparing(
            from_task("m"),
            value("x"),
            Task(
                id=EntityId("m"),
                parent=ROOT,
                name="m",
                component=STEP.id,
                arguments={"x": Constant("y")},
                is_muted=True,
            ),
        ),
    ),
    *(
        Case(
            f"{function} of {arguments}",
            "kubernetes-value",
            document(
                task(
                    "a",
                    settings=asking(
                        kubernetes=(
                            KubernetesSetting(
                                function=function, arguments={k: Constant(v) for k, v in arguments.items()}
                            ),
                        )
                    ),
                )
            ),
        )
        for function, arguments in (
            ("set_timeout", {"seconds": -1}),
            ("set_security_context", {}),
            ("set_security_context", {"run_as_user": -1}),
            ("add_node_affinity", {"weight": 101}),
            ("add_node_affinity", {"match_fields": [{"key": "a", "operator": "Like"}]}),
            ("add_node_affinity_json", {"node_affinity_json": {"a": "b"}}),
            ("add_toleration_json", {"toleration_json": {"a": "b"}}),
            ("mount_pvc", {"pvc_name": "a"}),
        )
    ),
    Case(
        "a Kubernetes function that there is not",
        "kubernetes-function",
        document(task("a", settings=asking(kubernetes=(KubernetesSetting(function="use_magic", arguments={}),)))),
    ),
)

SOUND = {
    "two exit handlers side by side": document(
        task("e"), handler("h", "e"), task("f"), handler("i", "f"), task("t", parent="h"), task("u", parent="i")
    ),
    "an exit handler in a sub-pipeline": document(
        SUB, task("e", parent="sub"), handler("h", "e", parent="sub"), task("t", parent="h"), task("s", of=SUB)
    ),
    "a final status": document(task("e", of=BYE), handler("h", "e"), task("t", parent="h")),
    "waiting for groups": document(
        branch("if"), task("a", parent="if"), loop("l"), task("b", parent="l"), task("c", after=("if", "l"))
    ),
    "retries and a display name of a sub-pipeline": document(
        SUB, IN_SUB, task("s", of=SUB, settings=asking(display_name="Ü", retry=Retry(max_count=2)))
    ),
    "a Dataset into any artifact": document(task("a", of=DATA), task("b", of=USE_ANY, any=from_task("a", "data"))),
    "fields of different types": document(
        loop("l", value([{"a": "x", "b": 1}])),
        task("a", parent="l", x=FromLoop(EntityId("l"), "a")),
        task("b", of=TAKE_INT, parent="l", number=FromLoop(EntityId("l"), "b")),
    ),
    "an item that is taken for two types": document(
        loop("l", from_input("items")),
        task("a", parent="l", x=FromLoop(EntityId("l"))),
        task("b", of=TAKE_INT, parent="l", number=FromLoop(EntityId("l"))),
        inputs={"items": LIST},
    ),
    "a loop over the item of a loop": document(
        loop("l", from_input("items")),
        loop("m", FromLoop(EntityId("l")), parent="l"),
        task("a", parent="m", x=FromLoop(EntityId("m"))),
        inputs={"items": LIST},
    ),
    "the list itself in an If inside its loop": document(
        task("s", of=LISTS),
        loop("l", from_task("s", "parts")),
        branch("if", parent="l"),
        task("a", of=TAKE_LIST, parent="if", parts=from_task("s", "parts")),
    ),
    "an item in a text in nested groups": document(
        task("s", of=LISTS),
        loop("l", from_task("s", "parts")),
        branch("if", parent="l"),
        task("a", parent="if", x=Template(("it is ", FromLoop(EntityId("l"))))),
    ),
    "ignored failures with an optional input left out": document(
        task("a"), task("b", after=("a",), settings=asking(ignore_upstream_failure=True))
    ),
    "waiting for an exit handler whose exit task is muted": document(
        Task(id=EntityId("e"), parent=ROOT, name="e", component=STEP.id, is_muted=True),
        handler("h", "e"),
        task("t", parent="h"),
        task("u", after=("h",)),
    ),
    "a schema of one's own": document(
        task("a"), inputs={"x": ArtifactType(schema_title="", instance_schema="title: mine.Thing\n")}
    ),
}


@needs_ir_diff
@pytest.mark.parametrize("what", SOUND)
def test_what_is_unusual_and_sound_compiles(what: str, worker: Worker) -> None:
    assert [issue.message for issue in validate(SOUND[what]) if issue.severity == "error"] == []
    package = compile_document(SOUND[what], worker)
    again = Document(import_package(RawPackage(spec=package.spec, platform=package.platform)))
    assert package_diffs(package, compile_document(again, worker)) == []


JARGON = re.compile(
    r"\b(IR|DAG|CEL|AST|slug|channel|entity|entities|scope id|proto\w*|Traceback|NoneType|assert\w*|kwargs|spec|"
    r"enum|struct_value|component_spec|None|nan object|regex|tuple|dict|str|int|bool)\b|<class|object at 0x|\(\)|\[\]"
)
"""Words of ours or of Python's that no message may hold. KFP's own names for types, such as STRING, may stand."""


@pytest.mark.parametrize("case", [*REFUSED, *ACCEPTED_BUT_WRONG, *FOUND_BY_DAMAGE], ids=lambda case: case.what)
def test_validation_says_it_first(case: Case) -> None:
    issues = validate(case.document)
    found = [issue for issue in issues if issue.code == case.code]
    assert found, [(issue.code, issue.message) for issue in issues]
    assert found[0].severity == case.severity
    for issue in issues:
        assert issue.subject in case.document.entities
        assert re.fullmatch(r"['A-Z].*[.]", issue.message, re.DOTALL), issue.message
        assert not JARGON.search(issue.message), issue.message
        if issue.severity == "error":
            assert re.fullmatch(r"[A-Z].*[.]", issue.hint, re.DOTALL), (issue.code, issue.hint)
            assert not JARGON.search(issue.hint), issue.hint
