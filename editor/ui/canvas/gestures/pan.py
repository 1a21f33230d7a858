"""Moving the view itself: dragging the paper, the wheel, the touchpad, pinching. The document is never touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QWheelEvent

from editor.ui.canvas.gestures.gesture import Gesture, Pointer
from editor.ui.canvas.gestures.held_keys import keep_from_menu_bar

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

ZOOM_PER_NOTCH = 1.2
NOTCH = 120
"""Eighths of a degree that one click of an ordinary wheel turns (QWheelEvent.angleDelta)."""
LEAST_REPEAT_MS = 150
"""No keyboard begins to repeat a key that is held down sooner."""
REPEAT_GAP_MS = 40
"""What a key that is held down lets go of and presses again sooner than this is one press."""


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


class PanKey(QObject):
    """The key that is held down to pan. `let_go`: it is up again; says whether it was used to pan meanwhile.

    Under X11 a key that is held down is let go and pressed again with each repetition, and Qt, which tells by what has
    arrived yet, takes some of these for the hand's. So what was down for long is let go only if no press follows.
    """

    let_go = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._key: int | None = None
        self._was_used = False
        self._since = QElapsedTimer()
        self._awaits_press = QTimer(self)
        self._awaits_press.setSingleShot(True)
        self._awaits_press.setInterval(REPEAT_GAP_MS)
        self._awaits_press.timeout.connect(self._on_awaits_press_timeout)

    @property
    def is_down(self) -> bool:
        return self._key is not None

    def is_key(self, key: int) -> bool:
        return key == self._key

    def press(self, key: int) -> None:
        if self._awaits_press.isActive() and key == self._key:
            self._awaits_press.stop()
            return
        self.forget()
        self._key = key
        self._since.start()

    def use(self) -> None:
        self._was_used = True

    def release(self) -> None:
        if self._since.elapsed() < LEAST_REPEAT_MS:
            self._on_awaits_press_timeout()
        else:
            self._awaits_press.start()

    def forget(self) -> None:
        """It is as if it had not been pressed."""
        self._awaits_press.stop()
        self._key, self._was_used = None, False

    def _on_awaits_press_timeout(self) -> None:
        was_used = self._was_used
        self.forget()
        self.let_go.emit(was_used)


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
    """Two fingers pan and Ctrl with them zooms; a wheel zooms at the cursor.

    With Shift it pans sideways, with Alt up and down: some platforms turn a wheel by themselves when one is held.
    """
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
        if not is_touchpad(event):
            turned_by = step.y() or step.x()
            step = QPoint(turned_by, 0) if keys & Qt.KeyboardModifier.ShiftModifier else QPoint(0, turned_by)
        view.pan_by(step.x(), step.y())
    keep_from_menu_bar(keys)
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
