"""Documents of any size to measure with: 3 inputs, 2 outputs, 1.5 wires a task, a tenth of them in groups two deep."""

import random
import string

from editor.model import (
    ROOT,
    Comparison,
    ConditionBranch,
    Constant,
    Document,
    Entity,
    EntityId,
    FromTask,
    Loop,
    Pipeline,
    Placement,
    Task,
    placement_id,
)
from editor.model.port_types import DATASET, DOUBLE, INTEGER, MODEL, STRING
from tests.builders import component

STEP_X, STEP_Y = 304, 208
REACH_ROWS = 4
"""A wire comes from one of the three columns before, at most so many rows up or down: as after a layered layout."""
TRIES = 8
"""At finding an output that fits a free input."""
GROUP_OF = 5
"""Tasks in each innermost group."""


def large(tasks: int, *, seed: int = 1) -> Document:
    """A layered graph on a grid, the same each time."""
    return Document(large_entities(tasks, seed=seed))


def large_entities(tasks: int, *, seed: int = 1) -> dict[EntityId, Entity]:
    chance = random.Random(seed)
    kinds = [
        component("prepare", {"data": DATASET, "size": INTEGER, "rate": DOUBLE}, {"data": DATASET, "rate": DOUBLE}),
        component("train", {"data": DATASET, "rate": DOUBLE, "label": STRING}, {"model": MODEL, "rate": DOUBLE}),
        component("blend", {"data": DATASET, "model": MODEL, "rate": DOUBLE}, {"data": DATASET, "model": MODEL}),
    ]
    table: dict[EntityId, Entity] = {ROOT: Pipeline(id=ROOT, name="large")}
    table.update({kind.id: kind for kind in kinds})
    rows = max(1, round((tasks * 0.75) ** 0.5))
    grouped = tasks // 10
    before: list[list[tuple[EntityId, int]]] = []
    column: list[tuple[EntityId, int]] = []
    for number in range(tasks):
        if number % rows == 0 and column:
            before, column = [*before[-2:], column], []
        kind = number % len(kinds)
        task_id = EntityId(f"t{number:05d}")
        parent = ROOT
        if number < grouped - grouped % GROUP_OF or (number < grouped and grouped < GROUP_OF):
            parent = _group(table, number // GROUP_OF)
        row = number % rows
        earlier = [entry for entries in before for entry in entries[max(0, row - REACH_ROWS) : row + REACH_ROWS + 1]]
        arguments: dict[str, FromTask | Constant] = {}
        for _ in range(TRIES):
            if earlier and len(arguments) < 1 + number % 2:
                source, source_kind = chance.choice(earlier)
                output = chance.choice(kinds[source_kind].outputs)
                fits = [port.name for port in kinds[kind].inputs if port.type == output.type]
                if fits:
                    arguments[chance.choice(fits)] = FromTask(source, output.name)
        for port in kinds[kind].inputs:
            if port.name not in arguments and str(port.type).startswith("NUMBER"):
                arguments[port.name] = Constant(round(chance.random(), 3))
        name = "".join(chance.choice(string.ascii_lowercase) for _ in range(chance.randint(5, 14)))
        table[task_id] = Task(
            id=task_id, parent=parent, name=f"{name}-{number}", component=kinds[kind].id, arguments=arguments
        )
        x, y = (number // rows) * STEP_X, (number % rows) * STEP_Y
        table[placement_id(task_id)] = Placement(id=placement_id(task_id), target=task_id, x=x, y=y)
        column.append((task_id, kind))
    return table


def _group(table: dict[EntityId, Entity], number: int) -> EntityId:
    """A branch in a loop, made when first asked for."""
    loop, branch = EntityId(f"l{number:04d}"), EntityId(f"b{number:04d}")
    if branch not in table:
        table[loop] = Loop(id=loop, parent=ROOT, name=f"loop-{number}", items=Constant([1, 2, 3]))
        test = Comparison(Constant(1), "==", Constant(1))
        table[branch] = ConditionBranch(id=branch, parent=loop, name=f"if-{number}", test=test)
    return branch
