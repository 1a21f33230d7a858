"""What is taken from the Components dock goes into the document."""

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from editor.model import ROOT
from editor.ui.main_window import MainWindow
from tests.ui.conftest import show, two_tasks


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
