"""A hand with many tasks in it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from editor.model import ROOT, EntityId
from editor.ui.canvas.gestures.gesture import Pointer
from editor.ui.page import DocumentPage

NO_KEYS = Qt.KeyboardModifier.NoModifier

Waits = list[Callable[[], None]]


def count(page: DocumentPage) -> int:
    return len(page.session.document.children(ROOT))


def move_hand(page: DocumentPage, to: QPoint, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """With the left button down."""
    port, at = page.view.viewport(), QPointF(to)
    none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
    QApplication.sendEvent(port, QMouseEvent(QEvent.Type.MouseMove, at, port.mapToGlobal(at), none, left, keys))


def drag_all(page: DocumentPage, keys: Qt.KeyboardModifier = NO_KEYS) -> tuple[QPointF, QPointF]:
    """Take hold of all by the first one's header and let go below; where that was, and is drawn now."""
    view, first = page.view, EntityId("t0")
    view.centre_on(view.card_rect(first).center())
    before = view.card_rect(first).topLeft()
    view.select(page.session.document.children(ROOT))
    start = view.to_view(before + QPointF(60, 12))
    port = view.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, keys, start)
    for step in (20, 60, 100):
        move_hand(page, start + QPoint(0, step), keys)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, keys, start + QPoint(0, 100))
    return before, view.card_rect(first).topLeft()


def pointer(page: DocumentPage, scene: QPointF) -> Pointer:
    return Pointer(scene, page.view.to_view(scene), NO_KEYS)
