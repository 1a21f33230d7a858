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
        if not isinstance(kept, dict):
            return cls()
        schema = kept.get("schemaVersion")
        numbers = re.match(r"kfp-(\d+)\.(\d+)", str(kept.get("sdkVersion", "")))
        version = (int(numbers[1]), int(numbers[2])) if numbers else ()
        return cls(version, schema == "2.0.0")

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

    def change_platform(self, platform: dict[str, Json], label: str) -> None:
        """Nothing yet."""


def _old_constant(value: Json) -> dict[str, Json]:
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, float) and not value.is_integer():
        return {"doubleValue": value}
    return {"intValue": str(int(value))}
