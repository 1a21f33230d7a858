"""Many selected things moved by the arrow keys: seen at once, as a drag is, and one edit when the keys rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from editor import edits
from editor.errors import EditorError
from editor.model import Edit, EntityId
from editor.ui.canvas.gestures.gesture import apply_edit
from editor.ui.canvas.gestures.large_edits import work_out

if TYPE_CHECKING:
    from editor.model.metrics import Rect
    from editor.ui.canvas.view import CanvasView

Offset = tuple[float, float]


class Nudge:
    """One selection's way by steps. An edit for a part of it may be under way while the keys go on."""

    def __init__(self, view: CanvasView, chosen: Collection[EntityId], moved: Sequence[EntityId]) -> None:
        """`chosen` is what is selected; `moved` is that and what comes along, each outermost."""
        self._view = view
        self._chosen = frozenset(chosen)
        self._moved = moved
        self._rects: dict[EntityId, Rect] = view.columns.rects(moved)
        self._revision = view.document.revision
        self._at: Offset = (0.0, 0.0)
        """How far things are shown from where they were."""
        self._made: Offset = (0.0, 0.0)
        """How far the document has them."""
        self._begun: list[Offset] = []
        """How far the edits have them that are being worked out."""

    def goes_on(self, selection: Collection[EntityId]) -> bool:
        """Whether the next step belongs to it: the same things, and nothing but itself has changed the document."""
        is_ahead = self._at != self._made
        return self._chosen == selection and (is_ahead or self._revision == self._view.document.revision)

    def step(self, dx: float, dy: float) -> None:
        self._at = (self._at[0] + dx, self._at[1] + dy)
        self._show()
        self._view.gestures.pending.hold(self, self._begin, self._fall_back)

    def _begin(self) -> None:
        view, at = self._view, self._at
        places = {each: (rect.x + at[0], rect.y + at[1]) for each, rect in self._rects.items()}
        key = f"nudge {' '.join(sorted(self._chosen))}"
        self._begun.append(at)

        def apply(edit: Edit) -> None:
            self._begun.remove(at)
            view.clear_drag_offset(self)
            if edit.changes and not apply_edit(view, edit):
                self._fall_back()
                return
            self._made, self._revision = at, view.document.revision
            self._show()

        def give_up() -> None:
            self._begun.remove(at)
            self._fall_back()

        def refused(error: EditorError) -> None:
            give_up()
            view.refused.emit(error)

        in_background = view.gestures.commands.in_background
        work_out(
            view,
            lambda document: edits.move(document, places, merge_key=key),
            in_background,
            apply,
            refused,
            clear=give_up,
        )

    def _show(self) -> None:
        """Lift things as far as they are ahead of the document."""
        dx, dy = self._at[0] - self._made[0], self._at[1] - self._made[1]
        if dx or dy:
            self._view.set_drag_offset(self._moved, dx, dy, owner=self)
        else:
            self._view.clear_drag_offset(self)
        self._view.update()

    def _fall_back(self) -> None:
        """The last steps are given up."""
        self._at = self._begun[-1] if self._begun else self._made
        self._show()
