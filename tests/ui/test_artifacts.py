"""Artifacts as they are shown, and what they are not allowed to do."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import QPlainTextEdit, QTableWidget, QTabWidget
from pytestqt.qtbot import QtBot

from editor.runs import Artifact
from editor.ui.artifacts import SafeBrowser, read_artifact, table_view, viewer
from editor.ui.charts import ConfusionMatrix, RocCurve
from editor.ui.run_words import duration_text


def artifact(path: Path, kind: str = "system.Artifact", **metadata: object) -> Artifact:
    return Artifact(type=kind, path=str(path), metadata=metadata)


@pytest.mark.parametrize(
    ("name", "content", "type_", "kind"),
    [
        ("a.csv", b"x,y\n1,2\n", "system.Artifact", "table"),
        ("data", b"x,y\n1,2\n3,4\n", "system.Dataset", "table"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "system.Artifact", "svg"),
        ("report", b"<html><body>hi</body></html>", "system.HTML", "html"),
        ("notes", b"# Title", "system.Markdown", "markdown"),
        ("model", b"\x80\x04\x95\x00\x00binary", "system.Model", "binary"),
        ("log", "naïve text".encode(), "system.Artifact", "text"),
    ],
)
def test_content_decides_how_it_is_shown(tmp_path: Path, name: str, content: bytes, type_: str, kind: str):
    path = tmp_path / name
    path.write_bytes(content)
    assert read_artifact(artifact(path, type_)).kind == kind


def test_table_and_text_are_shown(qtbot: QtBot, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("name,size\nsetosa,5.1\n")
    shown = viewer(artifact(path), read_artifact(artifact(path)))
    qtbot.addWidget(shown)
    assert isinstance(shown, QTableWidget)
    assert shown.item(0, 1).text() == "5.1"
    text = tmp_path / "a.txt"
    text.write_text("hello")
    plain = viewer(artifact(text), read_artifact(artifact(text)))
    qtbot.addWidget(plain)
    assert isinstance(plain, QPlainTextEdit)


def test_file_that_is_gone_is_said(qtbot: QtBot, tmp_path: Path):
    assert read_artifact(artifact(tmp_path / "gone")).kind == "missing"


def test_html_loads_neither_files_nor_the_network(qtbot: QtBot, tmp_path: Path):
    secret = tmp_path / "secret.png"
    QImage(4, 4, QImage.Format.Format_RGB32).save(str(secret))
    browser = SafeBrowser()
    qtbot.addWidget(browser)
    image = QTextDocument.ResourceType.ImageResource.value
    assert browser.loadResource(image, QUrl.fromLocalFile(str(secret))) is None
    assert browser.loadResource(image, QUrl("https://example.org/track.png")) is None


def test_svg_inside_html_is_drawn(qtbot: QtBot):
    browser = SafeBrowser()
    qtbot.addWidget(browser)
    browser.show_html("<p>before</p><svg width='20' height='10'><text>words</text></svg>")
    assert "words" not in browser.toPlainText()
    drawn = browser.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl("drawing:0"))
    assert isinstance(drawn, QImage)


def test_page_that_is_one_plot_is_shown_whole(qtbot: QtBot, tmp_path: Path):
    plot = tmp_path / "plot"
    svg = '<svg width="20" height="10"><defs><path id="blank" d=""/></defs><use href="#blank"/></svg>'
    plot.write_text(f"<!doctype html>\n<title>Plot</title>\n{svg}\n")
    page = artifact(plot, "system.HTML")
    shown = viewer(page, read_artifact(page))
    qtbot.addWidget(shown)
    assert isinstance(shown, QSvgWidget)
    assert shown.renderer().isValid()
    plot.write_text(f"<!doctype html>\n<p>Words</p>{svg}")
    with_words = viewer(page, read_artifact(page))
    qtbot.addWidget(with_words)
    assert isinstance(with_words, SafeBrowser)


def test_classification_metrics_become_charts(qtbot: QtBot, tmp_path: Path):
    metrics = artifact(
        tmp_path / "none",
        "system.ClassificationMetrics",
        confusionMatrix={
            "annotationSpecs": [{"displayName": "cat"}, {"displayName": "dog"}],
            "rows": [{"row": [8, 2]}, {"row": [1, 9]}],
        },
        confidenceMetrics=[{"falsePositiveRate": 0.0, "recall": 1.0}],
    )
    shown = viewer(metrics, read_artifact(metrics))
    qtbot.addWidget(shown)
    assert isinstance(shown, QTabWidget)
    matrix, curve = shown.widget(0), shown.widget(1)
    assert isinstance(matrix, ConfusionMatrix)
    assert matrix.rows == [[8.0, 2.0], [1.0, 9.0]]
    assert isinstance(curve, RocCurve)
    assert curve.area() == pytest.approx(1.0)


def test_metrics_of_another_shape_are_shown_as_they_are(qtbot: QtBot, tmp_path: Path):
    odd = {"confusionMatrix": {"rows": [{"row": ["many"]}]}, "confidenceMetrics": [{"recall": None}]}
    metrics = artifact(tmp_path / "none", "system.ClassificationMetrics", **odd)
    shown = viewer(metrics, read_artifact(metrics))
    qtbot.addWidget(shown)
    assert isinstance(shown, QTableWidget)
    assert shown.rowCount() == 2


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.84, "0.8 s"), (42, "42 s"), (185, "3 min 5 s"), (7800, "2 h 10 min")]
)
def test_durations_are_said_as_people_say_them(seconds: float, words: str):
    assert duration_text(seconds) == words


def sides(table: QTableWidget, column: int) -> set[Qt.AlignmentFlag]:
    """Where the texts of a column stand, that of its heading too."""
    items = [table.horizontalHeaderItem(column), *(table.item(row, column) for row in range(table.rowCount()))]
    return {item.textAlignment() & Qt.AlignmentFlag.AlignHorizontal_Mask for item in items}


def test_a_column_stands_on_one_side_numbers_to_the_right(qtbot: QtBot):
    table = table_view((("name", "rows", "note"),), (("setosa", "50", "1"), ("virginica", "9", ""), ("", "7.5", "x")))
    qtbot.addWidget(table)
    table.resize(900, 200)
    table.show()
    left, right = {Qt.AlignmentFlag.AlignLeft}, {Qt.AlignmentFlag.AlignRight}
    assert [sides(table, column) for column in range(3)] == [left, right, left]
    numbers = table_view((("name", "rows"),), (("setosa", "50"), ("virginica", "9")))
    qtbot.addWidget(numbers)
    numbers.resize(900, 200)
    numbers.show()
    assert numbers.columnViewportPosition(1) + numbers.columnWidth(1) < 400, "numbers stand beside their names"
