"""A pipeline as a decorated function: its signature, a statement a task, `with` blocks for control flow, its return."""

import ast
from collections.abc import Iterator, Mapping

import msgspec

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
from editor.compiler.python.docstrings import docstring, reads_back
from editor.compiler.python.expressions import (
    PYTHON_TYPES,
    annotation,
    arguments_of,
    artifact_class,
    assign,
    call,
    class_def,
    constant,
    function_def,
    joined,
    method,
    name,
    subscript,
    text_or_none,
)
from editor.compiler.python.names import Identifiers, identifier, is_parameter_name
from editor.compiler.python.reasons import Reasons
from editor.compiler.python.settings import setting_calls
from editor.model import (
    Argument,
    Collected,
    Component,
    Constant,
    EntityId,
    FromLoop,
    FromPipelineInput,
    FromTask,
    ImporterImplementation,
    Input,
    OneOf,
    Output,
    Pipeline,
    PipelineOutput,
    Template,
)
from editor.model.arguments import refers_to
from editor.model.references import operands, setting_arguments
from editor.model.settings import Comparison, PipelineConfig, Test

_COMPARE: dict[str, ast.cmpop] = {
    "==": ast.Eq(),
    "!=": ast.NotEq(),
    "<": ast.Lt(),
    "<=": ast.LtE(),
    ">": ast.Gt(),
    ">=": ast.GtE(),
}


class Callable(msgspec.Struct, frozen=True):
    """What a task calls: its identifier in the file, and what the SDK names a task that calls it."""

    identifier: str
    sdk_name: str


