"""What a run says of each task that is drawn: its iterations taken together, kept in step with the events. No I/O."""

import re

import msgspec

from editor.runs.run import FINAL_STATES, RunSnapshot, State

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


class _Task:
    """The iterations of one task: every path told of, those that count, and how many of these are in which state."""

    def __init__(self) -> None:
        self.paths: dict[str, None] = {}
        self.counted: dict[str, State] = {}
        self.counts: dict[State, int] = {}

    def count(self, path: str, state: State) -> None:
        self.leave_out(path)
        self.counted[path] = state
        self.counts[state] = self.counts.get(state, 0) + 1

    def leave_out(self, path: str) -> None:
        before = self.counted.get(path)
        if before is not None:
            del self.counted[path]
            self.counts[before] -= 1
            if not self.counts[before]:
                del self.counts[before]


class Summaries:
    """One summary for each path without iterations, in the order of first mention.

    A loop's own path stands for itself; `loop[3]` (one iteration as a whole) is left out where `loop` reports. To
    follow takes as long as there are events since the last time, however many tasks and iterations there are.
    """

    def __init__(self, snapshot: RunSnapshot) -> None:
        self.snapshot = snapshot
        self._read = 0
        self._tasks: dict[str, _Task] = {}
        self._whole: dict[str, list[str]] = {}
        """By the path of a loop that has not reported yet: its iterations that have, each as a whole."""

    def follow(self) -> list[str]:
        """Take in what was told since the last call; the paths whose summary may be another now."""
        mentions = self.snapshot.mentions
        news = mentions[self._read :]
        self._read += len(news)
        return list(dict.fromkeys(map(self._take_in, dict.fromkeys(news))))

    def of(self, path: str) -> TaskSummary:
        """What a path without iterations shows, as of the last `follow`."""
        task = self._tasks[path]
        counts = task.counts
        state: State = next(state for state in _PRECEDENCE if state in counts)
        # Some iterations done and others waiting is a task under way, not one that has yet to begin.
        if state == "PENDING" and len(counts) > 1:
            state = "RUNNING"
        if len(task.counted) == 1:
            (only,) = task.counted
            told = self.snapshot.tasks[only]
            seconds = told.seconds
            text = "" if seconds is None else f"{seconds:.1f} s"
            started = told.started if state == "RUNNING" else ""
            return TaskSummary(state=state, count=1, states=dict(counts), text=text, started=started, seconds=seconds)
        count = len(task.counted)
        done = sum(number for each, number in counts.items() if each in FINAL_STATES)
        return TaskSummary(state=state, count=count, states=dict(counts), text=f"{done}/{count}")

    def paths(self, path: str) -> list[str]:
        """The paths, with iterations, that were told of under a path without."""
        task = self._tasks.get(path)
        return list(task.paths) if task is not None else []

    def all(self) -> dict[str, TaskSummary]:
        return {path: self.of(path) for path in self._tasks}

    def _take_in(self, path: str) -> str:
        plain = without_iterations(path)
        task = self._tasks.setdefault(plain, _Task())
        loop = path.rpartition("[")[0] if path.endswith("]") else ""
        is_counted = loop not in self.snapshot.tasks
        if path not in task.paths:
            task.paths[path] = None
            for iteration in self._whole.pop(path, ()):
                task.leave_out(iteration)
            if loop and is_counted:
                self._whole.setdefault(loop, []).append(path)
        if is_counted:
            task.count(path, self.snapshot.tasks[path].state)
        return plain


def summaries(snapshot: RunSnapshot) -> dict[str, TaskSummary]:
    """All summaries of a run as it is now."""
    found = Summaries(snapshot)
    found.follow()
    return found.all()
