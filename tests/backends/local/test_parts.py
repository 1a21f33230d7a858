"""The parts that need no process: placeholders, values, install lines, folders, inputs."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.backends.local.containers import container_command, qualified
from editor.backends.local.folders import safe_name, task_folder
from editor.backends.local.inputs import run_inputs
from editor.backends.local.install_line import Install, python_command, read_install_line
from editor.backends.local.pip_settings import read_pip_settings
from editor.backends.local.placeholders import resolve_command, resolve_json, resolve_text
from editor.backends.local.processes import task_environment
from editor.backends.local.tasks import python_of_image
from editor.backends.local.values import select, typed
from editor.errors import EditorError

MESSAGE = {
    "inputs": {
        "parameterValues": {"text": 'say "hi"', "n": 3, "table": {"a": 1}, "flag": True},
        "artifacts": {"data": {"artifacts": [{"name": "d", "uri": "/in/data", "metadata": {"size": 4}}]}},
    },
    "outputs": {
        "parameters": {"length": {"outputFile": "/out/length"}},
        "artifacts": {"model": {"artifacts": [{"name": "model", "uri": "/out/model", "metadata": {}}]}},
        "outputFile": "/out/executor_output.json",
    },
}
NAMES = {"pipeline_job_name": "job", "pipeline_root": "/root", "workspace_path": "/ws"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{$.inputs.parameters['text']}}", 'say "hi"'),
        ("<{{$.inputs.parameters['n']}}{{$.inputs.parameters['table']}}>", '<3{"a": 1}>'),
        ("{{$.inputs.parameters['flag']}}", "true"),
        ("{{$.inputs.parameters['absent']}}", "null"),
        ("{{$.inputs.parameters['text'].json_escape[1]}}", 'say \\"hi\\"'),
        ("{{$.inputs.artifacts['data'].uri}} {{$.inputs.artifacts['data'].path}}", "/in/data /in/data"),
        ("{{$.inputs.artifacts['data'].metadata['size']}}", "4"),
        ("{{$.outputs.artifacts['model'].path}}", "/out/model"),
        ("{{$.outputs.parameters['length'].output_file}}", "/out/length"),
        ("{{$.outputs.output_file}}", "/out/executor_output.json"),
        ("{{$.pipeline_job_name}}/{{$.pipeline_root}}", "job//root"),
        ("{{$.workspace_path}}/a /kfp-workspace/b /kfp-workspaces", "/ws/a /ws/b /kfp-workspaces"),
        ("{{$}}", json.dumps(MESSAGE)),
        ("{{$.something_else}} {{ $.x }} {{$.inputs.artifacts['no'].uri}}",) * 2,
    ],
)
def test_placeholders(text: str, expected: str) -> None:
    assert resolve_text(text, MESSAGE, NAMES) == expected


def test_the_whole_message_escaped_is_a_json_string_s_inside() -> None:
    escaped = resolve_text('"{{$.json_escape[1]}}"', MESSAGE, NAMES)
    assert json.loads(json.loads(escaped)) == MESSAGE


def test_a_placeholder_in_a_value_is_left_alone() -> None:
    message = {**MESSAGE, "inputs": {"parameterValues": {"a": "{{$.inputs.parameters['b']}}", "b": "secret"}}}
    assert resolve_text("{{$.inputs.parameters['a']}}", message, NAMES) == "{{$.inputs.parameters['b']}}"


def test_a_text_that_is_one_placeholder_becomes_its_value() -> None:
    found = resolve_json({"a": ["{{$.inputs.parameters['n']}}", "n={{$.inputs.parameters['n']}}"]}, MESSAGE, NAMES)
    assert found == {"a": [3, "n=3"]}


@pytest.mark.parametrize(
    ("structure", "expected"),
    [
        ({"Concat": ["<", "{{$.inputs.parameters['n']}}", ">"]}, ["<3>"]),
        (
            {"IfPresent": {"InputName": "n", "Then": ["--n", "{{$.inputs.parameters['n']}}"], "Else": "no"}},
            ["--n", "3"],
        ),
        ({"IfPresent": {"InputName": "absent", "Then": "a", "Else": {"Concat": ["b", "c"]}}}, ["bc"]),
        ({"IfPresent": {"InputName": "absent", "Then": "a"}}, []),
        ({"IfPresent": {"InputName": "data", "Then": "a"}}, ["a"]),
        ({"Concat": ["a", {"IfPresent": {"InputName": "n", "Then": {"Concat": ["b", "c"]}}}]}, ["abc"]),
    ],
)
def test_placeholder_structures(structure: object, expected: list[str]) -> None:
    assert resolve_command([json.dumps(structure)], MESSAGE, NAMES) == expected


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (3.0, "NUMBER_INTEGER", 3),
        ("3\n", "NUMBER_INTEGER", 3),
        (3, "NUMBER_DOUBLE", 3.0),
        ("True", "BOOLEAN", True),
        ("[1, 2]", "LIST", [1, 2]),
        ('{"a": 1}', "STRUCT", {"a": 1}),
        (5, "STRING", "5"),
        (True, "STRING", "true"),
        (2**60 + 1, "NUMBER_INTEGER", 2**60 + 1),
    ],
)
def test_values_become_of_their_type(value: object, kind: str, expected: object) -> None:
    found = typed(value, kind)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("x", "NUMBER_INTEGER"),
        (1.5, "NUMBER_INTEGER"),
        (True, "NUMBER_INTEGER"),
        ("[", "LIST"),
        ({}, "LIST"),
        (1, "BOOLEAN"),
    ],
)
def test_values_of_another_type_are_refused(value: object, kind: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        typed(value, kind)


def test_selectors() -> None:
    assert select({"a b": [{"c": 1}]}, 'parseJson(string_value)["a b"][0]["c"]') == 1
    assert select('{"a": "x"}', 'parseJson(string_value)["a"]') == "x"
    with pytest.raises(EditorError, match="no field 'b'"):
        select({"a": 1}, 'parseJson(string_value)["b"]')
    with pytest.raises(EditorError, match="cannot be understood"):
        select({}, "__import__('os')")


ROOT = {
    "inputDefinitions": {
        "parameters": {
            "n": {"parameterType": "NUMBER_INTEGER"},
            "text": {"parameterType": "STRING", "defaultValue": "a", "isOptional": True},
            "size": {"parameterType": "STRING", "literals": ["s", "l"], "isOptional": True},
        },
        "artifacts": {"data": {"artifactType": {"schemaTitle": "system.Dataset"}, "isOptional": True}},
    }
}


def test_arguments_are_filled_up_with_defaults() -> None:
    assert run_inputs(ROOT, {"n": 2}).parameters == {"n": 2, "text": "a"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "needs a value for: n (NUMBER_INTEGER)"),
        ({"n": "2"}, "takes NUMBER_INTEGER (a whole number)"),
        ({"n": 2.5}, "takes NUMBER_INTEGER"),
        ({"n": True}, "takes NUMBER_INTEGER"),
        ({"n": 1, "text": 5}, "takes STRING (text)"),
        ({"n": 1, "size": "m"}, "takes one of 's', 'l'"),
        ({"n": 1, "other": 5}, "has no input 'other'"),
        ({"n": 1, "data": 5}, "takes an artifact"),
        ({"n": 1, "data": "/not/there"}, "is not there"),
    ],
)
def test_wrong_arguments_are_refused_in_a_sentence(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(EditorError) as caught:
        run_inputs(ROOT, arguments)
    assert words in caught.value.message


SDK_LINE = """
if ! [ -x "$(command -v pip)" ]; then
    python3 -m ensurepip || python3 -m ensurepip --user || apt-get install python3-pip
