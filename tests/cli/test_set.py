"""`pipeloom set`: constants and defaults from a script, all or none, everything else left as it is."""

from pathlib import Path

import pytest

from editor.model import Constant, Document, EntityId, Task
from editor.storage import load_document
from tests.cli.conftest import Pipeloom


def constants(document: Document, task: str) -> dict[str, object]:
    held = document.task(EntityId(task)).arguments
    return {name: each.value for name, each in held.items() if isinstance(each, Constant)}


@pytest.mark.parametrize(
    ("word", "name", "held"),
    [
        ("settings.text=5", "text", "5"),
        ("settings.text=a=b.c", "text", "a=b.c"),
        ("settings.text=", "text", ""),
        ('settings.text="quoted" ü\u20ac', "text", '"quoted" ü\u20ac'),
        ("settings.whole=-3", "whole", -3),
        ("settings.number=1e-3", "number", 0.001),
        ("settings.number=2", "number", 2.0),
        ("settings.flag=true", "flag", True),
        ('settings.items=[1, "a.b=c"]', "items", [1, "a.b=c"]),
        ('settings.record={"a": {"b": null}}', "record", {"a": {"b": None}}),
        ("settings.choice=b", "choice", "b"),
        ("train-loop/score.whole=1", "", "has no input 'whole'"),
        ("settings.whole=1.5", "", "takes NUMBER_INTEGER: '1.5' is none"),
        ("settings.whole=true", "", "takes NUMBER_INTEGER"),
        ("settings.whole=9007199254740993", "", "beyond 2^53"),
        ("settings.number=NaN", "", "takes NUMBER_DOUBLE"),
        ("settings.flag=True", "", "takes BOOLEAN: 'True' is none"),
        ("settings.items=1,2", "", "takes LIST"),
        (f"settings.items={'[' * 150}{']' * 150}", "", "nested too deeply"),
        ("settings.record=[1]", "", "takes STRUCT"),
        ("settings.choice=c", "", "must be one of: a, b"),
        ("nowhere.x=1", "", "There is no task 'nowhere'"),
        ("train-loop.x=1", "", "is a group, not a task"),
        ("gather.x=1", "", "is wired (all of train-loop/score → out)"),
        ("first.x=1", "", "is wired (load → out)"),
        ("second/inner.x=1", "", "is wired (pipeline input x)"),
    ],
)
def test_value_is_read_by_the_type_of_the_input(
    pipeloom: Pipeloom, document: Path, word: str, name: str, held: object
) -> None:
    before = document.read_bytes()
    answer = pipeloom("set", document, word)
    assert answer.out == ""
    if name:
        assert (answer.code, answer.err) == (0, "")
        found = constants(load_document(document), "settings")
        assert found == {name: held}
        assert type(found[name]) is type(held)
    else:
        assert answer.code == 1
        assert str(held) in answer.err
        assert document.read_bytes() == before


def test_a_value_that_python_takes_for_the_same_is_set_all_the_same(pipeloom: Pipeloom, document: Path) -> None:
    for text, held in (("[1]", 1), ("[true]", True)):
        assert pipeloom("set", document, f"settings.items={text}").code == 0
        assert constants(load_document(document), "settings")["items"][0] is held  # pyright: ignore[reportIndexIssue]


def test_all_assignments_apply_or_none(pipeloom: Pipeloom, document: Path) -> None:
    before = document.read_bytes()
    assert pipeloom("set", document, "load.x=new", "settings.whole=no", "--input", "count=3").code == 1
    assert document.read_bytes() == before
    assert (
        pipeloom("set", document, "load.x=new", "settings.whole=4", "settings.text=t", "--input", "count=3").code == 0
    )
    changed = load_document(document)
    assert constants(changed, "load") == {"x": "new"}
    assert constants(changed, "settings") == {"whole": 4, "text": "t"}
    assert [port.default for port in changed.root.inputs] == [Constant("t"), Constant(3)]


def test_nothing_else_changes(pipeloom: Pipeloom, document: Path, tmp_path: Path) -> None:
    before = load_document(document)
    assert pipeloom("set", document, "second/leaf.x=new", "-o", tmp_path / "other.pipeloom").code == 0
    assert load_document(document).entities == before.entities
    after = load_document(tmp_path / "other.pipeloom")
    differing = [key for key in after.entities if after.entities[key] != before.entities[key]]
    assert differing == ["leaf"]
    changed = after.entities[EntityId("leaf")]
    assert isinstance(changed, Task)
    assert changed.arguments == {"x": Constant("new")}


def test_bare_name_does_where_it_is_the_only_one(pipeloom: Pipeloom, document: Path) -> None:
    assert pipeloom("set", document, "good.x=9").code == 0
    assert constants(load_document(document), "good") == {"x": "9"}


def test_one_input_assigned_twice_is_refused_by_whichever_path(pipeloom: Pipeloom, document: Path) -> None:
    answer = pipeloom("set", document, "first/leaf.x=1", "second/leaf.x=2")
    assert answer.code == 1
    assert "assigned twice" in answer.err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["load.x"],
        ["load=1"],
        [".x=1"],
        ["load.=1"],
        ["--input", "count"],
        ["--input", "count=1", "--input", "count=2"],
        ["load.x=1", "-o", "out.txt"],
    ],
)
def test_words_of_another_form_are_wrong_usage(pipeloom: Pipeloom, document: Path, words: list[str]) -> None:
    before = document.read_bytes()
    answer = pipeloom("set", document, *words)
    assert (answer.code, answer.out) == (2, "")
    assert document.read_bytes() == before


def test_default_of_unknown_input_names_those_there_are(pipeloom: Pipeloom, document: Path) -> None:
    answer = pipeloom("set", document, "--input", "rate=1")
    assert answer.code == 1
    assert "has no input 'rate'" in answer.err
    assert "'title', 'count'" in answer.err
