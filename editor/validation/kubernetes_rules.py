"""Rules about a task's Kubernetes settings, by the table of what kfp.kubernetes takes."""

from collections.abc import Iterator

from editor import edits
from editor.model import Argument, Constant, DocumentView, Edit, KubernetesSetting, Task
from editor.model.kubernetes import KUBERNETES_FUNCTIONS, KubernetesFunction, why_not_setting
from editor.validation.issues import Fix, Issue, error


def kubernetes_sound(_view: DocumentView, task: Task) -> Iterator[Issue]:
    once: set[str] = set()
    for number, setting in enumerate(task.settings.kubernetes):
        key = f"kubernetes[{number}]"
        function = KUBERNETES_FUNCTIONS.get(setting.function)
        fixes = (_without(task, number),)
        if function is None:
            message = f"'{task.name}' has the Kubernetes setting '{setting.function}', which kfp.kubernetes has not."
            yield error("kubernetes-function", task.id, message, "Take it away.", input=key, fixes=fixes)
            continue
        if not function.is_repeatable and setting.function in once:
            message = f"'{task.name}' has '{function.title}' twice; only the last would hold."
            yield error("kubernetes-twice", task.id, message, "Take one away.", input=key, fixes=fixes)
        once.add(setting.function)
        for problem, name in _problems(function, setting):
            message = f"'{function.title}' of '{task.name}': {problem}"
            yield error("kubernetes-value", task.id, message, "Correct it.", input=f"{key}.{name}", fixes=fixes)


def _problems(function: KubernetesFunction, setting: KubernetesSetting) -> Iterator[tuple[str, str]]:
    for parameter in function.parameters:
        argument: Argument | None = setting.arguments.get(parameter.name)
        if argument is None:
            if parameter.is_required:
                yield f"'{parameter.name}' needs a value.", parameter.name
        elif isinstance(argument, Constant):
            problem = why_not_setting(parameter, argument.value)
            if problem:
                yield problem, parameter.name
        elif not parameter.takes_wires:
            yield f"'{parameter.name}' takes a constant only.", parameter.name
    for name in setting.arguments:
        if function.parameter(name) is None:
            yield f"there is no '{name}'.", name


def _without(task: Task, number: int) -> Fix:
    setting = task.settings.kubernetes[number]

    def take_away(view: DocumentView) -> Edit:
        kept = tuple(one for one in view.task(task.id).settings.kubernetes if one != setting)
        return edits.change_settings(view, [task.id], kubernetes=kept)

    return Fix(f"Take away {setting.function.replace('_', ' ')}", take_away)
