"""The conditions of the IR: the one small CEL grammar that the SDKs write, read and written. Pure, no kfp."""

import re
from collections.abc import Sequence

import msgspec

from editor.model import Json
from editor.model.settings import Operator

_READ = re.compile(
    r"inputs\.(?:parameter_values\['(?P<new>[^']+)'\]"
    r"|parameters\['(?P<old>[^']+)'\]\.(?:string_value|int_value|double_value))"
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


class InputRead(msgspec.Struct, frozen=True):
    """A parameter of the group's own, by its name there."""

    name: str


class Literal(msgspec.Struct, frozen=True):
    """A constant: text, number or boolean."""

    value: Json


Operand = InputRead | Literal


class ParsedComparison(msgspec.Struct, frozen=True):
    left: Operand
    operator: Operator
    right: Operand


def conjuncts(expression: str) -> list[str]:
    """The parts of `a && b && c`; text in quotes and parentheses is left whole."""
    parts: list[str] = []
    depth, quote, start, index = 0, "", 0, 0
    while index < len(expression):
        letter = expression[index]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif depth == 0 and expression.startswith(" && ", index):
            parts.append(expression[start:index])
            start = index = index + 4
            continue
        index += 1
    return [*parts, expression[start:]]


def negated(expression: str) -> str:
    """As the SDK negates a comparison."""
    return f"!({expression})"


def own_part(expression: str, earlier: Sequence[str]) -> str | None:
    """What an Elif asks itself, `earlier` being what the branches before it asked. "" for an Else; None for neither."""
    parts = conjuncts(expression)
    if parts[: len(earlier)] != [negated(text) for text in earlier]:
        return None
    rest = parts[len(earlier) :]
    return " && ".join(rest)


def parse(expression: str) -> ParsedComparison | None:
    """The comparison that the SDK wrote; None if it is anything else."""
    if len(conjuncts(expression)) != 1 or expression.startswith("!("):
        return None
    found = _split(expression)
    if found is None:
        return None
    left, operator, right = found
    first, second = _operand(left), _operand(right)
    if first is None or second is None:
        return None
    return ParsedComparison(first, operator, second)


def _split(expression: str) -> tuple[str, Operator, str] | None:
    """The two sides, the operator being the first one that stands outside quotes."""
    quote = ""
    for index, letter in enumerate(expression):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == " ":
            for sign in ("==", "!=", ">=", "<=", ">", "<"):
                if expression.startswith(f" {sign} ", index):
                    return expression[:index], sign, expression[index + len(sign) + 2 :]
    return None


def _operand(text: str) -> Operand | None:
    for cast_name in ("", "int", "double"):
        inner = text
        if cast_name:
            if not (text.startswith(f"{cast_name}(") and text.endswith(")")):
                continue
            inner = text[len(cast_name) + 1 : -1]
            if cast_name == "double" and inner.startswith("int(") and inner.endswith(")"):
                inner = inner[4:-1]
        read = _READ.fullmatch(inner)
        if read is not None:
            return InputRead(read["new"] or read["old"])
    if len(text) >= 2 and text[0] == text[-1] == "'" and "'" not in text[1:-1]:
        return Literal(text[1:-1])
    if text in ("true", "false"):
        return Literal(text == "true")
    if text.startswith("double(") and text.endswith(")"):
        text = text[7:-1]
    if _NUMBER.fullmatch(text):
        return Literal(float(text) if re.search(r"[.eE]", text) else int(text))
    return None


def reads(expression: str) -> list[str]:
    """The names of the parameters that any expression reads, each once, in order."""
    return list(dict.fromkeys(match["new"] or match["old"] for match in _READ.finditer(expression)))


def render(left: str, operator: str, right: str, kinds: tuple[str, str]) -> str:
    """The comparison as kfp 2.17 writes it (pipeline_spec_builder._single_binary_operation_to_cel_condition).

    `left` and `right` are operands already written (see `written`), `kinds` their IR types.
    """
    return f"{_cast(left, kinds[0], kinds)} {operator} {_cast(right, kinds[1], kinds)}"


def written(operand: Operand, kind: str) -> str:
    """An operand as the SDK writes it before it casts the two to one type."""
    match operand:
        case InputRead(name=name):
            text = f"inputs.parameter_values['{name}']"
            return f"int({text})" if kind == "NUMBER_INTEGER" else text
        case Literal(value=value):
            if isinstance(value, str):
                return f"'{value}'"
            if isinstance(value, bool):
                return str(value).lower()
            return str(value)


def kind_of(value: Json) -> str:
    """The IR type of a literal."""
    if isinstance(value, bool):
        return "BOOLEAN"
    if isinstance(value, int):
        return "NUMBER_INTEGER"
    return "NUMBER_DOUBLE" if isinstance(value, float) else "STRING"


def _cast(text: str, kind: str, kinds: tuple[str, str]) -> str:
    if kinds[0] == kinds[1]:
        return text
    if "STRING" in kinds:
        return text if kind == "STRING" else f"'{text}'"
    if "BOOLEAN" in kinds:
        if kind == "BOOLEAN":
            return text
        return "true" if text.lstrip("-").isdigit() and int(text) == 0 else "false"
    return text if kind == "NUMBER_DOUBLE" else f"double({text})"
