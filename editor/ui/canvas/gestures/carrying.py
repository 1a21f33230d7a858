"""What a titled frame takes along when it is moved or copied: all that lies in it, as it is drawn."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from editor.model import EntityId
from editor.model.framing import can_lie_in

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView


def carried(view: CanvasView, ids: Collection[EntityId]) -> list[EntityId]:
    """What lies in the titled frames among `ids` and is not among them."""
    return list(dict.fromkeys(each for inside in carried_by(view, ids).values() for each in inside))


def with_carried(view: CanvasView, ids: Collection[EntityId]) -> list[EntityId]:
    """`ids`, and what the titled frames among them take along."""
    return [*ids, *carried(view, ids)]


def carried_by(view: CanvasView, ids: Collection[EntityId]) -> dict[EntityId, list[EntityId]]:
    """As `carried`, by the frame in which it lies."""
    document, taken = view.document, set(ids)
    found: dict[EntityId, list[EntityId]] = {}
    for one, frame in view.columns.notes.items():
        if one not in taken or frame.shape != "frame":
            continue
        for inner in view.items_in(view.card_rect(one), contained=True):
            if inner not in taken and can_lie_in(document.get(inner), frame):
                found.setdefault(one, []).append(inner)
    return found
