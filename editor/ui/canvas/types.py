"""Small values that canvas, gestures and window pass to each other."""

from __future__ import annotations

from typing import Literal, NamedTuple

from editor.model import EntityId

HitKind = Literal[
    "none",
    "task",
    "header",
    "input",
    "output",
    "wire",
    "group",
    "group_title",
    "group_port",
    "note",
    "note_resize",
    "fold",
]


class Hit(NamedTuple):
    """What lies under a point. `port` is the input's or output's name; for a wire, the input of the consumer `id`.

    Wires that feed no input are named "@after:ID", "@exit:ID", "@test:N", "@items" and "@setting:PATH". "fold" is the
    row of defaulted inputs, or the fold mark of a group's title. "group_port" is the item of a loop.
    """

    kind: HitKind
    id: EntityId | None = None
    port: str = ""


class TaskBadge(NamedTuple):
    """How a task stands in a run: a state's name (SUCCEEDED, …) and a few letters beside it ("12 s", "3/8")."""

    state: str
    text: str = ""


class Camera(NamedTuple):
    """How the scene is seen: `zoom` in logical pixels, `ratio` device pixels for each, the origin in device pixels."""

    zoom: float
    ratio: float
    x: float
    y: float

    @property
    def scale(self) -> float:
        """Device pixels for one unit of the scene."""
        return self.zoom * self.ratio

    @property
    def detail(self) -> float:
        """The zoom by which detail is chosen: a finer screen shows more of it, though not at half the size."""
        return self.zoom * self.ratio**0.5
