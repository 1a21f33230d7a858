"""Python environments for tasks: made by uv from a Python that is there, kept by content, shared by all runs."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

from editor.backends.local.install_line import Install
from editor.backends.local.kept import make_lock, use_lock
from editor.backends.local.pip_settings import read_pip_settings
from editor.errors import EditorError

# Counted up when environments made by an earlier version must not be used any more.
_LAYOUT = 1
_MARKER = "pipeloom-ready.json"
_PROBE = "import json,sys;print(json.dumps([list(sys.version_info[:3]),sys.implementation.name]))"


RunCommand: TypeAlias = Callable[[list[str], dict[str, str]], tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter to make environments from."""

    path: str
    version: tuple[int, int, int]

    @property
    def minor(self) -> str:
        return f"{self.version[0]}.{self.version[1]}"


@dataclass(frozen=True, slots=True)
class EnvironmentSpec:
    """What an environment must have; equal specs share one folder."""

    python: Python
    installs: tuple[Install, ...]
    has_pip: bool = False
    private_to: str = ""

    @property
    def key(self) -> str:
        described = {**asdict(self), "layout": _LAYOUT}
        digest = hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()
        return f"py{self.python.minor}-{digest[:20]}"


class Pythons:
    """The interpreters of this computer, asked once each. A frozen program is none, hence never `sys.executable`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._asked: dict[str, Python | None] = {}
        self._lock = threading.Lock()

    def default(self) -> Python:
        """The one that PIPELOOM_PYTHON names, or that this program runs on, or that PATH has."""
        chosen = self._environment.get("PIPELOOM_PYTHON", "")
        if chosen:
            python = self._ask(chosen)
            if python is None:
                raise EditorError(
                    f"PIPELOOM_PYTHON names '{chosen}', which is no Python that runs.",
                    hint="Set it to the path of a Python 3.9 or later.",
                )
            return python
        if not getattr(sys, "frozen", False):
            base = str(getattr(sys, "_base_executable", "") or sys.executable)
            return Python(base, sys.version_info[:3])
        for name in ("python3", "python"):
            python = self._ask(name)
            if python is not None:
                return python
        raise EditorError(
            "No Python is there to make the tasks' environments from.",
            hint="Install Python 3.11, or name one in the variable PIPELOOM_PYTHON.",
        )

    def for_minor(self, minor: str) -> Python | None:
        """An interpreter of that very version (`3.11`), or None."""
        default = self.default()
        return default if default.minor == minor else self._ask(f"python{minor}")

    def _ask(self, name: str) -> Python | None:
        with self._lock:
            if name not in self._asked:
                self._asked[name] = self._answer(name)
            return self._asked[name]

    def _answer(self, name: str) -> Python | None:
        path = shutil.which(name, path=self._environment.get("PATH"))
        if path is None:
            return None
        # A version chooser's shim may stand on PATH for a version that it has not: only its answer counts.
        try:
            done = subprocess.run([path, "-I", "-c", _PROBE], capture_output=True, text=True, timeout=20, check=True)
            version, implementation = json.loads(done.stdout)
        except (OSError, subprocess.SubprocessError, ValueError):
            return None
        found = Python(path, tuple(version))
        if implementation != "cpython" or found.version < (3, 8, 0):
            return None
        wanted = Path(name).name.removeprefix("python")
        return None if "." in wanted and wanted != found.minor else found


class Environments:
    """The environments under one folder. Safe to use from many threads and many runs at once."""

    def __init__(self, folder: Path, environment: Mapping[str, str], cancelled: threading.Event) -> None:
        self.folder = folder
        self.environment = dict(environment)
        self.cancelled = cancelled
        self._locks: dict[str, threading.Lock] = {}
        self._failures: dict[str, EditorError] = {}
        self._guard = threading.Lock()
        self._used: dict[str, int] = {}
        """By key: the open file that tells others that this run uses the environment."""

    def path_of(self, spec: EnvironmentSpec) -> Path:
        return self.folder / spec.key

    def is_ready(self, spec: EnvironmentSpec) -> bool:
        path = self.path_of(spec)
        # The interpreter that it was made from may have been removed since.
        return (path / _MARKER).is_file() and (path / "bin" / "python3").exists()

    def ready(self, spec: EnvironmentSpec, run: RunCommand) -> Path:
        """The environment's folder, made if need be. `run` starts a command and gives its exit code and output.

        It is not cleared away until `close`. Raises EditorError with uv's words as details if it cannot be made.
        """
        self._use(self.path_of(spec))
        if self.is_ready(spec):
            return self.path_of(spec)
        with self._guard:
            lock = self._locks.setdefault(spec.key, threading.Lock())
        with lock, self._locked(self.path_of(spec)):
            if not self.is_ready(spec):
                # Once a run: what could not be made for one task cannot be made for the next either.
                if spec.key in self._failures:
                    raise self._failures[spec.key]
                try:
                    self._make(spec, run)
                except EditorError as error:
                    self._failures[spec.key] = error
                    raise
        return self.path_of(spec)

    def close(self) -> None:
        """The run is over: what it used may be cleared away."""
        with self._guard:
            for file in self._used.values():
                os.close(file)
            self._used.clear()

    def _use(self, path: Path) -> None:
        # Where nothing can be written nothing can be cleared away either.
        with self._guard, contextlib.suppress(OSError):
            if path.name not in self._used:
                self.folder.mkdir(parents=True, exist_ok=True)
                file = os.open(use_lock(path), os.O_RDWR | os.O_CREAT, 0o666)
                self._used[path.name] = file
                fcntl.flock(file, fcntl.LOCK_SH)

    @contextlib.contextmanager
    def _locked(self, path: Path) -> Generator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(make_lock(path), "w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _make(self, spec: EnvironmentSpec, run: RunCommand) -> None:
        path = self.path_of(spec)
        # What is there without its marker was left half-made by a run that was stopped.
        shutil.rmtree(path, ignore_errors=True)
        uv = find_uv()
        variables = self._uv_variables()
        seed = ["--seed"] if spec.has_pip else []
        self._done(
            run([uv, "venv", "--quiet", "--no-project", *seed, "--python", spec.python.path, str(path)], variables)
        )
        for install in spec.installs:
            if install.requirements:
                self._done(self._install(uv, path, install, run, variables), install)
        temporary = path / f"{_MARKER}.new"
        temporary.write_text(json.dumps(asdict(spec), indent=1), encoding="utf-8")
        os.replace(temporary, path / _MARKER)

    def _install(
        self,
        uv: str,
        path: Path,
        install: Install,
        run: RunCommand,
        variables: dict[str, str],
    ) -> tuple[int, str]:
        command = [uv, "pip", "install", "--quiet", "--python", str(path / "bin" / "python3"), *_options(install)]
        code, output = run([*command, "--", *install.requirements], variables)
        if code != 0 and not self.cancelled.is_set():
            # Without a network the wheels that uv has kept may still do.
            offline, _ = run([*command, "--offline", "--", *install.requirements], variables)
            if offline == 0:
                return 0, ""
        return code, output

    def _done(self, result: tuple[int, str], install: Install | None = None) -> None:
        code, output = result
        if code == 0:
            return
        if self.cancelled.is_set():
            raise InterruptedError("the run was cancelled")
        what = ", ".join(install.requirements) if install else "an empty environment"
        raise EditorError(
            f"The Python environment with {what} could not be made.",
            hint="See whether the package names and versions are right and the package index can be reached.",
            details=output.strip(),
        )

    def _uv_variables(self) -> dict[str, str]:
        base = {name: value for name, value in self.environment.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
        return {
            **base,
            **read_pip_settings(base).uv_environment(base),
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_NO_PROGRESS": "1",
        }


def _options(install: Install) -> list[str]:
    options: list[str] = []
    if not install.has_dependencies:
        options.append("--no-deps")
    if install.pre:
        options.append("--prerelease=allow")
    if install.index_url:
        options += ["--default-index", install.index_url]
    for url in install.extra_index_urls:
        options += ["--index", url]
    for host in install.trusted_hosts:
        # pip takes a URL here as the SDK writes it; uv wants the host.
        options += ["--allow-insecure-host", host.partition("://")[2].partition("/")[0] or host]
    return options


def find_uv() -> str:
    """The uv that came with this program, else the one on PATH."""
    beside = Path(sys.executable).parent / "uv"
    if beside.is_file():
        return str(beside)
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
    if found is None:
        raise EditorError(
            "uv, which makes the tasks' Python environments, is not there.", hint="Install it: pip install uv"
        )
    return found
