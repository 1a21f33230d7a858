"""Names as the SDK makes them: what a task's, a pipeline's and a parameter's name may be in a package."""

import keyword
import re
from collections.abc import Callable
from functools import lru_cache

MAX_NAME = 128
"""The SDK's limit for the name of a pipeline; a task's is held to it too, for it becomes the name of a pod."""


@lru_cache(maxsize=2**16)
def slug(text: str) -> str:
    """`text` as the key of a task or pipeline: what kfp.dsl.utils.maybe_rename_for_k8s makes of it, silently.

    Empty if nothing is left ("Übung" gives "bung", "日本" gives ""). Every edit asks of every name that it touches.
    """
    return re.sub("-+", "-", re.sub("[^-0-9a-z]+", "-", text.lower())).strip("-")


def is_parameter_name(name: str) -> bool:
    """Whether the SDK takes `name` for an input of a pipeline: an ASCII identifier that starts with a letter,

    no Python keyword, not `Output`.
    """
    is_identifier = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) is not None
    return is_identifier and not keyword.iskeyword(name) and name != "Output" and len(name) <= MAX_NAME


def parameter_name(text: str) -> str:
    """A name that is_parameter_name accepts, as near to `text` as can be."""
    name = re.sub("_+", "_", re.sub("[^_0-9a-z]+", "_", text.lower())).strip("_")[:MAX_NAME]
    if not name or name[0].isdigit():
        name = f"input_{name}".rstrip("_")
    return f"{name}_" if keyword.iskeyword(name) else name


def unique(name: str, is_taken: Callable[[str], bool], delimiter: str = "-") -> str:
    """`name`, or the first of `name-2`, `name-3`, … that is not taken, as the SDK counts."""
    if not is_taken(name):
        return name
    stem, _, tail = name.rpartition(delimiter)
    number = 2
    if stem and tail.isdigit() and len(tail) < 7:
        name, number = stem, int(tail) + 1
    while is_taken(f"{name}{delimiter}{number}"):
        number += 1
    return f"{name}{delimiter}{number}"
