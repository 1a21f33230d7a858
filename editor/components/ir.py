"""Between the IR's words for a component (ComponentSpec, executor) and ours (Component, Input, Output). Pure."""

import ast
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar

from editor.components.safe_yaml import shown
from editor.errors import EditorError
from editor.model import (
    ArtifactType,
    Component,
    Constant,
    ContainerImplementation,
    EntityId,
    ImporterImplementation,
    Input,
    Json,
    Output,
    ParameterType,
    PortType,
    with_digest_id,
)
from editor.model.port_types import PARAMETER_KINDS, ParameterKind

Language = Literal["container", "python", "notebook"]

_OLD_KINDS: Mapping[str, ParameterKind] = {"INT": "NUMBER_INTEGER", "DOUBLE": "NUMBER_DOUBLE", "STRING": "STRING"}
_PARAMETER_KEYS = {"parameterType", "type", "defaultValue", "isOptional", "description", "literals"}
_ARTIFACT_KEYS = {"artifactType", "isArtifactList", "isOptional", "description"}
_DEFINITION_KEYS = {"inputDefinitions", "outputDefinitions", "executorLabel"}
# What the SDK puts before a lightweight component's own function (component_factory, kfp 2.0 to 2.17).
_PYTHON_HEADER = re.compile(r"\A\s*import kfp\nfrom kfp import dsl\nfrom kfp\.dsl import \*\nfrom typing import \*\n")
_NAME_LENGTH = 100
_Port = TypeVar("_Port", Input, Output)


def mapping(value: Json, where: str) -> dict[str, Json]:
    """`value` if it is a mapping, an empty one for None; raises EditorError otherwise, naming the place."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise EditorError(f"{where} must be a mapping.", hint="Compile the component again with the KFP SDK.")
    return value


def display_name(name: Json, fallback: str = "component") -> str:
    """A stranger's name as it may be shown and stored: printable, one line, at most 100 characters, never a path."""
    clean = "".join(letter for letter in str(name or "")[:1000] if letter.isprintable()).strip()
    return shown(clean, _NAME_LENGTH) or fallback


def inputs_of(definition: Mapping[str, Json], where: str) -> tuple[Input, ...]:
    """The inputs of an IR ComponentSpec: parameters, then artifacts, in the order of the file."""
    parameters, artifacts = _definitions(definition, "inputDefinitions", where)
    found: list[Input] = []
    for name, spec in parameters.items():
        spec = mapping(spec, f"{where}: input '{shown(name)}'")
        kind = parameter_type(spec, f"{where}: input '{shown(name)}'")
        found.append(
            Input(
                name=name,
                type=kind,
                default=Constant(_number(spec["defaultValue"], kind)) if "defaultValue" in spec else None,
                is_optional=spec.get("isOptional") is True,
                description=_text(spec.get("description")),
                extra={key: value for key, value in spec.items() if key not in _PARAMETER_KEYS},
            )
        )
    for name, spec in artifacts.items():
        spec = mapping(spec, f"{where}: input '{shown(name)}'")
        found.append(
            Input(
                name=name,
                type=artifact_type(spec, f"{where}: input '{shown(name)}'"),
                is_optional=spec.get("isOptional") is True,
                description=_text(spec.get("description")),
                extra={key: value for key, value in spec.items() if key not in _ARTIFACT_KEYS},
            )
        )
    return tuple(found)


def outputs_of(definition: Mapping[str, Json], where: str) -> tuple[Output, ...]:
    """The outputs of an IR ComponentSpec: parameters, then artifacts, in the order of the file."""
    parameters, artifacts = _definitions(definition, "outputDefinitions", where)
    found: list[Output] = []
    for names, read, known in (
        (parameters, parameter_type, _PARAMETER_KEYS),
        (artifacts, artifact_type, _ARTIFACT_KEYS),
    ):
        for name, spec in names.items():
            spec = mapping(spec, f"{where}: output '{shown(name)}'")
            found.append(
                Output(
                    name=name,
                    type=read(spec, f"{where}: output '{shown(name)}'"),
                    description=_text(spec.get("description")),
                    extra={key: value for key, value in spec.items() if key not in known},
                )
            )
    return tuple(found)


def _definitions(definition: Mapping[str, Json], key: str, where: str) -> tuple[dict[str, Json], dict[str, Json]]:
    ports = mapping(definition.get(key), f"{where}: '{key}'")
    return (
        mapping(ports.get("parameters"), f"{where}: the parameters of '{key}'"),
        mapping(ports.get("artifacts"), f"{where}: the artifacts of '{key}'"),
    )


def parameter_type(spec: Mapping[str, Json], where: str) -> ParameterType:
    """The type of an IR parameter, in the words of IR 2.1 (`parameterType`) or of the one before (`type`)."""
    kind = spec.get("parameterType")
    if kind is None:
        kind = _OLD_KINDS.get(str(spec.get("type")))
    if not isinstance(kind, str) or kind not in PARAMETER_KINDS:
        named = shown(spec.get("parameterType") or spec.get("type") or "nothing")
        raise EditorError(f"{where} has the type '{named}', which KFP does not have.", hint=_types_hint())
    literals = spec.get("literals") or []
    if not isinstance(literals, list):
        raise EditorError(f"{where}: 'literals' must be a list.", hint="Compile the component again.")
    known: ParameterKind = kind
    return ParameterType(kind=known, literals=tuple(_number(value, ParameterType(kind=known)) for value in literals))


