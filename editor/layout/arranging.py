"""Automatic placement of a pipeline: groups laid out inside out, each scope in layers, loose parts packed beside.

What lies in a titled frame stays together as if that were a group.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple

import msgspec

from editor.layout.layered import Box, Link, Placed, layered
from editor.layout.metrics import (
    CARD_WIDTH,
    EMPTY_GROUP_SIZE,
    FOLDED_GROUP_SIZE,
    GRID,
    GROUP_PADDING,
    GROUP_TOP,
    HEADER_HEIGHT,
    LAYER_GAP,
    LOOP_PORT_INSET,
    SIBLING_GAP,
    Rect,
    boxes,
    card_size,
    port_offsets,
    task_rows,
)
from editor.layout.titled_frames import TitledFrame, follow, holders, notes_of, titled_frames
from editor.model import (
    GROUP_TYPES,
    NODE_TYPES,
    Change,
    Condition,
    ConditionBranch,
    DocumentView,
    Edit,
    EntityId,
    ExitHandler,
    FromTask,
    Group,
    Loop,
    Node,
    Note,
    Pipeline,
    Placement,
    Task,
    placement_id,
)
from editor.model.arguments import leaves
from editor.model.framing import box_of_note
from editor.model.references import ORDERING_ROLES, every_argument, references

Direction = Literal["right", "down"]

_ASPECT = 1.8
"""Loose parts are packed to about this width over height."""
_ASPECT_IN_GROUP = 0.5
"""In a group rather under each other: what comes from its left edge would run through what lies side by side."""


class _Wire(NamedTuple):
    source: EntityId
    output: str
    target: EntityId
    input: str


def arrange(
    view: DocumentView,
    *,
    scope: EntityId,
    only: Collection[EntityId] | None = None,
    direction: Direction = "right",
) -> Edit:
    """Place everything in a pipeline or group anew, or only some of it; nothing but placements, and notes, change.

    Wires run to the right, or downwards. The upper left corner of what is arranged stays where it is, and a titled
    frame lies round the same things as before. The same document gives the same places each time. Give it a snapshot
    and it may run on any thread.
    """
    by_parent: dict[EntityId, list[EntityId]] = defaultdict(list)
    if only is None:
        by_parent[scope].extend(view.children(scope))
    else:
        chosen = {one for one in only if isinstance(view.get(one), NODE_TYPES)}
        for one in (scope_child for scope_child in view.descendants(scope) if scope_child in chosen):
            if not any(outer in chosen for outer in view.ancestors(one)):
                by_parent[view.node(one).parent].append(one)
    pipeline = view.pipeline_of(scope)
    notes = notes_of(view, pipeline)
    was = boxes(view, pipeline if notes else scope)
    frames = titled_frames(view, pipeline, notes, was) if notes else []
    held = holders(frames, by_parent.get(pipeline, ()))
    work = _Arrangement(view, scope, direction, was, frames, held)
    for parent, several in by_parent.items():
        work.place_children(parent, several)
    changes = list(work.changes())
    if frames:
        before, after = dict(was), boxes(view, pipeline, _placements(changes))
        for note in notes:
            before[note.id] = box_of_note(note)
            after[note.id] = work.box_of_note(note)
        changes.extend(follow(frames, before, after))
    return Edit("Arrange", tuple(changes))


def _placements(changes: list[Change]) -> dict[EntityId, Placement]:
    placements = (change.after for change in changes)
    return {each.target: each for each in placements if isinstance(each, Placement)}


class _Arrangement:
    """Works places out. `was` has the boxes of before, `held` the titled frames that are laid out as groups are."""

    def __init__(
        self,
        view: DocumentView,
        scope: EntityId,
        direction: Direction,
        was: dict[EntityId, Rect],
        frames: list[TitledFrame],
        held: dict[EntityId, EntityId],
    ) -> None:
        self._view = view
        self._direction: Direction = direction
        self._sizes: dict[EntityId, tuple[float, float]] = {}
        self._inside: dict[EntityId, dict[EntityId, tuple[float, float]]] = {}
        self._at: dict[EntityId, tuple[float, float]] = {}
        self._wires: dict[EntityId, list[tuple[EntityId, EntityId, _Wire]]] = defaultdict(list)
        self._ports: dict[EntityId, dict[tuple[str, str], tuple[float, float]]] = {}
        self._was = dict(was)
        self._held = held
        order = list(view.descendants(scope))
        for node in order:
            for wire in _wires_of(view, view.node(node)):
                lifted = view.lifted(wire.source, wire.target)
                if lifted is not None:
                    within, first, then = self._lifted(*lifted)
                    self._wires[within].append((first, then, wire))
        for node in reversed(order):
            entity = view.node(node)
            if isinstance(entity, Task):
                self._sizes[node] = card_size(view, node)
            else:
                self._lay_out_group(entity)
        self._lay_out_frames(frames)

    def _lifted(self, scope: EntityId, first: EntityId, then: EntityId) -> tuple[EntityId, EntityId, EntityId]:
        """As `DocumentView.lifted`, where titled frames are scopes too."""
        one, other = self._frames_round(first), self._frames_round(then)
        while one[-1] == other[-1]:
            scope = one.pop()
            other.pop()
        return scope, one[-1], other[-1]

    def _frames_round(self, one: EntityId) -> list[EntityId]:
        """It and the frames with which it is laid out, outwards."""
        found = [one]
        while found[-1] in self._held:
            found.append(self._held[found[-1]])
        return found

    def _lay_out_frames(self, frames: list[TitledFrame]) -> None:
        members: dict[EntityId, list[EntityId]] = defaultdict(list)
        for one, frame in self._held.items():
            members[frame].append(one)
            note = self._view.get(one)
            if isinstance(note, Note):
                self._was[one] = box_of_note(note)
                self._sizes[one] = (note.width, note.height)
        for frame in frames:
            if frame.note.id in members:
                margins = frame.margins.on_grid()
                places, size = self._lay_out(frame.note.id, members[frame.note.id])
                left, top = margins.left, margins.top
                self._inside[frame.note.id] = {one: (x + left, y + top) for one, (x, y) in places.items()}
                self._sizes[frame.note.id] = margins.around(Rect(0, 0, *size))[2:]
                self._was[frame.note.id] = margins.around(frame.inner)

    def _lay_out_group(self, group: Group) -> None:
        children = self._view.children(group.id)
        places, (width, height) = self._lay_out(group.id, children)
        left = GROUP_PADDING + (LOOP_PORT_INSET if isinstance(group, Loop) else 0)
        self._inside[group.id] = {child: (x + left, y + GROUP_TOP) for child, (x, y) in places.items()}
        size = (width + left + GROUP_PADDING, height + GROUP_TOP + GROUP_PADDING) if children else EMPTY_GROUP_SIZE
        placement = self._view.placement(group.id)
        if placement is not None and placement.width is not None and placement.height is not None:
            size = (max(size[0], placement.width), max(size[1], placement.height))
        if placement is not None and placement.is_folded:
            size = FOLDED_GROUP_SIZE
        self._sizes[group.id] = size

    def _lay_out(
        self, scope: EntityId, children: Collection[EntityId]
    ) -> tuple[dict[EntityId, tuple[float, float]], tuple[float, float]]:
        """Places of some children of a scope from (0, 0), and the size of the whole."""
        if isinstance(self._view.get(scope), Condition):
            return self._stacked(children)
        ordered = sorted(children, key=self._reading_order)
        numbers = {child: number for number, child in enumerate(ordered)}
        across = 1 if self._direction == "right" else 0
        sized = {
            number: Box(self._sizes[child][1 - across], self._sizes[child][across]) for child, number in numbers.items()
        }
        links = [
            Link(
                numbers[first],
                numbers[then],
                self._offset(wire.source, first, ("output", wire.output))[across],
                self._offset(wire.target, then, ("input", wire.input))[across],
            )
            for first, then, wire in self._wires.get(scope, ())
            if first in numbers and then in numbers
        ]
        # Ports are at the sides of cards: wires that run down pass between siblings.
        gap = SIBLING_GAP if self._direction == "right" else LAYER_GAP
        parts = layered(sized, links, layer_gap=LAYER_GAP, gap=gap)
        is_loose = isinstance(self._view.get(scope), Pipeline)
        places, size = _packed(parts, across, _ASPECT if is_loose else _ASPECT_IN_GROUP)
        return {child: places[number] for child, number in numbers.items()}, size

    def _stacked(
        self, branches: Collection[EntityId]
    ) -> tuple[dict[EntityId, tuple[float, float]], tuple[float, float]]:
        """The branches of a condition in their order, under each other (beside each other where wires run down)."""
        places: dict[EntityId, tuple[float, float]] = {}
        x = y = width = height = 0.0
        for branch in sorted(branches, key=self._branch_order):
            places[branch] = (x, y)
            one_width, one_height = self._sizes[branch]
            width, height = max(width, x + one_width), max(height, y + one_height)
            if self._direction == "right":
                y = _on_grid(y + one_height + GROUP_PADDING)
            else:
                x = _on_grid(x + one_width + GROUP_PADDING)
        return places, (width, height)

    def place_children(self, scope: EntityId, children: Collection[EntityId]) -> None:
        """Give children of a scope, and all in them, places of their own, the corner kept."""
        if not children:
            return
        children = list(dict.fromkeys(self._frames_round(child)[-1] for child in children))
        places, _size = self._lay_out(scope, children)
        were = [self._was[child] for child in children]
        x = _on_grid(min(box.x for box in were))
        y = _on_grid(min(box.y for box in were))
        stack = [(child, x + dx, y + dy) for child, (dx, dy) in places.items()]
        while stack:
            child, left, top = stack.pop()
            self._at[child] = (left, top)
            stack.extend((inner, left + dx, top + dy) for inner, (dx, dy) in self._inside.get(child, {}).items())

    def changes(self) -> Iterator[Change]:
        """A placement for each task and empty group, for another group only where it had one; and notes."""
        for node, (x, y) in self._at.items():
            entity = self._view.get(node)
            before = self._view.placement(node)
            if isinstance(entity, Note):
                # A frame is fitted round what lies in it when all of that has its place.
                if node not in self._inside and (entity.x, entity.y) != (x, y):
                    yield Change(node, entity, msgspec.structs.replace(entity, x=float(x), y=float(y)))
            elif before is None:
                if isinstance(entity, Task) or not self._view.children(node):
                    after = Placement(id=placement_id(node), target=node, x=float(x), y=float(y))
                    yield Change(after.id, None, after)
            elif (before.x, before.y) != (x, y):
                yield Change(before.id, before, msgspec.structs.replace(before, x=float(x), y=float(y)))

    def box_of_note(self, note: Note) -> Rect:
        """As it will be."""
        return Rect(*self._at.get(note.id, (note.x, note.y)), note.width, note.height)

    def _offset(self, node: EntityId, outer: EntityId, port: tuple[str, str]) -> tuple[float, float]:
        """Where a port lies, measured from the corner of the card or frame that stands for it in its scope."""
        x, y = self._port(node, port)
        while node != outer:
            parent = self._held.get(node) or self._view.node(node).parent
            placement = self._view.placement(parent)
            if placement is not None and placement.is_folded:
                x, y = FOLDED_GROUP_SIZE[0] / 2, FOLDED_GROUP_SIZE[1] / 2
            else:
                dx, dy = self._inside[parent][node]
                x, y = x + dx, y + dy
            node = parent
        return x, y

    def _port(self, node: EntityId, port: tuple[str, str]) -> tuple[float, float]:
        entity = self._view.get(node)
        if not isinstance(entity, Task) or self._direction == "down":
            return self._sizes[node][0] / 2 if self._direction == "down" else 0.0, HEADER_HEIGHT / 2
        if node not in self._ports:
            self._ports[node] = port_offsets(task_rows(self._view, entity))
        side = float(CARD_WIDTH) if port[0] == "output" else 0.0
        return self._ports[node].get(port, (side, HEADER_HEIGHT / 2))

    def _reading_order(self, child: EntityId) -> tuple[object, ...]:
        """Of parts that are alike, those that stood higher stay higher; what was never placed goes by its name."""
        node = self._view.get(child)
        if isinstance(node, Note):
            name, is_placed = node.text, True
        else:
            name, is_placed = self._view.node(child).name, self._view.placement(child) is not None
        box = self._was.get(child, Rect(0, 0, 0, 0)) if is_placed else None
        return (box is None, box.y if box else 0.0, box.x if box else 0.0, _natural(name), child)

    def _branch_order(self, branch: EntityId) -> tuple[object, ...]:
        entity = self._view.get(branch)
        if isinstance(entity, ConditionBranch):
            return (entity.test is None, entity.order, entity.id)
        return (True, 0, branch)


def _wires_of(view: DocumentView, node: Node) -> Iterator[_Wire]:
    """Those into it, and to the task that runs after it whatever happened."""
    if isinstance(node, ExitHandler) and isinstance(view.get(node.exit_task), Task):
        yield _Wire(node.id, "", node.exit_task, "")
    seen: set[EntityId] = set()
    for role, key, argument in every_argument(node):
        for leaf in leaves(argument):
            if isinstance(leaf, FromTask) and isinstance(view.get(leaf.task), Task):
                seen.add(leaf.task)
                yield _Wire(leaf.task, leaf.output, node.id, key if role == "argument" else "")
    for reference in references(node):
        if reference.role in ORDERING_ROLES and reference.target not in seen:
            entity = view.get(reference.target)
            if isinstance(entity, Task) or (reference.role == "after" and isinstance(entity, GROUP_TYPES)):
                yield _Wire(reference.target, "", node.id, "")


def _packed(
    parts: list[Placed], across: int, aspect: float
) -> tuple[dict[int, tuple[float, float]], tuple[float, float]]:
    """Parts on shelves, the largest first, to a shape near that of a screen; everything on the grid."""

    def size(part: Placed) -> tuple[float, float]:
        return (part.depth, part.breadth) if across else (part.breadth, part.depth)

    areas = sum((size(part)[0] + LAYER_GAP) * (size(part)[1] + SIBLING_GAP) for part in parts)
    room = max([(areas * aspect) ** 0.5, *(size(part)[0] for part in parts)], default=0.0)
    ranked = sorted(enumerate(parts), key=lambda pair: (len(pair[1].along) == 1, -len(pair[1].along), pair[0]))
    places: dict[int, tuple[float, float]] = {}
    x = y = shelf = width = 0.0
    for _, part in ranked:
        part_width, part_height = size(part)
        if x and x + part_width > room:
            x, y, shelf = 0.0, _on_grid(y + shelf + SIBLING_GAP), 0.0
        for box, along in part.along.items():
            one = (along, part.across[box]) if across else (part.across[box], along)
            places[box] = (_on_grid(x + one[0]), _on_grid(y + one[1]))
        width, shelf = max(width, x + part_width), max(shelf, part_height)
        x = _on_grid(x + part_width + SIBLING_GAP)
    return places, (_on_grid(width), _on_grid(y + shelf))


def _on_grid(number: float) -> float:
    return float(round(number / GRID) * GRID)


def _natural(name: str) -> tuple[tuple[int, int | str], ...]:
    head = name.rstrip("0123456789")
    tail = name[len(head) :]
    return ((0, head), (1, int(tail[:9]) if tail else -1))
