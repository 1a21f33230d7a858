"""The names of components and executors in a package: `comp-` and `exec-` before the task's, numbered where taken.

As kfp 2.17 allots them, but the same each time: where a sub-pipeline brings names that are taken, the SDK goes by the
order of a protobuf map, which is another in each process, and may give two programs one executor. Pure, no kfp.
"""

from collections.abc import Container, Iterator

from editor.compiler.plan import (
    ConditionStatement,
    PipelinePlan,
    Plan,
    Statement,
    TaskStatement,
    bodies,
)
from editor.model import Json


def allot(plan: Plan, kept: dict[str, Json]) -> dict[str, tuple[str, str]]:
    """Path -> (component, executor) for every task and group; `kept` has those of an imported package that are others.

    A kept component name stands for several paths where the package had one component for several tasks.
    """
    order = list(_pipeline(plan, plan.root, ""))
    names: dict[str, tuple[str, str]] = {}
    components: set[str] = set()
    executors: set[str] = set()
    paths = {path for path, _name in order}
    for path, given in kept.items():
        if path in paths and isinstance(given, list) and len(given) == 2:
            names[path] = (str(given[0]), str(given[1]))
            components.add(str(given[0]))
            executors.add(str(given[1]))
    for path, name in order:
        if path not in names:
            component, executor = _free(f"comp-{name}", components), _free(f"exec-{name}", executors)
            names[path] = (component, executor)
            components.add(component)
            executors.add(executor)
    return names


def _free(name: str, taken: Container[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"


def _pipeline(plan: Plan, pipeline: PipelinePlan, prefix: str) -> Iterator[tuple[str, str]]:
    """(path, name) in the order in which the SDK names them: level by level, exit tasks last."""
    exits: list[tuple[str, TaskStatement]] = []
    for path, block in _blocks(pipeline.body, prefix):
        groups = [statement for statement in block if not isinstance(statement, TaskStatement)]
        tasks = [statement for statement in block if isinstance(statement, TaskStatement)]
        for statement in (*groups, *tasks):
            here = f"{path}{statement.name}"
            if isinstance(statement, TaskStatement):
                if statement.exit_of:
                    exits.append((here, statement))
                    continue
                yield from _inside(plan, statement, here)
            yield here, statement.name
    for here, statement in exits:
        yield from _inside(plan, statement, here)
        yield here, statement.name


def _inside(plan: Plan, task: TaskStatement, path: str) -> Iterator[tuple[str, str]]:
    sub = plan.pipeline(task.component)
    if sub is not None:
        yield from _pipeline(plan, sub, f"{path}/")


def _blocks(block: tuple[Statement, ...], prefix: str) -> Iterator[tuple[str, list[Statement]]]:
    """The block, and those of the groups in it, outer before inner; a chain of one branch is that branch."""
    flat: list[Statement] = []
    for statement in block:
        if isinstance(statement, ConditionStatement) and len(statement.branches) == 1:
            flat.append(statement.branches[0])
        else:
            flat.append(statement)
    yield prefix, flat
    for statement in flat:
        for body in bodies(statement):
            yield from _blocks(body, f"{prefix}{statement.name}/")
