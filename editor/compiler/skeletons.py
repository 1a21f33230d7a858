"""The SDK's component structures for the model's components: the ports with their types, a stand-in for the rest.

Worker only: this imports kfp. What a component is in full (descriptions, choices, schemas, container) is written over
the SDK's result by `assemble`, from the model: the SDK's structures cannot hold all of it.
"""

# pyright: reportPrivateUsage=false, reportAttributeAccessIssue=false
# The generated protobuf modules have no names for the type checker, and some of the SDK's parts no public way in.

from kfp.dsl import structures
from kfp.pipeline_spec import pipeline_spec_pb2

from editor.compiler.custom_schemas import title_of
from editor.model import (
    ArtifactType,
    Component,
    ImporterImplementation,
    Input,
    Json,
    Output,
    ParameterType,
    Pipeline,
    PipelineOutput,
    PortType,
)
from editor.model.port_types import ParameterKind

_KIND_NAMES: dict[ParameterKind, str] = {
    "STRING": "String",
    "NUMBER_INTEGER": "Integer",
    "NUMBER_DOUBLE": "Float",
    "BOOLEAN": "Boolean",
    "LIST": "List",
    "STRUCT": "Dict",
    "TASK_FINAL_STATUS": "PipelineTaskFinalStatus",
    "TASK_CONFIG": "TaskConfig",
}


def type_name(kind: PortType) -> str:
    """The SDK's name for a type."""
    if isinstance(kind, ParameterType):
        return _KIND_NAMES[kind.kind]
    return f"{title_of(kind)}@{kind.schema_version or '0.0.1'}"


def input_spec(port: Input) -> structures.InputSpec:
    """Optional where the model lets the input be left out; default only where the SDK must not read it as None."""
    return structures.InputSpec(
        type=type_name(port.type),
        optional=not port.is_required,
        is_artifact_list=isinstance(port.type, ArtifactType) and port.type.is_list,
    )


def output_spec(port: Output | PipelineOutput) -> structures.OutputSpec:
    return structures.OutputSpec(
        type=type_name(port.type), is_artifact_list=isinstance(port.type, ArtifactType) and port.type.is_list
    )


class Skeletons:
    """One structure a component, shared by its tasks: only the name differs."""

    def __init__(self) -> None:
        self._ports: dict[str, tuple[dict[str, structures.InputSpec], dict[str, structures.OutputSpec]]] = {}

    def of_component(self, component: Component, name: str, *, passthroughs: Json = None) -> structures.ComponentSpec:
        inputs, outputs = self._specs(component)
        match component.implementation:
            case ImporterImplementation(reimport=reimport, artifact_type=kind):
                implementation = structures.Implementation(
                    importer=structures.ImporterSpec(
                        artifact_uri="",
                        schema_title=type_name(kind),
                        schema_version=kind.schema_version,
                        reimport=reimport,
                    )
                )
            case _:
                implementation = structures.Implementation(
                    container=structures.ContainerSpecImplementation(image="stand-in")
                )
        return _component_spec(name, inputs, outputs, implementation)

    def of_pipeline(
        self,
        pipeline: Pipeline,
        name: str,
        graph: pipeline_spec_pb2.PipelineSpec,
        platform: pipeline_spec_pb2.PlatformSpec,
    ) -> structures.ComponentSpec:
        inputs, outputs = self._specs(pipeline)
        spec = _component_spec(name, inputs, outputs, structures.Implementation(graph=graph))
        spec.platform_spec = platform
        return spec

    def of_main(self, pipeline: Pipeline, name: str) -> structures.ComponentSpec:
        """For the pipeline being compiled itself. The SDK fills the implementation in."""
        inputs, outputs = self._specs(pipeline)
        graph = structures.Implementation()
        return _component_spec(name, inputs, outputs, graph)

    def _specs(
        self, component: Component | Pipeline
    ) -> tuple[dict[str, structures.InputSpec], dict[str, structures.OutputSpec]]:
        if component.id not in self._ports:
            inputs = {port.name: input_spec(port) for port in component.inputs}
            outputs = {port.name: output_spec(port) for port in component.outputs}
            self._ports[component.id] = (inputs, outputs)
        return self._ports[component.id]


def _component_spec(
    name: str,
    inputs: dict[str, structures.InputSpec],
    outputs: dict[str, structures.OutputSpec],
    implementation: structures.Implementation,
) -> structures.ComponentSpec:
    """A structure without the SDK's own look at it, which would change names and refuse what the IR allows."""
    spec = structures.ComponentSpec.__new__(structures.ComponentSpec)
    spec.name = name
    spec.implementation = implementation
    spec.description = None
    spec.inputs = inputs
    spec.outputs = outputs
    spec.platform_spec = pipeline_spec_pb2.PlatformSpec()
    spec.task_config_passthroughs = None
    return spec
