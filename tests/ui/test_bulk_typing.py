"""Typing into the form for thousands of tasks: the letters come at once, the edit when the hand pauses or goes on."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import Constant, EntityId, TaskSettings
from editor.model.kubernetes import KUBERNETES_FUNCTIONS
from editor.storage import load_document
from editor.ui.canvas.gestures.large_edits import at_once
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from editor.ui.panels.inspector.kubernetes import first_setting
from editor.ui.panels.inspector.several import SeveralForm
from tests.ui.conftest import AnsweringAsk, show
from tests.ui.test_bulk_edit import A, B, C, document, secret, select
from tests.ui.test_inspector import choose, editor_of, execution_of, kubernetes_of, line_of, live, page_of, row_of

Waits = list[Callable[[], None]]


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> DocumentPage:
    """Two are many here, and no hand pauses by itself."""
    monkeypatch.setattr("editor.ui.panels.inspector.desk.MANY_SIMPLE", 1)
    monkeypatch.setattr("editor.ui.canvas.gestures.large_edits.PAUSE_MS", 60_000)
    return show(window, document(), qtbot)


@pytest.fixture
def waits(page: DocumentPage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Waits]:
    """What is worked out elsewhere, each to be called when it shall be there."""
    waiting: Waits = []
    monkeypatch.setattr(
        page.view.gestures.commands, "in_background", lambda *call: waiting.append(partial(at_once, *call))
    )
    yield waiting
    while waiting:  # else the window would wait for them at its end
        waiting.pop(0)()


def type_into_the_single_form(window: MainWindow, qtbot: QtBot, letters: str) -> None:
    """In place of what the input "rows" of the one selected task says."""
    page_of(window.inspector.form, "Inputs", qtbot)
    field = editor_of(window.inspector.form, "rows").focus_widget()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, letters)


def rows_field(window: MainWindow, page: DocumentPage, qtbot: QtBot) -> QLineEdit:
    """The field for `rows` of A and B, which is 3 in both."""
    form = select(window, page, qtbot, A, B)
    page_of(form, "Inputs", qtbot)
    field = editor_of(form, "rows").focus_widget()
    assert isinstance(field, QLineEdit)
    field.setFocus()
    return field


def rows(page: DocumentPage, *tasks: EntityId) -> list[object]:
    found = (page.session.document.task(each).arguments["rows"] for each in tasks)
    return [each.value for each in found if isinstance(each, Constant)]


def test_letters_come_at_once_and_the_edit_after_a_pause(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("editor.ui.panels.inspector.desk.MANY_SIMPLE", 1)
    page = show(window, document(), qtbot)
    field = rows_field(window, page, qtbot)
    QTest.keyClicks(field, "45")
    QTest.keyClick(field, Qt.Key.Key_Left)
    assert field.text() == "345"
    assert rows(page, A, B) == [3, 3]
    qtbot.waitUntil(lambda: rows(page, A, B) == [345, 345])
    qtbot.waitUntil(lambda: not window.inspector.form.desk.is_waiting)
    qtbot.wait(50)
    assert (field.text(), field.cursorPosition()) == ("345", 2)
    QTest.keyClicks(field, "6")
    qtbot.waitUntil(lambda: rows(page, A, B) == [3465, 3465])
    assert page.session.undo_stack.count() == 1, "typing on is one step"
    page.session.undo_stack.undo()
    assert rows(page, A, B) == [3, 3]


def press(key: Qt.Key) -> Callable[[MainWindow, DocumentPage, QLineEdit], object]:
    return lambda _window, _page, field: QTest.keyClick(field, key)


@pytest.mark.parametrize(
    "go_on",
    [
        press(Qt.Key.Key_Return),
        press(Qt.Key.Key_Tab),
        lambda _window, page, _field: page.focus_canvas(),
        lambda _window, page, _field: page.view.select((A, C)),
        lambda _window, page, _field: page.view.select((C,)),
        lambda window, _page, _field: window.actions_table.run("canvas.fit"),
        lambda window, _page, _field: window.new_document(),
    ],
    ids=["return", "tab", "canvas", "other tasks", "another task", "command", "another tab"],
)
def test_what_was_typed_is_done_for_what_it_was_typed_for(
    window: MainWindow,
    page: DocumentPage,
    qtbot: QtBot,
    go_on: Callable[[MainWindow, DocumentPage, QLineEdit], object],
):
    field = rows_field(window, page, qtbot)
    QTest.keyClicks(field, "45")
    go_on(window, page, field)
    qtbot.waitUntil(lambda: rows(page, A, B) == [345, 345])
    assert rows(page, C) == [4]
    assert not page.view.gestures.pending


def test_typing_goes_on_while_the_edit_is_worked_out(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, waits: Waits
):
    field = rows_field(window, page, qtbot)
    QTest.keyClicks(field, "4")
    page.view.gestures.pending.begin_held()
    QTest.keyClicks(field, "5")
    page.do(edits.rename(page.session.document, C, "other"))
    qtbot.wait(200)
    assert (field.text(), field.cursorPosition()) == ("345", 3)
    page.view.gestures.pending.begin_held()
    assert len(waits) == 1, "one after the other: the later text must come last"
    waits.pop()()
    waits.pop()()
    assert rows(page, A, B) == [34, 34]
    qtbot.wait(200)
    assert field.text() == "345", "the second edit is still to come"
    waits.pop()()
    assert rows(page, A, B) == [345, 345]
    assert not waits


def test_undo_gives_up_what_is_typed_and_the_field_says_so(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    field = rows_field(window, page, qtbot)
    QTest.keyClicks(field, "45")
    window.actions_table.run("edit.undo")
    qtbot.waitUntil(lambda: field.text() == "3")
    assert not page.view.gestures.pending
    assert page.session.undo_stack.count() == 0


def test_a_save_holds_what_was_typed_before_it(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, ask: AnsweringAsk, tmp_path
):
    ask.save_path = tmp_path / "saved.pipeloom"
    field = rows_field(window, page, qtbot)
    QTest.keyClicks(field, "45")
    window.actions_table.run("file.save")
    qtbot.waitUntil(lambda: page.session.path is not None and not page.session.is_dirty)
    assert load_document(ask.save_path).task(A).arguments["rows"] == Constant(345)


def test_a_command_is_for_the_page_that_was_in_front(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, waits: Waits, ask: AnsweringAsk, tmp_path
):
    ask.save_path = tmp_path / "saved.pipeloom"
    field = rows_field(window, page, qtbot)
    QTest.keyClicks(field, "45")
    window.actions_table.run("file.save")
    assert not ask.asked
    other = window.new_document()
    waits.pop()()
    qtbot.waitUntil(lambda: page.session.path is not None)
    assert other.session.path is None


def test_a_tab_closes_when_what_was_typed_is_done(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, waits: Waits, ask: AnsweringAsk
):
    field = rows_field(window, page, qtbot)
    QTest.keyClicks(field, "45")
    window.closing.close(page)
    assert not ask.asked
    assert page in window.pages()
    waits.pop()()
    assert len(ask.asked) == 1
    assert rows(page, A, B) == [345, 345]


def test_what_is_chosen_for_many_is_worked_out_elsewhere(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, waits: Waits
):
    execution = execution_of(select(window, page, qtbot, A, B), qtbot)
    switch = line_of(execution, "Muted").switch
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert not any(live(window).task(each).is_muted for each in (A, B))
    assert len(waits) == 1, "without waiting for a pause"
    waits.pop()()
    assert all(live(window).task(each).is_muted for each in (A, B))


def test_what_is_refused_is_said_at_the_field(window: MainWindow, page: DocumentPage, qtbot: QtBot, waits: Waits):
    form = select(window, page, qtbot, A, B, C)
    page_of(form, "Inputs", qtbot)
    field = form.fields["data"]
    choose(field, "Output of a task", "b.data")
    assert not field.error.text()
    waits.pop()()
    assert "feed itself" in field.error.text()
    assert not any("data" in live(window).task(each).arguments for each in (A, B, C))


def test_what_is_refused_too_late_is_said_on_the_canvas(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, waits: Waits
):
    refused: list[object] = []
    page.view.refused.connect(refused.append)
    form = select(window, page, qtbot, A, B, C)
    page_of(form, "Inputs", qtbot)
    field = form.fields["data"]
    choose(field, "Output of a task", "b.data")
    select(window, page, qtbot, A, C)
    waits.pop()()
    assert len(refused) == 1
    assert not field.error.text()


def test_what_is_gone_meanwhile_is_passed_by(window: MainWindow, page: DocumentPage, qtbot: QtBot, waits: Waits):
    field = rows_field(window, page, qtbot)
    QTest.keyClicks(field, "45")
    page.view.gestures.pending.begin_held()
    page.do(edits.delete(page.session.document, [A]))
    waits.pop()()
    waits.pop()()
    assert rows(page, B) == [345]
    assert A not in page.session.document


def test_variables_that_are_typed_one_after_the_other_all_count(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, waits: Waits
):
    line = line_of(execution_of(select(window, page, qtbot, A, B), qtbot), "Environment variables")
    line.editor.raw.click()
    line.editor.text.setFocus()
    for text in ('{"ONE": "1"}', '{"ONE": "1", "TWO": "2"}', '{"TWO": "2"}', '{"TWO": "2", "SIX": "6"}'):
        line.editor.text.setPlainText(text)
    assert not waits, "they wait for a pause"
    page.view.gestures.pending.begin_held()
    waits.pop()()
    assert [live(window).task(each).settings.env for each in (A, B)] == [{"TWO": "2", "SIX": "6"}] * 2
    qtbot.waitUntil(lambda: not window.inspector.form.desk.is_waiting)
    qtbot.wait(100)
    for text in ('{"TWO": "3", "SIX": "6"}', '{"TWO": "2", "SIX": "6"}'):
        line.editor.text.setPlainText(text)
        page.view.gestures.pending.begin_held()
    waits.pop()()
    assert live(window).task(A).settings.env["TWO"] == "3"
    waits.pop()()
    assert live(window).task(A).settings.env["TWO"] == "2", "what it was before is put again"


def test_a_setting_for_kubernetes_is_typed_in_peace_too(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, waits: Waits
):
    kubernetes = kubernetes_of(select(window, page, qtbot, A, B), qtbot)
    kubernetes.add_function(KUBERNETES_FUNCTIONS["set_timeout"])
    waits.pop()()
    field = row_of(kubernetes, "seconds", qtbot).editor.focus_widget()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "90")
    assert not waits
    page.view.gestures.pending.begin_held()
    waits.pop()()
    for each in (A, B):
        assert live(window).task(each).settings.kubernetes[0].arguments["seconds"] == Constant(90)


def test_a_single_task_is_edited_after_what_is_under_way_for_many(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, waits: Waits
):
    field = rows_field(window, page, qtbot)
    QTest.keyClicks(field, "45")
    page.view.select((A,))
    qtbot.waitUntil(lambda: not isinstance(window.inspector.form, SeveralForm))
    type_into_the_single_form(window, qtbot, "8")
    while waits:
        waits.pop(0)()
    assert (rows(page, A), rows(page, B)) == ([8], [345])


def test_each_page_has_a_form_of_its_own(window: MainWindow, qtbot: QtBot):
    first, second = show(window, document(), qtbot), show(window, document(), qtbot)
    form = select(window, second, qtbot, A, B)
    assert form.desk.document is second.session.document
    window.show_session(first.session)
    select(window, first, qtbot, A, C)
    window.show_session(second.session)
    qtbot.waitUntil(lambda: window.inspector.form.desk.document is second.session.document)


@pytest.mark.parametrize("turns", [False, True])
def test_what_is_half_typed_stays_while_what_was_right_is_done(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, *, turns: bool
):
    field = rows_field(window, page, qtbot)
    QTest.keyClicks(field, "45x")
    page.view.gestures.pending.begin_held()
    qtbot.waitUntil(lambda: rows(page, A, B) == [345, 345])
    qtbot.wait(150)
    assert field.text() == "345x"
    if turns:
        page.view.select((B, C))
        qtbot.waitUntil(lambda: field.text() == "")
        assert field.placeholderText() == "Different values"


def test_half_typed_json_stays_while_what_was_right_is_done(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    line = line_of(execution_of(select(window, page, qtbot, A, B), qtbot), "Environment variables")
    line.editor.raw.click()
    text = line.editor.text
    text.setFocus()
    text.selectAll()
    QTest.keyClicks(text, '{"ONE": "1"}')
    QTest.keyClick(text, Qt.Key.Key_Backspace)
    page.view.gestures.pending.begin_held()
    qtbot.waitUntil(lambda: live(window).task(A).settings.env == {"ONE": "1"})
    qtbot.wait(150)
    assert text.toPlainText() == '{"ONE": "1"'
    QTest.keyClicks(text, ', "TWO": "2"}')
    page.view.gestures.pending.begin_held()
    qtbot.waitUntil(lambda: live(window).task(B).settings.env == {"ONE": "1", "TWO": "2"})


@pytest.mark.parametrize("is_same_row", [True, False], ids=["its own line", "another line"])
def test_a_button_that_takes_no_focus_leaves_what_was_typed(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, *, is_same_row: bool
):
    monkeypatch.setattr("editor.ui.panels.inspector.desk.MANY_SIMPLE", 1)
    monkeypatch.setattr("editor.ui.canvas.gestures.large_edits.PAUSE_MS", 60_000)
    page = show(window, document(TaskSettings(env={"X": "1"}), TaskSettings()), qtbot)
    execution = execution_of(select(window, page, qtbot, A, B), qtbot)
    variables = line_of(execution, "Environment variables")
    if is_same_row:
        variables.editor.raw.click()
        variables.editor.text.setFocus()
        variables.editor.text.setPlainText('{"ONE": "1"}')
    else:
        field = line_of(execution, "Retries after a failure").editor.focus_widget()
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "7")
    assert window.inspector.form.desk.is_waiting
    trash = variables.others["X"].findChildren(QToolButton)[0]
    QTest.mouseClick(trash, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.session.undo_stack.count() > 0 and not page.view.gestures.pending)
    for each in (A, B):
        settings = live(window).task(each).settings
        assert "X" not in settings.env
        if is_same_row:
            assert settings.env == {"ONE": "1"}
        else:
            assert settings.retry is not None
            assert settings.retry.max_count == 7


def test_a_variable_put_into_all_tasks_stays_when_others_are_typed(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("editor.ui.panels.inspector.desk.MANY_SIMPLE", 1)
    monkeypatch.setattr("editor.ui.canvas.gestures.large_edits.PAUSE_MS", 60_000)
    page = show(window, document(TaskSettings(env={"X": "1"}), TaskSettings()), qtbot)
    variables = line_of(execution_of(select(window, page, qtbot, A, B), qtbot), "Environment variables")
    variables.others["X"].chosen.emit("5")
    variables.editor.raw.click()
    variables.editor.text.setFocus()
    variables.editor.text.setPlainText('{"ONE": "1"}')
    page.view.gestures.pending.begin_held()
    qtbot.waitUntil(lambda: not page.view.gestures.pending)
    for each in (A, B):
        assert live(window).task(each).settings.env == {"X": "5", "ONE": "1"}


def test_a_setting_for_kubernetes_is_kept_when_another_is_removed(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("editor.ui.panels.inspector.desk.MANY_SIMPLE", 1)
    monkeypatch.setattr("editor.ui.canvas.gestures.large_edits.PAUSE_MS", 60_000)
    given = TaskSettings(kubernetes=(secret("one"), first_setting(KUBERNETES_FUNCTIONS["set_timeout"])))
    page = show(window, document(given, given), qtbot)
    kubernetes = kubernetes_of(select(window, page, qtbot, A, B), qtbot)
    field = row_of(kubernetes, "seconds", qtbot).editor.focus_widget()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "90")
    trash = kubernetes.cards[0].findChildren(QToolButton)[0]
    QTest.mouseClick(trash, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.view.gestures.pending)
    for each in (A, B):
        (left,) = live(window).task(each).settings.kubernetes
        assert (left.function, left.arguments["seconds"]) == ("set_timeout", Constant(90))


def test_what_is_typed_in_a_second_view_comes_after_what_was_typed_before(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, waits: Waits
):
    field = rows_field(window, page, qtbot)
    QTest.keyClicks(field, "45")
    window.actions_table.run("view.second")
    qtbot.waitUntil(lambda: len(waits) == 1)
    second = window.second_views.pages()[0]
    assert window.page is second
    second.view.select((A,))
    qtbot.waitUntil(
        lambda: hasattr(window.inspector.form, "tabs") and not isinstance(window.inspector.form, SeveralForm)
    )
    type_into_the_single_form(window, qtbot, "8")
    while waits:
        waits.pop(0)()
    qtbot.waitUntil(lambda: not second.view.gestures.pending)
    assert (rows(page, A), rows(page, B)) == ([8], [345])
