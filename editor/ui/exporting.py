"""Writing what others read: KFP packages, Python source, pictures of the canvas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from editor.errors import EditorError
from editor.model import Snapshot
from editor.storage.atomic import write_atomically
from editor.ui.work import compile_document, write_package
from editor.ui.work import export_python as export_python_source
from editor.worker import Worker

if TYPE_CHECKING:
    from editor.compiler.python.export import PythonExport
    from editor.ui.main_window import MainWindow

PACKAGE_FILTERS = (
    "KFP package (*.tar.gz *.tgz *.yaml *.json *.zip)",
    "Compressed package (*.tar.gz *.tgz *.zip)",
    "IR YAML (*.yaml)",
    "IR JSON (*.json)",
)


def write_compiled(snapshot: Snapshot, worker: Worker, path: Path) -> None:
    """Compile and write; the ending chooses the format. Runs in a job."""
    write_package(compile_document(snapshot, worker), path)


def _export(
    window: MainWindow, title: str, filters: tuple[str, ...], ending: str, write: Callable[[Path], object]
) -> None:
    session = window.session
    if session is None:
        return
    folder = session.path.parent if session.path else Path.home()

    def answered(path: Path | None) -> None:
        if path is not None:
            write(path)

    window.ask.save_file(title, filters, folder / f"{session.document.root.name}{ending}", answered)


def export_package(window: MainWindow) -> None:
    """Compile to a file, off the GUI thread."""

    def write(path: Path) -> None:
        session = window.session
        assert session is not None
        revision = session.revision
        window.notifier.status("Compiling…")
        window.jobs.run(
            write_compiled,
            session.document.snapshot(),
            window.worker,
            path,
            done=lambda _nothing: window.notifier.success(f"Wrote {path.name}.", hint=str(path.parent)),
            failed=lambda error: window.tell_refused(session, error, revision),
            owner=window,
        )

    _export(window, "Export the KFP package", PACKAGE_FILTERS, ".yaml", write)


def write_python(snapshot: Snapshot, worker: Worker, path: Path) -> PythonExport:
    """Write the pipeline as Python source. Runs in a job."""
    made = export_python_source(snapshot, worker)
    write_atomically(path, made.source.encode())
    return made


def export_python(window: MainWindow) -> None:
    def write(path: Path) -> None:
        session = window.session
        assert session is not None
        revision = session.revision

        def done(made: PythonExport) -> None:
            if made.gaps:
                words = "\n".join(f"{gap.subject}: {gap.reason}" for gap in made.gaps)
                window.notifier.warning(f"Wrote {path.name}; it does not say everything.", details=words)
            else:
                window.notifier.success(f"Wrote {path.name}.", hint=str(path.parent))

        window.jobs.run(
            write_python,
            session.document.snapshot(),
            window.worker,
            path,
            done=done,
            failed=lambda error: window.tell_refused(session, error, revision),
            owner=window,
        )

    _export(window, "Export Python", ("Python (*.py)",), ".py", write)


def export_picture(window: MainWindow) -> None:
    def write(path: Path) -> None:
        if window.session is not None and window.page is not None:
            from editor.ui.canvas.render import render

            try:
                render(window.session.document, path, scope=window.page.view.scope, theme=window.theme.name)
            except EditorError as error:
                window.notifier.error(error)
                return
            window.notifier.success(f"Wrote {path.name}.", hint=str(path.parent))

    _export(window, "Export a picture", ("Picture (*.png *.svg *.pdf)",), ".png", write)
