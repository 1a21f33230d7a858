"""Which inputs a wire that is being dragged may end in, worked out port by port as they are asked for."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from functools import cached_property

from editor.edits.connecting import ITEMS, check_items, fitting, why_exit_task
from editor.edits.scopes import name_of
from editor.model import (
    NODE_TYPES,
    DocumentView,
    EditRefused,
    EntityId,
    FromLoop,
    FromTask,
    Loop,
    Node,
    OneOf,
    PortType,
    Task,
)
from editor.model.port_types import TASK_FINAL_STATUS

Port = tuple[EntityId, str]


class PortReasons(Mapping[Port, str]):
    """(task or loop, port) -> "" if a wire may end there, else why not.

    An owner's ports are judged when one of them is first asked for: a gesture hovers a few, and shows a screenful, of
    what may be 30,000. Good for as long as the document does not change.
    """

    def __init__(self) -> None:
        self._judged: dict[EntityId, dict[str, str]] = {}

    def of(self, owner: EntityId) -> Mapping[str, str]:
        """The ports of one owner; empty if a wire could not come near it at all."""
        known = self._judged.get(owner)
        if known is None:
            known = self._judged[owner] = self._judge(owner)
        return known

    @abstractmethod
    def owners(self) -> Iterator[EntityId]:
        """Everything that has such ports."""

    @abstractmethod
    def _judge(self, owner: EntityId) -> dict[str, str]: ...

    def __getitem__(self, port: Port) -> str:
        return self.of(port[0])[port[1]]

    def __iter__(self) -> Iterator[Port]:
        return ((owner, name) for owner in self.owners() for name in self.of(owner))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Targets(PortReasons):
    """Every input of the source's pipeline (a loop's list too, as ITEMS): the rules of a scope and of a component are

    each looked up once.
    """

    def __init__(self, view: DocumentView, source: FromTask | FromLoop) -> None:
        super().__init__()
        self._view = view
        self._source = source
        self._giver = source.task if isinstance(source, FromTask) else source.loop
        self._pipeline = view.pipeline_of(self._giver)
        self._memo: dict[tuple[EntityId, PortType], str] = {}
        self._rows: dict[tuple[EntityId, EntityId], dict[str, str]] = {}
        self._circles: dict[EntityId, str] = {}
        self._here: dict[EntityId, bool] = {}

    def owners(self) -> Iterator[EntityId]:
        return self._view.descendants(self._pipeline)

    @cached_property
    def _blocked(self) -> set[EntityId]:
        return _upstream(self._view, self._giver) if isinstance(self._source, FromTask) else set()

    def _judge(self, owner: EntityId) -> dict[str, str]:
        view, source = self._view, self._source
        node = view.get(owner)
        if not isinstance(node, Task | Loop) or not self._is_here(node.parent):
            return {}
        if isinstance(node, Loop):
            return {ITEMS: self._circle(owner) or _why_not_items(view, source, node)}
        # A task that nothing names is before nothing and ends no handler: so are many, and every new one.
        if view.users(owner):
            reason = self._find_circle(node) or why_exit_task(view, node)
        elif owner == self._giver or node.parent != self._pipeline:
            reason = self._find_circle(node)
        else:
            reason = ""
        key = (node.parent, node.component)
        if key not in self._rows:
            ports = view.interface(node.component).inputs
            self._rows[key] = {port.name: self._takes(node.parent, port.type) for port in ports}
        if reason:
            return dict.fromkeys(self._rows[key], reason)
        return self._with_choices(node, self._rows[key])

    def _is_here(self, scope: EntityId) -> bool:
        known = self._here.get(scope)
        if known is None:
            known = self._here[scope] = self._view.pipeline_of(scope) == self._pipeline
        return known

    def _circle(self, group: EntityId) -> str:
        """Why what lies in a group, or the group itself, would wait for itself."""
        known = self._circles.get(group)
        if known is None:
            node = self._view.get(group)
            known = self._circles[group] = self._find_circle(node) if isinstance(node, NODE_TYPES) else ""
        return known

    def _find_circle(self, node: Node) -> str:
        if node.id == self._giver:
            return f"'{node.name}' cannot feed itself."
        # What lies in the loop that gives may read its item.
        around = "" if node.parent in (self._giver, self._pipeline) else self._circle(node.parent)
        if around or (isinstance(node, Task) and not self._view.users(node.id)) or node.id not in self._blocked:
            return around
        return f"It would form a circle: '{name_of(self._view, self._giver)}' already waits for '{node.name}'."

    def _takes(self, at: EntityId, wanted: PortType) -> str:
        if wanted == TASK_FINAL_STATUS:
            return "It is fed by the exit handler."
        if (at, wanted) not in self._memo:
            try:
                fitting(self._view, self._source, at, wanted)
                self._memo[at, wanted] = ""
            except EditRefused as refused:
                self._memo[at, wanted] = refused.message.removesuffix(" (the input)")
        return self._memo[at, wanted]

    def _with_choices(self, task: Task, row: dict[str, str]) -> dict[str, str]:
        """An input that chooses among branches already is judged with what it has."""
        found = row
        if not task.arguments:
            return found
        for name, argument in task.arguments.items():
            port = self._view.interface(task.component).input(name) if isinstance(argument, OneOf) else None
            if port is not None:
                try:
                    fitting(self._view, self._source, task.parent, port.type, argument)
                    found = {**found, name: ""}
                except EditRefused as refused:
                    found = {**found, name: refused.message}
        return found


def connect_targets(view: DocumentView, source: FromTask | FromLoop) -> dict[Port, str]:
    """Every input of the source's pipeline (a loop's list too, as ITEMS) -> "" if `connect` takes it, else why not."""
    targets = Targets(view, source)
    return {(owner, name): reason for owner in targets.owners() for name, reason in targets.of(owner).items()}


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
            for before in graph.predecessors(stack.pop()):
                if before not in blocked:
                    blocked.add(before)
                    stack.append(before)
        inner = scope
    return blocked
