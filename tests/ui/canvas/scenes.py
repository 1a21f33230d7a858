"""A pipeline with one of everything that a canvas can show, and a view of it."""

from collections.abc import Sequence

import msgspec

from editor.errors import EditorError
from editor.model import (
    ROOT,
    ArtifactType,
    Collected,
    Comparison,
    Condition,
    ConditionBranch,
    Constant,
    Document,
    EntityId,
    ExitHandler,
    FromLoop,
    Input,
    Loop,
    Note,
    Pipeline,
    Placement,
    placement_id,
)
from editor.model.port_types import BOOLEAN, DATASET, DOUBLE, INTEGER, LIST, METRICS, MODEL, STRING, STRUCT
from editor.ui import theme
from editor.ui.canvas.view import CanvasView
from tests.builders import component, from_input, from_task, pipeline, task, value

LOAD = component("load-csv", {"url": STRING, "sep": STRING}, {"data": DATASET}, optional=("sep",))
TRAIN = component(
    "train",
    {"data": DATASET, "learning_rate": DOUBLE, "epochs": INTEGER, "name": STRING},
    {"model": MODEL, "accuracy": DOUBLE, "report": METRICS},
)
KINDS = (STRING, INTEGER, BOOLEAN, STRUCT, LIST, DOUBLE)
TUNE = component(
    "tune",
    {f"option_{number}": KINDS[number % 6] for number in range(18)},
    {"best": STRUCT},
    optional=tuple(f"option_{number}" for number in range(3, 18)),
)
SCORE = component("score", {"model": MODEL, "item": STRING}, {"value": DOUBLE, "files": ArtifactType(is_list=True)})
JOIN = component(
    "join",
    {"values": LIST, "m": ArtifactType(is_list=True)},
    {"html": ArtifactType(schema_title="system.HTML")},
    optional=("m",),
)
SUB = Pipeline(id=EntityId("sub"), name="sub", inputs=(Input(name="model", type=MODEL),))


def at(target: str, x: float, y: float, **flags: bool) -> Placement:
    return Placement(id=placement_id(EntityId(target)), target=EntityId(target), x=x, y=y, **flags)


def everything() -> Document:
    """Tasks of several kinds, loop, condition, exit handler, sub-pipeline, notes, muted and unfed ones."""
    return pipeline(
        LOAD,
        TRAIN,
        TUNE,
        SCORE,
        JOIN,
        SUB,
        task("load-csv", of=LOAD, url=value("https://example.com/data/iris/iris-2024-extended.csv")),
        task(
            "train",
            of=TRAIN,
            data=from_task("load-csv", "data"),
            learning_rate=value(0.01),
            epochs=from_input("epochs"),
        ),
        task("tune", of=TUNE, option_0=value("x"), option_5=value(3)),
        Loop(id=EntityId("loop"), parent=ROOT, name="train-loop", items=Constant([1, 2, 3]), parallelism=2),
        task("score", of=SCORE, parent="loop", model=from_task("train", "model"), item=FromLoop(EntityId("loop"))),
        Condition(id=EntityId("cond"), parent=ROOT, name="condition-1"),
        ConditionBranch(
            id=EntityId("if"),
            parent=EntityId("cond"),
            name="if-good",
            test=Comparison(from_task("train", "accuracy"), ">", Constant(0.9)),
        ),
        ConditionBranch(id=EntityId("else"), parent=EntityId("cond"), name="otherwise", test=None, order=1),
        task("deploy", of=SUB, parent="if", model=from_task("train", "model")),
        task("notify", parent="else", x=value("too bad")),
        task("inner", parent="sub"),
        task("join", of=JOIN, values=Collected(from_task("score", "value"))),
        task("cleanup", after=("join",)),
        ExitHandler(id=EntityId("exit"), parent=ROOT, name="exit-handler-1", exit_task=EntityId("report")),
        task("fragile", parent="exit"),
        task("report"),
        msgspec.structs.replace(task("muted", x=from_task("fragile")), is_muted=True),
        Note(
            id=EntityId("n1"), parent=ROOT, text="**Why?** See [it](https://x.org).", x=0, y=-176, width=224, height=136
        ),
        Note(id=EntityId("n2"), parent=ROOT, text="Preparation", x=-24, y=0, width=272, height=240, shape="frame"),
        at("load-csv", 0, 48),
        at("train", 320, 0),
        at("tune", 0, 288),
        at("score", 696, 0),
        at("deploy", 696, 288),
        at("notify", 696, 456),
        at("join", 1040, 0),
        at("cleanup", 1040, 160),
        at("fragile", 1040, 320),
        at("report", 1360, 320),
        at("muted", 1360, 160),
        inputs={"epochs": INTEGER},
    )


class NoLibrary:
    """A library with nothing in it."""

    def entries(self) -> Sequence[object]:
        return ()

    def search(self, text: str, **_fits: object) -> list[object]:
        return []

    def entry(self, key: str) -> None:
        return None

    def realise(self, entry: object, done: object, failed: object) -> None:
        raise EditorError(f"There is no {entry}.")


def shown(qtbot, document: Document, *, name: str = "light", size: tuple[int, int] = (1200, 800)) -> CanvasView:
    """A canvas of the document on the screen, with everything in view."""
    view = CanvasView(document, do=document.apply, library=NoLibrary(), theme=theme.load(name))
    qtbot.addWidget(view)
    view.resize(*size)
    with qtbot.waitExposed(view):
        view.show()
    view.settle()
    return view
