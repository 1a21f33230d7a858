"""Numpy arrays handed to QPainter as C arrays: the one module that knows how the binding lays them out.

`drawRects(first, count)` and `drawLines(first, count)` exist in PySide6 as in C++, and take a wrapper made round the
array's memory. That is a detail of the binding: it is tried out once, and the list form (about twice as slow) takes
over where it fails.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QImage, QPainter
from shiboken6 import wrapInstance

_Shape = TypeVar("_Shape", QRectF, QLineF)

if TYPE_CHECKING:
    Floats = NDArray[np.float64]


def draw_rects(painter: QPainter, rects: Floats) -> None:
    """Draw rows of (x, y, width, height) with the painter's pen and brush, in one call."""
    count = len(rects)
    if not count:
        return
    if is_direct():
        memory = np.ascontiguousarray(rects, dtype=np.float64)
        painter.drawRects(_over(memory, QRectF), count)
    else:
        painter.drawRects([QRectF(x, y, width, height) for x, y, width, height in rects.tolist()])


def draw_lines(painter: QPainter, lines: Floats) -> None:
    """Draw rows of (x1, y1, x2, y2) with the painter's pen, in one call."""
    count = len(lines)
    if not count:
        return
    if is_direct():
        memory = np.ascontiguousarray(lines, dtype=np.float64)
        painter.drawLines(_over(memory, QLineF), count)
    else:
        painter.drawLines([QLineF(x1, y1, x2, y2) for x1, y1, x2, y2 in lines.tolist()])


@cache
def is_direct() -> bool:
    """Whether this binding draws two rectangles and two lines from memory where they belong."""
    rects = np.array([[0, 0, 2, 2], [4, 4, 2, 2]], dtype=np.float64)
    lines = np.array([[0, 8, 3, 8], [4, 9, 7, 9]], dtype=np.float64)
    direct, listed = (QImage(10, 10, QImage.Format.Format_RGB32) for _ in range(2))
    for image, is_trial in ((direct, True), (listed, False)):
        image.fill(0)
        painter = QPainter(image)
        try:
            painter.setPen(0xFFFFFF)
            if is_trial:
                painter.drawRects(_over(rects, QRectF), len(rects))
                painter.drawLines(_over(lines, QLineF), len(lines))
            else:
                painter.drawRects([QRectF(*row) for row in rects.tolist()])
                painter.drawLines([QLineF(*row) for row in lines.tolist()])
        except TypeError:
            return False
        finally:
            painter.end()
    return direct == listed


def _over(memory: Floats, kind: type[_Shape]) -> _Shape:
    """A wrapper on the array's first row; the caller keeps the array alive while it is used."""
    made = wrapInstance(memory.ctypes.data, kind)
    assert isinstance(made, kind)
    return made
