"""Locks on open files, by which windows (processes) tell what another is writing. They go with the process.

Windows has no flock: there a byte is locked that lies far beyond the end, where it is in nobody's way.
"""

import os
import sys
from collections.abc import Callable
from typing import BinaryIO

try:
    import fcntl
except ImportError:
    fcntl = None

byte_lock: Callable[[int, int, int], None] | None = None
"""Windows' `msvcrt.locking`: locks or frees bytes of a file from where it stands."""

if sys.platform == "win32":
    import msvcrt

    byte_lock = msvcrt.locking

FREE, LOCK = 0, 2
"""`msvcrt`'s LK_UNLCK and LK_NBLCK."""
FAR = 2**31 - 2
"""`msvcrt` counts in 32 bits."""


def lock(file: BinaryIO, *, is_shared: bool = False) -> None:
    """Hold an open file, without waiting. Raises BlockingIOError if it is held where it was opened another time.

    `is_shared`: against those who do not share it, where the system knows such locks.
    """
    if byte_lock is not None:
        _at_far_byte(file, byte_lock, LOCK)
    elif fcntl is not None:
        fcntl.flock(file, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def unlock(file: BinaryIO) -> None:
    """Let it go before it is closed: a copy of its descriptor may be open longer."""
    if byte_lock is not None:
        _at_far_byte(file, byte_lock, FREE)
    elif fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_UN)


def can_remove_open_files() -> bool:
    """Not so on Windows."""
    return byte_lock is None


def _at_far_byte(file: BinaryIO, byte_lock: Callable[[int, int, int], None], mode: int) -> None:
    descriptor = file.fileno()
    before = os.lseek(descriptor, 0, os.SEEK_CUR)
    os.lseek(descriptor, FAR, os.SEEK_SET)
    try:
        byte_lock(descriptor, mode, 1)
    except PermissionError as error:
        raise BlockingIOError(error.errno, error.strerror) from error
    finally:
        os.lseek(descriptor, before, os.SEEK_SET)
