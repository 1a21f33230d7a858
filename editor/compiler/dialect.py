"""How packages of older SDKs write what 2.17 writes otherwise; one small pass for each difference. Pure, no kfp.

A document that was imported says in `extra` of its main pipeline which SDK wrote it. One that was made here has nothing
there, and nothing is changed.
"""

import re

import msgspec

from editor.compiler.definitions import OLD_KINDS
from editor.model import Json, Pipeline

_OLD_NAMES = {kind: name for name, kind in OLD_KINDS.items()}


class Dialect(msgspec.Struct, frozen=True):
    """`version` is that of the SDK that wrote the package, empty for ours; `is_schema_2_0`: before `parameterType`."""

    version: tuple[int, ...] = ()
    is_schema_2_0: bool = False

    @classmethod
    def of(cls, header: Pipeline) -> "Dialect":
        """The dialect that a document's main pipeline asks for."""
        kept = header.extra.get("spec")
        return cls.of_spec(kept) if isinstance(kept, dict) else cls()

    @classmethod
    def of_spec(cls, kept: dict[str, Json]) -> "Dialect":
        """The dialect of a pipeline spec, or of what is kept of one."""
        schema = kept.get("schemaVersion")
        numbers = re.match(r"kfp-(\d+)\.(\d+)", str(kept.get("sdkVersion", "")))
        version = (int(numbers[1]), int(numbers[2])) if numbers else ()
        return cls(version, schema == "2.0.0")

    @property
    def is_older(self) -> bool:
        """Whether anything is written otherwise than by the SDK that we use."""
        return self.is_schema_2_0 or bool(self.version and self.version < (2, 13))

    @property
    def checks_types(self) -> bool:
        """Before 2.0 the SDK let a STRING feed a number, and the other way round."""
        return not self.version or self.version >= (2, 0)

    def change_task(self, task: dict[str, Json]) -> None:
        """Constants: schema 2.0.0 writes `constantValue` with the type in it."""
        if not self.is_schema_2_0:
            return
        for value in task.get("inputs", {}).get("parameters", {}).values():
            runtime = value.get("runtimeValue", {})
            if "constant" in runtime:
                runtime["constantValue"] = _old_constant(runtime.pop("constant"))

    def change_executor(self, executor: dict[str, Json]) -> None:
        """Resources: before 2.8 as numbers only, not as text too."""
        container = executor.get("container")
        if self.version and self.version < (2, 8) and container and "resources" in container:
            container["resources"] = {
                name: value for name, value in container["resources"].items() if not name.startswith("resource")
            }

    @property
    def settings_imply_order(self) -> bool:
        """Before 2.13 a task did not wait for the task whose output named its volume, unless told to."""
        return not self.version or self.version >= (2, 13)

    def platform_settings(self, settings: dict[str, Json]) -> dict[str, Json]:
        """Names of volumes, Secrets and ConfigMaps: before 2.13 without the newer `…NameParameter`."""
        if self.settings_imply_order:
            return settings
        return {
            field: [{key: item for key, item in entry.items() if not key.endswith("NameParameter")} for entry in value]
            if isinstance(value, list)
            else value
            for field, value in settings.items()
        }

    def change_words(self, spec: dict[str, Json]) -> None:
        """The names of injected inputs, and how a condition reads them, in schema 2.0.0."""
        if self.is_schema_2_0:
            for component in spec.get("components", {}).values():
                _old_types(component)
            changed = _old_words(spec)
            assert isinstance(changed, dict)
            spec.clear()
            spec.update(changed)


def _old_types(component: dict[str, Json]) -> None:
    """The types of a group's inputs, which the SDK wrote in the new way."""
    for side in ("inputDefinitions", "outputDefinitions"):
        for definition in component.get(side, {}).get("parameters", {}).values():
            kind = definition.pop("parameterType", None)
            if kind is not None:
                definition["type"] = _OLD_NAMES.get(kind, "STRING")


def _old_words(value: Json) -> Json:
    if isinstance(value, str):
        value = value.replace("pipelinechannel--", "pipelineparam--")
        return re.sub(r"inputs\.parameter_values(\['[^']+'\])", r"inputs.parameters\1.string_value", value)
    if isinstance(value, dict):
        return {_old_words(key): _old_words(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_old_words(item) for item in value]
    return value


def _old_constant(value: Json) -> dict[str, Json]:
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, float) and not value.is_integer():
        return {"doubleValue": value}
    return {"intValue": str(int(value))}
