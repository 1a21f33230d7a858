"""Random pipelines for hypothesis, with every construct of KFP, and only what the SDK accepts.

`documents()` gives Documents. A value that a task gives is taken where KFP can hand it on: in the same scope or one
inside it, out of a loop as Collected, out of an If/Else as OneOf.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from hypothesis import strategies as st

from editor.model import (
    ROOT,
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
    Entity,
    EntityId,
    ExitHandler,
    FromLoop,
    FromPipelineInput,
    FromTask,
    ImporterImplementation,
    Input,
    Json,
    KubernetesSetting,
    Loop,
    OneOf,
    Output,
    ParameterType,
    Pipeline,
    PipelineConfig,
    PipelineOutput,
    PortType,
    Resources,
    Retry,
    Task,
    TaskSettings,
    Template,
    Workspace,
    with_digest_id,
)
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
    TASK_FINAL_STATUS,
)
from editor.model.settings import Operator


def _component(name: str, inputs: Sequence[Input], outputs: Sequence[Output]) -> Component:
    container = {"image": "alpine", "command": ["echo"], "args": [name]}
    return with_digest_id(
        Component(
            id=EntityId(""),
            name=name,
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            implementation=ContainerImplementation(container=container),
        )
    )


def _in(name: str, kind: PortType, *, is_optional: bool = False, default: Json = None) -> Input:
    given = None if default is None else Constant(default)
    return Input(name=name, type=kind, is_optional=is_optional or given is not None, default=given)


CHOICE = ParameterType(kind="STRING", literals=("a", "b"))
DATASETS = ArtifactType(schema_title="system.Dataset", is_list=True)

COMPONENTS = (
    _component("say", [_in("text", STRING)], [Output(name="out", type=STRING)]),
    _component(
        "count",
        [_in("number", INTEGER), _in("scale", DOUBLE, default=1.5), _in("note", STRING, is_optional=True)],
        [Output(name="total", type=INTEGER), Output(name="ratio", type=DOUBLE), Output(name="big", type=BOOLEAN)],
    ),
    _component("split", [_in("text", STRING, default="a b")], [Output(name="parts", type=LIST)]),
    _component(
        "pack", [_in("parts", LIST), _in("options", STRUCT, default={"a": [1, "b"]})], [Output(name="box", type=STRUCT)]
    ),
    _component(
        "make", [_in("rows", INTEGER, default=3), _in("kind", CHOICE, default="a")], [Output(name="data", type=DATASET)]
    ),
    _component(
        "train",
        [_in("data", DATASET), _in("extra", ARTIFACT, is_optional=True), _in("is_fast", BOOLEAN, default=False)],
        [Output(name="model", type=MODEL), Output(name="score", type=DOUBLE)],
    ),
    _component("merge", [_in("many", DATASETS)], [Output(name="data", type=DATASET)]),
    with_digest_id(
        Component(
            id=EntityId(""),
            name="importer",
            inputs=(_in("uri", STRING),),
            outputs=(Output(name="artifact", type=DATASET),),
            implementation=ImporterImplementation(
                artifact_type=DATASET, reimport=True, metadata={"n": 1, "deep": {"a": ["b"]}}
            ),
        )
    ),
)
FINISH = _component(
    "finish", [_in("text", STRING, default="x"), _in("status", TASK_FINAL_STATUS, is_optional=True)], []
)

_INPUTS: tuple[tuple[PortType, Json], ...] = (
    (STRING, "hello"),
    (INTEGER, 3),
    (DOUBLE, 0.5),
    (BOOLEAN, True),
    (LIST, ["a", "b"]),
    (STRUCT, {"a": 1}),
    (DATASET, None),
    (DATASETS, None),
    (CHOICE, "b"),
)
_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs", "Cc")), max_size=12)


class Offer(NamedTuple):
    """A value that may be taken, and its type."""

    argument: Argument
    type: PortType


class _Builder:
    """Draws one document. `budget` bounds the number of tasks."""

    def __init__(self, draw: st.DrawFn, max_tasks: int) -> None:
        self._draw = draw
        self._budget = max_tasks
        self._number = 0
        self._looped: list[Argument] = []
        self.entities: dict[EntityId, Entity] = {component.id: component for component in (*COMPONENTS, FINISH)}
        self._usable: list[Component | Pipeline] = list(COMPONENTS)

    def document(self) -> Document:
        for number in range(self._draw(st.integers(0, 2))):
            self._pipeline(EntityId(f"p{number}"), f"part-{number}")
        self._pipeline(ROOT, "random-pipeline")
        return Document(self.entities)

    def _pipeline(self, pipeline: EntityId, name: str) -> None:
        chosen = self._draw(st.lists(st.sampled_from(range(len(_INPUTS))), max_size=5, unique=True))
        inputs = tuple(self._pipeline_input(number, *_INPUTS[number]) for number in sorted(chosen))
        offers = [Offer(FromPipelineInput(port.name), port.type) for port in inputs]
        given = self._scope(pipeline, offers, 0, inputs)
        outputs = self._outputs(given)
        is_root = pipeline == ROOT
        made = Pipeline(
            id=pipeline,
            name=name,
            inputs=inputs,
            outputs=outputs,
            description=self._draw(st.sampled_from(("", "What it does.\nIn two lines."))) if is_root else "",
            display_name=self._draw(st.sampled_from(("", "A pipeline"))) if is_root else "",
            pipeline_root=self._draw(st.sampled_from(("", "gs://root"))) if is_root else "",
            config=self._config() if is_root else None,
        )
        self.entities[pipeline] = made
        if not is_root:
            self._usable.append(made)

    def _pipeline_input(self, number: int, kind: PortType, default: Json) -> Input:
        has_default = default is not None and self._draw(st.booleans())
        description = self._draw(st.sampled_from(("", "An input.")))
        return msgspec.structs.replace(
            _in(f"input_{number}", kind, default=default if has_default else None), description=description
        )

    def _config(self) -> PipelineConfig | None:
        if not self._draw(st.booleans()):
            return None
        workspace = Workspace(size="5Gi", pvc_spec_patch={"storageClassName": "fast"})
        return PipelineConfig(
            workspace=workspace if self._draw(st.booleans()) else None,
            ttl_seconds_after_finished=60,
            active_deadline_seconds=self._draw(st.sampled_from((None, 3600))),
        )

    def _outputs(self, given: list[Offer]) -> tuple[PipelineOutput, ...]:
        unique = {offer.argument: offer for offer in given}
        chosen = (
            self._draw(st.lists(st.sampled_from(sorted(unique.values(), key=repr)), max_size=3, unique=True))
            if unique
            else []
        )
        return tuple(
            PipelineOutput(name=f"output_{number}", type=offer.type, source=offer.argument)
            for number, offer in enumerate(chosen)
        )

    def _scope(self, parent: EntityId, offers: list[Offer], depth: int, inputs: Sequence[Input]) -> list[Offer]:
        """Fills a scope; what its own tasks and groups offer to what comes after in it."""
        own: list[Offer] = []
        nodes: list[EntityId] = []
        is_pipeline = depth == 0
        kinds = ["task"] * 4 + (["loop", "if", "chain"] if depth < 3 else []) + (["exit"] if is_pipeline else [])
        for number in range(self._draw(st.integers(1, 4))):
            kind = self._draw(st.sampled_from(kinds)) if number and self._budget > 0 else "task"
            visible = [*offers, *own]
            match kind:
                case "task":
                    task, given = self._task(parent, visible, nodes)
                case "loop":
                    task, given = self._loop(parent, visible, depth, inputs)
                case "if":
                    task, given = self._lone_if(parent, visible, depth, inputs)
                case "chain":
                    task, given = self._chain(parent, visible, depth, inputs)
                case _:
                    task, given = self._exit_handler(parent, offers, visible, depth, inputs)
            own.extend(given)
            nodes.append(task)
        return own

    def _new(self, prefix: str) -> tuple[EntityId, str]:
        self._number += 1
        return EntityId(f"{prefix}{self._number}"), f"{prefix}-{self._number}"

    def _task(self, parent: EntityId, visible: list[Offer], nodes: list[EntityId]) -> tuple[EntityId, list[Offer]]:
        self._budget -= 1
        ready = [one for one in self._usable if all(self._can_feed(port, visible) for port in one.inputs)]
        component = self._draw(st.sampled_from(ready))
        entity, name = self._new("task")
        arguments: dict[str, Argument] = {}
        for port in component.inputs:
            if port.is_required or self._draw(st.booleans()):
                argument = self._argument(port.type, visible)
                if argument is not None:
                    arguments[port.name] = argument
        after = self._draw(st.lists(st.sampled_from(nodes), max_size=2, unique=True)) if nodes else []
        is_leaf = isinstance(component, Component) and isinstance(component.implementation, ContainerImplementation)
        self.entities[entity] = Task(
            id=entity,
            parent=parent,
            name=name,
            component=component.id,
            arguments=arguments,
            after=tuple(after),
            settings=self._settings(visible, is_leaf=is_leaf),
        )
        return entity, [Offer(FromTask(entity, port.name), port.type) for port in component.outputs]

    def _can_feed(self, port: Input, visible: list[Offer]) -> bool:
        if not port.is_required or isinstance(port.type, ParameterType):
            return True
        return any(_fits(offer.type, port.type) for offer in visible)

    def _argument(self, kind: PortType, visible: list[Offer]) -> Argument | None:
        fitting = [offer.argument for offer in visible if _fits(offer.type, kind)]
        if isinstance(kind, ArtifactType):
            return self._draw(st.sampled_from(fitting)) if fitting else None
        constant = st.builds(Constant, _values(kind))
        if kind.kind == "STRING" and not kind.literals:
            texts = [offer.argument for offer in visible if _is_textual(offer)]
            if texts and self._draw(st.integers(0, 3)) == 0:
                part = self._draw(st.sampled_from(texts))
                return Template(
                    (self._draw(_TEXTS.filter(_is_plain)) or "-", part, "!", self._draw(st.sampled_from(texts)))
                )
        return self._draw(st.one_of(st.sampled_from(fitting), constant) if fitting else constant)

    def _settings(self, visible: list[Offer], *, is_leaf: bool) -> TaskSettings:
        if self._draw(st.integers(0, 2)):
            return TaskSettings()
        draw = self._draw
        texts = [
            offer.argument
            for offer in visible
            if isinstance(offer.argument, FromPipelineInput) and offer.type == STRING
        ]
        cpu: Argument | None = draw(st.sampled_from([None, Constant("500m"), *texts]))
        return TaskSettings(
            display_name=draw(st.sampled_from(("", "A nice name"))),
            caching=draw(st.sampled_from((Caching(), Caching(enabled=False), Caching(key="mine")))),
            retry=draw(
                st.sampled_from(
                    (
                        None,
                        Retry(max_count=3, backoff_duration_s=60.0, backoff_factor=2.0, backoff_max_duration_s=600.0),
                    )
                )
            ),
            resources=Resources(
                cpu_limit=cpu,
                memory_request=draw(st.sampled_from((None, Constant("4Gi")))),
                accelerator_type=Constant("gpu") if (has_gpu := draw(st.booleans())) else None,
                accelerator_limit=Constant("2") if has_gpu else None,
            )
            if is_leaf
            else Resources(),
            image=draw(st.sampled_from([None, *texts])) if is_leaf else None,
            kubernetes=self._kubernetes(texts) if is_leaf else (),
        )

    def _kubernetes(self, texts: list[Argument]) -> tuple[KubernetesSetting, ...]:
        secret = self._draw(st.sampled_from([Constant("secret"), *texts]))
        every = (
            KubernetesSetting(
                function="use_secret_as_env",
                arguments={"secret_name": secret, "secret_key_to_env": Constant({"a": "A"})},
            ),
            KubernetesSetting(function="mount_pvc", arguments={"pvc_name": secret, "mount_path": Constant("/data")}),
            KubernetesSetting(
                function="add_pod_label", arguments={"label_key": Constant("k"), "label_value": Constant("v")}
            ),
            KubernetesSetting(function="set_timeout", arguments={"seconds": Constant(30)}),
        )
        chosen = self._draw(st.lists(st.sampled_from(range(len(every))), max_size=3, unique=True))
        return tuple(every[number] for number in sorted(chosen))

    def _loop(
        self, parent: EntityId, visible: list[Offer], depth: int, inputs: Sequence[Input]
    ) -> tuple[EntityId, list[Offer]]:
        entity, name = self._new("loop")
        lists = [offer for offer in visible if offer.type in (LIST, DATASETS)]
        # The SDK mixes up the items of two loops over one list, one inside the other.
        lists = [offer for offer in lists if not isinstance(offer.argument, Collected)]
        lists = [offer for offer in lists if offer.argument not in self._looped]
        items: Argument
        item_kind = ""
        inside: list[Offer] = []
        if lists and self._draw(st.booleans()):
            source = self._draw(st.sampled_from(lists))
            items = source.argument
            if source.type == LIST:
                item_kind = "STRING"
                inside.append(Offer(FromLoop(entity), STRING))
                inside.append(Offer(FromLoop(entity, "field"), STRING))
            else:
                inside.append(Offer(FromLoop(entity), DATASET))
        else:
            values, kind = self._draw(
                st.sampled_from(
                    ((["a", "b"], STRING), ([1, 2], INTEGER), ([0.5], DOUBLE), ([{"x": "1", "y": "2"}], STRUCT))
                )
            )
            items = Constant(values)
            inside.append(Offer(FromLoop(entity), kind))
            if kind == STRUCT:
                inside.append(Offer(FromLoop(entity, "x"), STRING))
        self.entities[entity] = Loop(
            id=entity,
            parent=parent,
            name=name,
            items=items,
            item_kind=item_kind,
            parallelism=self._draw(st.sampled_from((None, 2))),
            display_name=self._draw(st.sampled_from(("", "Again and again"))),
        )
        self._looped.append(items)
        given = self._scope(entity, [*visible, *inside], depth + 1, inputs)
        self._looped.pop()
        collected = [
            Offer(Collected(offer.argument), _collected_type(offer.type))
            for offer in given
            if isinstance(offer.argument, FromTask)
            and not (isinstance(offer.type, ArtifactType) and offer.type.is_list)
        ]
        inner = [
            offer for offer in given if isinstance(offer.argument, Collected) and _is_once(offer, self.entities, entity)
        ]
        return entity, [*collected, *inner]

    def _test(self, visible: list[Offer]) -> Comparison | None:
        simple = [offer for offer in visible if offer.type in (STRING, INTEGER, DOUBLE, BOOLEAN)]
        simple = [offer for offer in simple if not isinstance(offer.argument, OneOf | Collected)]
        if not simple:
            return None
        left = self._draw(st.sampled_from(simple))
        signs: tuple[Operator, ...] = (
            ("==", "!=") if left.type in (STRING, BOOLEAN) else ("==", "!=", "<", "<=", ">", ">=")
        )
        assert isinstance(left.type, ParameterType)
        values = _TEXTS.filter(_is_quotable) if left.type == STRING else _values(left.type)
        alike = [offer.argument for offer in simple if offer.type == left.type and offer.argument != left.argument]
        right = self._draw(st.one_of(st.builds(Constant, values), *([st.sampled_from(alike)] if alike else [])))
        return Comparison(left.argument, self._draw(st.sampled_from(signs)), right)

    def _lone_if(
        self, parent: EntityId, visible: list[Offer], depth: int, inputs: Sequence[Input]
    ) -> tuple[EntityId, list[Offer]]:
        test = self._test(visible)
        if test is None:
            return self._task(parent, visible, [])
        entity, name = self._new("if")
        self.entities[entity] = ConditionBranch(
            id=entity, parent=parent, name=name, test=test, display_name=self._draw(st.sampled_from(("", "Is it so")))
        )
        self._scope(entity, visible, depth + 1, inputs)
        return entity, []

    def _chain(
        self, parent: EntityId, visible: list[Offer], depth: int, inputs: Sequence[Input]
    ) -> tuple[EntityId, list[Offer]]:
        tests = [test for _ in range(self._draw(st.integers(1, 2))) if (test := self._test(visible)) is not None]
        if not tests:
            return self._task(parent, visible, [])
        entity, name = self._new("choice")
        self.entities[entity] = Condition(id=entity, parent=parent, name=name)
        has_else = len(tests) == 1 or self._draw(st.booleans())
        given: list[list[Offer]] = []
        for order, test in enumerate([*tests, None] if has_else else tests):
            branch, branch_name = self._new("branch")
            self.entities[branch] = ConditionBranch(id=branch, parent=entity, name=branch_name, test=test, order=order)
            offers = self._scope(branch, visible, depth + 2, inputs)
            given.append([offer for offer in offers if isinstance(offer.argument, FromTask)])
        if not has_else:
            return entity, []
        chosen: list[Offer] = []
        for kind in sorted({offer.type for offer in given[0]}, key=repr):
            sources = [next((offer.argument for offer in offers if offer.type == kind), None) for offers in given]
            if all(source is not None for source in sources):
                chosen.append(Offer(OneOf(entity, tuple(source for source in sources if source is not None)), kind))
        return entity, chosen

    def _exit_handler(
        self, parent: EntityId, offers: list[Offer], visible: list[Offer], depth: int, inputs: Sequence[Input]
    ) -> tuple[EntityId, list[Offer]]:
        task, task_name = self._new("task")
        text = self._argument(STRING, [offer for offer in offers if isinstance(offer.argument, FromPipelineInput)])
        self.entities[task] = Task(
            id=task,
            parent=parent,
            name=task_name,
            component=FINISH.id,
            arguments={"text": text} if text is not None and not isinstance(text, Template) else {},
        )
        entity, name = self._new("handler")
        self.entities[entity] = ExitHandler(id=entity, parent=parent, name=name, exit_task=task)
        self._scope(entity, visible, depth + 1, inputs)
        return entity, []


def _fits(given: PortType, wanted: PortType) -> bool:
    """Narrower than the SDK's rule: the same type, or any artifact into a generic one."""
    if wanted == ARTIFACT and isinstance(given, ArtifactType):
        return not given.is_list
    if isinstance(given, ParameterType) and isinstance(wanted, ParameterType):
        return given.kind == wanted.kind and (not wanted.literals or given == wanted)
    return given == wanted


