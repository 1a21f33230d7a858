"""Conditions of tasks: the part of CEL that packages use, parsed and computed; a value is never read as code."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from editor.errors import EditorError

Value: TypeAlias = Any


class ConditionError(EditorError):
    """The condition is none that can be understood, or its values do not go together."""


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value


@dataclass(frozen=True, slots=True)
class Input:
    """`inputs.parameter_values['name']`; `typed` for `inputs.parameters['name'].string_value`, schema 2.0's form."""

    name: str
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    argument: "Expression"


@dataclass(frozen=True, slots=True)
class Unary:
    operator: str
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: "Expression"
    right: "Expression"


Expression: TypeAlias = Literal | Input | Call | Unary | Binary

_MAX_DEPTH = 100
_MAX_DIGITS = 400
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?u?)
    | (?P<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    | (?P<name>[A-Za-z_]\w*)
    | (?P<operator>&&|\|\||==|!=|<=|>=|[-+*/%<>!().\[\]])
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[xX][0-9a-fA-F]{2}|[0-3][0-7]{2}|.)", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_FUNCTIONS: dict[str, Callable[[Value], Value]] = {}
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("==", "!=", "<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "/", "%"),
)


def parse_condition(text: str) -> Expression:
    """Raises ConditionError with the place where the text stops making sense."""
    return _Parser(text).whole()


def evaluate(expression: Expression, values: Mapping[str, Value]) -> bool:
    """Whether the condition holds. An input without a value counts as null. Raises ConditionError."""
    result = _value_of(expression, values)
    if not isinstance(result, bool):
        raise ConditionError(f"The condition gives {_shown(result)}, neither true nor false.")
    return result


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str, int]] = []
        self.next = 0
        self.depth = 0
        position = 0
        end = len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise self._refusal(position)
            self.tokens.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
            position = match.end()

    def whole(self) -> Expression:
        expression = self._level(0)
        if self.next < len(self.tokens):
            raise self._refusal(self.tokens[self.next][2])
        return expression

    def _level(self, level: int) -> Expression:
        if level == len(_LEVELS):
            return self._unary()
        left = self._level(level + 1)
        while (operator := self._peek()) in _LEVELS[level]:
            self.next += 1
            left = Binary(operator, left, self._level(level + 1))
        return left

    def _unary(self) -> Expression:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise ConditionError("The condition is nested too deeply.")
        try:
            if (operator := self._peek()) in ("!", "-"):
                self.next += 1
                return Unary(operator, self._unary())
            return self._primary()
        finally:
            self.depth -= 1

    def _primary(self) -> Expression:
        kind, text, position = self._take()
        if kind == "number":
            is_whole = not any(mark in text for mark in ".eE")
            if len(text) > _MAX_DIGITS:
                raise self._refusal(position)
            return Literal(int(text.rstrip("u")) if is_whole else float(text.rstrip("u")))
        if kind == "string":
            return Literal(_unescaped(text[1:-1]))
        if text == "(":
            inside = self._level(0)
            self._expect(")")
            return inside
        if kind == "name":
            if text in ("true", "false", "null"):
                return Literal({"true": True, "false": False, "null": None}[text])
            if text == "inputs":
                return self._input()
            if text in _FUNCTIONS:
                self._expect("(")
                argument = self._level(0)
                self._expect(")")
                return Call(text, argument)
        raise self._refusal(position)

    def _input(self) -> Expression:
        self._expect(".")
        _, field, position = self._take()
        if field not in ("parameter_values", "parameters"):
            raise self._refusal(position)
        self._expect("[")
        kind, name, position = self._take()
        if kind != "string":
            raise self._refusal(position)
        self._expect("]")
        typed = ""
        if field == "parameters" and self._peek() == ".":
            self.next += 1
            _, typed, position = self._take()
            if typed not in ("string_value", "int_value", "double_value"):
                raise self._refusal(position)
        return Input(_unescaped(name[1:-1]), typed)

    def _peek(self) -> str:
        if self.next == len(self.tokens) or self.tokens[self.next][0] != "operator":
            return ""
        return self.tokens[self.next][1]

    def _take(self) -> tuple[str, str, int]:
        if self.next == len(self.tokens):
            raise self._refusal(len(self.text))
        self.next += 1
        return self.tokens[self.next - 1]

    def _expect(self, text: str) -> None:
        kind, found, position = self._take()
        if kind != "operator" or found != text:
            raise self._refusal(position)

    def _refusal(self, position: int) -> ConditionError:
        rest = self.text[position : position + 20]
        where = f"at '{rest}'" if rest else "at its end"
        return ConditionError(
            f"The condition {self.text!r} cannot be understood {where}.",
            hint="Strings in a condition need their quotes and backslashes escaped.",
        )


