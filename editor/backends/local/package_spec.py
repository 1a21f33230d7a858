"""A package as the scheduler reads it: components, executors, and what must hold before anything of it is started."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from editor.backends.local.conditions import ConditionError, parse_condition
from editor.backends.local.install_line import PythonCommand, python_command
from editor.backends.local.shape import check_shape
from editor.errors import EditorError

Json: TypeAlias = Any
Spec: TypeAlias = dict[str, Any]

WAITS_FOR_ALL = "ALL_UPSTREAM_TASKS_COMPLETED"


@dataclass(frozen=True, slots=True)
class Container:
    """A container executor: `python` where it is a lightweight Python component, which needs no container here."""

    spec: Spec
    python: PythonCommand | None

    @property
    def image(self) -> str:
        return str(self.spec.get("image", ""))

    @property
    def command(self) -> list[str]:
        return [str(part) for part in self.spec.get("command", [])]

    @property
    def arguments(self) -> list[str]:
        return [str(part) for part in self.spec.get("args", [])]

    @property
    def environment(self) -> dict[str, str]:
        return {str(item.get("name", "")): str(item.get("value", "")) for item in self.spec.get("env", [])}


@dataclass(frozen=True, slots=True)
class Importer:
    spec: Spec


@dataclass(slots=True)
class PackageSpec:
    """The PipelineSpec as JSON, and the PlatformSpec's Kubernetes part by executor."""

    spec: Spec
    platform: Spec = field(default_factory=dict)
    _executors: dict[str, Container | Importer] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.spec.get("pipelineInfo", {}).get("name", "")) or "pipeline"

    @property
    def root(self) -> Spec:
        return self.spec["root"]

    @property
    def sdk_version(self) -> str:
        return str(self.spec.get("sdkVersion", "")).removeprefix("kfp-")

    @property
    def is_old_schema(self) -> bool:
        return str(self.spec.get("schemaVersion", "")).startswith("2.0")

    def component(self, task: Spec) -> Spec:
        name = str(task.get("componentRef", {}).get("name", ""))
        found = self.spec.get("components", {}).get(name)
        if not isinstance(found, dict):
            raise EditorError(f"The package has no component '{name}'.", hint="It is broken; compile it again.")
        return found

    def executor(self, component: Spec) -> Container | Importer:
        """Raises EditorError if the component has none that can be run here."""
        label = str(component.get("executorLabel", ""))
        if label not in self._executors:
            self._executors[label] = self._executor(label)
        return self._executors[label]

    def _executor(self, label: str) -> Container | Importer:
        found = self.spec.get("deploymentSpec", {}).get("executors", {}).get(label)
        if not isinstance(found, dict):
            raise EditorError(f"The package has no executor '{label}'.", hint="It is broken; compile it again.")
        if "container" in found:
            container: Spec = found["container"]
            command = [str(part) for part in container.get("command", [])]
            return Container(container, python_command(command))
        if "importer" in found:
            return Importer(found["importer"])
        kind = next(iter(found), "nothing")
        raise EditorError(f"The executor '{label}' is of a kind that cannot run here ({kind}).")

    def tasks(self) -> Iterator[tuple[str, Spec, Spec]]:
        """Every reachable (path, task, component); a component that several tasks share gives its inside once."""
        seen: set[str] = set()
        waiting: list[tuple[str, Spec]] = [("", self.root)]
        while waiting:
            prefix, component = waiting.pop()
            for name, task in tasks_of(component).items():
                inner = self.component(task)
                path = f"{prefix}{name}"
                yield path, task, inner
                reference = str(task.get("componentRef", {}).get("name", ""))
                if "dag" in inner and reference not in seen:
                    seen.add(reference)
                    waiting.append((f"{path}/", inner))

    def check(self) -> None:
        """Raises EditorError for what would only be found half-way through the run."""
        check_shape(self.spec)
        if "dag" not in self.spec.get("root", {}):
            raise EditorError("The package's root is no pipeline of tasks.", hint="Compile the pipeline again.")
        self._check_order("", self.root)
        for path, task, component in self.tasks():
            condition = task.get("triggerPolicy", {}).get("condition")
            if condition:
                try:
                    parse_condition(str(condition))
                except ConditionError as error:
                    raise EditorError(f"Task '{path}': {error.message}", hint=error.hint, subjects=[path]) from error
            if "dag" in component:
                self._check_order(f"{path}/", component)
            elif component.get("executorLabel"):
                self.executor(component)
            else:
                raise EditorError(
                    f"Task '{path}' has nothing to run.",
                    hint="An empty group compiles to this; put a task into it or delete it.",
                    subjects=[path],
                )
        self._check_nesting()

    def _check_order(self, prefix: str, component: Spec) -> None:
        tasks = tasks_of(component)
        if not tasks and not prefix:
            raise EditorError("The pipeline has no tasks.")
        waiting = {name: set(upstream_of(task)) for name, task in tasks.items()}
        for name, upstream in waiting.items():
            if missing := upstream - set(tasks):
                raise EditorError(
                    f"Task '{prefix}{name}' waits for '{sorted(missing)[0]}', which is not there.",
                    hint="The package is broken; compile it again.",
                    subjects=[prefix + name],
                )
        consumers: dict[str, list[str]] = {name: [] for name in tasks}
        for name, upstream in waiting.items():
            for producer in upstream:
                consumers[producer].append(name)
        ready = [name for name, upstream in waiting.items() if not upstream]
        done = 0
        while ready:
            done += 1
            for consumer in consumers[name := ready.pop()]:
                waiting[consumer].discard(name)
                if not waiting[consumer]:
                    ready.append(consumer)
        if done < len(tasks):
            circle = sorted(f"'{prefix}{name}'" for name, upstream in waiting.items() if upstream)
            raise EditorError(
                f"These tasks wait for each other in a circle: {', '.join(circle[:6])}.",
                hint="Remove a wire or an order between two of them.",
                subjects=[name.strip("'") for name in circle],
            )

    def _check_nesting(self) -> None:
        """A component inside itself would never end."""
        components: Spec = self.spec.get("components", {})
        inside = {
            name: {str(task.get("componentRef", {}).get("name", "")) for task in tasks_of(component).values()}
            for name, component in components.items()
        }
        free = [name for name, inner in inside.items() if not inner]
        users: dict[str, list[str]] = {name: [] for name in inside}
        for name, inner in inside.items():
            for each in inner:
                users.setdefault(each, []).append(name)
        while free:
            for user in users.get(name := free.pop(), []):
                inside[user].discard(name)
                if not inside[user]:
                    free.append(user)
        if endless := sorted(name for name, inner in inside.items() if inner & set(inside)):
            raise EditorError(f"The component '{endless[0]}' contains itself.", hint="The package is broken.")


def tasks_of(component: Spec) -> dict[str, Spec]:
    return component.get("dag", {}).get("tasks", {})


def upstream_of(task: Spec) -> Iterator[str]:
    """The names of the tasks that this one waits for, an order or an input each; repeats possible."""
    yield from task.get("dependentTasks", [])
    inputs: Spec = task.get("inputs", {})
    for source in [*inputs.get("parameters", {}).values(), *inputs.get("artifacts", {}).values()]:
        for kind in ("taskOutputParameter", "taskOutputArtifact", "taskFinalStatus"):
            if kind in source:
                yield str(source[kind].get("producerTask", ""))


def waits_for_all(task: Spec) -> bool:
    """Whether the task runs once everything before it has ended, however it ended."""
    return task.get("triggerPolicy", {}).get("strategy") == WAITS_FOR_ALL
