"""Edits of many things: worked out on another thread, where that would stop the window, and applied in one step."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QTimer

from editor.errors import EditorError
from editor.model import DocumentView, Edit, EntityId
from editor.ui.canvas.gestures.gesture import apply_edit

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

MANY = 60
"""Beyond so many selected things an edit is large: a duplicate, and what mends wires, takes 0.15 ms a task."""
MANY_SIMPLE = 250
"""The same for what takes a tenth of that: deleting, muting, copying."""
MANY_BESIDE = 1000
"""The same for putting one task among so many: some of them are to make room for it, and each is looked at."""
PAUSE_MS = 500
"""A hand that rests so long has paused: what it typed is made an edit of many things."""
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


@dataclass
class _Held:
    """What is begun when the hand pauses."""

    key: object
    call: object
    begin: Callable[[], object]


class Pending:
    """A document's edits that are not made yet: they can be given up, and what must not come first can wait.

    A window has one for all views of a document. They are worked out one after the other. The last may still be held:
    begun when the hand pauses (letters are typed, arrow keys repeat), or when anything else is done.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        self._calls: dict[object, Callable[[], object]] = {}
        """What takes the picture of each away."""
        self._turns: dict[object, Callable[[], object]] = {}
        """What begins those that come one after the other, the first of them now."""
        self._begun: object = None
        """The one whose turn it is."""
        self._then: list[Callable[[], object]] = []
        self._is_going_on = False
        self._held: _Held | None = None
        self._pause = QTimer(parent)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self.begin_held)
        self.changed: Callable[[], object] = nothing
        """Called when one begins or ends: undo gives them up."""

    def __bool__(self) -> bool:
        return bool(self._calls)

    def __contains__(self, call: object) -> bool:
        return call in self._calls

    def add(self, call: object, clear: Callable[[], object]) -> None:
        self._calls[call] = clear
        self.changed()

    def in_turn(self, call: object, begin: Callable[[], object]) -> None:
        """Call `begin` when all that were given here before have ended: of two that set the same, the later one counts.

        `call` has been added, and its end must be told.
        """
        self._turns[call] = begin
        self._go_on()

    def after_others(self, act: Callable[[], object]) -> None:
        """Do something short when all that were asked for before are made: at once if there are none."""
        call = object()

        def begin() -> None:
            try:
                act()
            finally:
                self.end(call)

        self.begin_held()
        self.add(call, nothing)
        self.in_turn(call, begin)

    def hold(self, key: object, begin: Callable[[], object], clear: Callable[[], object] = nothing) -> None:
        """Call `begin` when the hand pauses: in place of what is held with the same key, and after any other."""
        if self._held is None or self._held.key != key:
            self.begin_held()
            self._held = _Held(key, object(), begin)
        self._held.begin = begin
        self._pause.start(PAUSE_MS)
        self.add(self._held.call, clear)

    def begin_held(self) -> None:
        """The hand has paused, or does something else: what waits for that is begun."""
        held = self._unhold()
        if held is not None:
            try:
                held.begin()
            finally:
                self.end(held.call)

    def _unhold(self) -> _Held | None:
        held, self._held = self._held, None
        if held is not None:
            self._pause.stop()
        return held

    def end(self, call: object) -> None:
        """It is done, refused or given up."""
        if self._calls.pop(call, None) is None:
            return
        self.changed()
        self._turns.pop(call, None)
        self._go_on()

    def _go_on(self) -> None:
        """Begin whatever has its turn now. One that raises keeps none of the others waiting."""
        if self._is_going_on:
            return  # what is begun may end at once, or add another: the loop below sees to it
        self._is_going_on = True
        try:
            while (begin := self._next()) is not None:
                begin()
        except BaseException:
            self._is_going_on = False
            self._go_on()
            raise
        self._is_going_on = False

    def _next(self) -> Callable[[], object] | None:
        if self._turns:
            first = next(iter(self._turns))
            is_begun, self._begun = first is self._begun, first
            return None if is_begun else self._turns[first]
        # One by one: what has waited may be an edit for which the next has to wait again.
        return self._then.pop(0) if self._then and not self._calls else None

    def give_up(self) -> bool:
        """Have the latest never be made; False if none is under way."""
        if not self._calls:
            return False
        call, clear = list(self._calls.items())[-1]
        if self._held is not None and self._held.call is call:
            self._unhold()
        clear()
        self.end(call)
        return True

    def when_done(self, then: Callable[[], object]) -> None:
        """Call `then` once all are made: at once if there are none, and what is held is begun now."""
        self.begin_held()
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


def insertion_in_background(view: CanvasView, consumer: EntityId) -> InBackground | None:
    """For an edit that puts a task into a wire to `consumer`; None if there is little that could be in its way."""
    scopes = view.document.ancestors(consumer) if consumer in view.document else ()
    is_large = any(len(view.document.children(scope)) > MANY_BESIDE for scope in scopes)
    return view.gestures.commands.in_background if is_large else None


def attempt(view: CanvasView, make: Callable[[], Edit], then: Callable[[], object] = nothing) -> None:
    """Do the Edit that `make` gives, or say why it is refused; `then` after it was done.

    At once, but for edits that are pending: then after those, and `make` is called no sooner.
    """
    attempt_off_thread(view, lambda _document: make(), None, then)


def attempt_off_thread(
    view: CanvasView,
    make: Callable[[DocumentView], Edit],
    in_background: InBackground | None,
    then: Callable[[], object],
    *,
    first: Callable[[], object] = nothing,
) -> None:
    """Do the Edit that `make` gives for the document, or say why it is refused; `first` just before either, `then`
    after it was done. As `work_out`.
    """

    def apply(edit: Edit) -> None:
        first()
        if apply_edit(view, edit):
            view.when_followed(then)

    def refused(error: EditorError) -> None:
        first()
        view.refused.emit(error)

    work_out(view, make, in_background, apply, refused, clear=first)


def work_out(
    view: CanvasView,
    make: Callable[[DocumentView], Edit],
    in_background: InBackground | None,
    apply: Callable[[Edit], object],
    refused: Callable[[EditorError], object],
    *,
    clear: Callable[[], object] = nothing,
) -> None:
    """Have the Edit that `make` gives for the document applied, or told why it is refused.

    With `in_background` it is made from a snapshot on another thread, where `make` must touch nothing of the window,
    and anew if the document has changed meanwhile. Those that came before are made first. Until then it is among the
    pending edits, and `clear` is called if it is given up, or `make` raises what is no EditorError.
    """
    document, pending, call = view.document, view.gestures.pending, object()

    def begin() -> None:
        before, revision = (
            document if in_background is None else document.snapshot(with_indexes=True),
            document.revision,
        )

        def done(edit: Edit) -> None:
            if not shiboken6.isValid(view) or call not in pending:
                return
            if document.revision != revision:
                begin()
                return
            try:
                apply(edit)
            finally:
                pending.end(call)

        def failed(error: EditorError) -> None:
            if shiboken6.isValid(view) and call in pending:
                try:
                    refused(error)
                finally:
                    pending.end(call)

        try:
            (in_background or at_once)(lambda: make(before), done, failed)
        except BaseException:
            if call in pending:
                clear()
            pending.end(call)
            raise

    pending.begin_held()
    pending.add(call, clear)
    pending.in_turn(call, begin)
