"""The meaning of "the same package", taken from the tools beside the project; without them, tests that need it skip."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from editor.compiler import Package, RawPackage

_TOOL = Path(__file__).resolve().parents[2] / "shared" / "tools" / "ir_diff.py"

needs_ir_diff = pytest.mark.skipif(not _TOOL.is_file(), reason="the tool ../shared/tools/ir_diff.py is not here")


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ir_diff", _TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def package_diffs(a: Package | RawPackage, b: Package | RawPackage) -> list[tuple[str, Any, Any]]:
    """[(path, a's value, b's value)] wherever two packages differ; empty for the same."""
    tool = _tool()
    found = tool.diffs(tool.normal(a.spec), tool.normal(b.spec))
    return found + tool.diffs(tool.normal(_beside(a)), tool.normal(_beside(b)), "platform:")


def _beside(package: Package | RawPackage) -> dict[str, Any]:
    beside = dict(package.platform.get("platforms", {}))
    if package.runtime_config:
        beside["runtimeConfig"] = package.runtime_config
    return beside
