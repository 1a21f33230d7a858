"""Where the keyboard goes when a form is asked for: the first field for a value."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QTextEdit,
    QWidget,
)

_FIELDS = (QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit)


def focus_first_field(panel: QWidget) -> bool:
    """Focus the uppermost field of a panel; below its tabs if it has some, for above them is but the name."""
    tabs = [each for each in panel.findChildren(QTabWidget) if each.isVisibleTo(panel)]
    for part in (*(tab.currentWidget() for tab in tabs), panel):
        field = _first_field(part)
        if field is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            if isinstance(field, QLineEdit):
                field.selectAll()
            return True
    return False


def _first_field(part: QWidget) -> QWidget | None:
    fields = [
        each
        for each in part.findChildren(QWidget)
        if isinstance(each, _FIELDS)
        and each.isVisibleTo(part)
        and each.isEnabled()
        and each.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]

    def place(field: QWidget) -> tuple[int, int]:
        at = field.mapTo(part, QPoint(0, 0))
        return at.y(), at.x()

    return min(fields, key=place, default=None)
