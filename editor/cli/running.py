"""The verbs that run a pipeline: here, or on a KFP server."""

import contextlib
import os
import signal
import tempfile
from collections.abc import Generator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from editor.cli import terminal
from editor.cli.files import Opened, compiled, open_file
from editor.cli.recording import local_record, recording
from editor.cli.terminal import safe, say, tell
from editor.cli.verbs import as_json, refuse_errors
from editor.errors import EditorError

if TYPE_CHECKING:
    from editor.backends.local_client import LocalRun
    from editor.backends.server import ServerConnection
    from editor.runs import Run, RunEvent, RunSnapshot

TOKEN_VARIABLE = "PIPELOOM_TOKEN"
_MAX_TOKEN = 64 * 1024

_inputs = click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="NAME=VALUE",
    help="A pipeline input's value.",
)
_server = click.option("--server", required=True, metavar="URL", help="The KFP server's address.")
_namespace = click.option("--namespace", default="", help="The namespace, on a server for several users.")
_token_file = click.option(
    "--token-file", metavar="PATH", help=f"A file that holds the token ({TOKEN_VARIABLE} may hold it instead)."
)


@click.command()
@click.argument("file", metavar="FILE")
@_inputs
@click.option("--output", metavar="DIR", help="Where outputs and logs go; else a new folder in ./pipeloom-runs.")
@click.option("--events", is_flag=True, help="One JSON object a line on stdout, for each change of a state.")
def run(file: str, inputs: tuple[str, ...], output: str | None, *, events: bool) -> int:
    """Run a pipeline on this computer. Ctrl-C cancels it, with everything that it started."""
    from editor.backends.local_client import start_local_run
    from editor.compiler.packages import write_package
    from editor.runs import PACKAGE_FILE, RunSnapshot, new_run_id

    _taken_token()
    document = open_file(file).document
    arguments = _arguments(document, inputs)
    refuse_errors(document)
    folder = _output_folder(output, document.root.name)
    package = _compiled(Opened(document, None))
    write_package(package, folder / PACKAGE_FILE)
    tell(f"Outputs go to {safe(folder)}")
    snapshot = RunSnapshot()
    record = local_record(new_run_id(), file, document, package, arguments, folder)
    with (
        recording(record) as keep,
        start_local_run(
            folder / PACKAGE_FILE, arguments, folder, run_id=record.id, run_name=document.root.name
        ) as local,
        _cancelling(local),
    ):
        for event in local.events():
            snapshot.apply(event)
            keep(event)
            if events:
                terminal.emit_bytes(event.to_line())
            else:
                say(_event_text(event))
                _tell_failure(event)
    if not events:
        _say_outputs(snapshot)
    return 0 if snapshot.state == "SUCCEEDED" else 1


@click.command()
@click.argument("file", metavar="FILE")
@_server
@click.option("--experiment", default="Default", show_default=True, help="Made if it is not there.")
@click.option("--run-name", default="", help="Else the pipeline's name and the time.")
@_inputs
@click.option("--wait", is_flag=True, help="Follow the run to its end; exit code 1 if it does not succeed.")
@_namespace
@_token_file
@as_json
def submit(
    file: str,
    server: str,
    experiment: str,
    run_name: str,
    inputs: tuple[str, ...],
    namespace: str,
    token_file: str | None,
    *,
    wait: bool,
    as_json: bool,
) -> int:
    """Upload a pipeline to a KFP server and start a run of it."""
    from editor.backends.server import ServerConnection

    with ServerConnection(server, _token(token_file), namespace=namespace) as connection:
        opened = open_file(file)
        arguments = _arguments(opened.document, inputs)
        name = opened.document.root.name
        with _package_file(file, opened) as package:
            started = connection.submit(
                package, pipeline_name=name, experiment=experiment, run_name=run_name, arguments=arguments
            )
        if not as_json:
            say(f"Started the run '{safe(started.name)}': {safe(started.link)}")
        tasks, ended = _watched(connection, started, is_quiet=as_json) if wait else ({}, started)
    if as_json:
        terminal.emit(_submitted(ended, tasks if wait else None))
    return 1 if wait and ended.state != "SUCCEEDED" else 0


@click.command()
@click.argument("file", metavar="FILE")
@_server
@click.option("--name", default="", help="The pipeline's name on the server, else its own.")
@click.option("--version", default="", help="The version's name, else one with the time.")
@_namespace
@_token_file
@as_json
def upload(
    file: str, server: str, name: str, version: str, namespace: str, token_file: str | None, *, as_json: bool
) -> int:
    """Upload a pipeline to a KFP server: a new version, if it has a pipeline of that name."""
    import msgspec

    from editor.backends.server import ServerConnection

    with ServerConnection(server, _token(token_file), namespace=namespace) as connection:
        opened = open_file(file)
        root = opened.document.root
        with _package_file(file, opened) as package:
            done = connection.upload(package, name or root.name, version=version, description=root.description)
    if as_json:
        terminal.emit(msgspec.to_builtins(done))
    else:
        what = {"pipeline": "Uploaded a new pipeline", "version": "Uploaded a new version of"}.get(
            done.created, "The server has this already as a version of"
        )
        say(f"{what} '{safe(done.name)}' ({safe(done.version)}): {safe(done.link)}")
    return 0


