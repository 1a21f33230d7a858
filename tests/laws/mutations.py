"""Random damage to a sound document: what a hand-written file, a plug-in or a bug of ours could make of it.

Entities are replaced in the table itself, past the gestures that would refuse it. What comes out is often wrong in a
way that validation must say, and often only unusual, in a way that must compile.
"""

import random
from collections.abc import Callable
from typing import Any

import msgspec

from editor.model import (
    NODE_TYPES,
    Argument,
    ArtifactType,
    Caching,
    Collected,
    Comparison,
    Component,
    Condition,
    ConditionBranch,
    Constant,
    ContainerImplementation,
    Document,
    DocumentView,
    Entity,
    EntityId,
    ExitHandler,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Input,
    Json,
    KubernetesSetting,
    Loop,
    Node,
    OneOf,
    Output,
    Pipeline,
    PipelineConfig,
    PipelineOutput,
    PortType,
    Resources,
    Retry,
    Task,
    Template,
    Workspace,
    with_digest_id,
)
from editor.model.kubernetes import KUBERNETES_FUNCTIONS, KubernetesParameter
from editor.model.port_types import (
    ARTIFACT,
    BOOLEAN,
    DATASET,
    DOUBLE,
    INTEGER,
    LIST,
    MODEL,
    STRING,
    STRUCT,
    TASK_CONFIG,
    TASK_FINAL_STATUS,
)

Mutation = Callable[[random.Random, Document], Entity | None]
"""The entity to put in the place of the one with its id; None where the document has nothing to damage like that."""

VALUES: tuple[Json, ...] = (
    *("", "text", "it's", 'a "quote"', "back\\slash", "line\nbreak", "ü 日本", "{{$.pipeline_job_name}}", "{x}"),
    *("{{$.inputs.parameters['x']}}", "{{workflow.name}}", "{{", "0", "5", "true", "gs://bucket/a"),
    *(0, -1, 5, 2**53, 2**53 + 1, 2.5, 3.0, 1e300, -0.0, float("nan"), float("inf"), True, False, None),
    *([], ["a"], [1, 2], [[1], [2]], [{"a": 1}], [{"a": 1}, {"b": 2}], [None], ["a", 1], [True, False]),
    *({}, {"a": 1}, {"a": {"b": [None]}}, {"a": 2**60}, {"a b": "it's"}, [float("nan")]),
)
NAMES = (
    *("a", "train", "Train", "ü", "", "a--b", "-a-", "1", "a_b", "for-loop-1", "condition-1", "exit-handler-1"),
    *("root", "comp-a", "x" * 130, "../../etc", "pipelinechannel--a", "a.b", "class", "if-1", "tasks", "say"),
)
PORT_NAMES = ("x", "text", "out", "Output", "class", "1a", "a-b", "a b", "name", "items", "pipelinechannel--a", "ü", "")
TYPES: tuple[PortType, ...] = (
    *(STRING, INTEGER, DOUBLE, BOOLEAN, LIST, STRUCT, ARTIFACT, DATASET, MODEL, TASK_FINAL_STATUS, TASK_CONFIG),
    ArtifactType(schema_title="system.Dataset", is_list=True),
    ArtifactType(schema_title="", instance_schema="title: mine.Thing\ntype: object\n"),
    ArtifactType(schema_title="google.VertexModel", schema_version="2.1.0"),
)


def mutated(chance: random.Random, document: Document, *, times: int) -> Document:
    """A copy with up to `times` entities damaged."""
    for _ in range(times):
        entity = chance.choice(MUTATIONS)(chance, document)
        if entity is not None:
            document = Document({**document.entities, entity.id: entity})
    return document


def _pick(chance: random.Random, view: DocumentView, *kinds: type) -> Any:
    found = [entity for entity in view.entities.values() if isinstance(entity, kinds)]
    return chance.choice(found) if found else None


