# pyright: reportPrivateUsage=false
"""What the worker process does for this room: loading v1 components and evaluating Python files with the SDK.

Imported by name in the worker only. A person's file is executed here, when she uses something of it, and nowhere else.
"""

import contextlib
import os
import sys
import traceback
import types
import typing
import warnings
from collections.abc import Generator
from pathlib import Path

from google.protobuf import json_format
from kfp import components
from kfp.dsl import base_component, graph_component, structures
from kfp.dsl.types import type_utils

from editor.errors import EditorError
from editor.model import Json

Compiled = dict[str, Json]
"""`spec` and `platform` as JSON, and the ports in the order in which they were declared (the IR sorts them)."""


def load_v1(text: str) -> Compiled:
    """The component that a v1 `component.yaml` declares, as the SDK converts it."""
    try:
        component = components.load_component_from_text(text)
        return _compiled(component)
    except Exception as error:
        raise EditorError(
            f"The KFP SDK cannot load this component: {_first_line(error)}",
            hint="The component's file must say something else.",
            details=traceback.format_exc(),
        ) from error


def evaluate(path: str, function: str) -> Compiled:
    """The component or pipeline that a function in a Python file is, the file being executed for that.

    Raises EditorError with the file's own error, and the line in it, if it does not get that far.
    """
    module = _executed(Path(path))
    found = getattr(module, function, None)
    if not isinstance(found, base_component.BaseComponent):
        raise EditorError(
            f"'{path}' no longer has a component '{function}'.", hint="Read the library again; the file has changed."
        )
    try:
        return _compiled(found)
    except Exception as error:
        raise EditorError(
            f"The KFP SDK cannot compile '{function}': {_first_line(error)}", details=traceback.format_exc()
        ) from error


def _compiled(component: base_component.BaseComponent) -> Compiled:
    declared: structures.ComponentSpec = component.component_spec
    inputs, outputs = list(declared.inputs or {}), list(declared.outputs or {})
    spec = _sorted(json_format.MessageToDict(component.pipeline_spec))
    root = spec.get("root", {})
    for ports, order in ((root.get("inputDefinitions", {}), inputs), (root.get("outputDefinitions", {}), outputs)):
        for kind, named in ports.items():
            ports[kind] = {name: named[name] for name in order if name in named}
    return {
        "spec": spec,
        "platform": _sorted(json_format.MessageToDict(component.platform_spec)),
        "inputs": inputs,
        "outputs": outputs,
        "is_pipeline": isinstance(component, graph_component.GraphComponent),
    }


def _sorted(value: Json) -> Json:
    """Keys in order, as in a package: protobuf's maps have another order in each process."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value


def _executed(path: Path) -> types.ModuleType:
    """The module that the file is, executed as if started from its folder, leaving no trace in this process."""
    path = path.resolve()
    # The file's own name, as `kfp dsl compile` has it (the SDK writes imports of custom types with it), unless a module
    # that somebody else may be about to import is called so.
    module = types.ModuleType(path.stem if path.stem not in sys.modules else f"pipeloom_component_{path.stem}")
    module.__file__ = str(path)
    with _in_folder(path.parent, module):
        try:
            code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
            exec(code, module.__dict__)
        except OSError as error:
            raise EditorError(
                f"'{path}' cannot be read: {error.strerror or error}.", hint="Is it still there?"
            ) from error
        except (Exception, SystemExit) as error:
            line = _line_in(error, str(path))
            raise EditorError(
                f"'{path.name}'{line} cannot be evaluated: {type(error).__name__}: {_first_line(error)}",
                hint=_remedy(error),
                details=traceback.format_exc(),
            ) from error
    return module


@contextlib.contextmanager
def _in_folder(folder: Path, module: types.ModuleType) -> Generator[None]:
    """Siblings import, relative paths resolve, and Literal is understood, while a file is executed.

    Modules that come from the folder are forgotten afterwards, so that the next evaluation reads them anew.
    """
    before = dict(sys.modules)
    paths, cwd, bytecode = list(sys.path), Path.cwd(), sys.dont_write_bytecode
    sys.path.insert(0, str(folder))
    sys.modules[module.__name__] = module
    sys.dont_write_bytecode = True
    os.chdir(folder)
    try:
        with warnings.catch_warnings(), _literals_as_their_values():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.chdir(cwd)
        sys.path[:] = paths
        sys.dont_write_bytecode = bytecode
        sys.modules.pop(module.__name__, None)
        for name in set(sys.modules) - set(before):
            origin = getattr(sys.modules[name], "__file__", None)
            if origin and Path(origin).is_relative_to(folder):
                del sys.modules[name]


@contextlib.contextmanager
def _literals_as_their_values() -> Generator[None]:
    """Let the SDK take `Literal["a", "b"]` for str: 2.17 refuses it ("Artifacts must have both a schema_title…") though
    the IR has a word for it, which `realise` adds. Goes when `Literal` compiles without it (there is a test)."""
    original = type_utils._annotation_to_type_struct

    def widened(annotation: object) -> object:
        if typing.get_origin(annotation) is typing.Literal:
            annotation = type(typing.get_args(annotation)[0])
        return original(annotation)

    type_utils._annotation_to_type_struct = widened
    try:
        yield
    finally:
        type_utils._annotation_to_type_struct = original


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:500]


def _remedy(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError):
        return (
            f"'{error.name}' is not installed where Pipeloom runs. Import it inside the functions that use it: "
            "it is needed where they run, not here."
        )
    return "Correct the file; 'python' on it shows the same."


def _line_in(error: BaseException, path: str) -> str:
    if isinstance(error, SyntaxError) and error.filename == path:
        return f", line {error.lineno},"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return f", line {lines[-1]}," if lines else ""
