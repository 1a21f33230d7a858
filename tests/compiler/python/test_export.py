"""The law of the Python export: the SDK's own command compiles the file to what the document compiles to."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from editor.compiler import RawPackage, compile_document, import_package, read_package
from editor.compiler.python.export import PythonExport, export_python
from editor.model import Document, Entity, EntityId, Snapshot
from editor.worker import Worker
from tests.corpus import corpus_files, needs_corpus
from tests.ir_diff import needs_ir_diff, package_diffs

DESCRIPTIONS = "descriptions in a component that is loaded from text"
OLD_SDK = "a package written by an SDK before 2.0"
OLD_DEFAULT = "a default of an input that is not marked optional (older SDKs)"

DIFFERENT = {
    "arguments-parameters.yaml": OLD_DEFAULT,
    "automl_tabular_feature_selection_pipeline.yaml": DESCRIPTIONS,
    "automl_tabular_v2_pipeline.yaml": DESCRIPTIONS,
    "bqml_arima_train_pipeline.yaml": DESCRIPTIONS,
    "default_pipeline.json": OLD_SDK,
    "hello_world.yaml": "a pipeline's name that the SDK rewrites",
    "literal-input.yaml": "an input limited to a choice of literals",
    "pipeline_with_loops_and_conditions.json": OLD_SDK,
    "pipeline_with_volume.yaml": OLD_SDK,
    "sequence_to_sequence_forecasting_pipeline.yaml": DESCRIPTIONS,
    "tabnet_hyperparameter_tuning_job_pipeline.yaml": DESCRIPTIONS,
    "tabnet_trainer_pipeline.yaml": DESCRIPTIONS,
    "testdata__pipeline_with_volume.yaml": OLD_SDK,
    "time_series_dense_encoder_forecasting_pipeline.yaml": DESCRIPTIONS,
    "two_step_pipeline_containerized.yaml": OLD_DEFAULT,
}
"""The packages of the corpus that the DSL cannot say whole, each with a reason that the export gives."""

REFUSED_BY_THE_SDK = {"default_pipeline.json", "pipeline_with_loops_and_conditions.json"}
"""Of these, the ones (of SDK 1.8) that feed inputs with other types, which today's SDK refuses to compile at all."""

_COMPILE = """
import json, sys, warnings
from kfp.cli.compile_ import compile_
warnings.simplefilter("ignore")
for line in sys.stdin:
    source, target = json.loads(line)
    try:
        compile_.main(["--py", source, "--output", target], standalone_mode=False)
        answer = ""
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    sys.stderr.write(json.dumps(answer) + "\\n")
    sys.stderr.flush()
"""


class DslCompiler:
    """`kfp dsl compile`, many times in one process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _COMPILE],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def compile(self, source: Path, target: Path) -> str:
        """Empty, or the SDK's error."""
        assert self._process.stdin is not None
        assert self._process.stderr is not None
        self._process.stdin.write(json.dumps([str(source), str(target)]) + "\n")
        self._process.stdin.flush()
        while line := self._process.stderr.readline():
            if line.startswith('"'):
                return str(json.loads(line))
        raise AssertionError("the SDK's process ended")

    def close(self) -> None:
        with self._process:
            self._process.kill()


@pytest.fixture(scope="module")
def dsl_compiler() -> Iterator[DslCompiler]:
    compiler = DslCompiler()
    yield compiler
    compiler.close()


def _with_names(entities: dict[EntityId, Entity], export: PythonExport) -> Snapshot:
    """The document with the names that the SDK gives what the DSL cannot name."""
    table = dict(entities)
    for key, name in export.names.items():
        entity = table[key]
        assert "name" in entity.__struct_fields__
        table[key] = msgspec.structs.replace(entity, name=name)
    return Snapshot(table)


def _read_without_kfp_version(path: Path) -> RawPackage:
    path.write_text(re.sub(r"kfp==[\w.\-]+", "kfp==X", path.read_text(encoding="utf-8")), encoding="utf-8")
    return read_package(path)


@needs_corpus
@needs_ir_diff
@pytest.mark.slow
@pytest.mark.timeout(60)
@pytest.mark.parametrize("package", corpus_files("ir", ".yaml", ".json"), ids=lambda path: path.name)
def test_the_file_compiles_to_the_package(
    package: Path, worker: Worker, dsl_compiler: DslCompiler, tmp_path: Path
) -> None:
    entities = import_package(read_package(package))
    export = export_python(Document(entities), worker)
    source = tmp_path / f"exported_{re.sub('[^a-z0-9]', '_', package.stem.lower())}.py"
    source.write_text(export.source, encoding="utf-8")
    refused = dsl_compiler.compile(source, tmp_path / "python.yaml")
    reasons = {gap.reason for gap in export.gaps}
    if package.name in REFUSED_BY_THE_SDK:
        assert "InconsistentTypeException" in refused
        assert DIFFERENT[package.name] in reasons
        return
    assert refused == ""
    document = tmp_path / "document.yaml"
    document.write_text(compile_document(_with_names(entities, export), worker).yaml, encoding="utf-8")
    found = package_diffs(_read_without_kfp_version(document), _read_without_kfp_version(tmp_path / "python.yaml"))
    if package.name in DIFFERENT:
        assert found
        assert DIFFERENT[package.name] in reasons
    else:
        assert found == []
