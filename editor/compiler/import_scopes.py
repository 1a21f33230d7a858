"""The structure of a package: which tasks are groups, which sub-pipelines, what each name in it stands for. Pure."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from editor.compiler.cel import conjuncts, negated
from editor.compiler.import_components import PREFIXES, Components
from editor.compiler.shapes import check_dict, check_list, check_str
from editor.errors import EditorError
from editor.model import (
    MAX_GROUP_DEPTH,
    ROOT,
    Argument,
    Collected,
    EntityId,
    FromLoop,
    FromTask,
    Json,
    OneOf,
    derived_id,
)

Kind = Literal["leaf", "pipeline", "loop", "branch", "condition", "exit_handler"]
MAX_NODES = 100_000
ALL_COMPLETED = "ALL_UPSTREAM_TASKS_COMPLETED"

_PREFIXES: dict[Kind, str] = {
    "leaf": "t",
    "pipeline": "t",
    "loop": "l",
    "branch": "b",
    "condition": "i",
    "exit_handler": "x",
}
_EXIT_NAME = re.compile(r"exit-handler-\d+")
_BRANCHES_NAME = re.compile(r"condition-branches-\d+")


class NodeRecord:
    """A task of a DAG: a leaf, a sub-pipeline or a group with the scope inside it."""

    def __init__(self, name: str, key: str, kind: Kind, task: dict[str, Json], component: dict[str, Json]) -> None:
        self.name = name
        self.key = key
        self.kind: Kind = kind
        self.task = task
        self.component = component
        self.id = EntityId("")
        self.inner: Scope | None = None
        self.pipeline = EntityId("")

    def inputs(self, group: Literal["parameters", "artifacts"]) -> Iterator[tuple[str, dict[str, Json]]]:
        """(name, where it comes from) for what the task is given."""
        inputs = check_dict(self.task.get("inputs"), f"task '{self.name}': inputs")
        for name, source in check_dict(inputs.get(group), f"task '{self.name}': inputs.{group}").items():
            yield name, check_dict(source, f"task '{self.name}': inputs.{group}.{name}")

    def producers(self) -> set[str]:
        """The siblings whose outputs the task is given."""
        found: set[str] = set()
        for group, field in (("parameters", "taskOutputParameter"), ("artifacts", "taskOutputArtifact")):
            for _name, source in self.inputs("parameters" if group == "parameters" else "artifacts"):
                output = check_dict(source.get(field), f"task '{self.name}': {field}")
                if output:
                    found.add(check_str(output.get("producerTask"), f"task '{self.name}': producerTask"))
        return found

    def depends_on(self) -> list[str]:
        where = f"task '{self.name}': dependentTasks"
        return [check_str(name, where) for name in check_list(self.task.get("dependentTasks"), where)]

    def trigger(self) -> dict[str, Json]:
        return check_dict(self.task.get("triggerPolicy"), f"task '{self.name}': triggerPolicy")


class Scope:
    """A DAG: of the pipeline itself or of a group in it. `bindings` say what its inputs stand for."""

    def __init__(self, owner: EntityId, component: dict[str, Json], outer: "Scope | None", path: str) -> None:
        self.owner = owner
        self.component = component
        self.outer = outer
        self.path = path
        self.nodes: dict[str, NodeRecord] = {}
        self.bindings: dict[str, Argument] = {}
        self.kind: Kind = "pipeline"

    @property
    def dag(self) -> dict[str, Json]:
        return check_dict(self.component.get("dag"), f"{self.path or 'root'}.dag")

    def node(self, name: str) -> NodeRecord:
        """Raises EditorError if there is no such task."""
        if name not in self.nodes:
            place = f"'{self.path}'" if self.path else "the pipeline"
            raise EditorError(f"The package cannot be read: there is no task '{name}' in {place}, but one names it.")
        return self.nodes[name]

    def output(self, producer: str, key: str) -> Argument:
        """What `key` of the task `producer` in this scope stands for: through groups, to the task inside."""
        return self._output(producer, key, 0)

    def _output(self, producer: str, key: str, depth: int) -> Argument:
        if depth > MAX_GROUP_DEPTH:
            raise EditorError("The package cannot be read: an output is handed up in a circle.")
        node = self.node(producer)
        if node.inner is None:
            return FromTask(node.id, key)
        outputs = check_dict(node.inner.dag.get("outputs"), f"task '{producer}': outputs")
        where = f"task '{producer}': output '{key}'"
        sources = [node.inner._output(task, name, depth + 1) for task, name in selectors(outputs, key, where)]
        if not sources:
            raise EditorError(f"The package cannot be read: '{producer}' has no output '{key}', but a task takes it.")
        if node.kind == "condition" and len(sources) > 1:
            return OneOf(node.id, tuple(sources))
        source = sources[0]
        if node.kind == "loop":
            return source if isinstance(source, Collected) else Collected(source)
        return source


def selectors(outputs: dict[str, Json], key: str, where: str) -> list[tuple[str, str]]:
    """(task, output) pairs from which a DAG's output comes: several for a OneOf."""
    parameters = check_dict(outputs.get("parameters"), where)
    artifacts = check_dict(outputs.get("artifacts"), where)
    if key in parameters:
        source = check_dict(parameters[key], where)
        single = check_dict(source.get("valueFromParameter"), where)
        several = check_dict(source.get("valueFromOneof"), where).get("parameterSelectors")
        chosen, field = ([single] if single else check_list(several, where)), "outputParameterKey"
    elif key in artifacts:
        source = check_dict(artifacts[key], where)
        chosen, field = check_list(source.get("artifactSelectors"), where), "outputArtifactKey"
    else:
        return []
    found: list[tuple[str, str]] = []
    for selector in chosen:
        entry = check_dict(selector, where)
        found.append((check_str(entry.get("producerSubtask"), where), check_str(entry.get(field), where)))
    return found


