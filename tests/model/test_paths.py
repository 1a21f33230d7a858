"""Paths by which people name tasks: through groups and sub-pipelines, shared ones, and those that never end."""

import time

import pytest

from editor.errors import EditorError
from editor.model import ROOT, Constant, EntityId, Loop, Pipeline, Task
from editor.model.view import MAX_PATHS
from tests.builders import pipeline, task


def sub(name: str) -> Pipeline:
    return Pipeline(id=EntityId(name), name=name)


def call(name: str, of: str, parent: str = ROOT) -> Task:
    return Task(id=EntityId(name), parent=EntityId(parent), name=name, component=EntityId(of))


def test_a_task_in_a_shared_sub_pipeline_has_a_path_for_each_use() -> None:
    loop = Loop(id=EntityId("l"), parent=EntityId("p"), name="loop", items=Constant([1]))
    document = pipeline(sub("p"), call("one", "p"), call("two", "p"), loop, task("inner", parent="l"))
    assert document.paths(EntityId("inner")) == ["one/loop/inner", "two/loop/inner"]
    assert document.path(EntityId("inner")) == "one/loop/inner"
    assert document.resolve("two/loop/inner") == "inner"
    assert document.resolve("inner") == "inner"
    with pytest.raises(EditorError, match="no task 'three/loop/inner'"):
        document.resolve("three/loop/inner")


def test_what_nobody_calls_is_named_within_its_pipeline() -> None:
    document = pipeline(sub("p"), task("inner", parent="p"))
    assert document.paths(EntityId("inner")) == ["inner"]
    assert document.path(EntityId("gone")) == "gone"


def test_a_pipeline_that_lies_in_itself_has_the_paths_that_end() -> None:
    document = pipeline(sub("p"), call("one", "p"), call("again", "p", "p"))
    assert document.paths(EntityId("again")) == ["one/again"]
    circle = pipeline(sub("p"), sub("q"), call("a", "q", "p"), call("b", "p", "q"))
    assert circle.paths(EntityId("a")) == ["a"]


def test_sub_pipelines_nested_in_one_another_are_named_in_good_time() -> None:
    twice = [call(f"{side}{n}", f"p{n}", f"p{n - 1}" if n else ROOT) for n in range(200) for side in "ab"]
    document = pipeline(*(sub(f"p{n}") for n in range(200)), *twice)
    start = time.perf_counter()
    assert len(document.paths(EntityId("a199"))) == MAX_PATHS
    assert document.path(EntityId("b199")).endswith("a198/b199")
    assert time.perf_counter() - start < 2
    deep = pipeline(
        *(sub(f"p{n}") for n in range(1500)), *(call(f"t{n}", f"p{n}", f"p{n - 1}" if n else ROOT) for n in range(1500))
    )
    assert deep.path(EntityId("t1499")).count("/") == 1499
