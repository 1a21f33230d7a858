"""What validation says: an issue, and the edit that mends it where there is one."""

from collections.abc import Callable
from typing import Literal

import msgspec

from editor.model import DocumentView, Edit, EntityId

Severity = Literal["error", "warning", "info"]


class Fix(msgspec.Struct, frozen=True):
    """A quick fix: `make` gives the edit for the document as it then is, and may raise EditRefused."""

    label: str
    make: Callable[[DocumentView], Edit]


class Issue(msgspec.Struct, frozen=True):
    """One thing to mend. An error would be refused by the SDK, or do something else than is drawn.

    `subject` is the entity to show, None for the document; `input` the input of it, if it is about one.
    """

    severity: Severity
    code: str
    subject: EntityId | None
    message: str
    hint: str = ""
    input: str = ""
    fixes: tuple[Fix, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two issues the same, whatever their fixes are."""
        return (self.code, self.subject or "", self.input, self.message)


def error(
    code: str, subject: EntityId, message: str, hint: str = "", *, input: str = "", fixes: tuple[Fix, ...] = ()
) -> Issue:
    return Issue("error", code, subject, message, hint, input, fixes)


def warning(
    code: str, subject: EntityId, message: str, hint: str = "", *, input: str = "", fixes: tuple[Fix, ...] = ()
) -> Issue:
    return Issue("warning", code, subject, message, hint, input, fixes)


def info(
    code: str, subject: EntityId, message: str, hint: str = "", *, input: str = "", fixes: tuple[Fix, ...] = ()
) -> Issue:
    return Issue("info", code, subject, message, hint, input, fixes)
