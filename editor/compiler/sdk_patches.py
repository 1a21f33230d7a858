"""What is changed in kfp 2.17.0 while it compiles for us. Worker only: this imports kfp.

Each patch has a test (tests/compiler/test_sdk_patches.py) that fails when upstream no longer needs it.
"""

# pyright: reportPrivateUsage=false, reportAttributeAccessIssue=false
# The generated protobuf modules have no names for the type checker, and some of the SDK's parts no public way in.

import ast
import contextlib
import functools
import inspect
import textwrap
import types
from collections.abc import Callable, Generator
from typing import Any

from google.protobuf import json_format
from kfp.compiler import compiler_utils
from kfp.compiler import pipeline_spec_builder as builder
from kfp.dsl import pipeline_channel, utils
from kfp.dsl.types import type_utils
from kfp.pipeline_spec import pipeline_spec_pb2

_clean_name = utils.maybe_rename_for_k8s
_final: set[str] = set()
_tag = [""]


@functools.lru_cache(maxsize=100_000)
def _name(name: str) -> str:
    """The SDK's own cleaning, remembered; a name that the plan has settled stays as it is."""
    return name if name in _final else _clean_name(name)


@functools.lru_cache(maxsize=100_000)
def _component_name(name: str) -> str:
    return f"{utils.COMPONENT_NAME_PREFIX}{_name(name)}{_tag[0]}"


@functools.lru_cache(maxsize=100_000)
def _executor_label(name: str) -> str:
    return f"exec-{_name(name)}{_tag[0]}"


class _JsonFormat:
    """Stands for `json_format` in the builder, which writes the whole deployment spec again for every group.

    300 conditions of two tasks took 4.4 s, almost all of it in there. The last message is kept and written once.
    """

    ParseDict = staticmethod(json_format.ParseDict)

    def __init__(self) -> None:
        self.deployment: Any = None

    def MessageToDict(self, message: Any) -> dict[str, Any]:
        if isinstance(message, pipeline_spec_pb2.PipelineDeploymentConfig):
            self.deployment = message
            return {}
        return json_format.MessageToDict(message)


class _Hoist(ast.NodeTransformer):
    """Two edits of `build_spec_by_group`, which does linear work for each task of a DAG and so quadratic for all.

    The list of the siblings' names is made once, before the loop; `list(X.keys())` of a protobuf map, asked only
    whether it has a name, is the map itself. 3,000 tasks: 16 s become 1.5 s.
    """

    def __init__(self) -> None:
        self.hoisted = 0
        self.maps = 0

    def visit_For(self, node: ast.For) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        moved = [statement for statement in node.body if _assigns(statement, "tasks_in_current_dag")]
        if not moved:
            return node
        self.hoisted += len(moved)
        node.body = [statement for statement in node.body if statement not in moved]
        return [*moved, node]

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(
                func=ast.Name(id="list"), args=[ast.Call(func=ast.Attribute(value=holder, attr="keys"), args=[])]
            ) if isinstance(holder, ast.Attribute) and holder.attr in ("executors", "components"):
                self.maps += 1
                return holder
            case _:
                return node


class _KeepLast(ast.NodeTransformer):
    """An edit of `get_inputs_for_all_groups`, which takes a list for the loop's own as soon as the name of the loop's
    item begins with its name: a task in a group inside a loop that reads the very list made the SDK fail.
    """

    def __init__(self) -> None:
        self.kept = 0

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        match node:
            case ast.Compare(
                left=ast.Attribute(value=ast.Subscript(slice=ast.UnaryOp()), attr="full_name"), ops=[ast.In()]
            ):
                self.kept += 1
                several = ast.parse("len(channels_to_add) > 1", mode="eval").body
                return ast.BoolOp(ast.And(), [several, node])
            case _:
                return node


def _assigns(statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id=target)]):
            return target == name
        case _:
            return False


