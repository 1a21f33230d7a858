"""What a task of a local run was given: read from the message that it got, which stays in its folder."""

from pathlib import Path
from typing import Any

import msgspec

from editor.runs.run import Artifact, Json

MESSAGE_FILE = "executor_input.json"
MOST_BYTES = 16 * 2**20


class Given(msgspec.Struct, frozen=True):
    """Inputs by name."""

    parameters: dict[str, Json] = {}
    artifacts: dict[str, tuple[Artifact, ...]] = {}


def given_to(folder: Path) -> Given:
    """The inputs of the task whose folder this is; nothing where it left no message (skipped, run elsewhere)."""
    path = folder / MESSAGE_FILE
    try:
        if path.stat().st_size > MOST_BYTES:
            return Given()
        inputs = msgspec.json.decode(path.read_bytes(), type=_Message).inputs
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Given()
    artifacts = {name: tuple(_artifact(each) for each in given.artifacts) for name, given in inputs.artifacts.items()}
    return Given(inputs.parameterValues, artifacts)


class _Artifacts(msgspec.Struct):
    artifacts: list[dict[str, Any]] = []


class _Inputs(msgspec.Struct):
    parameterValues: dict[str, Any] = {}  # noqa: N815 the message's own name
    artifacts: dict[str, _Artifacts] = {}


class _Message(msgspec.Struct):
    inputs: _Inputs = msgspec.field(default_factory=_Inputs)


def _artifact(given: dict[str, Any]) -> Artifact:
    kind, metadata, uri = given.get("type"), given.get("metadata"), given.get("uri")
    title = kind.get("schemaTitle") if isinstance(kind, dict) else None
    place = uri if isinstance(uri, str) else ""
    return Artifact(
        name=str(given.get("name", "")),
        type=title if isinstance(title, str) else "system.Artifact",
        uri=place,
        path=place if "://" not in place else "",
        metadata=metadata if isinstance(metadata, dict) else {},
    )
