"""What a Python annotation says about a port, read from the syntax tree: the SDK's rules, nothing evaluated."""

import ast
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from editor.components.v1 import ARTIFACT_TITLES, PARAMETER_TYPES
from editor.model import ArtifactType, ParameterType, PortType
from editor.model.port_types import TASK_CONFIG, TASK_FINAL_STATUS

Direction = Literal["input", "output", "embedded"]

DSL_NAMES = frozenset(
    {
        "component",
        "container_component",
        "notebook_component",
        "pipeline",
        "Input",
        "Output",
        "InputPath",
        "OutputPath",
        "EmbeddedInput",
        "Artifact",
        "Dataset",
        "Model",
        "Metrics",
        "ClassificationMetrics",
        "SlicedClassificationMetrics",
        "HTML",
        "Markdown",
        "PipelineTaskFinalStatus",
        "TaskConfig",
        "ContainerSpec",
    }
)
"""What `from kfp.dsl import *` may bring in that matters here."""
_TYPING_NAMES = frozenset({"List", "Dict", "Optional", "Union", "NamedTuple", "Literal"})
_LITERAL_KINDS: Mapping[type, PortType] = {
    str: PARAMETER_TYPES["str"],
    bool: PARAMETER_TYPES["bool"],
    int: PARAMETER_TYPES["int"],
    float: PARAMETER_TYPES["float"],
}


class Port(NamedTuple):
    """One annotation's meaning; `is_optional` where it was Optional[…]."""

    type: PortType
    direction: Direction
    is_optional: bool = False


class Names:
    """What each name in a module means, from its imports and classes: `d.Input` is `kfp.dsl.Input` after
    `import kfp.dsl as d`."""

    def __init__(self, module: ast.Module) -> None:
        self._known: dict[str, str] = {}
        self._stars: set[str] = set()
        self.classes: dict[str, ast.ClassDef] = {}
        for statement in _statements(module.body):
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    # `import kfp.dsl` binds `kfp`; `import kfp.dsl as d` binds `d` to the whole path.
                    bound = alias.asname or alias.name.split(".", 1)[0]
                    self._known[bound] = alias.name if alias.asname else bound
            elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
                for alias in statement.names:
                    if alias.name == "*":
                        self._stars.add(statement.module)
                    else:
                        self._known[alias.asname or alias.name] = f"{statement.module}.{alias.name}"
            elif isinstance(statement, ast.ClassDef):
                self.classes[statement.name] = statement

    def meaning(self, node: ast.expr) -> str:
        """The full dotted name that an expression means, `kfp.dsl.component`; the name as written where unknown."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        first = self._known.get(node.id)
        if first is None:
            first = node.id
            if "kfp.dsl" in self._stars and first in DSL_NAMES:
                first = f"kfp.dsl.{first}"
            elif "typing" in self._stars and first in _TYPING_NAMES:
                first = f"typing.{first}"
        return ".".join([first, *reversed(parts)])


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module and of the `if` and `try` blocks at its top."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If):
            yield from _statements(statement.body)
            yield from _statements(statement.orelse)
        elif isinstance(statement, ast.Try):
            yield from _statements(statement.body)
            for handler in statement.handlers:
                yield from _statements(handler.body)
            yield from _statements(statement.orelse)


def module_statements(module: ast.Module) -> Iterator[ast.stmt]:
    """Every statement that runs when the module is imported, outside of functions and classes."""
    return _statements(module.body)


def port(annotation: ast.expr, names: Names) -> Port:
    """What the annotation of an argument says."""
    annotation, is_optional = _stripped(annotation, names)
    outer, inner = _generic(annotation, names)
    short = outer.rsplit(".", 1)[-1]
    if outer == "kfp.dsl.EmbeddedInput":
        return Port(ArtifactType(), "embedded")
    if outer in ("kfp.dsl.Input", "kfp.dsl.Output"):
        direction: Direction = "input" if short == "Input" else "output"
        return Port(_artifact(inner, names), direction, is_optional)
    if isinstance(annotation, ast.Call):
        called = names.meaning(annotation.func)
        if called in ("kfp.dsl.InputPath", "kfp.dsl.OutputPath"):
            given = annotation.args[0] if annotation.args else next((k.value for k in annotation.keywords), None)
            return Port(_path_type(given, names), "input" if called.endswith("InputPath") else "output", is_optional)
    if outer in ("kfp.dsl.InputPath", "kfp.dsl.OutputPath"):
        return Port(ArtifactType(), "input" if short == "InputPath" else "output", is_optional)
    return Port(value_type(annotation, names), "input", is_optional)


def returns(annotation: ast.expr | None, names: Names) -> list[tuple[str, PortType]]:
    """(name, type) of each output that a return annotation declares: a NamedTuple's fields, else one `Output`."""
    annotation = _unquoted(annotation)
    if annotation is None or (isinstance(annotation, ast.Constant) and annotation.value is None):
        return []
    fields = _named_tuple_fields(annotation, names)
    if fields is not None:
        return [(name, value_type(kind, names)) for name, kind in fields]
    if names.meaning(annotation) == "kfp.dsl.ContainerSpec":
        return []
    return [("Output", value_type(annotation, names))]


