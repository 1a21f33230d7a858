"""Editors for one value, by type: what is typed is taken as soon as it is right, and what is wrong is said below."""

import json
import math
import re
from enum import Enum
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from editor.model.port_types import Json, ParameterType
from editor.ui.json_tree import JsonTree
from editor.ui.switch import Switch
from editor.ui.theme import code_font
from editor.ui.widgets import column, icon_button, label, row, set_state

SAFE_INTEGER = 2**53
"""Beyond this a JSON number in the package, being a double, no longer holds every whole number."""


class Different(Enum):
    """In place of a value: several things are shown at once, and each has another."""

    DIFFERENT = "different"


DIFFERENT = Different.DIFFERENT
DIFFERENT_WORDS = "Different values"


class ValueEditor(QWidget):
    """Shows a value; `committed` carries each right new one, `wrong` the sentence about one that is not, or "".

    A wrong text stays in the field, with the sentence below it, and changes nothing.
    """

    committed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.error = label("", "error", wraps=True)
        self.error.hide()
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def set_value(self, value: Json) -> None:
        """Show a value, or the words for DIFFERENT, without committing it; what is shown already keeps its cursor."""
        raise NotImplementedError

    def focus_widget(self) -> QWidget:
        """The field to type into."""
        raise NotImplementedError

    def say(self, sentence: str) -> None:
        """Show why what is in the field is not taken; empty takes the sentence away."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        set_state(self.focus_widget(), "wrong" if sentence else "")

    @property
    def is_wrong(self) -> bool:
        return bool(self.error.text())

    @property
    def is_unfinished(self) -> bool:
        """Whether what is in the field is not right yet, and the cursor is there to go on."""
        return self.is_wrong and self.focus_widget().hasFocus()

    def _set_body(self, widget: QWidget) -> None:
        self._body.addWidget(widget)
        self._body.addWidget(self.error)
        self.setFocusProxy(self.focus_widget())


class TextEditor(ValueEditor):
    """Text: one line, or as many as it has; a button beside it opens it to several."""

    def __init__(self, *, is_code: bool = False) -> None:
        super().__init__()
        self._line = QLineEdit()
        self._made_area: QPlainTextEdit | None = None
        self._is_code = is_code
        self._grow = icon_button("wrap", "Several lines", checkable=True)
        self._grow.toggled.connect(self._on_grow_toggled)
        self._is_setting = False
        whole = QWidget()
        self._both = column(self._line, gap=0)
        layout = row(self._both, self._grow, gap=4)
        layout.setAlignment(self._grow, Qt.AlignmentFlag.AlignTop)
        whole.setLayout(layout)
        self._set_body(whole)
        self._line.textEdited.connect(self.committed.emit)

    @property
    def _area(self) -> QPlainTextEdit:
        """Made when several lines are first wanted: it is the dearest part of a form, and most texts are short."""
        if self._made_area is None:
            area = self._made_area = QPlainTextEdit()
            area.setProperty("role", "field")
            area.setTabChangesFocus(True)
            area.setAccessibleName(self._line.accessibleName())
            if self._is_code:
                area.setFont(code_font())
            area.hide()
            self._both.addWidget(area)
            area.textChanged.connect(self._on_area_changed)
        return self._made_area

    def set_value(self, value: Json) -> None:
        text = value if isinstance(value, str) else ""
        words = DIFFERENT_WORDS if value is DIFFERENT else ""
        if words != self._line.placeholderText():
            self._line.setPlaceholderText(words)
        if text == self.text():
            return
        self._is_setting = True
        if self._made_area is not None or "\n" in text:
            self._area.setPlainText(text)
        self._line.setText(text)
        self._is_setting = False
        if "\n" in text and not self._grow.isChecked():
            self._grow.setChecked(True)
        if self._made_area is not None:
            self._fit()

    def text(self) -> str:
        return self._area.toPlainText() if self._grow.isChecked() else self._line.text()

    def focus_widget(self) -> QWidget:
        return self._area if self._grow.isChecked() else self._line

    def _on_grow_toggled(self, is_large: bool) -> None:
        self._is_setting = True
        if is_large:
            self._area.setPlainText(
                self._line.text() if "\n" not in self._area.toPlainText() else self._area.toPlainText()
            )
        else:
            self._line.setText(self._area.toPlainText())
        self._is_setting = False
        self._area.setVisible(is_large)
        self._line.setVisible(not is_large)
        # A line cannot show line breaks: going back would lose them.
        self._grow.setEnabled("\n" not in self._area.toPlainText() or not is_large)
        self.setFocusProxy(self.focus_widget())
        self._fit()

    def _on_area_changed(self) -> None:
        if not self._is_setting and self._grow.isChecked():
            self._grow.setEnabled("\n" not in self._area.toPlainText())
            self._fit()
            self.committed.emit(self._area.toPlainText())

    def _fit(self) -> None:
        fit_lines(self._area, 3, 12)


def fit_lines(area: QPlainTextEdit, least: int, most: int) -> None:
    """Make a text field as high as its lines, within bounds."""
    lines = max(least, min(most, area.document().blockCount()))
    area.setFixedHeight(lines * QFontMetrics(area.font()).lineSpacing() + 12)


class _NumberField(QLineEdit):
    """A line of text whose arrow keys and wheel step the number in it."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Scrolling a panel over a field must not change a value.
        if self.hasFocus() and event.angleDelta().y():
            self.stepped.emit(1 if event.angleDelta().y() > 0 else -1)
        else:
            event.ignore()


