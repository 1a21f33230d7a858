"""Strangers' YAML and JSON: the same values as the SDK's reader gives, or a sentence with the line."""

import json
import time
from collections.abc import Callable

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from editor.components import safe_yaml
from editor.components.safe_yaml import MAX_VALUES, decode, read_bytes, read_json, read_yaml, shown
from editor.errors import EditorError
from tests.corpus import corpus_params, needs_corpus
from tests.machine import is_within, slowness

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


def value(text: str) -> object:
    (document,) = read_yaml(text, "x.yaml")
    return document.value


def refusal(text: str) -> str:
    with pytest.raises(EditorError) as caught:
        read_yaml(text, "x.yaml")
    assert "'x.yaml'" in caught.value.message
    return caught.value.message


@given(JSON_VALUES)
@settings(max_examples=60)
def test_gives_back_what_the_dumper_wrote(something: object) -> None:
    text = yaml.dump([something], Dumper=yaml.CSafeDumper, allow_unicode=True)
    if "\x85" in text or "\ufeff" in text:
        return
    assert value(text) == yaml.load(text, Loader=yaml.CSafeLoader)


@given(JSON_VALUES)
def test_reads_json(something: object) -> None:
    assert read_json(json.dumps(something), "x.json") == something


@given(st.text(max_size=200))
@settings(max_examples=100)
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    for read in (read_yaml, read_json):
        try:
            read(decode(text.encode("utf-8", "surrogatepass"), "x"), "x")
        except EditorError as error:
            assert error.message  # noqa: PT017 either outcome will do


@needs_corpus
@pytest.mark.parametrize("path", [*corpus_params("ir", ".yaml"), *corpus_params("components", ".yaml")])
def test_reads_the_corpus_as_the_sdk_does(path) -> None:
    text = path.read_text(encoding="utf-8")
    documents = [document.value for document in read_yaml(text, path.name, at_most=2)]
    assert documents == [one for one in yaml.load_all(text, Loader=yaml.CSafeLoader) if one is not None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: yes\nb: 012\nc: 1_000\nd: 0x1F\ne: 1e3\nf: 1.5e+3\ng: ~\nh:\n",
            [True, 10, 1000, 31, "1e3", 1500.0, None, None],
        ),
        ("a: 2024-01-01\nb: '1'\nc: !!str 1\nd: ! 1\ne: 3:30\n", ["2024-01-01", "1", "1", "1", 210]),
        ("a: &x [1, 2]\nb: *x\n", [[1, 2], [1, 2]]),
        ("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n", [{"p": 1, "q": 2}, {"p": 1, "q": 3}]),
    ],
)
def test_scalars_are_yaml_1_1(text: str, expected: list[object]) -> None:
    read = value(text)
    assert isinstance(read, dict)
    assert list(read.values()) == expected


def test_an_alias_is_a_copy() -> None:
    read = value("a: &x [[1]]\nb: *x\n")
    assert isinstance(read, dict)
    read["a"][0].append(2)
    assert read["b"] == [[1]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", ["line 3", "'a' is there twice"]),
        (
            "x:\n  - !!python/object/apply:os.system [ls]\n",
            ["line 2", "!!python/object/apply:os.system", "not allowed"],
        ),
        ("a: !secret x\n", ["line 1", "'!secret'", "not allowed"]),
        ("a: !!binary aGk=\n", ["line 1", "!!binary"]),
        ("a: 1\n1: b\n", ["line 2", "key 1 is not text"]),
        ("a: 1\nyes: b\n", ["line 2", "key true is not text"]),
        ("? [a]\n: b\n", ["line 1", "key"]),
        ("a: .nan\n", ["line 1", "no JSON number"]),
        ("a: -.inf\n", ["line 1", "no JSON number"]),
        ("a: 1\n--- \nb: 1\n", ["more than 1 document"]),
        ("a: *b\n", ["line 1", "'*b'"]),
        ("&a [*a]\n", ["line 1", "'*a'"]),
        ("a: [1, 2\n", ["line 2", "not YAML"]),
        ("a: 'x\n", ["not YAML"]),
        ("a: b: c\n", ["line 1", "not YAML"]),
        ("\tb: 1\n", ["line 1", "not YAML"]),
        ("a: 1\nb: \x07\n", ["line 2", "character"]),
        ("<<: 1\n", ["merges mappings"]),
        ("a: 0o\nb: 09999999999999999999999999999999:99\nc: !!int x\n", ["line 3", "no int"]),
        ("a: " + "9" * 10_000 + "\n", ["no int"]),
        ("[" * 1001 + "]" * 1001, ["1,000 levels"]),
        ("- " * 100_000, ["1,000 levels"]),
        ("{a: " * 50_000, ["1,000 levels"]),
        ("%TAG !e! x\n" * 1000, ["too many lines"]),
    ],
)
def test_refuses_in_words_with_the_line(text: str, words: list[str]) -> None:
    message = refusal(text)
    for word in words:
        assert word in message


