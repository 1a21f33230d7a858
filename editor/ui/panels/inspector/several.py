"""The Inspector's forms for several tasks at once, and for a note."""

from editor import edits
from editor.model import Constant, DocumentView, Edit, EntityId, Input, Note, ParameterType
from editor.model.port_types import Json, type_words
from editor.ui.panels.inspector.fields import Desk
from editor.ui.panels.inspector.forms import AreaLine, ChoiceLine, Form, SwitchLine, body, section
from editor.ui.panels.inspector.task import container_fields, execution_lines, scrolling
from editor.ui.style import GAP
from editor.ui.values import ValueEditor, editor_for
from editor.ui.widgets import column, label, row

NOTE_COLORS = ("yellow", "green", "blue", "pink", "purple", "gray")


def shared_inputs(view: DocumentView, tasks: tuple[EntityId, ...]) -> list[Input]:
    """The parameters that every task has, by name and type."""
    interfaces = [view.interface(view.task(task).component).inputs for task in tasks]
    first, *others = interfaces
    return [
        port
        for port in first
        if isinstance(port.type, ParameterType)
        and all(any(one.name == port.name and one.type == port.type for one in inputs) for inputs in others)
    ]


class SeveralForm(Form):
    """Several tasks: what they have in common is set on all of them in one step."""

    def __init__(self, desk: Desk, tasks: tuple[EntityId, ...], groups: int) -> None:
        super().__init__(desk)
        self.tasks = tasks
        page, layout = body()
        words = f"{len(tasks)} tasks" + (f" and {groups} others" if groups else "")
        layout.addWidget(label(words, "heading"))
        layout.addWidget(label("What is changed here is changed in all of them, as one step.", "muted", wraps=True))
        self.editors: dict[str, ValueEditor] = {}
        shared = shared_inputs(desk.document, tasks)
        if shared:
            layout.addWidget(section("Inputs they share"))
        for port in shared:
            assert isinstance(port.type, ParameterType)
            editor = editor_for(port.type)
            editor.focus_widget().setAccessibleName(port.name)
            editor.committed.connect(lambda value, name=port.name: self._on_value(name, value))
            self.editors[port.name] = editor
            kind = label(type_words(port.type), "muted")
            layout.addLayout(column(row(label(port.name, "section"), kind, None, gap=4), editor, gap=2))
        layout.addWidget(section("Execution"))
        self.add(
            layout,
            SwitchLine(desk, "Muted", lambda view: all(view.task(task).is_muted for task in tasks), self._mute),
            *execution_lines(desk, tasks),
        )
        self.settings = container_fields(desk, tasks)
        if self.settings:
            layout.addWidget(section("Container"))
        for field in self.settings:
            layout.addWidget(field)
        layout.addStretch(1)
        self.setLayout(column(scrolling(page), gap=GAP))
        self.refresh()

    def refresh(self) -> None:
        super().refresh()
        for field in self.settings:
            field.refresh()
        view = self.desk.document
        for name, editor in self.editors.items():
            values = [self._value(view, task, name) for task in self.tasks]
            if all(value == values[0] for value in values):
                editor.set_value(values[0])

    def _value(self, view: DocumentView, task: EntityId, name: str) -> Json:
        entity = view.task(task)
        argument = entity.arguments.get(name)
        if argument is None:
            port = view.interface(entity.component).input(name)
            argument = port.default if port else None
        return argument.value if isinstance(argument, Constant) else None

    def _on_value(self, name: str, value: Json) -> None:
        def make() -> Edit:
            view = self.desk.document
            edit = Edit(f"Set {name} of {len(self.tasks)} tasks", (), f"several:{name}:{','.join(self.tasks)}")
            for task in self.tasks:
                edit = edit.then(edits.set_constant(view, task, name, value))
            return edit

        self.editors[name].say(self.desk.try_edit(make))

    def _mute(self, view: DocumentView, muted: Json) -> Edit:
        return edits.mute(view, self.tasks, muted is True)


class NoteForm(Form):
    """A sticky note or a frame."""

    def __init__(self, desk: Desk, note: EntityId) -> None:
        super().__init__(desk)
        entity = desk.document.get(note)
        assert isinstance(entity, Note)
        page, layout = body()
        layout.addWidget(label("Note" if entity.shape == "note" else "Frame", "heading"))

        self.add(
            layout,
            AreaLine(
                desk,
                "Text",
                lambda view: getattr(view.get(note), "text", ""),
                lambda view, text: edits.change_note(view, note, text=text, merge_key=f"note:{note}"),
                hint="Markdown, for people: it is no part of the package.",
                least=6,
            ),
            ChoiceLine(
                desk,
                "Colour",
                lambda view: getattr(view.get(note), "color", "") or NOTE_COLORS[0],
                lambda view, color: edits.change_note(view, note, color=color),
                lambda _view: [(color, color.capitalize()) for color in NOTE_COLORS],
            ),
        )
        layout.addStretch(1)
        self.setLayout(column(scrolling(page)))
