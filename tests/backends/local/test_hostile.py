"""Packages that are broken or mean harm: each is refused in words, and nothing outside the output folder is touched."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from editor.backends.local.environments import Environments, EnvironmentSpec, Pythons
from editor.backends.local.install_line import Install
from editor.backends.local.launch import read_package_spec
from editor.backends.local.processes import Processes
from editor.errors import EditorError
from tests.backends.local.conftest import Run

PROGRAM = "python3 -c 'print(1)' # kfp.dsl.executor_main --component_module_path"
STEP = {"executorLabel": "e"}
EXECUTORS = {"e": {"container": {"image": "python:3.11", "command": ["sh", "-ec", PROGRAM]}}}


def task(component: str = "c", **more: object) -> dict[str, object]:
    return {"componentRef": {"name": component}, **more}


def test_no_name_leads_out_of_the_output_folder(run: Run, write_package: Callable[..., Path], tmp_path: Path) -> None:
    component = {
        **STEP,
        "outputDefinitions": {"artifacts": {"../../../escape": {"artifactType": {"schemaTitle": "system.Dataset"}}}},
    }
    names = ["../../escape", "/tmp/escape", "..", ".", "a\nb", "\u202egnp.exe", "x" * 5000, "log.txt"]
    path = write_package({name: task("comp-../../x") for name in names}, {"comp-../../x": component}, EXECUTORS)
    before = set(tmp_path.iterdir())
    result = run(path, output=tmp_path / "deep" / "out")
    assert result.snapshot.state == "SUCCEEDED", result.snapshot.message
    assert set(tmp_path.iterdir()) - before == {tmp_path / "deep"}
    assert list((tmp_path / "deep").iterdir()) == [tmp_path / "deep" / "out"]
    assert len(result.states) == len(names)


@pytest.mark.parametrize(
    ("tasks", "components", "words"),
    [
        ({}, {}, "has no tasks"),
        ({"a": task("no")}, {}, "no component 'no'"),
        ({"a": task()}, {"c": {}}, "Task 'a' has nothing to run"),
        ({"a": task()}, {"c": {"executorLabel": "z"}}, "no executor 'z'"),
        ({"a": task(dependentTasks=["a"])}, {"c": STEP}, "in a circle: 'a'"),
        ({"a": task(dependentTasks=["b"]), "b": task(dependentTasks=["a"])}, {"c": STEP}, "in a circle: 'a', 'b'"),
        ({"a": task(dependentTasks=["b"])}, {"c": STEP}, "waits for 'b', which is not there"),
        ({"a": task()}, {"c": {"dag": {"tasks": {"b": task()}}}}, "contains itself"),
        (
            {"a": task(triggerPolicy={"condition": "inputs.parameter_values['s'] == 'it's'"})},
            {"c": STEP},
            "Task 'a': The condition",
        ),
    ],
)
def test_broken_packages_are_refused_before_the_run(
    write_package: Callable[..., Path], tasks: dict[str, object], components: dict[str, object], words: str
) -> None:
    with pytest.raises(EditorError) as caught:
        read_package_spec(write_package(tasks, components, EXECUTORS)).check()
    assert words in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "root: 5",
        "root: {dag: {tasks: [a]}}",
        "root: {dag: {tasks: {a: {componentRef: {name: [x]}}}}}",
        "{root: {dag: {tasks: {}}}, components: {a: 5}}",
        "a: &a [x]\nroot: {dag: {tasks: {x: *a}}}",
        "!!python/object/apply:os.system ['true']",
        "{" * 5000,
        '{"root": ',
        "\x00",
    ],
)
def test_files_that_are_no_package_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "package.yaml"
    path.write_text(text)
    with pytest.raises(EditorError, match=r"package\.yaml|broken"):
        read_package_spec(path).check()


def test_a_package_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path / "none.yaml")
    assert result.code == 1
    assert "cannot be read" in result.snapshot.message


def test_a_job_s_wrapper_is_taken_off(tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    path.write_text(json.dumps({"pipelineSpec": {"pipelineInfo": {"name": "x"}, "root": {"dag": {}}}}))
    assert read_package_spec(path).name == "x"


def test_a_folder_with_other_things_is_left_alone(run: Run, tmp_path: Path) -> None:
    output = tmp_path / "mine"
    (output / "add").mkdir(parents=True)
    (output / "add" / "precious.txt").write_text("keep")
    result = run("chain", output=output)
    assert result.code == 1
    assert "already has a 'add'" in result.snapshot.message
    assert os.listdir(output) == ["add"]


@pytest.mark.slow
def test_an_environment_that_cannot_be_made_fails_its_tasks_in_words(tmp_path: Path) -> None:
    processes = Processes("test")
    environments = Environments(tmp_path / "envs", os.environ, processes.cancelled)
    spec = EnvironmentSpec(Pythons(os.environ).default(), (Install(("pipeloom-no-such-package==9.9",)),))
    try:
        with pytest.raises(EditorError, match="pipeloom-no-such-package") as caught:
            environments.ready(spec, processes.output_of)
    finally:
        processes.close()
    assert caught.value.details
    assert not environments.is_ready(spec)


def test_an_environment_is_made_once_for_all_who_wait(tmp_path: Path) -> None:
    processes = Processes("test")
    spec = EnvironmentSpec(Pythons(os.environ).default(), ())
    starts: list[list[str]] = []

    def counted(command: list[str], variables: dict[str, str]) -> tuple[int, str]:
        starts.append(command)
        return processes.output_of(command, variables)

    def make() -> None:
        # Each with an object of its own, as two runs have.
        Environments(tmp_path / "envs", os.environ, threading.Event()).ready(spec, counted)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    processes.close()
    assert len(starts) == 1
    assert "--python" in starts[0]


def test_a_half_made_environment_is_made_again(tmp_path: Path) -> None:
    processes = Processes("test")
    environments = Environments(tmp_path / "envs", os.environ, processes.cancelled)
    spec = EnvironmentSpec(Pythons(os.environ).default(), ())
    (environments.path_of(spec) / "bin").mkdir(parents=True)
    (environments.path_of(spec) / "rubbish").touch()
    environments.ready(spec, processes.output_of)
    processes.close()
    assert environments.is_ready(spec)
    assert not (environments.path_of(spec) / "rubbish").exists()


def test_a_shim_for_a_python_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    shim = tmp_path / "python3.10"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    assert Pythons({"PATH": str(tmp_path)}).for_minor("3.10") is None
