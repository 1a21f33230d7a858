"""Paints the wires of a scene: batches of line segments, a pen at a time; as paths for files and printers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPen

from editor.ui.canvas import curves
from editor.ui.canvas.arrays import draw_lines
from editor.ui.canvas.curves import Floats, Ints
from editor.ui.canvas.device import wire_path
from editor.ui.canvas.sheet import Sheet
from editor.ui.canvas.steps import Steps, result
from editor.ui.canvas.wires import AFTER, ARTIFACT, EXIT, FAMILIES
from editor.ui.canvas.zooms import BLOCKS_BELOW, NAMES_FROM
from editor.ui.theme import ink, mixed

if TYPE_CHECKING:
    from editor.ui.canvas.painting import Painting
    from editor.ui.canvas.types import Camera

SEGMENTS_UP_TO = np.array([8.0, 24.0, 50.0, 100.0, 200.0, 400.0, 800.0])
SEGMENTS = np.array([1, 3, 6, 12, 18, 26, 36, 52])
"""Pieces of a curve by its larger extent in device pixels, at most this long -> so many: none shows its corners."""
ROUGH_SEGMENTS = 3
"""At most so many where wires are jagged anyway."""

SEAMS_ABOVE = 2.0
"""Where smooth wires are wider, in device pixels, two pieces show a seam unless they lie over each other."""

JAGGED, SMOOTH, SMOOTH_NEAR = 1, 4, 12
"""What drawing a wire takes, about, in units of the cheapest: 2 to 3 microseconds on a slow machine."""
STEP_EFFORT = 1200
"""What is painted in one step, in these units."""

FADED = 0.28
"""Strength of the wires that do not come forward."""

_AA = QPainter.RenderHint.Antialiasing


def price(camera: Camera, *, is_smooth: bool) -> int:
    """What drawing one wire takes, about, in units of a jagged one."""
    if not is_smooth:
        return JAGGED
    return SMOOTH_NEAR if camera.detail >= NAMES_FROM else SMOOTH


class WirePainter:
    """Draws the wires of a Painting's columns, with its theme and emphasis."""

    def __init__(self, painting: Painting) -> None:
        self._painting = painting

    def paint(self, painter: QPainter, camera: Camera, rows: Ints, edges: Floats, *, is_smooth: bool) -> None:
        """Paint the wires in `rows`, on a painter in device pixels, as far as they touch `edges`."""
        result(self.painting(Sheet.of(painter, 0.0), camera, rows, edges, is_smooth=is_smooth))

    def painting(self, sheet: Sheet, camera: Camera, rows: Ints, edges: Floats, *, is_smooth: bool) -> Steps[None]:
        """The same in steps. However many there are, the order is the same: dashed ones first, pen by pen."""
        emphasis = self._painting.emphasis
        if emphasis is None:
            yield from self._set(sheet, camera, rows, edges, 1.0, 1.0, is_smooth=is_smooth)
            return
        forward = self._is_forward(rows)
        faded = FADED if self._painting.is_any_forward else 1.0
        yield from self._set(sheet, camera, rows[~forward], edges, faded, 1.0, is_smooth=is_smooth)
        yield from self._set(sheet, camera, rows[forward], edges, 1.0, 1.4, is_smooth=is_smooth)

    def paint_vectors(self, painter: QPainter, camera: Camera, rows: Ints) -> None:
        """Paint the wires in `rows` as paths, in scene units."""
        wires = self._painting.columns.wires
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for row in rows.tolist():
            number = int(wires.pen[row])
            pen = self.pen(number, camera, 1.0, 1.0)
            if number % 4 in (AFTER, EXIT):
                pen.setDashPattern([4, 4])
            painter.setPen(pen)
            painter.drawPath(wire_path(wires.ends[row], float(wires.via[row])))

    def pen(self, number: int, camera: Camera, strength: float, thickness: float) -> QPen:
        """The pen of a wire; `number` is family * 4 + style."""
        theme = self._painting.theme
        family, style = FAMILIES[number // 4], number % 4
        if style == AFTER:
            color = theme.runs_after
        elif style == EXIT:
            color = theme.groups["exit"]
        else:
            color = theme.groups["loop"] if family == "LOOP" else theme.ports[family]
        # From afar there are thousands, and what they say is only where the streams go.
        strength *= 0.6 if camera.detail < BLOCKS_BELOW else 1.0
        width = (2.6 if style == ARTIFACT else 1.6) * thickness * camera.ratio * min(max(camera.zoom, 0.35), 1.5)
        pen = QPen(ink(mixed(color, theme.canvas, strength)), max(1.0, width))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen

    def _is_forward(self, rows: Ints) -> np.ndarray:
        painting = self._painting
        assert painting.emphasis is not None
        source = painting.emphasis[painting.columns.wires.source[rows]]
        target = painting.emphasis[painting.columns.wires.target[rows]]
        return source & target if painting.emphasis_is_path else source | target

    def any_forward(self) -> bool:
        """Whether any wire comes forward. Asked of all: else parts painted at different times would not match."""
        if self._painting.emphasis is None:
            return False
        wires = self._painting.columns.wires
        return bool(self._is_forward(np.flatnonzero(wires.is_drawn[: wires.count])).any())

    def _set(
        self,
        sheet: Sheet,
        camera: Camera,
        rows: Ints,
        edges: Floats,
        strength: float,
        thickness: float,
        *,
        is_smooth: bool,
    ) -> Steps[None]:
        if not len(rows):
            return
        wires = self._painting.columns.wires
        is_far = camera.detail < BLOCKS_BELOW
        via = wires.via[rows] if camera.detail >= NAMES_FROM else np.full(len(rows), np.nan)
        ends, owners, is_straight = curves.pieces(wires.ends[rows], via)
        pens = wires.pen[rows][owners]
        place = (camera.scale, camera.x, camera.y)
        if not is_far:
            is_dashed = pens % 4 >= AFTER
            if is_dashed.any():
                sheet.painter.setRenderHint(_AA, on=is_smooth)
                for number in curves.distinct(pens[is_dashed]):
                    sheet.painter.setPen(self.pen(number, camera, strength, thickness))
                    draw_lines(sheet.painter, curves.dashes(ends[pens == number], *place, 6 * camera.ratio))
                ends, pens, is_straight = ends[~is_dashed], pens[~is_dashed], is_straight[~is_dashed]
        sizes = np.maximum(np.abs(ends[:, 2] - ends[:, 0]), np.abs(ends[:, 3] - ends[:, 1])) * camera.scale
        counts = np.where(is_straight, 1, SEGMENTS[np.searchsorted(SEGMENTS_UP_TO, sizes)])
        if not is_smooth:
            counts = np.minimum(counts, ROUGH_SEGMENTS)
        for part in _parts(pens, counts, STEP_EFFORT // price(camera, is_smooth=is_smooth)):
            yield
            painter = sheet.painter
            painter.setRenderHint(_AA, on=is_smooth)
            # What a clip of several rectangles leaves out takes as long to draw as what it shows.
            within = None if is_far and len(edges) == 1 else edges
            for number, segments in curves.batches(ends[part], pens[part], counts[part], place, within):
                pen = self.pen(number, camera, strength, thickness)
                if is_smooth and pen.widthF() > SEAMS_ABOVE:
                    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
                painter.setPen(pen)
                draw_lines(painter, segments)


def _parts(pens: Ints, counts: Ints, most: int) -> list[Ints]:
    """Curves in the order in which they are painted if they are all at once, so many at a time."""
    if len(pens) <= most:
        return [np.arange(len(pens))]
    return np.array_split(np.lexsort((counts, pens)), math.ceil(len(pens) / most))
