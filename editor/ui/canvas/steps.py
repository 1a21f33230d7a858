"""Work in steps of about a millisecond: whoever drives it can leave off when a turn of the event loop is full."""

from __future__ import annotations

import math
from collections.abc import Generator
from time import perf_counter
from typing import TypeAlias, TypeVar, cast

T = TypeVar("T")

Steps: TypeAlias = Generator[None, None, T]
"""What is worked out: it yields between two steps, and returns what is made."""


def result(steps: Steps[T]) -> T:
    """What is made in steps, all of them done now."""
    return cast("T", worked(steps, math.inf))


def worked(steps: Steps[T], until: float) -> T | None:
    """What is made in steps, or None if the clock shows `until` before the last of them is done: go on later then."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: T = end.value
            return made
        if perf_counter() >= until:
            return None
