"""The components that can be used: listed without executing anything, realised in the worker when one is used."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from editor.errors import EditorError
from editor.model.port_types import PortType, why_not
from editor.storage.places import config_folder
from editor.ui.jobs import Jobs
from editor.ui.matching import match_rank
from editor.ui.resources import resource_path
from editor.ui.work import realise_entry
from editor.worker import Worker

if TYPE_CHECKING:
    from editor.catalog import Catalog
    from editor.components import LibraryEntry, LoadError
    from editor.model.fragment import Fragment

BUILT_IN = "Samples"


class ComponentLibrary(Protocol):
    """What the canvas and the panels ask of a library."""

    def entries(self) -> Sequence[LibraryEntry]: ...

    def entry(self, key: str) -> LibraryEntry | None: ...

    def search(
        self, text: str, *, takes: PortType | None = None, gives: PortType | None = None
    ) -> list[LibraryEntry]: ...

    def realise(
        self, entry: LibraryEntry, done: Callable[[Fragment], None], failed: Callable[[EditorError], None]
    ) -> None: ...


class Section:
    """What one source gave at the last reading. `path` is None for the samples that come with the program."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.entries: list[LibraryEntry] = []
        self.errors: list[LoadError] = []

    @property
    def name(self) -> str:
        return BUILT_IN if self.path is None else self.path.name


class Library(QObject):
    """The catalog, read in jobs; what was listed last stays until the next listing is there."""

    changed = Signal()

    def __init__(self, jobs: Jobs, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._worker = worker
        self._opened: Catalog | None = None
        self._fragments: dict[tuple[str, str], Fragment] = {}
        self._entries: tuple[LibraryEntry, ...] = ()
        self._errors: tuple[LoadError, ...] = ()
        self.is_reading = False

    @property
    def _catalog(self) -> Catalog:
        """Loaded, with all that reads components, when the library is first read: after the window's first frame."""
        if self._opened is None:
            from editor.catalog import Catalog

            self._opened = Catalog(config_folder(), samples=resource_path("samples"))
        return self._opened

    def reload(self) -> None:
        """Read every source again."""
        self.is_reading = True
        self.changed.emit()
        self._jobs.latest("library", self._catalog.reload, done=self._on_read, failed=self._on_failed, owner=self)

    def add(self, paths: Sequence[Path]) -> None:
        """Remember folders and files, and read them. Raises EditorError if one is not there."""
        self._catalog.add(paths)
        self.reload()

    def remove(self, path: Path) -> None:
        self._catalog.remove(path)
        self.reload()

    def sections(self) -> list[Section]:
        """The sources with what they hold, the samples last."""
        if self._opened is None:
            return []
        from editor.catalog import SAMPLES

        found = [Section(path) for path in self._catalog.sources] + [Section(None)]
        for entry in sorted(self._entries, key=lambda each: each.name.casefold()):
            self._section_of(found, entry.path, entry.origin.source == SAMPLES).entries.append(entry)
        samples = str(resource_path("samples"))
        for error in self._errors:
            self._section_of(found, error.origin, error.origin.startswith(samples)).errors.append(error)
        return [section for section in found if section.path is not None or section.entries or section.errors]

    def entries(self) -> Sequence[LibraryEntry]:
        return self._entries

    def entry(self, key: str) -> LibraryEntry | None:
        return self._catalog.entry(key)

    def search(self, text: str, *, takes: PortType | None = None, gives: PortType | None = None) -> list[LibraryEntry]:
        """Entries that answer to `text`, best first; only those with an input for `takes`, an output for `gives`."""
        scored: list[tuple[tuple[int, int], str, LibraryEntry]] = []
        for entry in self._entries:
            if takes is not None and all(why_not(takes, each.type) for each in entry.inputs):
                continue
            if gives is not None and all(why_not(each.type, gives) for each in entry.outputs):
                continue
            rank = match_rank(text, entry.name, entry.description)
            if rank is not None:
                scored.append((rank, entry.name.casefold(), entry))
        return [entry for _rank, _name, entry in sorted(scored, key=lambda each: each[:2])]

    def realise(
        self, entry: LibraryEntry, done: Callable[[Fragment], None], failed: Callable[[EditorError], None]
    ) -> None:
        """Give what a document embeds; a Python component is evaluated in the worker, the first time only."""
        key = (entry.key, entry.digest)
        known = self._fragments.get(key)
        if known is not None:
            done(known)
            return

        def keep(fragment: Fragment) -> None:
            self._fragments[key] = fragment
            done(fragment)

        self._jobs.run(realise_entry, entry, self._worker, done=keep, failed=failed, owner=self)

    def favourites(self) -> list[LibraryEntry]:
        return [entry for entry in self._entries if self._catalog.is_favourite(entry.key)]

    def is_favourite(self, entry: LibraryEntry) -> bool:
        return self._catalog.is_favourite(entry.key)

    def set_favourite(self, entry: LibraryEntry, *, favourite: bool) -> None:
        self._catalog.set_favourite(entry.key, favourite=favourite)
        self.changed.emit()

    def _section_of(self, sections: list[Section], file: str, is_sample: bool) -> Section:
        """The innermost source in which a file lies, or which it is."""
        if is_sample:
            return sections[-1]
        within = [each for each in sections[:-1] if f"{file}{os.sep}".startswith(f"{each.path}{os.sep}")]
        return max(within, key=lambda each: len(str(each.path)), default=sections[-1])

    def _on_read(self, _nothing: None) -> None:
        self.is_reading = False
        self._entries, self._errors = self._catalog.entries, self._catalog.errors
        self.changed.emit()

    def _on_failed(self, error: EditorError) -> None:
        self.is_reading = False
        self._jobs.refused.emit(error)
        self.changed.emit()
