"""A component as a Python function: the one that it was made of, or a `@dsl.container_component` that says the same.

These are candidates: each is compiled by the SDK in the worker (`checking`), and taken only if that gives the component
exactly.
"""

import ast
import re

from editor.compiler.python.docstrings import docstring
from editor.compiler.python.expressions import (
    SYSTEM_ARTIFACTS,
    annotation,
    arguments_of,
    artifact_class,
    call,
    constant,
    function_def,
    joined,
    name,
    subscript,
)
from editor.compiler.python.formatting import printed
from editor.compiler.python.names import is_parameter_name
from editor.model import ArtifactType, Component, ContainerImplementation, Input, Json, Output, ParameterType

DSL_NAMES = frozenset(
    {"Artifact", "Input", "InputPath", "Output", "OutputPath", "PipelineTaskFinalStatus", *SYSTEM_ARTIFACTS.values()}
)
TYPING_NAMES = frozenset({"Any", "Dict", "List", "Literal", "NamedTuple", "Optional", "Tuple", "Union"})
_BUILTIN_NAMES = frozenset({"str", "int", "float", "bool", "list", "dict", "None", "dsl", "kfp", "typing"})

_PREAMBLE = "import kfp\nfrom kfp import dsl\nfrom kfp.dsl import *\nfrom typing import *\n\n"
_INSTALL = re.compile(r"python3 -m pip install --quiet --no-warn-script-location (.*?)(?= && |$)", re.MULTILINE)
_PACKAGE = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_INPUT = re.compile(r"\{\{\$\.(inputs|outputs)\.(parameters|artifacts)\['([^']+)'\](\.path|\.uri|\.output_file)?\}\}")


def lightweight_function(component: Component) -> tuple[str, str] | None:
    """(function's name, decorated source) of a lightweight Python component; None if it is none that may be shown so.

    The function's own text is kept to the letter, for the executor holds it. A signature that holds anything but names,
    literals and types is refused: the text may come from a stranger's package, and it will be evaluated.
    """
    implementation = component.implementation
    if not isinstance(implementation, ContainerImplementation):
        return None
    command: list[Json] = implementation.container.get("command") or []
    arguments: list[Json] = implementation.container.get("args") or []
    if len(arguments) != 4 or arguments[2] != "--function_to_execute" or not command:
        return None
    function_name, program = str(arguments[3]), str(command[-1])
    _before, found, source = program.partition(_PREAMBLE)
    if not found or "--component_module_path" not in " ".join(map(str, command)):
        return None
    definition = _only_function(source, function_name)
    if definition is None or not has_safe_signature(definition):
        return None
    keywords = _decorator_keywords(implementation.container, command)
    if keywords is None:
        return None
    decorator = ast.Expr(call("dsl.component", **keywords))
    return function_name, f"@{printed([decorator])}{source.strip(chr(10))}\n"


def _only_function(source: str, function_name: str) -> ast.FunctionDef | None:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    match tree.body:
        case [ast.FunctionDef(name=found) as function] if found == function_name and not function.decorator_list:
            return function
        case _:
            return None


def has_safe_signature(function: ast.FunctionDef) -> bool:
    """Whether evaluating the `def` itself can do nothing but define: types and literals only."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    if arguments.vararg or arguments.kwarg:
        return False
    annotations = [argument.annotation for argument in every if argument.annotation is not None]
    if function.returns is not None:
        annotations.append(function.returns)
    defaults = [*arguments.defaults, *(default for default in arguments.kw_defaults if default is not None)]
    return all(_is_literal(node) for node in defaults) and all(_is_type(node) for node in annotations)


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _is_type(node: ast.expr) -> bool:
    for part in ast.walk(node):
        match part:
            case ast.Name(id=word):
                if word not in DSL_NAMES | TYPING_NAMES | _BUILTIN_NAMES:
                    return False
            case ast.Call(func=ast.Name(id=word)):
                if word not in ("NamedTuple", "InputPath", "OutputPath"):
                    return False
            case ast.Call(func=ast.Attribute(attr=word)):
                if word not in ("NamedTuple", "InputPath", "OutputPath"):
                    return False
            case ast.Call():
                return False
            case ast.Attribute(attr=word):
                if word.startswith("_"):
                    return False
            case (
                ast.Subscript() | ast.List() | ast.Tuple() | ast.Constant() | ast.keyword() | ast.expr_context()
                | ast.BinOp(op=ast.BitOr()) | ast.BitOr()
            ):  # fmt: skip
                continue
            case _:
                return False
    return True


def names_in_signature(source: str) -> set[str]:
    """The names that a function's signature needs imported."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    parts: list[ast.AST] = [function.args]
    if function.returns is not None:
        parts.append(function.returns)
    return {node.id for part in parts for node in ast.walk(part) if isinstance(node, ast.Name)}


