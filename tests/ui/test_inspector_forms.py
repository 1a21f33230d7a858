"""The forms for several tasks, pipelines, groups and notes."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import (
    ROOT,
    ArtifactType,
    Caching,
    Comparison,
    ConditionBranch,
    Constant,
    EntityId,
    FromPipelineInput,
    FromTask,
    Loop,
    Note,
    Retry,
    TaskSettings,
)
from editor.model.port_types import INTEGER, LIST, STRING
from editor.ui.main_window import MainWindow
from editor.ui.panels.inspector.groups import GroupForm
from editor.ui.panels.inspector.notes import NoteForm
from editor.ui.panels.inspector.pipeline import PipelineForm
from editor.ui.panels.inspector.several import SeveralForm
from tests.builders import from_input, pipeline, task
from tests.ui.conftest import placed, show
from tests.ui.test_inspector import (
    choose,
    editor_of,
    execution_of,
    line_of,
    live,
    page_of,
    retype,
)


def test_several_tasks_are_changed_in_one_step(window: MainWindow, qtbot: QtBot):
    page = show(window, pipeline(task("a"), task("b"), *placed(("a", 0, 0), ("b", 320, 0))), qtbot)
    page.view.select((EntityId("a"), EntityId("b")))
    form = window.inspector.form
    assert isinstance(form, SeveralForm)
    page_of(form, "Inputs", qtbot)
    retype(qtbot, editor_of(form, "x").focus_widget(), "hello")
    assert [each.arguments["x"] for each in live(window).tasks()] == [Constant("hello")] * 2
    page.session.undo_stack.undo()
    assert all(not each.arguments for each in live(window).tasks())


def test_pipeline_inputs_are_added_renamed_typed_and_removed(window: MainWindow, qtbot: QtBot):
    show(window, pipeline(task("a", x=from_input("place")), *placed(("a", 0, 0)), inputs={"place": STRING}), qtbot)
    form = window.inspector.form
    assert isinstance(form, PipelineForm)
    form.tabs.setCurrentIndex(1)
    retype(qtbot, form.cards[0].name, "where")
    qtbot.keyClick(form.cards[0].name, Qt.Key.Key_Return)
    assert live(window).root.inputs[0].name == "where"
    assert live(window).task(EntityId("a")).arguments["x"] == FromPipelineInput("where")
    form.add_input()
    qtbot.waitUntil(lambda: len(form.cards) == 2)
    box = form.cards[1].type.box
    number = box.findText("NUMBER_INTEGER")
    box.setCurrentIndex(number)
    box.activated.emit(number)
    assert live(window).root.inputs[1].type == INTEGER
    retype(qtbot, form.cards[0].name, "not a name")
    qtbot.keyClick(form.cards[0].name, Qt.Key.Key_Return)
    assert form.cards[0].error.text()
    assert live(window).root.inputs[0].name == "where"


def test_condition_is_edited(window: MainWindow, qtbot: QtBot):
    branch = ConditionBranch(
        id=EntityId("if"),
        parent=ROOT,
        name="if-good",
        test=Comparison(FromTask(EntityId("a"), "out"), "==", Constant("x")),
    )
    page = show(window, pipeline(task("a"), branch, task("b", parent="if"), *placed(("a", 0, 0), ("b", 320, 0))), qtbot)
    page.view.select((EntityId("if"),))
    form = window.inspector.form
    assert isinstance(form, GroupForm)
    right = form.fields[1].editor
    assert right is not None
    retype(qtbot, right.focus_widget(), "good")
    test = live(window).group(EntityId("if")).test
    assert test == Comparison(FromTask(EntityId("a"), "out"), "==", Constant("good"))


def test_loop_is_edited(window: MainWindow, qtbot: QtBot):
    loop = Loop(id=EntityId("each"), parent=ROOT, name="each", items=Constant([1, 2]))
    page = show(window, pipeline(loop, task("b", parent="each"), *placed(("b", 0, 0))), qtbot)
    page.view.select((EntityId("each"),))
    form = window.inspector.form
    assert isinstance(form, GroupForm)
    line = next(line for line in form.lines if line.title.text() == "At most at a time")
    retype(qtbot, line.editor.focus_widget(), "2")
    assert live(window).group(EntityId("each")).parallelism == 2


def test_note_is_edited(window: MainWindow, qtbot: QtBot):
    note = Note(id=EntityId("n"), parent=ROOT, text="old", x=0, y=0, width=200, height=100)
    page = show(window, pipeline(note), qtbot)
    page.view.select((EntityId("n"),))
    form = window.inspector.form
    assert isinstance(form, NoteForm)
    area = form.lines[0].field
    area.selectAll()
    qtbot.keyClicks(area, "new words")
    assert live(window).get(EntityId("n")).text == "new words"


def test_notes_are_coloured_in_one_step_from_form_and_palette(window: MainWindow, qtbot: QtBot):
    first, second = (
        Note(id=EntityId(name), parent=ROOT, text="", x=x, y=0, width=200, height=100, color=color)
        for name, x, color in (("n", 0, "pink"), ("m", 300, "blue"))
    )
    page = show(window, pipeline(first, second), qtbot)
    page.view.select((first.id,))
    form = window.inspector.form
    assert isinstance(form, NoteForm)
    box = form.lines[1].box
    assert box.currentText() == "Yellow", "a name that no theme has is drawn as none"
    assert not box.itemIcon(0).isNull()
    page.view.select((first.id, second.id))
    several = window.inspector.form
    assert isinstance(several, SeveralForm)
    qtbot.waitUntil(lambda: several.color is not None)
    assert several.color is not None
    assert several.color.box.placeholderText() == "Different values"
    several.color.box.activated.emit(several.color.box.findData("red"))
    assert [getattr(live(window).get(each.id), "color", "") for each in (first, second)] == ["red", "red"]
    page.session.undo_stack.undo()
    assert [getattr(live(window).get(each.id), "color", "") for each in (first, second)] == ["pink", "blue"]
    window.actions_table.run("canvas.color-green")
    assert [getattr(live(window).get(each.id), "color", "") for each in (first, second)] == ["green", "green"]
    assert window.actions_table["canvas.color-green"].isChecked()


def test_what_stands_beside_a_shared_setting_stays_each_tasks_own(window: MainWindow, qtbot: QtBot):
    own = TaskSettings(caching=Caching(key="mine"), retry=Retry(max_count=1, backoff_factor=3.0))
    page = show(window, pipeline(task("a"), task("b", settings=own), *placed(("a", 0, 0), ("b", 320, 0))), qtbot)
    page.view.select((EntityId("a"), EntityId("b")))
    form = window.inspector.form
    assert isinstance(form, SeveralForm)
    execution = execution_of(form, qtbot)
    line_of(execution, "Caching").switch.click()
    retype(qtbot, line_of(execution, "Retries after a failure").editor.focus_widget(), "4")
    cpu = next(field for field in execution.container if field.feeding.title == "CPU limit").editor
    assert cpu is not None
    retype(qtbot, cpu.focus_widget(), "2")
    first, second = (live(window).task(EntityId(name)).settings for name in "ab")
    assert (first.caching, second.caching) == (Caching(enabled=False), Caching(enabled=False, key="mine"))
    assert (first.retry, second.retry) == (Retry(max_count=4), Retry(max_count=4, backoff_factor=3.0))
    assert first.resources.cpu_limit == second.resources.cpu_limit == Constant("2")


def test_loop_runs_over_inputs_of_both_kinds_and_its_items_have_a_type(window: MainWindow, qtbot: QtBot):
    loop = Loop(id=EntityId("each"), parent=ROOT, name="each", items=Constant([1, 2]))
    datasets = ArtifactType(schema_title="system.Dataset", is_list=True)
    inputs = {"rows": LIST, "many": datasets, "name": STRING}
    page = show(window, pipeline(loop, task("b", parent="each"), *placed(("b", 0, 0)), inputs=inputs), qtbot)
    page.view.select((EntityId("each"),))
    form = window.inspector.form
    assert isinstance(form, GroupForm)
    field = form.fields[0]
    assert list(field.feeding.inputs(live(window))) == ["rows", "many"]
    choose(field, "Pipeline input", "rows")
    qtbot.waitUntil(lambda: window.inspector.form is not form)
    form = window.inspector.form
    lines = {line.title.text(): line for line in form.lines}
    box = lines["Type of an item"].box
    box.setCurrentIndex(box.findData("NUMBER_INTEGER"))
    box.activated.emit(box.currentIndex())
    qtbot.keyClicks(lines["Display name"].field, "Each row")
    made = live(window).group(EntityId("each"))
    assert (made.items, made.item_kind, made.display_name) == (FromPipelineInput("rows"), "NUMBER_INTEGER", "Each row")


def test_pipeline_counts_what_is_there_now(window: MainWindow, qtbot: QtBot):
    page = show(window, pipeline(task("a"), task("b")), qtbot)
    page.view.select(())

    def words() -> list[str]:
        return [each.text() for each in window.inspector.findChildren(QLabel) if "task" in each.text()]

    qtbot.waitUntil(lambda: any(each.startswith("2 tasks and groups") for each in words()))
    page.do(edits.delete(page.session.document, [EntityId("a"), EntityId("b")]))
    qtbot.waitUntil(lambda: "No tasks yet." in words())


def test_the_form_of_a_large_document_comes_after_its_canvas(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    first = show(window, pipeline(task("a")), qtbot)
    form = window.inspector.form
    monkeypatch.setattr("editor.ui.panels.inspector.panel.LARGE", 0)
    page = window.show_session(window.files.adopt(pipeline(task("b")), None))
    assert window.inspector.form is None, "that of the other document is not shown for this one"
    assert form is not None
    assert not form.isVisible()
    qtbot.waitUntil(lambda: isinstance(window.inspector.form, PipelineForm))
    assert window.inspector.form.desk.document is page.session.document
    window.show_session(first.session)
    qtbot.waitUntil(lambda: isinstance(window.inspector.form, PipelineForm))
    assert window.inspector.form.desk.document is first.session.document


def test_what_runs_have_of_a_pipeline_is_built_when_it_is_seen(window: MainWindow, qtbot: QtBot):
    show(window, pipeline(task("a")), qtbot)
    form = window.inspector.form
    assert isinstance(form, PipelineForm)
    assert "Pipeline root" not in [line.title.text() for line in form.lines]
    form.tabs.setCurrentIndex(3)
    field = line_of(form, "Pipeline root").field
    qtbot.keyClicks(field, "s3://kept")
    assert live(window).root.pipeline_root == "s3://kept"
    form.tabs.setCurrentIndex(0)
    form.tabs.setCurrentIndex(3)
    assert [line.title.text() for line in form.lines].count("Pipeline root") == 1
