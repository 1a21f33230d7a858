"""What goes to the clipboard and comes from it. What is large is worked out on another thread, as other large edits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import shiboken6
from PySide6.QtCore import QMimeData, QPointF
from PySide6.QtGui import QGuiApplication

from editor import edits
from editor.errors import EditorError
from editor.model import DocumentView, Edit, EntityId
from editor.ui.canvas.gestures.carrying import with_carried
from editor.ui.canvas.gestures.drops import Frames
from editor.ui.canvas.gestures.large_edits import (
    LETTERS_A_TASK,
    MANY,
    MANY_SIMPLE,
    InBackground,
    at_once,
    attempt_off_thread,
    selecting,
)
from editor.ui.canvas.gestures.library_drag import dragged_files
from editor.ui.canvas.gestures.reading import staged, with_contents
from editor.ui.canvas.gestures.room import free_corner, size_of
from editor.ui.canvas.gestures.snapping import grid_point
from editor.ui.canvas.gestures.wire import relabelled

if TYPE_CHECKING:
    from editor.ui.canvas.gestures.commands import CanvasCommands

PASTE_STEP = 24
FOLLOWS_CURSOR = 4
"""A paste as near to the last as this, in scene units, is put beside it rather than on top."""

T = TypeVar("T")


class Clipping:
    """Copying, cutting and pasting in one view."""

    def __init__(self, commands: CanvasCommands) -> None:
        self._commands = commands
        self._view = commands.view
        self._pasted_at: QPointF | None = None
        self._pasted_count = 0
        self._is_clipping = False
        """A copy is being worked out: the clipboard does not hold it yet."""
        self._has_paste_to_do = False

    def copy(self) -> None:
        view, ids = self._view, with_carried(self._view, sorted(self._view.selection))
        if not ids:
            return
        in_background = self._in_background(len(ids))
        document = view.document if in_background is None else view.document.snapshot(with_indexes=True)
        (in_background or at_once)(lambda: edits.copy(document, ids), _put_on_clipboard, self._refuse)

    def cut(self) -> None:
        """What was cut is on the clipboard before it leaves the document."""
        view, ids = self._view, with_carried(self._view, sorted(self._view.selection))
        if not ids:
            return
        text = ""

        def make(document: DocumentView) -> Edit:
            nonlocal text
            text, edit = edits.cut(document, ids)
            return edit

        attempt_off_thread(
            view,
            make,
            self._in_background(len(ids)),
            lambda: view.select(view.selection.difference(ids)),
            first=lambda: _put_on_clipboard(text),
        )

    def paste(self) -> None:
        """Into the group at the cursor, at the cursor; again at the same place, a little farther down.

        With the cursor elsewhere, in the middle of what is seen, off what lies there. It comes into view, if it fits.
        Files that were copied elsewhere are as if dropped.
        """
        if self._is_clipping:
            self._has_paste_to_do = True
            return
        view = self._view
        # Where nothing was ever copied, some platforms have no data at all.
        if files := dragged_files(QGuiApplication.clipboard().mimeData() or QMimeData()):
            view.gestures.files_dropped.emit(files)
            return
        at, is_pointed_at = view.gestures.place_for_new(), view.gestures.cursor_scene is not None
        if self._pasted_at is not None and (at - self._pasted_at).manhattanLength() <= FOLLOWS_CURSOR:
            self._pasted_count += 1
        else:
            self._pasted_at, self._pasted_count = at, 0
        text = QGuiApplication.clipboard().text()
        is_large = len(text) > MANY * LETTERS_A_TASK
        # What is large is made off the GUI thread, where nothing may ask the view for room.
        finds_room = not is_pointed_at and not is_large
        corner = at + QPointF(PASTE_STEP, PASTE_STEP) * (0 if finds_room else self._pasted_count)
        # What was copied is often selected and under the cursor still: a group does not go into itself.
        parent = Frames(view, skip=with_contents(view.document, self._commands.groups)).at(at)
        added: list[EntityId] = []

        def make(document: DocumentView) -> Edit:
            start = grid_point(corner)
            edit, added[:] = edits.paste(document, text, parent=parent, x=start.x(), y=start.y())
            if is_pointed_at:
                return edit
            pasted = staged(document, edit)
            size = size_of(pasted, added)
            middle = corner - QPointF(size.width() / 2, size.height() / 2)
            way = (free_corner(view, parent, middle, size) if finds_room else grid_point(middle)) - start
            return relabelled(edit.then(edits.move_by(pasted, added, way.x(), way.y())), edit.label)

        in_background = self._commands.in_background if is_large else None
        select = selecting(view, added)

        def show() -> None:
            select()
            if view.selection.issuperset(added):
                view.keep_in_sight(view.bounds_of(added), was_seen=False)

        attempt_off_thread(view, make, in_background, show)

    def _in_background(self, count: int) -> InBackground | None:
        is_large = count > MANY_SIMPLE and self._commands.in_background is not None
        return self._clip_in_background if is_large else None

    def _clip_in_background(
        self, make: Callable[[], T], done: Callable[[T], object], failed: Callable[[EditorError], object]
    ) -> None:
        """A paste that is asked for meanwhile is done when the clipboard is filled."""
        in_background = self._commands.in_background
        assert in_background is not None
        self._is_clipping = True

        def made(value: T) -> None:
            self._is_clipping = False
            done(value)
            self._catch_up()

        def refused(error: EditorError) -> None:
            self._is_clipping = self._has_paste_to_do = False
            failed(error)

        in_background(make, made, refused)

    def _catch_up(self) -> None:
        # A cut that is worked out anew is under way again by now.
        if self._has_paste_to_do and not self._is_clipping and shiboken6.isValid(self._view):
            self._has_paste_to_do = False
            self.paste()

    def _refuse(self, error: EditorError) -> None:
        if shiboken6.isValid(self._view):
            self._view.refused.emit(error)


def _put_on_clipboard(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
