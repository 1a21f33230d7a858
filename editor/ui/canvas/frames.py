"""Paints the frames of groups from pictures of their upper and lower edges: between these there is only colour.

A frame painted as vectors takes half a millisecond, most of it for its title and round corners, and frames change less
often than they are seen.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QRegion

from editor.layout.metrics import GROUP_TITLE_HEIGHT, LOOP_ITEM_OFFSET
from editor.ui.canvas.card_painter import RADIUS, frame_fill, paint_frame
from editor.ui.canvas.device import rects
from editor.ui.theme import ink, mixed

if TYPE_CHECKING:
    from editor.ui.canvas.titles import Title
    from editor.ui.theme import Theme

BUDGET_BYTES = 12 * 2**20
LARGEST_BYTES = 2 * 2**20
"""Of one picture: what is larger is painted as vectors."""
USUAL_WIDTH = 600
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
        self._least_budget = self._budget = budget_bytes
        self._used = 0
        self._made: OrderedDict[tuple[object, ...], QPixmap] = OrderedDict()

    def hold(self, frames: int, scale: float) -> None:
        """Have room for so many frames of usual width at this scale."""
        self._budget = max(self._least_budget, int(8 * frames * USUAL_WIDTH * (TOP + FOOT) * scale**2))

    def is_ready(self, rect: QRect, scale: float, look: FrameLook, theme: Theme) -> bool:
        """Whether the pictures of a frame are made, or it needs none."""
        part = self._parts(rect, scale)[0]
        return part is None or self._key(rect, scale, look, theme, *part) in self._made

    def make(self, rect: QRect, scale: float, look: FrameLook, theme: Theme) -> bool:
        """Make the pictures of a frame; False if they were there."""
        if self.is_ready(rect, scale, look, theme):
            return False
        for part in self._parts(rect, scale):
            if part is not None:
                self._picture(rect, scale, look, theme, *part)
        return True

    def stand_in(self, painter: QPainter, rect: QRect, scale: float, look: FrameLook, theme: Theme) -> None:
        """What is shown until the pictures are made: colours alone."""
        color = theme.groups[look.kind]
        fill = frame_fill(look.kind, theme, look.depth, is_folded=look.is_folded)
        painter.fillRect(rect, ink(mixed(color, theme.canvas, 0.5)))
        painter.fillRect(rect.adjusted(1, 1, -1, -1), ink(fill))
        bar = QRect(rect.left() + 1, rect.top() + 1, rect.width() - 2, round(GROUP_TITLE_HEIGHT * scale) - 1)
        painter.fillRect(bar, ink(mixed(color, fill, 0.2)))

    def paint(
        self, painter: QPainter, rect: QRect, scale: float, look: FrameLook, theme: Theme, shows: QRegion
    ) -> None:
        """Paint a frame that takes up `rect` in device pixels, on a painter in device pixels, as far as it `shows`."""
        upper_part, lower_part = self._parts(rect, scale)
        if upper_part is None:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(rect.topLeft())
            painter.scale(scale, scale)
            look.paint(painter, QRectF(0, 0, rect.width() / scale, rect.height() / scale), theme)
            painter.restore()
            return
        reach = math.ceil(REACH * scale)
        corner = rect.topLeft() - QPoint(reach, reach)
        upper = self._picture(rect, scale, look, theme, *upper_part)
        if lower_part is not None:
            lower = self._picture(rect, scale, look, theme, *lower_part)
            between = QRect(rect.left(), corner.y() + upper.height(), rect.width(), 0)
            between.setBottom(corner.y() + lower_part[0] - 1)
            fill = ink(frame_fill(look.kind, theme, look.depth, is_folded=look.is_folded))
            for part in rects(shows & QRegion(between)):
                painter.fillRect(part, fill)
            # The sides are the last row of the upper picture, drawn out.
            last, edge = upper.height() - 1, 2 * reach
            for x in (0, upper.width() - edge):
                side = shows & QRegion(corner.x() + x, between.top(), edge, between.height())
                if not side.isEmpty():
                    seen = side.boundingRect()
                    place = QRect(corner.x() + x, seen.top(), edge, seen.height())
                    painter.drawPixmap(place, upper, QRect(x, last, edge, 1))
            if shows.intersects(QRect(QPoint(corner.x(), corner.y() + lower_part[0]), lower.size())):
                painter.drawPixmap(corner.x(), corner.y() + lower_part[0], lower)
        if shows.intersects(QRect(corner, upper.size())):
            painter.drawPixmap(corner, upper)

    def _parts(self, rect: QRect, scale: float) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
        """(first row, rows) of a frame's pictures: upper and lower one; the whole in one if it is low.

        Neither where they would be too large.
        """
        reach, top, foot = (math.ceil(each * scale) for each in (REACH, TOP, FOOT))
        wide, tall = rect.width() + 2 * reach, rect.height() + 2 * reach
        is_low = rect.height() < top + foot
        if 4 * wide * (tall if is_low else 2 * reach + top + foot) > LARGEST_BYTES:
            return None, None
        return ((0, tall), None) if is_low else ((0, reach + top), (tall - reach - foot, foot + reach))

    def _key(
        self, rect: QRect, scale: float, look: FrameLook, theme: Theme, begin: int, height: int
    ) -> tuple[object, ...]:
        # How high a frame is makes no difference to its edges.
        return look, theme.name, scale, rect.width(), begin > 0, height

    def _picture(self, rect: QRect, scale: float, look: FrameLook, theme: Theme, begin: int, height: int) -> QPixmap:
        """The rows from `begin` on of a frame's picture, which reaches out of the frame all round."""
        key = self._key(rect, scale, look, theme, begin, height)
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
