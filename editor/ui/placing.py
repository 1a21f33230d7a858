"""Putting components and control flow onto a page without a gesture: by double-click, by command."""

from PySide6.QtCore import QPoint, QPointF

from editor.components import LibraryEntry
from editor.edits import GroupKind
from editor.layout.metrics import CARD_WIDTH, GRID
from editor.model import DocumentView, EntityId
from editor.ui.canvas.gestures import placing as gesture_placing
from editor.ui.canvas.gestures.placing import Landing
from editor.ui.canvas.quick_add import CONTROL_CHOICES
from editor.ui.page import DocumentPage

STEP = 5 * GRID
"""How far a card is moved aside where another lies."""


def free_spot(document: DocumentView, scope: EntityId, wanted: QPointF) -> QPointF:
    """A corner on the grid near `wanted` at which no other entity of the scope begins."""
    x = round(wanted.x() / GRID) * GRID
    y = round(wanted.y() / GRID) * GRID
    placed = [document.placement(child) for child in document.children(scope)]
    corners = [(each.x, each.y) for each in placed if each is not None]
    while any(abs(x - left) < STEP and abs(y - top) < STEP for left, top in corners):
        x, y = x + STEP, y + STEP
    return QPointF(x, y)


def _middle(page: DocumentPage) -> Landing:
    view = page.view
    middle = view.to_scene(QPoint(view.width() // 2, view.height() // 2)) - QPointF(CARD_WIDTH / 2, 48)
    return Landing(free_spot(page.session.document, view.scope, middle), parent=view.scope)


def place(page: DocumentPage, entry: LibraryEntry) -> None:
    """Put a component into the middle of what the page shows, and select it."""
    gesture_placing.place_entry(page.view, entry, _middle(page))


def add_control_flow(page: DocumentPage, kind: GroupKind) -> None:
    """Put an If, a loop, an exit handler or a sub-pipeline round the selected tasks; an empty one if there are none."""
    commands = page.view.gestures.commands
    if commands.nodes:
        commands.wrap(kind)
        return
    choice = next(choice for choice in CONTROL_CHOICES if choice.kind == kind)
    gesture_placing.place(page.view, choice, _middle(page))
