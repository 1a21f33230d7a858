"""The bottom dock beside a run: what it says while there is none, what comes forward, what ticks and what goes away."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from editor import edits
from editor.compiler import CompileError
from editor.model import Change, Edit, EntityId
from editor.runs import Artifact, Run, RunEvent, new_run_id, utc_now
from editor.ui.docks import take_room
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from editor.ui.panels.bottom import TABS
from editor.ui.run_record import RunRecord
from tests.builders import COUNT, from_task, pipeline, task
from tests.ui.conftest import AnsweringAsk, placed, show

A, B = EntityId("a"), EntityId("b")


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> DocumentPage:
    return show(window, pipeline(task("a"), task("b", x=from_task("a")), *placed(("a", 0, 0), ("b", 320, 0))), qtbot)


def adopted(window: MainWindow, page: DocumentPage, folder: Path) -> RunRecord:
    """A run that has begun, whose events the test tells."""
    run = Run(id=new_run_id(), name="test", created=utc_now(), source_map={"a": "a", "b": "b"}, output_dir=str(folder))
    return window.running.adopt(run, page.session)


def tell(window: MainWindow, record: RunRecord, task: str | None, state: str, **more: object) -> None:
    event = RunEvent(time=utc_now(), run=record.run.id, task=task, state=state)  # type: ignore[arg-type]
    for name, value in more.items():
        event = type(event)(**{**{key: getattr(event, key) for key in event.__struct_fields__}, name: value})
    record.snapshot.apply(event)
    window.running.changed.emit()


def click_tab(window: MainWindow, qtbot: QtBot, name: str, *, twice: bool = False) -> None:
    bar = window.bottom.tabs.tabBar()
    at = bar.tabRect(TABS.index(name)).center()
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=at)
    qtbot.wait(1)
    if twice:
        qtbot.mouseDClick(bar, Qt.MouseButton.LeftButton, pos=at)
        qtbot.wait(1)


def outputs_words(window: MainWindow) -> str:
    outputs = window.bottom.outputs
    assert outputs.is_empty
    return outputs.empty_words


def test_outputs_say_why_there_are_none(window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path):
    window.show_bottom("Outputs")
    page.view.select((A,))
    assert "Run the pipeline" in outputs_words(window)
    record = adopted(window, page, tmp_path)
    tell(window, record, None, "RUNNING")
    assert "not begun" in outputs_words(window)
    tell(window, record, "a", "SUCCEEDED", outputs={"out": 1})
    assert not window.bottom.outputs.is_empty
    page.view.select((B,))
    record.is_live = False
    tell(window, record, None, "FAILED")
    assert "ended before" in outputs_words(window)
    window.actions_table.run("run.clear")
    assert "Runs tab" in outputs_words(window)
    other = show(window, pipeline(task("c"), *placed(("c", 0, 0))), qtbot)
    other.view.select((EntityId("c"),))
    assert "Run the pipeline" in outputs_words(window)


def test_a_task_drawn_after_the_run_is_not_said_to_have_taken_part(
    window: MainWindow, page: DocumentPage, tmp_path: Path
):
    record = adopted(window, page, tmp_path)
    record.is_live = False
    record.run = type(record.run)(id=record.run.id, name="test", source_map={"a": "a"})
    tell(window, record, "a", "SUCCEEDED")
    window.show_bottom("Outputs")
    page.view.select((B,))
    assert "not part of this run" in outputs_words(window)


def test_outputs_come_before_inputs_of_the_same_name(window: MainWindow, page: DocumentPage, tmp_path: Path):
    record = adopted(window, page, tmp_path)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "log.txt").write_text("done")
    (tmp_path / "b" / "executor_input.json").write_text('{"inputs": {"parameterValues": {"accuracy": 0.9}}}')
    tell(window, record, None, "RUNNING", outputs={"accuracy": 0.9, "rows": 3})
    plot = {"plot": (Artifact(type="system.HTML"),), "summary": (Artifact(type="system.Markdown"),)}
    tell(window, record, "b", "SUCCEEDED", log=str(tmp_path / "b" / "log.txt"), artifacts=plot, outputs={"n": 1})
    window.show_bottom("Outputs")
    outputs = window.bottom.outputs
    page.view.select(())
    outputs.list.setCurrentItem(outputs.list.topLevelItem(0))
    assert outputs.list.currentItem().text(0) == "accuracy"
    page.view.select((B,))
    assert ("accuracy", "0.9") in outputs.item_texts(), "it is an input here"
    assert outputs.list.currentItem().text(0) == "plot"
    outputs.list.setCurrentItem(outputs.list.findItems("accuracy", Qt.MatchFlag.MatchExactly)[0])
    tell(window, record, "b", "SUCCEEDED", outputs={"n": 2})
    assert outputs.list.currentItem().text(0) == "accuracy", "where the person went one stays"


def test_running_tasks_tell_the_seconds_and_only_while_they_run_and_are_seen(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path
):
    record = adopted(window, page, tmp_path)
    window.running.changed.emit()
    assert page.strip.is_ticking
    started = (datetime.now(UTC) - timedelta(seconds=65)).isoformat()
    record.snapshot.apply(RunEvent(time=started, run=record.run.id, task="a", state="RUNNING"))
    tell(window, record, "b", "PENDING")
    before = record.badges()
    assert before[A].text == "1 min 5 s"
    assert before[B].text == ""
    with qtbot.waitSignal(page.strip.ticked, timeout=2000):
        pass
    qtbot.waitUntil(lambda: record.badges()[A].text != before[A].text, timeout=4000)
    assert "1 min" in page.view._painting.badges[A].text  # pyright: ignore[reportPrivateUsage]
    show(window, pipeline(task("c")), qtbot)
    assert not page.strip.is_ticking, "the tab behind does not tick"
    window.show_session(page.session)
    assert page.strip.is_ticking
    window.hide()
    assert not page.strip.is_ticking
    window.show()
    record.is_live = False
    tell(window, record, "a", "SUCCEEDED")
    assert not page.strip.is_ticking
    assert record.badges()[A].text.startswith("1 min")


def test_what_runs_does_not_look_as_if_it_were_selected(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path
):
    record = adopted(window, page, tmp_path)
    tell(window, record, "a", "RUNNING")
    theme = page.view.theme
    for name in ("light", "dark"):
        window.set_appearance(name)  # type: ignore[arg-type]
        theme = page.view.theme
        assert theme.state("RUNNING") != theme.selection
    page.view.reset_zoom()
    page.view.settle()
    page.view.select(())

    def ring(card: EntityId) -> list[QColor]:
        """The colours along the lower edge of a card's ring."""
        page.view.settle()
        picture = page.view.viewport().grab().toImage()
        rect = page.view.card_rect(card)
        left, right = page.view.to_view(rect.bottomLeft()), page.view.to_view(rect.bottomRight())
        return [picture.pixelColor(x, left.y() + 1) for x in range(left.x() + 20, right.x() - 20)]

    def hue(color: QColor | str) -> int:
        return QColor(color).hue()

    page.view.centre_on(page.view.card_rect(A).center())
    running = ring(A)
    strong = [color for color in running if abs(hue(color) - hue(theme.state("RUNNING"))) < 8 and color.value() > 120]
    assert 0 < len(strong) < len(running), "it is dashed, in a colour of its own"
    page.view.select((A,))
    assert all(abs(hue(color) - hue(theme.selection)) < 8 for color in ring(A))


