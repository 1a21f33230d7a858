"""Runs in words: states, durations, moments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from editor.model import EntityId
    from editor.runs import Run
    from editor.ui.run_record import RunRecord

STATE_WORDS = {
    "PENDING": "Waiting",
    "RUNNING": "Running",
    "SUCCEEDED": "Succeeded",
    "CACHED": "Cached",
    "SKIPPED": "Skipped",
    "FAILED": "Failed",
    "CANCELED": "Cancelled",
}
NO_RUN = "Run the pipeline (F5), then select a task on the canvas."
RUN_TAKEN_OFF = "No run is shown on this canvas. Choose one in the Runs tab, then select a task."
STATE_ICONS = {
    "PENDING": "waiting",
    "RUNNING": "running",
    "SUCCEEDED": "success",
    "CACHED": "cached",
    "SKIPPED": "skip",
    "FAILED": "error",
    "CANCELED": "cancelled",
}


def no_part_words(record: RunRecord, task: EntityId) -> str:
    """Why a run tells nothing of a task that is selected, and what to do about it."""
    if record.is_loading:
        return "Reading what is known of this run…"
    if record.run.source_map and task not in record.by_entity().entities:
        return "The selected task is not part of this run. Run the pipeline again to see what it gives."
    if record.is_live:
        return "The selected task has not begun yet."
    return "This run ended before the selected task began."


def duration_text(seconds: float) -> str:
    """A duration as people say it: 0.8 s, 42 s, 3 min 5 s, 2 h 10 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)} min {int(seconds % 60)} s"
    return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60)} min"


def elapsed_text(started: str, now: datetime) -> str:
    """How long something has been under way, in whole seconds: it is said anew each second."""
    start = _moment(started)
    if start is None:
        return ""
    # The clock of a server may be ahead of ours.
    whole = max(0, int((now - start).total_seconds()))
    return f"{whole} s" if whole < 60 else duration_text(whole)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def run_duration(record: RunRecord) -> str:
    """How long a run took, or has taken so far."""
    started = record.snapshot.started or record.run.started or record.run.created
    start, end = _moment(started), _moment(record.snapshot.finished or record.run.finished)
    if start is None:
        return ""
    if end is None:
        return elapsed_text(started, datetime.now(UTC)) if record.is_live else ""
    return duration_text((end - start).total_seconds())


def started_text(run: Run) -> str:
    """When a run was started, in the time of the place."""
    started = _moment(run.created)
    return started.astimezone().strftime("%d %b, %H:%M:%S") if started else ""
