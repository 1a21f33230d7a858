"""What a card looks like: its name in lines, from afar; its shadow, near by."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from editor.model import ROOT, EntityId, Note
from editor.ui.canvas.card_painter import COMPACT_BAR, COMPACT_LINE, note_text, paint_note, whole_lines
from editor.ui.canvas.cards import CardLook
from editor.ui.canvas.name_lines import name_lines
from editor.ui.canvas.sprites import Sprites
from editor.ui.theme import TEXT_PX, load


def lines(name: str, *, most: int = 3, width: int = 10) -> list[str]:
    """As if each letter were one wide; what does not fit is cut off."""
    return name_lines(name, width, most, measure=len, shorten=lambda rest: rest[:width])


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("train", ["train"]),
        ("train-rf-2", ["train-rf-2"]),
        ("evaluate-model-2", ["evaluate-", "model-2"]),
        ("split_data_for_it", ["split_", "data_for_", "it"]),
        ("Fetch a file now", ["Fetch a", "file now"]),
        ("abcdefghijklmn-2", ["abcdefghij", "klmn-2"]),
        ("", []),
    ],
)
def test_a_name_is_broken_after_its_hyphens(name: str, wanted: list[str]):
    assert lines(name) == wanted


def test_a_word_keeps_its_hyphen_where_it_reaches_a_little_too_far():
    word = 25 * "a"
    assert lines(f"{word}-b", width=25) == [f"{word}-", "b"]
    assert lines(f"b-{word}-c", width=27) == ["b-", f"{word}-c"]
    assert lines(f"{word}-b", width=24) == [word[:24], "a-b"]


def test_what_has_no_room_is_shortened_on_the_last_line():
    assert lines("calculate-training-parameters", most=2) == ["calculate-", "training-p"]
    assert lines("calculate-training-parameters", most=1) == ["calculate-"]


def test_a_card_from_afar_shows_its_whole_name_where_there_is_room(qapp: QApplication):
    high = CardLook("python", "train-random-forest", (), COMPACT_BAR + 3 * COMPACT_LINE + 20, is_muted=False)
    image = Sprites(load("light")).make(0, 1.0, high, is_compact=True).toImage()
    inside = range(40, image.height() - 30)
    inked = [y for y in inside if any(image.pixelColor(x, y).lightness() < 90 for x in range(20, 200))]
    gaps = sum(below - above > 1 for above, below in pairwise(inked))
    assert gaps >= 2


def test_the_shadow_of_a_card_shows_no_strips_near_by(qapp: QApplication):
    card = CardLook("python", "train", (), 80.0, is_muted=False)
    image = Sprites(load("light")).make(0, 4.0, card).toImage()
    under = [image.pixelColor(image.width() // 2, y).alpha() for y in range(image.height())]
    fading = [alpha for alpha in under if 0 < alpha < 60]
    assert len({*fading}) >= 12


def rows_with_letters(height: int, text: str) -> set[int]:
    """The rows of a note 200 wide, counted from its top, in which something is written, its grip left out."""
    image = QImage(200, height, QImage.Format.Format_RGB32)
    theme = load("light")
    image.fill(theme.note(""))
    note = Note(id=EntityId("n"), parent=ROOT, text=text, x=0, y=0, width=200, height=height)
    painter = QPainter(image)
    paint_note(painter, note, QRectF(0, 0, 200, height), theme, title_px=TEXT_PX)
    painter.end()
    paper = image.pixel(6, 6)
    return {y for y in range(4, height - 2) if any(image.pixel(x, y) != paper for x in range(6, 180))}


@pytest.mark.parametrize("height", range(56, 80))
def test_a_note_that_is_too_small_shows_whole_lines_and_says_that_there_is_more(qapp: QApplication, height: int):
    text = "Ask whoever looks after the data whether all of it is there, and whether it is paid for, and by whom."
    words = note_text(text, 176, load("light").info)
    shown = whole_lines(words, height - 18)
    whole, cut = rows_with_letters(200, text), rows_with_letters(height, text)
    last = 10 + round(shown)
    assert {y for y in cut if y < last} == {y for y in whole if y < last}
    dots = {y for y in cut if y >= last}
    assert dots
    assert len(dots) <= 3


def test_a_note_in_which_all_finds_room_has_no_dots(qapp: QApplication):
    assert rows_with_letters(56, "Short") == rows_with_letters(120, "Short")
    assert whole_lines(note_text("# A heading", 176, "#000000"), 4) == 4
