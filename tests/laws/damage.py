"""Random damage to real packages: keys gone, values of wrong types, names that lead nowhere, in circles or outside."""

import copy
import random
from typing import Any, TypeAlias

import msgspec

from editor.compiler import RawPackage

Holder: TypeAlias = dict[str, Any] | list[Any]

NONSENSE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, 1e308, 0.5, "", "x", "a/../b", "../../etc/passwd", "/etc/passwd", "\x00", "ü"),
    *([], [None], [[]], {}, {"x": {}}, {"": []}, {"root": None}, "root", "x" * 2000, "{{$.inputs.parameters['x']}}"),
    *("inputs.parameter_values['a'] == 'b'", "a && b || !(c", "((((", "'", "comp-a", "{{", "NUMBER_INTEGER"),
)


def damaged(chance: random.Random, raw: RawPackage) -> RawPackage:
    """A copy with one to four places of the spec or the platform settings damaged."""
    spec, platform = copy.deepcopy(raw.spec), copy.deepcopy(raw.platform)
    for _ in range(chance.randint(1, 4)):
        places = list(_places(spec)) + list(_places(platform))
        holder, key = chance.choice(places)
        chance.choice(_DAMAGES)(chance, spec, holder, key)
    return msgspec.structs.replace(raw, spec=spec, platform=platform)


def _places(value: Any) -> list[tuple[Holder, Any]]:
    """(container, key or index) of everything in a JSON value."""
    found: list[tuple[Holder, Any]] = []
    stack: list[Any] = [value]
    while stack:
        one = stack.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one))
        for key in keys:
            found.append((one, key))
            if isinstance(one[key], dict | list):
                stack.append(one[key])
    return found


def _delete(_chance: random.Random, _spec: dict[str, Any], holder: Any, key: Any) -> None:
    del holder[key]


def _nonsense(chance: random.Random, _spec: dict[str, Any], holder: Any, key: Any) -> None:
    holder[key] = copy.deepcopy(chance.choice(NONSENSE))


def _rename(chance: random.Random, _spec: dict[str, Any], holder: Any, key: Any) -> None:
    """The value under another key."""
    if isinstance(holder, dict):
        names = ("x", "", "../up", "root", "a b", "pipelinechannel--x", "for-loop-1", chance.choice(list(holder)))
        holder[chance.choice(names)] = holder.pop(key)
    else:
        holder.append(holder[key])


def _swap(chance: random.Random, spec: dict[str, Any], holder: Any, key: Any) -> None:
    """What stands in quite another place."""
    other, there = chance.choice(_places(spec))
    holder[key] = copy.deepcopy(other[there])


def _retype(_chance: random.Random, _spec: dict[str, Any], holder: Any, key: Any) -> None:
    value = holder[key]
    if isinstance(value, str):
        holder[key] = float(value) if value.replace(".", "", 1).isdigit() else [value]
    elif isinstance(value, dict):
        holder[key] = list(value.values())
    else:
        holder[key] = str(value)


def _circle(chance: random.Random, spec: dict[str, Any], _holder: Any, _key: Any) -> None:
    """A task that waits for another of its DAG or for itself, or whose component is one around it."""
    dags = [
        place[key] for place, key in _places(spec) if key == "tasks" and isinstance(place[key], dict) and place[key]
    ]
    if not dags:
        return
    tasks = chance.choice(dags)
    task = tasks[chance.choice(list(tasks))]
    if not isinstance(task, dict):
        return
    components = spec.get("components")
    if chance.random() < 0.5 and isinstance(components, dict) and components:
        task["componentRef"] = {"name": chance.choice(list(components))}
    else:
        task["dependentTasks"] = [chance.choice([*tasks, "gone"]) for _ in range(2)]


_DAMAGES = (_delete, _delete, _nonsense, _nonsense, _nonsense, _rename, _swap, _swap, _retype, _circle)
