"""Compiling, against kfp.compiler.Compiler in its ordinary use, each in a process of its own: seconds and memory.

One shared component, no settings, a chain and a fan; and 300 conditions of two tasks each.
"""

import json
import resource
import statistics
import subprocess
import sys
import time
from typing import Any

from editor.model import (
    ROOT,
    Comparison,
    Component,
    ConditionBranch,
    Constant,
    ContainerImplementation,
    Document,
    Entity,
    EntityId,
    FromPipelineInput,
    FromTask,
    Input,
    Output,
    Pipeline,
    Task,
    with_digest_id,
)
from editor.model.port_types import INTEGER, STRING
from editor.worker import child_environment

STEP = with_digest_id(
    Component(
        id=EntityId(""),
        name="step",
        inputs=(Input(name="text", type=STRING),),
        outputs=(Output(name="out", type=STRING),),
        implementation=ContainerImplementation(
            container={
                "image": "alpine",
                "command": ["sh", "-c", 'mkdir -p "$(dirname "$1")"; echo "$0" > "$1"'],
                "args": ["{{$.inputs.parameters['text']}}", "{{$.outputs.parameters['out'].output_file}}"],
            }
        ),
    )
)


def chain(count: int) -> Document:
    return _document([_step(number, FromTask(_id(number - 1), "out") if number else None) for number in range(count)])


def fan(count: int) -> Document:
    return _document([_step(number, FromTask(_id(0), "out") if number else None) for number in range(count)])


def conditions(count: int) -> Document:
    entities: list[Entity] = []
    for number in range(count):
        group = EntityId(f"g{number}")
        test = Comparison(FromPipelineInput("number"), ">", Constant(number))
        entities.append(ConditionBranch(id=group, parent=ROOT, name=f"condition-{number + 1}", test=test))
        entities += [_step(2 * number, None, group), _step(2 * number + 1, FromTask(_id(2 * number), "out"), group)]
    return _document(entities)


def _id(number: int) -> EntityId:
    return EntityId(f"t{number}")


def _step(number: int, source: FromTask | None, parent: EntityId = ROOT) -> Task:
    name = "step" if number == 0 else f"step-{number + 1}"
    argument = source or Constant("hello")
    return Task(id=_id(number), parent=parent, name=name, component=STEP.id, arguments={"text": argument})


def _document(entities: list[Entity]) -> Document:
    root = Pipeline(id=ROOT, name="speed", inputs=(Input(name="number", type=INTEGER, default=Constant(3)),))
    return Document({entity.id: entity for entity in (root, STEP, *entities)})


_SDK = """
import json, resource, sys, tempfile, time
from kfp import compiler, dsl
shape, count = sys.argv[1], int(sys.argv[2])

@dsl.container_component
def step(text: str, out: dsl.OutputPath(str)):
    return dsl.ContainerSpec("alpine", ["sh", "-c", 'mkdir -p "$(dirname "$1")"; echo "$0" > "$1"'], [text, out])

def body(number):
    if shape == "conditions":
        for n in range(count):
            with dsl.If(number > n):
                first = step(text="hello")
                step(text=first.outputs["out"])
        return
    first = last = step(text="hello")
    for _ in range(count - 1):
        last = step(text=(last if shape == "chain" else first).outputs["out"])

began = time.perf_counter()
@dsl.pipeline(name="speed")
def pipeline(number: int = 3):
    body(number)
with tempfile.TemporaryDirectory() as folder:
    compiler.Compiler().compile(pipeline, folder + "/p.yaml")
took = time.perf_counter() - began
print(json.dumps({"seconds": took, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""

_OURS = """
import json, resource, sys
from tests.benchmarks.compile_speed import timed
print(json.dumps(timed(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
"""


def timed(shape: str, count: int, times: int) -> dict[str, Any]:
    """Our seconds (the middle of `times`, the SDK being loaded already), and the memory of both processes."""
    from editor.compiler import compile_document
    from editor.worker import Worker

    document = {"chain": chain, "fan": fan, "conditions": conditions}[shape](count)
    with Worker() as worker:
        compile_document(chain(3), worker)
        before = worker.call("tests.benchmarks.compile_speed:memory")
        seconds: list[float] = []
        for _ in range(times):
            began = time.perf_counter()
            compile_document(document.snapshot(), worker)
            seconds.append(time.perf_counter() - began)
        after = worker.call("tests.benchmarks.compile_speed:memory")
    return {"seconds": statistics.median(seconds), "megabytes": after, "before": before, "window": memory()}


def memory() -> float:
    """The most that this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(smoke: bool) -> None:
    """Print the table. In full about four minutes, most of it the SDK's 3,000 tasks."""
    sizes = [("chain", 30), ("fan", 30), ("conditions", 5)]
    if not smoke:
        sizes = [("chain", 1000), ("fan", 1000), ("chain", 3000), ("fan", 3000), ("conditions", 300)]
    write = sys.stdout.write
    titles = ("size", "kfp s", "ours s", "times", "kfp MB", "worker MB", "window MB")
    write(f"{'shape':<12}{''.join(f'{title:>11}' for title in titles)}\n")
    for shape, count in sizes:
        sdk = _in_child(_SDK, shape, str(count))
        ours = _in_child(_OURS, shape, str(count), "1" if smoke else "3")
        faster = sdk["seconds"] / ours["seconds"]
        write(f"{shape:<12}{count:>11}{sdk['seconds']:>11.2f}{ours['seconds']:>11.2f}{faster:>11.1f}")
        write(f"{sdk['megabytes']:>11.0f}{ours['megabytes']:>11.0f}{ours['window']:>11.0f}\n")
        sys.stdout.flush()


def _in_child(program: str, *arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True, env=child_environment()
    )
    return json.loads(done.stdout.strip().splitlines()[-1])
