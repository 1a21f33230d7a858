"""The laws over random documents: import∘compile is the identity, and what validation lets through compiles.

Sound documents come from `dressed_documents`; damaged ones are what `mutated` makes of those, valid or not.
"""

import itertools
import random
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from editor.compiler import RawPackage, compile_document, import_package, read_package
from editor.compiler.python.export import export_python
from editor.model import (
    Component,
    Constant,
    ContainerImplementation,
    Document,
    EntityId,
    ExitHandler,
    KubernetesSetting,
    Retry,
    Snapshot,
    Task,
)
from editor.model.kubernetes import KUBERNETES_FUNCTIONS
from editor.validation import validate
from editor.worker import Worker
from tests.compiler.python.test_export import DslCompiler
from tests.compiler.test_random_pipelines import shape
from tests.ir_diff import needs_ir_diff, package_diffs
from tests.laws.mutations import mutated
from tests.laws.strategies import dressed_documents

pytestmark = needs_ir_diff

QUIET = settings(
    deadline=None,
    database=None,
    # Shrinking compiles thousands of documents; the document in the note is small enough.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
_NUMBERS = itertools.count()
SEEDS = st.integers(0, 2**32)


@settings(QUIET, max_examples=12, derandomize=True)
@given(dressed_documents())
def test_import_after_compile_is_the_identity(worker: Worker, document: Document) -> None:
    check_identity(worker, document)


@pytest.mark.slow
@pytest.mark.timeout(120)
@settings(QUIET, max_examples=100)
@given(dressed_documents(max_tasks=12))
def test_import_after_compile_is_the_identity_for_many(worker: Worker, document: Document) -> None:
    check_identity(worker, document)


@settings(QUIET, max_examples=12, derandomize=True)
@given(dressed_documents(max_tasks=6), SEEDS)
def test_what_validation_lets_through_compiles(worker: Worker, document: Document, seed: int) -> None:
    check_damaged(worker, document, seed)


@pytest.mark.slow
@pytest.mark.timeout(180)
@settings(QUIET, max_examples=150)
@given(dressed_documents(max_tasks=8), SEEDS)
def test_what_validation_lets_through_compiles_for_many(worker: Worker, document: Document, seed: int) -> None:
    check_damaged(worker, document, seed)


@pytest.mark.slow
@pytest.mark.timeout(180)
@settings(QUIET, max_examples=12, derandomize=True)
@given(dressed_documents(max_tasks=6))
def test_the_sdk_makes_the_same_of_the_exported_python(
    worker: Worker, dsl_compiler: DslCompiler, tmp_path: Path, document: Document
) -> None:
    """Whatever the export says that the file cannot say is no part of the law."""
    export = export_python(document, worker)
    note(export.source)
    if export.gaps:
        return
    named = {
        key: msgspec.structs.replace(entity, name=export.names[key]) if key in export.names else entity
        for key, entity in document.entities.items()
    }
    # The SDK's process keeps a module that it has loaded: each needs a name of its own.
    source, target = tmp_path / f"exported_{next(_NUMBERS)}.py", tmp_path / "exported.yaml"
    source.write_text(export.source, encoding="utf-8")
    assert dsl_compiler.compile(source, target) == ""
    ours = tmp_path / "document.yaml"
    ours.write_text(compile_document(Snapshot(named), worker).yaml, encoding="utf-8")
    found = package_diffs(without_kfp_version(ours), without_kfp_version(target))
    assert found == [], [str(one)[:300] for one in found[:5]]


@pytest.fixture(scope="module")
def dsl_compiler() -> Iterator[DslCompiler]:
    compiler = DslCompiler()
    yield compiler
    compiler.close()


def without_kfp_version(path: Path) -> RawPackage:
    path.write_text(re.sub(r"kfp==[\w.\-]+", "kfp==X", path.read_text(encoding="utf-8")), encoding="utf-8")
    return read_package(path)


def check_identity(worker: Worker, document: Document) -> None:
    """Validation finds nothing; the document comes back; and the package comes back from it.

    The same document means: all that `shape` compares, of what `as_compiled` makes of both.
    """
    note(repr(document.entities))
    assert [issue for issue in validate(document) if issue.severity == "error"] == []
    package = compile_document(document, worker)
    raw = RawPackage(spec=package.spec, platform=package.platform, runtime_config=package.runtime_config)
    again = Document(import_package(raw))
    assert [issue for issue in validate(again) if issue.severity == "error"] == []
    paths = package.source_map
    found, wanted = shape(as_compiled(again), paths), shape(as_compiled(document), paths)
    assert sorted(found) == sorted(wanted)
    for path, fields in wanted.items():
        for field in {*fields, *found[path]}:
            assert found[path].get(field) == fields.get(field), (path, field)
    assert package_diffs(raw, compile_document(again, worker)) == []


def check_damaged(worker: Worker, document: Document, seed: int) -> None:
    """Of several damaged copies, those that have no error compile, come back, and still have none."""
    chance = random.Random(seed)
    for times in (1, 1, 2, 3):
        damaged = mutated(chance, document, times=times)
        if any(issue.severity == "error" for issue in validate(damaged)):
            continue
        note(repr(damaged.entities))
        package = compile_document(damaged, worker)
        raw = RawPackage(spec=package.spec, platform=package.platform, runtime_config=package.runtime_config)
        again = Document(import_package(raw))
        assert [issue.message for issue in validate(again) if issue.severity == "error"] == []
        assert package_diffs(raw, compile_document(again, worker)) == []


def as_compiled(document: Document) -> Document:
    """What the IR can tell of a document: variables set on a task are its component's, Kubernetes settings stand by
    function and not in the order in which they were made (labels and the like by key), constant tolerations one by one,
    and a default that is given says what a missing one says (retries: wait 0 s, doubled each time, for an hour at
    most). An exit task runs whatever happened before it, asked or not.
    """
    table = dict(document.entities)
    exit_tasks = {group.exit_task for group in document.nodes() if isinstance(group, ExitHandler)}
    for task in document.tasks():
        component = document.get(task.component)
        changed = msgspec.structs.replace(
            task.settings,
            env={},
            retry=with_waiting(task.settings.retry),
            ignore_upstream_failure=task.settings.ignore_upstream_failure and task.id not in exit_tasks,
            kubernetes=tuple(
                sorted(
                    (without_defaults(one) for given in task.settings.kubernetes for one in spelt_out(given)),
                    key=place,
                )
            ),
        )
        table[task.id] = msgspec.structs.replace(task, settings=changed)
        if task.settings.env and isinstance(component, Component):
            made = with_variables(component, task)
            table[made.id] = made
            table[task.id] = msgspec.structs.replace(task, settings=changed, component=made.id)
    return Document(table)


def place(setting: KubernetesSetting) -> tuple[str, str]:
    """The IR holds pod labels, annotations and node selectors in maps, whose order protobuf draws anew in each process;
    all else of one function stays in order.
    """
    key = next((setting.arguments[name] for name in ("label_key", "annotation_key") if name in setting.arguments), None)
    return setting.function, str(key.value) if isinstance(key, Constant) else ""


def with_waiting(retry: Retry | None) -> Retry | None:
    if retry is None:
        return None
    return Retry(
        max_count=retry.max_count,
        backoff_duration_s=retry.backoff_duration_s or 0.0,
        backoff_factor=retry.backoff_factor or 2.0,
        backoff_max_duration_s=min(retry.backoff_max_duration_s or 3600.0, 3600.0),
    )


def spelt_out(setting: KubernetesSetting) -> list[KubernetesSetting]:
    given = setting.arguments.get("toleration_json")
    if not isinstance(given, Constant):
        return [setting]
    return [
        KubernetesSetting(function="add_toleration", arguments={name: Constant(text) for name, text in one.items()})
        for one in given.value
    ]


def without_defaults(setting: KubernetesSetting) -> KubernetesSetting:
    function = KUBERNETES_FUNCTIONS[setting.function]
    kept = {
        name: argument
        for name, argument in setting.arguments.items()
        if (parameter := function.parameter(name)) is None
        or parameter.is_required
        or argument != Constant(parameter.default)
    }
    return KubernetesSetting(function=setting.function, arguments=kept)


def with_variables(component: Component, task: Task) -> Component:
    assert isinstance(component.implementation, ContainerImplementation)
    own = {entry["name"]: entry["value"] for entry in component.implementation.container.get("env", ())}
    env = [{"name": name, "value": value} for name, value in {**own, **task.settings.env}.items()]
    implementation = msgspec.structs.replace(
        component.implementation, container={**component.implementation.container, "env": env}
    )
    return msgspec.structs.replace(component, id=EntityId(f"{component.id}-{task.id}"), implementation=implementation)
