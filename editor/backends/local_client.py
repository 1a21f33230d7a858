"""Starting and following a local run from the window or the command line: the other end of `editor.backends.local`."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import msgspec

from editor.runs import RunEvent, new_run_id, read_event, utc_now
from editor.worker import child_environment

_END_S = 15.0


class LocalRun:
    """A run under way in its own process. `events` is read by one thread; `cancel` may come from any."""

    def __init__(self, run_id: str, output_dir: Path, process: subprocess.Popen[bytes], stderr: IO[bytes]) -> None:
        self.id = run_id
        self.output_dir = output_dir
        self._process = process
        self._stderr = stderr
        self._said = ""
        self._is_cancelled = False
        self._lock = threading.Lock()

    @property
    def pid(self) -> int:
        return self._process.pid

    def events(self) -> Iterator[RunEvent]:
        """Every event as it comes; blocks; the last one is the run's own, in a final state.

        That holds also if the process died: then it is a FAILED event with what it said on stderr as details.
        """
        process = self._process
        assert process.stdout is not None
        is_told = False
        for line in process.stdout:
            try:
                event = read_event(line)
            except msgspec.MsgspecError:
                continue
            is_told = is_told or (event.task is None and event.state in ("SUCCEEDED", "FAILED", "CANCELED"))
            yield event
        code = process.wait()
        self._close()
        if not is_told:
            yield self._died(code)

    def cancel(self) -> None:
        """Ask the run to end, with all its tasks; returns at once. `events` then comes to its end by itself."""
        with self._lock:
            if self._is_cancelled:
                return
            self._is_cancelled = True
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process by force; its guard ends the tasks. For a program that must leave now.

        `events` then comes to its end in the thread that reads it.
        """
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()

    def wait(self, timeout_s: float | None = None) -> int:
        """The exit code: 0 if the run succeeded. Raises subprocess.TimeoutExpired. Nobody else may read the events."""
        return self._process.wait(timeout_s)

    def __enter__(self) -> "LocalRun":
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._process.poll() is None:
            self.cancel()
            try:
                self._process.wait(_END_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._close()

    def _died(self, code: int) -> RunEvent:
        if self._is_cancelled:
            return RunEvent(time=utc_now(), run=self.id, task=None, state="CANCELED", message="Cancelled.")
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        return RunEvent(
            time=utc_now(),
            run=self.id,
            task=None,
            state="FAILED",
            level="error",
            message=f"The run's process ended with {how} before the run did.",
            details=self.stderr_text(),
        )

    def stderr_text(self) -> str:
        """What the process said beside its events: nothing, or what went wrong with itself."""
        with contextlib.suppress(OSError):
            self._said = Path(self._stderr.name).read_text(encoding="utf-8", errors="replace")[-20_000:]
        return self._said

    def _close(self) -> None:
        self.stderr_text()
        self._stderr.close()
        with contextlib.suppress(OSError):
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()


def start_local_run(
    package_yaml_path: Path,
    arguments: Mapping[str, object],
    output_dir: Path,
    *,
    run_id: str = "",
    run_name: str = "",
    use_cache: bool = True,
    parallel: int = 0,
    environments_dir: Path | None = None,
    cache_dir: Path | None = None,
    workspace_dir: Path | None = None,
) -> LocalRun:
    """Start the package's run; its tasks' files come to lie in `output_dir`.

    The run ends with everything that it started when this process does, however it does. What is wrong with the
    package or the arguments comes as the run's FAILED event.
    """
    run_id = run_id or new_run_id()
    output_dir.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-P", "-m", "editor.backends.local", str(package_yaml_path)]
    command += ["--output", str(output_dir), "--run-id", run_id, "--watch-stdin"]
    for name, value in arguments.items():
        command += ["--input", f"{name}={json.dumps(value, ensure_ascii=False)}"]
    options = {
        "--run-name": run_name,
        "--environments": environments_dir,
        "--cache": cache_dir,
        "--workspace": workspace_dir,
        "--parallel": parallel,
    }
    for option, value in options.items():
        if value:
            command += [option, str(value)]
    if not use_cache:
        command.append("--no-cache")
    stderr = tempfile.NamedTemporaryFile(prefix="pipeloom-run-", suffix=".stderr")  # noqa: SIM115 LocalRun holds it
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=child_environment(),
        # ^C in a terminal is for this process to hand on: the run ends in its own order.
        start_new_session=True,
        cwd=os.getcwd(),
    )
    return LocalRun(run_id, output_dir, process, stderr)
