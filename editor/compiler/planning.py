"""From a document to a Plan: muted tasks left out, scopes ordered, what cannot be compiled said with its entities."""

import re
from collections.abc import Iterable, Sequence
from itertools import islice

import msgspec
import networkx as nx

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
from editor.errors import EditorError
from editor.model import (
    GROUP_TYPES,
    MAX_GROUP_DEPTH,
    ROOT,
    Argument,
    Collected,
    Component,
    Condition,
    ConditionBranch,
    Constant,
    DocumentView,
    EntityId,
    ExitHandler,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Loop,
    Node,
    OneOf,
    Pipeline,
    PipelineOutput,
    Task,
    TaskSettings,
    Template,
)
from editor.model.settings import Comparison, OpaqueTest, Resources, Test

_NO_HANDLER = EntityId("")
MAX_TASKS = 100_000


class CompileError(EditorError):
    """The document cannot be compiled; `subjects` are the ids of the entities concerned, where they are known."""


def make_plan(view: DocumentView) -> Plan:
    """The plan of the whole document.

    Raises CompileError where there is no order (cycles), nothing to run (empty bodies), or a name that leads nowhere.
    """
    _check_depth(view)
    planner = _Planner(view)
    order = planner.pipelines_inside_out()
    pipelines = tuple(planner.pipeline(pipeline) for pipeline in order)
    used = {
        statement.component
        for pipeline in pipelines
        for statement in walk(pipeline.body)
        if isinstance(statement, TaskStatement)
    }
    components = {key: view.component(key) for key in used if isinstance(view.get(key), Component)}
    _check_size(pipelines)
    names = {statement.id: statement.name for pipeline in pipelines for statement in walk(pipeline.body)}
    extras = {node.id: node.extra for node in view.nodes() if node.extra and node.id in names}
    return Plan(pipelines=pipelines, components=components, names=names, extras=extras)


def _check_depth(view: DocumentView) -> None:
    """Refuse what would exhaust the stack, here or of whoever reads the package."""
    for node in view.nodes():
        if (
            isinstance(node, GROUP_TYPES)
            and sum(1 for _ in islice(view.ancestors(node.id), MAX_GROUP_DEPTH + 1)) > MAX_GROUP_DEPTH
        ):
            raise CompileError(
                f"The groups around '{node.name[:40]}' nest more than {MAX_GROUP_DEPTH} deep.",
                hint="Take some of them away, or make a sub-pipeline of what lies in them.",
                subjects=(node.id,),
            )


def _check_size(pipelines: tuple[PipelinePlan, ...]) -> None:
    """Sub-pipelines in sub-pipelines multiply; a package has each use written out."""
    sizes: dict[EntityId, int] = {}
    for pipeline in pipelines:
        statements = list(walk(pipeline.body))
        tasks = [statement for statement in statements if isinstance(statement, TaskStatement)]
        inside = sum(sizes.get(task.component, 0) for task in tasks)
        sizes[pipeline.id] = len(statements) + inside
        if sizes[pipeline.id] > MAX_TASKS:
            raise CompileError(
                f"'{pipeline.header.name}' would have {sizes[pipeline.id]:,} tasks, counted in every sub-pipeline.",
                hint=f"Pipeloom compiles up to {MAX_TASKS:,}.",
                subjects=(pipeline.id,),
            )


