"""What a card looks like: its name in lines, from afar; its shadow, near by."""

from itertools import pairwise

import pytest
from PySide6.QtWidgets import QApplication

from editor.ui.canvas.card_painter import COMPACT_BAR, COMPACT_LINE
from editor.ui.canvas.cards import CardLook
from editor.ui.canvas.name_lines import name_lines
from editor.ui.canvas.sprites import Sprites
from editor.ui.theme import load


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
