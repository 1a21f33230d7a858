"""Problems are looked for in slices, lead to what they are about, and are mended by a click."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from editor import edits
from editor.errors import EditorError
from editor.model import ROOT, Document, EntityId
from editor.ui.main_window import MainWindow
from editor.ui.session import Session
from tests.builders import from_task, pipeline, task, value
from tests.ui.conftest import placed, show, two_tasks


def test_nobody_says_that_there_are_no_problems_while_they_are_looked_for(window: MainWindow, qtbot: QtBot):
    page = window.show_session(window.files.adopt(two_tasks()))
    assert page.session.is_validating
    assert window.bottom.problems.empty_words == "Looking for problems"
    qtbot.waitUntil(lambda: not page.session.is_validating)
    assert window.bottom.problems.empty_words == "No problems"


def test_problem_leads_to_its_task(window: MainWindow, qtbot: QtBot):
    page = show(window, pipeline(task("a"), task("b", x=from_task("gone")), *placed(("a", 0, 0), ("b", 320, 0))), qtbot)
    problems = window.bottom.problems
    assert problems.model.rowCount() >= 1
    window.show_bottom("Problems")
    rect = problems.tree.visualRect(problems.model.index(0, 0))
    qtbot.mouseClick(problems.tree.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    qtbot.keyClick(problems.tree, Qt.Key.Key_Return)
    assert page.view.selection == {EntityId("b")}
    assert "problem" in window.run_bar.validity.text()


def test_quick_fix_mends_the_document(window: MainWindow, qtbot: QtBot):
    page = show(window, pipeline(task("b", x=value(3)), *placed(("b", 0, 0))), qtbot)
    problems = window.bottom.problems
    buttons = problems.fix_buttons()
    assert buttons, [issue.message for issue in page.session.issues]
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.session.is_validating)
    assert not page.session.has_errors


def test_many_marks_of_problems_are_gathered_in_slices_and_shown_at_once(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("editor.ui.page.MARKED_AT_A_TIME", 3)
    names = [f"t{number}" for number in range(10)]
    page = show(window, pipeline(*(task(each, x=from_task("gone")) for each in names)), qtbot)
    marked: list[list[str | None]] = []

    def marks() -> list[str | None]:
        found = [page.view.issue_of(EntityId(each)) for each in names]
        marked.append(found)
        return found

    qtbot.waitUntil(lambda: marks() == ["error"] * 10)
    page.do(edits.feed_all(page.session.document, [EntityId(each) for each in names], "x", None))
    qtbot.waitUntil(lambda: not page.session.is_validating)
    page.session.undo_stack.undo()
    qtbot.waitUntil(lambda: not page.session.is_validating)
    qtbot.waitUntil(lambda: marks() == ["error"] * 10)
    assert all(each.count("error") in (0, 10) for each in marked), "all in one turn"


def test_what_the_compiler_refuses_of_a_blank_pipeline_is_listed(qtbot: QtBot):
    session = Session(Document.empty())
    qtbot.waitUntil(lambda: not session.is_validating)
    assert session.issues == [], "nobody has done anything wrong yet"
    assert session.compile_refused(EditorError("There is nothing to run.", subjects=(ROOT,)), session.revision)
    assert [issue.code for issue in session.issues] == ["compile"]
