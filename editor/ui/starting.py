"""Starting, cancelling and showing runs on behalf of the window's commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from editor.ui.run_words import started_text
from editor.ui.running import package_of
from editor.ui.servers import THIS_COMPUTER

if TYPE_CHECKING:
    from editor.model.port_types import Json
    from editor.ui.main_window import MainWindow
    from editor.ui.run_record import RunRecord
    from editor.ui.session import Session


def run_pipeline(window: MainWindow, *, ask: bool) -> None:
    """Run on the target that is chosen, with the last choices; asks where a value is missing, or if told to."""
    from editor.ui.dialogs.arguments import ArgumentsDialog, missing

    session = window.session
    if session is None:
        return
    if window.submitting.servers.target != THIS_COMPUTER:
        if ask:
            window.submitting.ask_submit()
        else:
            window.submitting.submit_again()
        return
    inputs = session.document.root.inputs
    given = window.running.last_arguments(session)
    if ask or missing(inputs, given):
        title = f"Run “{session.document.root.name}” on this computer"
        ArgumentsDialog(window, title, inputs, given, lambda values: start_here(window, session, values)).open()
    else:
        known = {port.name for port in inputs}
        start_here(window, session, {name: value for name, value in given.items() if name in known})


def start_here(window: MainWindow, session: Session, arguments: dict[str, Json]) -> None:
    window.running.start_here(session, arguments)
    window.notifier.status(f"Running {session.document.root.name}…")


def cancel_run(window: MainWindow) -> None:
    """Cancel the run of the document in front."""
    record = window.running.live_run(window.session)
    if record is not None:
        window.running.cancel(record)


def session_of(window: MainWindow, record: RunRecord) -> Session | None:
    """The open document that a run is of: the very one, that of its file, or one with the tasks that it was made of."""
    sessions = [page.session for page in window.pages()]
    if window.session is not None:
        sessions.insert(0, window.session)
    run = record.run
    for session in sessions:
        if record.session_key == session.key or (session.path and str(session.path) == run.document):
            return session
    entities = set(run.source_map.values())
    return next((session for session in sessions if entities & session.document.entities.keys()), None)


def show_run(window: MainWindow, record: RunRecord) -> None:
    """Show a run's states on the canvas of its document, which comes to the front."""
    session = session_of(window, record)
    if session is not None:
        # First: what is chosen in the panel is the run that is shown on the document in front.
        window.show_session(session)
        window.running.show_on(session, record)
    else:
        window.notifier.status("The pipeline of this run is not open. Open the run as a document to see it.")


def open_as_document(window: MainWindow, record: RunRecord, *, then: Callable[[Session], object] | None = None) -> None:
    """The package that ran, as a document to look at, with the run shown on it."""
    title = f"{record.run.pipeline or record.run.name} \u00b7 {started_text(record.run)}"

    def opened(session: Session) -> None:
        window.running.show_package(session, record)
        if then is not None:
            then(session)

    window.files.open_read_only(package_of(record.run), title, then=opened)


def compare_runs(window: MainWindow, one: RunRecord, other: RunRecord) -> None:
    from editor.ui.dialogs.compare import CompareDialog

    CompareDialog(window, window.running, one, other).open()


def run_again(window: MainWindow, record: RunRecord) -> None:
    """The run's document as it is now, with the arguments of that run; its package, if the document is not open."""
    session = session_of(window, record)
    if session is not None:
        _start_again(window, session, record)
    elif package_of(record.run).is_file():
        open_as_document(window, record, then=lambda opened: _start_again(window, opened, record))
    else:
        window.notifier.info("The pipeline of this run is not open.", hint="Open it, then run it again.")


def _start_again(window: MainWindow, session: Session, record: RunRecord) -> None:
    window.show_session(session)
    window.running.remember_arguments(session, record.run.arguments)
    if record.run.backend == "local":
        start_here(window, session, dict(record.run.arguments))
    else:
        window.submitting.servers.set_target(record.run.backend)
        window.submitting.submit_again()
