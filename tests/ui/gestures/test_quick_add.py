"""Quick-add: what comes first, and that the keyboard alone does."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from editor.components.entries import LibraryEntry
from editor.model import Input, Origin, Output
from editor.model.port_types import DATASET, MODEL, STRING
from editor.ui.canvas.quick_add import (
    ARROW,
    CONTROL_CHOICES,
    Choice,
    QuickAdd,
    component_choice,
    elided_ports,
    match_rank,
    ranked,
)
from editor.ui.theme import font


def entry(name: str, description: str = "") -> LibraryEntry:
    return LibraryEntry(
        key=name,
        name=name,
        kind="python",
        inputs=(Input(name="data", type=DATASET), Input(name="label", type=STRING)),
        outputs=(Output(name="model", type=MODEL),),
        description=description,
        origin=Origin(source="test", location="test.py"),
        digest=name,
        source="",
    )


def choices(*names: str) -> list[Choice]:
    return [component_choice(entry(name)) for name in names]


def titles(found: list[Choice]) -> list[str]:
    return [choice.title for choice in found]


def test_prefix_comes_before_word_before_inside_before_scattered_letters():
    found = ranked("tra", choices("t-r-a", "extract", "load-train", "train-model"))
    assert titles(found) == ["train-model", "load-train", "extract", "t-r-a"]


def test_every_word_of_the_query_has_to_be_found_in_any_order():
    assert titles(ranked("model train", choices("train-model", "train", "model"))) == ["train-model"]


def test_recently_used_come_first_among_equals_and_with_nothing_typed():
    offered = choices("alpha", "apple", "beta")
    assert titles(ranked("a", offered, recent=["component:apple"]))[:2] == ["apple", "alpha"]
    assert titles(ranked("", offered, recent=["component:beta"])) == ["beta", "alpha", "apple"]


def test_a_recent_choice_does_not_beat_a_better_match():
    assert titles(ranked("train", choices("train", "retrain"), recent=["component:retrain"])) == ["train", "retrain"]


def test_description_is_searched_last():
    described = component_choice(entry("zeta", "Trains a tree"))
    assert titles(ranked("train", [described, *choices("untrained")])) == ["untrained", "zeta"]


def test_word_of_the_description_beats_scattered_letters():
    dark, scattered = match_rank("theme", "Dark", "View: Theme"), match_rank("theme", "Open the sample")
    assert dark is not None
    assert scattered is not None
    assert dark < scattered


def test_nothing_fits_letters_that_are_not_there():
    assert match_rank("xyz", "train-model") is None


def test_types_are_told_once_each():
    assert component_choice(entry("train")).ports == "Dataset, STRING \u2192 Model"


@pytest.fixture
def popup(qtbot):
    room = QWidget()
    room.resize(600, 500)
    qtbot.addWidget(room)
    room.show()
    room.popup = QuickAdd(room)
    return room.popup


def test_keyboard_alone_chooses(qtbot, popup):
    chosen: list[Choice] = []
    popup.open_at(QPoint(580, 480), [*choices("alpha", "alps", "beta"), *CONTROL_CHOICES], chosen=chosen.append)
    assert popup.geometry().right() < 600
    assert popup.geometry().bottom() < 500
    qtbot.keyClicks(popup.field, "al")
    qtbot.keyClick(popup.field, Qt.Key.Key_Down)
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert titles(chosen) == ["alpha"]
    assert popup.isHidden()
    assert popup.recent == ["component:alpha"]


def test_escape_gives_up(qtbot, popup):
    chosen: list[Choice] = []
    popup.open_at(QPoint(0, 0), choices("alpha"), chosen=chosen.append)
    qtbot.keyClick(popup.field, Qt.Key.Key_Escape)
    assert popup.isHidden()
    assert not chosen


def test_nothing_found_is_said_and_enter_does_nothing(qtbot, popup):
    chosen: list[Choice] = []
    popup.open_at(QPoint(0, 0), choices("alpha"), chosen=chosen.append)
    qtbot.keyClicks(popup.field, "zz")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert popup.empty.isVisible()
    assert popup.isVisible()
    assert not chosen


def test_control_flow_is_found_by_its_words():
    assert titles(ranked("parallel", CONTROL_CHOICES)) == ["Loop"]
    assert titles(ranked("sub", CONTROL_CHOICES)) == ["Sub-pipeline"]


def test_signature_that_is_too_long_shows_something_of_both_halves(qtbot):
    metrics = QFontMetrics(font())
    takes, gives = "Dataset, NUMBER_DOUBLE, NUMBER_INTEGER", "Dataset, Model"
    whole = f"{takes}{ARROW}{gives}"
    wide = metrics.horizontalAdvance(whole)
    assert elided_ports(whole, wide, metrics) == whole
    for width in range(120, wide, 20):
        short = elided_ports(whole, width, metrics)
        assert metrics.horizontalAdvance(short) <= width + 1
        left, _, right = short.partition(ARROW)
        assert left.startswith("Da"), short
        assert right.startswith("Da"), short
    assert elided_ports(whole, wide - 20, metrics).endswith(gives)
