"""Groups: wrapping tasks into one, taking one away, moving tasks over an edge; each a single step, wires kept whole."""

from collections.abc import Callable, Collection, Iterable
from typing import Literal

import msgspec

from editor.edits.draft import Draft
from editor.edits.naming import free_name
from editor.edits.placing import put_at, stay_put
from editor.edits.rewiring import mend_wires, refuse_cycles
from editor.edits.scopes import branches_of, exit_handlers_of, kind_of, name_of
from editor.edits.subpipelines import extract, inline, side_by_side
from editor.edits.substituting import substitute
from editor.edits.tasks import check_scope
from editor.model import (
    GROUP_TYPES,
    NODE_TYPES,
    Argument,
    Comparison,
    Condition,
    ConditionBranch,
    Constant,
    DocumentView,
    Edit,
    EditRefused,
    EntityId,
    ExitHandler,
    FromLoop,
    Group,
    Loop,
    Node,
    Pipeline,
    Placement,
    Task,
    Test,
    fresh_id,
    metrics,
    placement_id,
)
from editor.model.arguments import leaves, refers_to
from editor.model.port_types import TASK_FINAL_STATUS, why_not_value
from editor.model.references import every_argument

replace = msgspec.structs.replace

GroupKind = Literal["if", "ifelse", "loop", "exit", "subpipeline"]

NO_TEST = Comparison(Constant(""), "==", Constant(""))
"""The test of a branch just made: validation asks for a better one."""


def add_group(
    view: DocumentView,
    kind: GroupKind,
    *,
    parent: EntityId,
    x: float,
    y: float,
    exit_task: EntityId | None = None,
) -> tuple[Edit, EntityId]:
    """Put an empty group on the canvas, for tasks to be dragged into; and its id."""
    check_scope(view, parent)
    draft = Draft(view)
    if kind == "subpipeline":
        raise EditRefused("A sub-pipeline is made of tasks.", hint="Select some, then wrap them.")
    outer, inner = _new_group(draft, kind, parent, [], exit_task)
    draft.put(Placement(id=placement_id(inner), target=inner, x=x, y=y))
    if kind == "ifelse":
        _put_beside(draft, branches_of(draft, outer)[-1].id, metrics.Rect(x, y, *metrics.EMPTY_GROUP_SIZE))
    return draft.edit(f"Add {_WORDS[kind]}"), outer


_WORDS = {"if": "an If", "ifelse": "an If with Else", "loop": "a loop", "exit": "an exit handler"}


def wrap(
    view: DocumentView,
    ids: Collection[EntityId],
    kind: GroupKind,
    *,
    name: str | None = None,
    exit_task: EntityId | None = None,
) -> tuple[Edit, EntityId]:
    """Put things that lie in one scope into a new group there; and the id of the group (of the task of a sub-pipeline).

    Wires out of the group are collected, or refused in words where the group lets nothing out. `exit_task` is the task
    that an exit handler runs at the end; without it, the one in reach that takes a final status.
    """
    draft = Draft(view)
    chosen, parent = side_by_side(view, ids)
    if kind == "subpipeline":
        task = extract(draft, chosen, name)
        return draft.edit("Make a sub-pipeline"), task
    if kind == "exit":
        exit_task = exit_task or _likely_exit_task(view, parent, chosen)
        chosen = [one for one in chosen if one != exit_task]
        if not chosen:
            raise EditRefused("There is nothing left to wrap beside the exit task.")
    for one in chosen:
        if exit_handlers_of(view, one):
            raise EditRefused(
                f"'{name_of(view, one)}' is an exit task: it stays beside its exit handler.", subjects=(one,)
            )
    outer, inner = _new_group(draft, kind, parent, chosen, exit_task, name)
    for one in chosen:
        draft.put(replace(draft.node(one), parent=inner))
    _lift_afters(draft, chosen, outer)
    mend_wires(draft, chosen)
    refuse_cycles(draft, [outer, inner])
    if kind == "ifelse":
        _put_beside(draft, branches_of(draft, outer)[-1].id, metrics.frame(draft, inner))
    return draft.edit(f"Wrap into {_WORDS[kind]}"), outer


