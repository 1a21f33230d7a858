"""Reading YAML and JSON that a stranger wrote: plain JSON values or an EditorError with the line; no code, no hang.

The tree is built from libyaml's events with a stack of our own, so that no depth of nesting reaches Python's recursion
limit or the C stack, and reading stops at the limit rather than after it.
"""

import itertools
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from editor.errors import EditorError
from editor.model import Json

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 1000
MAX_VALUES = 2_000_000
"""About five seconds of reading; a compiled package has some 25,000 values a megabyte."""
_MAX_TAG_DIRECTIVES = 100  # libyaml compares each with all before it
_MAX_SHOWN = 60

_LIMITS_HINT = "The limits are 64 MB, 1,000 levels and 2 million values."
_CORE = "tag:yaml.org,2002:"
_PLAIN_TAGS = {_CORE + kind for kind in ("str", "int", "float", "bool", "null")}
_CONSTRUCTOR = SafeConstructor()
_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = yaml.SafeLoader.yaml_implicit_resolvers
_SPECIAL_START = frozenset(_RESOLVERS)
_MERGE = object()


class YamlDocument(msgspec.Struct, frozen=True):
    """One document of a stream: its value, and the line on which each list and dict in it starts."""

    value: Json
    lines: dict[int, int]

    def line(self, container: Json) -> int:
        """The line (from 1) where this very list or dict of `value` starts; 0 if it is none of them."""
        return self.lines.get(id(container), 0)


