"""What a server tells of a run's tasks, as states by task path.

KFP 2 reports the nodes of an Argo workflow: beside each task its driver and executor, a node for each iteration, names
without their surroundings. A node's children are what comes after it, inside or beside; so a task's groups and the
iteration that it belongs to are found by walking up.
"""

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from editor.runs import State

_STATES: dict[str, State] = {
    "PENDING": "PENDING",
    "RUNNING": "RUNNING",
    "SUCCEEDED": "SUCCEEDED",
    "SKIPPED": "SKIPPED",
    "FAILED": "FAILED",
    "CANCELED": "CANCELED",
    "CANCELING": "RUNNING",
    "PAUSED": "RUNNING",
}
_REMARKS = {"CANCELING": "is being cancelled", "PAUSED": "is paused"}
_ITERATION = re.compile(r"iteration-iterations\((\d+)(?::.*)?\)")
_MAX_PATHS = 50_000


class TaskReport(NamedTuple):
    """One task at one moment; times are UTC ISO 8601, empty where it has not got so far."""

    state: State
    message: str
    started: str
    finished: str


def state_of(text: str) -> State:
    """A server's RuntimeState as ours; what it does not say counts as not begun."""
    return _STATES.get(text, "PENDING")


def remark_on(text: str) -> str:
    """What our states cannot say of a RuntimeState."""
    return _REMARKS.get(text, "")


def paths_of_spec(spec: Mapping[str, Any]) -> Iterator[str]:
    """The paths of all tasks and groups of an IR pipeline, a shared sub-pipeline's once for each of its users."""
    components = spec.get("components") or {}
    waiting: deque[tuple[str, Any, frozenset[str]]] = deque([("", spec.get("root") or {}, frozenset())])
    count = 0
    while waiting:
        prefix, component, around = waiting.popleft()
        for name, task in ((component.get("dag") or {}).get("tasks") or {}).items():
            count += 1
            if count > _MAX_PATHS:
                return
            yield prefix + name
            used = (task.get("componentRef") or {}).get("name", "")
            if used in components and used not in around:
                waiting.append((f"{prefix}{name}/", components[used], around | {used}))


def task_reports(details: Iterable[Mapping[str, Any]], paths: Collection[str]) -> dict[str, TaskReport]:
    """State by path, iterations numbered (`train-loop[3]/score`), for the tasks among `paths`.

    Without `paths` the names stand for themselves. Where one name could be several tasks, the groups around decide.
    """
    return _Nodes(details, paths).reports()


class _Nodes:
    """The reported nodes, their upward links, and the paths that their names may stand for."""

    def __init__(self, details: Iterable[Mapping[str, Any]], paths: Collection[str]) -> None:
        self._details = list(details)
        self._by_key: dict[str, int] = {}
        for number, detail in enumerate(self._details):
            for key in (detail["pod"], detail["id"]):
                if key:
                    self._by_key.setdefault(key, number)
        self._up: dict[int, list[int]] = {}
        for number, detail in enumerate(self._details):
            for child in detail["children"]:
                below = self._by_key.get(child)
                if below is not None and below != number:
                    self._up.setdefault(below, []).append(number)
            above = self._by_key.get(detail["parent"])
            if above is not None and above != number:
                self._up.setdefault(number, []).append(above)
        self._paths: dict[str, list[str]] = {}
        for path in _with_groups(paths) or [each["name"] for each in self._details if _is_task_name(each["name"])]:
            self._paths.setdefault(path.rsplit("/", 1)[-1], []).append(path)
        self._iterations = self._found_iterations()
        self._loop_names = {self._details[loop]["name"] for loop in self._iterations}

    def reports(self) -> dict[str, TaskReport]:
        found: dict[str, TaskReport] = {}
        for loop, iterations in self._iterations.items():
            for number, turn in iterations.items():
                path = self._free_path(loop, found)
                found[f"{path}[{turn}]"] = self._report(number, self._details[number])
        # What one name might mean twice comes last, the nodes with least above them first: a task inside a group is
        # reported under fewer nodes than one that waits for the group.
        known = [number for number, detail in enumerate(self._details) if detail["name"] in self._paths]
        clear = [number for number in known if len(self._paths[self._details[number]["name"]]) == 1]
        unclear = [number for number in known if len(self._paths[self._details[number]["name"]]) > 1]
        for number in (*clear, *sorted(unclear, key=lambda each: len(list(self._above(each))))):
            found[self._free_path(number, found)] = self._report(number, self._details[number])
        return found

    def _report(self, number: int, detail: Mapping[str, Any]) -> TaskReport:
        state = state_of(detail["state"])
        if state == "SUCCEEDED" and any(
            self._details[child]["name"] == "executor" and self._details[child]["state"] == "SKIPPED"
            for child in (self._by_key.get(key, number) for key in detail["children"])
        ):
            # The driver found an earlier result, so the executor had nothing to do.
            state = "CACHED"
        message = detail["message"] or remark_on(detail["state"])
        return TaskReport(state, message, detail["started"], detail["finished"])

    def _free_path(self, number: int, taken: Collection[str]) -> str:
        """The path of a task's or group's node, with the iterations around it, one not taken if there is a choice."""
        names = self._paths[self._details[number]["name"]]
        if len(names) == 1:
            return self._with_iterations(names[0], number)
        above = {self._details[each]["name"] for each in self._above(number)}
        fitting = [path for path in names if all(name in above for name in path.split("/")[:-1])] or names
        fitting.sort(key=lambda path: -path.count("/"))
        made = [self._with_iterations(path, number) for path in fitting]
        return next((path for path in made if path not in taken), made[0])

    def _with_iterations(self, path: str, number: int) -> str:
        *around, name = path.split("/")
        parts = [name]
        here = number
        for group in reversed(around):
            found = self._nearest_iteration(here, group) if group in self._loop_names else None
            if found is None:
                parts.append(group)
            else:
                here, turn = found
                parts.append(f"{group}[{turn}]")
        return "/".join(reversed(parts))

    def _nearest_iteration(self, number: int, loop_name: str) -> tuple[int, str] | None:
        for above in self._above(number):
            for loop, iterations in self._iterations.items():
                if above in iterations and self._details[loop]["name"] == loop_name:
                    return above, iterations[above]
        return None

    def _found_iterations(self) -> dict[int, dict[int, str]]:
        """The iterations of each loop's node: their nodes and numbers. The loop is the nearest task above them."""
        found: dict[int, dict[int, str]] = {}
        for number, detail in enumerate(self._details):
            turn = _ITERATION.fullmatch(detail["name"])
            if turn is None:
                continue
            loop = next((above for above in self._above(number) if self._details[above]["name"] in self._paths), None)
            if loop is not None:
                found.setdefault(loop, {})[number] = turn.group(1)
        return found

    def _above(self, number: int) -> Iterator[int]:
        """The nodes above, nearest first; the links of a broken report may form a circle."""
        seen = {number}
        waiting = deque(self._up.get(number, ()))
        while waiting:
            above = waiting.popleft()
            if above in seen:
                continue
            seen.add(above)
            yield above
            waiting.extend(self._up.get(above, ()))


def _with_groups(paths: Collection[str]) -> list[str]:
    """The paths and those of the groups around them, each once."""
    found: dict[str, None] = {}
    for path in paths:
        parts = path.split("/")
        for count in range(1, len(parts) + 1):
            found["/".join(parts[:count])] = None
    return list(found)


def _is_task_name(name: str) -> bool:
    return not (name in ("", "root", "executor", "iteration-item") or name.endswith("-driver") or "(" in name)
