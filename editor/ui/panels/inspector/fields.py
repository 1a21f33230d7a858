"""A row of the Inspector for something that may be fed: a value, a wire, a pipeline input, a text with holes."""

from collections.abc import Callable, Collection
from typing import Protocol

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QMenu, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from editor.errors import EditorError
from editor.model import (
    Argument,
    ArtifactType,
    Constant,
    DocumentView,
    Edit,
    EntityId,
    FromPipelineInput,
    ParameterType,
    Template,
)
from editor.model.port_types import Json, type_words, why_not_value
from editor.ui.icons import icon
from editor.ui.panels.inspector.feeding import Feeding
from editor.ui.panels.inspector.sources import PLACEHOLDERS, in_words, read_template, source_entity, template_text
from editor.ui.values import DIFFERENT, AnyEditor, TextEditor, ValueEditor, editor_for, first_value, value_text
from editor.ui.widgets import ElidedLabel, Sign, column, icon_button, label, row, set_role

Make = Callable[[DocumentView], Edit]
"""An edit of the document as it is given; may be called on another thread, and again."""
Told = Callable[[str], object]
"""Takes why something was refused, or an empty text if it was not."""


def untold(_reason: str) -> None:
    """For what is never refused."""


class Desk(Protocol):
    """What a form works on: the page in front."""

    @property
    def document(self) -> DocumentView: ...

    def attempt(self, make: Make, told: Told = untold, *, typed_in: object | None = None) -> None:
        """Do the edit: at once, or a moment later where the form is about many things and their edit takes a while, or
        where others are not made yet.

        `typed_in`: the row that letters are typed into. What it asks for next is done in place of this, if this still
        waits for the hand to pause; whatever else is asked for is done after it.
        """
        ...

    @property
    def is_waiting(self) -> bool:
        """Whether the fields are ahead of the document: to show what that holds would take typed text away."""
        ...

    def pause(self) -> None:
        """What is typed is complete: do not wait for more."""
        ...

    def turn_to(self, things: Collection[EntityId]) -> None:
        """As `leave`; the form is about these from now on."""
        ...

    def leave(self) -> None:
        """The form is no longer about what it was: what was typed is done for that, and refused elsewhere than here."""
        ...

    def go_to(self, entity: EntityId) -> None: ...

    def enter(self, task: EntityId) -> None: ...


