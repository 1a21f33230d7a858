"""The one form between a document and what is made of it: nested blocks of statements, names final, order settled.

Both emitters walk it: `emit_ir` drives the SDK, `emit_python` writes the DSL. Arguments are the model's own; the ids in
them name statements of this plan (never a muted task), and `Plan.names` gives each its name.
"""

from collections.abc import Iterator

import msgspec

from editor.model import Argument, Component, EntityId, Json, Pipeline, PipelineOutput, TaskSettings, Test


class TaskStatement(msgspec.Struct, frozen=True, kw_only=True, tag="task", omit_defaults=True):
    """One call of a component or sub-pipeline. `after` are ids of tasks and groups that must have ended before.

    `arguments` has what is given only: the rest takes its default. `exit_of` is the exit handler whose exit task this
    is ("" if none); such a task stands just before its handler.
    """

    id: EntityId
    name: str
    component: EntityId
    arguments: dict[str, Argument] = {}
    after: tuple[EntityId, ...] = ()
    settings: TaskSettings = TaskSettings()
    exit_of: EntityId = EntityId("")


class BranchStatement(msgspec.Struct, frozen=True, kw_only=True, tag="branch", omit_defaults=True):
    """An If, Elif or Else with its block. `test` None is the Else."""

    id: EntityId
    name: str
    test: Test | None
    body: "tuple[Statement, ...]"
    display_name: str = ""
    after: tuple[EntityId, ...] = ()


class ConditionStatement(msgspec.Struct, frozen=True, kw_only=True, tag="condition", omit_defaults=True):
    """An If / Elif / Else chain in order. A lone If is a BranchStatement in a block, without this around it."""

    id: EntityId
    name: str
    branches: tuple[BranchStatement, ...]
    display_name: str = ""
    after: tuple[EntityId, ...] = ()


class LoopStatement(msgspec.Struct, frozen=True, kw_only=True, tag="loop", omit_defaults=True):
    """A ParallelFor with its block. `item_kind` is the IR type of an item; "" where nothing says it."""

    id: EntityId
    name: str
    items: Argument
    body: "tuple[Statement, ...]"
    parallelism: int | None = None
    item_kind: str = ""
    display_name: str = ""
    after: tuple[EntityId, ...] = ()


class ExitHandlerStatement(msgspec.Struct, frozen=True, kw_only=True, tag="exit_handler", omit_defaults=True):
    """An ExitHandler with its block; its exit task is the statement just before."""

    id: EntityId
    name: str
    exit_task: EntityId
    body: "tuple[Statement, ...]"
    display_name: str = ""
    after: tuple[EntityId, ...] = ()


Statement = TaskStatement | BranchStatement | ConditionStatement | LoopStatement | ExitHandlerStatement


class PipelinePlan(msgspec.Struct, frozen=True, kw_only=True):
    """One pipeline: its header (name, inputs, config… as in the model), its block, what its outputs take.

    Within a block a statement comes after all that it depends on.
    """

    header: Pipeline
    body: tuple[Statement, ...]
    outputs: tuple[PipelineOutput, ...]

    @property
    def id(self) -> EntityId:
        return self.header.id


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A whole document: sub-pipelines before those that use them, the main pipeline last."""

    pipelines: tuple[PipelinePlan, ...]
    components: dict[EntityId, Component]
    names: dict[EntityId, str]
    extras: dict[EntityId, dict[str, Json]]
    """What a task or group keeps verbatim of the package that it came from; see import_ir for the fields."""

    @property
    def root(self) -> PipelinePlan:
        return self.pipelines[-1]

    def pipeline(self, pipeline_id: EntityId) -> PipelinePlan | None:
        return next((pipeline for pipeline in self.pipelines if pipeline.id == pipeline_id), None)


def bodies(statement: Statement) -> tuple[tuple[Statement, ...], ...]:
    """The blocks in a statement; none for a task."""
    match statement:
        case TaskStatement():
            return ()
        case ConditionStatement(branches=branches):
            return (branches,)
        case BranchStatement(body=body) | LoopStatement(body=body) | ExitHandlerStatement(body=body):
            return (body,)


def walk(block: tuple[Statement, ...]) -> Iterator[Statement]:
    """Every statement of a block and of the blocks in it, outer before inner, in order."""
    for statement in block:
        yield statement
        for body in bodies(statement):
            yield from walk(body)
