"""Putting something new on the canvas: from the quick-add or the library, wired, inserted or in place of another."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import shiboken6
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen

from editor import edits
from editor.errors import EditorError
from editor.model import (
    DocumentView,
    Edit,
    EntityId,
    FromLoop,
    FromTask,
    Interface,
    Pipeline,
    PortType,
    Task,
    fresh_id,
)
from editor.model.fragment import Fragment
from editor.model.metrics import CARD_WIDTH, EMPTY_GROUP_SIZE, HEADER_HEIGHT, NOTE_SIZE, card_size
from editor.model.port_types import why_not
from editor.ui.canvas.card_painter import RADIUS, paint_card
from editor.ui.canvas.cards import CardLook, entry_look
from editor.ui.canvas.gestures.drops import Frames, paint_wire
from editor.ui.canvas.gestures.gesture import refuse_read_only
from editor.ui.canvas.gestures.large_edits import attempt, attempt_off_thread, insertion_in_background
from editor.ui.canvas.gestures.reading import staged
from editor.ui.canvas.gestures.room import free_corner, next_spot
from editor.ui.canvas.gestures.snapping import grid_point
from editor.ui.canvas.gestures.wire import (
    Source,
    Target,
    input_type,
    port_place,
    relabelled,
    source_position,
    source_type,
)
from editor.ui.canvas.quick_add import CONTROL_CHOICES, Choice, component_choice
from editor.ui.theme import ink

if TYPE_CHECKING:
    from editor.components.entries import LibraryEntry
    from editor.ui.canvas.view import CanvasView

CONTROL_SIZES = {"note": NOTE_SIZE, "frame": NOTE_SIZE, "subpipeline": (CARD_WIDTH, HEADER_HEIGHT)}
"""How large what is no task of a component is at first; else as an empty group."""

PROMOTE = Choice(
    "control:promote", "New pipeline input", "input", "", "Ask for the value when the pipeline is started", None
)


class Landing(NamedTuple):
    """Where something new goes. At most one of `source`, `consumer`, `wire` and `replaces` is set."""

    at: QPointF
    parent: EntityId | None = None
    """The scope it goes into; None: the one in which `at` lies."""
    source: Source | None = None
    """Wire this into it."""
    consumer: Target | None = None
    """Wire it into this input."""
    wire: Target | None = None
    """Put it into the wire that ends here."""
    replaces: EntityId | None = None
    finds_room: bool = False
    """Nobody pointed at `at`: where that is taken, it goes to the next free place."""


def next_landing(view: CanvasView, otherwise: QPointF) -> Landing:
    """Where something new goes that no hand places: by what is selected, or at `otherwise`."""
    spot = next_spot(view, otherwise)
    return Landing(spot.at, spot.parent, finds_room=True)


def choices_for(view: CanvasView, landing: Landing) -> list[Choice]:
    """What the quick-add offers there: all, or what fits the wire that was let go."""
    takes = source_type(view.document, landing.source) if landing.source is not None else None
    gives = input_type(view.document, landing.consumer) if landing.consumer is not None else None
    found = [component_choice(entry) for entry in view.library.search("", takes=takes, gives=gives)]
    if landing.source is None and landing.consumer is None:
        return found if landing.replaces is not None else [*found, *CONTROL_CHOICES]
    return [PROMOTE, *found] if landing.consumer is not None else found


def hang_wire(view: CanvasView, landing: Landing) -> None:
    """Draw the wire that was let go until it is chosen what it goes to or comes from."""
    document, scope = view.document, view.scope
    if landing.source is not None:
        start, end, kind = source_position(view, landing.source), landing.at, source_type(document, landing.source)
    elif landing.consumer is not None:
        start, end = landing.at, port_place(view, landing.consumer, "input")
        kind = input_type(document, landing.consumer)
    else:
        return

    def paint(painter: QPainter) -> None:
        if view.scope == scope:
            paint_wire(view, painter, start, end, kind)

    def take_away() -> None:
        view.overlay_painters.remove(paint)
        view.update()

    view.overlay_painters.append(paint)
    view.update()
    view.gestures.quick_add.closed.connect(take_away, Qt.ConnectionType.SingleShotConnection)


def place(view: CanvasView, choice: Choice, landing: Landing) -> None:
    """Add what was chosen as one Edit: at once, or when its component has been made ready."""
    if view.is_read_only:
        refuse_read_only(view)
    elif choice.entry is not None:
        place_entry(view, choice.entry, landing)
    elif choice is PROMOTE and landing.consumer is not None:
        consumer = landing.consumer
        attempt(view, lambda: edits.promote_to_input(view.document, *consumer)[0])
    else:
        _place_control(view, choice.kind, landing)


def place_entry(view: CanvasView, entry: LibraryEntry, landing: Landing) -> None:
    """Its ghost stays where it was let go until it is made ready: the first Python component takes a second or two."""
    look = entry_look(entry.kind, Interface(entry.name, entry.inputs, entry.outputs))
    corner = view.card_rect(landing.replaces).topLeft() if landing.replaces is not None else grid_point(landing.at)

    scope = view.scope

    def paint(painter: QPainter) -> None:
        if view.scope == scope:
            paint_ghost(view, painter, look, corner)

    def end() -> None:
        if paint in view.overlay_painters:
            view.overlay_painters.remove(paint)
        view.update()

    def done(fragment: Fragment) -> None:
        if shiboken6.isValid(view):
            _place_fragment(view, fragment, landing, first=end)

    def failed(error: EditorError) -> None:
        if shiboken6.isValid(view):
            end()
            view.refused.emit(error)

    view.overlay_painters.append(paint)
    view.update()
    view.library.realise(entry, done, failed)


def paint_ghost(view: CanvasView, painter: QPainter, look: CardLook, corner: QPointF) -> None:
    """A card that is not there yet, on a painter in scene units."""
    painter.save()
    painter.setOpacity(0.85)
    painter.translate(corner)
    # Under the card, whose ports lie over it.
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink(view.theme.accent), 2.0, Qt.PenStyle.DashLine))
    ring = QRectF(-1.6, -1.6, CARD_WIDTH + 3.2, look.height + 3.2)
    painter.drawRoundedRect(ring, RADIUS + 1.6, RADIUS + 1.6)
    paint_card(painter, look, view.theme)
    painter.restore()


def _place_fragment(view: CanvasView, fragment: Fragment, landing: Landing, *, first: Callable[[], object]) -> None:
    """The document may have moved on while the component was made ready: what is gone by now is left out."""
    added, dropped, before = list[EntityId](), list[str](), view.selection
    landing = landing._replace(parent=landing.parent or Frames(view).at(landing.at))
    corner = grid_point(landing.at)

    def make(document: DocumentView) -> Edit:
        if landing.replaces is not None and landing.replaces in document:
            edit, dropped[:] = edits.replace_component(document, landing.replaces, fragment)
            return edit
        if landing.wire is not None and landing.wire[0] in document:
            edit, new = edits.insert_on_wire(document, fragment, *landing.wire, x=corner.x(), y=corner.y())
        else:
            edit, new = _added(view, document, fragment, landing)
        added[:] = [new]
        return edit

    def show() -> None:
        if not added and landing.replaces is not None:
            view.select({landing.replaces})
            view.message.emit(_dropped_words(dropped))
        elif view.gestures.active is None and view.selection == before:
            # A hand that is at something else meanwhile is not disturbed.
            view.select(added)
            view.reveal(added[0])

    in_background = insertion_in_background(view, landing.wire[0]) if landing.wire is not None else None
    attempt_off_thread(view, make, in_background, show, first=first)


def _added(view: CanvasView, document: DocumentView, fragment: Fragment, landing: Landing) -> tuple[Edit, EntityId]:
    """Reads the view only where a place is to be found: not of what was let go over a wire that has gone since."""
    parent, corner = landing.parent, grid_point(landing.at)
    assert parent is not None
    edit, task = edits.add_task(document, fragment, parent=parent, x=corner.x(), y=corner.y())
    if landing.finds_room:
        size = QSizeF(*card_size(staged(document, edit), task))
        corner = free_corner(view, parent, corner, size)
        edit, task = edits.add_task(document, fragment, parent=parent, x=corner.x(), y=corner.y())
    after = staged(document, edit)
    ports = after.interface(after.task(task).component)
    if landing.source is not None:
        port = first_input_for(after, landing.source, task, ports)
        if port is not None:
            wired = edits.connect(after, landing.source, task, port)
            edit = relabelled(edit.then(wired), edit.label)
    elif landing.consumer is not None and landing.consumer[0] in document:
        wanted = input_type(document, landing.consumer)
        output = first_output_for(ports, wanted) if wanted is not None else None
        if output is not None:
            wired = edits.connect(after, FromTask(task, output), *landing.consumer)
            edit = relabelled(edit.then(wired), edit.label)
    return edit, task


def first_input_for(document: DocumentView, source: Source, task: EntityId, ports: Interface) -> str | None:
    """The input a wire dropped on empty canvas goes into: an exact type before a generic one, required ones first."""
    given = source_type(document, source)
    targets = edits.Targets(document, source)
    fitting = [port for port in ports.inputs if targets.get((task, port.name), "no") == ""]
    fitting.sort(key=lambda port: (given is not None and str(port.type) != str(given), not port.is_required))
    return fitting[0].name if fitting else None


def first_output_for(ports: Interface, wanted: PortType) -> str | None:
    fitting = [port for port in ports.outputs if not why_not(port.type, wanted)]
    fitting.sort(key=lambda port: str(port.type) != str(wanted))
    return fitting[0].name if fitting else None


def fits_into_wire(document: DocumentView, ports: LibraryEntry | Interface, wire: Target) -> bool:
    """Whether something with these ports could stand in a wire, by types alone: said while it is still held over it."""
    task = document.get(wire[0])
    wanted = input_type(document, wire)
    argument = task.arguments.get(wire[1]) if isinstance(task, Task) else None
    if wanted is None or not isinstance(argument, FromTask | FromLoop):
        return False
    given = source_type(document, argument)
    takes = given is None or any(not why_not(given, port.type) for port in ports.inputs)
    return takes and any(not why_not(port.type, wanted) for port in ports.outputs)


def top_left_under(at: QPointF) -> QPointF:
    """Where the card goes so that its header lies under the cursor."""
    return at - QPointF(CARD_WIDTH / 2, HEADER_HEIGHT / 2)


def _dropped_words(dropped: list[str]) -> str:
    return " ".join(("Replaced; what no longer fits was dropped.", *dropped)) if dropped else "Replaced; all was kept."


def _place_control(view: CanvasView, kind: str, landing: Landing) -> None:
    """What is added is selected, to be named, filled or set up next; words are typed at once."""
    is_words, scope = kind in ("note", "frame"), view.scope
    parent = scope if is_words else landing.parent or Frames(view).at(landing.at)
    corner = grid_point(landing.at)
    if landing.finds_room:
        corner = free_corner(view, parent, corner, QSizeF(*CONTROL_SIZES.get(kind, EMPTY_GROUP_SIZE)))
    x, y = corner.x(), corner.y()
    added: list[EntityId] = []

    def make() -> Edit:
        document = view.document
        match kind:
            case "note" | "frame":
                edit, new = edits.add_note(document, scope, "", x=x, y=y, shape=kind)
            case "subpipeline":
                edit, new = edits.add_task(document, _empty_pipeline(document), parent=parent, x=x, y=y)
            case "if" | "ifelse" | "loop" | "exit":
                edit, new = edits.add_group(document, kind, parent=parent, x=x, y=y)
            case _:
                raise AssertionError(kind)
        added.append(new)
        return edit

    def show() -> None:
        if view.scope != scope:
            return
        view.select(added)
        view.reveal(added[0])
        if is_words:
            view.gestures.rename(added[0], is_new=True)

    attempt(view, make, show)


def _empty_pipeline(document: DocumentView) -> Fragment:
    """A sub-pipeline to be filled, under a name that no other has."""
    taken = {pipeline.name for pipeline in document.pipelines()}
    names = (f"sub-pipeline-{number}" if number > 1 else "sub-pipeline" for number in count(1))
    name = next(name for name in names if name not in taken)
    pipeline = Pipeline(id=fresh_id("p", document.entities), name=name)
    return Fragment(component=pipeline.id, entities=(pipeline,))
