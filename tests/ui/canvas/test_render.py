"""Pictures of a pipeline as files, with no window."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from editor.errors import EditorError
from editor.model import ROOT, Document, EntityId
from editor.ui.canvas import render as module
from editor.ui.canvas.columns import Columns
from editor.ui.canvas.render import bounds_of, draw, render
from editor.ui.theme import load
from tests.ui.canvas.scenes import everything


def test_png_has_the_size_of_the_scene_times_the_scale(qapp, tmp_path: Path):
    bounds = bounds_of(Columns(everything(), ROOT))
    for scale in (0.5, 1.25):
        render(everything(), tmp_path / "a.png", scale=scale)
        image = QImage(str(tmp_path / "a.png"))
        assert (image.width(), image.height()) == (round(bounds.width() * scale), round(bounds.height() * scale))


@pytest.mark.parametrize("name", ["light", "dark"])
def test_themes_paint_their_own_ground(qapp, tmp_path: Path, name: str):
    render(everything(), tmp_path / "a.png", theme=name, scale=1)
    assert QImage(str(tmp_path / "a.png")).pixelColor(2, 2).name() == load(name).canvas


def test_svg_is_well_formed_and_needs_no_font(qapp, tmp_path: Path):
    document = everything()
    notes = [note.id for note in document.notes()]
    assert notes
    render(document, tmp_path / "a.svg", scale=2)
    root = ET.parse(tmp_path / "a.svg").getroot()
    bounds = bounds_of(Columns(document, ROOT))
    assert [float(part) for part in root.get("viewBox").split()] == [0, 0, bounds.width(), bounds.height()]
    texts = ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert not any("train" in text for text in texts)


def test_pdf_is_one_page_of_the_scenes_shape(qapp, tmp_path: Path):
    render(everything(), tmp_path / "a.pdf", scale=1)
    written = (tmp_path / "a.pdf").read_bytes()
    assert written.startswith(b"%PDF-")
    assert written.rstrip().endswith(b"%%EOF")
    assert written.count(b"/Type /Page\n") == 1


def test_empty_pipeline_and_subpipeline_render(qapp, tmp_path: Path):
    render(Document.empty(), tmp_path / "empty.png")
    assert not QImage(str(tmp_path / "empty.png")).isNull()
    render(everything(), tmp_path / "sub.svg", scope=EntityId("sub"))
    assert (tmp_path / "sub.svg").stat().st_size > 500


@pytest.mark.parametrize(("name", "scale"), [("a.gif", 2.0), ("a", 2.0), ("a.png", 0.0), ("a.png", 99.0)])
def test_what_cannot_be_is_said(qapp, tmp_path: Path, name: str, scale: float):
    with pytest.raises(EditorError) as refused:
        render(everything(), tmp_path / name, scale=scale)
    assert refused.value.hint
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_not_there_is_said(qapp, tmp_path: Path):
    with pytest.raises(EditorError, match="could not be written"):
        render(everything(), tmp_path / "none" / "a.png")


def test_huge_picture_is_drawn_smaller(qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_PIXELS", 250_000)
    render(everything(), tmp_path / "a.png", scale=8)
    image = QImage(str(tmp_path / "a.png"))
    assert 200_000 < image.width() * image.height() <= 255_000


def test_same_document_gives_the_same_file(qapp, tmp_path: Path):
    for name in ("a.png", "b.png"):
        render(everything(), tmp_path / name, scale=1)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_drawing_on_any_painter_fits_and_leaves_it_as_it_was(qapp):
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    try:
        draw(painter, QRectF(100, 50, 200, 200), everything(), scope=ROOT, theme=load("dark"))
        assert painter.transform().isIdentity()
    finally:
        painter.end()
    assert image.pixelColor(50, 150).name() == "#ffffff"
    assert image.pixelColor(200, 150).name() != "#ffffff"
