"""Identity of entities: short opaque strings that survive renames, saves and pastes."""

import hashlib
import secrets
from collections.abc import Container
from typing import NewType

EntityId = NewType("EntityId", str)

ROOT = EntityId("root")
"""The id of a document's main pipeline."""

chance = secrets.SystemRandom()

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def fresh_id(prefix: str, taken: Container[str]) -> EntityId:
    """A random id that no entity in `taken` has: random so that two documents can be merged line by line."""
    while True:
        bits = chance.getrandbits(40)
        candidate = EntityId(prefix + "".join(_ALPHABET[(bits >> shift) & 31] for shift in range(0, 40, 5)))
        if candidate not in taken:
            return candidate


def derived_id(prefix: str, *parts: str) -> EntityId:
    """The same id for the same parts: what an import uses, so that importing twice gives the same document."""
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()
    return EntityId(prefix + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:12]))


def placement_id(target: EntityId) -> EntityId:
    """The id under which the placement of `target` is kept: at most one placement an entity."""
    return EntityId("@" + target)
