"""Where moved things come to rest: on the grid, or in line with what lies around. Pure geometry."""

import math
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF

from editor.model.metrics import GRID
from editor.ui.canvas.curves import Floats


class Snapped(NamedTuple):
    """What to move by instead, and the lines that say what it is in line with."""

    delta: QPointF
    guides: tuple[QLineF, ...]


def on_grid(value: float) -> float:
    return round(value / GRID) * GRID


def on_grid_beyond(value: float) -> float:
    return math.ceil(value / GRID) * GRID


def grid_point(point: QPointF) -> QPointF:
    return QPointF(on_grid(point.x()), on_grid(point.y()))


class Snapping:
    """Made once at the start of a move, of the boxes that stay: each step then costs a few numpy comparisons."""

    def __init__(self, resting: Floats) -> None:
        """`resting`: left, top, right and bottom of each; from afar there are thousands."""
        self._boxes = resting
        left, top, right, bottom = resting.T
        self._xs = np.stack([left, (left + right) / 2, right])
        self._ys = np.stack([top, (top + bottom) / 2, bottom])

    def snap(self, box: QRectF, delta: QPointF, *, reach: float) -> Snapped:
        """Adjust the move of `box` by `delta`. An edge or middle within `reach` of another's comes before the grid."""
        moved = box.translated(delta)
        dx, x_hit = _nearest(self._xs, (moved.left(), moved.center().x(), moved.right()), reach)
        dy, y_hit = _nearest(self._ys, (moved.top(), moved.center().y(), moved.bottom()), reach)
        x = delta.x() + dx if x_hit is not None else on_grid(box.left() + delta.x()) - box.left()
        y = delta.y() + dy if y_hit is not None else on_grid(box.top() + delta.y()) - box.top()
        settled = box.translated(QPointF(x, y))
        guides: list[QLineF] = []
        if x_hit is not None:
            line, index = x_hit
            other = self._boxes[index]
            top, bottom = min(settled.top(), float(other[1])), max(settled.bottom(), float(other[3]))
            guides.append(QLineF(line, top, line, bottom))
        if y_hit is not None:
            line, index = y_hit
            other = self._boxes[index]
            left, right = min(settled.left(), float(other[0])), max(settled.right(), float(other[2]))
            guides.append(QLineF(left, line, right, line))
        return Snapped(QPointF(x, y), tuple(guides))


def _nearest(
    resting: np.ndarray, edges: tuple[float, float, float], reach: float
) -> tuple[float, tuple[float, int] | None]:
    """(how far to shift, (the line met, the box it belongs to)): like edges with like, middles with middles."""
    if resting.shape[1] == 0:
        return 0.0, None
    gaps = resting - np.array(edges)[:, None]
    kind, index = divmod(int(np.argmin(np.abs(gaps))), gaps.shape[1])
    gap = float(gaps[kind, index])
    return (gap, (float(resting[kind, index]), index)) if abs(gap) <= reach else (0.0, None)