def test_reads_a_thousand_levels_in_any_notation() -> None:
    assert value("[" * 1000 + "]" * 1000)
    assert value('{"a": ' * 1000 + "1" + "}" * 1000)
    assert read_json("[" * 1000 + "]" * 1000, "x.json")
    with pytest.raises(EditorError, match="1,000 levels"):
        read_json("[" * 1001 + "]" * 1001, "x.json")


def test_aliases_count_as_often_as_they_stand(monkeypatch) -> None:
    monkeypatch.setattr(safe_yaml, "MAX_VALUES", 50_000)
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "2 million values" in refusal("\n".join(lines))
    monkeypatch.undo()
    deep = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 1010))
    assert "1,000 levels" in refusal(deep)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "a": 2}', "'a' is there twice"),
        ('{"a": NaN}', "'NaN'"),
        ('{"a": 1e999}', "no JSON number"),
        ('{"a": ' + "1" * 10_000 + "}", "too long"),
        ('{"a":\n [1,', "line 2"),
        ("[" + "[]," * (5 * MAX_VALUES), "too many values"),
        ("[" * 200_000, "1,000 levels"),
    ],
)
def test_refuses_json_in_words(text: str, words: str) -> None:
    with pytest.raises(EditorError) as caught:
        read_json(text, "x.json")
    assert words in caught.value.message


def test_refuses_what_is_no_text(tmp_path) -> None:
    with pytest.raises(EditorError, match="line 2: not UTF-8"):
        decode(b"a: 1\nb: \xff\n", "x.yaml")
    with pytest.raises(EditorError, match="line 2: a NUL"):
        decode(b"a: 1\nb: \x00\n", "x.yaml")
    assert decode(b"\xef\xbb\xbfa: 1\n", "x.yaml") == "a: 1\n"
    with pytest.raises(EditorError, match="cannot be read"):
        read_bytes(tmp_path / "absent.yaml")
    with pytest.raises(EditorError, match="cannot be read"):
        read_bytes(tmp_path)


def test_says_on_which_line_a_container_starts() -> None:
    (document,) = read_yaml("a:\n- b: 1\n- {c: 2}\n", "x")
    assert [document.line(entry) for entry in document.value["a"]] == [2, 3]
    assert document.line([]) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "written",
    [
        lambda: "- 1\n" * 12_500_000,
        lambda: "".join(f"k{n}: v\n" for n in range(4_500_000)),
        lambda: '"' + "a b\n" * 12_500_000,
        lambda: "a b c\n" * 8_000_000,
        lambda: "a" * 50_000_000 + ": 1",
        lambda: "[" * 50_000_000,
        lambda: "--- a\n" * 8_000_000,
        lambda: "%TAG !e! x\n" * 4_500_000,
    ],
    ids=["list", "mapping", "quoted", "plain", "long key", "brackets", "documents", "directives"],
)
def test_fifty_megabytes_get_an_answer_within_ten_seconds(written: Callable[[], str]) -> None:
    text, slow = written(), slowness()
    start = time.process_time()
    try:
        read_yaml(text, "big.yaml")
    except EditorError as error:
        assert "big.yaml" in error.message  # noqa: PT017 either outcome will do
    assert is_within(time.process_time() - start, 10, slow)


def test_shown_makes_text_harmless() -> None:
    assert shown("a\u202eb\nc") == "a�b�c"
    assert shown("x" * 1000) == "x" * 60 + "…"
    assert shown("Ünïcode 🙂") == "Ünïcode 🙂"
