"""Drives kfp.dsl through the statements of one pipeline, as running a person's pipeline function would.

Worker only: this imports kfp. What the SDK refuses comes out as a CompileError that names the entity concerned.
"""

# pyright: reportPrivateUsage=false, reportAttributeAccessIssue=false
# The generated protobuf modules have no names for the type checker, and some of the SDK's parts no public way in.

import contextlib
import re
import traceback
from collections.abc import Generator
from typing import Any

import msgspec
from kfp import dsl
from kfp.dsl import for_loop, graph_component, pipeline_channel, pipeline_context, pipeline_task, tasks_group
from kfp.pipeline_spec import pipeline_spec_pb2

from editor.compiler.configuring import apply_settings, pipeline_config
from editor.compiler.plan import (
    BranchStatement,
    ConditionStatement,
    ExitHandlerStatement,
    LoopStatement,
    PipelinePlan,
    Plan,
    Statement,
    TaskStatement,
    walk,
)
from editor.compiler.planning import CompileError
from editor.compiler.skeletons import Skeletons, type_name
from editor.compiler.surfacing import is_surfaced_by_us
from editor.errors import EditorError
from editor.model import (
    Argument,
    ArtifactType,
    Collected,
    Constant,
    EntityId,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Input,
    Json,
    OneOf,
    ParameterType,
    Pipeline,
    Template,
)
from editor.model.settings import Comparison, OpaqueTest, Test

_ITEM_TYPES = {kind: type_name(ParameterType(kind=kind)) for kind in ("STRING", "NUMBER_INTEGER", "NUMBER_DOUBLE")} | {
    "BOOLEAN": "Boolean",
    "LIST": "List",
    "STRUCT": "Dict",
}
_NO_VALUE = "-"
"""Stands on the other side of each operand of a condition that the SDK cannot say."""

_TOKEN = "\ue000%d\ue001"


class Traced(msgspec.Struct):
    """What the SDK made of one pipeline: protobuf messages (a sub-pipeline's are merged into its user's)."""

    spec: Any
    platform: Any


