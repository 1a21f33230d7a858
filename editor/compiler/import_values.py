"""Reading the single values of a task, group or pipeline spec: templates, items, retries, configuration. Pure."""

import json
import re

from editor.compiler import cel
from editor.compiler.definitions import read_value, tidy
from editor.compiler.import_scopes import NodeRecord, Scope
from editor.compiler.shapes import check_dict, check_number, check_str
from editor.errors import EditorError
from editor.model import Argument, Constant, Json, PipelineConfig, Retry, Template, Workspace


def operand_argument(operand: cel.Operand, inner: Scope) -> Argument:
    if isinstance(operand, cel.Literal):
        return Constant(operand.value)
    if operand.name not in inner.bindings:
        raise EditorError(
            f"The package cannot be read: the condition of '{inner.path}' reads '{operand.name}', which is not given."
        )
    return inner.bindings[operand.name]


def parameter_kinds(component: dict[str, Json]) -> dict[str, str]:
    definitions = check_dict(component.get("inputDefinitions"), "inputDefinitions")
    parameters = check_dict(definitions.get("parameters"), "inputDefinitions.parameters")
    return {
        name: check_str(check_dict(spec, name).get("parameterType"), f"{name}.parameterType")
        for name, spec in parameters.items()
    }


def iteration(node: NodeRecord, inner: Scope) -> tuple[Argument, str, str]:
    """What a loop goes over, the type of an item where it must be told, and the name of the item's input."""
    where = f"task '{node.name}': iterator"
    is_artifact = "artifactIterator" in node.task
    iterator = check_dict(node.task["artifactIterator" if is_artifact else "parameterIterator"], where)
    item_input = check_str(iterator.get("itemInput"), where)
    items = check_dict(iterator.get("items"), where)
    kind = "" if is_artifact else parameter_kinds(inner.component).get(item_input, "")
    if "raw" in items:
        try:
            values = json.loads(check_str(items["raw"], where))
        except ValueError:
            raise EditorError(f"The package cannot be read: {where} has items that are no JSON.") from None
        if not isinstance(values, list):
            raise EditorError(f"The package cannot be read: {where} has items that are no list.")
        first = _json_kind(values[0]) if values else ""
        return Constant(values), "" if kind == first else kind, item_input
    name = check_str(items.get("inputArtifact" if is_artifact else "inputParameter"), where)
    if name not in inner.bindings:
        raise EditorError(f"The package cannot be read: {where} goes over '{name}', which is not given.")
    return inner.bindings[name], kind, item_input


def _json_kind(value: Json) -> str:
    if isinstance(value, dict):
        return "STRUCT"
    return "LIST" if isinstance(value, list) else cel.kind_of(value)


def with_template(argument: Argument, kind: str, injected: dict[str, Argument]) -> Argument:
    """A constant with placeholders of injected inputs in it as the Template that it was; others tidied by type."""
    if not isinstance(argument, Constant):
        return argument
    value = argument.value
    text = value if isinstance(value, str) else json.dumps(tidy(value)) if isinstance(value, dict | list) else ""
    pieces = re.split(r"\{\{\$\.inputs\.parameters\['((?:pipelinechannel|pipelineparam)--[^']+)'\]\}\}", text)
    if len(pieces) == 1 or not all(name in injected for name in pieces[1::2]):
        return Constant(read_value(value, kind))
    parts: list[str | Argument] = []
    for number, piece in enumerate(pieces):
        if number % 2:
            parts.append(injected[piece])
        elif piece:
            parts.append(piece)
    return Template(tuple(parts))


def display_name_of(node: NodeRecord) -> str:
    information = check_dict(node.task.get("taskInfo"), f"task '{node.name}': taskInfo")
    name = check_str(information.get("name"), f"task '{node.name}': taskInfo.name")
    return "" if name == node.name else name


def read_retry(policy: dict[str, Json], where: str) -> Retry | None:
    if not policy:
        return None
    return Retry(
        max_count=int(check_number(policy.get("maxRetryCount", 0), f"{where}: maxRetryCount")),
        backoff_duration_s=_seconds(policy.get("backoffDuration"), where),
        backoff_factor=check_number(policy["backoffFactor"], where) if "backoffFactor" in policy else None,
        backoff_max_duration_s=_seconds(policy.get("backoffMaxDuration"), where),
    )


def _seconds(value: Json, where: str) -> float | None:
    if value is None:
        return None
    return check_number(check_str(value, where).removesuffix("s"), where)


def read_pipeline_config(config: dict[str, Json]) -> tuple[PipelineConfig, dict[str, Json]]:
    """The configuration, and the fields of it that are not known."""
    left = dict(config)
    where = "pipelineConfig"
    workspace: Workspace | None = None
    if "workspace" in left:
        given = dict(check_dict(left.pop("workspace"), where))
        kubernetes = dict(check_dict(given.pop("kubernetes", None), where))
        patch = check_dict(kubernetes.pop("pvcSpecPatch", None), where)
        workspace = Workspace(size=check_str(given.pop("size", None), where), pvc_spec_patch=tidy(patch))
        if kubernetes:
            given["kubernetes"] = kubernetes
        if given:
            left["workspace"] = given
    seconds = {
        field: int(check_number(left.pop(name), where))
        for field, name in (
            ("ttl_seconds_after_finished", "resourceTtlOnCompletion"),
            ("ttl_seconds_after_success", "resourceTtlOnSuccess"),
            ("ttl_seconds_after_failure", "resourceTtlOnFailure"),
            ("active_deadline_seconds", "activeDeadlineSeconds"),
        )
        if name in left
    }
    return PipelineConfig(workspace=workspace, **seconds), left
