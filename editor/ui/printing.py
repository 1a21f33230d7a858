"""Printing the pipeline that is shown: on one page, as large as fits, in the light theme whatever the window wears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPageLayout, QPainter

from editor.errors import EditorError
from editor.model import DocumentView, EntityId
from editor.ui.theme import load

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from editor.ui.main_window import MainWindow


def ask_and_print(window: MainWindow) -> None:
    """Ask for the printer, then print the page in front."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter
    from PySide6.QtWidgets import QDialog

    page = window.page
    if page is None:
        return
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(page.session.document.root.name)
    bounds = page.view.bounds_of(list(page.view.drawn()))
    if bounds.width() > bounds.height():
        printer.setPageOrientation(QPageLayout.Orientation.Landscape)
    dialog = QPrintDialog(printer, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Print the pipeline")

    def accepted() -> None:
        try:
            print_pipeline(printer, page.session.document, page.view.scope)
        except EditorError as error:
            window.notifier.error(error)

    dialog.accepted.connect(accepted)
    QDialog.open(dialog)  # its own wants a slot by name


def print_pipeline(printer: QPrinter, document: DocumentView, scope: EntityId) -> None:
    """Draw one pipeline onto a page. Raises EditorError if the printer does not begin."""
    from PySide6.QtPrintSupport import QPrinter

    from editor.ui.canvas.render import draw

    painter = QPainter()
    if not painter.begin(printer):
        raise EditorError("The printer did not begin.", hint="Choose another one, or export a picture as PDF.")
    try:
        page = printer.pageRect(QPrinter.Unit.DevicePixel)
        draw(painter, QRectF(0, 0, page.width(), page.height()), document, scope=scope, theme=load("light"))
    finally:
        painter.end()
