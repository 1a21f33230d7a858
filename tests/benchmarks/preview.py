"""How long after the last edit the preview shows it, and what the window's event loop notices of that."""

import itertools
import os
import sys
import tempfile
import time

from PySide6.QtCore import QElapsedTimer, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from editor import edits
from editor.model import Constant, Document, Edit, EntityId, FromTask
from editor.ui import app
from editor.ui.jobs import Jobs
from editor.ui.panels.preview import PreviewPanel
from editor.ui.session import Session
from editor.worker import Worker
from tests.builders import pipeline, task

BUDGET_S = 1.2
STALL_MS = 50


def _chain(size: int) -> Document:
    names = [f"step-{number}" for number in range(size)]
    first = task(names[0], x=Constant("start"))
    rest = [task(name, x=FromTask(EntityId(before), "out")) for before, name in itertools.pairwise(names)]
    return pipeline(first, *rest)


class _Stalls:
    """The longest time between two turns of the event loop, in ms."""

    def __init__(self) -> None:
        self.worst_ms = 0.0
        self._clock = QElapsedTimer()
        self._clock.start()
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._timer.start(0)

    def _tick(self) -> None:
        self.worst_ms = max(self.worst_ms, self._clock.nsecsElapsed() / 1e6)
        self._clock.restart()

    def reset(self) -> None:
        self.worst_ms = 0.0
        self._clock.restart()

    def stop(self) -> None:
        self._timer.stop()


def _wait(until: str, panel: PreviewPanel) -> None:
    while until not in panel.text.toPlainText():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def run(smoke: bool) -> None:
    """Edit a chain with the preview open, several times; the first compile (which starts the worker) does not count."""
    size, times = (50, 1) if smoke else (1000, 5)
    with tempfile.TemporaryDirectory() as home:
        os.environ["PIPELOOM_HOME"] = home
        app.make_application()
        jobs, worker = Jobs(), Worker()
        session = Session(_chain(size))
        panel = PreviewPanel(jobs, worker)
        panel.resize(900, 600)
        panel.set_session(session)
        panel.show()
        _wait(f"step-{size - 1}", panel)
        stalls = _Stalls()
        took: list[float] = []
        worst: list[float] = []
        for number in range(times):
            edit: Edit = edits.set_constant(session.document, EntityId("step-0"), "x", f"edited {number}")
            stalls.reset()
            started = time.monotonic()
            session.do(edit)
            _wait(f"edited {number}", panel)
            took.append(time.monotonic() - started)
            worst.append(stalls.worst_ms)
        stalls.stop()
        panel.close()
        panel.deleteLater()
        worker.close()
    median = sorted(took)[times // 2]
    sys.stdout.write(f"preview of {size} tasks, last edit to shown: median {median:.2f} s (budget {BUDGET_S} s)\n")
    sys.stdout.write(f"longest turn of the event loop meanwhile: {max(worst):.0f} ms (budget {STALL_MS} ms)\n")
