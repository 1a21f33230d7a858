"""What the IR writes for inputs and outputs, and back: one place for both directions. Pure, no kfp."""

from collections.abc import Callable, Mapping
from typing import cast

import msgspec

from editor.compiler.shapes import check_bool, check_dict, check_list, check_str
from editor.errors import EditorError
from editor.model import ArtifactType, Constant, Input, Json, Output, ParameterType, PipelineOutput, PortType
from editor.model.port_types import PARAMETER_KINDS, ParameterKind

OLD_KINDS: dict[str, ParameterKind] = {"STRING": "STRING", "INT": "NUMBER_INTEGER", "DOUBLE": "NUMBER_DOUBLE"}
"""Schema 2.0.0 (SDKs 1.8 before `parameterType`) knows these three types, in a field called `type`."""

_OLD_NAMES = {kind: name for name, kind in OLD_KINDS.items()}
_OLD_VALUES: dict[ParameterKind, str] = {
    "STRING": "stringValue",
    "NUMBER_INTEGER": "intValue",
    "NUMBER_DOUBLE": "doubleValue",
}


def whole(value: Json, kind: str) -> Json:
    """`value` with 3.0 written 3 where the type says integer: the IR's JSON has doubles only."""
    if kind == "NUMBER_INTEGER" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def tidy(value: Json) -> Json:
    """A struct or list with whole doubles as integers, for people to read; the IR cannot tell them apart."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, dict):
        return {key: tidy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [tidy(item) for item in value]
    return value


def doubles(value: Json) -> Json:
    """`value` as the IR's JSON has it: every number a double."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, dict):
        return {key: doubles(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [doubles(item) for item in value]
    return value


def read_value(value: Json, kind: str) -> Json:
    """A constant as the model has it, of an input of type `kind`."""
    if kind in ("STRUCT", "LIST"):
        return tidy(value)
    return whole(value, kind)


def read_old_value(value: Json, where: str) -> Json:
    """A schema 2.0.0 value: {"intValue": "3"} and its like."""
    holder = check_dict(value, where)
    for name, read in (("stringValue", str), ("intValue", int), ("doubleValue", float)):
        if name in holder:
            try:
                return read(holder[name])
            except (TypeError, ValueError) as error:
                raise EditorError(f"{where} holds a value that is no {name[:-5]}.") from error
    raise EditorError(f"{where} holds a value of no known type.")


def old_value(value: Json, kind: ParameterKind) -> dict[str, Json]:
    """The inverse of `read_old_value`; proto JSON writes 64 bit integers as text."""
    name = _OLD_VALUES.get(kind, "stringValue")
    return {name: str(value) if name in ("intValue", "stringValue") else float(value)}


def read_inputs(definitions: Mapping[str, Json], where: str) -> tuple[Input, ...]:
    """The inputs of a component spec's `inputDefinitions`, parameters first."""
    found: list[Input] = []
    for name, spec in check_dict(definitions.get("parameters"), f"{where}.parameters").items():
        found.append(_read_parameter(name, check_dict(spec, f"{where}.parameters.{name}"), where))
    for name, spec in check_dict(definitions.get("artifacts"), f"{where}.artifacts").items():
        artifact = check_dict(spec, f"{where}.artifacts.{name}")
        known = ("artifactType", "isArtifactList", "isOptional", "description")
        found.append(
            Input(
                name=name,
                type=_read_artifact_type(artifact, f"{where}.artifacts.{name}"),
                is_optional=check_bool(artifact.get("isOptional"), f"{where}.artifacts.{name}.isOptional"),
                description=check_str(artifact.get("description"), f"{where}.artifacts.{name}.description"),
                extra={key: value for key, value in artifact.items() if key not in known},
            )
        )
    return tuple(found)


def read_outputs(definitions: Mapping[str, Json], where: str) -> tuple[Output, ...]:
    """The outputs of a component spec's `outputDefinitions`, parameters first."""
    found: list[Output] = []
    for group, read in (("parameters", _read_parameter_type), ("artifacts", _read_artifact_type)):
        reader = cast("Callable[[dict[str, Json], str], PortType]", read)
        for name, spec in check_dict(definitions.get(group), f"{where}.{group}").items():
            place = f"{where}.{group}.{name}"
            known = ("parameterType", "type", "artifactType", "isArtifactList", "description")
            port = check_dict(spec, place)
            found.append(
                Output(
                    name=name,
                    type=reader(port, place),
                    description=check_str(port.get("description"), f"{place}.description"),
                    extra={key: value for key, value in port.items() if key not in known},
                )
            )
    return tuple(found)


def _read_parameter(name: str, spec: dict[str, Json], where: str) -> Input:
    place = f"{where}.parameters.{name}"
    kind = _read_parameter_type(spec, place)
    known = ("parameterType", "type", "literals", "defaultValue", "isOptional", "description")
    default = spec.get("defaultValue")
    return Input(
        name=name,
        type=kind,
        default=Constant(read_value(default, kind.kind)) if default is not None else None,
        is_optional=check_bool(spec.get("isOptional"), f"{place}.isOptional"),
        description=check_str(spec.get("description"), f"{place}.description"),
        extra={key: value for key, value in spec.items() if key not in known},
    )


def _read_parameter_type(spec: dict[str, Json], where: str) -> ParameterType:
    if "parameterType" in spec:
        kind = check_str(spec["parameterType"], f"{where}.parameterType")
        if kind not in PARAMETER_KINDS:
            raise EditorError(f"{where} has the unknown parameter type '{kind}'.")
        literals = tuple(whole(value, kind) for value in check_list(spec.get("literals"), f"{where}.literals"))
        return ParameterType(kind=kind, literals=literals)
    old = check_str(spec.get("type"), f"{where}.type")
    if old not in OLD_KINDS:
        raise EditorError(f"{where} has no parameter type that is known ('{old}').")
    return ParameterType(kind=OLD_KINDS[old])


def _read_artifact_type(spec: dict[str, Json], where: str) -> ArtifactType:
    schema = check_dict(spec.get("artifactType"), f"{where}.artifactType")
    return read_schema(schema, where, is_list=check_bool(spec.get("isArtifactList"), f"{where}.isArtifactList"))


def read_schema(schema: dict[str, Json], where: str, *, is_list: bool = False) -> ArtifactType:
    """The type that an ArtifactTypeSchema says: a title, or the text (or address) of a custom schema."""
    custom = check_str(schema.get("instanceSchema"), f"{where}.instanceSchema")
    uri = check_str(schema.get("schemaUri"), f"{where}.schemaUri")
    title = check_str(schema.get("schemaTitle"), f"{where}.schemaTitle")
    version = check_str(schema.get("schemaVersion"), f"{where}.schemaVersion")
    if uri and not custom:
        custom = f"uri:{uri}"
    return ArtifactType(schema_title=title, schema_version=version, is_list=is_list, instance_schema=custom)


def schema_of(kind: ArtifactType) -> dict[str, Json]:
    """The ArtifactTypeSchema that says `kind`."""
    schema: dict[str, Json] = {}
    if kind.instance_schema.startswith("uri:"):
        schema["schemaUri"] = kind.instance_schema[4:]
    elif kind.instance_schema:
        schema["instanceSchema"] = kind.instance_schema
    if kind.schema_title:
        schema["schemaTitle"] = kind.schema_title
    if kind.schema_version:
        schema["schemaVersion"] = kind.schema_version
    return schema


def input_definitions(inputs: tuple[Input, ...], *, is_old: bool = False) -> dict[str, Json]:
    """A component spec's `inputDefinitions`; empty for no inputs. `is_old`: as schema 2.0.0 writes them."""
    definitions: dict[str, Json] = {}
    for port in inputs:
        group = "artifacts" if isinstance(port.type, ArtifactType) else "parameters"
        spec = _type_fields(port.type, is_old=is_old)
        if port.default is not None and not is_old and isinstance(port.type, ParameterType):
            spec["defaultValue"] = doubles(port.default.value)
        if port.is_optional:
            spec["isOptional"] = True
        if port.description:
            spec["description"] = port.description
        definitions.setdefault(group, {})[port.name] = {**spec, **port.extra}
    return definitions


def output_definitions(
    outputs: tuple[Output, ...] | tuple[PipelineOutput, ...], *, is_old: bool = False
) -> dict[str, Json]:
    """A component spec's `outputDefinitions`; empty for no outputs."""
    definitions: dict[str, Json] = {}
    for port in outputs:
        group = "artifacts" if isinstance(port.type, ArtifactType) else "parameters"
        spec = _type_fields(port.type, is_old=is_old)
        if port.description:
            spec["description"] = port.description
        definitions.setdefault(group, {})[port.name] = {**spec, **port.extra}
    return definitions


def _type_fields(kind: PortType, *, is_old: bool) -> dict[str, Json]:
    if isinstance(kind, ArtifactType):
        spec: dict[str, Json] = {"artifactType": schema_of(kind)}
        if kind.is_list:
            spec["isArtifactList"] = True
        return spec
    if is_old:
        return {"type": _OLD_NAMES.get(kind.kind, "STRING")}
    spec = {"parameterType": kind.kind}
    if kind.literals:
        spec["literals"] = [doubles(value) for value in kind.literals]
    return spec


def merged(base: dict[str, Json], extra: Mapping[str, Json]) -> dict[str, Json]:
    """`base` with what `extra` keeps put back, dicts joined key by key."""
    result = dict(base)
    for key, value in extra.items():
        before = result.get(key)
        result[key] = merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return result


def plain(value: object) -> Json:
    """A msgspec value as JSON builtins."""
    return msgspec.to_builtins(value)
