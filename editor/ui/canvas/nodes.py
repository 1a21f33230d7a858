"""The nodes of one pipeline's scene as numpy columns: where each lies, in what, and how it is drawn. No Qt."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from editor.layout.metrics import CARD_WIDTH, GRID, LAYER_GAP, Rect, frame_around
from editor.model import (
    NODE_TYPES,
    Condition,
    ConditionBranch,
    DocumentView,
    EntityId,
    ExitHandler,
    Group,
    Loop,
    Node,
    Task,
)
from editor.ui.canvas.cards import CARD_KINDS, CardLook, CardShape, Shapes
from editor.ui.canvas.curves import Ints, Mask
from editor.ui.canvas.steps import Steps
from editor.ui.canvas.titles import Title, title_of

GROUP_KIND = 16
"""Kinds below are CARD_KINDS, from here on groups in the order of GROUP_KINDS."""
GROUP_KINDS = ("condition", "branch", "loop", "exit")

FRAMES_A_STEP = 50


class NodeTable:
    """Tasks and groups. A slot is a row of the columns; a node that comes back gets its old slot."""

    def __init__(self, view: DocumentView, scope: EntityId) -> None:
        self.view = view
        self.scope = scope
        self.shapes = Shapes(view)
        self.ids: list[EntityId] = []
        self.slots: dict[EntityId, int] = {}
        self.looks: dict[int, CardLook] = {}
        self.stale_sprites: set[int] = set()
        """Slots whose picture has changed; whoever keeps pictures empties it."""
        self._titles: dict[int, Title] = {}
        self._cards: dict[int, CardShape] = {}
        self._parents: dict[int, EntityId] = {}
        self._members: dict[EntityId, Ints] = {}
        self._shown: Mask | None = None
        self._allocate(0)

    @property
    def count(self) -> int:
        return len(self.ids)

    def slot(self, node: EntityId) -> int | None:
        """The slot of a node that is there now."""
        slot = self.slots.get(node)
        return slot if slot is not None and self.alive[slot] else None

    def is_group(self, slot: int) -> bool:
        return int(self.kind[slot]) >= GROUP_KIND

    def shown(self) -> Mask:
        """Which slots are drawn: there, and not inside a folded group. Read it, never change it."""
        shown = self._shown
        if shown is None:
            count = self.count
            shown = self._shown = self.alive[:count] & (self.stands_for[:count] == np.arange(count))
        return shown

    def marked(self, ids: Iterable[EntityId]) -> Mask:
        """A mask over the slots: true for `ids`."""
        mask = np.zeros(len(self.alive), np.bool_)
        mask[[slot for slot in map(self.slots.get, ids) if slot is not None]] = True
        return mask & self.alive

    def is_folded(self, slot: int) -> bool:
        placement = self.view.placement(self.ids[slot])
        return placement is not None and placement.is_folded

    def is_open(self, task: EntityId) -> bool:
        placement = self.view.placement(task)
        return placement is not None and placement.is_open

    def shape_of(self, slot: int) -> CardShape:
        """The rows and ports of the card in `slot`."""
        return self._cards[slot]

    def look(self, slot: int) -> CardLook:
        """What the card in `slot` says; made when first drawn."""
        known = self.looks.get(slot)
        if known is None:
            task = self.view.task(self.ids[slot])
            known = self.looks[slot] = self.shapes.look(task, is_open=self.is_open(task.id))
        return known

    def title(self, slot: int) -> Title:
        """What the title bar of the group in `slot` says; found when first asked for after nodes have changed."""
        known = self._titles.get(slot)
        if known is None:
            known = self._titles[slot] = title_of(self.view, self.view.group(self.ids[slot]))
        return known

    def members_of(self, group: int) -> Ints:
        """Slots of what lies directly in a group."""
        node = self.ids[group]
        members = self._members.get(node)
        if members is None:
            found = [self.slot(child) for child in self.view.children(node)]
            members = self._members[node] = np.array([child for child in found if child is not None], np.int64)
        return members

    def around(self, slots: Ints) -> set[int]:
        """The slots of all frames round some nodes."""
        found: set[int] = set()
        for parent in dict.fromkeys(self._parents.get(slot, self.scope) for slot in slots.tolist()):
            around = self.slots.get(parent)
            while around is not None and around not in found:
                found.add(around)
                around = self.slots.get(self._parents.get(around, self.scope))
        return found

    def _is_here(self, node: EntityId) -> bool:
        return isinstance(self.view.get(node), NODE_TYPES) and self.view.pipeline_of(node) == self.scope

    # -- putting a node where the document says ------------------------------------------------------------------

    def _allocate(self, size: int) -> None:
        before = {
            name: getattr(self, name, None) for name in ("box", "kind", "alive", "selected", "muted", "folded", "depth")
        }
        self.box = np.zeros((size, 4))
        self.kind = np.zeros(size, np.int8)
        self.alive = np.zeros(size, np.bool_)
        self.selected = np.zeros(size, np.bool_)
        self.muted = np.zeros(size, np.bool_)
        self.folded = np.zeros(size, np.bool_)
        self.depth = np.zeros(size, np.int32)
        stands_for = np.arange(size)
        if before["box"] is not None:
            for name, column in before.items():
                if column is not None:
                    getattr(self, name)[: len(column)] = column
            stands_for[: len(self.stands_for)] = self.stands_for
        self.stands_for: Ints = stands_for

    def _slot_for(self, node: EntityId) -> int:
        slot = self.slots.get(node)
        if slot is None:
            slot = len(self.ids)
            if slot == len(self.alive):
                self._allocate(2 * slot + 64)
            self.ids.append(node)
            self.slots[node] = slot
        self.alive[slot] = True
        return slot

    def _put(self, slot: int, entity: Node) -> None:
        self._leave(slot)
        self._members.pop(entity.parent, None)
        self._nest(slot, entity.parent)
        self.looks.pop(slot, None)
        self.stale_sprites.add(slot)
        if isinstance(entity, Task):
            self.kind[slot] = CARD_KINDS.index(self.shapes.kind(entity.component))
            self.muted[slot] = entity.is_muted
            self._place_task(slot, entity)
        else:
            self.kind[slot] = GROUP_KIND + group_kind(entity)
            self._cards.pop(slot, None)

    def _leave(self, slot: int) -> None:
        parent = self._parents.get(slot)
        if parent is not None:
            self._members.pop(parent, None)

    def _nest(self, slot: int, parent: EntityId) -> None:
        self._parents[slot] = parent
        around = self.slots.get(parent)
        if around is None:
            self.depth[slot] = 0
            self.stands_for[slot] = slot
            return
        self.depth[slot] = self.depth[around] + 1
        outer = int(self.stands_for[around])
        self.stands_for[slot] = outer if outer != around or self.is_folded(around) else slot

    def _place_task(self, slot: int, task: Task) -> None:
        placement = self.view.placement(task.id)
        shape = self.shapes.shape(task, is_open=placement is not None and placement.is_open)
        if placement is None:
            # Never placed: in rows of eight, in the order they came, until someone lays them out.
            x, y = (slot % 8) * float(CARD_WIDTH + LAYER_GAP), (slot // 8) * 20.0 * GRID
        else:
            x, y = placement.x, placement.y
        self._cards[slot] = shape
        self.box[slot] = x, y, x + CARD_WIDTH, y + shape.height

    def frame(self, slot: int) -> None:
        node = self.ids[slot]
        entity = self.view.get(node)
        members = self.members_of(slot)
        inner: list[Rect] = []
        if len(members):
            # Groups have a few members each: numpy's price is by the call.
            lefts, tops, rights, bottoms = zip(*self.box[members].tolist(), strict=True)
            left, top, right, bottom = min(lefts), min(tops), max(rights), max(bottoms)
            inner.append(Rect(left, top, right - left, bottom - top))
        placement = self.view.placement(node)
        self.folded[slot] = placement is not None and placement.is_folded
        frame = frame_around(
            inner, placement, is_loop=isinstance(entity, Loop), is_folded=placement is not None and placement.is_folded
        )
        self.box[slot] = frame.x, frame.y, frame.right, frame.bottom

    def _reframe(self, moved: Ints) -> Steps[list[int]]:
        """Derive the frames round the nodes in `moved`, and those in it, inside out; gives the slots of all frames."""
        groups = set(moved[self.alive[moved] & (self.kind[moved] >= GROUP_KIND)].tolist())
        groups.update(slot for slot in self.around(moved) if self.alive[slot])
        for number, slot in enumerate(sorted(groups, key=lambda slot: -int(self.depth[slot]))):
            if number % FRAMES_A_STEP == FRAMES_A_STEP - 1:
                yield
            self.frame(slot)
        return list(groups)


def group_kind(group: Group) -> int:
    """Index in GROUP_KINDS."""
    match group:
        case Condition():
            return 0
        case ConditionBranch():
            return 1
        case Loop():
            return 2
        case ExitHandler():
            return 3
