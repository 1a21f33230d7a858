"""The history of runs in one sqlite file: each run's record and the events that it told. Safe from several threads."""

import contextlib
import sqlite3
from collections.abc import Generator, Iterable
from pathlib import Path

import msgspec

from editor.errors import EditorError
from editor.runs.run import FINAL_STATES, Run, RunEvent, RunSnapshot, fold, read_event

_FORMAT = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, created TEXT NOT NULL, document TEXT NOT NULL, state TEXT NOT NULL, record BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS runs_by_time ON runs (created);
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, line BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS events_by_run ON events (run, number);
"""


class RunHistory:
    """Raises EditorError, naming the file, where it is no history, a newer program's, or cannot be written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._opened() as connection:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
            if found > _FORMAT:
                raise EditorError(
                    f"The run history '{path}' was written by a newer Pipeloom.", hint="Update Pipeloom to see it."
                )
            connection.executescript(_TABLES)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")

    def put(self, run: Run) -> None:
        """Add a run, or replace its record; its events stay."""
        with self._opened() as connection:
            self._put(connection, run)

    def record(self, events: Iterable[RunEvent]) -> None:
        """Keep events, of one run or several; the runs' own states follow. Cheapest with many at once.

        Events of a run that is not in the history are dropped.
        """
        with self._opened() as connection:
            for event in events:
                # Its record, which has a line for each task, is read only where it changes.
                connection.execute(
                    "INSERT INTO events (run, line) SELECT id, ? FROM runs WHERE id = ?", (event.to_line(), event.run)
                )
                record = self._record(connection, event.run) if event.task is None else None
                if record is not None:
                    self._put(connection, _advanced(record, event))

    def runs(self, *, limit: int = 200, document: str = "") -> list[Run]:
        """The newest first; with `document` only those of that document."""
        query = "SELECT record FROM runs WHERE ? IN ('', document) ORDER BY created DESC, id LIMIT ?"
        with self._opened() as connection:
            rows = connection.execute(query, (document, limit)).fetchall()
        return [msgspec.json.decode(row[0], type=Run) for row in rows]

    def run(self, run_id: str) -> Run | None:
        with self._opened() as connection:
            return self._record(connection, run_id)

    def events(self, run_id: str) -> list[RunEvent]:
        """In the order they were told."""
        with self._opened() as connection:
            rows = connection.execute("SELECT line FROM events WHERE run = ? ORDER BY number", (run_id,)).fetchall()
        return [read_event(row[0]) for row in rows]

    def snapshot(self, run_id: str) -> RunSnapshot:
        """How the run and its tasks stand by the events kept."""
        return fold(self.events(run_id))

    def delete(self, run_id: str) -> None:
        """Forget a run. The files in its folder stay."""
        with self._opened() as connection:
            connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))

    def close_interrupted(self, *, backend: str, message: str, alive: Iterable[str] = ()) -> list[str]:
        """Mark runs of a backend that never told their end as CANCELED, but for those `alive`; gives their ids.

        For local runs at a program's start: a run ends with the program that started it.
        """
        kept = set(alive)
        closed: list[str] = []
        with self._opened() as connection:
            marks = ",".join("?" * len(FINAL_STATES))
            query = f"SELECT record FROM runs WHERE state NOT IN ({marks})"
            for row in connection.execute(query, tuple(sorted(FINAL_STATES))).fetchall():
                run = msgspec.json.decode(row[0], type=Run)
                if run.backend == backend and run.id not in kept:
                    self._put(connection, msgspec.structs.replace(run, state="CANCELED", message=message))
                    closed.append(run.id)
        return closed

    @contextlib.contextmanager
    def _opened(self) -> Generator[sqlite3.Connection]:
        connection: sqlite3.Connection | None = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=10)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA journal_mode = WAL")
            # A power cut may take the last events with it, never the file.
            connection.execute("PRAGMA synchronous = NORMAL")
            with connection:
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise EditorError(
                f"The run history '{self.path}' cannot be used: {error}.", hint="Move the file away to start a new one."
            ) from error
        finally:
            if connection is not None:
                connection.close()

    @staticmethod
    def _put(connection: sqlite3.Connection, run: Run) -> None:
        connection.execute(
            "INSERT INTO runs (id, created, document, state, record) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET state = excluded.state, record = excluded.record",
            (run.id, run.created, run.document, run.state, msgspec.json.encode(run)),
        )

    @staticmethod
    def _record(connection: sqlite3.Connection, run_id: str) -> Run | None:
        row = connection.execute("SELECT record FROM runs WHERE id = ?", (run_id,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=Run)


def _advanced(run: Run, event: RunEvent) -> Run:
    return msgspec.structs.replace(
        run,
        state=event.state,
        message=event.message or run.message,
        started=run.started or (event.time if event.state == "RUNNING" else ""),
        finished=event.time if event.state in FINAL_STATES else run.finished,
    )
