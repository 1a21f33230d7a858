"""What every gesture is: start, move, release or cancel, and the temporary picture it owns until then."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QPointF, Qt

from editor.errors import EditorError

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from editor.model import Edit
    from editor.ui.canvas.view import CanvasView


class Pointer(NamedTuple):
    """Where the mouse is: in the scene, in the view's pixels, and which keys are held."""

    scene: QPointF
    position: QPoint
    modifiers: Qt.KeyboardModifier

    def has(self, modifier: Qt.KeyboardModifier) -> bool:
        return bool(self.modifiers & modifier)


class Gesture:
    """One thing under way. `start` is called where the button went down, `move` as often as it likes, then either

    `release` or `cancel`, once. The document stays untouched until `release`, which applies at most one Edit.
    """

    autoscrolls = True
    """Whether holding the pointer at the view's edge moves the view."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view

    def start(self, at: Pointer) -> None:
        self.view.overlay_painters.append(self.paint)
        self.view.update()

    def move(self, at: Pointer) -> None:
        raise NotImplementedError

    def release(self, at: Pointer) -> None:
        self.finish()

    def cancel(self) -> None:
        self.finish()

    def paint(self, painter: QPainter) -> None:
        """Draw what the gesture shows, in scene coordinates, above everything."""

    def finish(self) -> None:
        """Take the temporary picture away. Subclasses undo their tints, bubbles and offsets here."""
        if self.paint in self.view.overlay_painters:
            self.view.overlay_painters.remove(self.paint)
        self.view.update()


def apply_edit(view: CanvasView, edit: Edit) -> bool:
    """Do `edit` unless it changes nothing or the view is for reading only. Says whether it was done."""
    if not edit.changes:
        return False
    if view.is_read_only:
        refuse_read_only(view)
        return False
    try:
        view.do(edit)
    except EditorError as error:
        view.refused.emit(error)
        return False
    return True


def refuse_read_only(view: CanvasView) -> None:
    view.refused.emit(EditorError("This view is for reading only.", hint="Open the document itself to change it."))
