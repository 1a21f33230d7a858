"""Small components to try conditions, loops and exit handlers with. They need nothing but Python."""

from typing import List

from kfp import dsl
from kfp.dsl import Dataset, Input, Output, PipelineTaskFinalStatus

PYTHON = "python:3.11"


@dsl.component(base_image=PYTHON)
def flip_coin(seed: int = -1) -> str:
    """Give `heads` or `tails`, at random.

    Args:
        seed: The same seed gives the same side; a negative one is as random as it gets.
    """
    import random

    return random.Random(seed if seed >= 0 else None).choice(["heads", "tails"])


@dsl.component(base_image=PYTHON)
def count_up(count: int = 3, start: int = 1) -> List[int]:
    """Give whole numbers in a row: something to loop over."""
    return list(range(start, start + count))


@dsl.component(base_image=PYTHON)
def add(a: float, b: float) -> float:
    """Add two numbers."""
    return a + b


@dsl.component(base_image=PYTHON)
def total(numbers: List[float]) -> float:
    """Add up a list, such as one collected from a loop."""
    return float(sum(numbers))


@dsl.component(base_image=PYTHON)
def say(message: str) -> str:
    """Print a message into the task's log, and hand it on."""
    print(message)
    return message


@dsl.component(base_image=PYTHON)
def write_text(text: str, file: Output[Dataset]):
    """Write a text as an artifact."""
    with open(file.path, "w", encoding="utf-8") as out:
        out.write(text)


@dsl.component(base_image=PYTHON)
def count_words(file: Input[Dataset]) -> int:
    """Count the words of a text artifact."""
    with open(file.path, encoding="utf-8") as text:
        return len(text.read().split())


@dsl.component(base_image=PYTHON)
def fail(message: str = "This task fails on purpose."):
    """Fail: to see what an exit handler or a retry does."""
    raise RuntimeError(message)


@dsl.component(base_image=PYTHON)
def tell_outcome(status: PipelineTaskFinalStatus):
    """Say how the tasks of an exit handler ended. Use it as the exit task.

    Args:
        status: Filled in by KFP.
    """
    print(f"{status.pipeline_task_name} ended with {status.state}")
    if status.error_message:
        print(status.error_message)
