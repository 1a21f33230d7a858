"""Motion that explains a layout: outlines glide from where cards were to where they are, the document being there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEasingCurve, QObject, QPointF, QRectF, QVariantAnimation
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle

from editor.ui.theme import clear

if TYPE_CHECKING:
    from editor.model import EntityId
    from editor.ui.canvas.view import CanvasView

DURATION_MS = 180
MOST_OUTLINES = 400
"""More than this at once explain nothing and cost more than a frame."""

Motion = Literal["system", "full", "none"]


class Glide(QObject):
    """Paints over the finished picture for a moment; changes nothing and can be cut short at any time."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.motion: Motion = "system"
        self._ways: list[tuple[QRectF, QRectF]] = []
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(DURATION_MS)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(self._on_animation_value_changed)
        self._animation.finished.connect(self.stop)

    @property
    def is_wanted(self) -> bool:
        """Whether things may move: as the person chose, else as the desktop says."""
        if self.motion == "system":
            hint = QStyle.StyleHint.SH_Widget_Animation_Duration
            return self._view.style().styleHint(hint, None, self._view) > 0
        return self.motion == "full"

    @property
    def is_under_way(self) -> bool:
        return bool(self._ways)

    def start(self, before: Mapping[EntityId, QRectF]) -> None:
        """Show how things came from `before` to where they are now; nothing if motion is not wanted."""
        self.stop()
        view = self._view
        if not self.is_wanted or not view.isVisible():
            return
        seen = view.visible_rect()
        for entity_id, old in before.items():
            new = view.card_rect(entity_id)
            is_moved = not new.isNull() and new != old
            if is_moved and (old.intersects(seen) or new.intersects(seen)) and len(self._ways) < MOST_OUTLINES:
                self._ways.append((old, new))
        if self._ways:
            view.overlay_painters.append(self._paint)
            self._animation.start()

    def stop(self) -> None:
        if self._ways:
            self._ways = []
            self._animation.stop()
            self._view.overlay_painters.remove(self._paint)
            self._view.update()

    def _on_animation_value_changed(self, _value: float) -> None:
        self._view.update()

    def _paint(self, painter: QPainter) -> None:
        done = float(self._animation.currentValue())
        theme = self._view.theme
        pen = QPen(clear(theme.accent, 1 - 0.6 * done), 1.5)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(clear(theme.card, 0.6 * (1 - done)))
        for old, new in self._ways:
            corner = old.topLeft() + (new.topLeft() - old.topLeft()) * done
            size = QPointF(old.width(), old.height()) * (1 - done) + QPointF(new.width(), new.height()) * done
            painter.drawRoundedRect(QRectF(corner, corner + size), 8, 8)
