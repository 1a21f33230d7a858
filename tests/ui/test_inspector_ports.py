"""What a pipeline takes and gives, and what an importer brings in, as the Inspector edits it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from editor.model import (
    ROOT,
    ArtifactType,
    Component,
    Constant,
    Document,
    EntityId,
    FromTask,
    ImporterImplementation,
    Input,
    Output,
    ParameterType,
    Pipeline,
    PipelineOutput,
    with_digest_id,
)
from editor.model.port_types import ARTIFACT, DATASET, STRING
from editor.ui.main_window import MainWindow
from editor.ui.panels.inspector.importer import ImporterPage
from editor.ui.panels.inspector.pipeline import PipelineForm
from editor.ui.panels.inspector.ports import DEFAULT, GIVEN, LEFT_OUT, InputCard
from editor.ui.panels.inspector.task import TaskForm
from editor.ui.panels.inspector.types import OTHER
from tests.builders import from_task, pipeline, task
from tests.ui.conftest import placed, show

IMPORTER = with_digest_id(
    Component(
        id=EntityId(""),
        name="importer",
        inputs=(Input(name="uri", type=STRING),),
        outputs=(Output(name="artifact", type=ARTIFACT),),
        implementation=ImporterImplementation(artifact_type=ARTIFACT),
    )
)


def live(window: MainWindow) -> Document:
    assert window.session is not None
    return window.session.document


def choose(box: QComboBox, words: str) -> None:
    number = box.findText(words)
    assert number >= 0
    box.setCurrentIndex(number)
    box.activated.emit(number)


def write(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


@pytest.fixture
def form(window: MainWindow, qtbot: QtBot) -> PipelineForm:
    show(window, pipeline(task("a"), *placed(("a", 0, 0)), inputs={"mode": STRING}), qtbot)
    form = window.inspector.form
    assert isinstance(form, PipelineForm)
    form.tabs.setCurrentIndex(1)
    return form


def rebuilt(form: PipelineForm, qtbot: QtBot, before: InputCard) -> InputCard:
    """The card that takes the place of one, its rows being others now."""
    qtbot.waitUntil(lambda: form.cards[0] is not before)
    return form.cards[0]


def test_input_with_a_choice_takes_one_of_it(window: MainWindow, qtbot: QtBot, form: PipelineForm):
    first = form.cards[0]
    choose(first.need, DEFAULT)
    made = rebuilt(form, qtbot, first)
    assert live(window).root.inputs[0].default == Constant("")
    assert made.choices is not None
    write(qtbot, made.choices, "low, high")
    port = live(window).root.inputs[0]
    assert port.type == ParameterType(kind="STRING", literals=("low", "high"))
    assert port.default == Constant("low"), "a default outside the choice would be refused"


def test_whole_numbers_to_choose_from_are_whole(window: MainWindow, qtbot: QtBot, form: PipelineForm):
    first = form.cards[0]
    choose(first.type.box, "NUMBER_INTEGER")
    made = rebuilt(form, qtbot, first)
    assert made.choices is not None
    write(qtbot, made.choices, "1, two")
    assert made.error.isVisibleTo(made)
    write(qtbot, made.choices, "1, 2")
    assert live(window).root.inputs[0].type == ParameterType(kind="NUMBER_INTEGER", literals=(1, 2))


def test_input_may_be_left_out(window: MainWindow, qtbot: QtBot, form: PipelineForm):
    first = form.cards[0]
    choose(first.need, LEFT_OUT)
    assert live(window).root.inputs[0].is_optional
    choose(rebuilt(form, qtbot, first).need, GIVEN)
    assert live(window).root.inputs[0].is_required


def test_input_is_a_list_of_artifacts_of_any_schema(window: MainWindow, qtbot: QtBot, form: PipelineForm):
    first = form.cards[0]
    choose(first.type.box, "Dataset")
    second = rebuilt(form, qtbot, first)
    second.type.is_list.click()
    assert live(window).root.inputs[0].type == ArtifactType(schema_title="system.Dataset", is_list=True)
    chooser = rebuilt(form, qtbot, second).type
    choose(chooser.box, OTHER)
    write(qtbot, chooser.schema, "VertexModel")
    assert chooser.error.isVisibleTo(chooser.more)
    write(qtbot, chooser.schema, "google.VertexModel@1.2.0")
    assert live(window).root.inputs[0].type == ArtifactType(
        schema_title="google.VertexModel", schema_version="1.2.0", is_list=True
    )


def test_output_is_renamed_and_described(window: MainWindow, qtbot: QtBot):
    inner = Pipeline(
        id=EntityId("p"),
        name="inner",
        outputs=(PipelineOutput(name="first", type=STRING, source=FromTask(EntityId("in"), "out")),),
    )
    document = pipeline(
        inner,
        task("in", parent="p"),
        task("use", of=inner),
        task("then", x=from_task("use", "first")),
        *placed(("in", 0, 0), ("use", 0, 0), ("then", 320, 0)),
    )
    page = show(window, document, qtbot)
    page.view.set_scope(EntityId("p"))
    form = window.inspector.form
    assert isinstance(form, PipelineForm)
    form.tabs.setCurrentIndex(2)
    write(qtbot, form.output_cards[0].name, "best")
    assert live(window).pipeline(EntityId("p")).outputs[0].name == "best"
    assert live(window).task(EntityId("then")).arguments["x"] == FromTask(EntityId("use"), "best")
    qtbot.waitUntil(lambda: form.output_cards[0].port.name == "best")
    qtbot.keyClicks(form.output_cards[0].description, "of all")
    assert live(window).pipeline(EntityId("p")).outputs[0].description == "of all"
    page.session.undo_stack.undo()
    assert live(window).pipeline(EntityId("p")).outputs[0].description == "", "typing is one step"


def test_importer_is_edited(window: MainWindow, qtbot: QtBot):
    document = pipeline(IMPORTER, task("in", of=IMPORTER), *placed(("in", 0, 0)))
    page = show(window, document, qtbot)
    page.view.select((EntityId("in"),))
    form = window.inspector.form
    assert isinstance(form, TaskForm)
    assert form.tabs.tabText(3) == "Importer"
    form.tabs.setCurrentIndex(3)
    importer = form.page("Importer")
    assert isinstance(importer, ImporterPage)
    choose(importer.type.box, "Dataset")
    assert live(window).interface(live(window).task(EntityId("in")).component).outputs[0].type == DATASET
    qtbot.waitUntil(lambda: window.inspector.form is not form)
    form = window.inspector.form
    assert isinstance(form, TaskForm)
    importer = form.page("Importer")
    assert isinstance(importer, ImporterPage), "the tab stays the one that was open"
    importer.switches[0].switch.click()
    importer.metadata.editor.raw.click()
    importer.metadata.editor.text.setPlainText('{"by": "{{owner}}"}')
    qtbot.waitUntil(lambda: window.inspector.form is not form)
    form = window.inspector.form
    assert isinstance(form, TaskForm)
    form.tabs.setCurrentIndex(0)
    qtbot.waitUntil(lambda: set(form.fields) == {"uri", "owner"})
    component = live(window).component(live(window).task(EntityId("in")).component)
    assert component.implementation == ImporterImplementation(
        artifact_type=DATASET, reimport=True, metadata={"by": "{{$.inputs.parameters['owner']}}"}
    )
    assert page.session.undo_stack.count() == 3
    assert live(window).root.id == ROOT
