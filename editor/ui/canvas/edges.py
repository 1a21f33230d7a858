"""By which edges a frame or note is taken at a point. What is done with them is in `gestures/resize.py`."""

from typing import Literal, NamedTuple

from editor.layout.metrics import GROUP_TITLE_HEIGHT
from editor.model.metrics import Rect

EDGE_PX = 5
"""So far inside its edge a frame is taken by it, in the view."""
CORNER_PX = 12
GRIP = 16.0
"""How large the grip in the lower right corner is drawn, in the scene."""

Side = Literal[-1, 0, 1]


class Edges(NamedTuple):
    """Left (-1) or right (1), and upper (-1) or lower (1); 0 is neither."""

    x: Side
    y: Side


def edges_at(box: Rect, x: float, y: float, zoom: float) -> Edges:
    """The edges of a box near a point inside it. What is small in the view keeps a middle to be taken by."""
    left, right, top, bottom = x - box.x, box.right - x, y - box.y, box.bottom - y
    corner_x, corner_y = min(CORNER_PX / zoom, box.width / 4), min(CORNER_PX / zoom, box.height / 4)
    if right <= max(corner_x, min(GRIP, box.width / 4)) and bottom <= max(corner_y, min(GRIP, box.height / 4)):
        return Edges(1, 1)
    edge_x, edge_y = min(EDGE_PX / zoom, box.width / 8), min(EDGE_PX / zoom, box.height / 8)
    # Most of a title bar is for moving.
    by_x, by_y = _side(left, right, edge_x, edge_x), _side(top, bottom, min(edge_y, GROUP_TITLE_HEIGHT / 4), edge_y)
    if by_x and not by_y:
        return Edges(by_x, _side(top, bottom, corner_y, corner_y))
    if by_y and not by_x:
        return Edges(_side(left, right, corner_x, corner_x), by_y)
    return Edges(by_x, by_y)


def _side(before: float, after: float, reach_before: float, reach_after: float) -> Side:
    return -1 if before <= reach_before else 1 if after <= reach_after else 0
