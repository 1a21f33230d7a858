"""What the Inspector's forms work on: it knows which edits are made at once, which wait and are made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from editor.errors import EditorError
from editor.model import Document, DocumentView, Edit, EditRefused, EntityId
from editor.ui.canvas.gestures.large_edits import MANY_SIMPLE, InBackground, work_out
from editor.ui.panels.inspector.fields import Make, Told, untold

if TYPE_CHECKING:
    from editor.ui.page import DocumentPage


class PageDesk:
    """The page in front, as one form sees it.

    An edit of a few things is made at once, unless others of the document are pending: then after these. One of many is
    among the pending edits: held while letters are typed, then worked out on another thread. What it is made for, and
    of, is fixed when it is asked for.
    """

    def __init__(self, page: DocumentPage, things: Collection[EntityId], *, refresh: Callable[[], object]) -> None:
        """`things` are what the form is about. `refresh` is called when it has to show the document's values again,
        though nothing has changed.
        """
        self._page = page
        self._things = things
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

    def attempt(self, make: Make, told: Told = untold, *, typed_in: object | None = None) -> None:
        gestures, things, turn = self._page.view.gestures, self._things, self._turn
        is_large = len(things) > MANY_SIMPLE

        def made(view: DocumentView) -> Edit:
            if not any(each in view for each in things):
                raise EditRefused("What this was for is not there any more.")
            return make(view)

        if not is_large and not gestures.pending:
            told(self._try(made))
            return

        def begin() -> None:
            self._work_out(made, told, turn, in_background=gestures.commands.in_background if is_large else None)

        if not is_large or typed_in is None or not _is_text_typed():
            begin()
            return
        held = (turn, typed_in)
        self._under_way[held] = turn
        gestures.pending.hold(held, lambda: self._begin_held(held, begin), lambda: self._give_up(held))

    def _try(self, make: Make) -> str:
        """Do the edit now; why it was refused, or empty."""
        try:
            self._page.session.do(make(self.document))
        except EditorError as error:
            return str(error)
        return ""

    def turn_to(self, things: Collection[EntityId]) -> None:
        self.leave()
        self._things = things

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

    def _work_out(self, make: Make, told: Told, turn: object, *, in_background: InBackground | None) -> None:
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
        work_out(view, make, in_background, apply, refused, clear=lambda: self._give_up(call))


def _is_text_typed() -> bool:
    """Whether a field has the focus that letters are typed into."""
    field = QApplication.focusWidget()
    return field is not None and field.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
