"""An artifact, shown: pictures, tables, Markdown, HTML without network or scripts, metrics, charts, else text."""

import contextlib
import csv
import io
import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec
from PySide6.QtCore import QByteArray, QSize, Qt, QUrl
from PySide6.QtGui import QImage, QPainter, QPixmap, QTextCursor
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QTextBrowser,
    QWidget,
)

from editor.model.port_types import Json
from editor.runs import Artifact
from editor.ui.charts import ConfusionMatrix, RocCurve
from editor.ui.theme import code_font
from editor.ui.values import value_text
from editor.ui.widgets import column, label

MOST_BYTES = 8 * 2**20
MOST_ROWS = 1000
MOST_DRAWING_PX = 1200

_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL | re.IGNORECASE)
_NOT_SHOWN = re.compile(r"<(title|style|script|metadata)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)
"""What of a page is not text to read."""
_NO_WAY = re.compile(r"""(<path\b[^>]*\bd=)(""|'')""")
"""Plots draw a blank as a path without a way, which Qt's reader of drawings does not take."""

Kind = Literal["image", "svg", "markdown", "html", "table", "text", "folder", "binary", "missing", "nothing"]


class Reading(msgspec.Struct, frozen=True):
    """What a look into an artifact's file gave. `is_cut`: only its beginning was read."""

    kind: Kind
    content: bytes = b""
    rows: tuple[tuple[str, ...], ...] = ()
    is_cut: bool = False


def read_artifact(artifact: Artifact) -> Reading:
    """Look at the file and say how to show it. Runs in a job."""
    if not artifact.path:
        return Reading("nothing")
    path = Path(artifact.path)
    try:
        if path.is_dir():
            names = sorted(f"{each.name}/" if each.is_dir() else each.name for each in path.iterdir())
            return Reading("folder", "\n".join(names[:MOST_ROWS]).encode())
        with open(path, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return Reading("missing")
    except OSError as error:
        return Reading("binary", str(error).encode())
    is_cut = len(content) > MOST_BYTES
    content = content[:MOST_BYTES]
    kind = _kind_of(artifact, path, content)
    rows = _rows(path, content) if kind == "table" else ()
    return Reading(kind, content, rows, is_cut)


def _kind_of(artifact: Artifact, path: Path, content: bytes) -> Kind:
    ending = path.suffix.lower()
    if content.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")) or content[8:12] == b"WEBP":
        return "image"
    head = content[:1024].lstrip()
    if ending == ".svg" or head.startswith(b"<svg") or (head.startswith(b"<?xml") and b"<svg" in content[:4096]):
        return "svg"
    if (
        artifact.type == "system.HTML"
        or ending in (".html", ".htm")
        or head[:15].lower().startswith((b"<!doctype html", b"<html"))
    ):
        return "html"
    if artifact.type == "system.Markdown" or ending == ".md":
        return "markdown"
    try:
        content[: 64 * 1024].decode("utf-8", "strict") if len(content) < 64 * 1024 else content[: 64 * 1024 - 4].decode(
            "utf-8", "ignore"
        )
    except UnicodeDecodeError:
        return "binary"
    if b"\0" in content[:4096]:
        return "binary"
    return "table" if ending in (".csv", ".tsv") or _looks_like_table(artifact, content) else "text"


def _looks_like_table(artifact: Artifact, content: bytes) -> bool:
    if artifact.type != "system.Dataset":
        return False
    lines = content[:4096].decode("utf-8", "replace").splitlines()[:5]
    counts = {line.count(",") for line in lines[:-1] or lines}
    return len(counts) == 1 and counts.pop() > 0


def _rows(path: Path, content: bytes) -> tuple[tuple[str, ...], ...]:
    reader = csv.reader(
        io.StringIO(content.decode("utf-8", "replace")), delimiter="\t" if path.suffix == ".tsv" else ","
    )
    found: list[tuple[str, ...]] = []
    try:
        for line in reader:
            found.append(tuple(line))
            if len(found) > MOST_ROWS:
                break
    except csv.Error:
        pass
    return tuple(found)


class SafeBrowser(QTextBrowser):
    """Shows HTML and Markdown that a task wrote: it loads nothing but what is in the text, and runs nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self._drawings: list[bytes] = []

    def show_html(self, text: str) -> None:
        """Qt's rich text knows no <svg>, which is how plots come: each becomes a picture in its place."""
        self._drawings = []
        self.setHtml(_SVG.sub(self._keep_drawing, text))

    def _keep_drawing(self, found: re.Match[str]) -> str:
        self._drawings.append(_readable_drawing(found[0]))
        return f'<img src="drawing:{len(self._drawings) - 1}">'

    def _drawing(self, number: int) -> QImage:
        renderer = QSvgRenderer(QByteArray(self._drawings[number]))
        ratio = self.devicePixelRatioF()
        size = renderer.defaultSize().scaled(
            QSize(MOST_DRAWING_PX, MOST_DRAWING_PX), Qt.AspectRatioMode.KeepAspectRatio
        )
        size = renderer.defaultSize() if renderer.defaultSize().width() < size.width() else size
        image = QImage(size * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        image.setDevicePixelRatio(ratio)
        return image

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        # Pictures in data: URLs are in the text; everything else would be a file of this computer or the network.
        address = name if isinstance(name, str) else name.toString()
        number = address.removeprefix("drawing:")
        if number != address and number.isdigit() and int(number) < len(self._drawings):
            return self._drawing(int(number))
        if urlsplit(address).scheme == "data":
            return super().loadResource(kind, QUrl(address))
        return None


def _readable_drawing(text: str) -> bytes:
    start = text.lower().find("<svg")
    if start >= 0 and "xmlns=" not in text[start : text.find(">", start)]:
        text = text[:start] + '<svg xmlns="http://www.w3.org/2000/svg"' + text[start + 4 :]
    return _NO_WAY.sub(r'\1"M0 0"', text).encode()


def _only_drawing(text: str) -> str:
    """The drawing of a page that shows nothing else, as plots are handed on; else empty."""
    drawings = _SVG.findall(text)
    return drawings[0] if len(drawings) == 1 and not _NOT_SHOWN.sub("", _SVG.sub("", text)).strip() else ""


def _drawing_view(text: str) -> QWidget:
    """Shows a drawing as large as there is room, on white paper as it was meant."""
    widget = QSvgWidget()
    widget.setStyleSheet("background: white")
    widget.load(QByteArray(_readable_drawing(text)))
    widget.renderer().setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    return widget


def viewer(artifact: Artifact, reading: Reading) -> QWidget:
    """A widget that shows the artifact as well as it can be shown."""
    shown = [*_metric_views(artifact)]
    content = _content_view(artifact, reading)
    if content is not None:
        shown.append(("Content", content))
    if not shown:
        return label("This artifact has no file here and no metadata.", "muted", wraps=True)
    if len(shown) == 1:
        return shown[0][1]
    tabs = QTabWidget()
    tabs.setDocumentMode(True)
    for title, widget in shown:
        tabs.addTab(widget, title)
    return tabs


def _content_view(artifact: Artifact, reading: Reading) -> QWidget | None:
    match reading.kind:
        case "image":
            return _picture(reading.content)
        case "svg":
            return _drawing_view(reading.content.decode("utf-8", "replace"))
        case "markdown" | "html":
            text = reading.content.decode("utf-8", "replace")
            if reading.kind == "html" and (drawing := _only_drawing(text)):
                return _drawing_view(drawing)
            browser = SafeBrowser()
            (browser.setMarkdown if reading.kind == "markdown" else browser.show_html)(text)
            browser.moveCursor(QTextCursor.MoveOperation.Start)
            return browser
        case "table":
            return table_view(reading.rows[:1], reading.rows[1:])
        case "text" | "folder":
            text = reading.content.decode("utf-8", "replace")
            if not text.strip() and _is_metrics(artifact):
                return None
            return _text_view(text + ("\n…" if reading.is_cut else ""))
        case "binary":
            size = Path(artifact.path).stat().st_size if Path(artifact.path).exists() else 0
            return _padded(
                label(f"{size:,} bytes of binary data.\n{artifact.path}", "muted", wraps=True, selectable=True)
            )
        case "missing":
            if _is_metrics(artifact):
                return None
            return _padded(
                label(f"The task did not write this file.\n{artifact.path}", "muted", wraps=True, selectable=True)
            )
        case "nothing":
            return _padded(label(artifact.uri, "muted", wraps=True, selectable=True)) if artifact.uri else None


def _is_metrics(artifact: Artifact) -> bool:
    return artifact.type.endswith("Metrics")


def _padded(widget: QWidget) -> QWidget:
    holder = QWidget()
    holder.setLayout(column(widget, None, margin=8))
    return holder


def _picture(content: bytes) -> QWidget:
    image = QImage.fromData(content)
    if image.isNull():
        return _padded(label("The picture cannot be read.", "muted"))
    shown = QLabel()
    shown.setPixmap(QPixmap.fromImage(image))
    shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
    area = QScrollArea()
    area.setWidget(shown)
    area.setWidgetResizable(True)
    return area


def _text_view(text: str) -> QWidget:
    view = QPlainTextEdit(text)
    view.setReadOnly(True)
    view.setFont(code_font())
    view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    return view


_RIGHT = Qt.AlignmentFlag.AlignRight


def table_view(head: tuple[tuple[str, ...], ...], rows: tuple[tuple[str, ...], ...]) -> QTableWidget:
    """A table of texts; a column of numbers stands to the right."""
    width = max((len(line) for line in (*head, *rows)), default=0)
    table = QTableWidget(len(rows), width)
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(24)
    has_words = {place for line in rows for place, text in enumerate(line) if text and not _is_number(text)}
    left, right = (each | Qt.AlignmentFlag.AlignVCenter for each in (Qt.AlignmentFlag.AlignLeft, _RIGHT))
    for place, text in enumerate(head[0] if head else ()):
        item = QTableWidgetItem(text)
        item.setTextAlignment(left if place in has_words else right)
        table.setHorizontalHeaderItem(place, item)
    for number, line in enumerate(rows):
        for place, text in enumerate(line):
            item = QTableWidgetItem(text)
            item.setTextAlignment(left if place in has_words else right)
            table.setItem(number, place, item)
    table.resizeColumnsToContents()
    if width - 1 in has_words:
        table.horizontalHeader().setSectionResizeMode(width - 1, QHeaderView.ResizeMode.Stretch)
    return table


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _metric_views(artifact: Artifact) -> list[tuple[str, QWidget]]:
    views: list[tuple[str, QWidget]] = []
    metadata = dict(artifact.metadata)
    if artifact.type == "system.ClassificationMetrics":
        for key, title, chart in (
            ("confusionMatrix", "Confusion matrix", lambda value: ConfusionMatrix(*matrix_of(value))),
            ("confidenceMetrics", "ROC curve", lambda value: RocCurve(curve_of(value))),
        ):
            # What a task wrote may be of any shape: what is no chart stays a line of the table.
            with contextlib.suppress(AttributeError, KeyError, TypeError, ValueError):
                views.append((title, chart(metadata[key])))
                del metadata[key]
    if metadata:
        rows = tuple((name, value_text(value)) for name, value in metadata.items())
        views.append(("Metrics" if _is_metrics(artifact) else "Metadata", table_view((("Name", "Value"),), rows)))
    return views


def matrix_of(metadata: dict[str, Json]) -> tuple[list[str], list[list[float]]]:
    """Categories and rows of a ClassificationMetrics artifact's confusion matrix."""
    names = [str(each.get("displayName", "")) for each in metadata.get("annotationSpecs", [])]
    rows = [[float(cell) for cell in each.get("row", [])] for each in metadata.get("rows", [])]
    return names, rows


def curve_of(metadata: list[Json]) -> list[tuple[float, float]]:
    """(false positive rate, true positive rate) points of a ROC curve, from left to right."""
    points = [
        (float(each.get("falsePositiveRate", 0)), float(each.get("recall", 0)))
        for each in metadata
        if isinstance(each, dict)
    ]
    return sorted(points)
