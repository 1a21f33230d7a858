"""Results of tasks kept between runs, by what the task is and what it was given; checked again before they are used."""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

import msgspec

from editor.backends.local.artifacts import Spec, Values, fingerprint, local_path
from editor.backends.local.folders import safe_name

# Larger results are used where the earlier run left them.
_MAX_COPIED_BYTES = 256 * 2**20
_LAYOUT = 1


class _Entry(msgspec.Struct):
    parameters: dict[str, Any]
    artifacts: dict[str, list[dict[str, Any]]]
    fingerprints: dict[str, str]


class TaskCache:
    """Entries under one folder, a small JSON file each; the artifacts stay in the folder of the run that made them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def key(self, component: Spec, executor: Spec, inputs: Values, *, custom: str, python: str) -> str:
        """`custom` is the task's own cache key: it then stands for the inputs, as on a cluster."""
        described: Spec = {
            "layout": _LAYOUT,
            "executor": {name: executor.get(name) for name in ("image", "command", "args", "env")},
            "outputs": component.get("outputDefinitions", {}),
            "python": python,
            "custom": custom,
        }
        if not custom:
            described["parameters"] = inputs.parameters
            described["artifacts"] = {
                name: [
                    [artifact.get("type"), artifact.get("metadata"), fingerprint(str(artifact.get("uri", "")))]
                    for artifact in artifacts
                ]
                for name, artifacts in inputs.artifacts.items()
            }
        return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()

    def find(self, key: str, folder: Path) -> Values | None:
        """The kept result, its artifacts copied into `folder`; None if there is none, or its files are not the same."""
        try:
            entry = msgspec.json.decode((self.folder / f"{key}.json").read_bytes(), type=_Entry)
        except (OSError, msgspec.MsgspecError):
            return None
        uris = [str(artifact.get("uri", "")) for listed in entry.artifacts.values() for artifact in listed]
        if any(fingerprint(uri) != entry.fingerprints.get(uri) for uri in uris):
            return None
        copies: dict[str, list[Spec]] = {}
        taken: set[str] = set()
        for name, listed in entry.artifacts.items():
            for artifact in listed:
                # The file keeps its name, which a program may go by, unless another output has it already.
                file = safe_name(Path(str(artifact.get("uri", ""))).name)
                file = f"{safe_name(name)}-{len(taken)}" if file in taken else file
                taken.add(file)
                copies.setdefault(name, []).append(_copied(artifact, folder / file))
        return Values(entry.parameters, copies)

    def keep(self, key: str, given: Values) -> None:
        """A cache that cannot be written (a full disk, a read-only folder) is no reason for a task to fail."""
        uris = {str(artifact.get("uri", "")) for listed in given.artifacts.values() for artifact in listed}
        prints = {uri: fingerprint(uri) for uri in uris}
        entry = _Entry(given.parameters, given.artifacts, prints)
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = self.folder / f"{key}.{secrets.token_hex(4)}.new"
            temporary.write_bytes(msgspec.json.encode(entry))
            os.replace(temporary, self.folder / f"{key}.json")


def _copied(artifact: Spec, target: Path) -> Spec:
    source = local_path(str(artifact.get("uri", "")))
    if source is None or source == target or _size(source) > _MAX_COPIED_BYTES:
        return artifact
    try:
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy2(source, target)
    except OSError:
        return artifact
    return {**artifact, "uri": str(target)}


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
