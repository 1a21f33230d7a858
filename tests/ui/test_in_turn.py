"""What is asked for while a large edit is not made yet comes after it, wherever it is asked for; nothing is lost."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from editor import edits
from editor.errors import EditorError
from editor.model import (
    ROOT,
    Comparison,
    Condition,
    ConditionBranch,
    Constant,
    EntityId,
    FromTask,
    Note,
    PipelineOutput,
)
from editor.model.port_types import STRING
from editor.storage import load_document
from editor.ui.canvas.gestures.large_edits import at_once, attempt_off_thread, nothing
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from editor.ui.panels.inspector.groups import GroupForm
from editor.ui.panels.inspector.pipeline import PipelineForm
from editor.ui.panels.inspector.ports import LEFT_OUT
from editor.ui.panels.inspector.task import TaskForm
from editor.ui.slices import Slices
from tests.builders import pipeline, task, value
from tests.ui.conftest import AnsweringAsk, placed, show
from tests.ui.test_inspector import choose as choose_for
from tests.ui.test_inspector import editor_of, page_of
from tests.ui.test_inspector_ports import choose, write

A, B, IF, NOTE, FRAME = (EntityId(each) for each in ("a", "b", "if", "note", "frame"))
Act = Callable[[], None]


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> DocumentPage:
    """A task, a condition, notes, an input and an output."""
    branch = ConditionBranch(
        id=IF, parent=ROOT, name="if-good", test=Comparison(FromTask(A, "out"), "==", Constant("x"))
    )
    note = Note(id=NOTE, parent=ROOT, text="old", x=0, y=400, width=200, height=100)
    frame = Note(id=FRAME, parent=ROOT, text="Title\nmore", x=400, y=400, width=200, height=200, shape="frame")
    document = pipeline(
        task("a", x=value("y")),
        branch,
        task("b", parent="if"),
        note,
        frame,
        *placed(("a", 0, 0), ("b", 320, 0)),
        inputs={"mode": STRING},
    )
    output = PipelineOutput(name="first", type=STRING, source=FromTask(A, "out"))
    document.apply(edits.set_output(document, output.name, output.source))
    return show(window, document, qtbot)


def begin_large(page: DocumentPage) -> list[Act]:
    """Have an edit be under way; what works it out."""
    waiting: list[Act] = []
    attempt_off_thread(
        page.view,
        lambda document: edits.rename(document, A, "first"),
        lambda *call: waiting.append(partial(at_once, *call)),
        nothing,
    )
    return waiting


@pytest.fixture
def large(page: DocumentPage) -> Iterator[Act]:
    """An edit that is under way: call this when it shall be worked out."""
    waiting = begin_large(page)

    def work_out() -> None:
        while waiting:
            waiting.pop(0)()

    yield work_out
    work_out()  # else the window would wait for it at its end


def labels(page: DocumentPage) -> list[str]:
    stack = page.session.undo_stack
    return [stack.text(number) for number in range(stack.count())]


def nothing_yet(page: DocumentPage) -> bool:
    return labels(page) == []


@pytest.fixture
def form(window: MainWindow, page: DocumentPage) -> PipelineForm:
    form = window.inspector.form
    assert isinstance(form, PipelineForm)
    return form


def test_inputs_are_edited_after_it(page: DocumentPage, form: PipelineForm, large: Act, qtbot: QtBot):
    form.tabs.setCurrentIndex(1)
    card = form.cards[0]
    write(qtbot, card.name, "way")
    QTest.keyClicks(card.description, "how")
    choose(card.need, LEFT_OUT)
    qtbot.wait(100)
    assert nothing_yet(page)
    assert (card.name.text(), card.description.text()) == ("way", "how"), "what is typed stays"
    large()
    (port,) = page.session.document.root.inputs
    assert (port.name, port.description, port.is_optional) == ("way", "how", True)
    assert labels(page)[0] == "Rename a to first"
    assert labels(page)[1] == "Change input mode"
    page.session.undo_stack.undo()
    page.session.undo_stack.undo()
    assert page.session.document.root.inputs[0].name == "way"


def test_an_input_is_added_after_it_and_named_at_once(page: DocumentPage, form: PipelineForm, large: Act):
    form.tabs.setCurrentIndex(1)
    form.add_input()
    form.add_input()
    assert nothing_yet(page)
    large()
    assert [port.name for port in page.session.document.root.inputs] == ["mode", "input", "input_2"]
    assert form.cards[-1].name.hasFocus()


def test_a_new_input_is_the_one_that_is_named(page: DocumentPage, form: PipelineForm, qtbot: QtBot):
    form.tabs.setCurrentIndex(1)
    form.add_input()
    field = form.cards[-1].name
    assert field.hasFocus()
    write(qtbot, field, "other")
    assert [port.name for port in page.session.document.root.inputs] == ["mode", "other"]


def test_outputs_are_edited_after_it(page: DocumentPage, form: PipelineForm, large: Act, qtbot: QtBot):
    form.tabs.setCurrentIndex(2)
    (card,) = form.output_cards
    write(qtbot, card.name, "best")
    QTest.keyClicks(card.description, "of all")
    form.output_source.setCurrentIndex(form.output_source.findText("a.out"))
    next(each for each in form.findChildren(QPushButton) if each.text() == "Make it a pipeline output").click()
    assert nothing_yet(page)
    large()
    assert [(one.name, one.description) for one in page.session.document.root.outputs] == [
        ("best", "of all"),
        ("out", ""),
    ]
    assert not card.error.text()


def press(form: GroupForm, words: str) -> None:
    next(each for each in form.findChildren(QPushButton) if each.text() == words).click()


def group_form(window: MainWindow, page: DocumentPage) -> GroupForm:
    page.view.select((IF,))
    form = window.inspector.form
    assert isinstance(form, GroupForm)
    return form


def test_a_branch_is_added_after_it(window: MainWindow, page: DocumentPage, large: Act):
    press(group_form(window, page), "Add an Else branch")
    assert nothing_yet(page)
    large()
    assert any(isinstance(each, Condition) for each in page.session.document.entities.values())
    assert labels(page) == ["Rename a to first", "Add Else"]


def test_what_has_lost_its_thing_meanwhile_says_so(window: MainWindow, page: DocumentPage, large: Act, qtbot: QtBot):
    told: list[EditorError] = []
    page.view.refused.connect(told.append)
    form = group_form(window, page)
    choose_for(form.fields[1], "Pipeline input", "mode")
    press(form, "Add an Else branch")
    page.do(edits.delete(page.session.document, [IF]))
    large()
    words = [form.name.error.text(), form.fields[1].error.text(), *map(str, told)]
    assert [each for each in words if each] == ["What this was for is not there any more."] * 2
    assert IF not in page.session.document
    assert not page.view.gestures.pending


def test_a_task_that_is_gone_meanwhile_is_said_to_be(window: MainWindow, page: DocumentPage, large: Act, qtbot: QtBot):
    told: list[EditorError] = []
    page.view.refused.connect(told.append)
    page.view.select((A,))
    form = window.inspector.form
    assert isinstance(form, TaskForm)
    page_of(form, "Inputs", qtbot)
    QTest.keyClicks(editor_of(form, "x").focus_widget(), "z")
    page.view.select(())
    page.do(edits.delete(page.session.document, [A]))
    large()
    assert "What this was for is not there any more." in map(str, told)


def test_a_command_whose_task_is_gone_meanwhile_says_so(page: DocumentPage, large: Act):
    told: list[EditorError] = []
    page.view.refused.connect(told.append)
    document = page.session.document
    attempt_off_thread(page.view, lambda view: edits.rename(view, view.task(A).id, "other"), None, nothing)
    page.do(edits.delete(document, [A]))
    large()
    assert [str(each) for each in told][-1] == "The task is not there any more."


def inline(page: DocumentPage, thing: EntityId) -> QLineEdit | QPlainTextEdit:
    page.view.select((thing,))
    page.view.gestures.commands.rename()
    assert page.view.gestures.inline is not None
    return page.view.gestures.inline.field


@pytest.mark.parametrize(
    ("thing", "typed", "read"),
    [
        (B, "other", lambda document: document.task(B).name),
        (NOTE, "new", lambda document: document.get(NOTE).text),
        (FRAME, "Other", lambda document: document.get(FRAME).text),
    ],
    ids=["task", "note", "frame"],
)
def test_what_is_typed_in_its_place_comes_after_it(
    page: DocumentPage, large: Act, thing: EntityId, typed: str, read: Callable[[object], str]
):
    before = read(page.session.document)
    field = inline(page, thing)
    field.selectAll()
    QTest.keyClicks(field, typed)
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not field.isVisible()
    assert read(page.session.document) == before
    large()
    assert read(page.session.document) == (typed + "\nmore" if thing == FRAME else typed)
    assert labels(page)[0] == "Rename a to first"


def test_a_name_that_cannot_be_is_refused_at_once(page: DocumentPage, large: Act):
    field = inline(page, B)
    field.selectAll()
    QTest.keyClicks(field, "///")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.isVisible(), "it can be typed over"
    large()
    assert page.session.document.task(B).name == "b"


def type_name(page: DocumentPage, thing: EntityId, typed: str) -> None:
    field = inline(page, thing)
    field.selectAll()
    QTest.keyClicks(field, typed)
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not field.isVisible()


def test_a_name_that_is_taken_in_its_turn_is_typed_again(page: DocumentPage, large: Act, qtbot: QtBot):
    type_name(page, B, "first")
    large()
    gestures = page.view.gestures
    qtbot.waitUntil(lambda: gestures.inline is not None and gestures.inline.is_open)
    assert gestures.inline is not None
    assert gestures.inline.text() == "first"
    assert "already" in gestures.bubble.words
    assert gestures.bubble.isVisible()
    QTest.keyClicks(gestures.inline.field, "-2")
    QTest.keyClick(gestures.inline.field, Qt.Key.Key_Return)
    assert page.session.document.task(B).name == "first-2"
    assert not page.view.gestures.pending


def test_a_name_that_is_refused_takes_no_keys_from_what_is_typed_now(
    window: MainWindow, page: DocumentPage, large: Act, qtbot: QtBot
):
    type_name(page, B, "first")
    field = inline(page, NOTE)
    QTest.keyClicks(field, "half")
    large()
    qtbot.waitUntil(lambda: bool(window.notifier.bars))
    QTest.keyClicks(field, " a thought")
    assert field.toPlainText() == "half a thought"
    (bar,) = window.notifier.bars
    assert "already" in bar.message
    assert bar.details == "What was typed:\nfirst"
    QTest.keyClick(field, Qt.Key.Key_Escape)


def test_what_was_typed_into_a_note_that_is_gone_can_be_read(
    window: MainWindow, page: DocumentPage, large: Act, qtbot: QtBot
):
    type_name(page, NOTE, "a long thought")
    page.do(edits.delete(page.session.document, [NOTE]))
    large()
    qtbot.waitUntil(lambda: bool(window.notifier.bars))
    assert window.notifier.bars[0].details == "What was typed:\na long thought"
    assert not window.notifier.bars[0].findChildren(QTimer), "it stays until it is closed"


def test_a_problem_is_mended_after_it(window: MainWindow, qtbot: QtBot):
    page = show(window, pipeline(task("b", x=value(3)), task("a"), *placed(("b", 0, 0))), qtbot)
    waiting = begin_large(page)
    QTest.mouseClick(window.bottom.problems.fix_buttons()[0], Qt.MouseButton.LeftButton)
    assert nothing_yet(page)
    waiting.pop()()
    waiting[:] = []
    assert len(labels(page)) == 2
    assert labels(page)[0] == "Rename a to first"
    qtbot.waitUntil(lambda: not page.session.is_validating)
    assert not page.session.has_errors


def test_what_was_asked_for_in_a_view_beside_is_done_before_it_is_closed(
    window: MainWindow, page: DocumentPage, large: Act, qtbot: QtBot
):
    window.actions_table.run("view.second")
    (beside,) = window.second_views.pages()
    beside.focus_canvas()
    qtbot.waitUntil(lambda: window.page is beside)
    beside.view.select([B])
    window.actions_table.run("canvas.delete")
    window.closing.close(beside)
    assert nothing_yet(page)
    large()
    qtbot.waitUntil(lambda: window.second_views.pages() == [])
    qtbot.wait(100)
    assert B not in page.session.document


def test_what_was_asked_for_is_done_before_the_window_is_closed(
    window: MainWindow, page: DocumentPage, large: Act, ask: AnsweringAsk, tmp_path: Path, qtbot: QtBot
):
    page.session.undo_stack.setClean()
    page.view.select([B])
    window.actions_table.run("canvas.delete")
    ask.save_choice, ask.save_path = "save", tmp_path / "kept.pipeloom"
    assert not window.close()
    assert not window.close(), "however often it is asked to"
    assert not ask.asked
    large()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert [each for each in ask.asked if each.startswith("save ")] == [f"save {page.session.document.root.name}"]
    assert B not in load_document(ask.save_path)


def test_the_window_is_closed_after_the_page_that_was_asked_to(
    window: MainWindow, page: DocumentPage, large: Act, ask: AnsweringAsk, qtbot: QtBot
):
    window.actions_table.run("canvas.select-all")
    window.actions_table.run("canvas.delete")
    window.closing.close(page)
    window.close()
    ask.save_choice = "discard"
    large()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert len(ask.asked) == 1


def test_a_command_that_waits_is_about_what_was_selected_then(
    window: MainWindow, page: DocumentPage, large: Act, qtbot: QtBot
):
    view = page.view
    view.select((A,))
    at = view.to_view(view.card_rect(B).topLeft() + QPointF(100, 12))
    window.actions_table.run("canvas.delete")
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert view.selection == {A}
    slices = [*window.actions_table.findChildren(Slices), *window.findChildren(Slices)]
    # What goes round and round would wait for its turn at any moment.
    qtbot.waitUntil(lambda: not any(each.is_waiting for each in slices))
    assert nothing_yet(page)
    large()
    qtbot.waitUntil(lambda: view.selection == {B})
    assert A not in page.session.document
    assert B in page.session.document


def test_a_save_that_waits_holds_no_hand_up(window: MainWindow, page: DocumentPage, large: Act, qtbot: QtBot):
    view = page.view
    at = view.to_view(view.card_rect(B).topLeft() + QPointF(100, 12))
    window.actions_table.run("file.export-picture")
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert view.selection == {B}
