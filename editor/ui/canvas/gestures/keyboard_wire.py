"""Wiring by keyboard: Enter on a port, arrows go through the ports that can take it, Enter connects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from editor import edits
from editor.model import Edit, PortType
from editor.ui.canvas.gestures.gesture import Pointer
from editor.ui.canvas.gestures.reading import name_of
from editor.ui.canvas.gestures.sources import connect_sources
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


class KeyboardWire(WireGesture):
    """The loose end jumps from one fitting port to the next, nearest first; each is said as it is reached."""

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

    def find_targets(self) -> Mapping[Target, str]:
        document = self.view.document
        if self._from == "input":
            return connect_sources(document, *self._port)
        return edits.connect_targets(document, source_at(document, self._port))

    def start(self, at: Pointer) -> None:
        super().start(at)
        here = self.origin()

        def away(port: Target) -> float:
            return (port_place(self.view, port, self.side) - here).manhattanLength()

        fitting = [port for port, why_not in self.targets.items() if not why_not and self.view.is_drawn(port[0])]
        self.choices = sorted(fitting, key=away)
        if self.choices:
            self._show()

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
        self.view.viewport().update()
