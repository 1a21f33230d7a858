"""Pipelines written in the DSL as people write them, for comparing what we compile with what the SDK does.

Imports kfp: only the worker process loads this module.
"""

import inspect
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Optional

import yaml
from kfp import compiler, dsl, kubernetes
from kfp.dsl import (
    Artifact,
    ClassificationMetrics,
    Collected,
    Dataset,
    Input,
    Metrics,
    Model,
    OneOf,
    Output,
    PipelineTaskFinalStatus,
)


@dsl.component(base_image="python:3.11")
def say(text: str) -> str:
    return text


@dsl.component(base_image="python:3.11")
def count(text: str = "x", factor: float = 1.5, flag: bool = True, limits: dict = {"a": 1}, more: list = [1, 2]) -> int:  # noqa: B006
    return len(text)


@dsl.component(packages_to_install=["numpy"], base_image="python:3.11")
def make(rows: int, data: Output[Dataset], metrics: Output[Metrics]):
    pass


@dsl.component(base_image="python:3.11")
def train(data: Input[Dataset], rate: float, model: Output[Model], note: Optional[str] = None):  # noqa: UP045
    pass


@dsl.component(base_image="python:3.11")
def judge(model: Input[Model], scores: Output[ClassificationMetrics]) -> NamedTuple("Scores", good=float, bad=int):
    pass


@dsl.component(base_image="python:3.11")
def join(texts: list) -> str:
    return ""


@dsl.component(base_image="python:3.11")
def numbers() -> list:
    return [1]


@dsl.component(base_image="python:3.11")
def dicts() -> list[dict[str, str]]:
    return []


@dsl.component(base_image="python:3.11")
def use(settings: dict, names: list) -> str:
    return ""


@dsl.component(base_image="python:3.11")
def merge(models: Input[list[Model]]) -> str:
    return ""


@dsl.component(base_image="python:3.11")
def add(number: int) -> int:
    return number


@dsl.component(base_image="python:3.11")
def finish(status: PipelineTaskFinalStatus, text: str = "done"):
    pass


@dsl.component(base_image="python:3.11")
def anything(thing: Input[Artifact]):
    pass


@dsl.container_component
def shell(text: str, out: dsl.OutputPath(str), extra: Optional[str] = None):  # noqa: UP045
    return dsl.ContainerSpec(
        image="alpine",
        command=["sh", "-c", dsl.ConcatPlaceholder(["echo ", text])],
        args=[dsl.IfPresentPlaceholder("extra", then=["--extra", extra], else_=["--none"]), out],
    )


@dsl.pipeline
def plain(text: str = "hello", rows: int = 3, rate: float = 0.5, flag: bool = True) -> Model:
    said = say(text=text)
    say(text=said.output).after(count(text="abc", flag=flag))
    made = make(rows=rows)
    trained = train(data=made.outputs["data"], rate=rate)
    judge(model=trained.outputs["model"])
    anything(thing=made.outputs["metrics"])
    return trained.outputs["model"]


@dsl.pipeline(
    name="described", description="What it does.", display_name="Described pipeline", pipeline_root="gs://root"
)
def described(rows: int, names: list[str], settings: dict[str, int], data: Input[Dataset]):
    """Not this."""
    use(settings=settings, names=names)
    train(data=data, rate=1.0)
    use(settings={"a": 1.0, "b": [1, 2, {"c": True}]}, names=["x", "y"])


@dsl.pipeline
def templates(name: str, number: int):
    first = say(text=f"Hello {name}!")
    say(text=f"{first.output} and {name} are {number}")
    say(text=f"{name}")
    use(settings={"who": f"<{name}>", "deep": [f"{first.output}", 3]}, names=[f"{name}", "b"])
    with dsl.If(number > 3):
        say(text=f"{first.output}, {name}")
        say(text=dsl.PIPELINE_JOB_NAME_PLACEHOLDER)


