"""How a view's scene follows its document: a small edit at once if that does not take long, and all else in slices, in
turns after the one in which the document has changed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from time import perf_counter

from PySide6.QtCore import QObject

from editor.model import Document, Edit
from editor.ui.slices import SLICE_S, Slices

MANY_CHANGES = 150
"""An edit of more is followed in turns of its own: the document has taken as long to change."""
AT_ONCE_S = 0.016
"""So long any other is followed in the turn of the edit, and the rest of it in turns of its own."""


class Following:
    """The edits that the scene has not taken over yet, and the work on them.

    `follow` gives the steps of taking an edit over; where one of them fails, `make_anew` makes the scene what the
    document says.
    """

    def __init__(
        self,
        owner: QObject,
        document: Document,
        follow: Callable[[Edit], Iterator[None]],
        make_anew: Callable[[], object],
    ) -> None:
        self._document = document
        self._follow, self._make_anew = follow, make_anew
        self.behind: Edit | None = None
        """What the document has been changed by, nothing of it having been taken over yet."""
        self._steps: Iterator[None] | None = None
        """The work on what it had been changed by before: there is never both."""
        self._told = document.revision
        """The document's revision after the last edit that was heard of."""
        self._is_at_work = False
        self.is_at_once = False
        """Whether the work under way is done in the turn of the edit, and not for somebody who asks for the scene."""
        self._then: list[Callable[[], object]] = []
        self._slices = Slices(owner, self._go_on)

    @property
    def is_behind(self) -> bool:
        """Whether the scene is not what the document says. Nobody may read it then who has not called `catch_up`."""
        return not self._is_at_work and (self.behind is not None or self._steps is not None)

    @property
    def has_heard_all(self) -> bool:
        """Whether `take` was told of all edits: of one that another view hears of first, it is in a moment."""
        return self._told == self._document.revision

    def take(self, edit: Edit) -> None:
        """The document has been changed by `edit`."""
        self._told = self._document.revision
        was_behind = self.behind is not None
        self.behind = edit if self.behind is None else self.behind.then(edit)
        if was_behind or self._then or len(edit.changes) > MANY_CHANGES:
            self._slices.start(is_first=True)
        elif self.is_behind and self.has_heard_all:
            self.is_at_once = True
            try:
                self._work(perf_counter() + AT_ONCE_S)
            finally:
                self.is_at_once = False

    def finish_begun(self) -> None:
        """The document is about to change: what is half done must be done before.

        Whoever waits for that is told later: they may change the document too, and not in the midst of another change.
        """
        if self._steps is not None and not self._is_at_work:
            self._work(math.inf, tells=False)

    def catch_up(self) -> None:
        """Take over now whatever is not yet."""
        while self.is_behind and self.has_heard_all:
            self._work(math.inf)  # What waits for that may be another edit.

    def finish_awaited(self) -> None:
        """The scene is about to be left: whoever waits for it means this one."""
        if self._then:
            self.catch_up()

    def when_done(self, then: Callable[[], object]) -> None:
        """Call `then` once the scene is what the document says: now, if it is."""
        if self.is_behind or self._is_at_work:
            self._then.append(then)
        else:
            then()

    def made_anew(self) -> None:
        """The scene has been read from the document as it is."""
        self.behind = self._steps = None
        self._told = self._document.revision
        self._slices.stop()
        self._tell_later()

    def _go_on(self) -> None:
        if not self.is_behind:
            self._tell_done()
        elif self.has_heard_all:
            self._work(perf_counter() + SLICE_S)

    def _work(self, until: float, *, tells: bool = True) -> None:
        if self.behind is not None:
            self._steps, self.behind = self._follow(self.behind), None
        self._is_at_work = True
        try:
            while self._steps is not None and next(self._steps, self) is not self:
                if perf_counter() >= until:
                    return
            self._steps = None
        except Exception:  # raised again: whatever went wrong, what is drawn is first made what the document says
            self._make_anew()
            raise
        finally:
            self._is_at_work = False
            if self.is_behind:
                self._slices.start(is_first=True)
            else:
                self._slices.stop()
                if tells:
                    self._tell_done()
                else:
                    self._tell_later()

    def _tell_later(self) -> None:
        if self._then:
            self._slices.start(is_first=True)

    def _tell_done(self) -> None:
        try:
            while self._then and not self.is_behind:
                self._then.pop(0)()
        finally:
            self._tell_later()  # One that raises keeps none of the others waiting.