fi

PIP_DISABLE_PIP_VERSION_CHECK=1 %s && "$0" "$@"
"""
PIP = "python3 -m pip install --quiet --no-warn-script-location"
VENV_LINE = SDK_LINE % (
    f"{PIP} 'pandas'  &&  \nexport PIP_DISABLE_PIP_VERSION_CHECK=1\ntmp=$(mktemp -d)\n"
    'python3 -m venv "$tmp/venv" --system-site-packages\n. "$tmp/venv/bin/activate"\n '
    f"{PIP} 'kfp==2.17.0' '--no-deps'"
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (SDK_LINE % f"{PIP} 'kfp==2.0.0'", (Install(("kfp==2.0.0",)),)),
        (
            SDK_LINE % f"{PIP} 'kfp==2.17.0' '--no-deps' 'typing-extensions>=3.7.4,<5; python_version<\"3.9\"'",
            (Install(("kfp==2.17.0", 'typing-extensions>=3.7.4,<5; python_version<"3.9"'), has_dependencies=False),),
        ),
        (
            SDK_LINE
            % f"{PIP} --index-url https://a/simple --extra-index-url https://b --trusted-host https://a 'x' 'y[z]==1'",
            (
                Install(
                    ("x", "y[z]==1"),
                    index_url="https://a/simple",
                    extra_index_urls=("https://b",),
                    trusted_hosts=("https://a",),
                ),
            ),
        ),
        (
            SDK_LINE % f"{PIP} 'pandas'  &&  {PIP} 'kfp==2.17.0' '--no-deps'",
            (Install(("pandas",)), Install(("kfp==2.17.0",), has_dependencies=False)),
        ),
        (VENV_LINE, (Install(("pandas",)), Install(("kfp==2.17.0",), has_dependencies=False))),
        (SDK_LINE % f"{PIP} 'git+https://host/x.git@v1'", (Install(("git+https://host/x.git@v1",)),)),
    ],
)
def test_install_lines_are_read(line: str, expected: tuple[Install, ...]) -> None:
    assert read_install_line(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        SDK_LINE % f"{PIP} 'x' && rm -rf /",
        SDK_LINE % f"{PIP} '$(id)'",
        SDK_LINE % f"{PIP} -r requirements.txt",
        SDK_LINE % "curl https://x | sh",
        f"{PIP} 'x'",
        SDK_LINE % f"{PIP} 'unclosed",
    ],
)
def test_a_line_that_does_more_is_not_taken_for_an_install(line: str) -> None:
    assert read_install_line(line) is None


def test_only_a_lightweight_component_runs_without_its_container() -> None:
    program = "python3 -m kfp.dsl.executor_main --component_module_path x"
    found = python_command(["sh", "-c", SDK_LINE % f"{PIP} 'kfp==2.17.0'", "sh", "-ec", program, "def f(): ..."])
    assert found is not None
    assert found.command == ("sh", "-ec", program, "def f(): ...")
    assert python_command(["python3", "-m", "kfp.dsl.executor_main"]) is None
    assert python_command(["echo", "hello"]) is None
    assert python_command([]) is None


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_no_name_leads_out_of_the_output_folder(segments: list[str]) -> None:
    folder = task_folder(Path("/out"), "/".join(segments))
    assert folder.is_relative_to("/out")
    assert ".." not in folder.parts
    assert all(len(part.encode()) <= 255 for part in folder.parts)


@given(st.text(), st.text())
def test_different_names_get_different_folders(one: str, other: str) -> None:
    assert (safe_name(one) == safe_name(other)) == (one == other)


def test_iterations_have_readable_folders() -> None:
    assert task_folder(Path("/o"), "train-loop[3]/score") == Path("/o/train-loop.3/score")
    assert task_folder(Path("/o"), "train-loop.3/score") != Path("/o/train-loop.3/score")


@pytest.mark.parametrize(
    ("image", "minor"),
    [("python:3.11", "3.11"), ("docker.io/library/python:3.12-slim", "3.12"), ("mypython:3.11", ""), ("pytorch", "")],
)
def test_the_image_says_which_python(image: str, minor: str) -> None:
    assert python_of_image(image) == minor


def test_pip_s_settings_reach_uv(tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text("[global]\nindex-url = https://one/simple\nextra-index-url =\n  https://two\n  https://three\n")
    found = read_pip_settings({"PIP_TRUSTED_HOST": "one two", "PIP_NO_INDEX": "0"}, [config])
    assert found.uv_environment({}) == {
        "UV_DEFAULT_INDEX": "https://one/simple",
        "UV_INDEX": "https://two https://three",
        "UV_INSECURE_HOST": "one two",
    }
    assert "UV_DEFAULT_INDEX" not in found.uv_environment({"UV_INDEX_URL": "https://mine"})
    assert read_pip_settings({"PIP_INDEX_URL": "https://env"}, [config]).index_url == "https://env"


def test_a_task_gets_no_secrets() -> None:
    given_ = {
        "PATH": "/bin",
        "PIPELOOM_TOKEN": "x",
        "GITHUB_TOKEN": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "DB_PASSWORD": "x",
        "SSH_AUTH_SOCK": "x",
        "PYTHONPATH": "x",
        "OMP_NUM_THREADS": "2",
    }
    assert task_environment(given_) == {"PATH": "/bin", "OMP_NUM_THREADS": "2"}


def test_a_container_s_command_line() -> None:
    line = container_command(
        "podman",
        "n",
        image="img:1",
        command=["sh", "-c", "x"],
        arguments=["--a", "b"],
        environment={"K": "v w"},
        writable=[Path("/out,1")],
        readable=[Path("/in")],
        resources={"resourceCpuLimit": "500m", "resourceMemoryLimit": "512Mi"},
    )
    assert line == [
        *["podman", "run", "--rm", "--name", "n", "--security-opt", "label=disable"],
        *["--mount", 'type=bind,"source=/out,1","target=/out,1"'],
        *["--mount", "type=bind,source=/in,target=/in,readonly"],
        *["--env", "K=v w", "--cpus", "0.5", "--memory", "536870912"],
        *["--entrypoint", "sh", "img:1", "-c", "x", "--a", "b"],
    ]


@pytest.mark.parametrize(
    ("image", "whole"),
    [
        ("alpine:3.20", "docker.io/library/alpine:3.20"),
        ("me/tool", "docker.io/me/tool"),
        ("ghcr.io/me/tool:1", "ghcr.io/me/tool:1"),
        ("localhost/tool", "localhost/tool"),
        ("host:5000/tool", "host:5000/tool"),
    ],
)
def test_images_by_their_whole_names(image: str, whole: str) -> None:
    assert qualified(image) == whole
