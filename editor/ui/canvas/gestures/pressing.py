"""Which gesture a drag begins, from what was pressed and which keys are held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from editor.model import FromTask, Loop, Note
from editor.model.arguments import wire_source
from editor.ui.canvas.gestures.after import RunAfterGesture
from editor.ui.canvas.gestures.at_port import givers, takers
from editor.ui.canvas.gestures.bundle import BundleGesture
from editor.ui.canvas.gestures.gesture import Gesture, Pointer
from editor.ui.canvas.gestures.move import MoveGesture
from editor.ui.canvas.gestures.placing import Landing
from editor.ui.canvas.gestures.reading import argument_of, consumers_of, input_of_wire
from editor.ui.canvas.gestures.resize import ResizeGesture, resized_edges
from editor.ui.canvas.gestures.select import Lasso, RubberBand
from editor.ui.canvas.gestures.wire import (
    BackwardGesture,
    ConnectGesture,
    RewireGesture,
    Source,
    Target,
    port_place,
    source_at,
)

if TYPE_CHECKING:
    from editor.ui.canvas.gestures.dispatch import GestureDispatcher
    from editor.ui.canvas.view import CanvasView, Hit

_Keys = Qt.KeyboardModifier
WIRE_END_SHARE = 0.5
"""Of a wire's length, how much counts as its end at the input; the rest as its end at the output."""


def gesture_for(view: CanvasView, gestures: GestureDispatcher, hit: Hit, at: Pointer) -> Gesture | None:
    """None where a drag means nothing. On a view for reading only, choosing and panning are left."""
    if hit.id is None or hit.kind == "none":
        return _area(view, at)
    if (edges := resized_edges(view, hit, at.scene)) is not None:
        return None if view.is_read_only else ResizeGesture(view, hit.id, edges)
    if hit.kind == "group":
        return _area(view, at)
    if view.is_read_only:
        return None
    match hit.kind:
        case "output" | "group_port":
            return _from_output(view, gestures, (hit.id, hit.port), at)
        case "input":
            return _from_input(view, gestures, (hit.id, hit.port))
        case "wire":
            return _from_wire(view, gestures, (hit.id, hit.port), at)
        case "header" | "group_title" if at.has(_Keys.ControlModifier) and not _is_note(view, hit):
            return RunAfterGesture(view, hit.id)
        case _:
            # A press with Ctrl leaves the selection as it is until the release.
            if hit.kind == "note" and hit.id not in view.selection:
                view.select({hit.id})
            return MoveGesture(view)


def connect_gesture(view: CanvasView, gestures: GestureDispatcher, source: Source) -> ConnectGesture:
    """A wire from an output or a loop's item; let go on empty canvas it asks what to add."""

    def quick_add(scene: QPointF, source: Source) -> None:
        gestures.open_quick_add(Landing(scene, source=source), heading=takers(view, source))

    return ConnectGesture(view, source, quick_add=quick_add)


def backward_gesture(view: CanvasView, gestures: GestureDispatcher, consumer: Target) -> BackwardGesture:
    """A wire from an input back to what shall feed it."""

    def quick_add(scene: QPointF, consumer: Target) -> None:
        gestures.open_quick_add(Landing(scene, consumer=consumer), heading=givers(view, consumer))

    return BackwardGesture(view, consumer, quick_add=quick_add)


def _area(view: CanvasView, at: Pointer) -> Gesture:
    return Lasso(view) if at.has(_Keys.AltModifier) else RubberBand(view)


def _from_output(view: CanvasView, gestures: GestureDispatcher, port: Target, at: Pointer) -> Gesture:
    source = source_at(view.document, port)
    if at.has(_Keys.ShiftModifier) and isinstance(source, FromTask) and consumers_of(view.document, *port):
        return BundleGesture(view, source)
    return connect_gesture(view, gestures, source)


def _from_input(view: CanvasView, gestures: GestureDispatcher, port: Target) -> Gesture | None:
    if isinstance(view.document.get(port[0]), Loop):
        return None
    source = wire_source(argument_of(view.document, *port))
    if source is not None:
        return RewireGesture(view, source, port)
    return backward_gesture(view, gestures, port)


def _from_wire(view: CanvasView, gestures: GestureDispatcher, wire: Target, at: Pointer) -> Gesture | None:
    """The half at the input takes that end off; the other half looks for another output."""
    source = wire_source(argument_of(view.document, *wire))
    input_name = input_of_wire(wire[1])
    if source is None or input_name is None:
        return None
    fed = (wire[0], input_name)
    end = port_place(view, fed, "input")
    path = view.wire_path(*wire)
    middle = path.pointAtPercent(1 - WIRE_END_SHARE)
    start = path.pointAtPercent(0)
    to_end, to_start = (at.scene - end).manhattanLength(), (at.scene - start).manhattanLength()
    if to_end <= max(to_start, (at.scene - middle).manhattanLength()):
        return RewireGesture(view, source, fed)
    return backward_gesture(view, gestures, fed)


def _is_note(view: CanvasView, hit: Hit) -> bool:
    return hit.id is not None and isinstance(view.document.get(hit.id), Note)
