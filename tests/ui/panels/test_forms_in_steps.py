"""Forms of the Inspector whose rows come in several turns of the event loop, and what happens in between."""

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT, Comparison, ConditionBranch, Constant, EntityId, FromTask, Loop
from editor.model.port_types import STRING
from editor.ui.canvas import following
from editor.ui.main_window import MainWindow
from editor.ui.panels.inspector import portions
from editor.ui.panels.inspector.groups import GroupForm
from editor.ui.panels.inspector.portions import Portions
from editor.ui.panels.inspector.several import SeveralForm
from tests.builders import component, pipeline, task
from tests.ui.conftest import placed, show

BRANCH, LOOP = EntityId("if"), EntityId("each")
TEST = Comparison(FromTask(EntityId("a"), "out"), "==", Constant("x"))


@pytest.fixture(autouse=True)
def _one_row_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "FIRST_S", 0.0)
    monkeypatch.setattr(portions, "TURN_S", 0.0)


@pytest.fixture
def branch(window: MainWindow, qtbot: QtBot) -> GroupForm:
    """The form of a branch, of which one row is there."""
    found = ConditionBranch(id=BRANCH, parent=ROOT, name="if-good", test=TEST)
    inside = task("b", parent="if")
    page = show(window, pipeline(task("a"), found, inside, *placed(("a", 0, 0), ("b", 320, 0))), qtbot)
    page.view.select((BRANCH,))
    form = window.inspector.form
    assert isinstance(form, GroupForm)
    assert len(form.fields) == 1
    return form


def is_whole(form: GroupForm) -> bool:
    return not any(work.is_under_way for work in form.findChildren(Portions))


def titles(form: GroupForm) -> list[str]:
    return [line.title.text() for line in form.lines]


def test_the_rows_of_a_branch_come_in_their_order(branch: GroupForm, qtbot: QtBot):
    assert titles(branch) == ["Name"]
    qtbot.waitUntil(lambda: is_whole(branch))
    assert [field.feeding.title for field in branch.fields] == ["Compare", "With"]
    assert titles(branch) == ["Name", "Operator", "Display name", "Runs after"]


def test_the_rows_of_a_loop_come_in_their_order(window: MainWindow, qtbot: QtBot):
    loop = Loop(id=LOOP, parent=ROOT, name="each", items=Constant([1, 2]))
    page = show(window, pipeline(loop, task("b", parent="each"), *placed(("b", 0, 0))), qtbot)
    page.view.select((LOOP,))
    form = window.inspector.form
    assert isinstance(form, GroupForm)
    qtbot.waitUntil(lambda: is_whole(form))
    assert titles(form) == ["Name", "At most at a time", "Display name", "Runs after"]


def test_rows_that_no_longer_fit_are_not_gone_on_with(branch: GroupForm, window: MainWindow, qtbot: QtBot):
    assert window.session is not None
    session = window.session
    session.do(edits.set_group(session.document, BRANCH, test=None))
    assert is_whole(branch), "nothing asks for the other side of a comparison that has gone"
    qtbot.waitUntil(lambda: window.inspector.form is not branch)
    form = window.inspector.form
    assert isinstance(form, GroupForm)
    qtbot.waitUntil(lambda: is_whole(form))
    assert form.fields == []


def test_a_form_that_was_broken_off_is_made_anew_though_it_fits_again(
    branch: GroupForm, window: MainWindow, qtbot: QtBot
):
    assert window.session is not None
    session = window.session
    session.do(edits.set_group(session.document, BRANCH, test=None))
    session.undo_stack.undo()
    QCoreApplication.processEvents()
    qtbot.waitUntil(lambda: isinstance(window.inspector.form, GroupForm) and window.inspector.form is not branch)
    form = window.inspector.form
    assert isinstance(form, GroupForm)
    qtbot.waitUntil(lambda: is_whole(form))
    assert [field.feeding.title for field in form.fields] == ["Compare", "With"]


def test_a_form_of_several_that_was_broken_off_is_made_anew_for_those_left(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    big = component("big", {f"p{number}": STRING for number in range(12)}, {"out": STRING})
    page = show(
        window,
        pipeline(big, *(task(name, of=big) for name in "abc"), *placed(("a", 0, 0), ("b", 320, 0), ("c", 640, 0))),
        qtbot,
    )
    monkeypatch.setattr(following, "AT_ONCE_S", 0.0)
    page.view.select([EntityId(name) for name in "abc"])
    form = window.inspector.form
    assert isinstance(form, SeveralForm)
    qtbot.waitUntil(lambda: 1 <= len(form.fields) < 6)
    page.session.do(edits.delete(page.session.document, [EntityId("c")]))
    qtbot.waitUntil(lambda: window.inspector.form is not form)
    left = window.inspector.form
    assert isinstance(left, SeveralForm)
    qtbot.waitUntil(lambda: len(left.fields) == 12)


def test_an_edit_under_which_it_still_fits_leaves_it_to_be_finished(
    branch: GroupForm, window: MainWindow, qtbot: QtBot
):
    assert window.session is not None
    session = window.session
    session.do(edits.rename(session.document, BRANCH, "other"))
    qtbot.waitUntil(lambda: is_whole(branch) and branch.name.field.text() == "other")
    assert window.inspector.form is branch
    assert len(branch.fields) == 2
