"""The document's file: UTF-8 JSON, one entity a line, sorted by id, placements last, so that diffs are small."""

import contextlib
import json
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from editor.errors import EditorError
from editor.model import Document, DocumentView, Entity, Note, Placement
from editor.storage.atomic import write_atomically
from editor.storage.integrity import Problem, assemble, too_deep
from editor.storage.migrations import migrated

FORMAT = 1
MAX_BYTES = 256 * 2**20
"""A document of 10,000 tasks has about 6 MB."""

_HINT_RECOVER = "Open it in the window to recover what is readable, or take an older copy."


class _File(msgspec.Struct):
    format: int
    entities: list[Entity]


class _Header(msgspec.Struct):
    format: int


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_File)


class Recovered(msgspec.Struct, frozen=True):
    """A document made of what was readable, and sentences saying what was mended or lost (none: it was sound)."""

    document: Document
    repairs: tuple[str, ...]


def load_document(path: Path | str) -> Document:
    """The document in `path`. Nothing in it is executed.

    Raises EditorError, naming the file, what is wrong and where, for anything that is not a sound document.
    """
    path = Path(path)
    entities = decode_entities(_read(path), path.name)
    table, problems = assemble(entities, path.stem)
    serious = [problem for problem in problems if not problem.is_harmless]
    if serious:
        raise _unsound(path.name, serious)
    return Document(table)


def decode_document(content: bytes, name: str = "document") -> Document:
    """As `load_document`, from bytes; `name` is what messages call it."""
    table, problems = assemble(decode_entities(content, name), Path(name).stem)
    serious = [problem for problem in problems if not problem.is_harmless]
    if serious:
        raise _unsound(name, serious)
    return Document(table)


def recover_document(path: Path | str) -> Recovered:
    """As much of a damaged document as can be read, mended so that it opens.

    Raises EditorError if the file cannot be read, is of a newer format, or holds no entity at all.
    """
    path = Path(path)
    content = _read(path)
    lost: list[str] = []
    try:
        entities = decode_entities(content, path.name)
    except EditorError as error:
        _refuse_newer(content, path.name)
        entities = list(_salvaged(content))
        if not entities:
            raise
        lost.append(f"{error.message} {len(entities)} entities were readable; the rest is lost.")
    table, problems = assemble(entities, path.stem)
    return Recovered(Document(table), (*lost, *(problem.message for problem in problems)))


def save_document(view: DocumentView, path: Path | str) -> None:
    """Write `view` to `path` atomically.

    Raises EditorError if the file there was made by a newer Pipeloom, or cannot be written; it is then untouched.
    A file of an older format is kept beside the new one as `NAME.v<format>.bak`.
    """
    path = Path(path)
    found = _format_of(path)
    if found is not None and found > FORMAT:
        raise EditorError(
            f"'{path.name}' was saved by a newer Pipeloom (format {found}); saving over it would lose what is new.",
            hint="Save under another name, or update Pipeloom.",
        )
    if found is not None and found < FORMAT:
        with contextlib.suppress(OSError):
            shutil.copy2(path, path.with_name(f"{path.name}.v{found}.bak"))
    write_atomically(path, encode_document(view))


def encode_document(view: DocumentView) -> bytes:
    """The file's bytes: the same for the same entities, in whatever order they came."""
    entities = sorted(view.entities.values(), key=lambda entity: (isinstance(entity, Placement), entity.id))
    lines = b",\n".join(_line(entity) for entity in entities)
    return b'{"format": %d, "entities": [\n' % FORMAT + lines + b"\n]}\n"


