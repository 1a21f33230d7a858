"""Paints the frames of a scene's groups: from pictures of their edges, or many at once from afar."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QPainter, QPen, QRegion, QStaticText

from editor.layout.metrics import GROUP_TITLE_HEIGHT
from editor.model import GROUP_TYPES, DocumentView, EntityId, Task
from editor.ui.canvas import far_marks
from editor.ui.canvas.arrays import draw_rects
from editor.ui.canvas.card_painter import NO_PEN, frame_bar, frame_edge, frame_fill, metrics
from editor.ui.canvas.curves import touching
from editor.ui.canvas.device import Scaled, box_rect, device_rect, device_rects
from editor.ui.canvas.frames import REACH, TOP, FrameLook, Frames
from editor.ui.canvas.nodes import GROUP_KIND, GROUP_KINDS
from editor.ui.canvas.overlaps import batches
from editor.ui.canvas.sheet import Sheet
from editor.ui.canvas.steps import Steps
from editor.ui.canvas.zooms import BLOCKS_BELOW, ROWS_FROM
from editor.ui.theme import font, ink, mixed

if TYPE_CHECKING:
    from editor.ui.canvas.curves import Floats, Ints
    from editor.ui.canvas.painting import Painting
    from editor.ui.canvas.types import Camera

LEAST_TITLE_PX = 10
"""A title bar of fewer logical pixels has no room for letters that can be read."""

LABEL_PX, LABEL_HIGH_PX, LABEL_INSET_PX = 10, 14, 4
"""The letters of a label, its height, and what is left and right of its words."""
LEAST_LABELLED_PX = (160, 72)
"""Frames that are that large on the screen have labels where their bars are too low for titles: few ever are."""

INSIDE = np.array([REACH, TOP, -REACH, -TOP])
"""From a frame's box to where it is nothing but its colour."""
SURROUNDINGS = np.array([-24.0, -24.0, 24.0, 24.0])
"""From a frame's box to where there is nothing of it: its ring and its marks reach out."""
MOST_COVERED = 120
"""Whether one of more frames covers another takes longer to find than to paint them."""

MOST_SET = 1000
"""So many titles are kept set in type."""
MOST_KNOWN = 32
"""So many sets of frames are remembered of which is known what lies over what: parts that are mended, a few scales."""

FAR_FRAME, FAR_TITLE, FRAME, FILLED_PIXELS = 4, 20, 80, 5_000
"""What drawing a frame takes, about: from afar, from afar with its title, near; so many of its device pixels do."""

FRAMES_A_STEP = 8
LABELS_A_STEP = 20
FAR_A_STEP, FAR_BATCH = 400, 10
"""What is painted in one step: near by, and from afar, where a batch takes as long as so many frames in it."""

EVERYWHERE = QRegion(-(2**24), -(2**24), 2**25, 2**25)

_AA = QPainter.RenderHint.Antialiasing


