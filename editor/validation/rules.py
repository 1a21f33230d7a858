"""The table of rules: which function looks at which entity."""

from collections.abc import Callable, Iterator
from typing import Any

from editor.model import Condition, ConditionBranch, DocumentView, Entity, ExitHandler, Loop, Pipeline, Task
from editor.validation import group_rules, kubernetes_rules, pipeline_rules, task_rules
from editor.validation.issues import Issue

Rule = Callable[[DocumentView, Any], Iterator[Issue]]

TASK_RULES: tuple[Rule, ...] = (
    task_rules.name_sound,
    task_rules.component_there,
    task_rules.not_in_itself,
    task_rules.inputs_fed,
    task_rules.arguments_sound,
    task_rules.afters_sound,
    task_rules.exit_task_alone,
    task_rules.settings_sound,
    task_rules.workspace_there,
    kubernetes_rules.kubernetes_sound,
)

RULES: dict[type, tuple[Rule, ...]] = {
    Task: TASK_RULES,
    Condition: (
        task_rules.name_sound,
        task_rules.afters_sound,
        group_rules.not_empty,
        group_rules.not_too_deep,
        group_rules.branches_sound,
    ),
    ConditionBranch: (
        task_rules.name_sound,
        task_rules.afters_sound,
        group_rules.not_empty,
        group_rules.not_too_deep,
        group_rules.test_sound,
    ),
    Loop: (
        task_rules.name_sound,
        task_rules.afters_sound,
        group_rules.not_empty,
        group_rules.not_too_deep,
        group_rules.items_sound,
        group_rules.fields_read,
        group_rules.item_not_hidden,
        group_rules.parallelism_sound,
    ),
    ExitHandler: (
        task_rules.name_sound,
        task_rules.afters_sound,
        group_rules.not_empty,
        group_rules.not_too_deep,
        group_rules.handler_sound,
    ),
    Pipeline: (
        pipeline_rules.pipeline_name,
        pipeline_rules.has_tasks,
        pipeline_rules.inputs_sound,
        pipeline_rules.outputs_sound,
        pipeline_rules.config_sound,
    ),
}

MUTED_RULES: tuple[Rule, ...] = (task_rules.name_sound,)
"""What still matters of a muted task, which neither package nor run will have."""


def issues_of(view: DocumentView, entity: Entity) -> Iterator[Issue]:
    """Everything that the rules say about one entity."""
    rules = RULES.get(type(entity), ())
    if isinstance(entity, Task) and entity.is_muted:
        rules = MUTED_RULES
    for rule in rules:
        yield from rule(view, entity)
