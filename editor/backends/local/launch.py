"""A whole run: what is asked of it, what must hold before it starts, its report, and its orderly end."""

import contextlib
import json
import os
import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import yaml

from editor.backends.local.artifacts import Values, as_records
from editor.backends.local.cache import TaskCache
from editor.backends.local.containers import answering_engine, no_engine
from editor.backends.local.environments import Environments, EnvironmentSpec, Pythons
from editor.backends.local.folders import MARKER, safe_name
from editor.backends.local.inputs import run_inputs
from editor.backends.local.kept import ENVIRONMENTS, cache_folder
from editor.backends.local.package_spec import Container, PackageSpec, tasks_of
from editor.backends.local.processes import Processes
from editor.backends.local.scheduler import Scheduler
from editor.backends.local.tasks import Outcome, RunContext, environment_for, interpreter_for, python_of_image
from editor.errors import EditorError
from editor.runs import Artifact, Level, RunEvent, State, utc_now

Json: TypeAlias = Any

_MAX_PACKAGE_BYTES = 64 * 2**20
_CANCEL_S = 10.0


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked to be. Empty folders' paths mean the usual place."""

    package: Path
    output: Path
    arguments: Mapping[str, Json] = field(default_factory=dict)
    run_id: str = ""
    run_name: str = ""
    environments: Path | None = None
    cache: Path | None = None
    workspace: Path | None = None
    parallel: int = 0


class Reporter:
    """Writes events to one place or several, whole lines, from any thread."""

    def __init__(self, run_id: str, *files: BinaryIO) -> None:
        self.run_id = run_id
        self.files = list(files)
        self.is_closed = False
        self._lock = threading.Lock()

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
    ) -> None:
        with self._lock:
            if self.is_closed:
                return
            event = RunEvent(
                time=utc_now(),
                run=self.run_id,
                task=task,
                state=state,
                message=message,
                level=level,
                outputs=outputs or {},
                artifacts=artifacts or {},
                log=log,
                details=details,
            )
            line = event.to_line()
            for file in list(self.files):
                try:
                    file.write(line)
                    file.flush()
                except (OSError, ValueError):
                    # Nobody reads it any more (or the disk is full): the run itself is not to end for that.
                    self.files.remove(file)

    def last(self, state: State, message: str, **more: Any) -> None:
        """The run's own final event; nothing is told after it."""
        self(None, state, message, **more)
        with self._lock:
            self.is_closed = True


