"""Container components through the command line of Docker or Podman: which one answers, and what it is told."""

import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from editor.backends.local.artifacts import Spec, local_path
from editor.errors import EditorError

ENGINES = ("docker", "podman")
_ANSWER_S = 15.0


def answering_engine(environment: Mapping[str, str]) -> str:
    """The name of the first engine on PATH whose service answers, or nothing."""
    for name in ENGINES:
        program = shutil.which(name, path=environment.get("PATH"))
        if program is None:
            continue
        try:
            done = subprocess.run(
                [program, "info"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=dict(environment),
                timeout=_ANSWER_S,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        if done.returncode == 0:
            return name
    return ""


def no_engine(tasks: Iterable[str]) -> EditorError:
    """What is said before a run that cannot be done."""
    names = sorted(tasks)
    shown = ", ".join(f"'{name}'" for name in names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    return EditorError(
        f"No container engine answers, and these tasks need one: {shown}.",
        hint="Start Docker or Podman, or submit the pipeline to a server. Python components run without one.",
        subjects=names,
    )


def container_command(
    engine: str,
    name: str,
    *,
    image: str,
    command: list[str],
    arguments: list[str],
    environment: Mapping[str, str],
    writable: Iterable[Path],
    readable: Iterable[Path],
    resources: Spec,
) -> list[str]:
    """The engine's arguments: folders at the same path inside as outside, so that a URI names a file on both sides."""
    line = [engine, "run", "--rm", "--name", name]
    if engine == "podman":
        # Where SELinux is on, a folder of the user's is shut to a container; relabelling it would change the folder.
        line += ["--security-opt", "label=disable"]
    for folder in writable:
        line += ["--mount", _mount(folder, "")]
    for folder in readable:
        line += ["--mount", _mount(folder, ",readonly")]
    for key, value in environment.items():
        line += ["--env", f"{key}={value}"]
    line += _limits(resources)
    if command:
        line += ["--entrypoint", command[0]]
    return [*line, image, *command[1:], *arguments]


def qualified(image: str) -> str:
    """The image by its whole name: Podman, unlike Docker and Kubernetes, guesses no registry."""
    first, slash, _ = image.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return image
    return f"docker.io/{image}" if slash else f"docker.io/library/{image}"


def _mount(path: Path, more: str) -> str:
    # The option is a CSV record: a path with a comma or a quote needs CSV's own quoting.
    def field(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"') else text

    return f"type=bind,{field(f'source={path}')},{field(f'target={path}')}{more}"


def _limits(resources: Spec) -> list[str]:
    """Upper limits only: requests mean nothing where nothing is scheduled."""
    options: list[str] = []
    cpu = resources.get("resourceCpuLimit") or resources.get("cpuLimit")
    memory = resources.get("resourceMemoryLimit") or resources.get("memoryLimit")
    if cpu and (cores := _cores(str(cpu))) > 0:
        options += ["--cpus", f"{cores:g}"]
    if memory and (size := _bytes(memory)) > 0:
        options += ["--memory", str(size)]
    return options


def _cores(text: str) -> float:
    try:
        return float(text[:-1]) / 1000 if text.endswith("m") else float(text)
    except ValueError:
        return 0.0


_UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def _bytes(value: object) -> int:
    """Kubernetes' own notation (`512Mi`, `2G`); the older field has a number of gigabytes."""
    if isinstance(value, int | float):
        return int(value * 10**9)
    text = str(value)
    for unit, factor in _UNITS.items():
        if text.endswith(unit):
            try:
                return int(float(text[: -len(unit)]) * factor)
            except ValueError:
                return 0
    return int(text) if text.isdigit() else 0


def outside(artifacts: Iterable[Spec], folders: Iterable[Path]) -> list[Path]:
    """The local files among `artifacts` that lie in none of `folders`: what a container must be shown besides."""
    shown = list(folders)
    found: dict[Path, None] = {}
    for artifact in artifacts:
        path = local_path(str(artifact.get("uri", "")))
        if path is None or not path.is_absolute() or any(path.is_relative_to(folder) for folder in shown):
            continue
        if path.exists():
            found[path] = None
    return list(found)
