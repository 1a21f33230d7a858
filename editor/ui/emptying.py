"""Empties closed documents and what showed them, a table in a turn of the loop: little is left to collect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import shiboken6
from PySide6.QtCore import QObject

from editor.model import Document
from editor.ui.session import Session
from editor.ui.slices import Slices


class Emptying(QObject):
    """A collection walks through all that it may have to free; what lies in tables goes without one."""

    def __init__(self, parent: QObject, then: Callable[[], object]) -> None:
        """`then` follows each time that all is empty."""
        super().__init__(parent)
        self._then = then
        self._left: list[tuple[Session, Document, list[object]]] = []
        self._work: Iterator[None] = iter(())
        self._slices = Slices(self, self._on_slice)

    def put(self, session: Session, parts: Iterable[object]) -> None:
        """A session is about to be deleted, and `parts` (its pages and scenes) with it."""
        self._left.append((session, session.document, [session.validator, *parts]))

    def start(self) -> None:
        """Empty what was put, as far as the widgets that showed it are gone."""
        self._slices.start()

    def _on_slice(self) -> None:
        if next(self._work, self) is not self:
            self._slices.start()
            return
        number = next((n for n, (session, _, _) in enumerate(self._left) if not shiboken6.isValid(session)), None)
        if number is None:
            self._then()
            return
        _session, document, parts = self._left.pop(number)
        self._work = _emptied(document, parts)
        self._slices.start()


def _emptied(document: Document, parts: list[object]) -> Iterator[None]:
    for part in parts:
        for table in vars(part).values():
            if isinstance(table, dict | list | set) and table:
                table.clear()
                yield
        # With it go its arrays and pictures, and the circles that keep it.
        vars(part).clear()
    yield from document.forget_all()
