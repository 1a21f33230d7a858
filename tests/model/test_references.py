"""Which ids entities name, and seeing at a glance that two states of a task name the same."""

import pytest
from msgspec.structs import replace

from editor.model import Argument, Caching, Constant, EntityId, FromPipelineInput, Resources, TaskSettings, Template
from editor.model.references import names_the_same, references
from tests.builders import from_task, task

ONE = task("a", x=Constant(1), y=from_task("b"))
MEMORY = TaskSettings(resources=Resources(memory_limit=Constant("1Gi")))


def fed(**arguments: Argument) -> dict[str, Argument]:
    return {**ONE.arguments, **arguments}


@pytest.mark.parametrize(
    ("other", "is_seen"),
    [
        (replace(ONE, arguments=fed(x=Constant(2))), True),
        (replace(ONE, arguments=fed(x=FromPipelineInput("p"), z=Constant(3))), True),
        (replace(ONE, arguments={"y": ONE.arguments["y"]}), True),
        (replace(ONE, settings=TaskSettings(caching=Caching(enabled=False))), True),
        (replace(ONE, settings=MEMORY), True),
        (replace(ONE, is_muted=True), True),
        (replace(ONE, arguments=fed(y=Constant(2))), False),
        (replace(ONE, arguments=fed(x=Template(("a", from_task("c"))))), False),
        (replace(ONE, settings=replace(MEMORY, image=from_task("c"))), False),
        (replace(ONE, after=(EntityId("c"),)), False),
        (replace(ONE, component=EntityId("other")), False),
    ],
)
def test_other_values_and_settings_name_the_same(other, is_seen: bool):
    assert names_the_same(ONE, other) is is_seen
    assert (list(references(ONE)) == list(references(other))) is is_seen
