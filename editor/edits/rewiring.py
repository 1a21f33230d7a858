"""Wires after things moved between scopes: made to fit again, collected or plain, or the move refused in words."""

from collections.abc import Iterable

import msgspec

from editor.edits.circles import find_cycle, in_words
from editor.edits.connecting import check_pipeline_input, fitting
from editor.edits.draft import Draft
from editor.edits.ordering import why_not_after
from editor.edits.scopes import name_of, reads_at, why_not_typed, why_not_visible
from editor.edits.substituting import substitute
from editor.model import (
    NODE_TYPES,
    Argument,
    Collected,
    EditRefused,
    Entity,
    EntityId,
    FromPipelineInput,
    FromTask,
    OneOf,
    PortType,
    Task,
)
from editor.model.arguments import leaves
from editor.model.references import every_argument

replace = msgspec.structs.replace


_INCOMPLETE = {"oneof-missing", "oneof-no-else", "oneof-types"}
"""What is wrong with a OneOf that is being put together, and can otherwise be read."""


def mend_wires(draft: Draft, moved: Iterable[EntityId]) -> None:
    """Make every wire into and out of what was moved fit where it now is.

    Raises EditRefused naming the first wire that cannot: what the user asked for would break it silently.
    """
    concerned: dict[EntityId, None] = {}
    for one in moved:
        for inner in (one, *draft.descendants(one)):
            concerned[inner] = None
            concerned.update(dict.fromkeys(draft.users(inner)))
    for one in concerned:
        entity = draft.get(one)
        if entity is not None:
            _mend(draft, entity)


def _mend(draft: Draft, entity: Entity) -> None:
    at = reads_at(draft, entity)

    was = draft.base.get(entity.id)
    was_at = at if was is None else reads_at(draft.base, was)
    held = [] if was is None else [argument for _role, _key, argument in every_argument(was)]

    def mended(argument: Argument, wanted: PortType | None, key: str) -> Argument:
        if argument not in held:
            for leaf in leaves(argument):
                if isinstance(leaf, FromPipelineInput):
                    check_pipeline_input(draft, leaf, at)
        code = why_not_visible(draft, argument, at)[0]
        before = why_not_visible(draft.base, argument, was_at)[0] if argument in held else ""
        if not code:
            return argument
        if before and (before == code or before not in _INCOMPLETE):
            return argument  # broken before: not this edit's doing, and validation speaks of it
        base = argument
        while isinstance(base, Collected):
            base = base.source
        if isinstance(base, OneOf) and base.sources and not isinstance(argument, Collected):
            base = base.sources[0] if len(base.sources) == 1 else base
        name = f"'{name_of(draft, entity.id)}{'.' + key if key else ''}'"
        if isinstance(base, FromTask):
            try:
                found = fitting(draft, base, at, wanted, name=name)
            except EditRefused as refused:
                raise EditRefused(
                    f"The wire into {name} would break: {refused.message}", hint=refused.hint, subjects=(entity.id,)
                ) from None
            if _is_sound(draft, found, at, wanted):
                return found
        reason = why_not_visible(draft, argument, at)[1]
        raise EditRefused(f"The wire into {name} would break: {reason}", hint="Unplug it first.", subjects=(entity.id,))

    interface = draft.interface(entity.component) if isinstance(entity, Task) else None
    types = {port.name: port.type for port in interface.inputs} if interface else {}
    for role, key, argument in tuple(every_argument(entity)):
        wanted = types.get(key) if role == "argument" else None
        found = mended(argument, wanted, key)
        if found is not argument:
            _set(draft, entity.id, argument, found)
    if isinstance(entity, NODE_TYPES):
        for before in entity.after:
            node = draft.get(before)
            reason = why_not_after(draft, node, entity) if isinstance(node, NODE_TYPES) else ""
            if reason:
                raise EditRefused(reason, hint="Drop that 'runs after' first.", subjects=(entity.id, before))


def _is_sound(draft: Draft, argument: Argument, at: EntityId, wanted: PortType | None) -> bool:
    visible = not why_not_visible(draft, argument, at)[1]
    return visible and (wanted is None or not why_not_typed(draft, argument, at, wanted))


def _set(draft: Draft, entity_id: EntityId, old: Argument, new: Argument) -> None:
    substitute(draft, entity_id, lambda argument: new if argument is old else argument)


def refuse_cycles(draft: Draft, starts: Iterable[EntityId]) -> None:
    """Raises EditRefused if anything that was touched, or a group around it, now waits for itself."""
    touched: dict[EntityId, None] = {}
    for start in starts:
        touched[start] = None
        touched.update(dict.fromkeys(draft.ancestors(start)))
    path = find_cycle(draft, touched)
    if path:
        raise EditRefused(
            f"It would form a circle: {in_words(draft, path)}.",
            hint="KFP runs each group as a whole; take in what lies between, too.",
            subjects=tuple(path),
        )
