"""How large things are drawn, in logical pixels: the numbers that layout and canvas share. Nothing is painted here."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from editor.model.arguments import Argument
from editor.model.entities import GROUP_TYPES, Input, Loop, Placement, Task
from editor.model.ids import EntityId
from editor.model.view import DocumentView, Interface

GRID = 8
CARD_WIDTH = 220
HEADER_HEIGHT = 32
ROW_HEIGHT = 24
CARD_PADDING = 8
"""Empty strip under the last row of a card."""

FOLD_ABOVE = 8
"""A card with more inputs than this folds the optional ones left at their default into one row."""

GROUP_TITLE_HEIGHT = 32
GROUP_PADDING = 24
"""Between a frame's left, right and bottom edge and what is in it."""
GROUP_TOP = GROUP_TITLE_HEIGHT + 16
"""Between a frame's top edge and what is in it."""
LOOP_PORT_INSET = 24
"""A loop keeps this much more room on the left, for the port of its item on the inner left edge."""
EMPTY_GROUP_SIZE = (CARD_WIDTH + 2 * GROUP_PADDING, GROUP_TOP + 56 + GROUP_PADDING)
FOLDED_GROUP_SIZE = (CARD_WIDTH, HEADER_HEIGHT + ROW_HEIGHT)

LAYER_GAP = 80
"""Between the columns of an automatic layout (between rows when it runs top-down)."""
SIBLING_GAP = 32
NOTE_SIZE = (224, 120)

NONE_PLACED: Mapping[EntityId, Placement] = MappingProxyType({})


class Rect(NamedTuple):
    """A box: top left corner and size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def union(self, other: "Rect") -> "Rect":
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Rect(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

    def holds(self, other: "Rect") -> bool:
        """Whether the other lies wholly in it; their edges may touch."""
        is_between = self.x <= other.x and other.right <= self.right
        return is_between and self.y <= other.y and other.bottom <= self.bottom


class CardRow(NamedTuple):
    """One row of a card. A `fold` row stands for the inputs `hidden`; the others are one port each."""

    kind: Literal["input", "output", "fold"]
    name: str
    hidden: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return f"+{len(self.hidden)} defaults" if self.kind == "fold" else self.name


def card_rows(interface: Interface, arguments: Mapping[str, Argument], *, is_open: bool = False) -> tuple[CardRow, ...]:
    """The rows of a card from top to bottom: inputs, the fold row if there is one, outputs.

    `is_open` is the placement's: the defaulted inputs of a card with many are shown all the same.
    """
    hidden: tuple[str, ...] = ()
    if len(interface.inputs) > FOLD_ABOVE and not is_open:
        hidden = tuple(port.name for port in interface.inputs if _is_at_default(port, arguments))
        if len(hidden) < 2:
            hidden = ()
    rows = [CardRow("input", port.name) for port in interface.inputs if port.name not in hidden]
    if hidden:
        rows.append(CardRow("fold", "", hidden))
    rows.extend(CardRow("output", port.name) for port in interface.outputs)
    return tuple(rows)


def task_rows(view: DocumentView, task: Task) -> tuple[CardRow, ...]:
    placement = view.placement(task.id)
    return card_rows(
        view.interface(task.component), task.arguments, is_open=placement is not None and placement.is_open
    )


def rows_height(rows: int) -> int:
    """Height of a card with so many rows."""
    return HEADER_HEIGHT + rows * ROW_HEIGHT + CARD_PADDING


def card_size(view: DocumentView, task_id: EntityId) -> tuple[float, float]:
    """Width and height of a task's card, whatever its scope does."""
    entity = view.get(task_id)
    return CARD_WIDTH, rows_height(_row_count(view, entity) if isinstance(entity, Task) else 0)


def _row_count(view: DocumentView, task: Task) -> int:
    """How many `task_rows` there are: most cards have no fold row, and thousands are asked at a time."""
    interface = view.interface(task.component)
    if len(interface.inputs) > FOLD_ABOVE:
        return len(task_rows(view, task))
    return len(interface.inputs) + len(interface.outputs)


