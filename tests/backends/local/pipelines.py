"""Pipelines that the tests run, in the SDK's own words; compiled by `python pipelines.py FOLDER`, never imported."""
# ruff: noqa: B006, RUF013, SIM115, T201 - this is how components are written

import sys
from pathlib import Path
from typing import NamedTuple

from kfp import compiler, dsl
from kfp.dsl import Artifact, Collected, Dataset, Input, Metrics, Model, Output, OutputPath, PipelineTaskFinalStatus

IMAGE = "python:3.11"


@dsl.component(base_image=IMAGE)
def add(a: int, b: int = 1) -> int:
    return a + b


@dsl.component(base_image=IMAGE)
def say(text: str) -> str:
    print("saying", text)
    return text


@dsl.component(base_image=IMAGE)
def join(parts: list) -> str:
    return ",".join(str(part) for part in parts)


@dsl.component(base_image=IMAGE)
def numbers(n: int) -> list:
    return list(range(n))


@dsl.component(base_image=IMAGE)
def rows() -> NamedTuple("Rows", [("people", list), ("count", int)]):
    from collections import namedtuple

    people = [{"name": "Ann", "age": 3}, {"name": "Bob's", "age": 4}]
    return namedtuple("Rows", ["people", "count"])(people, 2)


@dsl.component(base_image=IMAGE)
def write(text: str, data: Output[Dataset]):
    with open(data.path, "w") as file:
        file.write(text)
    data.metadata["length"] = len(text)


@dsl.component(base_image=IMAGE)
def read(data: Input[Dataset]) -> str:
    with open(data.path) as file:
        return f"{file.read()}:{data.metadata.get('length')}"


@dsl.component(base_image=IMAGE)
def read_all(data: Input[list[Dataset]]) -> str:
    return ",".join(open(each.path).read() for each in data)


@dsl.component(base_image=IMAGE)
def wait_a_second() -> str:
    import time

    started = time.time()
    time.sleep(1)
    return f"{started} {time.time()}"


@dsl.component(base_image=IMAGE)
def fail(text: str = "broken") -> str:
    raise ValueError(text)


@dsl.component(base_image=IMAGE)
def report_status(status: PipelineTaskFinalStatus) -> str:
    return f"{status.state}|{status.pipeline_task_name}|{status.error_message}"


@dsl.component(base_image=IMAGE)
def everything(
    text: str,
    count: int,
    ratio: float,
    flag: bool,
    items: list,
    table: dict,
    data: Output[Dataset],
    scores: Output[Metrics],
    file: OutputPath(str),
    note: str = None,
) -> NamedTuple("All", [("kinds", str), ("total", float), ("same", dict)]):
    from collections import namedtuple

    with open(file, "w") as out:
        out.write("from a file")
    scores.log_metric("accuracy", 0.5)
    with open(data.path, "w") as out:
        out.write(text)
    values = (text, count, ratio, flag, items, table, note)
    kinds = ",".join(type(value).__name__ for value in values)
    return namedtuple("All", ["kinds", "total", "same"])(kinds, ratio * count, table)


@dsl.component(base_image=IMAGE)
def train(data: Input[Dataset]) -> Model:
    from kfp import dsl

    model = dsl.Model(uri=dsl.get_uri("model.txt"), metadata={"framework": "none"})
    with open(model.path, "w") as file:
        file.write("trained on " + open(data.path).read())
    return model


@dsl.component(base_image=IMAGE)
def size_of(model: Input[Artifact]) -> int:
    import os

    return os.path.getsize(model.path)


@dsl.component(base_image=IMAGE)
def flaky(marker: str) -> int:
    import os

    with open(marker, "a") as file:
        file.write("x")
    tries = os.path.getsize(marker)
    if tries < 3:
        raise RuntimeError(f"try {tries}")
    return tries


@dsl.component(base_image=IMAGE)
def show_environment() -> dict:
    import os

    return dict(os.environ)


@dsl.component(base_image=IMAGE)
def leave_in_workspace(folder: str) -> str:
    import pathlib

    path = pathlib.Path(folder, "left.txt")
    path.write_text("left")
    return str(path)


