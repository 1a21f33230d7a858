"""Unsaved edits survive; recent files are remembered."""

from collections.abc import Callable
from pathlib import Path

import pytest

from editor.errors import EditorError
from editor.model import ROOT, Change, Document, Edit, EntityId, Pipeline
from editor.storage import (
    Journal,
    forget_recent,
    recent_files,
    recover_journal,
    remember_recent,
    save_document,
)
from editor.storage.journal import unsaved_journals
from tests.builders import pipeline, task


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPELOOM_HOME", str(tmp_path / "home"))


def adding(name: str) -> Edit:
    return Edit(f"Add {name}", (Change(EntityId(name), None, task(name)),))


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Document, Path]:
    document, path = pipeline(task("a")), tmp_path / "d.pipeloom"
    save_document(document, path)
    return document, path


def test_unsaved_edits_come_back(saved: tuple[Document, Path]) -> None:
    document, path = saved
    journal = Journal.for_file(path)
    document.changed.connect(journal.append)
    document.apply(adding("b"))
    document.apply(adding("c"))
    document.apply(adding("c").inverse())
    journal.close()
    recovery = recover_journal(path)
    assert recovery is not None
    assert recovery.document.entities == document.entities
    assert (recovery.edits, recovery.is_complete, recovery.path) == (3, True, path)


def test_a_journal_cut_off_gives_what_was_whole(saved: tuple[Document, Path]) -> None:
    _document, path = saved
    journal = Journal.for_file(path)
    journal.append(adding("b"))
    journal.append(adding("c"))
    journal.close()
    journal.location.write_bytes(journal.location.read_bytes()[:-9])
    recovery = recover_journal(path)
    assert recovery is not None
    assert (recovery.edits, recovery.is_complete) == (1, False)
    assert EntityId("b") in recovery.document


def test_there_is_nothing_to_recover_after_a_save_or_a_peaceful_close(saved: tuple[Document, Path]) -> None:
    document, path = saved
    journal = Journal.for_file(path)
    document.changed.connect(journal.append)
    document.apply(adding("b"))
    save_document(document, path)
    journal.restart(path)
    journal.close()
    assert recover_journal(path) is None
    assert journal.location.exists()
    journal = Journal.for_file(path)
    journal.append(adding("z"))
    journal.discard()
    assert recover_journal(path) is None
    assert not journal.location.exists()


def test_a_journal_of_another_state_or_of_an_open_window_is_left_alone(saved: tuple[Document, Path]) -> None:
    _document, path = saved
    journal = Journal.for_file(path)
    journal.append(adding("b"))
    assert recover_journal(path) is None, "still being written"
    with pytest.raises(EditorError, match="open in another window"):
        Journal.for_file(path)
    journal.close()
    save_document(pipeline(task("else")), path)
    assert recover_journal(path) is None


def test_a_document_never_saved_is_recovered_too() -> None:
    document = pipeline(task("a"))
    journal = Journal.for_unsaved(document, "untitled-1")
    journal.append(adding("b"))
    journal.close()
    (found,) = unsaved_journals()
    recovery = recover_journal(found)
    assert recovery is not None
    assert recovery.path is None
    assert {"a", "b"} <= set(recovery.document.entities)


def test_a_document_recovered_once_survives_a_second_crash() -> None:
    Journal.for_unsaved(pipeline(task("a")), "untitled-1").close()
    (found,) = unsaved_journals()
    recovery = recover_journal(found)
    assert recovery is not None
    assert EntityId("a") in recovery.document


def test_a_journal_begins_beside_one_of_its_name_that_another_window_looks_at() -> None:
    looked_at = Journal.for_unsaved(pipeline(task("a")), "new")
    journal = Journal.for_unsaved(pipeline(task("b")), "new")
    looked_at.discard()
    journal.close()
    (found,) = unsaved_journals()
    recovery = recover_journal(found)
    assert recovery is not None
    assert EntityId("b") in recovery.document


