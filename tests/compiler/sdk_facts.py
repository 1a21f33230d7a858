"""What kfp 2.17.0 does wrong or slowly, each as a function that gives True while it does. Worker only: imports kfp."""

import inspect
import tempfile
import typing
from pathlib import Path

import yaml
from kfp import compiler, dsl
from kfp.compiler import pipeline_spec_builder as builder
from kfp.dsl import Collected, Dataset, Input, Output, pipeline_channel, utils


@dsl.component(base_image="python:3.11")
def say(text: str = "x") -> str:
    return text


@dsl.component(base_image="python:3.11")
def make(data: Output[Dataset]):
    pass


@dsl.component(base_image="python:3.11")
def take(many: Input[list[Dataset]]):
    pass


def names_are_cleaned_for_every_sibling() -> bool:
    return not hasattr(utils.maybe_rename_for_k8s, "cache_info") and (
        "utils.sanitize_task_name(subgroup.name) for subgroup in subgroups"
        in inspect.getsource(builder.build_spec_by_group)
    )


def deployment_is_written_for_every_group() -> bool:
    return "pipeline_spec.deployment_spec.update" in inspect.getsource(builder.build_spec_by_group)


def group_builder_is_changed() -> bool:
    from editor.compiler import sdk_patches

    return sdk_patches._build_spec_by_group is not builder.build_spec_by_group


def is_untouched() -> bool:
    return (
        utils.maybe_rename_for_k8s.__module__ == "kfp.dsl.utils"
        and builder.json_format.__name__ == "google.protobuf.json_format"
        and builder.build_spec_by_group.__module__ == builder.__name__
        and pipeline_channel.extract_pipeline_channels_from_string.__module__ == pipeline_channel.__name__
    )


def chain_without_else_stays_open() -> bool:
    @dsl.pipeline
    def chain(text: str):
        with dsl.If(text == "a"):
            say()
        with dsl.Elif(text == "b"):
            say()
        say(text="outside")

    return set(_spec(chain)["root"]["dag"]["tasks"]) == {"condition-branches-1"}


def merge_gives_one_label_to_two() -> bool:
    @dsl.pipeline
    def inner():
        say(text="1")
        say(text="2")

    @dsl.pipeline
    def outer():
        say(text="0")
        inner()

    spec = _spec(outer)
    used = {component["executorLabel"] for component in spec["components"].values() if "executorLabel" in component}
    return len(used) < 3 or "merge_platform_specs" in inspect.getsource(builder._merge_deployment_spec)


def items_in_texts_are_lost_in_groups() -> bool:
    @dsl.pipeline
    def texts():
        with dsl.ParallelFor(["a"]), dsl.ParallelFor(["b"]) as item:
            say(text=f"so {item}")

    return "inputs" in _spec(texts)["root"]["dag"]["tasks"]["for-loop-2"]


def collected_artifacts_are_refused_in_groups() -> bool:
    def collected():
        with dsl.ParallelFor(["a"]):
            made = make()
        with dsl.ParallelFor(["b"]):
            take(many=Collected(made.outputs["data"]))

    return _fails(collected, TypeError)


def ignoring_needs_every_optional_input() -> bool:
    def ignoring():
        say().ignore_upstream_failure()

    return _fails(ignoring, KeyError)


def resources_are_not_handed_to_groups() -> bool:
    @dsl.pipeline
    def resources(cpu: str):
        with dsl.ParallelFor(["a"]):
            say().set_cpu_limit(cpu)

    return "inputs" not in _spec(resources)["root"]["dag"]["tasks"]["for-loop-2"]


def unused_list_is_not_handed_to_groups() -> bool:
    @dsl.pipeline
    def unused(names: list):
        with dsl.ParallelFor(["a"]), dsl.ParallelFor(names):
            say()

    return "inputs" not in _spec(unused)["root"]["dag"]["tasks"]["for-loop-2"]


def literals_are_refused() -> bool:
    def literals(choice: typing.Literal["a", "b"]):
        say(text=choice)

    return _fails(literals, Exception)


def _fails(function: typing.Callable[..., None], error: type[Exception]) -> bool:
    try:
        dsl.pipeline(function)
    except error:
        return True
    return False


def _spec(pipeline: typing.Any) -> typing.Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.yaml"
        compiler.Compiler().compile(pipeline, str(path))
        return yaml.safe_load(path.read_text())
