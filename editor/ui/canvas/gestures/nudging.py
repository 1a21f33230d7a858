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
    from editor.ui.canvas.view import CanvasView

Offset = tuple[float, float]


class Nudge:
    """One selection's way by steps. An edit for a part of it may be under way while the keys go on."""

    def __init__(self, view: CanvasView, chosen: Collection[EntityId], moved: Sequence[EntityId]) -> None:
        """`chosen` is what is selected; `moved` is that and what comes along, each outermost."""
        self._view = view
        self._chosen = frozenset(chosen)
        self._moved = moved
        self._revision = view.document.revision
        self._held: Offset = (0.0, 0.0)
        """How far things have been moved since the last edit was begun."""
        self._begun: dict[object, Offset] = {}
        """How far the edits move them that are being worked out."""

    def goes_on(self, selection: Collection[EntityId]) -> bool:
        """Whether the next step belongs to it: the same things, and nothing but itself has changed the document."""
        is_ahead = bool(self._begun) or self._held != (0.0, 0.0)
        return self._chosen == selection and (is_ahead or self._revision == self._view.document.revision)

    def step(self, dx: float, dy: float) -> None:
        self._held = (self._held[0] + dx, self._held[1] + dy)
        self._show()
        self._view.gestures.pending.hold(self, self._begin, self._fall_back)

    def _begin(self) -> None:
        view, call, way = self._view, object(), self._held
        key = f"nudge {' '.join(sorted(self._chosen))}"
        self._begun[call], self._held = way, (0.0, 0.0)

        def apply(edit: Edit) -> None:
            del self._begun[call]
            view.clear_drag_offset(self)
            apply_edit(view, edit)
            self._revision = view.document.revision
            self._show()

        def give_up() -> None:
            del self._begun[call]
            self._show()

        def refused(error: EditorError) -> None:
            give_up()
            view.refused.emit(error)

        in_background = view.gestures.commands.in_background
        work_out(
            view,
            lambda document: edits.move_by(document, self._moved, *way, merge_key=key),
            in_background,
            apply,
            refused,
            clear=give_up,
        )

    def _show(self) -> None:
        """Lift things as far as they are ahead of the document."""
        ways = [*self._begun.values(), self._held]
        dx, dy = sum(way[0] for way in ways), sum(way[1] for way in ways)
        if dx or dy:
            self._view.set_drag_offset(self._moved, dx, dy, owner=self)
        else:
            self._view.clear_drag_offset(self)
        self._view.update()

    def _fall_back(self) -> None:
        """The last steps are given up."""
        self._held = (0.0, 0.0)
        self._show()
