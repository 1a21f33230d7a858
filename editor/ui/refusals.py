"""What was not compiled, and why: said once, and taken away when it is no longer so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from editor.errors import EditorError
    from editor.model import Edit
    from editor.ui.notify import MessageBar, Notifier
    from editor.ui.session import Session


class Refusals(QObject):
    """At most one message a document."""

    def __init__(self, notifier: Notifier, parent: QObject) -> None:
        super().__init__(parent)
        self._notifier = notifier
        self._bars: dict[str, MessageBar] = {}

    def tell(
        self, session: Session | None, error: EditorError, revision: int, *, show_problem: Callable[[], object]
    ) -> None:
        """Say why a pipeline was not compiled, and mark the tasks concerned until the next edit."""
        bar = self._notifier.error(error)
        if session is None:
            return
        self.forget(session.key)
        self._bars[session.key] = bar
        if session.compile_refused(error, revision):
            bar.add_action("Show the problem", show_problem)
        Watch(session, lambda: self.forget(session.key), bar)

    def forget(self, session_key: str) -> None:
        """The pipeline is another now, or it runs again."""
        bar = self._bars.pop(session_key, None)
        if bar is not None:
            self._notifier.take_away(bar)


class Watch(QObject):
    """Calls `settled` at each edit of more than the drawing; lives as long as the message does, and no longer."""

    def __init__(self, session: Session, settled: Callable[[], object], bar: MessageBar) -> None:
        super().__init__(bar)
        self._settled = settled
        session.changed.connect(self._on_session_changed)

    def _on_session_changed(self, edit: Edit) -> None:
        if not edit.is_drawing_only:
            self._settled()
