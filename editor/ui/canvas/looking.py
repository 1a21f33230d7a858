"""Which part of the scene a view shows, and how large: the camera, and the ways to move it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from editor.model import EntityId
from editor.ui.canvas.types import Camera
from editor.ui.canvas.whereabouts import Whereabouts

LEAST_ZOOM, MOST_ZOOM = 0.02, 4.0
LEAST_FIT_ZOOM = 0.002
"""Where not all is in view at LEAST_ZOOM, one may go on until it is, or so far."""
FIT_MARGIN_PX = 40
MOST_FIT_ZOOM = 1.0


class Looking(QAbstractScrollArea, Whereabouts):
    """A part of CanvasView."""

    view_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zoom = 1.0
        self._origin = QPointF(-FIT_MARGIN_PX, -FIT_MARGIN_PX)
        """The viewport's top left corner, in device pixels of the scene at this zoom; whole numbers."""
        self._stays_fitted = True
        self._cameras: dict[EntityId, tuple[float, QPointF]] = {}
        self._farthest = LEAST_ZOOM
        """The least zoom when that was last asked for."""

    def looked(self, *, is_moving: bool) -> None:
        """Told when something else is seen than before; `is_moving` while one zooms."""
        raise NotImplementedError

    @property
    def is_behind(self) -> bool:
        """As CanvasView's."""
        raise NotImplementedError

    def covered_corner(self) -> QSize:
        """How much of the lower right corner something else lies on, in the view's pixels; empty if nothing does."""
        raise NotImplementedError

    @property
    def zoom(self) -> float:
        return self._zoom

    @property
    def camera(self) -> Camera:
        return Camera(self._zoom, self.viewport().devicePixelRatioF(), self._origin.x(), self._origin.y())

    def to_scene(self, point: QPoint) -> QPointF:
        ratio, scale = self.camera.ratio, self.camera.scale
        return QPointF((point.x() * ratio + self._origin.x()) / scale, (point.y() * ratio + self._origin.y()) / scale)

    def to_view(self, point: QPointF) -> QPoint:
        ratio, scale = self.camera.ratio, self.camera.scale
        return QPointF(
            (point.x() * scale - self._origin.x()) / ratio, (point.y() * scale - self._origin.y()) / ratio
        ).toPoint()

    def visible_rect(self) -> QRectF:
        """The part of the scene that is seen."""
        scale = self.camera.scale
        ratio = self.camera.ratio
        size = self.viewport().size()
        return QRectF(
            self._origin.x() / scale,
            self._origin.y() / scale,
            size.width() * ratio / scale,
            size.height() * ratio / scale,
        )

    def scene_bounds(self) -> QRectF:
        """The box round everything there is; empty if there is nothing."""
        extent = self.columns.extent()
        return QRectF(*extent) if extent is not None else QRectF()

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the paper by so many logical pixels."""
        ratio = self.camera.ratio
        step = QPoint(round(dx * ratio), round(dy * ratio))
        if step.isNull():
            return
        self._stays_fitted = False
        self._origin -= QPointF(step)
        self._tell_looked(is_moving=False)

    def centre_on(self, point: QPointF) -> None:
        scale, ratio = self.camera.scale, self.camera.ratio
        half = QPointF(self.viewport().width() * ratio / 2, self.viewport().height() * ratio / 2)
        self._look(self._zoom, point * scale - half)

    def zoom_at(self, at: QPointF, factor: float) -> None:
        """Zoom so that what is under `at` (the view's pixels) stays there."""
        zoom = self._within_reach(self._zoom * factor)
        # A wheel's steps multiply: without this 100 % would be missed by a hair for ever.
        zoom = 1.0 if abs(zoom - 1.0) < 0.012 else zoom
        if zoom == self._zoom:
            return
        ratio = self.camera.ratio
        held = (at * ratio + self._origin) / (self._zoom * ratio)
        self._look(zoom, held * zoom * ratio - at * ratio, is_moving=True)

    def zoom_by(self, factor: float) -> None:
        self.zoom_at(QPointF(self.viewport().rect().center()), factor)

    def reset_zoom(self) -> None:
        self.zoom_by(1.0 / self._zoom)

    def fit(self) -> None:
        """Bring everything into view, no larger than life, and keep it there until somebody zooms or pans."""
        self._show_rect(self.scene_bounds())
        self._stays_fitted = True

    def keep_all_in_sight(self, *, was_seen: bool) -> None:
        """Everything was put elsewhere: fit it if all of it `was_seen` before and is not now, or if none of it is."""
        seen, bounds = self.visible_rect(), self.scene_bounds()
        if bounds.isEmpty() or (seen.contains(bounds) and not self._stays_fitted):
            return
        if was_seen or self._stays_fitted or not self.items_in(seen, contained=False):
            self.fit()

    def keep_in_sight(self, rect: QRectF, *, was_seen: bool) -> None:
        """Something was put into `rect`: see as much of it as fits in, moving no more than needed.

        What `was_seen` whole before is seen whole again: from farther away, if it has grown too large.
        """
        margin = 24 / self._zoom
        seen = self.visible_rect().adjusted(margin, margin, -margin, -margin)
        if was_seen and (rect.width() > seen.width() or rect.height() > seen.height()):
            self._show_rect(rect)
            return
        x = _least_step(seen.left(), rect.left(), rect.right() - seen.width())
        y = _least_step(seen.top(), rect.top(), rect.bottom() - seen.height())
        self.pan_by(-x * self._zoom, -y * self._zoom)

    def _bring_into_view(self, rect: QRectF) -> None:
        """Move no more than needed."""
        seen = self.visible_rect()
        margin = 24 / self._zoom
        inner = seen.adjusted(margin, margin, -margin, -margin)
        if rect.width() > inner.width() or rect.height() > inner.height():
            self.centre_on(QPointF(rect.center().x(), rect.top() + min(rect.height(), seen.height()) / 2))
            return
        x = min(0.0, rect.left() - inner.left()) + max(0.0, rect.right() - inner.right())
        y = min(0.0, rect.top() - inner.top()) + max(0.0, rect.bottom() - inner.bottom())
        way = QPointF(x, y) + self._out_of_corner(rect, inner.translated(x, y))
        self.pan_by(-way.x() * self._zoom, -way.y() * self._zoom)

    def _out_of_corner(self, rect: QRectF, inner: QRectF) -> QPointF:
        """How much farther to go so that what lies in the lower right corner does not hide `rect`, if there is room."""
        taken = self.covered_corner()
        over_x = rect.right() - (inner.right() - taken.width() / self._zoom)
        over_y = rect.bottom() - (inner.bottom() - taken.height() / self._zoom)
        if taken.isEmpty() or over_x <= 0 or over_y <= 0:
            return QPointF()
        steps = [
            (over, step)
            for over, room, step in (
                (over_x, rect.left() - inner.left(), QPointF(over_x, 0)),
                (over_y, rect.top() - inner.top(), QPointF(0, over_y)),
            )
            if over <= room
        ]
        return min(steps, key=lambda each: each[0])[1] if steps else QPointF()

    def _look(self, zoom: float, origin: QPointF, *, is_moving: bool = False) -> None:
        self._stays_fitted = False
        self._zoom = self._within_reach(zoom)
        self._origin = QPointF(round(origin.x()), round(origin.y()))
        self._tell_looked(is_moving=is_moving)

    def _tell_looked(self, *, is_moving: bool) -> None:
        self.looked(is_moving=is_moving)
        # What lies on the viewport updates itself first: the other way round Qt paints twice.
        self.view_changed.emit()
        self.viewport().update()

    def _show_rect(self, rect: QRectF) -> None:
        room = self.viewport().size()
        if rect.isEmpty() or room.isEmpty():
            self._look(1.0, QPointF(-FIT_MARGIN_PX, -FIT_MARGIN_PX))
        else:
            self._zoom = min(max(self._fitting_zoom(rect), self._least_zoom()), MOST_FIT_ZOOM)
            self.centre_on(rect.center())

    def _fitting_zoom(self, rect: QRectF) -> float:
        room = self.viewport().size()
        wide, tall = max(room.width() - 2 * FIT_MARGIN_PX, 1), max(room.height() - 2 * FIT_MARGIN_PX, 1)
        return min(wide / max(rect.width(), 1.0), tall / max(rect.height(), 1.0))

    def _within_reach(self, zoom: float) -> float:
        # How far one may go away depends on what there is to see: that is asked only where it matters.
        return min(zoom, MOST_ZOOM) if zoom >= LEAST_ZOOM else max(zoom, self._least_zoom())

    def _least_zoom(self) -> float:
        if not self.is_behind:  # If it is, a wheel must not hurry it.
            self._farthest = max(LEAST_FIT_ZOOM, min(LEAST_ZOOM, self._fitting_zoom(self.scene_bounds())))
        return self._farthest

    def _layer_size(self) -> QSize:
        ratio = self.viewport().devicePixelRatioF()
        return QSize(round(self.viewport().width() * ratio), round(self.viewport().height() * ratio))

    def _keep_camera(self, pipeline: EntityId) -> None:
        """One comes back to a pipeline as one left it."""
        self._cameras[pipeline] = (self._zoom, self._origin)

    def _take_camera(self, pipeline: EntityId) -> None:
        known = self._cameras.get(pipeline)
        if known is None:
            self.fit()
        else:
            self._look(*known)

    # -- Qt's own names -------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._stays_fitted and not event.size().isEmpty():
            self.fit()
        self.view_changed.emit()


def _least_step(at: float, one: float, other: float) -> float:
    """From `at` to the nearest point between two others."""
    return min(max(at, min(one, other)), max(one, other)) - at
