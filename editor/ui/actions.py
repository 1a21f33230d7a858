"""One table of everything a person can do: menus, toolbar, shortcuts and the command palette are made from it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from editor.ui.canvas.gestures.command_table import EVERYWHERE, FIXED_KEYS, KEYS_PROPERTY
from editor.ui.icons import icon
from editor.ui.settings import Settings
from editor.ui.slices import Slices

SETTING = "shortcuts/changed"


def always() -> bool:
    return True


def nothing() -> str:
    return ""


@dataclass(frozen=True)
class Command:
    """One line of the table. `menu` is a path ("Edit" or "Edit/Align"), empty for what only palette and keys reach.

    `shortcuts` are in Qt's portable text; the first is shown. `on_canvas` commands have their keys only while the
    canvas has the focus, so that typing "L" in a field types an L; where they are `by_canvas`, the canvas takes the
    keys itself, and the QAction only says which they are. What `awaits_edits` reads or changes the document: it is
    done when those are made that are being worked out; what `gives_up_edits` has the last of them never be made.
    """

    id: str
    text: str
    callback: Callable[[], object]
    menu: str = ""
    shortcuts: tuple[str, ...] = ()
    icon: str | QIcon = ""
    enabled: Callable[[], bool] = always
    checked: Callable[[], bool] | None = None
    tip: str = ""
    on_canvas: bool = False
    by_canvas: bool = False
    separated: bool = False
    awaits_edits: bool = False
    gives_up_edits: bool = False
    need: Callable[[], str] = nothing
    """What to do first where it cannot be done, in a few words; empty where that is not known."""


class Order(Protocol):
    """When commands are done."""

    def has_to_wait(self, command: Command) -> bool:
        """Whether it cannot be told yet if a command can be done: that is asked when its turn has come."""
        ...

    def before(self, command: Command, act: Callable[[], object]) -> None:
        """Do what a command does, when what must come before it is done."""
        ...


class AtOnce:
    """All are done when they are asked for."""

    def has_to_wait(self, command: Command) -> bool:
        return False

    def before(self, command: Command, act: Callable[[], object]) -> None:
        act()


@dataclass
class Binding:
    """A command and the QAction that stands for it."""

    command: Command
    action: QAction
    shortcuts: tuple[str, ...] = field(default=())


class Actions(QObject):
    """Commands by id, each with its QAction. `refresh` brings enabled and checked up to date.

    `refresh_soon` does it once for all that happens in a turn of the event loop: after a single click three parts of
    the window ask for it. Until then `before_key` and `catch_up` are what a key or a menu asks for, so that none meets
    an old state.
    """

    triggered = Signal(str)

    def __init__(self, window: QWidget, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._bindings: dict[str, Binding] = {}
        self.order: Order = AtOnce()
        self._soon = Slices(self, self._refresh_if_known)

    def add(self, commands: Iterable[Command]) -> None:
        """Put commands into the table. Ids are unique."""
        changed = self._settings.json(SETTING, {})
        for command in commands:
            assert command.id not in self._bindings, command.id
            action = QAction(command.text, self._window)
            action.setObjectName(command.id)
            if command.icon:
                action.setIcon(icon(command.icon) if isinstance(command.icon, str) else command.icon)
            action.setCheckable(command.checked is not None)
            action.setMenuRole(QAction.MenuRole.NoRole)
            binding = Binding(command, action)
            self._bindings[command.id] = binding
            action.triggered.connect(lambda _checked=False, command=command: self._trigger(command))
            own = changed.get(command.id)
            self._bind(binding, tuple(own) if isinstance(own, list) else command.shortcuts)
            if not command.on_canvas:
                self._window.addAction(action)

    def attach_to_canvas(self, canvas: QWidget) -> None:
        """Give a canvas the keys of the commands that act on it."""
        for binding in self._bindings.values():
            if binding.command.on_canvas:
                canvas.addAction(binding.action)

    def __getitem__(self, command_id: str) -> QAction:
        self.catch_up()
        return self._bindings[command_id].action

    def __contains__(self, command_id: str) -> bool:
        return command_id in self._bindings

    def commands(self) -> list[Command]:
        return [binding.command for binding in self._bindings.values()]

    def shortcuts(self, command_id: str) -> tuple[str, ...]:
        """The keys that a command has now."""
        return self._bindings[command_id].shortcuts

    def default_shortcuts(self, command_id: str) -> tuple[str, ...]:
        """The keys that a command came with."""
        return tuple(_portable(each) for each in self._bindings[command_id].command.shortcuts)

    def refresh_soon(self) -> None:
        self._soon.start()

    def catch_up(self) -> None:
        """Do now what `refresh_soon` has put off."""
        if self._soon.is_waiting:
            self.refresh()

    def before_key(self) -> None:
        """A key is down: whatever it may mean must be enabled. What has to wait may be possible when its turn comes."""
        if not self._soon.is_waiting:
            return
        waiting = self._waiting()
        if not waiting:
            self.refresh()
        for binding in waiting:
            binding.action.setEnabled(True)

    def _waiting(self) -> list[Binding]:
        return [binding for binding in self._bindings.values() if self.order.has_to_wait(binding.command)]

    def _refresh_if_known(self) -> None:
        if any(self.order.has_to_wait(binding.command) for binding in self._bindings.values()):
            self.refresh_soon()
        else:
            self.refresh()

    def refresh(self) -> None:
        self._soon.stop()
        for binding in self._bindings.values():
            binding.action.setEnabled(binding.command.enabled())
            if binding.command.checked is not None:
                binding.action.setChecked(binding.command.checked())

    def run(self, command_id: str) -> None:
        """Do it, if it can be done now."""
        self._trigger(self._bindings[command_id].command)

    def who_has(self, shortcut: str, *, apart_from: str = "") -> Command | None:
        """The command that has this key already, if one has."""
        wanted = _portable(shortcut)
        for binding in self._bindings.values():
            if binding.command.id != apart_from and wanted in binding.shortcuts:
                return binding.command
        return None

    def conflicts(self) -> list[tuple[str, str, str]]:
        """(key, id, id) for every key that two commands have."""
        found: list[tuple[str, str, str]] = []
        owners: dict[str, str] = {}
        for binding in self._bindings.values():
            for shortcut in binding.shortcuts:
                if shortcut in owners:
                    found.append((shortcut, owners[shortcut], binding.command.id))
                owners[shortcut] = binding.command.id
        return found

    def set_shortcuts(self, command_id: str, shortcuts: Sequence[str]) -> None:
        """Give a command other keys and remember them; its own again if they are the same."""
        binding = self._bindings[command_id]
        self._bind(binding, tuple(shortcuts))
        changed = self._settings.json(SETTING, {})
        changed.pop(command_id, None)
        if binding.shortcuts != tuple(_portable(each) for each in binding.command.shortcuts):
            changed[command_id] = list(binding.shortcuts)
        self._settings.set_json(SETTING, changed)

    def why_not(self, command_id: str, shortcut: str) -> str:
        """Empty if a command may be given this key, else the reason as a sentence."""
        command, key = self._bindings[command_id].command, _portable(shortcut)
        taken = self.who_has(key, apart_from=command_id)
        if taken is not None:
            return f"“{taken.text.replace('&', '')}” has these keys already."
        for keys, words in FIXED_KEYS:
            if key in map(_portable, keys):
                return f"These keys are fixed on the canvas: {words[0].lower()}{words[1:]}."
        if key in EVERYWHERE and not command.by_canvas:
            return f"{shown(key)} has its own meaning in every field, so that only commands of the canvas can have it."
        return ""

    def reset_shortcuts(self) -> None:
        self._settings.remove(SETTING)
        for binding in self._bindings.values():
            self._bind(binding, binding.command.shortcuts)

    def fill(self, menu: QMenu, path: str) -> None:
        """Put the commands of a menu path into `menu`, in the table's order, with its sub-menus."""
        submenus: dict[str, QMenu] = {}
        for binding in self._bindings.values():
            command = binding.command
            if command.menu == path:
                if command.separated:
                    menu.addSeparator()
                menu.addAction(binding.action)
            elif command.menu.startswith(path + "/"):
                name = command.menu[len(path) + 1 :].partition("/")[0]
                if name not in submenus:
                    if command.separated:
                        menu.addSeparator()
                    submenus[name] = menu.addMenu(name)
                    self.fill(submenus[name], f"{path}/{name}")

    def _bind(self, binding: Binding, shortcuts: tuple[str, ...]) -> None:
        binding.shortcuts = tuple(dict.fromkeys(_portable(each) for each in shortcuts if _portable(each)))
        action, command = binding.action, binding.command
        if command.by_canvas:
            first = shown(binding.shortcuts[0]) if binding.shortcuts else ""
            action.setText(f"{command.text}\t{first}" if first else command.text)
        else:
            action.setShortcuts(
                [QKeySequence.fromString(each, QKeySequence.SequenceFormat.PortableText) for each in binding.shortcuts]
            )
        action.setProperty(KEYS_PROPERTY, list(binding.shortcuts))
        context = Qt.ShortcutContext
        action.setShortcutContext(context.WidgetWithChildrenShortcut if command.on_canvas else context.WindowShortcut)
        keys = f" ({shown(binding.shortcuts[0])})" if binding.shortcuts else ""
        words = (command.tip or command.text).rstrip("…")
        action.setToolTip(words + keys)
        action.setStatusTip("")

    def _trigger(self, command: Command) -> None:
        if self.order.has_to_wait(command) or command.enabled():
            self.order.before(command, lambda: self._act(command))

    def _act(self, command: Command) -> None:
        if command.enabled():
            command.callback()
            self.triggered.emit(command.id)
            self.refresh_soon()


@cache
def shown(shortcut: str) -> str:
    """A key as this platform writes it."""
    return QKeySequence.fromString(shortcut, QKeySequence.SequenceFormat.PortableText).toString(
        QKeySequence.SequenceFormat.NativeText
    )


@cache
def _portable(shortcut: str) -> str:
    return QKeySequence.fromString(shortcut, QKeySequence.SequenceFormat.PortableText).toString(
        QKeySequence.SequenceFormat.PortableText
    )
