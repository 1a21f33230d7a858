"""Wiring by keyboard: Enter on a port, arrows go through the ports that can take it, Enter connects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF

from editor import edits
from editor.edits import PortReasons
from editor.model import Edit, EntityId, PortType
from editor.ui.canvas.gestures.gesture import Pointer
from editor.ui.canvas.gestures.reading import argument_of, name_of
from editor.ui.canvas.gestures.sources import Sources
from editor.ui.canvas.gestures.wire import (
    Side,
    Target,
    WireGesture,
    input_type,
    port_place,
    replaced_words,
    source_at,
    source_type,
)

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

MOST_CHOICES = 200
"""Ports to walk through with the arrows, the nearest: nobody counts on."""


class KeyboardWire(WireGesture):
    """The loose end jumps from one fitting port to the next, free and near ones first; each is said on arrival."""

    autoscrolls = False

    def __init__(self, view: CanvasView, port: Target, *, side: Side) -> None:
        super().__init__(view)
        self._port = port
        self._from: Side = side
        self.side = "output" if side == "input" else "input"
        self.choices: list[Target] = []
        self._index = 0

    def origin(self) -> QPointF:
        return port_place(self.view, self._port, self._from)

    def fixed_end(self) -> QPointF:
        return self.origin()

    def find_targets(self) -> PortReasons:
        document = self.view.document
        if self._from == "input":
            return Sources(document, *self._port)
        return edits.Targets(document, source_at(document, self._port))

    def start(self, at: Pointer) -> None:
        super().start(at)
        here = self.origin()

        def away(port: Target) -> float:
            return (port_place(self.view, port, self.side) - here).manhattanLength()

        fitting: list[Target] = []
        for owner in self._owners_by_distance(here):
            fitting += [(owner, name) for name, why_not in self.targets.of(owner).items() if not why_not]
            if len(fitting) >= MOST_CHOICES:
                break
        self.choices = sorted(fitting, key=lambda port: (self._is_fed(port), away(port)))
        if self.choices:
            self._show()

    def _is_fed(self, port: Target) -> bool:
        """Whether a wire into it would take the place of what it has."""
        return self.side == "input" and argument_of(self.view.document, *port) is not None

    def _owners_by_distance(self, here: QPointF) -> Iterator[EntityId]:
        """What is drawn, nearest first."""
        columns = self.view.columns
        slots = np.flatnonzero(columns.shown())
        corners = columns.box[slots, :2] if self.side == "input" else columns.box[slots][:, [2, 1]]
        away = np.abs(corners - (here.x(), here.y())).sum(axis=1)
        return (columns.ids[slot] for slot in slots[np.argsort(away, kind="stable")].tolist())

    def move(self, at: Pointer) -> None:
        """The mouse has no part in it."""

    def release(self, at: Pointer) -> None:
        self.finish()

    def step(self, by: int) -> None:
        self._index = (self._index + by) % len(self.choices)
        self._show()

    def connect_current(self) -> None:
        target = self.choices[self._index]
        self.finish()
        self.arrive(target)

    def edit_for(self, target: Target | None) -> Edit:
        assert target is not None
        document = self.view.document
        source, consumer = (target, self._port) if self._from == "input" else (self._port, target)
        return edits.connect(document, source_at(document, source), *consumer)

    def wire_type(self) -> PortType | None:
        document = self.view.document
        if self._from == "input":
            return input_type(document, self._port)
        return source_type(document, source_at(document, self._port))

    def _show(self) -> None:
        target = self.target = self.choices[self._index]
        self.view.reveal(target[0])
        self._loose = port_place(self.view, target, self.side)
        document = self.view.document
        source, consumer = (target, self._port) if self._from == "input" else (self._port, target)
        name = f"{name_of(document, target[0])}.{target[1]}".rstrip(".")
        words = f"{name} ({self._index + 1} of {len(self.choices)}). Enter connects."
        replaced = replaced_words(document, source_at(document, source), consumer)
        self.view.gestures.bubble.say(f"{words} {replaced}".strip(), self.view.to_view(self._loose))
        self.view.update()
