"""Where something new goes that is asked for at a port or a wire, and what the quick-add calls it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from editor.model import Loop
from editor.model.metrics import CARD_WIDTH, LAYER_GAP
from editor.model.port_types import type_words
from editor.ui.canvas.gestures.placing import Landing, top_left_under
from editor.ui.canvas.gestures.room import corner_in, scope_beside
from editor.ui.canvas.gestures.wire import Source, Target, input_type, source_at, source_type

if TYPE_CHECKING:
    from editor.ui.canvas.focus import Focus
    from editor.ui.canvas.view import CanvasView

INTO_WIRE = "Insert into the wire"


def takers(view: CanvasView, source: Source) -> str:
    kind = source_type(view.document, source)
    return f"What takes {type_words(kind)}" if kind else "What takes it"


def givers(view: CanvasView, consumer: Target) -> str:
    kind = input_type(view.document, consumer)
    return f"What gives {type_words(kind)}" if kind else "What feeds it"


def landing_at(view: CanvasView, focus: Focus | None) -> tuple[Landing, str] | None:
    """By keyboard what a wire does that is let go on empty canvas, and a double-click on a wire; None elsewhere."""
    if focus is None or not view.is_drawn(focus.id):
        return None
    here, rect = (focus.id, focus.port), view.card_rect(focus.id)
    match focus.kind:
        case "wire" if not focus.port.startswith("@"):
            middle = view.wire_path(*here).pointAtPercent(0.5)
            return Landing(top_left_under(middle), wire=here), INTO_WIRE
        case "output":
            source = source_at(view.document, here)
            if isinstance(view.document.get(focus.id), Loop):
                landing = Landing(corner_in(view, focus.id), focus.id, source=source, finds_room=True)
            else:
                at, scope = QPointF(rect.right() + LAYER_GAP, rect.top()), scope_beside(view, focus.id)
                landing = Landing(at, scope, source=source, finds_room=True)
            return landing, takers(view, source)
        case "input":
            at, scope = QPointF(rect.left() - LAYER_GAP - CARD_WIDTH, rect.top()), scope_beside(view, focus.id)
            return Landing(at, scope, consumer=here, finds_room=True), givers(view, here)
        case _:
            return None
