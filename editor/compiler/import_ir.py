"""From a package back to entities, all of it rebuilt: the document holds no copy of a package or scope. Pure.

What the model has no word for is kept verbatim in the `extra` of its entity and written back by `assemble`:

- main pipeline: `spec` (the versions where an older SDK wrote the package, and unknown fields), `name` (one that is no
  clean KFP name), `platform` (unknown parts of the platform spec), `runtimeConfig` (arguments of a PipelineJob),
  `names` (of components and executors that are not called after their task, by path);
- pipeline: `component` (unknown fields of its component spec);
- task or group: `task` (unknown fields of the task spec), `component` (of a group's component spec), `executor`,
  `platform` (settings of which kfp.kubernetes has no function);
- component: `component`, `executor` (fields beside container and importer);
- input or output: unknown fields of its definition.
"""

import msgspec

from editor.compiler import cel
from editor.compiler.allotting import allot
from editor.compiler.definitions import read_inputs, read_old_value, read_outputs
from editor.compiler.dialect import Dialect
from editor.compiler.import_components import PREFIXES, Components, injected_name, resources_of
from editor.compiler.import_header import Header
from editor.compiler.import_kubernetes import read_kubernetes
from editor.compiler.import_scopes import (
    ALL_COMPLETED,
    NodeRecord,
    Scope,
    Structure,
    chain_order,
    condition_of,
    exit_task_of,
    item_field,
    selectors,
)
from editor.compiler.import_values import (
    display_name_of,
    iteration,
    operand_argument,
    parameter_kinds,
    read_retry,
    with_template,
)
from editor.compiler.packages import RawPackage
from editor.compiler.planning import CompileError, make_plan
from editor.compiler.shapes import check_bool, check_dict, check_number, check_str
from editor.errors import EditorError
from editor.model import (
    ROOT,
    Argument,
    Caching,
    Comparison,
    Condition,
    ConditionBranch,
    Constant,
    DocumentView,
    Entity,
    EntityId,
    ExitHandler,
    FromLoop,
    FromPipelineInput,
    Json,
    Loop,
    OneOf,
    OpaqueTest,
    ParameterType,
    Pipeline,
    PipelineOutput,
    Task,
    TaskSettings,
    Test,
)
from editor.model.arguments import refers_to
from editor.model.references import setting_arguments

_TASK_FIELDS = {
    "taskInfo",
    "inputs",
    "dependentTasks",
    "cachingOptions",
    "componentRef",
    "triggerPolicy",
    "parameterIterator",
    "artifactIterator",
    "iteratorPolicy",
    "retryPolicy",
}
_INJECTED_SETTINGS = {
    "cpu_request",
    "cpu_limit",
    "memory_request",
    "memory_limit",
    "accelerator_type",
    "accelerator_count",
    "base_image",
}


def import_package(raw: RawPackage) -> dict[EntityId, Entity]:
    """The entities of a package, the main pipeline under ROOT; nothing is placed yet.

    Raises EditorError if the package makes no sense: a component that is not there or contains itself, a task that no
    one made, a value of the wrong kind.
    """
    try:
        return _Importer(raw).run()
    except RecursionError:
        raise EditorError("The package cannot be read: something in it nests too deeply.") from None


