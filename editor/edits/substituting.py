"""Putting other arguments in the place of those that an entity holds."""

from collections.abc import Callable

import msgspec

from editor.edits.draft import Draft
from editor.model import (
    Argument,
    Collected,
    Comparison,
    ConditionBranch,
    EntityId,
    Loop,
    OneOf,
    OpaqueTest,
    Pipeline,
    Task,
    Template,
    Test,
)

replace = msgspec.structs.replace

Mapped = Callable[[Argument], Argument]
"""What stands for an argument: called for the whole first; if it gives the same, for its parts."""


def substitute(draft: Draft, entity_id: EntityId, mapped: Mapped) -> None:
    """Put what `mapped` gives for every argument of an entity, and for the parts of those that it leaves alone."""
    entity = draft.get(entity_id)
    match entity:
        case Task():
            settings = entity.settings
            resources = {
                field: through(argument, mapped)
                for field in settings.resources.__struct_fields__
                if (argument := getattr(settings.resources, field)) is not None
            }
            kubernetes = tuple(
                replace(one, arguments={name: through(argument, mapped) for name, argument in one.arguments.items()})
                for one in settings.kubernetes
            )
            draft.put(
                replace(
                    entity,
                    arguments={name: through(argument, mapped) for name, argument in entity.arguments.items()},
                    settings=replace(
                        settings,
                        resources=replace(settings.resources, **resources),
                        image=None if settings.image is None else through(settings.image, mapped),
                        kubernetes=kubernetes,
                    ),
                )
            )
        case Loop():
            draft.put(replace(entity, items=through(entity.items, mapped)))
        case ConditionBranch(test=test) if test is not None:
            draft.put(replace(entity, test=_test_through(test, mapped)))
        case Pipeline():
            outputs = tuple(replace(output, source=through(output.source, mapped)) for output in entity.outputs)
            draft.put(replace(entity, outputs=outputs))
        case _:
            return


def through(argument: Argument, mapped: Mapped) -> Argument:
    """`argument` with `mapped` put through it, outermost first."""
    found = mapped(argument)
    if found is not argument:
        return found
    match argument:
        case Template(parts=parts):
            changed = tuple(part if isinstance(part, str) else through(part, mapped) for part in parts)
            same = all(one is part for one, part in zip(changed, parts, strict=True))
            return argument if same else Template(changed)
        case Collected(source=source):
            inner = through(source, mapped)
            return argument if inner is source else Collected(inner)
        case OneOf(condition=condition, sources=sources):
            several = tuple(through(source, mapped) for source in sources)
            same = all(one is source for one, source in zip(several, sources, strict=True))
            return argument if same else OneOf(condition, several)
        case _:
            return argument


def _test_through(test: Test, mapped: Mapped) -> Test:
    match test:
        case Comparison(left=left, operator=operator, right=right):
            return Comparison(through(left, mapped), operator, through(right, mapped))
        case OpaqueTest(expression=expression, operands=operands):
            return OpaqueTest(expression, {name: through(one, mapped) for name, one in operands.items()})
