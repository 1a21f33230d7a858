"""The only code of the window that knows two threads exist: work goes out, values come back on the GUI thread."""

import contextlib
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from editor.errors import EditorError

POOL_THREADS = 4
SWITCH_S = 0.0001
"""So long the GUI thread waits for Python's lock while another works. Painting and NumPy let it go dozens of times in a
frame: one of 12 ms takes 350 beside a busy thread at Python's own 5 ms, 57 at 0.5, 30 at this, and no less at less."""
SLICE_S = 0.008
"""What a stream has told is taken in for so long in one turn of the event loop; bursts of 10,000 values do come."""

T = TypeVar("T")
Failed = Callable[[EditorError], object]


class Job:
    """One piece of work under way. `cancel` drops its callbacks, and tells a stream to stop at its next value."""

    def __init__(self, owner: QObject | None, *, is_quiet: bool = False) -> None:
        self._owner = owner
        self.is_quiet = is_quiet
        self._stop = threading.Event()
        self.is_finished = False
        self.told: queue.SimpleQueue[tuple[Callable[[], object] | None, bool]] | None = None
        """Of a stream: what is to be called on the GUI thread, and whether that is the last of it, in order."""
        self.is_awaited = False
        """Whether the GUI thread is about to look at what was told."""

    def cancel(self) -> None:
        self._stop.set()

    @property
    def is_cancelled(self) -> bool:
        return self._stop.is_set()

    @property
    def is_wanted(self) -> bool:
        """Whether somebody is still there to be told."""
        return not self.is_cancelled and (self._owner is None or shiboken6.isValid(self._owner))


