"""Finding components in folders: what is listed, what is told as broken, what is passed over, and that nothing runs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from editor.components import as_json, list_components, listing
from tests.corpus import CORPUS, corpus_files, needs_corpus

V1 = "name: Echo\ninputs: [{name: a, type: String, default: x}]\nimplementation: {container: {image: alpine}}\n"
PYTHON = "from kfp import dsl\n@dsl.component\ndef f(a: int = 1) -> str:\n    return 'x'\n"
PROJECT = Path(__file__).resolve().parents[2]


@needs_corpus
def test_every_component_and_package_of_the_corpus_is_listed() -> None:
    files = [*corpus_files("components", ".yaml"), *corpus_files("ir", ".yaml", ".json")]
    entries, errors = list_components(files)
    assert errors == []
    assert {entry.path for entry in entries} == {str(path) for path in files}


@needs_corpus
def test_the_katalogs_six_are_containers_with_their_ports() -> None:
    entries, errors = list_components(corpus_files("components", ".yaml"))
    assert errors == []
    katalog = {entry.name: entry for entry in entries if "katalog-" in entry.path}
    assert sorted(katalog) == [
        "Create Dataset Volume",
        "Create Kubernetes Secret",
        "Create Model Config",
        "Deploy Model on Kubernetes",
        "Echo Sample",
        "Generate Dataset Metadata",
    ]
    assert {entry.kind for entry in katalog.values()} == {"container"}
    deploy = katalog["Deploy Model on Kubernetes"]
    assert [(port.name, str(port.type), port.default and port.default.value) for port in deploy.inputs] == [
        ("model_serving_image", "STRING", None),
        ("deployment_name", "STRING", "model-serving"),
        ("container_port", "STRING", "5000"),
        ("cleanup", "STRING", "False"),
    ]


@needs_corpus
def test_legacy_packages_are_named_for_what_they_are() -> None:
    entries, errors = list_components([CORPUS / "legacy"])
    assert entries == []
    assert len(errors) == 6
    assert all("Tekton PipelineRun" in error.message and "KFP v1" in error.message for error in errors)


def test_one_task_with_a_setting_is_a_pipeline_not_a_component() -> None:
    paths = [CORPUS / "ir" / name for name in ("pipeline_with_caching.yaml", "secret_as_env.yaml", "hello_world.yaml")]
    if not paths[0].exists():
        pytest.skip("the corpus is not here")
    entries, _ = list_components(paths)
    assert {entry.kind for entry in entries} == {"pipeline"}


def test_folders_are_searched_and_what_is_broken_is_told(tmp_path: Path) -> None:
    for name, text in {
        "one.yaml": V1,
        "sub/two.py": PYTHON,
        "broken.yaml": "name: X\ninputs: [\n",
        "incomplete.yaml": "name: X\ninputs: []\n",
        "broken.py": "from kfp import dsl\ndef f(:\n",
        "compose.yaml": "services: {}\n",
        "deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\n---\nkind: Service\n",
        "settings.json": "{not json",
        "tool.py": "def broken(:\n",
        ".hidden.yaml": V1,
        ".git/three.yaml": V1,
        "venv/four.yaml": V1,
        "other-env/five.yaml": V1,
        "other-env/pyvenv.cfg": "",
        "__pycache__/six.yaml": V1,
        "notes.txt": V1,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    entries, errors = list_components([tmp_path])
    assert [(entry.name, entry.origin.location) for entry in entries] == [("Echo", "one.yaml"), ("f", "sub/two.py#f")]
    assert {Path(error.origin).name for error in errors} == {"broken.yaml", "incomplete.yaml", "broken.py"}
    assert all("line" in error.message for error in errors)


def test_a_file_named_itself_must_hold_something(tmp_path: Path) -> None:
    for name, text in {"a.yaml": "services: {}\n", "b.py": "x = 1\n", "c.txt": V1, "e.yaml": ""}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    entries, errors = list_components(
        [tmp_path / name for name in ("a.yaml", "b.py", "c.txt", "absent.yaml", "e.yaml")]
    )
    assert entries == []
    assert [error.message.split("' ")[1] for error in errors] == [
        "holds no component.",
        "holds no component.",
        "is no component file.",
        "is not there.",
        "holds no component.",
    ]
    assert all(error.hint for error in errors)


def test_keys_and_digests_are_the_same_each_time_and_the_digest_follows_the_text(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(V1, encoding="utf-8")
    ((first,), _), ((again,), _) = list_components([path]), list_components([tmp_path, path])
    assert first == again
    path.write_text(V1.replace("alpine", "busybox"), encoding="utf-8")
    ((changed,), _) = list_components([path])
    assert changed.key == first.key
    assert changed.digest != first.digest


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/passwd", "x" * 10_000, "\u202egnp.exe", "🙂🙂", "a\\nb\\0c", "", "C:\\\\x"]
)
def test_hostile_names_are_shown_safely(tmp_path: Path, name: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(f'name: "{name}"\nimplementation: {{container: {{image: alpine}}}}\n', encoding="utf-8")
    entries, errors = list_components([path])
    assert errors == []
    assert 1 <= len(entries[0].name) <= 101
    assert entries[0].name.isprintable()


def test_listing_executes_nothing(tmp_path: Path) -> None:
    trap = tmp_path / "trap.py"
    trap.write_text(f"{PYTHON}\nopen({str(tmp_path / 'sprung')!r}, 'w')\nimport os; os._exit(3)\n", encoding="utf-8")
    ((entry,), errors) = list_components([tmp_path])
    assert (entry.name, errors) == ("f", [])
    assert not (tmp_path / "sprung").exists()


def test_listing_imports_no_kfp() -> None:
    program = (
        "import sys; from pathlib import Path; from editor.components import list_components;"
        "list_components([Path('resources/samples')]);"
        "print([name for name in sys.modules if name.split('.')[0] in ('kfp', 'kubernetes', 'google')])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_too_many_files_are_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(listing, "MAX_FILES", 50)
    for number in range(52):
        (tmp_path / f"{number}.yaml").touch()
    entries, (error,) = list_components([tmp_path])
    assert entries == []
    assert "more than 50 files" in error.message


def test_json_is_what_the_command_line_promises(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(V1, encoding="utf-8")
    (tmp_path / "d.yaml").write_text("name: X\ninputs: []\n", encoding="utf-8")
    said = json.loads(json.dumps(as_json(*list_components([tmp_path]))))
    (component,) = said["components"]
    assert component == {
        "name": "Echo",
        "kind": "container",
        "inputs": [{"name": "a", "type": "STRING", "optional": True, "default": "x"}],
        "outputs": [],
        "digest": component["digest"],
        "origin": str(tmp_path / "c.yaml"),
    }
    (error,) = said["errors"]
    assert set(error) == {"origin", "message", "hint"}
    assert error["origin"] == str(tmp_path / "d.yaml")