def _simple(chance: random.Random, view: DocumentView) -> Argument:
    """Any simple argument, most often one that leads somewhere."""
    loop = _pick(chance, view, Loop)
    task = _pick(chance, view, Task)
    inputs = [port.name for pipeline in view.pipelines() for port in pipeline.inputs]
    ways: list[Argument] = [Constant(chance.choice(VALUES))]
    if task is not None:
        outputs = [port.name for port in view.interface(task.component).outputs]
        ways += [FromTask(task.id, chance.choice([*outputs, "nothing"] if chance.random() < 0.05 else outputs or [""]))]
    if loop is not None:
        ways.append(FromLoop(loop.id, chance.choice([None, None, "a", "x", "name", "field", "1a"])))
    if inputs:
        ways.append(FromPipelineInput(chance.choice(inputs)))
    return chance.choice(ways)


def any_argument(chance: random.Random, view: DocumentView) -> Argument:
    match chance.randrange(10):
        case 0:
            return Collected(_simple(chance, view))
        case 1:
            condition = _pick(chance, view, Condition)
            if condition is None:
                return _simple(chance, view)
            branches = sorted(
                (view.get(one) for one in view.children(condition.id)), key=lambda one: getattr(one, "order", 0)
            )
            tasks = [[view.get(one) for one in view.children(branch.id)] for branch in branches]
            sources = []
            for found in tasks:
                fitting = [one for one in found if isinstance(one, Task) and view.interface(one.component).outputs]
                if fitting:
                    task = chance.choice(fitting)
                    sources.append(FromTask(task.id, chance.choice(view.interface(task.component).outputs).name))
            return OneOf(condition.id, tuple(sources))
        case 2:
            parts = (chance.choice(["", "a ", "{{", "it's\n"]), _simple(chance, view), "!", _simple(chance, view))
            return Template(parts[: chance.randint(0, 4)])
        case _:
            return _simple(chance, view)


def argument(chance: random.Random, document: Document) -> Entity | None:
    task: Task | None = _pick(chance, document, Task)
    if task is None:
        return None
    ports = [port.name for port in document.interface(task.component).inputs]
    name = chance.choice([*ports, "nothing"] if chance.random() < 0.1 else ports or ["nothing"])
    return msgspec.structs.replace(task, arguments={**task.arguments, name: any_argument(chance, document)})


def no_argument(chance: random.Random, document: Document) -> Entity | None:
    task: Task | None = _pick(chance, document, Task)
    if task is None or not task.arguments:
        return None
    gone = chance.choice(list(task.arguments))
    return msgspec.structs.replace(task, arguments={k: v for k, v in task.arguments.items() if k != gone})


def parent(chance: random.Random, document: Document) -> Entity | None:
    """Another place; never inside itself, which no table that was loaded can have."""
    node: Node | None = _pick(chance, document, *NODE_TYPES)
    where = _pick(chance, document, Pipeline, ConditionBranch, Loop, ExitHandler, Condition)
    if node is None or where.id == node.id or node.id in document.ancestors(where.id):
        return None
    return msgspec.structs.replace(node, parent=where.id)


def after(chance: random.Random, document: Document) -> Entity | None:
    node: Node | None = _pick(chance, document, *NODE_TYPES)
    other: Node | None = _pick(chance, document, *NODE_TYPES)
    return None if node is None or other is None else msgspec.structs.replace(node, after=(*node.after, other.id))


def name(chance: random.Random, document: Document) -> Entity | None:
    node: Node | None = _pick(chance, document, *NODE_TYPES, Pipeline)
    other: Node | None = _pick(chance, document, *NODE_TYPES)
    if node is None or other is None:
        return None
    return msgspec.structs.replace(node, name=chance.choice([*NAMES, other.name]))


def component(chance: random.Random, document: Document) -> Entity | None:
    task: Task | None = _pick(chance, document, Task)
    other = _pick(chance, document, Component, Pipeline)
    return None if task is None else msgspec.structs.replace(task, component=other.id)


def test(chance: random.Random, document: Document) -> Entity | None:
    branch: ConditionBranch | None = _pick(chance, document, ConditionBranch)
    if branch is None:
        return None
    operator = chance.choice(["==", "!=", "<", "<=", ">", ">="])
    compared = Comparison(any_argument(chance, document), operator, any_argument(chance, document))
    return msgspec.structs.replace(branch, test=chance.choice([compared, compared, compared, None]))


