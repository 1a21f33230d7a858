"""The Inspector changes the document, says what is wrong beside the field, and keeps the old value then."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import (
    ROOT,
    ArtifactType,
    Caching,
    Comparison,
    ConditionBranch,
    Constant,
    Document,
    EntityId,
    FromPipelineInput,
    FromTask,
    Loop,
    Note,
    Retry,
    TaskSettings,
    Template,
)
from editor.model.port_types import BOOLEAN, DATASET, DOUBLE, INTEGER, LIST, STRING, STRUCT
from editor.ui.main_window import MainWindow
from editor.ui.panels.inspector.execution import ExecutionPage
from editor.ui.panels.inspector.fields import ArgumentField
from editor.ui.panels.inspector.groups import GroupForm
from editor.ui.panels.inspector.kubernetes import KubernetesPage, ParameterRow
from editor.ui.panels.inspector.notes import NoteForm
from editor.ui.panels.inspector.pipeline import PipelineForm
from editor.ui.panels.inspector.several import SeveralForm
from editor.ui.panels.inspector.tabbed import Page
from editor.ui.panels.inspector.task import TaskForm
from editor.ui.values import BooleanEditor, JsonEditor, NumberEditor
from tests.builders import component, from_input, from_task, pipeline, task, value
from tests.ui.conftest import StrayWindows, placed, show

TRAIN = component(
    "train",
    {
        "data": DATASET,
        "rate": DOUBLE,
        "epochs": INTEGER,
        "tags": LIST,
        "options": STRUCT,
        "fast": BOOLEAN,
        "note": STRING,
    },
    {"score": DOUBLE},
    optional=("note",),
)
LOAD = component("load", {"url": STRING}, {"data": DATASET, "rows": INTEGER})
T, L = EntityId("train"), EntityId("load")


def document() -> Document:
    return pipeline(
        TRAIN,
        LOAD,
        task("load", of=LOAD, url=value("here")),
        task("train", of=TRAIN, data=from_task("load", "data"), rate=value(0.5), epochs=value(3)),
        *placed(("load", 0, 0), ("train", 320, 0)),
        inputs={"count": INTEGER, "place": STRING},
    )


@pytest.fixture
def form(window: MainWindow, qtbot: QtBot) -> TaskForm:
    page = show(window, document(), qtbot)
    page.view.select((T,))
    assert isinstance(window.inspector.form, TaskForm)
    page_of(window.inspector.form, "Inputs", qtbot)
    return window.inspector.form


def live(window: MainWindow) -> Document:
    assert window.session is not None
    return window.session.document


def retype(qtbot: QtBot, field: QWidget, text: str) -> None:
    assert isinstance(field, QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, text)


def editor_of(form: TaskForm | SeveralForm, name: str):
    editor = form.fields[name].editor
    assert editor is not None
    return editor


def page_of(form: TaskForm | SeveralForm, title: str, qtbot: QtBot) -> Page:
    """Go to a tab, and wait for its page."""
    titles = [form.tabs.tabText(number) for number in range(form.tabs.count())]
    form.tabs.setCurrentIndex(titles.index(title))
    page = form.page(title)
    assert isinstance(page, Page)
    qtbot.waitUntil(lambda: page.is_whole)
    return page


def execution_of(form: TaskForm | SeveralForm, qtbot: QtBot) -> ExecutionPage:
    page = page_of(form, "Execution", qtbot)
    assert isinstance(page, ExecutionPage)
    return page


def line_of(page: ExecutionPage, title: str):
    return next(line for line in page.lines if line.title.text() == title)


def kubernetes_of(form: TaskForm | SeveralForm, qtbot: QtBot) -> KubernetesPage:
    page = page_of(form, "Kubernetes", qtbot)
    assert isinstance(page, KubernetesPage)
    return page


def row_of(page: KubernetesPage, parameter: str, qtbot: QtBot) -> ParameterRow:
    """The row of the first card for a parameter, once it is built."""

    def found() -> list[ParameterRow]:
        return [each for card in page.cards for each in card.rows if each.parameter.name == parameter]

    qtbot.waitUntil(lambda: bool(found()))
    return found()[0]


def choose(field: ArgumentField, *words: str) -> None:
    """Walk the field's menu by its words."""
    field.fill_menu()
    menu = field.menu
    for number, word in enumerate(words):
        action = next(each for each in menu.actions() if each.text() == word)
        if number < len(words) - 1:
            menu = action.menu()
        else:
            action.trigger()


def test_number_is_taken_as_it_is_typed(window: MainWindow, qtbot: QtBot, form: TaskForm):
    editor = editor_of(form, "rate")
    assert isinstance(editor, NumberEditor)
    retype(qtbot, editor.field, "1e-4")
    assert live(window).task(T).arguments["rate"] == Constant(1e-4)


