"""What an importer brings in: the type of its artifact, its metadata, whether an earlier import is taken.

These are of the component, so the task is given another one; tasks that shared it keep theirs.
"""

import re
from collections.abc import Callable, Iterator

import msgspec

from editor.edits.tasks import replace_component
from editor.model import (
    ArtifactType,
    Component,
    DocumentView,
    Edit,
    EditRefused,
    EntityId,
    ImporterImplementation,
    Input,
    Json,
    Output,
    with_digest_id,
)
from editor.model.fragment import Fragment
from editor.model.names import is_parameter_name
from editor.model.port_types import STRING

URI, ARTIFACT = "uri", "artifact"
_HOLDER = re.compile(r"\{\{\$\.inputs\.parameters\['([^']+)'\]\}\}")
_HOLE = re.compile(r"\{\{\s*([^{}$]+?)\s*\}\}")

replace = msgspec.structs.replace


def set_importer(
    view: DocumentView,
    task: EntityId,
    *,
    artifact_type: ArtifactType | None = None,
    metadata: dict[str, Json] | None = None,
    reimport: bool | None = None,
    download_to_workspace: bool | None = None,
    merge_key: str = "",
) -> tuple[Edit, list[str]]:
    """Change an importer; and the sentences about what was unplugged because it no longer fits.

    In the texts of `metadata`, `{{name}}` makes an input of that name, to be fed like any other. Raises EditRefused.
    """
    component = importer_of(view, task)
    assert isinstance(component.implementation, ImporterImplementation)
    now = component.implementation
    inputs, outputs = component.inputs, component.outputs
    if artifact_type is not None:
        now = replace(now, artifact_type=artifact_type)
        outputs = tuple(Output(name=port.name, type=artifact_type, extra=port.extra) for port in outputs)
    if metadata is not None:
        now = replace(now, metadata=_stored(metadata))
        read = dict.fromkeys(_read_by(now.metadata))
        for name in read:
            if not is_parameter_name(name):
                raise EditRefused(
                    f"'{name}' cannot be the name of an input.", hint="Write a name like {{owner}} into the text."
                )
        kept = tuple(port for port in inputs if port.name == URI or port.name in read)
        known = {port.name for port in kept}
        inputs = kept + tuple(Input(name=name, type=STRING) for name in read if name not in known)
    if reimport is not None:
        now = replace(now, reimport=reimport)
    if download_to_workspace is not None:
        now = replace(now, download_to_workspace=download_to_workspace)
    changed = with_digest_id(replace(component, implementation=now, inputs=inputs, outputs=outputs, origin=None))
    edit, dropped = replace_component(view, task, Fragment(changed.id, (changed,)))
    return Edit(f"Change the importer {view.task(task).name}", edit.changes, merge_key), dropped


def importer_of(view: DocumentView, task: EntityId) -> Component:
    """The component of a task that is an importer; raises EditRefused for another task."""
    component = view.get(view.task(task).component)
    if not isinstance(component, Component) or not isinstance(component.implementation, ImporterImplementation):
        raise EditRefused(f"'{view.task(task).name}' is no importer.", subjects=(task,))
    return component


def metadata_as_written(view: DocumentView, task: EntityId) -> dict[str, Json]:
    """An importer's metadata as `set_importer` takes it: `{{name}}` stands for what feeds the input `name`."""
    implementation = importer_of(view, task).implementation
    assert isinstance(implementation, ImporterImplementation)
    return _mapped(implementation.metadata, lambda text: _HOLDER.sub(r"{{\1}}", text))


def _stored(metadata: dict[str, Json]) -> dict[str, Json]:
    return _mapped(metadata, lambda text: _HOLE.sub(r"{{$.inputs.parameters['\1']}}", text))


def _mapped(value: Json, change: Callable[[str], str]) -> Json:
    match value:
        case str():
            return change(value)
        case dict():
            return {change(key): _mapped(each, change) for key, each in value.items()}
        case list() | tuple():
            return [_mapped(each, change) for each in value]
        case _:
            return value


def _read_by(value: Json) -> Iterator[str]:
    """The inputs that the texts of a value name."""
    match value:
        case str():
            yield from _HOLDER.findall(value)
        case dict():
            for key, each in value.items():
                yield from _HOLDER.findall(key)
                yield from _read_by(each)
        case list() | tuple():
            for each in value:
                yield from _read_by(each)
        case _:
            return
