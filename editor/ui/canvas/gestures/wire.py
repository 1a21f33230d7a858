"""Wiring by hand: from an output forwards, from an input backwards, a wire's end moved, a port's wires taken along."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QMenu

from editor import edits
from editor.edits import PortReasons
from editor.model import Edit, EditRefused, EntityId, FromLoop, FromTask, Loop, PortType, Task
from editor.model.arguments import wire_source
from editor.model.metrics import GROUP_TITLE_HEIGHT
from editor.ui.canvas.gestures.drops import paint_wire
from editor.ui.canvas.gestures.gesture import Gesture, Pointer
from editor.ui.canvas.gestures.large_edits import attempt
from editor.ui.canvas.gestures.reading import argument_of, argument_words, name_of, staged
from editor.ui.canvas.gestures.sources import NoPorts, Sources, With
from editor.ui.canvas.hidden_wires import HiddenWires
from editor.ui.theme import ink

if TYPE_CHECKING:
    from editor.model import DocumentView
    from editor.ui.canvas.view import CanvasView, Hit

Source = FromTask | FromLoop
Target = tuple[EntityId, str]
Side = Literal["input", "output"]
EMPTY_KINDS = ("none", "group", "wire", "note", "note_resize")
"""Where a wire let go is let go on nothing."""
LOOP_KINDS = ("group_title", "group_port", "fold")


class PortTint(Mapping[tuple[str, EntityId, str], bool]):
    """(side, id, name) -> whether it fits, read off the targets as ports are drawn: there may be 30,000."""

    def __init__(self, side: Side, targets: Mapping[Target, str]) -> None:
        self._side = side
        self._targets = targets

    def __getitem__(self, port: tuple[str, EntityId, str]) -> bool:
        side, owner, name = port
        if side != self._side:
            raise KeyError(port)
        return not self._targets[owner, name]

    def __iter__(self) -> Iterator[tuple[str, EntityId, str]]:
        return ((self._side, *target) for target in self._targets)

    def __len__(self) -> int:
        return len(self._targets)


class WireGesture(Gesture):
    """One end of a wire is fixed, the other follows the pointer and snaps to the port it would go into.

    Ports that cannot take it fade, and say why; each is judged when it comes into view.
    """

    side: Side = "input"
    """At which ports the loose end may arrive."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self.targets: PortReasons = NoPorts()
        self.target: Target | None = None
        self._fixed = QPointF()
        self._loose = QPointF()
        self._hidden: HiddenWires | None = None

    # What subclasses say.

    def edit_for(self, target: Target | None) -> Edit:
        """What a release at `target` does (None: on nothing, where that means something). May raise EditRefused."""
        raise NotImplementedError

    def fixed_end(self) -> QPointF:
        raise NotImplementedError

    def find_targets(self) -> PortReasons:
        raise NotImplementedError

    def released_on_nothing(self, at: Pointer) -> None:
        """What a release on empty canvas does."""

    def carried(self) -> tuple[Source, list[Target]] | None:
        """The wires that are there already and follow the hand: where they come from, and the inputs they feed."""
        return None

    def words_over_nothing(self) -> str:
        return ""

    def words_over(self, target: Target) -> str:
        """What a release at `target` would take away, in words."""
        return ""

    # What all share.

    def start(self, at: Pointer) -> None:
        self._fixed = self.fixed_end()
        self._loose = at.scene
        self.targets = self.find_targets()
        carried = self.carried()
        if carried is not None:
            source, consumers = carried
            giver = source.task if isinstance(source, FromTask) else source.loop
            self._hidden = HiddenWires(self.view.columns, giver, consumers)
        self.view.set_port_tint(PortTint(self.side, self.targets))
        super().start(at)

    def move(self, at: Pointer) -> None:
        hit = self.view.hit(at.scene)
        words, is_refusal = self._judge(hit)
        self._loose = at.scene
        if self.target is not None:
            self._loose = port_place(self.view, self.target, self.side)
        self.view.gestures.bubble.say(words, at.position, refusal=is_refusal, beside=self._card_under(hit))
        self.view.update()

    def release(self, at: Pointer) -> None:
        self.move(at)
        target, hit = self.target, self.view.hit(at.scene)
        choices = self._fitting_ports(hit.id) if hit.kind in ("task", "header") and hit.id else []
        refusal = self._judge(hit)
        self.finish()
        if target is not None:
            self.arrive(target)
        elif len(choices) > 1:
            self._ask_which(choices, at)
        elif refusal[1]:
            self.view.refused.emit(EditRefused(refusal[0]))
        elif hit.kind in EMPTY_KINDS:
            self.released_on_nothing(at)

    def finish(self) -> None:
        if self._hidden is not None:
            self._hidden.show()
        self.view.set_port_tint(None)
        self.view.gestures.bubble.clear_words()
        super().finish()

    def arrive(self, target: Target | None) -> None:
        attempt(self.view, lambda: self.edit_for(target))

    def paint(self, painter: QPainter) -> None:
        source, end = (self._fixed, self._loose) if self.side == "input" else (self._loose, self._fixed)
        paint_wire(self.view, painter, source, end, self.wire_type())
        if self.target is not None:
            pen = QPen(ink(self.view.theme.accent), 2)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self._loose, 10, 10)

    def wire_type(self) -> PortType | None:
        """The PortType that gives the wire its colour; None for one that carries nothing."""
        return None

    def _card_under(self, hit: Hit) -> QRect | None:
        """The card that words about its ports must not cover, in the view's pixels."""
        if hit.id is None or not isinstance(self.view.document.get(hit.id), Task):
            return None
        rect = self.view.card_rect(hit.id)
        return QRect(self.view.to_view(rect.topLeft()), self.view.to_view(rect.bottomRight()))

    def _judge(self, hit: Hit) -> tuple[str, bool]:
        """Set `target` from what is under the pointer; the words to say, and whether they are a refusal."""
        self.target = None
        if hit.id is None or hit.kind in EMPTY_KINDS:
            return self.words_over_nothing(), False
        is_loop = isinstance(self.view.document.get(hit.id), Loop)
        if hit.kind == self.side or (is_loop and hit.kind in LOOP_KINDS):
            port = (hit.id, edits.ITEMS if is_loop and self.side == "input" else hit.port)
            why_not = self.targets.get(port, "")
            if why_not:
                return why_not, True
            if port not in self.targets:
                return "", False
            self.target = port
            return self.words_over(port), False
        if hit.kind in ("task", "header"):
            return self._judge_body(hit.id)
        return "", False

    def _judge_body(self, task: EntityId) -> tuple[str, bool]:
        fitting = self._fitting_ports(task)
        if len(fitting) == 1:
            self.target = fitting[0]
            return self.words_over(self.target) or f"Into {self.target[1]}", False
        if fitting:
            return f"Release to choose among {', '.join(name for _, name in fitting)}", False
        reasons = {why_not for why_not in self.targets.of(task).values() if why_not}
        return (reasons.pop() if len(reasons) == 1 else self._no_port_words(task)), bool(reasons)

    def _no_port_words(self, task: EntityId) -> str:
        return f"No {self.side} of '{name_of(self.view.document, task)}' fits."

    def _fitting_ports(self, task: EntityId) -> list[Target]:
        """The ports of a task that a drop on its body may mean: those nothing feeds yet, if there are such."""
        fitting = [(task, name) for name, why_not in self.targets.of(task).items() if not why_not]
        if self.side == "output":
            return fitting
        free = [port for port in fitting if argument_of(self.view.document, *port) is None]
        return free or fitting

    def _ask_which(self, choices: list[Target], at: Pointer) -> None:
        menu = QMenu(self.view)
        menu.setAccessibleName(f"Choose an {self.side}")
        for target in choices:
            menu.addAction(target[1], lambda target=target: self.arrive(target))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.view.mapToGlobal(at.position))