class SourceChip(QFrame):
    """Says where a value comes from; a click goes there (or offers what could feed it), the cross unplugs it."""

    opened = Signal()
    unplugged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "source")
        self._sign = Sign()
        self.words = QPushButton()
        self.words.setProperty("role", "plain")
        self.words.setAutoDefault(False)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.words.clicked.connect(self.opened)
        self.cross = icon_button("close", "Unplug", self.unplugged.emit)
        self.cross.setIconSize(QSize(12, 12))
        layout = row(self._sign, self.words, self.cross, gap=4)
        layout.setContentsMargins(8, 0, 2, 0)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.setFixedHeight(28)
        self._text = ""

    def show_source(self, icon_name: str, text: str, *, can_unplug: bool) -> None:
        self._sign.show_icon(icon_name)
        self._text = text
        self._elide()
        self.words.setToolTip(text)
        self.words.setAccessibleName(f"Comes from {text}")
        self.cross.setVisible(can_unplug)

    def _elide(self) -> None:
        room = self.words.width() - 12
        self.words.setText(self.words.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideMiddle, room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()


class ArgumentField(QWidget):
    """Name and type, then the value's editor or the chip of its source, then what is wrong."""

    def __init__(self, desk: Desk, feeding: Feeding) -> None:
        super().__init__()
        self._desk = desk
        self.feeding = feeding
        self.name = ElidedLabel(feeding.title, "section", least_px=130)
        self.name.setToolTip(feeding.description)
        kind = ElidedLabel(type_words(feeding.type) if feeding.type is not None else "", "muted")
        self.note = label("", "muted")
        self.more = icon_button("more", f"Where {feeding.title} comes from (Ctrl+.)")
        # Tab goes from value to value; the keyboard has its own way to the menu.
        self.more.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.more)
        self.menu.aboutToShow.connect(self.fill_menu)
        self.more.setMenu(self.menu)
        top = row(self.name, kind, None, self.note, self.more, gap=4)
        self._made_chip: SourceChip | None = None
        self.editor: ValueEditor | None = None
        self.template: TextEditor | None = None
        self.error = label("", "error", wraps=True)
        self.error.hide()
        self._body = QVBoxLayout()
        self._body.setContentsMargins(0, 0, 0, 0)
        self.setLayout(column(top, self._body, self.error, gap=2))
        self.refresh()

    @property
    def chip(self) -> SourceChip:
        """Says what feeds the field; made when something first does."""
        if self._made_chip is None:
            self._made_chip = SourceChip()
            self._made_chip.opened.connect(self._on_opened)
            self._made_chip.unplugged.connect(lambda: self._put(None))
            self._body.insertWidget(0, self._made_chip)
        return self._made_chip

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the value's editor has left over."""
        if event.key() == Qt.Key.Key_Period and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.more.showMenu()
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        """Show what the document has now; not over a text that is refused as yet and still being typed."""
        view, focus = self._desk.document, QApplication.focusWidget()
        if self.error.text() and focus is not None and self.isAncestorOf(focus):
            return
        argument, is_different = self.feeding.argument(view), self.feeding.is_different(view)
        shown = argument if argument is not None else self.feeding.default
        self.say("")
        is_template = isinstance(argument, Template)
        takes_value = isinstance(self.feeding.type, ParameterType) or self.feeding.type is None
        is_value = not is_template and takes_value and (is_different or shown is None or isinstance(shown, Constant))
        if is_value:
            self._show_value(DIFFERENT if is_different else shown.value if isinstance(shown, Constant) else None)
        elif self.editor is not None:
            self.editor.hide()
        if is_template:
            self._show_template(template_text(view, argument))
        elif self.template is not None:
            self.template.hide()
        if not is_value and not is_template:
            self._show_chip(view, argument, is_different=is_different)
            self.chip.show()
        elif self._made_chip is not None:
            self._made_chip.hide()
        self._show_note(argument, is_different=is_different)

    def _show_value(self, value: Json) -> None:
        kind = self.feeding.type
        if self.editor is None:
            self.editor = editor_for(kind) if isinstance(kind, ParameterType) else AnyEditor()
            self.editor.focus_widget().setAccessibleName(self.feeding.title)
            self.editor.committed.connect(self._on_value_committed)
            self._body.addWidget(self.editor)
        if value is None and isinstance(kind, ParameterType) and kind.kind in ("LIST", "STRUCT"):
            value = first_value(kind)
        self.editor.set_value(value)
        self.editor.show()

    def _show_template(self, text: str) -> None:
        if self.template is None:
            self.template = TextEditor()
            self.template.focus_widget().setAccessibleName(f"{self.feeding.title}, text template")
            self.template.committed.connect(self._on_template_committed)
            self._body.addWidget(self.template)
        self.template.set_value(text)
        self.template.show()

    def _show_chip(self, view: DocumentView, argument: Argument | None, *, is_different: bool) -> None:
        if argument is None:
            words = "Different sources" if is_different else "Nothing is connected"
            self.chip.show_source("wire", words, can_unplug=is_different)
            return
        icon_name = "input" if isinstance(argument, FromPipelineInput) else "wire"
        self.chip.show_source(icon_name, in_words(view, argument), can_unplug=not self.feeding.is_fixed)

    def _show_note(self, argument: Argument | None, *, is_different: bool) -> None:
        if isinstance(argument, Template):
            words, role = "text template", "muted"
        elif argument is not None or is_different:
            words, role = "", "muted"
        elif self.feeding.default is not None:
            words, role = "default", "muted"
        elif self.feeding.is_required:
            words, role = "required", "error"
        else:
            words, role = "optional", "muted"
        self.note.setText(words)
        set_role(self.note, role)

    def fill_menu(self) -> None:
        """Everything that fits, worked out when the menu opens."""
        menu, view, feeding = self.menu, self._desk.document, self.feeding
        menu.clear()
        argument = feeding.argument(view)
        if not isinstance(feeding.type, ArtifactType):
            start = self._first_constant()
            menu.addAction(icon("text"), "Set a value", lambda: self._put(start)).setEnabled(
                not isinstance(argument, Constant)
            )
        inputs = menu.addMenu(icon("input"), "Pipeline input")
        for name in feeding.inputs(view):
            inputs.addAction(name, lambda name=name: self._put(FromPipelineInput(name)))
        inputs.setEnabled(not inputs.isEmpty())
        outputs = menu.addMenu(icon("wire"), "Output of a task")
        for source in feeding.outputs(view):
            outputs.addAction(in_words(view, source), lambda source=source: self._put(source))
        outputs.setEnabled(not outputs.isEmpty())
        items = feeding.items(view)
        if items:
            loops = menu.addMenu(icon("loop"), "Item of a loop")
            for item in items:
                loops.addAction(in_words(view, item), lambda item=item: self._put(item))
        if isinstance(feeding.type, ParameterType) and feeding.type.kind == "STRING" and not feeding.type.literals:
            menu.addAction(icon("note"), "Text template", self._on_template_wanted).setEnabled(
                not isinstance(argument, Template)
            )
            known = menu.addMenu(icon("key"), "Placeholder of KFP")
            for words, placeholder in PLACEHOLDERS:
                known.addAction(words, lambda placeholder=placeholder: self._on_placeholder(placeholder))
        if feeding.can_promote:
            menu.addSeparator()
            menu.addAction(icon("plus"), "Make it a pipeline input", self._on_promote).setEnabled(
                not isinstance(argument, FromPipelineInput)
            )
        menu.addSeparator()
        words = "Back to the default" if feeding.default is not None else "Take the value away"
        reset = menu.addAction(icon("undo"), words, lambda: self._put(None))
        is_fed = argument is not None or feeding.is_different(view)
        reset.setEnabled(is_fed and not feeding.is_fixed)

    def _first_constant(self) -> Constant:
        kind = self.feeding.type
        if self.feeding.default is not None:
            return self.feeding.default
        return Constant(first_value(kind) if isinstance(kind, ParameterType) else "")

    def _on_value_committed(self, value: Json) -> None:
        feeding = self.feeding
        problem = why_not_value(value, feeding.type) if feeding.type is not None else ""
        if problem:
            self.say(problem)
            return
        key = f"value:{feeding.key}:{feeding.title}"
        self._attempt(Constant(value), key)

    def _on_template_committed(self, text: str) -> None:
        feeding, view = self.feeding, self._desk.document
        key = f"template:{feeding.key}:{feeding.title}"
        try:
            template = read_template(view, feeding.consumer, text)
        except EditorError as error:
            self.say(str(error))
            return
        if not any(not isinstance(part, str) for part in template.parts):
            if "{{$" in text:
                self._attempt(Constant(text), key)
                return
            self.say("Name what is filled in, like {{load.rows}} or {{epochs}}.")
            return
        self._attempt(template, key)

    def _on_template_wanted(self) -> None:
        argument = self.feeding.argument(self._desk.document)
        text = value_text(argument.value) if isinstance(argument, Constant) else ""
        if argument is not None and not isinstance(argument, Constant):
            self._put(Template((argument,)))
            return
        if self.editor is not None:
            self.editor.hide()
        self._show_template(text)
        assert self.template is not None
        self.template.setFocus()
        self.say("Name what is filled in, like {{load.rows}} or {{epochs}}.")

    def _on_placeholder(self, placeholder: str) -> None:
        """At the end of the text that is there; in place of anything else."""
        view = self._desk.document
        argument = self.feeding.argument(view)
        if isinstance(argument, Template):
            self._put(Template((*argument.parts, placeholder)))
            return
        text = argument.value if isinstance(argument, Constant) and isinstance(argument.value, str) else ""
        self._put(Constant(text + placeholder))

    def _on_promote(self) -> None:
        self._desk.attempt(self.feeding.promote, self.say)

    def _on_opened(self) -> None:
        argument = self.feeding.argument(self._desk.document)
        if argument is None:
            self.more.showMenu()
            return
        target = source_entity(argument)
        if target is not None:
            self._desk.go_to(target)

    def _put(self, argument: Argument | None) -> None:
        self._attempt(argument, "")

    def _attempt(self, argument: Argument | None, key: str) -> None:
        """With a `key` for what is typed: letters that follow each other are one edit."""
        feeding = self.feeding.fixed()
        typed_in = self if key else None
        self._desk.attempt(lambda view: feeding.put(view, argument, key), self.say, typed_in=typed_in)

    def say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
