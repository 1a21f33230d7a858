"""The colours that notes and frames can have, by the names that every theme knows, and how they are shown in menus."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPen

from editor.ui.icons import PaintedIcon
from editor.ui.style import worn
from editor.ui.theme import ink, mixed

NOTE_COLORS = ("yellow", "green", "blue", "violet", "red", "grey")
"""The first is that of a note to which nobody gave one."""


def color_of(color: str) -> str:
    """The name of a note's colour: the theme's own for none, and for a name that it does not know."""
    return color if color in NOTE_COLORS or color.startswith("#") else NOTE_COLORS[0]


def swatch(color: str) -> QIcon:
    """A patch of a note's paper as the theme of the moment has it; ticked where the icon's state is On."""
    return QIcon(_Engine(color))


class _Engine(PaintedIcon):
    def __init__(self, color: str) -> None:
        super().__init__()
        self._color = color

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        theme = worn()
        paper = theme.note(self._color)
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side - 1, side - 1)
        square.moveCenter(QRectF(rect).center())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink(mixed(theme.note_text, paper, 0.5)), 1))
        painter.setBrush(ink(paper))
        painter.drawRoundedRect(square, side / 5, side / 5)
        if state == QIcon.State.On:
            painter.setPen(QPen(ink(theme.note_text), side / 9, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
            points = ((0.24, 0.54), (0.43, 0.73), (0.77, 0.30))
            painter.drawPolyline([square.topLeft() + QPointF(x, y) * square.width() for x, y in points])

    def clone(self) -> QIconEngine:
        return _Engine(self._color)
