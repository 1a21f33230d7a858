"""What is done while a large edit is half followed, by those who hear of it or wait for it, harms nothing."""

import pytest
from PySide6.QtCore import QCoreApplication

from editor import edits
from editor.model import ROOT, Change, Edit, EntityId, Note
from editor.ui.canvas import following
from editor.ui.canvas.columns import Columns
from editor.ui.canvas.view import CanvasView
from editor.ui.session import Session
from tests.builders import pipeline, task
from tests.ui.canvas.scenes import at, everything, shown
from tests.ui.canvas.test_columns import picture
from tests.ui.canvas.test_large_changes import COUNT, document, doomed

A, B = EntityId("a"), EntityId("b")
SUB = EntityId("sub")


@pytest.fixture
def large(qtbot) -> CanvasView:
    return shown(qtbot, document())


def half_follow(view: CanvasView, monkeypatch: pytest.MonkeyPatch, edit: Edit | None = None) -> None:
    """Apply a large edit that is followed in part."""
    monkeypatch.setattr(following, "SLICE_S", 0.0)
    view.document.apply(edit or doomed(view.document, 20, COUNT))
    while view._following._steps is None:
        QCoreApplication.processEvents()
    assert view.is_behind


def test_what_a_small_edit_leaves_to_be_followed_comes_in_later_turns(
    large: CanvasView, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(following, "AT_ONCE_S", 0.0)
    monkeypatch.setattr(following, "SLICE_S", 0.0)
    large.document.apply(edits.delete(large.document, [EntityId("t3")]))
    assert large.is_behind
    turns: list[bool] = []
    while large.is_behind:
        QCoreApplication.processEvents()
        turns.append(large.is_behind)
    assert len(turns) > 2
    assert picture(large.columns) == picture(Columns(large.document, ROOT))


def test_who_reads_a_scene_that_is_behind_is_not_told_of_the_selection_meanwhile(
    large: CanvasView, monkeypatch: pytest.MonkeyPatch
):
    large.select([EntityId("t3")])
    monkeypatch.setattr(following, "AT_ONCE_S", 0.0)
    told: list[int] = []
    large.selection_changed.connect(lambda: told.append(len(large.selection)))
    large.document.apply(edits.delete(large.document, [EntityId("t3")]))
    assert large.is_behind
    large.hit(large.visible_rect().center())
    assert told == []
    QCoreApplication.processEvents()
    assert told == [0]


def test_edit_by_who_hears_of_a_selection_finds_the_canvas_in_step(qtbot):
    view = shown(
        qtbot, pipeline(task("a"), task("b"), task("c"), *(at(name, 300 * n, 0) for n, name in enumerate("abc")))
    )
    view.select([A])
    seen: list[bool] = []

    def delete_another() -> None:
        if B in view.document:
            view.document.apply(edits.delete(view.document, [B]))
            seen.append(B in view.drawn())

    view.selection_changed.connect(delete_another)
    view.document.apply(edits.delete(view.document, [A]))
    assert seen == [False]
    assert picture(view.columns) == picture(Columns(view.document, ROOT))


def test_edit_by_who_has_waited_for_the_canvas_does_not_come_in_the_midst_of_another(
    large: CanvasView, monkeypatch: pytest.MonkeyPatch
):
    session = Session(large.document)
    kept = EntityId("t3")
    half_follow(large, monkeypatch)
    large.when_followed(lambda: session.do(edits.rename(large.document, kept, "later")))
    session.do(edits.mute(large.document, [kept], muted=True))
    while large.is_behind:
        QCoreApplication.processEvents()
    QCoreApplication.processEvents()
    assert large.document.task(kept).is_muted
    assert large.document.task(kept).name == "later"
    session.undo_stack.undo()
    assert large.document.task(kept).is_muted
    assert large.document.task(kept).name == "t3"
    session.close()
    session.deleteLater()


@pytest.mark.parametrize("is_begun", [False, True])
def test_who_waits_for_a_scene_is_told_before_it_is_left(qtbot, monkeypatch: pytest.MonkeyPatch, is_begun: bool):
    view = shown(qtbot, everything())
    train = EntityId("train")
    told: list[str] = []
    view.scope_changed.connect(told.append)
    selected: list[frozenset[EntityId]] = []
    view.selection_changed.connect(lambda: selected.append(view.selection))
    many = Edit("Add", tuple(Change(note.id, None, note) for note in map(a_note, range(COUNT))))
    if is_begun:
        half_follow(view, monkeypatch, many)
    else:
        view.document.apply(many)
    assert view.is_behind

    def show() -> None:
        view.select([train])
        view.reveal(train)

    view.when_followed(show)
    view.set_scope(SUB)
    for _turn in range(50):
        QCoreApplication.processEvents()
    assert told == [SUB]
    assert view.scope == SUB
    assert selected == [frozenset({train}), frozenset()]


def a_note(number: int) -> Note:
    return Note(id=EntityId(f"new-{number}"), parent=ROOT, text="x", x=300 * number, y=3000, width=200, height=100)
