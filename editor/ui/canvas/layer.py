"""The picture of the scene, kept between frames: moved with the paper, mended where something changed.

What takes longer than a slice is painted into a second picture, a slice in each turn of the event loop, while the first
is shown, stretched where one has zoomed meanwhile. So no frame is long, whatever there is to see.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QPainter, QPixmap, QRegion

from editor.ui.canvas.curves import Floats
from editor.ui.canvas.device import rects
from editor.ui.canvas.painting import FRESH_CARDS_S, Painting
from editor.ui.canvas.sheet import Sheet
from editor.ui.canvas.steps import Steps, worked
from editor.ui.canvas.types import Camera
from editor.ui.theme import ink

REACH_PX = 18
"""How far shadows, badges, ports and pens reach out of a box, in logical pixels at 100 % (never less than 6)."""

MARGIN_PX = 96
"""So much of the paper lies ready outside the viewport, in logical pixels: most steps of a pan paint nothing."""

MOST_RECTS = 24

SLICE_S = 0.008
"""Painting in one turn of the event loop: half a frame."""
LITTLE_EFFORT, LITTLE_MENDING = 2500, 1500
"""So much is painted at once, in the units of `Painting.effort`: a slice on a slow machine; of a picture that is shown,
so much: a copy of it takes longer to make.
"""

MAKE_S = 0.15
"""While cards are made, those that are done are shown so often."""


class _Picture:
    """A part of the scene on a pixmap; `camera` is that of its top left corner."""

    def __init__(self, size: QSize, camera: Camera, *, is_smooth: bool) -> None:
        self.pixmap = QPixmap(size)
        self.camera = camera
        self.is_smooth = is_smooth
        self.spoilt = QRegion()
        """What must be painted again."""
        self.blank = QRegion(self.pixmap.rect())
        """What has never been painted: there is no telling what the memory holds."""
        self.is_mended = False
        """Whether it began as a copy of the one that is shown."""
        self.sheet = Sheet()
        self.steps: Steps[list[int]] | None = None
        """The work on it, while the picture is made in slices."""

    def at(self, camera: Camera) -> QPoint:
        """Where the corner of a view of the same scale lies."""
        return QPoint(round(camera.x - self.camera.x), round(camera.y - self.camera.y))

    def is_like(self, camera: Camera, size: QSize) -> bool:
        mine = self.camera
        return mine.zoom == camera.zoom and mine.ratio == camera.ratio and self.pixmap.size() == size

    def spoil(self, boxes: Floats) -> None:
        """What lies in these boxes of the scene must be painted again."""
        camera = self.camera
        reach = REACH_PX * camera.ratio * max(camera.zoom, 0.34)
        shift = np.array([camera.x, camera.y, camera.x, camera.y])
        edges = boxes * camera.scale - shift + np.array([-reach, -reach, reach, reach])
        edges = np.clip(edges, 0, np.array([self.pixmap.width(), self.pixmap.height()] * 2))
        for left, top, right, bottom in edges.tolist():
            if left >= right or top >= bottom:
                continue
            x, y = int(left), int(top)
            self.spoilt += QRect(x, y, int(right) + 1 - x, int(bottom) + 1 - y)

    def move(self, step: QPoint) -> None:
        """Move everything by whole device pixels; what comes in is spoilt."""
        whole = self.pixmap.rect()
        self.camera = self.camera._replace(x=self.camera.x - step.x(), y=self.camera.y - step.y())
        if abs(step.x()) >= whole.width() or abs(step.y()) >= whole.height():
            self.spoilt, self.blank = QRegion(whole), QRegion(whole)
            return
        self.pixmap.scroll(step.x(), step.y(), whole)
        come = QRegion(whole) - QRegion(whole.translated(step))
        self.spoilt = (self.spoilt.translated(step) & QRegion(whole)) + come
        self.blank = (self.blank.translated(step) & QRegion(whole)) + come


class Layer:
    """`refresh` brings the picture up to date as far as a slice goes, `work` goes on, `copy_to` shows what there is."""

    def __init__(self, painting: Painting) -> None:
        self._painting = painting
        self._shown: _Picture | None = None
        self._next: _Picture | None = None
        self._spare = QPixmap()
        self._camera = Camera(1.0, 1.0, 0.0, 0.0)
        self._size = QSize()
        self._is_spoilt = True
        self._is_next_spoilt = False
        self._is_smoothing = False
        self._lacking: dict[int, None] = {}
        """Slots of cards that others stand in for."""
        self._made: list[int] = []
        """Slots of cards that have been made since, and are not shown yet."""
        self._last_shown = 0.0
        self._whole_s = 0.0
        """What it took when all of the view was last painted at once."""
        self.is_moving = False
        """While zooming: no new cards, and stretched copies where a whole picture takes long."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do, but to smooth."""
        if self._next is not None:
            return False
        return self.is_moving or (self._is_current() and not self._lacking and not self._made and not self._is_due())

    @property
    def can_be_smoother(self) -> bool:
        """Whether wires are jagged that could be smooth."""
        return self.is_complete and self._shown is not None and not self._shown.is_smooth and not self.is_moving

    def clear(self) -> None:
        """Another scene: nothing of what there is may be shown."""
        self._shown = self._next = None
        self._forget_cards()

    def spoil(self) -> None:
        """Everything must be painted again."""
        self._is_spoilt = True
        self._is_next_spoilt = True
        self._forget_cards()
        self._drop_smoothing()

    def spoil_boxes(self, boxes: Floats) -> None:
        """What lies in these boxes of the scene must be painted again."""
        for picture in (self._shown, self._next):
            if picture is not None:
                picture.spoil(boxes)

    def look(self, camera: Camera, size: QSize) -> None:
        """Have `copy_to` show this view (its size in device pixels) of the picture there is. Nothing is painted."""
        self._camera, self._size = camera, size

    def refresh(self, camera: Camera, size: QSize) -> None:
        """Bring the picture up to date for this view (its size in device pixels), as far as a slice goes."""
        self.look(camera, size)
        if self._is_current():
            self._reach()
            self._mend()
            return
        self._drop_smoothing()
        if self._is_under_way():
            return  # `work` goes on with it: a frame and a slice are more than one turn has room for.
        if self._is_whole_little():
            self._paint_whole(perf_counter() + FRESH_CARDS_S)
        else:
            self._start()
            self._go_on()

    def work(self) -> bool:
        """Go on with what was left undone, for a slice; True if there is something new to show."""
        if self._next is not None:
            return self._go_on()
        if self.is_moving or not self._is_current() or self._is_due():
            return not self.is_moving
        left = self._painting.make_cards(list(self._lacking), self._camera, perf_counter() + SLICE_S)
        self._made += self._lacking.keys() - set(left)
        self._lacking = dict.fromkeys(left)
        if not self._made or (left and perf_counter() < self._last_shown + MAKE_S):
            return False
        self._last_shown = perf_counter()
        self.spoil_boxes(self._painting.columns.box[self._made])
        self._made = []
        return True

    def smoothen(self) -> None:
        """Begin to paint the picture that is shown once more, with smooth wires, in slices."""
        if self.can_be_smoother:
            self._start(is_smooth=True)
            self._is_smoothing = True

    def finish(self, camera: Camera, size: QSize) -> None:
        """Paint everything at once, however long it takes, wires smooth only if they are few."""
        self._camera, self._size = camera, size
        self.is_moving = False
        self._paint_whole(math.inf)

    def stamp(self, paint: Callable[[QPainter, QPoint, Camera], object]) -> None:
        """Have something painted on what is shown, to stand there until it is painted with all the rest.

        `paint` is given the view's corner, and the camera of the picture's.
        """
        shown = self._shown
        if shown is not None and self._is_current():
            painter = QPainter(shown.pixmap)
            try:
                paint(painter, shown.at(self._camera), shown.camera)
            finally:
                painter.end()

    def copy_to(self, painter: QPainter) -> None:
        """Show the picture on a painter in logical pixels; Qt's own clip keeps it to what must be painted."""
        shown, camera = self._shown, self._camera
        view = QRect(QPoint(), self._size)
        ground = ink(self._painting.theme.canvas)
        if shown is None:
            painter.fillRect(QRectF(0, 0, view.width() / camera.ratio, view.height() / camera.ratio), ground)
            return
        # Device pixel on device pixel: without a transform of its own this is a plain copy of memory.
        painter.save()
        painter.scale(1 / camera.ratio, 1 / camera.ratio)
        grown = camera.scale / shown.camera.scale
        where = QRectF(
            shown.camera.x * grown - camera.x,
            shown.camera.y * grown - camera.y,
            shown.pixmap.width() * grown,
            shown.pixmap.height() * grown,
        )
        if not where.contains(QRectF(view)):
            painter.fillRect(view, ground)
        if grown == 1.0:
            painter.drawPixmap(where.topLeft().toPoint(), shown.pixmap)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(where, shown.pixmap, QRectF(shown.pixmap.rect()))
        for part in rects(shown.blank):
            corner = where.topLeft() + QPointF(part.topLeft()) * grown
            painter.fillRect(QRectF(corner, QSizeF(part.size()) * grown), ground)
        painter.restore()

    # -- the view on the picture ----------------------------------------------------------------------------------

    def _margin(self) -> int:
        return round(MARGIN_PX * self._camera.ratio)

    def _whole_size(self) -> QSize:
        return self._size + QSize(2 * self._margin(), 2 * self._margin())

    def _origin(self) -> Camera:
        """The camera of a new picture's corner, the view in its middle."""
        return self._camera._replace(x=self._camera.x - self._margin(), y=self._camera.y - self._margin())

    def _is_current(self) -> bool:
        shown = self._shown
        return shown is not None and not self._is_spoilt and shown.is_like(self._camera, self._whole_size())

    def _is_due(self) -> bool:
        """Whether anything in view must be painted again."""
        shown = self._shown
        return shown is not None and shown.spoilt.intersects(QRect(shown.at(self._camera), self._size))

    def _reach(self) -> None:
        """Move the picture where the view has left it, so far that there is room ahead."""
        assert self._shown is not None
        at, most = self._shown.at(self._camera), 2 * self._margin()
        wanted = QPoint(*(0 if place > most else most if place < 0 else place for place in (at.x(), at.y())))
        if wanted != at:
            self._shown.move(wanted - at)

    def _mend(self) -> None:
        """Paint what is spoilt in view, and what lies ahead of where the view comes to the picture's end."""
        shown = self._shown
        assert shown is not None
        view = QRect(shown.at(self._camera), self._size)
        due = shown.spoilt & view
        if due.isEmpty() or (self._next is not None and self._next.is_mended):
            return
        edge, whole = due.boundingRect(), shown.pixmap.rect()
        ahead = QRect(view)
        if edge.left() == view.left():
            ahead.setLeft(whole.left())
        if edge.right() == view.right():
            ahead.setRight(whole.right())
        if edge.top() == view.top():
            ahead.setTop(whole.top())
        if edge.bottom() == view.bottom():
            ahead.setBottom(whole.bottom())
        # Where one pans bare ground would be seen meanwhile.
        most = LITTLE_EFFORT if shown.blank.intersects(due) else LITTLE_MENDING
        for part in (shown.spoilt & ahead, due):
            areas = _areas(part)
            if self._painting.effort(areas, shown.camera, is_smooth=shown.is_smooth) <= most:
                shown.spoilt -= part
                self._paint(shown, areas, perf_counter() + FRESH_CARDS_S)
                return
        self._start_mending(due)
        self._go_on()

    def _drop_smoothing(self) -> None:
        if self._is_smoothing:
            self._next, self._is_smoothing = None, False

    def _forget_cards(self) -> None:
        """All of them are asked for again."""
        self._lacking.clear()
        self._made.clear()

    # -- whole pictures -------------------------------------------------------------------------------------------

    def _paint_whole(self, until: float) -> None:
        """Paint all of the view now."""
        shown = self._shown
        is_smooth = self._painting.is_light(QRect(QPoint(), self._size), self._camera)
        if shown is None or shown.pixmap.size() != self._whole_size():
            shown = self._shown = _Picture(self._whole_size(), self._origin(), is_smooth=is_smooth)
        shown.camera, shown.is_smooth = self._origin(), is_smooth
        view = QRect(shown.at(self._camera), self._size)
        shown.spoilt = QRegion(shown.pixmap.rect()) - QRegion(view)
        shown.blank = QRegion(shown.pixmap.rect())
        self._next, self._is_spoilt = None, False
        self._forget_cards()
        self._painting.make_room(view, shown.camera)
        started = perf_counter()
        self._paint(shown, [view], 0.0 if self.is_moving else until)
        self._whole_s = perf_counter() - started

    def _is_under_way(self) -> bool:
        """Whether a new picture of this view is being painted."""
        # While zooming the camera changes with each step: a picture that is begun is finished, or none ever were.
        if self._next is not None and (self.is_moving or self._next.is_like(self._camera, self._whole_size())):
            return True
        self._next = None
        return False

    def _is_whole_little(self) -> bool:
        """Whether there is so little in view that all of it can be painted at once."""
        view = QRect(QPoint(), self._size)
        is_smooth = self._painting.is_light(view, self._camera)
        is_little = self._painting.effort([view], self._camera, is_smooth=is_smooth) <= LITTLE_EFFORT
        return is_little and not (self.is_moving and self._whole_s > SLICE_S)

    def _start(self, *, is_smooth: bool | None = None) -> None:
        """Begin a new picture of the view, to be painted in steps."""
        view = QRect(QPoint(), self._size)
        light = self._painting.is_light(view, self._camera) if is_smooth is None else is_smooth
        picture = self._next = _Picture(QSize(), self._origin(), is_smooth=light)
        # It asks for all of its cards itself.
        self._forget_cards()
        picture.pixmap = self._taken_spare(self._whole_size())
        picture.blank = QRegion(picture.pixmap.rect())
        self._is_next_spoilt = self._is_smoothing = False
        view = QRect(picture.at(self._camera), self._size)
        self._painting.make_room(view, picture.camera)
        picture.spoilt = QRegion(picture.pixmap.rect()) - QRegion(view)
        picture.blank -= view
        picture.steps = self._painting.painting(picture.sheet, [view], picture.camera, is_smooth=light)

    def _start_mending(self, part: QRegion) -> None:
        """Begin a copy of the picture that is shown, of which a part is to be painted again, in steps."""
        shown = self._shown
        assert shown is not None
        picture = self._next = _Picture(QSize(), shown.camera, is_smooth=shown.is_smooth)
        picture.pixmap = self._taken_spare(shown.pixmap.size())
        painter = QPainter(picture.pixmap)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawPixmap(0, 0, shown.pixmap)
        painter.end()
        picture.spoilt, picture.blank = shown.spoilt - part, shown.blank - part
        picture.steps = self._painting.painting(picture.sheet, _areas(part), shown.camera, is_smooth=shown.is_smooth)
        picture.is_mended = True
        self._is_next_spoilt = self._is_smoothing = False

    def _taken_spare(self, size: QSize) -> QPixmap:
        """To paint on: what was shown before, if it is of this size."""
        spare, self._spare = self._spare, QPixmap()
        return spare if spare.size() == size else QPixmap(size)

    def _go_on(self) -> bool:
        """Paint at the next picture for a slice; True if it is done and shown from now on."""
        picture = self._next
        if picture is None or picture.steps is None:
            return False
        # A frame of a zoom stretches the picture too.
        until = perf_counter() + SLICE_S / (2 if self.is_moving else 1)
        lacking: list[int] | None = []
        try:
            with picture.sheet.on(picture.pixmap, 0.0 if self.is_moving else until):
                lacking = worked(picture.steps, until)
        finally:
            # Where a step fails there are no more: what is painted by then is shown, and it is not tried for ever.
            if lacking is not None:
                self._show(picture, lacking)
        return lacking is not None

    def _show(self, picture: _Picture, lacking: list[int]) -> None:
        picture.steps = None
        self._lacking.update(dict.fromkeys(lacking))
        if self._shown is not None:
            self._spare = self._shown.pixmap
        # What was spoilt meanwhile is newer than what is shown, but not the newest.
        self._shown, self._next, self._is_spoilt = picture, None, self._is_next_spoilt
        self._is_smoothing = False
        self._last_shown = perf_counter()

    def _paint(self, picture: _Picture, areas: list[QRect], until: float) -> None:
        painter = QPainter(picture.pixmap)
        try:
            lacking = self._painting.paint(painter, areas, picture.camera, until=until, is_smooth=picture.is_smooth)
        finally:
            painter.end()
        for area in areas:
            picture.blank -= area
        self._lacking.update(dict.fromkeys(lacking))


def _areas(region: QRegion) -> list[QRect]:
    """The rectangles of a region, to be painted in one go, or the one round it where they are many.

    An L of two strips is two rectangles; its bounding box would be the whole viewport. A rectangle more costs a mask
    over the columns.
    """
    found = list(rects(region))
    return found if len(found) <= MOST_RECTS else [region.boundingRect()]