def test_runs_come_forward_once_when_a_run_begins(window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path):
    assert window.bottom.shown_tab == "Problems"
    first = adopted(window, page, tmp_path)
    assert window.bottom.shown_tab == "Runs"
    click_tab(window, qtbot, "Preview")
    tell(window, first, "a", "RUNNING")
    assert window.bottom.shown_tab == "Preview"
    adopted(window, page, tmp_path)
    assert window.bottom.shown_tab == "Preview", "the person chose it"
    click_tab(window, qtbot, "Problems")
    adopted(window, page, tmp_path)
    assert window.bottom.shown_tab == "Runs", "nobody reads 'No problems'"
    click_tab(window, qtbot, "Log")
    adopted(window, page, tmp_path)
    assert window.bottom.shown_tab == "Log"


def test_end_of_a_run_offers_its_outputs(window: MainWindow, page: DocumentPage, tmp_path: Path):
    record = adopted(window, page, tmp_path)
    tell(window, record, None, "SUCCEEDED")
    window.running._on_ended(record)  # pyright: ignore[reportPrivateUsage]
    (bar,) = window.notifier.bars
    next(each for each in bar.findChildren(QPushButton) if each.text() == "Show the outputs").click()
    assert window.bottom.shown_tab == "Outputs"


def refuse(window: MainWindow, page: DocumentPage, tmp_path: Path) -> RunRecord:
    record = adopted(window, page, tmp_path)
    record.step = "Compiling…"
    record.revision = page.session.revision
    window.running.fail(record, CompileError("'if' has no task in it.", hint="Delete it.", subjects=("b",)))
    return record


def messages(window: MainWindow) -> list[str]:
    return [bar.message for bar in window.notifier.bars]


def test_refused_run_is_said_to_have_failed(window: MainWindow, page: DocumentPage, tmp_path: Path):
    refuse(window, page, tmp_path)
    assert "Compiling" not in page.strip.words.text()
    assert "Failed" in page.strip.words.text()
    assert messages(window) == ["'if' has no task in it."]


