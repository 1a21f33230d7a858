"""Paints the frames of groups from pictures of their upper and lower edges: between these there is only colour.

A frame painted as vectors takes half a millisecond, most of it for its title and round corners, and frames change less
often than they are seen.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from editor.layout.metrics import GROUP_TITLE_HEIGHT, LOOP_ITEM_OFFSET
from editor.ui.canvas.card_painter import RADIUS, frame_fill, paint_frame
from editor.ui.theme import ink

if TYPE_CHECKING:
    from editor.ui.canvas.titles import Title
    from editor.ui.theme import Theme

BUDGET_BYTES = 12 * 2**20
LARGEST_BYTES = 2 * 2**20
"""Of one picture: what is larger is painted as vectors."""
REACH = 8.0
"""So far ports and borders reach out of a frame, in scene units."""
TOP = max(GROUP_TITLE_HEIGHT + 4.0, LOOP_ITEM_OFFSET[1] + 14.0)
FOOT = RADIUS + 2.0


class FrameLook(NamedTuple):
    """All that a frame's picture depends on, but its size, scale, selection and run."""

    kind: str
    title: Title
    is_marked: bool
    depth: int
    is_folded: bool
    inside: int

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        """As vectors, on a painter in scene units."""
        paint_frame(
            painter,
            rect,
            self.kind,
            self.title,
            theme,
            is_marked=self.is_marked,
            depth=self.depth,
            is_folded=self.is_folded,
            inside=self.inside,
        )


class Frames:
    """Pictures of frames' edges, by look, width and scale, the least used of which are forgotten first."""

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self._budget = budget_bytes
        self._used = 0
        self._made: OrderedDict[tuple[object, ...], QPixmap] = OrderedDict()

    def clear(self) -> None:
        self._made.clear()
        self._used = 0

    def paint(self, painter: QPainter, rect: QRect, scale: float, look: FrameLook, theme: Theme) -> None:
        """Paint a frame that takes up `rect` in device pixels, on a painter in device pixels."""
        reach, top, foot = (math.ceil(each * scale) for each in (REACH, TOP, FOOT))
        wide = rect.width() + 2 * reach
        is_short = rect.height() < top + foot
        if 4 * wide * (rect.height() if is_short else top + foot) > LARGEST_BYTES:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(rect.topLeft())
            painter.scale(scale, scale)
            look.paint(painter, QRectF(0, 0, rect.width() / scale, rect.height() / scale), theme)
            painter.restore()
            return
        corner = rect.topLeft() - QPoint(reach, reach)
        if is_short:
            painter.drawPixmap(corner, self._picture(rect, scale, look, theme, 0, rect.height() + 2 * reach))
            return
        upper = self._picture(rect, scale, look, theme, 0, reach + top)
        lower = self._picture(rect, scale, look, theme, reach + rect.height() - foot, foot + reach)
        between = rect.adjusted(0, top, 0, -foot)
        painter.fillRect(between, ink(frame_fill(look.kind, theme, look.depth, is_folded=look.is_folded)))
        # The sides are the last row of the upper picture, drawn out.
        last, edge = upper.height() - 1, 2 * reach
        for x in (0, wide - edge):
            side = QRect(corner.x() + x, between.top(), edge, between.height())
            painter.drawPixmap(side, upper, QRect(x, last, edge, 1))
        painter.drawPixmap(corner, upper)
        painter.drawPixmap(corner.x(), rect.bottom() + 1 - foot, lower)

    def _picture(self, rect: QRect, scale: float, look: FrameLook, theme: Theme, begin: int, height: int) -> QPixmap:
        """The rows from `begin` on of a frame's picture, which reaches out of the frame all round."""
        is_lower = begin > 0
        # How high a frame is makes no difference to its edges.
        key = (look, theme.name, scale, rect.width(), is_lower, height)
        found = self._made.get(key)
        if found is not None:
            self._made.move_to_end(key)
            return found
        reach = math.ceil(REACH * scale)
        pixmap = QPixmap(rect.width() + 2 * reach, height)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        try:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
            painter.translate(reach, reach - begin)
            painter.scale(scale, scale)
            look.paint(painter, QRectF(0, 0, rect.width() / scale, rect.height() / scale), theme)
        finally:
            painter.end()
        self._made[key] = pixmap
        self._used += 4 * pixmap.width() * pixmap.height()
        while self._used > self._budget and len(self._made) > 1:
            _key, oldest = self._made.popitem(last=False)
            self._used -= 4 * oldest.width() * oldest.height()
        return pixmap
