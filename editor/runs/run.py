"""What is known of a run: its record, the events that report it, and the state folded from them. No I/O."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

import msgspec

Json: TypeAlias = Any
"""A JSON value. Not the model's: a child process that runs tasks must not pay for loading the whole model."""

State: TypeAlias = Literal["PENDING", "RUNNING", "SUCCEEDED", "CACHED", "SKIPPED", "FAILED", "CANCELED"]
Level: TypeAlias = Literal["info", "warning", "error"]

PACKAGE_FILE = "_package.yaml"
"""The package in a local run's folder: no task's folder can have this name."""

FINAL_STATES: frozenset[State] = frozenset({"SUCCEEDED", "CACHED", "SKIPPED", "FAILED", "CANCELED"})


def utc_now() -> str:
    """The time as events have it: UTC, ISO 8601, microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def new_run_id() -> str:
    return str(uuid.uuid4())


class Artifact(msgspec.Struct, frozen=True, kw_only=True):
    """An artifact that a task gave. `type` is the schema title; `path` is empty where no local file stands for it."""

    name: str = ""
    type: str = "system.Artifact"
    uri: str = ""
    path: str = ""
    metadata: dict[str, Json] = {}


class RunEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a run's report: a task (or the run, `task` None) is in `state`; a message may come with it.

    `task` is the path in the package, with an iteration's number in brackets: `train-loop[3]/score`. `log` is the path
    of the task's log file, `details` longer text (the end of that log), `outputs` the parameters a finished task gave.
    """

    time: str
    run: str
    task: str | None
    state: State
    message: str = ""
    level: Level = "info"
    outputs: dict[str, Json] = {}
    artifacts: dict[str, tuple[Artifact, ...]] = {}
    log: str = ""
    details: str = ""

    def to_line(self) -> bytes:
        """One JSON object and a newline; `task` is always there, null for the run itself."""
        return msgspec.json.encode(self) + b"\n"


def read_event(line: bytes | str) -> RunEvent:
    """Raises msgspec.ValidationError (or DecodeError) if the line is no event."""
    return msgspec.json.decode(line, type=RunEvent)


class TaskState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far one task is. Times are UTC ISO 8601, empty while not reached."""

    path: str
    state: State = "PENDING"
    message: str = ""
    started: str = ""
    finished: str = ""
    outputs: dict[str, Json] = {}
    artifacts: dict[str, tuple[Artifact, ...]] = {}
    log: str = ""
    details: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def seconds(self) -> float | None:
        """How long it ran, None while it has not finished."""
        if not self.started or not self.finished:
            return None
        return (datetime.fromisoformat(self.finished) - datetime.fromisoformat(self.started)).total_seconds()


class Run(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One run, here or on a server. `source_map` and `digest` are those of the package when it was compiled.

    `backend` is "local" or the server's address, `link` the run's page there, `output_dir` the folder of a local run,
    `process` the one that follows it. `document_digest` is that of the document (`model.digest`) it was compiled from.
    """

    id: str
    name: str
    pipeline: str = ""
    backend: str = "local"
    created: str = ""
    started: str = ""
    finished: str = ""
    state: State = "PENDING"
    message: str = ""
    arguments: dict[str, Json] = {}
    digest: str = ""
    source_map: dict[str, str] = {}
    document: str = ""
    output_dir: str = ""
    experiment: str = ""
    namespace: str = ""
    link: str = ""
    document_digest: str = ""
    process: int = 0

    @property
    def is_finished(self) -> bool:
        return self.state in FINAL_STATES


class RunSnapshot(msgspec.Struct, kw_only=True):
    """The fold of a run's events: what a window shows at a moment. `tasks` keeps the order of first mention.

    `mentions` has the path of each change in turn: who follows the snapshot remembers how far it has read.
    """

    run: str = ""
    state: State = "PENDING"
    message: str = ""
    started: str = ""
    finished: str = ""
    outputs: dict[str, Json] = {}
    artifacts: dict[str, tuple[Artifact, ...]] = {}
    tasks: dict[str, TaskState] = {}
    warnings: list[str] = []
    mentions: list[str] = []

    @property
    def is_finished(self) -> bool:
        return self.state in FINAL_STATES

    def put(self, task: TaskState) -> None:
        """Say how one task stands, whatever was told of it."""
        self.tasks[task.path] = task
        self.mentions.append(task.path)

    def apply(self, event: RunEvent) -> None:
        """Fold one more event in, in the order they came."""
        self.run = event.run
        if event.task is None:
            self._apply_to_run(event)
            return
        before = self.tasks.get(event.task, TaskState(path=event.task))
        is_final = event.state in FINAL_STATES
        self.put(
            TaskState(
                path=event.task,
                state=event.state,
                message=event.message or before.message,
                # A second RUNNING event is a retry or a remark: the first start counts.
                started=before.started or (event.time if event.state == "RUNNING" else ""),
                finished=event.time if is_final else "",
                outputs=event.outputs or before.outputs,
                artifacts=event.artifacts or before.artifacts,
                log=event.log or before.log,
                details=event.details or before.details,
                warnings=(*before.warnings, event.message) if event.level == "warning" else before.warnings,
            )
        )

    def _apply_to_run(self, event: RunEvent) -> None:
        self.state = event.state
        self.message = event.message or self.message
        self.outputs = event.outputs or self.outputs
        self.artifacts = event.artifacts or self.artifacts
        if event.level == "warning":
            self.warnings.append(event.message)
        if event.state == "RUNNING":
            self.started = self.started or event.time
        if event.state in FINAL_STATES:
            self.finished = event.time


def fold(events: Iterable[RunEvent]) -> RunSnapshot:
    snapshot = RunSnapshot()
    for event in events:
        snapshot.apply(event)
    return snapshot
