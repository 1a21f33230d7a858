"""Importing what we compiled gives the document again, for random pipelines with every construct.

Smaller ones, with all settings on top, are tried in `tests/laws`.
"""

from collections.abc import Container
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from editor.compiler import RawPackage, compile_document, import_package
from editor.model import Component, Document, EntityId, Pipeline, Task
from editor.worker import Worker
from tests.ir_diff import needs_ir_diff, package_diffs
from tests.strategies import documents

pytestmark = needs_ir_diff

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]


@pytest.mark.slow
@pytest.mark.timeout(300)
@settings(max_examples=40, deadline=None, suppress_health_check=_QUIET)
@given(documents(max_tasks=25))
def test_import_after_compile_is_the_identity_for_larger_ones(sdk: Worker, document: Document) -> None:
    _check(sdk, document)


def _check(sdk: Worker, document: Document) -> None:
    package = compile_document(document, sdk)
    raw = RawPackage(spec=package.spec, platform=package.platform, runtime_config=package.runtime_config)
    again = Document(import_package(raw))
    assert shape(again, package.source_map) == shape(document, package.source_map)
    assert package_diffs(raw, compile_document(again, sdk)) == []


def shape(document: Document, paths: Container[str]) -> dict[str, Any]:
    """What each task and group at one of `paths` says, paths instead of ids in it, and what waits for what.

    Left out: sub-pipelines that no task uses, names of components, the order of ports (the IR has none), and which of
    the waiting was said twice.
    """
    names: dict[str, str] = {}
    for node in document.nodes():
        names[node.id] = "@" + _path_in_pipeline(node.id, document)
    found: dict[str, Any] = {}
    for node in document.nodes():
        scope = document.graph(node.parent)
        waits_for = sorted({names[other] for other in scope.predecessors(node.id)})
        for path in paths_of(node.id, document, paths):
            found[path] = {**_named(_bare(node, document), names), "waits_for": waits_for}
    found[""] = _named(_plain(msgspec.structs.replace(document.root, extra={})), names)
    return found


def paths_of(node: EntityId, document: Document, paths: Container[str]) -> list[str]:
    return [path for path in document.paths(node) if path in paths]


def _path_in_pipeline(node: EntityId, document: Document) -> str:
    around = [entity for entity in (node, *document.ancestors(node)) if not isinstance(document.get(entity), Pipeline)]
    return "/".join(document.node(entity).name for entity in reversed(around))


def _bare(node: Any, document: Document) -> dict[str, Any]:
    fields = _plain(node)
    for field in ("id", "parent", "extra", "after", "item_kind"):
        fields.pop(field, None)
    if isinstance(node, Task):
        component = document.get(node.component)
        bare = _plain(component)
        kept = ("inputs", "outputs", "implementation") if isinstance(component, Component) else ("inputs",)
        fields["component"] = {key: bare.get(key) for key in kept}
        if node.settings.image is not None:
            # The image that the component had stands nowhere in the package then.
            fields["component"]["implementation"]["container"]["image"] = ""
    return fields


def _plain(value: Any) -> Any:
    """JSON builtins without what equals its default (msgspec leaves out only what is its default)."""
    if isinstance(value, msgspec.Struct):
        fields = {
            field.name: getattr(value, field.name)
            for field in msgspec.structs.fields(value)
            if field.required or getattr(value, field.name) != _default(field)
        }
        plain = {name: _plain(item) for name, item in fields.items()}
        for name in ("inputs", "outputs"):
            if name in plain:
                plain[name] = sorted(plain[name], key=repr)
        return {"type": type(value).__name__, **plain}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _default(field: Any) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def _named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return {key: _named(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_named(item, names) for item in value]
    return value
