"""Small values that the program remembers: one JSON file a name in the config folder, written atomically."""

import logging
import re
from typing import TypeVar

import msgspec

from editor.errors import EditorError
from editor.storage.atomic import write_atomically
from editor.storage.places import config_folder

log = logging.getLogger(__name__)

Value = TypeVar("Value")


def read_setting(name: str, kind: type[Value], default: Value) -> Value:
    """What was written under `name`, or `default` if nothing readable was: a broken setting never stops the program."""
    path = config_folder() / f"{_checked(name)}.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return default
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        log.info("The setting %s is not readable, its default is taken: %s", name, error)
        return default


def write_setting(name: str, value: object) -> None:
    """Remember `value` (anything that msgspec encodes). Raises EditorError if the folder cannot be written."""
    path = config_folder() / f"{_checked(name)}.json"
    write_atomically(path, msgspec.json.format(msgspec.json.encode(value)) + b"\n")


def _checked(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name):
        raise EditorError(f"'{name}' is no name for a setting.")
    return name
