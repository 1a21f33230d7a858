"""What a picture that is painted in steps is painted on: in each slice of the work a painter of its own."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from PySide6.QtGui import QPaintDevice, QPainter, QRegion


class Sheet:
    """`painter` is good until the next `yield` of whoever paints; what is clipped stays so."""

    painter: QPainter
    until: float
    """As long as the clock (`perf_counter`) shows less, cards may be drawn afresh."""

    def __init__(self) -> None:
        self._clip: QRegion | None = None

    @classmethod
    def of(cls, painter: QPainter, until: float) -> Sheet:
        """To paint all steps at once, with this painter."""
        sheet = cls()
        sheet.painter, sheet.until = painter, until
        return sheet

    def clip(self, region: QRegion) -> None:
        """Paint within a region only."""
        self._clip = region
        self.painter.setClipRegion(region)

    @contextmanager
    def on(self, device: QPaintDevice, until: float) -> Generator[None]:
        """Have steps be painted on a device."""
        self.painter, self.until = QPainter(device), until
        if self._clip is not None:
            self.painter.setClipRegion(self._clip)
        try:
            yield
        finally:
            self.painter.end()
