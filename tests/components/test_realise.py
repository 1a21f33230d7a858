"""Using an entry: what the document embeds is what the SDK makes, and a person's mistakes come back as sentences."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from editor.components import LibraryEntry, list_components, realise
from editor.errors import EditorError
from editor.model import (
    ROOT,
    Component,
    Constant,
    ContainerImplementation,
    EntityId,
    FromTask,
    ImporterImplementation,
    Input,
    Output,
    ParameterType,
    Pipeline,
    PipelineOutput,
    Task,
    component_digest,
)
from editor.model.port_types import STRING
from editor.worker import Worker
from tests.corpus import CORPUS, corpus_files, needs_corpus

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as started:
        yield started


def entries_of(*paths: Path) -> dict[str, LibraryEntry]:
    entries, errors = list_components(paths)
    assert errors == []
    return {entry.name: entry for entry in entries}


def component_of(entry: LibraryEntry, worker: Worker) -> Component:
    fragment = realise(entry, worker)
    (component,) = fragment.entities
    assert isinstance(component, Component)
    assert fragment.component == component.id == "c" + component_digest(component)[:16]
    assert component.origin is not None
    return component


def written(tmp_path: Path, text: str, name: str = "mine.py") -> LibraryEntry:
    (tmp_path / name).write_text(text, encoding="utf-8")
    (entry,) = entries_of(tmp_path / name).values()
    return entry


def assert_as_listed(component: Component, entry: LibraryEntry) -> None:
    """The SDK drops the descriptions of ports of v1 components; all else must be the same."""
    assert component.name == entry.name
    assert [bare(port) for port in component.inputs] == [bare(port) for port in entry.inputs]
    assert [bare(port) for port in component.outputs] == [bare(port) for port in entry.outputs]
    for made, listed in zip(component.inputs + component.outputs, entry.inputs + entry.outputs, strict=True):
        assert made.description in ("", listed.description)


def bare(port: Input | Output) -> Input | Output:
    return msgspec.structs.replace(port, description="")


@needs_corpus
def test_every_component_of_the_corpus_is_what_its_listing_said(worker: Worker) -> None:
    paths = [*corpus_files("components", ".yaml"), *corpus_files("ir", ".yaml")]
    found = [entry for entry in entries_of(*paths).values() if entry.kind != "pipeline"]
    assert len(found) >= 17
    for entry in found:
        assert_as_listed(component_of(entry, worker), entry)


def test_every_component_of_the_samples_is_what_its_listing_said(worker: Worker) -> None:
    found = [entry for entry in entries_of(SAMPLES).values() if entry.kind != "pipeline"]
    assert len(found) >= 19
    for entry in found:
        component = component_of(entry, worker)
        assert_as_listed(component, entry)
        if entry.kind == "importer":
            assert isinstance(component.implementation, ImporterImplementation)
            continue
        assert isinstance(component.implementation, ContainerImplementation)
        assert component.implementation.language == entry.kind


@needs_corpus
def test_v1_placeholders_become_the_irs(worker: Worker) -> None:
    entries = entries_of(CORPUS / "components")
    echo = component_of(entries["Echo Sample"], worker)
    assert isinstance(echo.implementation, ContainerImplementation)
    assert echo.implementation.container == {
        "image": "alpine:latest",
        "command": ["echo"],
        "args": [
            "start",
            "{{$.inputs.parameters['input_text']}}",
            "{{$.outputs.artifacts['output_path'].path}}",
            "end",
        ],
    }
    optional = component_of(entries["Component with optional inputs"], worker)
    assert isinstance(optional.implementation, ContainerImplementation)
    last = json.loads(optional.implementation.container["args"][-1])
    assert last["IfPresent"]["InputName"] == "optional_input_2"
    assert last["IfPresent"]["Else"] == ["--arg3", "default value"]


@needs_corpus
def test_an_ir_component_keeps_env_and_needs_no_worker() -> None:
    entry = entries_of(CORPUS / "ir" / "concat_message.yaml")["concat-message"]
    never_started = Worker()
    component = component_of(entry, never_started)
    assert isinstance(component.implementation, ContainerImplementation)
    assert component.implementation.source.startswith("def concat_message(message1: str")
    never_started.close()


def test_a_python_component_keeps_its_functions_text(worker: Worker) -> None:
    component = component_of(entries_of(SAMPLES)["split-data"], worker)
    assert isinstance(component.implementation, ContainerImplementation)
    assert component.implementation.language == "python"
    assert component.implementation.source.startswith("def split_data(\n    flowers: Input[Dataset],")
    assert "scikit-learn==" in component.implementation.container["command"][2]
    assert component.implementation.container["args"] == [
        "--executor_input",
        "{{$}}",
        "--function_to_execute",
        "split_data",
    ]


def test_the_file_is_read_as_it_is_now(tmp_path: Path, worker: Worker) -> None:
    text = (
        "from kfp import dsl\nfrom beside import IMAGE\n"
        "@dsl.component(base_image=IMAGE)\ndef f() -> str:\n    return 'one'\n"
    )
    beside = tmp_path / "beside.py"
    beside.write_text("IMAGE = 'first'\n", encoding="utf-8")
    entry = written(tmp_path, text)
    first = component_of(entry, worker)
    beside.write_text("IMAGE = 'second'\n", encoding="utf-8")
    (tmp_path / "mine.py").write_text(text.replace("'one'", "'two'").replace("f()", "f(new: int)"), encoding="utf-8")
    second = component_of(entry, worker)
    assert isinstance(first.implementation, ContainerImplementation)
    assert isinstance(second.implementation, ContainerImplementation)
    assert first.implementation.container["image"] == "first"
    assert second.implementation.container["image"] == "second"
    assert "return 'two'" in second.implementation.source
    assert [port.name for port in second.inputs] == ["new"]
    assert second.origin != first.origin, "the digest is that of the text embedded"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["beside.py", "mine.py"], "no bytecode is left behind"


def test_a_choice_of_literals_is_kept(tmp_path: Path, worker: Worker) -> None:
    entry = written(
        tmp_path,
        "from typing import Literal\nfrom kfp import dsl\n@dsl.component(base_image='x')\n"
        "def f(a: Literal['low', 'high'] = 'low'):\n    pass\n",
    )
    component = component_of(entry, worker)
    assert component.inputs[0].type == ParameterType(kind="STRING", literals=("low", "high"))
    assert component.inputs[0].default == Constant("low")


def test_the_sdk_still_refuses_literals(worker: Worker, tmp_path: Path) -> None:
    """When this fails, the SDK has learnt it: `evaluate._literals_as_their_values` can go."""
    with pytest.raises(EditorError, match="schema_title"):
        worker.call("tests.components.sdk_facts:compile_literal")


def test_a_containerised_component_keeps_the_text_of_the_file(tmp_path: Path, worker: Worker) -> None:
    entry = written(
        tmp_path,
        "from kfp import dsl\n@dsl.component(base_image='x', target_image='mine:1')\ndef f(a: int):\n    print(a)\n",
    )
    component = component_of(entry, worker)
    assert isinstance(component.implementation, ContainerImplementation)
    assert component.implementation.language == "python"
    assert component.implementation.container["image"] == "mine:1"
    assert "print(a)" in component.implementation.source


def test_a_notebook_component_is_made_from_its_folder(tmp_path: Path, worker: Worker) -> None:
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "n.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    entry = written(
        tmp_path,
        "from kfp import dsl\n@dsl.notebook_component(notebook_path='n.ipynb', base_image='x')\n"
        "def f(a: int):\n    dsl.run_notebook(a=a)\n",
    )
    component = component_of(entry, worker)
    assert isinstance(component.implementation, ContainerImplementation)
    assert component.implementation.language == "notebook"
    assert component.implementation.source == "def f(a: int):\n    dsl.run_notebook(a=a)\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 / 0\n", ["'mine.py', line 2,", "ZeroDivisionError"]),
        ("import sys\nsys.exit(4)\n", ["line 3", "SystemExit"]),
        ("import no_such_module\n", ["line 2", "no_such_module"]),
        ("del f\n", ["no longer has a component 'f'"]),
    ],
)
def test_a_file_that_fails_says_where(tmp_path: Path, worker: Worker, text: str, words: list[str]) -> None:
    component = "\n@dsl.component(base_image='x')\ndef f():\n    pass\n"
    before, after = (component, text) if text.startswith("del") else (text, component)
    entry = written(tmp_path, f"from kfp import dsl\n{before}{after}")
    with pytest.raises(EditorError) as caught:
        realise(entry, worker)
    for word in words:
        assert word in caught.value.message


def test_a_missing_package_is_told_with_the_way_out(tmp_path: Path, worker: Worker) -> None:
    entry = written(
        tmp_path, "import no_such_module\nfrom kfp import dsl\n@dsl.component(base_image='x')\ndef f():\n    pass\n"
    )
    with pytest.raises(EditorError) as caught:
        realise(entry, worker)
    assert "'no_such_module' is not installed where Pipeloom runs. Import it inside" in caught.value.hint


def test_what_the_sdk_refuses_is_told(tmp_path: Path, worker: Worker) -> None:
    entry = written(tmp_path, "from kfp import dsl\n@dsl.component(base_image='x')\ndef f(Output: int):\n    pass\n")
    with pytest.raises(EditorError, match="invalid parameter name"):
        realise(entry, worker)


def test_gone_and_changed_files_are_told(tmp_path: Path, worker: Worker) -> None:
    python = written(tmp_path, "from kfp import dsl\n@dsl.component(base_image='x')\ndef f():\n    pass\n")
    yaml = written(tmp_path, "name: C\nimplementation: {container: {image: a}}\n", "c.yaml")
    Path(python.path).unlink()
    with pytest.raises(EditorError, match="is not there"):
        realise(python, worker)
    Path(yaml.path).write_text("services: {}\n", encoding="utf-8")
    with pytest.raises(EditorError, match="holds no component"):
        realise(yaml, worker)


@pytest.mark.parametrize("name", ["../../x", "x" * 10_000, "\u202eabc", "🙂", ""])
def test_hostile_names_reach_no_path_and_no_sdk(tmp_path: Path, worker: Worker, name: str) -> None:
    entry = written(tmp_path, f'name: "{name}"\nimplementation: {{container: {{image: alpine}}}}\n', "c.yaml")
    component = component_of(entry, worker)
    assert component.name == entry.name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.yaml"]


def test_nesting_too_deep_for_the_sdk_is_told(tmp_path: Path, worker: Worker) -> None:
    deep = "[" * 990 + "]" * 990
    entry = written(tmp_path, f"name: C\nmetadata: {deep}\nimplementation: {{container: {{image: a}}}}\n", "c.yaml")
    with pytest.raises(EditorError, match=r"nested too deeply|cannot load"):
        realise(entry, worker)


def test_a_pipeline_becomes_a_sub_pipeline_with_ids_of_its_own(worker: Worker) -> None:
    seen: list[str] = []

    def import_pipeline(spec: dict, platform: dict, origin: str) -> dict:
        seen.append(spec["pipelineInfo"]["name"])
        assert platform == {}
        source = FromTask(EntityId("t1"), "out")
        root = Pipeline(id=ROOT, name="iris", outputs=(PipelineOutput(name="o", type=STRING, source=source),))
        return {ROOT: root, EntityId("t1"): Task(id=EntityId("t1"), parent=ROOT, name="a", component=EntityId("c"))}

    entry = entries_of(SAMPLES)["iris"]
    fragment = realise(entry, worker, import_pipeline)
    assert seen == ["iris"]
    pipeline, task = fragment.entities
    assert isinstance(pipeline, Pipeline)
    assert isinstance(task, Task)
    assert fragment.component == pipeline.id != ROOT
    assert task.parent == pipeline.id
    assert task.id != "t1"
    assert pipeline.outputs[0].source == FromTask(task.id, "out")
    assert fragment == realise(entry, worker, import_pipeline)
    with pytest.raises(EditorError, match="is a pipeline"):
        realise(entry, worker)


def test_a_custom_artifact_type_is_imported_as_the_sdk_would(tmp_path: Path, worker: Worker) -> None:
    entry = written(
        tmp_path,
        "from kfp import dsl\nfrom kfp.dsl import Artifact, Input\nfrom types_beside import Mine\n"
        "class Own(Artifact):\n    schema_title = 'google.Own'\n    schema_version = '0.0.2'\n"
        "@dsl.component(base_image='x')\ndef f(a: Input[Own]):\n    pass\n",
    )
    (tmp_path / "types_beside.py").write_text("Mine = 1\n", encoding="utf-8")
    component = component_of(entry, worker)
    assert component.inputs == entry.inputs
    assert str(component.inputs[0].type) == "google.Own"


def test_a_file_named_like_a_module_of_ours_does_no_harm(tmp_path: Path, worker: Worker) -> None:
    text = "from kfp import dsl\n@dsl.component(base_image='x')\ndef f(a: int = 1):\n    pass\n"
    for name in ("json.py", "yaml.py", "kfp.py"):
        entry = written(tmp_path, text, name)
        assert component_of(entry, worker).inputs == entry.inputs
