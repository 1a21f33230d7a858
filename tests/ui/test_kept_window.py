"""A test has the window of the one before only if nothing tells it from a new one."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import EntityId
from editor.ui.main_window import MainWindow
from tests.builders import from_task, pipeline, task
from tests.ui.conftest import AnsweringAsk, show
from tests.ui.kept_window import KeptWindow


def test_a_window_whose_documents_are_closed_is_as_new(
    window: MainWindow, kept: KeptWindow, ask: AnsweringAsk, qtbot: QtBot
):
    ask.save_choice = "discard"
    page = show(window, pipeline(task("a"), task("b", x=from_task("a"))), qtbot)
    page.view.select({EntityId("b")})
    page.do(edits.rename(page.session.document, EntityId("a"), "load"))
    window.notifier.info("Said")
    assert kept.take_back(window)
    assert not window.pages()
    assert not window.notifier.bars


@pytest.mark.parametrize(
    "change",
    [
        lambda window: window.close(),
        lambda window: window.resize(900, 700),
        lambda window: window.library_dock.hide(),
        lambda window: window.bottom.log,
        lambda window: window.show_bottom("History"),
        lambda window: window.settings.set_text("group/name", "value"),
        lambda window: window.actions_table.set_shortcuts("file.new", ["Ctrl+Alt+N"]),
        lambda window: window.actions_table.run("help.about"),
        lambda window: window.set_motion("none"),
    ],
)
def test_no_window_is_handed_on_in_which_something_is_left(
    window: MainWindow, kept: KeptWindow, change: Callable[[MainWindow], object]
):
    change(window)
    assert not kept.take_back(window)
