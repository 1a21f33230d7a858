"""Who follows a document hears of every edit, in order, whatever becomes of the others."""

import gc

import pytest

from editor.model import Change, Document, Edit, EntityId
from editor.model.signal import Signal
from tests.builders import pipeline, task


class Follower:
    def __init__(self, heard: list[str], name: str) -> None:
        self.heard = heard
        self.name = name

    def follow(self) -> None:
        self.heard.append(self.name)


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def document() -> Document:
    return pipeline()


ADDING = Edit("Add a", (Change(EntityId("a"), None, task("a")),))


def test_those_of_a_higher_priority_hear_first(heard: list[str]):
    signal = Signal[[]]()
    for name, priority in (("a", 0), ("b", 1), ("c", 0), ("d", 1)):
        signal.connect(lambda name=name: heard.append(name), priority=priority)
    signal.emit()
    assert heard == ["b", "d", "a", "c"]


def test_who_has_gone_or_follows_no_longer_hears_nothing(heard: list[str]):
    signal = Signal[[]]()
    stays, goes, leaves = (Follower(heard, name) for name in ("stays", "goes", "leaves"))
    for each in (stays, goes, leaves):
        signal.connect(each.follow)
    signal.disconnect(leaves.follow)
    signal.disconnect(leaves.follow)
    del goes, each
    gc.collect()
    signal.emit()
    assert heard == ["stays"]


def test_one_that_leaves_as_it_hears_takes_nobody_along(heard: list[str]):
    signal = Signal[[]]()

    def once() -> None:
        heard.append("once")
        signal.disconnect(once)

    signal.connect(once)
    signal.connect(lambda: heard.append("always"))
    signal.emit()
    signal.emit()
    assert heard == ["once", "always", "always"]


def test_who_raises_keeps_an_edit_from_nobody(document: Document):
    edits_heard: list[Edit] = []

    def bad(_edit: Edit) -> None:
        raise ValueError("bad")

    document.changed.connect(bad, priority=1)
    document.changed.connect(edits_heard.append)
    document.changed.connect(bad)
    with pytest.raises(ExceptionGroup) as raised:
        document.apply(ADDING)
    assert edits_heard == [ADDING]
    assert [str(each) for each in raised.value.exceptions] == ["bad", "bad"]


def test_an_edit_is_made_whoever_raises_before_it(document: Document):
    def bad() -> None:
        raise ValueError("bad")

    document.changing.connect(bad)
    with pytest.raises(ExceptionGroup):
        document.apply(ADDING)
    assert EntityId("a") in document


def test_nothing_is_kept_of_followers_that_are_gone(heard: list[str]):
    """A document outlives many views of it."""
    signal = Signal[[]]()
    for number in range(5):
        follower = Follower(heard, str(number))
        signal.connect(follower.follow)
    del follower
    gc.collect()
    last = Follower(heard, "last")
    signal.connect(last.follow)
    assert len(signal._connections) == 1
    signal.emit()
    assert heard == ["last"]
