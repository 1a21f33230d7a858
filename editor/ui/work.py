"""What jobs do with the compiler and the layout, which are loaded when first used: the window opens sooner without."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from editor.compiler import Package, RawPackage
    from editor.compiler.lines import Span
    from editor.compiler.python.export import PythonExport
    from editor.components import LibraryEntry
    from editor.model import DocumentView, Edit, Entity, EntityId
    from editor.model.fragment import Fragment
    from editor.worker import Worker


def compile_document(view: DocumentView, worker: Worker) -> Package:
    from editor.compiler import compile_document as made

    return made(view, worker)


def preview_document(view: DocumentView, worker: Worker) -> tuple[str, tuple[Span, ...]]:
    from editor.compiler.compile import preview_document as previewed

    return previewed(view, worker)


def write_package(package: Package, path: Path) -> None:
    from editor.compiler import write_package as written

    written(package, path)


def read_package(path: Path) -> RawPackage:
    from editor.compiler import read_package as read

    return read(path)


def import_package(raw: RawPackage) -> dict[EntityId, Entity]:
    from editor.compiler import import_package as imported

    return imported(raw)


def export_python(view: DocumentView, worker: Worker) -> PythonExport:
    from editor.compiler.python.export import export_python as exported

    return exported(view, worker)


def realise_entry(entry: LibraryEntry, worker: Worker) -> Fragment:
    from editor.compiler.library import realise_entry as realised

    return realised(entry, worker)


def arrange(view: DocumentView, scope: EntityId) -> Edit:
    from editor.layout import arrange as arranged

    return arranged(view, scope=scope)
