"""What a task's card says, row by row, as values: read from the document, drawn by `card_painter`. No Qt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, NamedTuple, assert_never

from editor.layout.metrics import CardRow, card_rows, port_offsets, rows_height
from editor.model import (
    Argument,
    ArtifactType,
    Collected,
    Component,
    Constant,
    ContainerImplementation,
    DocumentView,
    EntityId,
    FromLoop,
    FromPipelineInput,
    FromTask,
    ImporterImplementation,
    Input,
    Interface,
    OneOf,
    Pipeline,
    PortType,
    Task,
    Template,
)
from editor.model.arguments import leaves
from editor.ui.canvas.families import family_of
from editor.ui.canvas.wires import ARTIFACT, FAMILIES, PARAMETER

if TYPE_CHECKING:
    from collections.abc import Mapping

CardKind = Literal["python", "container", "notebook", "importer", "pipeline", "missing"]
CARD_KINDS: tuple[CardKind, ...] = ("python", "container", "notebook", "importer", "pipeline", "missing")

_FAMILY = {name: number for number, name in enumerate(FAMILIES)}

LONGEST_VALUE = 60
"""A constant's text is cut here before it is measured: values of a megabyte do occur."""


class CardShape(NamedTuple):
    """How large a card is and where its ports are: the same for every task with the same rows."""

    rows: tuple[CardRow, ...]
    height: float
    inputs: dict[str, float]
    outputs: dict[str, float]
    """Name of the port -> height of its centre under the card's top."""


class PortLook(NamedTuple):
    type: PortType
    state: Literal["plain", "unfed"]


class RowLook(NamedTuple):
    """One row: `hint` stands dim after the name; in italics where it is a default that nobody chose."""

    kind: Literal["input", "output", "fold"]
    text: str
    hint: str = ""
    port: PortLook | None = None
    is_default: bool = False


class CardLook(NamedTuple):
    """All that a card's picture depends on, but its theme, scale, selection and run."""

    kind: CardKind
    name: str
    rows: tuple[RowLook, ...]
    height: float
    is_muted: bool


class Shapes:
    """Interfaces and shapes by component, made once each and forgotten when the component changes."""

    def __init__(self, view: DocumentView) -> None:
        self._view = view
        self._interfaces: dict[EntityId, Interface] = {}
        self._shapes: dict[tuple[EntityId, bool, frozenset[str]], CardShape] = {}
        self._plain: dict[EntityId, CardShape] = {}
        self._looks: dict[EntityId, dict[str, tuple[int, int]]] = {}
        self._kinds: dict[EntityId, CardKind] = {}

    def forget(self, component: EntityId) -> None:
        for known in (self._interfaces, self._plain, self._looks, self._kinds):
            known.pop(component, None)
        for key in [key for key in self._shapes if key[0] == component]:
            del self._shapes[key]

    def interface(self, component: EntityId) -> Interface:
        known = self._interfaces.get(component)
        if known is None:
            known = self._interfaces[component] = self._view.interface(component)
        return known

    def kind(self, component: EntityId) -> CardKind:
        known = self._kinds.get(component)
        if known is None:
            known = self._kinds[component] = kind_of(self._view, component)
        return known

    def wire_looks(self, component: EntityId) -> Mapping[str, tuple[int, int]]:
        """(family, style) of the wires that leave a component's cards, by output."""
        looks = self._looks.get(component)
        if looks is None:
            looks = self._looks[component] = {
                port.name: (
                    _FAMILY[family_of(port.type)],
                    ARTIFACT if isinstance(port.type, ArtifactType) else PARAMETER,
                )
                for port in self.interface(component).outputs
            }
        return looks

    def shape(self, task: Task, *, is_open: bool) -> CardShape:
        plain = self._plain.get(task.component)
        if plain is not None:
            return plain
        interface = self.interface(task.component)
        key = (task.component, is_open, frozenset(task.arguments))
        shape = self._shapes.get(key)
        if shape is None:
            shape = self._shapes[key] = _shape(interface, task.arguments, is_open=is_open)
            # With few inputs nothing folds: one shape does for all tasks of the component.
            if len(shape.rows) == len(interface.inputs) + len(interface.outputs) and not card_folds(interface):
                self._plain[task.component] = shape
        return shape

    def look(self, task: Task, *, is_open: bool) -> CardLook:
        interface = self.interface(task.component)
        shape = self.shape(task, is_open=is_open)
        inputs = {port.name: port for port in interface.inputs}
        outputs = {port.name: port for port in interface.outputs}
        rows: list[RowLook] = []
        for row in shape.rows:
            match row.kind:
                case "input":
                    rows.append(_input_row(self._view, inputs[row.name], task.arguments.get(row.name)))
                case "output":
                    rows.append(RowLook("output", row.name, "", PortLook(outputs[row.name].type, "plain")))
                case "fold":
                    rows.append(RowLook("fold", row.text))
        return CardLook(self.kind(task.component), task.name, tuple(rows), shape.height, task.is_muted)