class GroupPainter:
    """Draws the groups of a Painting's columns, with its theme and marks."""

    def __init__(self, painting: Painting) -> None:
        self._painting = painting
        self._made = Frames()
        self._known_batches: OrderedDict[tuple[object, ...], list[Ints]] = OrderedDict()
        self._set_titles: OrderedDict[tuple[str, int, int], QStaticText] = OrderedDict()

    def hold(self, frames: int, scale: float) -> None:
        """Have room for the pictures of so many frames."""
        self._made.hold(frames, scale)

    def make(self, slot: int, camera: Camera) -> bool:
        """Make the pictures of a frame; False if they were there."""
        look = self.look(slot)
        return look is not None and self._made.make(self.rect(slot, camera), camera.scale, look, self._painting.theme)

    def seen(self, slots: Ints, parts: Floats) -> Ints:
        """Those of the frames, outer ones first, that show in some rectangles of the scene.

        None does of which all that is in view is covered by one that is painted later.
        """
        if not 1 < len(slots) <= MOST_COVERED:
            return slots
        view = np.concatenate([parts[:, :2].min(axis=0), parts[:, 2:].max(axis=0)])
        columns = self._painting.columns
        box, covers = columns.box[slots], columns.box[slots] + INSIDE
        shows = box + SURROUNDINGS
        shows[:, :2] = np.maximum(shows[:, :2], view[:2])
        shows[:, 2:] = np.minimum(shows[:, 2:], view[2:])
        is_covered = np.triu(np.ones((len(slots), len(slots)), np.bool_), 1)
        is_covered &= (covers[None, :, :2] <= shows[:, None, :2]).all(axis=2)
        is_covered &= (covers[None, :, 2:] >= shows[:, None, 2:]).all(axis=2)
        return slots[~is_covered.any(axis=1)]

    def effort(self, slots: Ints, parts: Floats, camera: Camera) -> int:
        """What painting them takes, about, in units of a jagged wire: each, and the paper that it fills."""
        slots = self.seen(slots, parts)
        box, filled = self._painting.columns.box[slots], 0.0
        for left, top, right, bottom in parts.tolist():
            wide = np.minimum(box[:, 2], right) - np.maximum(box[:, 0], left)
            tall = np.minimum(box[:, 3], bottom) - np.maximum(box[:, 1], top)
            filled += float((np.maximum(wide, 0) * np.maximum(tall, 0)).sum())
        each = FRAME if camera.detail >= ROWS_FROM else FAR_TITLE if self._has_far_titles(camera) else FAR_FRAME
        labels = len(self._labelled(camera, slots)) * FRAME
        return len(slots) * each + labels + round(filled * camera.scale**2 / FILLED_PIXELS)

    def paint_vectors(self, painter: QPainter, camera: Camera, slots: Ints) -> None:
        """Paint frames in scene units."""
        for slot in slots.tolist():
            look = self.look(slot)
            if look is not None:
                look.paint(painter, box_rect(self._painting.columns, slot), self._painting.theme)
                self._painting.marks.frame(painter, camera, slot)

    def painting(self, sheet: Sheet, camera: Camera, slots: Ints, parts: Floats) -> Steps[list[int]]:
        """Paint frames, outer ones first, as far as they show in parts of the scene; gives those that stand in."""
        if not len(slots):
            return []
        if camera.detail < ROWS_FROM:
            yield from self._from_afar(sheet, camera, self.seen(slots, parts))
            yield
            # Who looks from afar looks for marks: they lie over whatever covers their frames.
            yield from far_marks.paint(self._painting, sheet, camera, slots)
            return []
        slots = self.seen(slots, parts)
        frames, scale, theme = self._made, camera.scale, self._painting.theme
        lacking: list[int] = []
        for number, (slot, rect, shows) in enumerate(self._laid_bare(sheet.painter, camera, slots)):
            if number % FRAMES_A_STEP == 0:
                if number:
                    yield
                sheet.painter.setRenderHints(_AA | QPainter.RenderHint.SmoothPixmapTransform, on=False)
            look = self.look(slot)
            if look is None:
                continue
            painter = sheet.painter
            if frames.is_ready(rect, scale, look, theme) or (sheet.until > 0 and perf_counter() < sheet.until):
                frames.paint(painter, rect, scale, look, theme, shows)
            else:
                frames.stand_in(painter, rect, scale, look, theme)
                lacking.append(slot)
            if look.is_marked or self._painting.has_marks(slot):
                # At once: what lies on a frame hides its marks too.
                with Scaled(painter, camera):
                    self._painting.marks.frame(painter, camera, slot)
        return lacking

    def _laid_bare(self, painter: QPainter, camera: Camera, slots: Ints) -> Iterator[tuple[int, QRect, QRegion]]:
        """(slot, device pixels, where nothing painted later covers it) of each: to fill what nobody sees takes time."""
        edges = device_rects(self._painting.columns.box[slots], camera).astype(np.int64).tolist()
        rects = [QRect(*each) for each in edges]
        edge, bar = math.ceil(REACH * camera.scale), math.ceil(TOP * camera.scale)
        left = painter.clipRegion() if painter.hasClipping() else EVERYWHERE
        bare: list[QRegion] = []
        for rect in reversed(rects):
            bare.append(left)
            left = left - QRegion(rect.adjusted(edge, bar, -edge, -bar))
        return zip(slots.tolist(), rects, reversed(bare), strict=True)

    def rect(self, slot: int, camera: Camera) -> QRect:
        return QRect(*device_rects(self._painting.columns.box[[slot]], camera)[0].astype(np.int64).tolist())

    def look(self, slot: int) -> FrameLook | None:
        columns, view = self._painting.columns, self._painting.columns.view
        group = view.get(columns.ids[slot])
        if not isinstance(group, GROUP_TYPES):
            return None
        is_folded = columns.is_folded(slot)
        return FrameLook(
            GROUP_KINDS[int(columns.kind[slot]) - GROUP_KIND],
            columns.title(slot),
            is_marked=self._painting.severity_of(slot) is not None,
            depth=int(columns.depth[slot]),
            is_folded=is_folded,
            inside=_tasks_inside(view, group.id) if is_folded else 0,
        )

    def _from_afar(self, sheet: Sheet, camera: Camera, slots: Ints) -> Steps[None]:
        """Frames whose titles nobody could read: in the colours and the order that they have near by, many at once."""
        columns = self._painting.columns
        rects, depth = device_rects(columns.box[slots], camera), columns.depth[slots]
        looks = 2 * columns.kind[slots].astype(np.int64) + columns.folded[slots]
        bar = _far_bar(camera)
        painted = 0
        for part in self._batches(slots, looks, camera.scale):
            if painted > FAR_A_STEP:
                yield
                painted = 0
            painted += len(part) + FAR_BATCH
            painter = sheet.painter
            self._bodies(painter, rects[part], int(looks[part[0]]), int(depth[part[0]]))
            if camera.detail >= BLOCKS_BELOW:
                self._bars(painter, rects[part], int(looks[part[0]]), int(depth[part[0]]), bar)
            if self._has_far_titles(camera):
                self._titles_from_afar(painter, slots[part], rects[part], bar)

    def _batches(self, slots: Ints, looks: Ints, scale: float) -> list[Ints]:
        """Indexes of frames that can be painted at once; found anew where they have changed, or the scale by much."""
        columns = self._painting.columns
        box, depth = columns.box[slots], columns.depth[slots].astype(np.int64)
        # As wide as a device pixel at least, by which rounding and pens move each edge.
        grain = 2.0 ** -math.floor(math.log2(scale))
        key = (grain, box.tobytes(), looks.tobytes(), depth.tobytes())
        found = self._known_batches.get(key)
        if found is None:
            edges = box + grain * np.array([-1.0, -1.0, 1.0, 1.0])
            heads = edges.copy()
            # The name of a folded group lies under its bar.
            low = edges[:, 1] + max(GROUP_TITLE_HEIGHT, 2 * grain) + 2 * grain
            heads[:, 3] = np.where(columns.folded[slots], edges[:, 3], np.minimum(low, edges[:, 3]))
            found = list(batches(edges, heads, depth, looks))
            self._known_batches[key] = found
            if len(self._known_batches) > MOST_KNOWN:
                self._known_batches.popitem(last=False)
        return found

    def _bodies(self, painter: QPainter, rects: Floats, look: int, depth: int) -> None:
        theme, kind = self._painting.theme, GROUP_KINDS[look // 2 - GROUP_KIND]
        painter.setRenderHint(_AA, on=False)
        painter.setPen(QPen(ink(frame_edge(theme.groups[kind], theme, depth)), 1))
        painter.setBrush(ink(frame_fill(kind, theme, depth, is_folded=bool(look % 2))))
        draw_rects(painter, rects)

    def _bars(self, painter: QPainter, rects: Floats, look: int, depth: int, height: float) -> None:
        theme, kind = self._painting.theme, GROUP_KINDS[look // 2 - GROUP_KIND]
        bars = rects + np.array([1.0, 1.0, -1.0, 0.0])
        # A folded group is as low as a card without rows: it needs its height for its name.
        bars[:, 3] = max(2.0, round(height / 3)) if look % 2 else height
        painter.setPen(NO_PEN)
        painter.setBrush(ink(frame_bar(theme.groups[kind], theme, depth)))
        draw_rects(painter, bars)

    def _has_far_titles(self, camera: Camera) -> bool:
        return _far_bar(camera) >= LEAST_TITLE_PX * camera.ratio

    def _titles_from_afar(self, painter: QPainter, slots: Ints, rects: Floats, bar: float) -> None:
        """Titles in as large letters as their bars have room for; a folded group's name, under its bar."""
        theme, size = self._painting.theme, round(bar * 0.78)
        high = metrics(size, QFont.Weight.DemiBold).height()
        painter.setFont(font(size, QFont.Weight.DemiBold))
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        for slot, (x, y, wide, tall) in zip(slots.tolist(), rects.tolist(), strict=True):
            look = self.look(slot)
            if look is None:
                continue
            words = _words(look)
            above, room = (bar / 3, tall - bar / 3) if look.is_folded else (0.0, bar)
            painter.setPen(ink(mixed(theme.groups[look.kind], theme.card_text, 0.35)))
            at = QPointF(x + bar / 2, y + above + (room - high) / 2)
            painter.drawStaticText(at, self._set_title(words, round(wide - bar), size))

    def labels(self, sheet: Sheet, camera: Camera, slots: Ints) -> Steps[None]:
        """Say what large frames are, over all that lies in them, where their bars are too low for titles."""
        slots = self._labelled(camera, slots)
        rects = device_rects(self._painting.columns.box[slots], camera).tolist()
        taken: dict[EntityId, QRectF] = {}
        for number, (slot, rect) in enumerate(zip(slots.tolist(), rects, strict=True)):
            if number % LABELS_A_STEP == 0:
                if number:
                    yield
                sheet.painter.setRenderHints(_AA | QPainter.RenderHint.TextAntialiasing)
                sheet.painter.setFont(font(round(LABEL_PX * camera.ratio), QFont.Weight.DemiBold))
            self._label(sheet.painter, camera, slot, QRectF(*rect), taken)

    def note_labels(self, painter: QPainter, camera: Camera, parts: Floats) -> None:
        """The same for titled frames, which are notes: few."""
        columns, theme, ratio = self._painting.columns, self._painting.theme, camera.ratio
        if not self._has_labels(camera):
            return
        painter.setRenderHints(_AA | QPainter.RenderHint.TextAntialiasing)
        painter.setFont(font(round(LABEL_PX * ratio), QFont.Weight.DemiBold))
        for one, note in columns.notes.items():
            box = columns.note_boxes[one]
            rect = device_rect(QRectF(*box), camera)
            is_large = rect.width() >= LEAST_LABELLED_PX[0] * ratio and rect.height() >= LEAST_LABELLED_PX[1] * ratio
            words = note.text.split("\n", 1)[0].strip()
            if note.shape != "frame" or not is_large or not words:
                continue
            if touching(np.array([[box.x, box.y, box.right, box.bottom]]), parts)[0]:
                self._paint_label(painter, camera, rect, words, (theme.note(note.color), theme.note_text))

    def _has_labels(self, camera: Camera) -> bool:
        return camera.detail < ROWS_FROM and not self._has_far_titles(camera)

    def _labelled(self, camera: Camera, slots: Ints) -> Ints:
        if not self._has_labels(camera):
            return slots[:0]
        box = self._painting.columns.box[slots]
        least = np.array(LEAST_LABELLED_PX) * (camera.ratio / camera.scale)
        return slots[(box[:, 2:] - box[:, :2] >= least).all(axis=1)]

    def _label(
        self, painter: QPainter, camera: Camera, slot: int, frame: QRectF, taken: dict[EntityId, QRectF]
    ) -> None:
        """One label in the corner of its frame, unless that of a frame round it is there."""
        look, theme = self.look(slot), self._painting.theme
        if look is None:
            return
        columns = self._painting.columns
        group, words = columns.ids[slot], _words(look)
        box = self._label_box(camera, frame, words)
        around = taken.get(columns.view.node(group).parent)
        if around is not None and around.intersects(box):
            taken[group] = around
            return
        taken[group] = box
        color = theme.groups[look.kind]
        inks = (frame_bar(color, theme, look.depth), mixed(color, theme.card_text, 0.35))
        self._paint_label(painter, camera, frame, words, inks)

    def _label_text(self, camera: Camera, frame: QRectF, words: str) -> QStaticText:
        room = round(frame.width() - 2 * LABEL_INSET_PX * camera.ratio)
        return self._set_title(words, room, round(LABEL_PX * camera.ratio))

    def _label_box(self, camera: Camera, frame: QRectF, words: str) -> QRectF:
        wide = self._label_text(camera, frame, words).size().width() + 2 * LABEL_INSET_PX * camera.ratio
        return QRectF(frame.topLeft(), QSizeF(wide, LABEL_HIGH_PX * camera.ratio))

    def _paint_label(self, painter: QPainter, camera: Camera, frame: QRectF, words: str, inks: tuple[str, str]) -> None:
        """A plate in the corner of a frame (device pixels), and words in the second of two colours on it."""
        text, box = self._label_text(camera, frame, words), self._label_box(camera, frame, words)
        plate, letters = inks
        painter.setPen(NO_PEN)
        painter.setBrush(ink(plate))
        painter.drawRoundedRect(box, 3 * camera.ratio, 3 * camera.ratio)
        painter.setPen(ink(letters))
        left = box.x() + LABEL_INSET_PX * camera.ratio
        painter.drawStaticText(QPointF(left, box.center().y() - text.size().height() / 2), text)

    def _set_title(self, words: str, width: int, size: int) -> QStaticText:
        """A title cut to its room and set: to do that anew for each frame takes three times as long as to draw it."""
        key = (words, width, size)
        found = self._set_titles.get(key)
        if found is None:
            cut = metrics(size, QFont.Weight.DemiBold).elidedText(words, Qt.TextElideMode.ElideRight, width)
            found = self._set_titles[key] = QStaticText(cut)
            found.setTextFormat(Qt.TextFormat.PlainText)
            found.prepare(font=font(size, QFont.Weight.DemiBold))
            found.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            if len(self._set_titles) > MOST_SET:
                self._set_titles.popitem(last=False)
        return found


def _words(look: FrameLook) -> str:
    return look.title.name if look.is_folded else f"{look.title.keyword} {look.title.text}".strip()


def _far_bar(camera: Camera) -> float:
    return max(2.0, round(GROUP_TITLE_HEIGHT * camera.scale))


def _tasks_inside(view: DocumentView, group: EntityId) -> int:
    return sum(1 for node in view.descendants(group) if isinstance(view.get(node), Task))
