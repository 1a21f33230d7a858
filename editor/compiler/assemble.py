"""From the SDK's result to the package's IR: component definitions written over its stand-ins, and one small named
pass for each thing that kfp 2.17 cannot say. Pure, no kfp: all of it works on JSON dicts.
"""

from collections.abc import Iterator

from editor.compiler.allotting import allot
from editor.compiler.cel import conjuncts, reads
from editor.compiler.custom_schemas import put_schemas
from editor.compiler.definitions import (
    doubles,
    input_definitions,
    merged,
    old_value,
    output_definitions,
    schema_of,
)
from editor.compiler.dialect import Dialect
from editor.compiler.handing_down import hand_down
from editor.compiler.places import Place
from editor.compiler.plan import (
    BranchStatement,
    ConditionStatement,
    ExitHandlerStatement,
    LoopStatement,
    PipelinePlan,
    Plan,
    Statement,
    TaskStatement,
)
from editor.compiler.surfacing import is_surfaced_by_us, surface
from editor.model import (
    Component,
    Constant,
    ContainerImplementation,
    EntityId,
    ImporterImplementation,
    Json,
    ParameterType,
    Pipeline,
)
from editor.model.arguments import refers_to
from editor.model.references import setting_arguments
from editor.model.settings import OpaqueTest


