"""Opening, saving, recovering and reloading documents, with the file work off the GUI thread."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from editor.errors import EditorError
from editor.model import ROOT, Change, Document, DocumentView, Edit, Pipeline, Snapshot
from editor.model.edit import same
from editor.storage.documents import encode_document, load_document, recover_document
from editor.storage.documents import save_document as write_document
from editor.storage.endings import DOCUMENT_ENDING, is_document, is_package
from editor.storage.journal import FoundJournal, find_unsaved, recover_journal, remove_empty_journals, unsaved_journals
from editor.storage.recent import forget_recent, remember_recent
from editor.ui.ask import Ask
from editor.ui.file_messages import FileMessages
from editor.ui.garbage import collect, collect_as_usual, collect_seldom, collecting_later, spare, spare_large
from editor.ui.jobs import Job, Jobs
from editor.ui.notify import Notifier
from editor.ui.resources import is_shipped
from editor.ui.work import arrange, import_package, read_package

if TYPE_CHECKING:
    from editor.storage.journal import Journal
    from editor.ui.canvas.columns import Columns
    from editor.ui.emptying import Emptying
    from editor.ui.page import DocumentPage
    from editor.ui.session import Session

DOCUMENT_FILTER = f"Pipeloom document (*{DOCUMENT_ENDING})"
OPEN_FILTERS = (
    "Pipelines (*.pipeloom *.yaml *.yml *.json *.tar.gz *.tgz *.zip)",
    DOCUMENT_FILTER,
    "KFP package (*.yaml *.yml *.json *.tar.gz *.tgz *.zip)",
    "All files (*)",
)
SHOWN_BY = (
    "editor.ui.page",
    "editor.ui.canvas.gestures.dispatch",
    "editor.ui.panels.inspector.groups",
    "editor.ui.panels.inspector.pipeline",
    "editor.ui.panels.inspector.several",
    "editor.ui.panels.inspector.task",
)
"""What shows a document, and some 100 modules with it: to load them takes half a second on a slow machine."""
WATCH_DELAY_MS = 200
"""Programs write a file in several steps; it is looked at when they have had time to finish."""
SAVE_AGAIN_MS = 20
TIDY_DELAY_MS = 1000
"""After a document was closed, it is emptied when the person has had time to look at what is in front."""
COLLECTED_AFTER = 8
"""Closed documents, emptied: 2 MB are left of each, and to look for them stops the window 50 to 150 ms."""


class Loaded(msgspec.Struct, frozen=True):
    """What came of reading a file. `path` None: it must be saved under a name first. `notes` are told to the person.

    `copy_of` is the title of a copy of what came with the program; it needs no saving while nobody has changed it.
    """

    document: Document
    path: Path | None
    notes: tuple[str, ...] = ()
    recovered_edits: int = 0
    copy_of: str = ""
    scene: Columns | None = None
    """The main pipeline as a canvas draws it."""

    @property
    def is_unsaved(self) -> bool:
        """Whether the file does not hold this."""
        return (self.path is None and not self.copy_of) or self.recovered_edits > 0 or bool(self.notes)


@collecting_later()
def load(path: Path) -> Loaded:
    """Read a document, with its unsaved edits if the last session ended badly, or import a package. Runs in a job."""
    if is_package(path):
        return import_file(path)
    if is_shipped(path):
        return _ready(load_document(path), None, copy_of=path.stem)
    recovery = recover_journal(path)
    if recovery is not None:
        return _ready(recovery.document, path, recovered_edits=max(1, recovery.edits))
    return _ready(load_document(path), path)


def _ready(
    document: Document, path: Path | None, *, notes: tuple[str, ...] = (), recovered_edits: int = 0, copy_of: str = ""
) -> Loaded:
    """All that can be made of a document beforehand is made here, in the job.

    Else the first look, edit, wire and search would each stop the window a moment. And all of it is put out of the
    garbage collector's sight.
    """
    from editor.ui.canvas.columns import Columns

    for name in SHOWN_BY:
        import_module(name)
    document.warm()
    scene = Columns(document, ROOT)
    spare()
    return Loaded(document, path, notes, recovered_edits, copy_of, scene)


class Found(NamedTuple):
    """A document that was never saved, out of the journal that goes on with it."""

    journal: FoundJournal
    loaded: Loaded


def unsaved_documents() -> Iterator[Found]:
    """The documents that were never saved when the program ended badly. Walked on the stream's thread."""
    remove_empty_journals()
    for location in unsaved_journals():
        found = _found(location)
        if found is not None:
            yield found