def _unescaped(text: str) -> str:
    def replaced(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "uUxX" and len(code) > 1:
            return chr(int(code[1:], 16)) if int(code[1:], 16) <= 0x10FFFF else match[0]
        if code.isdigit() and len(code) == 3:
            return chr(int(code, 8))
        return _SIMPLE_ESCAPES.get(code, code)

    return _ESCAPE.sub(replaced, text)


def _value_of(expression: Expression, values: Mapping[str, Value]) -> Value:
    match expression:
        case Literal(value):
            return value
        case Input(name, typed):
            value = values.get(name)
            return _FUNCTIONS["string"](value) if typed == "string_value" and value is not None else value
        case Call(function, argument):
            return _FUNCTIONS[function](_value_of(argument, values))
        case Unary("!", operand):
            return not _truth(_value_of(operand, values))
        case Unary(_, operand):
            return -_number(_value_of(operand, values))
        case Binary("&&", left, right):
            return _truth(_value_of(left, values)) and _truth(_value_of(right, values))
        case Binary("||", left, right):
            return _truth(_value_of(left, values)) or _truth(_value_of(right, values))
        case Binary(operator, left, right):
            return _binary(operator, _value_of(left, values), _value_of(right, values))


def _binary(operator: str, left: Value, right: Value) -> Value:
    if operator in ("==", "!="):
        return _is_equal(left, right) == (operator == "==")
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    if operator in "+-*/%":
        try:
            return _computed(operator, _number(left), _number(right))
        except (OverflowError, ValueError) as error:
            raise ConditionError(f"The condition cannot compute {_shown(left)} {operator} {_shown(right)}.") from error
    if not (isinstance(left, str) and isinstance(right, str)) and not (_is_number(left) and _is_number(right)):
        raise ConditionError(f"The condition compares {_shown(left)} with {_shown(right)} by '{operator}'.")
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


def _computed(operator: str, left: int | float, right: int | float) -> int | float:
    if operator in "/%" and right == 0:
        raise ConditionError("The condition divides by zero.")
    if operator in "/%" and isinstance(left, int) and isinstance(right, int):
        # CEL truncates towards zero, Python's // does not; a float in between would lose what is beyond 2^53.
        whole = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return whole if operator == "/" else left - right * whole
    if operator == "/":
        return left / right
    if operator == "%":
        return math.fmod(left, right)
    return {"+": left + right, "-": left - right, "*": left * right}[operator]


def _is_equal(left: Value, right: Value) -> bool:
    # Python holds True == 1, CEL does not.
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Value) -> int | float:
    if not _is_number(value):
        raise ConditionError(f"The condition needs a number where it has {_shown(value)}.")
    return value


def _truth(value: Value) -> bool:
    if not isinstance(value, bool):
        raise ConditionError(f"The condition needs true or false where it has {_shown(value)}.")
    return value


def _shown(value: Value) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _to_int(value: Value) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ConditionError(f"The condition needs a whole number where it has {_shown(value)}.") from error


def _to_double(value: Value) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ConditionError(f"The condition needs a number where it has {_shown(value)}.") from error


def _to_string(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _to_bool(value: Value) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return _truth(value)


_FUNCTIONS.update({"int": _to_int, "double": _to_double, "string": _to_string, "bool": _to_bool})