class PipelineWriter:
    """Writes one pipeline of a plan. `callables` are the components and sub-pipelines in the file.

    `names`, filled while writing, has the name that the SDK will give each task and group: the DSL names none.
    `written` has the statements that were written for each of them.
    """

    def __init__(
        self,
        plan: Plan,
        pipeline: PipelinePlan,
        *,
        callables: Mapping[EntityId, Callable],
        classes: dict[tuple[str, str], str],
        taken: Identifiers,
        reasons: Reasons,
    ) -> None:
        self._plan = plan
        self._pipeline = pipeline
        self._callables = callables
        self._classes = classes
        self._reasons = reasons
        self._local = Identifiers(taken)
        self._statements = {statement.id: statement for statement in walk(pipeline.body)}
        self._read = set(_named_ids(pipeline))
        self._outputs = tuple(output for output in pipeline.outputs if self._can_be_returned(output))
        self._variables: dict[EntityId, str] = {}
        self._oneofs: dict[OneOf, str] = {}
        self._pending: list[ast.stmt] = []
        # A parameter's name is the input's name in the package; nothing else in the function may take it.
        self.parameters = {
            port.name: port.name if is_parameter_name(port.name) else self._local.take(port.name)
            for port in pipeline.header.inputs
        }
        for word in self.parameters.values():
            self._local.add(word)
        self._item_kinds = {
            statement.items.name: statement.item_kind
            for statement in walk(pipeline.body)
            if isinstance(statement, LoopStatement) and isinstance(statement.items, FromPipelineInput)
        }
        self.names: dict[EntityId, str] = {}
        self.written: list[tuple[ast.stmt, EntityId]] = []
        self._given_names: set[str] = set()
        self._group_number = 0

    def function(self, function_name: str, outputs_class: str) -> tuple[list[ast.stmt], ast.FunctionDef]:
        """(what must stand before it: the class of its outputs, the function itself)."""
        header = self._pipeline.header
        self._reasons.check_pipeline(header)
        before: list[ast.stmt] = []
        returns: ast.expr | None = None
        body = self._block(self._pipeline.body)
        outputs = self._outputs
        if outputs:
            values = {output.name: self._expression(output.source) for output in outputs}
            body += self._flush()
            if [output.name for output in outputs] == ["Output"]:
                returns = annotation(outputs[0].type, self._classes, is_input=False)
                body.append(ast.Return(values["Output"]))
            else:
                before.append(self._outputs_class(outputs_class))
                returns = name(outputs_class)
                if self._outputs_are_fields():
                    body.append(ast.Return(call(outputs_class, **values)))
                else:
                    keys: list[ast.expr | None] = [ast.Constant(key) for key in values]
                    body.append(ast.Return(ast.Dict(keys, list(values.values()))))
        described = self._docstring(header)
        if described:
            body.insert(0, ast.Expr(ast.Constant(described)))
        function = function_def(function_name, self._signature(header), body, [self._decorator(header)], returns)
        return before, function

    def _docstring(self, header: Pipeline) -> str:
        """The descriptions of inputs and outputs. No summary: it would become the description of a pipeline without."""
        inputs = {port.name: port.description for port in header.inputs if port.description}
        outputs = {port.name: port.description for port in self._outputs if port.description}
        text = docstring("", inputs, outputs)
        if not reads_back(text, inputs, outputs):
            self._reasons.add("descriptions of inputs or outputs that no docstring holds", header.name)
        return text

    def _decorator(self, header: Pipeline) -> ast.Call:
        return call(
            "dsl.pipeline",
            name=ast.Constant(header.name),
            display_name=text_or_none(header.display_name),
            description=text_or_none(header.description),
            pipeline_root=text_or_none(header.pipeline_root),
            pipeline_config=pipeline_config(header.config) if header.config is not None else None,
        )

    def _signature(self, header: Pipeline) -> ast.arguments:
        arguments: list[ast.arg] = []
        defaults: list[ast.expr | None] = []
        for port in header.inputs:
            if not is_parameter_name(port.name):
                self._reasons.add("an input's name is no Python identifier", port.name)
            self._reasons.check_input(port, of_pipeline=True)
            arguments.append(ast.arg(self.parameters[port.name], self._annotation(port)))
            if port.default is not None:
                defaults.append(constant(port.default.value))
            else:
                defaults.append(ast.Constant(None) if port.is_optional else None)
        required = [number for number, default in enumerate(defaults) if default is None]
        optional = [number for number, default in enumerate(defaults) if default is not None]
        # Python wants parameters without default first; the IR has no order of inputs.
        ordered = [*required, *optional]
        return arguments_of(
            [arguments[number] for number in ordered],
            [default for number in optional if (default := defaults[number]) is not None],
        )

    def _annotation(self, port: Input) -> ast.expr:
        """The SDK takes the type of a loop's items from the list that it loops over: `list[int]`."""
        item = PYTHON_TYPES.get(self._item_kinds.get(port.name, ""), "str")
        plain = annotation(port.type, self._classes, is_input=True)
        return plain if item == "str" else subscript("list", name(item))

    def _outputs_are_fields(self) -> bool:
        return all(is_parameter_name(output.name) and not output.name.startswith("_") for output in self._outputs)

    def _can_be_returned(self, output: PipelineOutput) -> bool:
        """The SDK takes what tasks at the top of the function give, and Collected, and OneOf of a chain at the top."""
        top = {statement.id for statement in self._pipeline.body}
        source = output.source
        is_outside = (isinstance(source, FromTask) and source.task not in top) or (
            isinstance(source, OneOf) and source.condition not in top
        )
        if is_outside:
            self._reasons.add("a pipeline's output that comes from inside a group", output.name)
        return not is_outside

    def _outputs_class(self, class_name: str) -> ast.ClassDef:
        """A NamedTuple; for names that Python has no fields for, what the SDK reads of one."""
        kinds = {output.name: annotation(output.type, self._classes, is_input=False) for output in self._outputs}
        if self._outputs_are_fields():
            fields: list[ast.stmt] = [
                ast.AnnAssign(ast.Name(key, ast.Store()), kind, None, 1) for key, kind in kinds.items()
            ]
            return class_def(class_name, "NamedTuple", fields)
        keys: list[ast.expr | None] = [ast.Constant(key) for key in kinds]
        return class_def(
            class_name,
            "",
            [
                ast.Expr(ast.Constant("What a NamedTuple would say, were these names of Python.")),
                assign("_fields", constant(list(kinds))),
                assign("__annotations__", ast.Dict(keys, list(kinds.values()))),
            ],
        )

    def _block(self, statements: tuple[Statement, ...]) -> list[ast.stmt]:
        outer, self._pending = self._pending, []
        written: list[ast.stmt] = []
        for statement in statements:
            nodes = self._statement(statement)
            if not isinstance(statement, ConditionStatement):
                self.written += [(node, statement.id) for node in nodes]
            written += self._flush() + nodes
        written += self._flush()
        self._pending = outer
        return written or [ast.Pass()]

    def _flush(self) -> list[ast.stmt]:
        """What the last statement needs to stand before it: the OneOfs that it reads."""
        pending, self._pending = self._pending, []
        return pending

    def _statement(self, statement: Statement) -> list[ast.stmt]:
        self._reasons.check_extra(self._plan.extras.get(statement.id, {}), statement.name)
        match statement:
            case TaskStatement():
                return self._task(statement)
            case ConditionStatement():
                if statement.display_name:
                    self._reasons.add("a name of an If/Else chain as a whole", statement.display_name)
                return self._condition(statement)
            case BranchStatement():
                return self._branch(statement, "dsl.If")
            case LoopStatement():
                return self._loop(statement)
            case ExitHandlerStatement():
                return self._exit_handler(statement)

    def _condition(self, condition: ConditionStatement) -> list[ast.stmt]:
        first, *others = condition.branches
        nodes = self._branch(first, "dsl.If")
        if others:
            # The SDK learns of the chain at its second branch: the chain takes over the number of the first.
            self.names[condition.id] = f"condition-branches-{self.names[first.id].rsplit('-', 1)[1]}"
            self.names[first.id] = self._group_name("condition")
        for branch in others:
            nodes += self._branch(branch, "dsl.Elif")
        return nodes

    def _group_name(self, kind: str) -> str:
        self._group_number += 1
        return f"{kind}-{self._group_number}"

    def _task_name(self, base: str) -> str:
        candidate, number = base, 2
        while candidate in self._given_names:
            candidate, number = f"{base}-{number}", number + 1
        self._given_names.add(candidate)
        return candidate

    def _branch(self, branch: BranchStatement, word: str) -> list[ast.stmt]:
        self._check_group(branch)
        title = text_or_none(branch.display_name)
        if branch.test is None:
            context = call("dsl.Else", name=title)
        else:
            context = call(word, self._test(branch.test), name=title)
        self.names[branch.id] = self._group_name("condition")
        node = self._with(context, None, branch.body)
        self.written.append((node, branch.id))
        return [node]

    def _test(self, test: Test) -> ast.expr:
        if not isinstance(test, Comparison):
            self._reasons.add("a condition that is not one comparison", test.expression)
            return ast.Compare(ast.Constant(1), [ast.Eq()], [ast.Constant(1)])
        return ast.Compare(self._expression(test.left), [_COMPARE[test.operator]], [self._expression(test.right)])

    def _loop(self, loop: LoopStatement) -> list[ast.stmt]:
        self._check_group(loop)
        context = call(
            "dsl.ParallelFor",
            items=self._expression(loop.items),
            name=text_or_none(loop.display_name),
            parallelism=constant(loop.parallelism) if loop.parallelism is not None else None,
        )
        if isinstance(loop.items, Constant):
            self._group_number += 1  # which the SDK spends on the name of the item
        self.names[loop.id] = self._group_name("for-loop")
        item = self._variables[loop.id] = self._local.take("item")
        return [self._with(context, item, loop.body)]

    def _exit_handler(self, handler: ExitHandlerStatement) -> list[ast.stmt]:
        self._check_group(handler)
        context = call(
            "dsl.ExitHandler", name(self._variables[handler.exit_task]), name=text_or_none(handler.display_name)
        )
        self.names[handler.id] = self._group_name("exit-handler")
        variable = self._variables[handler.id] = self._local.take(identifier(handler.name))
        return [self._with(context, variable if handler.id in self._read else None, handler.body)]

    def _with(self, context: ast.expr, variable: str | None, body: tuple[Statement, ...]) -> ast.With:
        target = ast.Name(variable, ast.Store()) if variable else None
        return ast.With([ast.withitem(context, target)], self._block(body), lineno=1)

    def _check_group(self, group: BranchStatement | LoopStatement | ExitHandlerStatement) -> None:
        if group.after:
            self._reasons.add("a group that runs after something", group.name)

    def _task(self, task: TaskStatement) -> list[ast.stmt]:
        component = self._plan.components.get(task.component)
        arguments: dict[str, ast.expr] = {key: self._expression(value) for key, value in task.arguments.items()}
        if component is not None and isinstance(component.implementation, ImporterImplementation):
            created = self._importer(component, component.implementation, arguments)
            self.names[task.id] = self._task_name("importer")
        else:
            named = [ast.keyword(identifier_or(key), value) for key, value in sorted(arguments.items())]
            called = self._callables[task.component]
            created = ast.Call(name(called.identifier), [], named)
            self.names[task.id] = self._task_name(called.sdk_name)
        variable = self._variables[task.id] = self._local.take(f"{identifier(task.name)}_task")
        calls = setting_calls(task, component, self._expression)
        if task.after:
            known = [self._variables[target] for target in task.after if self._can_be_waited_for(target)]
            if len(known) < len(task.after):
                self._reasons.add("a task that runs after a condition or a loop", task.name)
            calls.append(lambda target: method(target, "after", *(name(other) for other in known)))
        is_read = bool(calls) or task.id in self._read
        first = assign(variable, created) if is_read else ast.Expr(created)
        return [first, *(ast.Expr(make(name(variable))) for make in calls)]

    def _can_be_waited_for(self, target: EntityId) -> bool:
        return isinstance(self._statements.get(target), TaskStatement | ExitHandlerStatement)

    def _importer(
        self, component: Component, importer: ImporterImplementation, arguments: dict[str, ast.expr]
    ) -> ast.expr:
        if importer.artifact_type.instance_schema:
            self._reasons.add("an importer of a custom schema", component.name)
        metadata = self._metadata(importer.metadata, arguments) if importer.metadata else None
        return call(
            "dsl.importer",
            artifact_uri=arguments.get("uri", ast.Constant("")),
            artifact_class=artifact_class(importer.artifact_type, self._classes),
            reimport=constant(value=True) if importer.reimport else None,
            download_to_workspace=constant(value=True) if importer.download_to_workspace else None,
            metadata=metadata,
        )

    def _metadata(self, value: object, arguments: dict[str, ast.expr]) -> ast.expr:
        """Importer metadata: text of the form {{$.inputs.parameters['x']}} stands for what feeds the input x."""
        if isinstance(value, dict):
            keys = [self._metadata(key, arguments) for key in value]
            return ast.Dict(list(keys), [self._metadata(item, arguments) for item in value.values()])
        if isinstance(value, list):
            return ast.List([self._metadata(item, arguments) for item in value], ast.Load())
        if isinstance(value, str):
            for key, given in arguments.items():
                holder = f"{{{{$.inputs.parameters['{key}']}}}}"
                if value == holder:
                    return given
                if holder in value:
                    before, _, after = value.partition(holder)
                    return joined([before, given, after])
        return constant(value)

    def _expression(self, argument: Argument) -> ast.expr:
        match argument:
            case Constant(value=value):
                return constant(value)
            case FromPipelineInput(name=key):
                return name(self.parameters.get(key, identifier_or(key)))
            case FromTask():
                return self._output(argument)
            case FromLoop(loop=loop, field=field):
                item = name(self._variables[loop])
                return item if field is None else ast.Attribute(item, field, ast.Load())
            case Template(parts=parts):
                return joined(part if isinstance(part, str) else self._expression(part) for part in parts)
            case Collected(source=source):
                return call("dsl.Collected", self._expression(source))
            case OneOf():
                return self._oneof(argument)

    def _output(self, source: FromTask) -> ast.expr:
        outputs = self._outputs_of(source.task)
        variable = name(self._variables.get(source.task, "missing"))
        if [port.name for port in outputs] == [source.output]:
            return ast.Attribute(variable, "output", ast.Load())
        return subscript(ast.Attribute(variable, "outputs", ast.Load()), ast.Constant(source.output))

    def _outputs_of(self, task: EntityId) -> tuple[Output, ...]:
        statement = self._statements.get(task)
        if not isinstance(statement, TaskStatement):
            return ()
        component = self._plan.components.get(statement.component)
        if component is not None:
            return component.outputs
        inner = self._plan.pipeline(statement.component)
        return tuple(Output(name=port.name, type=port.type) for port in inner.outputs) if inner else ()

    def _oneof(self, argument: OneOf) -> ast.expr:
        # The SDK makes a channel of its own at every call: the same choice read twice is written once.
        if argument not in self._oneofs:
            first = argument.sources[0]
            hint = first.output if isinstance(first, FromTask) and first.output != "Output" else "result"
            variable = self._local.take(f"chosen_{identifier(hint)}")
            sources = [self._expression(source) for source in argument.sources]
            self._pending.append(assign(variable, call("dsl.OneOf", *sources)))
            self._oneofs[argument] = variable
        return name(self._oneofs[argument])


