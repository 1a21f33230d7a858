"""Text on the clipboard that was not copied from a canvas: words become a note; of the rest is said what it is."""

import re
from math import ceil

from editor.model import EditRefused, metrics

MAX_WORDS = 2_000
"""Letters: more is no note but a document."""
LOOKED_AT = 200_000
"""Letters from the first in which is looked for what a text is."""
LETTERS_A_LINE = 28
LINE_HEIGHT = 24
MARGIN = 32

_HINT = "Copy tasks or groups of a pipeline first."
_COPIED = re.compile(r'"(pipeloom_clipboard|selected|entities|component|arguments)"\s*:')
_FILE = re.compile(
    r"""^(implementation|pipelineInfo|pipelineSpec|deploymentSpec|apiVersion):    # YAML
        |^\s*"(implementation|pipelineInfo|pipelineSpec|deploymentSpec)"\s*:      # JSON
        |^(from|import)\s+kfp\b|^@(kfp\.)?(dsl|components)\.                      # Python""",
    re.MULTILINE | re.VERBOSE,
)


def copied_part(text: str) -> str:
    """What was copied from a canvas, without what a chat or a mail has put round it; empty if nothing was."""
    start = text.rfind("{", 0, max(text.find('"pipeloom_clipboard"'), 0))
    return text[start : text.rfind("}") + 1] if start >= 0 else ""


def words_in(text: str) -> str:
    """The words for people that a text is. Raises EditRefused, which says what it is, if it is anything else."""
    words = text.strip()
    if not words:
        raise EditRefused("The clipboard holds no text.", hint=_HINT)
    if _COPIED.search(words[:LOOKED_AT]):
        raise not_whole()
    if _FILE.search(words[:LOOKED_AT]):
        raise EditRefused(
            "The clipboard holds the text of a component or pipeline file.",
            hint="Save it as a file, and drop that on the canvas.",
        )
    is_whole = words.encode(errors="replace").decode() == words  # No text can hold half a character.
    if words.startswith(("{", "[")) or len(words) > MAX_WORDS or not is_whole:
        raise EditRefused("The clipboard holds nothing that can be pasted here.", hint=_HINT)
    return words


def not_whole() -> EditRefused:
    """For a text that was copied from a canvas, and from which something is missing."""
    return EditRefused(
        "The clipboard holds only a part of what was copied, or it was changed since.",
        hint="Copy the tasks again, or all of their text from its first to its last bracket.",
    )


def note_height(words: str) -> float:
    """So high that a note of the usual width shows all of them, by and large."""
    lines = sum(max(1, ceil(len(line) / LETTERS_A_LINE)) for line in words.splitlines())
    height = MARGIN + lines * LINE_HEIGHT
    return max(metrics.NOTE_SIZE[1], ceil(height / metrics.GRID) * metrics.GRID)
