"""Where a statement of the plan stands in the SDK's result. Pure, no kfp."""

from typing import NamedTuple

from editor.compiler.plan import PipelinePlan, Statement
from editor.model import Json


class Place(NamedTuple):
    """A statement where it stands in the IR: its path, its task spec, its component spec, the component around it."""

    path: str
    statement: Statement
    pipeline: PipelinePlan
    task: dict[str, Json]
    component: dict[str, Json]
    outer: dict[str, Json]
    around: "tuple[Place, ...]"
    """The groups around it in its pipeline, outermost first."""
