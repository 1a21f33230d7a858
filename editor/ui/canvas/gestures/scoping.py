"""Moving what is selected into a group or out of one by command: what dragging it over a frame's edge does."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from editor import edits
from editor.model import GROUP_TYPES, Condition, ConditionBranch, Edit, EditRefused, EntityId
from editor.model.metrics import GRID
from editor.ui.canvas.gestures.placing import attempt
from editor.ui.canvas.gestures.reading import name_of, outermost

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from editor.ui.canvas.view import CanvasView

APART = 4 * GRID
MOST_GROUPS = 40


def movable(view: CanvasView, nodes: Collection[EntityId]) -> list[EntityId]:
    """What of the selection is moved: the outermost, and no branch of a condition, which only lies in one."""
    document = view.document
    return [
        each
        for each in outermost(document, list(nodes))
        if not (isinstance(branch := document.get(each), ConditionBranch))
        or not isinstance(document.get(branch.parent), Condition)
    ]


def can_leave(view: CanvasView, nodes: Collection[EntityId]) -> bool:
    """Whether `move_out` would move something. Asked after every click, of what may be 10,000 selected tasks."""
    document = view.document
    # What lies in no group is among the outermost, and one such is enough to say no.
    if not all(isinstance(document.get(document.node(each).parent), GROUP_TYPES) for each in nodes):
        return False
    return bool(movable(view, nodes))


def move_out(view: CanvasView, nodes: Collection[EntityId]) -> None:
    """One group outwards, to the right of the frame that is left."""
    document = view.document
    chosen = movable(view, nodes)
    if not can_leave(view, chosen):
        return
    inner = document.node(chosen[0]).parent
    outer = document.group(inner).parent
    if isinstance(document.get(outer), Condition):
        inner, outer = outer, document.group(outer).parent
    frame = view.card_rect(inner)
    attempt(view, lambda: _moved(view, chosen, outer, frame.right() + APART, frame.top()))


def move_into(view: CanvasView, nodes: Collection[EntityId], group: EntityId) -> None:
    """Into a group, to the right of what lies in it."""
    inside = [view.card_rect(each) for each in view.document.children(group)]
    room = QRectF()
    for rect in inside:
        room = room.united(rect)
    if room.isNull():
        frame = view.card_rect(group)
        x, y = frame.left() + APART, frame.top() + 2 * APART
    else:
        x, y = room.right() + APART, room.top()
    attempt(view, lambda: _moved(view, movable(view, nodes), group, x, y))


def fill_groups(view: CanvasView, nodes: Collection[EntityId], menu: QMenu) -> None:
    """The groups that would take what is selected, by name; it goes there when one is chosen."""
    document = view.document
    chosen = movable(view, nodes)
    found = 0
    for group in sorted(document.descendants(view.scope), key=lambda each: name_of(document, each)):
        entity = document.get(group)
        if not isinstance(entity, GROUP_TYPES) or isinstance(entity, Condition):
            continue
        if found == MOST_GROUPS or all(document.node(each).parent == group for each in chosen):
            continue
        try:
            edits.move_into(document, chosen, group)
        except EditRefused:
            continue
        found += 1
        menu.addAction(name_of(document, group), lambda group=group: move_into(view, chosen, group))
    if not found:
        menu.addAction("No group here takes it").setEnabled(False)


def _moved(view: CanvasView, nodes: list[EntityId], parent: EntityId, x: float, y: float) -> Edit:
    """As they lie to each other now, their upper left corner at (x, y)."""
    rects = {each: view.card_rect(each) for each in nodes}
    left, top = min(rect.left() for rect in rects.values()), min(rect.top() for rect in rects.values())
    x, y = round(x / GRID) * GRID, round(y / GRID) * GRID
    positions = {each: (x + rect.left() - left, y + rect.top() - top) for each, rect in rects.items()}
    return edits.move_into(view.document, nodes, parent, positions=positions)