@dsl.pipeline
def conditions(text: str, number: int, ratio: float, flag: bool) -> str:
    said = say(text=text)
    with dsl.If(said.output == "yes", name="is it yes"):
        say(text="a")
        with dsl.If(number != 3):
            say(text=text)
    with dsl.If(ratio <= 1.5):
        counted = count(text=said.output)
        with dsl.If(counted.output >= number):
            say(text="deeper")
    with dsl.If(number < 2.5):
        say(text="mixed")
    with dsl.If(flag == True):  # noqa: E712 a channel is compared
        one = say(text="1")
    with dsl.Elif(number > 10):
        two = say(text="2")
    with dsl.Elif(text == "x"):
        three = say(text="3")
    with dsl.Else():
        with dsl.If(flag == False):  # noqa: E712
            left = say(text="left")
        with dsl.Else():
            right = say(text="right")
        four = say(text=OneOf(left.output, right.output))
    chosen = OneOf(one.output, two.output, three.output, four.output)
    say(text=chosen)
    return chosen


@dsl.pipeline
def oneof_artifacts(flag: bool) -> Model:
    data = make(rows=1).outputs["data"]
    with dsl.If(flag == True):  # noqa: E712
        one = train(data=data, rate=0.1)
    with dsl.Else():
        two = train(data=data, rate=0.2)
    chosen = OneOf(one.outputs["model"], two.outputs["model"])
    judge(model=chosen)
    return chosen


@dsl.pipeline
def loops(items: list[int], records: list[dict[str, str]], names: list) -> list[str]:
    with dsl.ParallelFor([1, 2, 3], parallelism=2, name="three") as item:
        added = add(number=item)
        with dsl.If(added.output > 2):
            say(text="big")
    with dsl.ParallelFor(items) as item:
        add(number=item)
        with dsl.If(item == 4):
            add(number=item)
    with dsl.ParallelFor(names) as name:
        said = say(text=name)
        with dsl.ParallelFor(["a", "b"]) as letter:
            say(text=letter)
            deepest = say(text=letter)
    with dsl.ParallelFor([{"who": "a", "what": "b"}, {"who": "c", "what": "d"}]) as pair:
        say(text=pair.who)
        with dsl.If(pair.what == "b"):
            say(text="is b")
    with dsl.ParallelFor(records) as record:
        say(text=record.who)
    with dsl.ParallelFor(dicts().output) as record:
        say(text=record.who)
        with dsl.If(record.what == "x"):
            say(text=record.what)
    with dsl.ParallelFor(numbers().output) as number:
        say(text=number)
    join(texts=Collected(said.output))
    join(texts=Collected(deepest.output))
    return Collected(said.output)


@dsl.pipeline
def loop_texts(names: list):
    with dsl.ParallelFor(["a", "b"]) as letter:
        say(text=f"so {letter}")
    with dsl.ParallelFor(names) as name:
        say(text=f"{name}!")
    with dsl.ParallelFor(numbers().output) as number:
        say(text=f"{number} of {names}")


@dsl.pipeline
def collected_artifacts(rows: list[int]) -> list[Model]:
    with dsl.ParallelFor(rows) as row:
        made = make(rows=row)
        with dsl.ParallelFor([0.1, 0.2]) as rate:
            trained = train(data=made.outputs["data"], rate=rate)
        merge(models=Collected(trained.outputs["model"]))
        last = train(data=made.outputs["data"], rate=1.0)
    merge(models=Collected(last.outputs["model"]))
    return Collected(last.outputs["model"])


@dsl.pipeline
def artifact_loop(models: Input[list[Model]]):
    with dsl.ParallelFor(models) as model:
        judge(model=model)


@dsl.pipeline
def handled(text: str):
    last = finish(text="bye")
    with dsl.ExitHandler(last, name="all of it"):
        said = say(text=text)
        with dsl.If(said.output == "x"):
            say(text=said.output)
    second = finish()
    with dsl.ExitHandler(second) as group:
        add(number=1)
    say(text="after all").after(group)


@dsl.pipeline
def ignoring(text: str = "x"):
    said = say(text=text)
    count(text=said.output, factor=1.0, flag=True, limits={}, more=[]).ignore_upstream_failure()
    other = say(text="y")
    finish(text="z").after(other).ignore_upstream_failure()