def entry_look(kind: CardKind, interface: Interface) -> CardLook:
    """The card of a component that nothing feeds yet: what a drag from the library will become."""
    rows = card_rows(interface, {})
    inputs = {port.name: port for port in interface.inputs}
    outputs = {port.name: port for port in interface.outputs}
    looks: list[RowLook] = []
    for row in rows:
        match row.kind:
            case "input":
                looks.append(_unfed_row(inputs[row.name]))
            case "output":
                looks.append(RowLook("output", row.name, "", PortLook(outputs[row.name].type, "plain")))
            case "fold":
                looks.append(RowLook("fold", row.text))
    return CardLook(kind, interface.name, tuple(looks), rows_height(len(rows)), is_muted=False)


def kind_of(view: DocumentView, component: EntityId) -> CardKind:
    match view.get(component):
        case Component(implementation=ContainerImplementation(language=language)):
            return language
        case Component(implementation=ImporterImplementation()):
            return "importer"
        case Pipeline():
            return "pipeline"
        case _:
            return "missing"


def card_folds(interface: Interface) -> bool:
    """Whether some set of arguments would fold rows of such a card."""
    return len(card_rows(interface, {})) < len(interface.inputs) + len(interface.outputs)


def argument_hint(view: DocumentView, argument: Argument) -> str:
    """What stands beside an input's name: nothing where a wire shows it."""
    match argument:
        case Constant(value=value):
            return f"= {value_text(value)}"
        case FromPipelineInput(name=name):
            return f"\u27f5 {name}"
        case FromLoop(field=field):
            return f"\u27f5 item.{field}" if field else ""
        case FromTask():
            return ""
        case Template(parts=parts):
            return "= " + cut("".join(part if isinstance(part, str) else f"{{{_leaf(view, part)}}}" for part in parts))
        case Collected():
            return "all"
        case OneOf():
            return "one of"
    assert_never(argument)


def value_text(value: object) -> str:
    """A constant on one line, not longer than makes sense to measure."""
    if isinstance(value, str):
        return cut(value) if value else '""'
    if isinstance(value, list | dict) and len(value) > LONGEST_VALUE:
        return f"{len(value)} items"
    return cut(json.dumps(value, ensure_ascii=False))


def cut(text: str) -> str:
    flat = " ".join(text[: 4 * LONGEST_VALUE].split())
    return flat if len(flat) <= LONGEST_VALUE else flat[: LONGEST_VALUE - 1] + "\u2026"


def is_list(kind: PortType) -> bool:
    """Whether a type holds several values: drawn as a doubled shape."""
    return kind.is_list if isinstance(kind, ArtifactType) else kind.kind == "LIST"


def _leaf(view: DocumentView, argument: Argument) -> str:
    match next(leaves(argument), None):
        case FromTask(task=task, output=output):
            source = view.get(task)
            return f"{source.name}.{output}" if isinstance(source, Task) else output
        case FromPipelineInput(name=name):
            return name
        case FromLoop(field=field):
            return f"item.{field}" if field else "item"
        case _:
            return "\u2026"


def _input_row(view: DocumentView, port: Input, argument: Argument | None) -> RowLook:
    if argument is not None:
        is_namesake = isinstance(argument, FromPipelineInput) and argument.name == port.name
        # A pipeline input of the same name would say it twice, and leave neither room.
        hint = "\u27f5 input" if is_namesake else argument_hint(view, argument)
        return RowLook("input", port.name, hint, PortLook(port.type, "plain"))
    return _unfed_row(port)


def _unfed_row(port: Input) -> RowLook:
    is_fed_by_itself = not isinstance(port.type, ArtifactType) and port.type.kind in (
        "TASK_FINAL_STATUS",
        "TASK_CONFIG",
    )
    state = "unfed" if port.is_required and not is_fed_by_itself else "plain"
    hint = f"= {value_text(port.default.value)}" if port.default is not None else ""
    return RowLook("input", port.name, hint, PortLook(port.type, state), is_default=True)


def _shape(interface: Interface, arguments: Mapping[str, Argument], *, is_open: bool) -> CardShape:
    rows = card_rows(interface, arguments, is_open=is_open)
    offsets = port_offsets(rows)
    return CardShape(
        rows,
        rows_height(len(rows)),
        {name: y for (side, name), (_x, y) in offsets.items() if side == "input"},
        {name: y for (side, name), (_x, y) in offsets.items() if side == "output"},
    )