class Structure:
    """Builds the scopes of a package. Each sub-pipeline is built once, however many tasks use it."""

    def __init__(self, components: Components) -> None:
        self.components = components
        self.pipelines: dict[EntityId, Scope] = {}
        self.names: dict[EntityId, str] = {}
        self._digests: dict[str, str] = {}
        self._open: set[str] = set()
        self._digesting: set[str] = set()
        self._count = 0

    def build_root(self, root: dict[str, Json]) -> Scope:
        scope = Scope(ROOT, root, None, "")
        self.pipelines[ROOT] = scope
        self._build(scope, "root", 0)
        if self._size(scope, {}) > MAX_NODES:
            raise _too_many()
        return scope

    def _size(self, scope: Scope, known: dict[EntityId, int]) -> int:
        """How many tasks run, sub-pipelines counted as often as they are used."""
        total = 0
        for node in scope.nodes.values():
            total += 1
            if node.inner is not None:
                total += self._size(node.inner, known)
            elif node.kind == "pipeline":
                if node.pipeline not in known:
                    known[node.pipeline] = self._size(self.pipelines[node.pipeline], known)
                total += known[node.pipeline]
        return total

    def _build(self, scope: Scope, namespace: str, depth: int) -> None:
        if depth > MAX_GROUP_DEPTH:
            raise EditorError(
                f"The package cannot be read: its groups and sub-pipelines nest over {MAX_GROUP_DEPTH} deep."
            )
        tasks = check_dict(scope.dag.get("tasks"), f"{scope.path or 'root'}: tasks")
        specs = {name: check_dict(task, f"task '{name}'") for name, task in tasks.items()}
        for name, task in specs.items():
            self._count += 1
            if self._count > MAX_NODES:
                raise _too_many()
            reference = check_dict(task.get("componentRef"), f"task '{name}': componentRef")
            key = check_str(reference.get("name"), f"task '{name}': componentRef.name")
            component = self.components.spec(key, name)
            kind = self._kind(name, task, component, specs, scope)
            node = NodeRecord(name, key, kind, task, component)
            node.id = derived_id(_PREFIXES[kind], namespace, scope.path, name)
            scope.nodes[name] = node
            if kind == "pipeline":
                node.pipeline = self._sub_pipeline(key, component, name, depth)
            elif kind != "leaf":
                if key in self._open:
                    raise _circle(key, name)
                self._open.add(key)
                inner = Scope(node.id, component, scope, f"{scope.path}/{name}".lstrip("/"))
                inner.kind = kind
                node.inner = inner
                self._build(inner, namespace, depth + 1)
                self._open.discard(key)

    def _sub_pipeline(self, key: str, component: dict[str, Json], task: str, depth: int) -> EntityId:
        if key in self._open:
            raise _circle(key, task)
        name = self.components.base_name(key)
        pipeline = derived_id("p", name, self._digest(key, task, 0))
        if pipeline not in self.pipelines:
            scope = Scope(pipeline, component, None, "")
            self.pipelines[pipeline] = scope
            self.names[pipeline] = name
            self._open.add(key)
            self._build(scope, pipeline, depth + 1)
            self._open.discard(key)
        return pipeline

    def _digest(self, key: str, task: str, depth: int) -> str:
        """Of what a component is, whatever it and those inside it are called in the package."""
        if key in self._digests:
            return self._digests[key]
        if key in self._digesting:
            raise _circle(key, task)
        if depth > MAX_GROUP_DEPTH:
            raise EditorError(
                f"The package cannot be read: its groups and sub-pipelines nest over {MAX_GROUP_DEPTH} deep."
            )
        self._digesting.add(key)
        component = self.components.spec(key, task)
        bare = {name: value for name, value in component.items() if name not in ("executorLabel", "dag")}
        if "dag" in component:
            dag = check_dict(component["dag"], f"components.{key}.dag")
            tasks: dict[str, Json] = {}
            for name, value in check_dict(dag.get("tasks"), f"components.{key}.dag.tasks").items():
                spec = check_dict(value, f"task '{name}'")
                reference = check_dict(spec.get("componentRef"), f"task '{name}': componentRef").get("name")
                inner = self._digest(check_str(reference, f"task '{name}': componentRef"), name, depth + 1)
                tasks[name] = {**spec, "componentRef": inner}
            bare["dag"] = {**dag, "tasks": tasks}
        else:
            label = check_str(component.get("executorLabel"), f"components.{key}.executorLabel")
            bare["executor"] = self.components.executor(label)
            bare["platform"] = self.components.platform(label)
        text = json.dumps(bare, sort_keys=True, default=str)
        self._digesting.discard(key)
        digest = self._digests[key] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return digest

    def _kind(
        self,
        name: str,
        task: dict[str, Json],
        component: dict[str, Json],
        siblings: dict[str, dict[str, Json]],
        scope: Scope,
    ) -> Kind:
        """What the SDK made the task from. Groups take injected inputs only, and have no caching options."""
        if "dag" not in component:
            return "leaf"
        has_injected_only = all(port.startswith(PREFIXES) for port in _input_names(component, name))
        if not has_injected_only:
            return "pipeline"
        if "parameterIterator" in task or "artifactIterator" in task:
            return "loop"
        trigger = check_dict(task.get("triggerPolicy"), f"task '{name}': triggerPolicy")
        if trigger.get("condition"):
            return "branch"
        is_named = bool(_EXIT_NAME.fullmatch(name) or _BRANCHES_NAME.fullmatch(name))
        if "cachingOptions" in task and not is_named:
            return "pipeline"
        if scope.outer is None and exit_task_of(name, siblings) is not None:
            return "exit_handler"
        return "condition" if self._is_chain(component, name) else "pipeline"

    def _is_chain(self, component: dict[str, Json], name: str) -> bool:
        """Whether all inside are conditions, each but the first one beginning with the negation of the first."""
        dag = check_dict(component.get("dag"), f"task '{name}': dag")
        tasks = check_dict(dag.get("tasks"), f"task '{name}': tasks")
        asked = [condition_of(check_dict(task, "task"), inner) for inner, task in tasks.items()]
        return len(asked) > 1 and len(chain_order(asked)) == len(asked)


