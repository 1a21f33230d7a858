"""Pictures of cards at the exact scale, made a few a frame, kept under a budget of memory."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap

from editor.layout.metrics import CARD_WIDTH
from editor.ui.canvas.card_painter import MARGIN, paint_card, paint_compact

if TYPE_CHECKING:
    from editor.ui.canvas.cards import CardLook
    from editor.ui.theme import Theme

BUDGET_BYTES = 32 * 2**20
"""For a few screenfuls at 100 % and a few scales before; what is on screen now is kept whatever it takes."""
USUAL_HEIGHT = 160
"""Of a card with five rows, in scene units."""


class Sprites:
    """Key: (slot, scale in thousandths). The nearest other scale stands in until the right one is made."""

    def __init__(self, theme: Theme, budget_bytes: int = BUDGET_BYTES) -> None:
        self.theme = theme
        self._least_budget = self._budget = budget_bytes
        self._used = 0
        self._made: OrderedDict[tuple[int, int], QPixmap] = OrderedDict()
        self._scales: dict[int, dict[int, None]] = {}

    def hold(self, cards: int, scale: float) -> None:
        """Have room for so many cards of usual size at this scale, and half as much again: else they never all are."""
        self._budget = max(self._least_budget, int(6 * cards * CARD_WIDTH * USUAL_HEIGHT * scale**2))

    def get(self, slot: int, scale: float) -> QPixmap | None:
        """The picture at exactly this scale, if it was made."""
        key = (slot, round(scale * 1000))
        found = self._made.get(key)
        if found is not None:
            self._made.move_to_end(key)
        return found

    def nearest(self, slot: int, scale: float) -> QPixmap | None:
        """The picture at the scale that comes closest, to be drawn stretched."""
        scales = self._scales.get(slot)
        if not scales:
            return None
        wanted = scale * 1000
        best = min(scales, key=lambda known: abs(math.log(known / wanted)))
        return self._made[slot, best]

    def make(self, slot: int, scale: float, look: CardLook, *, is_compact: bool = False) -> QPixmap:
        """Draw a card. Its corner lies MARGIN units inside the picture, rounded to a whole pixel by `margin_px`."""
        margin = margin_px(scale)
        pixmap = QPixmap(math.ceil(CARD_WIDTH * scale) + 2 * margin, math.ceil(look.height * scale) + 2 * margin)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        try:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
            painter.translate(margin, margin)
            painter.scale(scale, scale)
            (paint_compact if is_compact else paint_card)(painter, look, self.theme)
        finally:
            painter.end()
        key = (slot, round(scale * 1000))
        self._forget(key)
        self._made[key] = pixmap
        self._scales.setdefault(slot, {})[key[1]] = None
        self._used += _bytes(pixmap)
        while self._used > self._budget and len(self._made) > 1:
            self._forget(next(iter(self._made)))
        return pixmap

    def drop(self, slots: Iterable[int]) -> None:
        """Forget the pictures of cards that look different now."""
        for slot in slots:
            for scale in list(self._scales.get(slot, ())):
                self._forget((slot, scale))

    def clear(self) -> None:
        self._made.clear()
        self._scales.clear()
        self._used = 0

    def _forget(self, key: tuple[int, int]) -> None:
        pixmap = self._made.pop(key, None)
        if pixmap is None:
            return
        self._used -= _bytes(pixmap)
        scales = self._scales[key[0]]
        del scales[key[1]]
        if not scales:
            del self._scales[key[0]]


def margin_px(scale: float) -> int:
    return math.ceil(MARGIN * scale)


def _bytes(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
