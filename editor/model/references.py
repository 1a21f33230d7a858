"""Which entities an entity names, and for what: the raw material of wires, graphs and of "who uses this?"."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from editor.model.arguments import Argument, Constant, FromPipelineInput, FromTask, refers_to
from editor.model.entities import (
    Condition,
    ConditionBranch,
    Entity,
    ExitHandler,
    Loop,
    Pipeline,
    Task,
)
from editor.model.ids import EntityId
from editor.model.settings import NO_SETTINGS, Comparison, OpaqueTest, Resources, TaskSettings, Test

Role = Literal["argument", "after", "test", "items", "setting", "output", "component", "exit_task"]
"""Why a name stands there. The first five make an edge of the scope's graph; the others do not."""

ORDERING_ROLES: frozenset[Role] = frozenset({"argument", "after", "test", "items", "setting"})


_NOTHING_ASKED = Resources()
_NAMELESS = frozenset((Constant, FromPipelineInput, type(None)))
"""What may feed an input, if anything does, without referring to any id.

By their very type: `isinstance` takes ten times as long to say no.
"""


class Reference(msgspec.Struct, frozen=True, gc=False):
    """`key` tells references of one role apart: the input's name, the setting's path, the output's name."""

    target: EntityId
    role: Role
    key: str = ""


def references(entity: Entity) -> Sequence[Reference]:
    """Every id that `entity` names, except its parent and what a Placement places."""
    match entity:
        case Task():
            found = [Reference(entity.component, "component")]
            for name, argument in entity.arguments.items():
                # Nearly all are one of these two, and an edit of 10,000 tasks asks some 30,000 times.
                if type(argument) is FromTask:
                    found.append(Reference(argument.task, "argument", name))
                elif type(argument) is not Constant:
                    found += [Reference(target, "argument", name) for target in refers_to(argument)]
            for key, argument in setting_arguments(entity.settings) if entity.settings is not NO_SETTINGS else ():
                found += [Reference(target, "setting", key) for target in refers_to(argument)]
            if entity.after:
                found += [Reference(target, "after") for target in entity.after]
            return found
        case Condition() | ConditionBranch() | Loop() | ExitHandler():
            found = []
            if isinstance(entity, ConditionBranch) and entity.test is not None:
                for operand in operands(entity.test):
                    found += [Reference(target, "test") for target in refers_to(operand)]
            if isinstance(entity, Loop):
                found += [Reference(target, "items") for target in refers_to(entity.items)]
            if isinstance(entity, ExitHandler):
                found.append(Reference(entity.exit_task, "exit_task"))
            found += [Reference(target, "after") for target in entity.after]
            return found
        case Pipeline():
            return [
                Reference(target, "output", output.name)
                for output in entity.outputs
                for target in refers_to(output.source)
            ]
        case _:
            return ()


def operands(test: Test) -> tuple[Argument, ...]:
    """What a condition's test reads."""
    match test:
        case Comparison(left=left, right=right):
            return (left, right)
        case OpaqueTest(operands=named):
            return tuple(named.values())


def names_the_same(one: Task, other: Task) -> bool:
    """Whether two states of a task refer to the same ids, seen without reading all they say: False means it may be.

    Ten thousand tasks are given another value or setting at once.
    """
    if one.component != other.component or one.after != other.after:
        return False
    if one.settings is not other.settings and not _settings_name_the_same(one.settings, other.settings):
        return False
    was, now = one.arguments, other.arguments
    if was is now:
        return True
    for name, argument in was.items():
        given = now.get(name)
        if argument is not given and not (type(argument) in _NAMELESS and type(given) in _NAMELESS):
            return False
    for name in now:  # noqa: SIM110 a generator costs more than what it asks
        if name not in was and type(now[name]) not in _NAMELESS:
            return False
    return True


def _settings_name_the_same(one: TaskSettings, other: TaskSettings) -> bool:
    if (one.resources, one.image, one.kubernetes) == (other.resources, other.image, other.kubernetes):
        return True
    return all(type(each) in _NAMELESS for those in (one, other) for _path, each in setting_arguments(those))


def setting_arguments(settings: TaskSettings) -> Iterator[tuple[str, Argument]]:
    """(path of the setting, its argument) for every setting that may take a parameter."""
    resources = settings.resources
    if resources != _NOTHING_ASKED:
        for field in resources.__struct_fields__:
            argument = getattr(resources, field)
            if argument is not None:
                yield f"resources.{field}", argument
    if settings.image is not None:
        yield "image", settings.image
    for number, setting in enumerate(settings.kubernetes):
        for name, argument in setting.arguments.items():
            yield f"kubernetes[{number}].{name}", argument


def every_argument(entity: Entity) -> Iterator[tuple[Role, str, Argument]]:
    """(role, key, argument) for each argument that `entity` holds, whatever it refers to."""
    match entity:
        case Task():
            for name, argument in entity.arguments.items():
                yield "argument", name, argument
            for key, argument in setting_arguments(entity.settings) if entity.settings is not NO_SETTINGS else ():
                yield "setting", key, argument
        case ConditionBranch() if entity.test is not None:
            for number, operand in enumerate(operands(entity.test)):
                yield "test", str(number), operand
        case Loop():
            yield "items", "", entity.items
        case Pipeline():
            for output in entity.outputs:
                yield "output", output.name, output.source
        case _:
            return
