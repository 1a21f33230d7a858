"""Which outputs could feed an input: what `edits.connect_targets` answers, asked from the other end."""

from editor.edits import ITEMS, fitting
from editor.edits.connecting import check_items, why_exit_task
from editor.edits.scopes import exits, name_of, reads_at, successors
from editor.model import DocumentView, EditRefused, EntityId, FromLoop, FromTask, Loop, PortType, Task
from editor.model.port_types import why_not

Port = tuple[EntityId, str]


def connect_sources(view: DocumentView, consumer: EntityId, input: str) -> dict[Port, str]:
    """Every output of the consumer's pipeline, and the items of the loops around it ("" as port) -> "" or why not.

    Worked out once for a gesture: outputs that leave no group are judged by type, once a type; the others one by one.
    """
    node = view.get(consumer)
    if not isinstance(node, Task | Loop):
        return {}
    wanted = _wanted(view, node, input)
    at = reads_at(view, node)
    inside = {consumer, *(view.descendants(consumer) if isinstance(node, Loop) else ())}
    followers = _downstream(view, consumer)
    refusal = why_exit_task(view, node)
    by_type: dict[PortType, str] = {}
    leaves_nothing: dict[EntityId, bool] = {}
    found: dict[Port, str] = {}
    for giver_id in view.descendants(view.pipeline_of(consumer)):
        giver = view.get(giver_id)
        if not isinstance(giver, Task):
            continue
        circle = refusal or _circle(view, giver_id, consumer, inside, followers)
        if giver.parent not in leaves_nothing:
            leaves_nothing[giver.parent] = exits(view, giver_id, at) == ()
        for port in view.interface(giver.component).outputs:
            if circle:
                found[giver_id, port.name] = circle
            elif leaves_nothing[giver.parent] and wanted is not None:
                if port.type not in by_type:
                    by_type[port.type] = why_not(port.type, wanted)
                found[giver_id, port.name] = by_type[port.type]
            else:
                found[giver_id, port.name] = _tried(view, node, FromTask(giver_id, port.name), at, wanted, input)
    for scope in (at, *view.ancestors(at)):
        if isinstance(view.get(scope), Loop) and scope != consumer:
            found[scope, ""] = refusal or _tried(view, node, FromLoop(scope), at, wanted, input)
    return found


def _wanted(view: DocumentView, node: Task | Loop, input: str) -> PortType | None:
    port = view.interface(node.component).input(input) if isinstance(node, Task) else None
    return port.type if port else None


def _tried(
    view: DocumentView,
    node: Task | Loop,
    source: FromTask | FromLoop,
    at: EntityId,
    wanted: PortType | None,
    input: str,
) -> str:
    current = node.arguments.get(input) if isinstance(node, Task) else node.items
    try:
        argument = fitting(view, source, at, wanted, current)
        if isinstance(node, Loop) and input == ITEMS:
            check_items(view, argument, node)
    except EditRefused as error:
        return error.message
    return ""


def _circle(
    view: DocumentView, giver: EntityId, consumer: EntityId, inside: set[EntityId], followers: set[EntityId]
) -> str:
    if giver in inside:
        return f"'{name_of(view, consumer)}' cannot feed itself."
    if giver in followers or any(scope in followers for scope in view.ancestors(giver)):
        return f"It would form a circle: '{name_of(view, giver)}' already waits for '{name_of(view, consumer)}'."
    return ""


def _downstream(view: DocumentView, consumer: EntityId) -> set[EntityId]:
    """The nodes that wait for the consumer, or for a group around it, in the scope of each.

    Walked by who uses whom: `view.graph` is built anew after every task that comes or goes, 0.2 s at 10,000 tasks.
    """
    found: set[EntityId] = set()
    inner = consumer
    for scope in view.ancestors(consumer):
        stack = [inner]
        while stack:
            for later in successors(view, scope, stack.pop()):
                if later not in found:
                    found.add(later)
                    stack.append(later)
        inner = scope
    return found
