"""Paints the visible part of a scene in a handful of QPainter calls, in device pixels, with less detail from afar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap, QRegion

from editor.layout.metrics import HEADER_HEIGHT
from editor.model import EntityId, Note
from editor.ui.canvas import curves, far_marks
from editor.ui.canvas.arrays import draw_rects
from editor.ui.canvas.card_painter import (
    FAR_TITLE_PX,
    NO_PEN,
    note_ground,
    paint_card,
    paint_note,
)
from editor.ui.canvas.cards import CARD_KINDS
from editor.ui.canvas.columns import Columns
from editor.ui.canvas.curves import Floats, Ints
from editor.ui.canvas.device import Scaled, box_rect, device_rect, device_rects, parts_of
from editor.ui.canvas.group_painter import GroupPainter
from editor.ui.canvas.marks import Marks
from editor.ui.canvas.severities import Severities
from editor.ui.canvas.sheet import Sheet
from editor.ui.canvas.sprites import Sprites, margin_px
from editor.ui.canvas.steps import Steps, result
from editor.ui.canvas.types import Camera, TaskBadge
from editor.ui.canvas.wire_painter import WirePainter, price
from editor.ui.canvas.zooms import BLOCKS_BELOW, NAMES_FROM, ROWS_FROM
from editor.ui.theme import TEXT_PX, Theme, ink, mixed

FRESH_CARDS_S = 0.004
"""Time for drawing cards afresh in one frame; the rest stand in until the next. Visible ones only, ever."""

JAGGED_ABOVE = 3000
"""More wires than this in view are drawn without antialiasing at first."""

DOT_STEP = 24
FEW = 3
"""Rectangles whose dots are drawn one by one: the strips of a pan."""
BLOCK, CARD = 1, 3
"""What drawing one takes, about, in units of a jagged wire."""
UNLED = 8
"""The same of a wire whose way is not found yet."""
NEAR_CARD = 6
"""The same of a selected one with its ring and signs."""
NEAR_GROUND, NEAR_PIXELS = 600, 800
"""The same for anything at all where cards have their names; and so many device pixels of it take one unit."""
BLOCKS_A_STEP, CARDS_A_STEP = 800, 40
"""More blocks from afar are painted a kind at a time; so many cards are copied in one step."""

_AA = QPainter.RenderHint.Antialiasing


class Painting:
    """How a scene is drawn now: its columns, theme and marks. Holds no position: that is the camera's."""

    def __init__(self, columns: Columns, theme: Theme, sprites: Sprites) -> None:
        self.columns = columns
        self.theme = theme
        self.sprites = sprites
        self.marks = Marks(self)
        self._wires = WirePainter(self)
        self._groups = GroupPainter(self)
        self.emphasis: np.ndarray | None = None
        """Mask of the nodes whose wires come forward."""
        self.emphasis_is_path = False
        """Only wires between two of those nodes do: a path, not a neighbourhood."""
        self.is_any_forward = False
        """Whether there are such wires: only then the others fade."""
        self.issues = Severities()
        self.badges: dict[EntityId, TaskBadge] = {}
        self.port_tint: Mapping[tuple[str, EntityId, str], bool] | None = None

    def set_emphasis(self, nodes: np.ndarray | None, *, is_path: bool) -> bool:
        """Bring the wires of the marked nodes forward, or those among them; True if any wire looks different now."""
        was_any, was = self.is_any_forward, self.emphasis
        is_same = self.emphasis_is_path == is_path and (
            nodes is was or (nodes is not None and was is not None and np.array_equal(nodes, was))
        )
        self.emphasis, self.emphasis_is_path = nodes, is_path
        self.is_any_forward = self._wires.any_forward()
        # Where no wire comes forward none fades, whatever the nodes.
        return self.is_any_forward != was_any or (self.is_any_forward and not is_same)

    def is_light(self, area: QRect, camera: Camera) -> bool:
        """Whether so few wires show in a rectangle of device pixels that they are smooth from the first."""
        return len(self.columns.wires.visible(parts_of([area], camera)[1])) <= JAGGED_ABOVE

    def effort(self, areas: Sequence[QRect], camera: Camera, *, is_smooth: bool) -> int:
        """What painting some rectangles takes, about, in units of a jagged wire."""
        parts = parts_of(areas, camera)[1]
        columns = self.columns
        rows, cards = columns.wires.visible(parts), len(columns.tasks_in(parts))
        is_near = camera.detail >= NAMES_FROM
        pixels = sum(area.width() * area.height() for area in areas)
        return (
            (NEAR_GROUND + pixels // NEAR_PIXELS if is_near else 0)
            + (UNLED * int(np.count_nonzero(~columns.wires.is_led[rows])) if is_near else 0)
            + len(rows) * price(camera, is_smooth=is_smooth)
            + cards * (BLOCK if camera.detail < NAMES_FROM else CARD)
            + self._groups.effort(self._resting(columns.groups_in(parts)), parts, camera)
        )

    def paint(
        self, painter: QPainter, areas: Sequence[QRect], camera: Camera, *, until: float, is_smooth: bool
    ) -> list[int]:
        """Paint some rectangles (device pixels) in one go, all but what is lifted; gives the slots that stand in.

        Cards whose picture is not made yet get it as long as the clock (`perf_counter`) shows less than `until`.
        """
        return result(self.painting(Sheet.of(painter, until), areas, camera, is_smooth=is_smooth))

    def painting(self, sheet: Sheet, areas: Sequence[QRect], camera: Camera, *, is_smooth: bool) -> Steps[list[int]]:
        """The same in steps of some milliseconds. What changes in between must be painted again after the last."""
        region = QRegion()
        for area in areas:
            region += area
        sheet.clip(region)
        painter = sheet.painter
        painter.setRenderHint(_AA, on=False)
        painter.fillRect(region.boundingRect(), ink(self.theme.canvas))
        for area in areas if len(areas) <= FEW else [region.boundingRect()]:
            self._dots(painter, area, camera)
        edges, parts = parts_of(areas, camera)
        columns = self.columns
        self._notes(painter, camera, parts, "frame")
        yield
        groups = self._resting(columns.groups_in(parts))
        lacking = yield from self._groups.painting(sheet, camera, groups, parts)
        self._notes(sheet.painter, camera, parts, "note")
        yield
        rows = yield from self._wires_in(parts, camera)
        if columns.lifted is not None:
            rows = rows[~(columns.lifted[columns.wires.source[rows]] | columns.lifted[columns.wires.target[rows]])]
        yield from self._wires.painting(sheet, camera, rows, edges, is_smooth=is_smooth)
        yield
        lacking += yield from self._tasks(sheet, camera, self._resting(columns.tasks_in(parts)))
        self._groups.note_labels(sheet.painter, camera, parts)
        yield from self._groups.labels(sheet, camera, groups)
        return lacking

    def make_room(self, area: QRect, camera: Camera) -> None:
        """See that the pictures of all cards in a rectangle can be kept."""
        if camera.detail >= ROWS_FROM:
            self._groups.hold(len(self.columns.groups_in(parts_of([area], camera)[1])), camera.scale)
        if camera.detail >= NAMES_FROM:
            self.sprites.hold(len(self.columns.tasks_in(parts_of([area], camera)[1])), camera.scale)

    def make_cards(self, slots: Sequence[int], camera: Camera, until: float) -> list[int]:
        """Make pictures of cards, one at least, until the clock shows `until`; gives the slots that are left."""
        self._forget_stale()
        for number, slot in enumerate(slots, start=1):
            if self.columns.alive[slot] and self._make(slot, camera) and perf_counter() >= until:
                return list(slots[number:])
        return []

    def paint_lifted(self, painter: QPainter, area: QRect, camera: Camera, *, with_loose: bool = True) -> bool:
        """Paint what follows the hand, on a painter in device pixels that shows the rest already.

        Without its loose wires it is one stiff piece.
        """
        columns = self.columns
        lifted = columns.lifted
        if lifted is None:
            return True
        sheet = Sheet.of(painter, perf_counter() + FRESH_CARDS_S)
        edges, parts = parts_of([area], camera)
        for note in columns.lifted_notes:
            self._note(painter, camera, columns.notes[note], QRectF(*columns.note_boxes[note]))
        groups, tasks = columns.groups_in(parts), columns.tasks_in(parts)
        lacking = result(self._groups.painting(sheet, camera, groups[lifted[groups]], parts))
        rows = result(self._wires_in(parts, camera))
        wires = columns.wires
        source, target = lifted[wires.source[rows]], lifted[wires.target[rows]]
        rows = rows[source | target if with_loose else source & target]
        self._wires.paint(painter, camera, rows, edges, is_smooth=len(rows) <= JAGGED_ABOVE)
        lacking += result(self._tasks(sheet, camera, tasks[lifted[tasks]]))
        result(self._groups.labels(sheet, camera, groups[lifted[groups]]))
        return not lacking

    def count_lifted(self, area: QRect, camera: Camera) -> int:
        """How many wires `paint_lifted` would draw in an area, about, and cards: near ones are `NEAR_CARD` each."""
        columns = self.columns
        if columns.lifted is None:
            return 0
        parts = parts_of([area], camera)[1]
        tasks, rows = columns.tasks_in(parts), columns.wires.visible(parts)
        lifted = columns.lifted
        card = NEAR_CARD if camera.detail >= ROWS_FROM else 1
        return card * int(lifted[tasks].sum()) + int(lifted[columns.wires.source[rows]].sum())

    def paint_loose_wires(self, painter: QPainter, area: QRect, camera: Camera) -> None:
        """Paint the wires of which one end follows the hand and the other rests."""
        lifted, wires = self.columns.lifted, self.columns.wires
        if lifted is not None:
            edges, parts = parts_of([area], camera)
            rows = result(self._wires_in(parts, camera))
            rows = rows[lifted[wires.source[rows]] ^ lifted[wires.target[rows]]]
            self._wires.paint(painter, camera, rows, edges, is_smooth=len(rows) <= JAGGED_ABOVE)

    def _wires_in(self, parts: Floats, camera: Camera) -> Steps[Ints]:
        # Where cards have no names yet, thousands of wires may be in view: each way takes some 13 microseconds to find.
        if camera.detail < NAMES_FROM:
            return self.columns.wires.visible(parts)
        return (yield from self.columns.wires_in(parts))

    def _resting(self, slots: Ints) -> Ints:
        lifted = self.columns.lifted
        return slots if lifted is None else slots[~lifted[slots]]

    def _tasks(self, sheet: Sheet, camera: Camera, slots: Ints) -> Steps[list[int]]:
        if camera.detail < NAMES_FROM:
            yield from self._blocks(sheet, camera, slots)
            yield
            yield from far_marks.paint(self, sheet, camera, slots)
            return []
        if camera.detail < ROWS_FROM:
            lacking = yield from self._cards(sheet, camera, slots)
            yield from far_marks.paint(self, sheet, camera, slots)
            self.marks.far_ports(sheet.painter, camera, slots[self.columns.alive[slots]])
            return lacking
        lacking = []
        chosen = self.columns.selected[slots]
        # What is selected lies on the rest, its ring too; within each, rings come first: ports lie over them.
        for part in (slots[~chosen], slots[chosen]):
            self.marks.rings(sheet.painter, camera, part)
            lacking += yield from self._cards(sheet, camera, part)
            yield
            self.marks.signs(sheet.painter, camera, part[self.columns.alive[part]])
        return lacking

    def paint_vectors(self, painter: QPainter, bounds: QRectF) -> None:
        """Paint all of `bounds` in scene units, cards and wires as paths: for files and printers, at any scale."""
        camera = Camera(1.0, 1.0, 0.0, 0.0)
        columns = self.columns
        parts = np.array([(bounds.left(), bounds.top(), bounds.right(), bounds.bottom())])
        painter.setRenderHints(_AA | QPainter.RenderHint.TextAntialiasing)
        painter.fillRect(bounds, ink(self.theme.canvas))
        self._notes(painter, camera, parts, "frame")
        self._groups.paint_vectors(painter, camera, columns.groups_in(parts))
        self._notes(painter, camera, parts, "note")
        self._wires.paint_vectors(painter, camera, result(columns.wires_in(parts)))
        tasks = columns.tasks_in(parts)
        self.marks.rings(painter, camera, tasks)
        for slot in tasks.tolist():
            corner = box_rect(columns, slot).topLeft()
            painter.translate(corner)
            paint_card(painter, columns.look(slot), self.theme)
            painter.translate(-corner)
        self.marks.signs(painter, camera, tasks)

    # -- ground ---------------------------------------------------------------------------------------------------

    def _dots(self, painter: QPainter, area: QRect, camera: Camera) -> None:
        step = DOT_STEP * camera.scale
        while step < 18 * camera.ratio:
            step *= 2
        first_x = np.ceil((area.left() + camera.x) / step) * step - camera.x
        first_y = np.ceil((area.top() + camera.y) / step) * step - camera.y
        xs = np.arange(first_x - step, area.right() + step, step)
        ys = np.arange(first_y - step, area.bottom() + step, step)
        side = max(1.0, round(1.5 * camera.ratio))
        dots = np.empty((len(xs), len(ys), 4))
        dots[:, :, 0] = np.round(xs)[:, None]
        dots[:, :, 1] = np.round(ys)[None, :]
        dots[:, :, 2:] = side
        painter.setPen(NO_PEN)
        painter.setBrush(ink(self.theme.dot))
        draw_rects(painter, dots.reshape(-1, 4))

    def _notes(self, painter: QPainter, camera: Camera, parts: Floats, shape: str) -> None:
        columns = self.columns
        for note_id in sorted(columns.notes, key=lambda n: -columns.note_boxes[n].width * columns.note_boxes[n].height):
            note, box = columns.notes[note_id], columns.note_boxes[note_id]
            if note.shape != shape or note_id in columns.lifted_notes:
                continue
            if not curves.touching(np.array([[box.x, box.y, box.right, box.bottom]]), parts)[0]:
                continue
            rect = QRectF(box.x, box.y, box.width, box.height)
            self._note(painter, camera, note, rect)

    def _note(self, painter: QPainter, camera: Camera, note: Note, rect: QRectF) -> None:
        if camera.detail < BLOCKS_BELOW:
            painter.setRenderHint(_AA, on=False)
            painter.fillRect(device_rect(rect, camera), ink(note_ground(note, self.theme)))
        with Scaled(painter, camera):
            if camera.detail >= BLOCKS_BELOW:
                title_px = TEXT_PX if camera.detail >= ROWS_FROM else FAR_TITLE_PX
                paint_note(painter, note, rect, self.theme, title_px=title_px)
            if note.id in self.columns.selected_notes:
                painter.setPen(QPen(ink(self.theme.selection), max(2.0, 1.5 / camera.zoom)))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(rect.adjusted(-2.5, -2.5, 2.5, 2.5), 6, 6)

    # -- cards ----------------------------------------------------------------------------------------------------

    def _blocks(self, sheet: Sheet, camera: Camera, slots: Ints) -> Steps[None]:
        """From afar: blocks in the colour of the kind, or body and header."""
        if not len(slots):
            return
        columns, theme, painter = self.columns, self.theme, sheet.painter
        rects = device_rects(columns.box[slots], camera)
        kinds = columns.kind[slots].astype(np.int64)
        if columns.muted[slots].any():
            kinds = np.where(columns.muted[slots], len(CARD_KINDS), kinds)
        colors = [theme.kinds[kind] for kind in CARD_KINDS] + [mixed(theme.card_border, theme.canvas, 0.6)]
        if self.badges:
            kinds, colors = self._with_states(slots, kinds, colors)
        is_far = camera.detail < BLOCKS_BELOW
        if not is_far:
            painter.setRenderHint(_AA, on=False)
            painter.setPen(QPen(ink(theme.card_border), 1))
            painter.setBrush(ink(theme.card))
            draw_rects(painter, rects - np.array([0, 0, 1, 1]))
            rects = rects + np.array([1.0, 1.0, -2.0, 0.0])
            rects[:, 3] = max(2.0, round(HEADER_HEIGHT * camera.scale) - 1)
        for kind in curves.distinct(kinds):
            if len(slots) > BLOCKS_A_STEP:
                yield
            painter = sheet.painter
            painter.setRenderHint(_AA, on=False)
            painter.setPen(NO_PEN)
            painter.setBrush(ink(mixed(colors[kind], theme.card, 0.62 if is_far else 0.6)))
            draw_rects(painter, rects[kinds == kind])

    def _with_states(self, slots: Ints, kinds: Ints, colors: list[str]) -> tuple[Ints, list[str]]:
        kinds, colors = kinds.copy(), list(colors)
        numbers: dict[str, int] = {}
        for place, slot in enumerate(slots.tolist()):
            badge = self.badges.get(self.columns.ids[slot])
            if badge is not None:
                if badge.state not in numbers:
                    numbers[badge.state] = len(colors)
                    colors.append(self.theme.state(badge.state))
                kinds[place] = numbers[badge.state]
        return kinds, colors

    def has_marks(self, slot: int) -> bool:
        """Whether a slot is selected or has a state in the run that is shown."""
        return bool(self.columns.selected[slot]) or self.columns.ids[slot] in self.badges

    def severity_of(self, slot: int) -> str | None:
        """The worst issue of what a slot shows: of all that is inside where it is a folded group."""
        return self.issues.of(self.columns, slot)

    def _cards(self, sheet: Sheet, camera: Camera, slots: Ints) -> Steps[list[int]]:
        columns, sprites, scale = self.columns, self.sprites, camera.scale
        self._forget_stale()
        margin = margin_px(scale)
        corners = np.round(columns.box[slots, :2] * scale - (camera.x, camera.y)).astype(np.int64)
        lacking: list[int] = []
        blank: list[int] = []
        for number, (slot, (x, y)) in enumerate(zip(slots.tolist(), corners.tolist(), strict=True)):
            if number % CARDS_A_STEP == 0:
                if number:
                    yield
                sheet.painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
            if not columns.alive[slot]:
                continue  # It has been deleted since the first step.
            pixmap = sprites.get(slot, scale)
            if pixmap is None and sheet.until > 0 and perf_counter() < sheet.until:
                pixmap = self._make_card(slot, camera)
            if pixmap is not None:
                sheet.painter.drawPixmap(x - margin, y - margin, pixmap)
                continue
            lacking.append(slot)
            if not self._stand_in(sheet.painter, camera, slot, x, y):
                blank.append(slot)
        yield from self._blocks(sheet, camera, np.array(blank, np.int64))
        return lacking

    def _make(self, slot: int, camera: Camera) -> bool:
        """Make the picture of a card or frame; False if it was there."""
        if not self.columns.is_group(slot):
            is_made = self.sprites.get(slot, camera.scale) is None
            if is_made:
                self._make_card(slot, camera)
            return is_made
        return self._groups.make(slot, camera)

    def _make_card(self, slot: int, camera: Camera) -> QPixmap:
        look = self.columns.look(slot)
        return self.sprites.make(slot, camera.scale, look, is_compact=camera.detail < ROWS_FROM)

    def _forget_stale(self) -> None:
        if self.columns.stale_sprites:
            self.sprites.drop(self.columns.stale_sprites)
            self.columns.stale_sprites.clear()

    def _stand_in(self, painter: QPainter, camera: Camera, slot: int, x: int, y: int) -> bool:
        """An older picture of the card, stretched; False if there is none that would do."""
        older = self.sprites.nearest(slot, camera.scale)
        if older is None:
            return False
        left, top, right, bottom = (self.columns.box[slot] * camera.scale).tolist()
        margin = margin_px(camera.scale)
        width, height = int(right - left) + 2 * margin, int(bottom - top) + 2 * margin
        painter.drawPixmap(QRect(x - margin, y - margin, width, height), older)
        return True
