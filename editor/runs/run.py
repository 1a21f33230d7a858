"""What is known of a run: its record, the events that report it, and the state folded from them. No I/O."""

import re
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
    """The fold of a run's events: what a window shows at a moment. `tasks` keeps the order of first mention."""

    run: str = ""
    state: State = "PENDING"
    message: str = ""
    started: str = ""
    finished: str = ""
    outputs: dict[str, Json] = {}
    artifacts: dict[str, tuple[Artifact, ...]] = {}
    tasks: dict[str, TaskState] = {}
    warnings: list[str] = []

    @property
    def is_finished(self) -> bool:
        return self.state in FINAL_STATES

    def apply(self, event: RunEvent) -> None:
        """Fold one more event in, in the order they came."""
        self.run = event.run
        if event.task is None:
            self._apply_to_run(event)
            return
        before = self.tasks.get(event.task, TaskState(path=event.task))
        is_final = event.state in FINAL_STATES
        self.tasks[event.task] = msgspec.structs.replace(
            before,
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


_ITERATION = re.compile(r"\[\d+\]")


def without_iterations(path: str) -> str:
    """`train-loop[3]/score` is an iteration of `train-loop/score`, the path that a `source_map` has."""
    return _ITERATION.sub("", path)


# What a task drawn once shows when its iterations differ: the state a person should hear of first.
_PRECEDENCE: tuple[State, ...] = ("FAILED", "CANCELED", "RUNNING", "PENDING", "SUCCEEDED", "CACHED", "SKIPPED")


class TaskSummary(msgspec.Struct, frozen=True, kw_only=True):
    """All iterations of one task together: the state to paint, and how many are in which.

    Where a path has one task only, `seconds` is how long that took, or `started` when it began to run.
    """

    state: State
    count: int
    states: dict[State, int]
    text: str
    started: str = ""
    seconds: float | None = None


def summaries(snapshot: RunSnapshot) -> dict[str, TaskSummary]:
    """One summary for each path without iterations, in the order of first mention.

    A loop's own path stands for itself; `loop[3]` (one iteration as a whole) is left out where `loop` reports.
    """
    found: dict[str, list[TaskState]] = {}
    for path, state in snapshot.tasks.items():
        if path.endswith("]") and path.rpartition("[")[0] in snapshot.tasks:
            continue
        found.setdefault(without_iterations(path), []).append(state)
    return {path: _summary(states) for path, states in found.items()}


def _summary(states: list[TaskState]) -> TaskSummary:
    counts: dict[State, int] = {}
    for task in states:
        counts[task.state] = counts.get(task.state, 0) + 1
    state: State = next(state for state in _PRECEDENCE if state in counts)
    # Some iterations done and others waiting is a task under way, not one that has yet to begin.
    if state == "PENDING" and len(counts) > 1:
        state = "RUNNING"
    if len(states) == 1:
        seconds = states[0].seconds
        text = "" if seconds is None else f"{seconds:.1f} s"
        started = states[0].started if state == "RUNNING" else ""
        return TaskSummary(state=state, count=1, states=counts, text=text, started=started, seconds=seconds)
    done = sum(count for each, count in counts.items() if each in FINAL_STATES)
    return TaskSummary(state=state, count=len(states), states=counts, text=f"{done}/{len(states)}")
