"""The window as a person uses it: documents, tabs, saving, recovering, theme, palette."""

import subprocess
import sys
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import ROOT, Edit, EntityId
from editor.storage.documents import load_document, save_document
from editor.storage.journal import Journal, journal_path
from editor.ui.crash import CrashReporter
from editor.ui.main_window import MainWindow
from editor.ui.session import Session
from tests.builders import STEP, from_task, pipeline, task, value
from tests.ui.conftest import AnsweringAsk, placed, show


def two_tasks():
    return pipeline(task("a"), task("b", x=from_task("a")), *placed(("a", 0, 0), ("b", 320, 0)))


def drop(window: MainWindow, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)


def test_empty_window_offers_ways_to_begin(window: MainWindow):
    assert window.welcome.isVisible()
    window.actions_table.run("file.new")
    assert not window.welcome.isVisible()
    assert window.page is not None
    assert window.page.empty.isVisible()


def test_empty_canvas_hint_goes_when_a_task_comes(window: MainWindow, qtbot: QtBot):
    page = window.new_document()
    assert page.empty.isVisible()
    page.do(edits.add_note(page.session.document, ROOT, "hello", x=0, y=0)[0])
    assert not page.empty.isVisible()


def test_opened_document_takes_the_place_of_an_untouched_one(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    window.new_document()
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    assert [page.session.path for page in window.pages()] == [path]
    assert window.tabs.tabText(0) == "two.pipeloom"


def test_opening_twice_shows_one_tab(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    window.open_path(path)
    assert len(window.pages()) == 1


def test_edit_marks_the_tab_and_undo_takes_the_mark_away(window: MainWindow, qtbot: QtBot):
    page = show(window, two_tasks(), qtbot)
    page.do(edits.rename(page.session.document, EntityId("a"), "load"))
    assert window.tabs.tabText(0).endswith("*")
    assert window.isWindowModified()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.session.document.task(EntityId("a")).name == "a"
    assert not window.tabs.tabText(0).endswith("*")


def test_saving_asks_for_a_name_once(window: MainWindow, qtbot: QtBot, ask: AnsweringAsk, tmp_path: Path):
    page = show(window, two_tasks(), qtbot)
    page.do(edits.rename(page.session.document, EntityId("a"), "load"))
    ask.save_path = tmp_path / "mine.pipeloom"
    window.actions_table.run("file.save")
    qtbot.waitUntil(lambda: not page.session.is_dirty)
    assert load_document(ask.save_path).task(EntityId("a")).name == "load"
    page.do(edits.rename(page.session.document, EntityId("a"), "again"))
    window.actions_table.run("file.save")
    qtbot.waitUntil(lambda: not page.session.is_dirty)
    assert load_document(ask.save_path).task(EntityId("a")).name == "again"
    assert ask.asked == ["Save the document"]


def test_edit_made_while_saving_stays_unsaved(window: MainWindow, qtbot: QtBot, ask: AnsweringAsk, tmp_path: Path):
    page = show(window, two_tasks(), qtbot)
    ask.save_path = tmp_path / "mine.pipeloom"
    window.actions_table.run("file.save")
    page.do(edits.rename(page.session.document, EntityId("a"), "later"))
    qtbot.waitUntil(lambda: page.session.path is not None)
    assert page.session.is_dirty


def test_save_into_a_folder_that_is_not_there_keeps_the_work(
    window: MainWindow, qtbot: QtBot, ask: AnsweringAsk, tmp_path: Path
):
    page = show(window, two_tasks(), qtbot)
    page.do(edits.rename(page.session.document, EntityId("a"), "load"))
    ask.save_path = tmp_path / "missing" / "mine.pipeloom"
    window.actions_table.run("file.save")
    qtbot.waitUntil(lambda: bool(window.notifier.bars))
    assert window.notifier.bars[0].kind == "error"
    assert page.session.is_dirty


@pytest.mark.parametrize(("choice", "open_after"), [("cancel", 1), ("discard", 0)])
def test_closing_a_changed_document_asks(window: MainWindow, qtbot: QtBot, ask: AnsweringAsk, choice, open_after):
    page = show(window, two_tasks(), qtbot)
    page.do(edits.rename(page.session.document, EntityId("a"), "load"))
    ask.save_choice = choice
    window.actions_table.run("file.close")
    assert len(ask.asked) == 1
    assert len(window.pages()) == open_after


def shown_and_closed(window: MainWindow, qtbot: QtBot) -> list[weakref.ref[object]]:
    """What a document consisted of that was looked at and then closed."""
    page = show(window, pipeline(task("a"), task("b", x=from_task("a"))), qtbot)
    page.view.select({EntityId("b")})
    qtbot.waitUntil(lambda: not page.session.is_validating)
    page.view.select(())
    parts: tuple[object, ...] = (page.session.document, page.session.validator, page.view.columns)
    window.closing.close(page)
    return [weakref.ref(each) for each in parts]


@pytest.mark.parametrize("is_another_open", [False, True])
def test_nothing_is_left_of_a_closed_document(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, is_another_open
):
    monkeypatch.setattr("editor.ui.files.COLLECTED_AFTER", 1)
    if is_another_open:
        show(window, pipeline(task("other")), qtbot)
    left = shown_and_closed(window, qtbot)
    qtbot.waitUntil(lambda: not any(each() for each in left))


def test_tables_of_a_closed_document_are_emptied(window: MainWindow, qtbot: QtBot):
    page = show(window, pipeline(task("a"), task("b", x=from_task("a"))), qtbot)
    session, document, columns = page.session, page.session.document, page.view.columns
    snapshot = document.snapshot()
    name = session.name
    slots, wires, view = columns.slots, columns.wires, page.view
    window.closing.close(page)
    qtbot.waitUntil(lambda: list(document.entities) == [ROOT])
    assert not slots
    assert not any(vars(each) for each in (columns, wires, view, page)), "arrays and pictures go without a collection"
    assert session.name == name
    # What a job was given stays.
    assert snapshot.task(EntityId("b")).name == "b"


def test_garbage_is_looked_for_once_for_several_closed_documents(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    collected: list[bool] = []
    monkeypatch.setattr("editor.ui.files.COLLECTED_AFTER", 2)
    monkeypatch.setattr("editor.ui.files.collect", lambda: collected.append(True))
    for times in (0, 1, 1, 2):
        page = show(window, pipeline(task("a")), qtbot)
        window.closing.close(page)
        qtbot.waitUntil(lambda page=page: not vars(page))
        qtbot.wait(50)
        assert len(collected) == times


def test_inspector_shows_nothing_once_the_last_document_is_closed(window: MainWindow, qtbot: QtBot):
    page = show(window, pipeline(task("a")), qtbot)
    qtbot.waitUntil(lambda: window.inspector.form is not None)
    window.closing.close(page)
    assert window.inspector.form is None


def test_closing_the_window_asks_and_stays_if_told_so(window: MainWindow, qtbot: QtBot, ask: AnsweringAsk):
    page = show(window, two_tasks(), qtbot)
    page.do(edits.rename(page.session.document, EntityId("a"), "load"))
    ask.save_choice = "cancel"
    assert not window.close()
    assert window.isVisible()
    assert window.pages() == [page]


def open_after_a_crash(window: MainWindow, qtbot: QtBot, path: Path) -> Session:
    """A document whose task "a" was called "precious" when the window crashed."""
    save_document(two_tasks(), path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    session = window.session
    assert session is not None
    session.do(edits.rename(session.document, EntityId("a"), "precious"))
    crashed = journal_path(path).read_bytes()
    session.undo_stack.undo()
    window.actions_table.run("file.close")
    journal_path(path).write_bytes(crashed)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    assert window.session is not None
    return window.session


def test_unsaved_edits_come_back_after_a_crash(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    session = open_after_a_crash(window, qtbot, tmp_path / "two.pipeloom")
    assert session.document.task(EntityId("a")).name == "precious"
    assert session.is_dirty
    assert "came back" in window.notifier.bars[0].message


def test_recovered_edits_that_are_dropped_come_back_by_undo(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    a = EntityId("a")
    back = open_after_a_crash(window, qtbot, tmp_path / "two.pipeloom")
    buttons = window.notifier.bars[0].findChildren(QPushButton)
    next(each for each in buttons if each.text() == "Drop them").click()
    qtbot.waitUntil(lambda: back.document.task(a).name == "a")
    assert any("is as it was saved last" in bar.message for bar in window.notifier.bars)
    window.actions_table.run("edit.undo")
    assert back.document.task(a).name == "precious"


def test_recovered_edits_survive_a_second_crash(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    session = window.session
    assert session is not None
    session.do(edits.rename(session.document, EntityId("a"), "precious"))
    crashed = journal_path(path).read_bytes()
    session.undo_stack.undo()
    window.actions_table.run("file.close")
    for _crash in range(2):
        journal_path(path).write_bytes(crashed)
        with qtbot.waitSignal(window.files.opened):
            window.open_path(path)
        crashed = journal_path(path).read_bytes()
        assert window.page is not None
        assert window.page.session.document.task(EntityId("a")).name == "precious"
        window.drop_page(window.page)


def test_what_is_edited_while_a_save_is_under_way_survives_a_crash(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    session = window.session
    assert session is not None
    session.do(edits.rename(session.document, EntityId("a"), "saved"))
    window.files.save(session)
    session.do(edits.rename(session.document, EntityId("a"), "precious"))
    qtbot.waitUntil(lambda: load_document(path).task(EntityId("a")).name == "saved" and not window.files._saving)
    assert session.is_dirty
    crashed = journal_path(path).read_bytes()
    assert window.page is not None
    window.drop_page(window.page)
    journal_path(path).write_bytes(crashed)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    assert window.session is not None
    assert window.session.document.task(EntityId("a")).name == "precious"


def test_a_document_open_elsewhere_follows_it_and_is_saved_as_a_copy(
    window: MainWindow, qtbot: QtBot, ask: AnsweringAsk, tmp_path: Path
):
    path, copy = tmp_path / "two.pipeloom", tmp_path / "copy.pipeloom"
    save_document(two_tasks(), path)
    elsewhere = Journal.for_file(path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    session, page = window.session, window.page
    assert session is not None
    assert page is not None
    assert page.view.is_read_only
    save_document(pipeline(task("a"), task("c")), path)
    qtbot.waitUntil(lambda: EntityId("c") in session.document)
    ask.save_path = copy
    window.actions_table.run("file.save")
    qtbot.waitUntil(lambda: session.path == copy)
    assert not page.view.is_read_only
    page.do(edits.rename(session.document, EntityId("a"), "mine"))
    assert session.document.task(EntityId("a")).name == "mine"
    elsewhere.discard()


def test_file_changed_by_another_program_is_reloaded(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    session = window.session
    assert session is not None
    save_document(pipeline(task("a"), task("c")), path)
    qtbot.waitUntil(lambda: EntityId("c") in session.document)
    assert not session.is_dirty


def test_file_changed_by_another_program_does_not_overwrite_own_changes(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    session = window.session
    assert session is not None
    session.do(edits.rename(session.document, EntityId("a"), "mine"))
    save_document(pipeline(task("a"), task("c")), path)
    qtbot.waitUntil(lambda: bool(window.notifier.bars))
    assert session.document.task(EntityId("a")).name == "mine"
    assert "another program" in window.notifier.bars[0].message


def test_damaged_file_is_told_and_can_be_recovered(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    path.write_bytes(path.read_bytes()[:-30])
    window.open_path(path)
    qtbot.waitUntil(lambda: bool(window.notifier.bars))
    bar = window.notifier.bars[0]
    assert "two.pipeloom" in bar.message
    assert not window.pages()
    recover = bar.buttons.itemAt(0).widget()
    with qtbot.waitSignal(window.files.opened):
        qtbot.mouseClick(recover, Qt.MouseButton.LeftButton)
    assert window.session is not None
    assert EntityId("a") in window.session.document
    assert window.session.is_dirty


def test_dropped_document_opens_and_dropped_folder_goes_to_the_library(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "hello.yaml").write_text(
        "name: Say hello\nimplementation:\n  container:\n    image: alpine\n    command: [echo, hello]\n"
    )
    with qtbot.waitSignal(window.files.opened):
        drop(window, path, folder)
    qtbot.waitUntil(lambda: any(entry.name == "Say hello" for entry in window.library.entries()))


def test_theme_switches_live(window: MainWindow, qtbot: QtBot):
    show(window, two_tasks(), qtbot)
    window.actions_table.run("view.theme-dark")
    assert window.theme.is_dark
    assert QApplication.palette().window().color().lightness() < 128
    window.actions_table.run("view.theme-light")
    assert QApplication.palette().window().color().lightness() > 128


def test_palette_finds_and_does_a_command(window: MainWindow, qtbot: QtBot):
    page = show(window, two_tasks(), qtbot)
    page.do(edits.rename(page.session.document, EntityId("a"), "load"))
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    popup = window.palette_popup
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClicks(popup.field, "undo")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert not popup.isVisible()
    assert page.session.document.task(EntityId("a")).name == "a"


def test_palette_says_what_to_do_first(window: MainWindow, qtbot: QtBot):
    popup = window.palette_popup

    def line(typed: str) -> str:
        popup.pop_up()
        popup.field.setText(typed)
        text = popup.list.item(0).text()
        popup.hide()
        return text

    assert line("distribute down").endswith("\topen a pipeline")
    page = show(window, two_tasks(), qtbot)
    assert line("distribute down").endswith("\tselect three or more")
    assert line("connect in series").endswith("\tselect two tasks or more")
    page.view.select({EntityId("a"), EntityId("b")})
    assert line("connect in series").endswith("\tCtrl+L")


@pytest.mark.parametrize(("typed", "most"), [("", 12), ("undo", 4), ("no such command", 1)])
def test_the_palette_is_as_high_as_what_it_found_in_whole_rows(window: MainWindow, typed: str, most: int):
    popup = window.palette_popup
    popup.pop_up()
    top = popup.y()
    popup.field.setText(typed)
    rows = min(popup.list.count(), 12)
    assert rows <= most
    assert popup.list.viewport().height() == rows * popup.list.sizeHintForRow(0)
    assert popup.list.geometry().bottom() < popup.height() <= popup.list.geometry().bottom() + 12
    assert popup.y() == top
    popup.hide()


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


def test_double_click_in_the_library_places_a_task(window: MainWindow, qtbot: QtBot):
    page = window.new_document()
    window.library.reload()
    qtbot.waitUntil(lambda: bool(window.library.entries()))
    panel = window.library_panel
    qtbot.keyClicks(panel.search, "greet")
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(True for _ in page.session.document.tasks()), timeout=20_000)
    names = [each.name for each in page.session.document.tasks()]
    assert names == ["greet"]
    assert not page.empty.isVisible()


def test_layout_and_recent_files_are_remembered(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(two_tasks(), path)
    with qtbot.waitSignal(window.files.opened):
        window.open_path(path)
    window.library_dock.hide()
    window.close()
    assert not window.settings.blob("window/layout").isEmpty()
    window.show()
    window.welcome.refresh()
    assert STEP.name
    from editor.storage.recent import recent_files

    assert [each.path for each in recent_files()] == [str(path)]


def test_every_tab_of_the_bottom_dock_opens_by_key(window: MainWindow, qtbot: QtBot):
    show(window, two_tasks(), qtbot)
    for number, name in enumerate(("Problems", "Runs", "Log", "Outputs")):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_1 + number), Qt.KeyboardModifier.AltModifier)
        assert window.bottom.shown_tab == name
    assert window.childAt(QPoint(5, 5)) is not None


def test_reduced_motion_reaches_the_canvas(window: MainWindow, qtbot: QtBot):
    page = show(window, two_tasks(), qtbot)
    window.set_motion("none")
    assert not page.view.gestures.glide.is_wanted
    window.set_motion("full")
    assert page.view.gestures.glide.is_wanted


def test_fault_of_ours_gives_a_report_to_copy_and_the_window_stays(window: MainWindow, qtbot: QtBot, caplog):
    page = show(window, two_tasks(), qtbot)
    reporter = CrashReporter(window)
    reporter.show(ValueError("out of cheese"))
    assert reporter.dialog is not None
    qtbot.mouseClick(reporter.dialog.copy, Qt.MouseButton.LeftButton)
    assert "out of cheese" in QApplication.clipboard().text()
    first = reporter.dialog
    reporter.show(ValueError("again"))
    assert reporter.dialog is first
    reporter.dialog.close()
    assert window.pages() == [page]
    caplog.clear()


def test_a_fault_at_an_edit_keeps_the_window_in_step_with_the_document(window: MainWindow, qtbot: QtBot, caplog):
    page = show(window, two_tasks(), qtbot)
    reporter = CrashReporter(window)

    def fail(_edit: Edit) -> None:
        page.session.document.changed.disconnect(fail)
        raise ValueError("out of cheese")

    page.session.document.changed.connect(fail, priority=2)
    reporter.install()
    try:
        page.view.select((EntityId("b"),))
        window.actions_table.run("canvas.delete")
    finally:
        reporter.remove()
    assert reporter.dialog is not None
    assert "out of cheese" in reporter.dialog.report
    reporter.dialog.close()
    assert page.view.columns.rect(EntityId("b")) is None
    assert page.session.is_dirty
    assert page.session.revision == 1
    window.actions_table.run("edit.undo")
    assert page.view.columns.rect(EntityId("b")) is not None
    assert not page.session.is_dirty
    caplog.clear()


def test_window_loads_no_sdk_and_nothing_before_it_is_needed():
    late = {"numpy", "networkx", "yaml", "sqlite3", "keyring", "httpx", "editor.ui.page", "editor.components"}
    unwanted = {"kfp", "kubernetes", "google", *late}
    code = f"import sys, editor.ui.app; print(sorted({unwanted!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_control_flow_from_the_library_is_selected_and_more_goes_into_it(window: MainWindow, qtbot: QtBot):
    page = show(window, two_tasks(), qtbot)
    window.wrap("if")
    (outer,) = page.view.selection
    assert page.session.document.node(outer).parent == ROOT
    window.wrap("loop")
    (inner,) = page.view.selection
    assert page.session.document.node(inner).parent == outer
    assert page.session.undo_stack.count() == 2


def test_a_component_from_the_library_goes_into_the_selected_group(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    (tmp_path / "hello.yaml").write_text(
        "name: Say hello\nimplementation:\n  container:\n    image: alpine\n    command: [echo, hello]\n"
    )
    window.add_to_library([tmp_path / "hello.yaml"])
    # Not one of the samples, which are there before: a Python component waits for the worker to start.
    qtbot.waitUntil(lambda: bool(window.library.search("Say hello")))
    page = show(window, two_tasks(), qtbot)
    window.wrap("loop")
    (group,) = page.view.selection
    window.place(window.library.search("Say hello")[0])
    qtbot.waitUntil(lambda: bool(page.session.document.children(group)))
    assert page.view.selection == set(page.session.document.children(group))


def test_theme_is_switched_by_one_sheet_and_no_new_style(window: MainWindow, monkeypatch: pytest.MonkeyPatch):
    styles: list[object] = []
    sheets: list[str] = []
    put_sheet = QApplication.setStyleSheet
    monkeypatch.setattr(QApplication, "setStyle", lambda _app, style: styles.append(style))
    monkeypatch.setattr(QApplication, "setStyleSheet", lambda app, sheet: (sheets.append(sheet), put_sheet(app, sheet)))
    window.set_appearance("dark")
    window.set_appearance("light")
    assert styles == [], "each would polish every widget there is"
    assert len(sheets) == 2


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
