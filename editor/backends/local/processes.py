"""Processes of a run: each in a group of its own, its output in a file, and none that outlives the run."""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

MARK = "PIPELOOM_RUN_ID"
"""The variable by which everything that a run starts is known, also what left its process group."""

_GRACE_S = 3.0
_SECRET = re.compile(
    r"TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|COOKIE|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|_AUTH|^PIPELOOM_",
    re.IGNORECASE,
)
# What belongs to this program's own Python and window, and would mislead another Python.
_OURS = re.compile(r"^(PYTHON|VIRTUAL_ENV|CONDA_|QT_|QML|UV_|LD_PRELOAD$|KF_PIPELINES_|_PYI|_MEIPASS)")

# Kills what is left when its input ends: that is when the run's own process is gone, however it went.
_GUARD = """
trap '' INT TERM HUP
groups=' '
containers=' '
while read -r verb name engine; do
  case $verb in
    group) groups="$groups$name " ;;
    container) containers="$containers$engine=$name " ;;
    done) groups="${groups%% $name *} ${groups#* $name }" ;;
    end) exit 0 ;;
    removed) containers="${containers%% $engine=$name *} ${containers#* $engine=$name }" ;;
  esac
done
for name in $groups; do kill -KILL -"$name" 2>/dev/null; done
for file in $(grep -slzxF "$1" /proc/[0-9]*/environ); do
  file=${file#/proc/}
  kill -KILL "${file%/environ}" 2>/dev/null
done
for name in $containers; do "${name%%=*}" rm -f "${name#*=}" >/dev/null 2>&1; done
exit 0
"""


def task_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What a task gets of this process's variables: no secrets, and nothing that is about this program."""
    return {name: value for name, value in environment.items() if not _SECRET.search(name) and not _OURS.match(name)}


class Processes:
    """Starts commands and can end them all. Safe to use from many threads."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self.cancelled = threading.Event()
        self._lock = threading.Lock()
        self._groups: set[int] = set()
        self._containers: set[tuple[str, str]] = set()
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "guard", f"{MARK}={run_id}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def run(
        self,
        command: list[str],
        *,
        environment: Mapping[str, str],
        log: Path,
        cwd: Path,
        container: tuple[str, str] | None = None,
    ) -> int:
        """The command's exit code (negative: the signal); its output is appended to `log`.

        `container` is (engine, name) where the command drives one, which is then removed with it. What the command
        leaves running in its group is killed when it ends. Raises OSError if it cannot be started.
        """
        with open(log, "ab") as output:
            process = self._start(command, environment, output.fileno(), cwd, container)
        try:
            return process.wait()
        finally:
            self._ended(process, container)

    def output_of(self, command: list[str], environment: Mapping[str, str]) -> tuple[int, str]:
        """Exit code and output of a short command, cancelled like any other."""
        read_end, write_end = os.pipe()
        try:
            process = self._start(command, environment, write_end, Path("/"), None)
        except InterruptedError:
            os.close(read_end)
            raise
        except OSError as error:
            os.close(read_end)
            return 127, str(error)
        finally:
            os.close(write_end)
        with os.fdopen(read_end, "rb") as pipe:
            text = pipe.read().decode("utf-8", "replace")
        try:
            return process.wait(), text
        finally:
            self._ended(process, None)

    def cancel(self) -> None:
        """Ask every group to end, and kill what has not after a few seconds. Returns at once; safe to call twice."""
        with self._lock:
            if self.cancelled.is_set():
                return
            self.cancelled.set()
            groups, containers = set(self._groups), set(self._containers)
        for group in groups:
            _signal(group, signal.SIGTERM)
        for engine, name in containers:
            _quietly([engine, "kill", name])
        threading.Thread(target=self._kill_later, daemon=True).start()

    def close(self) -> None:
        """Kill whatever is left; after this nothing that the run started is alive."""
        with self._lock:
            self.cancelled.set()
            groups, containers = set(self._groups), set(self._containers)
        for group in groups:
            _signal(group, signal.SIGKILL)
        for engine, name in containers:
            _quietly([engine, "rm", "-f", name])
        self._kill_strays()
        self._tell("end")
        if self._guard.stdin is not None:
            with contextlib.suppress(OSError):
                self._guard.stdin.close()
        self._guard.wait()

    def _start(
        self,
        command: list[str],
        environment: Mapping[str, str],
        output: int,
        cwd: Path,
        container: tuple[str, str] | None,
    ) -> subprocess.Popen[bytes]:
        # The lock keeps a cancel from passing between the start of a process and its entry in the table.
        with self._lock:
            if self.cancelled.is_set():
                raise InterruptedError("the run was cancelled")
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=cwd,
                env={**environment, MARK: self.run_id},
                start_new_session=True,
            )
            self._groups.add(process.pid)
            self._tell(f"group {process.pid}")
            if container is not None:
                self._containers.add(container)
                self._tell(f"container {container[1]} {container[0]}")
        return process

    def _ended(self, process: subprocess.Popen[bytes], container: tuple[str, str] | None) -> None:
        _signal(process.pid, signal.SIGKILL)
        with self._lock:
            self._groups.discard(process.pid)
            self._tell(f"done {process.pid}")
            if container is not None:
                self._containers.discard(container)
                self._tell(f"removed {container[1]} {container[0]}")

    def _tell(self, line: str) -> None:
        assert self._guard.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            self._guard.stdin.write(f"{line}\n".encode())
            self._guard.stdin.flush()

    def _kill_later(self) -> None:
        deadline = time.monotonic() + _GRACE_S
        while time.monotonic() < deadline:
            with self._lock:
                if not self._groups:
                    return
            time.sleep(0.05)
        with self._lock:
            groups = set(self._groups)
        for group in groups:
            _signal(group, signal.SIGKILL)

    def _kill_strays(self) -> None:
        """Processes that made a session of their own (daemons that a task started) still carry the run's mark."""
        mark = f"{MARK}={self.run_id}".encode()
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0") and int(entry.name) != os.getpid():
                    os.kill(int(entry.name), signal.SIGKILL)


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _quietly(command: list[str]) -> None:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=10,
            check=False,
        )
