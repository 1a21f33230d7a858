"""How well the letters that a person types fit a title: for quick-add, the library, the palette and recent files."""

import re

_EXACT, _PREFIX, _WORD, _INSIDE, _DESCRIBED_BY_WORD, _SCATTERED, _DESCRIBED = range(7)


def match_rank(query: str, title: str, description: str = "") -> tuple[int, int] | None:
    """How well `query` fits, lower first; None if not at all. Every word of the query has to be found.

    A prefix beats the start of a word, that beats a piece inside, that beats the start of a word of the description,
    that beats letters in order, that beats any other hit in the description.
    """
    ranks = [_word_rank(word, title.casefold(), description.casefold()) for word in query.casefold().split()]
    found = [rank for rank in ranks if rank is not None]
    if len(found) < len(ranks):
        return None
    return (max((tier for tier, _ in found), default=_EXACT), sum(spread for _, spread in found))


def _word_rank(word: str, title: str, description: str) -> tuple[int, int] | None:
    if word == title:
        return _EXACT, 0
    if title.startswith(word):
        return _PREFIX, len(title)
    start = _word_start(word, title)
    if start >= 0:
        return _WORD, start
    if word in title:
        return _INSIDE, title.index(word)
    if _word_start(word, description) >= 0:
        return _DESCRIBED_BY_WORD, 0
    spread = _subsequence_spread(word, title)
    if spread is not None:
        return _SCATTERED, spread
    return (_DESCRIBED, 0) if word in description else None


def _word_start(word: str, text: str) -> int:
    """Where a word of the text begins with `word`; -1 if none does."""
    starts = (hit.start() for hit in re.finditer(r"(?<![^\W_])\w", text))
    return next((start for start in starts if text.startswith(word, start)), -1)


def _subsequence_spread(word: str, title: str) -> int | None:
    """How far the letters of `word`, in order, lie apart in `title`; None if they are not all there."""
    position, first = -1, -1
    for letter in word:
        position = title.find(letter, position + 1)
        if position < 0:
            return None
        first = position if first < 0 else first
    return position - first
