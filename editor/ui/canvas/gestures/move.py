"""Moving things: with guides, in and out of groups, onto a wire; with Alt held a copy is moved instead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from editor import edits
from editor.model import NODE_TYPES, DocumentView, Edit, EditRefused, EntityId, Task
from editor.model.arguments import refers_to
from editor.ui.canvas.gestures.carrying import carried
from editor.ui.canvas.gestures.drops import Frames, light_up, light_up_wire
from editor.ui.canvas.gestures.gesture import Gesture, Pointer
from editor.ui.canvas.gestures.large_edits import (
    MANY,
    MANY_SIMPLE,
    InBackground,
    attempt_off_thread,
    insertion_in_background,
    nothing,
    selecting,
)
from editor.ui.canvas.gestures.placing import fits_into_wire, paint_ghost
from editor.ui.canvas.gestures.reading import inside, name_of, parents_of, staged, with_contents
from editor.ui.canvas.gestures.snapping import Snapping
from editor.ui.canvas.gestures.trying import Trial
from editor.ui.canvas.gestures.wire import relabelled
from editor.ui.theme import ink

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

FEW = 24
"""So many cards that are held are left out of the light of the group under them: of more, none is read."""
REACH_PX = 6
"""How near an edge must come to another's to snap to it."""

Wire = tuple[EntityId, str]


@dataclass(frozen=True)
class Scope:
    """A group or the pipeline as the place where things go, or copies of them."""

    id: EntityId
    takes_copies: bool


