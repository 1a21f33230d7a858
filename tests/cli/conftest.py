"""The command line called in this process, and a document with one of everything that it shows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from editor.cli import main
from editor.model import (
    ROOT,
    Collected,
    Component,
    Condition,
    ConditionBranch,
    Constant,
    Document,
    EntityId,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Input,
    Loop,
    OneOf,
    Pipeline,
    PipelineOutput,
    Template,
)
from editor.model.port_types import BOOLEAN, DOUBLE, INTEGER, LIST, STRING, STRUCT, ParameterType
from editor.model.settings import Comparison
from editor.storage import save_document
from tests.builders import component, from_input, from_task, pipeline, task, value


class Answer(NamedTuple):
    """What a call gave: the exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Pipeloom = Callable[..., Answer]


@pytest.fixture
def pipeloom(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pipeloom:
    """`pipeloom("show", path, "--json")`, with this user's folders and the current one in a place of its own."""
    monkeypatch.setenv("PIPELOOM_HOME", str(tmp_path / "pipeloom-home"))
    monkeypatch.delenv("PIPELOOM_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)

    def call(*words: object) -> Answer:
        capfd.readouterr()
        code = main([str(word) for word in words], window=lambda files: 40 + len(files))
        return Answer(code, *capfd.readouterr())

    return call


EVERY = component(
    "every",
    {
        "text": STRING,
        "whole": INTEGER,
        "number": DOUBLE,
        "flag": BOOLEAN,
        "items": LIST,
        "record": STRUCT,
        "choice": ParameterType(kind="STRING", literals=("a", "b")),
    },
    {"out": STRING},
    optional=("text", "whole", "number", "flag", "items", "record", "choice"),
)


def everything() -> Document:
    """Every kind of argument, a loop, two branches, and a sub-pipeline used twice."""
    sub = Pipeline(id=EntityId("p1"), name="evaluate", inputs=(Input(name="x", type=STRING),))
    made = pipeline(
        EVERY,
        sub,
        task("load", x=value("a.csv")),
        Loop(id=EntityId("L"), parent=ROOT, name="train-loop", items=Constant([{"rate": 1}, {"rate": 2}])),
        task("score", parent="L", x=FromLoop(EntityId("L"), "rate"), after=("load",)),
        task("mixed", x=Template(("rate ", from_input("title"), "!"))),
        task("gather", x=Collected(FromTask(EntityId("score"), "out"))),
        Condition(id=EntityId("C"), parent=ROOT, name="check"),
        ConditionBranch(
            id=EntityId("B1"), parent=EntityId("C"), name="yes", test=Comparison(from_task("load"), "==", value("x"))
        ),
        ConditionBranch(id=EntityId("B2"), parent=EntityId("C"), name="no", test=None, order=1),
        task("good", parent="B1", x=value("1")),
        task("bad", parent="B2", x=value("2")),
        task("choose", x=OneOf(EntityId("C"), (from_task("good"), from_task("bad")))),
        task("settings", of=EVERY),
        task("inner", parent="p1", x=FromPipelineInput("x")),
        task("leaf", parent="p1", x=value("deep")),
        task("first", of=sub, x=from_task("load")),
        task("second", of=sub, x=value("2")),
        inputs={"title": STRING, "count": INTEGER},
    )
    root = made.root
    table = dict(made.entities)
    table[ROOT] = Pipeline(
        id=ROOT,
        name="everything",
        inputs=(Input(name="title", type=STRING, default=Constant("t")), *root.inputs[1:]),
        outputs=(PipelineOutput(name="result", type=STRING, source=from_task("choose")),),
    )
    return Document(table)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "everything.pipeloom"
    save_document(everything(), path)
    return path


def saved(path: Path, *entities: Any, inputs: dict[str, Any] | None = None) -> Path:
    """A document of these entities, with the components that the builders have."""
    used = [entity for entity in entities if isinstance(entity, Component)]
    save_document(pipeline(*entities, *used, inputs=inputs), path)
    return path
