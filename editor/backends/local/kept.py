"""What local runs keep between runs (environments, results): where it lies, how large it is, and its clearing."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENTS = "environments"
RESULTS = "results"
HOME_VARIABLE = "PIPELOOM_HOME"
"""As in `storage.places`, which a run's process does not load: the model would come with it."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """What a clearing gave back, and how many environments stayed because a run uses or makes them."""

    freed_bytes: int
    in_use: int


def cache_folder() -> Path:
    """Where environments and results are kept; made when something is put there."""
    home = os.environ.get(HOME_VARIABLE, "")
    if home:
        return Path(home) / "cache"
    import platformdirs

    return Path(platformdirs.user_cache_dir("pipeloom"))


def kept_bytes(folder: Path) -> int:
    """What clearing the cache folder would give back, by the sizes of its files. Takes a while: reads every entry.

    A file that uv's own cache has too, by a hard link, gives nothing back.
    """
    links: dict[tuple[int, int], int] = {}
    size = 0
    for found in _files(folder):
        if found.st_nlink == 1:
            size += found.st_size
            continue
        inode = (found.st_dev, found.st_ino)
        links[inode] = links.get(inode, 0) + 1
        if links[inode] == found.st_nlink:
            size += found.st_size
    return size


def clear(folder: Path) -> Cleared:
    """Delete what no run uses. A result that goes is worked out again, an environment is made again."""
    before = kept_bytes(folder)
    in_use = 0
    for environment in _entries(folder / ENVIRONMENTS):
        if not environment.is_dir(follow_symlinks=False):
            continue
        with _sole(Path(environment.path)) as is_ours:
            if is_ours:
                shutil.rmtree(environment.path, ignore_errors=True)
            else:
                in_use += 1
    for result in _entries(folder / RESULTS):
        # A run reads each in one go, and does without what is gone.
        with contextlib.suppress(OSError):
            os.unlink(result.path)
    return Cleared(max(0, before - kept_bytes(folder)), in_use)


def use_lock(environment: Path) -> Path:
    """Held, shared, by every run that uses the environment."""
    return environment.with_name(f"{environment.name}.use")


def make_lock(environment: Path) -> Path:
    """Held by the run that makes the environment."""
    return environment.with_name(f"{environment.name}.lock")


@contextlib.contextmanager
def _sole(environment: Path) -> Generator[bool]:
    """Whether nobody uses or makes the environment, and nobody begins to while this lasts."""
    with contextlib.ExitStack() as held:
        try:
            for path in (use_lock(environment), make_lock(environment)):
                # The files stay: one that waits for a lock must wait for the one that others take.
                file = held.enter_context(open(path, "a", encoding="utf-8"))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _files(folder: Path) -> Iterator[os.stat_result]:
    for entry in _entries(folder):
        with contextlib.suppress(OSError):
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                yield entry.stat(follow_symlinks=False)
