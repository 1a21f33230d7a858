"""When Python looks for garbage: not while a document is made, and not through all that a large one consists of."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from editor.model import Edit
    from editor.ui.session import Session

MANY_CHANGES = 1000
"""An edit of more makes so much that to walk through it stops the window."""
USUAL, SELDOM = (700, 10, 10), (700, 10, 100)
"""Thresholds of the collector, Python's own and others."""


@contextmanager
def collecting_later() -> Generator[None]:
    """While a document is made nothing of it is garbage, and to look for some costs a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def spare() -> None:
    """Have no later collection walk through what is there now, which stops the window 60 to 240 ms for a large one.

    Done when a document is read or much of it is changed, and again when what follows that stands (its issues and its
    canvas are as many objects again). `collect` brings all of it back, with what is left of closed documents.
    """
    gc.freeze()


def spare_large(session: Session, edit: Edit) -> None:
    """The same for an edit that makes as much: undo keeps it."""
    if len(edit.changes) > MANY_CHANGES:
        spare()
        collect_seldom(session)


def collect_seldom(session: Session) -> None:
    """Look through all that is there at most once, until the problems of the document are known: none is garbage."""
    gc.set_threshold(*SELDOM)
    session.issues_changed.connect(_on_issues_changed, Qt.ConnectionType.SingleShotConnection)


def collect_as_usual() -> None:
    """Also where the problems will never be known: the document is closed."""
    gc.set_threshold(*USUAL)


def _on_issues_changed() -> None:
    spare()
    collect_as_usual()


def collect() -> None:
    gc.unfreeze()
    gc.collect()
    gc.freeze()
