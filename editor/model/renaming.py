"""Giving entities other ids: every place where an entity names another, in one function (paste, sub-pipelines)."""

from collections.abc import Mapping

import msgspec

from editor.model.arguments import Argument, Collected, FromLoop, FromTask, OneOf, Template
from editor.model.entities import (
    Component,
    Condition,
    ConditionBranch,
    Entity,
    ExitHandler,
    Loop,
    Note,
    Pipeline,
    Placement,
    Task,
)
from editor.model.ids import EntityId, placement_id
from editor.model.settings import Comparison, OpaqueTest, TaskSettings, Test

Ids = Mapping[EntityId, EntityId]


def with_ids(entity: Entity, ids: Ids) -> Entity:
    """The entity with each id, its own and those that it names, replaced where `ids` has another for it.

    A Placement's own id follows its target.
    """
    replace = msgspec.structs.replace
    own = ids.get(entity.id, entity.id)
    match entity:
        case Component():
            return replace(entity, id=own)
        case Pipeline():
            outputs = tuple(replace(output, source=argument_with_ids(output.source, ids)) for output in entity.outputs)
            return replace(entity, id=own, outputs=outputs)
        case Placement():
            target = ids.get(entity.target, entity.target)
            return replace(entity, id=placement_id(target), target=target)
        case Note():
            return replace(entity, id=own, parent=ids.get(entity.parent, entity.parent))
        case Task():
            return replace(
                entity,
                id=own,
                parent=ids.get(entity.parent, entity.parent),
                component=ids.get(entity.component, entity.component),
                arguments={name: argument_with_ids(argument, ids) for name, argument in entity.arguments.items()},
                after=_each(entity.after, ids),
                settings=settings_with_ids(entity.settings, ids),
            )
        case Condition() | ConditionBranch() | Loop() | ExitHandler():
            group = replace(
                entity, id=own, parent=ids.get(entity.parent, entity.parent), after=_each(entity.after, ids)
            )
            match group:
                case ConditionBranch(test=test) if test is not None:
                    return replace(group, test=_test_with_ids(test, ids))
                case Loop():
                    return replace(group, items=argument_with_ids(group.items, ids))
                case ExitHandler():
                    return replace(group, exit_task=ids.get(group.exit_task, group.exit_task))
                case _:
                    return group


def argument_with_ids(argument: Argument, ids: Ids) -> Argument:
    """The argument with the tasks, loops and conditions that it names replaced."""
    match argument:
        case FromTask(task=task, output=output):
            return FromTask(ids.get(task, task), output)
        case FromLoop(loop=loop, field=field):
            return FromLoop(ids.get(loop, loop), field)
        case Template(parts=parts):
            return Template(tuple(part if isinstance(part, str) else argument_with_ids(part, ids) for part in parts))
        case Collected(source=source):
            return Collected(argument_with_ids(source, ids))
        case OneOf(condition=condition, sources=sources):
            return OneOf(ids.get(condition, condition), tuple(argument_with_ids(source, ids) for source in sources))
        case _:
            return argument


def settings_with_ids(settings: TaskSettings, ids: Ids) -> TaskSettings:
    """The settings with what their arguments name replaced."""
    replace = msgspec.structs.replace
    asked = {
        field: argument_with_ids(argument, ids)
        for field in settings.resources.__struct_fields__
        if (argument := getattr(settings.resources, field)) is not None
    }
    return replace(
        settings,
        resources=replace(settings.resources, **asked),
        image=None if settings.image is None else argument_with_ids(settings.image, ids),
        kubernetes=tuple(
            replace(
                setting,
                arguments={name: argument_with_ids(value, ids) for name, value in setting.arguments.items()},
            )
            for setting in settings.kubernetes
        ),
    )


def _test_with_ids(test: Test, ids: Ids) -> Test:
    match test:
        case Comparison(left=left, operator=operator, right=right):
            return Comparison(argument_with_ids(left, ids), operator, argument_with_ids(right, ids))
        case OpaqueTest(expression=expression, operands=named):
            return OpaqueTest(expression, {name: argument_with_ids(value, ids) for name, value in named.items()})


def _each(named: tuple[EntityId, ...], ids: Ids) -> tuple[EntityId, ...]:
    return tuple(ids.get(entity, entity) for entity in named)