class Assembler:
    """Changes `spec` and `platform` (the SDK's result) in place, into what the package is to hold."""

    def __init__(self, plan: Plan, spec: dict[str, Json], platform: dict[str, Json]) -> None:
        self._plan = plan
        self._spec = spec
        self._platform = platform
        self._components: dict[str, Json] = spec.setdefault("components", {})
        self._made: dict[str, Json] = spec.get("deploymentSpec", {}).get("executors", {})
        self._executors: dict[str, Json] = {}
        self._platform_executors: dict[str, dict[str, Json]] = {}
        self._dialect = Dialect.of(plan.root.header)
        self.source_map: dict[str, EntityId] = {}

    def run(self) -> dict[str, Json]:
        """The runtime config of the package; empty unless the package that the document came from had one."""
        root = self._spec["root"]
        kept = self._plan.root.header.extra.get("names")
        names = allot(self._plan, kept if isinstance(kept, dict) else {})
        self._pipeline(self._plan.root, root)
        places = list(self._walk(self._plan.root, root, ""))
        for place in places:
            self.source_map[place.path] = place.statement.id
            self._place(place, names[place.path][1])
        for place in places:
            hand_down(place, self._components)
        self._rename_components(places, names)
        self._spec["deploymentSpec"] = {"executors": self._executors}
        self._put_executors_of_platforms()
        self._header(self._plan.root.header)
        put_schemas(self._plan, self._spec)
        self._dialect.change_words(self._spec)
        return self._runtime_config(self._plan.root.header)

    def _walk(self, pipeline: PipelinePlan, component: dict[str, Json], prefix: str) -> Iterator[Place]:
        yield from self._walk_block(pipeline, pipeline.body, component, prefix, ())

    def _walk_block(
        self,
        pipeline: PipelinePlan,
        block: tuple[Statement, ...],
        outer: dict[str, Json],
        prefix: str,
        around: tuple[Place, ...],
    ) -> Iterator[Place]:
        tasks: dict[str, Json] = outer["dag"]["tasks"]
        for statement in block:
            if isinstance(statement, ConditionStatement) and len(statement.branches) == 1:
                # The SDK has no group around a chain of one.
                yield from self._walk_block(pipeline, statement.branches, outer, prefix, around)
                continue
            task = tasks[statement.name]
            component = self._components[task["componentRef"]["name"]]
            path = f"{prefix}{statement.name}"
            place = Place(path, statement, pipeline, task, component, outer, around)
            yield place
            match statement:
                case TaskStatement():
                    sub = self._plan.pipeline(statement.component)
                    if sub is not None:
                        yield from self._walk(sub, component, f"{path}/")
                case ConditionStatement(branches=branches):
                    yield from self._walk_block(pipeline, branches, component, f"{path}/", (*around, place))
                case BranchStatement(body=body) | LoopStatement(body=body) | ExitHandlerStatement(body=body):
                    yield from self._walk_block(pipeline, body, component, f"{path}/", (*around, place))

    def _place(self, place: Place, label: str) -> None:
        statement = place.statement
        if isinstance(statement, TaskStatement):
            component = self._plan.components.get(statement.component)
            if component is None:
                sub = self._plan.pipeline(statement.component)
                assert sub is not None
                self._pipeline(sub, place.component)
            else:
                self._define(place, statement, component, label)
            _put_retry(place.task, statement)
        else:
            _put_opaque_test(place)
            _put_item_type(place)
        self._put_after(place)
        self._dialect.change_task(place.task)
        extra = self._plan.extras.get(statement.id, {})
        if extra.get("task"):
            _overwrite(place.task, extra["task"])
        if extra.get("component"):
            _overwrite(place.component, extra["component"])

    def _pipeline(self, pipeline: PipelinePlan, component: dict[str, Json]) -> None:
        """The ports of a pipeline's component spec, as the model says them."""
        header = pipeline.header
        is_old = self._dialect.is_schema_2_0
        _set(component, "inputDefinitions", input_definitions(header.inputs, is_old=is_old))
        _set(component, "outputDefinitions", output_definitions(header.outputs, is_old=is_old))
        for output in pipeline.outputs:
            if is_surfaced_by_us(output.source, pipeline):
                surface(output, pipeline, self._plan.names, component, self._components, is_old=is_old)
        extra = header.extra.get("component")
        if isinstance(extra, dict):
            _overwrite(component, extra)

    def _define(self, place: Place, statement: TaskStatement, component: Component, label: str) -> None:
        """The component's own definition over the SDK's stand-in, with what the task's settings change in it."""
        sdk_label = place.component["executorLabel"]
        is_old = self._dialect.is_schema_2_0
        place.component.clear()
        _set(place.component, "inputDefinitions", input_definitions(component.inputs, is_old=is_old))
        _set(place.component, "outputDefinitions", output_definitions(component.outputs, is_old=is_old))
        extra = component.extra.get("component")
        if isinstance(extra, dict):
            _overwrite(place.component, extra)
        made = self._made.get(sdk_label, {})
        match component.implementation:
            case ContainerImplementation(container=container):
                executor: dict[str, Json] = {"container": _container(container, made.get("container", {}), statement)}
            case ImporterImplementation():
                executor = {"importer": _importer(component, made.get("importer", {}))}
        executor_extra = component.extra.get("executor")
        if isinstance(executor_extra, dict):
            _overwrite(executor, executor_extra)
        self._dialect.change_executor(executor)
        task_extra = self._plan.extras.get(statement.id, {})
        if task_extra.get("executor"):
            _overwrite(executor, task_extra["executor"])
        wanted, number = label, 2
        while self._executors.setdefault(label, executor) != executor:
            label, number = f"{wanted}-{number}", number + 1
        place.component["executorLabel"] = label
        for name, platform in self._platform.get("platforms", {}).items():
            settings = platform.get("deploymentSpec", {}).get("executors", {}).get(sdk_label)
            if settings is not None:
                self._platform_executors.setdefault(name, {})[label] = self._dialect.platform_settings(settings)
        for kept in (component.platform, task_extra.get("platform") or {}):
            for name, settings in kept.items():
                executors = self._platform_executors.setdefault(name, {})
                executors[label] = merged(executors.get(label, {}), settings)

    def _put_after(self, place: Place) -> None:
        """Runs-after from and to groups, which the SDK can only say through the tasks in them."""
        statement = place.statement
        tasks = place.outer["dag"]["tasks"]
        wanted = [self._plan.names[target] for target in statement.after]
        here = [name for name in wanted if name in tasks]
        if not self._dialect.settings_imply_order and isinstance(statement, TaskStatement):
            self._drop_order_of_settings(statement, place.task, here)
        if here:
            place.task["dependentTasks"] = sorted({*place.task.get("dependentTasks", ()), *here})

    def _drop_order_of_settings(self, statement: TaskStatement, task: dict[str, Json], after: list[str]) -> None:
        """See Dialect.settings_imply_order."""
        names = self._plan.names
        by_setting = {
            names[target] for _key, argument in setting_arguments(statement.settings) for target in refers_to(argument)
        }
        by_input = {names[target] for argument in statement.arguments.values() for target in refers_to(argument)}
        only = by_setting - by_input - set(after)
        _set(task, "dependentTasks", [name for name in task.get("dependentTasks", ()) if name not in only])

    def _header(self, header: Pipeline) -> None:
        """Name, description, versions: a name such as `namespace/name` is refused by the SDK."""
        spec = self._spec
        information: dict[str, Json] = {"name": package_name(header)}
        if header.display_name:
            information["displayName"] = header.display_name
        if header.description:
            information["description"] = header.description
        spec["pipelineInfo"] = information
        _set(spec, "defaultPipelineRoot", header.pipeline_root)
        kept = header.extra.get("spec")
        if isinstance(kept, dict):
            # What is written as an older SDK writes it says so; all else is the work of the SDK that runs here.
            skipped = () if self._dialect.is_older else ("sdkVersion",)
            _overwrite(spec, {key: value for key, value in kept.items() if key not in skipped})
        platform = header.extra.get("platform")
        if isinstance(platform, dict):
            _overwrite(self._platform, platform)

    def _rename_components(self, places: list[Place], names: dict[str, tuple[str, str]]) -> None:
        """Each component under the name that `allotting` gave it; a name shared by two is kept while they are equal."""
        components: dict[str, Json] = {}
        for place in places:
            name, wanted = names[place.path][0], names[place.path][0]
            number = 2
            while components.setdefault(name, place.component) != place.component:
                name, number = f"{wanted}-{number}", number + 1
            place.task["componentRef"]["name"] = name
        self._components = self._spec["components"] = components

    def _put_executors_of_platforms(self) -> None:
        """The platform settings under the executors' real names."""
        for name, platform in list(self._platform.get("platforms", {}).items()):
            deployment = platform.get("deploymentSpec", {})
            deployment.pop("executors", None)
            if name in self._platform_executors:
                platform["deploymentSpec"] = {**deployment, "executors": self._platform_executors.pop(name)}
        for name, executors in self._platform_executors.items():
            self._platform.setdefault("platforms", {})[name] = {"deploymentSpec": {"executors": executors}}

    def _runtime_config(self, header: Pipeline) -> dict[str, Json]:
        """Schema 2.0.0 keeps the defaults of pipeline inputs there; else what the package had is given back."""
        kept = header.extra.get("runtimeConfig")
        config: dict[str, Json] = dict(kept) if isinstance(kept, dict) else {}
        if self._dialect.is_schema_2_0:
            values = {
                port.name: old_value(port.default.value, port.type.kind)
                for port in header.inputs
                if port.default is not None and isinstance(port.type, ParameterType)
            }
            if values:
                config["parameters"] = values
        return config


