"""Runs as the window knows them: started here, followed live, shown on a canvas, remembered."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from editor.errors import EditorError
from editor.model import DocumentView, EntityId
from editor.model.digest import document_digest
from editor.model.port_types import Json
from editor.runs import (
    FINAL_STATES,
    PACKAGE_FILE,
    Run,
    RunEvent,
    new_run_id,
    utc_now,
    without_iterations,
)
from editor.storage.places import data_folder
from editor.ui.jobs import Jobs
from editor.ui.notify import Notifier
from editor.ui.run_badges import RunBadges
from editor.ui.run_record import Following, RunRecord
from editor.ui.settings import Settings
from editor.ui.work import compile_document
from editor.worker import Worker

if TYPE_CHECKING:
    from editor.compiler import Package
    from editor.model import Snapshot
    from editor.runs.history import RunHistory
    from editor.ui.page import DocumentPage
    from editor.ui.session import Session

FOLLOW_MS = 100
"""Events come in bursts; the window follows at this pace."""

SUM_UP_EVERY = 64


class Running(QObject):
    """Starts and follows runs. `records` holds the newest first."""

    changed = Signal()
    """Anything of any run may be another now."""
    progressed = Signal()
    """Tasks of runs that go on were told of, and nothing else."""
    started = Signal(object)
    """A record that has just been made; what it ran before is of no interest any more."""
    ended = Signal(str)
    """How a run ended, in a sentence."""
    refused = Signal(object, object)
    """A record and the error for which its document was not compiled."""
    log_wanted = Signal(str)
    """The log of this task: it failed, and the person asks why."""
    outputs_wanted = Signal(object)
    """What this run gave: it has ended, and the person wants to see it."""

    def __init__(
        self, jobs: Jobs, worker: Worker, settings: Settings, notifier: Notifier, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._worker = worker
        self._settings = settings
        self._notifier = notifier
        self.records: list[RunRecord] = []
        self._shown: dict[str, RunRecord] = {}
        self._history_path = data_folder() / "runs.sqlite"
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(FOLLOW_MS)
        self._soon.timeout.connect(self._on_soon_timeout)
        self._is_only_progress = True
        """Whether all that came since the last time was of tasks."""

    def last_arguments(self, session: Session) -> dict[str, Json]:
        """What the pipeline's inputs were given at the last run."""
        return self._settings.json(f"arguments/{session.document.root.name}", {})

    def remember_arguments(self, session: Session, arguments: Mapping[str, Json]) -> None:
        self._settings.set_json(f"arguments/{session.document.root.name}", dict(arguments))

    def live_run(self, session: Session | None) -> RunRecord | None:
        """The session's run that is under way, if one is."""
        if session is None:
            return None
        return next((each for each in self.records if each.is_live and each.session_key == session.key), None)

    def has_run(self, session: Session) -> bool:
        """Whether the session's document ran, now or in an earlier session."""
        file = str(session.path or "")
        return any(each.session_key == session.key or (file and each.run.document == file) for each in self.records)

    def shown_on(self, session: Session | None) -> RunRecord | None:
        """The run whose states the session's canvas shows."""
        return self._shown.get(session.key) if session is not None else None

    def show_on(self, session: Session | None, record: RunRecord | None) -> None:
        if session is None:
            return
        if record is None:
            self._shown.pop(session.key, None)
        else:
            self._shown[session.key] = record
            self.snapshot_of(record)
        self.changed.emit()

    def paint(self, page: DocumentPage) -> None:
        """Draw the states of the run that is shown on the page's canvas, or none."""
        record = self.shown_on(page.session)
        if record is not None:
            self._draw(page, record, also=record.by_entity().running_since)
        elif page.runs_seen.forget():
            page.view.set_run_states({})
        page.strip.show_run(record)

    def tick(self, page: DocumentPage) -> None:
        """Say anew how long what runs on the page's canvas has been under way."""
        if self.shown_on(page.session) is not None:
            self.paint(page)

    def progress(self, page: DocumentPage) -> None:
        """Draw what the tasks of the run that is shown were told to be since the last time."""
        record = self.shown_on(page.session)
        if record is not None:
            self._draw(page, record)

    def _draw(self, page: DocumentPage, record: RunRecord, *, also: Iterable[EntityId] = ()) -> None:
        """Draw what is new of a run; all of it where the page showed another."""
        news = page.runs_seen.news(record.by_entity())
        if news is None:
            page.view.set_run_states(record.badges())
        else:
            page.view.mark_run_states(record.badges_of({*news, *also}))

    def start_here(self, session: Session, arguments: Mapping[str, Json]) -> RunRecord:
        """Compile the document as it is now and run it on this computer; the person may edit on."""
        root = session.document.root
        run_id = new_run_id()
        created = utc_now()
        folder = data_folder() / "runs" / f"{created[:19].replace(':', '-')}-{run_id[:8]}"
        record = self.adopt(
            Run(
                id=run_id,
                name=root.display_name or root.name,
                pipeline=root.name,
                created=created,
                arguments=dict(arguments),
                document=str(session.path or ""),
                output_dir=str(folder),
                process=os.getpid(),
            ),
            session,
        )
        record.step = "Compiling…"
        record.compiled_from = session.document.snapshot()
        self.remember_arguments(session, arguments)
        record.job = self._jobs.run(
            _compiled,
            record.compiled_from,
            self._worker,
            done=lambda compiled: self._on_compiled(record, *compiled, folder),
            failed=lambda error: self.fail(record, error),
            owner=self,
        )
        self.changed.emit()
        return record

    def show_package(self, session: Session, record: RunRecord) -> None:
        """Show a run on a document that was made of its package: a task is known there by its path."""
        shown = RunRecord(msgspec.structs.replace(record.run, source_map={}, document_digest=""), self)
        shown.origin, shown.session_key, shown.is_earlier = record, session.key, record.is_earlier
        shown.snapshot = record.snapshot
        self.show_on(session, shown)
        self._find_paths(shown, session.document.snapshot())

    def _find_paths(self, record: RunRecord, document: DocumentView | None) -> None:
        """Have a run whose package is not known go by the paths that its document's tasks have."""
        if document is None or record.run.source_map:
            return

        def done(paths: dict[str, str]) -> None:
            record.run = msgspec.structs.replace(record.run, source_map=paths)
            if record.compiled_from is not None:
                record.compiled_from = None
                record.cancelled()
            self.changed.emit()

        self._jobs.run(task_paths, document, done=done, failed=self._notifier.error, owner=record)

    def adopt(self, run: Run, session: Session | None) -> RunRecord:
        """Take a run into the list and show it on its document's canvas."""
        record = RunRecord(run, self)
        record.is_live = True
        if session is not None:
            record.session_key = session.key
            record.revision = session.revision
            self._shown[session.key] = record
            for earlier in self.records:
                if earlier.session_key == session.key and earlier.told is not None:
                    self._notifier.take_away(earlier.told)
        self.records.insert(0, record)
        self.started.emit(record)
        return record

    def follow(self, record: RunRecord, events: Callable[[], Iterator[object]]) -> None:
        """Walk, on a thread of its own, what a run reports.

        Texts say the step before the first event; a Run replaces the record's; what can be cancelled is its handle.
        """
        record.job = self._jobs.stream(
            lambda: recorded(self._history_path, record.run, events()),
            each=lambda value: self._on_value(record, value),
            done=lambda _nothing: self._on_ended(record),
            failed=lambda error: self.fail(record, error),
            owner=self,
        )

    def cancel(self, record: RunRecord) -> None:
        """Stop a run and all it started."""
        if not record.is_live or record.is_cancelling:
            return
        record.is_cancelling = True
        record.step = "Cancelling…"
        if record.handle is not None:
            self._jobs.run(record.handle.cancel, done=lambda _nothing: None, failed=self._notifier.error, owner=self)
        else:
            if record.job is not None:
                record.job.cancel()
            record.cancelled()
            self._tell_end(record)
            self._find_paths(record, record.compiled_from)
        self.changed.emit()

    def fail(self, record: RunRecord, error: EditorError) -> None:
        """The run could not be started, or its reporter broke off."""
        record.is_live = record.is_cancelling = False
        record.step = ""
        record.run = msgspec.structs.replace(record.run, state="FAILED", message=error.message)
        record.snapshot.state = "FAILED"
        self.refused.emit(record, error)
        self.changed.emit()

    def load_history(self) -> None:
        """Bring the runs of earlier sessions into the list."""
        self._jobs.run(earlier_runs, self._history_path, done=self._on_history, failed=self._notifier.error, owner=self)

    def snapshot_of(self, record: RunRecord) -> None:
        """Read what is known of an earlier run's tasks, when somebody first wants to see it."""
        if record.snapshot.run or record.is_live or record.is_loading or not record.is_earlier:
            return
        record.is_loading = True

        def done(told: RunBadges) -> None:
            record.is_loading = False
            record.take(told)
            self.changed.emit()

        self._jobs.run(told_of, self._history_path, record.run, done=done, failed=self._notifier.error, owner=record)

    def close(self) -> None:
        """The window closes: runs here end with it."""
        self._soon.stop()
        for record in self.records:
            if record.is_live and record.handle is not None and record.run.backend == "local":
                record.handle.cancel()
            if record.job is not None:
                record.job.cancel()

    def _on_history(self, runs: list[Run]) -> None:
        known = {record.run.id for record in self.records}
        for run in runs:
            if run.id not in known:
                record = RunRecord(run, self)
                record.is_earlier = True
                self.records.append(record)
        self.changed.emit()

    def _on_compiled(self, record: RunRecord, package: Package, document_digest: str, folder: Path) -> None:
        record.step = "Starting…"
        record.compiled_from = None
        record.run = msgspec.structs.replace(
            record.run,
            source_map=dict(package.source_map),
            digest=package.digest,
            document_digest=document_digest,
            started=utc_now(),
        )
        run = record.run
        self.follow(record, lambda: _local_events(package, run.arguments, folder, run_id=run.id, name=run.name))
        self.changed.emit()

    def _on_value(self, record: RunRecord, value: object) -> None:
        is_of_task = False
        if isinstance(value, RunEvent):
            step = record.step if record.is_cancelling else ""
            is_of_task = value.task is not None and step == record.step
            record.step = step
            record.snapshot.apply(value)
            if len(record.snapshot.mentions) % SUM_UP_EVERY == 0:
                record.by_entity()  # Now, while a burst is taken in a few events a turn, not all when it is drawn.
        elif isinstance(value, str):
            record.step = value
        elif isinstance(value, Run):
            record.run = value
        elif isinstance(value, Following):
            record.handle = value
            if record.is_cancelling:
                record.is_cancelling = False
                self.cancel(record)
        self._is_only_progress = self._is_only_progress and is_of_task
        if not self._soon.isActive():
            self._soon.start()

    def _on_soon_timeout(self) -> None:
        is_only_progress, self._is_only_progress = self._is_only_progress, True
        (self.progressed if is_only_progress else self.changed).emit()

    def _on_ended(self, record: RunRecord) -> None:
        record.is_live = False
        record.step = ""
        snapshot = record.snapshot
        if snapshot.state == "CANCELED":
            record.cancelled()
        record.run = msgspec.structs.replace(
            record.run, state=snapshot.state, message=snapshot.message, finished=snapshot.finished or utc_now()
        )
        self._tell_end(record)
        self.changed.emit()

    def _tell_end(self, record: RunRecord) -> None:
        name, state = record.run.name, record.snapshot.state
        if state == "SUCCEEDED":
            bar = self._notifier.success(f"“{name}” finished.")
            if record.session_key:
                bar.add_action("Show the outputs", lambda: self.outputs_wanted.emit(record))
            self.ended.emit(f"{name} finished.")
        elif state == "FAILED":
            failed = [path for path, task in record.snapshot.tasks.items() if task.state == "FAILED"]
            # A group fails with what is in it: that is what one wants to hear of.
            deepest = max(failed, key=lambda path: path.count("/"), default="")
            what = f"The task “{deepest}” failed." if deepest else record.snapshot.message
            bar = record.told = self._notifier.error(EditorError(f"“{name}” failed.", hint=what))
            entity = record.run.source_map.get(without_iterations(deepest))
            if entity is not None:
                bar.add_action("Show the log", lambda: self.log_wanted.emit(entity))
            self.ended.emit(f"{name} failed. {what}")
        elif state == "CANCELED":
            self._notifier.info(f"“{name}” was cancelled.")


