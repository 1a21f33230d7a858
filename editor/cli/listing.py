"""What `pipeloom show` says of a pipeline, as JSON and as text: tasks by path, arguments as people think of them."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple, assert_never

from editor.cli.terminal import safe, short
from editor.model import (
    ROOT,
    Argument,
    Collected,
    Constant,
    DocumentView,
    EntityId,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Input,
    Json,
    OneOf,
    Pipeline,
    Task,
    Template,
)
from editor.model.port_types import type_words
from editor.model.references import ORDERING_ROLES, references

MAX_ROWS = 20_000
"""A sub-pipeline is listed once for each of its users; nested in one another, they could be endlessly many."""


class Row(NamedTuple):
    """A task as reached by one path; `prefix` is the path of the pipeline it lies in, with a slash, or empty."""

    path: str
    prefix: str
    task: Task


def rows(view: DocumentView) -> Iterator[Row]:
    """Every task under every path that it has, what waits after what it waits for, groups kept together."""
    count = 0
    order = _Order(view)
    stack = [_of_pipeline(order, ROOT, "", frozenset())]
    while stack:
        found = next(stack[-1], None)
        if found is None:
            stack.pop()
            continue
        count += 1
        if count > MAX_ROWS:
            return
        row, inside = found
        yield row
        component = view.get(row.task.component)
        if isinstance(component, Pipeline) and component.id not in inside:
            stack.append(_of_pipeline(order, component.id, f"{row.path}/", inside))


def as_json(view: DocumentView) -> dict[str, Json]:
    return {
        "name": view.root.name,
        "inputs": [_input(port) for port in view.root.inputs],
        "tasks": [
            {
                "path": row.path,
                "component": view.interface(row.task.component).name,
                "arguments": {
                    name: argument_json(view, argument, row.prefix) for name, argument in row.task.arguments.items()
                },
            }
            for row in rows(view)
        ],
        "outputs": [
            {"name": output.name, "type": str(output.type), "source": argument_json(view, output.source, "")}
            for output in view.root.outputs
        ],
    }


def argument_json(view: DocumentView, argument: Argument, prefix: str) -> dict[str, Json]:
    """The argument with paths instead of ids; `prefix` is that of the pipeline in which the consumer lies."""
    match argument:
        case Constant(value=value):
            return {"constant": value}
        case FromTask(task=task, output=output):
            return {"task": prefix + inner_path(view, task), "output": output}
        case FromPipelineInput(name=name):
            return {"input": name}
        case FromLoop(loop=loop, field=field):
            return {"loop": prefix + inner_path(view, loop), "field": field}
        case Template(parts=parts):
            return {
                "template": [part if isinstance(part, str) else argument_json(view, part, prefix) for part in parts]
            }
        case Collected(source=source):
            return {"collected": argument_json(view, source, prefix)}
        case OneOf(sources=sources):
            return {"oneof": [argument_json(view, source, prefix) for source in sources]}
    assert_never(argument)


def argument_text(view: DocumentView, argument: Argument, prefix: str) -> str:
    """The argument in a few words."""
    match argument:
        case Constant(value=value):
            return short(value)
        case FromTask(task=task, output=output):
            return f"{safe(prefix + inner_path(view, task))} → {safe(output)}"
        case FromPipelineInput(name=name):
            return f"pipeline input {safe(name)}"
        case FromLoop(loop=loop, field=field):
            return f"item of {safe(prefix + inner_path(view, loop))}" + (f", its {safe(field)}" if field else "")
        case Template(parts=parts):
            return "text: " + "".join(
                safe(part) if isinstance(part, str) else "{" + argument_text(view, part, prefix) + "}" for part in parts
            )
        case Collected(source=source):
            return f"all of {argument_text(view, source, prefix)}"
        case OneOf(sources=sources):
            return "one of " + " | ".join(argument_text(view, source, prefix) for source in sources)
    assert_never(argument)


def as_text(view: DocumentView) -> Iterator[str]:
    """Lines for people."""
    root = view.root
    yield safe(root.display_name or root.name)
    if root.description:
        yield from (f"  {safe(line)}" for line in root.description.strip().splitlines()[:10])
    if root.inputs:
        yield "Inputs"
        for port in root.inputs:
            default = f" = {short(port.default.value)}" if port.default else (" (optional)" if port.is_optional else "")
            yield f"  {safe(port.name)}: {type_words(port.type)}{default}"
    yield "Tasks"
    none = True
    for row in rows(view):
        none = False
        name = view.interface(row.task.component).name
        kind = "" if name == row.task.name else f"  ({safe(name)})"
        yield f"  {safe(row.path)}{kind}{'  (muted)' if row.task.is_muted else ''}"
        for key, argument in row.task.arguments.items():
            yield f"      {safe(key)} = {argument_text(view, argument, row.prefix)}"
    if none:
        yield "  none"
    if root.outputs:
        yield "Outputs"
        for output in root.outputs:
            yield f"  {safe(output.name)}: {type_words(output.type)} = {argument_text(view, output.source, '')}"


def inner_path(view: DocumentView, node: EntityId) -> str:
    """The path of a task or group within its pipeline."""
    names = [_name(view, node)]
    names += [_name(view, scope) for scope in view.ancestors(node) if not isinstance(view.get(scope), Pipeline)]
    return "/".join(reversed(names))


def _name(view: DocumentView, node: EntityId) -> str:
    return str(getattr(view.get(node), "name", node))


def _of_pipeline(
    order: "_Order", pipeline: EntityId, prefix: str, around: frozenset[EntityId]
) -> Iterator[tuple[Row, frozenset[EntityId]]]:
    inside = around | {pipeline}
    for task in order.tasks(pipeline):
        yield Row(prefix + inner_path(order.view, task.id), prefix, task), inside


class _Order:
    """The reader's order. Made from the references themselves: the document's graphs need networkx, slow to load."""

    def __init__(self, view: DocumentView) -> None:
        self.view = view
        self._edges: dict[EntityId, set[tuple[EntityId, EntityId]]] = {}
        for node in view.nodes():
            for reference in references(node):
                lifted = view.lifted(reference.target, node.id) if reference.role in ORDERING_ROLES else None
                if lifted is not None and lifted[1] != lifted[2]:
                    self._edges.setdefault(lifted[0], set()).add(lifted[1:])

    def tasks(self, scope: EntityId) -> Iterator[Task]:
        """Every task in a scope and in the groups in it, each after what it waits for as far as that can be."""
        stack = [iter(self._children(scope))]
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                continue
            entity = self.view.get(node)
            if isinstance(entity, Task):
                yield entity
            else:
                stack.append(iter(self._children(node)))

    def _children(self, scope: EntityId) -> list[EntityId]:
        """What waits for nothing first, by name where that leaves a choice; what waits in a circle last."""
        children = set(self.view.children(scope))
        waits: dict[EntityId, set[EntityId]] = {child: set() for child in children}
        gives: dict[EntityId, set[EntityId]] = {child: set() for child in children}
        for source, target in self._edges.get(scope, ()):
            if source in children and target in children:
                waits[target].add(source)
                gives[source].add(target)
        ordered: list[EntityId] = []
        ready = deque(self._by_name(child for child in children if not waits[child]))
        while ready:
            child = ready.popleft()
            ordered.append(child)
            for after in gives[child]:
                waits[after].discard(child)
            ready += self._by_name(after for after in gives[child] if not waits[after])
        return ordered + self._by_name(children.difference(ordered))

    def _by_name(self, nodes: Iterable[EntityId]) -> list[EntityId]:
        return sorted(nodes, key=lambda node: (_name(self.view, node), node))


def _input(port: Input) -> dict[str, Json]:
    return {"name": port.name, "type": str(port.type), "default": port.default.value if port.default else None}
