"""Icons: SVG drawings of resources/icons in the colour that is asked for, sharp at any scale."""

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from editor.ui.resources import resource_path
from editor.ui.style import worn
from editor.ui.theme import Theme

Color = str | QPalette.ColorRole | Callable[[Theme], str]
"""One of the palette, or asked of the theme, is followed when the theme is switched; "#rrggbb" is not."""


def icon(name: str, color: Color = QPalette.ColorRole.ButtonText) -> QIcon:
    """An icon by the name of its drawing: `icon("error", lambda theme: theme.error)`."""
    return QIcon(_Engine(name, color))


def paint_icon(painter: QPainter, name: str, rect: QRectF, color: str) -> None:
    """Draw an icon in "#rrggbb", as vectors."""
    _renderer(name, color).render(painter, rect)


def icon_names() -> list[str]:
    return sorted(path.stem for path in resource_path("icons").glob("*.svg"))


class PaintedIcon(QIconEngine):
    """An icon that is whatever `paint` draws, at any size."""

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        if size.isEmpty():
            # Asked for by a button that has no room yet, its row being laid out.
            return made
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        try:
            self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        finally:
            painter.end()
        return made


class _Engine(PaintedIcon):
    """Draws at whatever size and pixel ratio Qt asks for, in the palette's colour of the moment."""

    def __init__(self, name: str, color: Color) -> None:
        super().__init__()
        self._name = name
        self._color = color

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        group = QPalette.ColorGroup.Disabled if mode == QIcon.Mode.Disabled else QPalette.ColorGroup.Active
        wanted = self._color
        if mode == QIcon.Mode.Disabled and not isinstance(wanted, QPalette.ColorRole):
            wanted = QPalette.ColorRole.ButtonText
        if isinstance(wanted, QPalette.ColorRole):
            wanted = QGuiApplication.palette().color(group, wanted).name()
        elif not isinstance(wanted, str):
            wanted = wanted(worn())
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        paint_icon(painter, self._name, square, wanted)

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._color)


@cache
def _renderer(name: str, color: str) -> QSvgRenderer:
    text = resource_path("icons", f"{name}.svg").read_bytes()
    return QSvgRenderer(QByteArray(text.replace(b"currentColor", color.encode())))