class LocalRunner:
    """One run. `cancel` may be called from another thread while `run` is under way."""

    def __init__(self, request: Request, reporter: Reporter, environment: Mapping[str, str]) -> None:
        self.request = request
        self.reporter = reporter
        self.environment = environment
        self._processes: Processes | None = None
        self._scheduler: Scheduler | None = None
        self._is_cancelled = threading.Event()

    def run(self) -> State:
        """The run's final state, which has been reported. Everything that it started has ended."""
        try:
            package = read_package_spec(self.request.package)
            package.check()
            inputs = run_inputs(package.root, self.request.arguments)
            engine = self._engine_for(package)
            output = self._prepared_output(package)
        except EditorError as error:
            self.reporter.last("FAILED", _told(error), level="error", details=error.details)
            return "FAILED"
        with open(output / "_events.jsonl", "wb") as events:
            self.reporter.files.append(events)
            self._processes = Processes(self.reporter.run_id)
            try:
                outcome = self._run(package, inputs, engine, output, self._processes)
            except EditorError as error:
                outcome = Outcome("FAILED", message=_told(error), details=error.details)
            finally:
                self._processes.close()
            self._report_end(outcome)
            return outcome.state

    def cancel(self) -> None:
        """End the run; if it has not ended in time, leave at once."""
        if self._is_cancelled.is_set():
            return
        self._is_cancelled.set()
        if self._scheduler is not None:
            self._scheduler.cancel()
        if self._processes is not None:
            self._processes.cancel()
        timer = threading.Timer(_CANCEL_S, self._leave)
        timer.daemon = True
        timer.start()

    def _leave(self) -> None:
        if self._processes is not None:
            self._processes.close()
        self.reporter.last("CANCELED", "Cancelled.")
        os._exit(1)

    def _engine_for(self, package: PackageSpec) -> str:
        tasks: dict[str, None] = {}
        for path, _, component in package.tasks():
            if "dag" not in component:
                executor = package.executor(component)
                if isinstance(executor, Container) and executor.python is None:
                    tasks[path] = None
        if not tasks:
            return ""
        engine = answering_engine(self.environment)
        if not engine:
            raise no_engine(tasks)
        return engine

    def _prepared_output(self, package: PackageSpec) -> Path:
        """The output folder, marked as a run's. Raises EditorError if it holds things of the tasks' names not ours."""
        output = self.request.output.resolve()
        try:
            output.mkdir(parents=True, exist_ok=True)
            if not (output / MARKER).exists():
                taken = [name for name in tasks_of(package.root) if (output / safe_name(name)).exists()]
                if taken:
                    raise EditorError(
                        f"The output folder '{output}' already has a '{taken[0]}' that is not from a run.",
                        hint="Choose an empty folder.",
                    )
            record = {
                "run": self.reporter.run_id,
                "name": self.request.run_name,
                "pipeline": package.name,
                "package": str(self.request.package.resolve()),
                "created": utc_now(),
                "arguments": dict(self.request.arguments),
            }
            (output / MARKER).write_text(json.dumps(record, indent=1), encoding="utf-8")
        except OSError as error:
            raise EditorError(f"The output folder '{output}' cannot be written: {error.strerror}.") from error
        return output

    def _run(self, package: PackageSpec, inputs: Values, engine: str, output: Path, processes: Processes) -> Outcome:
        request = self.request
        name = request.run_name or f"{package.name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        workspace = (request.workspace or output / "_workspace").resolve()
        if request.workspace is not None or "workspace" in json.dumps(package.spec):
            workspace.mkdir(parents=True, exist_ok=True)
        created = utc_now()
        context = RunContext(
            package=package,
            names={
                "pipeline_job_name": name,
                "pipeline_job_resource_name": safe_name(name),
                "pipeline_job_uuid": self.reporter.run_id,
                "pipeline_root": str(output),
                "pipeline_job_create_time_utc": created,
                "pipeline_job_schedule_time_utc": created,
                "workspace_path": str(workspace),
            },
            output=output,
            workspace=workspace,
            environment=self.environment,
            processes=processes,
            environments=Environments(
                request.environments or cache_folder() / ENVIRONMENTS, self.environment, processes.cancelled
            ),
            pythons=Pythons(self.environment),
            cache=TaskCache(request.cache) if request.cache is not None else None,
            engine=engine,
            report=self.reporter,
        )
        self.reporter(None, "RUNNING", f"Running '{name}' here.")
        for remark in remarks(context):
            self.reporter(None, "RUNNING", remark, level="warning")
        prepare_environments(context)
        self._scheduler = Scheduler(context, parallel=request.parallel or max(4, os.cpu_count() or 1))
        if self._is_cancelled.is_set():
            self._scheduler.cancel()
            processes.cancel()
        try:
            outcome = self._scheduler.run(inputs)
        finally:
            context.environments.close()
        failure = self._scheduler.first_failure
        return outcome if failure is None else _of_run(outcome, failure)

    def _report_end(self, outcome: Outcome) -> None:
        state: State = "CANCELED" if self._is_cancelled.is_set() else outcome.state
        message = "Cancelled." if state == "CANCELED" else outcome.message
        self.reporter.last(
            state,
            message,
            level="error" if state == "FAILED" else "info",
            outputs=outcome.values.parameters,
            artifacts=as_records(outcome.values.artifacts),
            log=outcome.log,
            details=outcome.details,
        )


def _of_run(outcome: Outcome, failure: Outcome) -> Outcome:
    message = f"Task '{failure.failed}' failed. {failure.message}"
    return Outcome("FAILED", outcome.values, message, failure.details, failure.failed, failure.log)


def _told(error: EditorError) -> str:
    return f"{error.message} {error.hint}".strip()


