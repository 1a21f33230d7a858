"""Runs of the command line in the history that the window shows."""

import contextlib
import os
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from editor.cli.terminal import safe, tell
from editor.errors import EditorError

if TYPE_CHECKING:
    from editor.compiler import Package
    from editor.model import DocumentView
    from editor.runs import Run, RunEvent


def local_record(
    run_id: str, file: str, view: "DocumentView", package: "Package", arguments: Mapping[str, Any], folder: Path
) -> "Run":
    """The record of a run that is about to start here."""
    from editor.model.digest import document_digest
    from editor.runs import Run, utc_now

    now = utc_now()
    return Run(
        id=run_id,
        name=view.root.display_name or view.root.name,
        pipeline=view.root.name,
        created=now,
        started=now,
        arguments=dict(arguments),
        digest=package.digest,
        source_map=dict(package.source_map),
        document=os.path.abspath(file),
        document_digest=document_digest(view),
        output_dir=os.path.abspath(folder),
        process=os.getpid(),
    )


@contextlib.contextmanager
def recording(run: "Run") -> Generator[Callable[["RunEvent"], None]]:
    """What keeps each event of a run. A history that cannot be written is told of once, and stops no run."""
    from editor.runs.history import RunHistory
    from editor.storage.places import data_folder

    try:
        history: RunHistory | None = RunHistory(data_folder() / "runs.sqlite")
        history.put(run)
    except EditorError as error:
        history = None
        tell(f"This run will not be in the history. {safe(error.message)}")

    def keep(event: "RunEvent") -> None:
        nonlocal history
        if history is None:
            return
        try:
            history.record([event])
        except EditorError as error:
            history = None
            tell(f"The rest of this run will not be in the history. {safe(error.message)}")

    yield keep
