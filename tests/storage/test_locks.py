"""A journal is one window's alone, with either kind of lock. For Windows stands Linux, which can lock bytes too."""

import errno
import fcntl
import os
import struct
import sys
from pathlib import Path

import pytest

from editor.errors import EditorError
from editor.model import ROOT, Document, EntityId, Pipeline
from editor.storage import Journal, locks, recover_journal, save_document
from editor.storage.journal import find_unsaved, remove_empty_journals, unsaved_journals
from tests.builders import pipeline, task

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="stands for Windows with what only Linux has")


def byte_lock(descriptor: int, mode: int, count: int) -> None:
    """As `msvcrt.locking`: from where the file stands, for this opening of it alone, refused with EACCES."""
    can_write = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
    held = fcntl.F_WRLCK if can_write else fcntl.F_RDLCK
    kind = held if mode == locks.LOCK else fcntl.F_UNLCK
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", kind, os.SEEK_CUR, 0, count, 0))
    except BlockingIOError as error:
        raise PermissionError(errno.EACCES, "Permission denied") from error


def unlink_unless_open(path: Path) -> None:
    """As Windows does."""
    if any(os.path.realpath(each) == os.path.realpath(path) for each in Path("/proc/self/fd").iterdir()):
        raise PermissionError(errno.EACCES, "The process cannot access the file")
    os.unlink(path)


@pytest.fixture(params=["flock", pytest.param("bytes", marks=ON_LINUX)], autouse=True)
def _either_kind(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPELOOM_HOME", str(tmp_path / "home"))
    if request.param == "bytes":
        monkeypatch.setattr(locks, "byte_lock", byte_lock)
        monkeypatch.setattr(Path, "unlink", unlink_unless_open)


def test_journal_of_an_open_window_is_taken_by_no_other() -> None:
    open_here = Journal.for_unsaved(pipeline(task("a")), "1")
    assert find_unsaved(open_here.location) is None
    assert recover_journal(open_here.location) is None
    open_here.close()
    found = find_unsaved(open_here.location)
    assert found is not None
    assert EntityId("a") in found.recovery.document
    assert find_unsaved(open_here.location) is None
    found.take().discard()


def test_document_is_open_in_one_window(tmp_path: Path) -> None:
    path = tmp_path / "d.pipeloom"
    save_document(pipeline(task("a")), path)
    first = Journal.for_file(path)
    with pytest.raises(EditorError, match="open in another window"):
        Journal.for_file(path)
    first.close()
    Journal.for_file(path).discard()
    assert not first.location.exists()


def test_what_is_closed_in_peace_or_empty_leaves_no_journal() -> None:
    Journal.for_unsaved(pipeline(task("a")), "1").discard()
    Journal.for_unsaved(Document({ROOT: Pipeline(id=ROOT, name="new")}), "2").close()
    open_here = Journal.for_unsaved(Document({ROOT: Pipeline(id=ROOT, name="new")}), "3")
    remove_empty_journals()
    assert unsaved_journals() == (open_here.location,)
    open_here.discard()
    assert unsaved_journals() == ()