def unwrap(view: DocumentView, group: EntityId) -> Edit:
    """Take a group away and leave what lies in it; of a sub-pipeline's task, put in what it stands for.

    A loop over a constant list leaves its first item in the place of the item. Raises EditRefused where something reads
    what only the group can give: its item, its collected or chosen outputs.
    """
    entity = view.get(group)
    draft = Draft(view)
    if isinstance(entity, Task):
        inline(draft, group)
        return draft.edit(f"Unwrap {entity.name}")
    if not isinstance(entity, GROUP_TYPES):
        raise EditRefused(f"'{name_of(view, group)}' is no group.")
    _open_up(draft, [entity])
    return draft.edit(f"Take away {kind_of(entity)} {entity.name}")


def unwrap_all(view: DocumentView, groups: Iterable[EntityId]) -> Edit:
    """As `unwrap`, for several groups, all or none; ids of what is no group are passed by."""
    draft = Draft(view)
    _open_up(draft, [entity for one in dict.fromkeys(groups) if isinstance(entity := view.get(one), GROUP_TYPES)])
    return draft.edit("Unwrap")


def _open_up(draft: Draft, groups: Iterable[Group]) -> None:
    """Take groups away in a draft; one that another took along, as a condition its branches, is passed by."""
    touched: dict[EntityId, None] = {}
    for one in groups:
        group = draft.get(one.id)
        if isinstance(group, GROUP_TYPES):
            touched.update(dict.fromkeys(_leave_contents(draft, group)))
    mend_wires(draft, touched)
    refuse_cycles(draft, touched)


def _leave_contents(draft: Draft, entity: Group) -> list[EntityId]:
    """Put what lies in a group beside it, wires as they are, and drop the group: what moved and what is gone."""
    target = entity.parent
    gone: list[Group] = [entity]
    around = draft.get(entity.parent)
    if isinstance(entity, Condition):
        gone.extend(branches_of(draft, entity.id))
    elif isinstance(entity, ConditionBranch) and isinstance(around, Condition):
        target = around.parent
        if len(draft.children(around.id)) == 1:
            gone.append(around)
    ids = {one.id for one in gone}
    children = [child for one in gone for child in draft.children(one.id) if child not in ids]
    if isinstance(entity, Loop):
        _put_first_item(draft, entity)
    for child in children:
        draft.put(replace(draft.node(child), parent=target))
    _hand_down_afters(draft, gone, children)
    for one in gone:
        draft.drop(one.id)
    return [*children, *ids]


def move_into(
    view: DocumentView,
    ids: Collection[EntityId],
    parent: EntityId,
    *,
    positions: dict[EntityId, tuple[float, float]] | None = None,
) -> Edit:
    """Move tasks and groups into another scope of the same pipeline; `positions` are where they are dropped.

    Wires that now cross an edge are collected, chosen or made plain again. What is not there any more is passed by.
    Raises EditRefused naming the first wire that cannot be, or if the scope is not there any more.
    """
    if parent not in view:
        raise EditRefused("The group that it was to go into is not there any more.")
    draft = Draft(view)
    chosen = [one for one in dict.fromkeys(ids) if one in view]
    for one, (x, y) in (positions or {}).items():
        if one in view:
            put_at(draft, one, x, y)
    moved: list[EntityId] = []
    for one in chosen:
        node = view.node(one)
        if isinstance(node, ConditionBranch) and isinstance(view.get(parent), Condition):
            raise EditRefused("A branch joins a condition by 'Add branch' there.")
        if node.parent != parent:
            _check_move(view, node, parent)
            draft.put(replace(node, parent=parent))
            moved.append(one)
    stay_put(draft, (view.node(one).parent for one in moved))
    mend_wires(draft, moved)
    refuse_cycles(draft, [*moved, *_groups_between(view, moved, parent)])
    label = f"Move {name_of(view, moved[0])}" if len(moved) == 1 else f"Move {len(moved)} things"
    where = view.get(parent)
    return draft.edit(f"{label} into {where.name}" if isinstance(where, GROUP_TYPES) else f"{label} out")


