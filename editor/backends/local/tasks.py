"""One task's run: its folder, its environment, the command, what came out of it. Called in the scheduler's threads."""

import contextlib
import errno
import json
import re
import shlex
import shutil
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from editor.backends.local.artifacts import (
    Spec,
    Values,
    as_records,
    clear_outputs,
    executor_input,
    local_path,
    read_outputs,
)
from editor.backends.local.cache import TaskCache
from editor.backends.local.containers import container_command, outside, qualified
from editor.backends.local.environments import Environments, EnvironmentSpec, Python, Pythons
from editor.backends.local.folders import task_folder
from editor.backends.local.install_line import Install, PythonCommand
from editor.backends.local.package_spec import Container, Importer, PackageSpec
from editor.backends.local.placeholders import mentions_workspace, resolve_command, resolve_json
from editor.backends.local.processes import Processes, task_environment
from editor.backends.local.values import as_text, constant_of, without_floats
from editor.errors import EditorError
from editor.runs import Artifact, Level, State

_PYTHON_IMAGE = re.compile(r"(?:^|/)python:(3\.\d+)(?:[.-]|$)")
_LOG_TAIL_LINES = 40
_LOG_TAIL_BYTES = 32 * 1024


class Report(Protocol):
    """Tells that a task (None: the run) is in a state. Safe to call from any thread."""

    def __call__(
        self,
        task: str | None,
        state: State,
        message: str = "",
        *,
        level: Level = "info",
        outputs: dict[str, Any] | None = None,
        artifacts: dict[str, tuple[Artifact, ...]] | None = None,
        log: str = "",
        details: str = "",
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task or scope ended. `failed` is the path of the task whose failure it is."""

    state: State
    values: Values = field(default_factory=Values)
    message: str = ""
    details: str = ""
    failed: str = ""
    log: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One task ready to run, its inputs complete."""

    path: str
    name: str
    task: Spec
    component: Spec
    inputs: Values
    attempt: int = 0


@dataclass(slots=True)
class RunContext:
    """What all tasks of a run share."""

    package: PackageSpec
    names: dict[str, str]
    output: Path
    workspace: Path
    environment: Mapping[str, str]
    processes: Processes
    environments: Environments
    pythons: Pythons
    cache: TaskCache | None
    engine: str
    report: Report


def task_names(context: RunContext, name: str, path: str) -> dict[str, str]:
    """The placeholders that are about the run and the task."""
    return {
        **context.names,
        "pipeline_task_name": name,
        "pipeline_task_uuid": str(uuid.uuid5(uuid.UUID(context.names["pipeline_job_uuid"]), path)),
    }


def run_task(context: RunContext, job: Job) -> Outcome:
    """Run it to its end, once. What goes wrong is in the outcome, never raised."""
    folder = task_folder(context.output, job.path)
    log = folder / "log.txt"
    try:
        executor = context.package.executor(job.component)
        folder.mkdir(parents=True, exist_ok=True)
        if isinstance(executor, Importer):
            context.report(job.path, "RUNNING")
            return _imported(context, job, executor)
        return _run_container(context, job, executor, folder)
    except InterruptedError:
        return Outcome("CANCELED", message="Cancelled.", log=str(log))
    except EditorError as error:
        if context.processes.cancelled.is_set():
            return Outcome("CANCELED", message="Cancelled.", log=str(log))
        return _failed(job, f"{error.message} {error.hint}".strip(), log, error.details)
    except OSError as error:
        if error.errno == errno.E2BIG:
            hint = "The task's inputs are too large to be passed as parameters; pass them as artifacts."
            return _failed(job, hint, log)
        return _failed(job, f"It could not be started: {error}.", log)


def _run_container(context: RunContext, job: Job, executor: Container, folder: Path) -> Outcome:
    message = executor_input(job.component, job.inputs, folder)
    log = folder / "log.txt"
    python, spec = _environment_spec(context, executor)
    parts = list(executor.python.command) if executor.python else executor.command
    key = _cache_key(context, job, executor, parts, python)
    if key and context.cache is not None and (found := context.cache.find(key, folder)) is not None:
        # So that the window can show what it was given, as of a task that ran.
        (folder / "executor_input.json").write_text(json.dumps(message, indent=1), encoding="utf-8")
        return Outcome("CACHED", found, message="Taken from an earlier run.")
    if job.attempt == 0:
        log.write_bytes(b"")
    clear_outputs(message)
    if context.package.is_old_schema:
        message["inputs"]["parameters"] = {
            name: {"stringValue": as_text(value)} for name, value in job.inputs.parameters.items()
        }
    (folder / "executor_input.json").write_text(json.dumps(message, indent=1), encoding="utf-8")
    names = task_names(context, job.name, job.path)
    command = resolve_command(parts, message, names)
    arguments = resolve_command(executor.arguments, message, names)
    added = {name: resolve_command([value], message, names)[0] for name, value in executor.environment.items()}
    if spec is not None:
        code = _run_python(context, job, spec, [*command, *arguments], added, folder)
    else:
        code = _run_engine(context, job, executor, command, arguments, added, folder)
    if context.processes.cancelled.is_set():
        return Outcome("CANCELED", message="Cancelled.", log=str(log))
    if code != 0:
        return _exited(job, code, log)
    given = read_outputs(job.component, message)
    if key and context.cache is not None:
        context.cache.keep(key, given)
    return Outcome("SUCCEEDED", given, log=str(log))


def _cache_key(context: RunContext, job: Job, executor: Container, parts: list[str], python: str) -> str:
    """Empty where a result must not be kept: not wanted, or it depends on more than the task's inputs."""
    options: Spec = job.task.get("cachingOptions", {})
    asks_for_status = any(
        "taskFinalStatus" in source for source in job.task.get("inputs", {}).get("parameters", {}).values()
    )
    if context.cache is None or not options.get("enableCache") or asks_for_status:
        return ""
    if mentions_workspace([*parts, *executor.arguments, json.dumps(job.inputs.parameters)]):
        return ""
    described = {**executor.spec, "command": parts if executor.python else executor.command}
    if executor.python:
        # The image does not count for what does not run in it; the environment does.
        described["image"] = ""
    custom = str(options.get("cacheKey", ""))
    return context.cache.key(job.component, described, job.inputs, custom=custom, python=python)


def _environment_spec(context: RunContext, executor: Container) -> tuple[str, EnvironmentSpec | None]:
    """(what a cache key says of it, the environment that a Python component needs); None: it needs its container."""
    if executor.python is None:
        return "", None
    spec = environment_for(executor.image, executor.python, context.package.sdk_version, context.pythons)
    return spec.key, spec


def environment_for(image: str, python: PythonCommand, sdk_version: str, pythons: Pythons) -> EnvironmentSpec:
    """The image's Python version where it is there, the install line's packages, and kfp if the line has none."""
    interpreter = interpreter_for(image, pythons)
    installs = python.installs
    named = {
        re.split(r"[\s\[<>=!~;@]", requirement, maxsplit=1)[0] for each in installs for requirement in each.requirements
    }
    if not any("kfp" in name for name in named):
        installs = (*installs, Install((f"kfp=={sdk_version}" if sdk_version else "kfp",), has_dependencies=False))
    return EnvironmentSpec(interpreter, installs, has_pip=python.mentions_pip, private_to=python.unread)


def interpreter_for(image: str, pythons: Pythons) -> Python:
    minor = python_of_image(image)
    return (pythons.for_minor(minor) if minor else None) or pythons.default()


def python_of_image(image: str) -> str:
    """`3.11` for `python:3.11-slim`, nothing for an image that is not one of Python's own."""
    match = _PYTHON_IMAGE.search(image)
    return match[1] if match else ""


def _run_python(
    context: RunContext,
    job: Job,
    spec: EnvironmentSpec,
    command: list[str],
    added: dict[str, str],
    folder: Path,
) -> int:
    if not context.environments.is_ready(spec):
        packages = ", ".join(each for install in spec.installs for each in install.requirements)
        context.report(job.path, "PENDING", f"Making its Python environment ({packages}).")
    place = context.environments.ready(spec, context.processes.output_of)
    context.report(job.path, "RUNNING", log=str(folder / "log.txt"))
    base = task_environment(context.environment)
    work = folder / "work"
    work.mkdir(exist_ok=True)
    # Short: programs put sockets there, whose paths may have no more than 100 characters.
    scratch = Path(tempfile.mkdtemp(prefix="pipeloom-"))
    variables = {
        **base,
        "PATH": f"{place / 'bin'}:{base.get('PATH', '/usr/bin:/bin')}",
        "VIRTUAL_ENV": str(place),
        "TMPDIR": str(scratch),
        "PYTHONUNBUFFERED": "1",
        "PYTHONNOUSERSITE": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        **added,
    }
    try:
        return context.processes.run(command, environment=variables, log=folder / "log.txt", cwd=work)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        with contextlib.suppress(OSError):
            work.rmdir()


def _run_engine(
    context: RunContext,
    job: Job,
    executor: Container,
    command: list[str],
    arguments: list[str],
    added: dict[str, str],
    folder: Path,
) -> int:
    context.report(job.path, "RUNNING", log=str(folder / "log.txt"))
    name = f"pipeloom-{uuid.uuid4().hex[:16]}"
    # The image's user need not be the one who started this.
    folder.chmod(0o777)
    shown = [context.output, context.workspace]
    artifacts = [artifact for listed in job.inputs.artifacts.values() for artifact in listed]
    line = container_command(
        context.engine,
        name,
        image=_image(context, executor.image),
        command=command,
        arguments=arguments,
        environment=added,
        writable=shown if not context.workspace.is_relative_to(context.output) else [context.output],
        readable=outside(artifacts, shown),
        resources=executor.spec.get("resources", {}),
    )
    with open(folder / "log.txt", "ab") as log:
        log.write(f"$ {shlex.join(line[: -len(arguments)] if arguments else line)[:2000]}\n".encode())
    return context.processes.run(
        line,
        environment=dict(context.environment),
        log=folder / "log.txt",
        cwd=folder,
        container=(context.engine, name),
    )


def _image(context: RunContext, image: str) -> str:
    if context.engine != "podman":
        return image
    # An image that was built here goes by its short name.
    known, _ = context.processes.output_of(["podman", "image", "exists", image], context.environment)
    return image if known == 0 else qualified(image)


def _imported(context: RunContext, job: Job, executor: Importer) -> Outcome:
    """The artifact that an importer names. A local path is looked at; a remote one is passed on, unread."""
    spec = executor.spec
    names = task_names(context, job.name, job.path)
    message = executor_input(job.component, job.inputs, context.output)
    source: Spec = spec.get("artifactUri", {})
    uri = constant_of(source)
    if uri is None:
        uri = job.inputs.parameters.get(str(source.get("runtimeParameter", "uri")))
    if not isinstance(uri, str) or not uri:
        raise EditorError("The importer has no URI.")
    uri = str(resolve_json(uri, message, names)) if "runtimeParameter" not in source else uri
    path = local_path(uri)
    if path is not None:
        path = path if path.is_absolute() else Path.cwd() / path
        if not path.exists():
            raise EditorError(f"There is nothing at '{path}'.", hint="The importer names it as a local path.")
        if spec.get("downloadToWorkspace"):
            path = _into_workspace(context, job, path)
        uri = str(path)
    else:
        remark = f"'{uri}' is remote: its address is passed on, nothing is fetched."
        context.report(job.path, "RUNNING", remark, level="warning")
    output = next(iter(job.component.get("outputDefinitions", {}).get("artifacts", {})), "artifact")
    artifact: Spec = {
        "name": output,
        "type": spec.get("typeSchema", {}),
        "uri": uri,
        "metadata": resolve_json(without_floats(spec.get("metadata", {})), message, names),
    }
    return Outcome("SUCCEEDED", Values({}, {output: [artifact]}))


def _into_workspace(context: RunContext, job: Job, source: Path) -> Path:
    target = task_folder(context.workspace / ".artifacts", job.path) / source.name
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy2(source, target)
    return target


def _exited(job: Job, code: int, log: Path) -> Outcome:
    tail = log_tail(log)
    how = f"exit code {code}" if code > 0 else f"signal {-code}"
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    last = next((line for line in reversed(lines) if re.match(r"[\w.]*(Error|Exception|Exit|Interrupt)\b", line)), "")
    last = last or (lines[-1] if lines else "")
    text = f"It ended with {how}: {last[:300]}" if last else f"It ended with {how} and left no log."
    return _failed(job, text, log, tail)


def _failed(job: Job, message: str, log: Path, details: str = "") -> Outcome:
    return Outcome("FAILED", message=message, details=details, failed=job.path, log=str(log) if log.exists() else "")


def log_tail(log: Path) -> str:
    """The last lines of a log, without the terminal's colours."""
    try:
        with open(log, "rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - _LOG_TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    lines = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text).splitlines()
    return "\n".join(lines[-_LOG_TAIL_LINES:])


def finished_report(context: RunContext, path: str, outcome: Outcome) -> None:
    """Tell that a task or scope ended, with what it gave."""
    context.report(
        path,
        outcome.state,
        outcome.message,
        level="error" if outcome.state == "FAILED" else "info",
        outputs=outcome.values.parameters,
        artifacts=as_records(outcome.values.artifacts),
        log=outcome.log,
        details=outcome.details,
    )
