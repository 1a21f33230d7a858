"""Moving the view itself: dragging the paper, the wheel, the touchpad, pinching. The document is never touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QWheelEvent

from editor.ui.canvas.gestures.gesture import Gesture, Pointer

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

ZOOM_PER_NOTCH = 1.2
NOTCH = 120
"""Eighths of a degree that one click of an ordinary wheel turns (QWheelEvent.angleDelta)."""


class PanGesture(Gesture):
    """The paper follows the hand: Space-drag or the middle button."""

    autoscrolls = False

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._last = QPoint()

    def start(self, at: Pointer) -> None:
        self._last = at.position

    def move(self, at: Pointer) -> None:
        step = at.position - self._last
        self._last = at.position
        self.view.pan_by(step.x(), step.y())


def is_touchpad(event: QWheelEvent) -> bool:
    """Whether two fingers scroll rather than a wheel turn.

    A touchpad says so by its device type; where the platform does not know (X11 without XInput 2, some remote
    desktops), by scroll phases, or by pixel deltas that are not whole notches.
    """
    if event.device().type() == QInputDevice.DeviceType.TouchPad:
        return True
    if event.phase() not in (Qt.ScrollPhase.NoScrollPhase, Qt.ScrollPhase.ScrollMomentum):
        return True
    turned = event.angleDelta()
    is_whole = turned.x() % NOTCH == 0 and turned.y() % NOTCH == 0
    return not event.pixelDelta().isNull() and not is_whole


def wheel(view: CanvasView, event: QWheelEvent) -> None:
    """Two fingers pan and Ctrl with them zooms; a wheel zooms at the cursor, with Shift it pans sideways."""
    keys = event.modifiers()
    turned = event.angleDelta()
    if keys & Qt.KeyboardModifier.ControlModifier or not (
        is_touchpad(event) or keys & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier)
    ):
        turns = (turned.y() or turned.x()) / NOTCH
        if not turned.isNull():
            view.zoom_at(event.position(), ZOOM_PER_NOTCH**turns)
    else:
        step = event.pixelDelta() if not event.pixelDelta().isNull() else turned / 2
        if keys & Qt.KeyboardModifier.ShiftModifier and not is_touchpad(event) and step.x() == 0:
            step = QPoint(step.y(), 0)
        view.pan_by(step.x(), step.y())
    event.accept()


def native_gesture(view: CanvasView, event: QNativeGestureEvent) -> bool:
    """Pinching on a touchpad zooms at the fingers; a two-finger double tap goes between 100 % and all in view."""
    match event.gestureType():
        case Qt.NativeGestureType.ZoomNativeGesture:
            view.zoom_at(QPointF(event.position()), max(0.2, 1 + event.value()))
        case Qt.NativeGestureType.SmartZoomNativeGesture:
            view.fit() if view.zoom >= 1 else view.zoom_at(QPointF(event.position()), 1 / view.zoom)
        case _:
            return False
    event.accept()
    return True
