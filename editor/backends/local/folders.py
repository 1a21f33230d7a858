"""Where a run puts its files. A name from a package becomes a folder's name here, and nowhere else."""

import hashlib
import re
from pathlib import Path

RESERVED = frozenset({"log.txt", "executor_input.json", "executor_output.json", "work"})
MARKER = "_run.json"
"""The file by which an output folder is known as one of ours."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_ITERATION = re.compile(r"\[(\d+)\]$")
_MAX_LENGTH = 80


def safe_name(name: str) -> str:
    """A file name for any text; the same text gives the same name, two texts never the same one.

    A name that had to be changed gets a digest, so that `a/b` and `a_b` stay apart.
    """
    safe = _UNSAFE.sub("_", name)
    if safe == name and name and name[0] not in "._-" and len(name) <= _MAX_LENGTH and name not in RESERVED:
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe.strip('._-')[: _MAX_LENGTH - 9]}-{digest}".lstrip("-")


def task_folder(output: Path, path: str) -> Path:
    """`train-loop[3]/score` lies in `train-loop.3/score`: no task's name has a dot, and shells leave it alone."""
    folder = output
    for segment in path.split("/"):
        iteration = _ITERATION.search(segment)
        name = segment[: iteration.start()] if iteration else segment
        folder /= f"{_segment(name)}.{iteration[1]}" if iteration else _segment(name)
    return folder


def _segment(name: str) -> str:
    # A dot is an iteration's; a name that has one becomes one that had to be changed.
    return safe_name(name) if "." not in name else safe_name(f"/{name}").replace(".", "_")