def _arguments(document: Any, inputs: tuple[str, ...]) -> dict[str, Any]:
    from editor.cli.values import run_arguments

    return run_arguments(document.root.inputs, inputs)


def _compiled(opened: Opened) -> Any:
    from editor.worker import Worker

    with Worker() as worker:
        return compiled(opened.document, worker)


@contextlib.contextmanager
def _package_file(file: str, opened: Opened) -> Generator[Path]:
    """A package that a server takes: FILE itself, byte for byte, if it is one; else what FILE compiles to."""
    package = opened.package
    if package is not None and package.wrapper is None and not file.lower().endswith(".json"):
        yield Path(file)
        return
    from editor.compiler.packages import write_package

    refuse_errors(opened.document)
    with tempfile.TemporaryDirectory(prefix="pipeloom-") as temporary:
        path = Path(temporary) / "pipeline.yaml"
        write_package(_compiled(opened), path)
        yield path


def _token(token_file: str | None) -> str | None:
    if token_file is None:
        return _taken_token()
    try:
        with Path(token_file).open("rb") as file:
            content = file.read(_MAX_TOKEN + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise EditorError(f"The token file '{token_file}' cannot be read: {reason}.") from None
    text = content.decode("utf-8", "replace").strip()
    if not text or len(content) > _MAX_TOKEN:
        raise EditorError(f"The token file '{token_file}' holds no token.", hint="It should hold the token alone.")
    return text


def _taken_token() -> str | None:
    """The token from the environment, taken out of it: what is started here, tasks above all, must not inherit it."""
    return os.environ.pop(TOKEN_VARIABLE, "") or None


def _watched(connection: "ServerConnection", run: "Run", *, is_quiet: bool) -> tuple[dict[str, str], "Run"]:
    """The last state of each task, and the run at its end; tells what happens meanwhile."""
    import msgspec

    from editor.runs import RunSnapshot

    snapshot = RunSnapshot()
    try:
        for event in connection.watch(run):
            snapshot.apply(event)
            if is_quiet:
                tell(_event_text(event))
            else:
                say(_event_text(event))
            _tell_failure(event)
    except KeyboardInterrupt:
        tell(f"The run goes on at the server: {safe(run.link)}")
        raise
    ended = msgspec.structs.replace(
        run, state=snapshot.state, message=snapshot.message, started=snapshot.started, finished=snapshot.finished
    )
    return {path: task.state for path, task in snapshot.tasks.items()}, ended


def _submitted(run: "Run", tasks: dict[str, str] | None) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "run": run.id,
        "name": run.name,
        "pipeline": run.pipeline,
        "experiment": run.experiment,
        "server": run.backend,
        "link": run.link,
        "state": run.state,
    }
    if tasks is not None:
        answer |= {"message": run.message, "tasks": tasks}
    return answer


def _event_text(event: "RunEvent") -> str:
    moment = datetime.fromisoformat(event.time).astimezone().strftime("%H:%M:%S")
    message = f"  {safe(event.message)}" if event.message else ""
    return f"{moment}  {event.state:<9}  {safe(event.task) if event.task else 'the run'}{message}"


def _tell_failure(event: "RunEvent") -> None:
    """The end of a failed task's log, and where all of it is."""
    if event.state != "FAILED" or event.task is None:
        return
    for line in event.details.splitlines()[-20:]:
        tell(f"    {safe(line)}")
    if event.log:
        tell(f"    Log: {safe(event.log)}")


def _say_outputs(snapshot: "RunSnapshot") -> None:
    """What the pipeline itself gave: its parameters' values, and where its artifacts lie."""
    for name, value in snapshot.outputs.items():
        say(f"    {safe(name)} = {terminal.short(value)}")
    for name, artifacts in snapshot.artifacts.items():
        for artifact in artifacts:
            say(f"    {safe(name)}: {safe(artifact.path or artifact.uri)}")


def _output_folder(output: str | None, name: str) -> Path:
    """The folder asked for; else a new one under the current folder, or the system's if that cannot be written."""
    if output is not None:
        folder = Path(output)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EditorError(f"The folder '{output}' cannot be made: {error.strerror}.") from error
        return folder
    plain = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in name)[:60].strip("-")
    named = f"{plain or 'run'}-{datetime.now():%Y%m%d-%H%M%S-%f}"  # noqa: DTZ005 for people, in their time
    try:
        folder = Path.cwd() / "pipeloom-runs" / named
        folder.mkdir(parents=True)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix=f"{named}-"))
    return folder


@contextlib.contextmanager
def _cancelling(local: "LocalRun") -> Generator[None]:
    """While this lasts, a first Ctrl-C (or SIGTERM) cancels the run in order, a second ends it by force."""
    asked = 0

    def interrupted(_number: int, _frame: object) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            tell("Cancelling; once more ends it by force.")
            local.cancel()
        else:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupted) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        local.kill()
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
