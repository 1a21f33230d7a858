"""Many that are nudged are moved at once, and edited when the keys rest."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT, EntityId
from editor.model.metrics import GRID
from editor.ui.canvas.gestures.gesture import Pointer
from editor.ui.canvas.gestures.move import MoveGesture
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from tests.ui.gestures.many.hand import Waits, pointer


@pytest.fixture
def nudged(page: DocumentPage, waits: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """One step to the right by key, of all there is."""
    monkeypatch.setattr("editor.ui.canvas.keyboard.MANY_SIMPLE", 1)
    monkeypatch.setattr("editor.ui.canvas.gestures.large_edits.PAUSE_MS", 60_000)
    page.view.select(page.session.document.children(ROOT))
    page.view.setFocus()
    return lambda: QTest.keyClick(page.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)


def x_of(page: DocumentPage) -> tuple[float, float]:
    """Where the second task is drawn, and where the document says it is."""
    placement = page.session.document.placement(EntityId("t1"))
    assert placement is not None
    return page.view.card_rect(EntityId("t1")).x(), placement.x


def test_many_are_nudged_at_once_and_edited_when_the_keys_rest(
    page: DocumentPage, waits: list[Callable[[], None]], nudged: Callable[[], None]
):
    for _ in range(3):
        nudged()
    assert x_of(page) == (300 + 3 * GRID, 300)
    assert not waits
    page.view.gestures.pending.begin_held()
    nudged()
    assert x_of(page) == (300 + 4 * GRID, 300)
    waits.pop()()
    assert x_of(page) == (300 + 4 * GRID, 300 + 3 * GRID)
    page.view.gestures.pending.begin_held()
    waits.pop()()
    assert x_of(page) == (300 + 4 * GRID, 300 + 4 * GRID)
    assert page.view.columns.lifted is None
    assert page.session.undo_stack.count() == 1
    page.session.undo_stack.undo()
    assert x_of(page) == (300, 300)


def test_undo_gives_the_last_steps_of_a_nudge_up(
    window: MainWindow, page: DocumentPage, waits: list[Callable[[], None]], nudged: Callable[[], None]
):
    nudged()
    page.view.gestures.pending.begin_held()
    nudged()
    window.actions_table.run("edit.undo")
    assert x_of(page) == (300 + GRID, 300)
    waits.pop()()
    assert x_of(page) == (300 + GRID, 300 + GRID)
    nudged()
    window.actions_table.run("edit.undo")
    assert x_of(page) == (300 + GRID, 300 + GRID)
    assert page.view.columns.lifted is None


def test_what_was_nudged_lies_there_before_anything_else(
    page: DocumentPage,
    waits: list[Callable[[], None]],
    nudged: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("editor.ui.panels.inspector.panel.LARGE", 0)
    nudged()
    page.view.select([EntityId("t0")])
    assert len(waits) == 1
    waits.pop()()
    assert x_of(page) == (300 + GRID, 300 + GRID)
    page.do(edits.move(page.session.document, {EntityId("t1"): (0.0, 500.0)}))
    page.view.select(page.session.document.children(ROOT))
    nudged()
    assert x_of(page) == (GRID, 0), "a nudge begins where things are"


def test_a_nudge_is_made_when_the_hand_pauses(page: DocumentPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("editor.ui.canvas.keyboard.MANY_SIMPLE", 1)
    page.view.select(page.session.document.children(ROOT))
    QTest.keyClick(page.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert x_of(page) == (300 + GRID, 300)
    qtbot.waitUntil(lambda: x_of(page)[1] == 300 + GRID)
    assert not page.view.gestures.pending


def test_a_nudge_leaves_what_is_moved_elsewhere_meanwhile(page: DocumentPage, nudged: Callable[[], None], waits: Waits):
    document = page.session.document
    nudged()
    page.do(edits.move(document, {EntityId("t1"): (5000.0, 0.0)}))
    nudged()
    page.view.gestures.pending.begin_held()
    waits.pop()()
    assert x_of(page) == (5000 + 2 * GRID, 5000 + 2 * GRID)


def test_a_nudge_of_one_counts_beside_a_drag_of_many(page: DocumentPage, waits: Waits, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("editor.ui.canvas.gestures.move.MANY_SIMPLE", 1)
    view, document = page.view, page.session.document
    view.select(document.children(ROOT))
    gesture = MoveGesture(view)
    start = view.card_rect(EntityId("t0")).topLeft() + QPointF(60, 12)
    below = start + QPointF(0, 800)
    gesture.start(pointer(page, start))
    gesture.release(Pointer(below, view.to_view(below), Qt.KeyboardModifier.ControlModifier))
    assert len(waits) == 1
    view.select([EntityId("t1")])
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    while waits:
        waits.pop(0)()
    placements = [document.placement(EntityId(each)) for each in ("t1", "t2")]
    assert [each and each.y for each in placements] == [800 + GRID, 800]
