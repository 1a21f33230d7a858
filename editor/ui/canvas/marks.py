"""What is drawn round and over cards and frames: selection, signs of issues and runs, ports that glow or fade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from editor.layout.metrics import CARD_WIDTH, HEADER_HEIGHT, ROW_HEIGHT
from editor.ui.canvas.card_painter import NO_PEN, PORT_RADIUS, RADIUS, paint_badge, paint_mark, paint_port, ring_pen
from editor.ui.canvas.cards import CARD_KINDS
from editor.ui.canvas.device import Scaled, box_rect
from editor.ui.canvas.types import Camera
from editor.ui.canvas.zooms import NAMES_FROM, PORTS_FROM_ZOOM, ROWS_FROM
from editor.ui.theme import clear, ink, mixed

if TYPE_CHECKING:
    from editor.model import EntityId
    from editor.ui.canvas.cards import RowLook
    from editor.ui.canvas.curves import Ints
    from editor.ui.canvas.painting import Painting

FAR_PORT_PX = 3.6
"""The radius of ports that are shown on cards seen from afar."""

_PIPELINE = CARD_KINDS.index("pipeline")


class Marks:
    """Draws the marks that a Painting holds."""

    def __init__(self, painting: Painting) -> None:
        self._painting = painting

    def rings(self, painter: QPainter, camera: Camera, slots: Ints) -> None:
        """Under the cards: the outline of what is selected, or the state that a task has in a run."""
        painting = self._painting
        columns, theme = painting.columns, painting.theme
        chosen = columns.selected[slots]
        if not painting.badges and not chosen.any():
            return
        with Scaled(painter, camera):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for slot, is_selected in zip(slots.tolist(), chosen.tolist(), strict=True):
                badge = painting.badges.get(columns.ids[slot])
                if not is_selected and badge is None:
                    continue
                state = "" if is_selected or badge is None else badge.state
                painter.setPen(ring_pen(theme, state, max(2.4, 1.5 / camera.zoom)))
                grow = 5.5 if columns.kind[slot] == _PIPELINE else 1.6
                rect = box_rect(columns, slot).adjusted(-grow, -grow, grow, grow)
                painter.drawRoundedRect(rect, RADIUS + grow, RADIUS + grow)

    def hover(self, painter: QPainter, rect: QRectF, slot: int | None, zoom: float) -> None:
        """Round what the mouse is over, on a painter in scene units; `slot` is None for a note.

        A card that shows no more than its name shows its ports too: it can be wired from there.
        """
        columns, theme = self._painting.columns, self._painting.theme
        grow = 1.0 if slot is not None and columns.is_group(slot) else 2.0
        # It is drawn over the card: ports on its edge stay whole.
        beside = QPainterPath()
        beside.addRect(rect.adjusted(-8, -8, 8, 8))
        if slot is not None and not columns.is_group(slot):
            shape = columns.shape_of(slot)
            for x, ports in ((rect.left(), shape.inputs), (rect.right(), shape.outputs)):
                for y in {*ports.values()}:
                    beside.addEllipse(QPointF(x, rect.top() + y), PORT_RADIUS + 1, PORT_RADIUS + 1)
        painter.save()
        painter.setClipPath(beside, Qt.ClipOperation.IntersectClip)
        painter.setPen(QPen(ink(theme.hover), max(1.6, 1.2 / zoom)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(-grow, -grow, grow, grow), RADIUS + grow, RADIUS + grow)
        painter.restore()
        ratio = painter.device().devicePixelRatio()
        if slot is not None and not columns.is_group(slot) and _has_hidden_ports(Camera(zoom, ratio, 0.0, 0.0)):
            for at, row in self._ports(slot):
                self._far_port(painter, at, row, zoom)

    def far_ports(self, painter: QPainter, camera: Camera, slots: Ints) -> None:
        """Over cards that show no more than their names: the ports that can take the wire being drawn."""
        columns, tint = self._painting.columns, self._painting.port_tint
        if tint is None or not _has_hidden_ports(camera):
            return
        with Scaled(painter, camera):
            for slot in slots.tolist():
                node = columns.ids[slot]
                for at, row in self._ports(slot):
                    if row.port is not None and tint.get((row.kind, node, row.text)):
                        painter.setPen(NO_PEN)
                        painter.setBrush(clear(self._painting.theme.port(row.port.type), 0.32))
                        painter.drawEllipse(at, 14, 14)
                        self._far_port(painter, at, row, camera.zoom)

    def _ports(self, slot: int) -> Iterator[tuple[QPointF, RowLook]]:
        """The rows of a card that have a port, and where it is."""
        rect = box_rect(self._painting.columns, slot)
        y = rect.top() + HEADER_HEIGHT + ROW_HEIGHT / 2
        for row in self._painting.columns.look(slot).rows:
            if row.port is not None:
                yield QPointF(rect.left() if row.kind == "input" else rect.right(), y), row
            y += ROW_HEIGHT

    def _far_port(self, painter: QPainter, at: QPointF, row: RowLook, zoom: float) -> None:
        """A port, as large as a hand can point at."""
        if row.port is not None:
            painter.save()
            painter.translate(at)
            painter.scale(*2 * [min(max(FAR_PORT_PX / PORT_RADIUS / zoom, 1.0), 2.0)])
            paint_port(painter, QPointF(), row.port, self._painting.theme)
            painter.restore()

    def signs(self, painter: QPainter, camera: Camera, slots: Ints) -> None:
        """Over the cards: signs of issues and runs, tinted ports."""
        painting = self._painting
        ids = painting.columns.ids
        tint = painting.port_tint
        if not painting.issues and not painting.badges and tint is None:
            return
        with Scaled(painter, camera):
            for slot in slots.tolist():
                if painting.severity_of(slot) is not None or ids[slot] in painting.badges:
                    self._signs(painter, slot, CARD_WIDTH)
                if tint is not None:
                    self._tint(painter, slot, tint)

    def frame(self, painter: QPainter, camera: Camera, slot: int) -> None:
        """The outline and the signs of a group, on a painter in scene units."""
        painting = self._painting
        columns, theme = painting.columns, painting.theme
        node = columns.ids[slot]
        badge = painting.badges.get(node)
        rect = box_rect(columns, slot)
        if columns.selected[slot] or badge is not None:
            state = "" if columns.selected[slot] or badge is None else badge.state
            painter.setPen(ring_pen(theme, state, max(2.0, 1.5 / camera.zoom)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect, RADIUS, RADIUS)
        if badge is not None or painting.severity_of(slot) is not None:
            self._signs(painter, slot, rect.width() - 24)

    def _signs(self, painter: QPainter, slot: int, right: float) -> None:
        """The issue's sign ends at `right` in the header, the run's pill on the upper edge."""
        painting = self._painting
        node = painting.columns.ids[slot]
        rect = box_rect(painting.columns, slot)
        painter.translate(rect.topLeft())
        severity = painting.severity_of(slot)
        if severity is not None:
            painter.translate(right - CARD_WIDTH, 0)
            paint_mark(painter, severity, painting.theme)
            painter.translate(CARD_WIDTH - right, 0)
        if node in painting.badges:
            paint_badge(painter, painting.badges[node], rect.width(), painting.theme)
        painter.translate(-rect.topLeft())

    def _tint(self, painter: QPainter, slot: int, tint: Mapping[tuple[str, EntityId, str], bool]) -> None:
        """Ports that can take the wire being drawn glow, the others fade."""
        columns, theme = self._painting.columns, self._painting.theme
        node = columns.ids[slot]
        rect = box_rect(columns, slot)
        ground = mixed(theme.card, theme.canvas, 0.35) if columns.muted[slot] else theme.card
        for at, row in self._ports(slot):
            painter.setPen(NO_PEN)
            if row.port is not None and tint.get((row.kind, node, row.text)):
                painter.setBrush(clear(theme.port(row.port.type), 0.32))
                painter.drawEllipse(at, 11, 11)
                paint_port(painter, at, row.port, theme)
            else:
                painter.fillRect(QRectF(rect.left() + 9, at.y() - 11, rect.width() - 18, 22), clear(ground, 0.62))
                painter.setBrush(clear(ground, 0.72))
                painter.drawEllipse(at, 9, 9)


def _has_hidden_ports(camera: Camera) -> bool:
    """Whether cards have ports that can be pointed at, but do not show them."""
    return camera.zoom >= PORTS_FROM_ZOOM and NAMES_FROM <= camera.detail < ROWS_FROM
