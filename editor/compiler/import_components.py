"""Reading what a task runs: executors and component specs become Components, without what belongs to the task. Pure."""

import json
import re
from typing import Literal, NamedTuple

from editor.compiler.definitions import read_inputs, read_outputs, read_schema, tidy
from editor.compiler.shapes import check_bool, check_dict, check_list, check_number, check_str
from editor.errors import EditorError
from editor.model import (
    Argument,
    Component,
    Constant,
    ContainerImplementation,
    EntityId,
    ImporterImplementation,
    Json,
    Resources,
    with_digest_id,
)

PREFIXES = ("pipelinechannel--", "pipelineparam--")
"""What the SDKs put before the names of inputs that they inject; the second before 2.0."""

_COMPONENT_FIELDS = {"executorLabel", "inputDefinitions", "outputDefinitions"}
_CONTAINER_FIELDS = {"image", "command", "args", "env"}


class Executed(NamedTuple):
    """A leaf component, and what its executor says that is a task's setting."""

    component: Component
    image: str | None
    resources: dict[str, str]
    """Field of Resources -> its text, which may be a placeholder of an injected input."""

    extra: dict[str, Json]
    """Executor fields for which the model has no word."""


class Components:
    """The leaf components of a package by their key."""

    def __init__(self, spec: dict[str, Json], platform: dict[str, Json]) -> None:
        self._specs = check_dict(spec.get("components"), "components")
        deployment = check_dict(spec.get("deploymentSpec"), "deploymentSpec")
        self._executors = check_dict(deployment.get("executors"), "deploymentSpec.executors")
        self._platforms = check_dict(platform.get("platforms"), "platforms")
        self._read: dict[str, Executed] = {}
        self._base_names = {key: base_name(key, self._specs) for key in self._specs}

    def spec(self, key: str, task: str) -> dict[str, Json]:
        """The component spec of that key. Raises EditorError, naming the task that asks for it."""
        if key not in self._specs:
            raise EditorError(
                f"The package cannot be read: the task '{task}' uses the component '{key}', which is not in it.",
                hint="Compile the pipeline again from its source.",
            )
        return check_dict(self._specs[key], f"components.{key}")

    def executor(self, label: str) -> dict[str, Json]:
        return check_dict(self._executors.get(label), f"deploymentSpec.executors.{label}")

    def unused(self, root: dict[str, Json]) -> tuple[dict[str, Json], dict[str, Json]]:
        """The components and executors that cannot be reached from `root`."""
        reached: set[str] = set()
        stack = [root]
        while stack:
            dag = check_dict(stack.pop().get("dag"), "dag")
            for name, task in check_dict(dag.get("tasks"), "dag.tasks").items():
                reference = check_dict(check_dict(task, name).get("componentRef"), f"task '{name}': componentRef")
                key = check_str(reference.get("name"), f"task '{name}': componentRef.name")
                if key not in reached:
                    reached.add(key)
                    stack.append(self.spec(key, name))
        labels = {check_dict(self._specs[key], key).get("executorLabel") for key in reached}
        components = {key: spec for key, spec in self._specs.items() if key not in reached}
        return components, {label: value for label, value in self._executors.items() if label not in labels}

    def platform(self, label: str) -> dict[str, Json]:
        """Platform name -> what the platform document says of that executor."""
        found: dict[str, Json] = {}
        for name, value in self._platforms.items():
            where = f"platforms.{name}"
            deployment = check_dict(check_dict(value, where).get("deploymentSpec"), f"{where}.deploymentSpec")
            executors = check_dict(deployment.get("executors"), f"{where}.deploymentSpec.executors")
            if label in executors:
                found[name] = check_dict(executors[label], f"{where}.deploymentSpec.executors.{label}")
        return found

    def base_name(self, key: str) -> str:
        return self._base_names[key]

    def leaf(self, key: str, task: str) -> Executed:
        if key not in self._read:
            self._read[key] = self._leaf(key, task)
        return self._read[key]

    def _leaf(self, key: str, task: str) -> Executed:
        spec = self.spec(key, task)
        where = f"components.{key}"
        label = check_str(spec.get("executorLabel"), f"{where}.executorLabel")
        if label not in self._executors:
            raise EditorError(
                f"The package cannot be read: the component '{key}' has neither a program nor tasks.",
                hint="Compile the pipeline again from its source.",
            )
        executor = check_dict(self._executors[label], f"deploymentSpec.executors.{label}")
        inputs = read_inputs(check_dict(spec.get("inputDefinitions"), f"{where}.inputDefinitions"), where)
        outputs = read_outputs(check_dict(spec.get("outputDefinitions"), f"{where}.outputDefinitions"), where)
        extra: dict[str, Json] = {}
        kept = {name: value for name, value in spec.items() if name not in _COMPONENT_FIELDS}
        if kept:
            extra["component"] = kept
        beside = {name: value for name, value in executor.items() if name not in ("container", "importer")}
        if beside:
            extra["executor"] = beside
        place = f"deploymentSpec.executors.{label}"
        if "importer" in executor:
            implementation, executor_extra = _importer(check_dict(executor["importer"], f"{place}.importer"), place)
            image, resources = None, {}
        else:
            container = check_dict(executor.get("container"), f"{place}.container")
            implementation, image, resources, executor_extra = _container(container, place)
        component = Component(
            id=EntityId(""),
            name=self._base_names[key],
            inputs=tuple(port for port in inputs if not port.name.startswith(PREFIXES)),
            outputs=outputs,
            implementation=implementation,
            extra=extra,
        )
        return Executed(with_digest_id(component), image, resources, executor_extra)


