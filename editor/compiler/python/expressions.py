"""Small trees: names, calls, constants, and the Python type of a port."""

import ast
import math
from collections.abc import Iterable, Mapping
from typing import TypeVar

from editor.model import ArtifactType, Json, ParameterType, PortType

PYTHON_TYPES = {
    "STRING": "str",
    "NUMBER_INTEGER": "int",
    "NUMBER_DOUBLE": "float",
    "BOOLEAN": "bool",
    "LIST": "list",
    "STRUCT": "dict",
    "TASK_FINAL_STATUS": "dsl.PipelineTaskFinalStatus",
    "TASK_CONFIG": "dsl.TaskConfig",
}

SYSTEM_ARTIFACTS = {
    "system.Artifact": "Artifact",
    "system.Dataset": "Dataset",
    "system.Model": "Model",
    "system.Metrics": "Metrics",
    "system.ClassificationMetrics": "ClassificationMetrics",
    "system.SlicedClassificationMetrics": "SlicedClassificationMetrics",
    "system.HTML": "HTML",
    "system.Markdown": "Markdown",
}
"""The artifact types that `kfp.dsl` has classes for (version 0.0.1 of each)."""


def name(dotted: str) -> ast.expr:
    """`a.b.c` as a tree."""
    first, *rest = dotted.split(".")
    node: ast.expr = ast.Name(first, ast.Load())
    for part in rest:
        node = ast.Attribute(node, part, ast.Load())
    return node


def call(function: ast.expr | str, *arguments: ast.expr, **keywords: ast.expr | None) -> ast.Call:
    """A call; keywords that are None are left out."""
    given = [ast.keyword(key, value) for key, value in keywords.items() if value is not None]
    return ast.Call(name(function) if isinstance(function, str) else function, list(arguments), given)


def method(target: ast.expr | str, attribute: str, *arguments: ast.expr, **keywords: ast.expr | None) -> ast.Call:
    """`target.attribute(…)`."""
    value = name(target) if isinstance(target, str) else target
    return call(ast.Attribute(value, attribute, ast.Load()), *arguments, **keywords)


def constant(value: Json) -> ast.expr:
    """A JSON value as Python writes it."""
    if isinstance(value, dict):
        return ast.Dict([constant(key) for key in value], [constant(item) for item in value.values()])
    if isinstance(value, list | tuple):
        return ast.List([constant(item) for item in value], ast.Load())
    if isinstance(value, int | float) and not isinstance(value, bool) and math.copysign(1, value) < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def text_or_none(value: str) -> ast.expr | None:
    return ast.Constant(value) if value else None


def subscript(value: ast.expr | str, index: ast.expr) -> ast.Subscript:
    return ast.Subscript(name(value) if isinstance(value, str) else value, index, ast.Load())


def assign(target: str, value: ast.expr) -> ast.Assign:
    return ast.Assign([ast.Name(target, ast.Store())], value, lineno=1)


def needs_class(kind: PortType) -> bool:
    """Whether `kfp.dsl` has no class for an artifact type, so that the file must define one."""
    if not isinstance(kind, ArtifactType) or not kind.schema_title:
        return False
    return kind.schema_title not in SYSTEM_ARTIFACTS or kind.schema_version != "0.0.1"


def artifact_class(kind: ArtifactType, classes: Mapping[tuple[str, str], str]) -> ast.expr:
    """The class of an artifact type: of `kfp.dsl`, else the one that the file defines for it."""
    own = classes.get((kind.schema_title, kind.schema_version))
    return name(own) if own else name(f"dsl.{SYSTEM_ARTIFACTS.get(kind.schema_title, 'Artifact')}")


def annotation(kind: PortType, classes: Mapping[tuple[str, str], str], *, is_input: bool) -> ast.expr:
    """The annotation of a pipeline's input, or the type of its output."""
    if isinstance(kind, ParameterType):
        return name(PYTHON_TYPES[kind.kind])
    artifact = artifact_class(kind, classes)
    if kind.is_list:
        artifact = subscript("list", artifact)
    return subscript("dsl.Input", artifact) if is_input else artifact


def joined(parts: Iterable[str | ast.expr]) -> ast.JoinedStr:
    """An f-string; neighbouring texts become one, as the parser has them."""
    values: list[ast.expr] = []
    for part in parts:
        if not isinstance(part, str):
            values.append(ast.FormattedValue(part, -1))
        elif values and isinstance(last := values[-1], ast.Constant):
            values[-1] = ast.Constant(f"{last.value}{part}")
        elif part:
            values.append(ast.Constant(part))
    return ast.JoinedStr(values)


def function_def(
    function: str, arguments: ast.arguments, body: list[ast.stmt], decorators: list[ast.expr], returns: ast.expr | None
) -> ast.FunctionDef:
    """A function, whatever fields this Python's trees want."""
    node = ast.FunctionDef(
        name=function, args=arguments, body=body, decorator_list=decorators, returns=returns, lineno=1
    )
    return _with_type_params(node)


def class_def(class_name: str, base: str, body: list[ast.stmt]) -> ast.ClassDef:
    """A class with one base, or with none."""
    return _with_type_params(
        ast.ClassDef(name=class_name, bases=[name(base)] if base else [], keywords=[], body=body, decorator_list=[])
    )


_Definition = TypeVar("_Definition", ast.FunctionDef, ast.ClassDef)


def _with_type_params(node: _Definition) -> _Definition:
    # A field since Python 3.12, without which its printer fails.
    if "type_params" in node._fields:
        node.type_params = []  # pyright: ignore[reportAttributeAccessIssue] unknown to the stubs of 3.11
    return node


def arguments_of(arguments: list[ast.arg], defaults: list[ast.expr]) -> ast.arguments:
    """Plain parameters; the defaults are those of the last ones."""
    return ast.arguments(posonlyargs=[], args=arguments, kwonlyargs=[], kw_defaults=[], defaults=defaults)
