"""Which kind of component file a text is: v1 component YAML, IR (component or pipeline), or something else."""

from enum import Enum
from pathlib import Path

import msgspec

from editor.components.safe_yaml import YamlDocument, decode, read_bytes, read_json, read_yaml, shown
from editor.errors import EditorError
from editor.model import Json

_IR_KEYS = {"pipelineInfo", "deploymentSpec", "root"}
_LEGACY = {"argoproj.io": "an Argo Workflow", "tekton.dev": "a Tekton PipelineRun"}


class Kind(Enum):
    """What a file turned out to be. OTHER: well-formed, and nothing that we read."""

    V1 = "v1"
    IR = "ir"
    OTHER = "other"


class ComponentFile(msgspec.Struct, frozen=True):
    """A component file's document; `platform` is the second one, or a wrapper's, as PlatformSpec."""

    kind: Kind
    document: YamlDocument
    value: Json
    platform: dict[str, Json]
    text: str


def read_text(path: Path) -> str:
    """The text of a file, as safely as `safe_yaml` reads it."""
    return decode(read_bytes(path), str(path))


def classify(path: Path, text: str) -> ComponentFile:
    """The document in `text` and what it is.

    Raises EditorError if it is no YAML (or JSON), or a package of KFP v1, which has its own sentence.
    """
    origin = str(path)
    if path.suffix.lower() == ".json":
        documents = [YamlDocument(read_json(text, origin), {})]
    else:
        documents = read_yaml(text, origin, at_most=200)
    first = documents[0] if documents else YamlDocument(None, {})
    value = first.value
    if not isinstance(value, dict):
        return ComponentFile(Kind.OTHER, first, value, {}, text)
    legacy = _LEGACY.get(str(value.get("apiVersion", "")).split("/", 1)[0])
    if legacy is not None and value.get("kind") in ("Workflow", "PipelineRun", "Pipeline"):
        raise EditorError(
            f"'{origin}' is {legacy}: a pipeline compiled for KFP v1.",
            hint="Compile its Python source with a current SDK, and add the result.",
        )
    if isinstance(value.get("pipelineSpec"), dict):
        return ComponentFile(Kind.IR, first, value["pipelineSpec"], {}, text)
    if _IR_KEYS & value.keys() and "apiVersion" not in value:
        platform = documents[1].value if len(documents) > 1 else {}
        if not isinstance(platform, dict) or len(documents) > 2:
            raise EditorError(
                f"'{origin}': after the specification, only platform settings may follow.", hint="Compile it again."
            )
        return ComponentFile(Kind.IR, first, value, platform, text)
    if "implementation" in value or ("name" in value and {"inputs", "outputs"} & value.keys()):
        if len(documents) > 1:
            raise EditorError(f"'{origin}' holds {len(documents)} documents.", hint="One component a file.")
        if not isinstance(value.get("name", ""), str):
            raise EditorError(f"'{origin}': the name '{shown(value['name'])}' is not text.", hint="Put it in quotes.")
        return ComponentFile(Kind.V1, first, value, {}, text)
    return ComponentFile(Kind.OTHER, first, value, {}, text)