def base_name(key: str, keys: dict[str, Json]) -> str:
    """A component's name from its key: `comp-print-op-2` is `print-op` where `comp-print-op` is there too."""
    name = key.removeprefix("comp-")
    shorter = re.sub(r"(-\d+)+$", "", name)
    return shorter if shorter and shorter != name and f"comp-{shorter}" in keys else name or key


def _importer(importer: dict[str, Json], where: str) -> tuple[ImporterImplementation, dict[str, Json]]:
    known = {"typeSchema", "reimport", "metadata", "downloadToWorkspace", "artifactUri"}
    extra = {name: value for name, value in importer.items() if name not in known}
    implementation = ImporterImplementation(
        artifact_type=read_schema(check_dict(importer.get("typeSchema"), f"{where}.importer.typeSchema"), where),
        reimport=check_bool(importer.get("reimport"), f"{where}.importer.reimport"),
        metadata=tidy(check_dict(importer.get("metadata"), f"{where}.importer.metadata")),
        download_to_workspace=check_bool(importer.get("downloadToWorkspace"), f"{where}.importer.downloadToWorkspace"),
    )
    return implementation, {"importer": extra} if extra else {}


def _container(
    container: dict[str, Json], where: str
) -> tuple[ContainerImplementation, str | None, dict[str, str], dict[str, Json]]:
    """The container without resources. An image in which an injected input stands is the task's setting.

    Environment variables set on a task cannot be told from those of a component once compiled: they are taken to be
    the component's.
    """
    kept = {name: value for name, value in container.items() if name in _CONTAINER_FIELDS and value is not None}
    for name in ("command", "args"):
        for item in check_list(container.get(name), f"{where}.container.{name}"):
            check_str(item, f"{where}.container.{name}")
    for entry in check_list(container.get("env"), f"{where}.container.env"):
        variable = check_dict(entry, f"{where}.container.env")
        check_str(variable.get("name"), f"{where}.container.env.name")
        check_str(variable.get("value"), f"{where}.container.env.value")
    image = check_str(container.get("image"), f"{where}.container.image")
    setting = None
    if _INJECTED.search(image):
        setting = image
        kept["image"] = ""
    resources, left = _resources(check_dict(container.get("resources"), f"{where}.container.resources"), where)
    extra: dict[str, Json] = {name: value for name, value in container.items() if name not in _CONTAINER_FIELDS}
    extra.pop("resources", None)
    if left:
        extra["resources"] = left
    return (
        ContainerImplementation(container=kept, language=_language(kept)),
        setting,
        resources,
        {"container": extra} if extra else {},
    )


def _language(container: dict[str, Json]) -> Literal["container", "python", "notebook"]:
    text = json.dumps([container.get("command"), container.get("args")])
    if "kfp.dsl.executor_main" in text or "_parsed_args" in text:
        return "notebook" if "__KFP_EMBEDDED_NOTEBOOK" in text or "KFP_NOTEBOOK" in text else "python"
    return "container"


def _resources(resources: dict[str, Json], where: str) -> tuple[dict[str, str], dict[str, Json]]:
    """Each quantity as text, the newer text field before the older number; and what is not understood."""
    found: dict[str, str] = {}
    left = dict(resources)
    for field, new, old, unit in (
        ("cpu_limit", "resourceCpuLimit", "cpuLimit", ""),
        ("cpu_request", "resourceCpuRequest", "cpuRequest", ""),
        ("memory_limit", "resourceMemoryLimit", "memoryLimit", "G"),
        ("memory_request", "resourceMemoryRequest", "memoryRequest", "G"),
    ):
        if new in left:
            found[field] = check_str(left.pop(new), f"{where}.resources.{new}")
            left.pop(old, None)
        elif old in left:
            found[field] = number_text(check_number(left.pop(old), f"{where}.resources.{old}")) + unit
    accelerator = check_dict(left.pop("accelerator", None), f"{where}.resources.accelerator")
    if accelerator:
        kind = accelerator.get("resourceType", accelerator.get("type"))
        count = accelerator.get("resourceCount", accelerator.get("count"))
        if kind:
            found["accelerator_type"] = check_str(kind, f"{where}.accelerator.type")
        if count is not None:
            found["accelerator_limit"] = count if isinstance(count, str) else number_text(float(count))
    return found, left


def number_text(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


_INJECTED = re.compile(r"\{\{\$\.inputs\.parameters\['((?:pipelinechannel|pipelineparam)--[^']+)'\]\}\}")


def injected_name(text: str) -> str | None:
    """The injected input that `text` is nothing but the placeholder of."""
    match = _INJECTED.fullmatch(text)
    return match[1] if match else None


def resources_of(texts: dict[str, str], resolve: dict[str, Argument]) -> Resources:
    """The Resources that the executor's texts say; `resolve` has the arguments of the injected inputs."""
    fields: dict[str, Argument] = {}
    for field, text in texts.items():
        name = injected_name(text)
        fields[field] = resolve[name] if name is not None and name in resolve else Constant(text)
    return Resources(**fields)
