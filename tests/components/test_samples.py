"""The samples are examples that people copy: they compile with the SDK's own command, and say what they need."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from editor.compiler.packages import read_package
from editor.components import list_components
from editor.worker import Worker

MAIN = "from kfp.cli.__main__ import main; main()"
SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"


def test_every_entry_of_the_samples_is_described() -> None:
    entries, errors = list_components([SAMPLES])
    assert errors == []
    for entry in entries:
        assert entry.description, entry.name
        assert entry.kind in ("python", "container", "pipeline", "importer")


def test_what_is_installed_is_pinned_and_the_image_named() -> None:
    for path in SAMPLES.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        for listed in re.findall(r"^[A-Z]+ = \[(.*)\]$", text, re.MULTILINE):
            for package in re.findall(r'"([^"]+)"', listed):
                assert re.fullmatch(r"[a-z-]+==[0-9.]+", package)
        assert text.count("@dsl.component(base_image=PYTHON") == text.count("@dsl.component")


@pytest.mark.slow
def test_the_sdks_own_command_compiles_the_iris_pipeline(tmp_path: Path) -> None:
    path = SAMPLES / "iris_pipeline.py"
    command = [sys.executable, "-W", "error::FutureWarning", "-B", "-c", MAIN, "dsl", "compile", "--py", str(path)]
    subprocess.run([*command, "--output", str(tmp_path / "iris.yaml")], check=True, capture_output=True, cwd=tmp_path)
    raw = read_package(tmp_path / "iris.yaml")
    with Worker() as worker:
        compiled = worker.call("editor.components.evaluate:evaluate", str(path), "iris")
    assert compiled["spec"] == raw.spec
    assert list(raw.spec["root"]["dag"]["tasks"]) == sorted(compiled["spec"]["root"]["dag"]["tasks"])
