"""Edits since the last save, written beside the document as they happen, so that a crash loses nothing.

A journal is JSON lines: a header that says which saved state it starts from, then one Edit a line. Undo appends the
inverse edit. Lines go to the system at once (they survive the program) and to the disk every SYNC_EVERY_S seconds at
most (they survive a power cut).
"""

import contextlib
import hashlib
import os
import time
import weakref
from collections.abc import Callable, Generator
from pathlib import Path
from typing import BinaryIO

import msgspec

from editor.errors import EditorError
from editor.model import ROOT, Document, DocumentView, Edit, Entity, Pipeline, StaleEdit
from editor.storage import locks
from editor.storage.documents import load_document
from editor.storage.integrity import assemble
from editor.storage.places import data_folder

JOURNAL_FORMAT = 1
SYNC_EVERY_S = 2.0

_ENCODER = msgspec.json.Encoder()


class _Header(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`digest` is that of the saved file. `base` is the state to start from where it is not what the file holds: the
    document was never saved, or was recovered, or edited while it was being saved.
    """

    journal: int
    path: str = ""
    digest: str = ""
    base: list[Entity] | None = None


class JournalRecovery(msgspec.Struct, frozen=True):
    """A document with its unsaved edits made again. `is_complete` is False if the journal's end did not fit."""

    document: Document
    path: Path | None
    edits: int
    is_complete: bool


class _HeldElsewhere(EditorError):
    """A window that is still open has the journal."""


class FoundJournal:
    """The journal of a document that was never saved, and what it holds; no other window takes it meanwhile.

    Dropped without `take`, it is let go and stays for the next start.
    """

    def __init__(self, location: Path, file: BinaryIO, recovery: JournalRecovery) -> None:
        self.location = location
        self.recovery = recovery
        self._file = file
        self._let_go = weakref.finalize(self, file.close)

    def take(self) -> "Journal":
        """Go on with it: what is edited from now on comes after what it holds, and nothing of that is written anew."""
        self._let_go.detach()
        return Journal(self.location, self._file)


class Journal:
    """The open journal of one document; connect `append` to `document.changed`."""

    def __init__(self, location: Path, file: BinaryIO) -> None:
        self.location = location
        self._file = file
        self._synced_at = time.monotonic()
        self._is_closed = False
        self.elsewhere: Callable[[Callable[[], None]], object] | None = None
        """Set by a window: does on another thread what waits for the disk, and hears of an EditorError."""

    @classmethod
    def for_file(cls, path: Path, base: DocumentView | None = None) -> "Journal":
        """Start the journal of the document saved at `path`, forgetting an older one (recover that first).

        `base` is the document where it is not what the file holds: all of it is then kept. Raises EditorError if
        another window has the document open.
        """
        path = Path(os.path.realpath(path))
        return cls._start(_writable_place(path), _header_for(path, base))

    @classmethod
    def for_unsaved(cls, view: DocumentView, name: str) -> "Journal":
        """Start the journal of a document that has no file yet, in the data folder; `name` tells several apart."""
        folder = data_folder() / "unsaved"
        with _told(folder):
            folder.mkdir(exist_ok=True)
        header = _Header(journal=JOURNAL_FORMAT, base=list(view.entities.values()))
        try:
            return cls._start(folder / f"{name}.journal", header)
        except _HeldElsewhere:
            # Nobody else writes under this name: a window that tidies looks at what was made a moment ago, and empty.
            return cls.for_unsaved(view, f"{name}-2")

    @classmethod
    def _start(cls, location: Path, header: _Header) -> "Journal":
        with _told(location):
            file = open(location, "ab")  # noqa: SIM115 it stays open as long as the document
            try:
                if not _hold(file, location):
                    file.close()
                    return cls._start(location, header)
                file.truncate(0)
                file.write(_ENCODER.encode(header) + b"\n")
                file.flush()
            except BlockingIOError:
                file.close()
                raise _HeldElsewhere(
                    f"'{header.path or location.stem}' is open in another window.",
                    hint="Work there, or save a copy under another name.",
                ) from None
            except BaseException:
                file.close()
                raise
        return cls(location, file)

    def append(self, edit: Edit) -> None:
        """Add one applied edit. Raises EditorError if the disk does not take it: the document itself is unharmed."""
        if self._is_closed:
            return
        with _told(self.location):
            try:
                line = _ENCODER.encode(edit)
            except UnicodeEncodeError:
                return
            self._file.write(line + b"\n")
            self._file.flush()
        if time.monotonic() - self._synced_at >= SYNC_EVERY_S:
            self._sync_elsewhere()

    def _sync_elsewhere(self) -> None:
        """As `sync`, without waiting: disks take from a millisecond to a second.

        What is on its way to the disk stays in order, for the lines are the system's already; and the file may be
        closed meanwhile.
        """
        if self.elsewhere is None or not locks.can_remove_open_files():  # else it may be open when it is to be removed
            self.sync()
            return
        self._synced_at = time.monotonic()
        location = self.location
        with _told(location):
            file = os.dup(self._file.fileno())

        def work() -> None:
            try:
                with _told(location):
                    os.fsync(file)
            finally:
                os.close(file)

        self.elsewhere(work)

    def sync(self) -> None:
        """Have the disk hold everything appended so far."""
        with _told(self.location):
            os.fsync(self._file.fileno())
        self._synced_at = time.monotonic()

    def restart(self, path: Path, base: DocumentView | None = None) -> None:
        """The document was saved to `path` (the same file or another): begin anew from there, `base` as in for_file."""
        path = Path(os.path.realpath(path))
        if self.location not in _places(path):
            fresh = Journal.for_file(path, base)
            self.discard()
            self.location, self._file, self._is_closed = fresh.location, fresh._file, False
            return
        header = _header_for(path, base)
        with _told(self.location):
            self._file.truncate(0)
            self._file.write(_ENCODER.encode(header) + b"\n")
            self._file.flush()

    def close(self) -> None:
        """Stop writing but keep the file, to be recovered later."""
        if not self._is_closed:
            self._is_closed = True
            with contextlib.suppress(OSError):
                locks.unlock(self._file)  # what still waits for the disk has it open too
            with contextlib.suppress(OSError):
                self._file.close()

    def discard(self) -> None:
        """The document was closed in peace: there is nothing to recover."""
        _remove(self.location, self.close)


def journal_path(path: Path) -> Path:
    """Where the journal of the document at `path` lies."""
    return path.with_name(f".{path.name}.journal")


def _kept_apart(path: Path) -> Path:
    """Where the journal of a document lies whose own folder may not be written."""
    name = hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return data_folder() / "journals" / f"{name}.journal"


def _places(path: Path) -> tuple[Path, Path]:
    return journal_path(path), _kept_apart(path)


def _writable_place(path: Path) -> Path:
    beside, apart = _places(path)
    try:
        with open(beside, "ab"):
            return beside
    except OSError:
        with _told(apart):
            apart.parent.mkdir(exist_ok=True)
        return apart


def remove_empty_journals() -> None:
    """Forget the journals of unsaved documents in which nothing was ever done; what a window writes now stays."""
    for location in unsaved_journals():
        with contextlib.suppress(OSError), open(location, "rb+") as file:
            if not _hold(file, location):
                continue
            lines = file.read().splitlines()
            header = _read_header(lines[0]) if lines else None
            is_blank = header is not None and header.base is not None and len(header.base) <= 1
            if not lines or (is_blank and len(lines) == 1):
                _remove(location, file.close)


def _remove(location: Path, close: Callable[[], object]) -> None:
    """Remove a file and then close it, so that no other window can take it in between; on Windows once it is closed."""
    with contextlib.suppress(OSError):
        location.unlink()
    close()
    if not locks.can_remove_open_files():
        with contextlib.suppress(OSError):
            location.unlink()


def _hold(file: BinaryIO, location: Path) -> bool:
    """Lock an open journal as long as it is open; False if it was removed meanwhile, and another may lie there.

    Raises BlockingIOError if a window that is still open holds it.
    """
    locks.lock(file)
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(location))
    except FileNotFoundError:
        return False