class ConnectGesture(WireGesture):
    """From an output, or a loop's item, into an input; on empty canvas the quick-add shows what takes it."""

    def __init__(self, view: CanvasView, source: Source, *, quick_add: Callable[[QPointF, Source], None]) -> None:
        super().__init__(view)
        self.source = source
        self._quick_add = quick_add

    def fixed_end(self) -> QPointF:
        return source_position(self.view, self.source)

    def find_targets(self) -> PortReasons:
        return edits.Targets(self.view.document, self.source)

    def edit_for(self, target: Target | None) -> Edit:
        assert target is not None
        return edits.connect(self.view.document, self.source, *target)

    def words_over(self, target: Target) -> str:
        return replaced_words(self.view.document, self.source, target)

    def words_over_nothing(self) -> str:
        return "Release to add what takes it"

    def released_on_nothing(self, at: Pointer) -> None:
        self._quick_add(at.scene, self.source)

    def wire_type(self) -> PortType | None:
        return source_type(self.view.document, self.source)


class RewireGesture(ConnectGesture):
    """The end of a wire pulled off its input: onto another it moves there, onto empty canvas it is unplugged."""

    def __init__(self, view: CanvasView, source: Source, unplugged: Target) -> None:
        super().__init__(view, source, quick_add=lambda _at, _source: None)
        self.unplugged = unplugged

    def edit_for(self, target: Target | None) -> Edit:
        document = self.view.document
        if isinstance(document.get(self.unplugged[0]), Loop):
            return self._edit_for_loop(target)
        if target is None:
            return edits.disconnect(document, *self.unplugged)
        if target == self.unplugged:
            return Edit("Leave the wire", ())
        off = edits.disconnect(document, *self.unplugged)
        on = edits.connect(staged(document, off), self.source, *target)
        return relabelled(off.then(on), "Move wire")

    def _edit_for_loop(self, target: Target | None) -> Edit:
        """A loop keeps its list until it is given another: off it the wire is only wired a second time."""
        document = self.view.document
        if target is None:
            raise EditRefused(
                f"The loop '{name_of(document, self.unplugged[0])}' needs a list to run over.",
                hint="Wire another list into it, or set its items.",
            )
        if target == self.unplugged:
            return Edit("Leave the wire", ())
        return edits.connect(document, self.source, *target)

    def find_targets(self) -> PortReasons:
        return With(super().find_targets(), self.unplugged)

    def carried(self) -> tuple[Source, list[Target]] | None:
        is_kept = isinstance(self.view.document.get(self.unplugged[0]), Loop)
        return None if is_kept else (self.source, [self.unplugged])

    def words_over(self, target: Target) -> str:
        return "" if target == self.unplugged else super().words_over(target)

    def words_over_nothing(self) -> str:
        return "Release to unplug"

    def released_on_nothing(self, at: Pointer) -> None:
        self.arrive(None)


