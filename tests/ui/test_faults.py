"""A fault of ours is told, and takes neither the window nor the document with it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from editor.model import Edit, EntityId
from editor.ui.crash import CrashReporter
from editor.ui.main_window import MainWindow
from tests.ui.conftest import show, two_tasks


def test_fault_of_ours_gives_a_report_to_copy_and_the_window_stays(window: MainWindow, qtbot: QtBot, caplog):
    page = show(window, two_tasks(), qtbot)
    reporter = CrashReporter(window)
    reporter.show(ValueError("out of cheese"))
    assert reporter.dialog is not None
    qtbot.mouseClick(reporter.dialog.copy, Qt.MouseButton.LeftButton)
    assert "out of cheese" in QApplication.clipboard().text()
    first = reporter.dialog
    reporter.show(ValueError("again"))
    assert reporter.dialog is first
    reporter.dialog.close()
    assert window.pages() == [page]
    caplog.clear()


def test_a_fault_at_an_edit_keeps_the_window_in_step_with_the_document(window: MainWindow, qtbot: QtBot, caplog):
    page = show(window, two_tasks(), qtbot)
    reporter = CrashReporter(window)

    def fail(_edit: Edit) -> None:
        page.session.document.changed.disconnect(fail)
        raise ValueError("out of cheese")

    page.session.document.changed.connect(fail, priority=2)
    reporter.install()
    try:
        page.view.select((EntityId("b"),))
        window.actions_table.run("canvas.delete")
    finally:
        reporter.remove()
    assert reporter.dialog is not None
    assert "out of cheese" in reporter.dialog.report
    reporter.dialog.close()
    assert page.view.columns.rect(EntityId("b")) is None
    assert page.session.is_dirty
    assert page.session.revision == 1
    window.actions_table.run("edit.undo")
    assert page.view.columns.rect(EntityId("b")) is not None
    assert not page.session.is_dirty
    caplog.clear()
