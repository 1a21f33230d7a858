"""Scenes of pipelines that were left for another: one comes back to them without all being read anew."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from editor.model import Edit

if TYPE_CHECKING:
    from editor.model import EntityId
    from editor.ui.canvas.columns import Columns

MOST_SCENES = 3
"""One of 10,000 tasks takes 10 MB."""
MOST_CHANGES = 500
"""A scene that lags by more than so many is read anew: to follow would take as long."""


class LeftScenes:
    """At most a few, the last ones; each follows what the document has been changed by when it is taken back."""

    def __init__(self) -> None:
        self._scenes: dict[EntityId, tuple[Columns, list[Edit]]] = {}

    def put(self, columns: Columns, behind: Edit | None) -> None:
        """Keep a scene that lags behind the document by an edit, unless the hand holds something of it."""
        if columns.lifted is not None or columns.lifted_notes:
            return
        self._scenes.pop(columns.scope, None)
        self._scenes[columns.scope] = (columns, [] if behind is None else [behind])
        while len(self._scenes) > MOST_SCENES:
            del self._scenes[next(iter(self._scenes))]

    def changed(self, edit: Edit) -> None:
        """The document was changed."""
        for scope, (_columns, edits) in list(self._scenes.items()):
            edits.append(edit)
            if sum(len(each.changes) for each in edits) > MOST_CHANGES:
                del self._scenes[scope]

    def take(self, scope: EntityId) -> Columns | None:
        """The scene of a pipeline as the document is now, nothing in it being selected; None if there is none."""
        columns, edits = self._scenes.pop(scope, (None, []))
        if columns is None:
            return None
        if edits:
            columns.follow(reduce(Edit.then, edits))
        columns.set_selected(frozenset())
        return columns