class NumberEditor(ValueEditor):
    """A whole number of any size, or a double as Python reads and writes it; arrow keys step its last digit."""

    def __init__(self, *, whole: bool, empty: str = "") -> None:
        super().__init__()
        self._whole = whole
        self._empty = empty
        self.field = _NumberField()
        self.field.setPlaceholderText(empty)
        self.field.textEdited.connect(self._on_edited)
        self.field.stepped.connect(self._on_stepped)
        self._set_body(self.field)

    def set_value(self, value: Json) -> None:
        self.field.setPlaceholderText(DIFFERENT_WORDS if value is DIFFERENT else self._empty)
        if self.is_unfinished:
            return
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.field.setText("")
            return
        if self._read(self.field.text()) != value or self.is_wrong:
            self.field.setText(str(value) if self._whole else repr(float(value)))
        self.say("")

    def focus_widget(self) -> QWidget:
        return self.field

    def _read(self, text: str) -> int | float | None:
        text = text.strip().replace("_", "")
        try:
            if self._whole:
                return int(text)
            number = float(text)
        except (ValueError, OverflowError):
            return None
        return number if math.isfinite(number) else None

    def _on_edited(self, text: str) -> None:
        number = self._read(text)
        if self._empty and not text.strip():
            self.say("")
            self.committed.emit(None)
            return
        if number is None:
            wanted = "a whole number, like 42" if self._whole else "a number, like 0.01 or 1e-4"
            self.say(f"Type {wanted}.")
            return
        self.say("")
        if self._whole and abs(number) > SAFE_INTEGER:
            self.error.setText("A package holds numbers as doubles: beyond 2^53 the last digits are lost.")
            self.error.show()
        self.committed.emit(number)

    def _on_stepped(self, steps: int) -> None:
        number = self._read(self.field.text())
        if number is None:
            return
        text = self.field.text().strip()
        if self._whole:
            stepped: int | float = int(number) + steps
        else:
            exponent = re.search(r"[eE]([+-]?\d+)$", text)
            decimals = len(text.partition(".")[2].partition("e")[0])
            unit = 10.0 ** (int(exponent[1]) - decimals) if exponent else 10.0**-decimals
            stepped = round(number + steps * unit, 15 if not exponent else 300)
        shown = str(stepped) if self._whole else repr(float(stepped))
        self.field.setText(shown)
        self.committed.emit(stepped)


class BooleanEditor(ValueEditor):
    """A switch."""

    def __init__(self) -> None:
        super().__init__()
        self.switch = Switch()
        holder = QWidget()
        holder.setLayout(row(self.switch, None))
        self._set_body(holder)
        self.switch.clicked.connect(lambda checked: self.committed.emit(checked))

    def set_value(self, value: Json) -> None:
        self.switch.set_state(None if value is DIFFERENT else value is True)

    def focus_widget(self) -> QWidget:
        return self.switch


