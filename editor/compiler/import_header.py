"""The main pipeline of a package: names, versions, configuration, and what is kept of the package as a whole. Pure."""

import re

import msgspec

from editor.compiler.definitions import read_old_value
from editor.compiler.dialect import Dialect
from editor.compiler.import_components import Components
from editor.compiler.import_scopes import NodeRecord, Scope, Structure
from editor.compiler.import_values import read_pipeline_config
from editor.compiler.packages import RawPackage
from editor.compiler.shapes import check_dict, check_str
from editor.model import ROOT, Constant, Input, Json, Pipeline, PipelineConfig, PipelineOutput

_SPEC_FIELDS = {"components", "deploymentSpec", "pipelineInfo", "root", "defaultPipelineRoot"}
_CLEAN_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,127})?")


class Header:
    """Reads what stands around the tasks; the tasks themselves are `import_ir`'s."""

    def __init__(self, raw: RawPackage, components: Components, structure: Structure) -> None:
        self._raw = raw
        self._components = components
        self._structure = structure
        self._dialect = Dialect.of_spec(raw.spec)

    def root(self, inputs: tuple[Input, ...], outputs: tuple[PipelineOutput, ...], extra: dict[str, Json]) -> Pipeline:
        spec = self._raw.spec
        information = check_dict(spec.get("pipelineInfo"), "pipelineInfo")
        name = check_str(information.get("name"), "pipelineInfo.name")
        kept = {key: value for key, value in spec.items() if key not in _SPEC_FIELDS}
        if not self._dialect.is_older:
            # What our SDK writes anyway: only an older one's version says something, namely how to write.
            kept.pop("sdkVersion", None)
            if kept.get("schemaVersion") == "2.1.0":
                del kept["schemaVersion"]
        beside = {k: v for k, v in information.items() if k not in ("name", "displayName", "description")}
        if beside:
            kept["pipelineInfo"] = beside
        unused = self._unused()
        if unused:
            kept.update(unused)
        names = self._names(self._structure.pipelines[ROOT], "")
        if names:
            extra["names"] = names
        if kept:
            extra["spec"] = kept
        if not _CLEAN_NAME.fullmatch(name) or "--" in name or name.endswith("-"):
            extra["name"] = name
        config, platform = self._config()
        if platform:
            extra["platform"] = platform
        runtime = dict(check_dict(self._raw.runtime_config, "runtimeConfig"))
        inputs = self._with_old_defaults(inputs, runtime)
        if runtime:
            extra["runtimeConfig"] = runtime
        return Pipeline(
            id=ROOT,
            name=name,
            display_name=check_str(information.get("displayName"), "pipelineInfo.displayName"),
            description=check_str(information.get("description"), "pipelineInfo.description"),
            inputs=inputs,
            outputs=outputs,
            pipeline_root=check_str(spec.get("defaultPipelineRoot"), "defaultPipelineRoot"),
            config=config,
            extra=extra,
        )

    def _names(self, scope: Scope, prefix: str) -> dict[str, Json]:
        """Path -> [component, executor] where they are not called after the task."""
        found: dict[str, Json] = {}
        for node in scope.nodes.values():
            path = f"{prefix}{node.name}"
            label = check_str(node.component.get("executorLabel"), f"components.{node.key}.executorLabel")
            if node.key != f"comp-{node.name}" or (label and label != f"exec-{node.name}"):
                found[path] = [node.key, label or f"exec-{node.name}"]
            if node.inner is not None:
                found.update(self._names(node.inner, f"{path}/"))
            elif node.kind == "pipeline":
                found.update(self._names_of_use(node, f"{path}/"))
        return found

    def _names_of_use(self, node: NodeRecord, prefix: str) -> dict[str, Json]:
        """Of one use of a sub-pipeline: the entities are shared, the names of what is in it are each use's own."""
        found: dict[str, Json] = {}
        stack = [(node.component, prefix)]
        while stack:
            component, path = stack.pop()
            dag = check_dict(component.get("dag"), f"components.{node.key}.dag")
            for name, task in check_dict(dag.get("tasks"), f"components.{node.key}.dag.tasks").items():
                key = check_str(check_dict(task.get("componentRef"), name).get("name"), name)
                inner = self._components.spec(key, name)
                label = check_str(inner.get("executorLabel"), f"components.{key}.executorLabel")
                if key != f"comp-{name}" or (label and label != f"exec-{name}"):
                    found[f"{path}{name}"] = [key, label or f"exec-{name}"]
                if "dag" in inner:
                    stack.append((inner, f"{path}{name}/"))
        return found

    def _unused(self) -> dict[str, Json]:
        """Components and executors that nothing in the package uses: the SDK's merge of sub-pipelines leaves some."""
        components, executors = self._components.unused(check_dict(self._raw.spec.get("root"), "root"))
        unused: dict[str, Json] = {}
        if components:
            unused["components"] = components
        if executors:
            unused["deploymentSpec"] = {"executors": executors}
        return unused

    def _with_old_defaults(self, inputs: tuple[Input, ...], runtime: dict[str, Json]) -> tuple[Input, ...]:
        """Schema 2.0.0 has no defaults in the spec: the runtime config's values are what the SDK wrote for them."""
        if not self._dialect.is_schema_2_0 or "parameters" not in runtime:
            return inputs
        values = dict(check_dict(runtime.pop("parameters"), "runtimeConfig.parameters"))
        changed: list[Input] = []
        for port in inputs:
            if port.name in values:
                value = read_old_value(values.pop(port.name), f"runtimeConfig.parameters.{port.name}")
                port = msgspec.structs.replace(port, default=Constant(value))
            changed.append(port)
        if values:
            runtime["parameters"] = values
        return tuple(changed)

    def _config(self) -> tuple[PipelineConfig | None, dict[str, Json]]:
        """The pipeline's configuration, and what the platform spec has beside it and the executors."""
        left: dict[str, Json] = {}
        config: PipelineConfig | None = None
        platforms = check_dict(self._raw.platform.get("platforms"), "platforms")
        for name, value in platforms.items():
            where = f"platforms.{name}"
            platform = dict(check_dict(value, where))
            deployment = dict(check_dict(platform.pop("deploymentSpec", None), f"{where}.deploymentSpec"))
            deployment.pop("executors", None)
            if name == "kubernetes" and "pipelineConfig" in platform:
                config, rest = read_pipeline_config(
                    check_dict(platform.pop("pipelineConfig"), f"{where}.pipelineConfig")
                )
                if rest:
                    platform["pipelineConfig"] = rest
            if deployment:
                platform["deploymentSpec"] = deployment
            if platform:
                left[name] = platform
        beside: dict[str, Json] = {key: value for key, value in self._raw.platform.items() if key != "platforms"}
        if left:
            beside["platforms"] = left
        return config, beside
