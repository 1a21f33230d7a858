"""The whole canvas as a picture: PNG, SVG or PDF files, or any painter (a printer's). Needs no window, no display."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PySide6.QtCore import QIODevice, QMarginsF, QRectF, QSaveFile, QSize, QSizeF
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)
from PySide6.QtSvg import QSvgGenerator

from editor.errors import EditorError
from editor.model import ROOT, DocumentView, EntityId
from editor.ui import theme as themes
from editor.ui.canvas.columns import Columns
from editor.ui.canvas.painting import Painting
from editor.ui.canvas.sprites import Sprites

MARGIN = 40.0
ENDINGS = (".png", ".svg", ".pdf")
MOST_PIXELS = 200_000_000
"""A larger picture is drawn at a smaller scale: 800 MB of memory is as much as an export may take."""
MOST_SIDE = 32_000
LEAST_SIZE = QSizeF(640, 400)
"""Of the picture of an empty pipeline."""
POINTS_PER_PIXEL = 0.75

_application: QGuiApplication | None = None


def render(
    document: DocumentView,
    path: Path,
    *,
    scope: EntityId = ROOT,
    theme: str = "light",
    scale: float = 2.0,
) -> None:
    """Write the picture of one pipeline; the ending of `path` chooses the format.

    `scale` is device pixels for each logical pixel; in SVG and PDF it is the size at which the drawing is shown.
    Raises EditorError if the ending is another, the scale is not positive, or the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise EditorError(
            f"A picture cannot be written as '{path.name}'.", hint="Let the name end in .png, .svg or .pdf."
        )
    if not 0 < scale <= 16:
        raise EditorError(f"The scale {scale:g} is not possible.", hint="Give a number above 0 and up to 16.")
    _ensure_application()
    columns = Columns(document, scope)
    look = themes.load(theme)
    bounds = bounds_of(columns)
    # Qt's writers report a full disk to nobody: the picture is drawn into memory or a save file, whose commit tells.
    target = QSaveFile(str(path))
    if not target.open(QIODevice.OpenModeFlag.WriteOnly):
        raise _cannot_write(path, target)
    match ending:
        case ".png":
            _draw_png(target, columns, look, bounds, scale)
        case ".svg":
            _draw_svg(target, columns, look, bounds, scale, document.pipeline(scope).name)
        case _:
            _draw_pdf(target, columns, look, bounds, scale, document.pipeline(scope).name)
    if not target.commit():
        raise _cannot_write(path, target)


def draw(painter: QPainter, target: QRectF, document: DocumentView, *, scope: EntityId, theme: themes.Theme) -> None:
    """Draw one pipeline into a rectangle of any painter, as large as fits, centred: for printing and previews."""
    columns = Columns(document, scope)
    bounds = bounds_of(columns)
    share = min(target.width() / bounds.width(), target.height() / bounds.height())
    painter.save()
    try:
        painter.translate(target.center())
        painter.scale(share, share)
        painter.translate(-bounds.center())
        _paint(painter, columns, theme, bounds)
    finally:
        painter.restore()


def bounds_of(columns: Columns) -> QRectF:
    """The part of the scene that a picture shows: everything, and a margin."""
    extent = columns.extent()
    if extent is None:
        return QRectF(0, 0, LEAST_SIZE.width(), LEAST_SIZE.height())
    # Wires may reach out of the boxes they join: loops' curves, and those led round others.
    wires = columns.wires
    rows = np.flatnonzero(wires.is_drawn[: wires.count])
    columns.lead(rows)
    drawn = wires.bounds[rows]
    bounds = QRectF(*extent)
    if len(drawn):
        left, top = drawn[:, :2].min(axis=0).tolist()
        right, bottom = drawn[:, 2:].max(axis=0).tolist()
        bounds = bounds.united(QRectF(left, top, right - left, bottom - top))
    return bounds.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)


def _paint(painter: QPainter, columns: Columns, theme: themes.Theme, bounds: QRectF) -> None:
    """Everything as vectors, in scene units."""
    Painting(columns, theme, Sprites(theme)).paint_vectors(painter, bounds)


def _draw_png(target: QSaveFile, columns: Columns, theme: themes.Theme, bounds: QRectF, scale: float) -> None:
    area = bounds.width() * bounds.height()
    most = min((MOST_PIXELS / area) ** 0.5, MOST_SIDE / max(bounds.width(), bounds.height()))
    scale = min(scale, most)
    image = QImage(
        max(1, round(bounds.width() * scale)), max(1, round(bounds.height() * scale)), QImage.Format.Format_RGB32
    )
    painter = QPainter(image)
    try:
        painter.fillRect(image.rect(), themes.ink(theme.canvas))
        painter.scale(scale, scale)
        painter.translate(-bounds.topLeft())
        _paint(painter, columns, theme, bounds)
    finally:
        painter.end()
    image.setDotsPerMeterX(round(3780 * scale))
    image.setDotsPerMeterY(round(3780 * scale))
    image.save(target, "PNG")  # pyright: ignore[reportArgumentType, reportCallIssue] any QIODevice will do


def _draw_svg(
    target: QSaveFile, columns: Columns, theme: themes.Theme, bounds: QRectF, scale: float, name: str
) -> None:
    generator = QSvgGenerator()
    generator.setOutputDevice(target)
    size = bounds.size() * scale
    generator.setSize(QSize(round(size.width()), round(size.height())))
    generator.setViewBox(QRectF(0, 0, bounds.width(), bounds.height()))
    generator.setTitle(name)
    painter = QPainter(generator)
    try:
        painter.translate(-bounds.topLeft())
        _paint(painter, columns, theme, bounds)
    finally:
        painter.end()


def _draw_pdf(
    target: QSaveFile, columns: Columns, theme: themes.Theme, bounds: QRectF, scale: float, name: str
) -> None:
    writer = QPdfWriter(target)
    writer.setTitle(name)
    writer.setCreator("Pipeloom")
    page = bounds.size() * scale * POINTS_PER_PIXEL
    writer.setPageLayout(
        QPageLayout(
            QPageSize(page, QPageSize.Unit.Point, name, QPageSize.SizeMatchPolicy.ExactMatch),
            QPageLayout.Orientation.Portrait,
            QMarginsF(0, 0, 0, 0),
        )
    )
    painter = QPainter(writer)
    try:
        dots = writer.resolution() / 72 * POINTS_PER_PIXEL * scale
        painter.scale(dots, dots)
        painter.translate(-bounds.topLeft())
        _paint(painter, columns, theme, bounds)
    finally:
        painter.end()


def _ensure_application() -> None:
    """Fonts need an application object; one without windows needs no display."""
    global _application
    if QGuiApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        _application = QGuiApplication(["pipeloom"])


def _cannot_write(path: Path, target: QSaveFile) -> EditorError:
    return EditorError(
        f"The picture '{path}' could not be written: {target.errorString()}.",
        hint="Choose a folder that exists and that you may write to.",
    )
