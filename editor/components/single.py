"""A component by itself as IR: telling it from a pipeline of one task, and reading it."""

import re
from collections.abc import Mapping, Sequence

from editor.components.entries import EntryKind
from editor.components.ir import component_of, docstring_of, language_of, mapping
from editor.components.safe_yaml import shown
from editor.errors import EditorError
from editor.model import Component, ContainerImplementation, Json

_PLAIN_TASK_KEYS = {"componentRef", "inputs", "taskInfo", "cachingOptions"}
_HEADING = re.compile(r"^# Description: (.*(?:\n#             .*)*)", re.MULTILINE)


def single_component(
    spec: Mapping[str, Json], platform: Mapping[str, Json] | None = None
) -> tuple[str, dict[str, Json], dict[str, Json]] | None:
    """(name, component, executor) of a PipelineSpec that says no more than that component; else None.

    The SDK compiles a component by itself as a root of one task that hands each input through under its own name. A
    root that does more (another name, a constant, a setting) is a pipeline: as a component it would lose that.
    """
    root = mapping(spec.get("root"), "'root'")
    tasks = mapping(mapping(root.get("dag"), "'root.dag'").get("tasks"), "'root.dag.tasks'")
    if len(tasks) != 1 or _has_settings(platform or {}):
        return None
    (task,) = tasks.values()
    task = mapping(task, "the task of 'root'")
    if set(task) - _PLAIN_TASK_KEYS or task.get("cachingOptions", {"enableCache": True}) != {"enableCache": True}:
        return None
    reference = mapping(task.get("componentRef"), "its 'componentRef'").get("name")
    components = mapping(spec.get("components"), "'components'")
    if not isinstance(reference, str) or reference not in components:
        raise EditorError(
            f"The component '{shown(reference)}' of the only task is not there.", hint="Compile it again."
        )
    definition = mapping(components[reference], f"'{shown(reference)}'")
    if "dag" in definition or not _hands_through(root, task, definition):
        return None
    executors = mapping(mapping(spec.get("deploymentSpec"), "'deploymentSpec'").get("executors"), "'executors'")
    label = definition.get("executorLabel")
    if not isinstance(label, str) or label not in executors:
        raise EditorError(f"The executor '{shown(label)}' of the component is not there.", hint="Compile it again.")
    name = mapping(spec.get("pipelineInfo"), "'pipelineInfo'").get("name")
    return str(name or reference), definition, mapping(executors[label], f"'{shown(label)}'")


def read_single(
    spec: Mapping[str, Json],
    *,
    name: str = "",
    description: str = "",
    input_order: Sequence[str] = (),
    output_order: Sequence[str] = (),
) -> Component:
    """The Component of a PipelineSpec that `single_component` takes."""
    found = single_component(spec)
    if found is None:
        raise EditorError("This is a pipeline, not a component by itself.", hint="Import it as a pipeline.")
    own_name, definition, executor = found
    return component_of(
        name or own_name,
        definition,
        executor,
        description=description or description_in(spec, executor),
        input_order=input_order,
        output_order=output_order,
    )


def description_in(spec: Mapping[str, Json], executor: Mapping[str, Json]) -> str:
    """What a component by itself says that it does: in its spec, else in its function's docstring."""
    said = mapping(spec.get("pipelineInfo"), "'pipelineInfo'").get("description")
    if isinstance(said, str) and said:
        return said
    container = executor.get("container")
    return docstring_of(language_of(container)[1]) if isinstance(container, dict) else ""


def description_above(text: str) -> str:
    """The description in the comment that the SDK writes above a package; empty if there is none."""
    found = _HEADING.search(text[:20_000])
    return "\n".join(line.removeprefix("#").strip() for line in found[1].split("\n")) if found else ""


def language(component: Component) -> EntryKind:
    """ "container", "python", "notebook" or "importer"."""
    implementation = component.implementation
    return implementation.language if isinstance(implementation, ContainerImplementation) else "importer"


def _has_settings(platform: Mapping[str, Json]) -> bool:
    platforms = mapping(platform.get("platforms", platform), "'platforms'")
    return any(bool(settings) for settings in platforms.values())


def _hands_through(root: Mapping[str, Json], task: Mapping[str, Json], definition: Mapping[str, Json]) -> bool:
    for kind, key in (("parameters", "componentInputParameter"), ("artifacts", "componentInputArtifact")):
        declared = mapping(mapping(definition.get("inputDefinitions"), "inputs").get(kind), kind)
        given = mapping(mapping(root.get("inputDefinitions"), "inputs").get(kind), kind)
        passed = mapping(mapping(task.get("inputs"), "inputs").get(kind), kind)
        if declared != given or passed != {name: {key: name} for name in declared}:
            return False
    outputs = mapping(root.get("outputDefinitions"), "outputs")
    return not any(outputs.values()) or outputs == definition.get("outputDefinitions")
