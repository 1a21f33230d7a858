"""The documents opened lately, newest first: one JSON file in the config folder."""

import logging
import os
from pathlib import Path

import msgspec

from editor.storage.atomic import write_atomically
from editor.storage.places import config_folder

log = logging.getLogger(__name__)

MAX_RECENT = 20
_FILE = "recent-files.json"


class RecentFile(msgspec.Struct, frozen=True):
    """`path` is absolute; `name` is what its document was called."""

    path: str
    name: str = ""

    @property
    def exists(self) -> bool:
        return os.path.exists(self.path)


def recent_files() -> tuple[RecentFile, ...]:
    path = config_folder() / _FILE
    try:
        return tuple(msgspec.json.decode(path.read_bytes(), type=list[RecentFile]))
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        log.info("The list of recent files is not readable, and starts anew: %s", error)
        return ()


def remember_recent(path: Path | str, name: str = "") -> None:
    """Put `path` at the head of the list."""
    absolute = os.path.abspath(path)
    others = [recent for recent in recent_files() if recent.path != absolute]
    _write([RecentFile(absolute, name), *others][:MAX_RECENT])


def forget_recent(path: Path | str) -> None:
    absolute = os.path.abspath(path)
    _write([recent for recent in recent_files() if recent.path != absolute])


def _write(files: list[RecentFile]) -> None:
    write_atomically(config_folder() / _FILE, msgspec.json.format(msgspec.json.encode(files)) + b"\n")
