"""Whether a drop would be refused, found out while things are held: of many things on another thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QTimer

from editor.model import DocumentView, Edit, EditRefused

if TYPE_CHECKING:
    from editor.ui.canvas.view import CanvasView

REST_MS = 120
"""Many things are tried where the hand stays so long: not in each group that it passes."""

Place = TypeVar("Place")


class Trial(Generic[Place]):
    """Tries once for each place what would happen there, and remembers why it is refused.

    With `is_large`, `make` is called on another thread, for one place at a time, and `told` when that place is refused.
    """

    def __init__(
        self,
        view: CanvasView,
        make: Callable[[DocumentView, Place], Edit],
        *,
        is_large: bool,
        told: Callable[[], object],
    ) -> None:
        self._view = view
        self._make = make
        self._is_large = is_large
        self._told = told
        self._found: dict[Place, str] = {}
        self._wanted: Place | None = None
        self._is_trying = self._is_over = False
        self._rested = QTimer()
        self._rested.setSingleShot(True)
        self._rested.setInterval(REST_MS)
        self._rested.timeout.connect(self._try_elsewhere)

    def why_not(self, place: Place | None) -> str:
        """Why a drop at `place` is refused; empty if it is not, or nobody knows yet."""
        if place is None or place in self._found:
            self._wanted = None
            self._rested.stop()
            return self._found[place] if place is not None else ""
        if not self._is_large:
            return self._try_here(place)
        if place != self._wanted:
            self._wanted = place
            self._rested.start()
        return ""

    def stop(self) -> None:
        """What is found out from now on is of no use."""
        self._is_over = True
        self._rested.stop()

    def _try_here(self, place: Place) -> str:
        self._found[place] = ""
        try:
            self._make(self._view.document, place)
        except EditRefused as error:
            self._found[place] = str(error)
        return self._found[place]

    def _try_elsewhere(self) -> None:
        place, in_background = self._wanted, self._view.gestures.commands.in_background
        if place is None or in_background is None or self._is_trying:
            return
        document = self._view.document.snapshot(with_indexes=True)
        self._is_trying = True
        in_background(
            lambda: self._make(document, place),
            lambda _edit: self._end(place, ""),
            lambda error: self._end(place, str(error) if isinstance(error, EditRefused) else ""),
        )

    def _end(self, place: Place, refusal: str) -> None:
        self._is_trying = False
        if self._is_over or not shiboken6.isValid(self._view):
            return
        self._found[place] = refusal
        if self._wanted != place:
            self._try_elsewhere()
        elif refusal:
            self._told()