def order(chance: random.Random, document: Document) -> Entity | None:
    branch: ConditionBranch | None = _pick(chance, document, ConditionBranch)
    return None if branch is None else msgspec.structs.replace(branch, order=chance.randint(-1, 3))


def items(chance: random.Random, document: Document) -> Entity | None:
    loop: Loop | None = _pick(chance, document, Loop)
    if loop is None:
        return None
    return msgspec.structs.replace(
        loop,
        items=any_argument(chance, document),
        item_kind=chance.choice(["", "", loop.item_kind, "STRUCT", "NUMBER_INTEGER", "STRING", "LIST"]),
        parallelism=chance.choice([None, 0, 1, 5, -1]),
    )


def exit_task(chance: random.Random, document: Document) -> Entity | None:
    handler: ExitHandler | None = _pick(chance, document, ExitHandler)
    other: Node | None = _pick(chance, document, *NODE_TYPES)
    return None if handler is None or other is None else msgspec.structs.replace(handler, exit_task=other.id)


def muted(chance: random.Random, document: Document) -> Entity | None:
    task: Task | None = _pick(chance, document, Task)
    return None if task is None else msgspec.structs.replace(task, is_muted=True)


def group(chance: random.Random, document: Document) -> Entity | None:
    """A new group in some scope, often with nothing in it."""
    where = _pick(chance, document, Pipeline, ConditionBranch, Loop, ExitHandler)
    key = EntityId(f"new{len(document.entities)}")
    number = len(document.entities)
    made: list[Entity] = [
        Loop(id=key, parent=where.id, name=f"new-{number}", items=any_argument(chance, document)),
        ConditionBranch(id=key, parent=where.id, name=f"new-{number}", test=None),
        Condition(id=key, parent=where.id, name=f"new-{number}"),
    ]
    node: Node | None = _pick(chance, document, *NODE_TYPES)
    if node is not None:
        made.append(ExitHandler(id=key, parent=where.id, name=f"new-{number}", exit_task=node.id))
    return chance.choice(made)


def settings(chance: random.Random, document: Document) -> Entity | None:
    task: Task | None = _pick(chance, document, Task)
    if task is None:
        return None
    quantities = ("500m", "2", "1.5", "5 GB", "4Gi", "4G", "512", "", "many", "-1", "{{$.x}}")
    quantity = chance.choice([Constant(chance.choice(quantities)), any_argument(chance, document)])
    numbers = (None, 0, 1, 2.5, -1, 1e12)
    fields: dict[str, Any] = chance.choice(
        [
            {"display_name": chance.choice(["", "Nice ü", "x" * 500, "a\nb", "{{"])},
            {"caching": Caching(enabled=chance.random() < 0.5, key=chance.choice(["", "k", "a b"]))},
            {
                "retry": Retry(
                    max_count=chance.choice([0, 1, 5, -1, 10**12]),
                    backoff_duration_s=chance.choice(numbers),
                    backoff_factor=chance.choice(numbers),
                    backoff_max_duration_s=chance.choice(numbers),
                )
            },
            {"resources": Resources(**{chance.choice(Resources.__struct_fields__): quantity})},
            {"resources": Resources(accelerator_type=Constant("gpu"), accelerator_limit=quantity)},
            {"env": {chance.choice(["A", "a b", "", "1", "ü", "A=B"]): chance.choice(["x", "", "{{$.x}}", "it's"])}},
            {"image": any_argument(chance, document)},
            {"ignore_upstream_failure": True},
            {"kubernetes": tuple(kubernetes(chance, document) for _ in range(chance.randint(1, 3)))},
        ]
    )
    return msgspec.structs.replace(task, settings=msgspec.structs.replace(task.settings, **fields))


