"""Sub-pipelines: making one of a selection, and putting in the place of a task what its sub-pipeline holds."""

from collections.abc import Collection, Mapping, Sequence
from functools import reduce

import msgspec

from editor.edits.draft import Draft
from editor.edits.naming import free_name
from editor.edits.references import clean, sweep
from editor.edits.rewiring import mend_wires, refuse_cycles
from editor.edits.scopes import argument_type, exit_handlers_of, name_of, why_not_visible
from editor.edits.substituting import Mapped, substitute, through
from editor.model import (
    NODE_TYPES,
    Argument,
    Condition,
    Constant,
    DocumentView,
    Edit,
    EditRefused,
    EntityId,
    ExitHandler,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Input,
    Pipeline,
    PipelineOutput,
    PortType,
    Task,
    Template,
    fresh_id,
    metrics,
)
from editor.model.arguments import leaves, refers_to
from editor.model.names import parameter_name, slug, unique
from editor.model.port_types import STRING
from editor.model.references import every_argument
from editor.model.renaming import argument_with_ids, with_ids

replace = msgspec.structs.replace


def extract_subpipeline(
    view: DocumentView, ids: Collection[EntityId], name: str | None = None
) -> tuple[Edit, EntityId]:
    """Make a sub-pipeline of things that lie side by side; and the id of the task that now stands for them."""
    chosen, _parent = side_by_side(view, ids)
    draft = Draft(view)
    task = extract(draft, chosen, name)
    return draft.edit("Make a sub-pipeline"), task


def side_by_side(view: DocumentView, ids: Collection[EntityId]) -> tuple[list[EntityId], EntityId]:
    """`ids` without what lies in another of them, and the scope in which all lie. Raises EditRefused if in several."""
    chosen = [one for one in dict.fromkeys(ids) if isinstance(view.get(one), NODE_TYPES)]
    inner = {one for one in chosen for scope in view.ancestors(one) if scope in chosen}
    chosen = [one for one in chosen if one not in inner]
    if not chosen:
        raise EditRefused("Select the tasks to wrap first.")
    parents = {view.node(one).parent for one in chosen}
    if len(parents) > 1:
        raise EditRefused(
            "The selected things lie in different groups.", hint="Select things that lie side by side in one scope."
        )
    parent = parents.pop()
    if isinstance(view.get(parent), Condition):
        raise EditRefused("Branches belong to their condition.", hint="Wrap the condition, or tasks in a branch.")
    return chosen, parent


def inline_subpipeline(view: DocumentView, task: EntityId) -> tuple[Edit, tuple[EntityId, ...]]:
    """Put what a sub-pipeline holds in the place of a task that uses it; and the ids of what was put there."""
    if task not in view:
        raise EditRefused("The sub-pipeline is not there any more.")
    draft = Draft(view)
    made = inline(draft, task)
    return draft.edit(f"Unwrap {name_of(view, task)}"), made


def extract(draft: Draft, chosen: list[EntityId], name: str | None) -> EntityId:
    """As extract_subpipeline, into a draft; `chosen` lie in one scope."""
    parent = draft.node(chosen[0]).parent
    inside = dict.fromkeys(inner for one in chosen for inner in (one, *draft.descendants(one)))
    _check_handlers(draft, chosen, inside)
    whole = _box_round(draft, parent, chosen)
    taken = {pipeline.name for pipeline in draft.pipelines()}
    pipeline = Pipeline(
        id=fresh_id("p", draft.entities),
        name=unique(slug(name or "sub-pipeline") or "sub-pipeline", taken.__contains__),
    )
    task = Task(
        id=fresh_id("t", draft.entities),
        parent=parent,
        name=free_name(draft, name or pipeline.name, draft.pipeline_of(parent)),
        component=pipeline.id,
    )
    outputs = _take_outputs(draft, inside, parent, task.id)
    inputs, arguments = _take_inputs(draft, inside, parent)
    after = _take_afters(draft, inside, task.id)
    for one in chosen:
        draft.put(replace(draft.node(one), parent=pipeline.id))
    draft.put(replace(pipeline, inputs=tuple(inputs), outputs=tuple(outputs)))
    draft.put(replace(task, arguments=arguments, after=after))
    x, y = _to_middle(draft, task.id, whole)
    draft.place(task.id, whole.x + x, whole.y + y)
    mend_wires(draft, [task.id, *chosen])
    refuse_cycles(draft, [task.id])
    return task.id


def _box_round(view: DocumentView, scope: EntityId, nodes: Sequence[EntityId]) -> metrics.Rect:
    """The box round some of what lies in a scope."""
    boxes = metrics.boxes(view, scope)
    return reduce(metrics.Rect.union, [boxes[one] for one in nodes])


