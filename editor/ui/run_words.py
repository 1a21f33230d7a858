"""Runs in words: states, durations, moments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from editor.runs import Run
    from editor.ui.running import RunRecord

STATE_WORDS = {
    "PENDING": "Waiting",
    "RUNNING": "Running",
    "SUCCEEDED": "Succeeded",
    "CACHED": "Cached",
    "SKIPPED": "Skipped",
    "FAILED": "Failed",
    "CANCELED": "Cancelled",
}
STATE_ICONS = {
    "PENDING": "waiting",
    "RUNNING": "running",
    "SUCCEEDED": "success",
    "CACHED": "cached",
    "SKIPPED": "skip",
    "FAILED": "error",
    "CANCELED": "cancelled",
}


def duration_text(seconds: float) -> str:
    """A duration as people say it: 0.8 s, 42 s, 3 min 5 s, 2 h 10 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)} min {int(seconds % 60)} s"
    return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60)} min"


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def run_duration(record: RunRecord) -> str:
    """How long a run took, or has taken so far."""
    start = _moment(record.snapshot.started or record.run.started or record.run.created)
    end = _moment(record.snapshot.finished or record.run.finished)
    if start is None or (end is None and not record.is_live):
        return ""
    return duration_text(((end or datetime.now(UTC)) - start).total_seconds())


def started_text(run: Run) -> str:
    """When a run was started, in the time of the place."""
    started = _moment(run.created)
    return started.astimezone().strftime("%d %b, %H:%M:%S") if started else ""