def unsaved_journals() -> tuple[Path, ...]:
    """Journals of documents that were never saved and were not closed in peace."""
    folder = data_folder() / "unsaved"
    return tuple(sorted(folder.glob("*.journal"))) if folder.is_dir() else ()


def find_unsaved(location: Path) -> FoundJournal | None:
    """What a journal of a document that was never saved holds; None as for `recover_journal`.

    Lines at its end that do not fit are cut off, so that one can go on with it.
    """
    try:
        descriptor = os.open(location, os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    file = open(descriptor, "ab+")  # noqa: SIM115 it stays open as long as somebody holds it
    found: FoundJournal | None = None
    try:
        if _hold(file, location):
            file.seek(0)
            lines = file.read().splitlines(keepends=True)
            recovery = _recovered(lines, location, location)
            if recovery is not None:
                if not recovery.is_complete or not lines[-1].endswith(b"\n"):
                    _cut(file, lines[: recovery.edits + 1])
                found = FoundJournal(location, file, recovery)
    except OSError:
        found = None
    finally:
        if found is None:
            file.close()
    return found


def _cut(file: BinaryIO, lines: list[bytes]) -> None:
    """Leave these first lines of a file, the last of them ended."""
    file.truncate(sum(map(len, lines)))
    if not lines[-1].endswith(b"\n"):
        file.write(b"\n")
        file.flush()


def recover_journal(path: Path) -> JournalRecovery | None:
    """The document at `path` (or of an unsaved journal at `path`) with the edits that were not saved.

    None if there is no journal, none of its edits is readable, it belongs to another state of the file, or a window
    that is still open is writing it.
    """
    path = Path(os.path.realpath(path))
    if path.suffix == ".journal":
        return _recover(path, path)
    found = (_recover(path, location) for location in _places(path))
    return next((each for each in found if each is not None), None)


def _recover(path: Path, location: Path) -> JournalRecovery | None:
    try:
        with open(location, "rb") as file:
            locks.lock(file, is_shared=True)
            lines = file.read().splitlines()
    except (OSError, ValueError):
        return None
    return _recovered(lines, path, location)


def _recovered(lines: list[bytes], path: Path, location: Path) -> JournalRecovery | None:
    """What the lines of a journal make of the document at `path`."""
    header = _read_header(lines[0]) if lines else None
    document = _start_of(header, path, is_saved=path != location) if header is not None else None
    if header is None or document is None:
        return None
    decoder = msgspec.json.Decoder(Edit)
    done, is_complete = 0, True
    for line in lines[1:]:
        try:
            edit = decoder.decode(line)
            if any(change.id == ROOT and not isinstance(change.after, Pipeline) for change in edit.changes):
                is_complete = False  # nothing could show a document without its main pipeline, nor what comes after
                break
            document.apply(edit)
            done += 1
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, StaleEdit, KeyError):
            is_complete = False
            break
    # One with its contents in the journal (imported, or recovered before) is unsaved as a whole.
    came_with_contents = header.base is not None and len(document.entities) > 1
    if not done and not came_with_contents:
        return None
    return JournalRecovery(document, None if path == location else path, done, is_complete)


def _header_for(path: Path, base: DocumentView | None) -> _Header:
    entities = None if base is None else list(base.entities.values())
    return _Header(journal=JOURNAL_FORMAT, path=str(path), digest=_digest(path), base=entities)


def _read_header(line: bytes) -> _Header | None:
    try:
        header = msgspec.json.decode(line, type=_Header)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return header if header.journal == JOURNAL_FORMAT else None


def _start_of(header: _Header, path: Path, *, is_saved: bool) -> Document | None:
    """The document that the journal's edits were made on; None if the file has another state by now."""
    if is_saved and header.digest != _digest(path):
        return None
    try:
        if header.base is not None:
            # The journal lies beside the document and may come from a stranger as that does: mended, not trusted.
            return Document(assemble(header.base, path.stem)[0])
        return load_document(path)
    except (ValueError, EditorError):
        return None


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


@contextlib.contextmanager
def _told(location: Path) -> Generator[None, None, None]:
    """Turn what the disk refuses into words."""
    try:
        yield
    except OSError as error:
        raise EditorError(
            f"The journal '{location.name}' could not be written: {error.strerror}.",
            hint="Unsaved changes are not protected against a crash until this is mended; save often.",
        ) from error
