"""The shipped sample: its package is what the SDK compiles from the same pipeline written in Python."""

import gzip
import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from editor.compiler import compile_document, read_package, write_package
from editor.storage import load_document
from editor.validation import validate
from editor.worker import Worker
from tests.ir_diff import needs_ir_diff, package_diffs

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"


@needs_ir_diff
@pytest.mark.slow
def test_the_sample_is_the_pipeline_in_python(tmp_path: Path, worker: Worker) -> None:
    compiled = tmp_path / "python.yaml"
    program = [sys.executable, "-B", "-W", "ignore", "-c", "from kfp.cli.__main__ import main; main()"]
    command = [*program, "dsl", "compile", "--py", str(SAMPLES / "iris_pipeline.py"), "--output", str(compiled)]
    subprocess.run(command, check=True, capture_output=True)
    package = compile_document(load_document(SAMPLES / "iris.pipeloom"), worker)
    assert package_diffs(package, read_package(compiled)) == []


def test_the_sample_has_no_problems() -> None:
    assert validate(load_document(SAMPLES / "iris.pipeloom")) == []


def test_its_archive_holds_one_package_and_is_the_same_each_time(tmp_path: Path, worker: Worker) -> None:
    package = compile_document(load_document(SAMPLES / "iris.pipeloom"), worker)
    for name in ("one.tar.gz", "two.tar.gz"):
        write_package(package, tmp_path / name)
    written = (tmp_path / "one.tar.gz").read_bytes()
    assert written == (tmp_path / "two.tar.gz").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(written))) as archive:
        assert archive.getnames() == ["pipeline.yaml"]
        member = archive.extractfile("pipeline.yaml")
        assert member is not None
        assert yaml.safe_load(member.read())["pipelineInfo"]["name"] == "iris"
