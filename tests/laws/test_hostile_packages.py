"""Packages that somebody damaged or made to harm, from the file to the package written back.

Whatever is in the file: a document, or an EditorError with a sentence. Never another exception, never ten seconds, and
never a file anywhere but where one was asked for.
"""

import io
import json
import random
import re
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from editor.cli import main
from editor.compiler import Package, RawPackage, compile_document, import_package, read_package, write_package
from editor.compiler.python.export import export_python
from editor.errors import EditorError
from editor.layout import arrange
from editor.model import ROOT, Document
from editor.validation import validate
from editor.worker import Worker
from tests.corpus import corpus_files, needs_corpus
from tests.laws.damage import damaged
from tests.machine import is_within

LIMIT_S = 10.0
"""Of this process's own time: the machine may be doing something else."""
SMALL = [path for path in corpus_files("ir", ".yaml", ".json") if path.stat().st_size < 60_000]


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as started:
        yield started


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test runs in `here`; whatever it writes beside that shows."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    yield
    assert {path.name for path in tmp_path.iterdir()} == {"here"}


def whole_way(path: Path, worker: Worker, slow: float = 1.0) -> str:
    """Read, import, arrange, validate, compile, export and write a package; "" or the sentence that refused it.

    What is valid must compile. `slow` times the limit may be taken.
    """
    began = time.process_time()
    try:
        document = Document(import_package(read_package(path)))
        arrange(document, scope=ROOT)
        errors = [issue for issue in validate(document) if issue.severity == "error"]
        package = compiled(document, worker, must=not errors)
        write_package(package, path.with_name("written.yaml"))
        export_python(document, worker)
        message = ""
    except EditorError as error:
        message = error.message
    assert is_within(time.process_time() - began, LIMIT_S, slow)
    assert message == "" or re.search(r"[.!?…]$", message.rstrip())
    assert "Traceback" not in message
    return message


def compiled(document: Document, worker: Worker, *, must: bool) -> Package:
    if not must:
        return compile_document(document, worker)
    try:
        return compile_document(document, worker)
    except EditorError as error:
        raise AssertionError(f"validation let through: {error} {error.details}") from error


@needs_corpus
@pytest.mark.parametrize("seed", range(3))
def test_damaged_packages(seed: int, worker: Worker) -> None:
    check_damaged(seed, 8, worker)


@needs_corpus
@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(100, 104))
def test_many_damaged_packages(seed: int, worker: Worker) -> None:
    check_damaged(seed, 60, worker)


def check_damaged(seed: int, count: int, worker: Worker) -> None:
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        source = chance.choice(SMALL)
        raw = damaged(chance, read_package(source))
        path = Path(f"damaged-{number}{chance.choice(['.yaml', '.json', '.tgz', '.zip'])}")
        path.write_bytes(packed(raw, path.suffix))
        whole_way(path, worker)
        expected = {"written.yaml", *(f"damaged-{one}" for one in range(count))}
        assert {
            entry.name.split(".")[0] if "damaged" in entry.name else entry.name for entry in Path().iterdir()
        } <= expected


def packed(raw: RawPackage, ending: str) -> bytes:
    """The package's bytes in the form that the ending asks for."""
    if ending == ".json":
        return json.dumps({"pipelineSpec": raw.spec, "runtimeConfig": raw.runtime_config}).encode()
    documents = [raw.spec, raw.platform] if raw.platform else [raw.spec]
    text = yaml.dump_all(documents, Dumper=yaml.CSafeDumper, allow_unicode=True).encode()
    buffer = io.BytesIO()
    if ending == ".tgz":
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            member = tarfile.TarInfo("pipeline.yaml")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
        return buffer.getvalue()
    if ending == ".zip":
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("pipeline.yaml", text)
        return buffer.getvalue()
    return text


STEP: dict[str, Any] = {"componentRef": {"name": "comp-step"}, "taskInfo": {"name": "step"}}


def spec(tasks: dict[str, Any], components: dict[str, Any] | None = None) -> RawPackage:
    """A package with one container, `comp-step`."""
    return RawPackage(
        spec={
            "components": {"comp-step": {"executorLabel": "exec-step"}, **(components or {})},
            "deploymentSpec": {"executors": {"exec-step": {"container": {"image": "alpine", "command": ["true"]}}}},
            "pipelineInfo": {"name": "hostile"},
            "root": {"dag": {"tasks": tasks}},
            "schemaVersion": "2.1.0",
            "sdkVersion": "kfp-2.13.0",
        }
    )


def nested(depth: int, kind: str = "pipeline") -> RawPackage:
    """A step inside `depth` sub-pipelines, or inside as many conditions."""
    policy = {"triggerPolicy": {"condition": "true"}} if kind == "condition" else {"cachingOptions": {}}
    components = {
        f"comp-n{level}": {"dag": {"tasks": {"n": {"componentRef": {"name": f"comp-n{level + 1}"}, **policy}}}}
        for level in range(depth)
    }
    components[f"comp-n{depth}"] = {"dag": {"tasks": {"step": STEP}}}
    return spec({"n": {"componentRef": {"name": "comp-n0"}, **policy}}, components)