def test_an_empty_canvas_is_not_recovered() -> None:
    Journal.for_unsaved(Document({ROOT: Pipeline(id=ROOT, name="new")}), "untitled-1").close()
    (found,) = unsaved_journals()
    assert recover_journal(found) is None


def test_saving_as_moves_the_journal(saved: tuple[Document, Path], tmp_path: Path) -> None:
    document, _path = saved
    journal = Journal.for_unsaved(document, "untitled-1")
    other = tmp_path / "other.pipeloom"
    save_document(document, other)
    journal.restart(other)
    assert unsaved_journals() == ()
    journal.append(adding("b"))
    journal.close()
    assert recover_journal(other) is not None


def test_what_differs_from_the_file_is_kept_whole(saved: tuple[Document, Path]) -> None:
    """Edited while it was being saved: the file holds less than the document, and the edits that led there are gone."""
    _document, path = saved
    journal = Journal.for_file(path)
    journal.append(adding("b"))
    save_document(pipeline(task("a"), task("b")), path)
    journal.restart(path, pipeline(task("a"), task("b"), task("c")))
    journal.append(adding("d"))
    journal.close()
    recovery = recover_journal(path)
    assert recovery is not None
    assert {"a", "b", "c", "d"} <= set(recovery.document.entities)


def test_a_mended_document_is_recovered_though_its_file_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "d.pipeloom"
    path.write_text("{")
    Journal.for_file(path, pipeline(task("a"))).close()
    recovery = recover_journal(path)
    assert recovery is not None
    assert EntityId("a") in recovery.document


def test_garbage_is_no_journal(saved: tuple[Document, Path]) -> None:
    _document, path = saved
    for garbage in (b"", b"\x00\xff\n{}", b'{"journal":1}\n{}', b'{"journal":1,"base":[]}\n'):
        path.with_name(".d.pipeloom.journal").write_bytes(garbage)
        assert recover_journal(path) is None


def test_a_journal_is_followed_up_to_where_the_main_pipeline_goes(saved: tuple[Document, Path]) -> None:
    document, path = saved
    for instead in (None, task("root")):
        journal = Journal.for_file(path)
        journal.append(adding("b"))
        journal.append(Edit("Drop all", (Change(ROOT, document.root, instead),)))
        journal.append(adding("c"))
        journal.close()
        recovery = recover_journal(path)
        assert recovery is not None
        assert (recovery.edits, recovery.is_complete) == (1, False)
        assert recovery.document.root == document.root
        assert EntityId("b") in recovery.document


def test_recent_files_come_newest_first_and_once(tmp_path: Path) -> None:
    for name in ("a", "b", "a"):
        remember_recent(tmp_path / name, name)
    assert [recent.name for recent in recent_files()] == ["a", "b"]
    assert not recent_files()[0].exists
    forget_recent(tmp_path / "a")
    assert [recent.name for recent in recent_files()] == ["b"]


def test_broken_list_of_recent_files_is_begun_anew(tmp_path: Path) -> None:
    remember_recent(tmp_path / "a")
    (tmp_path / "home/config/recent-files.json").write_text("[")
    assert recent_files() == ()
    remember_recent(tmp_path / "b")
    assert len(recent_files()) == 1


def test_the_disk_is_waited_for_elsewhere(saved: tuple[Document, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    document, path = saved
    synced: list[int] = []
    monkeypatch.setattr("editor.storage.journal.SYNC_EVERY_S", 0.0)
    monkeypatch.setattr("os.fsync", synced.append)
    put_off: list[Callable[[], None]] = []
    journal = Journal.for_file(path)
    journal.elsewhere = put_off.append
    document.changed.connect(journal.append)
    document.apply(adding("b"))
    document.apply(adding("c"))
    journal.close()
    assert not synced
    recovered = recover_journal(path)
    assert recovered is not None
    assert recovered.edits == 2
    for work in put_off:
        work()
    assert len(synced) == 2
