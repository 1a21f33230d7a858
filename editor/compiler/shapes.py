"""Checking what a package holds where it is read: a value is of the kind wanted, or an EditorError says where."""

from editor.errors import EditorError
from editor.model import Json

_HINT = "The package was written by another tool, or damaged; compile it again from its source."


def check_dict(value: Json, where: str) -> dict[str, Json]:
    """`value` as a dict with text keys; nothing counts as an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise malformed(where, "a mapping", value)
    for key in value:
        if not isinstance(key, str):
            raise EditorError(f"{where} has a key that is no text ({key!r}).", hint=_HINT)
    return value


def check_list(value: Json, where: str) -> list[Json]:
    """`value` as a list; nothing counts as an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise malformed(where, "a list", value)
    return value


def check_str(value: Json, where: str) -> str:
    """`value` as text; nothing counts as empty."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise malformed(where, "text", value)
    return value


def check_bool(value: Json, where: str) -> bool:
    """`value` as a yes or no; nothing counts as no."""
    if value is None:
        return False
    if not isinstance(value, bool):
        raise malformed(where, "true or false", value)
    return value


def check_number(value: Json, where: str) -> float:
    """`value` as a number; proto JSON may write one as text."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise malformed(where, "a number", value) from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise malformed(where, "a number", value)
    return float(value)


def malformed(where: str, wanted: str, value: Json) -> EditorError:
    """The error that says what stands in the wrong place, shortened."""
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    return EditorError(f"The package cannot be read: {where} should be {wanted}, and is {shown}.", hint=_HINT)
