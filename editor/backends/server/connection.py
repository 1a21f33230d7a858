"""Our side of a server connection: the child process, calls with time limits, and a run watched as events. No kfp."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from editor.backends.server.address import checked_token, server_address
from editor.backends.server.failures import TRANSIENT, ServerError, server_error, slow
from editor.backends.server.progress import TaskReport, remark_on, state_of, task_reports
from editor.errors import EditorError
from editor.model import Json
from editor.runs import FINAL_STATES, Run, RunEvent, utc_now
from editor.worker import child_environment

TIMEOUT_VARIABLE = "PIPELOOM_TIMEOUT"
_START_LIMIT_S = 90.0
_UPLOAD_LIMIT_S = 600.0
_MAX_REQUESTS = 8
"""How many requests one call may need, all being slow but none too slow."""
POLL_S = 1.0
_POLL_MOST_S = 10.0
_FAILURES_BORNE = 5


class ServerInfo(msgspec.Struct, frozen=True):
    """What a server says of itself; `namespace` is the one in use, empty if none was chosen."""

    url: str
    multi_user: bool
    namespace: str = ""


class Experiment(msgspec.Struct, frozen=True):
    id: str
    name: str
    description: str = ""
    created: str = ""


class Upload(msgspec.Struct, frozen=True):
    """A pipeline's version on the server. `created` says what was new: "pipeline", "version", or "" if it was there."""

    pipeline_id: str
    version_id: str
    name: str
    version: str
    created: str
    link: str


