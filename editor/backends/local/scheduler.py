"""The order of things: scopes, loops and retries over the IR, in one thread; the tasks themselves run in a pool."""

import contextlib
import heapq
import itertools
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

from editor.backends.local.artifacts import Gathered, Spec, Values
from editor.backends.local.conditions import evaluate, parse_condition
from editor.backends.local.inputs import (
    Ended,
    check_complete,
    loop_items,
    scope_outputs,
    task_inputs,
    with_defaults,
)
from editor.backends.local.package_spec import tasks_of, upstream_of, waits_for_all
from editor.backends.local.tasks import Job, Outcome, RunContext, finished_report, run_task, task_names
from editor.errors import EditorError

Done: TypeAlias = Callable[[Outcome], None]

# A package whose groups are nested without end must not fill the report with tasks that will never run.
_MAX_SKIPPED_REPORTS = 10_000
_GOOD = ("SUCCEEDED", "CACHED")


class Scheduler:
    """Runs the package's root. All state is touched by the thread that calls `run`; `cancel` may come from any."""

    def __init__(self, context: RunContext, *, parallel: int) -> None:
        self.context = context
        self.first_failure: Outcome | None = None
        self._pool = ThreadPoolExecutor(max_workers=parallel, thread_name_prefix="task")
        # Calls instead of recursion: a chain of ten thousand skipped tasks must not be ten thousand frames deep.
        self._calls: deque[Callable[[], None]] = deque()
        self._arrivals: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._skipped_reports = 0
        self._cancelled = threading.Event()

    def run(self, inputs: Values) -> Outcome:
        """The run's outcome, after everything has come to its end."""
        result: list[Outcome] = []
        root = self.context.package.root
        self.soon(lambda: _Scope(self, root, inputs, "", result.append).start())
        while not result:
            if self._calls:
                self._calls.popleft()()
            else:
                self._wait()
        self._pool.shutdown(wait=True)
        return result[0]

    def cancel(self) -> None:
        """Nothing more is started; what runs is ended by Processes."""
        self._cancelled.set()
        self._arrivals.put(lambda: None)

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def soon(self, call: Callable[[], None]) -> None:
        self._calls.append(call)

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._count), call))

    def submit(self, job: Job, done: Done) -> None:
        """Run a task in the pool; `done` is called in this thread."""

        def work() -> None:
            outcome = Outcome("CANCELED") if self.is_cancelled else run_task(self.context, job)
            self._arrivals.put(lambda: done(outcome))

        # A task that raises what it should not would leave the run waiting for ever: that bug must end the run.
        self._pool.submit(work).add_done_callback(self._raise_here)

    def _raise_here(self, future: Any) -> None:
        error = future.exception()
        if error is not None:

            def fail() -> None:
                raise error

            self._arrivals.put(fail)

    def failed(self, outcome: Outcome) -> None:
        if self.first_failure is None:
            self.first_failure = outcome

    def report_skipped(self, path: str, component: Spec, message: str) -> None:
        """Tell of everything inside a task that will not run, too: a window shows each."""
        waiting = [(path, component)]
        while waiting and self._skipped_reports < _MAX_SKIPPED_REPORTS:
            prefix, inner = waiting.pop()
            for name, task in tasks_of(inner).items():
                self._skipped_reports += 1
                self.context.report(f"{prefix}/{name}", "SKIPPED", message)
                waiting.append((f"{prefix}/{name}", self.context.package.component(task)))

    def _wait(self) -> None:
        """Until something ends, or the first timer is due; retries that wait are not waited for once cancelled."""
        now = time.monotonic()
        if self._timers and (self.is_cancelled or self._timers[0][0] <= now):
            heapq.heappop(self._timers)[2]()
            return
        timeout_s = self._timers[0][0] - now if self._timers else None
        with contextlib.suppress(queue.Empty):
            self._arrivals.get(timeout=timeout_s)()


