"""The shape that a package's JSON must have for the scheduler to read it at all; what it means is checked elsewhere."""

from typing import Any, TypeAlias

import msgspec

from editor.errors import EditorError

Spec: TypeAlias = dict[str, Any]
_Ports: TypeAlias = dict[str, Spec]


class _Definitions(msgspec.Struct):
    parameters: _Ports = {}
    artifacts: _Ports = {}


class _Reference(msgspec.Struct):
    name: str


class _Selector(msgspec.Struct):
    artifactSelectors: list[Spec] = []  # noqa: N815 the IR's name


class _DagOutputs(msgspec.Struct):
    parameters: _Ports = {}
    artifacts: dict[str, _Selector] = {}


class _Task(msgspec.Struct, rename="camel"):
    component_ref: _Reference
    dependent_tasks: list[str] = []
    inputs: _Definitions = msgspec.field(default_factory=_Definitions)
    trigger_policy: Spec = {}
    iterator_policy: Spec = {}
    retry_policy: Spec = {}
    caching_options: Spec = {}


class _Dag(msgspec.Struct):
    tasks: dict[str, _Task] = {}
    outputs: _DagOutputs = msgspec.field(default_factory=_DagOutputs)


class _Component(msgspec.Struct, rename="camel"):
    dag: _Dag | None = None
    executor_label: str = ""
    input_definitions: _Definitions = msgspec.field(default_factory=_Definitions)
    output_definitions: _Definitions = msgspec.field(default_factory=_Definitions)


class _Container(msgspec.Struct):
    image: str = ""
    command: list[str] = []
    args: list[str] = []
    env: list[Spec] = []
    resources: Spec = {}


class _Executor(msgspec.Struct):
    container: _Container | None = None
    importer: Spec | None = None


class _Deployment(msgspec.Struct):
    executors: dict[str, _Executor] = {}


class _Pipeline(msgspec.Struct, rename="camel"):
    root: _Component
    pipeline_info: Spec = {}
    components: dict[str, _Component] = {}
    deployment_spec: _Deployment = msgspec.field(default_factory=_Deployment)


def check_shape(spec: Spec) -> None:
    """Raises EditorError with the place of the first thing that is of another kind than it must be."""
    try:
        msgspec.convert(spec, _Pipeline, strict=False)
    except msgspec.ValidationError as error:
        raise EditorError(
            f"The package is broken: {error}.",
            hint="It is no package that a compiler wrote; compile the pipeline again.",
        ) from error
