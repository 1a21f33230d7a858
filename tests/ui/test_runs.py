"""A run as the window follows it: states on the canvas, the list, the log, the outputs, the history."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from editor.model import EntityId
from editor.runs import Artifact, Run, RunEvent, new_run_id, utc_now
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from editor.ui.running import RunRecord
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
