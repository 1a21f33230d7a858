"""The printer's law: what it prints parses back to the tree; and the look of what people read most."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.compiler.python.expressions import assign, call, constant, joined, name
from editor.compiler.python.formatting import WIDTH, printed, text_literal


@given(st.text())
def test_a_text_is_written_as_a_literal_that_says_the_same(text: str) -> None:
    assert ast.literal_eval(text_literal(text)) == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=30,
    )
)
def test_a_json_value_comes_back_as_itself(value: object) -> None:
    source = printed([assign("value", constant(value))])
    statement = ast.parse(source).body[0]
    assert isinstance(statement, ast.Assign)
    assert ast.literal_eval(statement.value) == value


def test_a_short_call_stays_on_its_line() -> None:
    assert printed([assign("task", call("train", rate=constant(0.1)))]) == "task = train(rate=0.1)\n"


def test_a_long_call_has_an_argument_a_line() -> None:
    arguments = {f"argument_number_{number}": constant("x" * 12) for number in range(4)}
    lines = printed([assign("task", call("train", **arguments))]).splitlines()
    assert lines[0] == "task = train("
    assert lines[1] == '    argument_number_0="xxxxxxxxxxxx",'
    assert lines[-1] == ")"
    assert all(len(line) <= WIDTH for line in lines)


def test_an_f_string_joins_texts_and_names() -> None:
    tree = joined(["Hello, ", "dear ", name("user"), "!"])
    assert (
        eval(compile(ast.Expression(ast.fix_missing_locations(tree)), "", "eval"), {"user": "Ada"})
        == "Hello, dear Ada!"
    )


@pytest.mark.parametrize(
    "text", ['ends with "', 'three """ of them\nand a line', "back\\slash\nline", "tab\tand\nline"]
)
def test_texts_of_several_lines_stand_as_they_are(text: str) -> None:
    assert ast.literal_eval(text_literal(text)) == text
