"""Messages to the user: a bar on the canvas that waits for nobody, never a dialog."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from editor.errors import EditorError
from editor.ui.style import GAP
from editor.ui.theme import code_font
from editor.ui.widgets import Sign, button, column, icon_button, label, row

Kind = Literal["info", "success", "warning", "error"]
READING_S = 6
MOST_BARS = 3
WIDEST = 640
MARGIN = 16

_ICONS: dict[Kind, str] = {"info": "info", "success": "success", "warning": "warning", "error": "error"}


class MessageBar(QFrame):
    """One message: a sign, what happened, what to do next, longer details on request, at most one button."""

    closed = Signal(object)

    def __init__(self, kind: Kind, message: str, *, hint: str = "", details: str = "") -> None:
        super().__init__()
        self.kind: Kind = kind
        self.message, self.hint, self.details = message, hint, details
        self.setProperty("role", "message")
        self.setAccessibleName(f"{kind}: {message} {hint}")
        self._sign = Sign(_ICONS[kind], lambda theme: theme.success if kind == "success" else theme.severity(kind))
        words = label(message, "section", wraps=True, selectable=True)
        texts = column(words, gap=0)
        if hint:
            texts.addWidget(label(hint, "muted", wraps=True, selectable=True))
        self.buttons = row(gap=4)
        top = row(self._sign, texts, self.buttons)
        top.setStretch(1, 1)
        if hint:
            for item in (self._sign, words):
                top.setAlignment(item, Qt.AlignmentFlag.AlignTop)
        self.about = ""
        """What tells the thing it speaks of from another of that name."""
        self.is_kept = False
        """Newer messages do not push it out: it waits for an answer."""
        self._more: QPlainTextEdit | None = None
        if details:
            self._add_details(details)
        self.buttons.addWidget(icon_button("close", "Close this message", self.close_bar))
        whole = column(top, margin=8)
        if self._more is not None:
            whole.addWidget(self._more)
        self.setLayout(whole)

    def _add_details(self, details: str) -> None:
        more = self._more = QPlainTextEdit(details)
        more.setReadOnly(True)
        more.setFont(code_font())
        more.setFixedHeight(160)
        more.hide()
        toggle = button("Details", role="link")
        toggle.setCheckable(True)
        toggle.toggled.connect(lambda shown: more.setVisible(shown))
        self.details_button = toggle
        self.buttons.addWidget(toggle)

    def add_action(self, text: str, callback: Callable[[], object]) -> QPushButton:
        """A button that does something about it, and closes the message."""

        def act() -> None:
            self.close_bar()
            callback()

        made = button(text, act, role="link")
        self.buttons.insertWidget(0, made)
        return made

    def close_bar(self) -> None:
        self.closed.emit(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)


class Notifier(QWidget):
    """Message bars, newest first, in the lower left corner of what it lies on: what is there keeps its place.

    `said` carries each message, for the status bar too.
    """

    said = Signal(str, str)
    status_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GAP)
        self.bars: list[MessageBar] = []
        self.hide()

    def lie_on(self, ground: QWidget) -> None:
        self.setParent(ground)
        ground.installEventFilter(self)
        self._place()

    def _place(self) -> None:
        ground = self.parentWidget()
        self.setVisible(bool(self.bars))
        if ground is None or not self.bars or min(ground.width(), ground.height()) <= 2 * MARGIN:
            return
        width = min(WIDEST, ground.width() - 2 * MARGIN)
        heights = (
            bar.heightForWidth(width) if bar.hasHeightForWidth() else bar.sizeHint().height() for bar in self.bars
        )
        height = min(sum(heights) + GAP * (len(self.bars) - 1), ground.height() - 2 * MARGIN)
        self.setGeometry(MARGIN, ground.height() - MARGIN - height, width, height)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parentWidget() and event.type() in {QEvent.Type.Resize, QEvent.Type.Show}:
            self._place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        # A bar grew or went: its details were opened, a button was added.
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    def info(self, message: str, *, hint: str = "") -> MessageBar:
        """Something to know; it goes by itself after a while."""
        return self._show("info", message, hint=hint, stays=False)

    def success(self, message: str, *, hint: str = "") -> MessageBar:
        return self._show("success", message, hint=hint, stays=False)

    def warning(self, message: str, *, hint: str = "", details: str = "", about: str = "") -> MessageBar:
        """`about` tells the thing from another of its name: the same words about the same thing are said once."""
        return self._show("warning", message, hint=hint, details=details, about=about, stays=True)

    def error(self, error: EditorError, *, about: str = "") -> MessageBar:
        """What went wrong, with its hint and its details; it stays until it is closed. `about` as in `warning`."""
        return self._show("error", error.message, hint=error.hint, details=error.details, about=about, stays=True)

    def refusal(self, error: EditorError) -> MessageBar:
        """A gesture that was refused: nothing is broken, so it goes by itself, unless there is more to read."""
        details = error.details
        return self._show("warning", error.message, hint=error.hint, details=details, stays=bool(details))

    def status(self, text: str) -> None:
        """A passing remark in the status bar."""
        self.status_changed.emit(text)

    def take_away(self, bar: MessageBar) -> None:
        """Its matter is settled; one that was closed already is left in peace."""
        self._remove(bar)

    def clear(self) -> None:
        for bar in list(self.bars):
            self._remove(bar)

    def _show(
        self, kind: Kind, message: str, *, hint: str = "", details: str = "", about: str = "", stays: bool
    ) -> MessageBar:
        for bar in list(self.bars):
            if (bar.kind, bar.message, bar.hint, bar.about) == (kind, message, hint, about):
                self._remove(bar)
        bar = MessageBar(kind, message, hint=hint, details=details)
        bar.about = about
        bar.closed.connect(self._remove)
        self.bars.insert(0, bar)
        self._layout.insertWidget(0, bar)
        for old in [each for each in self.bars[MOST_BARS:] if not each.is_kept]:
            self._remove(old)
        self._place()
        if not stays:
            timer = QTimer(bar)
            timer.setSingleShot(True)
            timer.timeout.connect(bar.close_bar)
            timer.start(READING_S * 1000)
        self.said.emit(kind, message)
        return bar

    def _remove(self, bar: MessageBar) -> None:
        if bar in self.bars:
            self.bars.remove(bar)
            self._layout.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
            self._place()
