"""KFP v1 component YAML: the ports that the SDK will make, and the lines of what it would refuse or get wrong."""

import pytest

from editor.components.safe_yaml import read_yaml
from editor.components.v1 import V1Component, read_v1
from editor.errors import EditorError
from editor.model import ArtifactType, Constant
from editor.model.port_types import BOOLEAN, DATASET, DOUBLE, INTEGER, LIST, MODEL, STRING, STRUCT, TASK_FINAL_STATUS

COMMAND = "implementation:\n  container:\n    image: alpine\n    command: [echo]\n"


def read(text: str) -> V1Component:
    (document,) = read_yaml(text, "c.yaml")
    return read_v1(document, "c.yaml")


def inputs(*lines: str) -> V1Component:
    return read("name: C\ninputs:\n" + "".join(f"- {line}\n" for line in lines) + COMMAND)


def test_types_are_the_sdks() -> None:
    names = ["Integer", "Float", "String", "Bool", "JsonObject", "JsonArray", "List[str]", "typing.Dict[str, int]"]
    component = inputs(*(f"{{name: i{n}, type: '{name}'}}" for n, name in enumerate(names)))
    assert [port.type for port in component.inputs] == [INTEGER, DOUBLE, STRING, BOOLEAN, STRUCT, LIST, LIST, STRUCT]
    component = inputs(
        "{name: a, type: Dataset}",
        "{name: b, type: Model}",
        "{name: c, type: google.VertexModel}",
        "{name: d, type: CSV}",
        "{name: e}",
        "{name: f, type: {GCSPath: {data_type: csv}}}",
        "{name: g, type: PipelineTaskFinalStatus}",
    )
    generic = ArtifactType()
    assert [port.type for port in component.inputs] == [
        DATASET,
        MODEL,
        ArtifactType(schema_title="google.VertexModel"),
        generic,
        generic,
        generic,
        TASK_FINAL_STATUS,
    ]
    assert component.inputs[-1].is_optional


def test_defaults_take_the_inputs_type() -> None:
    component = inputs(
        "{name: a, type: Integer, default: '3'}",
        "{name: b, type: Float, default: '0.5'}",
        "{name: c, type: Bool, default: 'False'}",
        "{name: d, type: JsonObject, default: '{\"k\": [1]}'}",
        "{name: e, type: String, default: 5}",
        "{name: f, type: Integer, optional: true}",
        "{name: g, type: Integer}",
    )
    assert [port.default for port in component.inputs] == [
        Constant(3),
        Constant(0.5),
        Constant(False),  # noqa: FBT003 a value
        Constant({"k": [1]}),
        Constant("5"),
        None,
        None,
    ]
    assert [port.is_required for port in component.inputs] == [False] * 6 + [True]


def test_names_are_the_sdks() -> None:
    component = inputs("{name: My Input-2, type: String}")
    assert component.inputs[0].name == "my_input_2"


def test_an_untyped_input_used_as_a_value_is_a_text() -> None:
    component = read(
        "name: C\ninputs: [{name: a}, {name: b, type: GCSPath}, {name: c}]\n"
        "implementation:\n  container:\n    image: alpine\n"
        "    args: [{inputValue: a}, {if: {cond: {isPresent: b}, then: [{inputValue: b}]}}, {inputPath: c}]\n"
    )
    assert [port.type for port in component.inputs] == [STRING, STRING, ArtifactType()]
    assert component.as_text == {"a", "b"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: C\n", "line 1: the component has no 'implementation'"),
        ("name: C\nimplementation:\n  graph: {}\n", "v1 graph component"),
        ("name: C\nimplementation:\n  container: {}\n", "no 'image'"),
        ("name: C\nimplementation: {}\n", "no 'container'"),
        ("name: C\ninputs: x\n" + COMMAND, "'inputs' must be a list"),
        ("name: C\ninputs:\n- x\n" + COMMAND, "line 3: 'x' in 'inputs' must be a mapping"),
        ("name: C\ninputs:\n- {name: a}\n- {type: String}\n" + COMMAND, "line 4: an entry of 'inputs' needs a name"),
        ("name: C\ninputs:\n- {name: 输入}\n" + COMMAND, "line 3: an entry of 'inputs' needs a name"),
        ("name: C\ninputs:\n- {name: a b}\n- {name: A-B}\n" + COMMAND, "line 4: 'A-B' and 'a b'"),
        (
            "name: C\ninputs:\n- {name: a, type: Integer, default: many}\n" + COMMAND,
            "line 3: the default of 'a' (many) is no NUMBER_INTEGER",
        ),
        (COMMAND + "    args: [{inputValue: nope}]\n", "line 5: 'inputValue' names the input 'nope'"),
        (COMMAND + "    args: [{outputPath: nope}]\n", "'outputPath' names the output 'nope'"),
        (COMMAND + "    args:\n    - {concat: [a, {inputUri: nope}]}\n", "line 6: 'inputUri' names the input 'nope'"),
        (COMMAND + "    args: [{if: {cond: {isPresent: nope}, then: []}}]\n", "'isPresent' names the input 'nope'"),
        (COMMAND + "    args: [{fileInput: a}]\n", "'fileInput' is no placeholder"),
        (COMMAND + "    args: [{inputValue: a, inputPath: b}]\n", "one key"),
        (COMMAND + "    args: x\n", "'args' must be a list"),
        (COMMAND + "    env: [x]\n", "'env' must be a mapping"),
        ("inputs:\n- {name: a, type: String}\n" + COMMAND + "    args: [{inputPath: a}]\n", "used as a file"),
        ("inputs:\n- {name: a}\n" + COMMAND + "    args: [{inputPath: a}, {inputValue: a}]\n", "takes one of them"),
        ("outputs:\n- {name: a, type: String}\n" + COMMAND + "    args: [{outputUri: a}]\n", "has no URI"),
    ],
)
def test_refuses_with_the_line(text: str, words: str) -> None:
    with pytest.raises(EditorError) as caught:
        read(text)
    assert words in caught.value.message
    assert "'c.yaml', line" in caught.value.message
