"""FILE, whatever it is: a document or a package, read into a Document; and a Document written as either."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from editor.errors import EditorError
from editor.storage.endings import DOCUMENT_ENDING, PACKAGE_ENDINGS, is_document, is_package

if TYPE_CHECKING:
    from editor.compiler.packages import Package, RawPackage
    from editor.model import Document
    from editor.worker import Worker


class Opened(NamedTuple):
    """What FILE held; `package` is None for a document."""

    document: "Document"
    package: "RawPackage | None"


def open_file(path: str) -> Opened:
    """The pipeline in FILE. Raises EditorError if it cannot be read or is neither a document nor a package."""
    if is_document(path):
        from editor.storage.documents import load_document

        return Opened(load_document(path), None)
    if not is_package(path):
        if not Path(path).exists():
            raise EditorError(f"There is no file '{path}'.", hint="Check the name and the folder.")
        raise EditorError(
            f"'{path}' is neither a document nor a KFP package, by its name.",
            hint=f"Names end in {DOCUMENT_ENDING} or in {', '.join(PACKAGE_ENDINGS)}.",
        )
    from editor.compiler.import_ir import import_package
    from editor.compiler.packages import read_package
    from editor.model import Document

    package = read_package(path)
    return Opened(Document(import_package(package)), package)


def checked_output(path: str, *, may_be: str) -> Path:
    """OUT, its ending checked before any work is done: usage is wrong otherwise. `may_be`: document, package or any."""
    fits = {
        "document": is_document(path),
        "package": is_package(path),
        "any": is_document(path) or is_package(path),
    }[may_be]
    if not fits:
        endings = {
            "document": DOCUMENT_ENDING,
            "package": ", ".join(PACKAGE_ENDINGS),
            "any": ", ".join((DOCUMENT_ENDING, *PACKAGE_ENDINGS)),
        }[may_be]
        raise click.UsageError(f"The ending of OUT says what it is to be: '{path}' has none of {endings}.")
    return Path(path)


def save(document: "Document", path: Path, *, is_new: bool) -> None:
    """Write the document; `is_new` if it was made of a package, and so nothing in it has a place yet."""
    from editor.storage.documents import save_document

    if is_new:
        lay_out(document)
    save_document(document, path)


def lay_out(document: "Document") -> None:
    """Give everything a place, unless something has one already."""
    from editor.layout import arrange
    from editor.model import Placement

    if any(isinstance(entity, Placement) for entity in document.entities.values()):
        return
    for pipeline in list(document.pipelines()):
        if document.children(pipeline.id):
            document.apply(arrange(document, scope=pipeline.id))


def compiled(document: "Document", worker: "Worker") -> "Package":
    from editor.compiler import compile_document

    return compile_document(document.snapshot(), worker)
