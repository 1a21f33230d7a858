"""VALUEs read by type: what is written as the type wants comes back, everything else is refused in words."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.cli.values import assignment, read_value
from editor.errors import EditorError
from editor.model.port_types import (
    BOOLEAN,
    DATASET,
    DOUBLE,
    INTEGER,
    LIST,
    STRING,
    STRUCT,
    TASK_FINAL_STATUS,
    PortType,
    type_words,
    why_not_value,
)

WHOLE = st.integers(-(2**53), 2**53)
JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.text())
def test_text_stands_for_itself(text: str) -> None:
    assert read_value(text, STRING, "x") == text


@given(
    WHOLE,
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.lists(JSON),
    st.dictionaries(st.text(), JSON),
)
def test_json_of_the_type_comes_back(
    whole: int, number: float, flag: bool, items: list[object], record: dict[str, object]
) -> None:
    for value, kind in ((whole, INTEGER), (number, DOUBLE), (flag, BOOLEAN), (items, LIST), (record, STRUCT)):
        assert read_value(json.dumps(value), kind, "x") == value


@given(st.text(), st.sampled_from([INTEGER, DOUBLE, BOOLEAN, LIST, STRUCT, STRING]))
def test_whatever_is_typed_gives_a_fitting_value_or_words(text: str, kind: object) -> None:
    try:
        value = read_value(text, kind, "x")  # pyright: ignore[reportArgumentType] one of the sampled
    except EditorError as error:
        # Beyond 2^53 is the only reason that has nothing to do with the type.
        refused = error
    else:
        assert why_not_value(value, kind) == ""  # pyright: ignore[reportArgumentType]
        assert not isinstance(value, float) or math.isfinite(value)
        return
    assert "2^53" in refused.message or str(kind) in refused.message


@pytest.mark.parametrize("kind", [DATASET, TASK_FINAL_STATUS])
def test_what_takes_no_value_says_so(kind: PortType) -> None:
    with pytest.raises(EditorError, match=type_words(kind)):
        read_value("x", kind, "task.x")  # pyright: ignore[reportArgumentType]


@given(
    st.text(alphabet=st.characters(exclude_characters="=")),
    st.text(alphabet=st.characters(exclude_characters="=.")),
    st.text(),
)
def test_assignment_splits_at_first_equals_then_last_dot(path: str, name: str, text: str) -> None:
    if path and name:
        assert assignment(f"{path}.{name}={text}") == (path, name, text)
