"""Several tasks at once: what they have in common is shown, what differs is said, and each change is one step."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from editor.model import (
    ROOT,
    Argument,
    Caching,
    Constant,
    Document,
    EntityId,
    FromPipelineInput,
    ImporterImplementation,
    KubernetesSetting,
    Loop,
    Note,
    Resources,
    Retry,
    Task,
    TaskSettings,
)
from editor.model.edit import same
from editor.model.kubernetes import KUBERNETES_FUNCTIONS
from editor.model.port_types import DATASET, INTEGER, STRING
from editor.ui.main_window import MainWindow
from editor.ui.page import DocumentPage
from editor.ui.panels.inspector.common import STEP, Chosen
from editor.ui.panels.inspector.several import SeveralForm
from editor.ui.panels.inspector.task import TaskForm
from editor.ui.values import DIFFERENT
from tests.benchmarks.graphs import large
from tests.builders import component, from_input, from_task, pipeline, task, value
from tests.ui.conftest import placed, show
from tests.ui.test_inspector import (
    choose,
    editor_of,
    execution_of,
    kubernetes_of,
    line_of,
    live,
    page_of,
    retype,
    row_of,
)

FIT = component("fit", {"data": DATASET, "rows": INTEGER, "label": STRING}, {"data": DATASET}, optional=("label",))
CUT = component("cut", {"data": DATASET, "rows": INTEGER, "seed": INTEGER}, {"data": DATASET})
A, B, C = EntityId("a"), EntityId("b"), EntityId("c")


def secret(name: str) -> KubernetesSetting:
    arguments: dict[str, Argument] = {"secret_name": Constant(name), "mount_path": Constant("/keys")}
    return KubernetesSetting(function="use_secret_as_volume", arguments=arguments)


def document(first: TaskSettings | None = None, second: TaskSettings | None = None) -> Document:
    return pipeline(
        FIT,
        CUT,
        task("load", of=component("load", {}, {"data": DATASET})),
        component("load", {}, {"data": DATASET}),
        task("a", of=FIT, rows=value(3), label=value("x"), settings=first),
        task("b", of=CUT, rows=value(3), seed=value(1), settings=second),
        task("c", of=FIT, rows=value(4)),
        *placed(("load", -320, 0), ("a", 0, 0), ("b", 320, 0), ("c", 640, 0)),
        inputs={"count": INTEGER},
    )


def select(window: MainWindow, page: DocumentPage, qtbot: QtBot, *ids: EntityId) -> SeveralForm:
    page.view.select(ids)
    form = window.inspector.form
    assert isinstance(form, SeveralForm)
    qtbot.waitUntil(lambda: set(form.chosen.tasks) == set(ids) & {each.id for each in live(window).tasks()})
    return form


def settings_of(window: MainWindow, *ids: EntityId) -> Iterator[TaskSettings]:
    return (live(window).task(each).settings for each in ids)


def undone(window: MainWindow, before: Document) -> bool:
    """One step back brings everything back."""
    assert window.session is not None
    window.session.undo_stack.undo()
    return list(live(window).tasks()) == list(before.tasks())


def test_shared_inputs_show_the_common_value_and_say_what_differs(window: MainWindow, qtbot: QtBot):
    page = show(window, document(), qtbot)
    form = select(window, page, qtbot, A, B)
    page_of(form, "Inputs", qtbot)
    assert set(form.fields) == {"data", "rows"}
    assert editor_of(form, "rows").focus_widget().text() == "3"
    assert form.fields["data"].chip.words.toolTip() == "Nothing is connected"
    form = select(window, page, qtbot, A, C)
    qtbot.waitUntil(lambda: set(form.fields) == {"data", "rows", "label"})
    rows = editor_of(form, "rows").focus_widget()
    assert (rows.text(), rows.placeholderText()) == ("", "Different values")
    retype(qtbot, rows, "7")
    assert [live(window).task(each).arguments["rows"] for each in (A, C)] == [Constant(7)] * 2
    qtbot.waitUntil(lambda: not rows.placeholderText())
    assert rows.text() == "7"


def test_shared_input_is_fed_from_one_source_in_one_step(window: MainWindow, qtbot: QtBot):
    before = document()
    page = show(window, document(), qtbot)
    form = select(window, page, qtbot, A, B)
    page_of(form, "Inputs", qtbot)
    choose(form.fields["rows"], "Pipeline input", "count")
    assert {live(window).task(each).arguments["rows"] for each in (A, B)} == {FromPipelineInput("count")}
    assert undone(window, before)
    choose(form.fields["data"], "Output of a task", "load.data")
    assert [live(window).task(each).arguments["data"] for each in (A, B)] == [from_task("load", "data")] * 2
    assert undone(window, before)
    choose(form.fields["rows"], "Take the value away")
    assert not any("rows" in live(window).task(each).arguments for each in (A, B))


def test_what_one_of_them_refuses_changes_none(window: MainWindow, qtbot: QtBot):
    page = show(window, document(), qtbot)
    form = select(window, page, qtbot, A, B, C)
    page_of(form, "Inputs", qtbot)
    # Offered for the first of them; the second cannot feed itself.
    choose(form.fields["data"], "Output of a task", "b.data")
    assert "feed itself" in form.fields["data"].error.text()
    assert not any("data" in live(window).task(each).arguments for each in (A, B, C))


def test_execution_settings_of_several(window: MainWindow, qtbot: QtBot):
    first = TaskSettings(caching=Caching(enabled=False), retry=Retry(max_count=2), ignore_upstream_failure=True)
    before = document(first)
    page = show(window, document(first), qtbot)
    execution = execution_of(select(window, page, qtbot, A, B), qtbot)
    switch = line_of(execution, "Caching").switch
    assert switch.state is None
    retries = line_of(execution, "Retries after a failure").editor.focus_widget()
    assert (retries.text(), retries.placeholderText()) == ("", "Different values")
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert all(each.caching.enabled for each in settings_of(window, A, B))
    assert undone(window, before)
    retype(qtbot, retries, "12")
    assert [each.retry for each in settings_of(window, A, B)] == [Retry(max_count=12)] * 2
    assert undone(window, before), "typing two digits is one step"
    qtbot.mouseClick(line_of(execution, "Muted").switch, Qt.MouseButton.LeftButton)
    assert all(live(window).task(each).is_muted for each in (A, B))
    assert undone(window, before)


def test_image_and_resources_of_several(window: MainWindow, qtbot: QtBot):
    first = TaskSettings(resources=Resources(cpu_limit=Constant("2"), memory_limit=Constant("1Gi")))
    before = document(first, TaskSettings(resources=Resources(cpu_limit=Constant("2"))))
    page = show(window, document(first, TaskSettings(resources=Resources(cpu_limit=Constant("2")))), qtbot)
    execution = execution_of(select(window, page, qtbot, A, B), qtbot)
    fields = {field.feeding.title: field for field in execution.container}
    assert fields["CPU limit"].editor.focus_widget().text() == "2"
    assert fields["Memory limit"].editor.focus_widget().placeholderText() == "Different values"
    retype(qtbot, fields["Accelerator"].editor.focus_widget(), "nvidia.com/gpu")
    assert [each.resources.accelerator_type for each in settings_of(window, A, B)] == [Constant("nvidia.com/gpu")] * 2
    assert next(settings_of(window, A)).resources.memory_limit == Constant("1Gi"), "what stands beside it stays"
    assert undone(window, before)
    retype(qtbot, fields["Image"].editor.focus_widget(), "python:3.12")
    assert [each.image for each in settings_of(window, A, B)] == [Constant("python:3.12")] * 2


def test_environment_variables_of_several(window: MainWindow, qtbot: QtBot):
    settings = (
        TaskSettings(env={"MODE": "fast", "LEVEL": "1", "ONLY": "a"}),
        TaskSettings(env={"MODE": "fast", "LEVEL": "2"}),
    )
    before = document(*settings)
    page = show(window, document(*settings), qtbot)
    line = line_of(execution_of(select(window, page, qtbot, A, B), qtbot), "Environment variables")
    assert line.editor.tree.topLevelItem(0).text(0) == "MODE"
    assert set(line.others) == {"LEVEL", "ONLY"}
    line.editor.raw.click()
    line.editor.text.setPlainText('{"MODE": "slow", "NEW": "yes"}')
    first, second = settings_of(window, A, B)
    assert first.env == {"MODE": "slow", "NEW": "yes", "LEVEL": "1", "ONLY": "a"}
    assert second.env == {"MODE": "slow", "NEW": "yes", "LEVEL": "2"}
    assert undone(window, before)
    qtbot.waitUntil(lambda: "fast" in line.editor.text.toPlainText())
    line.editor.text.setPlainText("{}")
    assert [each.env for each in settings_of(window, A, B)] == [{"LEVEL": "1", "ONLY": "a"}, {"LEVEL": "2"}]
    assert undone(window, before)
    retype(qtbot, line.others["LEVEL"].field, "3")
    qtbot.keyClick(line.others["LEVEL"].field, Qt.Key.Key_Return)
    assert [each.env["LEVEL"] for each in settings_of(window, A, B)] == ["3", "3"]
    assert undone(window, before)
    qtbot.waitUntil(lambda: "ONLY" in line.others)
    line.others["ONLY"].removed.emit()
    assert next(settings_of(window, A)).env == {"MODE": "fast", "LEVEL": "1"}


def test_kubernetes_settings_of_several(window: MainWindow, qtbot: QtBot):
    timeout = KubernetesSetting(function="set_timeout", arguments={"seconds": Constant(60)})
    settings = (TaskSettings(kubernetes=(secret("one"), timeout)), TaskSettings(kubernetes=(secret("two"),)))
    before = document(*settings)
    page = show(window, document(*settings), qtbot)
    kubernetes = kubernetes_of(select(window, page, qtbot, A, B), qtbot)
    name = row_of(kubernetes, "secret_name", qtbot).editor.focus_widget()
    path = row_of(kubernetes, "mount_path", qtbot).editor.focus_widget()
    assert (name.text(), name.placeholderText()) == ("", "Different values")
    assert path.text() == "/keys"
    retype(qtbot, path, "/etc/keys")
    for each, secret_name in zip(settings_of(window, A, B), ("one", "two"), strict=True):
        assert each.kubernetes[0].arguments["mount_path"] == Constant("/etc/keys")
        assert each.kubernetes[0].arguments["secret_name"] == Constant(secret_name), "what stands beside it stays"
    assert undone(window, before)
    qtbot.waitUntil(lambda: len(kubernetes.partial) == 1)
    kubernetes.partial[0].give.click()
    assert all(each.kubernetes[-1] == timeout for each in settings_of(window, A, B))
    assert undone(window, before)
    kubernetes.partial[0].remove.click()
    assert [len(each.kubernetes) for each in settings_of(window, A, B)] == [1, 1]
    assert undone(window, before)
    kubernetes.add_function(KUBERNETES_FUNCTIONS["set_image_pull_policy"])
    assert [each.kubernetes[-1].function for each in settings_of(window, A, B)] == ["set_image_pull_policy"] * 2
    assert undone(window, before)


def test_several_are_run_after_one_task(window: MainWindow, qtbot: QtBot):
    before = document()
    page = show(window, document(), qtbot)
    line = line_of(execution_of(select(window, page, qtbot, A, B), qtbot), "Run after")
    line.menu.aboutToShow.emit()
    next(action for action in line.menu.actions() if action.text() == "load").trigger()
    assert [live(window).task(each).after for each in (A, B)] == [("load",)] * 2
    qtbot.waitUntil(lambda: len(line.chips) == 1)
    line.chips[0].unplugged.emit()
    assert not any(live(window).task(each).after for each in (A, B))
    assert window.session is not None
    window.session.undo_stack.undo()
    assert undone(window, before)


def test_importers_and_sub_pipelines_have_no_container(window: MainWindow, qtbot: QtBot):
    bring = component("bring", {"uri": STRING}, {"artifact": DATASET})
    bring = type(bring)(
        id=EntityId("bring"),
        name="bring",
        inputs=bring.inputs,
        outputs=bring.outputs,
        implementation=ImporterImplementation(artifact_type=DATASET),
    )
    page = show(window, pipeline(bring, task("a"), task("b", of=bring), *placed(("a", 0, 0), ("b", 320, 0))), qtbot)
    execution = execution_of(select(window, page, qtbot, A, B), qtbot)
    assert execution.container == []
    line_of(execution, "Caching").switch.click()
    assert not any(each.caching.enabled for each in settings_of(window, A, B))


def test_groups_and_notes_among_them_are_counted(window: MainWindow, qtbot: QtBot):
    loop = Loop(id=EntityId("each"), parent=ROOT, name="each", items=Constant([1]))
    note = Note(id=EntityId("n"), parent=ROOT, text="", x=0, y=300, width=200, height=100)
    frame = Note(id=EntityId("f"), parent=ROOT, text="", x=600, y=0, width=200, height=100, shape="frame")
    page = show(window, pipeline(task("a"), loop, note, frame, *placed(("a", 0, 0), ("each", 320, 0))), qtbot)
    form = select(window, page, qtbot, A, EntityId("each"), EntityId("n"))
    assert form.heading.text() == "1 task, 1 group, 1 note"
    page.view.select((EntityId("each"), EntityId("n")))
    assert form.heading.text() == "1 group, 1 note"
    page.view.select((EntityId("f"), EntityId("n")))
    assert form.heading.text() == "1 frame, 1 note"
    assert not form.tabs.isVisible()


def test_the_form_and_its_tab_stay_from_selection_to_selection(window: MainWindow, qtbot: QtBot):
    page = show(window, document(), qtbot)
    page.view.select((A,))
    single = window.inspector.form
    assert isinstance(single, TaskForm)
    execution_of(single, qtbot)
    form = select(window, page, qtbot, A, C)
    execution = execution_of(form, qtbot)
    assert form.tabs.currentIndex() == 1, "as the single task's was left"
    assert select(window, page, qtbot, C, A) is form
    assert form.page("Execution") is execution
    retype(qtbot, line_of(execution, "Cache key").field, "k")
    assert [each.caching.key for each in settings_of(window, A, C)] == ["k", "k"]
    select(window, page, qtbot, A, B)
    execution = execution_of(form, qtbot)
    qtbot.waitUntil(lambda: line_of(execution, "Cache key").field.placeholderText() == "Different values")


def test_common_values_are_those_a_plain_walk_finds():
    view = large(3 * STEP)
    chosen = Chosen()
    steps = sum(1 for _ in chosen.look(view, [each.id for each in view.tasks()]))
    assert steps > 3, "a long selection is looked at in steps"
    tasks = list(view.tasks())
    assert chosen.tasks == tuple(sorted(each.id for each in tasks))
    shared = {port.name for port in view.interface(tasks[0].component).inputs}
    for each in tasks:
        shared &= {port.name for port in view.interface(each.component).inputs}
    assert {port.name for port in chosen.common.inputs} == shared
    assert chosen.setting(view, "caching") == Caching()


@pytest.mark.parametrize("odd", [1.0, True])
def test_one_and_true_are_different_values(odd: object):
    items = component("items", {"x": STRING}, {})
    view = pipeline(
        items,
        Task(id=A, parent=ROOT, name="a", component=items.id, arguments={"x": Constant(1)}),
        Task(id=B, parent=ROOT, name="b", component=items.id, arguments={"x": Constant(odd)}),
        task("c", x=from_input("p")),
    )
    chosen = Chosen()
    for _ in chosen.look(view, (A, B)):
        pass
    assert chosen.argument(view, "x") not in (Constant(1), None)


@pytest.mark.parametrize("odd", [2**64, -(2**63) - 1, "half a character: \ud800", [{"deep": 2**70}]])
def test_values_that_few_formats_can_hold_are_told_apart(odd: object):
    document = pipeline(
        task("a", x=value(odd)), task("b", x=value(odd)), task("c", x=value(1)), task("d", x=value(1.0))
    )

    def fed(*names: str) -> object:
        chosen = Chosen()
        for _ in chosen.look(document, [EntityId(name) for name in names]):
            pass
        return chosen.argument(document, "x")

    assert fed("a", "b") == value(odd)
    assert fed("a", "c") is DIFFERENT
    assert fed("c", "d") is DIFFERENT
    same_again = document.task(EntityId("a"))
    assert same(same_again, replace(same_again, arguments={"x": value(odd)}))
