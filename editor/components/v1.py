"""Listing KFP v1 component YAML (`component.yaml`): ports as the SDK will make them, mistakes with their lines."""

import re
from collections.abc import Callable, Mapping
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
_INPUT_PLACEHOLDERS = {"inputValue", "inputPath", "inputUri", "isPresent"}
_OUTPUT_PLACEHOLDERS = {"outputPath", "outputUri"}
_FORMAT_HINT = "See the component specification: name, inputs, outputs, implementation."


class V1Component(msgspec.Struct, frozen=True):
    """What a v1 file declares, its ports under the names that the SDK gives them."""

    name: str
    description: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]


def port_name(name: str) -> str:
    """The input's or output's name in the SDK: kfp.dsl.utils.sanitize_input_name."""
    return re.sub("[^_0-9a-z]+", "_", name.lower()).strip("_")


def read_v1(document: YamlDocument, origin: str) -> V1Component:
    """The component that a YAML document declares; raises EditorError with the line of what is wrong."""
    return _V1Reader(document, origin).read()


class _V1Reader:
    def __init__(self, document: YamlDocument, origin: str) -> None:
        self._document = document
        self._origin = origin

    def read(self) -> V1Component:
        root: dict[str, Json] = self._document.value
        inputs = tuple(self._input(spec) for spec in self._specs(root, "inputs"))
        outputs = tuple(
            Output(name=port_name(spec["name"]), type=self._type(spec), description=_sentence(spec.get("description")))
            for spec in self._specs(root, "outputs")
        )
        self._check_implementation(root, {spec.name for spec in inputs}, {spec.name for spec in outputs})
        return V1Component(display_name(root.get("name")), _sentence(root.get("description")), inputs, outputs)

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

    def _input(self, spec: dict[str, Json]) -> Input:
        kind = self._type(spec)
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
            self._refuse(spec, f"the default of '{shown(spec['name'])}' ({shown(default)}) is no {spec['type']}")

    def _check_implementation(self, root: dict[str, Json], inputs: set[str], outputs: set[str]) -> None:
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
        for key in ("command", "args"):
            listed = container.get(key) or []
            if not isinstance(listed, list):
                self._refuse(container, f"'{key}' must be a list")
            self._check_placeholders(listed, inputs, outputs)
        env = container.get("env") or {}
        if not isinstance(env, dict):
            self._refuse(container, "'env' must be a mapping")
        self._check_placeholders(list(env.values()), inputs, outputs)

    def _check_placeholders(self, listed: list[Json], inputs: set[str], outputs: set[str]) -> None:
        stack: list[Json] = list(listed)
        while stack:
            entry = stack.pop()
            if isinstance(entry, list):
                stack.extend(entry)
            if not isinstance(entry, dict):
                continue
            for key, value in entry.items():
                if key in _INPUT_PLACEHOLDERS or key in _OUTPUT_PLACEHOLDERS:
                    self._check_port(entry, key, value, inputs if key in _INPUT_PLACEHOLDERS else outputs)
                elif key in ("concat", "if", "cond", "then", "else"):
                    stack.append(value)
                elif key != "executorInput":
                    self._refuse(entry, f"'{shown(key)}' is no placeholder that KFP knows")

    def _check_port(self, entry: Json, key: str, value: Json, known: set[str]) -> None:
        if not isinstance(value, str) or port_name(value) not in known:
            kind = "input" if key in _INPUT_PLACEHOLDERS else "output"
            self._refuse(entry, f"'{key}' names the {kind} '{shown(value)}', which the component does not declare")

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
