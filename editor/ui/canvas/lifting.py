"""What follows the hand, kept as one picture: many cards and the wires among them are then one copy a step."""

from __future__ import annotations

from itertools import pairwise
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap, QRegion

from editor.ui.canvas.device import rects

if TYPE_CHECKING:
    from editor.ui.canvas.painting import Painting
    from editor.ui.canvas.types import Camera

FEW = 24
"""So many lifted nodes are drawn afresh at each step: that costs less than a picture of them."""
MARGIN_PX = 160
"""How far beyond the viewport the picture reaches: so far things may be moved before it is drawn anew."""
BAND_DRAWN, MOST_BANDS = 250, 32
"""So many cards and wires are drawn at a time."""
AGAIN_S = 0.1
"""Where some cards still stand in, it is drawn again so soon."""


class Lifting:
    """Draws the lifted nodes of a Painting; only the wires with one end at rest are drawn anew at each step."""

    def __init__(self, painting: Painting) -> None:
        self._painting = painting
        self._pixmap = QPixmap()
        self._made_for: tuple[object, ...] = ()
        self._at = QPoint()
        self._todo: list[QRect] = []
        """Bands of the picture that are not drawn yet: one is at each frame."""
        self._coarse: list[QRect] = []
        """Those in which some cards still stand in."""
        self._drawn = 0.0
        self.took_s = 0.0
        """Of processor time, when it was last painted."""

    def paint(self, painter: QPainter, size: QSize, camera: Camera) -> bool:
        """On a painter in device pixels that shows the rest already; False if some of it is not drawn for now."""
        begun = thread_time()
        is_whole = self._paint(painter, size, camera)
        self.took_s = thread_time() - begun
        return is_whole

    def _paint(self, painter: QPainter, size: QSize, camera: Camera) -> bool:
        painting = self._painting
        columns = painting.columns
        area = QRect(QPoint(0, 0), size)
        if columns.lifted is None:
            self.drop()
            return True
        if columns.lifted_count <= FEW:
            return painting.paint_lifted(painter, area, camera)
        now = self._come(camera)
        key = (columns.lifted, camera, size, painting.theme, painting.emphasis)
        is_same = len(key) == len(self._made_for) and all(
            one is other or (number in (1, 2) and one == other)
            for number, (one, other) in enumerate(zip(key, self._made_for, strict=True))
        )
        step = now - self._at
        if not is_same:
            self._begin(size, camera)
            self._made_for = key
            self._at, step = now, QPoint()
        elif max(abs(step.x()), abs(step.y())) > MARGIN_PX:
            self._reach(step, camera)
            self._at, step = now, QPoint()
        if not self._todo and self._coarse and perf_counter() > self._drawn + AGAIN_S:
            self._todo, self._coarse = self._coarse, []
        if self._todo:
            self._draw(self._todo.pop(0), camera, step)
            self._drawn = perf_counter()
        painter.drawPixmap(step - QPoint(MARGIN_PX, MARGIN_PX), self._pixmap)
        # Over the cards, for once: under the picture, lifted frames would hide the wires into them.
        painting.paint_loose_wires(painter, area, camera)
        return not self._todo

    def stamp(self, painter: QPainter, at: QPoint, size: QSize, camera: Camera) -> None:
        """Paint it as it was seen last on a larger picture, whose camera this is: `at` lies the corner of the view."""
        painting, columns = self._painting, self._painting.columns
        area = QRect(at, size)
        if columns.lifted_count <= FEW:
            painting.paint_lifted(painter, area, camera)
        elif not self._pixmap.isNull():
            step = self._come(camera) - self._at
            painter.drawPixmap(at + step - QPoint(MARGIN_PX, MARGIN_PX), self._pixmap)
            painting.paint_loose_wires(painter, area, camera)

    def _come(self, camera: Camera) -> QPoint:
        """How far it has come, in device pixels."""
        dx, dy = self._painting.columns.lifted_by
        return QPoint(round(dx * camera.scale), round(dy * camera.scale))

    def drop(self) -> None:
        """Nothing is lifted: free the memory."""
        if not self._pixmap.isNull():
            self._pixmap = QPixmap()
            self._made_for, self._todo, self._coarse = (), [], []

    def _begin(self, size: QSize, camera: Camera) -> None:
        """An empty picture, and how it is to be drawn: from the top, so much at a time."""
        wanted = size + QSize(2 * MARGIN_PX, 2 * MARGIN_PX)
        if self._pixmap.size() != wanted:
            self._pixmap = QPixmap(wanted)
        self._pixmap.fill(Qt.GlobalColor.transparent)
        self._coarse = []
        self._todo = self._bands(self._pixmap.rect(), camera)

    def _reach(self, step: QPoint, camera: Camera) -> None:
        """Move the picture so far, for all in it is one stiff piece; what comes in is to be drawn."""
        whole = self._pixmap.rect()
        self._pixmap.scroll(step.x(), step.y(), whole)
        come = list(rects(QRegion(whole) - QRegion(whole.translated(step))))
        painter = QPainter(self._pixmap)
        try:
            for part in come:
                _clear(painter, part)
        finally:
            painter.end()
        self._todo, self._coarse = (
            [band for each in bands if not (band := each.translated(step) & whole).isEmpty()]
            for bands in (self._todo, self._coarse)
        )
        for part in come:
            self._todo += self._bands(part, camera)

    def _bands(self, part: QRect, camera: Camera) -> list[QRect]:
        drawn = self._painting.count_lifted(part, self._moved(camera, QPoint()))
        bands = min(MOST_BANDS, 1 + drawn // BAND_DRAWN)
        edges = [part.top() + part.height() * number // bands for number in range(bands + 1)]
        return [QRect(part.left(), top, part.width(), bottom - top) for top, bottom in pairwise(edges)]

    def _draw(self, band: QRect, camera: Camera, step: QPoint) -> None:
        """Draw a band of the picture, which has been moved by `step` since it was begun."""
        painter = QPainter(self._pixmap)
        try:
            painter.setClipRect(band)
            _clear(painter, band)
            is_whole = self._painting.paint_lifted(painter, band, self._moved(camera, step), with_loose=False)
        finally:
            painter.end()
        if not is_whole:
            self._coarse.append(band)

    @staticmethod
    def _moved(camera: Camera, step: QPoint) -> Camera:
        return camera._replace(x=camera.x - MARGIN_PX + step.x(), y=camera.y - MARGIN_PX + step.y())


def _clear(painter: QPainter, part: QRect) -> None:
    mode = painter.compositionMode()
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.fillRect(part, Qt.GlobalColor.transparent)
    painter.setCompositionMode(mode)
