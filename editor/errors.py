"""The one exception whose text a user may see. Every room raises it or a subclass; none catches it to hide it."""

from collections.abc import Sequence


class EditorError(Exception):
    """Something the world did wrong, told to the user: what happened, to which thing, and what to do.

    `message` and `hint` are sentences; `details` is longer text (a log's end, an SDK's words) shown on request.
    `subjects` are paths or ids of the entities concerned, so that the window can mark them.
    """

    def __init__(self, message: str, *, hint: str = "", details: str = "", subjects: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details
        self.subjects = tuple(subjects)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (type(self), self.message, self.hint, self.details, self.subjects)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


def _rebuilt(kind: type[EditorError], message: str, hint: str, details: str, subjects: tuple[str, ...]) -> EditorError:
    """Errors cross from the worker process by pickle, which cannot pass keyword-only arguments by itself."""
    return kind(message, hint=hint, details=details, subjects=subjects)
