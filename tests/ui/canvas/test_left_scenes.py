"""One comes back to a pipeline as if it were read anew, whatever was edited meanwhile."""

import random

import pytest

from editor import edits
from editor.model import ROOT, EntityId
from editor.ui.canvas import left_scenes
from editor.ui.canvas.view import CanvasView
from tests.ui.canvas.scenes import everything
from tests.ui.canvas.test_columns import Columns, edit, picture, some_edit

SUB = EntityId("sub")


@pytest.mark.parametrize("seed", range(6))
def test_what_was_edited_meanwhile_is_seen(view: CanvasView, seed: int) -> None:
    chance = random.Random(seed)
    document = view.document
    for number in range(12):
        left = view.columns
        if chance.random() < 0.5:
            view.select([EntityId("train")])
        view.set_scope(SUB)
        for _ in range(chance.randrange(4)):
            document.apply(some_edit(chance, document, 100 * number + chance.randrange(100)))
        view.set_scope(ROOT)
        assert view.columns is left
        assert picture(view.columns) == picture(Columns(document, ROOT))
        assert not view.columns.selected.any()


def test_a_scene_that_lags_far_is_read_anew(view: CanvasView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(left_scenes, "MOST_CHANGES", 3)
    left = view.columns
    view.set_scope(SUB)
    view.document.apply(edits.delete(view.document, [EntityId("loop"), EntityId("join")]))
    view.set_scope(ROOT)
    assert view.columns is not left
    assert picture(view.columns) == picture(Columns(view.document, ROOT))


def test_a_pipeline_that_went_while_it_was_shown_comes_back_whole(view: CanvasView) -> None:
    view.set_scope(SUB)
    gone = edit(view.document, drop=("sub", "deploy", "inner"))
    view.document.apply(gone)
    assert view.scope == ROOT
    view.document.apply(gone.inverse())
    view.set_scope(SUB)
    assert picture(view.columns) == picture(Columns(view.document, SUB))
    assert view.columns.is_here(EntityId("inner"))


def test_a_few_are_kept(view: CanvasView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(left_scenes, "MOST_SCENES", 1)
    root = view.columns
    view.set_scope(SUB)
    sub = view.columns
    view.set_scope(ROOT)
    assert view.columns is root
    view.set_scope(SUB)
    assert view.columns is sub
    kept = left_scenes.LeftScenes()
    kept.put(Columns(everything(), ROOT), None)
    kept.put(sub, None)
    assert kept.take(ROOT) is None
    assert kept.take(SUB) is sub
    assert kept.take(SUB) is None


def test_what_the_hand_holds_is_not_kept(view: CanvasView) -> None:
    left = view.columns
    view.set_drag_offset([EntityId("score")], 50, 50)
    view.set_scope(SUB)
    view.set_scope(ROOT)
    assert view.columns is not left
