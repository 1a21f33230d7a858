"""Room for a task put between two others: what it would cover is pushed to the right, and no farther than needed."""

import math
from collections.abc import Collection, Iterator

import msgspec

from editor.edits.circles import successors
from editor.edits.draft import Draft
from editor.edits.placing import box_of, shift
from editor.model import GROUP_TYPES, NODE_TYPES, EntityId, Note, Pipeline, Placement, Task, metrics, placement_id
from editor.model.framing import box_of_note, can_lie_in, frame_order
from editor.model.metrics import Rect

ROOM = 7 * metrics.GRID
"""Between a task that was put in and its neighbours, where room is made: enough to see the wires."""
TOO_NEAR = 2 * metrics.GRID
"""Room is made only where less than this is free."""

MOST_PUSHED = 200
"""Where more would have to give way, none does: one gesture should not rearrange a whole document."""

_Moved = dict[EntityId, tuple[Rect | None, Rect]]
"""Node -> its box as it was (None: it is what was put in) and as it is now."""


class TooCrowded(Exception):
    """More than MOST_PUSHED would have to give way; what the draft has become meanwhile is of no use."""


def make_room(draft: Draft, task: EntityId, source: EntityId, consumer: EntityId) -> None:
    """Move a task just put into a wire off the card that feeds it, and what it covers then to the right.

    What lies behind that is pushed in turn, wires to the right staying so; groups move whole, and a group that grows
    by it pushes what is beside it. Titled frames grow with what is pushed in them, or go along. Costs what lies to the
    right, near enough to be reached. Raises TooCrowded.
    """
    scope = draft.task(task).parent
    first, last = _sibling(draft, scope, source), _sibling(draft, scope, consumer)
    box = dropped = box_of(draft, task)
    if first is not None:
        before = box_of(draft, first)
        if _is_beside(before, box, TOO_NEAR) and before.x < box.right and box.x < before.right + TOO_NEAR:
            box = box._replace(x=_on_grid_beyond(before.right + ROOM))
            draft.place(task, box.x, box.y)
    moved: _Moved = {task: (None, box)}
    fixed = {task, *((first,) if first is not None else ())}
    while True:
        frame_before = None if isinstance(draft.get(scope), Pipeline) else box_of(draft.base, scope)
        _push(draft, scope, moved, fixed, last)
        if frame_before is None:
            if task in moved:
                moved[task] = (dropped, box)
            _grow_titled_frames(draft, scope, moved, task)
            return
        frame = box_of(draft, scope)
        if frame == frame_before:
            return
        moved = {scope: (frame_before, frame)}
        fixed = {scope}
        scope = draft.node(scope).parent


def _push(draft: Draft, scope: EntityId, moved: _Moved, fixed: set[EntityId], consumer: EntityId | None) -> None:
    """Push what is in the way of `moved` within a scope, from left to right: each pushes only what lies behind it."""
    reach = max(now.right for _, now in moved.values()) + ROOM
    start = min(now.x for _, now in moved.values())
    waiting = {node: set(successors(draft, scope, node)) for node in moved}
    for left, node, frame in _from_left(draft, scope, fixed, start):
        if left >= reach:
            return
        box = frame or box_of(draft, node)
        wanted = left
        for pusher, (was, now) in moved.items():
            if was is None:
                wanted = max(wanted, _off_new(box, now, is_consumer=node == consumer))
            elif box.x >= was.right:
                gap = min(ROOM, box.x - was.right)
                if node in waiting[pusher] or _is_beside(now, box, 0):
                    wanted = max(wanted, now.right + gap)
        if wanted > left:
            if len(moved) > MOST_PUSHED:
                raise TooCrowded
            _shift(draft, node, wanted - left)
            moved[node] = (box, box._replace(x=wanted))
            waiting[node] = set(successors(draft, scope, node))
            reach = max(reach, wanted + box.width + ROOM)


