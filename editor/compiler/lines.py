"""Which lines of a package's text stand for which task or group: what a preview selects by, and shows."""

import re
from collections.abc import Iterator, Mapping

import msgspec

from editor.model import EntityId

_KEY = re.compile(r"( *)('(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|[^\s'\"#&*!|>%@`?{}\[\],-][^:]*):(?: (.*))?$")
_ROOT = "root"


class Span(msgspec.Struct, frozen=True):
    """Lines `first` to `last`, counted from 1. Several entities where one text stands for all of them."""

    first: int
    last: int
    entities: tuple[EntityId, ...]


class _Block:
    """A mapping of the text: its lines, and what the reader keeps of it."""

    def __init__(self, first: int) -> None:
        self.first = self.last = first
        self.tasks: dict[str, _Block] = {}
        self.refers: dict[str, str] = {}
        """Task to component."""
        self.executor = ""


def package_spans(text: str, source_map: Mapping[str, EntityId]) -> tuple[Span, ...]:
    """The spans of a package's text: each task's own entry first, then the components and executors that tasks use."""
    scopes, executors = _read(text)
    entries: dict[tuple[str, str], dict[EntityId, None]] = {}
    users: dict[str, dict[EntityId, None]] = {}
    for path, entity in source_map.items():
        at, scope = "", _ROOT
        for name in path.split("/"):
            at, scope = scope, scopes[scope].refers.get(name, "") if scope in scopes else ""
        entries.setdefault((at, path.rsplit("/", 1)[-1]), {})[entity] = None
        users.setdefault(scope, {})[entity] = None
    own: list[Span] = []
    used: list[Span] = []
    for name, scope in scopes.items():
        for task, block in scope.tasks.items():
            if (name, task) in entries:
                own.append(Span(block.first, block.last, tuple(entries[name, task])))
        used_by = tuple(users.get(name, ()))
        if used_by:
            used.append(Span(scope.first, scope.last, used_by))
            executor = executors.get(scope.executor)
            if executor is not None:
                used.append(Span(executor.first, executor.last, used_by))
    return (*own, *used)


def _read(text: str) -> tuple[dict[str, _Block], dict[str, _Block]]:
    """The root and the components by name, and the executors by label.

    Reads by indentation what the SDK's emitter wrote (two spaces a level, lists not indented): a YAML parser that keeps
    lines takes seconds for what this reads in milliseconds.
    """
    scopes: dict[str, _Block] = {}
    executors: dict[str, _Block] = {}
    path: list[str] = []
    open_blocks: list[tuple[int, _Block]] = []
    last = 0
    for number, depth, key, value in _keys(text):
        while open_blocks and open_blocks[-1][0] >= depth:
            open_blocks.pop()[1].last = number - 1
        path[depth:] = [key]
        block = _Block(number)
        match path:
            case ["root"] | ["components", _]:
                scopes[key] = block
            case ["deploymentSpec", "executors", _]:
                executors[key] = block
            case ["components", scope, *inner] | ["root" as scope, *inner]:
                if not _keep(scopes[scope], inner, value, block):
                    continue
            case _:
                continue
        open_blocks.append((depth, block))
        last = number
    last = max(last, _end(text))
    for _depth, block in open_blocks:
        block.last = last
    return scopes, executors


def _keep(scope: _Block, inner: list[str], value: str, block: _Block) -> bool:
    """Note what a line inside a scope says; whether it begins a task's entry."""
    match inner:
        case ["executorLabel"]:
            scope.executor = value
        case ["dag", "tasks", task, "componentRef", "name"]:
            scope.refers[task] = value
        case ["dag", "tasks", task]:
            scope.tasks[task] = block
            return True
        case _:
            pass
    return False


def _keys(text: str) -> Iterator[tuple[int, int, str, str]]:
    """(line, depth, key, value) of each line of the first document that begins with a key, as deep as it may lie."""
    reached = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line == "---":
            return
        found = _KEY.match(line)
        if found is None:
            continue
        depth, odd = divmod(len(found[1]), 2)
        if odd or depth > reached:
            continue  # the continuation of a long text
        reached = depth + 1
        yield number, depth, _plain(found[2]), _plain(found[3] or "")


def _end(text: str) -> int:
    """The last line of the first document."""
    first = text.split("\n---\n", 1)[0]
    return first.rstrip("\n").count("\n") + 1


def _plain(scalar: str) -> str:
    if len(scalar) > 1 and scalar[0] == scalar[-1] == "'":
        return scalar[1:-1].replace("''", "'")
    return scalar[1:-1] if len(scalar) > 1 and scalar[0] == scalar[-1] == '"' else scalar
