"""Edits of many things: worked out on another thread, where that would stop the window, and applied in one step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

import shiboken6

from editor.errors import EditorError
from editor.model import DocumentView, Edit
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
    and anew if the document has changed meanwhile.
    """
    document = view.document
    before, revision = document if in_background is None else document.snapshot(), document.revision

    def done(edit: Edit) -> None:
        if not shiboken6.isValid(view):
            return
        if document.revision != revision:
            attempt_off_thread(view, make, in_background, then, first=first)
            return
        first()
        if apply_edit(view, edit):
            then()

    def failed(error: EditorError) -> None:
        if shiboken6.isValid(view):
            first()
            view.refused.emit(error)

    (in_background or at_once)(lambda: make(before), done, failed)
