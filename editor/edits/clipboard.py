"""Copy and paste as text that people can read, mail and paste into another document, with all that it needs."""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from editor.edits.deleting import delete
from editor.edits.draft import Draft
from editor.edits.foreign_text import copied_part, not_whole, note_height, words_in
from editor.edits.naming import free_name
from editor.edits.ordering import why_not_after
from editor.edits.placing import add_note, box_of, shift
from editor.edits.references import clean, kept_test
from editor.edits.rewiring import refuse_cycles
from editor.edits.scopes import argument_type, exit_handlers_of, reads_at, why_not_visible
from editor.edits.tasks import check_scope, inner_pipelines
from editor.edits.wording import called
from editor.model import (
    GROUP_TYPES,
    NODE_TYPES,
    Argument,
    Component,
    Condition,
    ConditionBranch,
    Constant,
    DocumentView,
    Edit,
    EditRefused,
    Entity,
    EntityId,
    ExitHandler,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Loop,
    Note,
    OneOf,
    Pipeline,
    Placement,
    Task,
    fresh_id,
    placement_id,
)
from editor.model.port_types import why_not
from editor.model.renaming import with_ids

replace = msgspec.structs.replace

CLIPBOARD_FORMAT = 1
MAX_TEXT = 64 * 2**20
PASTE_OFFSET = 24


class _Clip(msgspec.Struct):
    """`selected` are the outermost things copied; `entities` they, what lies in them, and all that they use."""

    pipeloom_clipboard: int
    selected: list[EntityId]
    entities: list[Entity]


def copy(view: DocumentView, ids: Collection[EntityId]) -> str:
    """The selection as JSON text: tasks, groups with what lies in them, notes, and the components that they use."""
    try:
        # Formatted by msgspec too: the encoder of json that indents is written in Python, and 30 times slower.
        return msgspec.json.format(msgspec.json.encode(_clipped(view, ids)), indent=1).decode()
    except UnicodeEncodeError:
        raise EditRefused("What is selected holds half a character, which no text can.") from None


def _clipped(view: DocumentView, ids: Collection[EntityId]) -> _Clip:
    selected = _outermost(view, ids)
    if not selected:
        raise EditRefused("Select something to copy.")
    found: dict[EntityId, None] = {}
    for one in selected:
        for inner in (one, *view.descendants(one)):
            found[inner] = None
    for one in list(found):
        _take_needed(view, one, found)
    entities = [entity for one in found for entity in (view.get(one), view.placement(one)) if entity is not None]
    return _Clip(CLIPBOARD_FORMAT, selected, entities)


def cut(view: DocumentView, ids: Collection[EntityId]) -> tuple[str, Edit]:
    """The selection as text, and the edit that deletes it."""
    edit = delete(view, ids)
    return copy(view, ids), msgspec.structs.replace(edit, label=edit.label.replace("Delete", "Cut", 1))


def paste(
    view: DocumentView, text: str, *, parent: EntityId, x: float | None = None, y: float | None = None
) -> tuple[Edit, tuple[EntityId, ...]]:
    """Put copied things into a scope, their corner at (x, y) or a little beside where they were; and their ids.

    Names that are taken get a number. Wires from outside are kept where they may be read and types agree, as after a
    copy in the same document; others are unplugged. Plain words become a note. Raises EditRefused for other text.
    """
    copied = copied_part(text)
    if not copied:
        return _noted(view, words_in(text), parent=parent, x=x, y=y)
    return _pasted(view, _decoded(copied), parent=parent, x=x, y=y)


def _noted(
    view: DocumentView, words: str, *, parent: EntityId, x: float | None, y: float | None
) -> tuple[Edit, tuple[EntityId, ...]]:
    check_scope(view, parent)
    height = note_height(words)
    edit, note = add_note(view, view.pipeline_of(parent), words, x=x or 0.0, y=y or 0.0, height=height)
    return replace(edit, label="Paste note", merge_key=""), (note,)


