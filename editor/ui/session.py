"""One open document: the document, its undo stack, its validator, its file, its journal, wired together."""

from __future__ import annotations

import contextlib
import hashlib
import time
from bisect import bisect_left
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from editor.errors import EditorError
from editor.model import ROOT, Document, Edit, EntityId, Placement, Snapshot, fresh_id
from editor.storage.journal import Journal
from editor.ui.canvas.gestures.large_edits import Pending
from editor.ui.slices import SLICE_S, Slices
from editor.validation import Issue, Validator

if TYPE_CHECKING:
    from editor.ui.canvas.columns import Columns


MANY_CHANGES = 1000
"""An edit of more is written into the journal in a turn after the one in which it is applied: both take 20 ms."""
MERGE_WITHIN_S = 2.0
"""Edits with one merge key are one step of undo only while they follow each other this closely."""

Severity = Literal["error", "warning", "info"]
_WORST: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


class EditCommand(QUndoCommand):
    """The only undo command there is: redo applies an Edit, undo applies its inverse."""

    def __init__(self, document: Document, edit: Edit) -> None:
        super().__init__(edit.label)
        self._document = document
        self._edit = edit
        self._last = time.monotonic()

    def redo(self) -> None:
        self._document.apply(self._edit)

    def undo(self) -> None:
        self._document.apply(self._edit.inverse())

    def id(self) -> int:
        return 1 if self._edit.merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        assert isinstance(other, EditCommand)
        if other._edit.merge_key != self._edit.merge_key:
            return False
        merged = self._edit.then(other._edit)
        if other._last - self._last > MERGE_WITHIN_S and not _goes_on_adding(self._edit, other._edit):
            return False
        self._edit = merged
        self._last = other._last
        if not self._edit.changes:
            self.setObsolete(True)
        return True


