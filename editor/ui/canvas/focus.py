"""What of the canvas the keyboard, or a screen reader, is at."""

from typing import Literal, NamedTuple

from editor.model import EntityId


class Focus(NamedTuple):
    """A task, group or note, one of its ports, or a wire (its consumer and input)."""

    kind: Literal["node", "input", "output", "wire"]
    id: EntityId
    port: str = ""
