"""The command palette: every action there is, found by a few letters, with its shortcut."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from editor.ui.actions import Actions, Command, shown
from editor.ui.matching import match_rank
from editor.ui.style import GAP, worn
from editor.ui.theme import ink
from editor.ui.widgets import column

WIDTH = 560
MOST_ROWS = 12
ROW_PX = 28
_NEED = int(Qt.ItemDataRole.UserRole) + 1


class _Delegate(QStyledItemDelegate):
    """Icon, words, and on the right the keys, or what is to be done first."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = worn()
        words, _, keys = str(index.data()).partition("\t")
        box = QRect(option.rect)  # pyright: ignore[reportAttributeAccessIssue] not in Qt's stubs
        state = option.state  # pyright: ignore[reportAttributeAccessIssue] not in Qt's stubs
        is_enabled = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, ink(theme.selected_fill))
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(picture, QIcon):
            mode = QIcon.Mode.Normal if is_enabled else QIcon.Mode.Disabled
            picture.paint(painter, QRect(box.left() + GAP, box.center().y() - 8, 16, 16), mode=mode)
        painter.setPen(ink(theme.text if is_enabled else theme.text_disabled))
        room = box.adjusted(4 * GAP, 0, -GAP, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        painter.setPen(ink(theme.text_dim if is_enabled or index.data(_NEED) else theme.text_disabled))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, keys)


class CommandPalette(QFrame):
    """Opens over the window; Enter does the chosen action, Escape or a click elsewhere gives up."""

    def __init__(self, window: QWidget, actions: Actions) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self._actions = actions
        self.setProperty("role", "card")
        self.setAccessibleName("Command palette")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Type a command…")
        self.field.setAccessibleName("Command")
        self.field.textChanged.connect(self._on_text_changed)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Commands")
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.itemClicked.connect(lambda _item: self._accept())
        self._whole = column(self.field, self.list, margin=GAP, gap=GAP)
        self.setLayout(self._whole)

    def pop_up(self) -> None:
        """Open with every action that can be done now at the top."""
        window = self.parentWidget()
        assert window is not None
        self._actions.refresh()
        self.field.clear()
        self._on_text_changed("")
        # Where it is in the middle with all its rows; fewer leave its field where it is.
        self.move(window.mapToGlobal(window.rect().center()) - self.rect().center())
        self.show()
        self.field.setFocus()

    def _on_text_changed(self, text: str) -> None:
        self.list.clear()
        found: list[tuple[tuple[int, int], bool, str, QAction, Command]] = []
        for command in self._actions.commands():
            where = command.menu.replace("/", " \u203a ")
            words = command.text.rstrip("…").replace("&", "")
            # As it is shown, "View: Theme", it may be typed too.
            rank = match_rank(text.replace(":", " "), words, where)
            if rank is None:
                continue
            action = self._actions[command.id]
            found.append((rank, not action.isEnabled(), f"{where}: {words}" if where else words, action, command))
        found.sort(key=lambda each: (each[1], each[0]))
        for _rank, is_disabled, words, action, command in found:
            keys = "   ".join(shown(each) for each in self._actions.shortcuts(command.id)[:1])
            need = command.need() if is_disabled else ""
            item = QListWidgetItem(action.icon(), f"{words}\t{need or keys}")
            item.setData(_NEED, need)
            item.setData(Qt.ItemDataRole.UserRole, command.id)
            if is_disabled:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.list.addItem(item)
        if not found:
            nothing = QListWidgetItem("No command has these words")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(nothing)
        self.list.setCurrentRow(0)
        self._take_room()

    def _take_room(self) -> None:
        """Be as high as what is found, in whole rows, as far as the window has room for them."""
        window = self.parentWidget()
        assert window is not None
        around = self.field.sizeHint().height() + 3 * GAP + 2 * self.frameWidth() + 2 * self.list.frameWidth()
        room = max(1, (window.height() - 8 * GAP - around) // ROW_PX)
        rows = min(self.list.count(), MOST_ROWS, room)
        self.list.setFixedHeight(rows * ROW_PX + 2 * self.list.frameWidth())
        self.setFixedSize(min(WIDTH, window.width() - 4 * GAP), self._whole.totalSizeHint().height())

    def _accept(self) -> None:
        if self.list.currentRow() < 0:
            return
        item = self.list.currentItem()
        if not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        self.hide()
        self._actions.run(item.data(Qt.ItemDataRole.UserRole))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
            step = steps.get(Qt.Key(event.key()))
            if step is not None:
                last = self.list.count() - 1
                self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._accept()
                return True
        return super().eventFilter(watched, event)
