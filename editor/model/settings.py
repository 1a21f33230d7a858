"""How a task runs and how a pipeline runs: values of a Task or Pipeline, none of them an entity."""

from typing import Literal

import msgspec

from editor.model.arguments import Argument
from editor.model.port_types import Json


class Retry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Run again after a failure, waiting `backoff_duration_s`, then that times `backoff_factor`, and so on."""

    max_count: int
    backoff_duration_s: float | None = None
    backoff_factor: float | None = None
    backoff_max_duration_s: float | None = None


class Caching(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether an earlier result with the same inputs may be taken. `key` groups results by hand."""

    enabled: bool = True
    key: str = ""


class Resources(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the task's container asks for. Quantities as Kubernetes writes them ("500m", "4Gi"); None: not asked."""

    cpu_limit: Argument | None = None
    cpu_request: Argument | None = None
    memory_limit: Argument | None = None
    memory_request: Argument | None = None
    accelerator_type: Argument | None = None
    accelerator_limit: Argument | None = None


class KubernetesSetting(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a kfp.kubernetes function on the task: its name, and its arguments by parameter name.

    `editor.model.kubernetes` has the table of functions and of what each parameter takes.
    """

    function: str
    arguments: dict[str, Argument]


class TaskSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything about a task that is not an argument of its component."""

    display_name: str = ""
    caching: Caching = Caching()
    retry: Retry | None = None
    resources: Resources = Resources()
    env: dict[str, str] = {}
    image: Argument | None = None
    ignore_upstream_failure: bool = False
    kubernetes: tuple[KubernetesSetting, ...] = ()


NO_SETTINGS = TaskSettings()
"""What tasks have that say nothing: the same object in all of them, so that readers can pass over it."""


class Workspace(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A volume shared by all tasks of a run; `size` as Kubernetes writes it ("10Gi")."""

    size: str
    pvc_spec_patch: dict[str, Json] = {}


class PipelineConfig(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Times are whole seconds; None leaves the server's choice."""

    workspace: Workspace | None = None
    ttl_seconds_after_finished: int | None = None
    ttl_seconds_after_success: int | None = None
    ttl_seconds_after_failure: int | None = None
    active_deadline_seconds: int | None = None


Operator = Literal["==", "!=", ">", ">=", "<", "<="]


class Comparison(msgspec.Struct, frozen=True, tag="comparison"):
    """One test of a condition over parameters; the SDK has no `and` or `or` (nest conditions instead)."""

    left: Argument
    operator: Operator
    right: Argument


class OpaqueTest(msgspec.Struct, frozen=True, tag="opaque"):
    """A condition of a package that is not one comparison: its CEL text, with `{name}` standing for each operand."""

    expression: str
    operands: dict[str, Argument]


Test = Comparison | OpaqueTest