def _pasted(
    view: DocumentView, clip: _Clip, *, parent: EntityId, x: float | None = None, y: float | None = None
) -> tuple[Edit, tuple[EntityId, ...]]:
    check_scope(view, parent)
    draft = Draft(view)
    table = {entity.id: entity for entity in clip.entities}
    selected = frozenset(clip.selected)
    ids = _fresh_ids(draft, table, selected)
    pipeline = draft.pipeline_of(parent)
    _embed(draft, table, ids, pipeline, selected)
    tops = dict.fromkeys(one for one in clip.selected if one in ids)
    pasted = [one for one in ids if isinstance(table[one], NODE_TYPES) and _home(table, one, selected) is None]
    for one in pasted:
        node = table[one]
        assert isinstance(node, NODE_TYPES)
        copied = with_ids(node, ids)
        assert isinstance(copied, NODE_TYPES)
        copied = replace(copied, name=free_name(draft, node.name, pipeline))
        if one in tops:
            copied = replace(copied, parent=parent)
        draft.put(copied)
        placement = table.get(placement_id(one))
        if isinstance(placement, Placement):
            draft.put(with_ids(placement, ids))
    for one in tops:
        note = table[one]
        if isinstance(note, Note):
            draft.put(replace(note, id=ids[one], parent=pipeline))
    made = [ids[one] for one in pasted]
    _check_handlers(draft, [ids[one] for one in tops], parent)
    for one in made:
        _unplug_illegal(draft, one)
    refuse_cycles(draft, made)
    result = tuple(ids[one] for one in tops)
    _put_at(draft, result, x, y)
    return draft.edit(f"Paste {called(draft, result)}"), result


def duplicate(
    view: DocumentView,
    ids: Collection[EntityId],
    *,
    parent: EntityId | None = None,
    x: float | None = None,
    y: float | None = None,
) -> tuple[Edit, tuple[EntityId, ...]]:
    """Copy things beside themselves, or into `parent` with their corner at (x, y); wires from outside are kept."""
    selected = _outermost(view, ids)
    edit, made = _pasted(view, _clipped(view, selected), parent=parent or _common_scope(view, selected), x=x, y=y)
    return replace(edit, label=f"Duplicate {called(view, selected)}"), made


def _common_scope(view: DocumentView, ids: Iterable[EntityId]) -> EntityId:
    parents = {entity.parent for one in ids if isinstance(entity := view.get(one), (*NODE_TYPES, Note))}
    if len(parents) != 1:
        raise EditRefused("Select things that lie side by side in one scope.")
    return parents.pop()


def _outermost(view: DocumentView, ids: Collection[EntityId]) -> list[EntityId]:
    chosen = {one for one in ids if isinstance(view.get(one), (*NODE_TYPES, Note))}
    found: list[EntityId] = []
    for one in dict.fromkeys(ids):
        if one not in chosen or any(scope in chosen for scope in view.ancestors(one)):
            continue
        entity = view.get(one)
        if isinstance(entity, ConditionBranch) and isinstance(view.get(entity.parent), Condition):
            raise EditRefused("A branch is copied with its condition.")
        found.append(one)
    return found


def _take_needed(view: DocumentView, one: EntityId, found: dict[EntityId, None]) -> None:
    """Add the component of a task and, of a sub-pipeline, all that lies in it."""
    stack = [one]
    while stack:
        task = view.get(stack.pop())
        if not isinstance(task, Task) or task.component in found:
            continue
        found[task.component] = None
        if isinstance(view.get(task.component), Pipeline):
            inner = list(view.descendants(task.component))
            found.update(dict.fromkeys(inner))
            found.update(dict.fromkeys(note.id for note in view.notes() if note.parent == task.component))
            stack.extend(inner)