def add_branch(view: DocumentView, branch_or_condition: EntityId, test: Test | None) -> tuple[Edit, EntityId]:
    """Give a condition one more branch, before its Else (`test` None: the Else itself); and the id of the branch.

    A lone If becomes a condition of two branches.
    """
    draft = Draft(view)
    entity = view.get(branch_or_condition)
    if isinstance(entity, ConditionBranch) and isinstance(view.get(entity.parent), Condition):
        entity = view.get(entity.parent)
    if isinstance(entity, ConditionBranch):
        pipeline = view.pipeline_of(entity.id)
        condition = Condition(
            id=fresh_id("g", draft.entities),
            parent=entity.parent,
            name=free_name(draft, "condition-branches", pipeline),
            after=entity.after,
        )
        draft.put(condition)
        draft.put(replace(entity, parent=condition.id, order=0, after=()))
        _lift_afters(draft, [entity.id], condition.id)
    elif isinstance(entity, Condition):
        condition = entity
    else:
        raise EditRefused("Only an If can have another branch.")
    branches = branches_of(draft, condition.id)
    has_else = bool(branches) and branches[-1].test is None
    if test is None and has_else:
        raise EditRefused(f"'{condition.name}' has an Else already.", subjects=(branches[-1].id,))
    tested = [branch for branch in branches if branch.test is not None]
    order = max((branch.order for branch in branches if test is None or branch.test is not None), default=-1) + 1
    if test is not None and has_else and branches[-1].order <= order:
        draft.put(replace(branches[-1], order=order + 1))
    made = ConditionBranch(
        id=fresh_id("g", draft.entities),
        parent=condition.id,
        name=free_name(
            draft, "else" if test is None else ("elif" if tested else "if"), draft.pipeline_of(condition.id)
        ),
        test=test,
        order=order,
    )
    draft.put(made)
    frames = [metrics.frame(draft, branch.id) for branch in branches]
    if frames:
        _put_beside(draft, made.id, max(frames, key=lambda frame: frame.bottom))
    mend_wires(draft, [made.id])
    refuse_cycles(draft, [condition.id])
    return draft.edit("Add Else" if test is None else "Add a branch"), made.id


def set_group(view: DocumentView, group: EntityId, *, merge_key: str = "", **fields: object) -> Edit:
    """Set fields of a group: test, items, parallelism, exit_task, display_name, order.

    Raises EditRefused where the group cannot take them: see `connect` for items, and for what a test reads.
    """
    entity = view.get(group)
    if not isinstance(entity, GROUP_TYPES):
        raise EditRefused(f"'{name_of(view, group)}' is no group.")
    unknown = set(fields) - (set(entity.__struct_fields__) - {"id", "parent", "name", "after"})
    if unknown:
        raise ValueError(f"a {type(entity).__name__} has no {', '.join(sorted(unknown))}")
    draft = Draft(view)
    changed = replace(entity, **fields)
    parallelism = fields.get("parallelism")
    if isinstance(parallelism, int) and parallelism < 0:
        raise EditRefused("At most a number of iterations from 0 (no limit) up can run at a time.")
    if isinstance(changed, ExitHandler) and "exit_task" in fields:
        _check_exit_task(view, changed.exit_task, changed.parent, but=group)
    draft.put(changed)
    mend_wires(draft, [group])
    refuse_cycles(draft, [group])
    names = ", ".join(field.replace("_", " ") for field in fields)
    return draft.edit(f"Change {names} of {entity.name}", merge_key)


