"""Rules about a task's Kubernetes settings, by the table of what kfp.kubernetes takes."""

from collections.abc import Iterator

from editor import edits
from editor.model import Argument, Constant, DocumentView, Edit, Json, KubernetesSetting, Task
from editor.model.kubernetes import KUBERNETES_FUNCTIONS, KubernetesFunction, why_not_setting
from editor.validation.issues import Fix, Issue, error

OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
AFFINITIES = (
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
)

TOLERATION = ("key", "operator", "value", "effect", "tolerationSeconds")


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
    values = {name: one.value for name, one in setting.arguments.items() if isinstance(one, Constant)}
    yield from _special_problems(function.name, values, has_wires=len(values) < len(setting.arguments))


def _special_problems(function: str, values: dict[str, Json], *, has_wires: bool) -> Iterator[tuple[str, str]]:
    """What the SDK asks of the values of one function beyond their types."""
    match function:
        case "set_timeout":
            yield from _negative(values, "seconds")
        case "set_security_context":
            yield from _negative(values, "run_as_user")
            yield from _negative(values, "run_as_group")
            if not has_wires and all(value is None for value in values.values()):
                yield "nothing is set.", "run_as_user"
        case "add_node_affinity":
            weight = values.get("weight")
            if isinstance(weight, int) and not 1 <= weight <= 100:
                yield f"the weight is {weight}; it goes from 1 to 100.", "weight"
            for name in ("match_expressions", "match_fields"):
                terms = values.get(name)
                for term in terms if isinstance(terms, list) else ():
                    operator = term.get("operator") if isinstance(term, dict) else None
                    if operator not in OPERATORS:
                        yield f"'{operator}' is none of the operators {', '.join(OPERATORS)}.", name
        case "add_node_affinity_json":
            given = values.get("node_affinity_json")
            strange = [str(key) for key in given if key not in AFFINITIES] if isinstance(given, dict) else []
            if strange:
                yield f"there is no '{strange[0]}'; there are {' and '.join(AFFINITIES)}.", "node_affinity_json"
            elif isinstance(given, list):
                yield "it takes a mapping, no list.", "node_affinity_json"
        case "add_toleration_json":
            given = values.get("toleration_json")
            for one in given if isinstance(given, list) else [given]:
                strange = [str(key) for key in one if key not in TOLERATION] if isinstance(one, dict) else []
                if strange:
                    yield f"there is no '{strange[0]}'; there are {', '.join(TOLERATION)}.", "toleration_json"
        case _:
            return


def _negative(values: dict[str, Json], name: str) -> Iterator[tuple[str, str]]:
    value = values.get(name)
    if isinstance(value, int) and value < 0:
        yield f"'{name}' is negative.", name


def _without(task: Task, number: int) -> Fix:
    setting = task.settings.kubernetes[number]

    def take_away(view: DocumentView) -> Edit:
        kept = tuple(one for one in view.task(task.id).settings.kubernetes if one != setting)
        return edits.change_settings(view, [task.id], kubernetes=kept)

    return Fix(f"Take away {setting.function.replace('_', ' ')}", take_away)
