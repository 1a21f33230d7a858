"""The canvas by keyboard alone: a focus that goes from task to task and from port to port, and wiring with it.

Only the keys that no menu command has are taken here (`command_table.FIXED_KEYS`), and those of the few commands that
are `by_canvas`; the others are shortcuts of the commands, so that nothing happens twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QKeyCombination, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPen

from editor import edits
from editor.model import GROUP_TYPES, NODE_TYPES, EntityId, FromTask, Loop, Note, Task
from editor.model.arguments import wire_source
from editor.model.metrics import GRID, task_rows
from editor.ui.canvas.accessibility import tell_focus
from editor.ui.canvas.bubble import announce
from editor.ui.canvas.focus import Focus
from editor.ui.canvas.gestures.carrying import carried
from editor.ui.canvas.gestures.commands import keys_of
from editor.ui.canvas.gestures.gesture import Gesture
from editor.ui.canvas.gestures.keyboard_wire import KeyboardWire
from editor.ui.canvas.gestures.large_edits import MANY_SIMPLE, attempt
from editor.ui.canvas.gestures.nudging import Nudge
from editor.ui.canvas.gestures.reading import (
    argument_of,
    consumers_of,
    giver_of,
    neighbours_after,
    neighbours_before,
    outermost,
    waited_for,
    with_contents,
)
from editor.ui.canvas.gestures.wire import Side, Target, port_place
from editor.ui.canvas.spoken import spoken
from editor.ui.theme import ink

if TYPE_CHECKING:
    from editor.ui.canvas.gestures.dispatch import GestureDispatcher
    from editor.ui.canvas.types import HitKind
    from editor.ui.canvas.view import CanvasView, Hit

_Key = Qt.Key
_Keys = Qt.KeyboardModifier
RING_PX = 6
PORT_RING_PX = 9
NUDGES = {
    _Key.Key_Left: (-GRID, 0),
    _Key.Key_Right: (GRID, 0),
    _Key.Key_Up: (0, -GRID),
    _Key.Key_Down: (0, GRID),
}
COARSE = 4
"""How many grid steps Ctrl+Shift+arrow moves."""


class CanvasKeyboard:
    """Moves the focus, shows it while the keyboard is what is used, and says it to screen readers."""

    def __init__(self, view: CanvasView, gestures: GestureDispatcher) -> None:
        self._view = view
        self._gestures = gestures
        self._focus: Focus | None = None
        self._nudging: Nudge | None = None
        self.is_ring_shown = False
        view.overlay_painters.append(self._paint)

    @property
    def focus(self) -> Focus | None:
        """None too when what had the focus is gone."""
        focus = self._focus
        if focus is not None and focus.id not in self._view.document:
            self._focus = focus = None
        return focus

    def set_focus(self, focus: Focus | None, *, by_key: bool = False) -> None:
        self._focus = focus
        if by_key:
            self.is_ring_shown = True
            if focus is not None:
                announce(self._view, spoken(self._view, focus))
        self._gestures.update_emphasis()
        tell_focus(self._view, focus)
        self._view.update()

    def wire_ends(self) -> set[EntityId]:
        """What the wire that has the focus joins; empty if none has."""
        focus = self.focus
        if focus is None or focus.kind != "wire":
            return set()
        source = wire_source(argument_of(self._view.document, focus.id, focus.port))
        return {focus.id, waited_for(focus.port) or giver_of(source) or focus.id}

    def hide_ring(self) -> None:
        """The mouse is used: its own signs are enough."""
        if self.is_ring_shown:
            self.is_ring_shown = False
            self._view.update()

    def focus_entered(self, reason: Qt.FocusReason) -> None:
        if reason in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.is_ring_shown = True
            if self.focus is None:
                self._focus_first()
        self._view.update()

    def focus_left(self) -> None:
        self._view.update()

    def drives(self, gesture: Gesture) -> bool:
        return isinstance(gesture, KeyboardWire)

    def toggle_focused(self) -> None:
        """Put what has the focus into the selection, or take it out."""
        focus = self.focus
        if focus is not None and focus.kind != "wire":
            self._view.select(self._view.selection ^ {focus.id})
            self.set_focus(focus, by_key=True)

    def menu_place(self) -> tuple[Hit, QPoint]:
        """What the menu key is about, and where its menu opens."""
        view, focus = self._view, self.focus
        if focus is None:
            centre = view.visible_rect().center()
            return view.hit_none(), view.to_view(centre)
        at = view.to_view(self._place(focus).center())
        kind = self._node_kind(focus.id) if focus.kind == "node" else focus.kind
        return view.hit_of(kind, focus.id, focus.port), at

    # Keys.

    def means(self, command_id: str, event: QKeyEvent) -> bool:
        """Whether the keys pressed are those of a command."""
        pressed = QKeyCombination(event.modifiers() & ~_Keys.KeypadModifier, _Key(event.key()))
        return any(QKeySequence(keys) == QKeySequence(pressed) for keys in keys_of(self._view, command_id))

    def key_press(self, event: QKeyEvent) -> bool:
        gesture = self._gestures.active
        if isinstance(gesture, KeyboardWire):
            return self._drive_wire(gesture, event)
        if self.means("canvas.quick-add", event):
            self._gestures.commands.run("canvas.quick-add")
            return True
        if self.means("canvas.enter", event):
            return self._enter()
        key, keys = event.key(), event.modifiers() & ~_Keys.KeypadModifier
        if key in NUDGES:
            return self._arrow(_Key(key), keys)
        if keys & ~_Keys.ShiftModifier:
            return False
        match key:
            case _Key.Key_Escape:
                return self._escape()
            case _Key.Key_Period:
                return self._step_port(1)
            case _Key.Key_Comma:
                return self._step_port(-1)
            case _Key.Key_Home:
                return self._go_to_end(last=False)
            case _Key.Key_End:
                return self._go_to_end(last=True)
            case _:
                return False
        return True

    def _drive_wire(self, gesture: KeyboardWire, event: QKeyEvent) -> bool:
        match event.key():
            case _Key.Key_Down | _Key.Key_Right | _Key.Key_Tab | _Key.Key_Period:
                gesture.step(1)
            case _Key.Key_Up | _Key.Key_Left | _Key.Key_Backtab | _Key.Key_Comma:
                gesture.step(-1)
            case _Key.Key_Return | _Key.Key_Enter:
                self._gestures.end()
                gesture.connect_current()
            case _:
                pass
        return True

    def _arrow(self, key: Qt.Key, keys: Qt.KeyboardModifier) -> bool:
        if keys & _Keys.AltModifier:
            return False
        if keys & _Keys.ControlModifier:
            return self._nudge(key, COARSE if keys & _Keys.ShiftModifier else 1)
        focus = self.focus or self._focus_of_selection()
        if focus is None:
            return self._focus_first()
        if focus.kind == "wire":
            return self._along_wire(focus, key)
        if focus.kind != "node":
            return self._from_port(focus, key)
        found = self._neighbour(focus.id, key)
        if found is None:
            return True
        self._view.select({found}, add=bool(keys & _Keys.ShiftModifier))
        self._view.reveal(found)
        self.set_focus(Focus("node", found), by_key=True)
        return True

    def _nudge(self, key: Qt.Key, steps: int) -> bool:
        view, document = self._view, self._view.document
        dx, dy = NUDGES[key][0] * steps, NUDGES[key][1] * steps
        if self._nudging is not None and self._nudging.goes_on(view.selection):
            self._nudging.step(dx, dy)
            return True
        self._nudging = None
        ids = [
            entity_id
            for entity_id in sorted(view.selection)
            if isinstance(document.get(entity_id), (*NODE_TYPES, Note))
        ]
        if not ids:
            return False
        moved = outermost(document, [*ids, *carried(view, ids)])
        is_large = len(with_contents(document, moved)) > MANY_SIMPLE
        if is_large and self._gestures.commands.in_background is not None and not view.is_read_only:
            self._nudging = Nudge(view, view.selection, moved)
            self._nudging.step(dx, dy)
            return True
        attempt(view, lambda: edits.move_by(document, moved, dx, dy, merge_key=f"nudge {' '.join(ids)}"))
        return True

    def _from_port(self, focus: Focus, key: Qt.Key) -> bool:
        """Up and down go among the ports of the card; left and right follow a wire, or go back to the card."""
        if key in (_Key.Key_Up, _Key.Key_Down):
            return self._step_port(1 if key == _Key.Key_Down else -1)
        document = self._view.document
        if key == _Key.Key_Right and focus.kind == "output":
            for consumer in consumers_of(document, focus.id, focus.port):
                return self._go(Focus("wire", *consumer))
        source = wire_source(argument_of(document, focus.id, focus.port))
        if key == _Key.Key_Left and focus.kind == "input" and source is not None:
            return self._go(Focus("wire", focus.id, focus.port))
        return self._go(Focus("node", focus.id))

    def _along_wire(self, focus: Focus, key: Qt.Key) -> bool:
        """Left to the output it comes from, right to its input, up and down to the output's other wires."""
        document = self._view.document
        source = wire_source(argument_of(document, focus.id, focus.port))
        if source is None or key == _Key.Key_Right:
            return self._go(Focus("input", focus.id, focus.port))
        task, output = (source.task, source.output) if isinstance(source, FromTask) else (source.loop, "")
        if key == _Key.Key_Left:
            return self._go(Focus("output", task, output))
        wires = consumers_of(document, task, output)
        if (focus.id, focus.port) in wires:
            step = 1 if key == _Key.Key_Down else -1
            return self._go(Focus("wire", *wires[(wires.index((focus.id, focus.port)) + step) % len(wires)]))
        return True

    def _go(self, focus: Focus) -> bool:
        self._view.reveal(focus.id)
        self.set_focus(focus, by_key=True)
        return True

    def _step_port(self, step: int) -> bool:
        focus = self.focus or self._focus_of_selection()
        if focus is None or focus.kind == "wire":
            return False
        stops = [Focus("node", focus.id), *self._ports(focus.id)]
        here = stops.index(focus) if focus in stops else 0
        return self._go(stops[(here + step) % len(stops)])

    def _ports(self, entity_id: EntityId) -> list[Focus]:
        entity = self._view.document.get(entity_id)
        if isinstance(entity, Loop):
            return [Focus("output", entity_id)] if self._view.shows_item(entity_id) else []
        if not isinstance(entity, Task):
            return []
        rows = task_rows(self._view.document, entity)
        return [Focus(row.kind, entity_id, row.name) for row in rows if row.kind != "fold"]

    def _enter(self) -> bool:
        focus = self.focus or self._focus_of_selection()
        if focus is None:
            return False
        match focus.kind:
            case "node" if isinstance(self._view.document.get(focus.id), Task):
                self._view.activated.emit(focus.id)
            case "node":
                self._gestures.rename(focus.id)
            case "wire":
                return self._go(Focus("input", focus.id, focus.port))
            case "input" | "output":
                self._start_wire((focus.id, focus.port), focus.kind)
        return True

    def _start_wire(self, port: Target, side: Side) -> None:
        if self._view.is_read_only:
            return
        gesture = KeyboardWire(self._view, port, side=side)
        at = self._gestures.pointer(QPointF(self._view.to_view(gesture.origin())), _Keys.NoModifier)
        self.is_ring_shown = True
        self._gestures.begin(gesture, at)
        if not gesture.choices:
            self._gestures.cancel()
            words = "Nothing here fits: add something that does with Tab."
            self._gestures.bubble.say(words, at.position, refusal=True, for_a_while=True)

    def _escape(self) -> bool:
        """From a port to its card, from there to nothing selected."""
        focus = self.focus
        self._gestures.bubble.clear_words()
        if focus is not None and focus.kind in ("input", "output"):
            return self._go(Focus("node", focus.id))
        self.set_focus(None)
        self._view.select(())
        return True

    # Where to go.

    def _focus_of_selection(self) -> Focus | None:
        selection = self._view.selection
        return Focus("node", next(iter(selection))) if len(selection) == 1 else None

    def _focus_first(self) -> bool:
        """To what is farthest left of what is seen, the uppermost of several."""
        ids, boxes = self._drawn_boxes()
        seen = self._view.visible_rect()
        is_seen = (boxes[:, 0] <= seen.right()) & (boxes[:, 2] >= seen.left())
        is_seen &= (boxes[:, 1] <= seen.bottom()) & (boxes[:, 3] >= seen.top())
        return self._go_to_outermost(ids, boxes, np.flatnonzero(is_seen) if is_seen.any() else None, last=False)

    def _go_to_end(self, *, last: bool) -> bool:
        return self._go_to_outermost(*self._drawn_boxes(), None, last=last)

    def _go_to_outermost(self, ids: list[EntityId], boxes: np.ndarray, among: np.ndarray | None, *, last: bool) -> bool:
        """To what begins farthest left (`last`: right) among some rows, or all of them."""
        among = np.arange(len(ids)) if among is None else among
        if not len(among):
            return False
        order = np.lexsort((boxes[among, 1], boxes[among, 0]))
        found = ids[int(among[order[-1 if last else 0]])]
        self._view.select({found})
        return self._go(Focus("node", found))

    def _neighbour(self, node: EntityId, key: Qt.Key) -> EntityId | None:
        """Up- and downstream by wires where there are such, else what lies nearest in that direction."""
        view, document = self._view, self._view.document
        here = view.card_rect(node).center()
        if isinstance(document.get(node), NODE_TYPES) and key in (_Key.Key_Left, _Key.Key_Right):
            linked = neighbours_before(document, node) if key == _Key.Key_Left else neighbours_after(document, node)
            shown = [other for other in linked if view.is_drawn(other) and other != node]
            if shown:
                return min(shown, key=lambda other: _gap(view.card_rect(other).center(), here))
        dx, dy = NUDGES[key]
        ids, boxes = self._drawn_boxes()
        away = (boxes[:, :2] + boxes[:, 2:]) / 2 - np.array([here.x(), here.y()])
        ahead = (away @ np.array([dx, dy])) / GRID
        aside = np.abs(away @ np.array([dy, dx])) / GRID
        cost = np.where((ahead > 0) & (ahead >= aside * 0.5), ahead + 2 * aside, np.inf)
        if not len(cost) or not np.isfinite(cost.min()):
            return None
        return ids[int(np.argmin(cost))]

    def _drawn_boxes(self) -> tuple[list[EntityId], np.ndarray]:
        """What is drawn, and rows of (left, top, right, bottom)."""
        columns = self._view.columns
        slots = np.flatnonzero(columns.shown())
        notes = [[note.x, note.y, note.right, note.bottom] for note in columns.note_boxes.values()]
        boxes = np.concatenate([columns.box[slots], np.array(notes).reshape(-1, 4)])
        return [*(columns.ids[slot] for slot in slots.tolist()), *columns.note_boxes], boxes

    # The ring.

    def _place(self, focus: Focus) -> QRectF:
        """Where the focus is, in the scene."""
        view = self._view
        match focus.kind:
            case "node":
                return view.card_rect(focus.id)
            case "wire":
                middle = view.wire_path(focus.id, focus.port).pointAtPercent(0.5)
                return QRectF(middle.x() - 1, middle.y() - 1, 2, 2)
            case _:
                at = port_place(view, (focus.id, focus.port), focus.kind)
                return QRectF(at.x() - 1, at.y() - 1, 2, 2)

    def _paint(self, painter: QPainter) -> None:
        focus = self.focus
        if focus is None or not self._is_drawn(focus):
            return
        if focus.kind != "wire" and not (self.is_ring_shown and self._view.hasFocus()):
            return
        outer, inner = QPen(ink(self._view.theme.canvas), 5), QPen(ink(self._view.theme.accent), 2.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (outer, inner):
            pen.setCosmetic(focus.kind != "wire")
            painter.setPen(pen)
            if focus.kind == "node":
                pad = RING_PX
                painter.drawRoundedRect(self._place(focus).adjusted(-pad, -pad, pad, pad), 10, 10)
            elif focus.kind == "wire":
                painter.drawPath(self._view.wire_path(focus.id, focus.port))
            else:
                painter.drawEllipse(self._place(focus).center(), PORT_RING_PX, PORT_RING_PX)

    def _is_drawn(self, focus: Focus) -> bool:
        view = self._view
        if focus.kind == "wire":
            return view.is_drawn(focus.id) and not view.wire_path(focus.id, focus.port).isEmpty()
        return view.is_drawn(focus.id)

    def _node_kind(self, entity_id: EntityId) -> HitKind:
        entity = self._view.document.get(entity_id)
        if isinstance(entity, GROUP_TYPES):
            return "group_title"
        return "note" if isinstance(entity, Note) else "header"


def _gap(first: QPointF, second: QPointF) -> float:
    return (first - second).manhattanLength()
