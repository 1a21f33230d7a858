"""Identifiers for a Python file out of names that people gave: unique in the file, never a keyword or a builtin."""

import builtins
import keyword
import re

_RESERVED = {
    *keyword.kwlist,
    *keyword.softkwlist,
    *dir(builtins),
    "dsl",
    "components",
    "compiler",
    "kubernetes",
    "typing",
}


class Identifiers:
    """Hands out identifiers, each once. A child starts with what its parent has given so far, and keeps its own."""

    def __init__(self, taken: "Identifiers | None" = None) -> None:
        self._taken: set[str] = set(taken._taken) if taken else set()

    def add(self, word: str) -> None:
        """`word` is in use from now on."""
        self._taken.add(word)

    def is_free(self, name: str) -> bool:
        """Whether `name` itself may still be used."""
        return is_parameter_name(name) and name not in self._taken and name not in _RESERVED

    def propose(self, name: str, *, fallback: str = "step") -> str:
        """What `take` would give, without taking it."""
        return Identifiers(self).take(name, fallback=fallback)

    def take_class(self, name: str) -> str:
        """`name` as a class's name, in capital words."""
        words = re.split(r"[^0-9a-zA-Z]+", name)
        return self._take("".join(word[:1].upper() + word[1:] for word in words if word) or "Artifact")

    def take(self, name: str, *, fallback: str = "step") -> str:
        """`name` as an identifier, with a number behind it where that one is taken."""
        return self._take(identifier(name, fallback=fallback))

    def _take(self, base: str) -> str:
        candidate, number = base, 2
        while candidate in self._taken or candidate in _RESERVED:
            candidate, number = f"{base}_{number}", number + 1
        self._taken.add(candidate)
        return candidate


def identifier(name: str, *, fallback: str = "step") -> str:
    """`name` in snake case; `fallback` where nothing is left of it."""
    cleaned = re.sub(r"[^0-9a-zA-Z]+", "_", name).strip("_").lower()
    if not cleaned:
        return fallback
    return f"{fallback}_{cleaned}" if cleaned[0].isdigit() else cleaned


def is_parameter_name(name: str) -> bool:
    """Whether Python takes `name` as the name of a parameter."""
    return name.isidentifier() and not keyword.iskeyword(name)
