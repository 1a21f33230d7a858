"""What a run shows beside its states: inputs, whether the pipeline moved on, its package as a document, comparisons."""

import json
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from editor import edits
from editor.compiler import CompileError
from editor.errors import EditorError
from editor.model import DocumentView, EntityId
from editor.model.digest import document_digest
from editor.runs import PACKAGE_FILE, Artifact, Run, RunEvent, new_run_id, utc_now
from editor.storage.documents import save_document
from editor.ui import run_strip
from editor.ui.dialogs.compare import CompareDialog
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from editor.ui.run_record import RunRecord
from editor.ui.starting import compare_runs, open_as_document
from tests.builders import from_task, pipeline, task
from tests.ui.conftest import placed, show

A, B = EntityId("a"), EntityId("b")
CORPUS_PACKAGE = """\
components:
  comp-step: {executorLabel: exec-step, inputDefinitions: {parameters: {x: {parameterType: STRING}}}}
deploymentSpec:
  executors:
    exec-step: {container: {image: alpine, command: [echo]}}
pipelineInfo: {name: kept}
root:
  dag:
    tasks:
      step:
        cachingOptions: {enableCache: true}
        componentRef: {name: comp-step}
        inputs: {parameters: {x: {runtimeValue: {constant: hello}}}}
        taskInfo: {name: step}
schemaVersion: 2.1.0
sdkVersion: kfp-2.17.0
"""


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> DocumentPage:
    return show(window, pipeline(task("a"), task("b", x=from_task("a")), *placed(("a", 0, 0), ("b", 320, 0))), qtbot)


def finished(window: MainWindow, page: DocumentPage | None, folder: Path, **more: object) -> RunRecord:
    """A run that has ended, as its events told it; its task `a` left the message it got."""
    document = page.session.document if page is not None else None
    run = Run(
        id=new_run_id(),
        name="test",
        created=utc_now(),
        source_map={"a": "a", "b": "b"},
        output_dir=str(folder),
        document_digest=document_digest(document) if document is not None else "",
        arguments={"rate": more.get("rate", 0.1)},
    )
    record = window.running.adopt(run, page.session if page is not None else None)
    record.is_live = False
    (folder / "a").mkdir(parents=True)
    log = folder / "a" / "log.txt"
    log.write_text("done")
    message = {
        "inputs": {
            "parameterValues": {"x": "given"},
            "artifacts": {"table": {"artifacts": [{"name": "t", "type": {"schemaTitle": "system.Dataset"}}]}},
        }
    }
    log.with_name("executor_input.json").write_text(json.dumps(message))
    metrics = Artifact(type="system.Metrics", metadata={"accuracy": more.get("accuracy", 0.9)})
    for state in (
        RunEvent(time=utc_now(), run=run.id, task=None, state="RUNNING"),
        RunEvent(
            time=utc_now(),
            run=run.id,
            task="a",
            state="SUCCEEDED",
            log=str(log),
            outputs={"out": "hello"},
            artifacts={"metrics": (metrics,)},
        ),
        RunEvent(time=utc_now(), run=run.id, task=None, state="SUCCEEDED"),
    ):
        record.snapshot.apply(state)
    window.running.changed.emit()
    return record


def test_strip_says_when_the_pipeline_moved_on_and_when_it_is_back(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path
):
    assert not page.strip.isVisible()
    finished(window, page, tmp_path / "run")
    assert page.strip.isVisible()
    assert "Succeeded" in page.strip.words.text()
    assert not page.strip.moved_on.isVisible()
    page.do(edits.move(page.session.document, {A: (64, 64)}))
    page.do(edits.rename(page.session.document, A, "load"))
    qtbot.waitUntil(page.strip.moved_on.isVisible)
    page.session.undo_stack.undo()
    qtbot.waitUntil(lambda: not page.strip.moved_on.isVisible())
    window.actions_table.run("run.clear")
    assert not page.strip.isVisible()