class _Planner:
    def __init__(self, view: DocumentView) -> None:
        self._view = view
        self._exit_tasks: dict[EntityId, EntityId] = {}
        for node in view.nodes():
            if isinstance(node, ExitHandler):
                if node.exit_task in self._exit_tasks:
                    raise CompileError(
                        f"'{node.name}' and another exit handler have the same exit task.",
                        hint="Give each exit handler an exit task of its own.",
                        subjects=(node.id, self._exit_tasks[node.exit_task]),
                    )
                self._exit_tasks[node.exit_task] = node.id

    def pipelines_inside_out(self) -> list[Pipeline]:
        """The main pipeline and the sub-pipelines that it uses, used ones first."""
        order: list[Pipeline] = []
        state: dict[EntityId, str] = {}
        stack: list[tuple[EntityId, bool]] = [(ROOT, False)]
        while stack:
            pipeline_id, is_done = stack.pop()
            if is_done:
                state[pipeline_id] = "done"
                order.append(self._view.pipeline(pipeline_id))
                continue
            if state.get(pipeline_id) == "done":
                continue
            state[pipeline_id] = "open"
            stack.append((pipeline_id, True))
            for task, used in self._sub_pipelines(pipeline_id):
                if state.get(used) == "open" and used in {key for key, done in stack if done}:
                    raise CompileError(
                        f"The sub-pipeline '{self._view.pipeline(used).name}' contains itself.",
                        hint=f"Delete the task '{task.name}', or let it use another component.",
                        subjects=(task.id,),
                    )
                stack.append((used, False))
        return order

    def _sub_pipelines(self, pipeline_id: EntityId) -> list[tuple[Task, EntityId]]:
        found: list[tuple[Task, EntityId]] = []
        for child in self._view.descendants(pipeline_id):
            task = self._view.get(child)
            if isinstance(task, Task) and not task.is_muted and isinstance(self._view.get(task.component), Pipeline):
                found.append((task, task.component))
        return sorted(found, key=lambda pair: _natural(pair[0].name), reverse=True)

    def pipeline(self, pipeline: Pipeline) -> PipelinePlan:
        body = self._block(pipeline.id)
        if not body:
            what = "The pipeline" if pipeline.id == ROOT else f"The sub-pipeline '{pipeline.name}'"
            raise CompileError(
                f"{what} has no task to run.", hint="Add a component from the library.", subjects=(pipeline.id,)
            )
        outputs = tuple(self._output(pipeline, output) for output in pipeline.outputs)
        return PipelinePlan(header=pipeline, body=body, outputs=outputs)

    def _output(self, pipeline: Pipeline, output: PipelineOutput) -> PipelineOutput:
        source = self._argument(output.source, pipeline.id)
        if source is None:
            raise CompileError(
                f"The pipeline output '{output.name}' has no source: its task is muted or gone.",
                hint="Unmute the task, give the output another source, or remove it.",
                subjects=(pipeline.id,),
            )
        return msgspec.structs.replace(output, source=source)

    def _block(self, scope: EntityId) -> tuple[Statement, ...]:
        statements: list[Statement] = []
        for node in self._ordered(scope):
            if isinstance(node, Task) and node.id in self._exit_tasks:
                handler = self._exit_tasks[node.id]
                if self._is_there(handler):
                    continue
            if isinstance(node, ExitHandler):
                statements.extend(self._exit_handler(node))
                continue
            statement = self._statement(node)
            if statement is not None:
                statements.append(statement)
        return tuple(statements)

    def _is_there(self, handler: EntityId) -> bool:
        return handler in self._view and bool(self._view.children(handler))

    def _ordered(self, scope: EntityId) -> list[Node]:
        """The children of a scope, each after what it waits for; where free, by name with numbers counted."""
        graph = self._view.graph(scope)
        children = self._view.children(scope)
        simple = nx.DiGraph()
        simple.add_nodes_from(children)
        simple.add_edges_from((source, target) for source, target, _key in graph.edges(keys=True))
        rank = {child: number for number, child in enumerate(sorted(children, key=self._sort_key))}
        try:
            order = list(nx.lexicographical_topological_sort(simple, key=rank.__getitem__))
        except nx.NetworkXUnfeasible:
            edges: list[tuple[EntityId, EntityId]] = nx.find_cycle(simple)
            names = [self._view.node(edge[0]).name for edge in edges]
            raise CompileError(
                f"These wait for each other: {' → '.join([*names, names[0]])}.",
                hint="Take one of the wires or runs-after links out.",
                subjects=tuple(edge[0] for edge in edges),
            ) from None
        return [self._view.node(child) for child in order]

    def _sort_key(self, child: EntityId) -> tuple[object, ...]:
        node = self._view.node(child)
        order = node.order if isinstance(node, ConditionBranch) else 0
        return (order, not isinstance(node, Task), self._is_sub_pipeline(node), _natural(node.name), child)

    def _is_sub_pipeline(self, node: Node) -> bool:
        return isinstance(node, Task) and isinstance(self._view.get(node.component), Pipeline)

    def _statement(self, node: Node) -> Statement | None:
        match node:
            case Task():
                return None if node.is_muted else self._task(node)
            case Condition():
                return self._condition(node)
            case ConditionBranch():
                return self._branch(node)
            case Loop():
                return self._loop(node)
            case ExitHandler():
                raise AssertionError("exit handlers are two statements")

    def _task(self, task: Task, *, exit_of: EntityId = _NO_HANDLER) -> TaskStatement:
        interface = self._view.interface(task.component)
        if task.component not in self._view:
            raise CompileError(
                f"The component of '{task.name}' is missing from the document.",
                hint="Replace the component, or delete the task.",
                subjects=(task.id,),
            )
        arguments: dict[str, Argument] = {}
        for name, argument in task.arguments.items():
            if interface.input(name) is None:
                raise CompileError(
                    f"'{task.name}' is given the input '{name}', which its component does not have.",
                    hint="Clear that input.",
                    subjects=(task.id,),
                )
            resolved = self._argument(argument, task.id)
            if resolved is not None:
                arguments[name] = resolved
        return TaskStatement(
            id=task.id,
            name=task.name,
            component=task.component,
            arguments=arguments,
            after=self._after(task.after),
            settings=self._settings(task),
            exit_of=exit_of,
        )

    def _settings(self, task: Task) -> TaskSettings:
        settings = task.settings
        resources = settings.resources
        changed = {
            field: self._argument(getattr(resources, field), task.id)
            for field in resources.__struct_fields__
            if getattr(resources, field) is not None
        }
        kubernetes = tuple(
            msgspec.structs.replace(
                setting,
                arguments={
                    name: resolved
                    for name, argument in setting.arguments.items()
                    if (resolved := self._argument(argument, task.id)) is not None
                },
            )
            for setting in settings.kubernetes
        )
        return msgspec.structs.replace(
            settings,
            resources=Resources(**changed),
            image=self._argument(settings.image, task.id) if settings.image is not None else None,
            kubernetes=kubernetes,
        )

    def _condition(self, condition: Condition) -> ConditionStatement | None:
        branches: list[BranchStatement] = []
        for child in sorted(self._view.children(condition.id), key=self._sort_key):
            branch = self._view.node(child)
            if not isinstance(branch, ConditionBranch):
                raise CompileError(
                    f"'{branch.name}' lies in '{condition.name}', but in none of its branches.",
                    hint="Move it into a branch.",
                    subjects=(branch.id,),
                )
            statement = self._branch(branch)
            if statement is not None:
                branches.append(statement)
        if not branches:
            return self._empty(condition)
        if branches[0].test is None:
            raise CompileError(
                f"'{condition.name}' has an Else and no If.", hint="Add a branch.", subjects=(condition.id,)
            )
        return ConditionStatement(
            id=condition.id,
            name=condition.name,
            branches=tuple(branches),
            display_name=condition.display_name,
            after=self._after(condition.after),
        )

    def _branch(self, branch: ConditionBranch) -> BranchStatement | None:
        body = self._block(branch.id)
        if not body:
            return self._empty(branch)
        return BranchStatement(
            id=branch.id,
            name=branch.name,
            test=self._test(branch),
            body=body,
            display_name=branch.display_name,
            after=self._after(branch.after),
        )

    def _test(self, branch: ConditionBranch) -> Test | None:
        def operand(argument: Argument) -> Argument:
            resolved = self._argument(argument, branch.id)
            if resolved is None:
                raise CompileError(
                    f"The condition of '{branch.name}' reads a task that is muted or gone.",
                    hint="Choose another operand.",
                    subjects=(branch.id,),
                )
            return resolved

        match branch.test:
            case Comparison(left=left, operator=operator, right=right):
                return Comparison(operand(left), operator, operand(right))
            case OpaqueTest(expression=expression, operands=operands):
                return OpaqueTest(expression, {name: operand(value) for name, value in operands.items()})
            case None:
                return None

    def _loop(self, loop: Loop) -> LoopStatement | None:
        body = self._block(loop.id)
        if not body:
            return self._empty(loop)
        items = self._argument(loop.items, loop.id)
        if items is None:
            raise CompileError(
                f"The loop '{loop.name}' goes over the output of a task that is muted or gone.",
                hint="Choose other items.",
                subjects=(loop.id,),
            )
        return LoopStatement(
            id=loop.id,
            name=loop.name,
            items=items,
            body=body,
            parallelism=loop.parallelism,
            item_kind=loop.item_kind,
            display_name=loop.display_name,
            after=self._after(loop.after),
        )

    def _exit_handler(self, handler: ExitHandler) -> Sequence[Statement]:
        body = self._block(handler.id)
        if not body:
            self._empty(handler)
            return ()
        exit_task = self._view.get(handler.exit_task)
        if not isinstance(exit_task, Task):
            raise CompileError(
                f"The exit handler '{handler.name}' has no exit task.", hint="Choose one.", subjects=(handler.id,)
            )
        if exit_task.is_muted:
            return body
        return (
            self._task(exit_task, exit_of=handler.id),
            ExitHandlerStatement(
                id=handler.id,
                name=handler.name,
                exit_task=exit_task.id,
                body=body,
                display_name=handler.display_name,
                after=self._after(handler.after),
            ),
        )

    def _empty(self, group: Condition | ConditionBranch | Loop | ExitHandler) -> None:
        """None for a group whose tasks are all muted: it is left out with them. A truly empty one is refused."""
        if any(isinstance(self._view.get(node), Task) for node in self._view.descendants(group.id)):
            return
        raise CompileError(
            f"'{group.name}' has no task in it: KFP has no empty group.",
            hint="Move a task into it, or delete it.",
            subjects=(group.id,),
        )

    def _after(self, targets: Iterable[EntityId]) -> tuple[EntityId, ...]:
        """What to wait for: what is left out replaced by what it waited for, what is opened by what is in it."""
        found: dict[EntityId, None] = {}
        stack = list(reversed(list(targets)))
        seen: set[EntityId] = set()
        while stack:
            target = stack.pop()
            if target in seen or target not in self._view:
                continue
            seen.add(target)
            node = self._view.node(target)
            if self._is_left_out(node):
                stack.extend(node.after)
                continue
            match node:
                case ExitHandler() if self._is_muted(node.exit_task):
                    stack.extend((*self._view.children(target), *node.after))
                case Condition():
                    live = [child for child in self._view.children(target) if not self._is_left_out_id(child)]
                    # A chain of one is compiled as that branch alone.
                    found.update(dict.fromkeys(live if len(live) == 1 else [target]))
                case _:
                    found[target] = None
        return tuple(found)

    def _is_muted(self, task: EntityId) -> bool:
        entity = self._view.get(task)
        return isinstance(entity, Task) and entity.is_muted

    def _is_left_out_id(self, node: EntityId) -> bool:
        return self._is_left_out(self._view.node(node))

    def _is_left_out(self, node: Node) -> bool:
        """Whether a task is muted, or a group holds muted tasks only."""
        if isinstance(node, Task):
            return node.is_muted
        tasks = [inner for inner in self._view.descendants(node.id) if isinstance(self._view.get(inner), Task)]
        return bool(tasks) and all(self._is_muted(task) for task in tasks)

    def _argument(self, argument: Argument, consumer: EntityId) -> Argument | None:
        """The argument with muted tasks bypassed; None if nothing is left of it."""
        match argument:
            case Constant() | FromPipelineInput() | FromLoop():
                return argument
            case FromTask():
                return self._from_task(argument, consumer)
            case Template(parts=parts):
                resolved = [part if isinstance(part, str) else self._argument(part, consumer) for part in parts]
                return Template(tuple(part for part in resolved if part is not None)) if resolved else None
            case Collected(source=source):
                inner = self._argument(source, consumer)
                return None if inner is None else Collected(inner)
            case OneOf(condition=condition, sources=sources):
                inner_sources = [self._argument(source, consumer) for source in sources]
                kept = tuple(source for source in inner_sources if source is not None)
                return OneOf(condition, kept) if kept else None

    def _from_task(self, argument: FromTask, consumer: EntityId) -> Argument | None:
        seen: set[EntityId] = set()
        while True:
            task = self._view.get(argument.task)
            if not isinstance(task, Task):
                raise CompileError(
                    f"'{self._name(consumer)}' takes the output of a task that is gone.",
                    hint="Wire another output into it.",
                    subjects=(consumer,),
                )
            interface = self._view.interface(task.component)
            output = interface.output(argument.output)
            if output is None:
                raise CompileError(
                    f"'{task.name}' has no output '{argument.output}', which '{self._name(consumer)}' takes.",
                    hint="Wire another output.",
                    subjects=(consumer, task.id),
                )
            if not task.is_muted:
                return argument
            seen.add(task.id)
            twin = next((port for port in interface.inputs if port.type == output.type), None)
            through = None if twin is None else task.arguments.get(twin.name, twin.default)
            if not isinstance(through, FromTask):
                return through if through is None else self._argument(through, consumer)
            if through.task in seen:
                return None
            argument = through

    def _name(self, entity: EntityId) -> str:
        node = self._view.get(entity)
        return node.name if isinstance(node, Task | Condition | ConditionBranch | Loop | Pipeline) else str(entity)


def _natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """A key that sorts "step-10" after "step-9"."""
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", name) if part)
