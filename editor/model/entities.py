"""The nouns: frozen values in one flat table, each naming its parent. Nothing here does anything."""

from typing import Literal

import msgspec

from editor.model.arguments import Argument, Constant
from editor.model.ids import EntityId
from editor.model.port_types import ArtifactType, Json, PortType
from editor.model.settings import NO_SETTINGS, PipelineConfig, TaskSettings, Test


class Input(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An input of a component or of a pipeline. Required unless `is_optional` or `default` is there."""

    name: str
    type: PortType
    default: Constant | None = None
    is_optional: bool = False
    description: str = ""
    extra: dict[str, Json] = {}

    @property
    def is_required(self) -> bool:
        return self.default is None and not self.is_optional


class Output(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An output of a component."""

    name: str
    type: PortType
    description: str = ""
    extra: dict[str, Json] = {}


class PipelineOutput(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An output of a pipeline, and what inside gives it."""

    name: str
    type: PortType
    source: Argument
    description: str = ""
    extra: dict[str, Json] = {}


class ContainerImplementation(msgspec.Struct, frozen=True, kw_only=True, tag="container", omit_defaults=True):
    """A program in an image. `container` is the IR's PipelineContainerSpec as JSON (image, command, args, env…);

    `language` tells how people think of it; `source` is the Python function's text where there is one, to show.
    """

    container: dict[str, Json]
    language: Literal["container", "python", "notebook"] = "container"
    source: str = ""


class ImporterImplementation(msgspec.Struct, frozen=True, kw_only=True, tag="importer", omit_defaults=True):
    """Brings an artifact in by URI: input `uri`, output `artifact`. `metadata` may hold `{{$.inputs…}}` texts."""

    artifact_type: ArtifactType
    reimport: bool = False
    download_to_workspace: bool = False
    metadata: dict[str, Json] = {}


Implementation = ContainerImplementation | ImporterImplementation


class Origin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a component came from: a catalog source, and the place in it (a path or URL, with `#name` in a file)."""

    source: str
    location: str
    digest: str = ""


class Component(msgspec.Struct, frozen=True, kw_only=True, tag="Component", omit_defaults=True):
    """What a task does. Embedded in the document; the id is the digest of its definition (see model.components)."""

    id: EntityId
    name: str
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    implementation: Implementation
    description: str = ""
    origin: Origin | None = None
    platform: dict[str, Json] = {}
    extra: dict[str, Json] = {}


class Pipeline(msgspec.Struct, frozen=True, kw_only=True, tag="Pipeline", omit_defaults=True):
    """A graph of tasks. The one with id ROOT is the document's; another is a sub-pipeline, the component of tasks."""

    id: EntityId
    name: str
    display_name: str = ""
    description: str = ""
    inputs: tuple[Input, ...] = ()
    outputs: tuple[PipelineOutput, ...] = ()
    pipeline_root: str = ""
    config: PipelineConfig | None = None
    extra: dict[str, Json] = {}


class Task(msgspec.Struct, frozen=True, kw_only=True, tag="Task", omit_defaults=True):
    """One use of a component (a Component or a sub-pipeline's Pipeline) in a scope.

    `name` is the task's key in the compiled package, unique in its pipeline. An input that `arguments` leaves out takes
    its default; one of type TASK_FINAL_STATUS is fed by the exit handler whose exit task this is.
    """

    id: EntityId
    parent: EntityId
    name: str
    component: EntityId
    arguments: dict[str, Argument] = {}
    after: tuple[EntityId, ...] = ()
    settings: TaskSettings = NO_SETTINGS
    is_muted: bool = False
    extra: dict[str, Json] = {}


class Condition(msgspec.Struct, frozen=True, kw_only=True, tag="Condition", omit_defaults=True):
    """An If / Elif / Else chain; its children are ConditionBranches only. A lone If is a branch without one."""

    id: EntityId
    parent: EntityId
    name: str
    display_name: str = ""
    after: tuple[EntityId, ...] = ()
    extra: dict[str, Json] = {}


class ConditionBranch(msgspec.Struct, frozen=True, kw_only=True, tag="ConditionBranch", omit_defaults=True):
    """A scope that runs if `test` holds (and no branch of the same Condition with a lower `order` did).

    `test` None is the Else. The parent is a Condition, or any scope for a lone If.
    """

    id: EntityId
    parent: EntityId
    name: str
    test: Test | None
    order: int = 0
    display_name: str = ""
    after: tuple[EntityId, ...] = ()
    extra: dict[str, Json] = {}


class Loop(msgspec.Struct, frozen=True, kw_only=True, tag="Loop", omit_defaults=True):
    """A scope that runs once for each item (KFP's ParallelFor), at most `parallelism` at a time (None: no limit).

    `items` is a constant list, a LIST parameter, or a list of artifacts. `item_kind` is the type of an item where the
    LIST cannot say it ("": as the SDK takes it, from a constant's first item, or from what the item is wired into).
    """

    id: EntityId
    parent: EntityId
    name: str
    items: Argument
    parallelism: int | None = None
    item_kind: str = ""
    display_name: str = ""
    after: tuple[EntityId, ...] = ()
    extra: dict[str, Json] = {}


class ExitHandler(msgspec.Struct, frozen=True, kw_only=True, tag="ExitHandler", omit_defaults=True):
    """A scope after which `exit_task` (a sibling of this group) runs, whatever happened inside."""

    id: EntityId
    parent: EntityId
    name: str
    exit_task: EntityId
    display_name: str = ""
    after: tuple[EntityId, ...] = ()
    extra: dict[str, Json] = {}


class Placement(msgspec.Struct, frozen=True, gc=False, kw_only=True, tag="Placement", omit_defaults=True):
    """Where an entity is drawn: the top left corner in its pipeline's plane, in logical pixels (8 px grid).

    Kept apart from what it places, so that a move dirties neither validation nor preview nor digest. A group's frame is
    derived from what is in it unless `width` and `height` are set (then it is at least that large). `is_folded` is a
    group's; `is_open` is a task's: its card shows the inputs left at their default, however many they are.
    """

    id: EntityId
    target: EntityId
    x: float
    y: float
    width: float | None = None
    height: float | None = None
    is_folded: bool = False
    is_open: bool = False
    color: str = ""


class Note(msgspec.Struct, frozen=True, kw_only=True, tag="Note", omit_defaults=True):
    """Words for people: a sticky note (Markdown) or a titled frame behind tasks. `parent` is a pipeline."""

    id: EntityId
    parent: EntityId
    text: str
    x: float
    y: float
    width: float
    height: float
    color: str = ""
    shape: Literal["note", "frame"] = "note"


Group = Condition | ConditionBranch | Loop | ExitHandler
Node = Task | Condition | ConditionBranch | Loop | ExitHandler
Entity = Component | Pipeline | Task | Condition | ConditionBranch | Loop | ExitHandler | Placement | Note

MAX_GROUP_DEPTH = 100
"""How many groups may lie in one another: more would exhaust the stack of whoever reads the package."""

GROUP_TYPES = (Condition, ConditionBranch, Loop, ExitHandler)
NODE_TYPES = (Task, Condition, ConditionBranch, Loop, ExitHandler)
