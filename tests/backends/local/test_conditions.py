"""Conditions: the grammar that the SDK writes, and what must never happen with a value."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.backends.local.conditions import ConditionError, evaluate, parse_condition

VALUES = {"n": 5, "x": 2.5, "s": "it's", "t": True, "f": False, "o": None, "text5": "5", "path": "a\\b"}


def holds(text: str, **values: object) -> bool:
    return evaluate(parse_condition(text), {**VALUES, **values})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int(inputs.parameter_values['n']) == 5", True),
        ("int(inputs.parameter_values['n']) < 5", False),
        ("!(int(inputs.parameter_values['n']) < 5) && !(int(inputs.parameter_values['n']) > 5)", True),
        ("int(inputs.parameter_values['n']) >= int(inputs.parameter_values['n'])", True),
        ("inputs.parameter_values['t'] == true", True),
        ("inputs.parameter_values['f'] == true", False),
        ("inputs.parameter_values['s'] == 'it\\'s'", True),
        ('inputs.parameter_values["s"] != "it\'s"', False),
        ("inputs.parameter_values['path'] == 'a\\\\b'", True),
        ("inputs.parameter_values['s'] == '\\u0069t\\x27s'", True),
        ("inputs.parameter_values['x'] > 2", True),
        ("double(inputs.parameter_values['n']) == 5.0", True),
        ("inputs.parameter_values['n'] == '5'", False),
        ("int(inputs.parameter_values['text5']) == 5", True),
        ("inputs.parameter_values['t'] == 1", False),
        ("inputs.parameter_values['o'] == null", True),
        ("inputs.parameter_values['missing'] == 'a'", False),
        ("inputs.parameters['n'].string_value == '5'", True),
        ("inputs.parameter_values['f'] == true || inputs.parameter_values['t'] == true", True),
        ("'a' < 'b' && 1 + 2 * 3 == 7 && -7 / 2 == -3 && -1 == -1", True),
        ("  ( 1 == 1 )  ", True),
        ("9007199254740993 / 1 == 9007199254740993 && -9007199254740993 % 2 == -1 && 7 % -2 == 1", True),
    ],
)
def test_conditions_hold_as_on_a_cluster(text: str, expected: bool) -> None:
    assert holds(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "inputs.parameter_values['s'] == 'it's'",
        "__import__('os').system('true') == 0",
        "inputs.parameter_values['s'].__class__ == 'x'",
        "inputs.parameter_values[s] == 'x'",
        "inputs['s'] == 'x'",
        "1 ==",
        "9" * 5000 + " == 1",
        "1 == 1)",
        "'a\nb' == 'a'",
        "(" * 500 + "1 == 1" + ")" * 500,
        "!" * 500 + "true",
    ],
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        parse_condition(text)


@pytest.mark.parametrize(
    "text", ["inputs.parameter_values['s'] < 3", "int(inputs.parameter_values['s']) == 1", "1 / 0 == 1", "1 + 1", "!5"]
)
def test_values_that_do_not_go_together_are_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        holds(text)


@given(st.text())
def test_a_value_is_compared_and_nothing_else(value: str) -> None:
    assert holds("inputs.parameter_values['v'] == inputs.parameter_values['w']", v=value, w=value)
    assert not holds("inputs.parameter_values['v'] == 'x' + inputs.parameter_values['v']", v=value)


@given(st.text(alphabet=st.characters(blacklist_characters="\n", blacklist_categories=["Cs"])))
def test_an_escaped_string_is_itself(value: str) -> None:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    assert holds(f"inputs.parameter_values['v'] == '{escaped}'", v=value)


@given(st.text(max_size=40))
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    with contextlib.suppress(ConditionError):
        holds(text)


@pytest.mark.parametrize("text", ["1" + "0" * 399 + " * 1.5 == 1", "1e999 % 2.0 == 1", "1 / 0 == 1", "1.5 % 0.0 == 1"])
def test_what_cannot_be_computed_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        holds(text)
