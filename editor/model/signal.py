"""How the model tells its followers that something has happened, without Qt."""

from bisect import insort
from collections.abc import Callable
from types import MethodType
from typing import Generic, NamedTuple, ParamSpec
from weakref import WeakMethod

P = ParamSpec("P")


class _Connection(NamedTuple, Generic[P]):
    priority: int
    follower: Callable[[], Callable[P, object] | None]
    """Gives whom to call; None if it is gone."""


class Signal(Generic[P]):
    """Calls its followers, those of a higher priority first. Methods are held weakly: a document keeps no widget."""

    def __init__(self) -> None:
        self._connections: list[_Connection[P]] = []

    def connect(self, follower: Callable[P, object], *, priority: int = 0) -> None:
        held = WeakMethod(follower) if isinstance(follower, MethodType) else lambda: follower
        self._connections = [each for each in self._connections if each.follower() is not None]
        insort(self._connections, _Connection(priority, held), key=lambda each: -each.priority)

    def disconnect(self, follower: Callable[P, object]) -> None:
        """Nothing is done if it does not follow."""
        self._connections = [each for each in self._connections if each.follower() not in (follower, None)]

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call all of them, whatever one raises, for who misses an edit is out of step ever after.

        What was raised is raised then, as an ExceptionGroup: nobody takes it for a refusal.
        """
        errors: list[Exception] = []
        for connection in self._connections.copy():
            follower = connection.follower()
            if follower is not None:
                try:
                    follower(*args, **kwargs)
                except Exception as error:  # noqa: BLE001 raised again, when all have heard
                    errors.append(error)
        if errors:
            raise ExceptionGroup("not everything could follow", errors)