class Tracer:
    """Traces one pipeline; `traced` has the sub-pipelines that it uses."""

    def __init__(
        self, plan: Plan, pipeline: PipelinePlan, traced: dict[EntityId, Traced], skeletons: Skeletons
    ) -> None:
        self._plan = plan
        self._pipeline = pipeline
        self._traced = traced
        self._skeletons = skeletons
        self._tasks: dict[EntityId, pipeline_task.PipelineTask] = {}
        self._groups: dict[EntityId, tasks_group.TasksGroup] = {}
        self._inputs: dict[str, pipeline_channel.PipelineChannel] = {}
        self._oneofs: dict[OneOf, Any] = {}
        self._loops: list[LoopStatement] = []

    def run(self) -> Traced:
        """Trace and compile in the SDK. Raises CompileError."""
        header = self._pipeline.header
        main = self._skeletons.of_main(_with_kept_outputs(header, self._pipeline), "pipeline")
        with _blaming(header.id, header.name):
            component = graph_component.GraphComponent(
                component_spec=main,
                pipeline_func=self._function,
                pipeline_config=pipeline_config(header),
            )
        return Traced(component.component_spec.implementation.graph, component.component_spec.platform_spec)

    def _function(self) -> dict[str, Any]:
        """The pipeline function: called by the SDK while its pipeline is the default one."""
        for port in self._pipeline.header.inputs:
            self._inputs[port.name] = pipeline_channel.create_pipeline_channel(
                name=port.name,
                channel_type=type_name(port.type),
                is_artifact_list=isinstance(port.type, ArtifactType) and port.type.is_list,
            )
        self._block(self._pipeline.body)
        outputs: dict[str, Any] = {}
        for output in self._pipeline.outputs:
            if not is_surfaced_by_us(output.source, self._pipeline):
                outputs[output.name] = self._value(output.source)
        return outputs

    def _block(self, block: tuple[Statement, ...]) -> None:
        for statement in block:
            with _blaming(statement.id, statement.name):
                match statement:
                    case TaskStatement():
                        self._task(statement)
                    case BranchStatement():
                        self._branch(statement, dsl.If).name = statement.name
                    case ConditionStatement():
                        self._condition(statement)
                    case LoopStatement():
                        self._loop(statement)
                    case ExitHandlerStatement():
                        self._exit_handler(statement)

    def _task(self, statement: TaskStatement) -> None:
        spec = self._component_spec(statement)
        ports = {port.name: port for port in self._ports(statement.component)}
        arguments = {name: self._value(value, ports[name]) for name, value in statement.arguments.items()}
        missing = [
            name
            for name, port in ports.items()
            if port.is_required and name not in arguments and not _is_filled_by_kfp(port)
        ]
        if missing:
            raise CompileError(
                f"'{statement.name}' needs a value for {', '.join(repr(name) for name in missing)}.",
                hint="Set it, or wire an output into it.",
                subjects=(statement.id,),
            )
        fields = self._stand_in_for_fields(statement, arguments)
        task = pipeline_task.PipelineTask(component_spec=spec, args=arguments)
        task._channel_inputs = [fields.get(id(channel), channel) for channel in task._channel_inputs]
        self._tasks[statement.id] = task
        self._register_items(task, statement)
        for other in statement.after:
            if other in self._tasks:
                task.after(self._tasks[other])
            elif isinstance(group := self._groups.get(other), dsl.ExitHandler):
                task.after(group)
        apply_settings(task, statement.settings, self._value)

    def _stand_in_for_fields(self, statement: TaskStatement, arguments: dict[str, Any]) -> dict[int, Any]:
        """Put plain channels for fields of a constant loop's item that are taken in a group inside the loop, where the
        SDK asserts that the group has the whole item, which it does not. Gives the real channel by the plain one's id.
        """
        pipeline = pipeline_context.Pipeline.get_default_pipeline()
        assert pipeline is not None
        real: dict[int, Any] = {}
        for name, argument in statement.arguments.items():
            if not isinstance(argument, FromLoop) or argument.field is None:
                continue
            group = self._groups.get(argument.loop)
            if isinstance(group, dsl.ParallelFor) and not group.items_is_pipeline_channel:
                if pipeline.groups[-1] is group:
                    continue
                channel = arguments[name]
                plain = pipeline_channel.PipelineParameterChannel(channel.name, channel_type=channel.channel_type)
                arguments[name] = plain
                real[id(plain)] = channel
        return real

    def _register_items(self, task: pipeline_task.PipelineTask, statement: TaskStatement) -> None:
        """Loop items in texts: the SDK reads them back from the text as plain parameters and then misses them in nested
        groups (AssertionError) or asks the groups around the loop for them; here they are put back as what they are.
        """
        items = {
            str(self._value(part)): self._value(part)
            for argument in statement.arguments.values()
            if isinstance(argument, Template)
            for part in argument.parts
            if isinstance(part, FromLoop)
        }
        if items:
            task._channel_inputs = [items.get(str(channel), channel) for channel in task._channel_inputs]

    def _component_spec(self, statement: TaskStatement) -> Any:
        component = self._plan.components.get(statement.component)
        if component is not None:
            return self._skeletons.of_component(component, statement.name)
        sub = self._plan.pipeline(statement.component)
        assert sub is not None
        traced = self._traced[sub.id]
        return self._skeletons.of_pipeline(sub.header, statement.name, traced.spec, traced.platform)

    def _ports(self, component: EntityId) -> tuple[Input, ...]:
        found = self._plan.components.get(component)
        if found is not None:
            return found.inputs
        sub = self._plan.pipeline(component)
        return sub.header.inputs if sub is not None else ()

    def _branch(self, statement: BranchStatement, kind: Any) -> Any:
        name = statement.display_name or None
        if statement.test is None:
            group = dsl.Else(name=name)
        else:
            test = self._test(statement.test)
            first = test[0] if isinstance(test, list) else test
            group = kind(first, name=name)
            if isinstance(test, list):
                group.conditions = [*group.conditions[:-1], *test]
        with group:
            self._groups[statement.id] = group
            self._block(statement.body)
        return group

    def _condition(self, statement: ConditionStatement) -> None:
        pipeline = pipeline_context.Pipeline.get_default_pipeline()
        assert pipeline is not None
        parent = pipeline.groups[-1]
        made: list[tasks_group.TasksGroup] = []
        for number, branch in enumerate(statement.branches):
            with _blaming(branch.id, branch.name):
                made.append(self._branch(branch, dsl.If if number == 0 else dsl.Elif))
        # Only now: the SDK takes the numbers in its own names apart while the chain grows.
        for group, branch in zip(made, statement.branches, strict=True):
            group.name = branch.name
        if len(made) == 1:
            self._groups[statement.id] = made[0]
            return
        chain = parent.groups[-1]
        chain.display_name = statement.display_name or None
        chain.name = statement.name
        self._groups[statement.id] = chain
        if pipeline.groups[-1] is chain:
            # Without an Else the SDK never leaves the group around the chain: what follows would land in it.
            pipeline.pop_tasks_group()

    def _test(self, test: Test) -> Any:
        match test:
            case Comparison(left=left, operator=sign, right=right):
                # Not by Python's operators: they turn `5 < x` into `x > 5`, and ask a loop's item first, too.
                return pipeline_channel.ConditionOperation(sign, self._value(left), self._value(right))
            case OpaqueTest(operands=operands):
                # Written over by `assemble`; the SDK is told of the operands, so that they reach the group.
                channels = [self._value(operand) for operand in operands.values()]
                return [pipeline_channel.ConditionOperation("!=", channel, _NO_VALUE) for channel in channels]

    def _loop(self, statement: LoopStatement) -> None:
        items = self._value(statement.items)
        group = dsl.ParallelFor(items, name=statement.display_name or None, parallelism=statement.parallelism)
        item = group.loop_argument
        if isinstance(items, list):
            numbered = re.fullmatch(r"for-loop-(\d+)", statement.name)
            code = str(max(int(numbered[1]) - 1, 0)) if numbered else re.sub(r"[^a-z0-9]+", "-", statement.name.lower())
            item = group.loop_argument = for_loop.LoopParameterArgument.from_raw_items(items, code)
        if isinstance(item, for_loop.LoopParameterArgument):
            kind = statement.item_kind or self._wanted_item(statement)
            if kind and not isinstance(items, list):
                item.channel_type = _ITEM_TYPES.get(kind, "String")
            elif statement.item_kind and _kind_of(item.channel_type) != statement.item_kind:
                item.channel_type = _ITEM_TYPES.get(statement.item_kind, "String")
        with group:
            self._groups[statement.id] = group
            group.name = statement.name
            self._loops.append(statement)
            self._block(statement.body)
            self._loops.pop()

    def _wanted_item(self, loop: LoopStatement) -> str:
        """The type that the uses of the item ask for, if it is one: what `List[int]` would have told the SDK."""
        kinds: set[str] = set()
        for statement in walk(loop.body):
            if isinstance(statement, LoopStatement) and statement.items == FromLoop(loop.id):
                return "LIST"
            if isinstance(statement, TaskStatement):
                ports = {port.name: port.type for port in self._ports(statement.component)}
                for name, argument in statement.arguments.items():
                    kind = ports[name]
                    if argument == FromLoop(loop.id) and isinstance(kind, ParameterType):
                        kinds.add(kind.kind)
        # The SDK takes an item of type String, which is what it is without more ado, for any parameter.
        return kinds.pop() if len(kinds) == 1 else ""

    def _exit_handler(self, statement: ExitHandlerStatement) -> None:
        group = dsl.ExitHandler(self._tasks[statement.exit_task], name=statement.display_name or None)
        with group:
            self._groups[statement.id] = group
            group.name = statement.name
            self._block(statement.body)

    def _value(self, argument: Argument, port: Input | None = None) -> Any:
        """The Python value or channel that the DSL would be given."""
        match argument:
            case Constant(value=value):
                return _constant(value, port)
            case FromPipelineInput(name=name):
                if name not in self._inputs:
                    raise CompileError(f"The pipeline has no input '{name}'.", hint="Add it, or wire something else.")
                return self._inputs[name]
            case FromTask(task=task, output=output):
                if task not in self._tasks:
                    raise CompileError(
                        f"The output '{output}' of '{self._plan.names.get(task, task)}' cannot be taken here.",
                        hint="The task lies in another pipeline, or comes later.",
                    )
                return self._tasks[task].outputs[output]
            case FromLoop():
                return self._item(argument, port)
            case Template(parts=parts):
                return self._template(parts, port)
            case Collected(source=source):
                return _collected(self._value(source))
            case OneOf(sources=sources):
                if argument not in self._oneofs:
                    self._oneofs[argument] = dsl.OneOf(*(self._value(source) for source in sources))
                return self._oneofs[argument]

    def _item(self, argument: FromLoop, port: Input | None) -> Any:
        group = self._groups.get(argument.loop)
        if not isinstance(group, dsl.ParallelFor):
            raise CompileError("It takes the item of a loop that it does not lie in.", hint="Wire something else.")
        self._check_shadow(argument.loop)
        item: Any = group.loop_argument
        if argument.field is None:
            return item
        channel = getattr(item, argument.field)
        if not isinstance(channel, for_loop.LoopArgumentVariable):
            # The field has the name of an attribute of the SDK's own class, such as `name`.
            channel = item.__getattr__(argument.field)
        wanted = port.type.kind if port is not None and isinstance(port.type, ParameterType) else ""
        if wanted and channel.channel_type != "String" and _kind_of(channel.channel_type) != wanted:
            # The SDK gives every field the type of the first; the input knows better.
            channel.channel_type = _ITEM_TYPES.get(wanted, "String")
        return channel

    def _check_shadow(self, taken: EntityId) -> None:
        """The SDK names an item after its list: of two loops over one list, one in the other, it mixes the items up."""
        ids = [loop.id for loop in self._loops]
        outer = self._loops[ids.index(taken)] if taken in ids else None
        for inner in self._loops[ids.index(taken) + 1 :] if outer is not None else ():
            if outer is not None and inner.items == outer.items and not isinstance(inner.items, Constant):
                raise CompileError(
                    f"KFP cannot tell the item of '{outer.name}' from that of '{inner.name}': both go over one list.",
                    hint=f"Move the task out of '{inner.name}', or let that loop go over another list.",
                )

    def _template(self, parts: tuple[str | Argument, ...], port: Input | None) -> Any:
        """Text with the SDK's marks for channels in it; for a list or struct, JSON text with them inside."""
        kind = port.type.kind if port is not None and isinstance(port.type, ParameterType) else "STRING"
        marks: dict[str, str] = {}
        text = ""
        for part in parts:
            if isinstance(part, str):
                text += part
            else:
                value = self._value(part)
                mark = _TOKEN % len(marks)
                marks[mark] = value if isinstance(value, str) else str(value)
                text += mark
        if kind == "STRING":
            return _with_marks(text, marks)
        try:
            return _with_marks(msgspec.json.decode(text.encode()), marks)
        except msgspec.DecodeError as error:
            raise CompileError(
                "The text template of a list or struct is no JSON.", hint="Outputs may stand inside quotes only."
            ) from error