class Jobs(QObject):
    """Functions given here take values and return values; they touch no widget and no live document.

    `done` and `failed` are called on the GUI thread, never before `run` has returned, and not at all once the job is
    cancelled or its `owner` is gone. Without `failed` an EditorError goes to `refused`; anything else is a bug, which
    goes to `crashed` whatever was asked.
    """

    refused = Signal(object)
    crashed = Signal(object)
    busy_changed = Signal(int)
    _delivered = Signal(object, object)
    _told = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        sys.setswitchinterval(min(SWITCH_S, sys.getswitchinterval()))
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._workers: list[threading.Thread] = []
        self._latest: dict[str, Job] = {}
        self._running: set[Job] = set()
        self._quiet = 0
        self._streams: list[threading.Thread] = []
        self._delivered.connect(self._on_delivered, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._take_in, Qt.ConnectionType.QueuedConnection)

    @property
    def count(self) -> int:
        """How many jobs have not come back yet."""
        return len(self._running)

    def run(
        self,
        function: Callable[..., T],
        *arguments: object,
        done: Callable[[T], object],
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> Job:
        """Call `function(*arguments)` on a pool thread."""
        job = Job(owner)
        self._begin(job)
        self._put(lambda: self._work(job, function, arguments, done, failed))
        return job

    def run_quietly(self, function: Callable[[], object], *, failed: Failed, owner: QObject | None = None) -> None:
        """Call `function()` on a pool thread, as nothing that a person waits for: neither counted nor shown."""
        job = Job(owner, is_quiet=True)
        self._quiet += 1
        self._put(lambda: self._work(job, function, (), lambda _result: None, failed))

    def _put(self, work: Callable[[], None]) -> None:
        self._waiting.put(work)
        if len(self._workers) < min(POOL_THREADS, len(self._running) + self._quiet):
            # Not a ThreadPoolExecutor: its threads, busy with a server that does not answer, would keep the program.
            self._workers.append(self._started("pipeloom-job", self._work_off))

    def latest(
        self,
        key: str,
        function: Callable[..., T],
        *arguments: object,
        done: Callable[[T], object],
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> Job:
        """As `run`, but the result of an earlier job with the same key that is still out is dropped."""
        before = self._latest.get(key)
        if before is not None:
            before.cancel()
        job = self.run(function, *arguments, done=done, failed=failed, owner=owner)
        self._latest[key] = job
        return job

    def stream(
        self,
        function: Callable[..., Iterator[T]],
        *arguments: object,
        each: Callable[[T], object],
        done: Callable[[None], object],
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> Job:
        """Walk the iterator that `function` gives, on a thread of its own: it may block for hours between values."""
        job = Job(owner)
        job.told = queue.SimpleQueue()
        self._begin(job)

        def walk() -> None:
            values = function(*arguments)
            try:
                for value in values:
                    if job.is_cancelled:
                        break
                    self._deliver(job, lambda value=value: each(value), last=False)
            finally:
                close = getattr(values, "close", None)
                if close is not None:
                    close()

        self._streams = [thread for thread in self._streams if thread.is_alive()]
        self._streams.append(self._started("pipeloom-stream", lambda: self._work(job, walk, (), done, failed)))
        return job

    def close(self, *, timeout_s: float = 5.0) -> None:
        """Cancel everything and wait for the threads; what blocks longer than `timeout_s` is left behind."""
        for job in list(self._running):
            job.cancel()
        self._running.clear()
        for _worker in self._workers:
            self._waiting.put(None)
        end = time.monotonic() + timeout_s
        for thread in (*self._workers, *self._streams):
            thread.join(max(0.0, end - time.monotonic()))
        self._workers.clear()
        self._streams.clear()

    def _started(self, name: str, target: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=target, name=name, daemon=True)
        thread.start()
        return thread

    def _work_off(self) -> None:
        while (work := self._waiting.get()) is not None:
            work()
            del work  # Nor is what it was about kept until the next one comes.

    def _begin(self, job: Job) -> None:
        self._running.add(job)
        self.busy_changed.emit(len(self._running))

    def _work(
        self,
        job: Job,
        function: Callable[..., Any],
        arguments: tuple[object, ...],
        done: Callable[[Any], object],
        failed: Failed | None,
    ) -> None:
        if job.is_cancelled:
            self._deliver(job, None, last=True)
            return
        try:
            result = function(*arguments)
        except EditorError as error:
            told = failed or self.refused.emit
            self._deliver(job, lambda error=error: told(error), last=True)
        except Exception as error:  # noqa: BLE001 a pool thread has nobody above it: the window must hear of the bug
            self._deliver(job, lambda error=error: self._on_bug(error, failed), last=True)
        else:
            self._deliver(job, lambda: done(result), last=True)

    def _on_bug(self, error: Exception, failed: Failed | None) -> None:
        if failed is not None:
            failed(
                EditorError(f"This did not work: {type(error).__name__}: {error}", hint="It is a fault of Pipeloom.")
            )
        self.crashed.emit(error)

    def _deliver(self, job: Job, call: Callable[[], object] | None, *, last: bool) -> None:
        # The window may have been torn down while the thread was working.
        with contextlib.suppress(RuntimeError):
            if job.told is None:
                self._delivered.emit((job, last), call)
                return
            job.told.put((call, last))
            if not job.is_awaited:
                job.is_awaited = True
                self._told.emit(job)

    @Slot(object)
    def _take_in(self, job: Job) -> None:
        """Take in what a stream has told, as much as fits a turn; the rest in the next."""
        assert job.told is not None
        job.is_awaited = False
        end = time.perf_counter() + SLICE_S
        try:
            while time.perf_counter() < end:
                call, last = job.told.get_nowait()
                self._on_delivered((job, last), call)
        except queue.Empty:
            return
        finally:
            if not job.told.empty():
                job.is_awaited = True
                QTimer.singleShot(0, self, lambda: self._take_in(job))

    @Slot(object, object)
    def _on_delivered(self, which: tuple[Job, bool], call: Callable[[], object] | None) -> None:
        job, last = which
        if last:
            job.is_finished = True
            # Its owner may be a document that is closed by now.
            self._latest = {key: each for key, each in self._latest.items() if each is not job}
        if last and job.is_quiet:
            self._quiet -= 1
        elif last:
            self._running.discard(job)
            self.busy_changed.emit(len(self._running))
        if call is not None and job.is_wanted:
            call()
