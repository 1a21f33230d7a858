"""What a run and its tasks are given: arguments checked, defaults filled in, sources resolved, outputs chosen."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from editor.backends.local.artifacts import RuntimeArtifact, Values, local_path
from editor.backends.local.placeholders import resolve_json
from editor.backends.local.values import (
    Json,
    constant_of,
    fits_strictly,
    kind_of,
    select,
    typed,
    wanted,
    without_floats,
)
from editor.errors import EditorError

Spec: TypeAlias = dict[str, Any]

_STATES = {"SUCCEEDED": "SUCCEEDED", "CACHED": "SUCCEEDED", "SKIPPED": "SKIPPED", "CANCELED": "CANCELLED"}


def run_inputs(root: Spec, arguments: Mapping[str, Json]) -> Values:
    """The pipeline's inputs from what a person gave. Raises EditorError naming the input and the type it takes."""
    definitions: Spec = root.get("inputDefinitions", {})
    parameters: Spec = definitions.get("parameters", {})
    artifacts: Spec = definitions.get("artifacts", {})
    if unknown := sorted(set(arguments) - set(parameters) - set(artifacts)):
        known = ", ".join([*parameters, *artifacts]) or "none"
        raise EditorError(f"The pipeline has no input '{unknown[0]}'.", hint=f"Its inputs: {known}.")
    given = Values()
    for name, definition in parameters.items():
        if name not in arguments:
            continue
        kind = kind_of(definition)
        value = arguments[name]
        if value is None and definition.get("isOptional"):
            continue
        if not fits_strictly(value, kind):
            raise EditorError(f"The input '{name}' takes {wanted(kind)}; it was given {value!r}.")
        literals = [without_floats(each) for each in definition.get("literals", [])]
        if literals and value not in literals:
            raise EditorError(f"The input '{name}' takes one of {', '.join(map(repr, literals))}; not {value!r}.")
        given.parameters[name] = typed(value, kind)
    for name, definition in artifacts.items():
        if name in arguments:
            items = arguments[name] if isinstance(arguments[name], list) else [arguments[name]]
            given.artifacts[name] = [_given_artifact(name, item, definition) for item in items]
    with_defaults(root, given)
    missing = [f"{name} ({kind_of(each)})" for name, each in parameters.items() if _lacks(name, each, given.parameters)]
    missing += [name for name, each in artifacts.items() if _lacks(name, each, given.artifacts)]
    if missing:
        raise EditorError(f"The pipeline needs a value for: {', '.join(missing)}.", hint="Give each with --input.")
    return given


def _lacks(name: str, definition: Spec, given: Mapping[str, object]) -> bool:
    return name not in given and not definition.get("isOptional")


def _given_artifact(name: str, value: Json, definition: Spec) -> RuntimeArtifact:
    """An artifact as a person names one: a path or URI, or an object with `uri` and `metadata`."""
    item = {"uri": value} if isinstance(value, str) else value
    if not isinstance(item, dict) or not isinstance(item.get("uri"), str):
        raise EditorError(f"The input '{name}' takes an artifact: a path, or an object with 'uri' and 'metadata'.")
    path = local_path(item["uri"])
    if path is not None and not path.exists():
        raise EditorError(f"The input '{name}' names '{path}', which is not there.")
    return {
        "name": str(item.get("name", name)),
        "type": definition.get("artifactType", {}),
        "uri": str(path.resolve()) if path is not None else item["uri"],
        "metadata": item.get("metadata") or {},
    }


def with_defaults(component: Spec, given: Values) -> list[str]:
    """Fill in the defaults of a component's inputs, make every value of its input's type; gives remarks on these.

    A cluster makes text of any value, but nothing else of text, and SDK 2.17 declares the items of a loop over a plain
    `list` as text: what is clear is read here, and said. Raises EditorError for what cannot be.
    """
    remarks: list[str] = []
    for name, definition in component.get("inputDefinitions", {}).get("parameters", {}).items():
        if given.parameters.get(name) is None:
            given.parameters.pop(name, None)
            if definition.get("defaultValue") is None:
                continue
            given.parameters[name] = without_floats(definition["defaultValue"])
        kind = kind_of(definition)
        value = given.parameters[name]
        try:
            given.parameters[name] = typed(value, kind)
        except ValueError as error:
            raise EditorError(f"The input '{name}' takes {wanted(kind)}; it was given {value!r:.100}.") from error
        if isinstance(value, str) and not isinstance(given.parameters[name], str):
            remarks.append(
                f"The input '{name}' takes {kind} and was given text ({value!r:.40}): a server may refuse that."
            )
    return remarks


def check_complete(component: Spec, given: Values) -> None:
    """Raises EditorError naming the first input that needs a value and has none."""
    definitions: Spec = component.get("inputDefinitions", {})
    for name, definition in definitions.get("parameters", {}).items():
        if _lacks(name, definition, given.parameters) and kind_of(definition) != "TASK_CONFIG":
            raise EditorError(f"The input '{name}' got no value: nothing before it gave one.")
    for name, definition in definitions.get("artifacts", {}).items():
        if _lacks(name, definition, given.artifacts):
            raise EditorError(f"The input '{name}' got no artifact: nothing before it gave one.")


