"""Automatic layout of what is selected or shown, which is in sight afterwards as it was before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRectF

from editor import layout
from editor.model import DocumentView, Edit, EntityId
from editor.ui.canvas.gestures.large_edits import attempt_off_thread

if TYPE_CHECKING:
    from editor.ui.canvas.gestures.commands import CanvasCommands

Direction = Literal["right", "down"]


def arrange(commands: CanvasCommands, direction: Direction) -> None:
    """The selection if it holds several, what lies in a group if that is selected, else all that is shown."""
    view, scope = commands.view, commands.view.scope
    shown = scope
    only = commands.nodes if len(commands.nodes) > 1 else None
    if only is None and commands.groups:
        scope = commands.groups[0]
    is_all = only is None and scope == shown
    arranged = only or [scope]
    before: dict[EntityId, QRectF] = {}
    was_seen = False

    def place() -> QRectF:
        return view.scene_bounds() if is_all else view.bounds_of(arranged)

    def make(document: DocumentView) -> Edit:
        if scope not in document:
            return Edit("Arrange", ())
        return layout.arrange(document, scope=scope, only=only, direction=direction)

    def look() -> None:
        nonlocal was_seen
        was_seen = view.visible_rect().contains(place())
        before.update((each, view.card_rect(each)) for each in view.drawn())

    def show() -> None:
        if view.scope != shown:
            return  # One looks at another pipeline by now.
        if is_all:
            view.keep_all_in_sight(was_seen=was_seen)
        else:
            view.keep_in_sight(place(), was_seen=was_seen)
        view.gestures.glide.start(before)

    attempt_off_thread(view, make, commands.in_background, show, first=look)
