"""Random pipelines with every setting that a task can have on top of every construct: those of tests.strategies."""

import random
from typing import Any

import msgspec
from hypothesis import strategies as st

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
    Resources,
    Retry,
    Task,
    TaskSettings,
    with_digest_id,
)
from editor.model.kubernetes import KUBERNETES_FUNCTIONS
from editor.model.port_types import STRING, ArtifactType
from tests.laws.mutations import kubernetes
from tests.strategies import documents

CUSTOM = ArtifactType(schema_title="", schema_version="", instance_schema="title: mine.Thing\ntype: object\n")
VERTEX = ArtifactType(schema_title="google.VertexModel", schema_version="0.0.1")


@st.composite
def dressed_documents(draw: st.DrawFn, *, max_tasks: int = 8) -> Document:
    """What the SDK compiles, with Kubernetes settings of all functions, variables, every resource, odd artifact types.

    The draws inside come from one `Random`, so that a failing example shrinks in its skeleton only.
    """
    document = draw(documents(max_tasks=max_tasks))
    chance = random.Random(draw(st.integers(0, 2**32)))
    table: dict[EntityId, Entity] = dict(document.entities)
    root = document.root
    texts = [FromPipelineInput(port.name) for port in root.inputs if port.type == STRING]
    for task in list(document.tasks()):
        component = document.get(task.component)
        is_leaf = isinstance(component, Component) and isinstance(component.implementation, ContainerImplementation)
        if chance.random() < 0.6:
            mine = texts if document.pipeline_of(task.id) == ROOT else []
            changed = _settings(chance, document, task.settings, mine, is_leaf=is_leaf)
            table[task.id] = msgspec.structs.replace(task, settings=changed)
    if chance.random() < 0.3:
        table.update(_odd_artifacts(chance))
    return Document(table)


def _settings(
    chance: random.Random, document: Document, before: TaskSettings, texts: list[FromPipelineInput], *, is_leaf: bool
) -> TaskSettings:
    fields: dict[str, Any] = {
        "display_name": chance.choice(["", "Mein Übung! 1"]),
        "retry": chance.choice([None, Retry(max_count=2), Retry(max_count=1, backoff_factor=1.5)]),
        "ignore_upstream_failure": chance.random() < 0.2,
    }
    if is_leaf:
        quantities: list[Argument | None] = [None, None, *texts]
        gpu: Argument | None = chance.choice([None, Constant("nvidia.com/gpu"), *texts])
        fields["resources"] = Resources(
            cpu_limit=chance.choice([*quantities, Constant("500m"), Constant("1.5")]),
            cpu_request=chance.choice([*quantities, Constant("2")]),
            memory_limit=chance.choice([*quantities, Constant("4Gi")]),
            memory_request=chance.choice([*quantities, Constant("512Mi")]),
            accelerator_type=gpu,
            accelerator_limit=None if gpu is None else chance.choice([Constant("1"), *texts]),
        )
        fields["image"] = chance.choice([None, None, *texts])
        fields["env"] = chance.choice([{}, {"A": "1", "B": "it's"}])
        calls = [kubernetes(chance, document, is_sound=True) for _ in range(chance.randint(0, 3))]
        once: dict[str, Any] = {
            call.function if not KUBERNETES_FUNCTIONS[call.function].is_repeatable else f"{number}": call
            for number, call in enumerate(calls)
        }
        fields["kubernetes"] = tuple(once.values())
    return msgspec.structs.replace(before, **fields)


def _odd_artifacts(chance: random.Random) -> dict[EntityId, Entity]:
    """Two tasks, one handing an artifact with a schema of its own (or of Google's) to the other."""
    kind = chance.choice([CUSTOM, VERTEX])
    container = ContainerImplementation(container={"image": "alpine", "command": ["true"]})
    give = with_digest_id(
        Component(id=EntityId(""), name="give", outputs=(Output(name="thing", type=kind),), implementation=container)
    )
    take = with_digest_id(
        Component(id=EntityId(""), name="take", inputs=(Input(name="thing", type=kind),), implementation=container)
    )
    giver = Task(id=EntityId("task-giver"), parent=ROOT, name="giver", component=give.id)
    taker = Task(
        id=EntityId("task-taker"),
        parent=ROOT,
        name="taker",
        component=take.id,
        arguments={"thing": FromTask(giver.id, "thing")},
    )
    return {entity.id: entity for entity in (give, take, giver, taker)}
