"""Which wires end at a task or group: read from the document, measured in the columns. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.layout.metrics import HEADER_HEIGHT, LOOP_ITEM_OFFSET
from editor.model import (
    NODE_TYPES,
    Argument,
    ConditionBranch,
    EntityId,
    ExitHandler,
    FromLoop,
    FromTask,
    Loop,
    Task,
)
from editor.model.arguments import leaves
from editor.model.references import operands, setting_arguments
from editor.model.settings import NO_SETTINGS
from editor.ui.canvas.wires import AFTER, EXIT, FAMILIES, PARAMETER, Wire

if TYPE_CHECKING:
    from editor.ui.canvas.columns import Columns

_LOOP = FAMILIES.index("LOOP")


def wires_into(columns: Columns, consumer: EntityId) -> list[Wire]:
    """The wires that `consumer` has by its arguments, its settings, its test or items, and what it runs after."""
    entity = columns.view.get(consumer)
    target = columns.slots[consumer]
    wires: list[Wire] = []
    match entity:
        case Task():
            if entity.arguments:
                inputs = columns.shape_of(target).inputs
                for name, argument in entity.arguments.items():
                    y = inputs.get(name)
                    if y is not None:
                        _add(columns, wires, argument, target, y, name)
            if entity.settings is not NO_SETTINGS:
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
    if isinstance(argument, FromTask):
        _add_from_task(columns, wires, argument, target, y, port)
        return
    for leaf in leaves(argument):
        match leaf:
            case FromTask():
                _add_from_task(columns, wires, leaf, target, y, port)
            case FromLoop(loop=loop):
                source = columns.slot(loop)
                if source is not None:
                    item_y = LOOP_ITEM_OFFSET[1]
                    wires.append(Wire(source, target, item_y, y, _LOOP, PARAMETER, port, from_left=True))
            case _:
                pass


def _add_from_task(columns: Columns, wires: list[Wire], source: FromTask, target: int, y: float, port: str) -> None:
    slot = columns.slot(source.task)
    task = columns.view.get(source.task)
    if slot is None or not isinstance(task, Task):
        return
    look = columns.shapes.wire_looks(task.component).get(source.output)
    source_y = columns.shape_of(slot).outputs.get(source.output)
    if look is not None and source_y is not None:
        wires.append(Wire(slot, target, source_y, y, *look, port))
