"""How slow this machine is at the moment: limits of time in tests are seconds of the machine they were set for."""

import time

import yaml

TEXT = "".join(f"t{number}: {{ref: {{name: c}}, inputs: {{x: {{parameter: y}}}}}}\n" for number in range(4000))
THERE_S = 0.06
"""What reading the events of TEXT takes there: half of what the slowest machine took on which these tests were run."""


def is_within(taken_s: float, limit_s: float, before: float = 1.0) -> bool:
    """Whether the processor took no longer than the limit, or than what it would be on a machine as slow as this.

    `before` is its slowness when the work began, which may be twice what it is seconds later where others use it too.
    """
    return taken_s <= limit_s or taken_s <= limit_s * max(before, slowness())


def slowness() -> float:
    """1 on a machine as fast as that or faster, else by how much it is slower, in the processor's time."""
    taken: list[float] = []
    for _ in range(3):
        began = time.process_time()
        for _event in yaml.parse(TEXT, Loader=yaml.CSafeLoader):
            pass
        taken.append(time.process_time() - began)
    return max(1.0, min(taken) / THERE_S)
