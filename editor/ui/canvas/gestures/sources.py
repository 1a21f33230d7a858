"""Which outputs could feed an input: what `edits.Targets` answers, asked from the other end."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from editor.edits import ITEMS, PortReasons, fitting
from editor.edits.connecting import check_items, why_exit_task
from editor.edits.scopes import exits, name_of, reads_at
from editor.model import DocumentView, EditRefused, EntityId, FromLoop, FromTask, Loop, Output, PortType, Task
from editor.model.port_types import why_not


class Sources(PortReasons):
    """Every output of the consumer's pipeline, and the items of the loops around it ("" as port).

    Outputs that leave no group are judged by type, once a type; the others one by one.
    """

    def __init__(self, view: DocumentView, consumer: EntityId, input: str) -> None:
        super().__init__()
        self._view = view
        self._consumer = consumer
        self._input = input
        node = view.get(consumer)
        self._node = node if isinstance(node, Task | Loop) else None
        if self._node is None:
            return
        self._pipeline = view.pipeline_of(consumer)
        self._wanted = _wanted(view, self._node, input)
        self._at = reads_at(view, self._node)
        self._loops = [
            scope
            for scope in (self._at, *view.ancestors(self._at))
            if isinstance(view.get(scope), Loop) and scope != consumer
        ]
        self._inside = {consumer, *(view.descendants(consumer) if isinstance(node, Loop) else ())}
        self._refusal = why_exit_task(view, self._node)
        self._by_type: dict[PortType, str] = {}
        self._leaves_nothing: dict[EntityId, bool] = {}

    def owners(self) -> Iterator[EntityId]:
        if self._node is not None:
            yield from self._loops
            yield from self._view.descendants(self._pipeline)

    @cached_property
    def _followers(self) -> set[EntityId]:
        return _downstream(self._view, self._consumer)

    def _judge(self, owner: EntityId) -> dict[str, str]:
        node, view = self._node, self._view
        giver = view.get(owner)
        if node is None:
            return {}
        if owner in self._loops:
            return {"": self._refusal or _tried(view, node, FromLoop(owner), self._at, self._wanted, self._input)}
        if not isinstance(giver, Task):
            return {}
        if giver.parent not in self._leaves_nothing:
            self._leaves_nothing[giver.parent] = exits(view, owner, self._at) == ()
        is_near = self._leaves_nothing[giver.parent]
        if not is_near and view.pipeline_of(owner) != self._pipeline:
            return {}
        ports = view.interface(giver.component).outputs
        circle = self._refusal or _circle(view, owner, self._consumer, self._inside, self._followers)
        if circle:
            return {port.name: circle for port in ports}
        return {port.name: self._why_not(node, owner, port, is_near=is_near) for port in ports}

    def _why_not(self, node: Task | Loop, owner: EntityId, port: Output, *, is_near: bool) -> str:
        if not is_near or self._wanted is None:
            source = FromTask(owner, port.name)
            return _tried(self._view, node, source, self._at, self._wanted, self._input)
        if port.type not in self._by_type:
            self._by_type[port.type] = why_not(port.type, self._wanted)
        return self._by_type[port.type]


class NoPorts(PortReasons):
    """Before a gesture has begun."""

    def owners(self) -> Iterator[EntityId]:
        return iter(())

    def _judge(self, owner: EntityId) -> dict[str, str]:
        return {}


class With(PortReasons):
    """The ports of `others`, and one where the wire may end whatever they say."""

    def __init__(self, others: PortReasons, port: tuple[EntityId, str]) -> None:
        super().__init__()
        self._others = others
        self._port = port

    def owners(self) -> Iterator[EntityId]:
        return iter(dict.fromkeys((*self._others.owners(), self._port[0])))

    def _judge(self, owner: EntityId) -> dict[str, str]:
        found = dict(self._others.of(owner))
        if owner == self._port[0]:
            found[self._port[1]] = ""
        return found


class Shared(PortReasons):
    """Ports that suit every one of several wires: refused with the first reason there is."""

    def __init__(self, several: Sequence[PortReasons]) -> None:
        super().__init__()
        self._several = several

    def owners(self) -> Iterator[EntityId]:
        return iter(dict.fromkeys(owner for each in self._several for owner in each.owners()))

    def _judge(self, owner: EntityId) -> dict[str, str]:
        found: dict[str, str] = {}
        for each in self._several:
            for name, reason in each.of(owner).items():
                found[name] = found.get(name) or reason
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
    """The nodes that wait for the consumer, or for a group around it, in the scope of each."""
    found: set[EntityId] = set()
    inner = consumer
    for scope in view.ancestors(consumer):
        graph = view.graph(scope)
        stack = [inner] if inner in graph else []
        while stack:
            for later in graph.successors(stack.pop()):
                if later not in found:
                    found.add(later)
                    stack.append(later)
        inner = scope
    return found