def kubernetes(chance: random.Random, document: Document, *, is_sound: bool = False) -> KubernetesSetting:
    """A call of one of the functions of kfp.kubernetes; now and then with what it does not take."""
    if not is_sound and chance.random() < 0.05:
        return KubernetesSetting(function="no_such_function", arguments={})
    function = KUBERNETES_FUNCTIONS[chance.choice(list(KUBERNETES_FUNCTIONS))]
    wanted = [one for one in function.parameters if one.is_required or chance.random() < 0.5]
    if is_sound and not wanted:
        wanted = [chance.choice(function.parameters)]
    arguments: dict[str, Argument] = {one.name: Constant(_kubernetes_value(chance, one)) for one in wanted}
    if not is_sound:
        if chance.random() < 0.2:
            arguments[chance.choice([one.name for one in function.parameters])] = any_argument(chance, document)
        if chance.random() < 0.1 and arguments:
            del arguments[chance.choice(list(arguments))]
        if chance.random() < 0.05:
            arguments["no_such_parameter"] = Constant("x")
    return KubernetesSetting(function=function.name, arguments=arguments)


def _kubernetes_value(chance: random.Random, parameter: KubernetesParameter) -> Json:
    if parameter.choices:
        return chance.choice(parameter.choices)
    if parameter.name in ("size", "size_limit"):
        return "5Gi"
    if parameter.name == "node_affinity_json":
        term = {"matchExpressions": [{"key": "zone", "operator": "Exists"}]}
        return {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    if parameter.name == "toleration_json":
        return [{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}]
    return {
        "text": chance.choice(["a", "/data", "metadata.name"]),
        "integer": chance.choice([1, 50]),
        "boolean": chance.random() < 0.5,
        "text_list": ["ReadWriteOnce"],
        "text_map": {"a": "A"},
        "json": {"a": "b"},
        "terms": [{"key": "zone", "operator": "In", "values": ["a"]}],
    }[parameter.kind]


def pipeline(chance: random.Random, document: Document) -> Entity | None:
    one: Pipeline = _pick(chance, document, Pipeline)
    ports = [
        Input(
            name=chance.choice(PORT_NAMES),
            type=chance.choice(TYPES),
            default=chance.choice([None, Constant(chance.choice(VALUES))]),
            is_optional=chance.random() < 0.3,
        )
    ]
    outputs = [
        PipelineOutput(name=chance.choice(PORT_NAMES), type=chance.choice(TYPES), source=any_argument(chance, document))
    ]
    fields: dict[str, Any] = chance.choice(
        [
            {"inputs": (*one.inputs, *ports)},
            {"inputs": one.inputs[1:]},
            {"outputs": (*one.outputs, *outputs)},
            {"outputs": (*one.outputs, *outputs)},
            {"description": chance.choice(["", "a\nb", "# x", "---\n", "ü"])},
            {"display_name": chance.choice(["", "a\nb", "ü"])},
            {"pipeline_root": chance.choice(["gs://x", "not a uri", "{{$.x}}"])},
            {
                "config": PipelineConfig(
                    workspace=Workspace(size=chance.choice(["5Gi", "", "big", "10G"]), pvc_spec_patch={"a": 1}),
                    ttl_seconds_after_finished=chance.choice([None, 0, -1, 2**40]),
                    active_deadline_seconds=chance.choice([None, 0, 5, 2**31]),
                )
            },
        ]
    )
    return msgspec.structs.replace(one, **fields)


def ports(chance: random.Random, document: Document) -> Entity | None:
    """A task's component with other ports, under its own digest; the task then uses it."""
    task: Task | None = _pick(chance, document, Task)
    one = document.get(task.component) if task is not None else None
    if task is None or not isinstance(one, Component) or not isinstance(one.implementation, ContainerImplementation):
        return None
    return with_digest_id(
        msgspec.structs.replace(
            one,
            inputs=(
                *one.inputs[: chance.randint(0, len(one.inputs))],
                Input(name=chance.choice(PORT_NAMES), type=chance.choice(TYPES), is_optional=chance.random() < 0.7),
            ),
            outputs=(*one.outputs, Output(name=chance.choice(PORT_NAMES), type=chance.choice(TYPES))),
        )
    )


MUTATIONS: tuple[Mutation, ...] = (
    *(argument, argument, argument, argument, no_argument, parent, parent, after, name, component, test, test, order),
    *(items, items, exit_task, muted, group, settings, settings, settings, pipeline, pipeline, ports),
)