def task_paths(view: DocumentView) -> dict[str, str]:
    """The path of each task and group in a run, and its id."""
    return {path: str(node.id) for node in view.nodes() for path in view.paths(node.id)}


def open_history(path: Path) -> RunHistory:
    """The history; sqlite is loaded by the first job that needs it."""
    from editor.runs.history import RunHistory

    return RunHistory(path)


def earlier_runs(path: Path) -> list[Run]:
    """The runs of the history; local ones that never told their end were cut off. Runs in a job."""
    if not path.exists():
        return []
    history = open_history(path)
    alive = [run.id for run in history.runs() if not run.is_finished and _is_alive(run.process)]
    history.close_interrupted(backend="local", message="Pipeloom ended before this run did.", alive=alive)
    return history.runs()


def _is_alive(process: int) -> bool:
    """Whether another program of this computer still follows a run: the command line, a second window."""
    if not process or process == os.getpid() or sys.platform == "win32":
        return False
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def package_of(run: Run) -> Path:
    """Where the package of a run lies, if it was kept: in its folder, or by the id that a server gave it."""
    if run.backend == "local":
        return Path(run.output_dir) / PACKAGE_FILE
    name = hashlib.sha256(run.id.encode()).hexdigest()[:32]
    return data_folder() / "packages" / f"{name}.yaml"


