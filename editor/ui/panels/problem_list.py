"""The rows of the Problems tab: issues as they are, words and icons made only for the rows that are painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from editor.ui.icons import icon
from editor.ui.style import worn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from editor.model import DocumentView
    from editor.validation import Issue

ISSUE = int(Qt.ItemDataRole.UserRole)
FETCHED = 60
"""Rows that the list has before someone scrolls to its end."""
MOST_PUT = 20
"""Rows that are put in or taken out one by one; beyond that the list begins anew, at its top."""
HEADINGS = ("Problem", "Where", "Severity")
SEVERITY_WORDS = {"error": "Error", "warning": "Warning", "info": "Hint"}

_Role = Qt.ItemDataRole


class ProblemList(QAbstractTableModel):
    """A large document may have tens of thousands, and they come anew after every edit."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.issues: Sequence[Issue] = ()
        self._document: DocumentView | None = None
        self._fetched = 0

    def show(self, issues: Sequence[Issue], document: DocumentView | None) -> None:
        """Have the rows be these: only those that differ are put anew, where they are few."""
        before, fetched = self.issues, self._fetched
        self._document = document
        growth = len(issues) - len(before)
        wanted = min(len(issues), fetched + growth)
        first, last = _differing(before[:fetched], issues[:wanted]) if wanted > 0 else (0, 0)
        if max(fetched, wanted) - first - last > MOST_PUT or wanted < min(len(issues), FETCHED // 2):
            self.beginResetModel()
            self.issues, self._fetched = issues, min(len(issues), FETCHED)
            self.endResetModel()
            return
        if fetched - last > first:
            self.beginRemoveRows(QModelIndex(), first, fetched - last - 1)
            self.issues, self._fetched = [*before[:first], *before[fetched - last :]], first + last
            self.endRemoveRows()
        if wanted - last > first:
            self.beginInsertRows(QModelIndex(), first, wanted - last - 1)
            self.issues, self._fetched = issues, wanted
            self.endInsertRows()
        self.issues = issues
        if wanted:
            # Where it is may have another name.
            self.dataChanged.emit(self.index(0, 1), self.index(wanted - 1, 1))

    def fetch(self) -> None:
        """Have more rows, if there are issues without one.

        Not by `fetchMore`: a QTreeView calls that each time that it lays itself out (Qt 6.11), also for another style,
        and each row costs it two calls of Python then.
        """
        more = min(len(self.issues), self._fetched + FETCHED)
        if more > self._fetched:
            self.beginInsertRows(QModelIndex(), self._fetched, more - 1)
            self._fetched = more
            self.endInsertRows()

    def issue(self, index: QModelIndex | QPersistentModelIndex) -> Issue | None:
        return self.issues[index.row()] if index.isValid() else None

    def _where(self, issue: Issue) -> str:
        if issue.subject is None or self._document is None:
            return ""
        document = self._document
        entity = document.get(issue.subject)
        path = document.path(issue.subject) if document.paths(issue.subject) else getattr(entity, "name", "")
        return f"{path} \u00b7 {issue.input}" if issue.input else path

    # -- Qt's own names -------------------------------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._fetched

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        is_heading = orientation == Qt.Orientation.Horizontal and role == _Role.DisplayRole
        return HEADINGS[section] if is_heading else None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = _Role.DisplayRole) -> object:
        issue = self.issue(index)
        if issue is None:
            return None
        column = index.column()
        if role == _Role.DisplayRole:
            return (issue.message, self._where(issue), SEVERITY_WORDS[issue.severity])[column]
        if role == ISSUE:
            return issue
        if column == 0 and role == _Role.DecorationRole:
            return icon(issue.severity, worn().severity(issue.severity))
        if column == 0 and role == _Role.ToolTipRole:
            return f"{issue.message}\n{issue.hint}".strip()
        return None


def _differing(before: Sequence[Issue], after: Sequence[Issue]) -> tuple[int, int]:
    """How many are the very same at the beginning, and how many of the others at the end."""
    shorter = min(len(before), len(after))
    first = next((number for number in range(shorter) if before[number] is not after[number]), shorter)
    rest = shorter - first
    last = next((number for number in range(rest) if before[-1 - number] is not after[-1 - number]), rest)
    return first, last
