"""What the Inspector's forms are built of: a section, a line of text, a number, a switch, each tied to the document."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from editor.model import DocumentView
from editor.model.port_types import Json
from editor.model.view import NotThere
from editor.ui.panels.inspector.fields import Desk, Make
from editor.ui.style import GAP
from editor.ui.switch import Switch
from editor.ui.values import DIFFERENT, DIFFERENT_WORDS, NumberEditor, ValueEditor, fit_lines
from editor.ui.widgets import column, label, line, row, set_state

Read = Callable[[DocumentView], Json]
Write = Callable[[Json], Make]
"""What makes the edit that sets a value; it is of what the form is about now, whatever that turns to meanwhile."""


class Line(QWidget):
    """A titled editor; `refresh` shows the document's value (or DIFFERENT), what is typed goes through `write`."""

    def __init__(self, desk: Desk, title: str, read: Read, write: Write, *, hint: str = "") -> None:
        super().__init__()
        self._desk, self._read, self._write = desk, read, write
        self.title = label(title, "section")
        self.hint = label(hint, "muted", wraps=True)
        if not hint:
            self.hint.hide()
        self.error = label("", "error", wraps=True)
        self.error.hide()

    def refresh(self) -> None:
        raise NotImplementedError

    def commit(self, value: Json) -> None:
        self._desk.attempt(self._write(value), self.say, typed_in=self)

    def value(self) -> Json:
        return self._read(self._desk.document)

    def say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))


class TextLine(Line):
    """One line. `on_enter`: taken when the person is done (a name), not letter by letter."""

    def __init__(
        self,
        desk: Desk,
        title: str,
        read: Read,
        write: Write,
        *,
        hint: str = "",
        placeholder: str = "",
        on_enter: bool = False,
    ) -> None:
        super().__init__(desk, title, read, write, hint=hint)
        self.field = QLineEdit()
        self._placeholder = placeholder
        self.field.setPlaceholderText(placeholder)
        self.field.setAccessibleName(title)
        if on_enter:
            self.field.editingFinished.connect(self._on_finished)
        else:
            self.field.textEdited.connect(self.commit)
        self.setLayout(column(self.title, self.field, self.hint, self.error, gap=4))
        self.refresh()

    def refresh(self) -> None:
        value = self.value()
        self.field.setPlaceholderText(DIFFERENT_WORDS if value is DIFFERENT else self._placeholder)
        text = "" if value is DIFFERENT else str(value or "")
        if self.field.text() != text and not (self.error.text() and self.field.hasFocus()):
            self.field.setText(text)
            self.say("")

    def say(self, sentence: str) -> None:
        super().say(sentence)
        set_state(self.field, "wrong" if sentence else "")

    def _on_finished(self) -> None:
        try:
            is_other = self.field.text() != str(self.value() or "")
        except NotThere:
            # The form goes in a moment, and takes the focus off: only what was typed is worth a word.
            is_other = self.field.isModified()
        if is_other:
            self.commit(self.field.text())
        else:
            self.say("")


class AreaLine(Line):
    """Several lines of text."""

    def __init__(self, desk: Desk, title: str, read: Read, write: Write, *, hint: str = "", least: int = 3) -> None:
        super().__init__(desk, title, read, write, hint=hint)
        self._least = least
        self.field = QPlainTextEdit()
        self.field.setProperty("role", "field")
        self.field.setTabChangesFocus(True)
        self.field.setAccessibleName(title)
        self.field.textChanged.connect(self._on_changed)
        self._is_setting = False
        self.setLayout(column(self.title, self.field, self.hint, self.error, gap=4))
        self.refresh()

    def refresh(self) -> None:
        text = str(self.value() or "")
        if self.field.toPlainText() != text:
            self._is_setting = True
            self.field.setPlainText(text)
            self._is_setting = False
        fit_lines(self.field, self._least, 12)

    def _on_changed(self) -> None:
        if not self._is_setting:
            fit_lines(self.field, self._least, 12)
            self.commit(self.field.toPlainText())


