"""Listing KFP v1 component YAML (`component.yaml`): ports as the SDK will make them, mistakes with their lines."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn

import msgspec

from editor.components.ir import display_name
from editor.components.safe_yaml import YamlDocument, shown
from editor.errors import EditorError
from editor.model import ArtifactType, Constant, Input, Json, Output, PortType
from editor.model.port_types import BOOLEAN, DOUBLE, INTEGER, LIST, STRING, STRUCT, TASK_FINAL_STATUS

# kfp.dsl.types.type_utils, 2.17: PARAMETER_TYPES_MAPPING and ARTIFACT_CLASSES_MAPPING.
PARAMETER_TYPES: Mapping[str, PortType] = {
    "integer": INTEGER,
    "int": INTEGER,
    "double": DOUBLE,
    "float": DOUBLE,
    "string": STRING,
    "str": STRING,
    "text": STRING,
    "bool": BOOLEAN,
    "boolean": BOOLEAN,
    "dict": STRUCT,
    "list": LIST,
    "jsonobject": STRUCT,
    "jsonarray": LIST,
}
ARTIFACT_TITLES: Mapping[str, str] = {
    "artifact": "system.Artifact",
    "model": "system.Model",
    "dataset": "system.Dataset",
    "metrics": "system.Metrics",
    "classificationmetrics": "system.ClassificationMetrics",
    "slicedclassificationmetrics": "system.SlicedClassificationMetrics",
    "html": "system.HTML",
    "markdown": "system.Markdown",
}
_TRUTHS = {
    **{word: True for word in ("y", "yes", "t", "true", "on", "1")},  # noqa: C420 read beside the next line
    **{word: False for word in ("n", "no", "f", "false", "off", "0")},  # noqa: C420
}
_PORT_PLACEHOLDERS = {"inputValue", "inputPath", "inputUri", "outputPath", "outputUri"}
_FORMAT_HINT = "See the component specification: name, inputs, outputs, implementation."


class V1Component(msgspec.Struct, frozen=True):
    """What a v1 file declares, its ports under the names that the SDK gives them.

    `as_text` has the names (the file's) of inputs that are texts only by their use.
    """

    name: str
    description: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    as_text: frozenset[str] = frozenset()


def port_name(name: str) -> str:
    """The input's or output's name in the SDK: kfp.dsl.utils.sanitize_input_name."""
    return re.sub("[^_0-9a-z]+", "_", name.lower()).strip("_")


def for_sdk(value: dict[str, Json], as_text: frozenset[str]) -> dict[str, Json]:
    """The document as the SDK can take it: a tame name (ours is kept elsewhere), `as_text` inputs typed as texts."""
    inputs = [
        {**spec, "type": "String"} if isinstance(spec, dict) and spec.get("name") in as_text else spec
        for spec in value.get("inputs") or []
    ]
    return {**value, "name": "component", "inputs": inputs}


def read_v1(document: YamlDocument, origin: str) -> V1Component:
    """The component that a YAML document declares; raises EditorError with the line of what is wrong."""
    return _V1Reader(document, origin).read()


class _V1Reader:
    def __init__(self, document: YamlDocument, origin: str) -> None:
        self._document = document
        self._origin = origin

    def read(self) -> V1Component:
        root: dict[str, Json] = self._document.value
        container = self._container(root)
        declared = self._specs(root, "inputs")
        given = self._specs(root, "outputs")
        uses = self._uses(
            container, {port_name(spec["name"]) for spec in declared}, {spec["name"]: spec for spec in given}
        )
        as_text = frozenset(
            spec["name"] for spec in declared if self._is_text(spec, uses.get(port_name(spec["name"]), set()))
        )
        return V1Component(
            name=display_name(root.get("name")),
            description=_sentence(root.get("description")),
            inputs=tuple(
                self._input(spec, STRING if spec["name"] in as_text else self._type(spec)) for spec in declared
            ),
            outputs=tuple(
                Output(
                    name=port_name(spec["name"]),
                    type=self._type(spec),
                    description=_sentence(spec.get("description")),
                )
                for spec in given
            ),
            as_text=as_text,
        )

    def _is_text(self, spec: dict[str, Json], uses: set[str]) -> bool:
        """Whether an input without a type that KFP knows is a text, by its use as a value.

        The SDK makes it an artifact and then refuses `inputValue` of it; in KFP v1 it was a text. Refuses uses that
        KFP v2 cannot serve.
        """
        name = shown(spec["name"])
        is_artifact = isinstance(self._type(spec), ArtifactType)
        if not is_artifact and uses & {"inputPath", "inputUri"}:
            self._refuse(
                spec, f"'{name}' is a {spec['type']} and is used as a file; KFP v2 hands parameters over by value"
            )
        if is_artifact and "inputValue" in uses and len(uses) > 1:
            self._refuse(spec, f"'{name}' is used as a value and as a file; KFP v2 takes one of them")
        return is_artifact and "inputValue" in uses

    def _specs(self, root: dict[str, Json], key: str) -> list[dict[str, Json]]:
        """The mappings of `inputs` or `outputs`, each with a name, no two alike."""
        listed = root.get(key) or []
        if not isinstance(listed, list):
            self._refuse(root, f"'{key}' must be a list")
        seen: dict[str, str] = {}
        for spec in listed:
            if not isinstance(spec, dict):
                self._refuse(listed, f"'{shown(spec)}' in '{key}' must be a mapping with a name")
            name = spec.get("name")
            if not isinstance(name, str) or not port_name(name):
                self._refuse(spec, f"an entry of '{key}' needs a name with latin letters or digits")
            if port_name(name) in seen:
                twin = seen[port_name(name)]
                self._refuse(
                    spec,
                    f"'{shown(name)}' and '{shown(twin)}' in '{key}' are the same name to KFP ('{port_name(name)}')",
                )
            seen[port_name(name)] = name
        return listed

    def _input(self, spec: dict[str, Json], kind: PortType) -> Input:
        default = spec.get("default")
        constant = None
        if default is not None and not isinstance(kind, ArtifactType):
            constant = Constant(self._default(spec, default, kind))
        return Input(
            name=port_name(spec["name"]),
            type=kind,
            default=constant,
            is_optional=bool(spec.get("optional")) or "default" in spec or kind == TASK_FINAL_STATUS,
            description=_sentence(spec.get("description")),
        )

    def _type(self, spec: dict[str, Json]) -> PortType:
        """As the SDK reads it (kfp.dsl.structures, from_v1_component_spec): none, or an unknown one, is an artifact."""
        declared = spec.get("type")
        if not isinstance(declared, str):
            return ArtifactType()
        bare = declared.removeprefix("typing.")
        if bare.lower().startswith(("list", "dict")):
            bare = bare.split("[", 1)[0]
        if bare == "PipelineTaskFinalStatus":
            return TASK_FINAL_STATUS
        if bare.lower() in PARAMETER_TYPES:
            return PARAMETER_TYPES[bare.lower()]
        if re.fullmatch("google.[A-Za-z]+", bare):
            return ArtifactType(schema_title=bare)
        return ArtifactType(schema_title=ARTIFACT_TITLES.get(bare.lower(), "system.Artifact"))

    def _default(self, spec: dict[str, Json], default: Json, kind: PortType) -> Json:
        readers: dict[PortType, Callable[[Json], Json]] = {
            INTEGER: int,
            DOUBLE: float,
            STRING: str,
            BOOLEAN: lambda value: _TRUTHS[value.lower()] if isinstance(value, str) else bool(value),
            LIST: _json_or_text,
            STRUCT: _json_or_text,
        }
        try:
            return readers[kind](default)
        except (ValueError, TypeError, KeyError, OverflowError):
            self._refuse(spec, f"the default of '{shown(spec['name'])}' ({shown(default)}) is no {kind}")

    def _container(self, root: dict[str, Json]) -> dict[str, Json]:
        implementation = root.get("implementation")
        if not isinstance(implementation, dict):
            self._refuse(root, "the component has no 'implementation'")
        if "graph" in implementation:
            self._refuse(implementation, "a v1 graph component; KFP v2 takes container components only")
        container = implementation.get("container")
        if not isinstance(container, dict):
            self._refuse(implementation, "the implementation has no 'container'")
        if not isinstance(container.get("image"), str) or not container["image"]:
            self._refuse(container, "the container has no 'image'")
        return container

    def _placeholders(self, listed: list[Json]) -> Iterator[tuple[str, str, dict[str, Json]]]:
        """(kind, name of the port, where it stands) of each placeholder in a command, at any depth."""
        stack: list[Json] = list(listed)
        while stack:
            entry = stack.pop()
            if isinstance(entry, list):
                stack.extend(entry)
                continue
            if not isinstance(entry, dict):
                continue
            if len(entry) != 1:
                self._refuse(entry, "a placeholder must be a mapping with one key")
            ((key, value),) = entry.items()
            if key in _PORT_PLACEHOLDERS:
                yield key, self._port_named(entry, key, value), entry
            elif key == "concat" and isinstance(value, list):
                stack.extend(value)
            elif key in ("if", "ifPresent") and isinstance(value, dict):
                cond = value.get("cond")
                present = cond.get("isPresent") if isinstance(cond, dict) else value.get("inputName")
                yield "isPresent", self._port_named(entry, "isPresent", present), entry
                stack.extend([value.get("then"), value.get("else")])
            elif key != "executorInput":
                self._refuse(entry, f"'{shown(key)}' is no placeholder that KFP knows, or has no proper value")

    def _port_named(self, entry: Json, key: str, name: Json) -> str:
        if not isinstance(name, str):
            self._refuse(entry, f"'{key}' must name a port")
        return name

    def _uses(self, container: dict[str, Json], inputs: set[str], outputs: dict[str, Json]) -> dict[str, set[str]]:
        """How each input is used, by the SDK's name for it; refuses what names no port."""
        for key in ("command", "args"):
            if not isinstance(container.get(key) or [], list):
                self._refuse(container, f"'{key}' must be a list")
        env = container.get("env") or {}
        if not isinstance(env, dict):
            self._refuse(container, "'env' must be a mapping")
        listed = [*(container.get("command") or []), *(container.get("args") or []), *env.values()]
        uses: dict[str, set[str]] = {}
        for kind, name, entry in self._placeholders(listed):
            if kind in ("outputPath", "outputUri"):
                if name not in outputs:
                    self._refuse(entry, f"'{kind}' names the output '{shown(name)}', which is not declared")
                if kind == "outputUri" and not isinstance(self._type(outputs[name]), ArtifactType):
                    self._refuse(entry, f"the output '{shown(name)}' is a parameter and has no URI; use outputPath")
            elif port_name(name) not in inputs:
                self._refuse(entry, f"'{kind}' names the input '{shown(name)}', which is not declared")
            elif kind != "isPresent":
                uses.setdefault(port_name(name), set()).add(kind)
        return uses

    def _refuse(self, container: Json, what: str) -> NoReturn:
        line = self._document.line(container)
        raise EditorError(f"'{self._origin}', line {line}: {what}.", hint=_FORMAT_HINT)


def _json_or_text(value: Json) -> Json:
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value


def _sentence(value: Json) -> str:
    return value.strip() if isinstance(value, str) else ""
