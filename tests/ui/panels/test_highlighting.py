"""Code in colours: what is a string and what is not, and that nobody waits for a megabyte of it."""

from time import process_time

import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from editor.ui.main_window import MainWindow
from editor.ui.panels.highlighting import CodeHighlighter, Language
from editor.ui.panels.long_text import LongText
from editor.ui.style import wear, worn
from editor.ui.theme import load

PYTHON = '''@dsl.component(base_image="python:3.12")
def train(rate: float = 0.1) -> str:  # a note
    """Two lines,
    "quoted" and # no note."""
    import os
    defined = f\'{rate} "x"\' if rate else None
    return r"\\d" + 'it\\'s' + 1e-3
'''


@pytest.fixture(autouse=True)
def light(qtbot: QtBot) -> None:
    wear(load("light"))


def colored(text: str, language: Language, qtbot: QtBot) -> list[tuple[str, str]]:
    """(text, name of its colour) of each coloured part, line by line."""
    reader = QPlainTextEdit()
    qtbot.addWidget(reader)
    highlighter = CodeHighlighter(reader.document())
    highlighter.set_language(language)
    reader.setPlainText(text)
    qtbot.waitUntil(lambda: not highlighter.is_waiting)
    return parts(reader.document())


def parts(document: QTextDocument) -> list[tuple[str, str]]:
    names = {color: name for name, color in worn().code.items()}
    found: list[tuple[str, str]] = []
    block = document.begin()
    while block.isValid():
        for each in block.layout().formats():
            piece = block.text()[each.start : each.start + each.length]  # pyright: ignore[reportAttributeAccessIssue]
            found.append((piece, names[each.format.foreground().color().name()]))  # pyright: ignore[reportAttributeAccessIssue]
        block = block.next()
    return found


def test_python_is_coloured_as_python(qtbot: QtBot):
    found = colored(PYTHON, "python", qtbot)
    for expected in (
        ("@dsl.component", "key"),
        ('"python:3.12"', "string"),
        ("train", "name"),
        ("0.1", "number"),
        ("# a note", "comment"),
        ('"""Two lines,', "string"),
        ('    "quoted" and # no note."""', "string"),
        ("import", "keyword"),
        ("f'{rate} \"x\"'", "string"),
        ("None", "keyword"),
        ("1e-3", "number"),
    ):
        assert expected in found, (expected, found)
    assert sum(piece.strip() == "def" for piece, _ in found) == 1, "not that of defined"


def test_yaml_is_coloured_as_yaml(qtbot: QtBot):
    found = colored("# PIPELINE\nroot:\n  - name: 'x: y'  # why\n", "yaml", qtbot)
    assert found == [
        ("# PIPELINE", "comment"),
        ("root", "keyword"),
        ("name", "keyword"),
        ("'x: y'", "string"),
        ("# why", "comment"),
    ]


@pytest.mark.parametrize("lines", [1_500, pytest.param(13_000, marks=pytest.mark.slow)])
def test_opening_a_string_at_the_top_recolours_all_below_without_a_stall(qtbot: QtBot, lines: int):
    reader = LongText()
    qtbot.addWidget(reader)
    highlighter = CodeHighlighter(reader.document())
    highlighter.set_language("python")
    body = "    value_%d = connect(task, name='a name', count=3)  # and a remark that is long enough\n"
    text = "".join(body % number for number in range(lines))
    longest = 0.0

    def turn_by_turn() -> None:
        nonlocal longest
        for _ in range(10_000):
            before = process_time()
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
            longest = max(longest, process_time() - before)
            if not highlighter.is_waiting and reader.blockCount() > lines:
                return
        raise AssertionError("it never ends")

    before = process_time()
    reader.show_text(text)
    longest = process_time() - before
    turn_by_turn()
    before = process_time()
    reader.show_text('"""\n' + text)
    longest = max(longest, process_time() - before)
    turn_by_turn()
    late = lines * 2 // 3
    assert parts_of_line(reader, late) == [(reader.document().findBlockByNumber(late).text(), "string")]
    # 50 ms is the budget; the machine may be shared and slow.
    assert longest < 0.15, longest


def parts_of_line(reader: QPlainTextEdit, number: int) -> list[tuple[str, str]]:
    names = {color: name for name, color in worn().code.items()}
    block = reader.document().findBlockByNumber(number)
    return [
        (block.text()[each.start : each.start + each.length], names[each.format.foreground().color().name()])  # pyright: ignore[reportAttributeAccessIssue]
        for each in block.layout().formats()
    ]


def test_theme_switch_colours_the_preview_anew_and_keeps_its_place(window: MainWindow, qtbot: QtBot):
    preview = window.bottom.preview
    window.show_bottom("Preview")
    preview.highlighter.set_language("python")
    preview.text.show_text("".join(f"value = {number}\n" for number in range(400)))
    preview.text.verticalScrollBar().setValue(200)
    window.set_appearance("dark")
    qtbot.waitUntil(lambda: not preview.highlighter.is_waiting)
    assert preview.text.verticalScrollBar().value() == 200
    assert parts_of_line(preview.text, 300) == [("300", "number")]
