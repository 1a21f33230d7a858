"""Draws resources/samples/iris.pipeloom anew from the components beside it: `python packaging/make_sample.py`.

Needed after a change of iris_components.py: the document embeds the components that it uses.
"""

from pathlib import Path

import msgspec

from editor import edits
from editor.components import list_components, realise
from editor.model import (
    ROOT,
    Component,
    Constant,
    Document,
    Entity,
    EntityId,
    FromPipelineInput,
    FromTask,
    Input,
    Pipeline,
)
from editor.model.fragment import Fragment
from editor.model.port_types import DOUBLE, INTEGER
from editor.storage import save_document
from editor.worker import Worker

PLACES = {
    "load-iris": (0.0, 64.0),
    "split-data": (304.0, 64.0),
    "train-random-forest": (608.0, -104.0),
    "evaluate-model-2": (912.0, -168.0),
    "train-logistic-regression": (608.0, 280.0),
    "evaluate-model": (912.0, 432.0),
    "choose-model": (1216.0, 264.0),
    "report": (1520.0, 144.0),
}
SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"


def main() -> None:
    """Write the document, placed as a person would: the long wire to the report has a lane of its own."""
    with Worker() as worker:
        document = draw(worker)
    document.apply(edits.move(document, {task.id: PLACES[task.name] for task in document.tasks()}))
    save_document(document, SAMPLES / "iris.pipeloom")


def draw(worker: Worker) -> Document:
    """The iris pipeline through the same edits as the window's gestures."""
    found, errors = list_components([SAMPLES / "iris_components.py"])
    assert not errors, errors
    entries = {entry.name: entry for entry in found}
    document = Document(
        {
            ROOT: Pipeline(
                id=ROOT,
                name="iris",
                description="Trains two models on the iris data, keeps the better one, and reports on it.",
                inputs=(
                    Input(name="test_share", type=DOUBLE, default=Constant(0.3), is_optional=True),
                    Input(name="trees", type=INTEGER, default=Constant(100), is_optional=True),
                    Input(name="seed", type=INTEGER, default=Constant(0), is_optional=True),
                ),
            )
        }
    )

    def add(component: str) -> EntityId:
        fragment = _portable(realise(entries[component], worker))
        edit, task = edits.add_task(document, fragment, parent=ROOT, x=0, y=0)
        document.apply(edit)
        return task

    def wire(source: EntityId, output: str, task: EntityId, port: str) -> None:
        document.apply(edits.connect(document, FromTask(source, output), task, port))

    def feed(task: EntityId, port: str) -> None:
        document.apply(edits.set_argument(document, task, port, FromPipelineInput(port)))

    flowers, split = add("load-iris"), add("split-data")
    regression, forest = add("train-logistic-regression"), add("train-random-forest")
    regression_scores, forest_scores = add("evaluate-model"), add("evaluate-model")
    choice, report = add("choose-model"), add("report")
    wire(flowers, "flowers", split, "flowers")
    for task, port in ((split, "test_share"), (split, "seed"), (forest, "trees"), (forest, "seed")):
        feed(task, port)
    for model, scores, rank in ((regression, regression_scores, "first"), (forest, forest_scores, "second")):
        wire(split, "training", model, "training")
        wire(model, "model", scores, "model")
        wire(split, "testing", scores, "testing")
        wire(model, "model", choice, rank)
        wire(scores, "accuracy", choice, f"{rank}_accuracy")
    wire(choice, "best", report, "model")
    wire(split, "testing", report, "testing")
    wire(choice, "name", report, "name")
    wire(choice, "accuracy", report, "accuracy")
    document.apply(edits.set_output(document, "best_model", FromTask(choice, "best")))
    document.apply(edits.set_output(document, "accuracy", FromTask(choice, "accuracy")))
    return document


def _portable(fragment: Fragment) -> Fragment:
    """The same with origins that hold on every machine: the file's name, not where this checkout lies."""

    def renamed(entity: Entity) -> Entity:
        if not isinstance(entity, Component) or entity.origin is None:
            return entity
        location = entity.origin.location.rsplit("/", 1)[-1]
        origin = msgspec.structs.replace(entity.origin, source="samples", location=location)
        return msgspec.structs.replace(entity, origin=origin)

    return Fragment(fragment.component, tuple(renamed(entity) for entity in fragment.entities))


if __name__ == "__main__":
    main()
