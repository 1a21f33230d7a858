"""C arrays draw the same as lists; icons are drawn, and in the colour asked for."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtSvg import QSvgRenderer

from editor.ui.canvas import arrays
from editor.ui.icons import icon, icon_names, paint_icon
from editor.ui.resources import resource_path


def drawn(qapp) -> QImage:
    chance = np.random.default_rng(3)
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    try:
        painter.setPen(QPen(QColor("red"), 1))
        painter.setBrush(QColor("blue"))
        arrays.draw_rects(painter, chance.uniform(5, 90, (50, 4)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("white"), 2))
        arrays.draw_lines(painter, chance.uniform(5, 190, (50, 4)))
        arrays.draw_lines(painter, chance.uniform(5, 190, (50, 8))[:, ::2])
        arrays.draw_lines(painter, np.zeros((0, 4)))
        arrays.draw_rects(painter, np.zeros((0, 4)))
    finally:
        painter.end()
    return image


def test_arrays_draw_what_lists_draw(qapp, monkeypatch: pytest.MonkeyPatch):
    direct = drawn(qapp)
    monkeypatch.setattr(arrays, "is_direct", lambda: False)
    assert drawn(qapp) == direct


def test_this_binding_takes_arrays(qapp):
    assert arrays.is_direct()


@pytest.mark.parametrize("name", icon_names())
def test_icon_is_valid_and_draws_in_its_colour(qapp, name: str):
    assert QSvgRenderer(str(resource_path("icons", f"{name}.svg"))).isValid()
    image = QImage(48, 48, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    try:
        paint_icon(painter, name, QRectF(0, 0, 48, 48), "#ff0000")
    finally:
        painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(48, 48, 4)
    assert pixels[:, :, 2].max() == 255
    assert pixels[:, :, :2].max() == 0
    assert not pixels[0].any(), "nothing may touch the edge"


def test_icon_is_sharp_at_any_size(qapp):
    for side in (16, 17, 64):
        assert icon("run").pixmap(QSize(side, side)).size() == QSize(side, side)
    assert not icon("run", "#00ff00").isNull()


def test_icon_without_room_draws_nothing(qapp, qtlog):
    assert icon("run").pixmap(QSize(0, 16)).isNull()
    assert not qtlog.records
