"""Closing a document or the window: what is being worked out is made first, what is unsaved is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.ui.main_window import MainWindow
    from editor.ui.page import DocumentPage


class Closing:
    """Decides when a page may go; the window takes it away."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def close(self, page: DocumentPage) -> None:
        """Close a tab, and with it the views beside it; asks about unsaved changes. Or close a view beside."""
        window, session = self._window, page.session
        if page not in window.pages():
            return
        if window.settling.pending_of(session) is not None:
            window.settling.when_made(session, lambda: self.close(page))
        elif window.settling.put_off(page, lambda: self.close(page)):
            return
        elif page in window.second_views.pages():
            window.second_views.close(page)
        else:
            self._once_answered(page, lambda: window.drop_page(page))

    def may_close_window(self) -> bool:
        """Whether it may close now; if not, it is closed later, unless a person gives up."""
        window = self._window
        if window.settling.pending_of() is not None:
            window.settling.when_made(None, window.close)
            return False
        if window.settling.put_off_window(window.close):
            return False
        dirty = next((page for page in window.pages() if page.session.is_dirty), None)
        if dirty is None:
            return True

        def go_on() -> None:
            window.drop_page(dirty)
            window.close()

        # One question a document; giving up at any of them keeps the window open.
        window.tabs.setCurrentWidget(dirty)
        self._once_answered(dirty, go_on)
        return False

    def _once_answered(self, page: DocumentPage, go_on: Callable[[], object]) -> None:
        """Go on if nothing is unsaved, or once it is saved or may be lost."""
        window, session = self._window, page.session
        if not session.is_dirty:
            go_on()
            return

        def answered(choice: str) -> None:
            if choice == "save":
                window.files.save(session, then=go_on)
            elif choice == "discard":
                go_on()

        window.ask.save_changes(session.name.removesuffix(" (unsaved)"), answered)