class _CollectedArtifacts(for_loop.Collected, pipeline_channel.PipelineArtifactChannel):
    """A Collected of artifacts that is an artifact channel too: as the SDK's is none, no task inside a group can take
    it (TypeError in build_component_spec_for_group, 2.17).
    """


def _collected(output: Any) -> Any:
    collected = dsl.Collected(output)
    if collected.is_artifact_channel:
        collected.__class__ = _CollectedArtifacts
    return collected


def _with_marks(value: Json, marks: dict[str, str]) -> Json:
    if isinstance(value, str):
        for mark, text in marks.items():
            value = value.replace(mark, text)
        return value
    if isinstance(value, list):
        return [_with_marks(item, marks) for item in value]
    if isinstance(value, dict):
        return {_with_marks(key, marks): _with_marks(item, marks) for key, item in value.items()}
    return value


def _constant(value: Json, port: Input | None) -> Any:
    """A constant as the SDK's type check wants it: 3 for an integer and 3.0 for a double are one in JSON."""
    kind = port.type.kind if port is not None and isinstance(port.type, ParameterType) else ""
    if kind == "NUMBER_DOUBLE" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind == "NUMBER_INTEGER" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _kind_of(channel_type: Any) -> str:
    from kfp.dsl.types import type_utils

    kind = type_utils.get_parameter_type(channel_type)
    return pipeline_spec_pb2.ParameterType.ParameterTypeEnum.Name(kind) if kind is not None else ""


def _is_filled_by_kfp(port: Input) -> bool:
    return isinstance(port.type, ParameterType) and port.type.kind in ("TASK_FINAL_STATUS", "TASK_CONFIG")


def _with_kept_outputs(header: Pipeline, pipeline: PipelinePlan) -> Pipeline:
    """The header with the outputs that the SDK itself can give; the others are put on later (`surfacing`)."""
    kept = tuple(output for output in pipeline.outputs if not is_surfaced_by_us(output.source, pipeline))
    return msgspec.structs.replace(header, outputs=kept)


@contextlib.contextmanager
def _blaming(entity: EntityId, name: str) -> Generator[None]:
    """What goes wrong inside is told of `entity`, unless something inside it was blamed already."""
    try:
        yield
    except CompileError as error:
        if error.subjects:
            raise
        raise CompileError(
            f"'{name}': {error.message}", hint=error.hint, details=error.details, subjects=(entity,)
        ) from error
    except EditorError:
        raise
    except Exception as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise CompileError(
            f"The KFP SDK refuses '{name}': {first}",
            hint="The details have its whole report.",
            details=traceback.format_exc(),
            subjects=(entity,),
        ) from error