class _Importer:
    def __init__(self, raw: RawPackage) -> None:
        self._raw = raw
        self._components = Components(raw.spec, raw.platform)
        self._structure = Structure(self._components)
        self._dialect = Dialect.of_spec(raw.spec)
        self._entities: dict[EntityId, Entity] = {}

    def run(self) -> dict[EntityId, Entity]:
        root = check_dict(self._raw.spec.get("root"), "root")
        if not check_dict(check_dict(root.get("dag"), "root.dag").get("tasks"), "root.dag.tasks"):
            raise EditorError("The package cannot be read: it has no tasks.", hint="Compile the pipeline again.")
        self._structure.build_root(root)
        for pipeline, scope in self._structure.pipelines.items():
            self._pipeline(pipeline, scope)
        self._drop_expected_names()
        return self._entities

    def _drop_expected_names(self) -> None:
        """Keep no names of components that compiling gives anyway."""
        root = self._entities[ROOT]
        assert isinstance(root, Pipeline)
        kept = root.extra.get("names")
        if not isinstance(kept, dict):
            return
        try:
            expected = allot(make_plan(DocumentView(self._entities)), {})
        except CompileError:
            return
        if all(list(expected.get(path, ())) == names for path, names in kept.items()):
            extra = {key: value for key, value in root.extra.items() if key != "names"}
            self._entities[ROOT] = msgspec.structs.replace(root, extra=extra)

    def _pipeline(self, pipeline: EntityId, scope: Scope) -> None:
        where = "root" if pipeline == ROOT else f"sub-pipeline '{self._structure.names[pipeline]}'"
        definitions = check_dict(scope.component.get("inputDefinitions"), f"{where}.inputDefinitions")
        inputs = read_inputs(definitions, where)
        scope.bindings = {port.name: FromPipelineInput(port.name) for port in inputs}
        self._scope(scope, pipeline)
        outputs = self._outputs(scope, where)
        known = {"inputDefinitions", "outputDefinitions", "dag"}
        kept = {name: value for name, value in scope.component.items() if name not in known}
        extra: dict[str, Json] = {"component": kept} if kept else {}
        if pipeline != ROOT:
            name = self._structure.names[pipeline]
            self._entities[pipeline] = Pipeline(id=pipeline, name=name, inputs=inputs, outputs=outputs, extra=extra)
            return
        header = Header(self._raw, self._components, self._structure)
        self._entities[ROOT] = header.root(inputs, outputs, extra)

    def _outputs(self, scope: Scope, where: str) -> tuple[PipelineOutput, ...]:
        definitions = check_dict(scope.component.get("outputDefinitions"), f"{where}.outputDefinitions")
        given = check_dict(scope.dag.get("outputs"), f"{where}.dag.outputs")
        outputs: list[PipelineOutput] = []
        for port in read_outputs(definitions, where):
            chosen = selectors(given, port.name, f"{where}: output '{port.name}'")
            if not chosen:
                raise EditorError(f"The package cannot be read: nothing gives the output '{port.name}' of the {where}.")
            sources = [scope.output(task, key) for task, key in chosen]
            source = sources[0] if len(sources) == 1 else OneOf(self._chain_of(scope, chosen), tuple(sources))
            outputs.append(
                PipelineOutput(
                    name=port.name, type=port.type, source=source, description=port.description, extra=port.extra
                )
            )
        return tuple(outputs)

    def _chain_of(self, scope: Scope, chosen: list[tuple[str, str]]) -> EntityId:
        return scope.node(chosen[0][0]).id

    def _scope(self, scope: Scope, pipeline: EntityId) -> None:
        """The entities of a scope and of those inside it."""
        specs = {name: node.task for name, node in scope.nodes.items()}
        exits: dict[str, str] = {}
        for node in scope.nodes.values():
            if node.kind == "exit_handler":
                exit_task = exit_task_of(node.name, specs)
                assert exit_task is not None
                exits[exit_task] = node.name
        for node in scope.nodes.values():
            if node.inner is None:
                self._task(scope, node, exits.get(node.name))
            else:
                self._group(scope, node, pipeline)

    def _task(self, scope: Scope, node: NodeRecord, exit_of: str | None) -> None:
        extra = self._task_extra(node)
        resolved = {**dict(self._resolved(scope, node, "parameters", extra))}
        resolved.update(dict(self._resolved(scope, node, "artifacts", extra)))
        injected = {name: argument for name, argument in resolved.items() if name.startswith(PREFIXES)}
        if node.kind == "leaf":
            executed = self._components.leaf(node.key, node.name)
            component: EntityId = executed.component.id
            self._entities[component] = executed.component
            ports = executed.component.inputs
            if executed.extra:
                extra["executor"] = executed.extra
            resources, image = resources_of(executed.resources, injected), executed.image
        else:
            component = node.pipeline
            definitions = check_dict(node.component.get("inputDefinitions"), f"task '{node.name}': inputDefinitions")
            ports = read_inputs(definitions, f"task '{node.name}'")
            resources, image = resources_of({}, {}), None
        kinds = {port.name: port.type.kind if isinstance(port.type, ParameterType) else "" for port in ports}
        arguments: dict[str, Argument] = {}
        for name, argument in resolved.items():
            if name in kinds:
                arguments[name] = with_template(argument, kinds[name], injected)
            elif name not in injected and name not in _INJECTED_SETTINGS:
                self._keep_input(node, name, extra)
        settings, left = self._settings(scope, node, exit_of)
        if left:
            extra["platform"] = left
        image_argument: Argument | None = None
        if image is not None:
            name = injected_name(image)
            image_argument = injected[name] if name in injected else with_template(Constant(image), "STRING", injected)
        settings = msgspec.structs.replace(settings, resources=resources, image=image_argument)
        self._entities[node.id] = Task(
            id=node.id,
            parent=scope.owner,
            name=node.name,
            component=component,
            arguments=arguments,
            after=self._after_with(settings, self._after(scope, node, exit_of)),
            settings=settings,
            extra=extra,
        )

    def _resolved(
        self,
        scope: Scope,
        node: NodeRecord,
        group: str,
        extra: dict[str, Json],
        dangling: list[str] | None = None,
    ) -> "list[tuple[str, Argument]]":
        """(input, argument) for what a task or group is given; final statuses are the exit handler's doing.

        The SDK hands a loop's item that stands in a text to the groups around the loop too, where there is none (2.17):
        such inputs go to `dangling`.
        """
        found: list[tuple[str, Argument]] = []
        for name, source in node.inputs("parameters" if group == "parameters" else "artifacts"):
            taken = source.get("componentInputParameter")
            if dangling is not None and isinstance(taken, str) and taken not in scope.bindings and "loop-item" in taken:
                dangling.append(name)
                continue
            argument = self._source(scope, node, name, source, extra)
            if argument is not None:
                found.append((name, argument))
        return found

    def _source(
        self, scope: Scope, node: NodeRecord, name: str, source: dict[str, Json], extra: dict[str, Json]
    ) -> Argument | None:
        where = f"task '{node.name}': input '{name}'"
        for field, key_field in (
            ("taskOutputParameter", "outputParameterKey"),
            ("taskOutputArtifact", "outputArtifactKey"),
        ):
            if field in source:
                output = check_dict(source[field], where)
                producer = check_str(output.get("producerTask"), where)
                if producer == node.name:
                    raise EditorError(f"The package cannot be read: the task '{node.name}' takes its own output.")
                argument = scope.output(producer, check_str(output.get(key_field), where))
                return self._selected(argument, node, name, source, extra)
        for field in ("componentInputParameter", "componentInputArtifact"):
            if field in source:
                taken = check_str(source[field], where)
                if taken not in scope.bindings:
                    place = f"'{scope.path}'" if scope.path else "the pipeline"
                    raise EditorError(
                        f"The package cannot be read: {where} takes the input '{taken}', which {place} does not have."
                    )
                return self._selected(scope.bindings[taken], node, name, source, extra)
        if "runtimeValue" in source:
            value = check_dict(source["runtimeValue"], where)
            if "constant" in value:
                return Constant(value["constant"])
            if "constantValue" in value:
                return Constant(read_old_value(value["constantValue"], where))
        if "taskFinalStatus" not in source:
            self._keep_input(node, name, extra)
        return None

    def _selected(
        self, argument: Argument, node: NodeRecord, name: str, source: dict[str, Json], extra: dict[str, Json]
    ) -> Argument:
        selector = check_str(source.get("parameterExpressionSelector"), f"task '{node.name}': input '{name}'")
        if not selector:
            return argument
        field = item_field(argument, selector)
        if field is None:
            self._keep_input(node, name, extra)
            return argument
        return field

    def _keep_input(self, node: NodeRecord, name: str, extra: dict[str, Json]) -> None:
        for group in ("parameters", "artifacts"):
            inputs = check_dict(check_dict(node.task.get("inputs"), "inputs").get(group), "inputs")
            if name in inputs:
                kept = extra.setdefault("task", {}).setdefault("inputs", {}).setdefault(group, {})
                kept[name] = inputs[name]

    def _task_extra(self, node: NodeRecord) -> dict[str, Json]:
        extra: dict[str, Json] = {}
        kept = {name: value for name, value in node.task.items() if name not in _TASK_FIELDS}
        trigger = node.trigger()
        odd = {name: value for name, value in trigger.items() if name not in ("condition", "strategy")}
        if node.kind in ("leaf", "pipeline") and trigger.get("condition"):
            odd["condition"] = trigger["condition"]
        if odd:
            kept["triggerPolicy"] = odd
        if node.kind in ("leaf", "pipeline"):
            for field in ("parameterIterator", "artifactIterator", "iteratorPolicy"):
                if field in node.task:
                    kept[field] = node.task[field]
        if kept:
            extra["task"] = kept
        return extra

    def _after(self, scope: Scope, node: NodeRecord, exit_of: str | None = None) -> tuple[EntityId, ...]:
        """What the task waits for beyond what its inputs say."""
        implied = node.producers()
        found: list[EntityId] = []
        for name in node.depends_on():
            if name == node.name:
                raise EditorError(f"The package cannot be read: the task '{node.name}' waits for itself.")
            other = scope.node(name)
            if name not in implied and name != exit_of:
                found.append(other.id)
        return tuple(found)

    def _settings(self, scope: Scope, node: NodeRecord, exit_of: str | None) -> tuple[TaskSettings, dict[str, Json]]:
        """The settings on the task spec and in the platform document; and what of the latter is not understood."""
        where = f"task '{node.name}'"
        caching = check_dict(node.task.get("cachingOptions"), f"{where}: cachingOptions")
        kubernetes, left = (), {}
        if node.kind == "leaf":
            label = check_str(node.component.get("executorLabel"), where)
            kubernetes, left = read_kubernetes(
                self._components.platform(label), lambda source: self._platform_argument(scope, node, source), where
            )
        strategy = node.trigger().get("strategy")
        return TaskSettings(
            display_name=display_name_of(node),
            caching=Caching(
                enabled=check_bool(caching.get("enableCache"), f"{where}: enableCache"),
                key=check_str(caching.get("cacheKey"), f"{where}: cacheKey"),
            ),
            retry=read_retry(check_dict(node.task.get("retryPolicy"), f"{where}: retryPolicy"), where),
            ignore_upstream_failure=strategy == ALL_COMPLETED and exit_of is None,
            kubernetes=kubernetes,
        ), left

    def _after_with(self, settings: TaskSettings, after: tuple[EntityId, ...]) -> tuple[EntityId, ...]:
        """Without the tasks whose outputs a Kubernetes setting takes: the SDK waits for those by itself."""
        if not self._dialect.settings_imply_order:
            return after
        taken = {target for _key, argument in setting_arguments(settings) for target in refers_to(argument)}
        return tuple(target for target in after if target not in taken)

    def _platform_argument(self, scope: Scope, node: NodeRecord, source: dict[str, Json]) -> Argument | None:
        """The argument that a platform setting's InputParameterSpec says; None if it says none."""
        kept: dict[str, Json] = {}
        argument = self._source(scope, node, "", source, kept)
        return None if kept else argument

    def _group(self, scope: Scope, node: NodeRecord, pipeline: EntityId) -> None:
        inner = node.inner
        assert inner is not None
        extra = self._task_extra(node)
        dangling: list[str] = []
        bindings = dict(self._resolved(scope, node, "parameters", extra, dangling))
        bindings.update(dict(self._resolved(scope, node, "artifacts", extra)))
        inner.bindings = bindings
        after = self._after(scope, node)
        display_name = display_name_of(node)
        match node.kind:
            case "loop":
                self._loop(scope, node, inner, after, extra)
            case "branch":
                test = self._test(condition_of(node.task, node.name), inner)
                self._entities[node.id] = ConditionBranch(
                    id=node.id,
                    parent=scope.owner,
                    name=node.name,
                    test=test,
                    display_name=display_name,
                    after=after,
                    extra=extra,
                )
            case "condition":
                self._entities[node.id] = Condition(
                    id=node.id,
                    parent=scope.owner,
                    name=node.name,
                    display_name=display_name,
                    after=after,
                    extra=extra,
                )
            case _:
                exit_task = exit_task_of(node.name, {name: other.task for name, other in scope.nodes.items()})
                assert exit_task is not None
                self._entities[node.id] = ExitHandler(
                    id=node.id,
                    parent=scope.owner,
                    name=node.name,
                    exit_task=scope.node(exit_task).id,
                    display_name=display_name,
                    after=after,
                    extra=extra,
                )
        _bind_fields(inner, dangling)
        self._scope(inner, pipeline)
        if node.kind == "condition":
            self._order_branches(inner)

    def _loop(
        self, scope: Scope, node: NodeRecord, inner: Scope, after: tuple[EntityId, ...], extra: dict[str, Json]
    ) -> None:
        items, item_kind, item_input = iteration(node, inner)
        inner.bindings[item_input] = FromLoop(node.id)
        policy = check_dict(node.task.get("iteratorPolicy"), f"task '{node.name}': iteratorPolicy")
        limit = policy.get("parallelismLimit")
        self._entities[node.id] = Loop(
            id=node.id,
            parent=scope.owner,
            name=node.name,
            items=items,
            parallelism=int(check_number(limit, "parallelismLimit")) if limit else None,
            item_kind=item_kind,
            display_name=display_name_of(node),
            after=after,
            extra=extra,
        )

    def _test(self, condition: str, inner: Scope) -> Test:
        parsed = cel.parse(condition)
        kinds = parameter_kinds(inner.component)
        if parsed is not None:
            texts: list[str] = []
            sides: list[str] = []
            operands: list[Argument] = []
            for operand in (parsed.left, parsed.right):
                kind = kinds.get(operand.name, "") if isinstance(operand, cel.InputRead) else cel.kind_of(operand.value)
                texts.append(cel.written(operand, kind))
                sides.append(kind)
                operands.append(operand_argument(operand, inner))
            again = cel.render(texts[0], parsed.operator, texts[1], (sides[0], sides[1]))
            if again == condition or self._dialect.is_schema_2_0:
                return Comparison(operands[0], parsed.operator, operands[1])
        named: dict[str, Argument] = {}
        text = condition.replace("{", "{{").replace("}", "}}")
        for number, name in enumerate(cel.reads(condition)):
            named[f"input_{number}"] = operand_argument(cel.InputRead(name), inner)
            text = text.replace(f"['{name}']", f"['{{input_{number}}}']")
        return OpaqueTest(text, named)

    def _order_branches(self, inner: Scope) -> None:
        """The chain's order, and each test without the negations of those before it."""
        nodes = list(inner.nodes.values())
        conditions = [condition_of(node.task, node.name) for node in nodes]
        asked: list[str] = []
        for order, number in enumerate(chain_order(conditions)):
            node = nodes[number]
            branch = self._entities[node.id]
            if not isinstance(branch, ConditionBranch) or node.inner is None:
                raise EditorError(
                    f"The package cannot be read: '{node.name}' lies among the branches of a condition and is none.",
                    hint="Compile the pipeline again from its source.",
                )
            own = cel.own_part(conditions[number], asked)
            test = self._test(own, node.inner) if own else None
            self._entities[node.id] = msgspec.structs.replace(branch, order=order, test=test)
            asked.append(own or "")


def _bind_fields(inner: Scope, dangling: list[str]) -> None:
    """What the SDK's inputs for fields of the loop's own item, taken in texts, stand for."""
    for name in dangling:
        item, _, field = name.partition("-subvar-")
        binding = inner.bindings.get(item)
        if field and isinstance(binding, FromLoop) and binding.field is None:
            inner.bindings[name] = FromLoop(binding.loop, field)
