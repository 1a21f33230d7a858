"""Listing the components of a Python file by reading its syntax tree. Nothing in the file is executed."""

import ast
import hashlib
from collections.abc import Iterator
from typing import NamedTuple

import docstring_parser

from editor.components.annotations import Names, module_statements, port, returns
from editor.components.entries import EntryKind
from editor.components.ir import display_name
from editor.components.safe_yaml import shown
from editor.components.v1 import port_name
from editor.errors import EditorError
from editor.model import ArtifactType, Constant, Input, Json, Output
from editor.model.port_types import TASK_CONFIG, TASK_FINAL_STATUS

MAX_PYTHON_CHARACTERS = 2_000_000
_KINDS: dict[str, EntryKind] = {
    "kfp.dsl.component": "python",
    "kfp.dsl.container_component": "container",
    "kfp.dsl.notebook_component": "notebook",
    "kfp.dsl.pipeline": "pipeline",
    # Older spellings of the same decorators.
    "kfp.v2.dsl.component": "python",
    "kfp.v2.dsl.pipeline": "pipeline",
    "kfp.components.component": "python",
}
_UNREADABLE = (ValueError, TypeError, SyntaxError, RecursionError, MemoryError)


class PythonComponent(NamedTuple):
    """A decorated function: `function` is its name in the file, `name` the one that KFP gives it."""

    function: str
    name: str
    kind: EntryKind
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    description: str
    digest: str
    source: str


