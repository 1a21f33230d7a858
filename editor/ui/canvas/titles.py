"""What the title bar of a group says: `if train.accuracy > 0.9`, `for item in [1, 2, 3]`. No Qt."""

from __future__ import annotations

from typing import NamedTuple

from editor.model import (
    Argument,
    Collected,
    Comparison,
    Condition,
    ConditionBranch,
    Constant,
    DocumentView,
    EntityId,
    ExitHandler,
    FromLoop,
    FromPipelineInput,
    FromTask,
    Group,
    Loop,
    OneOf,
    OpaqueTest,
    Task,
    Template,
    Test,
)
from editor.ui.canvas.cards import cut, value_text


class Title(NamedTuple):
    """`keyword` stands out, `text` follows it, `name` is what the package calls the group."""

    keyword: str
    text: str
    name: str


def title_of(view: DocumentView, group: Group) -> Title:
    name = group.display_name or group.name
    match group:
        case Condition():
            return Title("Condition", "", name)
        case ConditionBranch(test=None):
            return Title("Else", "", name)
        case ConditionBranch(test=test):
            return Title("If" if is_first(view, group) else "Elif", test_text(view, test), name)
        case Loop():
            limit = f"  \u00b7  {group.parallelism} at a time" if group.parallelism else ""
            return Title("For", f"item in {operand_text(view, group.items)}{limit}", name)
        case ExitHandler():
            task = view.get(group.exit_task)
            return Title("Exit handler", f"then {task.name}" if isinstance(task, Task) else "", name)


def is_first(view: DocumentView, branch: ConditionBranch) -> bool:
    """Whether a branch is the If of its chain, or stands alone."""
    if not isinstance(view.get(branch.parent), Condition):
        return True
    siblings = [view.get(child) for child in view.children(branch.parent)]
    return all(branch.order <= other.order for other in siblings if isinstance(other, ConditionBranch))


def test_text(view: DocumentView, test: Test | None) -> str:
    match test:
        case Comparison(left=left, operator=operator, right=right):
            return f"{operand_text(view, left)} {operator} {operand_text(view, right)}"
        case OpaqueTest(expression=expression, operands=named):
            text = expression
            for key, operand in named.items():
                text = text.replace(f"{{{key}}}", operand_text(view, operand))
            return cut(text)
        case None:
            return ""


def operand_text(view: DocumentView, argument: Argument) -> str:
    """An argument as a person would write it in the DSL."""
    match argument:
        case Constant(value=value):
            return f'"{cut(value)}"' if isinstance(value, str) else value_text(value)
        case FromTask(task=task, output=output):
            return f"{_name(view, task)}.{output}"
        case FromPipelineInput(name=name):
            return name
        case FromLoop(field=field):
            return f"item.{field}" if field else "item"
        case Template(parts=parts):
            return cut("".join(part if isinstance(part, str) else f"{{{operand_text(view, part)}}}" for part in parts))
        case Collected(source=source):
            return f"all {operand_text(view, source)}"
        case OneOf(sources=sources):
            return "one of " + ", ".join(operand_text(view, source) for source in sources[:3])


def _name(view: DocumentView, task: EntityId) -> str:
    entity = view.get(task)
    return entity.name if isinstance(entity, Task) else "?"
