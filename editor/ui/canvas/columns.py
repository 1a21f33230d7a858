"""How a pipeline's scene is read from the document, kept in step edit by edit, and moved by the hand. No Qt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from editor.layout.metrics import (
    CARD_WIDTH,
    GROUP_TITLE_HEIGHT,
    Rect,
)
from editor.model import (
    GROUP_TYPES,
    NODE_TYPES,
    Component,
    DocumentView,
    Edit,
    EntityId,
    Note,
    Pipeline,
    Placement,
    Task,
)
from editor.model.references import names_the_same
from editor.ui.canvas.curves import Floats, Ints
from editor.ui.canvas.damage import MOST_DAMAGE, Damage
from editor.ui.canvas.lift import Lift
from editor.ui.canvas.nodes import GROUP_KIND
from editor.ui.canvas.routing import CARD, TITLE
from editor.ui.canvas.scene import Scene
from editor.ui.canvas.steps import Steps, result
from editor.ui.canvas.twins import twin
from editor.ui.canvas.wire_reading import wires_into
from editor.ui.canvas.wires import Nearby, Wire

CHANGES_A_STEP, NODES_A_STEP = 200, 50
"""What is read, moved or put takes some 5 or 20 microseconds each: so many take about a millisecond."""


class Columns(Scene):
    """A scene that is kept in step with the document: what follows the hand, and what an edit changes."""

    def __init__(self, view: DocumentView, scope: EntityId) -> None:
        super().__init__(view, scope)
        self._settled: list[Ints] = []
        """Slots that were put elsewhere by the edit that is followed."""
        self._lift: Lift | None = None
        self._build()

    def twin(self) -> Columns | None:
        """A scene of its own that is as this one is now, nothing in it being selected; None while the hand holds some.

        To read 10,000 tasks anew takes a quarter of a second, to copy what was read some milliseconds.
        """
        if self._lift is not None:
            return None
        other = twin(self)
        other.shapes = twin(self.shapes)
        other.wires = self.wires.twin()
        other._ways = self._ways.twin(other.wires)
        other._nearby = Nearby()
        other.forget_places()
        other.set_selected(frozenset())
        return other

    # -- previews of a move -------------------------------------------------------------------------------------

    @property
    def lifted_count(self) -> int:
        """How many nodes follow the hand."""
        return len(self._lift.slots) if self._lift is not None else 0

    @property
    def lifted_by(self) -> tuple[float, float]:
        """How far they have come."""
        return self._lift.by if self._lift is not None else (0.0, 0.0)

    def set_offset(
        self,
        ids: Collection[EntityId],
        dx: float,
        dy: float,
        *,
        is_leaving: bool = False,
        owner: object | None = None,
    ) -> Damage:
        """Draw `ids`, and what is in the groups among them, moved by so much until `clear_offset` or the next edit.

        With an `owner` no edit puts them back, but another owner's things do. Where they are about to leave the groups
        they are in, the frames of these stand still.
        Gives what must be painted again beneath them: at first what they leave, then only the frames round them.
        """
        damage = Damage.nothing()
        if self._lift is not None and self._lift.owner is not owner:
            damage = self.clear_offset()
        if self._lift is None:
            self._lift = Lift(self, ids, owner)
            self.lifted, self.lifted_notes = self._lift.mask, self._lift.notes
            damage = damage.also(self.boxes_around(self._lift.slots, self._lift.notes))
        self.forget_places()
        return damage.also(self._lift.move_to(dx, dy, is_leaving=is_leaving))

    def boxes_lifted(self, owner: object | None = None) -> Floats:
        """Where that is drawn which `clear_offset` would put back, and its wires."""
        lift = self._lifted_by_owner(owner)
        return self.boxes_around(lift.slots, lift.notes) if lift is not None else np.zeros((0, 4))

    def _lifted_by_owner(self, owner: object | None) -> Lift | None:
        lift = self._lift
        return lift if lift is not None and (owner is None or lift.owner is owner) else None

    def clear_offset(self, owner: object | None = None) -> Damage:
        """Draw everything where the document says, if what is moved is the `owner`'s."""
        lift = self._lifted_by_owner(owner)
        if lift is None:
            return Damage.nothing()
        self.forget_places()
        damage = Damage.of(lift.move_to(0.0, 0.0))
        self._lift, self.lifted, self.lifted_notes = None, None, frozenset()
        return damage.also(self.boxes_around(lift.slots, lift.notes))

    # -- following the document ---------------------------------------------------------------------------------

    def follow(self, edit: Edit) -> Damage:
        """Take over what an applied edit changed; O(change)."""
        return result(self.following(edit))

    def following(self, edit: Edit) -> Steps[Damage]:
        """The same in steps of about a millisecond. Nothing else may be asked of the scene before the last is made."""
        lift = self._lift
        if lift is None or lift.owner is None:
            left = self.clear_offset()
            return left.plus((yield from self._following(edit)))
        by, is_leaving = lift.by, lift.is_leaving
        # At once: what the hand holds is drawn from here all the time.
        damage = self.clear_offset().plus(result(self._following(edit)))
        held = self.here(lift.ids)
        return damage.plus(self.set_offset(held, *by, is_leaving=is_leaving, owner=lift.owner))

    def _following(self, edit: Edit) -> Steps[Damage]:
        self.forget_places()
        nodes: dict[EntityId, None] = {}
        placed: dict[EntityId, None] = {}
        retold: dict[EntityId, None] = {}
        said: dict[EntityId, None] = {}
        notes: set[EntityId] = set()
        for number, change in enumerate(edit.changes):
            if number % CHANGES_A_STEP == CHANGES_A_STEP - 1:
                yield
            match change.after or change.before:
                case Component() | Pipeline():
                    self.shapes.forget(change.id)
                    nodes.update(dict.fromkeys(user for user in self.view.users(change.id) if user in self.slots))
                case Placement(target=target):
                    (nodes if _folds_differ(change.before, change.after) else placed)[target] = None
                case Task() if self._differ_in_words(change.before, change.after):
                    said[change.id] = None
                case Note():
                    notes.add(change.id)
                case _:
                    nodes[change.id] = None
                    if _name(change.before) != _name(change.after):
                        retold.update(dict.fromkeys(self._forget_looks(self.view.users(change.id))))
        for node in (yield from self._come_or_gone_with(nodes)):
            nodes[node] = None
            said.pop(node, None)
        if nodes:
            self._titles.clear()  # They name tasks and inputs, and say which branch of several is the first.
        yield
        affected = list({**nodes, **placed, **retold, **said})
        before = self._damage_of(affected, notes)
        if not nodes and not placed and not notes:
            # No box is another, and no wire.
            self._follow_words(said)
            return Damage.everything() if before is None else Damage.of(before)
        yield from self._follow_nodes(nodes)
        yield from self._follow_placements([node for node in placed if node not in nodes])
        self._follow_words(said)
        for note in notes:
            self._put_note(note)
        self.forget_places()
        yield
        led = yield from self._lead_round()
        yield
        if len(affected) <= MOST_DAMAGE:
            # Their bounds are damage: led, they are no larger than need be.
            yield from self._ways.lead(self.wires.touching(self.marked(affected)))
        after = self._damage_of(affected, notes)
        if before is None or after is None or led is None:
            return Damage.everything()
        return Damage.of(np.concatenate([before, after, led]))

    def _come_or_gone_with(self, nodes: Iterable[EntityId]) -> Steps[set[EntityId]]:
        """What lies in groups that leave the scene or come to it: an edit need not name what it moves with a group."""
        found: set[EntityId] = set()
        gone: list[EntityId] = []
        for number, node in enumerate(nodes):
            if number % CHANGES_A_STEP == CHANGES_A_STEP - 1:
                yield
            slot = self.slot(node)
            if slot is None:
                if self._is_group_here(node):
                    found.update(self.view.descendants(node))
            elif self.is_group(slot) and not self._is_here(node):
                gone.append(node)
        if gone:
            yield
            members: dict[EntityId, list[int]] = {}
            for slot, parent in self._parents.items():
                members.setdefault(parent, []).append(slot)
            yield
            for group in gone:  # It grows: groups lie in groups.
                inside = [self.ids[slot] for slot in members.get(group, ()) if self.alive[slot]]
                found.update(inside)
                gone += [node for node in inside if node in members and node not in gone]
        return found

    def _is_group_here(self, node: EntityId) -> bool:
        entity = self.view.get(node)
        # Nearly all are tasks, and to find that they are none of several types takes five times as long.
        return type(entity) is not Task and isinstance(entity, GROUP_TYPES) and self._is_here(node)

    def _lead_round(self) -> Steps[Floats | None]:
        """Have wires run round where things lie now; as `Ways.follow`."""
        mask = np.zeros(self.count, np.bool_)
        for slots in self._settled:
            mask[slots] = True
        self._settled.clear()
        settled = np.flatnonzero(mask)
        return (yield from self._ways.follow(settled, *self._in_the_way(settled)))

    def _in_the_way(self, slots: Ints) -> tuple[Floats, NDArray[np.int16]]:
        """For each slot the box that wires should not pass behind, NaN where there is none, and what it weighs.

        Of an open frame that is its title bar, over which they may pass if they must.
        """
        boxes = self.box[slots]
        is_frame = (self.kind[slots] >= GROUP_KIND) & ~self.folded[slots]
        boxes[is_frame, 3] = boxes[is_frame, 1] + GROUP_TITLE_HEIGHT
        boxes[~self.shown()[slots]] = np.nan
        return boxes, np.where(is_frame, TITLE, CARD).astype(np.int16)

    def _follow_nodes(self, touched: Mapping[EntityId, None]) -> Steps[None]:
        consumers: dict[EntityId, None] = {}
        gone = np.zeros(len(self.alive), np.bool_)
        frames: list[int] = []
        here: dict[EntityId, None] = {}
        for number, node in enumerate(touched):
            if number % NODES_A_STEP == NODES_A_STEP - 1:
                yield
            slot = self.slot(node)
            if self._is_here(node):
                here[node] = None
            elif slot is not None:
                gone[slot] = True
                self.alive[slot] = False
                self._leave(slot)
                frames.append(slot)
                self.wires.drop(node)
        for row in self.wires.touching(gone).tolist() if gone.any() else ():
            consumers[self.wires.consumers[row]] = None
        yield
        # Outer ones first: what a node stands for, and how deep, is read from what is round it.
        regrouped = sorted(
            filter(self._is_group_here, here), key=lambda node: sum(1 for _ in self.view.ancestors(node))
        )
        for number, node in enumerate(dict.fromkeys((*regrouped, *here))):
            if number % NODES_A_STEP == NODES_A_STEP - 1:
                yield
            entity = self.view.node(node)
            known = self.slot(node)
            if known is not None and self._parents[known] != entity.parent:
                left = self.slots.get(self._parents[known])
                if left is not None:
                    frames.append(left)
            slot = self._slot_for(node)
            had = self._cards.get(slot)
            self._put(slot, entity)
            consumers[node] = None
            has = self._cards.get(slot)
            if known is None or (had is not has and (had is None or has is None or had.outputs != has.outputs)):
                consumers.update(dict.fromkeys(self.view.users(node)))
            frames.append(slot)
        for number, group in enumerate(regrouped):
            if number % NODES_A_STEP == NODES_A_STEP - 1:
                yield
            for inner in self.view.descendants(group):
                slot = self.slot(inner)
                if slot is not None:
                    self._nest(slot, self.view.node(inner).parent)
                    frames.append(slot)
        yield from self._settle(np.array(frames, np.int64), consumers)

    def _follow_placements(self, placed: Iterable[EntityId]) -> Steps[None]:
        # Whole documents are moved at once: what is asked of each node is asked of dicts, for numpy is slow one by one.
        found = np.array([slot for slot in map(self.slots.get, placed) if slot is not None], np.int64)
        moved = found[self.alive[found]]
        tasks: list[int] = []
        boxes: list[tuple[float, float, float, float]] = []
        for number, slot in enumerate(moved[self.kind[moved] < GROUP_KIND].tolist()):
            if number % CHANGES_A_STEP == CHANGES_A_STEP - 1:
                yield
            node = self.ids[slot]
            placement = self.view.placement(node)
            if placement is None:
                self._place_task(slot, self.view.task(node))
            else:
                x, y = placement.x, placement.y
                tasks.append(slot)
                boxes.append((x, y, x + CARD_WIDTH, y + self._cards[slot].height))
        if tasks:
            self.box[tasks] = boxes
        if len(moved):
            yield from self._settle(moved, {})

    def _differ_in_words(self, before: object, after: object) -> bool:
        """Whether it is the same task but for what its card says, so that its box and its wires are the same."""
        if not isinstance(before, Task) or not isinstance(after, Task) or before.parent != after.parent:
            return False
        if before.name != after.name or not names_the_same(before, after) or self.slot(after.id) is None:
            return False
        if before.arguments.keys() == after.arguments.keys():
            return True
        is_open = self.is_open(after.id)
        return self.shapes.shape(before, is_open=is_open) is self.shapes.shape(after, is_open=is_open)

    def _follow_words(self, said: Iterable[EntityId]) -> None:
        slots = [slot for slot in map(self.slots.get, said) if slot is not None and self.alive[slot]]
        self.muted[slots] = [self.view.task(self.ids[slot]).is_muted for slot in slots]
        self.stale_sprites.update(slots)
        for slot in slots:
            self.looks.pop(slot, None)

    def _settle(self, moved: Ints, consumers: Mapping[EntityId, None]) -> Steps[None]:
        """Derive frames and wires again, after the nodes in `moved` and the arguments of `consumers` changed."""
        frames = yield from self._reframe(moved)
        into: dict[EntityId, list[Wire]] = {}
        put = [np.zeros(0, np.int64)]
        for consumer in consumers:
            if self.slot(consumer) is not None:
                into[consumer] = wires_into(self, consumer)
                if len(into) == NODES_A_STEP:
                    put.append(self.wires.put(into))
                    into = {}
                    yield
        rows = np.concatenate([*put, self.wires.put(into)])
        yield
        mask = np.zeros(len(self.alive), np.bool_)
        mask[moved] = True
        mask[frames] = True
        self._settled.append(np.flatnonzero(mask))
        is_moved = np.zeros(self.wires.count, np.bool_)
        is_moved[self.wires_at(mask)] = True
        is_moved[rows] = True
        self.wires.place(np.flatnonzero(is_moved), self.box, self.stands_for)

    # -- building -----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        view = self.view
        order = list(view.descendants(self.scope))
        self.ids = order
        self.slots = {node: slot for slot, node in enumerate(order)}
        self._allocate(len(order) + 64)
        self.alive[: len(order)] = True
        groups: list[int] = []
        for slot, node in enumerate(order):
            entity = view.node(node)
            if not isinstance(entity, Task):
                groups.append(slot)
            self._put(slot, entity)
        for slot in sorted(groups, key=lambda slot: -int(self.depth[slot])):
            self.frame(slot)
        consumers: list[tuple[EntityId, int]] = []
        wires: list[Wire] = []
        for node in order:
            into = wires_into(self, node)
            consumers.append((node, len(into)))
            wires.extend(into)
        self.wires.fill(consumers, wires)
        self.wires.place(np.arange(len(wires)), self.box, self.stands_for)
        every = np.arange(len(order))
        self._ways.start(every, *self._in_the_way(every))
        for note in view.notes():
            self._put_note(note.id)

    def _put_note(self, note_id: EntityId) -> None:
        note = self.view.get(note_id)
        if isinstance(note, Note) and note.parent == self.scope:
            self.notes[note_id] = note
            self.note_boxes[note_id] = Rect(note.x, note.y, note.width, note.height)
        else:
            self.notes.pop(note_id, None)
            self.note_boxes.pop(note_id, None)

    # -- small things -------------------------------------------------------------------------------------------

    def _forget_looks(self, users: Iterable[EntityId]) -> list[EntityId]:
        """Those of `users` that are here, whose words may name another: they are told anew."""
        here = [user for user in users if user in self.slots]
        for user in here:
            self.looks.pop(self.slots[user], None)
            self.stale_sprites.add(self.slots[user])
        return here

    def _damage_of(self, ids: list[EntityId], notes: Collection[EntityId]) -> Floats | None:
        """The boxes of nodes, their frames and their wires; None if too many to be worth listing."""
        if len(ids) > MOST_DAMAGE:
            return None
        # Folding moves the ends of the wires of all that is inside.
        for group in [node for node in ids if isinstance(self.view.get(node), GROUP_TYPES)]:
            ids = [*ids, *self.view.descendants(group)]
        slots = np.array([slot for slot in map(self.slot, ids) if slot is not None], np.int64)
        return self.boxes_around(slots, [note for note in notes if note in self.note_boxes])

    def boxes_around(self, slots: Ints, notes: Iterable[EntityId]) -> Floats:
        if len(slots) > MOST_DAMAGE:
            return self.box[slots]
        every = self.around(slots) | set(slots.tolist())
        mask = np.zeros(len(self.alive), np.bool_)
        mask[list(every)] = True
        found = [self.box[list(every)], self.wires.bounds[self.wires_at(mask)]]
        found.append(
            np.array([(r.x, r.y, r.right, r.bottom) for r in map(self.note_boxes.get, notes) if r]).reshape(-1, 4)
        )
        return np.concatenate(found)


def _name(entity: object) -> str:
    return entity.name if isinstance(entity, NODE_TYPES) else ""


def _folds_differ(before: object, after: object) -> bool:
    if isinstance(before, Placement) and isinstance(after, Placement):
        return before.is_folded is not after.is_folded or before.is_open is not after.is_open
    placed = before or after
    return isinstance(placed, Placement) and (placed.is_folded or placed.is_open)
