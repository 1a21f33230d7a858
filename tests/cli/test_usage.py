"""Exit codes, streams, and what becomes of mistakes: the person's, and our own."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from editor.cli import verbs
from tests.cli.conftest import Pipeloom

ALL_VERBS = (
    "components",
    "validate",
    "compile",
    "show",
    "set",
    "run",
    "submit",
    "upload",
    "import",
    "export",
    "render",
)
SOURCES = Path(__file__).resolve().parents[2]


def child(*words: str, code: str = "") -> subprocess.CompletedProcess[str]:
    command = ["-c", code] if code else ["-m", "editor", *words]
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, cwd=SOURCES, timeout=50, check=False
    )


def test_help_lists_every_verb_and_starts_fast() -> None:
    began = time.perf_counter()
    done = child("--help")
    taken = time.perf_counter() - began
    assert (done.returncode, done.stderr) == (0, "")
    for verb in ALL_VERBS:
        assert f"  {verb} " in done.stdout
    # 0.1 s on a machine at rest; the limit leaves room for a busy one.
    assert taken < 2


def test_reading_a_document_loads_neither_kfp_nor_qt_nor_networkx(document: Path) -> None:
    code = (
        "import sys\n"
        "from editor.cli import main\n"
        f"code = main(['show', {str(document)!r}], window=lambda files: 9)\n"
        "heavy = {'kfp', 'networkx', 'PySide6', 'numpy', 'yaml', 'httpx', 'google', 'kubernetes'}\n"
        "print(code, sorted(heavy & set(sys.modules)))"
    )
    assert child(code=code).stdout.splitlines()[-1] == "0 []"


def test_words_that_are_no_verb_are_files_for_the_window(pipeloom: Pipeloom, document: Path) -> None:
    assert pipeloom().code == 40
    assert pipeloom(document).code == 41
    assert pipeloom(document, "other.yaml").code == 42
    answer = pipeloom("valdate", document)
    assert answer.code == 2
    assert "Did you mean 'validate'?" in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ["show"],
        ["show", "a", "b"],
        ["show", "--what", "a"],
        ["compile", "x.pipeloom"],
        ["compile", "x.pipeloom", "-o", "x.txt"],
        ["import", "x.yaml", "-o", "x.yaml"],
        ["export", "x.yaml", "-o", "x.txt"],
        ["submit", "x.yaml"],
        ["upload", "x.yaml", "--token", "secret"],
        ["run", "--input"],
        ["--what"],
    ],
)
def test_wrong_usage_is_2(pipeloom: Pipeloom, words: list[str]) -> None:
    answer = pipeloom(*words)
    assert (answer.code, answer.out) == (2, "")
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("verb", ["show", "validate"])
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.pipeloom", None, "There is no file"),
        ("none.yaml", None, "none.yaml"),
        ("none", None, "There is no file"),
        ("half.pipeloom", b'{"format": 1, "entities": [\n{"type": "Pipe', "half.pipeloom"),
        ("other.txt", b"hello", "neither a document nor a KFP package"),
        ("bomb.yaml", b"a: &a [x, x]\nb: &b [*a, *a]\nroot: [*b, *b]\n", "cannot be read"),
        ("tag.yaml", b"root: !!python/object/apply:os.system ['touch PWNED']\n", "tag.yaml"),
        ("legacy.yaml", b"apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n", "Argo"),
        ("empty.yaml", b"", "empty"),
        ("folder.pipeloom", b"", "folder.pipeloom"),
    ],
)
def test_files_that_cannot_be_read_are_1_and_in_words(
    pipeloom: Pipeloom, tmp_path: Path, verb: str, name: str, content: bytes | None, words: str
) -> None:
    if name.startswith("folder"):
        (tmp_path / name).mkdir()
    elif content is not None:
        (tmp_path / name).write_bytes(content)
    answer = pipeloom(verb, name, "--json")
    assert (answer.code, answer.out) == (1, "")
    assert words in answer.err
    assert "Traceback" not in answer.err
    assert not (tmp_path / "PWNED").exists()
    assert not (tmp_path / "pipeloom-home" / "data" / "reports").exists()


def test_bug_of_ours_is_a_message_and_a_report(
    pipeloom: Pipeloom, document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_file: str) -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(verbs, "open_file", broken)
    answer = pipeloom("show", document)
    assert (answer.code, answer.out) == (1, "")
    assert "a bug of its own: ZeroDivisionError: of all things" in answer.err
    assert "Traceback" not in answer.err
    (report,) = (tmp_path / "pipeloom-home" / "data" / "reports").iterdir()
    assert str(report) in answer.err
    assert "Traceback" in report.read_text(encoding="utf-8")


def test_reader_that_goes_away_is_no_bug(document: Path) -> None:
    writer = f"{sys.executable} -m editor show --json {document}"
    done = subprocess.run(
        ["bash", "-c", f"{writer} | true"], capture_output=True, text=True, cwd=SOURCES, timeout=50, check=False
    )
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr


def test_no_display_is_said() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "editor"], capture_output=True, text=True, cwd=SOURCES, env={}, timeout=50, check=False
    )
    assert done.returncode == 1
    assert "There is no display" in done.stderr
    assert "pipeloom run FILE" in done.stderr
