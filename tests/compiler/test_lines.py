"""Which lines of a package, and of its Python, stand for which task: what the preview selects by."""

import pytest

from editor.compiler import compile_document
from editor.compiler.lines import Span, package_spans
from editor.compiler.python.export import export_python
from editor.model import (
    ROOT,
    Comparison,
    ConditionBranch,
    Constant,
    Document,
    EntityId,
    FromLoop,
    Loop,
    Pipeline,
)
from editor.worker import Worker
from tests.builders import STEP, pipeline, task, value

LONG = 'first line\n    first:\n      componentRef:\n        name: comp-other\nlast "line": '


@pytest.fixture
def document() -> Document:
    """A loop, a branch and a shared sub-pipeline, with a text that looks like the package's own lines."""
    inner = Pipeline(id=EntityId("p"), name="inner")
    return pipeline(
        task("first", x=value(LONG)),
        Loop(id=EntityId("l"), parent=ROOT, name="train-loop", items=Constant(["a", "b"])),
        task("score", parent="l", x=FromLoop(EntityId("l"))),
        ConditionBranch(
            id=EntityId("b"), parent=ROOT, name="check", test=Comparison(Constant("a"), "==", Constant("b"))
        ),
        task("then", parent="b"),
        inner,
        task("step-in", parent="p"),
        task("one", of=inner),
        task("two", of=inner),
    )


def first_lines(text: str, spans: tuple[Span, ...], entity: str) -> list[str]:
    lines = text.split("\n")
    return [lines[span.first - 1].strip() for span in spans if EntityId(entity) in span.entities]


def test_every_task_of_a_package_has_its_entry_and_its_component(sdk: Worker, document: Document) -> None:
    package = compile_document(document, sdk)
    spans = package_spans(package.yaml, package.source_map)
    for entity, name in (("first", "first"), ("score", "score"), ("l", "train-loop"), ("b", "check"), ("one", "one")):
        found = first_lines(package.yaml, spans, entity)
        assert found[0] == f"{name}:"
        assert found[1].startswith("comp-")
    assert any(line.startswith("exec-") for line in first_lines(package.yaml, spans, "first"))
    assert first_lines(package.yaml, spans, "step-in")[0] == "step-in:"
    lines = package.yaml.split("\n")
    entry = next(span for span in spans if span.entities == (EntityId("first"),))
    assert lines[entry.first - 1].strip() == "first:"
    assert lines[entry.last - 1].strip() == "name: first", "the entry ends where the next begins"


def test_statements_of_the_python_stand_for_their_tasks(sdk: Worker, document: Document) -> None:
    made = export_python(document, sdk)
    assert "with dsl.ParallelFor" in first_lines(made.source, made.spans, "l")[0]
    assert "with dsl.If" in first_lines(made.source, made.spans, "b")[0]
    for entity in ("first", "score", "then", "step-in"):
        assert "step(" in first_lines(made.source, made.spans, entity)[0]
    assert first_lines(made.source, made.spans, STEP.id), "the component has its own lines"
