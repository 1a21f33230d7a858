"""Making components: the digest that is their id."""

import hashlib

import msgspec

from editor.model.entities import Component
from editor.model.ids import EntityId

_ENCODER = msgspec.json.Encoder(order="deterministic")


def component_digest(component: Component) -> str:
    """Hex SHA-256 of what the component is: not of its id or of where it came from."""
    bare = msgspec.structs.replace(component, id=EntityId(""), origin=None)
    return hashlib.sha256(_ENCODER.encode(bare)).hexdigest()


def with_digest_id(component: Component) -> Component:
    """The component under the id that its definition gives it, the same everywhere."""
    return msgspec.structs.replace(component, id=EntityId("c" + component_digest(component)[:16]))
