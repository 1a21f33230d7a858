"""The Inspector changes the document, says what is wrong beside the field, and keeps the old value then."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import (
    Constant,
    Document,
    EntityId,
    FromPipelineInput,
    FromTask,
    Template,
)
from editor.model.port_types import BOOLEAN, DATASET, DOUBLE, INTEGER, LIST, STRING, STRUCT
from editor.ui.main_window import MainWindow
from editor.ui.panels.inspector.execution import ExecutionPage
from editor.ui.panels.inspector.fields import ArgumentField
from editor.ui.panels.inspector.kubernetes import KubernetesPage, ParameterRow
from editor.ui.panels.inspector.several import SeveralForm
from editor.ui.panels.inspector.tabbed import Page
from editor.ui.panels.inspector.task import TaskForm
from editor.ui.values import BooleanEditor, JsonEditor, NumberEditor
from tests.builders import component, from_task, pipeline, task, value
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
