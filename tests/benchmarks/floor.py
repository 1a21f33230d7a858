"""What the machine itself can do: a bare widget that paints the same boxes and curves in batches, with no model behind.

It draws the same cards (pixmaps made beforehand), frames, wires and dots as the canvas, at the same levels of detail,
and nothing else: no selection, no marks, no document, no incremental columns. Panning scrolls the widget, dragging
repaints the union of the boxes moved.
"""

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from editor.ui.canvas import curves
from editor.ui.canvas.arrays import draw_lines, draw_rects

_AA = QPainter.RenderHint.Antialiasing
COLORS = [QColor(40 + 30 * number, 90, 200 - 25 * number) for number in range(6)]
CANVAS = QColor("#f4f6f9")


class Floor(QWidget):
    """`boxes` (left, top, right, bottom), `frames` alike, `ends` of wires with their sources and targets."""

    def __init__(self, boxes: np.ndarray, frames: np.ndarray, ends: np.ndarray, owners: np.ndarray) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.boxes, self.frames, self.ends, self.owners = boxes.copy(), frames, ends.copy(), owners
        self.colors = np.arange(len(boxes)) % len(COLORS)
        self.pens = np.arange(len(ends)) % len(COLORS)
        self.zoom = 1.0
        self.x, self.y = 0, 0
        self.cards: list[QPixmap] = []
        self.bounds = np.zeros_like(ends)
        self._bound(np.arange(len(ends)))

    def _bound(self, rows: np.ndarray) -> None:
        ends = self.ends[rows]
        reach = curves.handles(ends)
        self.bounds[rows] = np.stack(
            [
                np.minimum(ends[:, 0], ends[:, 2] - reach),
                np.minimum(ends[:, 1], ends[:, 3]),
                np.maximum(ends[:, 0] + reach, ends[:, 2]),
                np.maximum(ends[:, 1], ends[:, 3]),
            ],
            axis=1,
        )

    def look(self, zoom: float, x: float, y: float) -> None:
        """Zoom and corner, and thirty different cards at this scale."""
        if zoom != self.zoom or not self.cards:
            self.cards = [_card(zoom, number) for number in range(30)] if zoom >= 0.45 else []
        self.zoom, self.x, self.y = zoom, round(x), round(y)
        self.update()

    def pan(self, dx: int, dy: int) -> None:
        self.x -= dx
        self.y -= dy
        self.scroll(dx, dy)

    def drag(self, rows: np.ndarray, dx: float, dy: float) -> None:
        wires = np.flatnonzero(np.isin(self.owners, rows).any(axis=1))
        before = np.concatenate([self.boxes[rows], self.bounds[wires]])
        self.boxes[rows] += [dx, dy, dx, dy]
        from_here = np.isin(self.owners[wires, 0], rows)[:, None]
        to_here = np.isin(self.owners[wires, 1], rows)[:, None]
        self.ends[wires] += np.concatenate([from_here * [dx, dy], to_here * [dx, dy]], axis=1)
        self._bound(wires)
        after = np.concatenate([self.boxes[rows], self.bounds[wires]])
        if len(rows) > 24:
            self.update()
            return
        for left, top, right, bottom in np.concatenate([before, after]).tolist():
            zoom = self.zoom
            corner = QPoint(int(left * zoom - self.x) - 12, int(top * zoom - self.y) - 12)
            self.update(QRect(corner, QPoint(int(right * zoom - self.x) + 12, int(bottom * zoom - self.y) + 12)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            painter.setClipRegion(event.region())
            self._paint(painter, list(event.region()))
        finally:
            painter.end()

    def _paint(self, painter: QPainter, areas: list[QRect]) -> None:
        area = areas[0]
        for other in areas:
            area = area.united(other)
        painter.fillRect(area, CANVAS)
        zoom, x, y = self.zoom, self.x, self.y
        painter.setRenderHint(_AA, on=False)
        step = 24 * zoom
        while step < 18:
            step *= 2
        xs = np.arange(np.floor((area.left() + x) / step) * step - x, area.right() + 1, step)
        ys = np.arange(np.floor((area.top() + y) / step) * step - y, area.bottom() + 1, step)
        dots = np.full((len(xs), len(ys), 4), 2.0)
        dots[:, :, 0], dots[:, :, 1] = np.round(xs)[:, None], np.round(ys)[None, :]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#d4dae3"))
        draw_rects(painter, dots.reshape(-1, 4))
        parts = [
            [
                (each.left() + x) / zoom - 12,
                (each.top() + y) / zoom - 12,
                (each.right() + x) / zoom + 12,
                (each.bottom() + y) / zoom + 12,
            ]
            for each in areas
        ]
        frames = self.frames[_touching(self.frames, parts)]
        painter.setPen(QPen(QColor("#137a78"), 1))
        painter.setBrush(QColor("#e6eef0"))
        if zoom < 0.2:
            draw_rects(painter, self._device(frames))
        else:
            painter.setRenderHint(_AA, on=True)
            for left, top, width, height in self._device(frames).tolist():
                painter.drawRoundedRect(left, top, width, height, 8 * zoom, 8 * zoom)
                painter.drawText(int(left) + 12, int(top) + 20, "for item in [1, 2, 3]")
        self._wires(painter, np.flatnonzero(_touching(self.bounds, parts)))
        self._cards(painter, np.flatnonzero(_touching(self.boxes, parts)))

    def _wires(self, painter: QPainter, rows: np.ndarray) -> None:
        zoom = self.zoom
        painter.setRenderHint(_AA, on=len(rows) <= 3000)
        segments = 4 if zoom < 0.2 else 8 if zoom < 0.45 else 20 if zoom < 1.5 else 32
        for number, color in enumerate(COLORS):
            mine = rows[self.pens[rows] == number]
            pen = QPen(color, max(1.0, 2 * min(max(zoom, 0.35), 1.5)))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            draw_lines(painter, curves.lines(curves.runs(self.ends[mine]), segments, zoom, self.x, self.y))

    def _cards(self, painter: QPainter, rows: np.ndarray) -> None:
        painter.setRenderHint(_AA, on=False)
        rects = self._device(self.boxes[rows])
        if self.zoom >= 0.45:
            margin = 12 * self.zoom
            for row, (left, top) in zip(rows.tolist(), rects[:, :2].tolist(), strict=True):
                painter.drawPixmap(int(left - margin), int(top - margin), self.cards[row % len(self.cards)])
            return
        colors = self.colors[rows]
        if self.zoom >= 0.2:
            painter.setPen(QPen(QColor("#bcc5d2"), 1))
            painter.setBrush(QColor("#ffffff"))
            draw_rects(painter, rects)
            rects[:, 3] = 32 * self.zoom
        painter.setPen(Qt.PenStyle.NoPen)
        for number, color in enumerate(COLORS):
            painter.setBrush(color)
            draw_rects(painter, rects[colors == number])

    def _device(self, boxes: np.ndarray) -> np.ndarray:
        rects = np.round(boxes * self.zoom - [self.x, self.y, self.x, self.y])
        rects[:, 2:] -= rects[:, :2]
        return rects


def _touching(boxes: np.ndarray, parts: list[list[float]]) -> np.ndarray:
    found = np.zeros(len(boxes), np.bool_)
    for left, top, right, bottom in parts:
        found |= (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)
    return found


def _card(zoom: float, number: int) -> QPixmap:
    pixmap = QPixmap(int(244 * zoom), int(192 * zoom))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    try:
        painter.setRenderHint(_AA)
        painter.scale(zoom, zoom)
        painter.translate(12, 12)
        painter.setBrush(QColor("#ffffff"))
        painter.drawRoundedRect(0, 0, 220, 160, 8, 8)
        for row in range(6):
            painter.drawText(14, 20 + 24 * row, f"input {number} {row}")
    finally:
        painter.end()
    return pixmap
