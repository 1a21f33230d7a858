"""components, validate, compile, import, export: on files, with the real SDK where a package is made."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from editor.model import Placement
from editor.storage import load_document
from tests.backends.server.conftest import make_spec
from tests.builders import from_task, task, value
from tests.cli.conftest import Pipeloom, saved
from tests.corpus import CORPUS, needs_corpus

SOURCES = Path(__file__).resolve().parents[2]
SAMPLES = SOURCES / "resources" / "samples"


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    return saved(tmp_path / "chain.pipeloom", task("first", x=value("1")), task("then", x=from_task("first")))


def test_components_are_listed_and_broken_ones_beside_them(pipeloom: Pipeloom, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "good.py").write_text(
        "from kfp import dsl\nopen('EXECUTED', 'w')\n\n"
        "@dsl.component\ndef add(a: int, b: float = 1.5) -> str:\n    return ''\n",
        encoding="utf-8",
    )
    (folder / "broken.component.yaml").write_text("name: x\nimplementation: {container: [", encoding="utf-8")
    answer = pipeloom("components", folder, "--json")
    assert answer.code == 1
    (component,) = answer.json["components"]
    assert (component["name"], component["kind"]) == ("add", "python")
    assert component["inputs"] == [
        {"name": "a", "type": "NUMBER_INTEGER", "optional": False, "default": None},
        {"name": "b", "type": "NUMBER_DOUBLE", "optional": True, "default": 1.5},
    ]
    assert component["outputs"] == [{"name": "Output", "type": "STRING"}]
    assert component["origin"].endswith("good.py#add")
    (error,) = answer.json["errors"]
    assert error["origin"].endswith("broken.component.yaml")
    assert error["message"] in answer.err
    assert not (tmp_path / "EXECUTED").exists()


def test_samples_are_all_sound(pipeloom: Pipeloom) -> None:
    answer = pipeloom("components", SAMPLES)
    assert (answer.code, answer.err) == (0, "")
    assert "in   a: NUMBER_DOUBLE" in answer.out


def test_validate_names_subjects_by_path(pipeloom: Pipeloom, tmp_path: Path) -> None:
    bad = saved(tmp_path / "bad.pipeloom", task("first", x=from_task("then")), task("then", x=from_task("first")))
    answer = pipeloom("validate", bad, "--json")
    assert (answer.code, answer.err) == (1, "")
    issue = answer.json["issues"][0]
    assert list(issue) == ["severity", "code", "subject", "message", "hint"]
    assert issue["severity"] == "error"
    assert issue["subject"] in ("first", "then")
    text = pipeloom("validate", bad)
    assert text.code == 1
    assert issue["message"] in text.out
    answer = pipeloom("compile", bad, "-o", tmp_path / "bad.yaml")
    assert (answer.code, answer.out) == (1, "")
    assert issue["message"] in answer.err
    assert not (tmp_path / "bad.yaml").exists()


def test_sound_document_has_no_issues(pipeloom: Pipeloom, chain: Path) -> None:
    answer = pipeloom("validate", chain, "--json")
    assert (answer.code, answer.json) == (0, {"issues": []})
    assert pipeloom("validate", chain).out == "No problems.\n"


@pytest.mark.slow
def test_compile_writes_what_the_ending_says(pipeloom: Pipeloom, chain: Path, tmp_path: Path) -> None:
    answer = pipeloom("compile", chain, "-o", tmp_path / "p.yaml")
    assert (answer.code, answer.out) == (0, "")
    spec = yaml.safe_load((tmp_path / "p.yaml").read_text(encoding="utf-8"))
    assert set(spec["root"]["dag"]["tasks"]) == {"first", "then"}
    assert pipeloom("compile", tmp_path / "p.yaml", "-o", tmp_path / "p.tar.gz").code == 0
    with tarfile.open(tmp_path / "p.tar.gz") as archive:
        member = archive.extractfile("pipeline.yaml")
        assert member is not None
        assert yaml.safe_load(member.read()) == spec
    answer = pipeloom("compile", chain, "-o", tmp_path / "none" / "p.yaml")
    assert answer.code == 1
    assert "could not be written" in answer.err


@pytest.mark.slow
def test_import_lays_out_and_set_on_a_package_compiles_it_anew(pipeloom: Pipeloom, chain: Path, tmp_path: Path) -> None:
    package = tmp_path / "p.yaml"
    assert pipeloom("compile", chain, "-o", package).code == 0
    before = yaml.safe_load(package.read_text(encoding="utf-8"))
    assert pipeloom("set", package, "first.x=2", "-o", tmp_path / "q.yaml").code == 0
    assert yaml.safe_load(package.read_text(encoding="utf-8")) == before
    assert pipeloom("set", package, "first.x=2").code == 0
    before["root"]["dag"]["tasks"]["first"]["inputs"]["parameters"]["x"]["runtimeValue"]["constant"] = "2"
    for changed in (package, tmp_path / "q.yaml"):
        assert yaml.safe_load(changed.read_text(encoding="utf-8")) == before
    answer = pipeloom("import", package, "-o", tmp_path / "back.pipeloom")
    assert (answer.code, answer.out) == (0, "")
    document = load_document(tmp_path / "back.pipeloom")
    assert {each.name for each in document.tasks()} == {"first", "then"}
    assert sum(isinstance(entity, Placement) for entity in document.entities.values()) >= 2


@pytest.mark.slow
def test_export_writes_python_that_compiles(pipeloom: Pipeloom, chain: Path, tmp_path: Path) -> None:
    answer = pipeloom("export", chain, "-o", tmp_path / "p.py")
    assert (answer.code, answer.out) == (0, "")
    compile((tmp_path / "p.py").read_text(encoding="utf-8"), "p.py", "exec")


@needs_corpus
@pytest.mark.slow
def test_changing_one_constant_of_a_real_package_changes_nothing_else(pipeloom: Pipeloom, tmp_path: Path) -> None:
    source = CORPUS / "ir" / "collected_artifacts.yaml"
    assert pipeloom("compile", source, "-o", tmp_path / "a.yaml").code == 0
    assert pipeloom("set", source, "collecting-artifacts.model_ids=z1", "-o", tmp_path / "b.yaml").code == 0
    first = yaml.safe_load((tmp_path / "a.yaml").read_text(encoding="utf-8"))
    second = yaml.safe_load((tmp_path / "b.yaml").read_text(encoding="utf-8"))
    parameters = first["root"]["dag"]["tasks"]["collecting-artifacts"]["inputs"]["parameters"]
    parameters["model_ids"]["runtimeValue"]["constant"] = "z1"
    assert first == second


def test_names_of_outputs_are_checked_before_any_work(pipeloom: Pipeloom, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(str(make_spec()), encoding="utf-8")
    assert pipeloom("import", "p.json", "-o", "p.txt").code == 2
    assert not (tmp_path / "p.txt").exists()


@pytest.mark.slow
def test_render_draws_without_a_display(chain: Path, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "QT_QPA_PLATFORM")}
    environment |= {"PYTHONPATH": str(SOURCES), "PIPELOOM_HOME": str(tmp_path / "home")}
    for name, start in (("p.png", b"\x89PNG"), ("p.svg", b"<?xml")):
        command = [sys.executable, "-m", "editor", "render", str(chain), "-o", str(tmp_path / name), "--theme", "dark"]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=50, check=False)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert (tmp_path / name).read_bytes().startswith(start)
    command = [sys.executable, "-m", "editor", "render", str(chain), "-o", "p.gif"]
    assert subprocess.run(command, capture_output=True, env=environment, timeout=50, check=False).returncode == 2
