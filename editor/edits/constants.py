"""Values that an input may be given."""

from editor.model import EditRefused, Json, PortType
from editor.model.port_types import why_not_value


def check_constant(value: Json, wanted: PortType, name: str) -> None:
    """Raises EditRefused if `value` is no value of type `wanted`, or one that a package cannot hold."""
    problem = why_not_value(value, wanted) or why_not_storable(value)
    if problem:
        raise EditRefused(f"{problem} ({name})")


def why_not_storable(value: Json) -> str:
    """Empty if JSON, and so a package, can hold the value as it is; else the reason as a sentence."""
    stack: list[object] = [value]
    depth = 0
    while stack:
        depth += 1
        if depth > 100:
            return "The value is nested too deeply."
        below: list[object] = []
        for one in stack:
            match one:
                case float() if one != one or one in (float("inf"), float("-inf")):
                    return "A number must be finite: JSON has no word for NaN or infinity."
                case list() | tuple():
                    below.extend(one)
                case dict():
                    if not all(isinstance(key, str) for key in one):
                        return "The names of fields must be text."
                    below.extend(one.values())
                case str() | int() | float() | None:
                    pass
                case _:
                    return f"A {type(one).__name__} is no JSON value."
        stack = below
    return ""
