"""The pipeline that is shown, on paper."""

from pathlib import Path

import pytest
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from pytestqt.qtbot import QtBot

from editor.errors import EditorError
from editor.model import ROOT
from editor.ui.main_window import MainWindow
from editor.ui.printing import print_pipeline
from tests.builders import from_task, pipeline, task
from tests.ui.conftest import placed, show


def test_page_holds_the_picture(qtbot: QtBot, tmp_path: Path):
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    document = pipeline(
        task("first"), task("second", x=from_task("first")), *placed(("first", 0, 0), ("second", 320, 0))
    )
    print_pipeline(printer, document, ROOT)
    made = (tmp_path / "out.pdf").read_bytes()
    assert made.startswith(b"%PDF")
    assert made.count(b"/Type /Page\n") == 1
    empty = tmp_path / "empty.pdf"
    printer.setOutputFileName(str(empty))
    print_pipeline(printer, pipeline(), ROOT)
    assert len(made) > len(empty.read_bytes()) + 5000, "cards, wires and a font"


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)
def test_printer_that_does_not_begin_is_said(qtbot: QtBot, tmp_path: Path):
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "missing" / "out.pdf"))
    with pytest.raises(EditorError, match="printer"):
        print_pipeline(printer, pipeline(task("first")), ROOT)


def test_command_asks_for_the_printer(window: MainWindow, qtbot: QtBot):
    show(window, pipeline(task("first"), *placed(("first", 0, 0))), qtbot)
    window.actions_table.run("file.print")
    (dialog,) = window.findChildren(QPrintDialog)
    assert dialog.windowTitle() == "Print the pipeline"
    dialog.reject()