def test_typing_is_one_step_of_undo(window: MainWindow, qtbot: QtBot, form: TaskForm):
    editor = editor_of(form, "rate")
    retype(qtbot, editor.focus_widget(), "0.125")
    assert window.session is not None
    window.session.undo_stack.undo()
    assert live(window).task(T).arguments["rate"] == Constant(0.5)


def test_name_that_loses_the_focus_because_its_task_is_gone_says_nothing(window: MainWindow, form: TaskForm):
    form.name.field.setFocus()
    live(window).apply(edits.delete(live(window), [T]))
    form.name.field.editingFinished.emit()  # As Qt does when the form is taken away.
    assert form.name.error.text() == ""
    assert T not in live(window)


def test_wrong_number_is_said_and_the_old_value_stays(window: MainWindow, qtbot: QtBot, form: TaskForm):
    editor = editor_of(form, "epochs")
    retype(qtbot, editor.focus_widget(), "x")
    assert editor.error.isVisible()
    assert "whole number" in editor.error.text()
    assert live(window).task(T).arguments["epochs"] == Constant(3)
    retype(qtbot, editor.focus_widget(), "12")
    assert not editor.error.isVisible()
    assert live(window).task(T).arguments["epochs"] == Constant(12)


def test_whole_number_of_any_size_is_kept(window: MainWindow, qtbot: QtBot, form: TaskForm):
    retype(qtbot, editor_of(form, "epochs").focus_widget(), "123456789012345678901234567890")
    assert live(window).task(T).arguments["epochs"] == Constant(123456789012345678901234567890)


def test_arrow_keys_step_the_last_digit(window: MainWindow, qtbot: QtBot, form: TaskForm):
    field = editor_of(form, "rate").focus_widget()
    retype(qtbot, field, "0.25")
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert live(window).task(T).arguments["rate"] == Constant(0.26)


def test_switch_is_clicked(window: MainWindow, qtbot: QtBot, form: TaskForm):
    editor = editor_of(form, "fast")
    assert isinstance(editor, BooleanEditor)
    qtbot.mouseClick(editor.switch, Qt.MouseButton.LeftButton)
    assert live(window).task(T).arguments["fast"] == Constant(True)  # noqa: FBT003 the value itself


def test_json_is_edited_as_text(window: MainWindow, qtbot: QtBot, form: TaskForm):
    editor = editor_of(form, "options")
    assert isinstance(editor, JsonEditor)
    qtbot.mouseClick(editor.raw, Qt.MouseButton.LeftButton)
    editor.text.selectAll()
    qtbot.keyClicks(editor.text, '{"depth": 3}')
    assert live(window).task(T).arguments["options"] == Constant({"depth": 3})
    editor.text.selectAll()
    qtbot.keyClicks(editor.text, "[1]")
    assert "dict" in editor.error.text()
    assert live(window).task(T).arguments["options"] == Constant({"depth": 3})


def test_json_is_edited_as_a_tree(window: MainWindow, qtbot: QtBot, form: TaskForm):
    editor = editor_of(form, "tags")
    assert isinstance(editor, JsonEditor)
    editor.tree.add_entry()
    item = editor.tree.topLevelItem(0)
    assert item is not None
    item.setText(1, "red")
    assert live(window).task(T).arguments["tags"] == Constant(["red"])


def test_wire_is_shown_and_unplugged(window: MainWindow, qtbot: QtBot, form: TaskForm):
    chip = form.fields["data"].chip
    assert chip.words.toolTip() == "load.data"
    qtbot.mouseClick(chip.cross, Qt.MouseButton.LeftButton)
    assert "data" not in live(window).task(T).arguments
    qtbot.waitUntil(lambda: form.fields["data"].note.text() == "required")


def test_source_is_gone_to_by_a_click(window: MainWindow, qtbot: QtBot, form: TaskForm):
    qtbot.mouseClick(form.fields["data"].chip.words, Qt.MouseButton.LeftButton)
    assert window.page is not None
    assert window.page.view.selection == {L}


def test_menu_offers_only_what_fits(window: MainWindow, form: TaskForm):
    choose(form.fields["epochs"], "Output of a task", "load.rows")
    assert live(window).task(T).arguments["epochs"] == FromTask(L, "rows")
    choose(form.fields["epochs"], "Pipeline input", "count")
    assert live(window).task(T).arguments["epochs"] == FromPipelineInput("count")
    form.fields["rate"].fill_menu()
    outputs = next(each for each in form.fields["rate"].menu.actions() if each.text() == "Output of a task")
    assert not outputs.isEnabled()


