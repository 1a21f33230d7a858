"""Placeholders in commands, arguments and constants: `{{$.inputs.parameters['x']}}` and its kin, in one pass each."""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from editor.backends.local.values import as_text
from editor.errors import EditorError

Json: TypeAlias = Any

_PLACEHOLDER = re.compile(r"\{\{\$((?:(?!\}\}).)*)\}\}", re.DOTALL)
_QUOTED = r"\[(?:'{1,2}|\")(?P<name>[^'\"\]]*)(?:'{1,2}|\")\]"
_PORT = re.compile(
    rf"\.(?P<side>inputs|outputs)\.(?P<what>parameters|artifacts){_QUOTED}"
    r"(?:\.(?P<field>uri|path|name|value|output_file|metadata)(?:\[(?:'{1,2}|\")(?P<key>[^'\"\]]*)(?:'{1,2}|\")\])?)?"
    r"(?:\.json_escape\[(?P<escape>\d)\])?"
)
_WHOLE_ESCAPED = re.compile(r"\.json_escape\[(\d)\]")
_MOUNT = "/kfp-workspace"


class Unresolved(Exception):
    """The placeholder is none of KFP's, or what it names has no value."""


def resolve_text(text: str, executor_input: Mapping[str, Json], names: Mapping[str, str]) -> str:
    """`text` with every placeholder replaced; what stands in a value is not looked at again.

    `names` are the run's own (`pipeline_job_name`, `workspace_path`, …). A placeholder that means nothing stays.
    """

    def replaced(match: re.Match[str]) -> str:
        try:
            return as_text(_resolved(match[1].strip(), executor_input, names))
        except Unresolved:
            return match[0]

    if _MOUNT in text and "workspace_path" in names:
        # The SDK puts the cluster's mount point itself into some commands.
        text = re.sub(rf"{_MOUNT}(?![\w-])", lambda _: names["workspace_path"], text)
    return _PLACEHOLDER.sub(replaced, text)


def resolve_json(value: Json, executor_input: Mapping[str, Json], names: Mapping[str, str]) -> Json:
    """Every text in a JSON value resolved; a text that is one placeholder and no more becomes the value itself."""
    if isinstance(value, str):
        whole = _PLACEHOLDER.fullmatch(value)
        if whole is not None and whole[1]:
            try:
                return _resolved(whole[1].strip(), executor_input, names)
            except Unresolved:
                return value
        return resolve_text(value, executor_input, names)
    if isinstance(value, list):
        return [resolve_json(item, executor_input, names) for item in value]
    if isinstance(value, dict):
        return {
            resolve_text(key, executor_input, names): resolve_json(item, executor_input, names)
            for key, item in value.items()
        }
    return value


def resolve_command(parts: list[str], executor_input: Mapping[str, Json], names: Mapping[str, str]) -> list[str]:
    """A container's `command` or `args`: concat and if-present structures flattened, then placeholders resolved."""
    given = _given(executor_input)
    flat: list[str] = []
    for part in parts:
        flat.extend(_flattened(part, given))
    return [resolve_text(part, executor_input, names) for part in flat]


def mentions_workspace(parts: list[str]) -> bool:
    return any("workspace_path" in part or _MOUNT in part for part in parts)


def _given(executor_input: Mapping[str, Json]) -> set[str]:
    inputs = executor_input.get("inputs", {})
    parameters = {name for name, value in inputs.get("parameterValues", {}).items() if value is not None}
    return parameters | set(inputs.get("artifacts", {}))


def _flattened(part: str, given: set[str]) -> list[str]:
    stripped = part.lstrip()
    if not stripped.startswith(('{"Concat"', '{"IfPresent"')):
        return [part]
    try:
        structure = json.loads(part)
    except ValueError:
        return [part]
    return _texts(structure, given)


def _texts(structure: Json, given: set[str]) -> list[str]:
    match structure:
        case str():
            return [structure]
        case list():
            return [text for item in structure for text in _texts(item, given)]
        case {"Concat": list(items)}:
            return ["".join(text for item in items for text in _texts(item, given))]
        case {"IfPresent": {"InputName": str(name), **branches}}:
            chosen = branches.get("Then") if name in given else branches.get("Else")
            return [] if chosen is None else _texts(chosen, given)
        case _:
            raise EditorError("The component's command has a placeholder structure that cannot be understood.")


def _resolved(body: str, executor_input: Mapping[str, Json], names: Mapping[str, str]) -> Json:
    if not body:
        return json.dumps(executor_input)
    if body.startswith(".") and body[1:] in names:
        return names[body[1:]]
    if body in (".outputs.output_file", ".outputMetadataUri"):
        return executor_input["outputs"]["outputFile"]
    if (whole := _WHOLE_ESCAPED.fullmatch(body)) is not None:
        return _escaped(json.dumps(executor_input), int(whole[1]))
    port = _PORT.fullmatch(body)
    if port is None:
        raise Unresolved
    value = _port_value(port, executor_input)
    return value if port["escape"] is None else _escaped(as_text(value), int(port["escape"]))


def _port_value(port: re.Match[str], executor_input: Mapping[str, Json]) -> Json:
    ports = executor_input.get(port["side"], {})
    if port["what"] == "parameters":
        if port["side"] == "outputs":
            return _field(ports.get("parameters", {}), port["name"])["outputFile"]
        # An optional input that was not given is null, as on a cluster.
        return ports.get("parameterValues", {}).get(port["name"])
    artifacts = _field(ports.get("artifacts", {}), port["name"])["artifacts"]
    if not artifacts:
        raise Unresolved
    artifact = artifacts[0]
    match port["field"]:
        case "uri" | "path" | None:
            return artifact["uri"]
        case "name":
            return artifact["name"]
        case "metadata":
            metadata = artifact.get("metadata", {})
            return metadata if port["key"] is None else _field(metadata, port["key"])
        case _:
            raise Unresolved


def _field(mapping: Mapping[str, Json], key: str) -> Json:
    if key not in mapping:
        raise Unresolved
    return mapping[key]


def _escaped(text: str, times: int) -> str:
    for _ in range(times):
        text = json.dumps(text)[1:-1]
    return text