class ChoiceEditor(ValueEditor):
    """One of the values that the type allows."""

    def __init__(self, literals: tuple[Json, ...]) -> None:
        super().__init__()
        self._literals = literals
        self.box = QComboBox()
        self.box.addItems([str(literal) for literal in literals])
        self.box.installEventFilter(self)
        self._set_body(self.box)
        self.box.activated.connect(lambda number: self.committed.emit(self._literals[number]))

    def set_value(self, value: Json) -> None:
        self.box.setPlaceholderText(DIFFERENT_WORDS if value is DIFFERENT else "")
        self.box.setCurrentIndex(self._literals.index(value) if value in self._literals else -1)

    def focus_widget(self) -> QWidget:
        return self.box

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.box and event.type() == QEvent.Type.Wheel and not self.box.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class JsonEditor(ValueEditor):
    """A list or dict, as a small tree, with the raw JSON one click away."""

    def __init__(self, kind: type[list[Any]] | type[dict[str, Any]] | None) -> None:
        super().__init__()
        self._kind = kind
        self._value: Json = [] if kind is list else {}
        self._made_text: QPlainTextEdit | None = None
        self._made_words: QLabel | None = None
        self.tree = JsonTree()
        self.raw: QToolButton = icon_button("command", "Edit as JSON text", checkable=True)
        self.raw.toggled.connect(self._on_raw_toggled)
        holder = QWidget()
        self._both = column(self.tree, gap=0)
        layout = row(self._both, self.raw, gap=4)
        layout.setAlignment(self.raw, Qt.AlignmentFlag.AlignTop)
        holder.setLayout(layout)
        self._is_setting = False
        self._is_filled = False
        self._set_body(holder)
        self.tree.committed.connect(self._on_tree_committed)
        self.tree.refused.connect(self.say)

    @property
    def text(self) -> QPlainTextEdit:
        """The raw JSON, made when it is first wanted."""
        if self._made_text is None:
            text = self._made_text = QPlainTextEdit()
            text.setProperty("role", "field")
            text.setTabChangesFocus(True)
            text.setAccessibleName(self.tree.accessibleName())
            text.setFont(code_font())
            text.hide()
            self._both.addWidget(text)
            text.textChanged.connect(self._on_text_changed)
        return self._made_text

    def set_value(self, value: Json) -> None:
        if self.is_unfinished or (value == self._value and not self.is_wrong and self._is_filled):
            return
        self._value = value
        self._is_filled = True
        self._is_setting = True
        shown: Json = ([] if self._kind is list else {}) if value is DIFFERENT else value
        self.tree.set_value(shown)
        self._is_setting = False
        self._fill_text(shown)
        self._say_different(value is DIFFERENT)
        self.say("")

    def _say_different(self, is_different: bool) -> None:
        if is_different and self._made_words is None:
            self._made_words = label(f"{DIFFERENT_WORDS}: what is put here takes their place.", "muted", wraps=True)
            self._body.addWidget(self._made_words)
        if self._made_words is not None:
            self._made_words.setVisible(is_different)

    def _fill_text(self, value: Json) -> None:
        if self._made_text is None:
            return
        self._is_setting = True
        self._made_text.setPlainText(json.dumps(value, ensure_ascii=False, indent=None if _is_short(value) else 2))
        self._is_setting = False
        fit_lines(self._made_text, 2, 12)

    def focus_widget(self) -> QWidget:
        return self.text if self.raw.isChecked() else self.tree

    def _on_raw_toggled(self, is_raw: bool) -> None:
        self.text.setVisible(is_raw)
        self.tree.setVisible(not is_raw)
        self.setFocusProxy(self.focus_widget())
        value, self._value = self._value, None
        self.set_value(value)

    def _on_tree_committed(self, value: Json) -> None:
        self.say("")
        self._value = value
        self.committed.emit(value)
        self._fill_text(value)

    def _on_text_changed(self) -> None:
        if self._is_setting:
            return
        fit_lines(self.text, 2, 12)
        try:
            value = json.loads(self.text.toPlainText(), parse_constant=_refuse_constant)
        except ValueError as error:
            where = f"line {error.lineno}, column {error.colno}: " if isinstance(error, json.JSONDecodeError) else ""
            words = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            self.say(f"Not JSON, {where}{words[:1].lower()}{words[1:]}.")
            return
        if self._kind is not None and not isinstance(value, self._kind):
            self.say(
                "Type a list in brackets, like [1, 2]."
                if self._kind is list
                else 'Type a dict in braces, like {"a": 1}.'
            )
            return
        self.say("")
        self._value = value
        self.committed.emit(value)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _is_short(value: Json) -> bool:
    return len(json.dumps(value)) < 40


class AnyEditor(ValueEditor):
    """A value of any type, as JSON; what is no JSON is meant as text."""

    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit()
        self._set_body(self.line)
        self.line.textEdited.connect(lambda text: self.committed.emit(read_any(text)))

    def set_value(self, value: Json) -> None:
        self.line.setPlaceholderText(DIFFERENT_WORDS if value is DIFFERENT else "")
        if value is DIFFERENT:
            self.line.clear()
        elif read_any(self.line.text()) != value or type(read_any(self.line.text())) is not type(value):
            self.line.setText(shown_any(value))

    def focus_widget(self) -> QWidget:
        return self.line


def read_any(text: str) -> Json:
    """The JSON value that a text is, else the text itself."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except ValueError:
        return text


def shown_any(value: Json) -> str:
    """The text that `read_any` reads as this value."""
    if isinstance(value, str) and read_any(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def editor_for(kind: ParameterType, *, is_code: bool = False) -> ValueEditor:
    """The editor that suits a parameter's type; it refuses what the type does not take."""
    if kind.literals:
        return ChoiceEditor(kind.literals)
    match kind.kind:
        case "NUMBER_INTEGER":
            return NumberEditor(whole=True)
        case "NUMBER_DOUBLE":
            return NumberEditor(whole=False)
        case "BOOLEAN":
            return BooleanEditor()
        case "LIST":
            return JsonEditor(list)
        case "STRUCT":
            return JsonEditor(dict)
        case _:
            return TextEditor(is_code=is_code)


def first_value(kind: ParameterType) -> Json:
    """What a field starts with where there is no value yet."""
    if kind.literals:
        return kind.literals[0]
    starts: dict[str, Json] = {"NUMBER_INTEGER": 0, "NUMBER_DOUBLE": 0.0, "BOOLEAN": False, "LIST": [], "STRUCT": {}}
    return starts.get(kind.kind, "")


def value_text(value: Json) -> str:
    """A value in one line, for tables and menus."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def cut_text(text: str, most: int = 400) -> str:
    """The start of a text, for a cell or a tip: Qt measures all that it is given, and values of megabytes do occur."""
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"
