"""Every package of the corpus is given back as it was: as it is, renamed and named back, changed in one value."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from editor.compiler import RawPackage, compile_document, import_package, read_package
from editor.model import Constant, Document, Entity, EntityId, Pipeline, Task
from editor.model.entities import NODE_TYPES, Component, ImporterImplementation
from editor.worker import Worker
from tests.corpus import CORPUS, corpus_params, needs_corpus
from tests.ir_diff import needs_ir_diff, package_diffs

pytestmark = [needs_corpus, needs_ir_diff]

PACKAGES = corpus_params("ir", ".yaml", ".json") or [CORPUS / "ir" / "none.yaml"]

OLDER = {"Pipeline.spec.schemaVersion", "Pipeline.spec.sdkVersion"}
KEPT = {
    "hello_world.yaml": {*OLDER, "Pipeline.name"},
    **dict.fromkeys(
        (
            "automl_tabular_feature_selection_pipeline.yaml",
            "automl_tabular_v2_pipeline.yaml",
            "bqml_arima_train_pipeline.yaml",
            "default_pipeline.json",
            "lightweight_python_functions_with_outputs.yaml",
            "pipeline_with_loops_and_conditions.json",
            "pipeline_with_volume.yaml",
            "sequence_to_sequence_forecasting_pipeline.yaml",
            "sequential-v2.yaml",
            "sequential.yaml",
            "tabnet_hyperparameter_tuning_job_pipeline.yaml",
            "tabnet_trainer_pipeline.yaml",
            "testdata__pipeline_with_volume.yaml",
            "time_series_dense_encoder_forecasting_pipeline.yaml",
            "xgboost_sample_pipeline.json",
        ),
        OLDER,
    ),
}
"""All that the entities keep verbatim: the versions where an older SDK wrote the package, and a name with slashes."""

each_package = pytest.mark.parametrize("path", PACKAGES)


def compiled(entities: dict[EntityId, Entity], sdk: Worker) -> RawPackage:
    package = compile_document(Document(entities), sdk)
    return RawPackage(spec=package.spec, platform=package.platform, runtime_config=package.runtime_config)


@each_package
def test_package_is_given_back(path: Path, sdk: Worker) -> None:
    raw = read_package(path)
    assert package_diffs(raw, compiled(import_package(raw), sdk)) == []


@each_package
def test_entities_keep_nothing_but_what_is_listed(path: Path) -> None:
    kept: set[str] = set()
    for entity in import_package(read_package(path)).values():
        kept |= _kept(entity)
    assert kept == KEPT.get(path.name, set())


@pytest.mark.slow
@each_package
def test_package_survives_other_names_for_all_tasks_and_groups(path: Path, sdk: Worker) -> None:
    raw = read_package(path)
    entities = import_package(raw)
    names = sorted({entity.name for entity in entities.values() if isinstance(entity, NODE_TYPES)})
    there = {name: f"other-{number}-name" for number, name in enumerate(names)}
    renamed = compiled(_renamed(entities, there), sdk)
    assert package_diffs(raw, renamed) != []
    back = {new: old for old, new in there.items()}
    assert package_diffs(raw, compiled(_renamed(import_package(renamed), back), sdk)) == []
    assert package_diffs(raw, compiled(_renamed(_renamed(entities, there), back), sdk)) == []


@pytest.mark.slow
@each_package
def test_changing_one_argument_changes_that_value_only(path: Path, sdk: Worker) -> None:
    raw = read_package(path)
    entities = import_package(raw)
    chosen = _constant_argument(entities)
    if chosen is None:
        pytest.skip("no task of it has a constant argument that may be changed")
    task, name, before = chosen
    after = _other(before)
    changed = msgspec.structs.replace(task, arguments={**task.arguments, name: Constant(after)})
    differences = package_diffs(raw, compiled({**entities, task.id: changed}, sdk))
    end = f"/tasks/{task.name}/inputs/parameters/{name}/runtimeValue/constant"
    old_end = f"{end}Value"
    assert differences
    for where, old, new in differences:
        assert end in where or old_end in where
        assert old != new
    uses = {where.split("/tasks/")[0] for where, _old, _new in differences}
    assert len(differences) == len(uses) or isinstance(before, dict | list)


def test_import_gives_the_same_ids_each_time() -> None:
    path = CORPUS / "ir" / "if_elif_else_complex.yaml"
    assert import_package(read_package(path)) == import_package(read_package(path))


def test_sub_pipeline_used_twice_is_one_entity() -> None:
    raw = read_package(CORPUS / "ir" / "if_elif_else_with_oneof_parameters.yaml")
    pipelines = [entity for entity in import_package(raw).values() if isinstance(entity, Pipeline)]
    assert len(pipelines) == 2


def _renamed(entities: dict[EntityId, Entity], names: dict[str, str]) -> dict[EntityId, Entity]:
    return {
        key: msgspec.structs.replace(entity, name=names[entity.name]) if isinstance(entity, NODE_TYPES) else entity
        for key, entity in entities.items()
    }


def _constant_argument(entities: dict[EntityId, Entity]) -> tuple[Task, str, Any] | None:
    for entity in sorted(entities.values(), key=lambda entity: entity.id):
        if not isinstance(entity, Task):
            continue
        component = entities[entity.component]
        if isinstance(component, Component) and isinstance(component.implementation, ImporterImplementation):
            continue
        for name, argument in entity.arguments.items():
            if isinstance(argument, Constant):
                return entity, name, argument.value
    return None


def _other(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}1"
        case list():
            return [*value, *(value[-1:] or ["more"])]
        case _:
            return {**value, "one_more": "entry"}


def _kept(entity: Entity) -> set[str]:
    extra = dict(getattr(entity, "extra", {}))
    kept = {f"{type(entity).__name__}.names"} if extra.pop("names", None) else set()
    kept |= _leaves(extra, type(entity).__name__)
    for port in (*getattr(entity, "inputs", ()), *getattr(entity, "outputs", ())):
        kept |= _leaves(port.extra, type(port).__name__)
    return kept


def _leaves(value: Any, path: str) -> set[str]:
    if isinstance(value, dict):
        return {leaf for key, inner in value.items() for leaf in _leaves(inner, f"{path}.{key}")}
    return {path}