def identifier_or(key: str) -> str:
    """`key` where Python takes it as a parameter's name, else what is nearest to it."""
    return key if is_parameter_name(key) else identifier(key, fallback="value")


def _named_ids(pipeline: PipelinePlan) -> Iterator[EntityId]:
    """Every id that something in the pipeline names, so that its statement needs a variable."""
    for output in pipeline.outputs:
        yield from refers_to(output.source)
    for statement in walk(pipeline.body):
        yield from statement.after
        match statement:
            case TaskStatement():
                for argument in statement.arguments.values():
                    yield from refers_to(argument)
                for _key, argument in setting_arguments(statement.settings):
                    yield from refers_to(argument)
            case BranchStatement(test=test) if test is not None:
                for operand in operands(test):
                    yield from refers_to(operand)
            case LoopStatement(items=items):
                yield from refers_to(items)
            case ExitHandlerStatement(exit_task=exit_task):
                yield exit_task
            case _:
                pass


def pipeline_config(config: PipelineConfig) -> ast.expr:
    """`dsl.PipelineConfig(…)` with what is set."""
    workspace = None
    if config.workspace is not None:
        patch = config.workspace.pvc_spec_patch
        workspace = call(
            "dsl.WorkspaceConfig",
            size=ast.Constant(config.workspace.size),
            kubernetes=call("dsl.KubernetesWorkspaceConfig", pvcSpecPatch=constant(patch)) if patch else None,
        )
    times = {
        field: constant(getattr(config, field))
        for field in (
            "ttl_seconds_after_finished",
            "ttl_seconds_after_success",
            "ttl_seconds_after_failure",
            "active_deadline_seconds",
        )
        if getattr(config, field) is not None
    }
    return call("dsl.PipelineConfig", workspace=workspace, **times)
