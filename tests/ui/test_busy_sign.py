"""The sign that the program is at work: while jobs are out, and while a canvas is late to show a large edit."""

from time import monotonic

import pytest
from PySide6.QtCore import QEvent, QObject
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import Edit, EntityId
from editor.ui import status
from editor.ui.canvas.following import MANY_CHANGES
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from tests.builders import pipeline, task
from tests.ui.conftest import show

MANY = [EntityId(f"t{number}") for number in range(MANY_CHANGES + 10)]


class Seen(QObject):
    """What becomes of a widget: shown or hidden."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.states: list[str] = []
        parent.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self.states.append("shown" if event.type() == QEvent.Type.Show else "hidden")
        return False


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> DocumentPage:
    page = show(window, pipeline(*map(task, MANY)), qtbot)
    qtbot.waitUntil(lambda: page.view.is_complete and not window.jobs.count)
    qtbot.waitUntil(lambda: not window.status_bar.busy.isVisible())
    return page


@pytest.fixture
def seen(window: MainWindow, page: DocumentPage) -> Seen:
    return Seen(window.status_bar.busy)


def take_long(page: DocumentPage, seconds: float) -> None:
    """Have the canvas follow the next edit for so long."""
    columns = page.view.columns
    follow = columns.following

    def slow(edit: Edit):
        end = monotonic() + seconds
        while monotonic() < end:
            yield
        return (yield from follow(edit))

    columns.following = slow  # type: ignore[method-assign]


def delete_all(page: DocumentPage) -> None:
    page.do(edits.delete(page.session.document, MANY))
    assert page.view.is_behind


def test_it_is_seen_until_the_canvas_shows_what_was_undone(
    window: MainWindow, page: DocumentPage, seen: Seen, qtbot: QtBot
):
    delete_all(page)
    qtbot.waitUntil(lambda: page.view.is_complete)
    qtbot.wait(2 * status.NOTICED_MS)
    seen.states.clear()
    take_long(page, 0.5)
    window.actions_table.run("edit.undo")
    assert not seen.states, "not before one notices"
    qtbot.waitUntil(lambda: seen.states == ["shown"])
    assert page.view.is_behind
    qtbot.waitUntil(lambda: seen.states == ["shown", "hidden"])
    assert page.view.is_complete


def test_it_does_not_flash_at_what_is_followed_sooner(
    window: MainWindow, page: DocumentPage, seen: Seen, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(status, "NOTICED_MS", 1000)
    delete_all(page)
    qtbot.waitUntil(lambda: page.view.is_complete)
    qtbot.wait(1100)
    assert not seen.states


def test_it_goes_on_from_the_job_that_works_an_edit_out(
    window: MainWindow, page: DocumentPage, seen: Seen, qtbot: QtBot
):
    take_long(page, 0.3)
    window.jobs.run(lambda: None, done=lambda _nothing: delete_all(page), owner=page)
    qtbot.waitUntil(lambda: "hidden" in seen.states)
    assert seen.states == ["shown", "hidden"]
    assert page.view.is_complete


def test_it_goes_when_the_document_is_closed(window: MainWindow, page: DocumentPage, seen: Seen, qtbot: QtBot):
    take_long(page, 0.5)
    delete_all(page)
    qtbot.waitUntil(lambda: seen.states == ["shown"])
    window.drop_page(page)
    qtbot.waitUntil(lambda: seen.states == ["shown", "hidden"])
