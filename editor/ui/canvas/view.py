"""The canvas widget: one document's pipeline, painted from columns onto a layer that most frames only copy.

It shows and measures; what mouse and keys do is in `gestures`, how things look is in `painting`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from time import thread_time

import numpy as np
import shiboken6
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from editor.model import ROOT, Document, Edit, EntityId, Pipeline, Placement
from editor.ui.canvas.columns import Columns
from editor.ui.canvas.damage import MOST_DAMAGE, Damage
from editor.ui.canvas.following import Following
from editor.ui.canvas.hearing import Hearing
from editor.ui.canvas.layer import Layer
from editor.ui.canvas.left_scenes import LeftScenes
from editor.ui.canvas.lifting import Lifting
from editor.ui.canvas.painting import Painting
from editor.ui.canvas.sprites import Sprites
from editor.ui.canvas.types import Hit, TaskBadge
from editor.ui.library import ComponentLibrary
from editor.ui.slices import Slices
from editor.ui.theme import Theme

REFINE_MS = 60
"""After the last step of zooming, the picture is drawn again in full."""
SMOOTH_MS = 300
"""A picture that rests so long gets smooth wires, however many there are."""
LITTLE_STEP_S = 0.02
"""A step of a drag that takes no more, with its frame, is one turn; else the frame comes in another."""
DWELL_MS = 140
"""A mouse that rests so long on a task brings its wires forward."""
HOVERED_PARTS = ("task", "header", "input", "output", "fold", "note", "note_resize")
"""Where the mouse is said to be over what these belong to."""


class CanvasView(Hearing):
    """What is seen: `scope`, camera, selection, marks. The document changes only through `do`."""

    selection_changed = Signal()
    scope_changed = Signal(str)
    activated = Signal(str)
    hovered = Signal(str)
    message = Signal(str)
    refused = Signal(object)

    def __init__(
        self,
        document: Document,
        *,
        do: Callable[[Edit], None],
        library: ComponentLibrary,
        theme: Theme,
        scene: Columns | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`scene`, if given, is that of the main pipeline as the document is now, and nobody else's."""
        super().__init__(parent)
        self.document = document
        self.do = do
        self.library = library
        self.theme = theme
        self.scope: EntityId = ROOT
        self._selection: frozenset[EntityId] = frozenset()
        self._left: frozenset[EntityId] = frozenset()
        """What was selected when it was deleted, until something else is selected."""
        self.is_read_only = False
        self.overlay_painters: list[Callable[[QPainter], None]] = []
        self._columns = scene or Columns(document, ROOT)
        self._following = Following(self, document, self._follow, self._rebuild)
        self._left_scenes = LeftScenes()
        self._sprites = Sprites(theme)
        self._painting = Painting(self._columns, theme, self._sprites)
        self._layer = Layer(self._painting)
        self._lifting = Lifting(self._painting)
        self._is_lift_complete = True
        self._emphasis: frozenset[EntityId] = frozenset()
        self._hovered: EntityId | None = None
        self._mouse_at: QPointF | None = None
        """Where the mouse was last seen over the canvas, no button held."""
        self._refine = self._timer(REFINE_MS, self._on_refine_timeout)
        self._dwell = self._timer(DWELL_MS, self._on_dwell_timeout)
        # Painted there and then: what is only asked for comes after whatever else this turn and the next begin with.
        self._frame = Slices(self, self.viewport().repaint)
        """An edit has changed what is seen: it and a frame are more than one turn of the event loop has room for."""
        self._more = Slices(self, self._paint_more)
        self._smooth = self._timer(SMOOTH_MS, self._on_smooth_timeout)
        self._set_up()
        # Before all others, who may ask what is drawn and selected as soon as they hear of the edit.
        document.changed.connect(self._on_document_changed, priority=1)
        document.changing.connect(self._on_document_changing)

        from editor.ui.canvas.gestures.dispatch import GestureDispatcher

        self.gestures = GestureDispatcher(self)

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        viewport = self.viewport()
        viewport.setMouseTracking(True)
        viewport.setAcceptDrops(True)
        viewport.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        viewport.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)

    def _timer(self, interval_ms: int, slot: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(slot)
        return timer

    # -- what is shown --------------------------------------------------------------------------------------------

    @property
    def columns(self) -> Columns:
        """The scene, as the document is now."""
        self._following.catch_up()
        return self._columns

    def twin_scene(self) -> Columns | None:
        """A scene like that of the main pipeline as it is now, for another view; None if it cannot be had from here."""
        return self.columns.twin() if self.scope == ROOT else None

    @property
    def is_behind(self) -> bool:
        """Whether a large edit is followed in the next turns, unless somebody asks before."""
        return self._following.is_behind

    def when_followed(self, then: Callable[[], object]) -> None:
        """Call `then` once the scene is as the document is: whoever waits for it does not hurry it."""
        self._following.when_done(then)

    @property
    def selection(self) -> frozenset[EntityId]:
        self._following.catch_up()
        return self._selection

    def set_scope(self, scope: EntityId) -> None:
        """Show another pipeline; a group's id shows the pipeline it lies in, with the group in view."""
        pipeline = scope if isinstance(self.document.get(scope), Pipeline) else self.document.pipeline_of(scope)
        if pipeline != self.scope:
            self._following.finish_awaited()
            self._keep_camera(self.scope)
            scene = self._left_scenes.take(pipeline)
            self._following.finish_begun()
            if self.scope in self.document and self._following.has_heard_all:
                self._left_scenes.put(self._columns, self._following.behind)
            self.scope = pipeline
            self._selection = frozenset()
            self._emphasis = frozenset()
            self._hovered = None
            self._rebuild(scene)
            self._take_camera(pipeline)
            self.scope_changed.emit(str(pipeline))
            self.selection_changed.emit()
        if scope != pipeline:
            self.reveal(scope)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self._painting.theme = theme
        self._sprites.theme = theme
        self._sprites.clear()
        self._repaint_all()

    def set_read_only(self, is_read_only: bool) -> None:
        self.is_read_only = is_read_only

    def set_emphasis(self, ids: Collection[EntityId]) -> None:
        """Bring the wires of one node, or those among several, forward, whatever is selected."""
        chosen = frozenset(ids)
        if chosen != self._emphasis:
            self._emphasis = chosen
            self._update_emphasis()

    # -- selection ------------------------------------------------------------------------------------------------

    def select(self, ids: Iterable[EntityId], *, add: bool = False) -> None:
        """Select what of `ids` is here, in place of or beside what is selected."""
        wanted = self.columns.here(ids)
        if self._choose(self.selection | wanted if add else wanted):
            self.selection_changed.emit()

    def select_all(self) -> None:
        """Select all that `drawn` gives: to ask of ten thousand whether they are here takes as long as a frame."""
        if self._choose(frozenset(self.drawn())):
            self.selection_changed.emit()

    def _choose(self, selection: frozenset[EntityId]) -> bool:
        """Select these; False if they are selected already."""
        if selection == self._selection:
            return False
        before, self._selection, self._left = self._selection, selection, frozenset()
        self.columns.set_selected(selection)
        if not self._update_emphasis():
            self._repaint_nodes(selection ^ before)
        return True

    # -- where one looks ------------------------------------------------------------------------------------------

    def zoom_to_selection(self) -> None:
        self._show_rect(self.bounds_of(self.selection) if self.selection else self.scene_bounds())

    def reveal(self, entity: EntityId) -> None:
        """Bring an entity into view, moving no more than needed; it is shown in its own pipeline."""
        if self.columns.rect(entity) is None and entity in self.document:
            pipeline = self.document.pipeline_of(entity)
            if pipeline != self.scope and isinstance(self.document.get(pipeline), Pipeline):
                self.set_scope(pipeline)
        rect = self.card_rect(entity)
        if not rect.isNull():
            self._bring_into_view(rect)

    def covered_corner(self) -> QSize:
        return self.gestures.minimap.taken()

    def looked(self, *, is_moving: bool) -> None:
        if is_moving:
            self._layer.is_moving = True
            self._refine.start()
        self._hover_again()
        self._smooth.stop()

    # -- previews -------------------------------------------------------------------------------------------------

    def set_drag_offset(
        self,
        ids: Collection[EntityId],
        dx: float,
        dy: float,
        *,
        is_leaving: bool = False,
        owner: object | None = None,
    ) -> None:
        """Draw `ids`, and what is in the groups among them, moved by so much, the document being left alone.

        The frames round them stretch after them; they stand still for what is about to leave. `owner` as in Columns.
        """
        was_lifted, begun = self.columns.lifted is not None, thread_time()
        self._damage(self.columns.set_offset(ids, dx, dy, is_leaving=is_leaving, owner=owner))
        is_little = thread_time() - begun + self._lifting.took_s <= LITTLE_STEP_S
        if was_lifted and is_little and not self._frame.is_waiting:
            self.viewport().update()
        else:
            self.update()  # To lift them takes as long as a frame.

    def clear_drag_offset(self, owner: object | None = None) -> None:
        boxes = self.columns.boxes_lifted(owner)
        if len(boxes):
            # It is seen there until it is painted where it belongs now: it must not be gone for a moment.
            self._layer.stamp(lambda painter, at, camera: self._lifting.stamp(painter, at, self._layer_size(), camera))
            self._damage(Damage.of(boxes))
        self._damage(self.columns.clear_offset(owner))
        self.gestures.minimap.follow()

    # -- painting -------------------------------------------------------------------------------------------------

    @property
    def is_complete(self) -> bool:
        """Whether the picture shows all there is, each card at its sharpest; wires may get smoother yet."""
        return self._layer.is_complete and self._is_lift_complete and not self.is_behind

    def settle(self) -> None:
        """Finish the picture at once: every card at its sharpest. For snapshots and tests."""
        self._following.catch_up()
        self._refine.stop()
        self._more.stop()
        self._layer.finish(self.camera, self._layer_size())
        self.viewport().update()

    def rest(self) -> None:
        """End the coarse picture of a zoom under way now instead of a moment later."""
        if self._refine.isActive():
            self._refine.stop()
            self._on_refine_timeout()

    def repaint_whole(self) -> None:
        """Paint everything again at the next frame."""
        self._repaint_all()

    def _on_document_changed(self, edit: Edit) -> None:
        # The document outlives its views, and Python may keep a view that Qt has deleted.
        if not shiboken6.isValid(self):
            self.document.changed.disconnect(self._on_document_changed)
            self.document.changing.disconnect(self._on_document_changing)
            return
        self._left_scenes.changed(edit)
        if self.scope in self.document:
            self._following.take(edit)
        else:
            self.set_scope(ROOT)

    def _on_document_changing(self) -> None:
        if shiboken6.isValid(self):
            self._following.finish_begun()

    def _follow(self, edit: Edit) -> Iterator[None]:
        """The steps of bringing the scene in step with the document, and what is selected and hovered."""
        before = self._selection
        damage = yield from self._columns.following(edit)
        self._damage(damage)
        self.update()  # Whatever has changed: a frame from before it may have been shown meanwhile, and no overlays.
        if all(_only_moves(change.before, change.after) for change in edit.changes):
            self._hover_again()
            return
        here = self.columns.here(before)
        if self._hovered is not None and not self.columns.is_here(self._hovered):
            self._hovered = None
        # New slots may have come: the mask must be as long as the columns.
        self.columns.set_selected(here)
        self._hover_again()
        self._update_emphasis()
        if here != before:
            self._left, self._selection = before - here, here
        back = self._left.intersection(edit.ids) if not here else ()
        if back and all(map(self.columns.is_here, back)):
            self._choose(frozenset(back))  # What was deleted while it was selected has come back by undo.
        if self._selection == before:
            return
        if not self._following.is_at_once:
            # Whoever asks may be painting, or in the middle of something else.
            QTimer.singleShot(0, self, lambda: self.selection_changed.emit())
        else:
            # Whoever hears it may edit, and ask for the scene after that.
            self._following.when_done(self.selection_changed.emit)

    def _rebuild(self, scene: Columns | None = None) -> None:
        self._columns = self._painting.columns = scene or Columns(self.document, self.scope)
        self._sprites.clear()
        self._layer.clear()
        self._following.made_anew()
        self._update_emphasis()
        self._repaint_all()

    def _repaint_all(self) -> None:
        self._smooth.stop()
        self._layer.spoil()
        self.update()

    def _repaint_nodes(self, ids: Iterable[EntityId]) -> None:
        boxes: list[tuple[float, float, float, float]] = []
        for rect in map(self.columns.drawn_rect, ids):
            if rect is not None:
                boxes.append((rect.x, rect.y, rect.right, rect.bottom))
            if len(boxes) > MOST_DAMAGE:
                break
        self._damage(Damage.of(np.array(boxes).reshape(-1, 4)))

    def _damage(self, damage: Damage) -> None:
        if damage.is_all:
            self._repaint_all()
            return
        if len(damage.boxes):
            self._smooth.stop()
            self._layer.spoil_boxes(damage.boxes)
            self.update()

    def _update_emphasis(self) -> bool:
        """Work out whose wires come forward; True if that repaints everything."""
        ids = self._emphasis or self.selection or (frozenset({self._hovered}) if self._hovered else frozenset())
        is_selection = ids is self.selection
        mask = (self.columns.selected if is_selection else self.columns.marked(ids)) if ids else None
        is_changed = self._painting.set_emphasis(mask, is_path=len(self._emphasis) > 1)
        if is_changed:
            self._repaint_all()
        return is_changed

    def _set_hovered(self, entity: EntityId | None) -> None:
        if entity != self._hovered:
            self._hovered = entity
            self.update()
            if not self._emphasis and not self.selection:
                self._dwell.start()
            self.hovered.emit(str(entity) if entity is not None else "")

    def forget_hover(self) -> None:
        """The mouse is over something that lies on the canvas."""
        self._mouse_at = None
        self._set_hovered(None)

    def hover(self, at: QPointF, found: Hit) -> None:
        """The mouse is at a point of the viewport, over what `hit` found there."""
        self._mouse_at = at
        self._set_hovered(found.id if found.kind in HOVERED_PARTS else None)

    def _hover_again(self) -> None:
        """The paper has moved under the mouse: what it pointed at may be elsewhere now."""
        if not self.is_behind and self._hovered is not None and self._mouse_at is not None:
            self.hover(self._mouse_at, self.hit(self.to_scene(self._mouse_at.toPoint())))

    def _on_dwell_timeout(self) -> None:
        self.when_followed(self._update_emphasis)

    def _on_refine_timeout(self) -> None:
        self._layer.is_moving = False
        self.viewport().update()

    def _paint_more(self) -> None:
        if self.is_behind:
            return  # The frame that comes when it has caught up goes on with it.
        if self._layer.work() or not self._is_lift_complete:
            self.update()
        else:
            self._go_on_later()

    def _on_smooth_timeout(self) -> None:
        if not self.is_behind:
            self._layer.smoothen()
            self._go_on_later()

    def _go_on_later(self) -> None:
        """See that what the layer has left undone is done in the next turns; when all is done, that it gets smooth."""
        if not self.is_complete:
            self._more.start()
        elif self._layer.can_be_smoother and not self._smooth.isActive():
            self._smooth.start()

    def _paint_hover(self, painter: QPainter) -> None:
        rect = self.card_rect(self._hovered) if self._hovered is not None else QRectF()
        if not rect.isNull() and self._hovered is not None and self._hovered not in self.selection:
            self._painting.marks.hover(painter, rect, self.columns.slot(self._hovered), self._zoom)

    # -- Qt's own names -------------------------------------------------------------------------------------------

    def update(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] the form without arguments
        """Paint the overlays again (and the scene, where it changed), in the next turn that has room for a frame."""
        self._frame.start(is_first=True)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.is_behind and self._columns.lifted is None:
            self._paint_as_before()
            return
        camera = self.camera
        size = self._layer_size()
        columns = self.columns
        self._layer.refresh(camera, size)
        painter = QPainter(self.viewport())
        self._is_lift_complete = True
        try:
            self._layer.copy_to(painter)
            if columns.lifted is not None:
                painter.scale(1 / camera.ratio, 1 / camera.ratio)
                self._is_lift_complete = self._lifting.paint(painter, size, camera)
                painter.resetTransform()
            else:
                self._lifting.drop()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(self._zoom, self._zoom)
            painter.translate(-self._origin.x() / camera.scale, -self._origin.y() / camera.scale)
            self._paint_hover(painter)
            for paint in list(self.overlay_painters):
                painter.save()
                try:
                    paint(painter)
                finally:
                    painter.restore()
        finally:
            painter.end()
        self._go_on_later()

    def _paint_as_before(self) -> None:
        """Show the picture from before a large edit while this is followed: the frame after that shows the rest."""
        self._layer.look(self.camera, self._layer_size())
        painter = QPainter(self.viewport())
        try:
            self._layer.copy_to(painter)
        finally:
            painter.end()


def _only_moves(before: object, after: object) -> bool:
    return isinstance(before, Placement) and isinstance(after, Placement)


__all__ = ["CanvasView", "Hit", "TaskBadge"]
