"""What the Inspector's forms work on: it knows which edits are made at once, which wait and are made elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from editor.errors import EditorError
from editor.model import Document, Edit, EntityId
from editor.ui.canvas.gestures.large_edits import MANY_SIMPLE, work_out
from editor.ui.panels.inspector.fields import Make, Told, untold

if TYPE_CHECKING:
    from editor.ui.page import DocumentPage


class PageDesk:
    """The page in front, as one form sees it.

    An edit of a few things is made at once, unless others of the document are pending: then after these. One of many is
    among the pending edits: held while letters are typed, then worked out on another thread. What it is made for, and
    of, is fixed when it is asked for.
    """

    def __init__(self, page: DocumentPage, count: int, *, refresh: Callable[[], object]) -> None:
        """`refresh` is called when the form has to show the document's values again, though nothing has changed."""
        self._page = page
        self._count = count
        self._refresh = refresh
        self._turn = object()
        """What the form is about: another object once it is about something else."""
        self._under_way: dict[object, object] = {}
        """The edits of this form that are not made yet, and the turn of each."""

    @property
    def document(self) -> Document:
        return self._page.session.document

    @property
    def is_waiting(self) -> bool:
        return self._turn in self._under_way.values()

    def pause(self) -> None:
        if self.is_waiting:
            self._page.view.gestures.pending.begin_held()

    def try_edit(self, make: Callable[[], Edit]) -> str:
        try:
            self._page.session.do(make())
        except EditorError as error:
            return str(error)
        return ""

    def attempt(self, make: Make, told: Told = untold, *, typed_in: object | None = None) -> None:
        gestures = self._page.view.gestures
        if self._count <= MANY_SIMPLE and not gestures.pending:
            told(self.try_edit(lambda: make(self.document)))
            return
        turn = self._turn

        def begin() -> None:
            self._work_out(make, told, turn)

        if self._count <= MANY_SIMPLE or typed_in is None or not _is_text_typed():
            begin()
            return
        held = (turn, typed_in)
        self._under_way[held] = turn
        gestures.pending.hold(held, lambda: self._begin_held(held, begin), lambda: self._give_up(held))

    def turn_to(self, count: int) -> None:
        self.leave()
        self._count = count

    def leave(self) -> None:
        self._turn = object()
        self._page.view.gestures.pending.begin_held()

    def go_to(self, entity: EntityId) -> None:
        self._page.show_entity(entity)

    def enter(self, task: EntityId) -> None:
        self._page.enter(task)

    def _begin_held(self, held: object, begin: Callable[[], object]) -> None:
        begin()
        self._under_way.pop(held, None)

    def _give_up(self, call: object) -> None:
        self._under_way.pop(call, None)
        self._refresh()

    def _work_out(self, make: Make, told: Told, turn: object) -> None:
        call, view = object(), self._page.view

        def refused(error: EditorError) -> None:
            self._under_way.pop(call, None)
            if turn is self._turn:
                told(str(error))
            else:
                view.refused.emit(error)

        def apply(edit: Edit) -> None:
            self._under_way.pop(call, None)
            try:
                self._page.session.do(edit)
            except EditorError as error:
                refused(error)
            else:
                if turn is self._turn:
                    told("")

        self._under_way[call] = turn
        in_background = view.gestures.commands.in_background if self._count > MANY_SIMPLE else None
        work_out(view, make, in_background, apply, refused, clear=lambda: self._give_up(call))


def _is_text_typed() -> bool:
    """Whether a field has the focus that letters are typed into."""
    field = QApplication.focusWidget()
    return field is not None and field.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
