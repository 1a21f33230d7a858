"""One view of an open document: the breadcrumb, the canvas, and the words on an empty canvas."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from editor.errors import EditorError
from editor.model import GROUP_TYPES, ROOT, DocumentView, Edit, EntityId, Pipeline, Task
from editor.ui.canvas.view import CanvasView
from editor.ui.library import ComponentLibrary
from editor.ui.run_badges import Reader
from editor.ui.run_strip import RunStrip
from editor.ui.session import Session, Severity
from editor.ui.slices import Slices
from editor.ui.style import GAP
from editor.ui.theme import Theme
from editor.ui.widgets import button, clear, column, label, row

if TYPE_CHECKING:
    from editor.ui.canvas.columns import Columns


MARKED_AT_A_TIME = 2000
"""Of what has issues: 4 ms."""


class Crumb:
    """A place on the way from the root pipeline to what is shown."""

    def __init__(self, scope: EntityId, text: str) -> None:
        self.scope = scope
        self.text = text


def trail(document: DocumentView, scope: EntityId, entered_by: dict[EntityId, EntityId]) -> list[Crumb]:
    """The way to a scope; `entered_by` says which task was opened where several use the same sub-pipeline."""
    crumbs: list[Crumb] = []
    seen: set[EntityId] = set()
    here: EntityId | None = scope
    while here is not None and here not in seen:
        seen.add(here)
        entity = document.get(here)
        if isinstance(entity, GROUP_TYPES):
            crumbs.append(Crumb(here, entity.name))
            here = entity.parent
        elif here != ROOT and isinstance(entity, Pipeline):
            caller = _caller(document, here, entered_by.get(here))
            crumbs.append(Crumb(here, caller.name if caller else entity.name))
            here = document.pipeline_of(caller.id) if caller else ROOT
        else:
            crumbs.append(Crumb(ROOT, document.root.name))
            here = None
    return list(reversed(crumbs))


def _caller(document: DocumentView, pipeline: EntityId, preferred: EntityId | None) -> Task | None:
    if preferred is not None:
        entity = document.get(preferred)
        if isinstance(entity, Task) and entity.component == pipeline:
            return entity
    for user in document.users(pipeline):
        entity = document.get(user)
        if isinstance(entity, Task) and entity.component == pipeline:
            return entity
    return None


def is_subpipeline(document: DocumentView, task: EntityId) -> bool:
    entity = document.get(task)
    return isinstance(entity, Task) and isinstance(document.get(entity.component), Pipeline)


class EmptyCanvas(QFrame):
    """Lies in the middle of an empty canvas: the three ways to begin, and a sample."""

    def __init__(self, parent: QWidget, *, add_folder: Callable[[], object], open_sample: Callable[[], object]) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        heading = label("Draw a pipeline", "heading")
        ways = column(gap=GAP)
        for number, (what, how) in enumerate(
            (
                ("Drag a component", "from the list on the left, or double-click it there."),
                ("Double-click here", "or press Tab, and type the first letters of a component."),
                ("Drop files", "on the window: component YAML, Python files, a KFP package."),
            ),
            start=1,
        ):
            ways.addLayout(row(label(str(number), "badge"), label(what, "section"), label(how, "muted"), None))
        self.sample_button = button("Open the sample pipeline", open_sample, role="primary")
        self.folder_button = button("Add a folder of components…", add_folder)
        self.setLayout(
            column(heading, ways, row(self.sample_button, self.folder_button, None), margin=3 * GAP, gap=2 * GAP)
        )


class DocumentPage(QWidget):
    """A tab. Several pages may show the same session."""

    view_changed = Signal()
    fell_behind = Signal()
    """The canvas follows a large edit in the next turns."""
    problem_wanted = Signal()
    details_wanted = Signal()
    """What is selected shall be edited: an ordinary task was activated, which has no inside to go into."""

    def __init__(
        self,
        session: Session,
        *,
        library: ComponentLibrary,
        theme: Theme,
        refused: Callable[[EditorError], None],
        add_folder: Callable[[], object],
        open_sample: Callable[[], object],
        take_off_run: Callable[[], object],
        scene: Columns | None = None,
    ) -> None:
        """`scene`, if given, is as CanvasView has it."""
        super().__init__()
        self.session = session
        self.runs_seen = Reader()
        self._refused = refused
        self._entered_by: dict[EntityId, EntityId] = {}
        self.view = CanvasView(session.document, do=self.do, library=library, theme=theme, scene=scene, parent=self)
        self.view.gestures.pending = session.pending
        self.view.setAccessibleName("Pipeline canvas")
        self._on_state_changed()
        self._crumbs = row(gap=0)
        self._crumb_bar = QWidget()
        bar = row(self._crumbs, None, margin=0)
        bar.setContentsMargins(GAP, 2, GAP, 2)
        self._crumb_bar.setLayout(bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._crumb_bar)
        self.strip = RunStrip(session, take_off_run)
        layout.addWidget(self.strip)
        layout.addWidget(self.view, 1)
        # In the viewport, so that what is dropped or double-clicked on the card reaches the canvas.
        self.empty = EmptyCanvas(self.view.viewport(), add_folder=add_folder, open_sample=open_sample)
        self.view.installEventFilter(self)
        self.view.viewport().installEventFilter(self)
        self.view.scope_changed.connect(lambda _scope: self._on_scope_changed())
        self.view.activated.connect(self._on_activated)
        # The canvas says itself, beside the cursor, what it refuses; only what is long needs a place that stays.
        self.view.refused.connect(lambda error: refused(error) if error.details else None)
        self._to_mark: dict[EntityId, None] = {}
        self._marks: dict[EntityId, Severity | None] = {}
        """What is known so far of what is to be marked."""
        self._marking = Slices(self, self._gather_marks)
        session.changed.connect(self._on_document_changed)
        session.issues_changed.connect(self._on_issues_changed)
        session.state_changed.connect(self._on_state_changed)
        self._on_scope_changed()
        self.view.set_issues(session.severities())

    def do(self, edit: Edit) -> None:
        """Apply an edit; what refuses it is told, and nothing is changed."""
        try:
            self.session.do(edit)
        except EditorError as error:
            self._refused(error)

    def show_entity(self, entity_id: EntityId) -> None:
        """Go to the pipeline in which an entity lies, select it and bring it into view."""
        document = self.session.document
        if entity_id not in document:
            return
        if isinstance(document.get(entity_id), Pipeline):
            self.view.set_scope(entity_id)
            self.view.select(())
            return
        parent = document.pipeline_of(entity_id)
        if isinstance(document.get(parent), Pipeline) and self.view.scope != parent:
            self.view.set_scope(parent)
        self.view.select((entity_id,))
        self.view.reveal(entity_id)

    def enter(self, task: EntityId) -> None:
        """Show the inside of a task's sub-pipeline."""
        entity = self.session.document.get(task)
        if isinstance(entity, Task) and is_subpipeline(self.session.document, task):
            self._entered_by[entity.component] = task
            self.view.set_scope(entity.component)
            self.view.fit()

    def leave(self) -> None:
        """Show the pipeline around the one that is shown."""
        crumbs = self.crumbs()
        if len(crumbs) > 1:
            came_from = self._entered_by.get(crumbs[-1].scope)
            self.view.set_scope(crumbs[-2].scope)
            if came_from is not None and came_from in self.session.document:
                self.view.select((came_from,))

    def crumbs(self) -> list[Crumb]:
        return trail(self.session.document, self.view.scope, self._entered_by)

    def _on_activated(self, entity_id: str) -> None:
        task = EntityId(entity_id)
        if is_subpipeline(self.session.document, task):
            self.enter(task)
        else:
            self.view.select({task})
            self.details_wanted.emit()

    def _on_scope_changed(self) -> None:
        clear(self._crumbs)
        crumbs = self.crumbs()
        for number, crumb in enumerate(crumbs):
            if number:
                self._crumbs.addWidget(label("\u203a", "muted"))
            step = QToolButton()
            step.setText(crumb.text)
            step.setAccessibleName(f"Go to {crumb.text}")
            step.setEnabled(number < len(crumbs) - 1)
            step.clicked.connect(lambda _checked=False, scope=crumb.scope: self.view.set_scope(scope))
            self._crumbs.addWidget(step)
        self._crumb_bar.setVisible(len(crumbs) > 1)
        self._update_empty()
        self.view_changed.emit()

    def _on_document_changed(self, _edit: Edit) -> None:
        document = self.session.document
        if self.view.scope not in document:
            self.view.set_scope(ROOT)
        if len(self.crumbs()) > 1:
            self._on_scope_changed()
        # Until a large edit is followed the picture from before is shown, and words on an empty canvas lie over it.
        self.view.when_followed(self._update_empty)
        if self.view.is_behind:
            self.fell_behind.emit()

    def _on_state_changed(self) -> None:
        self.view.set_read_only(self.session.is_read_only)

    def _on_issues_changed(self, subjects: tuple[EntityId, ...]) -> None:
        self._to_mark.update(dict.fromkeys(subjects))
        if len(self._to_mark) > MARKED_AT_A_TIME:
            self._marking.start()
        elif not self._marking.is_waiting:
            self._gather_marks()

    def _gather_marks(self) -> None:
        """Look at some thousand subjects, the others in turns of their own; all are marked in one."""
        for each in list(islice(self._to_mark, MARKED_AT_A_TIME)):
            del self._to_mark[each]
            self._marks[each] = self.session.severity_of(each)
        if self._to_mark:
            self._marking.start()
            return
        marks, self._marks = self._marks, {}
        self.view.mark_issues(marks)

    def _update_empty(self) -> None:
        document = self.session.document
        is_empty = not document.has_children(self.view.scope) and not any(
            note.parent == self.view.scope for note in document.notes()
        )
        self.empty.setVisible(is_empty)
        if is_empty:
            self._place_empty()

    def _place_empty(self) -> None:
        self.empty.adjustSize()
        room = self.view.rect()
        self.empty.move(
            max(0, (room.width() - self.empty.width()) // 2), max(0, (room.height() - self.empty.height()) // 2)
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.view and event.type() == QEvent.Type.Resize and isinstance(event, QResizeEvent):
            self._place_empty()
        elif event.type() == QEvent.Type.DragEnter:
            self.empty.hide()
        elif event.type() in {QEvent.Type.DragLeave, QEvent.Type.Drop}:
            self._update_empty()
        return super().eventFilter(watched, event)

    def focus_canvas(self) -> None:
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
