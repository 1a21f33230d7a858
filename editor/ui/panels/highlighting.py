"""Colours for code that is read: YAML and Python, by regular expressions, in slices that no one waits for."""

from __future__ import annotations

import keyword
import re
from time import perf_counter
from typing import Literal

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextBlock, QTextCharFormat, QTextCursor, QTextDocument

from editor.ui.slices import Slices
from editor.ui.style import worn

Language = Literal["yaml", "python"]

TURN_S = 0.012
"""Time for colouring in a turn of the event loop; what is left gets its colours in the next."""
LONGEST = 4000
"""Letters of a line that are coloured: a file packed into one line is not code that anybody reads."""

_YAML_KEY = re.compile(r"^\s*(?:- )*([\w.$/-]+|'[^']*')(?=:)")
_YAML_STRING = re.compile(r"'[^']*'|\"[^\"]*\"|(?<= )#.*")
_WORDS = "|".join([*keyword.kwlist, "match", "case"])
_PYTHON = re.compile(
    rf"""(?P<comment>\#.*)
    |(?P<long>(?:[rRbBuUfF]|[rR][bBfF]|[bBfF][rR])?(?P<quotes>\"\"\"|'''))
    |(?P<string>(?:[rRbBuUfF]|[rR][bBfF]|[bBfF][rR])?(?:"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?))
    |(?P<key>@[\w.]+)
    |(?:\b(?:def|class)\s+)(?P<name>\w+)
    |(?P<keyword>\b(?:{_WORDS})\b)
    |(?P<number>\b(?:0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?)j?\b)
    |\w+""",
    re.VERBOSE,
)
_ENDS = {1: re.compile(r'(?:\\.|[^\\])*?"""'), 2: re.compile(r"(?:\\.|[^\\])*?'''")}
_OPEN = {'"""': 1, "'''": 2}


class CodeHighlighter(QSyntaxHighlighter):
    """A block's state is 0, or which of the triple quotes is open at its end.

    What does not fit into a turn keeps its state and waits, so that opening a string at the top of a long text does
    not colour all of it at once.
    """

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._language: Language = "yaml"
        self._formats: dict[str, QTextCharFormat] = {}
        self._deadline = 0.0
        self._waiting: QTextCursor | None = None
        """Where the first line stands that waits for its colours, and with it all after it."""
        self._slices = Slices(self, self._go_on)
        self._read_colors()

    @property
    def language(self) -> Language:
        return self._language

    @property
    def is_waiting(self) -> bool:
        """Whether a part of the text has not got its colours yet."""
        return self._waiting is not None

    def set_language(self, language: Language) -> None:
        if language != self._language:
            self._language = language
            self._color_again()

    def take_colors(self) -> None:
        """Read the theme's colours again, for all of the text."""
        self._read_colors()
        self._color_again()

    def _read_colors(self) -> None:
        for name, color in worn().code.items():
            made = QTextCharFormat()
            made.setForeground(QColor(color))
            self._formats[name] = made

    def _color_again(self) -> None:
        self._wait(self.document().firstBlock())

    def _wait(self, block: QTextBlock) -> None:
        if self._waiting is None or block.position() < self._waiting.position():
            self._waiting = QTextCursor(block)
        self._slices.start()

    def _go_on(self) -> None:
        """A turn of colouring what waits."""
        self._deadline = 0.0
        cursor, self._waiting = self._waiting, None
        if cursor is None:
            return
        self._deadline = perf_counter() + TURN_S
        block = cursor.block()
        while block.isValid():
            if perf_counter() >= self._deadline:
                self._wait(block)
                return
            self.rehighlightBlock(block)
            block = block.next()
        self._slices.start()

    # -- Qt's own names -------------------------------------------------------------------------------------------

    def highlightBlock(self, text: str) -> None:
        now = perf_counter()
        if not self._deadline:
            self._deadline = now + TURN_S
            self._slices.start()
        elif now >= self._deadline:
            # As it was: a state that changes would carry Qt on to the next line.
            self.setCurrentBlockState(self.currentBlock().userState())
            self._wait(self.currentBlock())
            return
        if self._language == "yaml":
            self.setCurrentBlockState(0)
            self._yaml(text[:LONGEST])
        else:
            self._python(text[:LONGEST])

    def _yaml(self, text: str) -> None:
        if text.lstrip().startswith("#"):
            self._paint("comment", 0, len(text))
            return
        key = _YAML_KEY.match(text)
        if key is not None:
            self._paint("keyword", key.start(1), key.end(1))
        for found in _YAML_STRING.finditer(text, key.end() if key else 0):
            self._paint("comment" if text[found.start()] == "#" else "string", found.start(), found.end())

    def _python(self, text: str) -> None:
        at = 0
        state = max(0, self.previousBlockState())
        while state or at < len(text):
            if state:
                end = _ENDS[state].match(text, at)
                if end is None:
                    self._paint("string", at, len(text))
                    break
                self._paint("string", at, end.end())
                at, state = end.end(), 0
                continue
            found = _PYTHON.search(text, at)
            if found is None:
                break
            kind = found.lastgroup
            if kind == "quotes" or kind == "long":
                self._paint("string", found.start(), found.end())
                state = _OPEN[found["quotes"]]
            elif kind == "name":
                self._paint("keyword", found.start(), found.start("name"))
                self._paint("name", found.start("name"), found.end())
            elif kind is not None:
                self._paint(kind, found.start(), found.end())
            at = found.end()
        self.setCurrentBlockState(state)

    def _paint(self, name: str, start: int, end: int) -> None:
        if name in self._formats:
            self.setFormat(start, end - start, self._formats[name])
