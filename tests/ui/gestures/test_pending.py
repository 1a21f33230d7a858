"""Edits that are not made yet: one after the other, and what waits for them."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from editor.ui.canvas.gestures.large_edits import Pending, nothing


@pytest.fixture
def pending(qtbot: QtBot) -> Pending:
    return Pending()


def ended_by(pending: Pending, call: object, done: list[object]) -> Callable[[], None]:
    """What begins a call that is over at once."""

    def begin() -> None:
        done.append(call)
        pending.end(call)

    return begin


def add(pending: Pending, call: object, begin: Callable[[], object]) -> None:
    pending.add(call, nothing)
    pending.in_turn(call, begin)


def test_what_raises_keeps_nothing_else_waiting(pending: Pending):
    done: list[object] = []

    def bad() -> None:
        raise ValueError("bad")

    pending.add("a", nothing)
    pending.when_done(bad)
    pending.when_done(lambda: done.append("then"))
    with pytest.raises(ValueError, match="bad"):
        pending.end("a")
    assert done == ["then"]


def test_a_turn_that_raises_keeps_none_waiting(pending: Pending):
    done: list[object] = []

    def bad() -> None:
        pending.end("b")
        raise ValueError("bad")

    add(pending, "a", nothing)
    add(pending, "b", bad)
    add(pending, "c", ended_by(pending, "c", done))
    pending.when_done(lambda: done.append("then"))
    with pytest.raises(ValueError, match="bad"):
        pending.end("a")
    assert done == ["c", "then"]
    assert not pending


def test_a_thousand_may_wait_for_one(pending: Pending):
    done: list[object] = []
    add(pending, "first", nothing)
    for number in range(1000):
        add(pending, number, ended_by(pending, number, done))
    assert not done
    pending.end("first")
    assert done == list(range(1000))
    assert not pending


def test_what_is_given_up_is_not_begun(pending: Pending):
    done: list[object] = []
    add(pending, "first", nothing)
    for call in ("second", "third"):
        add(pending, call, ended_by(pending, call, done))
    assert pending.give_up()
    pending.end("first")
    assert done == ["second"]
