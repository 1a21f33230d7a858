"""Quick-add: type a few letters, Enter places it. A search field over a list of what may be placed here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from editor.components.entries import LibraryEntry
from editor.model.port_types import type_words
from editor.ui.icons import paint_icon
from editor.ui.matching import match_rank

WIDTH_PX = 480
ROW_PX = 44
ROWS_SHOWN = 8
MOST_SHOWN = 200
RECENT_KEPT = 20
ARROW = " \u2192 "

_COMMAND_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_Index = QModelIndex | QPersistentModelIndex

ControlKind = Literal["if", "ifelse", "loop", "exit", "subpipeline", "note", "frame"]

_ICONS = {
    "python": "python",
    "container": "container",
    "notebook": "notebook",
    "importer": "importer",
    "pipeline": "pipeline",
    "if": "condition",
    "ifelse": "branch",
    "loop": "loop",
    "exit": "exit",
    "subpipeline": "pipeline",
    "note": "note",
    "frame": "title-frame",
    "input": "input",
}
_KIND_NAMES = {
    "python": "Python component",
    "container": "container component",
    "notebook": "notebook component",
    "importer": "importer",
    "pipeline": "pipeline",
}


class Choice(NamedTuple):
    """Something that may be placed. `entry` is None for control flow and notes, which `kind` then names."""

    key: str
    title: str
    kind: str
    ports: str
    description: str
    entry: LibraryEntry | None


def component_choice(entry: LibraryEntry) -> Choice:
    takes = ", ".join(dict.fromkeys(type_words(port.type) for port in entry.inputs)) or "nothing"
    gives = ", ".join(dict.fromkeys(type_words(port.type) for port in entry.outputs)) or "nothing"
    first_line = entry.description.strip().split("\n", 1)[0]
    description = first_line or _KIND_NAMES.get(entry.kind, "").capitalize()
    return Choice(f"component:{entry.key}", entry.name, entry.kind, f"{takes}{ARROW}{gives}", description, entry)


def _control(kind: ControlKind, title: str, description: str) -> Choice:
    return Choice(f"control:{kind}", title, kind, "", description, None)


CONTROL_CHOICES = (
    _control("if", "If", "Tasks that run when a condition holds"),
    _control("ifelse", "If / Else", "Tasks that run when a condition holds, others when it does not"),
    _control("loop", "Loop", "Tasks that run once for each item of a list (ParallelFor)"),
    _control("exit", "Exit handler", "Tasks after which a last task always runs"),
    _control("subpipeline", "Sub-pipeline", "A pipeline used as one task"),
    _control("note", "Note", "Words for people"),
    _control("frame", "Frame", "A titled, coloured frame behind tasks"),
)


def ranked(query: str, choices: Iterable[Choice], recent: Sequence[str] = ()) -> list[Choice]:
    """The choices that fit, best first; of those that fit alike the most recently used, then by name."""
    recency = {key: number for number, key in enumerate(recent)}
    found: list[tuple[tuple[int, int], int, str, Choice]] = []
    for choice in choices:
        rank = match_rank(query, choice.title, choice.description)
        if rank is not None:
            age = recency.get(choice.key, len(recency))
            order = (0, age) if not query.strip() else (rank[0], age)
            found.append((order, rank[1], choice.title.casefold(), choice))
    return [choice for *_, choice in sorted(found, key=lambda hit: hit[:3])]


def elided_ports(ports: str, width: int, metrics: QFontMetrics) -> str:
    """What it takes and what it gives, each cut at its end so that something of both is read."""
    if metrics.horizontalAdvance(ports) <= width:
        return ports
    takes, arrow, gives = ports.partition(ARROW)
    room = width - metrics.horizontalAdvance(arrow)
    # What one half does not need the other may have; advances are rounded down.
    left = max(room // 2, room - metrics.horizontalAdvance(gives) - 1)
    takes = metrics.elidedText(takes, Qt.TextElideMode.ElideRight, left)
    gives = metrics.elidedText(gives, Qt.TextElideMode.ElideRight, room - metrics.horizontalAdvance(takes))
    return f"{takes}{arrow}{gives}"


class _ChoiceModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.choices: list[Choice] = []

    def show(self, choices: list[Choice]) -> None:
        self.beginResetModel()
        self.choices = choices
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 Qt's own signature; an invalid index is a constant
        return 0 if parent.isValid() else len(self.choices)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        choice = self.choices[index.row()]
        kind = _KIND_NAMES.get(choice.kind, "")
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return choice.title
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join(part for part in (choice.title, kind, choice.ports, choice.description) if part)
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (choice.title, kind, choice.ports, choice.description) if part)
            case Qt.ItemDataRole.UserRole:
                return choice
            case _:
                return None


class _ChoiceDelegate(QStyledItemDelegate):
    """Two lines: icon and title with the types on the right, the description under them."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(WIDTH_PX - 32, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        choice: Choice = index.data(Qt.ItemDataRole.UserRole)
        palette: QPalette = option.palette  # pyright: ignore[reportAttributeAccessIssue] missing in the stubs
        rect = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] missing in the stubs
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)  # pyright: ignore[reportAttributeAccessIssue]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.Text
        if is_chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
            painter.drawRoundedRect(rect.adjusted(2, 1, -2, -1), 4, 4)
        text_color = palette.color(role)
        dim = QColor(text_color)
        dim.setAlphaF(0.72)
        font = QFont(painter.font())
        badge = QRectF(rect.left() + 12, rect.center().y() - 10, 20, 20)
        paint_icon(painter, _ICONS.get(choice.kind, "component"), badge, text_color.name())
        painter.setPen(dim)
        inner = rect.adjusted(44, 4, -10, -4)
        line = QRectF(inner.left(), inner.top(), inner.width(), inner.height() / 2)
        metrics = painter.fontMetrics()
        font.setWeight(QFont.Weight.DemiBold)
        bold = QFontMetrics(font)
        left = line.width() - bold.horizontalAdvance(choice.title) - 16
        ports = elided_ports(choice.ports, int(max(left, line.width() / 2)), metrics)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, ports)
        painter.setFont(font)
        painter.setPen(text_color)
        width = int(line.width() - metrics.horizontalAdvance(ports) - 12)
        title = painter.fontMetrics().elidedText(choice.title, Qt.TextElideMode.ElideRight, width)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(dim)
        line.translate(0, line.height())
        words = metrics.elidedText(choice.description, Qt.TextElideMode.ElideRight, int(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()


class QuickAdd(QFrame):
    """Opens on the canvas with the keyboard in its search field. Up and down choose, Enter places, Escape gives up."""

    chosen = Signal(object)
    """A Choice; the popup is closed by then."""
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("quick-add")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setAccessibleName("Quick add")
        # What is pressed or turned here is not meant for the canvas below.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.recent: list[str] = []
        self._room = parent
        self._choices: list[Choice] = []
        self._on_chosen: Callable[[Choice], None] | None = None
        self.heading = QLabel(self)
        self.heading.setWordWrap(True)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Search components and control flow")
        self.field.setAccessibleName("Search what to add")
        self.field.setClearButtonEnabled(True)
        # A press beside the field must not give the keyboard back to the canvas.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(self.field)
        self.list = QListView(self)
        self.list.setAccessibleName("What can be added")
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_ChoiceDelegate(self.list))
        self.empty = QLabel("Nothing here fits.", self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._model = _ChoiceModel(self)
        self.list.setModel(self._model)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        for widget in (self.heading, self.field, self.empty, self.list):
            layout.addWidget(widget)
        self.field.textChanged.connect(self._on_field_text_changed)
        self.field.installEventFilter(self)
        self.list.clicked.connect(self._on_list_clicked)
        self.hide()

    @property
    def shown(self) -> list[Choice]:
        return self._model.choices

    def open_at(
        self, position: QPoint, choices: Iterable[Choice], *, heading: str = "", chosen: Callable[[Choice], None]
    ) -> None:
        """Ask what to place. `position` is in the parent's pixels, moved so that all of the popup is seen."""
        self._choices = list(choices)
        self._on_chosen = chosen
        self.heading.setText(heading)
        self.heading.setVisible(bool(heading))
        self.field.clear()
        self._on_field_text_changed("")
        self.setFixedWidth(min(WIDTH_PX, self._room.width()))
        self.adjustSize()
        room = self._room.rect()
        self.move(
            max(room.left(), min(position.x(), room.right() - self.width())),
            max(room.top(), min(position.y(), room.bottom() - self.height())),
        )
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def give_up(self) -> None:
        """Close without placing anything."""
        if self.isHidden():
            return
        self._on_chosen = None
        self._close()

    def place_current(self) -> None:
        choice = self.list.currentIndex().data(Qt.ItemDataRole.UserRole)
        if choice is None:
            return
        self.recent = [choice.key, *(key for key in self.recent if key != choice.key)][:RECENT_KEPT]
        on_chosen, self._on_chosen = self._on_chosen, None
        self._close()
        if on_chosen is not None:
            on_chosen(choice)
        self.chosen.emit(choice)

    def _close(self) -> None:
        had_focus = self.field.hasFocus()
        self.hide()
        if had_focus:
            self._room.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()

    def _step(self, rows: int) -> None:
        count = self._model.rowCount()
        if count:
            row = max(0, min(count - 1, self.list.currentIndex().row() + rows))
            self.list.setCurrentIndex(self._model.index(row, 0))

    def _on_field_text_changed(self, text: str) -> None:
        found = ranked(text, self._choices, self.recent)[:MOST_SHOWN]
        self._model.show(found)
        if found:
            self.list.setCurrentIndex(self._model.index(0, 0))
        self.empty.setVisible(not found)
        self.list.setVisible(bool(found))
        self.list.setFixedHeight(max(1, min(ROWS_SHOWN, len(found))) * ROW_PX + 2)
        self.adjustSize()

    def _on_list_clicked(self, index: QModelIndex) -> None:
        self.list.setCurrentIndex(index)
        self.place_current()

    def _on_field_key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Down:
                self._step(1)
            case Qt.Key.Key_Up:
                self._step(-1)
            case Qt.Key.Key_PageDown:
                self._step(ROWS_SHOWN)
            case Qt.Key.Key_PageUp:
                self._step(-ROWS_SHOWN)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.place_current()
            case Qt.Key.Key_Escape:
                self.give_up()
            case Qt.Key.Key_Tab | Qt.Key.Key_Backtab:
                self._step(-1 if event.key() == Qt.Key.Key_Backtab else 1)
            case _:
                return False
        return True

    def _on_field_focus_lost(self, reason: Qt.FocusReason) -> None:
        if reason not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.give_up()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                return self._on_field_key(event)
            # Single-letter and Tab shortcuts of the window stay away while someone types here.
            if event.type() == QEvent.Type.ShortcutOverride and not event.modifiers() & _COMMAND_KEYS:
                event.accept()
        if watched is self.field and isinstance(event, QFocusEvent) and event.lostFocus():
            self._on_field_focus_lost(event.reason())
        return super().eventFilter(watched, event)