def read_bytes(path: Path) -> bytes:
    """The content of a file of at most 64 MB."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise EditorError(
            f"'{path}' cannot be read: {error.strerror or error}.", hint="See that the file is there and readable."
        ) from error
    if len(content) > MAX_BYTES:
        raise EditorError(f"'{path}' is larger than 64 MB.", hint=_LIMITS_HINT)
    return content


def decode(content: bytes, origin: str) -> str:
    """The text of UTF-8 bytes; raises EditorError with the line of what is no text."""
    if len(content) > MAX_BYTES:
        raise EditorError(f"'{origin}' is larger than 64 MB.", hint=_LIMITS_HINT)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise EditorError(
            f"'{origin}', line {line}: not UTF-8 text.", hint="Is it a text file? Save it as UTF-8."
        ) from error
    zero = text.find("\x00")
    if zero >= 0:
        raise EditorError(
            f"'{origin}', line {text.count(chr(10), 0, zero) + 1}: a NUL character.", hint="It is not a text file."
        )
    return text


def read_yaml(text: str, origin: str, *, at_most: int = 1) -> list[YamlDocument]:
    """The documents of a YAML text, empty ones left out.

    Raises EditorError, naming `origin` and the line, for what is no YAML or not plain JSON values, for duplicate keys,
    keys that are no text, tags beyond the core ones, more than `at_most` documents, and beyond the limits of this
    module. Aliases are copied out, and count each time. Dates stay the text they are.
    """
    if len(text) > MAX_BYTES:
        raise EditorError(f"'{origin}' is larger than 64 MB.", hint=_LIMITS_HINT)
    if sum(1 for _ in itertools.islice(re.finditer(r"^%", text, re.MULTILINE), _MAX_TAG_DIRECTIVES + 1)) > (
        _MAX_TAG_DIRECTIVES
    ):
        raise EditorError(f"'{origin}' has too many lines that begin with '%'.", hint="Leave the directives out.")
    reader = _Reader(origin, at_most)
    try:
        reader.read(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise EditorError(
            f"'{origin}'{line}: not YAML: {error.problem or error.context or 'it ends too early'}.",
            hint="Look at the indentation, quotes and brackets there, and whether the file is complete.",
        ) from error
    except yaml.reader.ReaderError as error:
        before = text.encode("utf-8", "surrogatepass")[: error.position]
        raise EditorError(
            f"'{origin}', line {before.count(10) + 1}: a character that YAML does not allow.",
            hint="Remove the control character.",
        ) from error
    return [document for document in reader.documents if document.value is not None]


def read_json(text: str, origin: str) -> Json:
    """The value of a JSON text, read as strictly as `read_yaml` reads YAML."""
    if len(text) > MAX_BYTES:
        raise EditorError(f"'{origin}' is larger than 64 MB.", hint=_LIMITS_HINT)
    if sum(text.count(mark) for mark in "{[,") > 5 * MAX_VALUES:
        raise EditorError(f"'{origin}' has too many values.", hint=_LIMITS_HINT)

    def unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        table = dict(pairs)
        if len(table) < len(pairs):
            seen: set[str] = set()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))
            raise EditorError(f"'{origin}': the key '{shown(twice)}' is there twice.", hint="Keep one of them.")
        return table

    def not_a_number(name: str) -> NoReturn:
        raise EditorError(f"'{origin}': '{name}' is no JSON number.", hint="Use a finite number.")

    def finite(digits: str) -> float:
        number = float(digits)
        return number if math.isfinite(number) else not_a_number(digits[:_MAX_SHOWN])

    try:
        value = json.loads(text, object_pairs_hook=unique, parse_constant=not_a_number, parse_float=finite)
        if "\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except UnicodeEncodeError as error:
        raise EditorError(
            f"'{origin}': a text holds half of a character.", hint="Write the character as it is, not as an escape."
        ) from error
    except json.JSONDecodeError as error:
        raise EditorError(
            f"'{origin}', line {error.lineno}, column {error.colno}: not JSON: {error.msg}.",
            hint="See whether the file is complete.",
        ) from error
    except ValueError as error:
        raise EditorError(f"'{origin}': a number is too long.", hint="Write it as text.") from error
    except RecursionError:
        # JSON is YAML too, and that reader goes down to the full depth and says the line.
        return next((document.value for document in read_yaml(text, origin)), None)


def shown(text: object, limit: int = _MAX_SHOWN) -> str:
    """Text of a stranger made safe to stand in a sentence: one line, short, no control or direction marks."""
    whole = str(text)
    clean = "".join(letter if letter.isprintable() else "�" for letter in whole[: limit + 1])
    return clean[:limit] + "…" if len(whole) > limit else clean


class _Frame:
    """A list or dict under construction. `key` is where the next value of a dict goes."""

    __slots__ = ("anchor", "height", "key", "merged", "started_at", "value", "waits_for_key")

    def __init__(self, value: list[Json] | dict[str, Json], anchor: str | None, started_at: int) -> None:
        self.value = value
        self.anchor = anchor
        self.key: Any = None
        self.waits_for_key = isinstance(value, dict)
        self.merged: list[dict[str, Json]] | None = None
        self.started_at = started_at
        self.height = 1


class _Reader:
    def __init__(self, origin: str, at_most: int) -> None:
        self.documents: list[YamlDocument] = []
        self._origin = origin
        self._at_most = at_most
        self._values = 0
        self._lines: dict[int, int] = {}
        # What each anchor names: the value, how many values it counts, how many levels it has.
        self._anchors: dict[str, tuple[Json, int, int]] = {}
        self._stack: list[_Frame] = []
        self._root: Json = None

    def read(self, events: Iterator[Any]) -> None:
        for event in events:
            kind = type(event)
            if kind is ScalarEvent:
                self._count(1, event)
                value = self._scalar(event)
                if event.anchor is not None:
                    self._anchors[event.anchor] = (value, 1, 0)
                self._put(value, event, 0)
            elif kind is MappingStartEvent:
                self._open({}, event)
            elif kind is SequenceStartEvent:
                self._open([], event)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._close(event)
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent:
                self._root, self._lines, self._anchors = None, {}, {}
            elif kind is DocumentEndEvent:
                if self._root is not None and len(self.documents) == self._at_most:
                    self._refuse(event, f"more than {self._at_most} document(s) in one file", "Split the file.")
                if self._root is not None:
                    self.documents.append(YamlDocument(self._root, self._lines))
                self._count(1, event)

    def _open(self, value: list[Json] | dict[str, Json], event: Any) -> None:
        self._count(1, event)
        if len(self._stack) >= MAX_DEPTH:
            self._refuse(event, "nested more than 1,000 levels deep", _LIMITS_HINT)
        wanted = "map" if isinstance(value, dict) else "seq"
        if event.tag is not None and event.tag not in ("!", _CORE + wanted):
            self._refuse_tag(event)
        if self._stack and self._stack[-1].waits_for_key:
            self._refuse(event, "a list or mapping stands where a key must be", "Use text as the key.")
        self._lines[id(value)] = event.start_mark.line + 1
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)
        self._stack.append(_Frame(value, event.anchor, self._values))

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        if frame.merged and isinstance(frame.value, dict):
            for source in frame.merged:
                for key, value in source.items():
                    frame.value.setdefault(key, value)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (frame.value, self._values - frame.started_at + 1, frame.height)
        self._put(frame.value, event, frame.height)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self._anchors:
            self._refuse(
                event, f"the alias '*{shown(event.anchor)}' has no value yet", "Write the value out in its place."
            )
        value, size, height = self._anchors[event.anchor]
        self._count(size, event)
        if len(self._stack) + height > MAX_DEPTH:
            self._refuse(event, "nested more than 1,000 levels deep", _LIMITS_HINT)
        self._put(_copied(value), event, height)

    def _put(self, value: Json, event: Any, height: int) -> None:
        if not self._stack:
            self._root = value
            return
        frame = self._stack[-1]
        if height >= frame.height:
            frame.height = height + 1
        container = frame.value
        if isinstance(container, list):
            container.append(value)
        elif frame.waits_for_key:
            frame.key = self._key(value, event, container)
            frame.waits_for_key = False
        else:
            frame.waits_for_key = True
            if frame.key is _MERGE:
                frame.merged = self._mappings(value, event)
            else:
                container[frame.key] = value

    def _key(self, value: Json, event: Any, container: dict[str, Json]) -> Any:
        if value is _MERGE:
            return value
        if type(value) is not str:
            self._refuse(event, f"the key {shown(json.dumps(value))} is not text", "Put the key in quotes.")
        if value in container:
            self._refuse(event, f"the key '{shown(value)}' is there twice", "Keep one of them.")
        return value

    def _mappings(self, value: Json, event: Any) -> list[dict[str, Json]]:
        listed = value if isinstance(value, list) else [value]
        if not all(isinstance(entry, dict) for entry in listed):
            self._refuse(event, "'<<' merges mappings only", "Write the keys out.")
        return listed

    def _scalar(self, event: Any) -> Json:
        text: str = event.value
        if event.tag is None:
            if not event.implicit[0] or (text and text[0] not in _SPECIAL_START):
                return text
            if "1" <= text[:1] <= "9" and text.isdecimal() and len(text) < 16:
                return int(text)  # what the patterns below come to, at a fifth of the cost
            tag = next((tag for tag, pattern in _RESOLVERS.get(text[:1], []) if pattern.match(text)), None)
        elif event.tag == "!":
            return text
        else:
            tag = event.tag
            if tag not in _PLAIN_TAGS:
                self._refuse_tag(event)
        if tag is None or tag == _CORE + "str":
            return text
        kind = tag.removeprefix(_CORE)
        if kind == "merge":
            return _MERGE if self._stack and self._stack[-1].waits_for_key else text
        if kind not in ("int", "float", "bool", "null"):
            return text
        return self._plain(kind, text, event)

    def _plain(self, kind: str, text: str, event: Any) -> Json:
        if kind == "null":
            return None
        try:
            value = getattr(_CONSTRUCTOR, f"construct_yaml_{kind}")(yaml.ScalarNode(_CORE + kind, text))
        except (ValueError, KeyError, IndexError, OverflowError, ConstructorError):
            self._refuse(event, f"'{shown(text)}' is no {kind}", "Put it in quotes if it is text.")
        if isinstance(value, float) and not math.isfinite(value):
            self._refuse(event, f"'{shown(text)}' is no JSON number", "Use a finite number, or text in quotes.")
        return value

    def _count(self, values: int, event: Any) -> None:
        self._values += values
        if self._values > MAX_VALUES:
            self._refuse(event, "more than 2 million values, its aliases written out", _LIMITS_HINT)

    def _refuse_tag(self, event: Any) -> NoReturn:
        tag = shown(event.tag.replace(_CORE, "!!"))
        self._refuse(
            event, f"the tag '{tag}' is not allowed: nothing in a file is executed", "Write the value as plain YAML."
        )

    def _refuse(self, event: Any, what: str, hint: str) -> NoReturn:
        raise EditorError(f"'{self._origin}', line {event.start_mark.line + 1}: {what}.", hint=hint)


def _copied(value: Json) -> Json:
    """A deep copy without recursion."""
    if not isinstance(value, list | dict):
        return value
    result: Any = [] if isinstance(value, list) else {}
    work: list[tuple[Any, Any]] = [(value, result)]
    while work:
        source, target = work.pop()
        for key, child in enumerate(source) if isinstance(source, list) else source.items():
            made = child
            if isinstance(child, list | dict):
                made = [] if isinstance(child, list) else {}
                work.append((child, made))
            if isinstance(target, list):
                target.append(made)
            else:
                target[key] = made
    return result