def value_type(annotation: ast.expr | None, names: Names) -> PortType:
    """The type that an annotation without Input or Output means: a parameter's, or an artifact's by its class."""
    annotation = _unquoted(annotation)
    if annotation is None:
        return ArtifactType()
    annotation, _ = _stripped(annotation, names)
    outer, inner = _generic(annotation, names)
    short = outer.rsplit(".", 1)[-1]
    if outer == "typing.Literal":
        return _literal(inner)
    if short in ("List", "list") and inner is not None and _is_artifact(inner, names):
        return _artifact(annotation, names)
    if outer == "kfp.dsl.PipelineTaskFinalStatus":
        return TASK_FINAL_STATUS
    if outer == "kfp.dsl.TaskConfig":
        return TASK_CONFIG
    is_builtin = outer == short or outer.startswith("typing.")
    if is_builtin and short not in names.classes and short.lower() in PARAMETER_TYPES:
        return PARAMETER_TYPES[short.lower()]
    return _artifact(annotation, names)


def _artifact(annotation: ast.expr | None, names: Names) -> ArtifactType:
    """The artifact type that a class, or a list of one, means; a class whose titles cannot be read is generic."""
    annotation = _unquoted(annotation)
    if annotation is None:
        return ArtifactType()
    outer, inner = _generic(annotation, names)
    if outer in ("list", "List", "typing.List"):
        kind = _artifact(inner, names)
        return ArtifactType(schema_title=kind.schema_title, schema_version=kind.schema_version, is_list=True)
    short = outer.rsplit(".", 1)[-1]
    if short in names.classes:
        said = {
            target.id: statement.value.value
            for statement in names.classes[short].body
            if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
            for target in statement.targets
            if isinstance(target, ast.Name)
        }
        title, version = said.get("schema_title"), said.get("schema_version")
        if isinstance(title, str) and title:
            return ArtifactType(schema_title=title, schema_version=version if isinstance(version, str) else "0.0.1")
    if outer.startswith("google_cloud_pipeline_components."):
        return ArtifactType(schema_title=f"google.{short}")
    return ArtifactType(schema_title=ARTIFACT_TITLES.get(short.lower(), "system.Artifact"))


def _is_artifact(annotation: ast.expr, names: Names) -> bool:
    outer, _ = _generic(annotation, names)
    short = outer.rsplit(".", 1)[-1]
    return (outer.startswith("kfp.dsl.") and short.lower() in ARTIFACT_TITLES) or (
        short in names.classes and any("kfp.dsl." in names.meaning(base) for base in names.classes[short].bases)
    )


def _path_type(given: ast.expr | None, names: Names) -> PortType:
    """InputPath(str) is a parameter; InputPath('Dataset'), InputPath(Dataset) and InputPath() are artifacts."""
    if given is None or (isinstance(given, ast.Constant) and given.value is None):
        return ArtifactType()
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        bare = given.value.removeprefix("typing.").split("[", 1)[0].lower()
        return PARAMETER_TYPES.get(bare) or ArtifactType(schema_title=ARTIFACT_TITLES.get(bare, "system.Artifact"))
    return value_type(given, names)


def _literal(inner: ast.expr | None) -> PortType:
    try:
        values = ast.literal_eval(inner) if inner is not None else ()
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        values = ()
    literals = values if isinstance(values, tuple) else (values,)
    kind = _LITERAL_KINDS.get(type(literals[0])) if literals else None
    if not isinstance(kind, ParameterType):
        return PARAMETER_TYPES["str"]
    return ParameterType(kind=kind.kind, literals=literals)


def _stripped(annotation: ast.expr, names: Names) -> tuple[ast.expr, bool]:
    """The annotation without Optional[…], `… | None`, Union[…, None]; and whether it had one."""
    annotation = _unquoted(annotation) or annotation
    outer, inner = _generic(annotation, names)
    members: list[ast.expr] = []
    if outer == "typing.Optional" and inner is not None:
        return _unquoted(inner) or inner, True
    if outer == "typing.Union" and isinstance(inner, ast.Tuple):
        members = inner.elts
    elif isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        members = [annotation.left, annotation.right]
    if not members:
        return annotation, False
    kept = [member for member in members if not (isinstance(member, ast.Constant) and member.value is None)]
    return (kept[0], True) if len(kept) == 1 < len(members) else (annotation, False)


def _generic(annotation: ast.expr, names: Names) -> tuple[str, ast.expr | None]:
    """(meaning of the outer name, what stands in the brackets)."""
    if isinstance(annotation, ast.Subscript):
        return names.meaning(annotation.value), annotation.slice
    return names.meaning(annotation), None


def _unquoted(annotation: ast.expr | None) -> ast.expr | None:
    """An annotation written as text, parsed."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return ast.parse(annotation.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return annotation
    return annotation


def _named_tuple_fields(annotation: ast.expr, names: Names) -> list[tuple[str, ast.expr]] | None:
    if isinstance(annotation, ast.Call) and names.meaning(annotation.func) in (
        "typing.NamedTuple",
        "collections.namedtuple",
    ):
        fields = [(keyword.arg, keyword.value) for keyword in annotation.keywords if keyword.arg]
        if len(annotation.args) > 1 and isinstance(annotation.args[1], ast.List | ast.Tuple):
            fields += [
                (str(pair.elts[0].value), pair.elts[1])
                for pair in annotation.args[1].elts
                if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and isinstance(pair.elts[0], ast.Constant)
            ]
        return fields
    short = names.meaning(annotation).rsplit(".", 1)[-1]
    declared = names.classes.get(short)
    if declared is None or not any(names.meaning(base) == "typing.NamedTuple" for base in declared.bases):
        return None
    return [
        (statement.target.id, statement.annotation)
        for statement in declared.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    ]
