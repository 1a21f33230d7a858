"""From library entries to a package: what is drawn is what the SDK compiles from the same pipeline in Python."""

from pathlib import Path

import msgspec
import pytest

from editor import edits
from editor.compiler import compile_document
from editor.compiler.library import realise_entry
from editor.components import LibraryEntry, list_components
from editor.model import (
    ROOT,
    Change,
    Constant,
    Document,
    Edit,
    EntityId,
    FromPipelineInput,
    FromTask,
    Input,
    ParameterType,
    PipelineOutput,
)
from editor.model.port_types import DOUBLE, INTEGER, MODEL
from editor.worker import Worker
from tests.corpus import CORPUS, corpus_files, needs_corpus

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
VALUES = {"STRING": "text", "NUMBER_INTEGER": 1, "NUMBER_DOUBLE": 1.5, "BOOLEAN": True, "LIST": [1], "STRUCT": {}}


def library(*paths: Path) -> dict[str, LibraryEntry]:
    entries, errors = list_components(paths)
    assert errors == []
    return {entry.name: entry for entry in entries}


def change_root(document: Document, **fields: object) -> None:
    root = document.root
    document.apply(Edit("change", (Change(ROOT, root, msgspec.structs.replace(root, **fields)),)))


def test_the_iris_pipeline_drawn_by_hand_is_the_one_in_python(worker: Worker) -> None:
    entries = library(SAMPLES)
    document = Document.empty("iris")
    ids: dict[str, EntityId] = {}
    for name in (
        "load-iris",
        "split-data",
        "train-logistic-regression",
        "train-random-forest",
        "evaluate-model",
        "evaluate-model",
        "choose-model",
        "report",
    ):
        edit, task = edits.add_task(document, realise_entry(entries[name], worker), parent=ROOT, x=0, y=0)
        document.apply(edit)
        ids[document.task(task).name] = task
    for source, output, target, port in (
        ("load-iris", "flowers", "split-data", "flowers"),
        ("split-data", "training", "train-logistic-regression", "training"),
        ("split-data", "training", "train-random-forest", "training"),
        ("split-data", "testing", "evaluate-model", "testing"),
        ("split-data", "testing", "evaluate-model-2", "testing"),
        ("split-data", "testing", "report", "testing"),
        ("train-logistic-regression", "model", "evaluate-model", "model"),
        ("train-random-forest", "model", "evaluate-model-2", "model"),
        ("train-logistic-regression", "model", "choose-model", "first"),
        ("train-random-forest", "model", "choose-model", "second"),
        ("evaluate-model", "accuracy", "choose-model", "first_accuracy"),
        ("evaluate-model-2", "accuracy", "choose-model", "second_accuracy"),
        ("choose-model", "best", "report", "model"),
        ("choose-model", "name", "report", "name"),
        ("choose-model", "accuracy", "report", "accuracy"),
    ):
        document.apply(edits.connect(document, FromTask(ids[source], output), ids[target], port))
    inputs = (("test_share", DOUBLE, 0.3), ("trees", INTEGER, 100), ("seed", INTEGER, 0))
    chosen = ids["choose-model"]
    change_root(
        document,
        description=entries["iris"].description,
        inputs=tuple(
            Input(name=name, type=kind, default=Constant(default), is_optional=True) for name, kind, default in inputs
        ),
        outputs=(
            PipelineOutput(name="best_model", type=MODEL, source=FromTask(chosen, "best")),
            PipelineOutput(name="accuracy", type=DOUBLE, source=FromTask(chosen, "accuracy")),
        ),
    )
    for task, port in (
        ("split-data", "test_share"),
        ("split-data", "seed"),
        ("train-random-forest", "trees"),
        ("train-random-forest", "seed"),
    ):
        document.apply(edits.set_argument(document, ids[task], port, FromPipelineInput(port)))

    drawn = compile_document(document.snapshot(), worker)
    written = worker.call("editor.components.evaluate:evaluate", entries["iris"].path, "iris")
    assert drawn.spec == written["spec"]
    assert drawn.platform == written["platform"] == {}


@needs_corpus
@pytest.mark.slow
def test_every_component_can_be_placed_and_compiled(worker: Worker) -> None:
    entries = library(SAMPLES, CORPUS / "components", *corpus_files("ir", ".yaml"))
    for entry in entries.values():
        if entry.kind == "pipeline" or entry.name == "tell-outcome":  # an exit task, never alone
            continue
        document = Document.empty("host")
        edit, task = edits.add_task(document, realise_entry(entry, worker), parent=ROOT, x=0, y=0)
        document.apply(edit)
        for port in entry.inputs:
            if not port.is_required:
                continue
            if isinstance(port.type, ParameterType):
                document.apply(edits.set_constant(document, task, port.name, VALUES[port.type.kind]))
            else:
                change_root(document, inputs=(*document.root.inputs, Input(name=port.name, type=port.type)))
                document.apply(edits.set_argument(document, task, port.name, FromPipelineInput(port.name)))
        spec = compile_document(document.snapshot(), worker).spec
        (compiled,) = spec["root"]["dag"]["tasks"]
        assert compiled == document.task(task).name
