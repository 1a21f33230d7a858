"""A reader for texts of tens of thousands of lines that change a little: only what differs is put in, in slices."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from editor.ui.slices import Slices

SLICE_LINES = 800
"""Lines put in a turn of the event loop: with the colouring of each, some 20 ms."""


class LongText(QPlainTextEdit):
    """Read-only. What the view shows stays where it is while lines elsewhere come and go."""

    filled = Signal()
    """The text last given stands there whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self._lines = [""]
        self._coming: Sequence[str] = ()
        self._next_line = 0
        self._slices = Slices(self, self._put_slice)

    def show_text(self, text: str) -> None:
        """Turn what stands there into `text`, its last line ended."""
        wanted = (text if text.endswith("\n") else f"{text}\n").split("\n") if text else [""]
        first, after = _same_ends(self._lines, wanted)
        self._remove(first, len(self._lines) - after)
        self._coming = wanted[first : len(wanted) - after]
        self._next_line = first
        self._put_slice()

    def _remove(self, first: int, last: int) -> None:
        if first == last:
            return
        if first == 0 and last == len(self._lines) - 1:
            self.clear()
        else:
            cursor = self._at(first)
            cursor.setPosition(self._at(last).position(), QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
        del self._lines[first:last]

    def _put_slice(self) -> None:
        slice_, self._coming = self._coming[:SLICE_LINES], self._coming[SLICE_LINES:]
        if slice_:
            self._at(self._next_line).insertText("".join(f"{line}\n" for line in slice_))
            self._lines[self._next_line : self._next_line] = slice_
            self._next_line += len(slice_)
        if self._coming:
            self._slices.start()
        else:
            self._slices.stop()
            self.filled.emit()

    def _at(self, line: int) -> QTextCursor:
        return QTextCursor(self.document().findBlockByNumber(line))


def _same_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """(how many lines at the start are the same, how many at the end): never the same line twice, the last in the end.

    Both end in an empty line, the one behind the last line break.
    """
    most = min(len(old), len(new)) - 1
    first = next((number for number in range(most) if old[number] != new[number]), most)
    left = most - first
    after = next((number for number in range(left) if old[-2 - number] != new[-2 - number]), left)
    return first, after + 1
