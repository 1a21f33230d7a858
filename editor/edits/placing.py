"""Where things are drawn: moving, sizing, folding, aligning, notes. None of it reaches the package."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from editor.edits.draft import Draft
from editor.edits.wording import called
from editor.model import (
    GROUP_TYPES,
    NODE_TYPES,
    DocumentView,
    Edit,
    EditRefused,
    EntityId,
    Note,
    Pipeline,
    Placement,
    fresh_id,
    metrics,
    placement_id,
)
from editor.model.metrics import Rect

replace = msgspec.structs.replace

Edge = Literal["left", "right", "top", "bottom", "center", "middle"]
Axis = Literal["horizontal", "vertical"]
Along = Mapping[EntityId, Collection[EntityId]]
NOTHING_ALONG: Along = MappingProxyType({})


def move(view: DocumentView, positions: Mapping[EntityId, tuple[float, float]], *, merge_key: str = "") -> Edit:
    """Put the top left corners of tasks, groups and notes at points; a group takes along what lies in it.

    What is not there any more is passed by.
    """
    draft = Draft(view)
    for one, (x, y) in positions.items():
        if one in view:
            put_at(draft, one, x, y)
    return draft.edit("Move" if len(positions) != 1 else f"Move {called(view, positions)}", merge_key)


def move_by(view: DocumentView, ids: Collection[EntityId], dx: float, dy: float, *, merge_key: str = "") -> Edit:
    """As `move`, each from where it is: what else moves them before or after counts as well."""
    draft = Draft(view)
    there = [one for one in ids if one in view]
    groups = (one for one in there if isinstance(view.get(one), GROUP_TYPES))
    in_groups = {inner for group in groups for inner in view.descendants(group)}
    for one in there:
        entity = view.get(one)
        if isinstance(entity, Note):
            draft.put(replace(entity, x=entity.x + dx, y=entity.y + dy))
        elif one not in in_groups:
            shift(draft, one, dx, dy)
    return draft.edit("Move" if len(ids) != 1 else f"Move {called(view, ids)}", merge_key)


def put_at(draft: Draft, one: EntityId, x: float, y: float) -> None:
    """As `move`, for one thing, into a draft."""
    entity = draft.get(one)
    if isinstance(entity, Note):
        draft.put(replace(entity, x=x, y=y))
    elif isinstance(entity, GROUP_TYPES):
        frame = metrics.frame(draft, one)
        shift(draft, one, x - frame.x, y - frame.y)
    elif isinstance(entity, NODE_TYPES):
        draft.place(one, x, y)
    else:
        raise EditRefused(f"'{one}' is not drawn.")


def shift(draft: Draft, group: EntityId, dx: float, dy: float) -> None:
    """Move a group, or a task, with all that lies in it."""
    for inner in (group, *draft.descendants(group)):
        placement = draft.placement(inner)
        if placement is not None:
            draft.place(inner, placement.x + dx, placement.y + dy)
        elif not isinstance(draft.get(inner), GROUP_TYPES) or not draft.children(inner):
            draft.place(inner, dx, dy)


def stay_put(draft: Draft, groups: Iterable[EntityId]) -> None:
    """Keep those of `groups` that have become empty where their frames were: nothing in them says so any more."""
    for group in dict.fromkeys(groups):
        placement = draft.placement(group)
        if isinstance(draft.get(group), GROUP_TYPES) and not draft.children(group):
            frame = metrics.frame(draft.base, group)
            if placement is None or placement.width is None:
                draft.place(group, frame.x, frame.y)


def resize(
    view: DocumentView, target: EntityId, box: tuple[float, float, float, float], *, merge_key: str = ""
) -> Edit:
    """Give a note or a group's frame a box (x, y, width, height); a frame still holds all that lies in it."""
    entity = view.get(target)
    x, y, width, height = box
    draft = Draft(view)
    if isinstance(entity, Note):
        draft.put(replace(entity, x=x, y=y, width=max(width, 40), height=max(height, 40)))
    elif isinstance(entity, GROUP_TYPES):
        placement = view.placement(target) or Placement(id=placement_id(target), target=target, x=x, y=y)
        draft.put(replace(placement, x=x, y=y, width=width, height=height))
    else:
        raise EditRefused("Only notes and groups can be sized.")
    return draft.edit(f"Resize {called(view, [target])}", merge_key)


def fold(view: DocumentView, target: EntityId, folded: bool) -> Edit:
    """Fold a group to a card, or the defaulted inputs of a task's card; or open them again."""
    if not isinstance(view.get(target), NODE_TYPES):
        raise EditRefused(f"'{target}' cannot be folded.")
    return replace(fold_all(view, [target], folded), label=f"{'Fold' if folded else 'Open'} {called(view, [target])}")


def fold_all(view: DocumentView, targets: Iterable[EntityId], folded: bool) -> Edit:
    """As `fold`, for several; ids of what is no task or group are passed by."""
    draft = Draft(view)
    for target in targets:
        entity = draft.get(target)
        if not isinstance(entity, NODE_TYPES):
            continue
        placement = draft.placement(target)
        if placement is None:
            box = box_of(draft, target)
            placement = Placement(id=placement_id(target), target=target, x=box.x, y=box.y)
        is_group = isinstance(entity, GROUP_TYPES)
        draft.put(replace(placement, is_folded=folded) if is_group else replace(placement, is_open=not folded))
    return draft.edit("Fold" if folded else "Open")


def color(view: DocumentView, targets: Collection[EntityId], name: str) -> Edit:
    """Give groups, tasks and notes a colour, by a name of the theme; empty takes it away."""
    draft = Draft(view)
    for target in targets:
        entity = view.get(target)
        if isinstance(entity, Note):
            draft.put(replace(entity, color=name))
        elif isinstance(entity, NODE_TYPES):
            box = box_of(view, target)
            placement = view.placement(target) or Placement(id=placement_id(target), target=target, x=box.x, y=box.y)
            draft.put(replace(placement, color=name))
    return draft.edit("Change colour")


