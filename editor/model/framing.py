"""What lies in a titled frame: one rule, for boxes as they are drawn and for those of a document that nobody draws.

A thing lies in a frame if its box lies wholly in the frame's (`Rect.holds`) and `can_lie_in` says so.
"""

from editor.model.entities import NODE_TYPES, Entity, Note
from editor.model.ids import EntityId
from editor.model.metrics import Rect


def can_lie_in(one: Entity | None, frame: Note) -> bool:
    """Whether what lies wholly in the frame's box lies in the frame.

    Tasks and groups that lie in no group, notes, and smaller frames do: of two frames with one box only the one whose
    id comes first lies in the other, or neither would be the outer.
    """
    if isinstance(one, Note):
        is_inner = one.shape == "note" or frame_order(one) < frame_order(frame)
        return one.parent == frame.parent and is_inner
    return isinstance(one, NODE_TYPES) and one.parent == frame.parent


def frame_order(frame: Note) -> tuple[float, EntityId]:
    """Sorts frames so that each comes after those that lie in it."""
    return frame.width * frame.height, frame.id


def box_of_note(note: Note) -> Rect:
    return Rect(note.x, note.y, note.width, note.height)
