"""Messages about the files of documents: each goes by itself when what it says no longer holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from editor.ui.notify import MessageBar, Notifier
    from editor.ui.session import Session

Matter = Literal["recovered", "mended", "changed"]


class FileMessages(QObject):
    """At most one message of each kind a document."""

    def __init__(self, notifier: Notifier, parent: QObject) -> None:
        super().__init__(parent)
        self._notifier = notifier
        self._bars: dict[tuple[str, Matter], MessageBar] = {}

    def tell_back(self, session: Session) -> None:
        """It has no file yet, and was open when the program ended badly."""
        bar = self._notifier.warning(
            f"“{session.document.root.name}” was not saved when Pipeloom last ended; it is back.",
            hint="Save it to keep it.",
            about=session.key,
        )
        self._show_until_saved(session, "recovered", bar)

    def tell_recovered(self, session: Session, name: str, edits: int, drop: Callable[[], object]) -> None:
        count = "1 unsaved change" if edits == 1 else f"{edits} unsaved changes"
        bar = self._notifier.warning(
            f"{count} to “{name}” came back after the last session ended unexpectedly.",
            hint="Save to keep them.",
            about=session.key,
        )
        bar.add_action("Drop them", drop)
        self._show_until_saved(session, "recovered", bar)

    def tell_mended(self, session: Session, name: str, notes: tuple[str, ...]) -> None:
        """It has been looked over when it is saved, or when somebody works on."""
        bar = self._notifier.warning(
            f"“{name}” was damaged and has been mended.",
            hint="Look it over before you save it over the old file.",
            details="\n".join(notes),
            about=session.key,
        )
        self._show_until_saved(session, "mended", bar)
        from editor.ui.refusals import Watch

        Watch(session, lambda: self.settle(session, "mended"), bar)

    def ask_which(self, session: Session, name: str, take: Callable[[], object], keep: Callable[[], object]) -> None:
        """Another program has written the file of a document that has unsaved changes: no other message hides this."""
        self.settle(session, "changed")
        bar = self._notifier.warning(
            f"“{name}” was changed by another program while you have unsaved changes.",
            hint="Saving would put your version over the other one.",
            about=session.key,
        )
        bar.setToolTip(str(session.path))
        bar.is_kept = True
        bar.add_action("Take the file's version", take)
        bar.add_action("Keep mine", keep)
        self._bars[session.key, "changed"] = bar

    def settle(self, session: Session, *matters: Matter) -> None:
        """What these messages say of a document no longer holds."""
        for matter in matters:
            bar = self._bars.pop((session.key, matter), None)
            if bar is not None:
                self._notifier.take_away(bar)

    def forget(self, session: Session) -> None:
        """The document is closed."""
        self.settle(session, "recovered", "mended", "changed")

    def _show_until_saved(self, session: Session, matter: Matter, bar: MessageBar) -> None:
        self._bars[session.key, matter] = bar
        if session.path is not None:
            bar.setToolTip(str(session.path))

        def look() -> None:
            if not session.is_dirty:
                session.state_changed.disconnect(look)
                self.settle(session, matter)

        session.state_changed.connect(look)
