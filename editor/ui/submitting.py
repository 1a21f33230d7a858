"""Submitting to KFP servers: the connections, the dialog's request, and the run that comes of it."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from editor.model.digest import document_digest
from editor.runs import Run, new_run_id, utc_now
from editor.storage.atomic import write_atomically
from editor.ui.run_record import RunRecord
from editor.ui.running import Running, package_of
from editor.ui.servers import Server, Servers
from editor.ui.session import Session
from editor.ui.work import compile_document, write_package
from editor.worker import Worker

if TYPE_CHECKING:
    from editor.backends.server import ServerConnection, Upload
    from editor.compiler import Package
    from editor.model import Snapshot
    from editor.ui.dialogs.submit import SubmitRequest
    from editor.ui.main_window import MainWindow


class Submitting(QObject):
    """Opens the dialog, or goes ahead with what was chosen last."""

    def __init__(self, running: Running, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._running = running
        self.servers = Servers(window.settings, self)

    def last_request(self, session: Session) -> SubmitRequest | None:
        """What was chosen last for this pipeline, on the server that is chosen now."""
        from editor.ui.dialogs.submit import SubmitRequest

        text = self._window.settings.text(f"submit/{session.document.root.name}")
        try:
            request = msgspec.json.decode(text, type=SubmitRequest)
        except msgspec.MsgspecError:
            return None
        return msgspec.structs.replace(request, arguments=self._running.last_arguments(session))

    def submit_again(self) -> None:
        """One click: the last choices for this pipeline and server; asks where there are none."""
        from editor.ui.dialogs.arguments import missing

        session = self._window.session
        if session is None:
            return
        request = self.last_request(session)
        target = self.servers.target
        if request is None or request.server != target or missing(session.document.root.inputs, request.arguments):
            self.ask_submit()
        else:
            self.start(session, msgspec.structs.replace(request, upload_only=False, run_name="", version=""))

    def ask_submit(self) -> None:
        self._ask(upload_only=False)

    def ask_upload(self) -> None:
        self._ask(upload_only=True)

    def start(self, session: Session, request: SubmitRequest) -> None:
        """Compile, upload and (unless it is an upload only) start a run and follow it."""
        kept = msgspec.structs.replace(request, arguments={})
        self._window.settings.set_text(f"submit/{session.document.root.name}", msgspec.json.encode(kept).decode())
        self.servers.set_target(request.server)
        server = self.servers.get(request.server)
        if server is None:
            return
        if request.upload_only:
            self._upload(session, server, request)
            return
        self._running.remember_arguments(session, request.arguments)
        run = Run(
            id=new_run_id(),
            name=request.run_name or session.document.root.name,
            pipeline=request.pipeline_name,
            backend=server.url,
            created=utc_now(),
            arguments=dict(request.arguments),
            document=str(session.path or ""),
            experiment=request.experiment,
            namespace=server.namespace,
        )
        record = self._running.adopt(run, session)
        record.step = "Compiling…"
        worker, snapshot = self._window.worker, session.document.snapshot()
        self._running.follow(record, lambda: self._events(record, server, request, snapshot, worker))
        self._window.notifier.status(f"Submitting to {server.title}…")
        self._running.changed.emit()

    def _events(
        self, record: RunRecord, server: Server, request: SubmitRequest, snapshot: Snapshot, worker: Worker
    ) -> Iterator[object]:
        """The submit's steps, then the run's events. Walked on a thread of its own."""
        token = self.servers.token(server.url)
        package = compile_document(snapshot, worker)
        yield "Uploading…"
        with connect(server, token) as connection:
            with _written(package) as path:
                run = connection.submit(
                    path,
                    pipeline_name=request.pipeline_name,
                    experiment=request.experiment,
                    run_name=request.run_name,
                    arguments=request.arguments,
                    version=request.version,
                )
            run = msgspec.structs.replace(
                run,
                source_map=dict(package.source_map),
                digest=package.digest,
                document=record.run.document,
                document_digest=document_digest(snapshot),
            )
            kept = package_of(run)
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(kept, package.yaml.encode())
            following = ServerFollowing(server, token, run)
            try:
                yield run
                yield following
            except GeneratorExit:
                # Cancelled while the server was being asked: it has started the run all the same.
                if record.run.state == "CANCELED":
                    connection.cancel(run)
                raise
            yield from connection.watch(run, stop=following.stop)

    def _ask(self, *, upload_only: bool) -> None:
        session = self._window.session
        if session is None:
            return
        from editor.ui.dialogs.submit import SubmitDialog

        request = self.last_request(session)
        SubmitDialog(self._window, session, request, upload_only=upload_only).open()

    def _upload(self, session: Session, server: Server, request: SubmitRequest) -> None:
        notifier = self._window.notifier
        notifier.status(f"Uploading to {server.title}…")

        def done(upload: Upload) -> None:
            what = {
                "pipeline": f"“{upload.name}” was uploaded as a new pipeline.",
                "version": f"“{upload.version}” was uploaded as a new version of “{upload.name}”.",
            }.get(upload.created, f"The server has this very version of “{upload.name}” already.")
            bar = notifier.success(what)
            if upload.link:
                bar.add_action("Open its page", lambda: QDesktopServices.openUrl(QUrl(upload.link)))

        self._window.jobs.run(
            upload_now,
            session.document.snapshot(),
            self._window.worker,
            server,
            self.servers.token,
            request,
            done=done,
            failed=notifier.error,
            owner=self,
        )


class ServerFollowing:
    """What cancels a run on a server: a connection of its own, for the first is busy watching."""

    def __init__(self, server: Server, token: str, run: Run) -> None:
        self._server = server
        self._token = token
        self._run = run
        self.stop = threading.Event()

    def cancel(self) -> None:
        with connect(self._server, self._token) as connection:
            connection.cancel(self._run)


def connect(server: Server, token: str) -> ServerConnection:
    """A connection of its own to a server, to be closed. Loaded when first used."""
    from editor.backends.server import ServerConnection

    return ServerConnection(server.url, token or None, namespace=server.namespace or None)


def upload_now(
    snapshot: Snapshot, worker: Worker, server: Server, token: Callable[[str], str], request: SubmitRequest
) -> Upload:
    """Compile and upload. Runs in a job."""
    package = compile_document(snapshot, worker)
    key = token(server.url)
    with _written(package) as path, connect(server, key) as connection:
        return connection.upload(path, request.pipeline_name, version=request.version)


@contextlib.contextmanager
def _written(package: Package) -> Generator[Path, None, None]:
    """The package in a file for as long as it is sent."""
    with tempfile.TemporaryDirectory(prefix="pipeloom-submit-") as folder:
        path = Path(folder) / "pipeline.yaml"
        write_package(package, path)
        yield path
