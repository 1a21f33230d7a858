"""What is marked on the tasks that are seen: problems, the states of a run, and which ports can take a wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from editor.model import EntityId
from editor.ui.canvas.looking import Looking
from editor.ui.canvas.painting import Painting
from editor.ui.canvas.types import TaskBadge


class Marking(Looking):
    """A widget with a camera whose `_painting` shows the marks."""

    _painting: Painting

    def _repaint_all(self) -> None:
        raise NotImplementedError

    def _repaint_nodes(self, ids: Iterable[EntityId]) -> None:
        raise NotImplementedError

    def set_issues(self, issues: Mapping[EntityId, str]) -> None:
        """Mark entities with "error", "warning" or "info"."""
        self._repaint_nodes(self._painting.issues.put_all(issues))

    def mark_issues(self, marks: Mapping[EntityId, str | None]) -> None:
        """As set_issues, but of these entities alone: None takes the mark off."""
        self._repaint_nodes(self._painting.issues.put(marks))

    def issue_of(self, entity: EntityId) -> str | None:
        return self._painting.issues.get(entity)

    def set_run_states(self, states: Mapping[EntityId, TaskBadge]) -> None:
        """Show these states of a run and no others."""
        before, self._painting.badges = self._painting.badges, dict(states)
        if bool(before) != bool(states):
            self._repaint_all()
        else:
            self._repaint_nodes(node for node in {*before, *states} if before.get(node) != states.get(node))

    def mark_run_states(self, states: Mapping[EntityId, TaskBadge]) -> None:
        """As set_run_states, but of these entities alone."""
        badges = self._painting.badges
        changed = [node for node, badge in states.items() if badges.get(node) != badge]
        badges.update(states)
        if len(badges) == len(changed):
            self._repaint_all()  # The first states of all: cards without one may look different too.
        else:
            self._repaint_nodes(changed)

    def run_state_of(self, entity: EntityId) -> str:
        """The state's name in the run that is shown; empty if there is none."""
        badge = self._painting.badges.get(entity)
        return badge.state if badge is not None else ""

    def set_port_tint(self, tint: Mapping[tuple[str, EntityId, str], bool] | None) -> None:
        """Which ports can take the wire being drawn: (side, id, name) -> yes or no; others fade too. None ends it."""
        self._painting.port_tint = tint
        self._repaint_all()
