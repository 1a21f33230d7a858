"""Enter on a task: the keyboard goes where its values are."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from editor.model import Constant, EntityId
from editor.ui.main_window import MainWindow
from tests.builders import pipeline, task, value
from tests.ui.conftest import placed, show

A = EntityId("a")


def test_enter_on_a_task_goes_to_its_first_value(window: MainWindow, qtbot: QtBot):
    page = show(window, pipeline(task("a", x=value("hello")), *placed(("a", 0, 0))), qtbot)
    window.inspector_dock.hide()
    page.view.select({A})
    page.focus_canvas()
    QTest.keyClick(page.view, Qt.Key.Key_Return)
    assert window.inspector_dock.isVisible()
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert window.inspector.isAncestorOf(field)
    assert field.text() == "hello"
    QTest.keyClicks(field, "bye")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert page.session.document.task(A).arguments == {"x": Constant("bye")}