def package_name(header: Pipeline) -> str:
    """The pipeline's name as the SDK would clean it; one that a package had is given back as it was."""
    kept = header.extra.get("name")
    if kept == header.name:
        return header.name
    return clean_name(header.name)


def clean_name(name: str) -> str:
    """`name` as dsl.pipeline cleans it: lower case, digits and single dashes, at most 128 characters."""
    letters = "".join(letter if letter in "abcdefghijklmnopqrstuvwxyz0123456789" else "-" for letter in name.lower())
    return "-".join(part for part in letters.split("-") if part)[:128].strip("-") or "pipeline"


def _set(holder: dict[str, Json], key: str, value: Json) -> None:
    if value:
        holder[key] = value
    else:
        holder.pop(key, None)


def _overwrite(holder: dict[str, Json], extra: Json) -> None:
    assert isinstance(extra, dict)
    holder.update(merged(holder, extra))


def _container(kept: dict[str, Json], made: dict[str, Json], statement: TaskStatement) -> dict[str, Json]:
    """The component's container with the task's image, environment and resources."""
    container = dict(kept)
    settings = statement.settings
    if settings.image is not None:
        container["image"] = made.get("image", "")
    if settings.env:
        names = set(settings.env)
        before = [entry for entry in container.get("env", []) if entry.get("name") not in names]
        container["env"] = before + [{"name": name, "value": value} for name, value in settings.env.items()]
    if made.get("resources"):
        container["resources"] = merged(container.get("resources", {}), made["resources"])
    return container


def _importer(component: Component, made: dict[str, Json]) -> dict[str, Json]:
    implementation = component.implementation
    assert isinstance(implementation, ImporterImplementation)
    importer: dict[str, Json] = {"typeSchema": schema_of(implementation.artifact_type)}
    if "artifactUri" in made:
        importer["artifactUri"] = made["artifactUri"]
    if implementation.metadata:
        importer["metadata"] = doubles(implementation.metadata)
    if implementation.reimport:
        importer["reimport"] = True
    if implementation.download_to_workspace:
        importer["downloadToWorkspace"] = True
    return importer


def _put_retry(task: dict[str, Json], statement: TaskStatement) -> None:
    """Retries, with the SDK's own defaults for what is left open (structures.RetryPolicy.to_proto, 2.17)."""
    retry = statement.settings.retry
    if retry is None:
        return
    policy: dict[str, Json] = {
        "backoffDuration": _seconds(retry.backoff_duration_s or 0),
        "backoffFactor": float(retry.backoff_factor or 2),
        "backoffMaxDuration": _seconds(min(retry.backoff_max_duration_s or 3600, 3600)),
    }
    if retry.max_count:
        policy["maxRetryCount"] = retry.max_count
    task["retryPolicy"] = policy


def _seconds(value: float) -> str:
    return f"{value:.0f}s" if float(value).is_integer() else f"{value:.9f}".rstrip("0") + "s"


def _put_opaque_test(place: Place) -> None:
    """A condition that is more than one comparison: its CEL text, with the group's own names for the operands."""
    statement = place.statement
    if not isinstance(statement, BranchStatement) or not isinstance(statement.test, OpaqueTest):
        return
    policy = place.task.setdefault("triggerPolicy", {})
    # The last ones: those before them are the negations of the branches before this one.
    made = conjuncts(policy.get("condition", ""))[-len(statement.test.operands) :]
    names = [reads(text)[0] for text in made]
    policy["condition"] = statement.test.expression.format(**dict(zip(statement.test.operands, names, strict=True)))


def _put_item_type(place: Place) -> None:
    """The type of a loop's item where the package says another than the SDK would."""
    statement = place.statement
    if not isinstance(statement, LoopStatement) or not statement.item_kind:
        return
    iterator = place.task.get("parameterIterator")
    if iterator is None:
        return
    definition = place.component["inputDefinitions"]["parameters"].get(iterator.get("itemInput"))
    if definition is not None and isinstance(statement.items, Constant):
        definition["parameterType"] = statement.item_kind
