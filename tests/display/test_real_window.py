"""A person's way through the real window on a real display: two components, a wire, values, a run, its result."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import platformdirs
import pytest

from editor.model import Constant, FromTask, Task
from editor.runs.history import RunHistory
from editor.storage import load_document

ROOT_FOLDER = Path(__file__).parents[2]
NEEDED = ("Xvfb", "openbox", "xdotool")
SCREEN = "1440x900x24"
STEPS = 16
"""Small moves of a drag: a jump is not what a hand does, and toolkits tell the two apart."""

T = TypeVar("T")


def until(look: Callable[[], T], what: str, *, seconds: float = 15) -> T:
    """What `look` gives as soon as it gives something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
        time.sleep(0.05)
    return found


def ended(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A screen of the test's own, with a window manager on it."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)} (Debian: apt install xvfb openbox xdotool)")
    reading, writing = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
        text=True,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    assert number, "Xvfb did not start"
    name = f":{number}"
    home = tmp_path_factory.mktemp("openbox")
    manager = subprocess.Popen(
        ["openbox", "--sm-disable"],
        env={**os.environ, "DISPLAY": name, "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield name
    ended(manager)
    ended(screen)


class Hand:
    """Mouse and keyboard of the display."""

    def __init__(self, display: str) -> None:
        self._environment = {**os.environ, "DISPLAY": display}

    def _do(self, *words: object) -> None:
        command = ["xdotool", *map(str, words)]
        subprocess.run(command, env=self._environment, check=True, timeout=20, capture_output=True)

    def click(self, at: tuple[int, int]) -> None:
        self._do("mousemove", *at, "click", 1)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        words: list[object] = ["mousemove", *start, "sleep", 0.1, "mousedown", 1]
        for step in range(1, STEPS + 1):
            share = step / STEPS
            at = (round(here + (there - here) * share) for here, there in zip(start, end, strict=True))
            words += ["sleep", 0.02, "mousemove", *at]
        self._do(*words, "sleep", 0.1, "mouseup", 1)

    def type(self, text: str) -> None:
        self._do("type", "--delay", 15, text)

    def press(self, *keys: str) -> None:
        self._do("key", "--delay", 40, *keys)


class Screen:
    """Answers where things are now; None while they are not there."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, *question: object) -> object:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"the program ended with {self._process.wait(timeout=10)}"
        return json.loads(answer)

    def place(self, *question: object) -> tuple[int, int]:
        x, y = until(lambda: self.ask(*question), " ".join(map(str, question)))  # type: ignore[misc]
        return x, y

    def exit_code(self) -> int:
        return self._process.wait(timeout=20)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def words_said(tmp_path: Path) -> Path:
    """What the program wrote to its standard error."""
    return tmp_path / "stderr.txt"


@pytest.fixture
def screen(display: str, home: Path, words_said: Path) -> Iterator[Screen]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("QT_")}
    environment |= {
        "DISPLAY": display,
        "PYTHONPATH": str(ROOT_FOLDER),
        "PIPELOOM_HOME": str(home),
        # What tasks need is kept from one time to the next.
        "XDG_CACHE_HOME": platformdirs.user_cache_dir("pipeloom-tests"),
    }
    environment.pop("WAYLAND_DISPLAY", None)
    with words_said.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.display.window_process"],
            env=environment,
            cwd=ROOT_FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
        yield Screen(process)
        ended(process)
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()
    sys.stderr.write(words_said.read_text(encoding="utf-8"))


@pytest.mark.display
@pytest.mark.slow
@pytest.mark.timeout(180)
def test_two_components_are_drawn_wired_and_run(
    screen: Screen, display: str, home: Path, words_said: Path, tmp_path: Path
) -> None:
    hand, path = Hand(display), tmp_path / "sum.pipeloom"
    number = time.time_ns() // 1000 % 10**9  # no run before had it: nothing comes from the cache
    until(lambda: screen.ask("welcome"), "the words on an empty canvas")

    # The first lands on the card with those words, where most people will drop it.
    hand.drag(screen.place("component", "add"), screen.place("canvas", 0.5, 0.5))
    until(lambda: screen.ask("port", "add", "input", "a"), "the first task", seconds=30)
    assert not screen.ask("welcome")
    _fill(hand, screen, a="1.5", b=str(number))

    hand.click(screen.place("field", "Search components"))
    hand.type("total")
    until(lambda: not screen.ask("component", "add"), "the search")
    hand.drag(screen.place("component", "total"), screen.place("canvas", 0.8, 0.2))
    until(lambda: screen.ask("port", "total", "input", "numbers"), "the second task")
    hand.press("ctrl+z")
    until(lambda: not screen.ask("port", "total", "input", "numbers"), "the undo")
    hand.click(screen.place("field", "Search components"))
    hand.press("ctrl+a", "BackSpace")

    hand.drag(screen.place("component", "add"), screen.place("canvas", 0.8, 0.2))
    until(lambda: screen.ask("port", "add-2", "input", "a"), "the second task")
    hand.drag(screen.place("port", "add", "output", "Output"), screen.place("port", "add-2", "input", "a"))
    _fill(hand, screen, b="10")

    hand.press("ctrl+s")
    until(lambda: screen.ask("is_typing_in", "Save the document"), "the question where to save it")
    hand.press("ctrl+a")
    hand.type(str(path))
    # A click, as the list of completions may take the Return.
    hand.click(screen.place("button", "&Save"))
    until(path.exists, "the saved document")
    until(lambda: "*" not in str(screen.ask("title")), "the title to say that it is saved")
    tasks = {task.name: task for task in load_document(path).entities.values() if isinstance(task, Task)}
    assert tasks.keys() == {"add", "add-2"}
    assert tasks["add"].arguments == {"a": Constant(1.5), "b": Constant(float(number))}
    assert tasks["add-2"].arguments == {"a": FromTask(tasks["add"].id, "Output"), "b": Constant(10.0)}

    hand.click(screen.place("button", "Run"))
    history = until(lambda: _history(home), "the run's entry in the history")
    until(lambda: history.runs()[0].state == "SUCCEEDED", "the end of the run", seconds=100)
    (run,) = history.runs()
    told = {name: Path(run.output_dir, name, "executor_output.json").read_text(encoding="utf-8") for name in tasks}
    results = {name: json.loads(text)["parameterValues"]["Output"] for name, text in told.items()}
    assert results == {"add": number + 1.5, "add-2": number + 11.5}

    hand.press("ctrl+q")
    assert screen.exit_code() == 0
    assert words_said.read_text(encoding="utf-8") == ""


def _fill(hand: Hand, screen: Screen, **values: str) -> None:
    """Type values into the Inspector."""
    for name, value in values.items():
        hand.click(screen.place("field", name))
        hand.press("ctrl+a")
        hand.type(f"{value}\t")
    until(lambda: not screen.ask("is_busy"), "the check of what was typed")


def _history(home: Path) -> RunHistory | None:
    path = home / "data" / "runs.sqlite"
    return RunHistory(path) if path.exists() and RunHistory(path).runs() else None
