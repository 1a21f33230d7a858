"""What a run shows on each entity of its document, kept in step with what is told of its tasks. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from editor.model import EntityId
from editor.runs import RunSnapshot, Summaries
from editor.ui.canvas.types import TaskBadge
from editor.ui.run_words import duration_text, elapsed_text


class RunBadges:
    """By entity, what to draw over it. To follow takes as long as there are events since the last time."""

    def __init__(self, snapshot: RunSnapshot, source_map: Mapping[str, str]) -> None:
        self.snapshot = snapshot
        self.source_map = source_map
        self.badges: dict[EntityId, TaskBadge] = {}
        self.running_since: dict[EntityId, str] = {}
        self.changes: list[EntityId] = []
        """The entity of each change in turn: who follows remembers how far it has read."""
        self.entities = frozenset(map(EntityId, source_map.values()))
        """All that take part in the run, also those of which nothing was told yet."""
        self._summaries = Summaries(snapshot)
        self._paths: dict[EntityId, dict[str, None]] = {}
        """By entity the paths without iterations told of it: several where it lies in a shared sub-pipeline."""

    def follow(self) -> None:
        """Take in what was told since the last call."""
        for path in self._summaries.follow():
            entity = self.source_map.get(path)
            if entity is not None:
                self._take_in(EntityId(entity), path)

    def paths_of(self, entity: EntityId) -> list[str]:
        """The paths, with iterations, under which the run reports on an entity."""
        return [told for path in self._paths.get(entity, ()) for told in self._summaries.paths(path)]

    def now(self, entity: EntityId, *, is_live: bool) -> TaskBadge:
        """An entity's badge; of what runs, while the run goes on, with the time it has taken so far."""
        started = self.running_since.get(entity) if is_live else None
        badge = self.badges[entity]
        return badge if started is None else badge._replace(text=elapsed_text(started, datetime.now(UTC)))

    def _take_in(self, entity: EntityId, path: str) -> None:
        paths = self._paths.setdefault(entity, {})
        paths[path] = None
        self.changes.append(entity)
        if path != next(reversed(paths)):
            return  # What was mentioned first last is what is shown.
        summary = self._summaries.of(path)
        text = summary.text if summary.seconds is None else duration_text(summary.seconds)
        self.badges[entity] = TaskBadge(summary.state, text)
        if summary.started:
            self.running_since[entity] = summary.started
        else:
            self.running_since.pop(entity, None)


class Reader:
    """What one follower of runs has seen of them so far."""

    def __init__(self) -> None:
        self._of: RunBadges | None = None
        self._read = 0

    def news(self, badges: RunBadges) -> set[EntityId] | None:
        """The entities of which something was told since the last call; None if it was another run's."""
        before, start = self._of, self._read
        self._of, self._read = badges, len(badges.changes)
        return set(badges.changes[start:]) if badges is before else None

    def forget(self) -> bool:
        """No run is shown any more; whether one was."""
        had_one = self._of is not None
        self._of = None
        return had_one
