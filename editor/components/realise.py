"""Making of a library entry what a document embeds. Only here Python is evaluated: in the worker, when one is used."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from editor.components.documents import Kind, classify, read_text
from editor.components.entries import LibraryEntry
from editor.components.listing import read_again
from editor.components.safe_yaml import shown
from editor.components.single import read_single, single_component
from editor.components.v1 import for_sdk, read_v1
from editor.errors import EditorError
from editor.model import (
    Component,
    ContainerImplementation,
    Entity,
    EntityId,
    Fragment,
    Input,
    Json,
    ParameterType,
    sub_pipeline_fragment,
    with_digest_id,
)
from editor.worker import Worker

PipelineImporter = Callable[[dict[str, Json], dict[str, Json], str], Mapping[EntityId, Entity]]
"""(spec, platform, origin) -> the entities of a document, ROOT among them: the compiler room's import."""


def realise(entry: LibraryEntry, worker: Worker, import_pipeline: PipelineImporter | None = None) -> Fragment:
    """The entities to embed for an entry: a Component, or a sub-Pipeline with all that it needs.

    The file is read again, as it is now. A pipeline needs `import_pipeline` (`editor.compiler.library` brings
    it). Raises EditorError if the file or the entry in it is gone, or cannot be read, evaluated or compiled.
    """
    try:
        return _realised(read_again(entry), worker, import_pipeline)
    except RecursionError as error:
        raise EditorError(f"'{entry.path}' is nested too deeply.", hint="Make its values flatter.") from error


def _realised(entry: LibraryEntry, worker: Worker, import_pipeline: PipelineImporter | None) -> Fragment:
    path = Path(entry.path)
    if path.suffix == ".py":
        compiled = worker.call("editor.components.evaluate:evaluate", str(path), entry.function)
        if compiled["is_pipeline"]:
            return _pipeline(entry, compiled["spec"], compiled["platform"], import_pipeline)
        return _fragment(_python_component(entry, compiled), entry)
    document = classify(path, read_text(path))
    match document.kind:
        case Kind.V1:
            text = json.dumps(for_sdk(document.value, read_v1(document.document, str(path)).as_text))
            return _fragment(_component(entry, worker.call("editor.components.evaluate:load_v1", text)), entry)
        case Kind.IR:
            if single_component(document.value, document.platform) is None:
                return _pipeline(entry, document.value, document.platform, import_pipeline)
            component = read_single(document.value, name=entry.name, description=entry.description)
            return _fragment(component, entry)
        case Kind.OTHER:
            raise EditorError(f"'{path}' holds no component any more.", hint="Read the library again.")


def _component(entry: LibraryEntry, compiled: Mapping[str, Any]) -> Component:
    """The compiled component, with the choice of a Literal put back, which the SDK cannot say.

    Descriptions that the SDK drops stay dropped: the package must be what the SDK makes of the same component.
    """
    component = read_single(
        compiled["spec"],
        name=entry.name,
        description=entry.description,
        input_order=compiled["inputs"],
        output_order=compiled["outputs"],
    )
    declared = {port.name: port for port in entry.inputs}
    return with_digest_id(
        msgspec.structs.replace(
            component,
            inputs=tuple(_completed_input(port, declared.get(port.name)) for port in component.inputs),
        )
    )


def _python_component(entry: LibraryEntry, compiled: Mapping[str, Any]) -> Component:
    """As `_component`; a function whose text is not in the command (a containerised one) keeps it from the file."""
    component = _component(entry, compiled)
    implementation = component.implementation
    if entry.kind == "container" or not isinstance(implementation, ContainerImplementation):
        return component
    language = "notebook" if entry.kind == "notebook" else "python"
    implementation = msgspec.structs.replace(
        implementation, language=language, source=implementation.source or entry.source
    )
    return with_digest_id(msgspec.structs.replace(component, implementation=implementation))


def _completed_input(port: Input, declared: Input | None) -> Input:
    if declared is None:
        return port
    kind = port.type
    if isinstance(kind, ParameterType) and isinstance(declared.type, ParameterType) and kind.kind == declared.type.kind:
        kind = declared.type
    return msgspec.structs.replace(port, type=kind)


def _fragment(component: Component, entry: LibraryEntry) -> Fragment:
    return Fragment(component.id, (msgspec.structs.replace(component, origin=entry.origin),))


def _pipeline(
    entry: LibraryEntry,
    spec: dict[str, Json],
    platform: dict[str, Json],
    import_pipeline: PipelineImporter | None,
) -> Fragment:
    if import_pipeline is None:
        raise EditorError(f"'{shown(entry.name)}' is a pipeline, and cannot be used as a component here.")
    return sub_pipeline_fragment(import_pipeline(spec, platform, entry.path), digest=entry.digest)
