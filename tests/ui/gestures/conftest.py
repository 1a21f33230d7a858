"""A real canvas with a real document, an undo stack of its own, and hands to use it with."""

from collections.abc import Callable, Iterable

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from editor.components.entries import LibraryEntry
from editor.errors import EditorError
from editor.model import Component, Document, Edit, Entity, EntityId, Origin, Placement, placement_id
from editor.model.fragment import Fragment
from editor.model.port_types import PortType, why_not
from editor.ui.canvas.quick_add import match_rank
from editor.ui.canvas.view import CanvasView
from editor.ui.theme import load
from tests.builders import ADD, COUNT, STEP, pipeline


def placed(target: str, x: float, y: float) -> Placement:
    return Placement(id=placement_id(EntityId(target)), target=EntityId(target), x=x, y=y)


class Shelf:
    """A library of components that are there already."""

    def __init__(self, components: Iterable[Component]) -> None:
        self._components = {component.name: component for component in components}

    def entries(self) -> list[LibraryEntry]:
        return [
            LibraryEntry(
                key=component.name,
                name=component.name,
                kind="container",
                inputs=component.inputs,
                outputs=component.outputs,
                description=component.description,
                origin=Origin(source="shelf", location=component.name),
                digest=component.id,
                source="",
            )
            for component in self._components.values()
        ]

    def entry(self, key: str) -> LibraryEntry | None:
        return next((entry for entry in self.entries() if entry.key == key), None)

    def search(self, text: str, *, takes: PortType | None = None, gives: PortType | None = None) -> list[LibraryEntry]:
        return [
            entry
            for entry in self.entries()
            if match_rank(text, entry.name) is not None
            and (takes is None or any(not why_not(takes, port.type) for port in entry.inputs))
            and (gives is None or any(not why_not(port.type, gives) for port in entry.outputs))
        ]

    def realise(
        self, entry: LibraryEntry, done: Callable[[Fragment], None], failed: Callable[[EditorError], None]
    ) -> None:
        component = self._components[entry.key]
        done(Fragment(component=component.id, entities=(component,)))


class Hands:
    """Mouse and keys on a canvas, by the names of things in the document."""

    def __init__(self, view: CanvasView, document: Document) -> None:
        self.view = view
        self.document = document
        self.done: list[Edit] = []
        self.applied = 0
        self.refusals: list[str] = []
        self.messages: list[str] = []
        view.refused.connect(lambda error: self.refusals.append(str(error)))
        view.message.connect(self.messages.append)

    def do(self, edit: Edit) -> None:
        self.document.apply(edit)
        self.done.append(edit)
        self.applied += 1

    def undo(self) -> None:
        self.document.apply(self.done.pop().inverse())

    def at(self, scene: QPointF) -> QPoint:
        return self.view.to_view(scene)

    def port(self, task: str, side: str, name: str) -> QPoint:
        return self.at(self.view.port_position(EntityId(task), side, name))

    def header(self, task: str) -> QPoint:
        return self.at(self.view.card_rect(EntityId(task)).topLeft() + QPointF(100, 12))

    def body(self, task: str) -> QPoint:
        rect = self.view.card_rect(EntityId(task))
        return self.at(QPointF(rect.center().x(), rect.bottom() - 3))

    def mouse(
        self,
        kind: QEvent.Type,
        at: QPoint,
        keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    ) -> None:
        viewport = self.view.viewport()
        is_move = kind == QEvent.Type.MouseMove
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        event = QMouseEvent(
            kind,
            QPointF(at),
            QPointF(viewport.mapToGlobal(at)),
            Qt.MouseButton.NoButton if is_move else button,
            held,
            keys,
        )
        QApplication.sendEvent(viewport, event)

    def press(self, at: QPoint, keys=Qt.KeyboardModifier.NoModifier, button=Qt.MouseButton.LeftButton) -> None:
        self.mouse(QEvent.Type.MouseButtonPress, at, keys, button)

    def move(self, at: QPoint, keys=Qt.KeyboardModifier.NoModifier, button=Qt.MouseButton.LeftButton) -> None:
        self.mouse(QEvent.Type.MouseMove, at, keys, button)

    def release(self, at: QPoint, keys=Qt.KeyboardModifier.NoModifier, button=Qt.MouseButton.LeftButton) -> None:
        self.mouse(QEvent.Type.MouseButtonRelease, at, keys, button)

    def drag(
        self,
        start: QPoint,
        end: QPoint,
        keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    ) -> None:
        self.press(start, keys, button)
        for step in (0.3, 0.7, 1.0):
            self.move(start + (end - start) * step, keys, button)
        self.release(end, keys, button)

    def click(self, at: QPoint, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.press(at, keys)
        self.release(at, keys)

    def double_click(self, at: QPoint) -> None:
        self.click(at)
        self.mouse(QEvent.Type.MouseButtonDblClick, at)
        self.release(at)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.view, key, keys)

    def drop(self, dragged: QMimeData, path: list[QPoint], *, leave: bool = False) -> None:
        """Drag something from elsewhere over the canvas, and let it go at the last point."""
        viewport = self.view.viewport()
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
        QApplication.sendEvent(viewport, QDragEnterEvent(path[0], actions, dragged, left, none))
        for at in path:
            QApplication.sendEvent(viewport, QDragMoveEvent(at, actions, dragged, left, none))
        if leave:
            QApplication.sendEvent(viewport, QDragLeaveEvent())
        else:
            QApplication.sendEvent(viewport, QDropEvent(QPointF(path[-1]), actions, dragged, left, none))


@pytest.fixture
def canvas(qtbot) -> Callable[..., Hands]:
    """Show a canvas of the entities given, at 100 %, 1000 by 700 pixels."""

    def show(*entities: Entity, document: Document | None = None, shelf: Iterable[Component] = ()) -> Hands:
        document = document or pipeline(*entities)
        hands: Hands

        def do(edit: Edit) -> None:
            hands.do(edit)

        library = Shelf(shelf or (STEP, ADD, COUNT))
        view = CanvasView(document, do=do, library=library, theme=load("light"))
        hands = Hands(view, document)
        qtbot.addWidget(view)
        view.resize(1000, 700)
        with qtbot.waitExposed(view):
            view.show()
        view.activateWindow()
        view.setFocus()
        view.reset_zoom()
        view.centre_on(QPointF(500, 350))
        for action in view.gestures.commands.actions(view):
            view.addAction(action)
        return hands

    return show
