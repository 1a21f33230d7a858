"""The documents opened lately, newest first."""

import os
from pathlib import Path

import msgspec

from editor.storage.settings import read_setting, write_setting

MAX_RECENT = 20
_SETTING = "recent-files"


class RecentFile(msgspec.Struct, frozen=True):
    """`path` is absolute; `name` is what its document was called."""

    path: str
    name: str = ""

    @property
    def exists(self) -> bool:
        return os.path.exists(self.path)


def recent_files() -> tuple[RecentFile, ...]:
    return tuple(read_setting(_SETTING, list[RecentFile], []))


def remember_recent(path: Path | str, name: str = "") -> None:
    """Put `path` at the head of the list."""
    absolute = os.path.abspath(path)
    others = [recent for recent in recent_files() if recent.path != absolute]
    write_setting(_SETTING, [RecentFile(absolute, name), *others][:MAX_RECENT])


def forget_recent(path: Path | str) -> None:
    absolute = os.path.abspath(path)
    write_setting(_SETTING, [recent for recent in recent_files() if recent.path != absolute])
