"""A JSON value as a small tree: values edited in place, entries added and removed with the keyboard or the menu."""

import json

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTreeWidget, QTreeWidgetItem

from editor.model.port_types import Json
from editor.ui.icons import icon

_KEY, _VALUE = 0, 1
_DATA = int(Qt.ItemDataRole.UserRole)
ROW_PX = 24
KEY_PX = 96


class JsonTree(QTreeWidget):
    """`committed` carries the whole new value after each change, `refused` why a text was not taken."""

    committed = Signal(object)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._value: Json = None
        self._is_filling = False
        self.setProperty("role", "field")
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setIndentation(12)
        self.setAccessibleName("Value as a tree")
        self.header().setSectionResizeMode(_KEY, QHeaderView.ResizeMode.Interactive)
        self.header().setMinimumSectionSize(24)
        self.header().resizeSection(_KEY, KEY_PX)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setStretchLastSection(True)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)
        self.itemChanged.connect(self._on_item_changed)
        self.itemExpanded.connect(lambda _item: self._fit())
        self.itemCollapsed.connect(lambda _item: self._fit())

    def set_value(self, value: Json) -> None:
        self._value = value
        self._is_filling = True
        self.clear()
        self._fill(self.invisibleRootItem(), value, ())
        add = QTreeWidgetItem(self, ["Add an item…" if isinstance(value, list) else "Add an entry…", ""])
        add.setIcon(_KEY, icon("plus"))
        add.setFirstColumnSpanned(True)
        add.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        self.expandToDepth(1)
        self._is_filling = False
        self._fit()

    def add_entry(self) -> None:
        """Put an empty text at the end, to be edited."""
        if isinstance(self._value, list):
            self._commit([*self._value, ""])
        elif isinstance(self._value, dict):
            number = next(n for n in range(1, len(self._value) + 2) if f"key{n}" not in self._value)
            self._commit({**self._value, f"key{number}": ""})
        last = self.topLevelItem(self.topLevelItemCount() - 2)
        if last is not None:
            self.setCurrentItem(last, _KEY if isinstance(self._value, dict) else _VALUE)
            self.editItem(last, _KEY if isinstance(self._value, dict) else _VALUE)

    def remove_entry(self, item: QTreeWidgetItem) -> None:
        path = item.data(_KEY, _DATA)
        if isinstance(path, tuple) and path:
            self._commit(_without(self._value, path))

    def _fill(self, parent: QTreeWidgetItem, value: Json, path: tuple[str | int, ...]) -> None:
        entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, each in entries:
            is_inner = isinstance(each, dict | list)
            shown = (
                f"{len(each)} {'items' if isinstance(each, list) else 'entries'}"
                if is_inner
                else json.dumps(each, ensure_ascii=False)
            )
            item = QTreeWidgetItem(parent, [str(key), shown])
            item.setData(_KEY, _DATA, (*path, key))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            if is_inner:
                self._fill(item, each, (*path, key))

    def _on_item_changed(self, item: QTreeWidgetItem, column: int) -> None:
        if self._is_filling:
            return
        path = item.data(_KEY, _DATA)
        if not isinstance(path, tuple):
            return
        text = item.text(column)
        if column == _KEY:
            if isinstance(path[-1], int):
                self._commit(self._value, announce=False)
            else:
                self._commit(_renamed(self._value, path, text))
            return
        try:
            value = json.loads(text)
        except ValueError:
            # What is no JSON is meant as text: nobody types quotation marks in a table.
            value = text
        self._commit(_with(self._value, path, value))

    def _commit(self, value: Json, *, announce: bool = True) -> None:
        self.set_value(value)
        if announce:
            self.committed.emit(value)

    def _fit(self) -> None:
        count, item = 0, self.itemAt(0, 0) or self.topLevelItem(0)
        while item is not None:
            count, item = count + 1, self.itemBelow(item)
        self.setFixedHeight(max(1, min(count, 10)) * (ROW_PX + 4) + 4)

    def _on_menu(self, position: QPoint) -> None:
        item = self.itemAt(position)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("plus"), "Add an entry", self.add_entry)
        if item is not None and item.data(_KEY, _DATA) is not None:
            menu.addAction(icon("trash"), "Remove", lambda: self.remove_entry(item))
        menu.popup(self.viewport().mapToGlobal(position))

    def mouseReleaseEvent(self, event: object) -> None:
        super().mouseReleaseEvent(event)  # pyright: ignore[reportArgumentType]
        item = self.currentItem()
        if item is not None and item.data(_KEY, _DATA) is None:
            self.add_entry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item.data(_KEY, _DATA) is None:
            self.add_entry()
        elif item is not None and event.key() == Qt.Key.Key_Delete:
            self.remove_entry(item)
        else:
            super().keyPressEvent(event)


def _with(value: Json, path: tuple[str | int, ...], new: Json) -> Json:
    if not path:
        return new
    key, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {each: _with(inner, rest, new) if each == key else inner for each, inner in value.items()}
    return [_with(inner, rest, new) if number == key else inner for number, inner in enumerate(value)]


def _without(value: Json, path: tuple[str | int, ...]) -> Json:
    key, rest = path[0], path[1:]
    if rest:
        return _with(value, (key,), _without(value[key], rest))
    if isinstance(value, dict):
        return {each: inner for each, inner in value.items() if each != key}
    return [inner for number, inner in enumerate(value) if number != key]


def _renamed(value: Json, path: tuple[str | int, ...], name: str) -> Json:
    key, rest = path[0], path[1:]
    if rest:
        return _with(value, (key,), _renamed(value[key], rest, name))
    if name in value:
        return value
    return {name if each == key else each: inner for each, inner in value.items()}
