"""Edits of many things: worked out on another thread, where that would stop the window, and applied in one step."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Protocol, TypeVar

import shiboken6

from editor.errors import EditorError
from editor.model import DocumentView, Edit, EntityId
from editor.ui.canvas.gestures.gesture import apply_edit

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

MANY = 60
"""Beyond so many selected things an edit is large: a duplicate, and what mends wires, takes 0.15 ms a task."""
MANY_SIMPLE = 250
"""The same for what takes a tenth of that: deleting, muting, copying."""
LETTERS_A_TASK = 800
"""Of copied text."""

T = TypeVar("T")


class InBackground(Protocol):
    """Calls `make` on another thread, then `done` on this one with what it gave, or `failed` with why it gave none."""

    def __call__(
        self, make: Callable[[], T], done: Callable[[T], object], failed: Callable[[EditorError], object], /
    ) -> None: ...


def at_once(make: Callable[[], T], done: Callable[[T], object], failed: Callable[[EditorError], object], /) -> None:
    """As an InBackground does it, here and now."""
    try:
        made = make()
    except EditorError as error:
        failed(error)
    else:
        done(made)


def nothing() -> None:
    """What follows an edit that nothing follows."""


class Pending:
    """A view's edits that are being worked out: they can be given up, and what must not come first can wait."""

    def __init__(self) -> None:
        self._calls: dict[object, Callable[[], object]] = {}
        """What takes the picture of each away."""
        self._then: list[Callable[[], object]] = []
        self.changed: Callable[[], object] = nothing
        """Called when one begins or ends: undo gives them up."""

    def __bool__(self) -> bool:
        return bool(self._calls)

    def __contains__(self, call: object) -> bool:
        return call in self._calls

    def add(self, call: object, clear: Callable[[], object]) -> None:
        self._calls[call] = clear
        self.changed()

    def end(self, call: object) -> None:
        """It is done, refused or given up."""
        if self._calls.pop(call, None) is None:
            return
        self.changed()
        if not self._calls:
            waiting, self._then = self._then, []
            for then in waiting:
                then()

    def give_up(self) -> bool:
        """Have the latest never be made; False if none is under way."""
        if not self._calls:
            return False
        call, clear = list(self._calls.items())[-1]
        clear()
        self.end(call)
        return True

    def when_done(self, then: Callable[[], object]) -> None:
        """Call `then` once none is under way any more."""
        if self._calls:
            self._then.append(then)
        else:
            then()


def selecting(view: CanvasView, added: Collection[EntityId]) -> Callable[[], None]:
    """What selects the things that will be in `added`, unless the person has selected something else meanwhile."""
    before = view.selection

    def select() -> None:
        if view.selection == before:
            view.select(added)

    return select


def attempt_off_thread(
    view: CanvasView,
    make: Callable[[DocumentView], Edit],
    in_background: InBackground | None,
    then: Callable[[], object],
    *,
    first: Callable[[], object] = nothing,
) -> None:
    """Do the Edit that `make` gives for the document, or say why it is refused; `first` just before either, `then`
    after it was done.

    With `in_background` it is made from a snapshot on another thread, where `make` must touch nothing of the window;
    and anew if the document has changed meanwhile. Until then it is among the view's pending edits.
    """
    document, pending, call = view.document, view.gestures.pending, object()

    def begin() -> None:
        before, revision = document if in_background is None else document.snapshot(), document.revision

        def done(edit: Edit) -> None:
            if not shiboken6.isValid(view) or call not in pending:
                return
            if document.revision != revision:
                begin()
                return
            try:
                first()
                if apply_edit(view, edit):
                    then()
            finally:
                pending.end(call)

        def failed(error: EditorError) -> None:
            if shiboken6.isValid(view) and call in pending:
                first()
                pending.end(call)
                view.refused.emit(error)

        try:
            (in_background or at_once)(lambda: make(before), done, failed)
        except BaseException:
            pending.end(call)
            raise

    pending.add(call, first)
    begin()
