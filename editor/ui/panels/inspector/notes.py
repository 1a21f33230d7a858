"""The Inspector's form for a note or frame, and the choice of colours that notes have."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from editor import edits
from editor.model import DocumentView, EntityId, Note
from editor.model.port_types import Json
from editor.ui.panels.inspector.fields import Desk
from editor.ui.panels.inspector.forms import AreaLine, ChoiceLine, Form, body, scrolling
from editor.ui.swatches import NOTE_COLORS, color_of, swatch
from editor.ui.values import DIFFERENT
from editor.ui.widgets import column, label


class ColorLine(ChoiceLine):
    """The colour of one note or of several."""

    def __init__(self, desk: Desk, notes: Callable[[], tuple[EntityId, ...]]) -> None:
        super().__init__(
            desk,
            "Colour",
            lambda view: shared_color(view, notes()),
            lambda color: partial(edits.color, targets=notes(), name=color),
            lambda view: _choices(view, notes()),
            icon_of=swatch,
        )


def shared_color(view: DocumentView, notes: tuple[EntityId, ...]) -> Json:
    """The name of the colour that notes have, or DIFFERENT."""
    colors = {color_of(note.color) for each in notes if isinstance(note := view.get(each), Note)}
    return colors.pop() if len(colors) == 1 else DIFFERENT


def _choices(view: DocumentView, notes: tuple[EntityId, ...]) -> list[tuple[Json, str]]:
    """The theme's colours, and the one that came with the document."""
    found = shared_color(view, notes)
    own = [(found, f"As it came ({found})")] if found is not DIFFERENT and found not in NOTE_COLORS else []
    return [*((name, name.capitalize()) for name in NOTE_COLORS), *own]


class NoteForm(Form):
    """A sticky note or a frame."""

    def __init__(self, desk: Desk, note: EntityId, place: QWidget) -> None:
        super().__init__(desk, place)
        entity = desk.document.get(note)
        assert isinstance(entity, Note)
        page, layout = body()
        self.setLayout(column(scrolling(page)))
        layout.addWidget(label("Note" if entity.shape == "note" else "Frame", "heading"))
        is_note = entity.shape == "note"
        self.add(
            layout,
            AreaLine(
                desk,
                "Text" if is_note else "Title",
                lambda view: getattr(view.get(note), "text", ""),
                lambda text: lambda view: edits.change_note(view, note, text=text, merge_key=f"note:{note}"),
                hint="Markdown, for people: it is no part of the package."
                if is_note
                else "For people: it is no part of the package.",
                least=6 if is_note else 2,
            ),
            ColorLine(desk, lambda: (note,)),
        )
        layout.addStretch(1)