def _decorator_keywords(container: dict[str, Json], command: list[Json]) -> dict[str, ast.expr] | None:
    """The arguments of @dsl.component that give this install line; None where none would."""
    keywords: dict[str, ast.expr] = {}
    if container.get("image"):
        keywords["base_image"] = ast.Constant(container["image"])
    script = str(command[2]) if len(command) > 4 and command[:2] == ["sh", "-c"] else ""
    packages: list[str] = []
    installs_kfp = False
    for line in _INSTALL.findall(script):
        if "--index-url" in line or "--trusted-host" in line:
            return None
        found = [first or second for first, second in _PACKAGE.findall(line)]
        if "--no-deps" in found and any(package.startswith("kfp==") for package in found):
            installs_kfp = True
        else:
            packages += found
    if packages:
        keywords["packages_to_install"] = constant(packages)
    if not installs_kfp and not any(package.startswith("kfp") for package in packages):
        keywords["install_kfp_package"] = constant(value=False)
    return keywords


def container_function(component: Component, classes: dict[tuple[str, str], str], function_name: str) -> str | None:
    """A `@dsl.container_component` for a container component; None where its ports or command cannot be said so."""
    implementation = component.implementation
    if not isinstance(implementation, ContainerImplementation):
        return None
    container = implementation.container
    if set(container) - {"image", "command", "args", "env", "resources"}:
        return None
    if len(str(container)) > 4_000 or any("\n" in str(part) for part in container.get("args", [])):
        return None
    inputs = [_input(port, classes) for port in component.inputs]
    outputs = [_output(port, classes) for port in component.outputs]
    if any(port is None for port in [*inputs, *outputs]):
        return None
    ports = [port for port in [*inputs, *outputs] if port is not None]
    ordered = [*(port for port in ports if port[1] is None), *(port for port in ports if port[1] is not None)]
    kinds = {port.name: port.type for port in [*component.inputs, *component.outputs]}
    spec = call(
        "dsl.ContainerSpec",
        image=ast.Constant(container.get("image", "")),
        command=_words(container.get("command"), kinds),
        args=_words(container.get("args"), kinds),
    )
    arguments = arguments_of(
        [argument for argument, _default in ordered], [default for _argument, default in ordered if default is not None]
    )
    body: list[ast.stmt] = [ast.Return(spec)]
    described = docstring(
        " ".join(component.description.split()),
        {port.name: port.description for port in component.inputs if port.description},
        {port.name: port.description for port in component.outputs if port.description},
    )
    if described:
        body.insert(0, ast.Expr(ast.Constant(described)))
    function = function_def(function_name, arguments, body, [name("dsl.container_component")], None)
    return printed([function])


def _input(port: Input, classes: dict[tuple[str, str], str]) -> tuple[ast.arg, ast.expr | None] | None:
    if not is_parameter_name(port.name) or port.extra:
        return None
    if isinstance(port.type, ParameterType) and (port.type.literals or port.type.kind == "TASK_CONFIG"):
        return None
    if isinstance(port.type, ArtifactType) and not port.type.schema_title:
        return None
    default = constant(port.default.value) if port.default is not None else None
    if default is None and port.is_optional:
        default = ast.Constant(None)
    return ast.arg(port.name, annotation(port.type, classes, is_input=True)), default


def _output(port: Output, classes: dict[tuple[str, str], str]) -> tuple[ast.arg, ast.expr | None] | None:
    if not is_parameter_name(port.name) or port.extra:
        return None
    if isinstance(port.type, ParameterType):
        return ast.arg(port.name, call("dsl.OutputPath", annotation(port.type, classes, is_input=False))), None
    if not port.type.schema_title or port.type.is_list:
        return None
    return ast.arg(port.name, subscript("dsl.Output", artifact_class(port.type, classes))), None


def _words(words: list[Json] | None, kinds: dict[str, ParameterType | ArtifactType]) -> ast.expr | None:
    if not words:
        return None
    return ast.List([_word(str(word), kinds) for word in words], ast.Load())


def _word(word: str, kinds: dict[str, ParameterType | ArtifactType]) -> ast.expr:
    """A word of a command, its placeholders as the function's parameters."""
    parts: list[str | ast.expr] = []
    end = 0
    for match in _INPUT.finditer(word):
        side, _group, port, field = match.groups()
        kind = kinds.get(port)
        is_parameter = isinstance(kind, ParameterType)
        wanted = ((None,) if side == "inputs" else (".output_file",)) if is_parameter else (".path", ".uri")
        if kind is None or field not in wanted:
            continue
        parts.append(word[end : match.start()])
        parts.append(name(port) if is_parameter else ast.Attribute(name(port), str(field)[1:], ast.Load()))
        end = match.end()
    parts.append(word[end:])
    kept = [part for part in parts if part != ""]
    if len(kept) == 1:
        return kept[0] if isinstance(kept[0], ast.expr) else ast.Constant(kept[0])
    return joined(kept) if kept else ast.Constant("")