@dsl.component(base_image=IMAGE)
def sleep_long(marker: str) -> str:
    import subprocess
    import time

    child = subprocess.Popen(["sleep", "300"], start_new_session=True)
    with open(marker, "w") as file:
        file.write(str(child.pid))
    time.sleep(300)
    return "late"


@dsl.component(base_image=IMAGE)
def ask_pip() -> str:
    import subprocess
    import sys

    return subprocess.check_output([sys.executable, "-m", "pip", "--version"], text=True)


@dsl.component(base_image=IMAGE, packages_to_install=["toolz==1.0.0"], install_kfp_package=False)
def use_package() -> str:
    import toolz

    return toolz.__version__


@dsl.component(base_image=IMAGE)
def optional_text(text: str = None) -> str:
    return "nothing" if text is None else text


@dsl.pipeline(name="chain")
def chain(start: int = 3) -> int:
    first = add(a=start)
    second = add(a=first.output, b=10)
    return second.output


@dsl.pipeline(name="types")
def types(text: str = 'it\'s "ü" {{$.x}}', count: int = 2, ratio: float = 1.5, flag: bool = True) -> str:
    task = everything(text=text, count=count, ratio=ratio, flag=flag, items=[1, "b", 2.5], table={"a": {"b": 1}})
    return task.outputs["kinds"]


@dsl.pipeline(name="side-by-side")
def side_by_side():
    for _ in range(4):
        wait_a_second().set_caching_options(False)


@dsl.pipeline(name="inner")
def inner(data: Input[Dataset], prefix: str = "got") -> NamedTuple("Inner", [("text", str), ("model", Model)]):
    text = say(text=f"{prefix} {read(data=data).output}")
    from collections import namedtuple

    return namedtuple("Inner", ["text", "model"])(text.output, train(data=data).output)


@dsl.pipeline(name="nested")
def nested(text: str = "hello") -> int:
    made = write(text=text)
    done = inner(data=made.outputs["data"])
    say(text=done.outputs["text"])
    return size_of(model=done.outputs["model"]).output


@dsl.pipeline(name="branches")
def branches(n: int = 5, who: str = "ann") -> str:
    value = add(a=n, b=0)
    with dsl.If(value.output < 5, name="small"):
        small = say(text="small")
    with dsl.Elif(value.output == 5, name="five"):
        five = say(text="five")
    with dsl.Else(name="large"):
        large = say(text="large")
    with dsl.If(who != "bob"):
        say(text="not bob")
    return dsl.OneOf(small.output, five.output, large.output)


@dsl.pipeline(name="artifact-branches")
def artifact_branches(flag: bool = True) -> str:
    with dsl.If(flag == True):  # noqa: E712 a channel's comparison
        left = write(text="left")
    with dsl.Else():
        right = write(text="right!")
    return read(data=dsl.OneOf(left.outputs["data"], right.outputs["data"])).output


