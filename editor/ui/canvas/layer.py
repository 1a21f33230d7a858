"""The picture of the scene, kept between frames: scrolled when the paper moves, mended where something changed."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap, QRegion

from editor.ui.canvas.painting import FRESH_CARDS_S, Painting
from editor.ui.canvas.types import Camera
from editor.ui.canvas.wires import Floats
from editor.ui.theme import ink

REACH_PX = 18
"""How far shadows, badges, ports and pens reach out of a box, in logical pixels at 100 % (never less than 6)."""

MOST_RECTS = 24

SLOW_FRAME_S = 0.012
"""Where a whole picture takes longer, zooming shows the last one stretched until it rests."""


class Layer:
    """A pixmap of the viewport in device pixels; `refresh` brings it up to date, `copy_to` shows it."""

    def __init__(self, painting: Painting) -> None:
        self._painting = painting
        self._pixmap = QPixmap()
        self._camera: Camera | None = None
        self._wanted: Camera | None = None
        self._spoilt = QRegion()
        self._is_spoilt = True
        self._is_stretched = False
        self._whole_s = 0.0
        self.is_moving = False
        """While zooming: no new cards, and stretched copies if a whole picture is slow."""

    def spoil(self) -> None:
        """Everything must be painted again."""
        self._is_spoilt = True

    def spoil_boxes(self, boxes: Floats, camera: Camera) -> None:
        """What lies in these boxes of the scene must be painted again."""
        if self._is_spoilt:
            return
        reach = REACH_PX * camera.ratio * max(camera.zoom, 0.34)
        shift = np.array([camera.x, camera.y, camera.x, camera.y])
        edges = boxes * camera.scale - shift + np.array([-reach, -reach, reach, reach])
        size = np.array([self._pixmap.width(), self._pixmap.height()] * 2)
        edges = np.clip(edges, 0, size)
        for left, top, right, bottom in edges.tolist():
            x, y = int(left), int(top)
            self._spoilt += QRect(x, y, int(right) + 1 - x, int(bottom) + 1 - y)

    def scroll(self, step: QPoint) -> None:
        """Move the picture by whole device pixels; what comes into view is painted at the next refresh."""
        whole = self._pixmap.rect()
        if self._is_spoilt or self._camera is None:
            return
        if abs(step.x()) >= whole.width() or abs(step.y()) >= whole.height():
            self._is_spoilt = True
            return
        self._spoilt.translate(step)
        self._pixmap.scroll(step.x(), step.y(), whole)
        self._spoilt += QRegion(whole) - QRegion(whole.translated(step))
        self._camera = self._camera._replace(x=self._camera.x - step.x(), y=self._camera.y - step.y())

    def refresh(self, camera: Camera, size: tuple[int, int]) -> bool:
        """Bring the picture up to date; False if some cards still stand in."""
        if self._pixmap.width() != size[0] or self._pixmap.height() != size[1]:
            self._pixmap = QPixmap(*size)
            self._is_spoilt = True
            self._camera = None
        if self._camera is not None and self._camera != camera:
            if self.is_moving and self._whole_s > SLOW_FRAME_S and camera.ratio == self._camera.ratio:
                self._wanted = camera
                self._is_stretched = True
                return True
            self._is_spoilt = True
        if self._is_spoilt:
            return self._paint_whole(camera, FRESH_CARDS_S)
        if self._spoilt.isEmpty():
            return True
        region, self._spoilt = self._spoilt, QRegion()
        is_complete = True
        painter = QPainter(self._pixmap)
        try:
            for areas in _passes(region):
                is_complete &= self._painting.paint(painter, areas, camera, FRESH_CARDS_S)
        finally:
            painter.end()
        return is_complete

    def finish(self, camera: Camera, size: tuple[int, int]) -> None:
        """Paint everything at once, however long it takes."""
        self.is_moving = False
        self._is_spoilt = True
        if self._pixmap.width() != size[0] or self._pixmap.height() != size[1]:
            self._pixmap = QPixmap(*size)
        self._paint_whole(camera, float("inf"))

    def copy_to(self, painter: QPainter, ratio: float) -> None:
        """Show the picture; Qt's own clip keeps it to what must be painted."""
        if self._is_stretched and self._camera is not None:
            self._stretch_to(painter)
            return
        # Device pixel on device pixel: without a transform this is a plain copy of memory.
        painter.scale(1 / ratio, 1 / ratio)
        painter.drawPixmap(0, 0, self._pixmap)
        painter.resetTransform()

    def _paint_whole(self, camera: Camera, fresh_s: float) -> bool:
        started = perf_counter()
        painter = QPainter(self._pixmap)
        try:
            is_complete = self._painting.paint(
                painter, [self._pixmap.rect()], camera, 0.0 if self.is_moving else fresh_s
            )
        finally:
            painter.end()
        self._camera = camera
        self._is_spoilt = self._is_stretched = False
        self._spoilt = QRegion()
        self._whole_s = perf_counter() - started
        return is_complete

    def _stretch_to(self, painter: QPainter) -> None:
        """The last picture, moved and scaled to where it would be now; ground where it does not reach."""
        before, now = self._camera, self._wanted
        assert before is not None
        assert now is not None
        grown = now.scale / before.scale
        corner = QPointF(before.x * grown - now.x, before.y * grown - now.y) / now.ratio
        size = self._pixmap.size().toSizeF() * (grown / now.ratio)
        room = QRectF(QPointF(), self._pixmap.size().toSizeF() / now.ratio)
        painter.fillRect(room, ink(self._painting.theme.canvas))
        painter.drawPixmap(QRectF(corner, size), self._pixmap, QRectF(self._pixmap.rect()))


def _rects(region: QRegion) -> Iterator[QRect]:
    """An L of two strips is two rectangles; its bounding box would be the whole viewport."""
    return iter(region)  # pyright: ignore[reportCallIssue, reportArgumentType] it is iterable, the stubs do not say so


def _passes(region: QRegion) -> list[list[QRect]]:
    """The rectangles of a region, grouped into as few paintings as pay.

    A pass has a price of its own, whatever its area; a rectangle more in a pass costs a mask over the columns.
    """
    rects = list(_rects(region))
    return [rects] if len(rects) <= MOST_RECTS else [[region.boundingRect()]]
