"""Why each change of the SDK is there: a test fails when upstream no longer needs it."""

from typing import Any

import pytest

from editor.compiler import CompileError, RawPackage, compile_document, import_package
from editor.model import (
    Collected,
    Comparison,
    Condition,
    ConditionBranch,
    Constant,
    EntityId,
    FromLoop,
    FromTask,
    Loop,
    Resources,
    Task,
    TaskSettings,
)
from editor.model.port_types import DATASET, LIST, STRING, ArtifactType
from editor.worker import Worker
from tests.builders import component, from_input, pipeline, task

ROOT = EntityId("root")
MAKE = component("make", {}, {"data": DATASET})
TAKE = component("take", {"many": ArtifactType(schema_title="system.Dataset", is_list=True)}, {})


def loop(name: str, items: Any, parent: str = "root") -> Loop:
    return Loop(id=EntityId(name), parent=EntityId(parent), name=name, items=items)


@pytest.mark.parametrize(
    "fact",
    [
        "names_are_cleaned_for_every_sibling",
        "deployment_is_written_for_every_group",
        "chain_without_else_stays_open",
        "merge_gives_one_label_to_two",
        "items_in_texts_are_lost_in_groups",
        "collected_artifacts_are_refused_in_groups",
        "ignoring_needs_every_optional_input",
        "resources_are_not_handed_to_groups",
        "unused_list_is_not_handed_to_groups",
        "literals_are_refused",
    ],
)
def test_sdk_still_needs_it(fact: str, sdk: Worker) -> None:
    assert sdk.call(f"tests.compiler.sdk_facts:{fact}") is True


def test_source_of_the_sdk_is_as_the_patch_expects(sdk: Worker) -> None:
    assert sdk.call("tests.compiler.sdk_facts:group_builder_is_changed") is True


def test_sdk_is_left_as_it_was(sdk: Worker) -> None:
    compile_document(pipeline(task("a")), sdk)
    assert sdk.call("tests.compiler.sdk_facts:is_untouched") is True


def test_what_follows_a_chain_without_else_is_outside_of_it(sdk: Worker) -> None:
    chain, first, second = EntityId("c"), EntityId("c1"), EntityId("c2")
    test = Comparison(from_input("t"), "==", Constant("x"))
    other = Comparison(from_input("t"), "==", Constant("y"))
    document = pipeline(
        Condition(id=chain, parent=ROOT, name="a-chain"),
        ConditionBranch(id=first, parent=chain, name="one", test=test),
        ConditionBranch(id=second, parent=chain, name="two", test=other, order=1),
        task("in-one", parent="c1"),
        task("in-two", parent="c2"),
        task("zz", after=("c",)),
        inputs={"t": STRING},
    )
    assert set(compile_document(document, sdk).spec["root"]["dag"]["tasks"]) == {"a-chain", "zz"}


def test_collected_artifacts_are_taken_inside_a_group(sdk: Worker) -> None:
    document = pipeline(
        MAKE,
        TAKE,
        loop("l", Constant(["a"])),
        task("m", of=MAKE, parent="l"),
        loop("k", Constant(["b"])),
        task("t", of=TAKE, parent="k", many=Collected(FromTask(EntityId("m"), "data"))),
    )
    inputs = compile_document(document, sdk).spec["components"]["comp-k"]["inputDefinitions"]["artifacts"]
    assert [port["isArtifactList"] for port in inputs.values()] == [True]


def test_groups_are_handed_what_the_sdk_forgets(sdk: Worker) -> None:
    settings = TaskSettings(resources=Resources(cpu_limit=from_input("cpu")))
    document = pipeline(
        loop("outer", Constant(["a"])),
        loop("inner", from_input("names"), "outer"),
        task("t", parent="inner", settings=settings),
        inputs={"names": LIST, "cpu": STRING},
    )
    spec = compile_document(document, sdk).spec
    for group, parent in (("outer", spec["root"]), ("inner", spec["components"]["comp-outer"])):
        given = parent["dag"]["tasks"][group]["inputs"]["parameters"]
        wanted = spec["components"][f"comp-{group}"]["inputDefinitions"]["parameters"]
        assert {"pipelinechannel--names", "pipelinechannel--cpu"} <= set(given)
        assert set(given) <= set(wanted)


def test_items_that_the_sdk_would_mix_up_are_refused(sdk: Worker) -> None:
    document = pipeline(
        loop("outer", from_input("names")),
        loop("inner", from_input("names"), "outer"),
        task("t", parent="inner", x=FromLoop(EntityId("outer"))),
        inputs={"names": LIST},
    )
    with pytest.raises(CompileError) as caught:
        compile_document(document, sdk)
    assert caught.value.subjects == ("t",)


def test_field_of_a_constant_item_is_taken_inside_a_group(sdk: Worker) -> None:
    """The SDK itself fails here (AssertionError)."""
    document = pipeline(
        loop("outer", Constant([{"a": "x", "b": "y"}])),
        loop("inner", Constant(["p"]), "outer"),
        task("t", parent="inner", x=FromLoop(EntityId("outer"), "b")),
    )
    package = compile_document(document, sdk)
    again = import_package(RawPackage(spec=package.spec))
    taken = next(entity.arguments["x"] for entity in again.values() if isinstance(entity, Task))
    assert isinstance(taken, FromLoop)
    assert taken.field == "b"
    assert again[taken.loop].name == "outer"
    assert "inputs" not in package.spec["root"]["dag"]["tasks"]["outer"]
