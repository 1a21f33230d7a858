"""A minute of random gestures in the whole window at 10,000 tasks: how long the event loop stood still, and why.

A timer notes how late it is; a signal of the system, which comes once that is so, looks at what the GUI thread is
doing. (Not another thread: that would keep Python from the GUI thread, which is a stall of its own making.) A person
feels the clock's time; beside it is told what the GUI thread itself spent, the rest being others that had Python's lock
or the processor: threads of the window, or whoever shares the machine.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QPoint, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from editor.layout.metrics import CARD_WIDTH, HEADER_HEIGHT
from editor.model import EntityId
from editor.storage import save_document
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from tests.benchmarks.graphs import large

TASKS = 10_000
SECONDS = 60.0
LIMIT_MS = 50.0
TICK_MS = 2
LOOK_S = 0.004
"""Between two looks at what a turn that is late is doing."""
STEP_MS = 12
"""Between two events of a gesture: faster than mice report, so that a minute holds more gestures."""
LEFT, MIDDLE, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton
FRAMES = 7
NO_KEYS = Qt.KeyboardModifier.NoModifier
KINDS = ("task", "header", "input", "output")


class Stall(NamedTuple):
    """`busy_ms` is the GUI thread's own processor time, `whole_ms` the clock's; `where` the frames seen in it."""

    busy_ms: float
    whole_ms: float
    doing: str
    where: tuple[str, ...]


class Watch(QObject):
    """Notes every turn of the event loop that took longer than `least_ms` of processor time or of the clock."""

    def __init__(self, doing: Callable[[], str], *, least_ms: float = LIMIT_MS) -> None:
        super().__init__()
        self.stalls: list[Stall] = []
        self.turns = 0
        self.worst_busy_ms = 0.0
        self._doing = doing
        self._least_ms = least_ms
        self._seen: list[str] = []
        self._last, self._last_busy = time.perf_counter(), time.thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)

    def start(self) -> None:
        self._before = signal.signal(signal.SIGALRM, self._look)
        self._last, self._last_busy = time.perf_counter(), time.thread_time()
        self._timer.start(TICK_MS)

    def stop(self) -> None:
        self._timer.stop()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before)

    def _on_tick(self) -> None:
        now, busy = time.perf_counter(), time.thread_time()
        whole_ms, busy_ms = 1000 * (now - self._last), 1000 * (busy - self._last_busy)
        self._last, self._last_busy = now, busy
        self.turns += 1
        self.worst_busy_ms = max(self.worst_busy_ms, busy_ms)
        if max(whole_ms, busy_ms) > self._least_ms:
            seen = Counter(self._seen).most_common(3)
            self.stalls.append(Stall(busy_ms, whole_ms, self._doing(), tuple(f"{n}x {where}" for where, n in seen)))
        self._seen.clear()
        signal.setitimer(signal.ITIMER_REAL, self._least_ms / 3000, LOOK_S)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        self._seen.append(_where(frame))


def _where(frame: FrameType | None) -> str:
    """The innermost frames of ours, innermost first."""
    found: list[str] = []
    while frame is not None and len(found) < FRAMES:
        code = frame.f_code
        if "site-packages" not in code.co_filename:
            found.append(f"{Path(code.co_filename).name}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    return " < ".join(found)


class Eyes:
    """Where a person saw the tasks before they did anything: to ask the canvas would have it finish what is under way.

    What has been moved since is missed, as by a hand that is faster than the picture.
    """

    def __init__(self, page: DocumentPage) -> None:
        self._view = view = page.view
        self.bounds = view.scene_bounds()
        self._tasks = sorted(each for each in view.items_in(self.bounds, contained=False) if each.startswith("t"))
        self._corners = np.array([view.card_rect(task).topLeft().toTuple() for task in self._tasks])
        self._ports: dict[tuple[EntityId, str], list[QPointF]] = {}
        document = page.session.document
        for task in self._tasks:
            kind = document.task(task).component
            interface = document.interface(kind)
            for side, ports in (("input", interface.inputs), ("output", interface.outputs)):
                if (kind, side) not in self._ports:
                    corner = view.card_rect(task).topLeft()
                    places = [view.port_position(task, side, port.name) - corner for port in ports]
                    self._ports[kind, side] = places
        self._kinds = [document.task(task).component for task in self._tasks]

    def tasks_in(self, rect: QRectF) -> list[int]:
        """The numbers of those that lie in a part of the scene."""
        low = np.array(rect.topLeft().toTuple())
        high = np.array(rect.bottomRight().toTuple()) - (CARD_WIDTH, HEADER_HEIGHT)
        return np.flatnonzero(((self._corners >= low) & (self._corners <= high)).all(axis=1)).tolist()

    def name(self, number: int) -> EntityId:
        return self._tasks[number]

    def header(self, number: int) -> QPoint:
        """Where on the viewport one takes hold of it."""
        return self._view.to_view(QPointF(*self._corners[number]) + QPointF(100, 12))

    def port(self, number: int, side: str, chance: random.Random) -> QPoint:
        place = chance.choice(self._ports[self._kinds[number], side])
        return self._view.to_view(QPointF(*self._corners[number]) + place)


class Hands(QObject):
    """One gesture after another, a step at each tick of a timer; a gesture is a generator that stops at each step."""

    def __init__(self, window: MainWindow, page: DocumentPage, seed: int) -> None:
        super().__init__()
        self.doing = ""
        self.done: Counter[str] = Counter()
        self._window = window
        self._page = page
        self._view = page.view
        self._eyes = Eyes(page)
        self._chance = random.Random(seed)
        self._steps: Iterator[None] = iter(())
        self._gestures = {
            name.removeprefix("_do_"): getattr(self, name) for name in sorted(dir(self)) if name.startswith("_do_")
        }
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_step)

    def start(self) -> None:
        self._timer.start(STEP_MS)

    def stop(self) -> None:
        """For good. What holds the window to the program's end would have it deleted after the application."""
        self._timer.stop()
        self._steps = iter(())
        self._gestures.clear()

    def _on_step(self) -> None:
        if next(self._steps, self) is self:
            self.doing = self._chance.choice(list(self._gestures))
            self.done[self.doing] += 1
            self._steps = self._gestures[self.doing]()

    # -- the means ------------------------------------------------------------------------------------------------

    def _mouse(self, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        viewport = self._view.viewport()
        event = QMouseEvent(kind, QPointF(at), QPointF(viewport.mapToGlobal(at)), button, held, NO_KEYS)
        QApplication.sendEvent(viewport, event)

    def _move(self, at: QPoint, held: Qt.MouseButton = NO_BUTTON) -> None:
        self._mouse(QEvent.Type.MouseMove, at, NO_BUTTON, held)

    def _drag(self, start: QPoint, end: QPoint, button: Qt.MouseButton = LEFT, steps: int = 12) -> Iterator[None]:
        self._mouse(QEvent.Type.MouseButtonPress, start, button, button)
        yield
        for step in range(1, steps + 1):
            self._move(start + (end - start) * (step / steps), button)
            yield
        self._mouse(QEvent.Type.MouseButtonRelease, end, button, NO_BUTTON)
        yield

    def _click(self, at: QPoint) -> None:
        self._mouse(QEvent.Type.MouseButtonPress, at, LEFT, LEFT)
        self._mouse(QEvent.Type.MouseButtonRelease, at, LEFT, NO_BUTTON)

    def _run(self, action: str) -> None:
        self._window.actions_table.run(action)

    def _anywhere(self) -> QPoint:
        size = self._view.viewport().size()
        return QPoint(self._chance.randrange(60, size.width() - 260), self._chance.randrange(60, size.height() - 200))

    def _task(self) -> int | None:
        """Some task in view."""
        tasks = self._eyes.tasks_in(self._view.visible_rect())
        return self._chance.choice(tasks) if tasks else None

    def _come_close(self) -> None:
        """To a place where cards have their rows."""
        if self._view.zoom < 0.5:
            self._view.reset_zoom()
            bounds = self._eyes.bounds
            x = bounds.left() + self._chance.random() * bounds.width()
            self._view.centre_on(QPointF(x, bounds.top() + self._chance.random() * bounds.height()))

    def _undo(self) -> None:
        self._run("edit.undo")

    # -- the gestures ---------------------------------------------------------------------------------------------

    def _do_hover(self) -> Iterator[None]:
        at = self._anywhere()
        for _step in range(20):
            at += QPoint(self._chance.randint(-20, 20), self._chance.randint(-15, 15))
            self._move(at)
            yield

    def _do_zoom(self) -> Iterator[None]:
        at, turn = QPointF(self._anywhere()), self._chance.choice((-120, 120))
        viewport = self._view.viewport()
        for _step in range(self._chance.randint(4, 14)):
            event = QWheelEvent(
                at,
                QPointF(viewport.mapToGlobal(at.toPoint())),
                QPoint(),
                QPoint(0, turn),
                NO_BUTTON,
                Qt.KeyboardModifier.ControlModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,  # noqa: FBT003 Qt's signature
                Qt.MouseEventSource.MouseEventNotSynthesized,
                QPointingDevice.primaryPointingDevice(),
            )
            QApplication.sendEvent(viewport, event)
            yield

    def _do_fit(self) -> Iterator[None]:
        self._run("canvas.fit")
        yield

    def _do_pan(self) -> Iterator[None]:
        yield from self._drag(self._anywhere(), self._anywhere(), MIDDLE, 20)

    def _do_move_one(self) -> Iterator[None]:
        self._come_close()
        yield
        task = self._task()
        if task is not None:
            yield from self._drag(self._eyes.header(task), self._anywhere())
            yield
            if self._chance.random() < 0.5:
                self._undo()
            yield

    def _do_rubber_band_and_move(self) -> Iterator[None]:
        corner = self._anywhere()
        yield from self._drag(QPoint(4, 4), corner)
        yield
        chosen = self._eyes.tasks_in(QRectF(self._view.to_scene(QPoint(4, 4)), self._view.to_scene(corner)))
        if chosen and self._view.zoom > 0.1:
            start = self._eyes.header(self._chance.choice(chosen))
            yield from self._drag(start, start + QPoint(40, 30))
        self._undo()
        yield

    def _do_wire(self) -> Iterator[None]:
        self._come_close()
        yield
        first, second = self._task(), self._task()
        if first is not None and second is not None:
            sides = self._chance.choice((("output", "input"), ("input", "output")))
            ends = (
                self._eyes.port(each, side, self._chance) for each, side in zip((first, second), sides, strict=True)
            )
            yield from self._drag(*ends)
        QTest.keyClick(self._view, Qt.Key.Key_Escape)
        self._view.gestures.quick_add.hide()
        yield

    def _do_click_and_select(self) -> Iterator[None]:
        for _step in range(3):
            task = self._task()
            if task is not None:
                self._click(self._eyes.header(task))
            yield

    def _do_delete_and_undo(self) -> Iterator[None]:
        task = self._task()
        if task is not None:
            self._click(self._eyes.header(task))
            yield
            self._run("canvas.delete")
            yield
            self._undo()
        yield

    def _do_delete_many_and_undo(self) -> Iterator[None]:
        while self._view.is_behind:
            yield  # A band round as many would take longer to draw.
        self._view.select(map(self._eyes.name, self._eyes.tasks_in(self._view.visible_rect())[:500]))
        yield
        self._run("canvas.delete")
        yield
        yield
        self._undo()
        yield

    def _do_duplicate_and_undo(self) -> Iterator[None]:
        task = self._task()
        if task is not None:
            self._click(self._eyes.header(task))
            yield
            self._run("canvas.duplicate")
            yield
            self._undo()
        yield

    def _do_mute(self) -> Iterator[None]:
        task = self._task()
        if task is not None:
            self._click(self._eyes.header(task))
            yield
            self._run("canvas.mute")
            yield
            self._undo()
        yield

    def _do_wrap_and_fold(self) -> Iterator[None]:
        task = self._task()
        if task is not None:
            self._click(self._eyes.header(task))
            yield
            self._run("canvas.wrap-loop")
            yield
            self._run("canvas.fold")
            yield
            self._undo()
            yield
            self._undo()
        yield

    def _do_find(self) -> Iterator[None]:
        self._run("canvas.find")
        yield
        bar = self._view.gestures.find_bar
        field = bar.focusWidget() or bar
        for letter in self._chance.choice(("ab", "task", "e", "zz")):
            QTest.keyClicks(field, letter)
            yield
        QTest.keyClick(field, Qt.Key.Key_Return)
        yield
        QTest.keyClick(field, Qt.Key.Key_Escape)
        bar.hide()
        self._view.setFocus()
        yield

    def _do_walk_by_keys(self) -> Iterator[None]:
        for _step in range(6):
            keys = (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up)
            QTest.keyClick(self._view, self._chance.choice(keys))
            yield

    def _do_select_all(self) -> Iterator[None]:
        self._run("canvas.select-all")
        yield
        self._run("canvas.select-none")
        yield


def stalls(tasks: int, seconds: float, *, seed: int = 1, least_ms: float = LIMIT_MS) -> tuple[Watch, Counter[str]]:
    """Gestures for so long, in the whole window: what was seen, and how many of each kind there were."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["PIPELOOM_HOME"] = home
        path = Path(home) / "large.pipeloom"
        save_document(large(tasks), path)
        from editor.ui import app
        from editor.ui.settings import Settings

        app.make_application()
        window = app.make_window(Settings(Path(home) / "window.ini"))
        window.resize(1920, 1080)
        window.show()
        window.open_path(path)
        while (page := window.page) is None or page.session.is_validating or window.jobs.count:
            QCoreApplication.processEvents()
        hands = Hands(window, page, seed)
        watch = Watch(lambda: hands.doing, least_ms=least_ms)
        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        watch.start()
        hands.start()
        loop.exec()
        hands.stop()
        watch.stop()
        # What was asked for last is done first: a window with that before it does not close.
        while page.view.is_behind or page.view.gestures.pending or window.settling.is_any_before(page):
            QCoreApplication.processEvents()
        page.session.undo_stack.clear()
        window.close()
        window.shut_down()
    return watch, hands.done


def run(smoke: bool) -> None:
    watch, done = stalls(300, 3.0) if smoke else stalls(TASKS, SECONDS)
    ours = [stall for stall in watch.stalls if stall.busy_ms > LIMIT_MS]
    sys.stdout.write(
        f"{sum(done.values())} gestures of {len(done)} kinds, {watch.turns} turns of the event loop; "
        f"worst {watch.worst_busy_ms:.0f} ms busy; {len(ours)} over {LIMIT_MS:.0f} ms busy, "
        f"{len(watch.stalls)} by the clock\n"
    )
    by_kind: dict[str, list[Stall]] = {}
    for stall in ours:
        by_kind.setdefault(stall.doing, []).append(stall)
    for doing, several in sorted(by_kind.items(), key=lambda item: -max(stall.busy_ms for stall in item[1])):
        worst = max(several)
        sys.stdout.write(f"  {doing}: {len(several)} stalls, worst {worst.busy_ms:.0f} ms ({worst.whole_ms:.0f})\n")
        for where in worst.where:
            sys.stdout.write(f"    {where}\n")
