"""Artifact types that are a schema: the SDK wants a name and is given one, put right in its result. Pure."""

import hashlib

from editor.compiler.definitions import schema_of
from editor.compiler.plan import Plan
from editor.model import ArtifactType, Json

_PREFIX = "system.OfSchema"


def title_of(kind: ArtifactType) -> str:
    """The name under which the SDK knows a type: its own, or one that stands for its schema."""
    if kind.schema_title:
        return kind.schema_title
    return _PREFIX + hashlib.sha256(kind.instance_schema.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def put_schemas(plan: Plan, spec: dict[str, Json]) -> None:
    """Write the schemas in the places of the names that stand for them."""
    kinds = [port.type for component in plan.components.values() for port in (*component.inputs, *component.outputs)]
    for pipeline in plan.pipelines:
        kinds += [port.type for port in (*pipeline.header.inputs, *pipeline.header.outputs)]
    schemas = {
        title_of(kind): schema_of(kind) for kind in kinds if isinstance(kind, ArtifactType) and not kind.schema_title
    }
    if not schemas:
        return
    stack: list[Json] = [spec.get("components", {}), spec.get("root", {})]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            kind = value.get("artifactType")
            if isinstance(kind, dict) and kind.get("schemaTitle") in schemas:
                value["artifactType"] = dict(schemas[kind["schemaTitle"]])
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
