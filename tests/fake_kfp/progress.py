"""How a run goes on: the tree of Argo nodes that a KFP 2 server reports as task details, one leaf further each poll."""

from collections.abc import Iterator
from typing import Any

NOW = "2026-01-02T03:04:05Z"


class Script:
    """What shall happen to the tasks of the runs made from now on, by task name; and how many turns a loop takes."""

    def __init__(self) -> None:
        self.fails: set[str] = set()
        self.cached: set[str] = set()
        self.skipped: set[str] = set()
        self.iterations = 2
        self.stays_pending = False


class NodeTree:
    """The nodes of one run, made from its IR; `leaves` run one after another."""

    def __init__(self, spec: dict[str, Any], script: Script, run_id: str) -> None:
        self._spec = spec
        self._script = script
        self._run_id = run_id
        self._nodes: list[dict[str, Any]] = []
        self.leaves: list[dict[str, Any]] = []
        self._entry = self._node("run-" + run_id[:5], [])
        root_driver = self._node("root-driver", [self._entry])
        root = self._node("root", [root_driver])
        self._scope(spec.get("root", {}), root)

    def details(self, done: int, *, is_cancelled: bool = False) -> tuple[str, list[dict[str, Any]]]:
        """(state of the run, its task details) after `done` leaves have finished."""
        failed = next((leaf for leaf in self.leaves[:done] if leaf["name"] in self._script.fails), None)
        count = len(self.leaves) if failed is None else self.leaves.index(failed) + 1
        is_over = done >= count
        details = []
        for node in self._nodes:
            state = self._state(node, done, count)
            if state is not None:
                details.append(self._detail(node, "FAILED" if is_cancelled and state == "RUNNING" else state))
        if is_cancelled:
            return "CANCELED", details
        if not is_over:
            return "RUNNING", details
        return ("FAILED" if failed else "SUCCEEDED"), details

    def _state(self, node: dict[str, Any], done: int, count: int) -> str | None:
        inside = [number for number in node["leaves"] if number < count]
        if not inside:
            return None
        if node["leaf"] and node["name"] in self._script.skipped:
            return "SKIPPED" if inside[0] < done else None
        if node["display"] == "executor" and node["name"] in self._script.cached:
            return "SKIPPED" if inside[0] < done else None
        failed = any(self.leaves[number]["name"] in self._script.fails for number in inside if number < done)
        if failed and not node["display"].endswith("-driver"):
            return "FAILED"
        if node["display"].endswith("-driver"):
            return "SUCCEEDED" if min(inside) <= done else None
        if all(number < done for number in inside) and len(inside) == len(node["leaves"]):
            return "SUCCEEDED"
        return "RUNNING" if min(inside) <= done else None

    def _detail(self, node: dict[str, Any], state: str) -> dict[str, Any]:
        detail: dict[str, Any] = {
            "run_id": self._run_id,
            "task_id": f"task-{node['pod']}",
            "display_name": node["display"],
            "create_time": NOW,
            "start_time": NOW,
            "state": state,
            "execution_id": "0",
            "pod_name": node["pod"],
            "state_history": [{"update_time": NOW, "state": state}],
        }
        if state not in ("RUNNING", "PENDING"):
            detail["end_time"] = NOW
        if state == "FAILED" and node["leaf"]:
            detail["error"] = {"code": 2, "message": "main: Error (exit code 1)"}
        if node["children"]:
            detail["child_tasks"] = [{"pod_name": child} for child in node["children"]]
        return detail

    def _node(
        self, display: str, parents: list[dict[str, Any]], *, name: str = "", leaf: bool = False
    ) -> dict[str, Any]:
        pod = f"wf-{self._run_id[:5]}-{len(self._nodes)}"
        node = {"display": display, "pod": pod, "children": [], "leaves": [], "name": name, "leaf": leaf}
        for parent in parents:
            parent["children"].append(pod)
        self._nodes.append(node)
        return node

    def _scope(self, component: dict[str, Any], around: dict[str, Any]) -> list[dict[str, Any]]:
        """The nodes of a DAG's tasks; gives the last ones, on which Argo hangs what depends on the DAG."""
        tasks = component.get("dag", {}).get("tasks", {})
        last: dict[str, list[dict[str, Any]]] = {}
        first = len(self.leaves)
        for name in _ordered(tasks):
            needed = [other for other in _dependencies(tasks[name]) if other in last]
            parents = [node for other in needed for node in last[other]] or [around]
            last[name] = self._task(name, tasks[name], parents)
        around["leaves"] += [number for number in range(first, len(self.leaves)) if number not in around["leaves"]]
        used = {other for task in tasks.values() for other in _dependencies(task)}
        return [node for name, nodes in last.items() if name not in used for node in nodes]

    def _task(self, name: str, task: dict[str, Any], parents: list[dict[str, Any]]) -> list[dict[str, Any]]:
        component = self._spec.get("components", {}).get(task.get("componentRef", {}).get("name"), {})
        first = len(self.leaves)
        mine: list[dict[str, Any]] = []
        if "parameterIterator" in task or "artifactIterator" in task:
            loop = self._node(name, parents)
            driver = self._node("iteration-driver", [loop])
            group = self._node("iteration-iterations", [driver])
            mine += [loop, driver, group]
            ends: list[dict[str, Any]] = []
            for number in range(self._script.iterations):
                before = len(self.leaves)
                iteration = self._node(f"iteration-iterations({number}:{number})", [group])
                item_driver = self._node("iteration-item-driver", [iteration])
                item = self._node("iteration-item", [item_driver])
                ends += self._scope(component, item)
                for node in (iteration, item_driver):
                    node["leaves"] = list(range(before, len(self.leaves)))
        elif "dag" in component:
            driver = self._node(f"{name}-driver", parents)
            group = self._node(name, [driver])
            mine += [driver, group]
            ends = self._scope(component, group)
        else:
            driver = self._node(f"{name}-driver", parents, name=name)
            task_node = self._node(name, [driver], name=name, leaf=True)
            executor = self._node("executor", [task_node], name=name)
            mine += [driver, task_node, executor]
            self.leaves.append(task_node)
            ends = [executor]
        for node in (*mine, self._entry):
            node["leaves"] += [n for n in range(first, len(self.leaves)) if n not in node["leaves"]]
        return ends


def _dependencies(task: dict[str, Any]) -> list[str]:
    inputs = task.get("inputs", {})
    found = list(task.get("dependentTasks", []))
    for kind, key in (("parameters", "taskOutputParameter"), ("artifacts", "taskOutputArtifact")):
        found += [given[key]["producerTask"] for given in inputs.get(kind, {}).values() if key in given]
    return list(dict.fromkeys(found))


def _ordered(tasks: dict[str, Any]) -> Iterator[str]:
    waiting = {name: set(_dependencies(tasks[name])) & tasks.keys() for name in sorted(tasks)}
    while waiting:
        ready = [name for name, needed in waiting.items() if not needed]
        for name in ready or list(waiting):
            del waiting[name]
            yield name
        for needed in waiting.values():
            needed.difference_update(ready)
