"""Shift-drag from an output: all its wires come along, to another output, or off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from editor import edits
from editor.edits import PortReasons
from editor.model import Edit, FromTask, PortType
from editor.ui.canvas.gestures.drops import paint_wire
from editor.ui.canvas.gestures.gesture import Pointer
from editor.ui.canvas.gestures.large_edits import attempt
from editor.ui.canvas.gestures.reading import consumers_of
from editor.ui.canvas.gestures.sources import Shared, Sources, With
from editor.ui.canvas.gestures.wire import Source, Target, WireGesture, port_place, source_type

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView


class BundleGesture(WireGesture):
    """The near ends follow the pointer, the far ends stay at their inputs. On empty canvas all are unplugged."""

    side = "output"

    def __init__(self, view: CanvasView, source: FromTask) -> None:
        super().__init__(view)
        self.source = source
        self._consumers = consumers_of(view.document, source.task, source.output)
        self._ends: list[QPointF] = []

    def start(self, at: Pointer) -> None:
        self._ends = [port_place(self.view, consumer, "input") for consumer in self._consumers]
        super().start(at)

    def fixed_end(self) -> QPointF:
        return self._ends[0]

    def find_targets(self) -> PortReasons:
        """An output that every one of the inputs can take."""
        every = Shared([Sources(self.view.document, *consumer) for consumer in self._consumers])
        return With(every, (self.source.task, self.source.output))

    def carried(self) -> tuple[Source, list[Target]] | None:
        return self.source, self._consumers

    def edit_for(self, target: Target | None) -> Edit:
        assert target is not None
        if target == (self.source.task, self.source.output):
            return Edit("Leave the wires", ())
        return edits.move_wires(self.view.document, self.source, FromTask(*target))

    def words_over(self, target: Target) -> str:
        count = len(self._consumers)
        return f"Moves {count} wires here" if count > 1 else "Moves the wire here"

    def words_over_nothing(self) -> str:
        return f"Release to unplug {len(self._consumers)}"

    def released_on_nothing(self, at: Pointer) -> None:
        attempt(self.view, lambda: edits.unplug_all(self.view.document, self.source.task, self.source.output))

    def paint(self, painter: QPainter) -> None:
        for end in self._ends:
            paint_wire(self.view, painter, self._loose, end, self.wire_type())

    def wire_type(self) -> PortType | None:
        return source_type(self.view.document, self.source)
