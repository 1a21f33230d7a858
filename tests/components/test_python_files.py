"""Listing a Python file from its syntax tree: every spelling of the imports, every kind of annotation, no execution."""

import pytest

from editor.components.python_files import PythonComponent, read_python
from editor.errors import EditorError
from editor.model import ArtifactType, Constant, ParameterType
from editor.model.port_types import (
    BOOLEAN,
    DATASET,
    DOUBLE,
    INTEGER,
    LIST,
    METRICS,
    MODEL,
    STRING,
    STRUCT,
    TASK_CONFIG,
    TASK_FINAL_STATUS,
)


def read(text: str) -> PythonComponent:
    found, errors = read_python(text, "c.py")
    assert errors == []
    (component,) = found
    return component


@pytest.mark.parametrize(
    ("imports", "decorator"),
    [
        ("from kfp import dsl", "dsl.component"),
        ("from kfp import dsl", "dsl.component()"),
        ("from kfp import dsl as d", "d.component(base_image='python:3.11')"),
        ("import kfp", "kfp.dsl.component"),
        ("import kfp.dsl", "kfp.dsl.component"),
        ("import kfp.dsl as x", "x.component"),
        ("import kfp as k", "k.dsl.component"),
        ("from kfp.dsl import component", "component"),
        ("from kfp.dsl import component as c", "c()"),
        ("from kfp.dsl import *", "component"),
        ("try:\n    from kfp import dsl\nexcept ImportError:\n    dsl = None", "dsl.component"),
    ],
)
def test_finds_the_decorator_in_every_spelling(imports: str, decorator: str) -> None:
    component = read(f"{imports}\n@{decorator}\ndef add_up(a: int) -> int:\n    return a\n")
    assert (component.name, component.function, component.kind) == ("add-up", "add_up", "python")


@pytest.mark.parametrize(
    ("decorator", "kind"),
    [
        ("container_component", "container"),
        ("notebook_component(notebook_path='n.ipynb')", "notebook"),
        ("pipeline", "pipeline"),
    ],
)
def test_tells_the_kinds_apart(decorator: str, kind: str) -> None:
    assert read(f"from kfp import dsl\n@dsl.{decorator}\ndef f(a: int):\n    pass\n").kind == kind


def test_passes_over_everything_else() -> None:
    text = (
        "import functools\nfrom kfp import dsl\nfrom other import component\n"
        "@functools.cache\ndef a(): pass\n@component\ndef b(): pass\ndef c():\n    @dsl.component\n    def d(): pass\n"
        "class E:\n    @dsl.component\n    def f(self): pass\n"
    )
    assert read_python(text, "c.py") == ([], [])


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("str", STRING),
        ("int", INTEGER),
        ("float", DOUBLE),
        ("bool", BOOLEAN),
        ("dict", STRUCT),
        ("list", LIST),
        ("List[int]", LIST),
        ("typing.Dict[str, int]", STRUCT),
        ("list[str]", LIST),
        ("'int'", INTEGER),
        ("Input[Dataset]", DATASET),
        ("dsl.Input[dsl.Model]", MODEL),
        ("Input[List[Dataset]]", ArtifactType(schema_title="system.Dataset", is_list=True)),
        ("Input[list[dsl.Artifact]]", ArtifactType(is_list=True)),
        ("Input['Dataset']", DATASET),
        ("Dataset", DATASET),
        ("List[Dataset]", ArtifactType(schema_title="system.Dataset", is_list=True)),
        ("Input[Mine]", ArtifactType(schema_title="my.Type", schema_version="1.2.0")),
        ("InputPath()", ArtifactType()),
        ("InputPath('Dataset')", DATASET),
        ("dsl.InputPath(str)", STRING),
        ("InputPath('CSV')", ArtifactType()),
        ("dsl.PipelineTaskFinalStatus", TASK_FINAL_STATUS),
        ("dsl.TaskConfig", TASK_CONFIG),
        ("Literal['a', 'b']", ParameterType(kind="STRING", literals=("a", "b"))),
        ("Literal[1, 2]", ParameterType(kind="NUMBER_INTEGER", literals=(1, 2))),
        ("Input[VertexModel]", ArtifactType(schema_title="google.VertexModel")),
    ],
)
def test_reads_input_annotations(annotation: str, expected: object) -> None:
    component = read(
        "import typing\nfrom typing import *\nfrom kfp import dsl\nfrom kfp.dsl import *\n"
        "from google_cloud_pipeline_components.types.artifact_types import VertexModel\n"
        "class Mine(Artifact):\n    schema_title = 'my.Type'\n    schema_version = '1.2.0'\n"
        f"@dsl.component\ndef f(a: {annotation}):\n    pass\n"
    )
    assert [(port.name, port.type) for port in component.inputs] == [("a", expected)]


