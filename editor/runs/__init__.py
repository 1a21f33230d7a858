"""Runs: their records, the events that report them, and the state folded from these. Backends do the running."""

from editor.runs.run import (
    FINAL_STATES,
    PACKAGE_FILE,
    Artifact,
    Level,
    Run,
    RunEvent,
    RunSnapshot,
    State,
    TaskState,
    fold,
    new_run_id,
    read_event,
    utc_now,
)
from editor.runs.summaries import Summaries, TaskSummary, summaries, without_iterations

__all__ = [
    "FINAL_STATES",
    "PACKAGE_FILE",
    "Artifact",
    "Level",
    "Run",
    "RunEvent",
    "RunSnapshot",
    "State",
    "Summaries",
    "TaskState",
    "TaskSummary",
    "fold",
    "new_run_id",
    "read_event",
    "summaries",
    "utc_now",
    "without_iterations",
]