def _new_group(
    draft: Draft,
    kind: GroupKind,
    parent: EntityId,
    chosen: list[EntityId],
    exit_task: EntityId | None,
    name: str | None = None,
) -> tuple[EntityId, EntityId]:
    """(the group, the scope in it that takes the tasks)."""
    pipeline = draft.pipeline_of(parent)

    def made(wanted: str) -> tuple[EntityId, str]:
        return fresh_id("g", draft.entities), free_name(draft, wanted, pipeline)

    for inner in [*chosen, *(deep for node in chosen for deep in draft.descendants(node))]:
        if isinstance(draft.get(inner), ExitHandler):
            raise EditRefused(
                "An exit handler can only stand at the top of a pipeline, in no other group.", subjects=(inner,)
            )
    one, called = made(name or {"loop": "for-loop", "exit": "exit-handler", "ifelse": "condition"}.get(kind, "if"))
    match kind:
        case "loop":
            draft.put(Loop(id=one, parent=parent, name=called, items=Constant([1, 2, 3])))
            return one, one
        case "exit":
            if not isinstance(draft.get(parent), Pipeline):
                raise EditRefused(
                    f"An exit handler can only stand at the top of a pipeline, not in a {kind_of(draft.get(parent))}."
                )
            if exit_task is None:
                raise EditRefused(
                    "An exit handler needs a task to run at the end.",
                    hint="Place that task beside the others and choose it as the exit task.",
                )
            _check_exit_task(draft, exit_task, parent, but=None)
            draft.put(ExitHandler(id=one, parent=parent, name=called, exit_task=exit_task))
            return one, one
        case "ifelse":
            draft.put(Condition(id=one, parent=parent, name=called))
            branch, branch_name = made("if")
            draft.put(ConditionBranch(id=branch, parent=one, name=branch_name, test=NO_TEST))
            other, other_name = made("else")
            draft.put(ConditionBranch(id=other, parent=one, name=other_name, test=None, order=1))
            return one, branch
        case _:
            draft.put(ConditionBranch(id=one, parent=parent, name=called, test=NO_TEST))
            return one, one


def _check_exit_task(view: DocumentView, exit_task: EntityId, parent: EntityId, but: EntityId | None) -> None:
    task = view.get(exit_task)
    if not isinstance(task, Task) or task.parent != parent:
        raise EditRefused(f"The exit task '{name_of(view, exit_task)}' must lie beside its exit handler.")
    others = [handler for handler in exit_handlers_of(view, exit_task) if handler.id != but]
    if others:
        raise EditRefused(f"'{task.name}' is the exit task of '{others[0].name}' already.")
    waits = [name for name, argument in task.arguments.items() if not isinstance(argument, Constant)]
    if any(not _is_input(argument) for argument in task.arguments.values()) or task.after:
        raise EditRefused(
            f"'{task.name}' depends on other tasks, which an exit task cannot: they may have failed.",
            hint=f"Unplug {', '.join(waits) or 'what it runs after'} first.",
            subjects=(exit_task,),
        )
    followers = [user for user in view.users(exit_task) if user != but and isinstance(view.get(user), NODE_TYPES)]
    if followers:
        raise EditRefused(
            f"'{name_of(view, followers[0])}' depends on '{task.name}', which runs after everything as an exit task.",
            subjects=(followers[0],),
        )


def _is_input(argument: Argument) -> bool:
    return next(iter(refers_to(argument)), None) is None


def _likely_exit_task(view: DocumentView, parent: EntityId, chosen: list[EntityId]) -> EntityId | None:
    """The one task in reach that takes a final status and that nothing depends on."""
    found = [
        child
        for child in view.children(parent)
        if isinstance(task := view.get(child), Task)
        and any(port.type == TASK_FINAL_STATUS for port in view.interface(task.component).inputs)
        and not exit_handlers_of(view, child)
    ]
    inside = [one for one in found if one in chosen]
    return inside[0] if len(inside) == 1 else (found[0] if len(found) == 1 else None)


def _check_move(view: DocumentView, node: Node, parent: EntityId) -> None:
    check_scope(view, parent)
    if view.pipeline_of(parent) != view.pipeline_of(node.id):
        raise EditRefused("Things move between pipelines by cut and paste.")
    if parent == node.id or node.id in set(view.ancestors(parent)):
        raise EditRefused(f"'{node.name}' cannot lie in itself.")
    if isinstance(node, ConditionBranch) and isinstance(view.get(node.parent), Condition):
        raise EditRefused(f"'{node.name}' is a branch of '{name_of(view, node.parent)}': move the whole.")
    handlers = exit_handlers_of(view, node.id)
    if handlers and handlers[0].parent != parent:
        raise EditRefused(f"'{node.name}' is an exit task: it stays beside '{handlers[0].name}'.")
    if not isinstance(view.get(parent), Pipeline):
        inside = [node.id, *view.descendants(node.id)]
        if any(isinstance(view.get(one), ExitHandler) for one in inside):
            raise EditRefused("An exit handler can only stand at the top of a pipeline.")


