"""What follows the hand, kept as one picture: many cards and the wires among them are then one copy a step."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

if TYPE_CHECKING:
    from editor.ui.canvas.painting import Painting
    from editor.ui.canvas.types import Camera

FEW = 24
"""So many lifted nodes are drawn afresh at each step: that costs less than a picture of them."""
MARGIN_PX = 160
"""How far beyond the viewport the picture reaches: so far things may be moved before it is drawn anew."""
AGAIN_S = 0.1
"""Where some cards still stand in, it is drawn again so soon."""


class Lifting:
    """Draws the lifted nodes of a Painting; only the wires with one end at rest are drawn anew at each step."""

    def __init__(self, painting: Painting) -> None:
        self._painting = painting
        self._pixmap = QPixmap()
        self._made_for: tuple[object, ...] = ()
        self._at = QPoint()
        self._is_complete = True
        self._drawn = 0.0

    def paint(self, painter: QPainter, size: QSize, camera: Camera) -> bool:
        """On a painter in device pixels that shows the rest already; False if some cards stand in for now."""
        painting = self._painting
        columns = painting.columns
        area = QRect(QPoint(0, 0), size)
        if columns.lifted is None:
            self.drop()
            return True
        if columns.lifted_count <= FEW:
            return painting.paint_lifted(painter, area, camera)
        dx, dy = columns.lifted_by
        now = QPoint(round(dx * camera.scale), round(dy * camera.scale))
        key = (columns.lifted, camera, size, painting.theme, painting.emphasis)
        is_same = len(key) == len(self._made_for) and all(
            one is other or (number in (1, 2) and one == other)
            for number, (one, other) in enumerate(zip(key, self._made_for, strict=True))
        )
        step = now - self._at
        is_due = not self._is_complete and perf_counter() > self._drawn + AGAIN_S
        if not is_same or is_due or max(abs(step.x()), abs(step.y())) > MARGIN_PX:
            self._is_complete = self._draw(size, camera)
            self._drawn = perf_counter()
            self._made_for = key
            self._at = now
            step = QPoint()
        painter.drawPixmap(step - QPoint(MARGIN_PX, MARGIN_PX), self._pixmap)
        # Over the cards, for once: under the picture, lifted frames would hide the wires into them.
        painting.paint_loose_wires(painter, area, camera)
        return True

    def drop(self) -> None:
        """Nothing is lifted: free the memory."""
        if not self._pixmap.isNull():
            self._pixmap = QPixmap()
            self._made_for = ()

    def _draw(self, size: QSize, camera: Camera) -> bool:
        wanted = size + QSize(2 * MARGIN_PX, 2 * MARGIN_PX)
        if self._pixmap.size() != wanted:
            self._pixmap = QPixmap(wanted)
        self._pixmap.fill(Qt.GlobalColor.transparent)
        moved = camera._replace(x=camera.x - MARGIN_PX, y=camera.y - MARGIN_PX)
        painter = QPainter(self._pixmap)
        try:
            return self._painting.paint_lifted(painter, self._pixmap.rect(), moved, with_loose=False)
        finally:
            painter.end()
