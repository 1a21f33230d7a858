"""The small box of words beside the cursor: why a port refuses, what a drop will do, what was just dropped."""

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QWidget

MARGIN_PX = 16
BESIDE_PX = 8
"""So much lower than the cursor, beside something: the wire that ends there stays in sight."""
MAX_WIDTH_PX = 360
READING_S = 4.0


class Bubble(QLabel):
    """Lies on the canvas, never takes the mouse, is read out by screen readers as it changes.

    A refusal is told by its sign and its border too, not by colour alone.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setMargin(8)
        self.is_refusal = False
        self.words = ""
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.timeout.connect(self.clear_words)
        self.hide()

    def say(
        self,
        words: str,
        at: QPoint,
        *,
        refusal: bool = False,
        for_a_while: bool = False,
        beside: QRect | None = None,
    ) -> None:
        """Show `words` near `at` (the parent's pixels) until `clear_words`, or for as long as reading takes.

        `beside` is what they must not cover: what they speak of.
        """
        if not words:
            self.clear_words()
            return
        self._fade.stop()
        if words != self.words or refusal != self.is_refusal:
            self.words, self.is_refusal = words, refusal
            self.setText(f"\u2298 {words}" if refusal else words)
            self._fit()
            announce(self._room, words)
        self._place(at, beside or QRect())
        self.show()
        self.raise_()
        if for_a_while:
            self._fade.start(int(1000 * READING_S))

    def clear_words(self) -> None:
        self._fade.stop()
        self.words = ""
        self.hide()

    def clear_refusal(self) -> None:
        """What was refused is no longer what one is at."""
        if self.is_refusal and self._fade.isActive():
            self.clear_words()

    def _fit(self) -> None:
        widest = max(self.fontMetrics().horizontalAdvance(line) for line in self.text().split("\n"))
        width = min(MAX_WIDTH_PX, widest + 2 * self.margin() + 4)
        self.resize(width, self.heightForWidth(width))

    def _place(self, at: QPoint, beside: QRect) -> None:
        room = self._room.rect()
        if not beside.isNull():
            left, right = beside.left() - MARGIN_PX - self.width(), beside.right() + MARGIN_PX
            fitting = [x for x in (left, right) if room.left() <= x <= room.right() - self.width()]
            if fitting:
                x = min(fitting, key=lambda x: abs(x + self.width() / 2 - at.x()))
                self.move(x, max(room.top(), min(at.y() + BESIDE_PX, room.bottom() - self.height())))
                return
        x = at.x() + MARGIN_PX
        y = at.y() + MARGIN_PX
        if x + self.width() > room.right():
            x = at.x() - MARGIN_PX - self.width()
        if y + self.height() > room.bottom():
            y = at.y() - MARGIN_PX - self.height()
        self.move(max(room.left(), x), max(room.top(), y))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        # BrightText is the theme's colour for errors (theme.palette).
        role = QPalette.ColorRole.BrightText if self.is_refusal else QPalette.ColorRole.Highlight
        painter.setPen(self.palette().color(role))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()
        super().paintEvent(event)


def announce(widget: QWidget, words: str) -> None:
    """Have a screen reader say `words`, if one listens."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))
