"""Garbage is not looked for among what a large document, or a large edit, has just made."""

import gc

import pytest
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import EntityId
from editor.ui import garbage
from editor.ui.main_window import MainWindow
from tests.builders import pipeline, task
from tests.ui.conftest import show


def test_a_large_edit_and_its_problems_are_put_out_of_sight(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(garbage, "MANY_CHANGES", 2)
    page = show(window, pipeline(*(task(f"t{number}") for number in range(4))), qtbot)
    assert gc.get_threshold() == garbage.USUAL
    freeze, frozen = gc.freeze, list[int]()
    monkeypatch.setattr(gc, "freeze", lambda: (frozen.append(1), freeze()))
    page.do(edits.rename(page.session.document, EntityId("t0"), "other"))
    qtbot.waitUntil(lambda: not page.session.is_validating)
    assert not frozen, "a small one is not"
    page.do(edits.mute(page.session.document, [EntityId(f"t{number}") for number in range(4)], muted=True))
    assert frozen
    assert gc.get_threshold() == garbage.SELDOM
    qtbot.waitUntil(lambda: not page.session.is_validating)
    assert gc.get_threshold() == garbage.USUAL


def test_a_document_that_is_closed_before_its_problems_are_known_leaves_the_collector_as_it_was(window: MainWindow):
    page = window.show_session(window.files.adopt(pipeline(task("a"))))
    assert gc.get_threshold() == garbage.SELDOM
    window.closing.close(page)
    assert gc.get_threshold() == garbage.USUAL
