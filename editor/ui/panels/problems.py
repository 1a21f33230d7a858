"""The Problems tab: the issues of the document as they are now; a double-click goes to the task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QPushButton, QStackedWidget, QTreeView, QWidget

from editor.errors import EditorError
from editor.ui.panels.problem_list import ProblemList
from editor.ui.widgets import EmptyState, button, column, label, row

if TYPE_CHECKING:
    from editor.ui.session import Session
    from editor.validation import Fix, Issue

ROOM_FOR_HEADINGS_PX = 132
NONE = ("success", "No problems", "What is wrong with the pipeline appears here as you draw.")
CHECKING = ("waiting", "Looking for problems", "What is wrong with the pipeline appears here in a moment.")


class ProblemsPanel(QWidget):
    """`shown` asks for a task to be gone to."""

    shown = Signal(str)
    count_changed = Signal(int)

    def __init__(self, *, refused: Callable[[EditorError], object]) -> None:
        super().__init__()
        self._refused = refused
        self._session: Session | None = None
        self.model = ProblemList(self)
        self.tree = QTreeView()
        self.tree.setModel(self.model)
        self.tree.setRootIsDecorated(False)
        self.tree.setAccessibleName("Problems")
        self.tree.setIconSize(QSize(16, 16))
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setUniformRowHeights(True)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(1, 200)
        header.resizeSection(2, 88)
        self.tree.activated.connect(self._on_activated)
        self.tree.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.tree.selectionModel().currentChanged.connect(lambda _new, _old: self._show_details())
        self._fine = EmptyState(*NONE)
        self._details = label("", "muted", wraps=True, selectable=True)
        self._fixes = row(gap=4)
        foot = QWidget()
        foot_layout = row(self._details, self._fixes)
        foot_layout.setContentsMargins(8, 4, 8, 4)
        foot_layout.setStretch(0, 1)
        foot.setLayout(foot_layout)
        listed = QWidget()
        body = column(self.tree, foot, gap=0)
        body.setStretch(0, 1)
        listed.setLayout(body)
        self._foot = foot
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._fine)
        self._stack.addWidget(listed)
        self.setLayout(column(self._stack, gap=0))

    def fix_buttons(self) -> list[QPushButton]:
        """The buttons that mend the selected problem."""
        items = (self._fixes.itemAt(number) for number in range(self._fixes.count()))
        return [item.widget() for item in items if item is not None and isinstance(item.widget(), QPushButton)]  # pyright: ignore[reportReturnType]

    def set_session(self, session: Session | None) -> None:
        if self._session is not None:
            self._session.issues_changed.disconnect(self.refresh)
        self._session = session
        if session is not None:
            session.issues_changed.connect(self.refresh)
        self.refresh()

    @property
    def empty_words(self) -> str:
        """What is said while there are none."""
        return self._fine.title.text()

    def refresh(self) -> None:
        """Show the session's issues, worst first; the selected one stays selected."""
        selected = self._current()
        issues = self._session.issues if self._session else []
        self.model.show(issues, self._session.document if self._session else None)
        if issues:
            self.tree.setCurrentIndex(self.model.index(_place_of(selected, issues) or 0, 0))
        is_checking = self._session is not None and self._session.is_validating
        self._fine.say(*(CHECKING if is_checking else NONE))
        self._stack.setCurrentIndex(1 if issues else 0)
        self._show_details()
        self.count_changed.emit(len(issues))

    def go_to_next(self) -> None:
        """Select the problem after the selected one and go to its task."""
        number = self.tree.currentIndex().row() + 1
        if number == self.model.rowCount():
            self.model.fetch()
        if count := self.model.rowCount():
            number %= count
            self.tree.setCurrentIndex(self.model.index(number, 0))
            self._on_activated(self.model.index(number, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Where there is little room it is for the problems.
        self.tree.setHeaderHidden(event.size().height() < ROOM_FOR_HEADINGS_PX)

    def _current(self) -> Issue | None:
        return self.model.issue(self.tree.currentIndex())

    def _show_details(self) -> None:
        issue = self._current()
        for each in self.fix_buttons():
            self._fixes.removeWidget(each)
            each.hide()
            each.deleteLater()
        self._details.setText(issue.hint if issue else "")
        fixes: tuple[Fix, ...] = issue.fixes if issue else ()
        for number, fix in enumerate(fixes):
            self._fixes.addWidget(
                button(fix.label, lambda fix=fix: self._mend(fix), role="primary" if not number else "")
            )
        self._foot.setVisible(bool(fixes) or bool(issue and issue.hint))

    def _mend(self, fix: Fix) -> None:
        session = self._session
        if session is None:
            return

        def mend() -> None:
            try:
                session.do(fix.make(session.document))
            except EditorError as error:
                self._refused(error)

        session.pending.after_others(mend)

    def _on_scrolled(self, value: int) -> None:
        if value >= self.tree.verticalScrollBar().maximum():
            self.model.fetch()

    def _on_activated(self, index: QModelIndex) -> None:
        issue = self.model.issue(index)
        if issue is not None and issue.subject is not None:
            self.shown.emit(issue.subject)


def _place_of(issue: Issue | None, issues: Sequence[Issue]) -> int | None:
    if issue is None:
        return None
    # By the subject first: to compare all that ten thousand issues say takes 20 ms.
    return next((at for at, each in enumerate(issues) if each.subject == issue.subject and each == issue), None)
