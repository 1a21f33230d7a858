"""Putting components and control flow onto a page without a gesture: by double-click, by command."""

from PySide6.QtCore import QPoint, QPointF

from editor.components import LibraryEntry
from editor.edits import GroupKind
from editor.layout.metrics import CARD_WIDTH
from editor.model import DocumentView, EntityId, Task
from editor.ui.canvas.gestures import placing as gesture_placing
from editor.ui.canvas.gestures.placing import Landing, next_landing
from editor.ui.canvas.quick_add import CONTROL_CHOICES
from editor.ui.page import DocumentPage


def _landing(page: DocumentPage) -> Landing:
    view = page.view
    middle = view.to_scene(QPoint(view.width() // 2, view.height() // 2)) - QPointF(CARD_WIDTH / 2, 48)
    return next_landing(view, middle)


def place(page: DocumentPage, entry: LibraryEntry) -> None:
    """Put a component beside or into what is selected, else into the middle of what the page shows; and select it."""
    gesture_placing.place_entry(page.view, entry, _landing(page))


def add_control_flow(page: DocumentPage, kind: GroupKind) -> None:
    """Put an If, a loop, an exit handler or a sub-pipeline round what is selected, else on the canvas.

    Into a group that is empty still: one is in the midst of building it.
    """
    commands = page.view.gestures.commands
    if commands.nodes and not _are_empty(page.session.document, commands.nodes):
        commands.wrap(kind)
        return
    choice = next(choice for choice in CONTROL_CHOICES if choice.kind == kind)
    gesture_placing.place(page.view, choice, _landing(page))


def _are_empty(document: DocumentView, nodes: list[EntityId]) -> bool:
    """Whether there is no task among some nodes and in them."""
    return not any(
        isinstance(document.get(each), Task) for node in nodes for each in (node, *document.descendants(node))
    )