def _decoded(text: str) -> _Clip:
    if len(text) > MAX_TEXT:
        raise EditRefused("The text is too long to be pasted.")
    try:
        clip = msgspec.json.decode(text.encode("utf-8"), type=_Clip)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise not_whole() from None
    if clip.pipeloom_clipboard > CLIPBOARD_FORMAT:
        raise EditRefused("That was copied by a newer Pipeloom.", hint="Update Pipeloom.")
    table = {entity.id: entity for entity in clip.entities}
    selected = frozenset(clip.selected)
    for entity in clip.entities:
        _check_clip(entity, table, selected)
    if not all(isinstance(table.get(one), (*NODE_TYPES, Note)) for one in clip.selected) or not clip.selected:
        raise EditRefused("The copied text does not hold what it says it holds.")
    return clip


def _check_clip(entity: Entity, table: Mapping[EntityId, Entity], selected: Collection[EntityId]) -> None:
    """Refuse a text, which anybody may have written, whose things lie nowhere or in a circle."""
    if isinstance(entity, Task) and not isinstance(table.get(entity.component), Component | Pipeline):
        raise EditRefused(f"The copied text lacks the component of '{entity.name}'.")
    if isinstance(entity, Component) and (not entity.id or entity.id.startswith("@")):
        raise EditRefused("The copied text is not sound.")
    if isinstance(entity, Placement):
        if entity.id != placement_id(entity.target):
            raise EditRefused("The copied text is not sound.")
        return
    seen: set[EntityId] = set()
    inner: Entity | None = entity
    while isinstance(inner, NODE_TYPES) and inner.id not in selected:
        if inner.id in seen:
            raise EditRefused("The copied text is not sound.")
        seen.add(inner.id)
        around = table.get(inner.parent)
        if isinstance(around, Task) or (isinstance(around, Condition) and not isinstance(inner, ConditionBranch)):
            raise EditRefused("The copied text is not sound.")
        inner = table.get(inner.parent)
    if inner is None or (isinstance(entity, NODE_TYPES) and not isinstance(inner, (*NODE_TYPES, Pipeline))):
        raise EditRefused("The copied text is not sound.")


def _fresh_ids(
    draft: Draft, table: Mapping[EntityId, Entity], selected: Collection[EntityId]
) -> dict[EntityId, EntityId]:
    """New ids for nodes and notes that are pasted; sub-pipelines that the document has, as they are, keep theirs."""
    ids: dict[EntityId, EntityId] = {}
    made: set[EntityId] = set()
    known = {one.id for one in table.values() if isinstance(one, Pipeline) and isinstance(draft.get(one.id), Pipeline)}
    for one, entity in table.items():
        if isinstance(entity, Component | Placement):
            continue
        home = _home(table, one, selected)
        if home in known:
            continue
        # Asked for one by one: to gather all that are taken would cost more than to paste a task.
        new = fresh_id(one[:1] or "t", draft.entities)
        while new in table or new in made:
            new = fresh_id(one[:1] or "t", draft.entities)
        made.add(new)
        ids[one] = new
    return ids


def _home(table: Mapping[EntityId, Entity], one: EntityId, selected: Collection[EntityId]) -> EntityId | None:
    """The sub-pipeline of the clip in which something lies, or which it is; None for what was selected."""
    entity = table.get(one)
    while isinstance(entity, (*NODE_TYPES, Note)) and entity.id not in selected:
        entity = table.get(entity.parent)
    return entity.id if isinstance(entity, Pipeline) else None


def _embed(
    draft: Draft,
    table: Mapping[EntityId, Entity],
    ids: Mapping[EntityId, EntityId],
    pipeline: EntityId,
    selected: Collection[EntityId],
) -> None:
    """Take in components, and the sub-pipelines that the document has not got."""
    for one, entity in table.items():
        home = _home(table, entity.target if isinstance(entity, Placement) else one, selected)
        if isinstance(entity, Component):
            if one not in draft:
                draft.put(entity)
        elif home is not None and home in ids:
            draft.put(with_ids(entity, ids))
    for entity in table.values():
        if isinstance(entity, Pipeline) and pipeline in inner_pipelines(draft, ids.get(entity.id, entity.id)):
            raise EditRefused(f"'{entity.name}' cannot be pasted here: it would lie in itself.")