def align(view: DocumentView, ids: Collection[EntityId], edge: Edge, *, along: Along = NOTHING_ALONG) -> Edit:
    """Bring the given edges of several things to one line: that of the outermost, or their common middle.

    `along` says what moves with which of them.
    """
    found = {one: box_of(view, one) for one in _outermost(view, ids)}
    if len(found) < 2:
        raise EditRefused("Select two things or more to align them.")
    boxes = list(found.values())
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.union(box)
    draft = Draft(view)
    for one, box in found.items():
        x, y = box.x, box.y
        match edge:
            case "left":
                x = whole.x
            case "right":
                x = whole.right - box.width
            case "center":
                x = whole.x + (whole.width - box.width) / 2
            case "top":
                y = whole.y
            case "bottom":
                y = whole.bottom - box.height
            case "middle":
                y = whole.y + (whole.height - box.height) / 2
        _put_with(draft, one, x, y, along)
    return draft.edit(f"Align {edge}")


def distribute(view: DocumentView, ids: Collection[EntityId], axis: Axis, *, along: Along = NOTHING_ALONG) -> Edit:
    """Make the gaps between several things equal; the two outermost stay where they are. `along` as in `align`."""
    across = axis == "horizontal"
    found = sorted(
        ((one, box_of(view, one)) for one in _outermost(view, ids)),
        key=lambda pair: (pair[1].x if across else pair[1].y, pair[0]),
    )
    if len(found) < 3:
        raise EditRefused("Select three things or more to distribute them.")
    first, last = found[0][1], found[-1][1]
    room = (last.right - first.x) if across else (last.bottom - first.y)
    taken = sum(box.width if across else box.height for _, box in found)
    gap = (room - taken) / (len(found) - 1)
    at = first.x if across else first.y
    draft = Draft(view)
    for one, box in found:
        _put_with(draft, one, round(at) if across else box.x, box.y if across else round(at), along)
        at += (box.width if across else box.height) + gap
    return draft.edit(f"Distribute {'horizontally' if across else 'vertically'}")


def _put_with(draft: Draft, one: EntityId, x: float, y: float, along: Along) -> None:
    before = box_of(draft.base, one)
    put_at(draft, one, x, y)
    for each in along.get(one, ()) if (x, y) != (before.x, before.y) else ():
        box = box_of(draft.base, each)
        put_at(draft, each, box.x + x - before.x, box.y + y - before.y)


def add_note(
    view: DocumentView,
    pipeline: EntityId,
    text: str,
    *,
    x: float,
    y: float,
    width: float = metrics.NOTE_SIZE[0],
    height: float = metrics.NOTE_SIZE[1],
    shape: Literal["note", "frame"] = "note",
    color: str = "",
) -> tuple[Edit, EntityId]:
    """Put words on the canvas of a pipeline: a sticky note, or a titled frame behind the tasks.

    `take_back_note` takes it back without a trace; what `first_words` writes into it is no step of its own.
    """
    if not isinstance(view.get(pipeline), Pipeline):
        raise EditRefused("A note lies in a pipeline.")
    note = Note(
        id=fresh_id("n", view.entities),
        parent=pipeline,
        text=text,
        x=x,
        y=y,
        width=width,
        height=height,
        shape=shape,
        color=color,
    )
    draft = Draft(view)
    draft.put(note)
    return draft.edit(f"Add a {shape}", _adding(note.id)), note.id


def take_back_note(view: DocumentView, note: EntityId) -> Edit:
    """Take away what `add_note` has just added: directly after it, neither is a step of undo."""
    draft = Draft(view)
    draft.drop(note)
    return draft.edit(f"Delete {called(view, [note])}", _adding(note))


def first_words(view: DocumentView, note: EntityId, text: str) -> Edit:
    """Write into what `add_note` has just added: directly after it, both are one step of undo."""
    return change_note(view, note, text=text, merge_key=_adding(note))


def _adding(note: EntityId) -> str:
    return f"add:{note}"


def change_note(view: DocumentView, note: EntityId, *, merge_key: str = "", **fields: object) -> Edit:
    """Set fields of a Note: text, colour, shape, box."""
    entity = view.get(note)
    if not isinstance(entity, Note):
        raise EditRefused("The note is not there any more.")
    unknown = set(fields) - (set(Note.__struct_fields__) - {"id", "parent"})
    if unknown:
        raise ValueError(f"a Note has no {', '.join(sorted(unknown))}")
    draft = Draft(view)
    draft.put(replace(entity, **fields))
    return draft.edit(f"Change the {entity.shape}", merge_key)


def box_of(view: DocumentView, one: EntityId) -> Rect:
    """The box of a task, group or note as it is drawn."""
    entity = view.get(one)
    if isinstance(entity, Note):
        return Rect(entity.x, entity.y, entity.width, entity.height)
    if isinstance(entity, GROUP_TYPES):
        return metrics.frame(view, one)
    if isinstance(entity, NODE_TYPES):
        return Rect(*metrics.position(view, one), *metrics.card_size(view, one))
    raise EditRefused(f"'{one}' is not drawn.")


def _outermost(view: DocumentView, ids: Collection[EntityId]) -> list[EntityId]:
    """`ids` without what lies in another of them, which moves with its group, and without what is gone."""
    chosen = set(ids)
    there = (one for one in dict.fromkeys(ids) if one in view)
    return [one for one in there if not any(scope in chosen for scope in view.ancestors(one))]
