"""The small map in the corner: all there is, and the part that is seen, which can be dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QWidget

from editor.ui.canvas.arrays import draw_rects
from editor.ui.canvas.nodes import GROUP_KIND
from editor.ui.slices import Slices
from editor.ui.theme import Theme, clear, ink, mixed

if TYPE_CHECKING:
    from editor.ui.canvas.curves import Floats
    from editor.ui.canvas.view import CanvasView

SIZE_PX = QSize(200, 136)
MARGIN_PX = 12
PADDING_PX = 8
MAKE_WAY_PX = 120
LEAST_CARD_PX = 2.0
REFRESH_MS = 120
"""The boxes are drawn again at most so often while the document changes; the frame of what is seen is always live."""


class Minimap(QWidget):
    """Hides when everything is in view, and when it is not wanted. The boxes are one pixmap, drawn when they change."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view.viewport())
        self._view = view
        self.is_wanted = True
        self._is_in_way = False
        self.setAccessibleName("Minimap")
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setFixedSize(SIZE_PX)
        self._boxes: QPixmap | None = None
        self._drawn_with = view.theme
        self._map = QRectF()
        self._grip = QPointF()
        """From the hand to the middle of what is seen, while it is dragged."""
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(REFRESH_MS)
        self._drawing = Slices(self, self._draw)
        self._refresh.timeout.connect(self._drawing.start)
        view.view_changed.connect(self._on_view_view_changed)
        view.viewport().installEventFilter(self)
        self.hide()
        self._refresh.start()

    def set_wanted(self, *, wanted: bool) -> None:
        self.is_wanted = wanted
        self._settle()

    def make_way(self, at: QPoint | None) -> None:
        """Be away while something is dragged near the map, `at` in the pixels of the canvas; None: come back."""
        near = self.geometry().adjusted(-MAKE_WAY_PX, -MAKE_WAY_PX, 0, 0)
        is_in_way = at is not None and near.contains(at)
        if is_in_way != self._is_in_way:
            self._is_in_way = is_in_way
            self._settle()

    def taken(self) -> QSize:
        """Of the corner; empty while it is not there."""
        return self.size() + QSize(MARGIN_PX, MARGIN_PX) if self.isVisible() else QSize()

    def toggle(self) -> None:
        self.set_wanted(wanted=not self.is_wanted)

    def follow(self) -> None:
        """What is drawn has changed: draw the boxes again soon."""
        self._refresh.start()

    def _draw(self) -> None:
        """In a turn of its own: a frame has no room for it."""
        self._boxes = None
        self._settle()
        if self.isVisible():
            self._boxes, self._drawn_with = self._draw_boxes(), self._view.theme

    def _on_view_view_changed(self) -> None:
        self._settle()

    def _settle(self) -> None:
        """Show or hide, in the corner."""
        if self._view.is_behind:
            return  # It is drawn again when the view has caught up.
        everything = self._view.scene_bounds()
        room = self._view.viewport().rect()
        has_room = room.width() > 3 * self.width() and room.height() > 2 * self.height()
        is_all_seen = everything.isEmpty() or self._view.visible_rect().contains(everything)
        self.setVisible(self.is_wanted and has_room and not is_all_seen and not self._is_in_way)
        if self.isVisible():
            self.move(room.right() - self.width() - MARGIN_PX, room.bottom() - self.height() - MARGIN_PX)
            self.update()

    def _inner(self) -> QRectF:
        return QRectF(self.rect()).adjusted(PADDING_PX, PADDING_PX, -PADDING_PX, -PADDING_PX)

    def _scale(self) -> float:
        inner = self._inner()
        return min(inner.width() / max(1.0, self._map.width()), inner.height() / max(1.0, self._map.height()))

    def to_map(self, rect: QRectF) -> QRectF:
        """A rect of the scene on the map."""
        scale, inner = self._scale(), self._inner()
        left = inner.center().x() + (rect.left() - self._map.center().x()) * scale
        top = inner.center().y() + (rect.top() - self._map.center().y()) * scale
        return QRectF(left, top, rect.width() * scale, rect.height() * scale)

    def to_scene(self, point: QPointF) -> QPointF:
        away = (point - self._inner().center()) / self._scale()
        return self._map.center() + away

    def _draw_boxes(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(SIZE_PX * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        theme, columns = self._view.theme, self._view.columns
        self._map = self._view.scene_bounds()
        shown = columns.shown()
        boxes = self._on_map(columns.box[: columns.count][shown])
        is_group = columns.kind[: columns.count][shown] >= GROUP_KIND
        notes = np.array([[note.x, note.y, note.right, note.bottom] for note in columns.note_boxes.values()])
        painter = QPainter(pixmap)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(ink(theme.border))
            painter.setBrush(ink(theme.raised))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(clear(theme.warning, 0.35))
            draw_rects(painter, self._on_map(notes.reshape(-1, 4)))
            painter.setPen(QPen(clear(theme.text_dim, 0.6), 1))
            painter.setBrush(clear(theme.text_dim, 0.12))
            draw_rects(painter, boxes[is_group])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink(card_color(theme)))
            cards = boxes[~is_group]
            cards[:, 2:] = np.maximum(np.round(cards[:, 2:]), LEAST_CARD_PX)
            draw_rects(painter, cards)
        finally:
            painter.end()
        return pixmap

    def _on_map(self, boxes: Floats) -> Floats:
        """Rows of (left, top, right, bottom) in the scene as rows of (x, y, width, height) on the map."""
        scale, corner = self._scale(), self.to_map(QRectF(0, 0, 0, 0)).topLeft()
        made = boxes * scale
        made[:, 2:] -= made[:, :2]
        made[:, :2] += (corner.x(), corner.y())
        return made

    def _take_hold(self, at: QPointF) -> None:
        """The frame of what is seen is dragged as it lies; elsewhere its middle comes to the hand."""
        seen = self.to_map(self._view.visible_rect())
        self._grip = seen.center() - at if seen.contains(at) else QPointF()

    def _go_to(self, at: QPointF) -> None:
        """A hand that leaves the map does not take the view off what there is."""
        wanted, there = self.to_scene(at + self._grip), self._map
        x = min(max(wanted.x(), there.left()), there.right())
        y = min(max(wanted.y(), there.top()), there.bottom())
        self._view.centre_on(QPointF(x, y))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._settle()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._view.forget_hover()
        super().enterEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._take_hold(event.position())
            self._go_to(event.position())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_to(event.position())
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if turns:
            self._view.zoom_by(1.2**turns)
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._view.theme
        is_stale = self._boxes is None or self._boxes.devicePixelRatio() != self.devicePixelRatioF()
        if self._boxes is None or is_stale or self._drawn_with is not theme:
            if self._view.is_behind:
                self._drawing.start()
                return
            self._boxes, self._drawn_with = self._draw_boxes(), theme
        painter = QPainter(self)
        try:
            painter.drawPixmap(0, 0, self._boxes)
            # Upright on whole pixels: antialiased round corners would take longer than all the rest of a pan step.
            seen = self.to_map(self._view.visible_rect()).intersected(QRectF(self.rect()).adjusted(3, 3, -3, -3))
            frame = seen.toAlignedRect()
            painter.fillRect(frame, clear(theme.accent, 0.10))
            painter.setPen(QPen(ink(theme.accent), 2))
            painter.drawRect(frame)
        finally:
            painter.end()


def card_color(theme: Theme) -> str:
    """Of cards on the map: the frame round what is seen must stand out from thousands of them."""
    return mixed(theme.text_dim, theme.raised, 0.5)
