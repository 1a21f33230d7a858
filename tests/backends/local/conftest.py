"""Packages compiled by the SDK itself, and a way to run one as a child process, its environments kept for next time."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import platformdirs
import pytest

from editor.runs import RunEvent, RunSnapshot, fold, read_event

CACHE = Path(platformdirs.user_cache_dir("pipeloom-tests"))
ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT.parent / "shared" / "corpus"


@dataclass
class Result:
    """One finished run."""

    code: int
    events: list[RunEvent]
    stderr: str
    output: Path
    snapshot: RunSnapshot = field(init=False)

    def __post_init__(self) -> None:
        self.snapshot = fold(self.events)

    def state(self, path: str) -> str:
        return self.snapshot.tasks[path].state

    def outputs(self, path: str) -> dict[str, object]:
        return self.snapshot.tasks[path].outputs

    @property
    def states(self) -> dict[str, str]:
        return {path: task.state for path, task in self.snapshot.tasks.items()}


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder with a package for each pipeline of `pipelines.py`; compiled anew only when that file changes."""
    source = Path(__file__).with_name("pipelines.py")
    digest = hashlib.sha256(source.read_bytes() + metadata.version("kfp").encode()).hexdigest()[:16]
    folder = CACHE / "packages" / digest
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-W", "ignore", str(source), str(folder)], check=True, timeout=60)
        (folder / "done").touch()
    return folder


Run = Callable[..., Result]


@pytest.fixture
def run(packages: Path, tmp_path: Path) -> Run:
    """`run("chain", start=4)`: a package by name or path, with its inputs; without `cache` no results are kept."""

    def start(
        package: str | Path,
        *,
        output: Path | None = None,
        cache: Path | None = None,
        options: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
        **inputs: object,
    ) -> Result:
        path = package if isinstance(package, Path) else packages / f"{package}.yaml"
        folder = output or tmp_path / "out"
        done = subprocess.run(
            command_for(path, folder, cache, inputs, options),
            capture_output=True,
            text=True,
            timeout=55,
            check=False,
            cwd=ROOT,
            env=dict(environment) if environment is not None else None,
        )
        return Result(done.returncode, [read_event(line) for line in done.stdout.splitlines()], done.stderr, folder)

    return start


def command_for(
    path: Path, output: Path, cache: Path | None, inputs: Mapping[str, object], options: tuple[str, ...] = ()
) -> list[str]:
    command = [sys.executable, "-m", "editor.backends.local", str(path), "--output", str(output)]
    command += ["--environments", str(CACHE / "environments"), *options]
    command += ["--cache", str(cache)] if cache is not None else ["--no-cache"]
    for name, value in inputs.items():
        command += ["--input", f"{name}={json.dumps(value)}"]
    return command


@pytest.fixture
def write_package(tmp_path: Path) -> Callable[..., Path]:
    """A package of one's own making: components, executors and the root's tasks, as JSON."""

    def write(tasks: dict[str, object], components: dict[str, object], executors: dict[str, object]) -> Path:
        spec = {
            "pipelineInfo": {"name": "made"},
            "schemaVersion": "2.1.0",
            "sdkVersion": f"kfp-{metadata.version('kfp')}",
            "root": {"dag": {"tasks": tasks}},
            "components": components,
            "deploymentSpec": {"executors": executors},
        }
        path = tmp_path / "made.json"
        path.write_text(json.dumps(spec), encoding="utf-8")
        return path

    return write


@pytest.fixture
def environment() -> dict[str, str]:
    """This process's variables, to add to."""
    return dict(os.environ)
