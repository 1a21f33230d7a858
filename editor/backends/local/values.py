"""Parameter values: what a type takes, how text from a file becomes a value, and selectors into structured values."""

import json
import re
from typing import Any, TypeAlias

from editor.errors import EditorError

Json: TypeAlias = Any

# Schema 2.0 (KFP SDK 1.8) wrote the types of parameters in words of its own.
_OLD_KINDS = {"INT": "NUMBER_INTEGER", "DOUBLE": "NUMBER_DOUBLE"}
_WANTED = {
    "STRING": "text",
    "NUMBER_INTEGER": "a whole number",
    "NUMBER_DOUBLE": "a number",
    "BOOLEAN": "true or false",
    "LIST": "a JSON list",
    "STRUCT": "a JSON object",
}
_KEY = r"\[\s*(\"(?:[^\"\\]|\\.)*\"|\d+)\s*\]"
_SELECTOR = re.compile(rf"\s*parseJson\(\s*string_value\s*\)\s*(?P<keys>(?:{_KEY}\s*)*)", re.DOTALL)
_STEP = re.compile(_KEY, re.DOTALL)


def kind_of(definition: dict[str, Json]) -> str:
    """The parameter's type in the IR's words, from either schema's definition."""
    kind = str(definition.get("parameterType") or definition.get("type") or "STRING")
    return _OLD_KINDS.get(kind, kind)


def constant_of(spec: dict[str, Json]) -> Json:
    """The value of a `runtimeValue`, or None where it has none; schema 2.0 wraps it by type."""
    if "constant" in spec:
        return without_floats(spec["constant"])
    wrapped = spec.get("constantValue")
    if not isinstance(wrapped, dict):
        return None
    for key, read in (("stringValue", str), ("intValue", int), ("doubleValue", float)):
        if key in wrapped:
            return read(wrapped[key])
    return None


def without_floats(value: Json) -> Json:
    """`3.0` as the compiler writes `3` (protobuf has one kind of number): whole floats as ints, deeply."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    if isinstance(value, list):
        return [without_floats(item) for item in value]
    if isinstance(value, dict):
        return {key: without_floats(item) for key, item in value.items()}
    return value


def typed(value: Json, kind: str) -> Json:
    """The value as an input of type `kind` gets it: 3.0 is 3 for an integer, 3 is 3.0 for a double, and JSON as text.

    Raises ValueError (its text is what is wanted) if it does not fit.
    """
    match kind:
        case "NUMBER_INTEGER":
            return _whole(value)
        case "NUMBER_DOUBLE":
            if isinstance(value, str):
                value = _from_text(value, float, kind)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(_WANTED[kind])
            return float(value)
        case "BOOLEAN":
            if isinstance(value, str) and value.strip().lower() in ("true", "false"):
                return value.strip().lower() == "true"
            if not isinstance(value, bool):
                raise ValueError(_WANTED[kind])
            return value
        case "LIST" | "STRUCT":
            if isinstance(value, str):
                value = _from_text(value, json.loads, kind)
            if not isinstance(value, list if kind == "LIST" else dict):
                raise ValueError(_WANTED[kind])
            return value
        case "STRING":
            return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        case _:
            return value


def _whole(value: Json) -> int:
    if isinstance(value, str):
        value = _from_text(value, float if "." in value or "e" in value.lower() else int, "NUMBER_INTEGER")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(_WANTED["NUMBER_INTEGER"])
    return value


def _from_text(text: str, read: Any, kind: str) -> Json:
    try:
        return read(text)
    except ValueError as error:
        raise ValueError(_WANTED[kind]) from error


def fits_strictly(value: Json, kind: str) -> bool:
    """Whether a value that a person gives is of the type itself; `"3"` is not a number here."""
    if isinstance(value, str) and kind != "STRING":
        return False
    if kind == "STRING":
        return isinstance(value, str)
    try:
        typed(value, kind)
    except ValueError:
        return False
    return True


def wanted(kind: str) -> str:
    """The type in words, for messages."""
    return f"{kind} ({_WANTED[kind]})" if kind in _WANTED else kind


def select(value: Json, selector: str) -> Json:
    """The part of a loop's item that `parseJson(string_value)["field"]` names. Raises EditorError if it has none."""
    match = _SELECTOR.fullmatch(selector)
    if match is None:
        raise EditorError(f"The selector {selector!r} cannot be understood.")
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise EditorError(f"The selector {selector!r} needs JSON, and its value is none.") from error
    for step in _STEP.findall(match["keys"]):
        key = json.loads(step)
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError) as error:
            raise EditorError(f"The loop's item has no field '{key}'.", hint="Each item needs every field.") from error
    return value


def as_text(value: Json) -> str:
    """The value as a placeholder puts it into a command: text as it stands, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
