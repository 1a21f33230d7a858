"""The window that one test of a file hands on to the next, if it left it as it was made: a new one takes 0.1 s."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import msgspec
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from editor.ui.main_window import MainWindow

SIMPLE = (bool, int, str, bytes, type(None), Path, Enum, msgspec.Struct)


class KeptWindow:
    """Nothing at first, and after a test that has left something in its window."""

    def __init__(self) -> None:
        self.window: MainWindow | None = None
        self.home = Path()
        """Where it has its settings and data."""
        self._focus: QWidget | None = None
        self._as_made: list[str] = []

    def look_at(self, window: MainWindow, home: Path) -> None:
        """Remember how a window looks that is new."""
        settle()
        self.home = home
        self._focus = window.focusWidget()
        self._as_made = looks_of(window)

    def take_back(self, window: MainWindow) -> bool:
        """Close the documents of a window; whether all is as it was made, and the next test may have it."""
        self.window = None
        for page in window.pages():
            window.closing.close(page)
        if window.pages() or not window.isVisible():
            return False
        window.running.close()
        window.worker.cancel()
        window.jobs.close()
        shutil.rmtree(self.home, ignore_errors=True)
        settle()
        forget(window)
        settle()
        if self._focus is not None:
            self._focus.setFocus()
        if looks_of(window) != self._as_made:
            return False
        self.window = window
        return True

    def let_go(self) -> None:
        window, self.window = self.window, None
        if window is not None:
            end(window)


def end(window: MainWindow) -> None:
    window.close()
    window.shut_down()
    window.deleteLater()


def settle() -> None:
    """Do what was put off to a later turn of the event loop, and delete what is to be deleted."""
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def forget(window: MainWindow) -> None:
    """Have the window not remember the documents that it had."""
    window.notifier.clear()
    window.notifier.status("")
    window.inspector._tab_of.clear()
    window.files._tidy.stop()
    window.files._emptying = window.files._recovering = None
    window.welcome.refresh()
    window.status_bar._on_look_timeout()
    window.actions_table.refresh()


def looks_of(window: MainWindow) -> list[str]:
    """All that is seen of a window, what its parts hold as far as it is simple, and its settings."""
    store = window.settings._store
    return [
        *sorted(f"{key} = {store.value(key)!r}" for key in store.allKeys()),
        *sorted(type(each).__name__ for each in QApplication.topLevelWidgets() if each.isVisible()),
        *sorted(look_of(each) for each in window.findChildren(QWidget) if each.isVisible()),
        *sorted(type(each).__name__ for each in window.findChildren(QDialog)),
        f"focus in {window.focusWidget()}",
        *values_in(window, "window", {id(window.ask)}),
    ]


def look_of(widget: QWidget) -> str:
    place = widget.geometry().getRect()
    return f"{type(widget).__name__} {widget.objectName()} {place} {widget.isEnabled()}"


def is_part(value: object) -> bool:
    """Whether it is an object of the program; what waits for a turn of the event loop is in no window alone."""
    module = type(value).__module__
    return module.startswith("editor.") and module != "editor.ui.slices" and hasattr(value, "__dict__")


def values_in(owner: object, path: str, seen: set[int]) -> Iterator[str]:
    if id(owner) not in seen:
        seen.add(id(owner))
        for name, value in vars(owner).items():
            yield from values_of(value, f"{path}.{name}", seen)


def values_of(value: object, path: str, seen: set[int]) -> Iterator[str]:
    if isinstance(value, SIMPLE):
        yield f"{path} = {value!r}"
    elif isinstance(value, dict):
        yield f"{path} has {len(value)}"
        for key, each in value.items():
            yield from values_of(each, f"{path}[{key}]", seen)
    elif isinstance(value, list | tuple | set | frozenset | deque):
        yield f"{path} has {len(value)}"
        for number, each in enumerate(value):
            yield from values_of(each, f"{path}[{number}]", seen)
    elif is_part(value):
        yield from values_in(value, path, seen)
