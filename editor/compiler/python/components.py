"""The components of a plan as Python: each a function where that reproduces it exactly, else loaded from text."""

import ast
import re
from collections.abc import Callable, Sequence

import msgspec
import yaml

from editor.compiler.definitions import input_definitions, output_definitions
from editor.compiler.python.expressions import assign, call
from editor.compiler.python.formatting import printed
from editor.compiler.python.functions import (
    DSL_NAMES,
    TYPING_NAMES,
    container_function,
    lightweight_function,
    names_in_signature,
)
from editor.compiler.python.names import Identifiers
from editor.compiler.python.reasons import Reasons
from editor.model import Component, ContainerImplementation, EntityId, ImporterImplementation, Json, ParameterType
from editor.model.names import slug

CompileCandidates = Callable[[list[tuple[str, str]]], list[Json]]
"""`checking.compile_candidates`, through the worker."""

_KFP_VERSION = re.compile(r"kfp==[\w.\-+]+")


class Written(msgspec.Struct, frozen=True):
    """A component in the file: its identifier, its source, the names that the source needs imported."""

    identifier: str
    source: str
    imports: frozenset[str] = frozenset()
    needs_components: bool = False


def write_components(
    components: Sequence[Component],
    *,
    classes: dict[tuple[str, str], str],
    class_source: str,
    taken: Identifiers,
    compile_candidates: CompileCandidates,
    reasons: Reasons,
) -> dict[EntityId, Written]:
    """Each component (importers apart: they have no definition of their own) as it stands in the file."""
    ordinary = [item for item in components if not isinstance(item.implementation, ImporterImplementation)]
    prelude = f"from typing import *\nfrom kfp import components, dsl\nfrom kfp.dsl import *\n\n{class_source}\n"
    written: dict[EntityId, Written] = {}
    for make in (_as_kubernetes, _as_lightweight, _as_container, _as_text):
        proposed = Identifiers(taken)
        candidates = [
            (component, candidate)
            for component in ordinary
            if component.id not in written and (candidate := make(component, classes, proposed)) is not None
        ]
        compiled = compile_candidates([_module(prelude, candidate) for _component, candidate in candidates])
        is_last = make is _as_text
        for (component, candidate), result in zip(candidates, compiled, strict=True):
            differences = _differences(component, result)
            if not differences or is_last:
                taken.add(candidate.identifier)
                written[component.id] = candidate
                for difference in differences:
                    reasons.add(difference, component.name)
                if is_last and any(port.description for port in (*component.inputs, *component.outputs)):
                    # The SDK drops them where it puts the loaded component into a pipeline.
                    reasons.add("descriptions in a component that is loaded from text", component.name)
                if is_last:
                    for port in component.inputs:
                        if isinstance(port.type, ParameterType) and port.type.literals:
                            # It drops those too.
                            reasons.add("an input limited to a choice of literals", f"{component.name}.{port.name}")
    return {component.id: written[component.id] for component in ordinary}


def _module(prelude: str, candidate: Written) -> tuple[str, str]:
    """A module with the candidate in it, and its name there."""
    package, _, word = candidate.identifier.rpartition(".")
    return (f"from kfp.{package} import {word}\n" if package else prelude + candidate.source), word


_KUBERNETES_COMPONENTS = {"createpvc": "CreatePVC", "deletepvc": "DeletePVC"}


def _as_kubernetes(component: Component, classes: dict[tuple[str, str], str], taken: Identifiers) -> Written | None:
    del classes, taken
    found = _KUBERNETES_COMPONENTS.get(slug(component.name))
    return None if found is None else Written(f"kubernetes.{found}", "")


def _as_lightweight(component: Component, classes: dict[tuple[str, str], str], taken: Identifiers) -> Written | None:
    del classes
    found = lightweight_function(component)
    if found is None or not taken.is_free(found[0]):
        return None
    names = names_in_signature(found[1]) & (DSL_NAMES | TYPING_NAMES)
    return Written(taken.take(found[0]), found[1], frozenset(names))


