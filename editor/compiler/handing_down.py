"""Inputs that the SDK forgets to hand to groups (2.17), put on its result: else the package asks for what is not there.

It forgets the list that an inner loop goes over where no task takes the item, and whatever has a name that is part of
the name of a loop's item around the consumer (`input` inside a loop over `input_list`; the list itself inside its
loop). Fields of an item in a text are asked for by a name that nobody gives.
"""

from editor.compiler.places import Place
from editor.model import Json

_PREFIX = "pipelinechannel--"
_FIELDS = {"parameters": "componentInputParameter", "artifacts": "componentInputArtifact"}
_OUTPUTS = {
    "parameters": ("taskOutputParameter", "outputParameterKey"),
    "artifacts": ("taskOutputArtifact", "outputArtifactKey"),
}


def hand_down(place: Place, components: dict[str, Json]) -> None:
    """Give the groups around `place` what it takes from them and they do not have. Outer places must come first."""
    for side, field in _FIELDS.items():
        for source in place.task.get("inputs", {}).get(side, {}).values():
            taken = source.get(field)
            if taken is None or not place.around or taken in _definitions(place.outer, side):
                continue
            if not _hand(taken, side, place.around, components):
                item, _, name = taken.rpartition("-subvar-")
                has_item = item in _definitions(place.outer, side) or _hand(item, side, place.around, components)
                if name and has_item:
                    source[field] = item
                    source["parameterExpressionSelector"] = f'parseJson(string_value)["{name}"]'


def _hand(taken: str, side: str, around: tuple[Place, ...], components: dict[str, Json]) -> bool:
    """Whether `taken` was found further out, and is now an input of each group from there to the innermost."""
    field = _FIELDS[side]
    lacking: list[Place] = []
    for group in reversed(around):
        known = _definitions(group.component, side).get(taken)
        if known is not None:
            source: dict[str, Json] = {field: taken}
        else:
            lacking.append(group)
            found = _source(taken, side, group, components)
            if found is None:
                continue
            known, source = found
        for place in reversed(lacking):
            place.component.setdefault("inputDefinitions", {}).setdefault(side, {})[taken] = _bare(known)
            place.task.setdefault("inputs", {}).setdefault(side, {})[taken] = source
            producer = source.get(_OUTPUTS[side][0], {}).get("producerTask")
            if producer is not None:
                place.task["dependentTasks"] = sorted({*place.task.get("dependentTasks", ()), producer})
            source = {field: taken}
        return True
    return False


def _source(
    taken: str, side: str, group: Place, components: dict[str, Json]
) -> tuple[dict[str, Json], dict[str, Json]] | None:
    """The definition of `taken`, and where `group` gets it from: a sibling's output or an input of the pipeline."""
    name = taken.removeprefix(_PREFIX)
    if len(group.around) == 0 and name in _definitions(group.outer, side):
        return _definitions(group.outer, side)[name], {_FIELDS[side]: name}
    output, key = _OUTPUTS[side]
    for task, spec in group.outer["dag"]["tasks"].items():
        if name.startswith(f"{task}-"):
            given = components[spec["componentRef"]["name"]].get("outputDefinitions", {}).get(side, {})
            wanted = name.removeprefix(f"{task}-")
            if wanted in given:
                return given[wanted], {output: {key: wanted, "producerTask": task}}
    return None


def _definitions(component: dict[str, Json], side: str) -> dict[str, Json]:
    return component.get("inputDefinitions", {}).get(side, {})


def _bare(definition: dict[str, Json]) -> dict[str, Json]:
    """A definition as a group's input has it: the type and no more."""
    return {
        key: value for key, value in definition.items() if key in ("parameterType", "artifactType", "isArtifactList")
    }
