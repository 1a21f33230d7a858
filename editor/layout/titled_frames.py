"""What lies in the titled frames of a pipeline, and where the frames lie when that is placed anew."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import reduce
from typing import NamedTuple

import msgspec

from editor.layout.metrics import GRID, GROUP_TITLE_HEIGHT, Rect
from editor.model import NODE_TYPES, Change, DocumentView, EntityId, Note
from editor.model.framing import box_of_note, can_lie_in, frame_order


class Margins(NamedTuple):
    """How far a frame reaches beyond what lies in it."""

    left: float
    top: float
    right: float
    bottom: float

    def around(self, box: Rect) -> Rect:
        width, height = box.width + self.left + self.right, box.height + self.top + self.bottom
        return Rect(box.x - self.left, box.y - self.top, width, height)

    def on_grid(self) -> "Margins":
        """At least as wide; what is a little off the grid by reckoning alone counts as on it."""
        return Margins(*(float(math.ceil(round(each / GRID, 3)) * GRID) for each in self))


class TitledFrame(NamedTuple):
    note: Note
    contents: tuple[EntityId, ...]
    """All that lies in it, and so what lies in smaller frames in it too."""
    nodes: frozenset[EntityId]
    """The tasks and groups among them."""
    inner: Rect
    """The box round the contents."""

    @property
    def margins(self) -> Margins:
        """As they are; at the top the title bar stays free."""
        box, inner = box_of_note(self.note), self.inner
        top = max(inner.y - box.y, GROUP_TITLE_HEIGHT)
        return Margins(inner.x - box.x, top, box.right - inner.right, box.bottom - inner.bottom)


def notes_of(view: DocumentView, pipeline: EntityId) -> list[Note]:
    """The notes and titled frames of a pipeline; none where no frame is among them."""
    found = [note for note in view.notes() if note.parent == pipeline]
    return found if any(note.shape == "frame" for note in found) else []


def titled_frames(
    view: DocumentView, pipeline: EntityId, notes: Collection[Note], boxes: Mapping[EntityId, Rect]
) -> list[TitledFrame]:
    """The frames in which something lies, the smallest first. `boxes` are those of the tasks and groups."""
    nodes = [(child, boxes[child]) for child in view.children(pipeline)]
    plain = [(note.id, box_of_note(note)) for note in notes if note.shape == "note"]
    frames = sorted((note for note in notes if note.shape == "frame"), key=frame_order)
    drawn = [*nodes, *plain, *((frame.id, box_of_note(frame)) for frame in frames)]
    found: list[TitledFrame] = []
    for frame in frames:
        outer = box_of_note(frame)
        inside = [(one, box) for one, box in drawn if outer.holds(box) and can_lie_in(view.get(one), frame)]
        if inside:
            contents = tuple(one for one, _box in inside)
            within = frozenset(one for one in contents if isinstance(view.get(one), NODE_TYPES))
            found.append(TitledFrame(frame, contents, within, _round(box for _one, box in inside)))
    return found


def holders(frames: list[TitledFrame], placed: Collection[EntityId]) -> dict[EntityId, EntityId]:
    """In which frame each thing is laid out that is not laid out by itself: the smallest in which it lies.

    A frame keeps its contents together if all of its tasks and groups are `placed`; without any it stays where it is,
    unless it lies in one that does.
    """
    placed = set(placed)
    together: list[TitledFrame] = []
    for frame in reversed(frames):
        is_held = any(frame.note.id in outer.contents for outer in together)
        if frame.nodes <= placed and (frame.nodes or is_held):
            together.append(frame)
    held: dict[EntityId, EntityId] = {}
    for frame in reversed(together):
        for one in frame.contents:
            held.setdefault(one, frame.note.id)
    return held


def follow(
    frames: list[TitledFrame], before: Mapping[EntityId, Rect], after: Mapping[EntityId, Rect]
) -> Iterator[Change]:
    """The frames round what lay in them, with the margins that they had; those in which nothing has moved stay.

    `before` and `after` are the boxes of all that lies in them, but not of the frames in them.
    """
    was, now = dict(before), dict(after)
    for frame in frames:
        box = box_of_note(frame.note)
        was[frame.note.id] = now[frame.note.id] = box
        if all(was[one] == now[one] for one in frame.contents):
            continue
        fitted = frame.margins.around(_round(now[one] for one in frame.contents))
        now[frame.note.id] = fitted
        x, y, width, height = map(float, fitted)
        moved = msgspec.structs.replace(frame.note, x=x, y=y, width=width, height=height)
        if fitted != box:
            yield Change(moved.id, frame.note, moved)


def _round(boxes: Iterable[Rect]) -> Rect:
    return reduce(Rect.union, boxes)
