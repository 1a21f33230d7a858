"""Edits of hundreds of things: the canvas follows them in a turn of its own, and nobody sees it behind."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPainter
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT, Document, Edit, EntityId
from editor.ui.canvas import following
from editor.ui.canvas.columns import Columns
from editor.ui.canvas.following import MANY_CHANGES
from editor.ui.canvas.view import CanvasView
from editor.ui.main_window import MainWindow
from tests.builders import from_task, pipeline, task
from tests.ui.canvas.scenes import at, shown
from tests.ui.canvas.test_columns import picture
from tests.ui.conftest import show

COUNT = MANY_CHANGES + 50


def document() -> Document:
    names = [f"t{number}" for number in range(COUNT)]
    tasks = [task(names[0]), *(task(name, x=from_task(names[0])) for name in names[1:])]
    return pipeline(*tasks, *(at(name, 300 * n, 40 * n) for n, name in enumerate(names)))


@pytest.fixture
def view(qtbot) -> CanvasView:
    return shown(qtbot, document())


def doomed(document: Document, first: int, last: int) -> Edit:
    return edits.delete(document, [EntityId(f"t{number}") for number in range(first, last)])


def followed(view: CanvasView) -> list[Edit]:
    """The edits that the columns take over from now on."""
    found: list[Edit] = []
    follow = view._columns.following

    def noted(edit: Edit):
        found.append(edit)
        return follow(edit)

    view._columns.following = noted  # type: ignore[method-assign]
    return found


def test_large_edit_is_followed_in_a_turn_of_its_own(qtbot, view: CanvasView):
    seen = followed(view)
    view.document.apply(doomed(view.document, 20, COUNT))
    assert seen == []
    qtbot.waitUntil(lambda: len(seen) == 1)
    assert picture(view.columns) == picture(Columns(view.document, ROOT))


def test_small_edit_is_followed_at_once(view: CanvasView):
    seen = followed(view)
    view.document.apply(doomed(view.document, 7, 9))
    assert len(seen) == 1


def test_whoever_asks_finds_the_canvas_in_step(view: CanvasView):
    everything = [EntityId(f"t{number}") for number in range(COUNT)]
    view.select(everything)
    view.document.apply(doomed(view.document, 20, COUNT))
    assert view.selection == frozenset(everything[:20])
    assert picture(view.columns) == picture(Columns(view.document, ROOT))
    assert view.drawn() == everything[:20]


def test_edits_that_follow_each_other_are_followed_together(qtbot, view: CanvasView):
    document, seen = view.document, followed(view)
    large = doomed(document, 20, COUNT)
    document.apply(large)
    document.apply(large.inverse())
    document.apply(doomed(document, 10, COUNT - 10))
    assert seen == []
    small = doomed(document, 2, 4)
    document.apply(small)
    assert seen == []
    assert picture(view.columns) == picture(Columns(document, ROOT))
    assert len(seen) == 1
    document.apply(small.inverse())
    assert picture(view.columns) == picture(Columns(document, ROOT))


def test_frame_shows_the_large_edit(view: CanvasView):
    view.settle()
    QCoreApplication.processEvents()
    document = view.document
    large = doomed(document, 20, COUNT)
    document.apply(large)
    view.viewport().repaint()
    view.settle()
    after = view.grab().toImage()
    view.repaint_whole()
    view.settle()
    assert after == view.grab().toImage()


def test_large_edit_is_followed_a_part_at_a_time(view: CanvasView, monkeypatch: pytest.MonkeyPatch):
    # Every slice ends after its first step.
    monkeypatch.setattr(following, "SLICE_S", 0.0)
    view.document.apply(doomed(view.document, 20, COUNT))
    turns = 0
    while view.is_behind:
        QCoreApplication.processEvents()
        turns += 1
    assert turns > 4
    assert picture(view.columns) == picture(Columns(view.document, ROOT))


@pytest.mark.parametrize("turns", range(1, 12))
def test_what_comes_while_a_large_edit_is_half_followed_finds_all_of_it(
    view: CanvasView, monkeypatch: pytest.MonkeyPatch, turns: int
):
    monkeypatch.setattr(following, "SLICE_S", 0.0)
    document = view.document
    large = doomed(document, 20, COUNT)
    for edit in (large, large.inverse(), large):
        document.apply(edit)
        for _turn in range(turns):
            QCoreApplication.processEvents()
    document.apply(large.inverse())
    small = doomed(document, 10, 12)
    document.apply(small)
    assert picture(view.columns) == picture(Columns(document, ROOT))


def mouse(view: CanvasView, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    """What QTest does not: nothing else is processed meanwhile."""
    held = button if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
    over = QPointF(view.viewport().mapToGlobal(at))
    event = QMouseEvent(kind, QPointF(at), over, button, held, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(view.viewport(), event)


def test_mouse_that_moves_meanwhile_waits(qtbot: QtBot, view: CanvasView):
    view.reset_zoom()
    card, other = EntityId("t0"), EntityId("t1")
    told: list[str] = []
    view.hovered.connect(told.append)
    over = [view.to_view(view.card_rect(each).center()) for each in (other, card)]
    view.document.apply(doomed(view.document, 20, COUNT))
    for point in over:
        mouse(view, QEvent.Type.MouseMove, point)
    assert view.is_behind
    assert told == []
    qtbot.waitUntil(lambda: told == [card])


def test_press_meanwhile_meets_what_is_there_after_it(qtbot: QtBot, view: CanvasView):
    view.reset_zoom()
    gone = EntityId("t1")
    at = view.to_view(view.card_rect(gone).center())
    view.document.apply(doomed(view.document, 1, COUNT - 10))
    mouse(view, QEvent.Type.MouseMove, at)
    mouse(view, QEvent.Type.MouseButtonPress, at, Qt.MouseButton.LeftButton)
    mouse(view, QEvent.Type.MouseButtonRelease, at, Qt.MouseButton.LeftButton)
    assert view.is_behind, "a click does not hurry it"
    assert view.gestures.held.is_holding
    qtbot.waitUntil(lambda: not view.gestures.held.is_holding)
    assert view.selection == frozenset()


def test_what_waits_for_the_view_comes_after_it_and_does_not_hurry_it(qtbot: QtBot, view: CanvasView):
    seen: list[bool] = []
    view.when_followed(lambda: seen.append(view.is_behind))
    assert seen == [False]
    view.document.apply(doomed(view.document, 20, COUNT))
    view.when_followed(lambda: seen.append(view.is_behind))
    assert seen == [False]
    assert view.is_behind
    qtbot.waitUntil(lambda: seen == [False, False])


def test_picture_from_before_is_shown_while_a_large_edit_is_followed(view: CanvasView):
    view.fit()
    view.settle()
    view.document.apply(doomed(view.document, 20, COUNT))
    view.viewport().repaint()
    assert view.is_behind
    assert not view.is_complete
    view.pan_by(30, 20)
    view.viewport().repaint()
    assert view.is_behind


def test_undo_brings_the_selection_back_in_its_own_time(qtbot, view: CanvasView):
    gone = frozenset(EntityId(f"t{number}") for number in range(20, COUNT))
    view.select(gone)
    large = doomed(view.document, 20, COUNT)
    view.document.apply(large)
    assert view.selection == frozenset()
    view.document.apply(large.inverse())
    with qtbot.waitSignal(view.selection_changed):
        pass
    assert view.selection == gone


def test_several_large_edits_are_undone_at_once_with_two_views_and_a_sub_pipeline(window: MainWindow, qtbot: QtBot):
    page = show(window, document(), qtbot)
    drawn = page.session.document
    inside, made = edits.extract_subpipeline(drawn, [EntityId(f"t{number}") for number in range(COUNT)])
    for scope in (ROOT, made):
        begun = page.session.undo_stack.index()
        tasks = [each.id for each in drawn.tasks() if drawn.pipeline_of(each.id) == page.view.scope]
        copied, copies = edits.duplicate(drawn, tasks[:1])
        page.do(copied)
        page.do(edits.mute(drawn, [*tasks, *copies], muted=True))
        window.actions_table.run("view.second")
        page.view.select(copies)
        second = window.second_views.pages()[0]
        page.session.undo_stack.setIndex(begun)  # what a click in the history does
        for view in (page.view, second.view):
            assert picture(view.columns) == picture(Columns(drawn, view.scope)), scope
        if scope == ROOT:
            page.do(inside)
            page.enter(made)


def test_what_a_failed_follower_has_left_is_made_anew(view: CanvasView, monkeypatch: pytest.MonkeyPatch):
    def fail(_edit: Edit) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(view._columns, "following", fail)
    view.document.apply(doomed(view.document, 20, COUNT))
    with pytest.raises(RuntimeError):
        _ = view.columns
    assert picture(view.columns) == picture(Columns(view.document, ROOT))


def test_mouse_that_has_left_meanwhile_points_at_nothing(qtbot, view: CanvasView):
    view.reset_zoom()
    place = view.to_view(view.card_rect(EntityId("t0")).center())
    view.document.apply(doomed(view.document, 20, COUNT))
    mouse(view, QEvent.Type.MouseMove, place)
    QCoreApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: not view.is_behind)
    qtbot.wait(50)
    assert view._hovered is None
    assert view.gestures.cursor_scene is None


def test_overlays_are_there_again_after_an_edit_that_is_taken_back_meanwhile(qtbot, view: CanvasView):
    view.settle()
    qtbot.waitUntil(lambda: not view._smooth.isActive() and not view._frame.is_waiting)
    painted: list[bool] = []

    def paint(_painter: QPainter) -> None:
        painted.append(view.is_behind)

    view.overlay_painters.append(paint)
    edit = doomed(view.document, 20, COUNT)
    view.document.apply(edit)
    view.document.apply(edit.inverse())
    view.viewport().repaint()
    assert view.is_behind
    assert painted == []
    qtbot.waitUntil(lambda: not view.is_behind)
    qtbot.waitUntil(lambda: painted != [], timeout=1000)
