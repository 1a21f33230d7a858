"""The listing as JSON: what `pipeloom components --json` prints."""

from collections.abc import Iterable

from editor.components.entries import LibraryEntry, LoadError
from editor.model import Input, Json, Origin


def as_json(entries: Iterable[LibraryEntry], errors: Iterable[LoadError]) -> dict[str, Json]:
    """`{"components": […], "errors": […]}`; `default` is null for an input that has none."""
    return {
        "components": [
            {
                "name": entry.name,
                "kind": entry.kind,
                "inputs": [_input(port) for port in entry.inputs],
                "outputs": [{"name": port.name, "type": str(port.type)} for port in entry.outputs],
                "digest": entry.digest,
                "origin": origin_text(entry.origin),
            }
            for entry in entries
        ],
        "errors": [{"origin": error.origin, "message": error.message, "hint": error.hint} for error in errors],
    }


def origin_text(origin: Origin) -> str:
    """Where a component came from, in one line: `folder/file.py#function`."""
    source = origin.source.rstrip("/")
    return origin.location if source in ("", ".") else f"{source}/{origin.location}"


def _input(port: Input) -> dict[str, Json]:
    return {
        "name": port.name,
        "type": str(port.type),
        "optional": not port.is_required,
        "default": None if port.default is None else port.default.value,
    }