def _check_handlers(draft: Draft, tops: Iterable[EntityId], parent: EntityId) -> None:
    """An exit handler pasted without its exit task, or not at the top of a pipeline, is none."""
    for one in tops:
        for inner in (one, *draft.descendants(one)):
            entity = draft.get(inner)
            if not isinstance(entity, ExitHandler):
                continue
            if not isinstance(draft.get(entity.parent), Pipeline):
                raise EditRefused("An exit handler can only stand at the top of a pipeline.")
            if len(exit_handlers_of(draft, entity.exit_task)) > 1 or entity.exit_task not in draft:
                raise EditRefused(f"Copy the exit task of '{entity.name}' together with it.")


def _unplug_illegal(draft: Draft, one: EntityId) -> None:
    """Take out of a pasted thing what it cannot read where it now is."""
    entity = draft.get(one)
    if entity is None:
        return
    at = reads_at(draft, entity)
    inputs = {port.name: port.type for port in draft.pipeline(draft.pipeline_of(at)).inputs}
    kinds = (
        {port.name: port.type for port in draft.interface(entity.component).inputs} if isinstance(entity, Task) else {}
    )

    def is_gone(argument: Argument) -> bool:
        match argument:
            case FromPipelineInput(name=name):
                return name not in inputs
            case FromTask(task=source):
                return source not in draft
            case FromLoop(loop=loop):
                return bool(why_not_visible(draft, argument, at)[1]) or loop not in draft
            case OneOf(condition=condition):
                return condition not in draft
            case _:
                return False

    clean(draft, one, is_gone, [before for before in getattr(entity, "after", ()) if not _may_wait(draft, one, before)])
    entity = draft.get(one)
    if isinstance(entity, Task):
        kept: dict[str, Argument] = {}
        for name, argument in entity.arguments.items():
            given = argument_type(draft, argument, draft.pipeline_of(one))
            wanted = kinds.get(name)
            fits = given is None or wanted is None or not why_not(given, wanted) or not _is_read(argument)
            if fits and not why_not_visible(draft, argument, at)[1]:
                kept[name] = argument
        draft.put(replace(entity, arguments=kept))

    def kept_where_it_is(argument: Argument) -> Argument | None:
        return None if why_not_visible(draft, argument, at)[1] else argument

    if isinstance(entity, Loop):
        draft.put(replace(entity, items=kept_where_it_is(entity.items) or Constant([])))
    elif isinstance(entity, ConditionBranch) and entity.test is not None:
        draft.put(replace(entity, test=kept_test(entity.test, kept_where_it_is)))


def _is_read(argument: Argument) -> bool:
    return isinstance(argument, FromTask | FromPipelineInput)


def _may_wait(draft: Draft, one: EntityId, before: EntityId) -> bool:
    node, later = draft.get(before), draft.get(one)
    return isinstance(node, NODE_TYPES) and isinstance(later, NODE_TYPES) and not why_not_after(draft, node, later)


def _put_at(draft: Draft, made: tuple[EntityId, ...], x: float | None, y: float | None) -> None:
    boxes = [box_of(draft, one) for one in made]
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    dx = PASTE_OFFSET if x is None else x - left
    dy = PASTE_OFFSET if y is None else y - top
    for one in made:
        entity = draft.get(one)
        if isinstance(entity, Note):
            draft.put(replace(entity, x=entity.x + dx, y=entity.y + dy))
        elif isinstance(entity, GROUP_TYPES):
            shift(draft, one, dx, dy)
        else:
            placement = draft.placement(one)
            draft.place(one, (placement.x if placement else 0.0) + dx, (placement.y if placement else 0.0) + dy)
