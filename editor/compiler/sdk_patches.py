"""What is changed in kfp 2.17.0 while it compiles for us. Worker only: this imports kfp.

Each patch has a test (tests/compiler/test_sdk_patches.py) that fails when upstream no longer needs it.
"""

# pyright: reportPrivateUsage=false, reportAttributeAccessIssue=false
# The generated protobuf modules have no names for the type checker, and some of the SDK's parts no public way in.

import contextlib
import functools
from collections.abc import Generator
from typing import Any

from google.protobuf import json_format
from kfp.compiler import pipeline_spec_builder as builder
from kfp.dsl import pipeline_channel, utils
from kfp.dsl.types import type_utils
from kfp.pipeline_spec import pipeline_spec_pb2

_clean_name = utils.maybe_rename_for_k8s
_final: set[str] = set()


@functools.lru_cache(maxsize=100_000)
def _name(name: str) -> str:
    """The SDK's own cleaning, remembered; a name that the plan has settled stays as it is."""
    return name if name in _final else _clean_name(name)


@functools.lru_cache(maxsize=100_000)
def _component_name(name: str) -> str:
    return utils.COMPONENT_NAME_PREFIX + _name(name)


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


_extract = pipeline_channel.extract_pipeline_channels_from_string


def _extract_from_string(payload: str) -> list[Any]:
    """The SDK's search for channels in text, skipped where there can be none: the text may be a whole program."""
    return _extract(payload) if "{{channel:" in payload else []


@contextlib.contextmanager
def patched(final_names: set[str], *, checks_types: bool = True) -> Generator[_JsonFormat]:
    """The SDK with the patches in, for one pipeline. `final_names` are taken as they are.

    `checks_types` False leaves out the SDK's comparison of types, for what an older, laxer SDK has compiled.
    """
    _final.clear()
    _final.update(final_names)
    _name.cache_clear()
    _component_name.cache_clear()
    writer = _JsonFormat()
    with contextlib.ExitStack() as stack:
        # The builder cleans the name of every sibling again for every task: a million regex calls at 1,000 tasks.
        stack.enter_context(_replaced(utils, "maybe_rename_for_k8s", _name))
        stack.enter_context(_replaced(utils, "sanitize_task_name", _name))
        stack.enter_context(_replaced(utils, "sanitize_component_name", _component_name))
        stack.enter_context(_replaced(builder, "json_format", writer))
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