def read_package_spec(path: Path) -> PackageSpec:
    """A package for the scheduler. Plain YAML and JSON are read here, quickly; archives by the compiler's room."""
    if path.suffix not in (".yaml", ".yml", ".json"):
        from editor.compiler.packages import read_package

        raw = read_package(path)
        return PackageSpec(raw.spec, raw.platform)
    try:
        if path.stat().st_size > _MAX_PACKAGE_BYTES:
            raise EditorError(f"The package '{path}' is larger than 64 MB.")
        text = path.read_bytes()
        documents = [json.loads(text)] if path.suffix == ".json" else _yaml_documents(text)
    except OSError as error:
        raise EditorError(f"The package '{path}' cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise EditorError(f"The package '{path}' is no YAML that can be read.", details=str(error)) from error
    mappings = [each.get("pipelineSpec", each) for each in documents if isinstance(each, dict)]
    spec = next((each for each in mappings if isinstance(each, dict) and "root" in each), None)
    if spec is None:
        raise EditorError(f"'{path}' is no KFP v2 package.", hint="Compile the pipeline and run what comes of it.")
    return PackageSpec(spec, next((each for each in mappings if "platforms" in each), {}))


def _yaml_documents(text: bytes) -> list[Json]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    # An alias can make a small file huge; no compiler writes one.
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=loader)):
        raise ValueError("it has aliases")
    return list(yaml.load_all(text, Loader=loader))


def prepare_environments(context: RunContext) -> None:
    """Begin to make what environments the tasks will need, so that a late task finds its own ready.

    What fails here fails again, in words, with the task that needs it.
    """
    specs: dict[str, EnvironmentSpec] = {}
    for _, _, component in context.package.tasks():
        executor = None if "dag" in component else context.package.executor(component)
        if isinstance(executor, Container) and executor.python is not None:
            spec = environment_for(executor.image, executor.python, context.package.sdk_version, context.pythons)
            specs.setdefault(spec.key, spec)
    missing = [spec for spec in specs.values() if not context.environments.is_ready(spec)]

    def make() -> None:
        for spec in missing:
            with contextlib.suppress(EditorError, OSError):
                context.environments.ready(spec, context.processes.output_of)

    if len(missing) > 1:
        threading.Thread(target=make, daemon=True, name="environments").start()


def remarks(context: RunContext) -> Iterable[str]:
    """What of the package does not hold here, once each: images not used, versions that differ, cluster settings."""
    images: dict[str, list[str]] = {}
    for path, _, component in context.package.tasks():
        if "dag" not in component:
            executor = context.package.executor(component)
            if isinstance(executor, Container) and executor.python is not None:
                images.setdefault(executor.image, []).append(path)
    for image, paths in images.items():
        minor = python_of_image(image)
        chosen = interpreter_for(image, context.pythons)
        if not minor:
            yield f"{_tasks(paths)} run as processes in Python {chosen.minor}, not in the image '{image}'."
        elif minor != chosen.minor:
            yield f"Python {minor} is not on this computer: {_tasks(paths)} run in Python {chosen.minor}."
    yield from _cluster_remarks(context.package)


def _cluster_remarks(package: PackageSpec) -> Iterable[str]:
    labels: dict[str, list[str]] = {}
    for path, _, component in package.tasks():
        if label := component.get("executorLabel"):
            labels.setdefault(str(label), []).append(path)
    kubernetes = package.platform.get("platforms", {}).get("kubernetes", {})
    executors = kubernetes.get("deploymentSpec", {}).get("executors", {})
    by_setting: dict[str, list[str]] = {}
    for label, settings in executors.items():
        for setting in settings:
            by_setting.setdefault(str(setting), []).extend(labels.get(label, []))
    for setting, paths in by_setting.items():
        if paths:
            yield f"The Kubernetes setting '{setting}' of {_tasks(paths)} has no effect here."


def _tasks(paths: list[str]) -> str:
    shown = ", ".join(f"'{path}'" for path in paths[:5])
    return shown if len(paths) <= 5 else f"{shown} and {len(paths) - 5} more"


def run_uuid(text: str) -> str:
    """A run's id: the one given if it is a UUID, one made of it if it is other text, a new one if empty."""
    if not text:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, text))
