"""A switch: on or off, or neither where several things are shown at once and differ."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from editor.ui.style import worn
from editor.ui.theme import ink

WORDS = {True: "true", False: "false", None: "differs"}
TRACK_PX = 34
KNOB_PX = 12


class Switch(QAbstractButton):
    """Its state is said by position and by a word beside it, not by colour alone."""

    def __init__(self) -> None:
        super().__init__()
        self._is_mixed = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def state(self) -> bool | None:
        """None: the things shown differ."""
        return None if self._is_mixed else self.isChecked()

    def set_state(self, state: bool | None) -> None:
        """Show a state without a click. A click on None gives True."""
        if state != self.state:
            self._is_mixed = state is None
            self.setChecked(state is True)
            self.setAccessibleDescription(WORDS[None] if state is None else "")
            self.update()

    def nextCheckState(self) -> None:
        self._is_mixed = False
        super().nextCheckState()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(TRACK_PX + 10 + max(metrics.horizontalAdvance(word) for word in WORDS.values()) + 4, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self._draw(painter)
        finally:
            painter.end()

    def _draw(self, painter: QPainter) -> None:
        theme, state = worn(), self.state
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(1, (self.height() - 18) / 2, TRACK_PX, 18)
        painter.setPen(QPen(ink(theme.accent if state else theme.control_border), 1))
        painter.setBrush(ink(theme.accent if state else theme.surface))
        painter.drawRoundedRect(track, 9, 9)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink(theme.accent_text if state else theme.control_border))
        if state is None:
            bar = QRectF(0, 0, KNOB_PX, 4)
            bar.moveCenter(track.center())
            painter.drawRoundedRect(bar, 2, 2)
        else:
            left = track.right() - KNOB_PX - 4 if state else track.left() + 3
            painter.drawEllipse(QRectF(left, track.top() + 3, KNOB_PX, KNOB_PX))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink(theme.accent), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setPen(ink(theme.text))
        place = self.rect().adjusted(TRACK_PX + 10, 0, 0, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, WORDS[state])
