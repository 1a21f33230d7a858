"""Moving what is selected into a group or out of one by command: what dragging it over a frame's edge does."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from editor import edits
from editor.model import (
    GROUP_TYPES,
    Condition,
    ConditionBranch,
    DocumentView,
    Edit,
    EditRefused,
    EntityId,
)
from editor.model.metrics import GRID
from editor.ui.canvas.gestures.large_edits import MANY, attempt_off_thread, nothing
from editor.ui.canvas.gestures.reading import name_of, outermost, with_contents

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from editor.ui.canvas.view import CanvasView

APART = 4 * GRID
MOST_GROUPS = 40
TRY_FOR_S = 0.03
"""So long groups are tried before they are offered: to try one may take 10 ms, and there may be hundreds."""


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
    if not can_leave(view, nodes):
        return
    chosen = movable(view, nodes)
    inner = document.node(chosen[0]).parent
    outer = document.group(inner).parent
    if isinstance(document.get(outer), Condition):
        inner, outer = outer, document.group(outer).parent
    frame = view.card_rect(inner)
    _move(view, chosen, outer, frame.right() + APART, frame.top())


def move_into(view: CanvasView, nodes: Collection[EntityId], group: EntityId) -> None:
    """Into a group, to the right of what lies in it."""
    room = view.bounds_of(view.document.children(group))
    if room.isNull():
        frame = view.card_rect(group)
        x, y = frame.left() + APART, frame.top() + 2 * APART
    else:
        x, y = room.right() + APART, room.top()
    _move(view, movable(view, nodes), group, x, y)


def fill_groups(view: CanvasView, nodes: Collection[EntityId], menu: QMenu) -> None:
    """The nearest groups that would take what is selected, by name; it goes there when one is chosen.

    Those that there is no time to try are offered too, and all where many things are selected: a refusal is said when
    one of them is chosen.
    """
    document = view.document
    chosen = movable(view, nodes)
    until = time.perf_counter() + (0 if _are_many(document, chosen) else TRY_FOR_S)
    found: list[EntityId] = []
    more = 0
    for group in _nearest(view, chosen):
        if len(found) == MOST_GROUPS:
            more += 1
        elif time.perf_counter() >= until or _takes(document, chosen, group):
            found.append(group)
    for group in sorted(found, key=lambda each: name_of(document, each)):
        menu.addAction(name_of(document, group), lambda group=group: move_into(view, chosen, group))
    if more:
        menu.addAction(f"{more} more lie farther away: drag there").setEnabled(False)
    if not found:
        menu.addAction("No group here takes it").setEnabled(False)


def _nearest(view: CanvasView, chosen: list[EntityId]) -> Iterator[EntityId]:
    """The groups of this scope that `chosen` do not lie in already, nor they in `chosen`: the nearest first."""
    document, columns = view.document, view.columns
    parents, inside = {document.node(each).parent for each in chosen}, with_contents(document, chosen)
    groups = [
        each
        for each in document.descendants(view.scope)
        if isinstance(entity := document.get(each), GROUP_TYPES)
        and not isinstance(entity, Condition)
        and each not in inside
        and parents != {each}
    ]
    centre, frames = view.bounds_of(chosen).center(), columns.rects(groups)

    def distance(group: EntityId) -> float:
        frame = frames[group]
        across = max(frame.x - centre.x(), 0.0, centre.x() - frame.right)
        along = max(frame.y - centre.y(), 0.0, centre.y() - frame.bottom)
        return across**2 + along**2

    yield from sorted((each for each in groups if each in frames), key=distance)


def _takes(document: DocumentView, chosen: list[EntityId], group: EntityId) -> bool:
    try:
        edits.move_into(document, chosen, group)
    except EditRefused:
        return False
    return True


def _are_many(document: DocumentView, nodes: list[EntityId]) -> bool:
    """Whether it takes long to move them: what lies in groups is looked at too."""
    return len(nodes) > MANY or len(with_contents(document, nodes)) > MANY


def _move(view: CanvasView, nodes: list[EntityId], parent: EntityId, x: float, y: float) -> None:
    """As they lie to each other now, their upper left corner at (x, y)."""
    document, rects = view.document, view.columns.rects(nodes)
    left, top = min(rect.x for rect in rects.values()), min(rect.y for rect in rects.values())
    x, y = round(x / GRID) * GRID, round(y / GRID) * GRID
    positions = {each: (x + rect.x - left, y + rect.y - top) for each, rect in rects.items()}

    def make(document: DocumentView) -> Edit:
        return edits.move_into(document, nodes, parent, positions=positions)

    in_background = view.gestures.commands.in_background if _are_many(document, nodes) else None
    attempt_off_thread(view, make, in_background, nothing)
