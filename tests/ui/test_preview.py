"""The Preview tab and the canvas point at each other."""

import pytest
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from editor.model import EntityId
from editor.ui.main_window import MainWindow
from tests.builders import from_task, pipeline, task
from tests.ui.conftest import placed, show

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
A, B = EntityId("a"), EntityId("b")


@pytest.mark.parametrize(("kind", "line"), [(0, "      b:"), (1, "    step(x=a_task.output)")])
def test_lines_and_tasks_select_each_other(window: MainWindow, qtbot: QtBot, kind: int, line: str):
    document = pipeline(task("a"), task("b", x=from_task("a")), *placed(("a", 0, 0), ("b", 320, 0)))
    page = show(window, document, qtbot)
    preview = window.bottom.preview
    preview.kind.setCurrentIndex(kind)
    window.show_bottom("Preview")
    text = preview.text
    qtbot.waitUntil(lambda: line in text.toPlainText().split("\n"), timeout=60_000)
    at = text.toPlainText().split("\n").index(line)

    page.view.select((B,))
    marked = [selection.cursor.block().text() for selection in text.extraSelections()]  # pyright: ignore[reportAttributeAccessIssue]
    assert marked[0] == line
    assert text.textCursor().blockNumber() == at, "the text is scrolled to the task"

    page.view.select((A,))
    text.setTextCursor(QTextCursor(text.document().findBlockByNumber(at)))
    assert page.view.selection == {B}
    assert text.textCursor().blockNumber() == at, "the cursor stays where the person put it"
