"""Where something new finds room when no hand says where: beside what is selected, in a group, off other cards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QSizeF

from editor.edits.placing import box_of
from editor.edits.scopes import branches_of
from editor.model import GROUP_TYPES, NODE_TYPES, Condition, DocumentView, EntityId, Loop
from editor.model.metrics import CARD_WIDTH, GROUP_PADDING, GROUP_TOP, LAYER_GAP, LOOP_PORT_INSET, Rect
from editor.ui.canvas.gestures.drops import Frames
from editor.ui.canvas.gestures.snapping import grid_point, on_grid_beyond

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

APART = 24
"""At least so much stays free round something new."""
USUAL_SIZE = QSizeF(CARD_WIDTH, 120)
"""Of a task whose component is not known yet."""


class Spot(NamedTuple):
    """A corner, and the scope that something there lies in."""

    at: QPointF
    parent: EntityId


def next_spot(view: CanvasView, otherwise: QPointF) -> Spot:
    """In the group that is selected, else to the right of what is; with nothing selected at `otherwise`."""
    nodes = view.gestures.commands.nodes
    group = _open_group(view, nodes[0]) if len(nodes) == 1 else None
    if group is not None:
        spot = Spot(corner_in(view, group), group)
    elif nodes:
        last = max(nodes, key=lambda node: (view.card_rect(node).right(), node))
        rect = view.card_rect(last)
        spot = Spot(QPointF(rect.right() + LAYER_GAP, rect.top()), scope_beside(view, last))
    else:
        spot = Spot(otherwise, Frames(view).at(otherwise))
    return spot._replace(at=free_corner(view, spot.parent, spot.at, USUAL_SIZE))


def free_corner(view: CanvasView, parent: EntityId, corner: QPointF, size: QSizeF) -> QPointF:
    """The first point on the grid from `corner` downwards where a box of that size covers nothing of its scope."""
    columns = view.columns
    slots = [slot for slot in map(columns.slot, view.document.children(parent)) if slot is not None]
    notes = [
        (rect.x, rect.y, rect.right, rect.bottom)
        for note, rect in columns.note_boxes.items()
        if parent == view.scope and columns.notes[note].shape == "note"
    ]
    boxes = np.concatenate([columns.box[slots], np.array(notes).reshape(-1, 4)])
    at = grid_point(corner)
    in_way = boxes[(boxes[:, 0] < at.x() + size.width() + APART) & (boxes[:, 2] > at.x() - APART)]
    while True:
        top, bottom = at.y() - APART, at.y() + size.height() + APART
        covered = in_way[(in_way[:, 1] < bottom) & (in_way[:, 3] > top)]
        if not len(covered):
            return at
        at.setY(on_grid_beyond(float(covered[:, 3].max()) + APART))


def size_of(document: DocumentView, ids: Iterable[EntityId]) -> QSizeF:
    """Of the box round some things."""
    whole: Rect | None = None
    for one in ids:
        box = box_of(document, one)
        whole = box if whole is None else whole.union(box)
    return QSizeF(whole.width, whole.height) if whole is not None else QSizeF()


def _open_group(view: CanvasView, node: EntityId) -> EntityId | None:
    """The scope that a selected group stands for; None for a task, or a group that is folded."""
    document = view.document
    entity = document.get(node)
    placement = document.placement(node)
    if not isinstance(entity, GROUP_TYPES) or (placement is not None and placement.is_folded):
        return None
    if isinstance(entity, Condition):
        branches = branches_of(document, node)
        return _open_group(view, branches[0].id) if branches else None
    return node


def corner_in(view: CanvasView, group: EntityId) -> QPointF:
    """To the right of what lies in a group; in an empty one where its frame stays as it is."""
    inside = view.bounds_of(view.document.children(group))
    if not inside.isNull():
        return QPointF(inside.right() + LAYER_GAP, inside.top())
    inset = LOOP_PORT_INSET if isinstance(view.document.get(group), Loop) else 0
    return view.card_rect(group).topLeft() + QPointF(GROUP_PADDING + inset, GROUP_TOP)


def scope_beside(view: CanvasView, node: EntityId) -> EntityId:
    """The scope beside a node; beside the branch of a condition is what the condition lies in."""
    entity = view.document.get(node)
    parent = entity.parent if isinstance(entity, NODE_TYPES) else view.scope
    return scope_beside(view, parent) if isinstance(view.document.get(parent), Condition) else parent
