"""A run as the window knows it: its record, what its events have told, and how to cancel it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec
from PySide6.QtCore import QObject

from editor.model import DocumentView, EntityId
from editor.runs import FINAL_STATES, Run, RunSnapshot, TaskState, utc_now, without_iterations
from editor.ui.jobs import Job
from editor.ui.run_badges import RunBadges

if TYPE_CHECKING:
    from editor.ui.canvas.types import TaskBadge
    from editor.ui.notify import MessageBar


@runtime_checkable
class Following(Protocol):
    """A run under way, wherever it runs."""

    def cancel(self) -> None: ...


class RunRecord(QObject):
    """A run, what is known of it, and how to cancel it while it is under way."""

    def __init__(self, run: Run, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run = run
        self.snapshot = RunSnapshot()
        self.session_key = ""
        self.revision = 0
        """The session's when the run was started."""
        self.origin: RunRecord | None = None
        """The run that this one stands for on a document made of its package."""
        self.handle: Following | None = None
        self.job: Job | None = None
        self.is_live = False
        self.is_earlier = False
        """It was started in another session: its tasks are read from the history when they are wanted."""
        self.is_loading = False
        self.is_cancelling = False
        self.compiled_from: DocumentView | None = None
        self.step = ""
        """What happens before the first event: "Compiling…"."""
        self.told: MessageBar | None = None
        """What was said of its end, while that may still be seen."""
        self._by_entity: RunBadges | None = None

    @property
    def state(self) -> str:
        return self.snapshot.state if self.snapshot.run else self.run.state

    def cancelled(self) -> None:
        """Nothing more will be heard of it: what had not ended is cancelled, also what had not begun."""
        self.is_live = self.is_cancelling = False
        self.step = ""
        snapshot = self.snapshot
        for task in [task for task in snapshot.tasks.values() if task.state not in FINAL_STATES]:
            snapshot.put(msgspec.structs.replace(task, state="CANCELED"))
        begun = {without_iterations(path) for path in snapshot.tasks}
        for path in self.run.source_map:
            if path not in begun:
                snapshot.put(TaskState(path=path, state="CANCELED"))
        snapshot.state = "CANCELED"
        self.run = msgspec.structs.replace(
            self.run, state="CANCELED", message=snapshot.message, finished=snapshot.finished or utc_now()
        )

    def take(self, told: RunBadges) -> None:
        """What the history knows of it."""
        self.snapshot, self._by_entity = told.snapshot, told

    def by_entity(self) -> RunBadges:
        """What the events up to now say of each entity of the document that the run was compiled from."""
        told = self._by_entity
        if told is None or told.snapshot is not self.snapshot or told.source_map is not self.run.source_map:
            told = self._by_entity = RunBadges(self.snapshot, self.run.source_map)
        told.follow()
        return told

    def badges(self) -> dict[EntityId, TaskBadge]:
        """What to draw over each entity, with the time that running tasks have taken so far."""
        told = self.by_entity()
        return {**told.badges, **self.badges_of(told.running_since)}

    def badges_of(self, entities: Iterable[EntityId]) -> dict[EntityId, TaskBadge]:
        """As `badges`, of these entities alone."""
        told = self.by_entity()
        return {entity: told.now(entity, is_live=self.is_live) for entity in entities}

    def paths_of(self, entity: EntityId) -> list[str]:
        """The paths, with iterations, under which the run reports on an entity."""
        return self.by_entity().paths_of(entity)