def _to_middle(view: DocumentView, task: EntityId, whole: metrics.Rect) -> tuple[float, float]:
    """From the corner of what a sub-pipeline holds to that of its card in the middle, in steps of the grid.

    Both ways: so what is unwrapped comes to lie where it was.
    """
    wide, tall = metrics.card_size(view, task)
    grid = metrics.GRID
    return round((whole.width - wide) / 2 / grid) * grid, round((whole.height - tall) / 2 / grid) * grid


def _check_handlers(draft: Draft, chosen: list[EntityId], inside: Mapping[EntityId, None]) -> None:
    for one in chosen:
        entity = draft.get(one)
        if isinstance(entity, ExitHandler) and entity.exit_task not in inside:
            raise EditRefused(
                f"'{name_of(draft, entity.exit_task)}' runs after '{entity.name}'.", hint="Select it as well."
            )
        for handler in exit_handlers_of(draft, one):
            if handler.id not in inside:
                raise EditRefused(
                    f"'{name_of(draft, one)}' is the exit task of '{handler.name}'.", hint="Select that as well."
                )


def _take_outputs(
    draft: Draft, inside: Mapping[EntityId, None], parent: EntityId, task: EntityId
) -> list[PipelineOutput]:
    """Have what is outside read outputs of `task` where it read something inside; and these outputs."""
    pipeline = draft.pipeline_of(parent)
    found: dict[Argument, str] = {}
    outputs: list[PipelineOutput] = []

    def mapped(argument: Argument) -> Argument:
        if isinstance(argument, Constant | Template):
            return argument
        if not all(one in inside for one in refers_to(argument)) or next(iter(refers_to(argument)), None) is None:
            return argument
        if why_not_visible(draft, argument, parent)[1]:
            return argument
        if argument not in found:
            leaf = next(iter(leaves(argument)))
            wanted = parameter_name(leaf.output if isinstance(leaf, FromTask) else "item")
            taken = set(found.values())
            if wanted in taken and isinstance(leaf, FromTask):
                wanted = parameter_name(f"{name_of(draft, leaf.task)}_{leaf.output}")
            found[argument] = unique(wanted, taken.__contains__, "_")
            kind = argument_type(draft, argument, pipeline) or STRING
            outputs.append(PipelineOutput(name=found[argument], type=kind, source=argument))
        return FromTask(task, found[argument])

    users = dict.fromkeys(user for one in inside for user in draft.users(one) if user not in inside)
    for user in users:
        substitute(draft, user, mapped)
    return outputs


def _take_inputs(
    draft: Draft, inside: Mapping[EntityId, None], parent: EntityId
) -> tuple[list[Input], dict[str, Argument]]:
    """Have what is inside read pipeline inputs where it read something outside; the inputs, and what feeds them."""
    pipeline = draft.pipeline_of(parent)
    names: dict[Argument, str] = {}
    inputs: list[Input] = []

    def wanted_name(argument: Argument) -> str:
        match argument:
            case FromPipelineInput(name=name):
                return name
            case FromLoop(field=field):
                return parameter_name(field or "item")
            case _:
                leaf = next(iter(leaves(argument)))
                text = f"{name_of(draft, leaf.task)}_{leaf.output}" if isinstance(leaf, FromTask) else "input"
                return parameter_name(text)

    def mapped_for(wanted: PortType | None) -> Mapped:
        def mapped(argument: Argument) -> Argument:
            if isinstance(argument, Constant | Template):
                return argument
            sources = list(refers_to(argument))
            if any(one in inside for one in sources) or (not sources and not isinstance(argument, FromPipelineInput)):
                return argument
            if argument not in names:
                names[argument] = unique(wanted_name(argument), set(names.values()).__contains__, "_")
                kind = argument_type(draft, argument, pipeline) or wanted or STRING
                inputs.append(_input(draft, names[argument], kind, argument, pipeline))
            return FromPipelineInput(names[argument])

        return mapped

    for one in inside:
        entity = draft.get(one)
        ports = draft.interface(entity.component).inputs if isinstance(entity, Task) else ()
        kinds = {port.name: port.type for port in ports}
        for _role, key, argument in every_argument(entity) if entity is not None else ():
            through(argument, mapped_for(kinds.get(key)))
        substitute(draft, one, mapped_for(None))
    return inputs, {name: argument for argument, name in names.items()}


def _input(draft: Draft, name: str, kind: PortType, argument: Argument, pipeline: EntityId) -> Input:
    if isinstance(argument, FromPipelineInput):
        outer = next((port for port in draft.pipeline(pipeline).inputs if port.name == argument.name), None)
        if outer is not None:
            return Input(
                name=name,
                type=kind,
                default=outer.default,
                is_optional=outer.is_optional,
                description=outer.description,
            )
    return Input(name=name, type=kind)