class MoveGesture(Gesture):
    """The selection follows the pointer, and what lies in a titled frame follows the frame.

    Alt moves a copy, Shift keeps all in its group, Ctrl stays off guides and takes a frame without what lies in it.
    """

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        document, commands = view.document, view.gestures.commands
        in_groups = inside(document, commands.groups)
        chosen = [each for each in sorted(view.selection) if each not in in_groups]
        self._carried = carried(view, chosen)
        # What is chosen too in a group that a frame takes along comes with the group.
        self._moved_by_frames = by_frames = with_contents(document, self._carried)
        self._chosen = [each for each in chosen if each not in by_frames]
        self._moved = {*self._chosen, *in_groups} - by_frames
        self._nodes = [each for each in commands.nodes if each in self._moved and each not in in_groups]
        self._parents = parents_of(document, self._nodes)
        self._origin = QPointF()
        self._delta = QPointF()
        self._box = QRectF()
        self._snapping = Snapping(np.zeros((0, 4)))
        self._frames = Frames(view, skip=self._moved | self._moved_by_frames)
        self._parent: EntityId | None = None
        self._wire: Wire | None = None
        self._guides: tuple[QLineF, ...] = ()
        self._copies = False
        self._leaves_contents = False
        self._is_released = False
        self._made: list[EntityId] = []
        self._trial = Trial[Scope | Wire](
            view, self._landing_edit, is_large=len(self._moved) > MANY, told=self._on_trial_told
        )
        self._position = QPoint()

    def start(self, at: Pointer) -> None:
        self._origin = at.scene
        self._box = self.view.bounds_of(self._chosen)
        near = self.view.visible_rect()
        moved = self._moved | self._moved_by_frames
        resting = [entity_id for entity_id in self.view.items_in(near, contained=False) if entity_id not in moved]
        self._snapping = Snapping(self.view.boxes_of(resting))
        super().start(at)

    def move(self, at: Pointer) -> None:
        self._aim(at)
        self._show()
        self._say()

    def _aim(self, at: Pointer) -> None:
        """Work out where all would come to lie, and in what."""
        free = at.has(Qt.KeyboardModifier.ControlModifier)
        reach = -1.0 if free else REACH_PX / self.view.zoom
        self._delta, self._guides = self._snapping.snap(self._box, at.scene - self._origin, reach=reach)
        copies = at.has(Qt.KeyboardModifier.AltModifier)
        if copies != self._copies:
            self._copies = copies
            self.view.gestures.show_cursor(Qt.CursorShape.DragCopyCursor if copies else None)
        leaves_contents = free and bool(self._carried)
        if self._copies or leaves_contents != self._leaves_contents:
            self.view.clear_drag_offset(self)
        self._leaves_contents = leaves_contents
        self._find_landing(at)
        self._position = at.position

    def _show(self) -> None:
        if not self._copies:
            moved = self._moved if self._leaves_contents else self._moved | self._moved_by_frames
            is_leaving = self._parent is not None
            self.view.set_drag_offset(moved, self._delta.x(), self._delta.y(), is_leaving=is_leaving, owner=self)
        self.view.update()

    def release(self, at: Pointer) -> None:
        self._aim(at)
        refusal = self._refusal()
        if refusal:
            self.finish()
            self.view.refused.emit(EditRefused(refusal))
            return
        if self._delta.isNull() and not self._copies:
            self.finish()
            return
        self._trial.stop()
        self._is_released = True
        self.view.gestures.bubble.clear_words()
        in_background = self._in_background()
        if in_background is not None or self.view.gestures.pending:
            self._show()  # It takes a while: all stays where it was dropped until it lies there.
        self.view.update()
        scope = self.view.scope
        attempt_off_thread(
            self.view,
            lambda document: self._edit(document, scope),
            in_background,
            selecting(self.view, self._made) if self._copies else nothing,
            first=self._put_down,
        )

    def _in_background(self) -> InBackground | None:
        if len(self._moved | self._moved_by_frames) > (MANY_SIMPLE if self._is_plain() else MANY):
            return self.view.gestures.commands.in_background
        return insertion_in_background(self.view, self._wire[0]) if self._wire is not None else None

    def finish(self) -> None:
        self._trial.stop()
        self.view.gestures.bubble.clear_words()
        if self._copies:
            self.view.gestures.show_cursor(None)
        self._put_down()

    def _put_down(self) -> None:
        self.view.clear_drag_offset(self)
        super().finish()

    def paint(self, painter: QPainter) -> None:
        if self._copies:
            self._paint_copies(painter)
        if self._is_released:
            return
        if self._parent is not None and (frame := self._frames.rect(self._parent)) is not None:
            moved, way = self._taken_along(), self._delta if self._copies else QPointF()
            held = (self.view.card_rect(each).translated(way) for each in moved if len(moved) <= FEW)
            light_up(self.view, painter, frame, refused=bool(self._refusal()), held=held)
        if self._wire is not None and not self._refusal():
            light_up_wire(self.view, painter, self._wire, self._box.translated(self._delta))
        pen = QPen(ink(self.view.theme.guide), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        for line in self._guides:
            painter.drawLine(line)

    def _paint_copies(self, painter: QPainter) -> None:
        """Of a few tasks their cards, of more and of other things an outline of each; of many one round all."""
        view, taken = self.view, self._taken_along()
        tasks = [each for each in taken if isinstance(view.document.get(each), Task)] if len(taken) <= FEW else []
        pen = QPen(ink(view.theme.guide), 1, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        outlined = [view.card_rect(each) for each in taken if each not in tasks] if len(taken) <= MANY else [self._box]
        for rect in outlined:
            painter.drawRoundedRect(rect.translated(self._delta), 8, 8)
        for task in tasks:
            if (slot := view.columns.slot(task)) is not None:
                paint_ghost(view, painter, view.columns.look(slot), view.card_rect(task).topLeft() + self._delta)

    def _find_landing(self, at: Pointer) -> None:
        """Which group the pointer enters or leaves for, and which wire an unwired task would go into."""
        self._parent, self._wire = None, None
        if not self._nodes:
            return
        if not at.has(Qt.KeyboardModifier.ShiftModifier):
            scope = self._frames.at(at.scene)
            if self._parents - {scope}:
                self._parent = scope
        if len(self._moved) == 1 and not self._copies and self._is_unwired(self._nodes[0]):
            stays = at.has(Qt.KeyboardModifier.ShiftModifier)
            self._wire = self._wire_under(at.scene, self._parents if stays else None)

    def _wire_under(self, cursor: QPointF, scopes: Collection[EntityId | None] | None) -> Wire | None:
        """The wire that the hand points at, else the nearest to it that the card lies across and can be put into.

        Only those into something in `scopes`, if given.
        """
        document = self.view.document
        ports = document.interface(document.task(self._nodes[0]).component)
        pointed_at = self.view.wire_at(cursor, skip=self._moved)
        wires = self.view.wires_under(self._box.translated(self._delta), cursor, skip=self._moved)
        fitting = (wire for wire in wires if fits_into_wire(document, ports, wire) and not self._trial.why_not(wire))
        wires = fitting if pointed_at is None else (pointed_at,)
        return next((wire for wire in wires if scopes is None or _scope_of(document, wire) in scopes), None)

    def _is_unwired(self, node: EntityId) -> bool:
        task = self.view.document.get(node)
        if not isinstance(task, Task):
            return False
        is_fed = bool(task.after) or any(refers for each in task.arguments.values() for refers in refers_to(each))
        return not is_fed and not self.view.document.users(node)

    def _refusal(self) -> str:
        """Why what would happen on release is refused, as far as that is known by now."""
        scope = Scope(self._parent, self._copies) if self._parent is not None else None
        return self._trial.why_not(self._wire or scope)

    def _on_trial_told(self) -> None:
        self._say()
        self.view.update()

    def _say(self) -> None:
        self.view.gestures.bubble.say(self._words(), self._position, refusal=bool(self._refusal()))

    def _words(self) -> str:
        document = self.view.document
        if refusal := self._refusal():
            return refusal
        if self._wire is not None:
            return f"Release to insert before '{name_of(document, self._wire[0])}'"
        if self._parent == self.view.scope:
            groups = "group" if len(self._parents - {self._parent}) == 1 else "groups"
            them = "it" if len(self._nodes) == 1 else "them"
            return f"Release to {f'copy {them}' if self._copies else f'take {them}'} out of the {groups}"
        if self._parent is not None:
            return f"Release to {'copy' if self._copies else 'move'} into '{name_of(document, self._parent)}'"
        return ""

    def _is_plain(self) -> bool:
        """Whether things are put elsewhere and nothing else."""
        return not self._copies and self._parent is None and self._wire is None

    def _taken_along(self) -> list[EntityId]:
        return self._chosen if self._leaves_contents else [*self._chosen, *self._carried]

    def _landing_edit(self, document: DocumentView, place: Scope | Wire) -> Edit:
        if isinstance(place, tuple):
            return self._insert(document, place)
        if place.takes_copies:
            return edits.duplicate(document, self._taken_along(), parent=place.id)[0]
        return edits.move_into(document, self._nodes, place.id)

    def _insert(self, document: DocumentView, wire: Wire, corner: QPointF | None = None) -> Edit:
        """The task goes where the wire goes to, be it in another group."""
        x, y = (corner.x(), corner.y()) if corner is not None else (None, None)
        node, scope = self._nodes[0], _scope_of(document, wire)
        task = document.get(node)
        if not isinstance(task, Task) or scope in (None, task.parent):
            return edits.insert_on_wire(document, node, *wire, x=x, y=y)[0]
        moved = edits.move_into(document, [node], scope)
        inserted, _ = edits.insert_on_wire(staged(document, moved), node, *wire, x=x, y=y)
        return relabelled(moved.then(inserted), inserted.label)

    def _edit(self, document: DocumentView, scope: EntityId) -> Edit:
        """May run on another thread, and of a document from which some of them have gone meanwhile.

        What it reads of the gesture stands since the release; of the view, which goes on, it reads nothing. `scope`:
        the pipeline in which they were dropped.
        """
        corner, taken = self._box.topLeft() + self._delta, self._taken_along()
        if self._copies:
            parents = parents_of(document, taken)
            parent = self._parent or (parents.pop() if len(parents) == 1 else scope)
            edit, self._made[:] = edits.duplicate(document, taken, parent=parent, x=corner.x(), y=corner.y())
            return edit
        if self._wire is not None:
            return self._insert(document, self._wire, corner)
        way = self._delta.x(), self._delta.y()
        if self._parent is None:
            return edits.move_by(document, taken, *way)
        landing = self._landing_edit(document, Scope(self._parent, takes_copies=False))
        moved = edits.move_by(staged(document, landing), taken, *way)
        return relabelled(landing.then(moved), landing.label)


def _scope_of(document: DocumentView, wire: Wire) -> EntityId | None:
    """Where the end of a wire lies; None where it is gone."""
    consumer = document.get(wire[0])
    return consumer.parent if isinstance(consumer, NODE_TYPES) else None