def _as_container(component: Component, classes: dict[tuple[str, str], str], taken: Identifiers) -> Written | None:
    function_name = taken.propose(component.name)
    source = container_function(component, classes, function_name)
    return None if source is None else Written(taken.take(component.name), source)


def _as_text(component: Component, classes: dict[tuple[str, str], str], taken: Identifiers) -> Written:
    del classes
    word = taken.take(component.name)
    text = yaml.dump(
        component_ir(component, slug(word)), Dumper=_LinesDumper, sort_keys=False, allow_unicode=True, width=100
    )
    return Written(
        word,
        printed([assign(word, call("components.load_component_from_text", ast.Constant(f"\n{text}")))]),
        needs_components=True,
    )


class _LinesDumper(yaml.SafeDumper):
    """Writes texts of several lines as such, and what stands twice twice, for people to read."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_LinesDumper.add_representer(str, _text)


def component_ir(component: Component, name: str) -> dict[str, Json]:
    """The component alone as a package, which is what the SDK loads. Its env is left out: the SDK cannot load it."""
    implementation = component.implementation
    assert isinstance(implementation, ContainerImplementation)
    container = {key: value for key, value in implementation.container.items() if key not in ("env", "resources")}
    inputs, outputs = input_definitions(component.inputs), output_definitions(component.outputs)
    ports: dict[str, Json] = {}
    if inputs:
        ports["inputDefinitions"] = inputs
    if outputs:
        ports["outputDefinitions"] = outputs
    task_inputs = {
        group: {port: {holder: port} for port in inputs[group]}
        for group, holder in (("artifacts", "componentInputArtifact"), ("parameters", "componentInputParameter"))
        if group in inputs
    }
    task: dict[str, Json] = {
        "cachingOptions": {"enableCache": True},
        "componentRef": {"name": f"comp-{name}"},
        "taskInfo": {"name": name},
    }
    if task_inputs:
        task["inputs"] = task_inputs
    return {
        "components": {f"comp-{name}": {"executorLabel": f"exec-{name}", **ports}},
        "deploymentSpec": {"executors": {f"exec-{name}": {"container": container}}},
        "pipelineInfo": {"name": name},
        "root": {"dag": {"tasks": {name: task}}, **ports},
        "schemaVersion": "2.1.0",
        "sdkVersion": "kfp-2.17.0",
    }


def _differences(component: Component, compiled: Json) -> list[str]:
    """What of the component the SDK's result lacks or has otherwise, in words; empty if it is the very same."""
    if compiled is None:
        return ["a component that the SDK does not take as Python"]
    spec = compiled["spec"]
    definitions = list(spec.get("components", {}).values())
    executors = list(spec.get("deploymentSpec", {}).get("executors", {}).values())
    if len(definitions) != 1 or len(executors) != 1:
        return ["a component that the SDK does not take as Python"]
    implementation = component.implementation
    assert isinstance(implementation, ContainerImplementation)
    wanted = {key: value for key, value in implementation.container.items() if key not in ("env", "resources")}
    found: list[str] = []
    if _without_version(wanted) != _without_version(executors[0].get("container", {})):
        found.append("a container that the SDK writes otherwise")
    if input_definitions(component.inputs) != definitions[0].get("inputDefinitions", {}):
        found.append("inputs that the SDK writes otherwise (descriptions, choices, older defaults)")
    if output_definitions(component.outputs) != definitions[0].get("outputDefinitions", {}):
        found.append("outputs that the SDK writes otherwise (descriptions)")
    if implementation.container.get("resources"):
        found.append("resources that belong to a component, not to a task")
    if component.extra:
        found.append("a field kept from the package (component)")
    if component.platform:
        found.append("platform settings that belong to a component, not to a task")
    return found


def _without_version(value: Json) -> Json:
    if isinstance(value, str):
        return _KFP_VERSION.sub("kfp==", value)
    if isinstance(value, list):
        return [_without_version(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_version(item) for key, item in value.items() if item not in ("", [], None)}
    return value