def _from_left(
    draft: Draft, scope: EntityId, fixed: set[EntityId], start: float
) -> list[tuple[float, EntityId, Rect | None]]:
    """The nodes of a scope that reach beyond `start`, from left to right: where each begins; of a group, its frame."""
    found: list[tuple[float, EntityId, Rect | None]] = []
    nodes = [node for node in draft.children(scope) if node not in fixed]
    placements = draft.get_all(map(placement_id, nodes))
    for node, entity, placement in zip(nodes, draft.get_all(nodes), placements, strict=True):
        if isinstance(entity, Task):
            # How high its card is takes longer to tell, and nearly all of thousands are passed by.
            left = placement.x if isinstance(placement, Placement) else 0.0
            if left + metrics.CARD_WIDTH > start:
                found.append((left, node, None))
        else:
            frame = box_of(draft, node)
            if frame.right > start:
                found.append((frame.x, node, frame))
    return sorted(found, key=lambda each: each[:2])


def _grow_titled_frames(draft: Draft, pipeline: EntityId, moved: _Moved, task: EntityId) -> None:
    """Let the titled frames in which something lay hold it still, with the margin it had, or that of a group.

    One in which all is pushed goes along, else what is pushed to where that was would lie in it next.
    """
    pushed = {one: (was, now) for one, (was, now) in moved.items() if was is not None and was != now}
    if not pushed:
        return
    # Of the document: a draft would look for changed ones among all that it lies over.
    notes = [note for note in draft.ground.notes() if note.parent == pipeline]
    for frame in sorted((note for note in notes if note.shape == "frame"), key=frame_order):
        outer = box_of_note(frame)
        held = {one: box for one, box in pushed.items() if outer.holds(box[0]) and can_lie_in(draft.get(one), frame)}
        if not held:
            continue
        by = 0.0
        if task not in held and not any(_rests_in(draft, frame, one) for one in _others(draft, notes, pushed, frame)):
            by = min(now.x - was.x for was, now in held.values())
        ends = (now.right + min(outer.right - was.right, metrics.GROUP_PADDING) for was, now in held.values())
        right = max(outer.right + by, *ends)
        if right > outer.right:
            grown = msgspec.structs.replace(frame, x=frame.x + by, width=right - frame.x - by)
            draft.put(grown)
            pushed[frame.id] = (outer, box_of_note(grown))


def _others(draft: Draft, notes: list[Note], pushed: Collection[EntityId], frame: Note) -> Iterator[EntityId]:
    """What is not pushed and may lie in a frame, by where it begins."""
    for note in notes:
        if note.id not in pushed and note.id != frame.id:
            yield note.id
    for node in draft.children(frame.parent):
        if node not in pushed and frame.x <= _left(draft, node) <= frame.x + frame.width:
            yield node


def _rests_in(draft: Draft, frame: Note, one: EntityId) -> bool:
    return box_of_note(frame).holds(box_of(draft, one)) and can_lie_in(draft.get(one), frame)


def _off_new(box: Rect, new: Rect, *, is_consumer: bool) -> float:
    """Where a box must begin so that it is off the task put in; where it is if it is off already, or left of it."""
    is_behind = is_consumer or box.x + box.width / 2 >= new.x + new.width / 2
    if is_behind and box.x < new.right + TOO_NEAR and box.right > new.x and _is_beside(new, box, TOO_NEAR):
        return _on_grid_beyond(new.right + ROOM)
    return box.x


def _is_beside(one: Rect, other: Rect, margin: float) -> bool:
    return one.y < other.bottom + margin and other.y < one.bottom + margin


def _left(draft: Draft, node: EntityId) -> float:
    return box_of(draft, node).x if isinstance(draft.get(node), GROUP_TYPES) else metrics.position(draft, node)[0]


def _shift(draft: Draft, node: EntityId, by: float) -> None:
    if isinstance(draft.get(node), GROUP_TYPES):
        shift(draft, node, by, 0)
    else:
        x, y = metrics.position(draft, node)
        draft.place(node, x + by, y)


def _sibling(draft: Draft, scope: EntityId, node: EntityId) -> EntityId | None:
    """What in `scope` a node is, or lies in; None if it lies outside."""
    here = node
    while True:
        entity = draft.get(here)
        if not isinstance(entity, NODE_TYPES):
            return None
        if entity.parent == scope:
            return here
        here = entity.parent


def _on_grid_beyond(value: float) -> float:
    return math.ceil(value / metrics.GRID) * metrics.GRID
