"""What lies under a point of the scene: masks over the columns, no tree."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from editor.layout.metrics import (
    CARD_WIDTH,
    GROUP_TITLE_HEIGHT,
    HEADER_HEIGHT,
    LOOP_ITEM_OFFSET,
    ROW_HEIGHT,
)
from editor.model import EntityId, Loop, Task
from editor.model.metrics import Rect
from editor.ui.canvas import curves
from editor.ui.canvas.columns import Columns
from editor.ui.canvas.curves import Floats, Ints
from editor.ui.canvas.edges import edges_at
from editor.ui.canvas.steps import result
from editor.ui.canvas.types import Hit
from editor.ui.canvas.zooms import PORTS_FROM_ZOOM

PORT_REACH = 11.0
WIRE_REACH_PX = 7.0
HELD_REACH_PX = 14.0
MOST_HELD_REACH = 60.0
"""So near a card that is held must be for a wire to be meant: in the view, and at most in the scene."""


def hit(columns: Columns, x: float, y: float, zoom: float) -> Hit:
    """The topmost thing at a point. Ports come first, for they reach out of their cards; frames' insides last."""
    reach = PORT_REACH
    around = columns.tasks_in(around_point(x, y, reach))[::-1].tolist()
    if zoom >= PORTS_FROM_ZOOM:
        for slot in around:
            found = _port(columns, slot, x, y)
            if found is not None:
                return found
            if _inside(columns, slot, x, y):
                break
    for slot in around:
        if _inside(columns, slot, x, y):
            return _part_of_card(columns, slot, y)
    groups = columns.groups_in(around_point(x, y, reach))[::-1].tolist()
    for slot in groups:
        found = _part_of_frame(columns, slot, x, y)
        if found is not None:
            return found
    wire = _wire(columns, x, y, WIRE_REACH_PX / zoom) if zoom >= PORTS_FROM_ZOOM else None
    found = wire or _note(columns, x, y, zoom)
    if found is not None:
        return found
    inner = next((slot for slot in groups if _inside(columns, slot, x, y)), None)
    return Hit("none") if inner is None else Hit("group", columns.ids[inner])


def wire_at(
    columns: Columns, x: float, y: float, zoom: float, skip: Collection[EntityId]
) -> tuple[EntityId, str] | None:
    """(consumer, input) of the wire under a point, leaving out wires of the nodes in `skip` and those into no input."""
    found = _wire(columns, x, y, WIRE_REACH_PX / zoom, skip)
    return None if found is None or found.id is None or found.port.startswith("@") else (found.id, found.port)


def wires_under(
    columns: Columns, card: Rect, x: float, y: float, zoom: float, skip: Collection[EntityId]
) -> list[tuple[EntityId, str]]:
    """As `wire_at`, of the wires that a card held at a point lies across, the nearest to the point first.

    They pass through the middle half of the card or of its header, or near the point: a short one is hidden before it
    can be pointed at.
    """
    aside, below = card.width / 4, card.height / 4
    middles = np.array(
        [
            (card.x + aside, card.y, card.right - aside, card.y + HEADER_HEIGHT),
            (card.x + aside, card.y + below, card.right - aside, card.bottom - below),
        ]
    )
    reach = min(HELD_REACH_PX / zoom, MOST_HELD_REACH)
    wires = columns.wires
    rows = _rows_near(columns, np.concatenate([middles, around_point(x, y, reach)]), skip)
    if not len(rows):
        return []
    gaps = curves.distance(wires.ends[rows], wires.via[rows], x, y)
    meant = (gaps <= reach) | curves.passing(wires.ends[rows], wires.via[rows], middles)
    near = sorted(np.flatnonzero(meant).tolist(), key=lambda each: float(gaps[each]))
    found = ((wires.consumers[int(rows[each])], wires.ports[int(rows[each])]) for each in near)
    return [wire for wire in found if not wire[1].startswith("@")]