def decode_entities(content: bytes, name: str) -> list[Entity]:
    """The entities of a file's bytes, brought up to date. Raises EditorError saying what is wrong and where."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        document = _DECODER.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        _refuse_newer(content, name)
        return _diagnosed(content, name, error)
    if document.format > FORMAT:
        raise _newer(name, document.format)
    if document.format < FORMAT:
        return _diagnosed(content, name, None)
    for entity in document.entities:
        if too_deep(entity):
            raise EditorError(f"'{name}': a value of '{entity.id}' is nested too deeply.", hint=_HINT_RECOVER)
    return document.entities


def _line(entity: Entity) -> bytes:
    if isinstance(entity, Placement | Note):
        # Python takes a whole number for a float: written as one, it would be another text after the next save.
        whole = {side: getattr(entity, side) for side in ("x", "y", "width", "height")}
        whole = {side: float(number) for side, number in whole.items() if isinstance(number, int)}
        entity = msgspec.structs.replace(entity, **whole) if whole else entity
    try:
        return _ENCODER.encode(entity)
    except UnicodeEncodeError:
        # Half of a surrogate pair is not text: UTF-8 has no way to write it.
        text = json.dumps(msgspec.to_builtins(entity), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def _read(path: Path) -> bytes:
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise EditorError(f"'{path}' is a folder.", hint="Name the document in it.")
        if not stat.S_ISREG(found.st_mode):
            raise EditorError(f"'{path}' is not a file.")
        if found.st_size > MAX_BYTES:
            raise EditorError(f"'{path}' has {found.st_size // 2**20} MB; a document has at most {MAX_BYTES // 2**20}.")
        return path.read_bytes()
    except FileNotFoundError:
        raise EditorError(f"There is no file '{path}'.", hint="Check the name and the folder.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise EditorError(f"'{path}' could not be read: {reason}.") from error


def _diagnosed(content: bytes, name: str, error: Exception | None) -> list[Entity]:
    """The entities after migration, or an EditorError that says where `error` lies."""
    try:
        plain = msgspec.json.decode(content)
    except UnicodeDecodeError as reason:
        raise EditorError(f"'{name}' is not UTF-8 text (byte {reason.start}).", hint=_HINT_RECOVER) from None
    except RecursionError:
        raise EditorError(f"'{name}' is nested too deeply to be a document.", hint=_HINT_RECOVER) from None
    except msgspec.MsgspecError as reason:
        raise _malformed(content, name, str(reason)) from None
    if not isinstance(plain, dict) or not isinstance(plain.get("entities"), list) or "format" not in plain:
        raise EditorError(
            f'\'{name}\' is JSON, but not a Pipeloom document: it needs "format" and "entities".',
            hint="Open a .pipeloom file, or import a KFP package.",
        )
    found = plain["format"]
    if isinstance(found, int) and not isinstance(found, bool) and found < FORMAT:
        try:
            return msgspec.convert(migrated(plain, found, FORMAT)["entities"], list[Entity])
        except KeyError:
            raise EditorError(f"'{name}' says that its format is {found}, which there never was.") from None
        except msgspec.MsgspecError as reason:
            raise EditorError(f"'{name}' (format {found}) could not be brought up to date: {reason}.") from None
    raise _wrong_entity(plain, name, str(error))


def _malformed(content: bytes, name: str, reason: str) -> EditorError:
    if not content.strip():
        return EditorError(f"'{name}' is empty.", hint=_HINT_RECOVER)
    if "truncated" in reason:
        return EditorError(f"'{name}' ends in the middle: the file was cut off.", hint=_HINT_RECOVER)
    at = re.search(r"\(byte (\d+)\)", reason)
    if at is None:
        return EditorError(f"'{name}' is not readable as JSON: {reason}.", hint=_HINT_RECOVER)
    before = content[: int(at[1])]
    line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
    return EditorError(f"'{name}' is not JSON at line {line}, column {column}.", hint=_HINT_RECOVER, details=reason)


def _wrong_entity(plain: dict[str, object], name: str, reason: str) -> EditorError:
    what, _, where = reason.partition(" - at ")
    at = re.match(r"`\$\.entities\[(\d+)\]", where)
    entities = plain["entities"]
    if at is None or not isinstance(entities, list):
        return EditorError(f"'{name}': {what}, {where.strip('`')}.", hint=_HINT_RECOVER, details=reason)
    number = int(at[1])
    entity = entities[number]
    called = f"'{entity['id']}'" if isinstance(entity, dict) and "id" in entity else f"number {number + 1}"
    field = where.strip("`").removeprefix(f"$.entities[{number}]").lstrip(".") or "the whole"
    return EditorError(
        f"'{name}': entity {called} is wrong: {what.lower() if what.startswith('Expected') else what} ({field}).",
        hint=_HINT_RECOVER,
        details=reason,
    )


def _refuse_newer(content: bytes, name: str) -> None:
    with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = msgspec.json.decode(content, type=_Header).format
        if found > FORMAT:
            raise _newer(name, found)


def _newer(name: str, found: int) -> EditorError:
    return EditorError(
        f"'{name}' was saved by a newer Pipeloom (format {found}, this one reads {FORMAT}).", hint="Update Pipeloom."
    )


def _unsound(name: str, problems: list[Problem]) -> EditorError:
    more = f" And {len(problems) - 1} more." if len(problems) > 1 else ""
    return EditorError(
        f"'{name}' is not sound: {problems[0].message}{more}",
        hint="Open it in the window to have it mended.",
        details="\n".join(problem.message for problem in problems),
        subjects=tuple(problem.subject for problem in problems),
    )


def _format_of(path: Path) -> int | None:
    """The format that the file at `path` says in its first bytes; None if there is none or it is something else."""
    try:
        with open(path, "rb") as file:
            head = file.read(4096)
    except OSError:
        return None
    found = re.search(rb'"format"\s*:\s*(\d{1,9})', head)
    return int(found[1]) if found and head.lstrip(b"\xef\xbb\xbf \n\r\t").startswith(b"{") else None


def _salvaged(content: bytes) -> Iterator[Entity]:
    """Every entity that can be read on its own, however broken the file is around it."""
    text = content.decode("utf-8", "replace")
    reader = json.JSONDecoder()
    start = text.find('"entities"')
    at = text.find("{", max(start, 0) + 1) if start >= 0 else text.find("{")
    while at >= 0:
        try:
            plain, end = reader.raw_decode(text, at)
            yield msgspec.convert(plain, Entity)
            at = text.find("{", end)
        except (ValueError, RecursionError, msgspec.MsgspecError):
            line_end = text.find("\n", at)
            at = text.find("{", line_end) if line_end >= 0 else -1
