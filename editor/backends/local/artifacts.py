"""Artifacts of a run and the two messages of KFP's contract with a task: ExecutorInput, and what it wrote in return."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from editor.backends.local.folders import safe_name
from editor.backends.local.values import Json, kind_of, typed, wanted
from editor.errors import EditorError
from editor.runs import Artifact

Spec: TypeAlias = dict[str, Any]
RuntimeArtifact: TypeAlias = dict[str, Any]

_MAX_OUTPUT_BYTES = 64 * 2**20
# Above this, size and time of change stand for the content: hashing would cost more than many tasks do.
_MAX_HASHED_BYTES = 512 * 2**20


class Gathered(list[Json]):
    """The values of a loop's iterations. A loop around it takes them in one by one: a cluster gives flat lists too."""


@dataclass(slots=True)
class Values:
    """Parameters and artifacts by name: a component's inputs, or what it gave."""

    parameters: dict[str, Json] = field(default_factory=dict)
    artifacts: dict[str, list[RuntimeArtifact]] = field(default_factory=dict)


def executor_input(component: Spec, inputs: Values, folder: Path) -> Spec:
    """The message that a task gets; every output has its place in `folder`."""
    outputs: Spec = component.get("outputDefinitions", {})
    return {
        "inputs": {
            "parameterValues": dict(inputs.parameters),
            "artifacts": {name: {"artifacts": artifacts} for name, artifacts in inputs.artifacts.items()},
        },
        "outputs": {
            "parameters": {
                name: {"outputFile": str(folder / safe_name(name))} for name in outputs.get("parameters", {})
            },
            "artifacts": {
                name: {
                    "artifacts": [
                        {
                            "name": name,
                            "type": definition.get("artifactType", {}),
                            "uri": str(folder / safe_name(name)),
                            "metadata": {},
                        }
                    ]
                }
                for name, definition in outputs.get("artifacts", {}).items()
            },
            "outputFile": str(folder / "executor_output.json"),
        },
    }


def clear_outputs(message: Spec) -> None:
    """Remove what an earlier attempt left, so that it cannot pass for what this one gives."""
    outputs = message["outputs"]
    paths = [outputs["outputFile"]]
    paths += [parameter["outputFile"] for parameter in outputs["parameters"].values()]
    paths += [artifact["uri"] for each in outputs["artifacts"].values() for artifact in each["artifacts"]]
    for path in map(Path, paths):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def read_outputs(component: Spec, message: Spec) -> Values:
    """What the task gave, typed. Raises EditorError for what is missing or of another type."""
    written = _executor_output(Path(message["outputs"]["outputFile"]))
    given = Values()
    definitions: Spec = component.get("outputDefinitions", {})
    for name, definition in definitions.get("parameters", {}).items():
        kind = kind_of(definition)
        value = _written_parameter(name, written, Path(message["outputs"]["parameters"][name]["outputFile"]))
        try:
            given.parameters[name] = typed(value, kind)
        except ValueError as error:
            raise EditorError(f"The output '{name}' is {_shown(value)}; it takes {wanted(kind)}.") from error
    for name in definitions.get("artifacts", {}):
        prepared = message["outputs"]["artifacts"][name]["artifacts"][0]
        listed = _mapping(_mapping(written.get("artifacts")).get(name)).get("artifacts") or [{}]
        given.artifacts[name] = [_merged(prepared, _mapping(item)) for item in listed]
    return given


def _executor_output(path: Path) -> Spec:
    try:
        size = path.stat().st_size
    except OSError:
        return {}
    if size > _MAX_OUTPUT_BYTES:
        raise EditorError(
            f"The task's executor_output.json has {size // 2**20} MB.", hint="Give large data as artifacts."
        )
    try:
        found = json.loads(path.read_bytes() or b"{}")
    except ValueError as error:
        raise EditorError("The task's executor_output.json is no JSON.") from error
    return _mapping(found)


def _written_parameter(name: str, written: Spec, path: Path) -> Json:
    values = _mapping(written.get("parameterValues"))
    if name in values:
        return values[name]
    old = _mapping(_mapping(written.get("parameters")).get(name))
    for key in ("stringValue", "intValue", "doubleValue"):
        if key in old:
            return old[key]
    try:
        if path.stat().st_size > _MAX_OUTPUT_BYTES:
            raise EditorError(f"The output parameter '{name}' is too large.", hint="Give large data as artifacts.")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EditorError(
            f"The task gave no output parameter '{name}'.",
            hint="It must return it, or write it to the file whose path it was given.",
        ) from error


def _merged(prepared: RuntimeArtifact, item: RuntimeArtifact) -> RuntimeArtifact:
    uri = str(item.get("customPath") or item.get("uri") or prepared["uri"])
    return {
        "name": str(item.get("name") or prepared["name"]),
        "type": prepared["type"],
        "uri": uri,
        "metadata": _mapping(item.get("metadata")),
    }


def _mapping(value: Json) -> Spec:
    return value if isinstance(value, dict) else {}


def _shown(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "…"


def local_path(uri: str) -> Path | None:
    """The file or folder that a URI names on this computer, None for a remote one."""
    parts = urlsplit(uri)
    if parts.scheme == "file":
        return Path(unquote(parts.path))
    return Path(uri) if not parts.scheme and uri else None


def as_record(artifact: RuntimeArtifact) -> Artifact:
    """The artifact as events tell it."""
    uri = str(artifact.get("uri", ""))
    path = local_path(uri)
    return Artifact(
        name=str(artifact.get("name", "")),
        type=str(_mapping(artifact.get("type")).get("schemaTitle", "") or "system.Artifact"),
        uri=uri,
        path=str(path) if path is not None and path.exists() else "",
        metadata=_mapping(artifact.get("metadata")),
    )


def as_records(artifacts: Mapping[str, list[RuntimeArtifact]]) -> dict[str, tuple[Artifact, ...]]:
    return {name: tuple(as_record(each) for each in listed) for name, listed in artifacts.items()}


def fingerprint(uri: str) -> str:
    """What the content of a local artifact is known by; a remote one is known by its URI."""
    path = local_path(uri)
    if path is None:
        return f"remote:{uri}"
    if path.is_file():
        return _file_digest(path)
    if not path.is_dir():
        return "absent"
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(path):
        folders.sort()
        for name in sorted(files):
            file = Path(folder) / name
            digest.update(f"{file.relative_to(path)}\0{_file_digest(file)}\0".encode("utf-8", "surrogateescape"))
    return f"folder:{digest.hexdigest()}"


def _file_digest(path: Path) -> str:
    try:
        status = path.stat()
        if status.st_size > _MAX_HASHED_BYTES:
            return f"large:{status.st_size}:{status.st_mtime_ns}"
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "unreadable"