class Ended:
    """How an upstream task ended, as tasks after it may ask."""

    __slots__ = ("message", "state", "values")

    def __init__(self, state: str, values: Values, message: str = "") -> None:
        self.state = state
        self.values = values
        self.message = message


def task_inputs(
    task: Spec, parent: Values, upstream: Mapping[str, Ended], names: Mapping[str, str], job: str
) -> Values:
    """The values of a task's inputs from its scope. What has no value is left out; defaults are not yet filled in."""
    given = Values()
    inputs: Spec = task.get("inputs", {})
    constants: list[str] = []
    for name, source in inputs.get("parameters", {}).items():
        value = _parameter(source, parent, upstream, job)
        if value is None:
            continue
        given.parameters[name] = value
        if "runtimeValue" in source:
            constants.append(name)
    message = {"inputs": {"parameterValues": dict(given.parameters), "artifacts": {}}, "outputs": {"outputFile": ""}}
    for name in constants:
        # Only what the package's author wrote may hold placeholders; a value from elsewhere is taken as it is.
        given.parameters[name] = resolve_json(given.parameters[name], message, names)
    for name, source in inputs.get("artifacts", {}).items():
        artifacts = _artifacts(source, parent, upstream)
        if artifacts is not None:
            given.artifacts[name] = artifacts
    return given


def _parameter(source: Spec, parent: Values, upstream: Mapping[str, Ended], job: str) -> Json:
    match source:
        case {"runtimeValue": dict(constant)}:
            return constant_of(constant)
        case {"taskOutputParameter": {"producerTask": producer, "outputParameterKey": key}}:
            return upstream[producer].values.parameters.get(key)
        case {"componentInputParameter": str(name)}:
            value = parent.parameters.get(name)
            selector = source.get("parameterExpressionSelector")
            return select(value, str(selector)) if selector and value is not None else value
        case {"taskFinalStatus": {"producerTask": producer}}:
            return _final_status(producer, upstream[producer], job)
        case _:
            raise EditorError(f"An input has a source that cannot be understood: {', '.join(source) or 'none'}.")


def _final_status(producer: str, ended: Ended, job: str) -> Json:
    state = _STATES.get(ended.state, "FAILED")
    error = {} if state == "SUCCEEDED" else {"code": 9, "message": ended.message or f"Task {producer} ended: {state}."}
    return {
        "state": state,
        "pipelineJobResourceName": job,
        "pipelineTaskName": producer,
        "error": error,
    }


def _artifacts(source: Spec, parent: Values, upstream: Mapping[str, Ended]) -> list[RuntimeArtifact] | None:
    match source:
        case {"taskOutputArtifact": {"producerTask": producer, "outputArtifactKey": key}}:
            return upstream[producer].values.artifacts.get(key)
        case {"componentInputArtifact": str(name)}:
            return parent.artifacts.get(name)
        case _:
            raise EditorError(f"An input has a source that cannot be understood: {', '.join(source) or 'none'}.")


def scope_outputs(component: Spec, ended: Mapping[str, Ended]) -> Values:
    """What a pipeline or group gives: each output from the task that it names, OneOf from the branch that ran."""
    given = Values()
    outputs: Spec = component.get("dag", {}).get("outputs", {})
    for name, selector in outputs.get("parameters", {}).items():
        match selector:
            case {"valueFromParameter": dict(single)}:
                chosen = [single]
            case {"valueFromOneof": {"parameterSelectors": list(many)}}:
                chosen = many
            case _:
                chosen = []
        value = _first(chosen, ended, lambda one, values: values.parameters.get(str(one.get("outputParameterKey", ""))))
        if value is not None:
            given.parameters[name] = value
    for name, selector in outputs.get("artifacts", {}).items():
        artifacts = _first(
            selector.get("artifactSelectors", []),
            ended,
            lambda one, values: values.artifacts.get(str(one.get("outputArtifactKey", ""))),
        )
        if artifacts is not None:
            given.artifacts[name] = artifacts
    return given


def _first(selectors: list[Spec], ended: Mapping[str, Ended], read: Callable[[Spec, Values], Any]) -> Any:
    for selector in selectors:
        producer = ended.get(str(selector.get("producerSubtask", "")))
        if producer is not None and (value := read(selector, producer.values)) is not None:
            return value
    return None


def loop_items(task: Spec, given: Values) -> tuple[str, bool, list[Any]] | None:
    """(name of the item's input, whether artifacts, items) of a task that is a loop; None if it is none."""
    match task:
        case {"parameterIterator": {"itemInput": str(name), "items": {"raw": str(raw)}}}:
            return name, False, typed_list(raw)
        case {"parameterIterator": {"itemInput": str(name), "items": {"inputParameter": str(source)}}}:
            if source not in given.parameters:
                raise EditorError(f"The loop's items ('{source}') have no value.")
            return name, False, typed_list(given.parameters[source])
        case {"artifactIterator": {"itemInput": str(name), "items": {"inputArtifact": str(source)}}}:
            return name, True, list(given.artifacts.get(source, []))
        case {"parameterIterator": _} | {"artifactIterator": _}:
            raise EditorError("The loop's items cannot be understood.")
        case _:
            return None


def typed_list(value: Json) -> list[Any]:
    try:
        return list(typed(value, "LIST"))
    except ValueError as error:
        raise EditorError(f"A loop needs a list to go through; it was given {value!r:.80}.") from error