class _Scope:
    """One pipeline, group or iteration under way: its tasks by name, started as those before them end."""

    def __init__(self, scheduler: Scheduler, component: Spec, inputs: Values, path: str, done: Done) -> None:
        self.scheduler = scheduler
        self.component = component
        self.inputs = inputs
        self.path = path
        self.done = done
        self.tasks = tasks_of(component)
        self.ended: dict[str, Ended] = {}
        self.failure: Outcome | None = None
        self.waiting = {name: set(upstream_of(task)) for name, task in self.tasks.items()}
        self.consumers: dict[str, list[str]] = {name: [] for name in self.tasks}
        for name, upstream in self.waiting.items():
            for producer in upstream:
                self.consumers[producer].append(name)

    def start(self) -> None:
        for name in self.tasks:
            self.scheduler.context.report(self.path_of(name), "PENDING")
        if not self.tasks:
            self.done(Outcome("SUCCEEDED"))
            return
        for name in [name for name, upstream in self.waiting.items() if not upstream]:
            self.scheduler.soon(lambda name=name: self._begin(name))

    def path_of(self, name: str) -> str:
        return f"{self.path}/{name}" if self.path else name

    def _begin(self, name: str) -> None:
        task = self.tasks[name]
        scheduler = self.scheduler
        if scheduler.is_cancelled:
            self._end(name, Outcome("CANCELED", message="Cancelled before it began."))
            return
        if not waits_for_all(task):
            for producer in dict.fromkeys(upstream_of(task)):
                if (state := self.ended[producer].state) not in _GOOD:
                    word = {"FAILED": "failed", "CANCELED": "was cancelled"}.get(state, "was skipped")
                    self._skip(name, f"Skipped: '{producer}' {word}.")
                    return
        try:
            component = scheduler.context.package.component(task)
            names = task_names(scheduler.context, name, self.path_of(name))
            job = scheduler.context.names["pipeline_job_resource_name"]
            given = task_inputs(task, self.inputs, self.ended, names, job)
            condition = task.get("triggerPolicy", {}).get("condition")
            if condition and not evaluate(parse_condition(str(condition)), given.parameters):
                self._skip(name, "Skipped: its condition is false.")
                return
            attempts = _Attempts(scheduler, name, self.path_of(name), task, component, given)
        except EditorError as error:
            self._end(name, _refused(self.path_of(name), error))
            return
        attempts.start(lambda outcome: self._end(name, outcome))

    def _skip(self, name: str, message: str) -> None:
        component = self.scheduler.context.package.component(self.tasks[name])
        self._end(name, Outcome("SKIPPED", message=message))
        self.scheduler.report_skipped(self.path_of(name), component, message)

    def _end(self, name: str, outcome: Outcome) -> None:
        finished_report(self.scheduler.context, self.path_of(name), outcome)
        if outcome.state == "FAILED":
            self.failure = self.failure or outcome
            if outcome.failed == self.path_of(name):
                self.scheduler.failed(outcome)
        self.ended[name] = Ended(outcome.state, outcome.values, outcome.message)
        for consumer in self.consumers[name]:
            self.waiting[consumer].discard(name)
            if not self.waiting[consumer]:
                self.scheduler.soon(lambda consumer=consumer: self._begin(consumer))
        if len(self.ended) == len(self.tasks):
            self.scheduler.soon(self._close)

    def _close(self) -> None:
        values = scope_outputs(self.component, self.ended)
        if self.failure is not None:
            failed = self.failure.failed
            is_own = failed in map(self.path_of, self.tasks)
            message = f"'{failed}' failed: {self.failure.message}" if is_own else self.failure.message
            self.done(Outcome("FAILED", values, message, failed=failed))
        elif any(ended.state == "CANCELED" for ended in self.ended.values()):
            self.done(Outcome("CANCELED", values))
        else:
            self.done(Outcome("SUCCEEDED", values))


class _Loop:
    """The iterations of a task that is a loop; at most `limit` under way at once."""

    def __init__(
        self,
        scheduler: Scheduler,
        call: Callable[[int, Values, Done], None],
        component: Spec,
        given: Values,
        items: tuple[str, bool, list[Any]],
        limit: int,
        done: Done,
    ) -> None:
        self.scheduler = scheduler
        self.call = call
        self.inputs: Spec = component.get("inputDefinitions", {}).get("parameters", {})
        self.given = given
        self.name, self.is_artifact, self.items = items
        self.limit = limit or len(self.items)
        self.done = done
        self.outcomes: dict[int, Outcome] = {}
        self.begun = 0

    def start(self) -> None:
        if not self.items:
            self.done(Outcome("SUCCEEDED", message="Nothing to go through."))
            return
        for _ in range(min(self.limit, len(self.items))):
            self._next()

    def _next(self) -> None:
        index = self.begun
        self.begun += 1
        given = Values(dict(self.given.parameters), dict(self.given.artifacts))
        if self.is_artifact:
            given.artifacts[self.name] = [self.items[index]]
        else:
            given.parameters[self.name] = self.items[index]
            self._add_fields(given)
        self.scheduler.soon(lambda: self.call(index, given, lambda outcome: self._end(index, outcome)))

    def _add_fields(self, given: Values) -> None:
        """The SDK (2.17) asks the parent, which has none, for an item's field that stands in an f-string."""
        item = given.parameters[self.name]
        prefix = f"{self.name}-subvar-"
        for name in self.inputs:
            if isinstance(item, dict) and name.startswith(prefix) and name not in given.parameters:
                given.parameters[name] = item.get(name.removeprefix(prefix))

    def _end(self, index: int, outcome: Outcome) -> None:
        self.outcomes[index] = outcome
        if self.begun < len(self.items):
            self._next()
        elif len(self.outcomes) == len(self.items):
            self.done(self._together())

    def _together(self) -> Outcome:
        """Lists in the items' order, flat through loops in loops; an iteration that gave nothing is left out."""
        values = Values()
        ordered = [self.outcomes[index] for index in range(len(self.items))]
        for outcome in ordered:
            for name, value in outcome.values.parameters.items():
                gathered = values.parameters.setdefault(name, Gathered())
                gathered.extend(value if isinstance(value, Gathered) else [value])
            for name, artifacts in outcome.values.artifacts.items():
                values.artifacts.setdefault(name, []).extend(artifacts)
        failures = [outcome for outcome in ordered if outcome.state == "FAILED"]
        if failures:
            text = f"{len(failures)} of {len(ordered)} iterations failed. {failures[0].message}"
            return Outcome("FAILED", values, text, failed=failures[0].failed)
        if any(outcome.state == "CANCELED" for outcome in ordered):
            return Outcome("CANCELED", values)
        return Outcome("SUCCEEDED", values)


