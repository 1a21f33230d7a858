"""A run as the window follows it: states on the canvas, the list, the log, the outputs, the history."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from editor.model import EntityId
from editor.runs import Artifact, Run, RunEvent, new_run_id, utc_now
from editor.ui.canvas.types import TaskBadge
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from editor.ui.run_record import RunRecord
from editor.ui.starting import show_run
from tests.builders import from_task, pipeline, task
from tests.ui.conftest import placed, show

A, B = EntityId("a"), EntityId("b")


class Script:
    """A run that a test tells when to go on; what it is asked to cancel it ends."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.cancelled = threading.Event()

    def cancel(self) -> None:
        self.cancelled.set()
        self.go.set()


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> DocumentPage:
    return show(window, pipeline(task("a"), task("b", x=from_task("a")), *placed(("a", 0, 0), ("b", 320, 0))), qtbot)


def event(run: Run, task: str | None, state: str, **more: object) -> RunEvent:
    return RunEvent(time=utc_now(), run=run.id, task=task, state=state, **more)  # type: ignore[arg-type]


def start(window: MainWindow, page: DocumentPage, script: Script, log: Path) -> RunRecord:
    run = Run(id=new_run_id(), name="test", created=utc_now(), source_map={"a": "a", "b": "b"})
    record = window.running.adopt(run, page.session)

    def events() -> Iterator[object]:
        yield script
        yield event(run, None, "RUNNING")
        yield event(run, "a", "RUNNING", log=str(log))
        script.go.wait(10)
        if script.cancelled.is_set():
            yield event(run, "a", "CANCELED")
            yield event(run, None, "CANCELED")
            return
        table = log.with_name("table.csv")
        table.write_text("name,size\nsetosa,5.1\n")
        yield event(run, "a", "SUCCEEDED", outputs={"out": "hello"}, artifacts={"table": (Artifact(path=str(table)),)})
        yield event(run, "b", "FAILED", message="It broke.")
        yield event(run, None, "FAILED", message="A task failed.")

    window.running.follow(record, events)
    window.running.changed.emit()
    return record


def test_run_is_followed_from_start_to_end(window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path):
    script, log = Script(), tmp_path / "a.log"
    log.write_text("first line\n")
    record = start(window, page, script, log)
    qtbot.waitUntil(lambda: record.badges().get(A) is not None and record.badges()[A].state == "RUNNING")
    assert window.run_bar.run.text() == "Cancel"
    window.show_bottom("Log")
    page.view.select((A,))
    panel = window.bottom.log
    qtbot.waitUntil(lambda: "first line" in panel.text.toPlainText())
    with open(log, "a") as file:
        file.write("second line\n")
    qtbot.waitUntil(lambda: "second line" in panel.text.toPlainText())
    script.go.set()
    qtbot.waitUntil(lambda: not record.is_live)
    assert record.badges()[B].state == "FAILED"
    assert window.run_bar.run.text() == "Run"
    assert "It broke." in window.bottom.outputs.error.text() or page.view.selection == {A}
    window.show_bottom("Outputs")
    assert window.bottom.outputs.item_texts() == [("out", "hello"), ("table", "Artifact")]
    (bar,) = [bar for bar in window.notifier.bars if "failed" in bar.message]
    window.show_bottom("Runs")
    next(each for each in bar.findChildren(QPushButton) if each.text() == "Show the log").click()
    assert page.view.selection == {B}
    assert window.bottom.log.isVisible()


def test_cancel_reaches_the_run(window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path):
    script = Script()
    record = start(window, page, script, tmp_path / "a.log")
    qtbot.waitUntil(lambda: record.handle is not None and bool(record.badges()))
    window.actions_table.run("run.cancel")
    qtbot.waitUntil(lambda: not record.is_live)
    assert script.cancelled.is_set()
    assert record.state == "CANCELED"


def test_run_is_in_the_history_of_the_next_session(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path
):
    script = Script()
    record = start(window, page, script, tmp_path / "a.log")
    script.go.set()
    qtbot.waitUntil(lambda: not record.is_live)
    window.running.records.clear()
    window.running.load_history()
    qtbot.waitUntil(lambda: len(window.running.records) == 1)
    (earlier,) = window.running.records
    assert earlier.run.id == record.run.id
    assert earlier.state == "FAILED"
    show_run(window, earlier)
    qtbot.waitUntil(lambda: earlier.badges().get(B) is not None)
    assert earlier.badges()[B].state == "FAILED"


