"""Making components: the digest that is their id."""

import hashlib

import msgspec

from editor.model.entities import Component
from editor.model.ids import EntityId
from editor.model.port_types import Json

_ENCODER = msgspec.json.Encoder(order="deterministic")


def component_digest(component: Component) -> str:
    """Hex SHA-256 of what the component is: not of its id or of where it came from."""
    bare = msgspec.structs.replace(component, id=EntityId(""), origin=None)
    return hashlib.sha256(_ENCODER.encode(_whole(bare))).hexdigest()


def with_digest_id(component: Component) -> Component:
    """The component under the id that its definition gives it, the same everywhere."""
    return msgspec.structs.replace(component, id=EntityId("c" + component_digest(component)[:16]))


def _whole(value: object) -> Json:
    """A value as JSON builtins with every field: msgspec leaves a default out only where it is the very same object,
    so that equal components would differ by how they were made."""
    if isinstance(value, msgspec.Struct):
        tag = value.__struct_config__.tag
        return {"type": tag, **{field: _whole(getattr(value, field)) for field in value.__struct_fields__}}
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(item) for item in value]
    return value