def test_strip_of_a_closed_tab_is_told_nothing(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    goes_on = threading.Event()

    def slow(document: DocumentView) -> str:
        goes_on.wait(5)
        return document_digest(document)

    monkeypatch.setattr(run_strip, "document_digest", slow)
    finished(window, page, tmp_path / "run")
    qtbot.waitUntil(lambda: window.jobs.count == 1)
    page.do(edits.rename(page.session.document, A, "load"))
    window.drop_page(page)
    qtbot.waitUntil(lambda: not isValid(page.strip))
    goes_on.set()
    # What is told to a strip that is gone raises in the event loop, which fails the test.
    qtbot.waitUntil(lambda: window.jobs.count == 0)
    qtbot.wait(50)


def test_strip_looks_again_after_the_next_edit_where_a_digest_could_not_be_made(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[int] = []

    def fails_once(document: DocumentView) -> str:
        asked.append(page.session.revision)
        if len(asked) == 1:
            raise EditorError("It could not be made.")
        return document_digest(document)

    monkeypatch.setattr(run_strip, "document_digest", fails_once)
    finished(window, page, tmp_path / "run")
    qtbot.waitUntil(lambda: bool(window.notifier.bars))
    window.running.changed.emit()
    qtbot.wait(2 * run_strip.LOOK_MS)
    assert len(asked) == 1, "nor is it tried, and told, again and again"
    page.do(edits.rename(page.session.document, A, "load"))
    qtbot.waitUntil(page.strip.moved_on.isVisible)


def test_selected_task_shows_what_it_was_given(window: MainWindow, page: DocumentPage, tmp_path: Path):
    finished(window, page, tmp_path / "run")
    window.show_bottom("Outputs")
    page.view.select((A,))
    texts = window.bottom.outputs.item_texts()
    assert texts[0] == ("out", "hello")
    inputs = texts[[name for name, _ in texts].index("Inputs") + 1 :]
    assert inputs == [("x", "given"), ("table", "Dataset")]
    page.view.select(())
    assert ("rate", "0.1") in window.bottom.outputs.item_texts()


def test_package_of_a_run_opens_read_only_with_the_run_on_it(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    record = finished(window, None, tmp_path / "run")
    (tmp_path / "run" / PACKAGE_FILE).write_text(CORPUS_PACKAGE)
    record.snapshot.apply(RunEvent(time=utc_now(), run=record.run.id, task="step", state="SUCCEEDED"))
    with qtbot.waitSignal(window.files.opened):
        open_as_document(window, record)
    page = window.page
    assert page is not None
    (step,) = page.session.document.tasks()
    shown = window.running.shown_on(page.session)
    assert shown is not None
    qtbot.waitUntil(lambda: step.id in shown.badges())
    assert shown.badges()[step.id].state == "SUCCEEDED"
    page.do(edits.rename(page.session.document, step.id, "other"))
    assert page.session.document.task(step.id).name == "step"
    assert not page.strip.moved_on.isVisible()
    window.new_document()
    assert page in window.pages()


def test_two_runs_are_compared_side_by_side(window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path):
    one = finished(window, page, tmp_path / "one", rate=0.1, accuracy=0.9)
    two = finished(window, page, tmp_path / "two", rate=0.2, accuracy=0.95)
    runs = window.bottom.runs
    window.show_bottom("Runs")
    runs.tree.selectAll()
    assert runs.compare.isEnabled()
    compare_runs(window, one, two)
    (dialog,) = window.findChildren(CompareDialog)
    assert ("rate", "0.1", "0.2") in dialog.rows()
    assert ("a.metrics: accuracy", "0.9", "0.95") in dialog.rows()
    assert ("a.out", "hello", "hello") in dialog.rows()
    dialog.lines.setCurrentIndex(1)
    dialog.lines.activated.emit(1)
    assert ("a.out", "hello", "hello") not in dialog.rows()
    dialog.close()


def test_refused_compile_marks_its_task_until_the_next_edit(
    window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path
):
    record = finished(window, page, tmp_path / "run")
    record.revision = page.session.revision
    window.running.fail(record, CompileError("The SDK says no.", hint="Change it.", subjects=("b",)))
    assert page.session.severities()[B] == "error"
    assert any(issue.subject == B and issue.message == "The SDK says no." for issue in page.session.issues)
    (bar,) = [each for each in window.notifier.bars if each.kind == "error"]
    next(each for each in bar.findChildren(QPushButton) if each.text() == "Show the problem").click()
    assert window.bottom.shown_tab == "Problems"
    window.next_problem()
    assert page.view.selection == {B}
    page.do(edits.move(page.session.document, {A: (64, 64)}))
    assert B in page.session.severities()
    page.do(edits.rename(page.session.document, A, "load"))
    page.session.undo_stack.undo()
    qtbot.waitUntil(lambda: not page.session.is_validating)
    assert all(issue.message != "The SDK says no." for issue in page.session.issues)


def test_file_dropped_on_the_canvas_opens(window: MainWindow, page: DocumentPage, qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "two.pipeloom"
    save_document(pipeline(task("a"), *placed(("a", 0, 0))), path)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(window.files.opened):
        assert page.view.gestures.drop(event)


def test_refusal_on_the_canvas_is_said_once(window: MainWindow, page: DocumentPage):
    page.view.refused.emit(CompileError("No.", hint="Not that."))
    assert not window.notifier.bars


def test_what_was_placed_lately_is_remembered_for_the_next_canvas(window: MainWindow, page: DocumentPage):
    quick_add = page.view.gestures.quick_add
    quick_add.recent = ["control:loop"]
    quick_add.chosen.emit(None)
    assert window.new_document().view.gestures.quick_add.recent == ["control:loop"]
