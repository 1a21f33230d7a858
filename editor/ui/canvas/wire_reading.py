"""Which wires end at a task or group: read from the document, measured in the columns. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.layout.metrics import HEADER_HEIGHT, LOOP_ITEM_OFFSET
from editor.model import (
    NODE_TYPES,
    Argument,
    ArtifactType,
    ConditionBranch,
    EntityId,
    ExitHandler,
    FromLoop,
    FromTask,
    Loop,
    PortType,
    Task,
)
from editor.model.arguments import leaves
from editor.model.references import operands, setting_arguments
from editor.ui.canvas.families import family_of
from editor.ui.canvas.wires import AFTER, ARTIFACT, EXIT, FAMILIES, PARAMETER, Wire

if TYPE_CHECKING:
    from editor.ui.canvas.columns import Columns

_FAMILY = {name: number for number, name in enumerate(FAMILIES)}


def wires_into(columns: Columns, consumer: EntityId) -> list[Wire]:
    """The wires that `consumer` has by its arguments, its settings, its test or items, and what it runs after."""
    entity = columns.view.get(consumer)
    target = columns.slots[consumer]
    wires: list[Wire] = []
    match entity:
        case Task():
            if entity.arguments:
                inputs = columns.shapes.shape(entity, is_open=columns.is_open(consumer)).inputs
                for name, argument in entity.arguments.items():
                    y = inputs.get(name)
                    if y is not None:
                        _add(columns, wires, argument, target, y, name)
            for path, argument in setting_arguments(entity.settings):
                _add(columns, wires, argument, target, HEADER_HEIGHT / 2, f"@setting:{path}")
        case ConditionBranch() if entity.test is not None:
            for number, operand in enumerate(operands(entity.test)):
                _add(columns, wires, operand, target, HEADER_HEIGHT / 2, f"@test:{number}")
        case Loop():
            _add(columns, wires, entity.items, target, HEADER_HEIGHT / 2, "@items")
        case ExitHandler():
            exit_task = columns.slot(entity.exit_task)
            if exit_task is not None:
                y = HEADER_HEIGHT / 2
                wires.append(Wire(target, exit_task, y, y, 0, EXIT, f"@exit:{entity.exit_task}"))
        case _:
            pass
    for first in entity.after if isinstance(entity, NODE_TYPES) else ():
        source = columns.slot(first)
        if source is not None:
            y = HEADER_HEIGHT / 2
            wires.append(Wire(source, target, y, y, 0, AFTER, f"@after:{first}"))
    return wires


def _add(columns: Columns, wires: list[Wire], argument: Argument, target: int, y: float, port: str) -> None:
    for leaf in leaves(argument):
        match leaf:
            case FromTask(task=task, output=output):
                source = columns.slot(task)
                found = None if source is None else _output(columns, source, output)
                if source is not None and found is not None:
                    kind, source_y = found
                    style = ARTIFACT if isinstance(kind, ArtifactType) else PARAMETER
                    family = _FAMILY[family_of(kind)]
                    wires.append(Wire(source, target, source_y, y, family, style, port))
            case FromLoop(loop=loop):
                source = columns.slot(loop)
                if source is not None:
                    item_y = LOOP_ITEM_OFFSET[1]
                    wires.append(Wire(source, target, item_y, y, _FAMILY["LOOP"], PARAMETER, port, from_left=True))
            case _:
                pass


def _output(columns: Columns, source: int, name: str) -> tuple[PortType, float] | None:
    task = columns.view.get(columns.ids[source])
    if not isinstance(task, Task):
        return None
    port = columns.shapes.output(task.component, name)
    y = columns.shapes.shape(task, is_open=columns.is_open(task.id)).outputs.get(name)
    return None if port is None or y is None else (port.type, y)
