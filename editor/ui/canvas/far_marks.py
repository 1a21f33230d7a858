"""Marks of cards and frames that are seen from afar, where there is no room for signs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from editor.ui.canvas.arrays import draw_rects
from editor.ui.canvas.card_painter import NO_PEN
from editor.ui.canvas.device import device_rects
from editor.ui.canvas.severities import SEVERITIES
from editor.ui.canvas.zooms import BLOCKS_BELOW, NAMES_FROM
from editor.ui.icons import paint_icon
from editor.ui.theme import Theme, clear, ink

if TYPE_CHECKING:
    from editor.ui.canvas.curves import Floats, Ints
    from editor.ui.canvas.painting import Painting
    from editor.ui.canvas.sheet import Sheet
    from editor.ui.canvas.steps import Steps
    from editor.ui.canvas.types import Camera

STATE_PX = 15
A_STEP = 1500
"""So many are marked in one step."""

T = TypeVar("T", bound=np.generic)

_AA = QPainter.RenderHint.Antialiasing


def paint(painting: Painting, sheet: Sheet, camera: Camera, slots: Ints) -> Steps[None]:
    """Outline cards and frames in the colours of state, issue and selection, in steps."""
    columns, theme = painting.columns, painting.theme
    width = round(max(1.0, 1.5 * camera.ratio))
    is_far = camera.detail < BLOCKS_BELOW
    if painting.badges and camera.detail >= NAMES_FROM:
        states = {slot: painting.badges.get(columns.ids[slot]) for slot in slots.tolist()}
        painter = _plain(sheet)
        for state in {badge.state for badge in states.values() if badge is not None}:
            marked = [slot for slot, badge in states.items() if badge is not None and badge.state == state]
            painter.setPen(QPen(ink(theme.state(state)), width))
            rects = device_rects(columns.box[marked], camera)
            draw_rects(painter, rects)
            _signs(painter, theme, state, rects, camera)
    worst = painting.issues.by_slot(columns)[slots] if painting.issues else np.zeros(len(slots), np.int8)
    for number, severity in enumerate(SEVERITIES, start=1):
        marked = slots[worst == number]
        for part in _portions(marked):
            yield
            painter = _plain(sheet)
            painter.setPen(NO_PEN)
            painter.setBrush(ink(theme.severity(severity)))
            draw_rects(painter, _outlines(device_rects(columns.box[part], camera), width, is_far=is_far))
    rects = device_rects(columns.box[slots[columns.selected[slots]]], camera)
    for part in _portions(rects):
        yield
        painter = _plain(sheet)
        painter.setPen(NO_PEN)
        painter.setBrush(clear(theme.selection, 0.25))
        draw_rects(painter, part)
    for part in _portions(rects):
        yield
        painter = _plain(sheet)
        painter.setPen(NO_PEN)
        painter.setBrush(ink(theme.selection))
        draw_rects(painter, _outlines(part, round(max(1.0, 2 * camera.ratio)), is_far=False))


def _signs(painter: QPainter, theme: Theme, state: str, rects: Floats, camera: Camera) -> None:
    """The icon of a state on the upper edge of cards that show no more than their names."""
    side = round(STATE_PX * camera.ratio)
    color = theme.state(state)
    painter.save()
    painter.setRenderHint(_AA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink(theme.card))
    for x, y, w, _h in rects.tolist():
        disc = QRectF(x + w - side, y - side / 2, side, side)
        painter.drawEllipse(disc)
        paint_icon(painter, f"state-{state.lower()}", disc, color)
    painter.restore()


def _outlines(rects: Floats, width: int, *, is_far: bool) -> Floats:
    """Rectangles (x, y, width, height) that make frames when filled: a pen takes twenty times as long.

    From afar a bar on the left alone: cards are a few pixels large, and there are thousands.
    """
    left = rects.copy()
    left[:, 2] = np.minimum(left[:, 2], width)
    if is_far:
        left[:, 2] = np.minimum(rects[:, 2], width + 1)
        return left
    right, top, bottom = left.copy(), rects.copy(), rects.copy()
    right[:, 0] = rects[:, 0] + rects[:, 2] - right[:, 2]
    top[:, 3] = np.minimum(rects[:, 3], width)
    bottom[:, 3] = top[:, 3]
    bottom[:, 1] = rects[:, 1] + rects[:, 3] - top[:, 3]
    return np.concatenate([left, right, top, bottom])


def _plain(sheet: Sheet) -> QPainter:
    """The painter of this step, for sharp edges."""
    painter = sheet.painter
    painter.setRenderHint(_AA, on=False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    return painter


def _portions(rows: NDArray[T]) -> Iterator[NDArray[T]]:
    """Rows, as many at a time as are marked in one step."""
    return (rows[begin : begin + A_STEP] for begin in range(0, len(rows), A_STEP))