def port_offsets(rows: Iterable[CardRow]) -> dict[tuple[str, str], tuple[float, float]]:
    """("input" | "output", name) -> the port's centre, measured from the card's top left corner.

    The inputs behind a fold row share its centre, so that a wire dragged from there has a place to start.
    """
    offsets: dict[tuple[str, str], tuple[float, float]] = {}
    y = HEADER_HEIGHT + ROW_HEIGHT / 2
    for row in rows:
        match row.kind:
            case "fold":
                offsets.update({("input", name): (0.0, y) for name in row.hidden})
            case "input":
                offsets["input", row.name] = (0.0, y)
            case "output":
                offsets["output", row.name] = (float(CARD_WIDTH), y)
        y += ROW_HEIGHT
    return offsets


def port_offset(
    view: DocumentView, task_id: EntityId, side: Literal["input", "output"], name: str
) -> tuple[float, float] | None:
    """Centre of one port from the card's top left corner; None if the task has no such port."""
    entity = view.get(task_id)
    return port_offsets(task_rows(view, entity)).get((side, name)) if isinstance(entity, Task) else None


HEADER_IN = (0.0, HEADER_HEIGHT / 2)
"""Where a runs-after wire ends on a card or frame."""
HEADER_OUT = (float(CARD_WIDTH), HEADER_HEIGHT / 2)
"""Where a runs-after wire leaves a card (a frame: its own width instead of the card's)."""
LOOP_ITEM_OFFSET = (0.0, GROUP_TOP + 12.0)
"""The port of a loop's item, on the inner left edge of its frame."""


def position(view: DocumentView, target: EntityId) -> tuple[float, float]:
    """Where a task was placed; (0, 0) if it never was."""
    placement = view.placement(target)
    return (placement.x, placement.y) if placement else (0.0, 0.0)


def boxes(
    view: DocumentView, scope: EntityId, placed: Mapping[EntityId, Placement] = NONE_PLACED
) -> dict[EntityId, Rect]:
    """The box of every task and group in `scope` and in the groups inside it, frames derived inside out.

    Groups come before what is in them. What lies in a folded group keeps its box, though it is not drawn. `placed` are
    placements, by what they place, that count in place of the view's.
    """
    order = list(view.descendants(scope))
    found = dict.fromkeys(order, Rect(0, 0, 0, 0))
    inner: dict[EntityId, list[Rect]] = {}
    # Innermost first, and without recursion: groups nest a thousand deep in some packages.
    for node in reversed(order):
        found[node] = _box(view, node, inner.pop(node, []), placed.get(node) or view.placement(node))
        inner.setdefault(view.node(node).parent, []).append(found[node])
    return found


def frame(view: DocumentView, group_id: EntityId) -> Rect:
    """The frame of one group, O(what is in it)."""
    inner = boxes(view, group_id)
    return _box(view, group_id, [inner[child] for child in view.children(group_id)], view.placement(group_id))


def frame_around(
    inner: Iterable[Rect], placement: Placement | None, *, is_loop: bool = False, is_folded: bool = False
) -> Rect:
    """The frame round the boxes `inner`, at least as large as the placement's own width and height say."""
    left = GROUP_PADDING + (LOOP_PORT_INSET if is_loop else 0)
    derived: Rect | None = None
    for box in inner:
        derived = box if derived is None else derived.union(box)
    if derived is not None:
        derived = Rect(
            derived.x - left,
            derived.y - GROUP_TOP,
            derived.width + left + GROUP_PADDING,
            derived.height + GROUP_TOP + GROUP_PADDING,
        )
    if placement is not None and placement.width is not None and placement.height is not None:
        own = Rect(placement.x, placement.y, placement.width, placement.height)
        derived = own if derived is None else derived.union(own)
    if derived is None:
        x, y = (placement.x, placement.y) if placement else (0.0, 0.0)
        derived = Rect(x, y, *EMPTY_GROUP_SIZE)
    return Rect(derived.x, derived.y, *FOLDED_GROUP_SIZE) if is_folded else derived


def _box(view: DocumentView, node: EntityId, inner: Iterable[Rect], placement: Placement | None) -> Rect:
    entity = view.get(node)
    if not isinstance(entity, GROUP_TYPES):
        at = (placement.x, placement.y) if placement is not None else (0.0, 0.0)
        return Rect(*at, *card_size(view, node))
    is_folded = placement is not None and placement.is_folded
    return frame_around(inner, placement, is_loop=isinstance(entity, Loop), is_folded=is_folded)


def _is_at_default(port: Input, arguments: Mapping[str, Argument]) -> bool:
    return not port.is_required and port.name not in arguments
