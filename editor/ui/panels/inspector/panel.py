"""Chooses what the Inspector shows, by what is selected."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QTabWidget, QVBoxLayout, QWidget

from editor.model import GROUP_TYPES, Edit, EntityId, Note, Pipeline, Task
from editor.ui.notify import Notifier
from editor.ui.panels.inspector.portions import Portions
from editor.ui.slices import Slices
from editor.ui.widgets import EmptyState

if TYPE_CHECKING:
    from editor.ui.page import DocumentPage
    from editor.ui.panels.inspector.forms import Form

GESTURE_MS = 80
"""A form takes longer to build than a frame may: it is looked again so often whether a gesture is over."""

LARGE = 4000
"""Entities: from here on the canvas paints a frame of its own first, and forms follow it."""

Subject = tuple[str, Collection[EntityId]]
"""What the form is about: "pipeline" or "one" with its id, "several" with the selection."""


class Inspector(QWidget):
    """Keeps the form while the selection stays, so that the cursor in a field does too."""

    def __init__(self, notifier: Notifier, dock: QWidget) -> None:
        super().__init__(dock)
        self._notifier = notifier
        self._page: DocumentPage | None = None
        self._subject: Subject | None = None
        self._tab_of: dict[str, int] = {}
        self.form: Form | None = None
        self._form_page: DocumentPage | None = None
        self._is_broken_off = False
        """Whether the form lacks rows: the document changed under it while it was being built."""
        self._kept: Form | None = None
        self._kept_for: Subject | None = None
        self._empty = EmptyState(
            "settings", "Nothing open", "Open a pipeline, then select a task to see and change it here."
        )
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._empty)
        self._refreshing = Slices(self, self._refresh)
        """A form is built as long as a slice of anything else is, and beside a frame that is too long."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._refreshing.start)
        self.setMinimumWidth(280)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)

    def set_page(self, page: DocumentPage | None) -> None:
        if self._page is not None:
            self._leave()
            self._page.session.changed.disconnect(self._on_changed)
        self._page = page
        self._subject = None
        self._forget_kept()
        if page is not None:
            page.session.changed.connect(self._on_changed)
        if self._is_large():
            self._show_later()
        else:
            self._show_selection()

    def focus_first(self) -> None:
        """Bring the keyboard to the first thing that can be changed."""
        if self.form is None:
            return
        found = self.form.nextInFocusChain()
        while found is not None and found is not self.form:
            takes_keys = found.isVisible() and found.isEnabled() and found.focusPolicy() & Qt.FocusPolicy.TabFocus
            if takes_keys and self.form.isAncestorOf(found):
                found.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return
            found = found.nextInFocusChain()

    def refresh_selection(self) -> None:
        """Show what is selected now; a moment later where the canvas has much to paint, or the hand is at something."""
        if self._is_large() or self._is_busy():
            self._soon.start(GESTURE_MS)
        else:
            self._show_selection()

    def _leave(self) -> None:
        if self.form is not None:
            self.form.desk.leave()

    def _pause(self) -> None:
        if self.form is not None:
            self.form.desk.pause()

    def _is_busy(self) -> bool:
        return self._page is not None and self._page.view.gestures.active is not None

    def _is_large(self) -> bool:
        return self._page is not None and len(self._page.session.document.entities) > LARGE

    def _show_selection(self) -> None:
        subject = self._subject_now()
        is_same = subject is not None and subject == self._subject
        if is_same and (self.form is None or self.form.still_fits()):
            return
        is_whole = not self._is_broken_off
        self._subject, self._is_broken_off = subject, False
        if subject is not None and subject[0] == "several" and is_whole and self._show_in_same(subject[1]):
            return
        self._remember_tab()
        kept = self._kept if subject is not None and subject == self._kept_for else None
        if kept is not None and not kept.still_fits():
            kept = None
            if self.form is not self._kept:
                self._forget_kept()
        self._leave()
        form = kept or self._made(subject)
        before, self.form, self._form_page = self.form, form, self._page
        if before is not None:
            self._put_away(before, subject)
        if form is not None and subject is not None and subject[0] == "pipeline":
            if form is not self._kept:
                self._forget_kept()
            self._kept, self._kept_for = form, subject
        self._empty.setVisible(form is None)
        if kept is not None:
            kept.refresh()
            kept.show()
        elif form is not None:
            form.setUpdatesEnabled(False)
            self._layout.addWidget(form)
            tabs = getattr(form, "tabs", None)
            if isinstance(tabs, QTabWidget):
                tabs.setCurrentIndex(self._tab_of.get(form.family, 0))
            form.build_shown()
            form.setUpdatesEnabled(True)

    def _show_later(self) -> None:
        """Have no form for now: that of the page is built in a turn of its own, beside all that a page brings."""
        self._remember_tab()
        form, self.form, self._form_page = self.form, None, None
        if form is not None:
            self._put_away(form, None)
        self._empty.hide()
        self._refreshing.start()

    def _show_in_same(self, ids: Collection[EntityId]) -> bool:
        """Turn a form for several things to other things of its page."""
        from editor.ui.panels.inspector.several import SeveralForm

        if not isinstance(self.form, SeveralForm) or self._form_page is not self._page:
            return False
        self.form.show_things(ids)
        return True

    def _put_away(self, form: Form, subject: Subject | None) -> None:
        """A pipeline's form is shown after every click on nothing: it is kept as long as it may come back."""
        form.hide()
        if form is self._kept and subject is not None and self._page is not None and subject != self._kept_for:
            return
        if form is self._kept:
            self._kept, self._kept_for = None, None
        self._layout.removeWidget(form)
        form.deleteLater()

    def _forget_kept(self) -> None:
        kept, self._kept, self._kept_for = self._kept, None, None
        if kept is not None and kept is not self.form:
            self._layout.removeWidget(kept)
            kept.deleteLater()

    def _remember_tab(self) -> None:
        tabs = getattr(self.form, "tabs", None)
        if self.form is not None and isinstance(tabs, QTabWidget):
            self._tab_of[self.form.family] = tabs.currentIndex()

    def _subject_now(self) -> Subject | None:
        page = self._page
        if page is None:
            return None
        document, selection = page.session.document, page.view.selection
        if len(selection) > 1:
            return "several", selection
        if not any(each in document for each in selection):
            scope = document.pipeline_of(page.view.scope) if page.view.scope in document else page.view.scope
            return ("pipeline", (scope,)) if isinstance(document.get(scope), Pipeline) else None
        return "one", tuple(selection)

    def _made(self, subject: Subject | None) -> Form | None:
        page = self._page
        if subject is None or page is None:
            return None
        # Loaded when the first form is made, which is after the window's first frame.
        from editor.ui.panels.inspector.desk import PageDesk
        from editor.ui.panels.inspector.groups import GroupForm
        from editor.ui.panels.inspector.notes import NoteForm
        from editor.ui.panels.inspector.pipeline import PipelineForm
        from editor.ui.panels.inspector.several import SeveralForm
        from editor.ui.panels.inspector.task import TaskForm

        kind, ids = subject
        desk = PageDesk(page, ids, refresh=lambda: self._soon.start(0))
        if kind == "several":
            return SeveralForm(desk, ids, self)
        (only,) = ids
        if kind == "pipeline":
            return PipelineForm(desk, only, self)
        entity = page.session.document.get(only)
        if isinstance(entity, Task):
            return TaskForm(desk, only, self)
        if isinstance(entity, GROUP_TYPES):
            return GroupForm(desk, only, self)
        return NoteForm(desk, only, self) if isinstance(entity, Note) else None

    def _on_changed(self, _edit: Edit) -> None:
        if self.form is not None:
            self.form.forget()
            under_way = [work for work in self.form.findChildren(Portions) if work.is_under_way]
            # The form is replaced in a moment; until then nothing of it may ask for what is not there any more.
            if under_way and (self._is_subject_gone() or not self.form.still_fits()):
                self._is_broken_off = True
                for work in under_way:
                    work.stop()
                if self.form is self._kept:
                    self._forget_kept()
        self._soon.start(GESTURE_MS if self._is_large() else 0)

    def _is_subject_gone(self) -> bool:
        document = self._page.session.document if self._page is not None else ()
        return self._subject is not None and any(each not in document for each in self._subject[1])

    def _refresh(self) -> None:
        if self._is_busy():
            self._soon.start(GESTURE_MS)
            return
        is_same = self._subject_now() == self._subject
        if is_same and self.form is not None and self.form.desk.is_waiting:
            # What is in the fields is newer than what the document holds.
            self._soon.start(GESTURE_MS)
            return
        if not is_same or self.form is None or self._is_broken_off or not self.form.still_fits():
            self._subject = self._subject if self.form is None else None
            self._show_selection()
        else:
            self.form.refresh()

    def _on_focus_changed(self, before: QWidget | None, _now: QWidget | None) -> None:
        if before is not None and self.isAncestorOf(before):
            self._pause()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the fields have left over: Return in a line of text among that."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pause()
        super().keyPressEvent(event)