def circle(length: int) -> RawPackage:
    names = [f"t{number}" for number in range(length)]
    return spec({name: {**STEP, "dependentTasks": [names[number - 1]]} for number, name in enumerate(names)})


def named(name: str) -> RawPackage:
    """A task, a component, an executor and a pipeline of that name."""
    raw = spec({name: {"componentRef": {"name": f"comp-{name}"}, "taskInfo": {"name": name}}})
    raw.spec["components"][f"comp-{name}"] = {"executorLabel": f"exec-{name}"}
    executors = raw.spec["deploymentSpec"]["executors"]
    executors[f"exec-{name}"] = executors["exec-step"]
    raw.spec["pipelineInfo"]["name"] = name
    return raw


def reading(source: dict[str, Any]) -> RawPackage:
    """A step whose input `x` comes from there."""
    raw = spec({"step": {**STEP, "inputs": {"parameters": {"x": source}}}})
    raw.spec["components"]["comp-step"]["inputDefinitions"] = {"parameters": {"x": {"parameterType": "STRING"}}}
    return raw


HOSTILE: dict[str, tuple[Callable[[], RawPackage], str]] = {
    "a circle of two": (lambda: circle(2), "wait for each other"),
    "a circle of a thousand": (lambda: circle(1000), "wait for each other"),
    "a task that waits for itself": (lambda: circle(1), "waits for itself"),
    "a task that reads itself": (
        lambda: reading({"taskOutputParameter": {"producerTask": "step", "outputParameterKey": "o"}}),
        "takes its own output",
    ),
    "a component that is not there": (lambda: spec({"a": {"componentRef": {"name": "comp-gone"}}}), "is not in it"),
    "no components at all": (lambda: msgspec.structs.replace(spec({"step": STEP}), spec={"root": {}}), "no tasks"),
    "a component that contains itself": (
        lambda: spec(
            {"a": {"componentRef": {"name": "comp-a"}}},
            {"comp-a": {"dag": {"tasks": {"a": {"componentRef": {"name": "comp-a"}}}}}},
        ),
        "contains itself",
    ),
    "a thousand sub-pipelines in each other": (lambda: nested(1000), "deep"),
    "a thousand conditions in each other": (lambda: nested(1000, "condition"), "deep"),
    "a condition that is code": (
        lambda: spec({"step": {**STEP, "triggerPolicy": {"condition": "__import__('os').system('touch here')"}}}),
        "",
    ),
    **{
        f"the name {name[:20]!r}": (lambda name=name: named(name), "")
        for name in (
            "../../escape",
            "/etc/passwd",
            "a/../../b",
            "..",
            "C:\\x",
            "x" * 10_000,
            "a\x00b",
            "\u202eb",
            "-rf",
        )
    },
}


@pytest.mark.parametrize("ending", [".yaml", ".json"])
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_packages(case: str, ending: str, worker: Worker) -> None:
    make, words = HOSTILE[case]
    path = Path(f"hostile{ending}")
    path.write_bytes(packed(make(), ending))
    assert words in whole_way(path, worker)
    assert {entry.name for entry in Path().iterdir()} <= {path.name, "written.yaml"}


@pytest.mark.parametrize("depth", [30, 60])
def test_nesting_that_no_one_draws_still_works_or_is_refused(depth: int, worker: Worker) -> None:
    path = Path("deep.yaml")
    path.write_bytes(packed(nested(depth), ".yaml"))
    message = whole_way(path, worker)
    assert message == "" or "deep" in message


@pytest.mark.slow
def test_fifty_megabytes(worker: Worker) -> None:
    path = Path("large.yaml")
    with path.open("w", encoding="utf-8") as file:
        file.write("root:\n  dag:\n    tasks:\n")
        line = (
            "      t{}: {{componentRef: {{name: c}}, inputs: {{parameters: {{x: {{componentInputParameter: y}}}}}}}}\n"
        )
        for number in range(50 * 2**20 // len(line)):
            file.write(line.format(number))
    # To read so much takes all of the limit where the machine's speed halves meanwhile; gone wrong it would take hours.
    assert "values" in whole_way(path, worker, 3.0)


@needs_corpus
@pytest.mark.parametrize("path", corpus_files("legacy", ".yaml"), ids=lambda path: path.name)
def test_legacy_packages_are_named_by_the_command_line(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(path), "-o", "out.pipeloom"], window=lambda _files: 0) == 1
    said = capsys.readouterr()
    kind = "Argo" if "apiVersion: argoproj.io" in path.read_text(encoding="utf-8") else "Tekton"
    assert kind in said.err
    assert "Traceback" not in said.err
    assert said.out == ""
    assert not Path("out.pipeloom").exists()