def _take_afters(draft: Draft, inside: Mapping[EntityId, None], task: EntityId) -> tuple[EntityId, ...]:
    """Have what is outside wait for `task` where it waited for something inside; and what the inside waited for."""
    waited: dict[EntityId, None] = {}
    for one in inside:
        node = draft.node(one)
        outer = [before for before in node.after if before not in inside]
        if outer:
            waited.update(dict.fromkeys(outer))
            draft.put(replace(node, after=tuple(before for before in node.after if before in inside)))
        for user in draft.users(one):
            waiting = draft.get(user)
            if user not in inside and isinstance(waiting, NODE_TYPES) and one in waiting.after:
                after = dict.fromkeys(task if before in inside else before for before in waiting.after)
                draft.put(replace(waiting, after=tuple(after)))
    return tuple(waited)


def inline(draft: Draft, task_id: EntityId) -> tuple[EntityId, ...]:
    """As inline_subpipeline, into a draft."""
    task = draft.task(task_id)
    pipeline = draft.get(task.component)
    if not isinstance(pipeline, Pipeline):
        raise EditRefused(f"'{task.name}' is no sub-pipeline.")
    if exit_handlers_of(draft, task_id):
        raise EditRefused(f"'{task.name}' is an exit task: that is one task.")
    inner = list(draft.descendants(pipeline.id))
    if not isinstance(draft.get(task.parent), Pipeline) and any(
        isinstance(draft.get(one), ExitHandler) for one in inner
    ):
        raise EditRefused(f"'{pipeline.name}' has an exit handler, which can only stand at the top of a pipeline.")
    ids, notes = _copied(draft, inner, pipeline.id, task)
    top = [ids[one] for one in draft.children(pipeline.id)]
    _feed_inside(draft, [ids[one] for one in inner], pipeline, task)
    sources = {output.name: _with(output.source, ids) for output in pipeline.outputs}

    def mapped(argument: Argument) -> Argument:
        if isinstance(argument, FromTask) and argument.task == task_id:
            return sources.get(argument.output, argument)
        return argument

    users = draft.users(task_id)
    for user in users:
        substitute(draft, user, mapped)
        node = draft.get(user)
        if isinstance(node, NODE_TYPES) and task_id in node.after:
            after = [one for before in node.after for one in (top if before == task_id else [before])]
            draft.put(replace(node, after=tuple(dict.fromkeys(after))))
    for one in top:
        node = draft.node(one)
        if task.after and one not in task.after:
            draft.put(replace(node, after=tuple(dict.fromkeys((*node.after, *task.after)))))
    draft.drop(task_id)
    mend_wires(draft, [*top, *users])
    refuse_cycles(draft, top)
    sweep(draft, [pipeline.id])
    return (*top, *notes)


def _copied(
    draft: Draft, inner: list[EntityId], pipeline: EntityId, task: Task
) -> tuple[dict[EntityId, EntityId], list[EntityId]]:
    """Put copies of what lies in a pipeline into the task's scope, at its place; old id -> new id, and the notes'."""
    ids: dict[EntityId, EntityId] = {pipeline: task.parent}
    for one in inner:
        ids[one] = fresh_id(one[:1] or "t", {*draft.entities, *ids.values()})
    top_level = draft.children(pipeline)
    whole = (
        _box_round(draft, pipeline, top_level) if top_level else metrics.Rect(0, 0, *metrics.card_size(draft, task.id))
    )
    (x, y), (across, down) = metrics.position(draft, task.id), _to_middle(draft, task.id, whole)
    x, y = x - across - whole.x, y - down - whole.y
    outer = draft.pipeline_of(task.parent)
    notes = [note for note in draft.notes() if note.parent == pipeline]
    for one in inner:
        node = with_ids(draft.node(one), ids)
        assert isinstance(node, NODE_TYPES)
        draft.put(replace(node, name=free_name(draft, node.name, outer)))
        placement = draft.placement(one)
        if placement is not None:
            draft.put(replace(with_ids(placement, ids), x=placement.x + x, y=placement.y + y))
    put: list[EntityId] = []
    for note in notes:
        moved = replace(note, x=note.x + x, y=note.y + y, parent=outer)
        put.append(fresh_id("n", draft.entities))
        draft.put(replace(moved, id=put[-1]))
    ids.pop(pipeline)
    return ids, put


def _feed_inside(draft: Draft, nodes: list[EntityId], pipeline: Pipeline, task: Task) -> None:
    """Put what the task gives, or the defaults, where the pipeline's inputs were read."""
    given: dict[Argument, Argument] = {}
    for port in pipeline.inputs:
        argument = task.arguments.get(port.name, port.default)
        if argument is not None:
            given[FromPipelineInput(port.name)] = argument
    for one in nodes:
        clean(draft, one, lambda argument: isinstance(argument, FromPipelineInput) and argument not in given)
        substitute(draft, one, lambda argument: given.get(argument, argument) if _simple(argument) else argument)


def _simple(argument: Argument) -> bool:
    return isinstance(argument, FromPipelineInput)


def _with(argument: Argument, ids: Mapping[EntityId, EntityId]) -> Argument:
    return argument_with_ids(argument, ids)
