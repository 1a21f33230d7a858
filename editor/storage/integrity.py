"""Whether the entities of a file make a document: parents that are there, no circles, one entity an id; and mending."""

from collections.abc import Iterable

import msgspec

from editor.model import (
    NODE_TYPES,
    ROOT,
    Component,
    Condition,
    ConditionBranch,
    Entity,
    EntityId,
    ExitHandler,
    Loop,
    Node,
    Note,
    Pipeline,
    Placement,
    derived_id,
    placement_id,
)
from editor.model.references import every_argument

MAX_DEPTH = 500
"""Levels of lists and objects in one value; deeper ones would exhaust the stack of whoever reads them next.

More than any import or edit lets in: what can be saved can be opened.
"""


class Problem(msgspec.Struct, frozen=True):
    """Something about a file that was mended. A harmless one concerns only where things are drawn."""

    message: str
    subject: EntityId
    is_harmless: bool = False


def assemble(entities: Iterable[Entity], fallback_name: str) -> tuple[dict[EntityId, Entity], list[Problem]]:
    """The table of a document, mended where it must be, and what was mended."""
    table: dict[EntityId, Entity] = {}
    problems: list[Problem] = []
    placements: list[Placement] = []
    for entity in entities:
        if isinstance(entity, Placement):
            placements.append(entity)
            continue
        _take(entity, table, problems)
    if not isinstance(table.get(ROOT), Pipeline):
        problems.append(Problem("The document has no main pipeline.", ROOT))
        table[ROOT] = Pipeline(id=ROOT, name=fallback_name)
    _mend_parents(table, problems)
    _break_circles(table, problems)
    for placement in placements:
        _place(placement, table, problems)
    return table, problems


def too_deep(entity: Entity) -> bool:
    """Whether a value of `entity` nests deeper than MAX_DEPTH."""
    if isinstance(entity, Placement | Note):
        return False
    suspects: list[object] = [getattr(entity, "extra", None)]
    suspects.extend(argument for _role, _key, argument in every_argument(entity))
    if isinstance(entity, Component):
        suspects.append(msgspec.to_builtins(entity))
    if isinstance(entity, Pipeline):
        suspects.extend((entity.config, entity.inputs))
    return any(_depth_exceeds(suspect) for suspect in suspects)


def _depth_exceeds(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list | tuple):
                below.extend(item)
            elif isinstance(item, msgspec.Struct):
                below.extend(getattr(item, field) for field in item.__struct_fields__)
        if not below:
            return False
        level = below
    return True


def _take(entity: Entity, table: dict[EntityId, Entity], problems: list[Problem]) -> None:
    taken = table.get(entity.id)
    is_odd = not entity.id or entity.id.startswith("@") or (entity.id == ROOT and not isinstance(entity, Pipeline))
    if taken is None and not is_odd:
        table[entity.id] = entity
        return
    if taken == entity:
        problems.append(Problem(f"'{entity.id}' is written twice.", entity.id, is_harmless=True))
        return
    number = 2
    while (fresh := derived_id("r", entity.id, str(number))) in table:
        number += 1
    what = "Two entities have the id" if taken is not None else "No entity may have the id"
    problems.append(Problem(f"{what} '{entity.id}'; the later is now '{fresh}'.", entity.id))
    table[fresh] = msgspec.structs.replace(entity, id=fresh)


def _mend_parents(table: dict[EntityId, Entity], problems: list[Problem]) -> None:
    for entity in list(table.values()):
        match entity:
            case Note():
                fits = isinstance(table.get(entity.parent), Pipeline)
            case ConditionBranch():
                fits = isinstance(table.get(entity.parent), Pipeline | ConditionBranch | Loop | ExitHandler | Condition)
            case _ if isinstance(entity, NODE_TYPES):
                fits = isinstance(table.get(entity.parent), Pipeline | ConditionBranch | Loop | ExitHandler)
            case _:
                continue
        if not fits:
            where = "which is not there" if entity.parent not in table else "which cannot hold it"
            problems.append(Problem(f"{_called(entity)} lies in '{entity.parent}', {where}.", entity.id))
            table[entity.id] = msgspec.structs.replace(entity, parent=ROOT)


def _break_circles(table: dict[EntityId, Entity], problems: list[Problem]) -> None:
    sound: set[EntityId] = set()
    for start in list(table):
        path: dict[EntityId, None] = {}
        entity = table.get(start)
        while isinstance(entity, NODE_TYPES) and entity.id not in sound:
            if entity.id in path:
                problems.append(Problem(f"{_called(entity)} lies in itself, through its groups.", entity.id))
                table[entity.id] = msgspec.structs.replace(entity, parent=ROOT)
                break
            path[entity.id] = None
            entity = table.get(entity.parent)
        sound.update(path)


def _place(placement: Placement, table: dict[EntityId, Entity], problems: list[Problem]) -> None:
    wanted = placement_id(placement.target)
    if not isinstance(table.get(placement.target), NODE_TYPES):
        problems.append(
            Problem(
                f"'{placement.id}' places '{placement.target}', which is no task or group.", wanted, is_harmless=True
            )
        )
    elif wanted in table:
        if table[wanted] != placement:
            problems.append(
                Problem(f"'{placement.target}' has two places; the first is kept.", wanted, is_harmless=True)
            )
    else:
        table[wanted] = placement if placement.id == wanted else msgspec.structs.replace(placement, id=wanted)


def _called(entity: Node | Note) -> str:
    if not isinstance(entity, NODE_TYPES):
        return f"{entity.shape.capitalize()} ({entity.id})"
    return f"{type(entity).__name__} '{entity.name}' ({entity.id})"
