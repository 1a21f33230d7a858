"""What may feed an input. A wire is not an entity: it is the argument of the input that it feeds."""

from collections.abc import Iterator

import msgspec

from editor.model.ids import EntityId
from editor.model.port_types import Json


class Constant(msgspec.Struct, frozen=True, tag="constant"):
    """A JSON value."""

    value: Json


class FromTask(msgspec.Struct, frozen=True, gc=False, tag="task"):
    """The output of a task, drawn as a wire. The task lies in the same scope or in one around it."""

    task: EntityId
    output: str


class FromPipelineInput(msgspec.Struct, frozen=True, gc=False, tag="input"):
    """An input of the pipeline in which the consumer lies."""

    name: str


class FromLoop(msgspec.Struct, frozen=True, gc=False, tag="loop", omit_defaults=True):
    """The item of a loop around the consumer, or a field of that item where items are dicts."""

    loop: EntityId
    field: str | None = None


class Template(msgspec.Struct, frozen=True, tag="template"):
    """Text that mixes constants and parameters: what an f-string does in the DSL."""

    parts: "tuple[str | Argument, ...]"


class Collected(msgspec.Struct, frozen=True, tag="collected"):
    """The list of what `source` (a FromTask or OneOf inside loops that the consumer is outside of) gave each time."""

    source: "Argument"


class OneOf(msgspec.Struct, frozen=True, tag="oneof"):
    """The output of whichever branch of `condition` ran: one source a branch, in the order of the branches."""

    condition: EntityId
    sources: "tuple[Argument, ...]"


Argument = Constant | FromTask | FromPipelineInput | FromLoop | Template | Collected | OneOf


def leaves(argument: Argument) -> Iterator[Constant | FromTask | FromPipelineInput | FromLoop]:
    """The simple arguments that `argument` is made of, itself if it is simple."""
    match argument:
        case Template(parts=parts):
            for part in parts:
                if not isinstance(part, str):
                    yield from leaves(part)
        case Collected(source=source):
            yield from leaves(source)
        case OneOf(sources=sources):
            for source in sources:
                yield from leaves(source)
        case _:
            yield argument


def refers_to(argument: Argument) -> Iterator[EntityId]:
    """The entities that `argument` names: tasks, loops and conditions."""
    match argument:
        case FromTask(task=task):
            yield task
        case FromLoop(loop=loop):
            yield loop
        case Template(parts=parts):
            for part in parts:
                if not isinstance(part, str):
                    yield from refers_to(part)
        case Collected(source=source):
            yield from refers_to(source)
        case OneOf(condition=condition, sources=sources):
            yield condition
            for source in sources:
                yield from refers_to(source)
        case Constant() | FromPipelineInput():
            return


def wire_source(argument: Argument | None) -> FromTask | FromLoop | None:
    """The one output that a wire into an input comes from; None for what is no wire, or several."""
    if argument is None or isinstance(argument, Template):
        return None
    sources = [leaf for leaf in leaves(argument) if isinstance(leaf, FromTask | FromLoop)]
    return sources[0] if len(sources) == 1 else None
