"""What a hostile or damaged package does to the import: a sentence, never a traceback or a hang."""

import contextlib
import copy
import random
import time
from pathlib import Path
from typing import Any

import pytest

from editor.compiler import CompileError, RawPackage, compile_document, import_package, make_plan, read_package
from editor.errors import EditorError
from editor.model import ROOT, Constant, Document, EntityId, Loop
from editor.worker import Worker
from tests.builders import pipeline, task
from tests.corpus import CORPUS, corpus_files, needs_corpus

SMALL: dict[str, Any] = {
    "components": {
        "comp-a": {"executorLabel": "exec-a", "inputDefinitions": {"parameters": {"x": {"parameterType": "STRING"}}}},
        "comp-inner": {"dag": {"tasks": {"a": {"componentRef": {"name": "comp-a"}, "taskInfo": {"name": "a"}}}}},
    },
    "deploymentSpec": {"executors": {"exec-a": {"container": {"image": "alpine", "command": ["echo"]}}}},
    "pipelineInfo": {"name": "small"},
    "root": {
        "dag": {
            "tasks": {
                "a": {"componentRef": {"name": "comp-a"}, "taskInfo": {"name": "a"}},
                "b": {"componentRef": {"name": "comp-inner"}, "taskInfo": {"name": "b"}, "cachingOptions": {}},
            }
        }
    },
    "schemaVersion": "2.1.0",
    "sdkVersion": "kfp-2.17.0",
}


_NONSENSE: list[Any] = [None, True, -1, 1e308, "", "x", [], [None], {}, {"x": {}}, {"": []}, "root", "a/../b"]


def changed(path: str, value: Any) -> RawPackage:
    spec = copy.deepcopy(SMALL)
    holder = spec
    *outer, last = path.split("/")
    for key in outer:
        holder = holder.setdefault(key, {})
    holder[last] = value
    return RawPackage(spec=spec)


def refused(raw: RawPackage) -> str:
    with pytest.raises(EditorError) as caught:
        import_package(raw)
    return caught.value.message


def test_small_package_is_fine() -> None:
    assert len(import_package(RawPackage(spec=SMALL))) == 6


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("root/dag/tasks/a/componentRef/name", "comp-gone", "'comp-gone', which is not in it"),
        ("root/dag/tasks/a/componentRef", [1], "should be a mapping"),
        ("root/dag/tasks/a/inputs", {"parameters": {"x": {"componentInputParameter": "gone"}}}, "does not have"),
        (
            "root/dag/tasks/a/inputs",
            {"parameters": {"x": {"taskOutputParameter": {"producerTask": "a", "outputParameterKey": "y"}}}},
            "its own output",
        ),
        (
            "root/dag/tasks/a/inputs",
            {"parameters": {"x": {"taskOutputParameter": {"producerTask": "z", "outputParameterKey": "y"}}}},
            "no task 'z'",
        ),
        ("root/dag/tasks/a/dependentTasks", ["a"], "waits for itself"),
        ("root/dag/tasks/a/dependentTasks", ["gone"], "no task 'gone'"),
        ("root/dag/tasks/a/dependentTasks", "b", "should be a list"),
        ("root/dag/tasks", {}, "has no tasks"),
        ("root/dag/tasks", [], "should be a mapping"),
        ("root", "text", "root should be a mapping"),
        ("components/comp-a/executorLabel", "exec-gone", "neither a program nor tasks"),
        ("components/comp-a/inputDefinitions/parameters/x/parameterType", "COLOUR", "COLOUR"),
        ("components/comp-inner/dag/tasks/a/componentRef/name", "comp-inner", "contains itself"),
        ("deploymentSpec/executors/exec-a/container/command", [{"a": 1}], "should be text"),
        ("pipelineInfo/name", 5, "pipelineInfo.name should be text"),
        ("root/outputDefinitions/parameters/o", {"parameterType": "STRING"}, "nothing gives the output 'o'"),
    ],
)
def test_nonsense_is_told_in_a_sentence(path: str, value: Any, words: str) -> None:
    assert words in refused(changed(path, value))


def test_tasks_that_wait_for_each_other_are_imported_and_not_compiled(sdk: Worker) -> None:
    raw = changed("root/dag/tasks/a/dependentTasks", ["b"])
    raw.spec["root"]["dag"]["tasks"]["b"]["dependentTasks"] = ["a"]
    document = Document(import_package(raw))
    with pytest.raises(CompileError) as caught:
        compile_document(document, sdk)
    assert "wait for each other" in caught.value.message
    assert len(caught.value.subjects) == 2