def artifact_type(spec: Mapping[str, Json], where: str) -> ArtifactType:
    """The type of an IR artifact."""
    schema = mapping(spec.get("artifactType"), f"{where}: its 'artifactType'")
    title, version, custom = (schema.get(key) or "" for key in ("schemaTitle", "schemaVersion", "instanceSchema"))
    if not (isinstance(title, str) and isinstance(version, str) and isinstance(custom, str)):
        raise EditorError(f"{where}: its 'artifactType' must hold texts.", hint="Compile the component again.")
    address = schema.get("schemaUri")
    if isinstance(address, str) and address and not custom:
        custom = f"uri:{address}"
    return ArtifactType(
        schema_title=title, schema_version=version, is_list=spec.get("isArtifactList") is True, instance_schema=custom
    )


def component_of(
    name: str,
    definition: Mapping[str, Json],
    executor: Mapping[str, Json],
    *,
    description: str = "",
    input_order: Sequence[str] = (),
    output_order: Sequence[str] = (),
    platform: Mapping[str, Json] | None = None,
) -> Component:
    """The Component that an IR ComponentSpec and its executor say, under its digest's id.

    Ports come in the orders given, those not named there after. `platform` is the executor's part of each platform.
    What the model has no word for is kept in `extra`, under "component" and "executor", as the compiler's import does.
    Raises EditorError for wrong types.
    """
    where = f"The component '{shown(name)}'"
    extra: dict[str, Json] = {}
    unknown = {key: value for key, value in definition.items() if key not in _DEFINITION_KEYS}
    if unknown:
        extra["component"] = unknown
    implementation: ContainerImplementation | ImporterImplementation
    if "importer" in executor:
        implementation = _importer(mapping(executor["importer"], f"{where}: its importer"), where)
    else:
        container = mapping(executor.get("container"), f"{where}: its container")
        if not isinstance(container.get("image"), str):
            raise EditorError(f"{where} has no container image.", hint="Compile the component again.")
        language, source = language_of(container)
        implementation = ContainerImplementation(container=container, language=language, source=source)
    others = {key: value for key, value in executor.items() if key not in ("container", "importer")}
    if others:
        extra["executor"] = others
    return with_digest_id(
        Component(
            id=EntityId(""),
            name=display_name(name),
            inputs=_ordered(inputs_of(definition, where), input_order),
            outputs=_ordered(outputs_of(definition, where), output_order),
            implementation=implementation,
            description=description,
            platform=dict(platform or {}),
            extra=extra,
        )
    )


def _importer(importer: dict[str, Json], where: str) -> ImporterImplementation:
    schema = mapping(importer.get("typeSchema"), f"{where}: its 'typeSchema'")
    return ImporterImplementation(
        artifact_type=artifact_type({"artifactType": schema}, where),
        reimport=importer.get("reimport") is True,
        metadata=mapping(importer.get("metadata"), f"{where}: its metadata"),
        download_to_workspace=importer.get("downloadToWorkspace") is True,
    )


def language_of(container: Mapping[str, Json]) -> tuple[Language, str]:
    """How people think of a container ("python": a lightweight component), and its function's text if it has one."""
    command = container.get("command")
    texts = [text for text in command if isinstance(text, str)] if isinstance(command, list) else []
    old = next((text for text in texts if "_parsed_args" in text and "def " in text), None)
    if old is not None:
        # SDK 1.x puts its own argument parser behind the function.
        return "python", _function_text(old.split("\nimport argparse\n", 1)[0])
    if not any("kfp.dsl.executor_main" in text for text in texts):
        return "container", ""
    program = next((text for text in reversed(texts) if _PYTHON_HEADER.match(text)), "")
    language: Language = "notebook" if "__KFP_EMBEDDED_ARCHIVE_B64" in program and "nbclient" in program else "python"
    return language, _function_text(program)


def _function_text(program: str) -> str:
    """The last function of a lightweight component's program: the SDK writes its own lines and helpers before it."""
    start = ("\n" + program).rfind("\ndef ")
    return textwrap.dedent(program[start:]).strip() + "\n" if start >= 0 else ""


def docstring_of(source: str) -> str:
    """The docstring's first paragraph of a function's text; empty if there is none or it is no Python."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            whole = ast.get_docstring(statement) or ""
            return " ".join(whole.split("\n\n", 1)[0].split())
    return ""


def _ordered(ports: tuple[_Port, ...], order: Sequence[str]) -> tuple[_Port, ...]:
    rank = {name: number for number, name in enumerate(order)}
    return tuple(sorted(ports, key=lambda port: rank.get(port.name, len(rank))))


def _number(value: Json, kind: PortType) -> Json:
    """The IR's JSON has doubles only, 5 is 5.0: here it is an int again, except where the type says double."""
    if str(kind) == "NUMBER_DOUBLE":
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, list):
        return [_number(item, kind) for item in value]
    if isinstance(value, dict):
        return {key: _number(item, kind) for key, item in value.items()}
    return value


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _types_hint() -> str:
    return f"The types are {', '.join(PARAMETER_KINDS)}."
