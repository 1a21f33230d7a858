"""Small pieces that panels and dialogs are built of: labels with a role, icon buttons, an empty place that teaches."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from editor.ui.icons import Color, icon
from editor.ui.style import GAP

ROOM_FOR_PICTURE_PX = 112


def label(text: str = "", role: str = "", *, wraps: bool = False, selectable: bool = False) -> QLabel:
    """A plain-text label; `role` is one of the style sheet's (heading, section, muted, error, warning, badge)."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if wraps:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return made


class ElidedLabel(QLabel):
    """One line of plain text that gives way: what has no room is cut with an ellipsis, and stands in the tooltip."""

    def __init__(self, text: str, role: str, *, least_px: int = 24) -> None:
        """`least_px` is what it keeps, if its words are so long, when others could give way too."""
        super().__init__(text)
        self.words = text
        self._least_px = least_px
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.words) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self._least_px, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        shown = self.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideRight, self.width())
        if shown != self.text():
            self.setText(shown)
            self.setAccessibleName(self.words)
            if not self.toolTip():
                self.setToolTip(self.words)


def set_role(widget: QWidget, role: str) -> None:
    """Change a widget's role, so that the style sheet is read again for it."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def set_state(widget: QWidget, state: str) -> None:
    """Mark an input field "wrong", or nothing."""
    if (widget.property("state") or "") != state:
        widget.setProperty("state", state)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def button(
    text: str, clicked: Callable[[], object] | None = None, *, role: str = "", icon_name: str = ""
) -> QPushButton:
    made = QPushButton(text)
    made.setAutoDefault(False)
    if role:
        made.setProperty("role", role)
    if icon_name:
        made.setIcon(icon(icon_name))
    if clicked is not None:
        made.clicked.connect(lambda: clicked())
    return made


def icon_button(
    name: str, tip: str, clicked: Callable[[], object] | None = None, *, checkable: bool = False
) -> QToolButton:
    """A button that shows an icon only; `tip` says it in words, to screen readers too."""
    made = QToolButton()
    made.setIcon(icon(name))
    made.setIconSize(QSize(16, 16))
    made.setToolTip(tip)
    made.setAccessibleName(tip)
    made.setCheckable(checkable)
    if clicked is not None:
        made.clicked.connect(lambda: clicked())
    return made


def line() -> QFrame:
    made = QFrame()
    made.setProperty("role", "line")
    made.setFixedHeight(1)
    return made


def column(*items: QWidget | QLayout | None, margin: int = 0, gap: int = GAP) -> QVBoxLayout:
    """Items from top to bottom; None is where the room left over goes."""
    layout = QVBoxLayout()
    _fill(layout, items, margin, gap)
    return layout


def row(*items: QWidget | QLayout | None, margin: int = 0, gap: int = GAP) -> QHBoxLayout:
    """Items from left to right; None is where the room left over goes."""
    layout = QHBoxLayout()
    _fill(layout, items, margin, gap)
    return layout


def _fill(
    layout: QHBoxLayout | QVBoxLayout, items: tuple[QWidget | QLayout | None, ...], margin: int, gap: int
) -> None:
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, QWidget):
            layout.addWidget(item)
        else:
            layout.addLayout(item)


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)
            inner.deleteLater()


class Sign(QWidget):
    """An icon by itself, beside or above words: sharp at any scale, in the colours of the theme that is worn."""

    def __init__(self, name: str = "", color: Color = QPalette.ColorRole.ButtonText, *, side_px: int = 16) -> None:
        super().__init__()
        self.setFixedSize(side_px, side_px)
        self._name, self._color = name, color

    def show_icon(self, name: str, color: Color = QPalette.ColorRole.ButtonText) -> None:
        self._name, self._color = name, color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._name:
            return
        painter = QPainter(self)
        try:
            # Not kept: the binding crashes when a QIcon is garbage together with the Python engine that draws it.
            icon(self._name, self._color).paint(painter, self.rect())
        finally:
            painter.end()


class EmptyState(QWidget):
    """What a panel shows while it has nothing: one sentence on what will be here, and how to begin."""

    def __init__(self, icon_name: str, title: str, text: str, *actions: QWidget) -> None:
        super().__init__()
        self._picture = Sign(icon_name, side_px=32)
        picture = row(None, self._picture, None)
        self.title = label(title, "section", wraps=True)
        self.text = label(text, "muted", wraps=True)
        for each in (self.title, self.text):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        buttons = column(*actions, gap=4)
        buttons.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = column(None, picture, self.title, self.text, buttons, None, margin=GAP, gap=GAP // 2)
        self.setLayout(layout)

    def say(self, icon_name: str, title: str, text: str) -> None:
        """Show something else."""
        self._picture.show_icon(icon_name)
        self.title.setText(title)
        self.text.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Where there is little room the words go first.
        self._picture.setVisible(event.size().height() >= ROOM_FOR_PICTURE_PX)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(hint.width(), min(hint.height(), ROOM_FOR_PICTURE_PX - 48))


def keep_size(box: QComboBox, *, characters: int = 24) -> None:
    """Have a box be as wide as so many characters, whatever it lists: to measure 10,000 items takes too long."""
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(characters)
