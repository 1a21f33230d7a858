"""What a large edit leaves to the turns after the one in which it is applied: nothing of it is lost or forgotten."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from editor import edits
from editor.model import Document, EntityId
from editor.storage.documents import save_document
from editor.storage.journal import journal_path
from editor.ui import session as session_module
from editor.ui.session import Session
from tests.builders import from_task, pipeline, task

BOTH = [EntityId("a"), EntityId("b")]


def two_tasks() -> Document:
    return pipeline(task("a"), task("b", x=from_task("a")))


@pytest.fixture(autouse=True)
def every_edit_of_two_is_large(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session_module, "MANY_CHANGES", 1)


def test_a_large_edit_is_in_the_journal_a_turn_later_and_before_what_comes_after_it(tmp_path: Path, qtbot: QtBot):
    path = tmp_path / "kept.pipeloom"
    save_document(two_tasks(), path)
    session = Session(two_tasks(), path=path)
    session.start_journal()

    def lines() -> int:
        return len(journal_path(path).read_bytes().splitlines()) - 1

    session.do(edits.mute(session.document, BOTH, muted=True))
    assert lines() == 0
    qtbot.waitUntil(lambda: lines() == 1)
    session.undo_stack.undo()
    session.do(edits.rename(session.document, BOTH[0], "other"))
    assert lines() == 3
    session.do(edits.mute(session.document, BOTH, muted=True))
    session.saved(path, "", session.revision)
    qtbot.wait(20)
    assert lines() == 0, "the file has it"
    session.undo_stack.undo()
    session.let_go()
    assert lines() == 1, "nothing is left for later"


def test_users_that_a_large_edit_leaves_uncounted_are_counted_in_slices(qtbot: QtBot):
    session = Session(two_tasks())
    session.document.warm()
    session.do(edits.delete(session.document, BOTH))
    session.undo_stack.undo()
    assert session.document._users is None
    qtbot.waitUntil(lambda: session.document._users is not None)
    assert session.document.users(BOTH[0]) == (BOTH[1],)
    session.close()


def test_problems_that_are_mended_are_let_go_in_slices(qtbot: QtBot):
    session = Session(pipeline(*(task(f"t{number}", x=from_task("gone")) for number in range(4))))
    qtbot.waitUntil(lambda: not session.is_validating)
    assert len(session.issues) >= 4
    held, waiting = session.issues, list[int]()
    session.issues_changed.connect(lambda _subjects: waiting.append(len(session._outdated)))
    session.do(edits.mute(session.document, [EntityId("t0"), EntityId("t1")], muted=True))
    qtbot.waitUntil(lambda: not session.is_validating)
    assert waiting[-1] >= 4
    qtbot.waitUntil(lambda: not session._outdated)
    assert len(held) >= 4, "whoever holds them has them still"
    session.close()