class ServerConnection:
    """One server, one child process, started at the first call, ended by `close`; calls from threads take turns.

    Every call raises ServerError (an EditorError) for what the server or the network does wrong, within a time limit:
    `timeout_s` for each request, by default what PIPELOOM_TIMEOUT says, else 30.
    """

    def __init__(
        self, url: str, token: str | None = None, *, namespace: str | None = None, timeout_s: float | None = None
    ) -> None:
        self.url = server_address(url)
        self.namespace = (namespace or "").strip()
        self._token = checked_token(token)
        self._timeout_s = timeout_s or default_timeout_s()
        self._turn = threading.Lock()
        self._child: _Child | None = None

    def __enter__(self) -> "ServerConnection":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child process; a call under way in another thread fails. Safe to call twice."""
        child, self._child = self._child, None
        if child is not None:
            child.close()

    def check(self) -> ServerInfo:
        """Whether a KFP server answers at the address and lets us in."""
        answer = self._call("check")
        return ServerInfo(self.url, answer["multi_user"], self.namespace or answer["namespace"])

    def experiments(self) -> list[Experiment]:
        return msgspec.convert(self._call("experiments"), list[Experiment])

    def upload(self, package: Path | str, name: str, *, version: str = "", description: str = "") -> Upload:
        """Put a package on the server: a new pipeline, or a new version where the name is taken.

        A version that holds the very same pipeline already is taken as it is, and nothing is uploaded.
        """
        if not name.strip():
            raise EditorError("A pipeline on a server needs a name.", hint="Give one that is not empty.")
        arguments = {
            "path": str(Path(package).resolve()),
            "name": name,
            "version": version,
            "description": description,
        }
        return msgspec.convert(self._call("upload", arguments, limit_s=_UPLOAD_LIMIT_S), Upload)

    def submit(
        self,
        package: Path | str,
        *,
        pipeline_name: str,
        experiment: str = "Default",
        run_name: str = "",
        arguments: Mapping[str, Json] | None = None,
        version: str = "",
    ) -> Run:
        """Upload the package and start a run of it, in an experiment that is made if it is not there.

        The caller knows what the package came from, and sets `source_map`, `digest` and `document` of the Run itself.
        """
        uploaded = self.upload(package, pipeline_name, version=version)
        run_name = run_name or f"{pipeline_name} {utc_now()[:19].replace('T', ' ')}"
        answer = self._call(
            "submit",
            {
                "pipeline_id": uploaded.pipeline_id,
                "version_id": uploaded.version_id,
                "experiment": experiment or "Default",
                "run_name": run_name,
                "arguments": dict(arguments or {}),
            },
        )
        run = self._run(answer | {"experiment_id": answer["experiment"]})
        return msgspec.structs.replace(run, pipeline=pipeline_name)

    def runs(self, limit: int = 50) -> list[Run]:
        """The newest runs, newest first; `pipeline` and `experiment` are ids, for the server lists no names."""
        return [self._run(answer) for answer in self._call("runs", {"limit": limit})]

    def run(self, run_id: str) -> Run:
        return self._run(self._call("get_run", {"run_id": run_id}))

    def cancel(self, run: Run | str) -> None:
        """Ask the server to end a run; it reports CANCELED when it has."""
        self._call("cancel", {"run_id": run if isinstance(run, str) else run.id})

    def watch(
        self, run: Run, *, stop: threading.Event | None = None, interval_s: float | None = None
    ) -> Iterator[RunEvent]:
        """The run's events until it is over or `stop` is set: one for each change of a task or of the run.

        Asks at growing intervals (1 s to 10 s); a few failures of the network become warnings, then it raises.
        """
        stop = stop or threading.Event()
        interval = interval_s or POLL_S
        paths: Collection[str] = list(run.source_map) or self._call("task_paths", {"run_id": run.id})
        seen: dict[str | None, TaskReport] = {}
        failures = 0
        while not stop.is_set():
            try:
                answer = self._call("get_run", {"run_id": run.id})
            except ServerError as error:
                failures += 1
                if error.kind not in TRANSIENT or failures > _FAILURES_BORNE:
                    raise
                state = seen[None].state if None in seen else "PENDING"
                yield RunEvent(
                    time=utc_now(), run=run.id, task=None, state=state, level="warning", message=error.message
                )
                stop.wait(interval)
                continue
            failures = 0
            yield from _changes(run.id, answer, paths, seen)
            if seen[None].state in FINAL_STATES:
                return
            stop.wait(interval)
            if interval_s is None:
                interval = min(interval * 1.1, _POLL_MOST_S)

    def _run(self, answer: Mapping[str, Any]) -> Run:
        return Run(
            id=answer["id"],
            name=answer["name"],
            pipeline=answer["pipeline_id"],
            backend=self.url,
            created=answer["created"],
            finished=answer["finished"],
            state=state_of(answer["state"]),
            message=answer["message"] or remark_on(answer["state"]),
            arguments=answer["arguments"],
            experiment=answer["experiment_id"],
            namespace=self.namespace,
            link=answer["link"],
        )

    def _call(self, method: str, arguments: Mapping[str, object] | None = None, *, limit_s: float = 0) -> Any:
        with self._turn:
            child = self._child
            if child is None or not child.is_alive:
                self.close()
                child = self._child = _Child()
                opening = {
                    "url": self.url,
                    "token": self._token,
                    "namespace": self.namespace,
                    "timeout_s": self._timeout_s,
                }
                self._asked(child, "load", {}, _START_LIMIT_S)
                self._asked(child, "open", opening, self._timeout_s * _MAX_REQUESTS)
            return self._asked(child, method, arguments or {}, limit_s or self._timeout_s * _MAX_REQUESTS)

    def _asked(self, child: "_Child", method: str, arguments: Mapping[str, object], limit_s: float) -> Any:
        try:
            answer = child.ask(method, arguments, limit_s)
        except TimeoutError:
            self.close()
            raise slow(self.url, limit_s) from None
        except (EOFError, OSError):
            self.close()
            raise server_error(
                "failed", f"The connection to {self.url} was closed.", "Try it again; it is made anew."
            ) from None
        if method == "open" and "error" in answer:
            self.close()
        if "error" not in answer:
            return answer["result"]
        told = answer["error"]
        if told["kind"]:
            raise server_error(told["kind"], told["message"], told["hint"], told["details"])
        raise EditorError(told["message"], hint=told["hint"], details=told["details"])


def default_timeout_s() -> float:
    """Seconds that a server may take for one answer. Raises EditorError if the variable holds no such number."""
    text = os.environ.get(TIMEOUT_VARIABLE, "")
    try:
        seconds = float(text or 30)
    except ValueError:
        seconds = 0
    if not 0.1 <= seconds <= 3600:
        raise EditorError(f"{TIMEOUT_VARIABLE} is no number of seconds between 0.1 and 3600: '{text}'.")
    return seconds


class _Child:
    """The process and the thread that reads its answers."""

    def __init__(self) -> None:
        # -P: a `kfp.py` in the current folder is not to be taken for the SDK. A session of its own: Ctrl-C is ours.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "editor.backends.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
            start_new_session=True,
        )
        self._answers: queue.Queue[bytes] = queue.Queue()
        self._reader = threading.Thread(target=self._read, name="server-connection", daemon=True)
        self._reader.start()
        self._count = 0

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, method: str, arguments: Mapping[str, object], limit_s: float) -> dict[str, Any]:
        """The answer. Raises TimeoutError after `limit_s`, EOFError or OSError if the process is gone."""
        self._count += 1
        line = json.dumps({"id": self._count, "method": method, "arguments": arguments}).encode() + b"\n"
        assert self._process.stdin is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()
        deadline = time.monotonic() + limit_s
        while True:
            try:
                answer = self._answers.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError from None
            if not answer:
                raise EOFError
            decoded = json.loads(answer)
            if decoded["id"] == self._count:
                return decoded

    def close(self) -> None:
        self._process.kill()
        with contextlib.suppress(OSError), self._process:
            # The reader ends with the pipe; it must not hold it when the context closes it.
            self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        take: Callable[[], bytes] = self._process.stdout.readline
        for line in iter(take, b""):
            self._answers.put(line)
        self._answers.put(b"")


def _changes(
    run_id: str, answer: Mapping[str, Any], paths: Collection[str], seen: dict[str | None, TaskReport]
) -> Iterator[RunEvent]:
    """Events for what differs from `seen`, which is brought up to date: tasks by time, the run where it fits."""
    whole = TaskReport(
        state_of(answer["state"]),
        answer["message"] or remark_on(answer["state"]),
        answer["created"] if answer["state"] != "PENDING" else "",
        answer["finished"],
    )
    reports = sorted(task_reports(answer["tasks"], paths).items(), key=lambda item: _moment(item[1]))
    changed: list[tuple[str | None, TaskReport]] = [item for item in reports if seen.get(item[0]) != item[1]]
    if seen.get(None) != whole:
        # The run begins before its tasks and ends after them.
        changed.insert(len(changed) if whole.state in FINAL_STATES else 0, (None, whole))
    for path, report in changed:
        before = seen.get(path)
        seen[path] = report
        if before is not None and (before.state, before.message) == (report.state, report.message):
            continue
        moment, _still_open = _moment(report)
        yield RunEvent(
            time=moment or utc_now(),
            run=run_id,
            task=path,
            state=report.state,
            message=report.message,
            level="error" if report.state == "FAILED" else "info",
        )


def _moment(report: TaskReport) -> tuple[str, bool]:
    """When a report came to be; of two at the same time, what ended comes before what began."""
    is_final = report.state in FINAL_STATES
    return (report.finished if is_final else report.started), not is_final