def test_runs_are_listed_filtered_and_shown_when_selected(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path
):
    for number in range(2):
        script = Script()
        script.go.set()
        record = start(window, page, script, tmp_path / f"{number}.log")
        qtbot.waitUntil(lambda record=record: not record.is_live)
    runs = window.bottom.runs
    window.show_bottom("Runs")
    assert len(runs.records()) == 2
    runs.tree.setCurrentIndex(runs.model.index(1, 0))
    assert window.running.shown_on(page.session) is window.running.records[1]
    runs.filter.setText("nothing like it")
    assert runs.records() == []
    runs.filter.setText("failed")
    assert len(runs.records()) == 2


def test_run_that_is_chosen_brings_its_document_to_the_front(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path
):
    script = Script()
    script.go.set()
    record = start(window, page, script, tmp_path / "a.log")
    qtbot.waitUntil(lambda: not record.is_live)
    page.session.undo_stack.setClean()
    other = show(window, pipeline(task("z"), *placed(("z", 0, 0))), qtbot)
    assert window.page is other
    runs = window.bottom.runs
    window.show_bottom("Runs")
    row = runs.tree.visualRect(runs.model.index(0, 0)).center()
    qtbot.mouseClick(runs.tree.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert window.page is page
    assert runs.tree.currentIndex().row() == 0
    assert window.running.shown_on(page.session) is record


def test_run_can_be_taken_off_the_canvas(window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path):
    script = Script()
    script.go.set()
    record = start(window, page, script, tmp_path / "a.log")
    qtbot.waitUntil(lambda: not record.is_live)
    window.actions_table.run("run.clear")
    assert window.running.shown_on(page.session) is None


def test_pipeline_that_cannot_compile_says_so(window: MainWindow, qtbot: QtBot):
    window.new_document()
    window.actions_table.run("run.run")
    qtbot.waitUntil(lambda: any(bar.kind == "error" for bar in window.notifier.bars), timeout=30_000)
    assert window.running.records[0].state == "FAILED"


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_container_free_pipeline_runs_here_for_real(window: MainWindow, qtbot: QtBot):
    """The whole way: library, canvas, F5, states, outputs. The component's environment is made by uv."""
    page = window.new_document()
    window.library.reload()
    qtbot.waitUntil(lambda: bool(window.library.search("add")))
    window.place(window.library.search("add")[0])
    qtbot.waitUntil(lambda: any(True for _ in page.session.document.tasks()), timeout=60_000)
    (added,) = page.session.document.tasks()
    for port in page.session.document.interface(added.component).inputs:
        from editor import edits

        page.do(edits.set_constant(page.session.document, added.id, port.name, 2))
    window.actions_table.run("run.run")
    record = window.running.records[0]
    qtbot.waitUntil(lambda: not record.is_live, timeout=200_000)
    assert record.state == "SUCCEEDED", [bar.message + bar.details for bar in window.notifier.bars]
    page.view.select((added.id,))
    window.show_bottom("Outputs")
    assert window.bottom.outputs.item_texts()[0][1] in ("4", "4.0")


def told(window: MainWindow, record: RunRecord, *events: RunEvent) -> None:
    """Tell events as the run's own thread does, and wait until the window has drawn them."""
    for each in events:
        window.running._on_value(record, each)  # pyright: ignore[reportPrivateUsage]


def test_events_of_tasks_cost_what_they_change(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    record = window.running.adopt(
        Run(id=new_run_id(), name="test", created=utc_now(), source_map={"a": "a", "b": "b"}), page.session
    )
    with qtbot.waitSignal(window.running.changed):
        told(window, record, event(record.run, None, "RUNNING"), event(record.run, "a", "PENDING"))
    assert page.view.run_state_of(A) == "PENDING"
    marked: list[set[EntityId]] = []
    mark = page.view.mark_run_states

    def note(states: dict[EntityId, TaskBadge]) -> None:
        marked.append(set(states))
        mark(states)

    monkeypatch.setattr(page.view, "mark_run_states", note)
    whole: list[object] = []
    monkeypatch.setattr(page.view, "set_run_states", whole.append)
    window.running.changed.connect(lambda: whole.append("changed"))
    with qtbot.waitSignal(window.running.progressed):
        for state in ("RUNNING", "SUCCEEDED"):
            told(window, record, event(record.run, "b", state))
    assert (marked, whole) == ([{B}], []), "two events, one look, at one task"
    assert (page.view.run_state_of(A), page.view.run_state_of(B)) == ("PENDING", "SUCCEEDED")
    with qtbot.waitSignal(window.running.changed):
        told(window, record, event(record.run, None, "RUNNING", message="Going on."))


def test_states_of_a_run_are_the_same_in_a_view_beside_and_after_another_run(
    window: MainWindow, page: DocumentPage, qtbot: QtBot
):
    one, two = (
        window.running.adopt(
            Run(id=new_run_id(), name=name, created=utc_now(), source_map={"a": "a", "b": "b"}), page.session
        )
        for name in ("one", "two")
    )
    beside = window.show_session(page.session, another_view=True)
    for record, state in ((one, "FAILED"), (two, "RUNNING")):
        told(window, record, event(record.run, "a", state))
    window.running.changed.emit()
    assert {view.view.run_state_of(A) for view in (page, beside)} == {"RUNNING"}
    window.running.show_on(page.session, one)
    assert {view.view.run_state_of(A) for view in (page, beside)} == {"FAILED"}
    with qtbot.waitSignal(window.running.progressed):
        told(window, one, event(one.run, "b", "CACHED"))
    assert {view.view.run_state_of(B) for view in (page, beside)} == {"CACHED"}
    window.running.show_on(page.session, two)
    assert {view.view.run_state_of(B) for view in (page, beside)} == {""}
    window.running.show_on(page.session, None)
    assert {view.view.run_state_of(A) for view in (page, beside)} == {""}


def test_cancelled_before_it_was_compiled_all_its_tasks_are_cancelled(
    window: MainWindow, page: DocumentPage, qtbot: QtBot
):
    record = window.running.start_here(page.session, {})
    window.running.cancel(record)
    qtbot.waitUntil(lambda: page.view.run_state_of(A) == "CANCELED")
    assert page.view.run_state_of(B) == "CANCELED"


def test_log_is_followed_only_where_it_is_seen(window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path):
    log = tmp_path / "a.log"
    log.write_text("first line\n")
    record = start(window, page, Script(), log)
    qtbot.waitUntil(lambda: A in record.badges())
    page.view.select((A,))
    panel = window.bottom.log
    window.show_bottom("Log")
    qtbot.waitUntil(lambda: "first line" in panel.text.toPlainText())
    window.show_bottom("Runs")
    with log.open("a") as file:
        file.write("second line\n")
    qtbot.wait(400)
    assert "second line" not in panel.text.toPlainText()
    window.show_bottom("Log")
    qtbot.waitUntil(lambda: "second line" in panel.text.toPlainText())
    window.running.cancel(record)
    qtbot.waitUntil(lambda: not record.is_live)


def test_logs_and_values_of_megabytes_are_shown_as_far_as_one_reads(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path
):
    log = tmp_path / "a.log"
    log.write_text("begin " + "x" * 300_000 + "\nshort\n" + "y" * 300_000 + " end")
    record = window.running.adopt(
        Run(id=new_run_id(), name="test", created=utc_now(), source_map={"a": "a", "b": "b"}), page.session
    )
    value = "v" * 100_000
    told(window, record, event(record.run, "a", "SUCCEEDED", log=str(log), outputs={"out": value}))
    page.view.select((A,))
    window.show_bottom("Log")
    panel = window.bottom.log
    qtbot.waitUntil(lambda: panel.text.toPlainText().endswith(" end"))
    text = panel.text.toPlainText()
    assert text.replace("\n", "") == log.read_text().replace("\n", "")
    assert "\nshort\n" in text
    assert max(map(len, text.split("\n"))) == 4000
    window.show_bottom("Outputs")
    ((_name, shown), *_more) = window.bottom.outputs.item_texts()
    assert len(shown) <= 400
    labels = window.bottom.outputs.findChildren(QLabel)
    assert any(each.text() == "95,000 more characters" for each in labels)