def _groups_between(view: DocumentView, moved: Iterable[EntityId], parent: EntityId) -> list[EntityId]:
    """The groups that lost or got something, and those around them: a circle would go through one of them."""
    found: dict[EntityId, None] = {}
    for start in (parent, *(view.node(one).parent for one in moved)):
        for scope in (start, *view.ancestors(start)):
            if isinstance(view.get(scope), GROUP_TYPES):
                found[scope] = None
    return list(found)


def _lift_afters(draft: Draft, chosen: Collection[EntityId], group: EntityId) -> None:
    """Have what waits, from outside, for something now in `group` wait for the group: KFP knows no other way."""
    inside = {inner for one in chosen for inner in (one, *draft.descendants(one))}
    for one in inside:
        for user in draft.users(one):
            node = draft.get(user)
            if user in inside or not isinstance(node, NODE_TYPES) or one not in node.after:
                continue
            after = dict.fromkeys(group if before in inside else before for before in node.after)
            draft.put(replace(node, after=tuple(after)))


def _hand_down_afters(draft: Draft, gone: list[Group], children: list[EntityId]) -> None:
    """What the groups waited for, their children wait for; what waited for them, waits for their children."""
    ids = {one.id for one in gone}
    waited = dict.fromkeys(before for one in gone for before in one.after if before not in ids)
    if waited:
        for child in children:
            node = draft.node(child)
            draft.put(replace(node, after=tuple(dict.fromkeys((*node.after, *waited)))))
    for one in gone:
        for user in draft.users(one.id):
            node = draft.get(user)
            if isinstance(node, NODE_TYPES) and user not in ids and one.id in node.after:
                after = [before for before in node.after if before not in ids]
                draft.put(replace(node, after=tuple(dict.fromkeys((*after, *(c for c in children if c != user))))))


def _put_first_item(draft: Draft, loop: Loop) -> None:
    """Put the first item of a constant list where the item of the loop is read."""
    values = loop.items.value if isinstance(loop.items, Constant) and isinstance(loop.items.value, list | tuple) else ()
    readers = [user for user in draft.users(loop.id) if _reads_item(draft, user, loop.id)]
    if not readers:
        return
    if not values:
        names = ", ".join(f"'{name_of(draft, user)}'" for user in readers[:3])
        raise EditRefused(
            f"{names} read{'s' if len(readers) == 1 else ''} the item of the loop '{loop.name}'.",
            hint="Feed that from something else first.",
            subjects=tuple(readers),
        )

    def first(argument: Argument) -> Argument:
        if isinstance(argument, FromLoop) and argument.loop == loop.id:
            value = values[0]
            if argument.field is not None:
                value = value.get(argument.field) if isinstance(value, dict) else None
            return Constant(value)
        return argument

    for user in readers:
        _check_first(draft, user, first)
        substitute(draft, user, first)


def _check_first(draft: Draft, user: EntityId, first: Callable[[Argument], Argument]) -> None:
    """Refuse an item that the input, which took it as the SDK takes any item, does not take as a constant."""
    task = draft.get(user)
    if not isinstance(task, Task):
        return
    for name, argument in task.arguments.items():
        port = draft.interface(task.component).input(name)
        found = first(argument)
        if found is not argument and isinstance(found, Constant) and port is not None:
            problem = why_not_value(found.value, port.type)
            if problem:
                raise EditRefused(
                    f"'{task.name}.{name}' reads the item, and the first one does not fit. {problem}",
                    hint="Feed that from something else first.",
                    subjects=(user,),
                )


def _reads_item(draft: Draft, user: EntityId, loop: EntityId) -> bool:
    entity = draft.get(user)
    return entity is not None and any(_names_item(argument, loop) for _role, _key, argument in every_argument(entity))


def _names_item(argument: Argument, loop: EntityId) -> bool:
    return any(isinstance(leaf, FromLoop) and leaf.loop == loop for leaf in leaves(argument))


def _put_beside(draft: Draft, group: EntityId, frame: metrics.Rect) -> None:
    """Place an empty group under another."""
    y = frame.bottom + metrics.SIBLING_GAP
    draft.put(Placement(id=placement_id(group), target=group, x=frame.x, y=round(y / metrics.GRID) * metrics.GRID))