class NumberLine(Line):
    """A number, or nothing where `empty` words say what nothing means."""

    def __init__(
        self, desk: Desk, title: str, read: Read, write: Write, *, whole: bool = True, empty: str = "", hint: str = ""
    ) -> None:
        super().__init__(desk, title, read, write, hint=hint)
        self.editor: ValueEditor = NumberEditor(whole=whole, empty=empty)
        self.editor.focus_widget().setAccessibleName(title)
        self.editor.committed.connect(self.commit)
        self.setLayout(column(self.title, self.editor, self.hint, self.error, gap=4))
        self.refresh()

    def refresh(self) -> None:
        self.editor.set_value(self.value())


class SwitchLine(Line):
    """On or off, the title beside it."""

    def __init__(self, desk: Desk, title: str, read: Read, write: Write, *, hint: str = "") -> None:
        super().__init__(desk, title, read, write, hint=hint)
        self.switch = Switch()
        self.switch.setAccessibleName(title)
        self.switch.clicked.connect(self.commit)
        self.setLayout(column(row(self.title, None, self.switch), self.hint, self.error, gap=2))
        self.refresh()

    def refresh(self) -> None:
        value = self.value()
        self.switch.set_state(None if value is DIFFERENT else value is True)


class ChoiceLine(Line):
    """One of several; `choices` are (value, words), asked for anew at each refresh."""

    def __init__(
        self,
        desk: Desk,
        title: str,
        read: Read,
        write: Write,
        choices: Callable[[DocumentView], list[tuple[Json, str]]],
        *,
        hint: str = "",
        icon_of: Callable[[Json], QIcon] = lambda _value: QIcon(),
    ) -> None:
        super().__init__(desk, title, read, write, hint=hint)
        self._choices, self._icon_of = choices, icon_of
        self.box = QComboBox()
        self.box.setAccessibleName(title)
        self.box.setIconSize(QSize(16, 16))
        self.box.view().setIconSize(self.box.iconSize())
        self.box.activated.connect(self._on_activated)
        self.setLayout(column(self.title, self.box, self.hint, self.error, gap=4))
        self.refresh()

    def refresh(self) -> None:
        choices, value = self._choices(self._desk.document), self.value()
        self.box.clear()
        for each, words in choices:
            self.box.addItem(self._icon_of(each), words, each)
        self.box.setPlaceholderText(DIFFERENT_WORDS if value is DIFFERENT else "")
        self.box.setCurrentIndex(-1 if value is DIFFERENT else self.box.findData(value))

    def _on_activated(self, number: int) -> None:
        self.commit(self.box.itemData(number))


class Form(QWidget):
    """What the Inspector shows for one thing; rebuilt when another thing is chosen, refreshed when this one changes."""

    family = ""
    """Forms of one family open at the tab that another of them was left at."""

    def __init__(self, desk: Desk, place: QWidget) -> None:
        """It lies in `place` from the first: each move of a widget with all that is in it costs its styling."""
        super().__init__(place)
        self.desk = desk
        self.lines: list[Line] = []

    def refresh(self) -> None:
        for each in self.lines:
            each.refresh()

    def build_shown(self) -> None:
        """Build what is seen first; the form has its place in the window by now."""

    def forget(self) -> None:
        """The document has changed: what is being read of it counts no longer. `refresh` follows."""

    def still_fits(self) -> bool:
        """Whether the form's rows are still those of the thing; if not, it is built anew."""
        return True

    def add(self, layout: QVBoxLayout, *lines: Line) -> None:
        for each in lines:
            self.lines.append(each)
            layout.addWidget(each)


def form_tabs() -> QTabWidget:
    """Tabs that fit the narrow dock."""
    tabs = QTabWidget()
    tabs.setDocumentMode(True)
    tabs.tabBar().setProperty("role", "narrow")
    tabs.tabBar().setUsesScrollButtons(False)
    return tabs


def scrolling(page: QWidget) -> QScrollArea:
    """A page that is as wide as there is room, and scrolls down."""
    area = QScrollArea()
    area.setWidget(page)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def section(title: str) -> QWidget:
    """A heading within a form, with a line above."""
    holder = QWidget()
    holder.setLayout(column(line(), label(title, "heading"), gap=GAP))
    return holder


def body(*, margin: int = 2 * GAP) -> tuple[QWidget, QVBoxLayout]:
    """A page of lines from top to bottom."""
    holder = QWidget()
    holder.setProperty("role", "body")
    layout = column(margin=margin, gap=2 * GAP)
    holder.setLayout(layout)
    return holder, layout