class BackwardGesture(WireGesture):
    """From an input back to the output that shall feed it; on empty canvas the quick-add shows what gives it."""

    side = "output"

    def __init__(self, view: CanvasView, target: Target, *, quick_add: Callable[[QPointF, Target], None]) -> None:
        super().__init__(view)
        self.consumer = target
        self._quick_add = quick_add

    def fixed_end(self) -> QPointF:
        return port_place(self.view, self.consumer, "input")

    def find_targets(self) -> PortReasons:
        return Sources(self.view.document, *self.consumer)

    def carried(self) -> tuple[Source, list[Target]] | None:
        source = wire_source(argument_of(self.view.document, *self.consumer))
        return (source, [self.consumer]) if source is not None else None

    def edit_for(self, target: Target | None) -> Edit:
        assert target is not None
        return edits.connect(self.view.document, source_at(self.view.document, target), *self.consumer)

    def words_over(self, target: Target) -> str:
        return replaced_words(self.view.document, source_at(self.view.document, target), self.consumer)

    def words_over_nothing(self) -> str:
        return "Release to add what gives it"

    def released_on_nothing(self, at: Pointer) -> None:
        self._quick_add(at.scene, self.consumer)

    def wire_type(self) -> PortType | None:
        return input_type(self.view.document, self.consumer)


def port_place(view: CanvasView, port: Target, side: Side) -> QPointF:
    """Where a port is; a loop's list goes in at its title."""
    if side == "input" and isinstance(view.document.get(port[0]), Loop):
        return view.card_rect(port[0]).topLeft() + QPointF(0, GROUP_TITLE_HEIGHT / 2)
    return view.port_position(port[0], side, port[1])


def source_at(document: DocumentView, target: Target) -> Source:
    """What a port on the right of a card, or on a loop's inner edge, gives."""
    entity_id, port = target
    return FromLoop(entity_id, port or None) if isinstance(document.get(entity_id), Loop) else FromTask(entity_id, port)


def source_position(view: CanvasView, source: Source) -> QPointF:
    match source:
        case FromTask(task=task, output=output):
            return view.port_position(task, "output", output)
        case FromLoop(loop=loop, field=field):
            return view.port_position(loop, "output", field or "")


def source_type(document: DocumentView, source: Source) -> PortType | None:
    """The PortType of an output; None for a loop's item, whose type its items decide."""
    if isinstance(source, FromTask):
        task = document.get(source.task)
        port = document.interface(task.component).output(source.output) if isinstance(task, Task) else None
        return port.type if port else None
    return None


def input_type(document: DocumentView, target: Target) -> PortType | None:
    task = document.get(target[0])
    port = document.interface(task.component).input(target[1]) if isinstance(task, Task) else None
    return port.type if port else None


def replaced_words(document: DocumentView, source: Source, target: Target) -> str:
    """What a wire into `target` takes the place of; empty if of nothing, or of the same wire."""
    before = argument_of(document, *target)
    if before is None or wire_source(before) == source:
        return ""
    return f"Replaces {argument_words(document, before)}"


def relabelled(edit: Edit, label: str) -> Edit:
    return Edit(label, edit.changes, edit.merge_key)