def test_groups_that_contain_each_other_are_refused() -> None:
    spec = copy.deepcopy(SMALL)
    for here, there in (("one", "two"), ("two", "one")):
        spec["components"][f"comp-{here}"] = {"dag": {"tasks": {there: {"componentRef": {"name": f"comp-{there}"}}}}}
    spec["root"]["dag"]["tasks"]["one"] = {"componentRef": {"name": "comp-one"}, "triggerPolicy": {"condition": "true"}}
    assert "contains itself" in refused(RawPackage(spec=spec))


def test_deep_nesting_is_refused() -> None:
    spec = copy.deepcopy(SMALL)
    for number in range(5000):
        task = {"componentRef": {"name": f"comp-n{number + 1}"}}
        spec["components"][f"comp-n{number}"] = {"dag": {"tasks": {"n": task}}}
    spec["components"]["comp-n5000"] = spec["components"]["comp-a"]
    spec["root"]["dag"]["tasks"]["n"] = {"componentRef": {"name": "comp-n0"}}
    assert "deep" in refused(RawPackage(spec=spec)) or "contains itself" in refused(RawPackage(spec=spec))


def test_groups_that_nest_too_deep_are_not_compiled() -> None:
    loops = [
        Loop(id=EntityId(f"l{n}"), parent=EntityId(f"l{n - 1}") if n else ROOT, name=f"l{n}", items=Constant([1]))
        for n in range(900)
    ]
    with pytest.raises(EditorError, match="nest more than 100 deep"):
        make_plan(pipeline(*loops, task("t", parent="l899")))


def test_sub_pipelines_that_double_are_refused() -> None:
    """Two uses of a component that uses two of the next one…: 2^60 tasks, if each use were read."""
    spec = copy.deepcopy(SMALL)
    for number in range(60):
        reference = {"componentRef": {"name": f"comp-n{number + 1}"}, "cachingOptions": {}}
        spec["components"][f"comp-n{number}"] = {"dag": {"tasks": {"x": dict(reference), "y": dict(reference)}}}
    spec["components"]["comp-n60"] = spec["components"]["comp-a"]
    spec["root"]["dag"]["tasks"]["n"] = {"componentRef": {"name": "comp-n0"}, "cachingOptions": {}}
    began = time.monotonic()
    assert "over 100,000 tasks" in refused(RawPackage(spec=spec))
    assert time.monotonic() - began < 10


@pytest.mark.slow
def test_groups_that_double_are_refused() -> None:
    spec = copy.deepcopy(SMALL)
    for number in range(60):
        reference = {"componentRef": {"name": f"comp-n{number + 1}"}, "triggerPolicy": {"condition": "true"}}
        spec["components"][f"comp-n{number}"] = {"dag": {"tasks": {"x": dict(reference), "y": dict(reference)}}}
    spec["components"]["comp-n60"] = {"dag": {"tasks": {"a": {"componentRef": {"name": "comp-a"}}}}}
    spec["root"]["dag"]["tasks"]["n"] = {"componentRef": {"name": "comp-n0"}, "triggerPolicy": {"condition": "true"}}
    began = time.monotonic()
    assert "over" in refused(RawPackage(spec=spec))
    assert time.monotonic() - began < 10


@needs_corpus
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("path", corpus_files("ir", ".yaml", ".json") or [CORPUS], ids=lambda path: path.name)
def test_damaged_packages_are_read_or_refused(path: Path) -> None:
    """Every kind of value in every kind of place, on the real packages."""
    raw = read_package(path)
    chance = random.Random(path.name)
    for _ in range(60 if path.stat().st_size < 100_000 else 8):
        spec, platform = copy.deepcopy((raw.spec, raw.platform))
        for _ in range(chance.randint(1, 3)):
            _damage(chance.choice([spec, spec, spec, platform or spec]), chance)
        with contextlib.suppress(EditorError):
            import_package(RawPackage(spec=spec, platform=platform, runtime_config=raw.runtime_config))


def _damage(root: Any, chance: random.Random) -> None:
    holder, place = root, None
    for _ in range(chance.randint(1, 12)):
        if isinstance(holder, dict) and holder:
            place = chance.choice(sorted(holder))
        elif isinstance(holder, list) and holder:
            place = chance.randrange(len(holder))
        else:
            break
        inner = holder[place]
        if not isinstance(inner, dict | list) or not inner or chance.random() < 0.15:
            break
        holder = inner
    if place is None or (isinstance(holder, dict) and place not in holder):
        return
    if isinstance(holder, list) and not (isinstance(place, int) and place < len(holder)):
        return
    if chance.random() < 0.25:
        del holder[place]
    else:
        holder[place] = chance.choice(
            [None, True, -1, 1e308, "", "x", [], [None], {}, {"x": {}}, {"": []}, "root", "a/../b"]
        )