def test_what_is_refused_for_an_error_that_is_listed_is_not_listed_twice_nor_said_to_run(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path
):
    session = page.session
    lacking = task("lacking", of=COUNT)
    page.do(Edit("Add", (Change(lacking.id, None, lacking),)))
    qtbot.waitUntil(lambda: not session.is_validating)
    listed = [issue for issue in session.issues if issue.severity == "error"]
    assert [issue.subject for issue in listed] == ["lacking"]
    window.notifier.status("Running test-pipeline…")
    record = adopted(window, page, tmp_path)
    record.revision = session.revision
    window.running.fail(record, CompileError("'lacking' needs a value for 'text'.", subjects=("lacking",)))
    assert [issue for issue in session.issues if issue.severity == "error"] == listed
    assert messages(window) == ["'lacking' needs a value for 'text'."]
    assert not window.status_bar.currentMessage()


def test_word_of_a_refusal_goes_with_what_was_refused(window: MainWindow, page: DocumentPage, tmp_path: Path):
    refuse(window, page, tmp_path)
    page.do(edits.move(page.session.document, {A: (64, 64)}))
    assert messages(window), "moving mends nothing"
    page.do(edits.delete(page.session.document, [B]))
    assert not messages(window)


def test_word_of_a_refusal_or_a_failure_goes_when_the_next_run_begins(
    window: MainWindow, page: DocumentPage, tmp_path: Path
):
    refuse(window, page, tmp_path)
    record = adopted(window, page, tmp_path)
    assert not messages(window)
    tell(window, record, "a", "FAILED")
    tell(window, record, None, "FAILED")
    window.running._on_ended(record)  # pyright: ignore[reportPrivateUsage]
    assert len(messages(window)) == 1
    adopted(window, page, tmp_path)
    assert not messages(window)


def test_dock_is_modest_and_folds_to_its_tabs(window: MainWindow, qtbot: QtBot):
    take_room(window)
    qtbot.waitUntil(lambda: window.bottom_dock.height() <= max(138, window.height() // 5 + 2))
    before = window.bottom_dock.height()
    bar = window.bottom.tabs.tabBar()
    click_tab(window, qtbot, "Problems", twice=True)
    qtbot.waitUntil(lambda: window.bottom_dock.height() <= bar.height() + 2)
    assert window.bottom.is_collapsed
    assert bar.isVisible()
    click_tab(window, qtbot, "History")
    qtbot.waitUntil(lambda: abs(window.bottom_dock.height() - before) <= 2)
    assert window.bottom.history.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert window.bottom.is_collapsed
    click_tab(window, qtbot, "Log", twice=True)
    assert not window.bottom.is_collapsed, "a double click on a folded tab shows it"
    window.bottom.collapse.click()
    window.bottom.restore()
    assert window.bottom.is_collapsed, "it is remembered"
    window.show_bottom("Outputs")
    assert window.bottom.outputs.isVisible()


def test_a_folded_dock_stays_folded_when_a_run_begins(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path
):
    window.bottom.set_collapsed(True)
    adopted(window, page, tmp_path)
    assert window.bottom.is_collapsed
    assert window.bottom.shown_tab == "Runs"


def test_undone_steps_are_dim(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    page.do(edits.rename(page.session.document, A, "first"))
    page.do(edits.rename(page.session.document, B, "second"))
    window.show_bottom("History")
    history = window.bottom.history

    def row_picture(row: int) -> QImage:
        rect = history.visualRect(history.model().index(row, 0))
        return history.viewport().grab(rect).toImage()

    history.clearSelection()
    done = row_picture(1)
    page.session.undo_stack.undo()
    page.session.undo_stack.undo()
    undone = row_picture(1)
    assert done != undone


def test_toolbar_is_read_whole_in_a_small_window(window: MainWindow, page: DocumentPage, qtbot: QtBot):
    window.resize(960, 540)
    qtbot.waitUntil(lambda: window.width() == 960)
    bar = window.run_bar
    bar.validity.setText("13,652 problems")
    window.running.changed.emit()
    QApplication.processEvents()
    for button in (bar.validity, bar.run, bar.target):
        assert button.isVisible()
        assert button.width() >= button.sizeHint().width()
        right = button.mapTo(window, button.rect().topRight()).x()
        assert 0 < right <= window.width()


def test_cache_of_local_runs_is_cleared_when_the_person_agrees(
    window: MainWindow, qtbot: QtBot, ask: AnsweringAsk, home: Path
):
    window.actions_table.run("run.clear-cache")
    qtbot.waitUntil(lambda: "The cache of local runs is empty." in messages(window))
    environment = home / "cache" / "environments" / "py3.11-abc"
    environment.mkdir(parents=True)
    (environment / "large").write_bytes(b"x" * 2_500_000)
    ask.confirmation = False
    window.actions_table.run("run.clear-cache")
    qtbot.waitUntil(lambda: ask.asked == ["Delete 2.5 MB that local runs keep?"])
    assert environment.is_dir()
    ask.confirmation = True
    window.actions_table.run("run.clear-cache")
    qtbot.waitUntil(lambda: "2.5 MB were freed." in messages(window))
    assert not environment.exists()
