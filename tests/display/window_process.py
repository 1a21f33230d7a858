"""The program as a person starts it, in a process of its own; over a pipe it tells where things are on the screen.

Only looks: everything that is done to the window comes from the mouse and the keyboard of the display it is on.
Each line of standard input is a question as JSON, `[what, name…]`; each answer is a line of JSON.
"""

import json
import sys
import threading
from collections.abc import Callable
from typing import Literal, TypeVar

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from editor.model import Task
from editor.ui import app
from editor.ui.main_window import MainWindow

Place = tuple[int, int]
Kind = TypeVar("Kind", bound=QWidget)


class Answering(QObject):
    """Questions come in another thread and are answered in that of the widgets."""

    asked = Signal(list)

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self.asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self.asked.emit(json.loads(line))

    def _answer(self, question: list[str]) -> None:
        answer = None
        try:
            answer = getattr(self, question[0])(*question[1:])
        finally:
            # At a mistake too, which is written to standard error: nobody should wait for ever.
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()

    def component(self, name: str) -> Place | None:
        """The row of a component in the library, if it is in sight."""
        tree = self._window.library_panel.tree
        found = self._window.library_panel.model.match(
            tree.model().index(0, 0), Qt.ItemDataRole.DisplayRole, name, 1, _EXACTLY
        )
        row = tree.visualRect(found[0]) if found else QRect()
        in_sight = row.isValid() and tree.viewport().rect().contains(row.center())
        return _middle(tree.viewport(), row) if in_sight else None

    def canvas(self, x: float, y: float) -> Place | None:
        """A point of the canvas, as shares of its width and height."""
        if self._window.page is None:
            return None
        area = self._window.page.view.viewport()
        return _place(area, QPoint(round(area.width() * x), round(area.height() * y)))

    def welcome(self) -> bool:
        """Whether the words on an empty canvas are to be seen."""
        return self._window.page is not None and self._window.page.empty.isVisible()

    def port(self, task: str, side: Literal["input", "output"], port: str) -> Place | None:
        page = self._window.page
        if page is None:
            return None
        for entity in page.session.document.entities.values():
            if isinstance(entity, Task) and entity.name == task:
                at = page.view.to_view(page.view.port_position(entity.id, side, port))
                return _place(page.view.viewport(), at)
        return None

    def field(self, name: str) -> Place | None:
        """A line to type in, by the name that a screen reader says."""
        return self._find(QLineEdit, lambda each: each.accessibleName(), name)

    def button(self, text: str) -> Place | None:
        return self._find(QAbstractButton, lambda each: each.text(), text)

    def is_typing_in(self, dialog: str) -> bool:
        """Whether what is typed goes into a line of the dialog with this title."""
        window, focus = QApplication.activeWindow(), QApplication.focusWidget()
        return window is not None and window.windowTitle() == dialog and isinstance(focus, QLineEdit)

    def title(self) -> str:
        return self._window.windowTitle().replace("[*]", "*" if self._window.isWindowModified() else "")

    def is_busy(self) -> bool:
        """Whether what was typed or drawn is still being checked."""
        session = self._window.session
        return session is None or session.is_validating

    def _find(self, kind: type[Kind], words: Callable[[Kind], str], wanted: str) -> Place | None:
        for each in QApplication.allWidgets():
            if isinstance(each, kind) and words(each) == wanted and each.isVisible() and each.isEnabled():
                return _middle(each, each.rect())
        return None


_EXACTLY = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive


def _middle(widget: QWidget, rect: QRect) -> Place:
    return _place(widget, rect.center())


def _place(widget: QWidget, point: QPoint) -> Place:
    at = widget.mapToGlobal(point)
    return at.x(), at.y()


def main() -> int:
    application = app.make_application()
    window = app.make_window()
    window.show()
    answering = Answering(window)
    QTimer.singleShot(0, window, lambda: app.begin(window, []))
    try:
        return application.exec()
    finally:
        answering.asked.disconnect()
        window.shut_down()


if __name__ == "__main__":
    sys.exit(main())
