"""What `pipeloom set` does to a document: all assignments as one Edit, or an error and nothing."""

from collections.abc import Sequence

import msgspec

from editor.cli.listing import argument_text, inner_path
from editor.cli.values import Assignment, known_input, read_value
from editor.errors import EditorError
from editor.model import ROOT, Change, Constant, Document, Edit, EntityId, Input, Task
from editor.model.edit import same


def assign(document: Document, assignments: Sequence[Assignment], defaults: dict[str, str]) -> None:
    """Set constants of tasks, and defaults of the pipeline's inputs. Raises EditorError before changing anything."""
    changes: dict[EntityId, Change] = {}
    seen: dict[tuple[EntityId, str], Assignment] = {}
    for each in assignments:
        task = _task(document, each)
        if (task.id, each.input) in seen:
            raise EditorError(f"'{each.path}.{each.input}' is assigned twice.", hint="Leave one of them out.")
        seen[task.id, each.input] = each
        constant = Constant(read_value(each.text, _input(document, task, each).type, f"{each.path}.{each.input}"))
        before = changes[task.id].after if task.id in changes else task
        assert isinstance(before, Task)
        after = msgspec.structs.replace(before, arguments={**before.arguments, each.input: constant})
        changes[task.id] = Change(task.id, task, after)
    if defaults:
        changes[ROOT] = _defaults(document, defaults)
    kept = tuple(change for change in changes.values() if not same(change.before, change.after))
    document.apply(Edit("Set values", kept))


def _task(document: Document, assignment: Assignment) -> Task:
    node = document.get(document.resolve(assignment.path))
    if isinstance(node, Task):
        return node
    raise EditorError(
        f"'{assignment.path}' is a group, not a task: it has no inputs to set.",
        hint="'pipeloom show' lists the tasks with their paths.",
    )


def _input(document: Document, task: Task, assignment: Assignment) -> Input:
    """The input assigned to, which must not be wired."""
    interface = document.interface(task.component)
    port = interface.input(assignment.input)
    if port is None:
        has = ", ".join(f"'{each.name}'" for each in interface.inputs)
        raise EditorError(
            f"The task '{assignment.path}' has no input '{assignment.input}'.",
            hint=f"It has {has}." if has else "It has no inputs.",
        )
    held = task.arguments.get(port.name)
    if held is not None and not isinstance(held, Constant):
        prefix = assignment.path.removesuffix(inner_path(document, task.id))
        raise EditorError(
            f"'{assignment.path}.{port.name}' is wired ({argument_text(document, held, prefix)}), "
            "and so has no constant to set.",
            hint="Set what feeds it, or remove the wire in the window.",
        )
    return port


def _defaults(document: Document, defaults: dict[str, str]) -> Change:
    root = document.root
    known = {port.name: port for port in root.inputs}
    for name, text in defaults.items():
        port = known_input(known, name)
        known[name] = msgspec.structs.replace(port, default=Constant(read_value(text, port.type, name)))
    return Change(ROOT, root, msgspec.structs.replace(root, inputs=tuple(known.values())))
