"""VALUEs as people type them, read by the type of the input: text as it stands for STRING, JSON for the rest."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple, NoReturn

import click

from editor.edits.constants import why_not_storable
from editor.errors import EditorError
from editor.model import ArtifactType, Input, Json, PortType
from editor.model.port_types import type_words, why_not_value

_EXACT = 2**53
_EXAMPLES = {
    "NUMBER_INTEGER": "a whole number, as 3",
    "NUMBER_DOUBLE": "a number, as 0.5",
    "BOOLEAN": "true or false",
    "LIST": 'a JSON list, as [1, 2] or ["a"]',
    "STRUCT": 'a JSON object, as {"a": 1}',
}


class Assignment(NamedTuple):
    """PATH.INPUT=VALUE, taken apart."""

    path: str
    input: str
    text: str


def assignment(word: str) -> Assignment:
    """Splits at the first `=`, then at the last dot before it."""
    target, equals, text = word.partition("=")
    path, dot, name = target.rpartition(".")
    if not equals or not dot or not path or not name:
        raise click.UsageError(f"'{word}' is not of the form PATH.INPUT=VALUE.")
    return Assignment(path, name, text)


def named_values(words: Iterable[str]) -> dict[str, str]:
    """NAME=VALUE words by name; the same name twice is wrong usage."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name:
            raise click.UsageError(f"'{word}' is not of the form NAME=VALUE.")
        if name in found:
            raise click.UsageError(f"The input '{name}' is given twice.")
        found[name] = text
    return found


def read_value(text: str, kind: PortType, where: str) -> Json:
    """The JSON value that `text` is for an input of type `kind`. Raises EditorError, naming the type wanted."""
    if isinstance(kind, ArtifactType):
        raise EditorError(
            f"'{where}' takes an artifact ({type_words(kind)}), which no text can be.",
            hint="Wire the output of a task, an importer for one, into it.",
        )
    if kind.kind in ("TASK_FINAL_STATUS", "TASK_CONFIG"):
        raise EditorError(f"'{where}' ({kind}) is filled in by KFP itself and takes no value.")
    value: Json = text if kind.kind == "STRING" else _from_json(text, kind.kind, where)
    if kind.kind == "NUMBER_DOUBLE" and isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _EXACT:
        value = float(value)
    reason = why_not_value(value, kind)
    if reason:
        if kind.literals:
            raise EditorError(f"'{where}' cannot be {_cut(text)}: {reason}")
        _refuse(text, kind.kind, where)
    if problem := why_not_storable(value):
        raise EditorError(f"'{where}' cannot be {_cut(text)}: {problem}")
    if any(abs(number) > _EXACT for number in _whole_numbers(value)):
        raise EditorError(
            f"'{where}' cannot be {_cut(text)}: KFP keeps whole numbers beyond 2^53 only about right.",
            hint="Pass it as a STRING.",
        )
    return value


def run_arguments(inputs: Sequence[Input], words: Iterable[str]) -> dict[str, Json]:
    """The values for a run of a pipeline with these inputs. Raises EditorError if one is unknown, wrong or missing."""
    known = {port.name: port for port in inputs}
    values: dict[str, Json] = {}
    for name, text in named_values(words).items():
        values[name] = read_value(text, known_input(known, name).type, name)
    missing = [port for port in inputs if port.is_required and port.name not in values]
    if missing:
        names = ", ".join(f"'{port.name}' ({type_words(port.type)})" for port in missing)
        raise EditorError(
            f"The pipeline needs a value for {names}.", hint=f"Give it with --input {missing[0].name}=VALUE."
        )
    return values


def known_input(known: dict[str, Input], name: str) -> Input:
    if name in known:
        return known[name]
    has = f"It has {', '.join(repr(each) for each in known)}." if known else "It has no inputs."
    raise EditorError(f"The pipeline has no input '{name}'.", hint=has)


def _from_json(text: str, kind: str, where: str) -> Json:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return _refuse(text, kind, where)


def _no_constant(text: str) -> NoReturn:
    """JSON has no NaN and no Infinity; Python's reader has."""
    raise ValueError(text)


def _refuse(text: str, kind: str, where: str) -> NoReturn:
    raise EditorError(f"'{where}' takes {kind}: {_cut(text)} is none.", hint=f"Give {_EXAMPLES.get(kind, 'JSON')}.")


def _cut(text: str) -> str:
    return f"'{text}'" if len(text) <= 60 else f"'{text[:60]}…'"


def _whole_numbers(value: Json) -> Iterable[int]:
    if isinstance(value, int) and not isinstance(value, bool):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _whole_numbers(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _whole_numbers(each)