def told_of(path: Path, run: Run) -> RunBadges:
    """What the history knows of a run, and what to draw of it. Runs in a job."""
    told = RunBadges(open_history(path).snapshot(run.id), run.source_map)
    told.follow()
    return told


def recorded(path: Path, run: Run, values: Iterator[object]) -> Iterator[object]:
    """Hand on what a run reports, keeping it in the history. Walked on the stream's thread."""
    history = open_history(path)
    if run.backend == "local":
        history.put(run)
    is_ended = False
    try:
        for value in values:
            if isinstance(value, Run):
                history.put(value)
            elif isinstance(value, RunEvent):
                history.record([value])
                is_ended = is_ended or (value.task is None and value.state in FINAL_STATES)
            yield value
    except GeneratorExit:
        # Cancelled before the run's own word came: else the next start would say that Pipeloom broke off.
        if run.backend == "local" and not is_ended:
            end = RunEvent(time=utc_now(), run=run.id, task=None, state="CANCELED", message="Cancelled.")
            history.record([end])
        raise
    finally:
        close = getattr(values, "close", None)
        if close is not None:
            close()


def _compiled(snapshot: Snapshot, worker: Worker) -> tuple[Package, str]:
    """A document's package, and the digest of the document. Runs in a job."""
    return compile_document(snapshot, worker), document_digest(snapshot)


def _local_events(
    package: Package, arguments: Mapping[str, Json], folder: Path, *, run_id: str, name: str
) -> Iterator[object]:
    from editor.backends.local_client import start_local_run

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PACKAGE_FILE
    path.write_text(package.yaml, encoding="utf-8")
    # Whoever stops listening, as a cancel does while the run begins, ends the run with it.
    with start_local_run(path, dict(arguments), folder, run_id=run_id, run_name=name) as run:
        yield run
        yield from run.events()