@dsl.pipeline
def inner(text: str, times: int = 2, data: Optional[Input[Dataset]] = None) -> str:  # noqa: UP045
    said = say(text=text)
    add(number=times)
    with dsl.If(times > 1):
        say(text=said.output)
    return said.output


@dsl.pipeline
def middle(text: str) -> NamedTuple("Outputs", a=str, b=str):
    first = inner(text=text)
    second = inner(text=first.output, times=3)
    outputs = NamedTuple("Outputs", a=str, b=str)  # noqa: UP014
    return outputs(first.output, second.output)


@dsl.pipeline
def nested(text: str, flag: bool):
    own = say(text=text)
    done = middle(text=own.output)
    say(text=done.outputs["a"])
    last = inner(text="exit")
    with dsl.ExitHandler(last), dsl.If(flag == True):  # noqa: E712
        inner(text=done.outputs["b"], data=make(rows=1).outputs["data"])
    with dsl.ParallelFor([1, 2]) as item:
        looped = inner(text="x", times=item)
    join(texts=Collected(looped.output))


@dsl.pipeline
def imported(uri: str, name: str):
    dsl.importer(artifact_uri="gs://a/b", artifact_class=Dataset, reimport=True)
    first = dsl.importer(
        artifact_uri=uri, artifact_class=Dataset, metadata={"name": name, "n": 1, "deep": {name: [name]}}
    )
    said = say(text="gs://c")
    second = dsl.importer(artifact_uri=said.output, artifact_class=Model, metadata={"text": f"of {name} {said.output}"})
    train(data=first.output, rate=0.5)
    with dsl.If(name == "x"):
        dsl.importer(artifact_uri=uri, artifact_class=Model)
        judge(model=second.output)


@dsl.pipeline
def settings(cpu: str, memory: str, gpu: str, count_of: str, image: str):
    said = say(text="x")
    said.set_cpu_limit("500m").set_cpu_request("0.5").set_memory_limit("4Gi").set_memory_request("512M")
    said.set_accelerator_type("NVIDIA_TESLA_K80").set_accelerator_limit(2)
    said.set_retry(num_retries=3, backoff_duration="60s", backoff_factor=3, backoff_max_duration="600s")
    said.set_display_name("Say it").set_env_variable("A", "b").set_caching_options(False)
    other = say(text="y")
    other.set_cpu_limit(cpu).set_memory_limit(memory).set_memory_request(memory).set_cpu_request(cpu)
    other.set_accelerator_type(gpu).set_accelerator_limit(count_of)
    other.set_caching_options(True, cache_key="mine").set_retry(1)
    say(text="z").set_container_image(image)
    say(text="w").set_container_image("python:3.12")
    say(text="out").set_memory_limit(said.output)
    with dsl.ParallelFor(["1", "2"]) as item:
        say(text="loop").set_cpu_limit(item)


@dsl.pipeline(
    pipeline_config=dsl.PipelineConfig(
        workspace=dsl.WorkspaceConfig(
            size="5Gi", kubernetes=dsl.KubernetesWorkspaceConfig(pvcSpecPatch={"storageClassName": "fast", "n": 2})
        ),
        ttl_seconds_after_finished=10,
        ttl_seconds_after_failure=20,
        active_deadline_seconds=3600,
    )
)
def configured(uri: str):
    say(text=dsl.WORKSPACE_PATH_PLACEHOLDER)
    dsl.importer(artifact_uri=uri, artifact_class=Dataset, download_to_workspace=True)


