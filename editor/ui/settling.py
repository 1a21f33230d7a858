"""What waits for edits that are not made yet: commands that read or change the document, and closing it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from editor.ui.slices import Slices

if TYPE_CHECKING:
    from editor.ui.actions import Command
    from editor.ui.canvas.gestures.large_edits import Pending
    from editor.ui.main_window import MainWindow
    from editor.ui.page import DocumentPage
    from editor.ui.session import Session


class Settling:
    """Knows the pending edits of all of a window's views."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._waiting: deque[tuple[DocumentPage, Callable[[], object]]] = deque()
        """Commands, and the pages that they are for."""
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

    def before(self, command: Command, act: Callable[[], object]) -> None:
        """Begin what waits for a pause of the hand, and act: later, if the command needs that to be made."""
        window, page = self._window, self._window.page
        if page is None or command.gives_up_edits:
            act()
            return
        page.view.gestures.pending.begin_held()
        comes_after_one = any(waiting.session is page.session for waiting, _act in self._waiting)
        if not command.awaits_edits or not (comes_after_one or self.pending_of(page.session)):
            act()
            return
        window.notifier.status("This is done as soon as the edit before it is made.")
        self._waiting.append((page, act))
        if len(self._waiting) == 1:
            self.when_made(page.session, self._turns.start)

    def put_off(self, session: Session, close: Callable[[], object]) -> bool:
        """Whether commands wait for a page of the session: `close` follows them then, or they would never be done."""
        pages = [page for page, _act in self._waiting if page.session is session and page in self._window.pages()]
        if pages:
            self._waiting.append((pages[-1], close))
        return bool(pages)

    def _act_next(self) -> None:
        """Not in the turn in which a large edit is applied, nor before the canvas has followed it."""
        page, act = self._waiting[0]
        if page in self._window.pages():
            if self.pending_of(page.session):
                self.when_made(page.session, self._turns.start)  # What has waited before was another.
                return
            if page.view.is_behind:
                self._turns.start()
                return
        self._waiting.popleft()
        try:
            if page in self._window.pages():
                # The command is for this page, whatever is in front by now.
                self._bring_forward(page)
                act()
        finally:
            if self._waiting:
                self._turns.start()

    def _bring_forward(self, page: DocumentPage) -> None:
        window = self._window
        if page is window.page:
            return
        if window.tabs.indexOf(page) >= 0:
            window.tabs.setCurrentWidget(page)
            window.second_views.use_tabs()
        else:
            page.focus_canvas()
