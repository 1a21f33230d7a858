"""More tasks than are edited at once, and a hand on what is worked out beside the window."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from editor.ui.canvas.gestures.large_edits import MANY, at_once
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from tests.builders import from_task, pipeline, task
from tests.ui.conftest import placed, show


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> DocumentPage:
    """More tasks than are edited at once, in a row."""
    names = [f"t{number}" for number in range(MANY + 5)]
    tasks = [task(name, **({"x": from_task(names[number - 1])} if number else {})) for number, name in enumerate(names)]
    return show(window, pipeline(*tasks, *placed(*((name, 300 * n, 0) for n, name in enumerate(names)))), qtbot)


@pytest.fixture
def waits(page: DocumentPage, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Callable[[], None]]]:
    """What is worked out elsewhere, each to be called when it shall be there; everything is large."""
    waiting: list[Callable[[], None]] = []
    monkeypatch.setattr(
        page.view.gestures.commands, "in_background", lambda *call: waiting.append(partial(at_once, *call))
    )
    monkeypatch.setattr("editor.ui.canvas.gestures.clipping.MANY_SIMPLE", 1)
    QGuiApplication.clipboard().setText("before")
    yield waiting
    page.view.gestures.pending.begin_held()
    while waiting:  # else the window would wait for them at its end
        waiting.pop(0)()