def _is_textual(offer: Offer) -> bool:
    return offer.type in (STRING, INTEGER) and isinstance(offer.argument, FromTask | FromPipelineInput)


def _is_plain(text: str) -> bool:
    return "{" not in text and "}" not in text


def _is_quotable(text: str) -> bool:
    return "'" not in text and "\\" not in text and '"' not in text and "{" not in text


def _is_once(offer: Offer, entities: dict[EntityId, Entity], loop: EntityId) -> bool:
    """Whether a Collected inside the loop may leave it too: its task lies in loops all the way."""
    assert isinstance(offer.argument, Collected)
    source = offer.argument.source
    if not isinstance(source, FromTask):
        return False
    task = entities[source.task]
    assert isinstance(task, Task)
    parent = entities[task.parent]
    while isinstance(parent, Loop) and parent.id != loop:
        parent = entities[parent.parent]
    return isinstance(parent, Loop)


def _collected_type(kind: PortType) -> PortType:
    return msgspec.structs.replace(kind, is_list=True) if isinstance(kind, ArtifactType) else LIST


def _values(kind: ParameterType) -> st.SearchStrategy[Json]:
    if kind.literals:
        return st.sampled_from(kind.literals)
    return {
        "STRING": _TEXTS.filter(_is_plain),
        "NUMBER_INTEGER": st.integers(-(2**31), 2**31),
        "NUMBER_DOUBLE": st.floats(allow_nan=False, allow_infinity=False, width=32),
        "BOOLEAN": st.booleans(),
        "LIST": st.lists(st.one_of(st.integers(-9, 9), _TEXTS.filter(_is_plain)), min_size=1, max_size=3),
        "STRUCT": st.dictionaries(st.sampled_from("abc"), st.one_of(st.integers(-9, 9), st.booleans()), min_size=1),
    }[kind.kind]


@st.composite
def documents(draw: st.DrawFn, *, max_tasks: int = 12) -> Document:
    """A pipeline that the SDK compiles, with sub-pipelines, groups in groups, settings and outputs."""
    return _Builder(draw, max_tasks).document()
