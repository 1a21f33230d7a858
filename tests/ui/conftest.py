"""A whole window for a test: real widgets, real jobs, and questions answered in the person's stead."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from editor.model import Document, Entity, EntityId, Placement, placement_id
from editor.ui import app
from editor.ui.ask import Ask, SaveChoice
from editor.ui.canvas import following
from editor.ui.jobs import Jobs
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from editor.ui.panels.inspector import portions
from editor.ui.settings import Settings
from editor.ui.style import wear
from editor.ui.theme import load
from editor.worker import Worker
from tests.builders import from_task, pipeline, task
from tests.ui.kept_window import KeptWindow, end


@pytest.fixture(autouse=True)
def _small_things_are_done_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine: what is asserted right after an edit must not hang on what else it does."""
    monkeypatch.setattr(following, "AT_ONCE_S", float("inf"))
    monkeypatch.setattr(portions, "FIRST_S", float("inf"))


class AnsweringAsk(Ask):
    """Answers at once with what the test laid ready, and remembers what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.begin()

    def begin(self) -> None:
        """Nothing was asked yet, and nothing is laid ready."""
        self.asked: list[str] = []
        self.save_choice: SaveChoice = "cancel"
        self.save_path: Path | None = None
        self.open_paths: list[Path] = []
        self.confirmation = True

    def save_changes(self, name: str, answered: Callable[[SaveChoice], None]) -> None:
        self.asked.append(f"save {name}")
        answered(self.save_choice)

    def confirm(
        self, title: str, question: str, *, yes: str, details: str = "", answered: Callable[[bool], None]
    ) -> None:
        self.asked.append(question)
        answered(self.confirmation)

    def open_files(
        self, title: str, filters: Sequence[str], folder: Path, answered: Callable[[list[Path]], None]
    ) -> None:
        self.asked.append(title)
        answered(self.open_paths)

    def open_folder(self, title: str, folder: Path, answered: Callable[[Path], None]) -> None:
        self.asked.append(title)
        answered(self.open_paths[0])

    def save_file(
        self, title: str, filters: Sequence[str], suggestion: Path, answered: Callable[[Path | None], None]
    ) -> None:
        self.asked.append(title)
        answered(self.save_path)


class StrayWindows(QObject):
    """Notices widgets that are shown before they have a parent: they flash up as windows of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            kind = watched.windowType()
            is_plain = kind in (Qt.WindowType.Widget, Qt.WindowType.Window)
            if is_plain and not isinstance(watched, QMainWindow | QDockWidget):
                self.found.append(f"{type(watched).__name__} {watched.accessibleName() or watched.objectName()}")
        return False


@pytest.fixture
def stray_windows() -> Iterator[StrayWindows]:
    application = app.make_application()
    stray = StrayWindows()
    application.installEventFilter(stray)
    yield stray
    application.removeEventFilter(stray)


@pytest.fixture(scope="module")
def kept() -> Iterator[KeptWindow]:
    """What the tests of a file hand on."""
    keeping = KeptWindow()
    yield keeping
    keeping.let_go()


@pytest.fixture(autouse=True)
def _no_other_window(request: pytest.FixtureRequest, kept: KeptWindow) -> None:
    """A test that has none finds none."""
    if "window" not in request.fixturenames:
        kept.let_go()


@pytest.fixture
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: KeptWindow) -> Path:
    """The folder of this test's settings and data, empty."""
    has_window = "window" in request.fixturenames
    path = kept.home if has_window and kept.window is not None else tmp_path / "home"
    monkeypatch.setenv("PIPELOOM_HOME", str(path))
    return path


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()


@pytest.fixture
def ask(kept: KeptWindow) -> AnsweringAsk:
    """What the window asks, if there is one."""
    if kept.window is None:
        return AnsweringAsk()
    answering = kept.window.ask
    assert isinstance(answering, AnsweringAsk)
    answering.begin()
    return answering


@pytest.fixture
def window(qtbot: QtBot, home: Path, ask: AnsweringAsk, kept: KeptWindow) -> Iterator[MainWindow]:
    """An open window without documents, as new; it may be the one that the test before had."""
    app.make_application()
    wear(load("light"))
    shown = kept.window or new_window(qtbot, home, ask, kept)
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    yield shown
    ask.save_choice = "discard"
    if not kept.take_back(shown):
        end(shown)


def new_window(qtbot: QtBot, home: Path, ask: AnsweringAsk, kept: KeptWindow) -> MainWindow:
    made = MainWindow(settings=Settings(), jobs=Jobs(), worker=Worker(), ask=ask, theme_follows_system=False)
    with qtbot.waitExposed(made):
        made.resize(1280, 800)
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    kept.look_at(made, home)
    return made


def show(window: MainWindow, document: Document, qtbot: QtBot) -> DocumentPage:
    """A page that shows a document, its issues known."""
    session = window.files.adopt(document)
    page = window.show_session(session)
    qtbot.waitUntil(lambda: not session.is_validating)
    return page


def placed(*where: tuple[str, float, float]) -> list[Entity]:
    """Placements for entities by id."""
    return [Placement(id=placement_id(EntityId(name)), target=EntityId(name), x=x, y=y) for name, x, y in where]


def two_tasks() -> Document:
    """Beside each other, a wire from one to the other."""
    return pipeline(task("a"), task("b", x=from_task("a")), *placed(("a", 0, 0), ("b", 320, 0)))


def child_named(parent: QWidget, name: str) -> QWidget:
    """The visible widget inside `parent` that a screen reader calls `name`."""
    found = [
        each for each in parent.findChildren(QWidget) if each.accessibleName() == name and each.isVisibleTo(parent)
    ]
    assert found, f"nothing here is called {name!r}"
    return found[0]
