"""Older document formats brought up to date: one module a step, one function `dict -> dict`, applied one after another.

The step away from format n lives in `v<n>.py` as `migrate(document)`, and `tests/storage/data/v<n>.*` holds a document
of that format, frozen when the next one is born.
"""

from collections.abc import Callable, Mapping

from editor.model import Json

Migration = Callable[[dict[str, Json]], dict[str, Json]]

MIGRATIONS: Mapping[int, Migration] = {}
"""Format -> the step to the next one. Empty: there has been only one format."""


def migrated(document: dict[str, Json], found: int, wanted: int) -> dict[str, Json]:
    """`document` in format `wanted`. Raises KeyError for a format that no step leads away from."""
    for number in range(found, wanted):
        document = MIGRATIONS[number](document)
    return document
