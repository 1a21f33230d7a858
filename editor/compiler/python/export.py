"""The whole file: docstring, imports, artifact classes, components, sub-pipelines, the pipeline, how to compile it."""

import ast
from collections.abc import Iterator, Sequence

import msgspec

from editor.compiler.lines import Span
from editor.compiler.plan import Plan, TaskStatement, walk
from editor.compiler.planning import make_plan
from editor.compiler.python.blocks import Callable, PipelineWriter
from editor.compiler.python.components import Written, write_components
from editor.compiler.python.expressions import (
    arguments_of,
    assign,
    call,
    class_def,
    function_def,
    method,
    name,
    needs_class,
    subscript,
)
from editor.compiler.python.formatting import printed
from editor.compiler.python.functions import DSL_NAMES
from editor.compiler.python.names import Identifiers
from editor.compiler.python.reasons import Gap, Reasons
from editor.model import ArtifactType, Component, DocumentView, EntityId, ImporterImplementation, PortType
from editor.model.names import slug
from editor.worker import Worker


class PythonExport(msgspec.Struct, frozen=True):
    """`gaps` says what of the document the file does not say; `function` is the main pipeline's name in it.

    `names` are the names that the SDK will give to tasks and groups, which the DSL cannot name. `spans` say which lines
    were written for which task, group or component.
    """

    source: str
    gaps: tuple[Gap, ...]
    function: str
    names: dict[EntityId, str]
    spans: tuple[Span, ...] = ()


def export_python(view: DocumentView, worker: Worker) -> PythonExport:
    """The document as a Python file in KFP's DSL.

    Raises CompileError where the document has no plan. The components' own functions are evaluated (their `def` only,
    and only where their signature holds nothing but types and literals) in the worker, to see that they come out right.
    """
    return _Exporter(make_plan(view), worker).export()


class _Exporter:
    def __init__(self, plan: Plan, worker: Worker) -> None:
        self._plan = plan
        self._worker = worker
        self._reasons = Reasons()
        self._taken = Identifiers()

    def export(self) -> PythonExport:
        classes = self._artifact_classes()
        class_nodes = [_artifact_class(title, version, word) for (title, version), word in classes.items()]
        written = write_components(
            self._components_in_order_of_use(),
            classes=classes,
            class_source="\n\n".join(printed([node]) for node in class_nodes),
            taken=self._taken,
            compile_candidates=lambda given: self._worker.call(
                "editor.compiler.python.checking:compile_candidates", given
            ),
            reasons=self._reasons,
        )
        callables = {key: _callable(item.identifier) for key, item in written.items()}
        pipelines: list[str] = []
        functions: dict[str, tuple[ast.FunctionDef, dict[int, EntityId]]] = {}
        names: dict[EntityId, str] = {}
        for pipeline in self._plan.pipelines:
            function = self._taken.take(pipeline.header.name, fallback="pipeline")
            callables[pipeline.id] = Callable(function, slug(pipeline.header.name))
            writer = PipelineWriter(
                self._plan,
                pipeline,
                callables=callables,
                classes=classes,
                taken=self._taken,
                reasons=self._reasons,
            )
            outputs = self._taken.take_class(f"{function}_outputs")
            before, node = writer.function(function, outputs)
            pipelines += [printed([item]) for item in (*before, node)]
            names.update(writer.names)
            functions[function] = node, {id(statement): entity for statement, entity in writer.written}
        main = callables[self._plan.root.id].identifier
        body = (
            [printed([item]) for item in class_nodes]
            + [item.source for item in written.values() if item.source]
            + pipelines
        )
        if len(self._plan.pipelines) > 1:
            body.append(printed([_only_main(main)]))
        body.append(printed([_main_guard(main, self._plan.root.header.name)]))
        head = printed([ast.Expr(ast.Constant(self._docstring()))])
        imports = self._imports(list(written.values()), "".join(body))
        source = f"{head}\n{imports}\n\n" + "\n\n".join(body)
        identifiers = {item.identifier: key for key, item in written.items()}
        spans = tuple(_spans(ast.parse(source).body, functions, identifiers))
        return PythonExport(source, self._reasons.list(), main, names, spans)

    def _docstring(self) -> str:
        """What the file is, and what of the document it does not say."""
        first = f"{_one_line(self._plan.root.header.name)}: a Kubeflow pipeline."
        subjects: dict[str, list[str]] = {}
        for gap in self._reasons.list():
            subjects.setdefault(gap.reason, []).append(_one_line(gap.subject))
        if not subjects:
            return first
        lines = [f"- {reason}: {_some(named)}" for reason, named in subjects.items()]
        return "\n".join([first, "", "Not said here, for the DSL has no words for it:", *lines, ""])

    def _components_in_order_of_use(self) -> list[Component]:
        used: dict[EntityId, Component] = {}
        for pipeline in self._plan.pipelines:
            for statement in walk(pipeline.body):
                if isinstance(statement, TaskStatement) and statement.component in self._plan.components:
                    used[statement.component] = self._plan.components[statement.component]
        return list(used.values())

    def _artifact_classes(self) -> dict[tuple[str, str], str]:
        """(schema title, version) -> the class that the file defines, for types that the SDK has none for."""
        kinds: list[PortType] = []
        for component in self._plan.components.values():
            kinds += [port.type for port in component.inputs] + [port.type for port in component.outputs]
            if isinstance(component.implementation, ImporterImplementation):
                kinds.append(component.implementation.artifact_type)
        for pipeline in self._plan.pipelines:
            kinds += [port.type for port in pipeline.header.inputs] + [port.type for port in pipeline.outputs]
        wanted = {
            (kind.schema_title, kind.schema_version)
            for kind in kinds
            if isinstance(kind, ArtifactType) and needs_class(kind)
        }
        return {key: self._taken.take_class(key[0].rsplit(".", 1)[-1]) for key in sorted(wanted)}

    def _imports(self, written: list[Written], body: str) -> str:
        typing_names: set[str] = set()
        dsl_names: set[str] = set()
        for item in written:
            for word in item.imports:
                (dsl_names if word in DSL_NAMES else typing_names).add(word)
        if "NamedTuple)" in body or "(NamedTuple" in body:
            typing_names.add("NamedTuple")
        packages = ["compiler"]
        if any(item.needs_components for item in written):
            packages.append("components")
        packages.append("dsl")
        if "kubernetes." in body:
            packages.append("kubernetes")
        nodes: list[ast.stmt] = []
        if typing_names:
            nodes.append(ast.ImportFrom("typing", [ast.alias(word) for word in sorted(typing_names)], 0))
        lines = printed(nodes) + ("\n" if nodes else "")
        lines += printed([ast.ImportFrom("kfp", [ast.alias(word) for word in packages], 0)])
        if dsl_names:
            lines += printed([ast.ImportFrom("kfp.dsl", [ast.alias(word) for word in sorted(dsl_names)], 0)])
        return lines