@dsl.pipeline(name="loops")
def loops(words: list = ["x", "y"], n: int = 3) -> str:
    with dsl.ParallelFor(words) as word:
        said = say(text=word)
    with dsl.ParallelFor([{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]) as item:
        say(text=f"{item.a}-{item.b}")
        say(text=item.a)
    with dsl.ParallelFor(numbers(n=n).output, parallelism=1) as number, dsl.If(number != 1):
        added = add(a=number, b=100)
    with dsl.ParallelFor(rows().outputs["people"]) as person:
        add(a=person.age, b=1)
    join(parts=Collected(added.output))
    return join(parts=Collected(said.output)).output


@dsl.pipeline(name="read-each")
def read_each(datasets: Input[list[Dataset]]):
    with dsl.ParallelFor(datasets) as data:
        read(data=data)


@dsl.pipeline(name="artifact-loops")
def artifact_loops() -> str:
    with dsl.ParallelFor(["a", "b", "c"]) as word:
        made = write(text=word)
    read_each(datasets=Collected(made.outputs["data"]))
    return read_all(data=Collected(made.outputs["data"])).output


@dsl.pipeline(name="nested-loops")
def nested_loops() -> str:
    with dsl.ParallelFor([1, 2]) as outer, dsl.ParallelFor([10, 20]) as inside:
        added = add(a=outer, b=inside)
    return join(parts=Collected(added.output)).output


@dsl.pipeline(name="exit")
def exit_handler(text: str = "no"):
    with dsl.ExitHandler(report_status()):
        fail(text=text)
        say(text="beside")


@dsl.pipeline(name="ignoring")
def ignoring():
    broken = fail()
    say(text="still").after(broken)
    optional_text(text=broken.output).ignore_upstream_failure()
    say(text="other")


@dsl.pipeline(name="retried")
def retried(marker: str) -> int:
    task = flaky(marker=marker).set_retry(3, backoff_duration="0s", backoff_factor=1.0)
    task.set_caching_options(False)
    return task.output


@dsl.pipeline(name="flaky-inside")
def flaky_inside(marker: str) -> int:
    task = flaky(marker=marker)
    task.set_caching_options(False)
    return task.output


@dsl.pipeline(name="retried-whole")
def retried_whole(marker: str) -> int:
    return flaky_inside(marker=marker).set_retry(5, backoff_duration="0s").output


@dsl.pipeline(name="keyed")
def keyed(text: str):
    say(text=text).set_caching_options(True, cache_key="one")


@dsl.pipeline(name="packaged")
def packaged():
    ask_pip()
    use_package()


@dsl.pipeline(name="imported")
def imported(uri: str, remote: str = "gs://bucket/thing"):
    local = dsl.importer(artifact_uri=uri, artifact_class=Dataset, metadata={"from": "here", "length": 5})
    read(data=local.output)
    dsl.importer(artifact_uri=remote, artifact_class=Model, metadata={"where": remote})


@dsl.pipeline(name="environment")
def environment():
    show_environment().set_env_variable("GREETING", "hi").set_caching_options(False)


@dsl.pipeline(
    name="placeholders",
    pipeline_config=dsl.PipelineConfig(workspace=dsl.WorkspaceConfig(size="1Gi")),
)
def placeholders():
    say(
        text=f"{dsl.PIPELINE_JOB_NAME_PLACEHOLDER} {dsl.PIPELINE_JOB_ID_PLACEHOLDER} "
        f"{dsl.PIPELINE_TASK_NAME_PLACEHOLDER} {dsl.PIPELINE_ROOT_PLACEHOLDER}"
    )
    leave_in_workspace(folder=dsl.WORKSPACE_PATH_PLACEHOLDER)


@dsl.pipeline(name="long")
def long(marker: str):
    sleep_long(marker=marker).set_caching_options(False)
    say(text="after").after(sleep_long(marker=marker).set_caching_options(False))


@dsl.pipeline(name="artifact-input")
def artifact_input(data: Input[Dataset]) -> str:
    return read(data=data).output


@dsl.container_component
def shout(text: str, data: Input[Dataset], out: Output[Artifact], length: OutputPath(int), loud: bool = None):
    return dsl.ContainerSpec(
        image="alpine:3.20",
        command=["sh", "-c", 'cat "$1" > "$2"; printf %s "$3" >> "$2"; echo 7 > "$4"; echo shouted', "sh"],
        args=[
            data.path,
            out.path,
            dsl.ConcatPlaceholder(["<", text, ">"]),
            length,
            dsl.IfPresentPlaceholder(input_name="loud", then=["--loud", loud], else_=["--quiet"]),
        ],
    )


@dsl.pipeline(name="containers")
def containers(text: str = "a, b") -> int:
    made = write(text="data ")
    task = shout(text=text, data=made.outputs["data"]).set_cpu_limit("500m").set_memory_limit("512Mi")
    task.set_env_variable("MODE", "x y")
    return task.outputs["length"]


PIPELINES = [
    chain,
    types,
    side_by_side,
    nested,
    branches,
    artifact_branches,
    loops,
    artifact_loops,
    nested_loops,
    exit_handler,
    ignoring,
    retried,
    retried_whole,
    keyed,
    packaged,
    imported,
    environment,
    placeholders,
    long,
    artifact_input,
    containers,
]


def main() -> None:
    folder = Path(sys.argv[1])
    for each in PIPELINES:
        name = each.name.replace("-", "_")
        compiler.Compiler().compile(each, str(folder / f"{name}.yaml"))


if __name__ == "__main__":
    main()