class _Attempts:
    """One task with its retries: a leaf goes to the pool, a loop and a scope are gone through here."""

    def __init__(self, scheduler: Scheduler, name: str, path: str, task: Spec, component: Spec, given: Values) -> None:
        self.scheduler = scheduler
        self.name = name
        self.path = path
        self.task = task
        self.component = component
        self.given = given
        self.items = loop_items(task, given)
        self.attempt = 0
        policy: Spec = task.get("retryPolicy", {})
        self.retries = int(policy.get("maxRetryCount", 0) or 0)
        self.wait_s = _seconds(policy.get("backoffDuration"), 0.0)
        self.factor = float(policy.get("backoffFactor", 2.0) or 2.0)
        self.longest_s = _seconds(policy.get("backoffMaxDuration"), 3600.0)
        self.done: Done = lambda _: None

    def start(self, done: Done) -> None:
        self.done = done
        self._try()

    def _try(self) -> None:
        if self.items is None:
            self._once(self.path, self.given, self._ended)
            return
        self.scheduler.context.report(self.path, "RUNNING", f"{len(self.items[2])} iterations.")
        limit = int(self.task.get("iteratorPolicy", {}).get("parallelismLimit", 0) or 0)
        _Loop(self.scheduler, self._iteration, self.component, self.given, self.items, limit, self._finish_loop).start()

    def _finish_loop(self, outcome: Outcome) -> None:
        # A loop through nothing, or one in which a branch never ran, still gives its lists, empty.
        for name in self.component.get("dag", {}).get("outputs", {}).get("parameters", {}):
            outcome.values.parameters.setdefault(name, Gathered())
        for name in self.component.get("dag", {}).get("outputs", {}).get("artifacts", {}):
            outcome.values.artifacts.setdefault(name, [])
        self._ended(outcome)

    def _iteration(self, index: int, given: Values, done: Done) -> None:
        path = f"{self.path}[{index}]"

        def ended(outcome: Outcome) -> None:
            finished_report(self.scheduler.context, path, outcome)
            if outcome.failed == path:
                self.scheduler.failed(outcome)
            done(outcome)

        if self.scheduler.is_cancelled:
            ended(Outcome("CANCELED", message="Cancelled before it began."))
            return
        self._once(path, given, ended)

    def _once(self, path: str, given: Values, done: Done) -> None:
        values = Values(dict(given.parameters), dict(given.artifacts))
        try:
            for remark in with_defaults(self.component, values):
                self.scheduler.context.report(path, "PENDING", remark, level="warning")
            check_complete(self.component, values)
        except EditorError as error:
            done(_refused(path, error))
            return
        if "dag" in self.component:
            self.scheduler.context.report(path, "RUNNING")
            _Scope(self.scheduler, self.component, values, path, done).start()
        else:
            job = Job(path, self.name, self.task, self.component, values, self.attempt)
            self.scheduler.submit(job, done)

    def _ended(self, outcome: Outcome) -> None:
        if outcome.state != "FAILED" or self.attempt >= self.retries or self.scheduler.is_cancelled:
            self.done(outcome)
            return
        wait_s = min(self.wait_s * self.factor**self.attempt, self.longest_s)
        self.attempt += 1
        message = f"Attempt {self.attempt} of {self.retries + 1} failed ({outcome.message}); next in {wait_s:g} s."
        self.scheduler.context.report(self.path, "RUNNING", message, level="warning", details=outcome.details)
        self.scheduler.later(wait_s, self._again)

    def _again(self) -> None:
        if self.scheduler.is_cancelled:
            self.done(Outcome("CANCELED", message="Cancelled while it waited for its next attempt."))
        else:
            self._try()


def _refused(path: str, error: EditorError) -> Outcome:
    return Outcome("FAILED", message=f"{error.message} {error.hint}".strip(), details=error.details, failed=path)


def _seconds(text: object, otherwise: float) -> float:
    """`30s` as protobuf writes a duration."""
    try:
        return float(str(text).removesuffix("s"))
    except ValueError:
        return otherwise