def _edited(
    module: types.ModuleType, name: str, edit: ast.NodeTransformer, is_whole: Callable[[], bool]
) -> Callable[..., Any]:
    """A function of the SDK with `edit` made in its source; the SDK's own where that is another or missing."""
    original: Callable[..., Any] = getattr(module, name)
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(original)))
    except OSError:  # an installed program may come without sources
        return original
    changed = ast.fix_missing_locations(edit.visit(tree))
    if not is_whole():
        return original
    namespace: dict[str, Any] = {}
    exec(compile(changed, str(module.__file__), "exec"), vars(module) | {"__builtins__": __builtins__}, namespace)
    made = namespace[name]
    # The function must see the module's own names, patched ones too.
    return types.FunctionType(made.__code__, module.__dict__, made.__name__, made.__defaults__, made.__closure__)


_hoist = _Hoist()
_build_spec_by_group = _edited(builder, "build_spec_by_group", _hoist, lambda: (_hoist.hoisted, _hoist.maps) == (1, 2))
_keep_last = _KeepLast()
_get_inputs_for_all_groups = _edited(
    compiler_utils, "get_inputs_for_all_groups", _keep_last, lambda: _keep_last.kept == 2
)
_extract = pipeline_channel.extract_pipeline_channels_from_string


def _extract_from_string(payload: str) -> list[Any]:
    """The SDK's search for channels in text, skipped where there can be none: the text may be a whole program."""
    return _extract(payload) if "{{channel:" in payload else []


@contextlib.contextmanager
def patched(final_names: set[str], tag: str, *, checks_types: bool = True) -> Generator[_JsonFormat]:
    """The SDK with the patches in, for one pipeline. `final_names` are taken as they are.

    `tag` ends the names of the pipeline's components and executors: so no two pipelines have one in common, and the
    SDK's merge has nothing to rename (see `allotting` for why); `assemble` gives them their real names.

    `checks_types` False leaves out the SDK's comparison of types, for what an older, laxer SDK has compiled.
    """
    _final.clear()
    _final.update(final_names)
    _name.cache_clear()
    _component_name.cache_clear()
    _executor_label.cache_clear()
    _tag[0] = tag
    writer = _JsonFormat()
    with contextlib.ExitStack() as stack:
        # The builder cleans the name of every sibling again for every task: a million regex calls at 1,000 tasks.
        stack.enter_context(_replaced(utils, "maybe_rename_for_k8s", _name))
        stack.enter_context(_replaced(utils, "sanitize_task_name", _name))
        stack.enter_context(_replaced(utils, "sanitize_component_name", _component_name))
        stack.enter_context(_replaced(utils, "sanitize_executor_label", _executor_label))
        stack.enter_context(_replaced(builder, "json_format", writer))
        stack.enter_context(_replaced(builder, "build_spec_by_group", _build_spec_by_group))
        stack.enter_context(_replaced(compiler_utils, "get_inputs_for_all_groups", _get_inputs_for_all_groups))
        stack.enter_context(_replaced(pipeline_channel, "extract_pipeline_channels_from_string", _extract_from_string))
        stack.enter_context(_replaced(type_utils, "is_parameter_type", _is_parameter_type))
        if not checks_types:
            stack.enter_context(_replaced(type_utils, "verify_type_compatibility", _no_check))
        yield writer


def _no_check(*_arguments: object, **_named: object) -> bool:
    return True


_is_parameter_type_of = type_utils.is_parameter_type


@functools.lru_cache(maxsize=10_000)
def _is_parameter_type_text(type_name: str) -> bool:
    return _is_parameter_type_of(type_name)


def _is_parameter_type(type_name: Any) -> bool:
    """The SDK's answer, remembered for type names that are text."""
    return _is_parameter_type_text(type_name) if isinstance(type_name, str) else _is_parameter_type_of(type_name)


@contextlib.contextmanager
def _replaced(module: Any, name: str, value: Any) -> Generator[None]:
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)
