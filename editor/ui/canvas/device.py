"""From scene units to device pixels: what the canvas's painters share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QRegion

from editor.ui.canvas import curves
from editor.ui.canvas.columns import Columns
from editor.ui.canvas.curves import Floats
from editor.ui.canvas.types import Camera

REACH = 16.0
"""How far ports, badges, shadows and pens reach out of their boxes, in scene units."""


def rects(region: QRegion) -> Iterator[QRect]:
    """Those that a region consists of."""
    return iter(region)  # pyright: ignore[reportCallIssue, reportArgumentType] it is iterable, the stubs do not say so


def parts_of(areas: Sequence[QRect], camera: Camera) -> tuple[Floats, Floats]:
    """Rectangles of device pixels, a little larger, and the parts of the scene that show in them."""
    edges = np.array([(a.left(), a.top(), a.right() + 1, a.bottom() + 1) for a in areas], np.float64)
    outward = np.array([-1.0, -1.0, 1.0, 1.0])
    # Whatever reaches out of its box (ports, badges, shadows, pens) is covered by this much more all round.
    parts = (edges + np.array([camera.x, camera.y, camera.x, camera.y])) / camera.scale + REACH * outward
    return edges + 2 * camera.ratio * outward, parts


def device_rects(boxes: Floats, camera: Camera) -> Floats:
    """Boxes (left, top, right, bottom) of the scene as whole device pixels (x, y, width, height), never empty."""
    edges = np.round(boxes * camera.scale - np.array([camera.x, camera.y, camera.x, camera.y]))
    edges[:, 2:] = np.maximum(edges[:, 2:] - edges[:, :2], 1.0)
    return edges


def device_rect(rect: QRectF, camera: Camera) -> QRectF:
    scale = camera.scale
    return QRectF(rect.x() * scale - camera.x, rect.y() * scale - camera.y, rect.width() * scale, rect.height() * scale)


def wire_path(ends: Floats, via: float) -> QPainterPath:
    """One wire as a path."""
    parts, _owners, is_straight = curves.pieces(ends[None, :], np.array([via]))
    path = QPainterPath(QPointF(*parts[0, :2].tolist()))
    for (x1, y1, x2, y2, ahead, back), straight in zip(parts.tolist(), is_straight.tolist(), strict=True):
        if straight:
            path.lineTo(x2, y2)
        else:
            path.cubicTo(x1 + ahead, y1, x2 - back, y2, x2, y2)
    return path


def box_rect(columns: Columns, slot: int) -> QRectF:
    left, top, right, bottom = columns.box[slot].tolist()
    return QRectF(left, top, right - left, bottom - top)


class Scaled:
    """Scene units on the painter, antialiased, for as long as the `with` lasts."""

    def __init__(self, painter: QPainter, camera: Camera) -> None:
        self._painter = painter
        self._camera = camera

    def __enter__(self) -> None:
        self._painter.save()
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        self._painter.translate(-self._camera.x, -self._camera.y)
        self._painter.scale(self._camera.scale, self._camera.scale)

    def __exit__(self, *_exception: object) -> None:
        self._painter.restore()