def test_input_becomes_a_pipeline_input(window: MainWindow, form: TaskForm):
    choose(form.fields["rate"], "Make it a pipeline input")
    assert live(window).task(T).arguments["rate"] == FromPipelineInput("rate")
    assert live(window).root.inputs[-1].default == Constant(0.5)


def test_text_template_names_what_is_filled_in(window: MainWindow, qtbot: QtBot, form: TaskForm):
    choose(form.fields["note"], "Text template")
    template = form.fields["note"].template
    assert template is not None
    retype(qtbot, template.focus_widget(), "{{load.rows}} rows from {{place}}")
    assert live(window).task(T).arguments["note"] == Template(
        (FromTask(L, "rows"), " rows from ", FromPipelineInput("place"))
    )
    retype(qtbot, template.focus_widget(), "{{nobody.rows}}")
    assert "nobody" in form.fields["note"].error.text()


def test_back_to_the_default(window: MainWindow, form: TaskForm):
    choose(form.fields["rate"], "Take the value away")
    assert "rate" not in live(window).task(T).arguments


def test_name_is_taken_when_done_and_refused_in_words(window: MainWindow, qtbot: QtBot, form: TaskForm):
    retype(qtbot, form.name.field, "load")
    qtbot.keyClick(form.name.field, Qt.Key.Key_Return)
    assert live(window).task(T).name == "train"
    assert form.name.error.text()
    retype(qtbot, form.name.field, "learn")
    qtbot.keyClick(form.name.field, Qt.Key.Key_Return)
    assert live(window).task(T).name == "learn"


def test_undo_shows_in_the_fields(window: MainWindow, qtbot: QtBot, form: TaskForm):
    editor = editor_of(form, "rate")
    assert isinstance(editor, NumberEditor)
    retype(qtbot, editor.field, "0.75")
    assert window.session is not None
    window.session.undo_stack.undo()
    qtbot.waitUntil(lambda: editor.field.text() == "0.5")


def test_execution_settings_are_written(window: MainWindow, qtbot: QtBot, form: TaskForm):
    page = execution_of(form, qtbot)
    qtbot.mouseClick(line_of(page, "Caching").switch, Qt.MouseButton.LeftButton)
    retype(qtbot, line_of(page, "Retries after a failure").editor.focus_widget(), "4")
    settings = live(window).task(T).settings
    assert not settings.caching.enabled
    assert settings.retry is not None
    assert settings.retry.max_count == 4


def test_kubernetes_setting_is_added_and_filled(window: MainWindow, qtbot: QtBot, form: TaskForm):
    from editor.model.kubernetes import KUBERNETES_FUNCTIONS

    page = kubernetes_of(form, qtbot)
    page.add_function(KUBERNETES_FUNCTIONS["use_secret_as_volume"])
    row = row_of(page, "secret_name", qtbot)
    retype(qtbot, row.editor.focus_widget(), "keys")
    (setting,) = live(window).task(T).settings.kubernetes
    assert setting.function == "use_secret_as_volume"
    assert setting.arguments["secret_name"] == Constant("keys")


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


def test_no_part_of_a_form_flashes_up_as_a_window(stray_windows: StrayWindows, window: MainWindow, qtbot: QtBot):
    page = show(window, document(), qtbot)
    for selection in ((), (T,), (L,), (T, L)):
        page.view.select(selection)
        tabs = getattr(window.inspector.form, "tabs", None)
        for number in range(tabs.count() if tabs else 0):
            tabs.setCurrentIndex(number)
        qtbot.wait(10)
    assert not stray_windows.found


def test_form_and_cursor_stay_while_the_document_changes(window: MainWindow, qtbot: QtBot, form: TaskForm):
    from editor import edits

    editor = editor_of(form, "rate")
    retype(qtbot, editor.focus_widget(), "0.1")
    assert window.page is not None
    window.page.do(edits.move(live(window), {L: (8, 8)}))
    qtbot.wait(20)
    assert window.inspector.form is form
    assert editor.focus_widget().text() == "0.1"


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


def test_placeholders_of_kfp_are_text(window: MainWindow, qtbot: QtBot, form: TaskForm):
    field = form.fields["note"]
    choose(field, "Placeholder of KFP", "Name of the run")
    assert live(window).task(T).arguments["note"] == Constant("{{$.pipeline_job_name}}")
    choose(field, "Text template")
    assert field.template is not None
    retype(qtbot, field.template.focus_widget(), "{{$.pipeline_job_name}} of {{load.rows}}")
    wanted = Template(("{{$.pipeline_job_name}} of ", FromTask(L, "rows")))
    assert live(window).task(T).arguments["note"] == wanted
    choose(field, "Placeholder of KFP", "Id of the task")
    assert live(window).task(T).arguments["note"] == Template((*wanted.parts, "{{$.pipeline_task_uuid}}"))


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