class Session(QObject):
    """Everything that follows one document. Widgets read `document` and change it through `do` alone."""

    changed = Signal(object)
    issues_changed = Signal(object)
    """With the ids whose worst issue may be another than before."""
    state_changed = Signal()
    """The path, the name or whether there are unsaved changes."""
    journal_failed = Signal(object)

    def __init__(self, document: Document, *, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.path = path
        self.key = fresh_id("s", ())
        self.undo_stack = QUndoStack(self)
        self.pending = Pending(self)
        """Shared by all views of the document: of two edits the later one counts, whichever views they were made in."""
        self.is_read_only = False
        self.title = ""
        """What the tab is called where there is no file."""
        self.scene: Columns | None = None
        """The main pipeline as a canvas draws it, made where the document was read: for a view before any edit."""
        self._refused: list[Issue] = []
        self._refused_shown: list[Issue] = []
        self._is_blank_shown = True
        self.validator = Validator(document)
        self.issues: list[Issue] = []
        """Errors first."""
        self._is_validating = True
        self._must_save = False
        self._saved_digest = file_digest(path)
        self._journal: Journal | None = None
        self.elsewhere: Callable[[Callable[[], None]], object] | None = None
        """Set by `Files`: does on another thread what waits for the disk."""
        self._journal_base: Snapshot | None = None
        """What was there before the first edit, where the journal begins with that."""
        self.numbered: tuple[str, int] = (document.root.name, 1)
        """Tells new documents of one name apart."""
        self.revision = 0
        """Counts edits, those of undo and redo too."""
        self._validation = Slices(self, self._on_validate)
        self._validation.start()
        self._outdated: list[Issue] = []
        """Whatever of it nobody else holds: to free ten thousand issues takes 20 ms."""
        self._letting_go = Slices(self, self._let_issues_go)
        self._unwritten: list[Edit] = []
        """What the journal does not have yet."""
        self._following_up = Slices(self, self._on_follow_up)
        document.changed.connect(self._on_document_changed)
        self.undo_stack.cleanChanged.connect(self._on_clean_changed)

    @property
    def name(self) -> str:
        """What the tab is called."""
        if self.path is not None:
            return self.path.name
        root, (name, number) = self.document.root.name, self.numbered
        return self.title or f"{root}{f' {number}' if number > 1 and name == root else ''} (unsaved)"

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been drawn yet, in a document without a file."""
        return self.path is None and not self.title and len(self.document.entities) == 1 and not self.is_dirty

    @property
    def is_dirty(self) -> bool:
        return self._must_save or not self.undo_stack.isClean()

    @property
    def is_validating(self) -> bool:
        """Whether `issues` are those of an earlier state of the document."""
        return self._is_validating

    @property
    def has_errors(self) -> bool:
        return self.count_issues("error") > 0

    def count_issues(self, severity: Severity) -> int:
        """How many issues there are of one severity."""
        rank = _WORST[severity]
        start, end = (bisect_left(self.issues, each, key=_rank) for each in (rank, rank + 1))
        return end - start

    def take_scene(self) -> Columns | None:
        """The scene, if there is one still: it is one view's alone."""
        scene, self.scene = self.scene, None
        return scene

    def do(self, edit: Edit) -> None:
        """Apply an edit as one step of undo. Raises StaleEdit, and changes nothing, if it no longer fits."""
        if self.is_read_only:
            raise EditorError("This document is for reading only.", hint="Save a copy under another name to change it.")
        if not edit.changes:
            return
        # Before the push: a redo() that raises inside it leaves the stack unclear.
        self.document.check(edit)
        self.undo_stack.push(EditCommand(self.document, edit))

    def compile_refused(self, error: EditorError, revision: int) -> bool:
        """Make what the compiler refused at `revision` a problem of its subjects, until the next edit.

        False if there is nothing to show it on: the document has changed since, or the error names none of its parts.
        """
        if revision != self.revision:
            return False
        subjects = [found for each in error.subjects if (found := self._entity(each)) is not None]
        self._refused = [Issue("error", "compile", each, error.message, error.hint) for each in subjects]
        self._gather_issues()
        return bool(subjects)

    def _entity(self, subject: str) -> EntityId | None:
        """The entity that an id or a path means."""
        if subject in self.document:
            return EntityId(subject)
        with contextlib.suppress(EditorError):
            return self.document.resolve(subject)
        return None

    def severities(self) -> Mapping[EntityId, Severity]:
        """The worst severity of each entity that has an issue."""
        found: dict[EntityId, Severity] = {}
        for issue in self.issues:
            if issue.subject is not None:
                found.setdefault(issue.subject, issue.severity)
        return found

    def severity_of(self, entity: EntityId) -> Severity | None:
        """The worst severity among the issues of one entity."""
        if self._refused_shown and any(issue.subject == entity for issue in self._refused_shown):
            return "error"
        return None if entity == ROOT and self._is_blank_shown else self.validator.worst_of(entity)

    def start_journal(self, *, whole: bool = False) -> None:
        """Protect unsaved edits from now on; `whole` where the document is not what its file holds.

        Raises EditorError if another window has the document open.
        """
        base = self.document if whole else None
        self._begin(Journal.for_file(self.path, base) if self.path else Journal.for_unsaved(self.document, self.key))

    def go_on_with(self, journal: Journal) -> None:
        """As start_journal, where the document came out of a journal that holds all of it."""
        self._begin(journal)

    def _begin(self, journal: Journal) -> None:
        journal.elsewhere = self.elsewhere
        self._journal = journal

    def start_journal_later(self) -> None:
        """Begin the journal with the first edit: until then there is nothing that a crash could take."""
        self._journal_base = self.document.snapshot()

    def require_save(self) -> None:
        """The document is not what its file holds, though nothing was edited here: it was recovered or imported."""
        self._must_save = True
        self.state_changed.emit()

    def saved(self, path: Path, digest: str, revision: int) -> None:
        """The document as it was at `revision` was written to `path`; edits made since keep it dirty."""
        is_current = revision == self.revision
        self.path = path
        self._saved_digest = digest
        self._must_save = not is_current
        if is_current:
            self.undo_stack.setClean()
        self._restart_journal(whole=not is_current)
        self.state_changed.emit()

    @property
    def saved_digest(self) -> str:
        """SHA-256 of the file as it was last read or written here."""
        return self._saved_digest

    def accept_disk_state(self) -> None:
        """The person keeps what is here: do not ask again about this state of the file."""
        self._saved_digest = file_digest(self.path)
        self._restart_journal(whole=True)
        self.require_save()

    def reloaded(self, edit: Edit) -> None:
        """Take the file's state, by an edit that can be undone: what is here now is what the file holds."""
        if edit.changes:
            self.undo_stack.push(EditCommand(self.document, edit))
        self._saved_digest = file_digest(self.path)
        self._must_save = False
        self.undo_stack.setClean()
        if not self.is_read_only:
            self._restart_journal(whole=False)
        self.state_changed.emit()

    def close(self) -> None:
        """The document is closed in peace: there is nothing to recover."""
        self._validation.stop()
        self._following_up.stop()
        self.document.changed.disconnect(self._on_document_changed)
        # The stack clears itself when it goes, and would tell a session that is gone already.
        self.undo_stack.cleanChanged.disconnect(self._on_clean_changed)
        if self._journal is not None:
            self._journal.discard()
            self._journal = None

    def _restart_journal(self, *, whole: bool) -> None:
        """From the file's state as it is now; `whole` where the document has more than the file holds."""
        if self.path is None:
            return
        base = self.document if whole else None
        try:
            if self._journal is None:
                self._begin(Journal.for_file(self.path, base))
            else:
                self._journal.restart(self.path, base)
            self._unwritten.clear()
            self.is_read_only = False
        except EditorError as error:
            self.journal_failed.emit(error)

    def _on_clean_changed(self, _clean: bool) -> None:
        self.state_changed.emit()

    def _on_document_changed(self, edit: Edit) -> None:
        self.revision += 1
        self.scene = None
        is_drawing = edit.is_drawing_only
        if not is_drawing:
            self._refused = []
            self.validator.dirty(edit)
        if not is_drawing or self._is_blank_shown:
            self._is_validating = True
            self._validation.start()
        self._unwritten.append(edit)
        if len(edit.changes) > MANY_CHANGES:
            self._following_up.start(is_first=True)
        else:
            self._write_journal()
        if ROOT in edit.ids:
            self.state_changed.emit()
        self.changed.emit(edit)

    def _on_follow_up(self) -> None:
        """What a large edit leaves to the turns after the one in which it is applied, before any view follows it."""
        if self._unwritten:
            self._write_journal()
            self._following_up.start(is_first=True)
        elif not self.document.reindex(perf_counter() + SLICE_S):
            self._following_up.start(is_first=True)

    def _write_journal(self) -> None:
        edits, self._unwritten = self._unwritten, []
        try:
            if self._journal_base is not None and self.path is None:
                self._begin(Journal.for_unsaved(self._journal_base, self.key))
            self._journal_base = None
            if self._journal is not None:
                for edit in edits:
                    self._journal.append(edit)
        except EditorError as error:
            self._journal_base = None
            self.lose_journal(error)

    def lose_journal(self, error: EditorError) -> None:
        """The disk did not take an edit: what is written so far stays, and the person is told."""
        self.let_go()
        self.journal_failed.emit(error)

    def let_go(self) -> None:
        """Write no more, and keep what is unsaved for the next start."""
        self._write_journal()
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _on_validate(self) -> None:
        if self.validator.step(SLICE_S):
            self._finish_validation()
        else:
            self._validation.start()

    def _finish_validation(self) -> None:
        self._is_validating = False
        self._gather_issues()

    def _gather_issues(self) -> None:
        found = self.validator.issues
        subjects = dict.fromkeys([*self.validator.take_remarked(), ROOT])
        subjects.update((issue.subject, None) for issue in (*self._refused_shown, *self._refused) if issue.subject)
        self._refused_shown = self._refused
        self._is_blank_shown = self.is_blank
        if self._is_blank_shown:
            # Nobody has done anything wrong yet.
            found = [issue for issue in found if issue.code != "pipeline-empty"]
        if self._refused:
            # The compiler stops at what it meets first, mostly an error that is listed already, in other words.
            known = {issue.subject for issue in found if issue.severity == "error"}
            found = [issue for issue in self._refused if issue.subject not in known] + found
        if len(self.issues) > MANY_CHANGES:
            self._outdated = self.issues.copy()
            self._letting_go.start()
        self.issues = found
        self.issues_changed.emit(tuple(subjects))

    def _let_issues_go(self) -> None:
        del self._outdated[-MANY_CHANGES:]
        if self._outdated:
            self._letting_go.start()


def _rank(issue: Issue) -> int:
    return _WORST[issue.severity]


def _goes_on_adding(first: Edit, later: Edit) -> bool:
    """Whether `later` takes back what was only just added, or writes into it: no step, however long one thinks."""
    is_adding = all(change.before is None and not isinstance(change.after, Placement) for change in first.changes)
    return is_adding and set(later.ids) <= set(first.ids)


def file_digest(path: Path | None) -> str:
    """SHA-256 of a file's bytes, empty if it cannot be read."""
    if path is None:
        return ""
    with contextlib.suppress(OSError):
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return ""
