"""The official Swagger 2.0 description as a judge of requests and responses, by jsonschema on its definitions."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DESCRIPTION_FILE = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "kfp_api_single_file.swagger.json"
_ROOT = "urn:kfp"
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return "T" in value and datetime.fromisoformat(value).tzinfo is not None


class ApiDescription:
    """Says of each request and response how it breaks the description; an empty list means that it keeps to it."""

    def __init__(self, path: Path = DESCRIPTION_FILE) -> None:
        whole = json.loads(path.read_text(encoding="utf-8"))
        resource = Resource(contents={"definitions": _strict(whole["definitions"])}, specification=DRAFT202012)
        self._registry = Registry().with_resource(_ROOT, resource)
        self._operations: list[tuple[str, re.Pattern[str], dict[str, Any]]] = []
        # Literal paths first: `/pipelines/upload` is no `/pipelines/{pipeline_id}`.
        for template in sorted(whole["paths"], key=lambda each: each.count("{")):
            pattern = re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/:]+", re.escape(template)))
            for method, operation in whole["paths"][template].items():
                self._operations.append((method.upper(), pattern, operation))

    def request_violations(self, method: str, path: str, query: dict[str, str], body: object) -> list[str]:
        """`body` is the JSON, or the field names of a form."""
        operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path}: the description has no such operation"]
        found: list[str] = []
        parameters = {(each["in"], each["name"]): each for each in operation.get("parameters", [])}
        for name, value in query.items():
            parameter = parameters.get(("query", name))
            if parameter is None:
                found.append(f"{method} {path}: unknown query parameter '{name}'")
            elif parameter.get("type") == "integer" and not re.fullmatch(r"-?\d+", value):
                found.append(f"{method} {path}: '{name}' is not a whole number: {value!r}")
            elif name == "filter" and value:
                found += self._violations(_filter_schema(), json.loads(value), f"{method} {path} filter")
        for (place, name), parameter in parameters.items():
            if place == "body":
                if body is None and parameter.get("required"):
                    found.append(f"{method} {path}: the body is missing")
                elif body is not None:
                    found += self._violations(_strict(parameter["schema"]), body, f"{method} {path} body")
            if place == "formData" and parameter.get("required") and (not isinstance(body, list) or name not in body):
                found.append(f"{method} {path}: the form has no '{name}'")
            if place == "query" and parameter.get("required") and name not in query:
                found.append(f"{method} {path}: the query has no '{name}'")
        return found

    def response_violations(self, method: str, path: str, status: int, body: object) -> list[str]:
        operation = self._operation(method, path)
        if operation is None:
            return []
        responses = operation["responses"]
        response = responses.get(str(status)) or responses["default"]
        return self._violations(_strict(response["schema"]), body, f"{method} {path} -> {status}")

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        return next(
            (
                operation
                for known, pattern, operation in self._operations
                if known == method and pattern.fullmatch(path)
            ),
            None,
        )

    def _violations(self, schema: dict[str, Any], value: object, where: str) -> list[str]:
        validator = Draft202012Validator(schema, registry=self._registry, format_checker=_FORMATS)
        return [f"{where}: {error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def _strict(schema: Any) -> Any:
    """Swagger's schema as JSON Schema: unknown fields refused, as the gateway does; int64 also as a number."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("$ref"), str):
        return {"$ref": _ROOT + schema["$ref"]}
    made = {key: _strict(value) for key, value in schema.items() if key != "default"}
    if schema.get("format") == "int64" and schema.get("type") == "string":
        made["type"] = ["string", "integer"]
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict):
        made.setdefault("additionalProperties", False)
    return made


def _filter_schema() -> dict[str, Any]:
    """A filter crosses as protobuf's JSON: camelCase names and numbers of enum values are allowed there."""
    predicate = {
        "type": "object",
        "properties": {
            "key": {"type": "string"},
            "operation": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 9}, {"type": "string"}]},
            "stringValue": {"type": "string"},
            "string_value": {"type": "string"},
        },
        "required": ["key", "operation"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"predicates": {"type": "array", "items": predicate}},
        "additionalProperties": False,
    }
