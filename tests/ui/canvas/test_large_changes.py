"""Edits of hundreds of things: the canvas follows them in a turn of its own, and nobody sees it behind."""

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT, Document, Edit, EntityId
from editor.ui.canvas.columns import Columns
from editor.ui.canvas.view import MANY_CHANGES, CanvasView
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
    follow = view._columns.follow

    def noted(edit: Edit):
        found.append(edit)
        return follow(edit)

    view._columns.follow = noted  # type: ignore[method-assign]
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
    assert len(seen) == 1
    assert picture(view.columns) == picture(Columns(document, ROOT))
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

    monkeypatch.setattr(view._columns, "follow", fail)
    view.document.apply(doomed(view.document, 20, COUNT))
    with pytest.raises(RuntimeError):
        _ = view.columns
    assert picture(view.columns) == picture(Columns(view.document, ROOT))
