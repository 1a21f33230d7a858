"""The catalog: which folders and files the library reads, what they hold, and which components are favourites."""

import contextlib
import logging
import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from editor.components import LibraryEntry, LoadError, list_components
from editor.errors import EditorError

log = logging.getLogger(__name__)

SAMPLES = "samples"
"""The name of the source that comes with the program; a document names it instead of a folder of this machine."""
_FILE = "catalog.json"


class _Remembered(msgspec.Struct, omit_defaults=True):
    sources: list[str] = []
    favourites: list[str] = []


class Catalog:
    """Sources (folders and files) and favourites, kept in `catalog.json` in a folder; entries as last read.

    Nothing is read before `reload`, which may run on another thread than the rest: it gives its result in one step.
    A settings file that cannot be read counts as none, and is kept beside under another name.
    """

    def __init__(self, config_dir: Path, *, samples: Path | None = None) -> None:
        self._file = config_dir / _FILE
        self._samples = samples
        remembered = self._read()
        self._sources = [Path(source) for source in remembered.sources]
        self._favourites = set(remembered.favourites)
        self._entries: dict[str, LibraryEntry] = {}
        self._errors: tuple[LoadError, ...] = ()

    @property
    def sources(self) -> tuple[Path, ...]:
        """What was added, in that order; the samples come besides."""
        return tuple(self._sources)

    @property
    def entries(self) -> tuple[LibraryEntry, ...]:
        """Every component that the last `reload` found, favourites first, then by name."""
        return tuple(
            sorted(self._entries.values(), key=lambda entry: (entry.key not in self._favourites, entry.name.casefold()))
        )

    @property
    def errors(self) -> tuple[LoadError, ...]:
        return self._errors

    def entry(self, key: str) -> LibraryEntry | None:
        return self._entries.get(key)

    def add(self, paths: Iterable[Path]) -> None:
        """Remember folders and files, each once. Raises EditorError if one is not there; then none is added."""
        added: list[Path] = []
        for path in paths:
            absolute = Path(os.path.abspath(path))
            if not absolute.exists():
                raise EditorError(f"'{path}' is not there.", hint="Name a folder or a file with components.")
            if absolute not in (*self._sources, *added):
                added.append(absolute)
        if added:
            self._sources += added
            self._write()

    def remove(self, path: Path) -> None:
        """Forget a source; its files stay as they are, and so does what documents have embedded."""
        if path in self._sources:
            self._sources.remove(path)
            self._write()

    def is_favourite(self, key: str) -> bool:
        return key in self._favourites

    def set_favourite(self, key: str, *, favourite: bool) -> None:
        if favourite != (key in self._favourites):
            self._favourites.symmetric_difference_update({key})
            self._write()

    def reload(self) -> None:
        """Read every source again. One that is gone becomes an error; it stays remembered (a drive may come back)."""
        entries: dict[str, LibraryEntry] = {}
        errors: list[LoadError] = []
        if self._samples is not None and self._samples.is_dir():
            found, broken = list_components([self._samples])
            for entry in found:
                builtin = _from_samples(entry)
                entries[builtin.key] = builtin
            errors += broken
        for source in self._sources:
            if not source.exists():
                errors.append(
                    LoadError(str(source), f"'{source}' is not there any more.", "Bring it back, or remove the source.")
                )
        found, broken = list_components([source for source in self._sources if source.exists()])
        entries.update((entry.key, entry) for entry in found)
        self._entries, self._errors = entries, (*errors, *broken)

    def _read(self) -> _Remembered:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Remembered)
        except FileNotFoundError:
            return _Remembered()
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            log.info("The catalog's settings are not readable, and start anew: %s", error)
            with contextlib.suppress(OSError):
                self._file.replace(self._file.with_suffix(".unreadable.json"))
            return _Remembered()

    def _write(self) -> None:
        remembered = _Remembered([str(source) for source in self._sources], sorted(self._favourites))
        content = msgspec.json.format(msgspec.json.encode(remembered)) + b"\n"
        beside = self._file.with_name(f".{_FILE}.{secrets.token_hex(4)}.tmp")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                beside.write_bytes(content)
                beside.replace(self._file)
            finally:
                beside.unlink(missing_ok=True)
        except OSError as error:
            raise EditorError(
                f"The library's sources could not be remembered: {error.strerror or error}.",
                hint=f"See that '{self._file.parent}' can be written.",
            ) from error


def _from_samples(entry: LibraryEntry) -> LibraryEntry:
    """The entry under names that are the same on every machine."""
    origin = msgspec.structs.replace(entry.origin, source=SAMPLES)
    return msgspec.structs.replace(entry, key=f"{SAMPLES}/{origin.location}", origin=origin)


def search(entries: Sequence[LibraryEntry], text: str) -> list[LibraryEntry]:
    """The entries that hold each word of `text` in name, description, file or ports; names that begin so come first."""
    words = text.casefold().split()
    ranked: list[tuple[int, LibraryEntry]] = []
    for entry in entries:
        name = entry.name.casefold()
        plain = name.replace("-", " ").replace("_", " ")
        ports = " ".join(port.name for port in (*entry.inputs, *entry.outputs))
        everything = f"{name} {plain} {entry.description} {entry.origin.location} {ports}".casefold()
        if all(word in everything for word in words):
            first = words[0] if words else ""
            rank = 0 if name.startswith(first) else 1 if first in plain else 2
            ranked.append((rank, entry))
    return [entry for _, entry in sorted(ranked, key=lambda pair: pair[0])]
