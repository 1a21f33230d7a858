"""Copy and paste as text: within a document, into another, and text that anybody may have written."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editor import edits
from editor.model import (
    ROOT,
    Constant,
    Document,
    EditRefused,
    EntityId,
    FromLoop,
    Loop,
    Note,
    Pipeline,
    Placement,
    placement_id,
)
from editor.model.port_types import STRING
from editor.storage.integrity import assemble
from editor.validation import validate
from tests.builders import COUNT, component, from_input, from_task, pipeline, task

A, B = EntityId("a"), EntityId("b")
CIRCULAR = json.dumps(
    {
        "pipeloom_clipboard": 1,
        "selected": ["a"],
        "entities": [{"type": "Task", "id": "a", "parent": "a", "name": "a", "component": "a"}],
    }
)
OWN = component("own", {"x": STRING}, {"out": STRING}, optional=("x",))


def document() -> Document:
    return pipeline(
        OWN,
        task("a", x=Constant("1")),
        task("b", of=OWN, x=from_task("a")),
        Loop(id=EntityId("l"), parent=ROOT, name="l", items=Constant(["u"])),
        task("in", parent="l", x=FromLoop(EntityId("l"))),
        Note(id=EntityId("n"), parent=ROOT, text="hello", x=0, y=0, width=100, height=50),
        Placement(id=placement_id(A), target=A, x=80, y=40),
        Placement(id=placement_id(B), target=B, x=400, y=40),
        inputs={"p": STRING},
    )


def test_pasting_where_it_came_from_keeps_outer_wires_and_numbers_names() -> None:
    target = document()
    edit, made = edits.paste(target, edits.copy(target, [B]), parent=ROOT)
    target.apply(edit)
    (one,) = made
    assert target.task(one).name == "b-2"
    assert target.task(one).arguments["x"] == from_task("a")
    placement = target.placement(one)
    assert placement is not None
    assert (placement.x, placement.y) == (424, 64)


def test_pasting_together_keeps_the_wires_between() -> None:
    target = document()
    edit, made = edits.paste(target, edits.copy(target, [A, B]), parent=ROOT, x=0, y=800)
    target.apply(edit)
    copy = {target.task(one).name: target.task(one) for one in made}
    assert copy["b-2"].arguments["x"] == from_task(copy["a-2"].id)
    assert [(target.placement(one).x, target.placement(one).y) for one in made] == [(0, 800), (320, 800)]  # type: ignore[union-attr]


def test_pasting_into_another_document_brings_components_and_unplugs_the_rest() -> None:
    text = edits.copy(document(), [B, EntityId("l"), EntityId("n")])
    other = Document.empty()
    edit, made = edits.paste(other, text, parent=ROOT)
    other.apply(edit)
    assert OWN.id in other
    assert COUNT.id not in other
    assert other.task(made[0]).arguments == {}, "its source is not here"
    inner = other.task(other.children(made[1])[0])
    assert inner.arguments["x"] == FromLoop(made[1])
    assert {issue.code for issue in validate(other)} == set()
    assert len(list(other.notes())) == 1


def test_the_text_is_readable_json_with_words_of_the_field() -> None:
    text = edits.copy(document(), [B])
    body = json.loads(text)
    assert body["selected"] == ["b"]
    assert '"name": "own"' in text


def test_cut_and_paste_brings_the_same_back() -> None:
    target = document()
    text, edit = edits.cut(target, [B])
    target.apply(edit)
    assert OWN.id not in target
    again, made = edits.paste(target, text, parent=ROOT)
    target.apply(again)
    assert target.task(made[0]).name == "b"
    assert target.task(made[0]).arguments["x"] == from_task("a")


def test_a_pipeline_input_is_read_only_where_there_is_one() -> None:
    source = pipeline(task("a", x=from_input("p")), inputs={"p": STRING})
    text = edits.copy(source, [A])
    here, (one,) = edits.paste(source, text, parent=ROOT)
    source.apply(here)
    assert source.task(one).arguments["x"] == from_input("p")
    other = pipeline()
    there, (two,) = edits.paste(other, text, parent=ROOT)
    other.apply(there)
    assert other.task(two).arguments == {}


def test_sub_pipelines_travel_whole_and_never_into_themselves() -> None:
    source = document()
    edit, made = edits.extract_subpipeline(source, [A, B], "prepare")
    source.apply(edit)
    text = edits.copy(source, [made])
    other = Document.empty()
    pasted, (one,) = edits.paste(other, text, parent=ROOT)
    other.apply(pasted)
    sub = other.get(other.task(one).component)
    assert isinstance(sub, Pipeline)
    assert {other.task(inner).name for inner in other.descendants(sub.id)} == {"a", "b"}
    assert {issue.code for issue in validate(other)} == set()
    home = source.task(made).component
    with pytest.raises(EditRefused, match="lie in itself"):
        edits.paste(source, text, parent=home)
    twice, (two,) = edits.paste(source, text, parent=ROOT)
    source.apply(twice)
    assert source.task(two).component == home, "the same sub-pipeline is used again, not copied"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "[1]",
        "half a letter: \ud800",
        "long " * 1000,
        '{"pipeloom_clipboard": 1}',
        '{"pipeloom_clipboard": 1, "selected": [], "entities": []}',
        '{"pipeloom_clipboard": 1, "selected": ["x"], "entities": []}',
        '{"pipeloom_clipboard": 9, "selected": [], "entities": []}',
        CIRCULAR,
        "[" * 100_000,
    ],
)
def test_other_text_is_refused_in_words(text: str) -> None:
    with pytest.raises(EditRefused):
        edits.paste(pipeline(), text, parent=ROOT)


def test_what_a_chat_puts_round_the_text_does_no_harm() -> None:
    text = edits.copy(document(), [A, B])
    target = pipeline()
    edit, made = edits.paste(target, f"Look {{here}}:\n```json\n{text}\n```\nNice, no?", parent=ROOT)
    target.apply(edit)
    assert [target.task(one).name for one in made] == ["a", "b"]


def test_words_become_a_note_that_shows_them_all_in_one_step() -> None:
    target = document()
    words = "Ask the data people\nwhether the table of March is whole, and who pays for it.\n" * 4
    edit, (note,) = edits.paste(target, f"\n{words}", parent=EntityId("l"), x=80, y=160)
    assert edit.label == "Paste note"
    target.apply(edit)
    made = target.get(note)
    assert isinstance(made, Note)
    assert (made.parent, made.text, made.x, made.y) == (ROOT, words.strip(), 80, 160)
    assert made.height > 300
    with pytest.raises(EditRefused):
        edits.paste(target, words, parent=EntityId("gone"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (edits.copy(document(), [A, B])[:400], "only a part of what was copied"),
        (edits.copy(document(), [A, B])[60:], "only a part of what was copied"),
        ("name: add\nimplementation:\n  container: {image: alpine}\n", "component or pipeline file"),
        ("# PIPELINE DEFINITION\ncomponents: {}\ndeploymentSpec:\n  executors: {}\n", "component or pipeline file"),
        ("from kfp import dsl\n\n@dsl.component\ndef add(a: int): ...\n", "component or pipeline file"),
        ("", "no text"),
    ],
    ids=["beginning", "end", "component", "package", "Python", "nothing"],
)
def test_what_a_refused_text_is_is_said(text: str, said: str) -> None:
    with pytest.raises(EditRefused, match=said):
        edits.paste(pipeline(), text, parent=ROOT)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_text_that_somebody_changed_is_pasted_or_refused(data: st.DataObject) -> None:
    body = json.loads(edits.copy(document(), [A, B, EntityId("l"), EntityId("n")]))
    for _ in range(data.draw(st.integers(1, 3))):
        entity = data.draw(st.sampled_from(body["entities"]))
        key = data.draw(st.sampled_from(sorted(entity)))
        entity[key] = data.draw(st.sampled_from(["a", "b", "l", "n", "root", "zzz", "", 5, None, [], {}, "@a", OWN.id]))
    target = document()
    try:
        edit, _made = edits.paste(target, json.dumps(body), parent=ROOT)
    except EditRefused:
        return
    target.apply(edit)
    assert [problem for problem in assemble(target.entities.values(), "x")[1] if not problem.is_harmless] == []
    target.apply(edit.inverse())
    assert target.entities == document().entities
