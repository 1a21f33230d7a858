"""What the DSL cannot say: collected while the file is written, listed by reason, told to the user with the file."""

from collections.abc import Mapping

import msgspec

from editor.model import Input, ParameterType, Pipeline
from editor.model.names import slug


class Gap(msgspec.Struct, frozen=True):
    """One thing that the Python file leaves out or says otherwise."""

    reason: str
    subject: str


class Reasons:
    """Collects gaps, each once."""

    def __init__(self) -> None:
        self._gaps: dict[Gap, None] = {}

    def add(self, reason: str, subject: str) -> None:
        self._gaps[Gap(reason, subject)] = None

    def check_extra(self, extra: Mapping[str, object], subject: str) -> None:
        """A field that an entity keeps verbatim has no word in the DSL either."""
        for key in extra:
            self.add(f"a field kept from the package ({key})", subject)

    def check_input(self, port: Input, *, of_pipeline: bool) -> None:
        """What of an input no annotation or default says."""
        if isinstance(port.type, ParameterType) and port.type.literals and of_pipeline:
            self.add("an input limited to a choice of literals", port.name)
        if (
            isinstance(port.type, ParameterType)
            and port.type.kind in ("TASK_FINAL_STATUS", "TASK_CONFIG")
            and of_pipeline
        ):
            self.add(f"a pipeline input of type {port.type.kind}", port.name)
        if port.default is not None and not port.is_optional:
            self.add("a default of an input that is not marked optional (older SDKs)", port.name)
        self.check_extra(port.extra, port.name)

    def check_pipeline(self, header: Pipeline) -> None:
        """What of a pipeline the decorator cannot say."""
        if slug(header.name) != header.name:
            self.add("a pipeline's name that the SDK rewrites", header.name)
        version = str(header.extra.get("spec", {}).get("sdkVersion", ""))
        if "beta" in version or version.startswith("kfp-1."):
            self.add("a package written by an SDK before 2.0", version)

    def list(self) -> tuple[Gap, ...]:
        return tuple(self._gaps)