def condition_of(task: dict[str, Json], name: str) -> str:
    """The CEL text on a task; empty if none."""
    trigger = check_dict(task.get("triggerPolicy"), f"task '{name}': triggerPolicy")
    return check_str(trigger.get("condition"), f"task '{name}': condition")


def chain_order(conditions: list[str]) -> list[int]:
    """The positions of an If / Elif / Else chain's conditions in their order; empty if they are no such chain."""
    split = [conjuncts(condition) for condition in conditions]
    if any(not condition for condition in conditions):
        return []
    firsts = [number for number, parts in enumerate(split) if len(parts) == 1 and not parts[0].startswith("!(")]
    if len(firsts) != 1:
        return []
    order = [firsts[0]]
    asked = [split[firsts[0]][0]]
    rest = sorted((number for number in range(len(split)) if number != firsts[0]), key=lambda n: (len(split[n]), n))
    while rest:
        expected = [negated(text) for text in asked]
        follower = next(
            (
                number
                for number in rest
                if split[number][: len(expected)] == expected
                and len(split[number]) == len(expected) + 1
                and not split[number][-1].startswith("!(")
            ),
            None,
        )
        if follower is None:
            last = rest[0]
            is_else = len(rest) == 1 and split[last] == expected
            return [*order, last] if is_else else []
        order.append(follower)
        asked.append(split[follower][-1])
        rest.remove(follower)
    return order


def exit_task_of(group: str, siblings: dict[str, dict[str, Json]]) -> str | None:
    """The sibling that runs after `group` whatever happens, and takes nothing from another task."""
    for name, task in siblings.items():
        trigger = check_dict(task.get("triggerPolicy"), f"task '{name}': triggerPolicy")
        if trigger.get("strategy") == ALL_COMPLETED and task.get("dependentTasks") == [group]:
            inputs = check_dict(task.get("inputs"), f"task '{name}': inputs")
            text = json.dumps(inputs, default=str)
            if '"taskOutputParameter"' not in text and '"taskOutputArtifact"' not in text:
                return name
    return None


def _input_names(component: dict[str, Json], task: str) -> list[str]:
    definitions = check_dict(component.get("inputDefinitions"), f"task '{task}': inputDefinitions")
    return [
        *check_dict(definitions.get("parameters"), f"task '{task}': inputDefinitions.parameters"),
        *check_dict(definitions.get("artifacts"), f"task '{task}': inputDefinitions.artifacts"),
    ]


def _too_many() -> EditorError:
    return EditorError(f"The package cannot be read: it has over {MAX_NODES:,} tasks.")


def _circle(key: str, task: str) -> EditorError:
    return EditorError(
        f"The package cannot be read: the component '{key}' contains itself, by way of the task '{task}'.",
        hint="KFP has no recursion; the package was written by another tool, or damaged.",
    )


def item_field(binding: Argument, selector: str) -> FromLoop | None:
    """The field of a loop's item that `parseJson(string_value)["field"]` takes; None for any other selector."""
    match = re.fullmatch(r'parseJson\(string_value\)\["([^"]+)"\]', selector)
    if match is None or not isinstance(binding, FromLoop) or binding.field is not None:
        return None
    return msgspec.structs.replace(binding, field=match[1])
