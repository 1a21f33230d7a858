"""Outputs given straight out of a group: what SDKs before 2.1 wrote for metrics in conditions and exit handlers, and
what kfp 2.17 refuses. The SDK is not told of them; they are put onto its result here. Pure, no kfp.
"""

from editor.compiler.definitions import output_definitions
from editor.compiler.plan import PipelinePlan, Statement, bodies
from editor.model import Argument, ArtifactType, EntityId, FromTask, Json, PipelineOutput


def is_surfaced_by_us(source: Argument, pipeline: PipelinePlan) -> bool:
    """Whether a pipeline output takes a task inside a group with neither Collected nor OneOf."""
    return isinstance(source, FromTask) and len(groups_around(source.task, pipeline.body) or ()) > 0


def groups_around(task: EntityId, block: tuple[Statement, ...]) -> tuple[Statement, ...] | None:
    """The groups in which a task lies, outermost first; None if it is not in this block."""
    for statement in block:
        if statement.id == task:
            return ()
        for body in bodies(statement):
            inner = groups_around(task, body)
            if inner is not None:
                return (statement, *inner)
    return None


def surface(
    output: PipelineOutput,
    pipeline: PipelinePlan,
    names: dict[EntityId, str],
    pipeline_spec: dict[str, Json],
    components: dict[str, Json],
    *,
    is_old: bool,
) -> None:
    """Write `output` onto the pipeline's component spec, and onto each group between the task and the pipeline.

    The key is what those SDKs used: `task-output`, on every level but the innermost.
    """
    source = output.source
    assert isinstance(source, FromTask)
    groups = groups_around(source.task, pipeline.body) or ()
    task_name = names[source.task]
    key = f"{task_name}-{source.output}"
    component = pipeline_spec
    chain = [component]
    for group in groups:
        reference = component["dag"]["tasks"][names[group.id]]["componentRef"]["name"]
        component = components[reference]
        chain.append(component)
    producers = [*(names[group.id] for group in groups), task_name]
    for level, owner in enumerate(chain):
        is_innermost = level == len(chain) - 1
        name = output.name if level == 0 else key
        taken = source.output if is_innermost else key
        port = PipelineOutput(
            name=name, type=output.type, source=source, description=output.description if level == 0 else ""
        )
        for group_name, definitions in output_definitions((port,), is_old=is_old).items():
            owner.setdefault("outputDefinitions", {}).setdefault(group_name, {}).update(definitions)
        outputs = owner["dag"].setdefault("outputs", {})
        if isinstance(output.type, ArtifactType):
            selector = {"outputArtifactKey": taken, "producerSubtask": producers[level]}
            outputs.setdefault("artifacts", {})[name] = {"artifactSelectors": [selector]}
        else:
            value = {"outputParameterKey": taken, "producerSubtask": producers[level]}
            outputs.setdefault("parameters", {})[name] = {"valueFromParameter": value}
