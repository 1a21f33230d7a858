"""What a newcomer meets first: the sample, empty documents, messages, the first size of things."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from editor import edits
from editor.errors import EditorError
from editor.model import ROOT, Change, Document, Edit, EntityId
from editor.model.port_types import DATASET, MODEL, why_not
from editor.storage.documents import load_document, save_document
from editor.storage.journal import Journal, journal_path, recover_journal, unsaved_journals
from editor.ui.canvas.following import MANY_CHANGES
from editor.ui.canvas.types import TaskBadge
from editor.ui.docks import take_room
from editor.ui.main_window import SAMPLE, MainWindow
from editor.ui.panels.inspector.fields import ArgumentField
from editor.ui.resources import resource_path
from tests.builders import ADD, pipeline, task
from tests.ui.conftest import AnsweringAsk, placed, show, two_tasks


def test_sample_opens_as_a_copy_that_is_saved_elsewhere(
    window: MainWindow, qtbot: QtBot, ask: AnsweringAsk, tmp_path: Path
):
    shipped = resource_path("samples", SAMPLE)
    before = shipped.read_bytes()
    with qtbot.waitSignal(window.files.opened):
        window.open_path(shipped)
    session = window.session
    assert session is not None
    assert (session.path, session.name, session.is_dirty) == (None, "iris", False)
    assert not journal_path(shipped).exists()
    assert unsaved_journals() == ()
    session.do(edits.add_note(session.document, ROOT, "mine", x=0, y=0)[0])
    assert len(unsaved_journals()) == 1
    ask.save_path = tmp_path / "mine.pipeloom"
    window.actions_table.run("file.save")
    qtbot.waitUntil(lambda: not session.is_dirty)
    assert ask.asked == ["Save the document"]
    assert [note.text for note in load_document(ask.save_path).notes()][-1] == "mine"
    assert shipped.read_bytes() == before
    assert unsaved_journals() == ()


def test_sample_opened_again_comes_to_the_front_unless_it_was_changed(window: MainWindow, qtbot: QtBot):
    for _ in range(2):
        window.open_sample()
        qtbot.waitUntil(lambda: bool(window.pages()))
    assert len(window.pages()) == 1
    session = window.session
    assert session is not None
    session.do(edits.add_note(session.document, ROOT, "mine", x=0, y=0)[0])
    with qtbot.waitSignal(window.files.opened):
        window.open_sample()
    assert len(window.pages()) == 2


def test_changed_sample_comes_back_after_a_crash(window: MainWindow, qtbot: QtBot):
    with qtbot.waitSignal(window.files.opened):
        window.open_sample()
    session = window.session
    assert session is not None
    session.do(edits.add_note(session.document, ROOT, "mine", x=0, y=0)[0])
    (journal,) = unsaved_journals()
    crashed = journal.read_bytes()
    session.undo_stack.undo()
    window.actions_table.run("file.close")
    journal.write_bytes(crashed)
    with qtbot.waitSignal(window.files.opened):
        window.files.recover_unsaved()
    assert window.session is not None
    assert "mine" in [note.text for note in window.session.document.notes()]


def test_journal_lies_in_the_data_folder_where_the_documents_folder_takes_none(
    window: MainWindow, qtbot: QtBot, home: Path, tmp_path: Path
):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    journal_path(path).mkdir()  # stands for a folder that may not be written: nothing can be opened there
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    session = window.session
    assert session is not None
    assert not session.is_read_only
    assert window.notifier.bars == []
    session.do(edits.rename(session.document, EntityId("a"), "precious"))
    (kept,) = (home / "data" / "journals").iterdir()
    crashed = kept.read_bytes()
    session.undo_stack.undo()
    window.actions_table.run("file.close")
    assert not kept.exists()
    kept.write_bytes(crashed)
    found = recover_journal(path)
    assert found is not None
    assert found.document.task(EntityId("a")).name == "precious"


def test_journal_kept_apart_refuses_a_second_window(home: Path, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    journal_path(path).mkdir()
    first = Journal.for_file(path)
    with pytest.raises(EditorError, match="another window"):
        Journal.for_file(path)
    first.discard()


def test_new_documents_are_told_apart(window: MainWindow, qtbot: QtBot):
    first = window.new_document()
    first.do(edits.add_note(first.session.document, ROOT, "mine", x=0, y=0)[0])
    second = window.new_document()
    assert window.new_document() is second
    assert [first.session.name, second.session.name] == ["my-pipeline (unsaved)", "my-pipeline 2 (unsaved)"]


def test_pill_says_that_problems_are_looked_for_where_it_takes_a_while(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    page = window.new_document()
    page.do(edits.add_note(page.session.document, ROOT, "hello", x=0, y=0)[0])
    qtbot.waitUntil(lambda: window.run_bar.validity.text() == "1 problem")
    step = page.session.validator.step
    monkeypatch.setattr(page.session.validator, "step", lambda _budget: False)
    document = page.session.document
    renamed = replace(document.root, name="other")
    page.do(Edit("Rename", (Change(ROOT, document.root, renamed),)))
    assert window.run_bar.validity.text() == "1 problem"
    qtbot.waitUntil(lambda: window.run_bar.validity.text() == "Checking")
    monkeypatch.setattr(page.session.validator, "step", step)
    qtbot.waitUntil(lambda: window.run_bar.validity.text() == "1 problem")


def test_nothing_is_wrong_with_an_empty_document(window: MainWindow, qtbot: QtBot):
    page = window.new_document()
    qtbot.waitUntil(lambda: not page.session.is_validating)
    assert window.run_bar.validity.text() == "Empty"
    assert not page.session.has_errors
    page.do(edits.add_note(page.session.document, ROOT, "hello", x=0, y=0)[0])
    qtbot.waitUntil(lambda: not page.session.is_validating)
    assert page.session.has_errors
    assert window.run_bar.validity.text() == "1 problem"


def test_untouched_documents_leave_no_journal_and_old_empty_ones_go(window: MainWindow, qtbot: QtBot):
    window.new_document()
    assert unsaved_journals() == ()
    Journal.for_unsaved(Document.empty(), "killed").close()
    full = Journal.for_unsaved(Document.empty(), "open")
    done: list[bool] = []
    window.files.recover_unsaved(then=lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))
    assert [each.stem for each in unsaved_journals()] == ["open"]
    full.discard()


def test_first_edit_of_a_new_document_is_journalled_though_it_only_names_it(window: MainWindow, qtbot: QtBot):
    page = window.new_document()
    page.do(edits.rename(page.session.document, ROOT, "churn"))
    (journal,) = unsaved_journals()
    crashed = journal.read_bytes()
    page.session.undo_stack.undo()
    window.actions_table.run("file.close")
    journal.write_bytes(crashed)
    found = recover_journal(journal)
    assert found is not None
    assert found.document.root.name == "churn"


def test_message_about_recovered_work_goes_when_it_is_saved(
    window: MainWindow, qtbot: QtBot, ask: AnsweringAsk, tmp_path: Path
):
    lost = Journal.for_unsaved(two_tasks(), "lost")
    lost.close()
    with qtbot.waitSignal(window.files.opened):
        window.files.recover_unsaved()
    assert len(window.notifier.bars) == 1
    ask.save_path = tmp_path / "back.pipeloom"
    window.actions_table.run("file.save")
    qtbot.waitUntil(lambda: window.notifier.bars == [])


def test_messages_move_nothing(window: MainWindow, qtbot: QtBot):
    page = show(window, two_tasks(), qtbot)

    def canvas() -> QRect:
        return QRect(page.view.mapTo(window, QPoint()), page.view.size())

    before = canvas()
    bar = window.notifier.error(EditorError("It went wrong.", hint="Try again.", details="line\n" * 5))
    window.notifier.info("Second")
    qtbot.waitUntil(lambda: window.notifier.height() > 80)
    assert canvas() == before
    bar.details_button.click()
    qtbot.waitUntil(lambda: window.notifier.height() > 200)
    lies = QRect(window.notifier.mapTo(window, QPoint()), window.notifier.size())
    assert before.contains(lies)
    window.notifier.clear()
    assert not window.notifier.isVisible()


def test_fitted_document_stays_fitted_until_the_person_zooms(window: MainWindow, qtbot: QtBot):
    view = show(window, two_tasks(), qtbot).view
    qtbot.wait(20)
    window.resize(1500, 820)
    qtbot.waitUntil(lambda: _is_centred(view))
    window.resize(1100, 900)
    qtbot.waitUntil(lambda: _is_centred(view))
    view.zoom_by(0.5)
    zoom = view.zoom
    window.resize(1400, 800)
    qtbot.wait(20)
    assert view.zoom == zoom


def _is_centred(view) -> bool:
    middle = view.to_view(view.scene_bounds().center())
    return (middle - view.viewport().rect().center()).manhattanLength() < 4


def test_small_screen_leaves_room_for_the_canvas(window: MainWindow, qtbot: QtBot):
    room = window.screen().availableSize().expandedTo(window.minimumSizeHint())
    page = show(window, two_tasks(), qtbot)
    take_room(window)
    qtbot.waitUntil(lambda: window.size().boundedTo(room) == window.size())
    assert page.view.width() >= 300
    window.resize(1024, 700)
    qtbot.wait(20)
    assert page.view.width() >= 420
    assert page.view.height() >= 300


@pytest.mark.slow
@pytest.mark.parametrize("wait_for", ["nothing", "handle"])
def test_run_cancelled_at_once_is_seen_as_cancelled(window: MainWindow, qtbot: QtBot, wait_for: str):
    with qtbot.waitSignal(window.files.opened):
        window.open_sample()
    window.actions_table.run("run.run")
    record = window.running.records[0]
    if wait_for == "handle":
        qtbot.waitUntil(lambda: record.handle is not None, timeout=30_000)
    window.actions_table.run("run.cancel")
    qtbot.waitUntil(lambda: not record.is_live, timeout=30_000)
    assert record.state == "CANCELED"
    assert [bar.message for bar in window.notifier.bars] == ["“iris” was cancelled."]
    assert window.page is not None
    tasks = [each.id for each in window.page.session.document.tasks()]

    def states() -> set[str]:
        badges = record.badges()
        return {badges[each].state if each in badges else "" for each in tasks}

    qtbot.waitUntil(lambda: states() <= {"CANCELED", "SUCCEEDED", "CACHED"})
    assert "CANCELED" in states()
    assert window.running.live_run(window.session) is None


def test_tab_goes_from_value_to_value_in_the_inspector(window: MainWindow, qtbot: QtBot):
    page = show(window, pipeline(ADD, task("a", of=ADD)), qtbot)
    page.view.select((EntityId("a"),))

    def fields() -> list[ArgumentField]:
        return [each for each in window.inspector.findChildren(ArgumentField) if each.isVisible()]

    qtbot.waitUntil(lambda: len(fields()) == 2)
    first, second = (each.editor.focus_widget() for each in fields() if each.editor is not None)
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert second.hasFocus()
    field = next(each for each in window.inspector.findChildren(ArgumentField) if each.isAncestorOf(second))
    opened: list[bool] = []
    field.menu.aboutToShow.connect(lambda: (opened.append(True), QTimer.singleShot(0, field.menu.close)))
    qtbot.keyClick(second, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert opened == [True]


def test_artifact_types_are_shown_by_their_short_names(window: MainWindow, qtbot: QtBot):
    with qtbot.waitSignal(window.files.opened):
        window.open_sample()
    page = window.page
    assert page is not None
    page.view.select([each.id for each in page.session.document.tasks()][:1])
    qtbot.wait(50)
    texts = [each.text() for each in window.findChildren(QLabel)]
    assert "Name" in texts
    assert not [each for each in texts if "system." in each]
    assert why_not(MODEL, DATASET) == "The input takes Dataset, the output gives Model."


def test_far_cards_show_the_state_of_a_run_by_a_sign(window: MainWindow, qtbot: QtBot):
    view = show(window, two_tasks(), qtbot).view
    view.zoom_by(0.3 / view.zoom)
    view.centre_on(view.scene_bounds().center())
    grey = replace(view.theme, states=dict.fromkeys(view.theme.states, view.theme.text))
    view.set_theme(grey)
    card = view.card_rect(EntityId("a"))
    corner = QRect(view.to_view(card.topRight()) - QPoint(16, 8), QSize(16, 16))
    seen = []
    for state in ("SUCCEEDED", "CACHED"):
        view.set_run_states({EntityId("a"): TaskBadge(state, "")})
        view.settle()
        seen.append(view.viewport().grab(corner).toImage())
    assert seen[0] != seen[1]


def test_what_was_said_goes_when_it_is_undone_or_something_else_is_done(window: MainWindow, qtbot: QtBot):
    page = show(window, pipeline(task("a"), *placed(("a", 0, 0))), qtbot)
    page.session.do(edits.rename(page.session.document, EntityId("a"), "b"))
    window.notifier.status("Replaced; all was kept.")
    assert window.status_bar.currentMessage() == "Replaced; all was kept."
    page.session.undo_stack.undo()
    assert window.status_bar.currentMessage() == ""


def test_words_of_an_empty_canvas_come_when_it_is_seen_to_be_empty(window: MainWindow, qtbot: QtBot):
    many = [f"t{number}" for number in range(MANY_CHANGES)]
    page = show(window, pipeline(*map(task, many)), qtbot)
    session = page.session
    session.do(edits.delete(session.document, [EntityId(each) for each in many]))
    assert page.view.is_behind
    assert page.empty.isHidden()
    qtbot.waitUntil(page.empty.isVisible)
    session.undo_stack.undo()
    qtbot.waitUntil(page.empty.isHidden)
