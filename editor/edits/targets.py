"""Which inputs a wire that is being dragged may end in: every one of them at once, before it is let go."""

from editor.edits.connecting import ITEMS, check_items, fitting, why_exit_task
from editor.edits.scopes import name_of
from editor.model import (
    DocumentView,
    EditRefused,
    EntityId,
    ExitHandler,
    FromLoop,
    FromTask,
    Loop,
    OneOf,
    PortType,
    Task,
)
from editor.model.port_types import TASK_FINAL_STATUS


def connect_targets(view: DocumentView, source: FromTask | FromLoop) -> dict[tuple[EntityId, str], str]:
    """Every input of the source's pipeline (a loop's list too, as ITEMS) -> "" if `connect` takes it, else why not.

    Worked out once for a gesture: O(tasks), the rules of a scope and of a component each being looked up once.
    """
    giver = source.task if isinstance(source, FromTask) else source.loop
    pipeline = view.pipeline_of(giver)
    blocked = _upstream(view, giver) if isinstance(source, FromTask) else set[EntityId]()
    memo: dict[tuple[EntityId, PortType], str] = {}
    rows: dict[tuple[EntityId, EntityId], list[tuple[str, str]]] = {}
    handlers = [view.get(child) for child in view.children(pipeline)]
    exit_tasks = {handler.exit_task for handler in handlers if isinstance(handler, ExitHandler)}
    found: dict[tuple[EntityId, str], str] = {}
    stack: list[tuple[EntityId, str]] = [(child, "") for child in view.children(pipeline)]
    while stack:
        node_id, inherited = stack.pop()
        node = view.node(node_id)
        circle = inherited
        if node_id == giver:
            circle = f"'{node.name}' cannot feed itself."
        elif not circle and node_id in blocked:
            circle = f"It would form a circle: '{name_of(view, giver)}' already waits for '{node.name}'."
        if isinstance(node, Task):
            reason = circle or (why_exit_task(view, node) if node_id in exit_tasks else "")
            key = (node.parent, node.component)
            if key not in rows:
                ports = view.interface(node.component).inputs
                rows[key] = [(port.name, _takes(view, source, node.parent, port.type, memo)) for port in ports]
            for name, problem in rows[key]:
                found[node_id, name] = reason or problem
            if not reason:
                _extend_choices(view, source, node, found)
            continue
        if isinstance(node, Loop):
            found[node_id, ITEMS] = circle or _why_not_items(view, source, node)
        inside = "" if giver == node_id else circle
        stack.extend((child, inside) for child in view.children(node_id))
    return found


def _takes(
    view: DocumentView,
    source: FromTask | FromLoop,
    at: EntityId,
    wanted: PortType,
    memo: dict[tuple[EntityId, PortType], str],
) -> str:
    if wanted == TASK_FINAL_STATUS:
        return "It is fed by the exit handler."
    if (at, wanted) not in memo:
        try:
            fitting(view, source, at, wanted)
            memo[at, wanted] = ""
        except EditRefused as refused:
            memo[at, wanted] = refused.message.removesuffix(" (the input)")
    return memo[at, wanted]


def _extend_choices(
    view: DocumentView, source: FromTask | FromLoop, task: Task, found: dict[tuple[EntityId, str], str]
) -> None:
    """An input that chooses among branches already is judged with what it has."""
    for name, argument in task.arguments.items():
        port = view.interface(task.component).input(name) if isinstance(argument, OneOf) else None
        if port is not None:
            try:
                fitting(view, source, task.parent, port.type, argument)
                found[task.id, name] = ""
            except EditRefused as refused:
                found[task.id, name] = refused.message


def _why_not_items(view: DocumentView, source: FromTask | FromLoop, loop: Loop) -> str:
    try:
        check_items(view, fitting(view, source, loop.parent, None), loop)
    except EditRefused as refused:
        return refused.message
    return ""


def _upstream(view: DocumentView, giver: EntityId) -> set[EntityId]:
    """The nodes that cannot read `giver` without a circle, nor can what lies in them: for it and for each group around

    it, the siblings that it waits for.
    """
    blocked: set[EntityId] = set()
    inner = giver
    for scope in view.ancestors(giver):
        graph = view.graph(scope)
        stack = [inner] if inner in graph else []
        while stack:
            for before in graph.pred[stack.pop()]:
                if before not in blocked:
                    blocked.add(before)
                    stack.append(before)
        inner = scope
    return blocked
