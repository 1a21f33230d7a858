"""Breaks a name into the lines that a card has room for: between its words where that goes. No Qt."""

from __future__ import annotations

import re
from collections.abc import Callable

_WORD = re.compile(r"[^-_. ]*[-_. ]+|[^-_. ]+")
"""A word with the hyphens after it: a line may end there."""
HANGING = 1.04
"""So many times as wide as a line a word by itself may be, rather than be broken before its hyphen."""


def name_lines(
    name: str, width: float, most: int, *, measure: Callable[[str], float], shorten: Callable[[str], str]
) -> list[str]:
    """The name in at most so many lines of at most this width; `shorten` makes the last one fit if it must."""
    words: list[str] = _WORD.findall(name)
    lines: list[str] = []
    while words and len(lines) < most - 1:
        line = ""
        while words and measure((line + words[0]).rstrip()) <= (width if line else HANGING * width):
            line += words.pop(0)
        if not line:
            # No hyphen in reach: as many letters as fit.
            count = next((end for end in range(len(words[0]), 1, -1) if measure(words[0][:end]) <= width), 1)
            line, words[0] = words[0][:count], words[0][count:]
        lines.append(line.rstrip())
    if words:
        lines.append(shorten("".join(words)))
    return lines