@dsl.pipeline
def kubernetes_settings(secret: str, tolerations: list, selector: dict, affinity: dict):
    claim = kubernetes.CreatePVC(
        access_modes=["ReadWriteOnce"], size="5Gi", pvc_name_suffix="-x", storage_class_name="s"
    )
    task = say(text="x")
    kubernetes.use_secret_as_env(task, secret, {"password": "PASSWORD"})
    kubernetes.use_secret_as_env(task, "fixed", {"a": "A", "b": "B"}, optional=True)
    kubernetes.use_secret_as_volume(task, "fixed", "/mnt/secret", optional=False)
    kubernetes.use_config_map_as_env(task, "cm", {"k": "K"})
    kubernetes.use_config_map_as_volume(task, secret, "/mnt/cm")
    kubernetes.mount_pvc(task, claim.outputs["name"], "/data", sub_path="x")
    kubernetes.mount_pvc(task, "existing", "/old")
    kubernetes.add_ephemeral_volume(
        task, "scratch", "/scratch", ["ReadWriteOnce"], "1Gi", labels={"a": "b"}, annotations={"c": "d"}
    )
    kubernetes.add_ephemeral_volume(task, "scratch2", "/scratch2", ["ReadWriteOnce"], "1Gi", storage_class_name="fast")
    kubernetes.empty_dir_mount(task, "empty", "/empty", medium="Memory", size_limit="1Gi")
    kubernetes.use_field_path_as_env(task, "POD", "metadata.name")
    kubernetes.add_node_selector(task, "disk", "ssd")
    kubernetes.add_node_selector_json(task, selector)
    kubernetes.add_node_affinity(task, [{"key": "zone", "operator": "In", "values": ["a", "b"]}], weight=5)
    kubernetes.add_node_affinity(task, match_fields=[{"key": "name", "operator": "Exists"}])
    kubernetes.add_node_affinity_json(task, affinity)
    kubernetes.add_toleration(task, key="k", operator="Equal", value="v", effect="NoExecute", toleration_seconds=10)
    kubernetes.add_toleration_json(task, tolerations)
    kubernetes.add_pod_label(task, "team", "red")
    kubernetes.add_pod_annotation(task, "note", "x y")
    kubernetes.set_image_pull_secrets(task, ["one", secret])
    kubernetes.set_image_pull_policy(task, "Always")
    kubernetes.set_security_context(task, run_as_user=1000, run_as_group=0, run_as_non_root=True)
    kubernetes.set_timeout(task, 20)
    with dsl.ParallelFor(["a", "b"]) as item:
        looped = say(text=item)
        kubernetes.mount_pvc(looped, claim.outputs["name"], "/data")
        kubernetes.use_secret_as_env(looped, secret, {"password": "PASSWORD"})
        kubernetes.use_secret_as_volume(looped, item, "/item")
    kubernetes.DeletePVC(pvc_name=claim.outputs["name"]).after(task)


@dsl.pipeline
def containers(text: str):
    first = shell(text=text)
    shell(text=first.outputs["out"], extra="more")


PIPELINES: dict[str, Any] = {
    function.name: function
    for function in (
        plain,
        described,
        templates,
        conditions,
        oneof_artifacts,
        loops,
        loop_texts,
        collected_artifacts,
        artifact_loop,
        handled,
        ignoring,
        nested,
        imported,
        settings,
        configured,
        kubernetes_settings,
        containers,
        say,
        shell,
    )
}


def names() -> list[str]:
    return sorted(PIPELINES)


def compiled(name: str) -> list[dict[str, Any]]:
    """The documents that kfp.compiler.Compiler writes for a pipeline of this module."""
    return written(PIPELINES[name])


def written(pipeline: Callable[..., Any]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.yaml"
        compiler.Compiler().compile(pipeline, str(path))
        return [document for document in yaml.safe_load_all(path.read_text()) if document]


def text(name: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.yaml"
        compiler.Compiler().compile(PIPELINES[name], str(path))
        return path.read_text()


def kubernetes_signatures() -> dict[str, list[tuple[str, bool]]]:
    """Function -> (parameter, whether it must be given), for all of kfp.kubernetes that are settings of a task."""
    return {
        name: [
            (parameter.name, parameter.default is inspect.Parameter.empty)
            for parameter in list(inspect.signature(getattr(kubernetes, name)).parameters.values())[1:]
        ]
        for name in kubernetes.__all__
        if inspect.isfunction(getattr(kubernetes, name))
    }