def _port(columns: Columns, slot: int, x: float, y: float) -> Hit | None:
    node = columns.ids[slot]
    task = columns.view.get(node)
    if not isinstance(task, Task):
        return None
    left, top = columns.box[slot, :2].tolist()
    shape = columns.shape_of(slot)
    for side, ports, port_x in (("input", shape.inputs, left), ("output", shape.outputs, left + CARD_WIDTH)):
        if abs(x - port_x) > PORT_REACH:
            continue
        for name, offset in ports.items():
            if abs(y - top - offset) <= ROW_HEIGHT / 2 and not _is_behind_fold(shape.rows, side, name):
                return Hit("input" if side == "input" else "output", node, name)
    return None


def _is_behind_fold(rows: tuple[object, ...], side: str, name: str) -> bool:
    return side == "input" and any(name in getattr(row, "hidden", ()) for row in rows)


def _part_of_card(columns: Columns, slot: int, y: float) -> Hit:
    node = columns.ids[slot]
    below = y - float(columns.box[slot, 1])
    if below <= HEADER_HEIGHT:
        return Hit("header", node)
    rows = columns.shape_of(slot).rows
    number = int((below - HEADER_HEIGHT) // ROW_HEIGHT)
    if number < len(rows) and rows[number].kind == "fold":
        return Hit("fold", node)
    return Hit("task", node)


def _part_of_frame(columns: Columns, slot: int, x: float, y: float) -> Hit | None:
    node = columns.ids[slot]
    left, top, right, _bottom = columns.box[slot].tolist()
    is_folded = columns.is_folded(slot)
    if isinstance(columns.view.get(node), Loop) and not is_folded:
        port_x, port_y = left + LOOP_ITEM_OFFSET[0], top + LOOP_ITEM_OFFSET[1]
        if abs(x - port_x) <= PORT_REACH and abs(y - port_y) <= PORT_REACH:
            return Hit("group_port", node)
    if not _inside(columns, slot, x, y):
        return None
    if x >= right - 28 and y <= top + GROUP_TITLE_HEIGHT:
        return Hit("fold", node)
    return Hit("group_title", node) if is_folded or y <= top + GROUP_TITLE_HEIGHT else None


def _wire(columns: Columns, x: float, y: float, reach: float, skip: Collection[EntityId] = ()) -> Hit | None:
    wires = columns.wires
    rows = _rows_near(columns, around_point(x, y, reach), skip)
    if not len(rows):
        return None
    gaps = curves.distance(wires.ends[rows], wires.via[rows], x, y, reach)
    best = int(np.argmin(gaps))
    if gaps[best] > reach:
        return None
    row = int(rows[best])
    return Hit("wire", wires.consumers[row], wires.ports[row])


def _rows_near(columns: Columns, parts: Floats, skip: Collection[EntityId]) -> Ints:
    """Of the wires that may touch any of the rectangles, leaving out those of the nodes in `skip`."""
    rows = result(columns.wires_in(parts))
    if skip:
        apart = columns.marked(skip)
        rows = rows[~(apart[columns.wires.source[rows]] | apart[columns.wires.target[rows]])]
    return rows


def _note(columns: Columns, x: float, y: float, zoom: float) -> Hit | None:
    """The smallest note there; of a frame only title bar and edges, so that a rubber band can start inside it."""
    for note_id in sorted(columns.notes, key=lambda n: columns.note_boxes[n].width * columns.note_boxes[n].height):
        box = columns.note_boxes[note_id]
        if not (box.x <= x <= box.right and box.y <= y <= box.bottom):
            continue
        if any(edges_at(box, x, y, zoom)):
            return Hit("note_resize", note_id)
        if columns.notes[note_id].shape == "note" or y <= box.y + GROUP_TITLE_HEIGHT:
            return Hit("note", note_id)
    return None


def _inside(columns: Columns, slot: int, x: float, y: float) -> bool:
    left, top, right, bottom = columns.box[slot].tolist()
    return left <= x <= right and top <= y <= bottom


def around_point(x: float, y: float, reach: float) -> Floats:
    return np.array([[x - reach, y - reach, x + reach, y + reach]])
