"""Copies of what is made of arrays and tables: a second view's scene is had of the first's, not read anew. No Qt."""

from __future__ import annotations

import copy
from typing import TypeVar

import numpy as np

Made = TypeVar("Made")


def twin(made: Made) -> Made:
    """Another one with arrays, dicts, lists and sets of its own; what these hold, and all else, both have in common."""
    other = copy.copy(made)
    for name, value in vars(made).items():
        if isinstance(value, np.ndarray | dict | list | set):
            setattr(other, name, copy.copy(value))
    return other
