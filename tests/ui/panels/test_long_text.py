"""The reader of long texts: whatever it showed before, it comes to show the text given."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from editor.ui.panels.long_text import SLICE_LINES, LongText

TEXTS = st.lists(st.sampled_from(["a", "b: 1", "", "  c 🌱"]), max_size=12).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


@pytest.fixture
def reader(qtbot: QtBot) -> LongText:
    made = LongText()
    qtbot.addWidget(made)
    return made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=5))
def test_shows_the_text_last_given(reader: LongText, texts: list[str]) -> None:
    for text in texts:
        reader.show_text(text)
        assert reader.toPlainText() == text


def test_a_long_text_comes_in_slices_and_another_may_come_meanwhile(reader: LongText, qtbot: QtBot) -> None:
    long = "".join(f"line {number}\n" for number in range(SLICE_LINES * 4))
    reader.show_text(long)
    assert reader.blockCount() < SLICE_LINES * 2
    other = long.replace("line 5\n", "line five\n").replace("line 3000\n", "")
    with qtbot.waitSignal(reader.filled):
        reader.show_text(other)
    assert reader.toPlainText() == other


def test_what_is_seen_stays_while_lines_above_change(reader: LongText, qtbot: QtBot) -> None:
    reader.resize(300, 200)
    reader.show()
    lines = [f"line {number}" for number in range(500)]
    reader.show_text("\n".join(lines))
    reader.verticalScrollBar().setValue(400)
    lines[10] = "changed"
    reader.show_text("\n".join(lines))
    assert reader.verticalScrollBar().value() == 400
