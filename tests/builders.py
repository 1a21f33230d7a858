"""Short words to arrange documents in tests: `pipeline(task("a"), task("b", x=from_task("a", "out")))`."""

from editor.model import (
    ROOT,
    Argument,
    Component,
    Constant,
    ContainerImplementation,
    Document,
    Entity,
    EntityId,
    FromPipelineInput,
    FromTask,
    Input,
    Output,
    Pipeline,
    Task,
    TaskSettings,
    with_digest_id,
)
from editor.model.port_types import DOUBLE, INTEGER, STRING, PortType


def component(
    name: str = "step",
    inputs: dict[str, PortType] | None = None,
    outputs: dict[str, PortType] | None = None,
    *,
    optional: tuple[str, ...] = (),
) -> Component:
    """A container component; without ports given: input `x` and output `out`, both STRING, `x` optional."""
    if inputs is None and outputs is None:
        inputs, outputs, optional = {"x": STRING}, {"out": STRING}, ("x",)
    return with_digest_id(
        Component(
            id=EntityId(""),
            name=name,
            inputs=tuple(
                Input(name=key, type=kind, is_optional=key in optional) for key, kind in (inputs or {}).items()
            ),
            outputs=tuple(Output(name=key, type=kind) for key, kind in (outputs or {}).items()),
            implementation=ContainerImplementation(
                container={"image": "alpine", "command": ["echo"], "args": ["hello"]}
            ),
        )
    )


STEP = component()
ADD = component("add", {"a": DOUBLE, "b": DOUBLE}, {"sum": DOUBLE})
COUNT = component("count", {"text": STRING}, {"words": INTEGER})


def task(
    name: str,
    *,
    of: Component | Pipeline = STEP,
    parent: str = ROOT,
    after: tuple[str, ...] = (),
    settings: TaskSettings | None = None,
    **arguments: Argument,
) -> Task:
    """A task whose id is its name."""
    return Task(
        id=EntityId(name),
        parent=EntityId(parent),
        name=name,
        component=of.id,
        arguments=arguments,
        after=tuple(EntityId(other) for other in after),
        settings=settings or TaskSettings(),
    )


def from_task(name: str, output: str = "out") -> FromTask:
    return FromTask(EntityId(name), output)


def from_input(name: str) -> FromPipelineInput:
    return FromPipelineInput(name)


def value(constant: object) -> Constant:
    return Constant(constant)


def pipeline(*entities: Entity, name: str = "test-pipeline", inputs: dict[str, PortType] | None = None) -> Document:
    """A document with a root pipeline, the entities given, and the three components of this module."""
    root = Pipeline(
        id=ROOT,
        name=name,
        inputs=tuple(Input(name=key, type=kind) for key, kind in (inputs or {}).items()),
    )
    table: dict[EntityId, Entity] = {entity.id: entity for entity in (root, STEP, ADD, COUNT)}
    table.update({entity.id: entity for entity in entities})
    return Document(table)
