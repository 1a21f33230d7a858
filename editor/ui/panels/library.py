"""The Components dock: sources with their components, searched by letters, dragged onto the canvas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QDrag,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QHoverEvent,
    QPixmap,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QStackedWidget,
    QTreeView,
    QWidget,
)

from editor.model.port_types import type_words
from editor.ui.icons import icon
from editor.ui.library import Library, Section
from editor.ui.style import GAP
from editor.ui.widgets import EmptyState, button, column, icon_button, row, set_role

if TYPE_CHECKING:
    from editor.components import LibraryEntry, LoadError
    from editor.edits import GroupKind

COMPONENT_MIME = "application/x-pipeloom-component"

_ENTRY = int(Qt.ItemDataRole.UserRole)
_SOURCE = _ENTRY + 1
_CONTROL = _ENTRY + 2
_ERROR = _ENTRY + 3

KIND_ICONS = {
    "python": "python",
    "container": "container",
    "notebook": "notebook",
    "importer": "importer",
    "pipeline": "pipeline",
}

CONTROL_FLOW: tuple[tuple[GroupKind, str, str, str], ...] = (
    ("if", "If", "branch", "Runs what is in it only if a comparison holds"),
    ("loop", "Loop", "loop", "Runs what is in it once for each item of a list"),
    ("exit", "Exit handler", "exit", "Runs a task at the end, whatever happened inside"),
    ("subpipeline", "Sub-pipeline", "pipeline", "A pipeline of its own, used as one task"),
)


def describe(entry: LibraryEntry) -> str:
    """What a tool tip says of a component."""
    lines = [entry.name]
    if entry.description:
        lines.append(entry.description.strip())
    for title, ports in (("Takes", entry.inputs), ("Gives", entry.outputs)):
        if ports:
            lines.append(f"{title}: " + ", ".join(f"{port.name} ({type_words(port.type)})" for port in ports))
    lines.append(entry.origin.location)
    return "\n".join(lines)


class _Model(QStandardItemModel):
    """Gives the key of the entry that is dragged."""

    def mimeTypes(self) -> list[str]:
        return [COMPONENT_MIME]

    def mimeData(self, indexes: list[QModelIndex]) -> QMimeData:  # pyright: ignore[reportIncompatibleMethodOverride]
        mime = QMimeData()
        for index in indexes:
            entry: LibraryEntry | None = index.data(_ENTRY)
            if entry is not None:
                mime.setData(COMPONENT_MIME, QByteArray(entry.key.encode()))
                mime.setText(entry.name)
        return mime


class _Tree(QTreeView):
    """Drags without a picture of the row: where it would lie, the canvas shows what comes of it."""

    def startDrag(self, supportedActions: Qt.DropAction) -> None:  # noqa: N803 Qt's own name
        can_be_dragged = Qt.ItemFlag.ItemIsDragEnabled
        indexes = [index for index in self.selectedIndexes() if self.model().flags(index) & can_be_dragged]
        if not indexes:
            return
        drag = QDrag(self)
        drag.setMimeData(self.model().mimeData(indexes))
        nothing = QPixmap(1, 1)
        nothing.fill(Qt.GlobalColor.transparent)
        drag.setPixmap(nothing)
        drag.exec(supportedActions, Qt.DropAction.CopyAction)
        # The pointer left during the drag. Qt has yet to tell the list of the move that began it, so this comes after.
        QTimer.singleShot(0, self, self._forget_drag)

    def _forget_drag(self) -> None:
        """What was dragged is on the canvas now: keys go on from its row, but it is not marked."""
        self.clearSelection()
        gone = QHoverEvent(QEvent.Type.HoverLeave, QPointF(-1, -1), QPointF(-1, -1), QPointF(-1, -1))
        QApplication.sendEvent(self.viewport(), gone)


class LibraryPanel(QWidget):
    """`place` puts an entry on the canvas, `wrap` puts control flow round the selection."""

    files_dropped = Signal(list)
    source_wanted = Signal(object)

    def __init__(
        self,
        library: Library,
        dock: QWidget,
        *,
        place: Callable[[LibraryEntry], object],
        wrap: Callable[[GroupKind], object],
        add_folder: Callable[[], object],
        add_files: Callable[[], object],
    ) -> None:
        super().__init__(dock)
        self._library = library
        self._place = place
        self._wrap = wrap
        self.setAcceptDrops(True)
        self.setMinimumWidth(200)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search components")
        self.search.setAccessibleName("Search components")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(QAction(icon("search"), "", self.search), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(lambda _text: self.refresh())
        self.search.returnPressed.connect(self._on_search_return)
        add = icon_button("plus", "Add components")
        menu = QMenu(add)
        menu.addAction(icon("folder"), "Add a folder…", add_folder)
        menu.addAction(icon("new"), "Add files…", add_files)
        menu.addSeparator()
        menu.addAction(icon("refresh"), "Read all again", library.reload)
        add.setMenu(menu)
        add.setPopupMode(add.ToolButtonPopupMode.InstantPopup)
        self.model = _Model(self)
        self.tree = self._made_tree()
        nothing = EmptyState(
            "search",
            "No component found",
            "Other letters may find one, or add the folder it lies in.",
            button("Add a folder…", add_folder),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.tree)
        self._stack.addWidget(nothing)
        top: QHBoxLayout = row(self.search, add, gap=4)
        top.setContentsMargins(GAP, GAP, GAP, GAP)
        self.setLayout(column(top, self._stack, gap=0))
        for each in (self.search, self.tree):
            each.installEventFilter(self)
        library.changed.connect(self.refresh)
        self._closed: set[str] = set()
        self._listed_for = ""
        self.tree.collapsed.connect(lambda index: self._closed.add(index.data()))
        self.tree.expanded.connect(lambda index: self._closed.discard(index.data()))
        self.refresh()

    def _made_tree(self) -> QTreeView:
        tree = _Tree()
        tree.setModel(self.model)
        tree.setHeaderHidden(True)
        tree.setAccessibleName("Components")
        tree.setIndentation(16)
        tree.setIconSize(QSize(16, 16))
        tree.setUniformRowHeights(True)
        tree.setDragEnabled(True)
        tree.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        tree.setExpandsOnDoubleClick(False)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._on_menu)
        tree.activated.connect(self._on_activated)
        tree.clicked.connect(self._on_clicked)
        return tree

    def refresh(self) -> None:
        """Show what the library has now, as far as it answers to the search; where one looked stays in view."""
        text = self.search.text().strip()
        place = self._place_of(self.tree.currentIndex()) if text == self._listed_for else ()
        scrolled = self.tree.verticalScrollBar().value() if text == self._listed_for else 0
        self._listed_for = text
        self.model.clear()
        if text:
            for entry in self._library.search(text):
                self.model.appendRow(self._entry_item(entry))
            if self.model.rowCount():
                self.tree.setCurrentIndex(self.model.index(0, 0))
        else:
            self._fill_sections()
        self._stack.setCurrentIndex(0 if self.model.rowCount() else 1)
        if place:
            self.tree.setCurrentIndex(self._index_at(place))
        self.tree.verticalScrollBar().setValue(scrolled)

    def _place_of(self, index: QModelIndex) -> tuple[str, ...]:
        """The texts on the way to a row: two sections may have a component of one name."""
        return (*self._place_of(index.parent()), str(index.data())) if index.isValid() else ()

    def _index_at(self, place: tuple[str, ...]) -> QModelIndex:
        """The row at a place; an invalid index if it is gone."""
        index = QModelIndex()
        for text in place:
            rows = (self.model.index(number, 0, index) for number in range(self.model.rowCount(index)))
            index = next((row for row in rows if row.data() == text), QModelIndex())
            if not index.isValid():
                break
        return index

    def _fill_sections(self) -> None:
        favourites = self._library.favourites()
        if favourites:
            self._add_section("Favourites", "star", [self._entry_item(entry) for entry in favourites])
        self._add_section("Control flow", "branch", [self._control_item(*each) for each in CONTROL_FLOW])
        for section in self._library.sections():
            items = [self._entry_item(entry) for entry in section.entries]
            items += [self._error_item(error) for error in section.errors]
            if not items:
                note = QStandardItem("Reading…" if self._library.is_reading else "No components in here")
                note.setEnabled(False)
                items = [note]
            item = self._add_section(section.name, "folder", items)
            item.setData(section, _SOURCE)
            item.setToolTip(str(section.path or "They come with Pipeloom"))

    def _add_section(self, title: str, icon_name: str, items: list[QStandardItem]) -> QStandardItem:
        section = QStandardItem(icon(icon_name), title)
        section.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        for item in items:
            section.appendRow(item)
        self.model.appendRow(section)
        self.tree.setExpanded(section.index(), title not in self._closed)
        return section

    def _entry_item(self, entry: LibraryEntry) -> QStandardItem:
        kind = entry.kind
        item = QStandardItem(icon(KIND_ICONS[kind], lambda theme: theme.kinds.get(kind, theme.text_dim)), entry.name)
        item.setData(entry, _ENTRY)
        item.setToolTip(describe(entry))
        return item

    def _control_item(self, kind: str, name: str, icon_name: str, tip: str) -> QStandardItem:
        item = QStandardItem(icon(icon_name), name)
        item.setData(kind, _CONTROL)
        item.setToolTip(f"{tip}.\nSelect tasks and double-click to put it round them.")
        item.setDragEnabled(False)
        return item

    def _error_item(self, error: LoadError) -> QStandardItem:
        item = QStandardItem(icon("warning", lambda theme: theme.warning), Path(error.origin.partition("#")[0]).name)
        item.setData(error, _ERROR)
        item.setToolTip(f"{error.message}\n{error.hint}\n{error.origin}".strip())
        item.setDragEnabled(False)
        return item

    def _on_search_return(self) -> None:
        self._on_activated(self.tree.currentIndex())

    def _on_clicked(self, index: QModelIndex) -> None:
        if self.model.hasChildren(index):
            self.tree.setExpanded(index, not self.tree.isExpanded(index))

    def _on_activated(self, index: QModelIndex | QPersistentModelIndex) -> None:
        entry: LibraryEntry | None = index.data(_ENTRY)
        error: LoadError | None = index.data(_ERROR)
        control: GroupKind | None = index.data(_CONTROL)
        if entry is not None:
            self._place(entry)
        elif control is not None:
            self._wrap(control)
        elif error is not None:
            self.source_wanted.emit(error)

    def _on_menu(self, position: object) -> None:
        index = self.tree.indexAt(position)  # pyright: ignore[reportArgumentType]
        menu = self.menu_for(index)
        if menu is not None:
            menu.popup(self.tree.viewport().mapToGlobal(position))  # pyright: ignore[reportArgumentType,reportCallIssue]

    def menu_for(self, index: QModelIndex) -> QMenu | None:
        """The context menu of a row; None where there is nothing to do."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        entry: LibraryEntry | None = index.data(_ENTRY)
        section = index.data(_SOURCE)
        if entry is not None:
            menu.addAction(icon("plus"), "Place on the canvas", lambda: self._place(entry))
            favourite = self._library.is_favourite(entry)
            menu.addAction(
                icon("star"),
                "Remove from favourites" if favourite else "Add to favourites",
                lambda: self._library.set_favourite(entry, favourite=not favourite),
            )
            menu.addAction(icon("text"), "Show source", lambda: self.source_wanted.emit(entry))
            return menu
        if isinstance(section, Section):
            path = section.path
            menu.addAction(icon("refresh"), "Read again", self._library.reload)
            if path is not None:
                menu.addAction(icon("minus"), "Remove from the list", lambda: self._library.remove(path))
            return menu
        menu.deleteLater()
        return None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            # Return in the field places what is marked. Without the focus in either, the mark says only where one was.
            set_role(self.tree, "" if self.tree.hasFocus() or self.search.hasFocus() else "passed")
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.files_dropped.emit([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()