@collecting_later()
def _found(location: Path) -> Found | None:
    journal = find_unsaved(location)
    return Found(journal, _ready(journal.recovery.document, None)) if journal is not None else None


@collecting_later()
def import_file(path: Path) -> Loaded:
    """A KFP package as a document, laid out. Runs in a job."""
    document = Document(import_package(read_package(path)))
    for pipeline in list(document.pipelines()):
        document.apply(arrange(document, pipeline.id))
    return _ready(document, None)


@collecting_later()
def repair(path: Path) -> Loaded:
    """What is readable of a damaged document. Runs in a job."""
    recovered = recover_document(path)
    return _ready(recovered.document, path, notes=recovered.repairs)


def save(snapshot: Snapshot, path: Path) -> str:
    """Write the document; the file's digest. Runs in a job."""
    write_document(snapshot, path)
    return hashlib.sha256(encode_document(snapshot)).hexdigest()


def difference(before: DocumentView, after: DocumentView, label: str) -> Edit:
    """The edit that makes the one document of the other."""
    ids = dict.fromkeys((*before.entities, *after.entities))
    changes = (Change(each, before.get(each), after.get(each)) for each in ids)
    return Edit(label, tuple(change for change in changes if not same(change.before, change.after)))


def open_or_list(path: Path, jobs: Jobs, *, package: Callable[[Path], object], other: Callable[[Path], object]) -> None:
    """A KFP package is opened; what is not one (a component's YAML) goes to the library, which says what is wrong."""
    jobs.run(read_package, path, done=lambda _raw: package(path), failed=lambda _error: other(path))


