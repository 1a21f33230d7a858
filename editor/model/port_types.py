"""Types of inputs and outputs, and which may feed which. The names are the IR's (`STRING`, `system.Dataset`, …)."""

from typing import Any, Literal, TypeAlias, assert_never, get_args

import msgspec

Json: TypeAlias = Any
"""A JSON value (None, bool, int, float, str, list, dict). msgspec decodes no recursive alias, hence Any, here only."""

ParameterKind = Literal[
    "STRING", "NUMBER_INTEGER", "NUMBER_DOUBLE", "BOOLEAN", "LIST", "STRUCT", "TASK_FINAL_STATUS", "TASK_CONFIG"
]
PARAMETER_KINDS: tuple[ParameterKind, ...] = get_args(ParameterKind)


class ParameterType(msgspec.Struct, frozen=True, kw_only=True, tag="parameter", omit_defaults=True):
    """A value passed by value. `literals` limits it to a choice (Python's `Literal[...]`)."""

    kind: ParameterKind
    literals: tuple[Json, ...] = ()

    def __str__(self) -> str:
        return self.kind


class ArtifactType(msgspec.Struct, frozen=True, kw_only=True, tag="artifact", omit_defaults=True):
    """A file or folder passed by reference. `instance_schema` is the text of a custom schema (then no title)."""

    schema_title: str = "system.Artifact"
    schema_version: str = "0.0.1"
    is_list: bool = False
    instance_schema: str = ""

    def __str__(self) -> str:
        title = self.schema_title or "custom"
        return f"[{title}]" if self.is_list else title


PortType = ParameterType | ArtifactType

STRING = ParameterType(kind="STRING")
INTEGER = ParameterType(kind="NUMBER_INTEGER")
DOUBLE = ParameterType(kind="NUMBER_DOUBLE")
BOOLEAN = ParameterType(kind="BOOLEAN")
LIST = ParameterType(kind="LIST")
STRUCT = ParameterType(kind="STRUCT")
TASK_FINAL_STATUS = ParameterType(kind="TASK_FINAL_STATUS")
TASK_CONFIG = ParameterType(kind="TASK_CONFIG")
ARTIFACT = ArtifactType()
DATASET = ArtifactType(schema_title="system.Dataset")
MODEL = ArtifactType(schema_title="system.Model")
METRICS = ArtifactType(schema_title="system.Metrics")


def type_words(kind: PortType | None) -> str:
    """What a person reads: the artifact types of KFP without the `system.` before them."""
    if kind is None:
        return "unknown"
    return str(kind).replace("system.", "", 1) if isinstance(kind, ArtifactType) else str(kind)


def why_not(source: PortType, target: PortType) -> str:
    """Empty if an output of type `source` may feed an input of type `target`, else the reason as a sentence.

    The rules are the SDK's (kfp.dsl.types.type_utils.verify_type_compatibility, 2.17): parameters need the same type;
    an artifact needs the same schema title and the same major version of it, except that a generic Artifact takes, and
    gives itself to, any.
    """
    match source, target:
        case ParameterType(), ArtifactType():
            return f"A parameter ({type_words(source)}) cannot feed an artifact input ({type_words(target)})."
        case ArtifactType(), ParameterType():
            return f"An artifact ({type_words(source)}) cannot feed a parameter input ({type_words(target)})."
        case ParameterType(kind=given), ParameterType(kind=wanted):
            return "" if given == wanted else f"The input takes {wanted}, the output gives {given}."
        case ArtifactType(), ArtifactType():
            if source.is_list and not target.is_list:
                return f"The input takes one {type_words(target)}, the output gives a list."
            if target.is_list and not source.is_list:
                return f"The input takes a list {type_words(target)}, the output gives one {type_words(source)}."
            generic = "system.Artifact"
            if generic in (source.schema_title, target.schema_title):
                return ""
            if not source.schema_title and not target.schema_title and source.instance_schema != target.instance_schema:
                return "The input takes an artifact of one schema, the output gives one of another."
            if source.schema_title == target.schema_title:
                given, wanted = source.schema_version.split(".")[0], target.schema_version.split(".")[0]
                if given == wanted:
                    return ""
                return f"The input takes version {wanted} of {type_words(target)}, the output gives version {given}."
            return f"The input takes {type_words(target)}, the output gives {type_words(source)}."
    assert_never(source)


def why_not_value(value: Json, target: PortType) -> str:
    """Empty if the constant `value` may be given to an input of type `target`, else the reason as a sentence."""
    if isinstance(target, ArtifactType):
        return f"An artifact input ({type_words(target)}) takes no constant; wire an output or an importer into it."
    if target.literals and value not in target.literals:
        choice = ", ".join(str(literal) for literal in target.literals)
        return f"The value must be one of: {choice}."
    fits = {
        "STRING": isinstance(value, str),
        "NUMBER_INTEGER": isinstance(value, int) and not isinstance(value, bool),
        "NUMBER_DOUBLE": isinstance(value, int | float) and not isinstance(value, bool),
        "BOOLEAN": isinstance(value, bool),
        "LIST": isinstance(value, list | tuple),
        "STRUCT": isinstance(value, dict),
        "TASK_FINAL_STATUS": False,
        "TASK_CONFIG": False,
    }[target.kind]
    return "" if fits else f"The input takes {target.kind}."
