"""Reading and writing documents, and what comes of broken ones."""

import json
import os
import stat
from pathlib import Path

import pytest

from editor.errors import EditorError
from editor.model import (
    ROOT,
    Constant,
    Document,
    EntityId,
    Loop,
    Note,
    Placement,
    derived_id,
    placement_id,
)
from editor.storage import (
    decode_document,
    encode_document,
    load_document,
    recover_document,
    save_document,
)
from tests.builders import from_task, pipeline, task


def place(target: str, x: float = 0, y: float = 0) -> Placement:
    return Placement(id=placement_id(EntityId(target)), target=EntityId(target), x=x, y=y)


def sample() -> Document:
    return pipeline(
        task("a", x=Constant("é\u202eß\n")),
        task("b", x=from_task("a"), parent="l"),
        Loop(id=EntityId("l"), parent=ROOT, name="l", items=Constant([1, {"k": None}])),
        Note(id=EntityId("n"), parent=ROOT, text="hello", x=1, y=2, width=3, height=4),
        place("a", 8, 16),
        place("l"),
    )


def test_save_and_load_give_the_same_document_and_bytes(tmp_path: Path) -> None:
    path = tmp_path / "sample.pipeloom"
    save_document(sample(), path)
    assert load_document(path).entities == sample().entities
    assert encode_document(load_document(path)) == path.read_bytes()


def test_file_has_an_entity_a_line_sorted_by_id_placements_last() -> None:
    lines = encode_document(sample()).decode().splitlines()
    assert lines[0] == '{"format": 1, "entities": ['
    ids = [json.loads(line.rstrip(","))["id"] for line in lines[1:-1]]
    assert ids == [*sorted(i for i in ids if not i.startswith("@")), "@a", "@l"]
    moved = Document({**sample().entities, EntityId("@a"): place("a", 80, 160)})
    changed = set(encode_document(moved).decode().splitlines()) ^ set(lines)
    assert len(changed) == 2


def test_saving_keeps_permissions_and_links_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "real.pipeloom"
    save_document(sample(), path)
    path.chmod(0o640)
    link = tmp_path / "link.pipeloom"
    link.symlink_to(path)
    save_document(pipeline(task("other")), link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert EntityId("other") in load_document(path)
    assert sorted(os.listdir(tmp_path)) == ["link.pipeloom", "real.pipeloom"]


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "d.pipeloom"
    save_document(sample(), path)
    before = path.read_bytes()

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EditorError, match="could not be written: No space left"):
        save_document(pipeline(), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["d.pipeloom"]
    with pytest.raises(EditorError, match="could not be written"):
        save_document(pipeline(), tmp_path / "no" / "such" / "folder.pipeloom")


def test_a_newer_format_is_refused_and_not_saved_over(tmp_path: Path) -> None:
    path = tmp_path / "new.pipeloom"
    path.write_text('{"format": 7, "entities": [{"type": "Quantum"}]}')
    for action in (load_document, recover_document, lambda p: save_document(sample(), p)):
        with pytest.raises(EditorError, match="newer Pipeloom"):
            action(path)
    assert "Quantum" in path.read_text()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"hello", "not JSON at line 1, column 1"),
        (b'{"format": 1,\n"entities": [\n{"type": "Task" "id"}]}', "not JSON at line 3, column 17"),
        (b"[1, 2]", "not a Pipeloom document"),
        (b'{"format": "x", "entities": []}', "expected `int`|Expected `int`"),
        (b'{"format": 0, "entities": []}', "format is 0"),
        (b"\xff\xfe{}", "not JSON"),
        (b'{"format": 1, "entities": ["\xff"]}', "not UTF-8"),
        (b'{"format": 1, "entities": [{"type": "Task", "id": "t", "parent": 5}]}', r"entity 't' is wrong.*parent"),
        (b'{"format": 1, "entities": [{"type": "Bomb", "id": "t"}]}', "entity 't' is wrong"),
        (b'{"format": 1, "entities": []}', "no main pipeline"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_broken_file_is_named_with_what_and_where(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "broken.pipeloom"
    path.write_bytes(content)
    with pytest.raises(EditorError, match=message) as caught:
        load_document(path)
    assert "broken.pipeloom" in caught.value.message


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, message in [("none", "There is no file"), (".", "is a folder"), ("pipe", "is not a file")]:
        with pytest.raises(EditorError, match=message):
            load_document(tmp_path / name)
    with pytest.raises(EditorError, match="could not be read"):
        load_document("nul\0byte")


def test_a_deep_value_is_refused() -> None:
    value: list[object] = []
    for _ in range(600):
        value = [value]
    content = encode_document(pipeline(task("a", x=Constant(value))))
    with pytest.raises(EditorError, match="'a' is nested too deeply"):
        decode_document(content)


def test_a_truncated_document_is_refused_and_recovered(tmp_path: Path) -> None:
    path = tmp_path / "cut.pipeloom"
    whole = encode_document(sample())
    path.write_bytes(whole[: whole.index(b'{"type":"Loop"') + 30])
    with pytest.raises(EditorError, match="was cut off"):
        load_document(path)
    recovered = recover_document(path)
    assert EntityId("a") in recovered.document
    assert recovered.document.task(EntityId("b")).parent == ROOT, "its loop was lost"
    assert "the rest is lost" in recovered.repairs[0]
    assert any("'l', which is not there" in repair for repair in recovered.repairs)


def test_unsound_entities_are_refused_in_words_and_mended_on_recovery(tmp_path: Path) -> None:
    path = tmp_path / "odd.pipeloom"
    loops = [Loop(id=EntityId(a), parent=EntityId(b), name=a, items=Constant([1])) for a, b in ("pq", "qp")]
    document = pipeline(task("a", parent="gone"), task("c", parent="a"), *loops, place("a"))
    save_document(document, path)
    with pytest.raises(EditorError, match=r"not sound: .*'a' \(a\) lies in 'gone', which is not there\. And 2 more"):
        load_document(path)
    recovered = recover_document(path)
    assert recovered.document.task(EntityId("a")).parent == ROOT
    assert recovered.document.task(EntityId("c")).parent == ROOT
    assert sorted(recovered.document.descendants(ROOT)) == ["a", "c", "p", "q"]
    assert len(recovered.repairs) == 3


def test_two_entities_with_one_id(tmp_path: Path) -> None:
    path = tmp_path / "twice.pipeloom"
    content = encode_document(pipeline(task("a")))
    line = next(line for line in content.splitlines() if line.startswith(b'{"type":"Task"'))
    other = line.replace(b'"name":"a"', b'"name":"z"')
    path.write_bytes(content.replace(line, line.rstrip(b",") + b",\n" + other))
    with pytest.raises(EditorError, match="Two entities have the id 'a'"):
        load_document(path)
    recovered = recover_document(path)
    assert {node.name for node in recovered.document.nodes()} == {"a", "z"}
    assert derived_id("r", "a", "2") in recovered.document


def test_a_placement_of_nothing_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "d.pipeloom"
    save_document(pipeline(task("a"), place("gone"), place("a")), path)
    assert set(load_document(path).entities) == {
        ROOT,
        "a",
        "@a",
        *(c.id for c in pipeline().entities.values() if c.id != ROOT),
    }
    assert "places 'gone'" in recover_document(path).repairs[0]


def test_half_a_surrogate_pair_is_saved_as_a_replacement(tmp_path: Path) -> None:
    save_document(pipeline(task("a", x=Constant("x\ud800y"))), tmp_path / "d.pipeloom")
    assert load_document(tmp_path / "d.pipeloom").task(EntityId("a")).arguments["x"] == Constant("x?y")