@pytest.mark.parametrize("annotation", ["Optional[int]", "int | None", "Union[int, None]", "'Optional[int]'"])
def test_optional_is_taken_off(annotation: str) -> None:
    component = read(
        "from typing import Optional, Union\nfrom kfp.dsl import component\n"
        f"@component\ndef f(a: {annotation} = None, b: int = 3):\n    pass\n"
    )
    assert component.inputs[0].type == INTEGER
    assert component.inputs[0].default is None
    assert component.inputs[0].is_optional
    assert component.inputs[1].default == Constant(3)


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        ("", []),
        (" -> None", []),
        (" -> str", [("Output", STRING)]),
        (" -> Dataset", [("Output", DATASET)]),
        (" -> NamedTuple('O', [('a', int), ('b', Model)])", [("a", INTEGER), ("b", MODEL)]),
        (" -> NamedTuple('O', a=int, b=str)", [("a", INTEGER), ("b", STRING)]),
        (' -> \'NamedTuple("O", [("a", float)])\'', [("a", DOUBLE)]),
        (" -> Two", [("one", STRING), ("two", LIST)]),
    ],
)
def test_reads_return_annotations(returns: str, expected: list[object]) -> None:
    component = read(
        "from typing import List, NamedTuple\nfrom kfp.dsl import *\n"
        "class Two(NamedTuple):\n    one: str\n    two: List[int]\n"
        f"@component\ndef f(){returns}:\n    pass\n"
    )
    assert [(port.name, port.type) for port in component.outputs] == expected


def test_output_arguments_are_outputs() -> None:
    component = read(
        "from kfp.dsl import *\n@component\n"
        "def f(a: int, m: Output[Metrics], p: OutputPath(str), q: OutputPath('Model'), e: EmbeddedInput[Dataset])"
        " -> int:\n    pass\n"
    )
    assert [port.name for port in component.inputs] == ["a"]
    assert [(port.name, port.type) for port in component.outputs] == [
        ("m", METRICS),
        ("p", STRING),
        ("q", MODEL),
        ("Output", INTEGER),
    ]


def test_defaults_and_names_come_from_constants_of_the_module() -> None:
    component = read(
        "from kfp import dsl\nLIMIT = 7\nTITLE: str = 'My pipeline'\n"
        "@dsl.pipeline(name=TITLE, description='What it does')\n"
        "def f(a: int = LIMIT, b: dict = {'k': [1, None]}, c: str = str(LIMIT), *, d: float = -1.5):\n    pass\n"
    )
    assert component.name == "My pipeline"
    assert component.description == "What it does"
    assert [port.default for port in component.inputs] == [
        Constant(7),
        Constant({"k": [1, None]}),
        None,
        Constant(-1.5),
    ]
    assert all(port.is_optional for port in component.inputs)


def test_descriptions_come_from_the_docstring() -> None:
    component = read(
        "from kfp.dsl import *\n@component\ndef f(a: int, d: Output[Dataset]) -> int:\n"
        '    """Do it.\n\n    At length.\n\n    Args:\n        a: The a.\n        d: The d.\n    """\n'
    )
    assert component.description == "Do it.\nAt length."
    assert component.inputs[0].description == "The a."
    assert component.outputs[0].description == "The d."


def test_source_is_the_functions_text_and_the_digest_follows_what_it_uses() -> None:
    text = (
        "from kfp import dsl\nIMAGE = 'x'\nOTHER = 1\n"
        "@dsl.component(base_image=IMAGE)\ndef f(a: int):\n    pass\n\n\nrest = 1\n"
    )
    component = read(text)
    assert component.source == "@dsl.component(base_image=IMAGE)\ndef f(a: int):\n    pass\n"
    assert read(text.replace("OTHER = 1", "OTHER = 2")).digest == component.digest
    assert read(text.replace("'x'", "'y'")).digest != component.digest
    assert read(text.replace("pass", "return")).digest != component.digest


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("def f(a):\n    pass", "line 3: the argument 'a' of 'f' has no type"),
        ("def f(*a: int):\n    pass", "line 3: KFP takes no *args"),
        ("def f(a: int, a2: Output[Dataset]) -> NamedTuple('O', a2=int):\n    pass", "'f' declares 'a2' twice"),
    ],
)
def test_a_bad_signature_is_told_and_the_others_are_listed(function: str, words: str) -> None:
    text = f"from kfp.dsl import *; from typing import *\n@component\n{function}\n@component\ndef good(): pass\n"
    found, (error,) = read_python(text, "c.py")
    assert [component.name for component in found] == ["good"]
    assert words in error.message


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n",
        "x = " + "(" * 5000 + ")" * 5000,
        "x = " + "-" * 100_000 + "1",
        "from kfp import dsl\nx = '" + "\\" * 3,
        "# coding: nonsense\nimport kfp",
    ],
)
def test_hostile_text_is_refused_in_words_or_harmless(text: str) -> None:
    try:
        read_python(text, "c.py")
    except EditorError as error:
        assert "'c.py'" in error.message  # noqa: PT017 either outcome will do


def test_a_syntax_error_says_the_line() -> None:
    with pytest.raises(EditorError, match="line 2: not Python"):
        read_python("x = 1\ndef f(:\n", "c.py")
