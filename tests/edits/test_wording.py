"""What the history of edits calls the things that they are about."""

import pytest

from editor import edits
from editor.edits.wording import called
from editor.model import (
    ROOT,
    Constant,
    Document,
    EditRefused,
    EntityId,
    FromTask,
    Loop,
    Note,
)
from editor.model.port_types import DATASET, STRING
from tests.builders import component, from_task, pipeline, task


def note(name: str, shape: str) -> Note:
    return Note(id=EntityId(name), parent=ROOT, text="", x=0, y=0, width=100, height=50, shape=shape)  # type: ignore[arg-type]


def document() -> Document:
    loop = Loop(id=EntityId("l"), parent=ROOT, name="l", items=Constant([1]))
    notes = [note("n", "note"), note("m", "note"), note("f", "frame"), note("g", "frame")]
    return pipeline(task("load-data"), task("b"), loop, task("in", parent="l"), *notes)


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        (["load-data"], "load-data"),
        (["l"], "l"),
        (["n"], "note"),
        (["f"], "frame"),
        (["b", "in"], "2 tasks"),
        (["n", "m"], "2 notes"),
        (["f", "g"], "2 frames"),
        (["f", "n"], "2 things"),
        (["b", "l", "f"], "3 things"),
    ],
)
def test_one_thing_is_named_and_several_are_counted(ids: list[str], words: str) -> None:
    assert called(document(), [EntityId(one) for one in ids]) == words


def test_a_titled_frame_is_called_a_frame_in_every_label() -> None:
    view, frame = document(), EntityId("f")
    assert edits.delete(view, [frame]).label == "Delete frame"
    assert edits.cut(view, [frame])[1].label == "Cut frame"
    assert edits.duplicate(view, [frame])[0].label == "Duplicate frame"
    assert edits.paste(view, edits.copy(view, [frame]), parent=ROOT)[0].label == "Paste frame"
    assert edits.move(view, {frame: (1, 1)}).label == "Move frame"
    assert edits.resize(view, frame, (0, 0, 50, 50)).label == "Resize frame"
    assert edits.change_note(view, frame, text="Prepare").label == "Change the frame"
    assert edits.change_note(view, EntityId("n"), text="why").label == "Change the note"


def test_what_lies_in_a_deleted_group_is_not_counted_beside_it() -> None:
    view = document()
    for ids in (["in", "l", "b"], ["l", "in", "b"]):
        assert edits.delete(view, [EntityId(one) for one in ids]).label == "Delete 2 things"
    assert edits.delete(view, [EntityId("in"), EntityId("l")]).label == "Delete l"
    assert edits.delete(view, [EntityId("b"), EntityId("n")]).label == "Delete 2 things"


def test_one_muted_task_is_named_and_several_are_counted() -> None:
    view = pipeline(task("a"), task("b"))
    assert edits.mute(view, [EntityId("a")], muted=True).label == "Mute a"
    assert edits.mute(view, [EntityId("a"), EntityId("b")], muted=True).label == "Mute 2 tasks"


GIVER = component("giver", {"x": STRING}, {"data": DATASET})
TAKER = component("taker", {"data": DATASET}, {"rows": STRING})


def refusals():
    """Each way in which a type is named where something is refused."""
    a, b = EntityId("a"), EntityId("b")
    reader = task("b", of=TAKER, data=from_task("a", "data"))
    wired = pipeline(GIVER, TAKER, task("a", of=GIVER), reader, task("m", of=TAKER))
    yield lambda: edits.wrap(wired, [a], "loop")
    yield lambda: edits.insert_on_wire(wired, EntityId("m"), b, "data")
    looped = pipeline(GIVER, task("a", of=GIVER), Loop(id=EntityId("l"), parent=ROOT, name="l", items=Constant([1])))
    yield lambda: edits.connect(looped, FromTask(a, "data"), EntityId("l"), edits.ITEMS)


def test_refusals_call_types_what_the_interface_calls_them() -> None:
    for refused in refusals():
        with pytest.raises(EditRefused) as caught:
            refused()
        words = f"{caught.value.message} {caught.value.hint}"
        assert "Dataset" in words
        assert "system." not in words
