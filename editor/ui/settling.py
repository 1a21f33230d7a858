"""What waits for edits that are not made or not followed yet: commands, what is done on a canvas, and closing it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Literal, NamedTuple

from editor.ui.slices import SLICE_S, Slices

if TYPE_CHECKING:
    from editor.ui.actions import Command
    from editor.ui.canvas.gestures.large_edits import Pending
    from editor.ui.main_window import MainWindow
    from editor.ui.page import DocumentPage
    from editor.ui.session import Session


class _Waiting(NamedTuple):
    """What was asked for on a page, and whether it needs the edits made that are being worked out for that.

    What is `by_hand` may be about what is selected: what hands do after it must not come before it.
    """

    page: DocumentPage
    act: Callable[[], object]
    awaits_edits: bool
    kind: Literal["command", "input", "close"]
    by_hand: bool


class Settling:
    """Knows the pending edits of all of a window's views, and has what comes after them done in its order."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._waiting: deque[_Waiting] = deque()
        self._awaited: set[Session] = set()
        """Those whose pending edits it is told of when they are made."""
        self._in_turn: DocumentPage | None = None
        """The page on which something is done now that has waited: what that asks for does not wait again."""
        self._close_window: Callable[[], object] | None = None
        """What follows all that waits."""
        self._turns = Slices(window, self._act_next)

    def pending_of(self, session: Session | None = None) -> Pending | None:
        """Edits that are being worked out for a view of the session, or of any: they are made before it is closed."""
        pages = (page for page in self._window.pages() if session is None or page.session is session)
        return next((page.view.gestures.pending for page in pages if page.view.gestures.pending), None)

    def when_made(self, session: Session | None, then: Callable[[], object]) -> None:
        """Call `then` once all edits are made that are being worked out for the session, or for any."""
        pending = self.pending_of(session)
        if pending is None:
            then()
        else:
            pending.when_done(lambda: self.when_made(session, then))

    def has_to_wait(self, command: Command) -> bool:
        """Whether a command is for a canvas that has more to do before: nobody knows if it can be done after that.

        What gives up edits that are being worked out does so now.
        """
        page = self._window.page
        if page is None or not (command.awaits_edits or command.on_canvas or command.gives_up_edits):
            return False
        if command.gives_up_edits and self.pending_of(page.session):
            return False
        comes_after_others = page is not self._in_turn and not all(map(self._is_held_up, self._of(page.session)))
        return page.view.is_behind or comes_after_others

    def before(self, command: Command, act: Callable[[], object]) -> None:
        """Begin what waits for a pause of the hand, and act: later, if the command needs that to be made."""
        page = self._window.page
        has_to_wait = self.has_to_wait(command)
        if page is None or (command.gives_up_edits and not has_to_wait):
            act()
            return
        page.view.gestures.pending.begin_held()
        pending = self.pending_of(page.session)
        is_first = page is self._in_turn or not any(self._of(page.session))
        is_next = is_first and not pending and self._is_in_step(page)
        awaits_edits = command.awaits_edits or (command.on_canvas and self._are_hands_held_up(page))
        if not has_to_wait and (is_next or not awaits_edits):
            act()
            return
        if pending:
            self._window.notifier.status("This is done as soon as the edit before it is made.")
        self._wait(_Waiting(page, act, awaits_edits, "command", command.on_canvas))

    def hold(self, page: DocumentPage, act: Callable[[], object]) -> None:
        """Act when the page's canvas has followed what it has to, after all that was asked for before."""
        self._wait(_Waiting(page, act, self._are_hands_held_up(page), "input", by_hand=True))

    def is_any_before(self, page: DocumentPage) -> bool:
        """Whether anything waits for any view of its document that what is done there now has to follow."""
        return any(each.by_hand or not self._is_held_up(each) for each in self._of(page.session))

    def put_off(self, page: DocumentPage, close: Callable[[], object]) -> bool:
        """Whether anything waits for a view of the page's document: `close` follows it then, or it would never be done.

        One that closes waits for no other: two would put each other off for ever.
        """
        pages = [each.page for each in self._of(page.session) if each.kind != "close"]
        is_put_off = any(each in self._window.pages() for each in pages)
        if is_put_off:
            self._waiting.append(_Waiting(page, close, awaits_edits=True, kind="close", by_hand=False))
        return is_put_off

    def put_off_window(self, close: Callable[[], object]) -> bool:
        """The same for the window: `close` follows all that waits for any page, once."""
        if self._waiting:
            self._close_window = close
        return bool(self._waiting)

    def _wait(self, waiting: _Waiting) -> None:
        self._waiting.append(waiting)
        self._go_on()

    def _go_on(self) -> None:
        """See that what waits is done: each thing in a turn of its own, when the edits that it needs are made."""
        is_last_done = not self._waiting and self._close_window is not None
        if is_last_done or not all(map(self._is_held_up, self._waiting)):
            self._turns.start()
        for session in {each.page.session for each in self._waiting if self._is_held_up(each)} - self._awaited:
            self._awaited.add(session)
            self.when_made(session, partial(self._on_made, session))

    def _on_made(self, session: Session) -> None:
        self._awaited.discard(session)
        self._go_on()

    def _is_held_up(self, waiting: _Waiting) -> bool:
        page = waiting.page
        return waiting.awaits_edits and page in self._window.pages() and self.pending_of(page.session) is not None

    def _are_hands_held_up(self, page: DocumentPage) -> bool:
        """Whether what waits for edits must come before whatever hands do: it may take as long as these."""
        return any(each.by_hand and self._is_held_up(each) for each in self._of(page.session))

    def _of(self, session: Session) -> Iterator[_Waiting]:
        """What waits for any view of a document."""
        return (each for each in self._waiting if each.page.session is session)

    def _act_next(self) -> None:
        """Not in the turn in which a large edit is applied, nor before the canvas has followed it."""
        if not self._waiting and self._close_window is not None:
            close, self._close_window = self._close_window, None
            close()
            return
        first, pages = self._next(), self._window.pages()
        try:
            if first is not None and first.page not in pages:
                self._waiting.remove(first)
            elif first is not None and self._is_in_step(first.page):
                self._waiting.remove(first)
                if first.kind == "command":
                    # It is for this page, whatever is in front by now.
                    self._bring_forward(first.page)
                self._in_turn = first.page
                first.act()
        finally:
            self._in_turn = None
            self._go_on()

    def _next(self) -> _Waiting | None:
        """What can be done now; of one document's, nothing before what its other view is not ready for."""
        pages = self._window.pages()
        behind: set[Session] = set()
        for each in self._waiting:
            if each.page in pages and each.page.view.is_behind:
                behind.add(each.page.session)
            if each.page not in pages or (each.page.session not in behind and not self._is_held_up(each)):
                return each
        return None

    @staticmethod
    def _is_in_step(page: DocumentPage) -> bool:
        """Whether it can be asked what runs before what: edits do, and to work that out first may take 0.1 s.

        If not, works at it for a slice.
        """
        return page.session.document.settle(perf_counter() + SLICE_S)

    def _bring_forward(self, page: DocumentPage) -> None:
        window = self._window
        if page is window.page:
            return
        if window.tabs.indexOf(page) >= 0:
            window.tabs.setCurrentWidget(page)
            window.second_views.use_tabs()
        else:
            page.focus_canvas()