class Files(QObject):
    """Gives sessions for files. `opened` hands over a session that nobody shows yet."""

    opened = Signal(object)
    added_to_library = Signal(object)
    recent_changed = Signal()

    def __init__(self, jobs: Jobs, notifier: Notifier, ask: Ask, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._notifier = notifier
        self._ask = ask
        self._sessions: list[Session] = []
        self._messages = FileMessages(notifier, self)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._on_file_changed)
        self._saving: set[str] = set()
        self._recovering: Job | None = None
        self._tidy = QTimer(self)
        self._tidy.setSingleShot(True)
        self._emptying: Emptying | None = None
        self._emptied = 0
        self._tidy.timeout.connect(self._on_tidy_timeout)

    def new(self) -> Session:
        """An empty document."""
        return self.adopt(Document.empty(), None)

    def open(self, path: Path) -> None:
        """Open a document or package; `opened` follows, or a message saying why not."""
        path = path.absolute()

        def failed(error: EditorError) -> None:
            forget_recent(path)
            self.recent_changed.emit()
            bar = self._notifier.error(error, about=str(path))
            if is_document(path) and path.exists() and "newer" not in error.message:
                bar.add_action("Recover what is readable", lambda: self._repair(path))

        self._jobs.run(load, path, done=lambda loaded: self._on_loaded(loaded, path), failed=failed, owner=self)

    def import_package(self, path: Path) -> None:
        self._jobs.run(
            import_file,
            path,
            done=lambda loaded: self._on_loaded(loaded, path),
            failed=self._notifier.error,
            owner=self,
        )

    def open_read_only(self, path: Path, title: str, *, then: Callable[[Session], object]) -> None:
        """Open a run's package to look at; it becomes a document to work on when it is saved under a name."""

        def done(loaded: Loaded) -> None:
            session = self.adopt(loaded.document, None, read_only=True)
            session.title = title
            session.scene = loaded.scene
            self.opened.emit(session)
            then(session)

        self._jobs.run(import_file, path, done=done, failed=self._notifier.error, owner=self)

    def recover_unsaved(self, *, then: Callable[[], object] = lambda: None) -> None:
        """Bring back documents that were never saved when the program ended badly; `then` follows in any case."""

        def failed(error: EditorError) -> None:
            self._notifier.error(error)
            then()

        self._recovering = self._jobs.stream(
            unsaved_documents, each=self._on_found, done=lambda _nothing: then(), failed=failed, owner=self
        )

    def stop_recovering(self) -> None:
        """The window closes: what has not come back yet stays for the next start."""
        if self._recovering is not None:
            self._recovering.cancel()

    def let_go(self) -> None:
        """The program ends: what is still open was not closed in peace, and comes back at the next start."""
        for session in self._sessions:
            session.let_go()

    def _on_found(self, found: Found) -> None:
        document = found.loaded.document
        session = self.adopt(document, None, journal=found.journal.take())
        session.scene = found.loaded.scene
        session.require_save()
        self._messages.tell_back(session)
        self.opened.emit(session)

    def save(self, session: Session, *, then: Callable[[], object] | None = None) -> None:
        """Save where it was, asking for a name the first time. `then` follows only if it was saved."""
        if session.path is None or session.is_read_only:
            self.save_as(session, then=then)
        else:
            self._write(session, session.path, then)

    def save_as(self, session: Session, *, then: Callable[[], object] | None = None) -> None:
        suggestion = session.path or Path.home() / f"{session.document.root.name}{DOCUMENT_ENDING}"

        def answered(path: Path | None) -> None:
            if path is not None:
                self._write(session, path if path.suffix else path.with_suffix(DOCUMENT_ENDING), then)

        self._ask.save_file("Save the document", [DOCUMENT_FILTER], suggestion, answered)

    def release(self, session: Session, pages: Collection[DocumentPage] = ()) -> None:
        """The session's last page was closed; `pages` are all that it had."""
        from editor.ui.emptying import Emptying

        if session in self._sessions:
            self._sessions.remove(session)
        self._messages.forget(session)
        if session.path is not None:
            self._watcher.removePath(str(session.path))
        session.close()
        collect_as_usual()
        if self._emptying is None:
            self._emptying = Emptying(self, self._on_emptied)
        parts: list[object] = []
        for page in pages:
            view, scene = page.view, page.view.columns
            parts += [scene, scene.wires, view, page]
        self._emptying.put(session, parts)
        session.deleteLater()
        self._tidy.start(TIDY_DELAY_MS)

    def _on_emptied(self) -> None:
        self._emptied += 1
        if self._emptied % COLLECTED_AFTER == 0:
            collect()

    def _on_tidy_timeout(self) -> None:
        if self._emptying is not None:
            self._emptying.start()

    def session_of(self, path: Path) -> Session | None:
        """The session in which a file is open."""
        wanted = path.resolve()
        if is_shipped(wanted):
            copies = (each for each in self._sessions if each.path is None and each.title == path.stem)
            return next((each for each in copies if not each.is_dirty), None)
        return next((each for each in self._sessions if each.path is not None and each.path.resolve() == wanted), None)

    def reload(self, session: Session, *, words: str = "was changed by another program and has been reloaded.") -> None:
        """Take the file's state, as one undoable step; `words` say of the file why."""
        path = session.path
        if path is None:
            return

        def done(document: Document) -> None:
            session.reloaded(difference(session.document, document, "Reload from disk"))
            self._messages.settle(session, "changed")
            self._notifier.info(f"“{path.name}” {words}")

        self._jobs.run(load_document, path, done=done, failed=self._notifier.error, owner=session)

    def _on_loaded(self, loaded: Loaded, source: Path) -> None:
        if not isinstance(loaded.document.get(ROOT), Pipeline):
            return
        session = self.adopt(loaded.document, loaded.path, is_unsaved=loaded.is_unsaved, title=loaded.copy_of)
        session.scene = loaded.scene
        if loaded.path is not None:
            remember_recent(loaded.path, loaded.document.root.name)
            self.recent_changed.emit()
        if loaded.is_unsaved:
            session.require_save()
        if loaded.recovered_edits:
            dropped = "is as it was saved last; Undo brings the unsaved changes back."
            drop = partial(self.reload, session, words=dropped)
            self._messages.tell_recovered(session, source.name, loaded.recovered_edits, drop)
        if loaded.notes:
            self._messages.tell_mended(session, source.name, loaded.notes)
        self.opened.emit(session)

    def _repair(self, path: Path) -> None:
        self._jobs.run(
            repair,
            path,
            done=lambda loaded: self._on_loaded(loaded, path),
            failed=self._notifier.error,
            owner=self,
        )

    def adopt(
        self,
        document: Document,
        path: Path | None = None,
        *,
        is_unsaved: bool = False,
        read_only: bool = False,
        title: str = "",
        journal: Journal | None = None,
    ) -> Session:
        """A session for a document. `is_unsaved`: the file holds something else, so all of it is journalled.

        `journal`: it came out of this one, which goes on.
        """
        from editor.ui.session import Session

        session = Session(document, path=path, parent=self)
        session.journal_failed.connect(self._notifier.error)
        if path is not None:
            self._watcher.addPath(str(path))
        session.is_read_only = read_only
        session.title = title
        session.elsewhere = lambda work: self._jobs.run_quietly(work, failed=session.lose_journal, owner=session)
        taken = {each.numbered for each in self._sessions if each.path is None}
        name = document.root.name
        session.numbered = next((name, number) for number in count(1) if (name, number) not in taken)
        try:
            if journal is not None:
                session.go_on_with(journal)
            elif path is None and not read_only and (title or len(document.entities) == 1):
                session.start_journal_later()
            elif not read_only:
                session.start_journal(whole=is_unsaved)
        except EditorError as error:
            session.is_read_only = "another window" in error.message
            self._notifier.error(error)
        collect_seldom(session)
        session.changed.connect(lambda edit: spare_large(session, edit))
        self._sessions.append(session)
        return session

    def _write(self, session: Session, path: Path, then: Callable[[], object] | None) -> None:
        key = str(path)
        if key in self._saving:
            # Of two writers at once, the one with the older state might come last.
            QTimer.singleShot(SAVE_AGAIN_MS, session, lambda: self._write(session, path, then))
            return
        revision = session.revision
        self._saving.add(key)

        def done(digest: str) -> None:
            self._saving.discard(key)
            before = session.path
            session.saved(path, digest, revision)
            self._messages.settle(session, "changed")
            if before is not None and before != path:
                self._watcher.removePath(str(before))
            self._watcher.addPath(key)
            remember_recent(path, session.document.root.name)
            self.recent_changed.emit()
            self._notifier.status(f"Saved {path.name}")
            if then is not None:
                then()

        def failed(error: EditorError) -> None:
            self._saving.discard(key)
            bar = self._notifier.error(error)
            bar.add_action("Save under another name…", lambda: self.save_as(session, then=then))

        self._jobs.run(save, session.document.snapshot(), path, done=done, failed=failed, owner=session)

    def _on_file_changed(self, name: str) -> None:
        QTimer.singleShot(WATCH_DELAY_MS, self, lambda: self._look_at(Path(name)))

    def _look_at(self, path: Path) -> None:
        from editor.ui.session import file_digest

        session = self.session_of(path)
        if session is None or str(path) in self._saving:
            return
        # An atomic save replaces the file, and the watch goes with the old one.
        if path.exists():
            self._watcher.addPath(str(path))
        self._jobs.latest(
            f"watch:{path}",
            file_digest,
            path,
            done=lambda digest: self._on_digest(session, path, digest),
            owner=session,
        )

    def _on_digest(self, session: Session, path: Path, digest: str) -> None:
        if str(path) in self._saving or digest == "":
            return
        if digest == session.saved_digest:
            self._messages.settle(session, "changed")
            return
        if not session.is_dirty:
            self.reload(session)
            return
        self._messages.ask_which(session, path.name, lambda: self.reload(session), session.accept_disk_state)
