"""The strip above a canvas on which a run is shown: which run, how it stands, and whether the drawing is still its."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame

from editor.model.digest import document_digest
from editor.ui.run_words import STATE_ICONS, STATE_WORDS, run_duration, started_text
from editor.ui.style import GAP
from editor.ui.widgets import Sign, icon_button, label, row

if TYPE_CHECKING:
    from editor.errors import EditorError
    from editor.model import Edit
    from editor.ui.run_record import RunRecord
    from editor.ui.session import Session

WorkOut = Callable[[Callable[[], str], Callable[[str], object], Callable[["EditorError"], object]], object]

LOOK_MS = 150
"""Edits come in bursts; the document is compared with the run's when they pause."""
TICK_MS = 1000
MOVED_ON = "The pipeline has changed since this run."


class RunStrip(QFrame):
    """Hidden while no run is shown. The document as compiled is compared by its digest: undo brings it back."""

    ticked = Signal()
    """A second of a run that goes on has passed, and somebody may be looking."""

    def __init__(self, session: Session, take_off: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("role", "dock-title")
        self._session = session
        self._record: RunRecord | None = None
        self._digest = ""
        """Of the document as it is now, once it has been worked out."""
        self._is_working = False
        self._failed_at: int | None = None
        """The revision of which no digest could be made: it is not asked for again before the next edit."""
        self.work_out: WorkOut = lambda make, done, _failed: done(make())
        """Set by a window: works something out on another thread and hands it over, or why not, if the strip is still
        there by then.
        """
        self._sign = Sign()
        self.words = label("", "section")
        self._warning = Sign("warning", lambda theme: theme.warning)
        self.moved_on = label(MOVED_ON, "warning")
        close = icon_button("close", "Take the run off the canvas", take_off)
        close.setIconSize(QSize(12, 12))
        layout = row(self._sign, self.words, self._warning, self.moved_on, None, close)
        layout.setContentsMargins(GAP, 2, 4, 2)
        self.setLayout(layout)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(LOOK_MS)
        self._soon.timeout.connect(self._look)
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self.ticked)
        session.changed.connect(self._on_changed)
        self.moved_on.hide()
        self._warning.hide()
        self.hide()

    def show_run(self, record: RunRecord | None) -> None:
        """Say how a run stands; None takes the strip away."""
        self._record = record
        self.setVisible(record is not None)
        self._wind()
        if record is None:
            return
        run, state = record.run, record.state
        self._sign.show_icon(STATE_ICONS.get(state, "waiting"), lambda theme: theme.state(state))
        words = record.step or STATE_WORDS.get(state, state)
        took = "" if record.step else run_duration(record)
        self.words.setText(" \u00b7 ".join(part for part in (run.name, words, took, started_text(run)) if part))
        # Always: of what document the run is may be known only some time after it began.
        self._look()

    def _on_changed(self, edit: Edit) -> None:
        if not edit.is_drawing_only:
            self._digest = ""
            if self._record is not None:
                self._soon.start()

    def _look(self) -> None:
        record = self._record
        if record is None:
            return
        if not self._digest:
            self._work_out_digest()
            return
        wanted = record.run.document_digest
        has_moved = bool(wanted) and wanted != self._digest
        self.moved_on.setVisible(has_moved)
        self._warning.setVisible(has_moved)

    def _work_out_digest(self) -> None:
        revision = self._session.revision
        if self._is_working or revision == self._failed_at:
            return
        self._is_working = True
        document = self._session.document.snapshot()

        def done(digest: str) -> None:
            self._is_working = False
            if revision == self._session.revision:
                self._digest = digest
                self._look()
            else:
                self._soon.start()

        def failed(_error: EditorError) -> None:
            self._is_working = False
            self._failed_at = revision
            self._soon.start()

        self.work_out(lambda: document_digest(document), done, failed)

    @property
    def is_ticking(self) -> bool:
        return self._clock.isActive()

    def _wind(self, *, is_seen: bool | None = None) -> None:
        """The clock goes while a run goes on where it can be seen."""
        is_seen = self.isVisible() if is_seen is None else is_seen
        if is_seen and self._record is not None and self._record.is_live:
            if not self._clock.isActive():
                self._clock.start()
        else:
            self._clock.stop()

    # -- Qt's own names -------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._wind(is_seen=True)
        if self._clock.isActive():
            self.ticked.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._wind(is_seen=False)