def read_python(text: str, origin: str) -> tuple[list[PythonComponent], list[EditorError]]:
    """The components of a file, and what is wrong with those that cannot be read.

    Raises EditorError with the line if the file is no Python. A name defined twice is listed once, the last one, as
    Python has it.
    """
    if len(text) > MAX_PYTHON_CHARACTERS:
        raise EditorError(f"'{origin}' is too long for a file of components.", hint="Files up to 2 MB are read.")
    try:
        module = ast.parse(text)
    except SyntaxError as error:
        raise EditorError(
            f"'{origin}', line {error.lineno or 1}: not Python: {error.msg}.", hint="Correct the file."
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise EditorError(f"'{origin}' cannot be read as Python.", hint="Is it a source file?") from error
    reader = _PythonReader(text, module, origin)
    found: dict[str, PythonComponent] = {}
    errors: list[EditorError] = []
    for function, decorator, kind in reader.decorated():
        try:
            found[function.name] = reader.component(function, decorator, kind)
        except EditorError as error:
            errors.append(error)
        except RecursionError:
            errors.append(reader.refusal(function, "its annotations are nested too deeply"))
    return list(found.values()), errors


class _PythonReader:
    def __init__(self, text: str, module: ast.Module, origin: str) -> None:
        self._lines = text.splitlines(keepends=True)
        self._module = module
        self._origin = origin
        self._names = Names(module)
        self._assigned: dict[str, ast.stmt] = {}
        for statement in module_statements(module):
            for name in _defined(statement):
                self._assigned[name] = statement

    def decorated(self) -> Iterator[tuple[ast.FunctionDef, ast.expr, EntryKind]]:
        for statement in module_statements(self._module):
            if not isinstance(statement, ast.FunctionDef):
                continue
            for decorator in statement.decorator_list:
                called = decorator.func if isinstance(decorator, ast.Call) else decorator
                kind = self._kind(called)
                if kind is not None:
                    yield statement, decorator, kind
                    break

    def _kind(self, called: ast.expr) -> EntryKind | None:
        meaning = self._names.meaning(called)
        if meaning.endswith(".partial"):
            return None
        return _KINDS.get(meaning)

    def component(self, function: ast.FunctionDef, decorator: ast.expr, kind: EntryKind) -> PythonComponent:
        arguments = function.args
        if arguments.vararg or arguments.kwarg:
            raise self.refusal(function, "KFP takes no *args or **kwargs")
        described = self._descriptions(function)
        inputs: list[Input] = []
        outputs: list[Output] = []
        for argument, default in _with_defaults(arguments):
            if argument.annotation is None:
                raise self.refusal(argument, f"the argument '{argument.arg}' of '{function.name}' has no type")
            said = port(argument.annotation, self._names)
            text = described.get(argument.arg, "")
            if said.direction == "output":
                outputs.append(Output(name=argument.arg, type=said.type, description=text))
            elif said.direction == "input":
                always = said.type in (TASK_FINAL_STATUS, TASK_CONFIG)
                inputs.append(
                    Input(
                        name=argument.arg,
                        type=said.type,
                        default=self._default(default) if not isinstance(said.type, ArtifactType) else None,
                        is_optional=default is not None or always,
                        description=text,
                    )
                )
        if kind != "container":
            outputs += [
                Output(name=name, type=type_, description=described.get(name, ""))
                for name, type_ in returns(function.returns, self._names)
            ]
        self._refuse_twins(function, [spec.name for spec in inputs], [spec.name for spec in outputs])
        named = self._keyword(decorator, "name") if kind == "pipeline" else None
        return PythonComponent(
            function=function.name,
            name=display_name(named) if isinstance(named, str) else kfp_name(function.name),
            kind=kind,
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            description=self._description(function, decorator),
            digest=self._digest(function),
            source=self._text(function),
        )

    def refusal(self, node: ast.FunctionDef | ast.arg, what: str) -> EditorError:
        return EditorError(f"'{self._origin}', line {node.lineno}: {what}.", hint="Correct the function's signature.")

    def _refuse_twins(self, function: ast.FunctionDef, inputs: list[str], outputs: list[str]) -> None:
        for names in (inputs, outputs):
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise self.refusal(function, f"'{function.name}' declares '{shown(twice)}' twice")

    def _default(self, node: ast.expr | None) -> Constant | None:
        """The default where it can be read without running anything; a constant of the module counts."""
        if isinstance(node, ast.Name):
            statement = self._assigned.get(node.id)
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                node = statement.value
        if node is None:
            return None
        try:
            value: Json = ast.literal_eval(node)
        except _UNREADABLE:
            return None
        return Constant(value) if isinstance(value, str | int | float | bool | list | dict) else None

    def _keyword(self, decorator: ast.expr, name: str) -> Json:
        if not isinstance(decorator, ast.Call):
            return None
        for keyword in decorator.keywords:
            if keyword.arg == name:
                default = self._default(keyword.value)
                return default.value if default else None
        return None

    def _description(self, function: ast.FunctionDef, decorator: ast.expr) -> str:
        said = self._keyword(decorator, "description")
        if isinstance(said, str):
            return said
        parsed = _parsed(ast.get_docstring(function) or "")
        if parsed is None or not parsed.short_description:
            return ""
        return "\n".join(text for text in (parsed.short_description, parsed.long_description) if text).strip()

    def _descriptions(self, function: ast.FunctionDef) -> dict[str, str]:
        """What the docstring says of each argument, and of each output of a NamedTuple in its Returns."""
        text = ast.get_docstring(function) or ""
        found: dict[str, str] = {}
        for variant in (text.replace("Returns:\n", "Args:\n"), text):
            parsed = _parsed(variant)
            for param in parsed.params if parsed else []:
                found[param.arg_name] = (param.description or "").strip()
        return found

    def _text(self, node: ast.stmt) -> str:
        start = min([node.lineno, *(entry.lineno for entry in getattr(node, "decorator_list", []))])
        return "".join(self._lines[start - 1 : node.end_lineno])

    def _digest(self, function: ast.FunctionDef) -> str:
        """Of the function's text and of what its decorators, defaults and annotations name in the module."""
        seen: dict[str, ast.stmt] = {}
        waiting: list[ast.AST] = [*function.decorator_list, function.args]
        if function.returns is not None:
            waiting.append(function.returns)
        while waiting:
            for node in ast.walk(waiting.pop()):
                if not isinstance(node, ast.Name) or node.id in seen or node.id not in self._assigned:
                    continue
                statement = self._assigned[node.id]
                seen[node.id] = statement
                if not isinstance(statement, ast.FunctionDef) or statement is not function:
                    waiting.append(statement)
        texts = [self._text(function), *(self._text(seen[name]) for name in sorted(seen))]
        return hashlib.sha256("\x00".join(texts).encode("utf-8", "surrogatepass")).hexdigest()


def kfp_name(function: str) -> str:
    """The name that KFP gives the component of a function: `load_iris` is `load-iris`."""
    return port_name(function).replace("_", "-").strip("-") or display_name(function)


def _parsed(docstring: str) -> docstring_parser.Docstring | None:
    try:
        return docstring_parser.parse(docstring)
    except docstring_parser.ParseError:
        return None


def _with_defaults(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    padding: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    yield from zip(positional, [*padding, *arguments.defaults], strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)


def _defined(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Assign):
        yield from (target.id for target in statement.targets if isinstance(target, ast.Name))
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        yield statement.target.id
    elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield statement.name