def _spans(
    parsed: Sequence[ast.stmt],
    functions: dict[str, tuple[ast.FunctionDef, dict[int, EntityId]]],
    components: dict[str, EntityId],
) -> Iterator[Span]:
    """Which lines of the source stand for what; the parsed tree has the lines, the written one has the entities."""
    for node in parsed:
        if isinstance(node, ast.FunctionDef) and node.name in functions:
            made, entities = functions[node.name]
            yield from _statement_spans(node.body, made.body, entities)
        elif isinstance(node, ast.FunctionDef) and node.name in components:
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            yield Span(first, node.end_lineno or first, (components[node.name],))
        elif (
            isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in components
        ):
            yield Span(node.lineno, node.end_lineno or node.lineno, (components[node.targets[0].id],))


def _statement_spans(
    parsed: Sequence[ast.stmt], made: Sequence[ast.stmt], entities: dict[int, EntityId]
) -> Iterator[Span]:
    for node, written in zip(parsed, made, strict=True):
        entity = entities.get(id(written))
        if entity is not None:
            yield Span(node.lineno, node.end_lineno or node.lineno, (entity,))
        if isinstance(node, ast.With) and isinstance(written, ast.With):
            yield from _statement_spans(node.body, written.body, entities)


def _callable(identifier: str) -> Callable:
    return Callable(identifier, slug(identifier.rpartition(".")[2]))


def _artifact_class(title: str, version: str, word: str) -> ast.ClassDef:
    body: list[ast.stmt] = [
        assign("schema_title", ast.Constant(title)),
        assign("schema_version", ast.Constant(version or "0.0.1")),
    ]
    return class_def(word, "dsl.Artifact", body)


def _only_main(main: str) -> ast.FunctionDef:
    """`kfp dsl compile` wants one pipeline in a module, or --function: this shows it the main one only (PEP 562)."""
    note = ast.Expr(ast.Constant("Let `kfp dsl compile` see the main pipeline only."))
    body: list[ast.stmt] = [note, ast.Return(ast.List([ast.Constant(main)], ast.Load()))]
    returns = subscript("list", name("str"))
    return function_def("__dir__", arguments_of([], []), body, [], returns)


def _main_guard(main: str, pipeline_name: str) -> ast.If:
    path = f"{_one_line(pipeline_name).replace('/', '-')}.yaml"
    compiled = method(call("compiler.Compiler"), "compile", pipeline_func=name(main), package_path=ast.Constant(path))
    test = ast.Compare(name("__name__"), [ast.Eq()], [ast.Constant("__main__")])
    return ast.If(test, [ast.Expr(compiled)], [])


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace('"', "'").replace("\\", "/")[:80]
