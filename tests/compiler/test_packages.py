"""Packages on disk: every form is read, what is no package is named, nothing hostile passes, and writing is exact."""

import gzip
import io
import json
import random
import stat
import struct
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
import yaml

from editor.compiler.packages import Package, RawPackage, read_package, write_package
from editor.errors import EditorError
from editor.model import EntityId
from tests.corpus import CORPUS, corpus_files, corpus_params, needs_corpus

SPEC = {
    "pipelineInfo": {"name": "p"},
    "root": {
        "dag": {
            "tasks": {
                "loop": {"componentRef": {"name": "comp-loop"}},
                "store": {"componentRef": {"name": "comp-store"}},
            }
        }
    },
    "components": {
        "comp-loop": {"dag": {"tasks": {"train": {"componentRef": {"name": "comp-train"}}}}},
        "comp-train": {"executorLabel": "exec-train"},
        "comp-store": {"executorLabel": "exec-store"},
    },
    "deploymentSpec": {"executors": {"exec-train": {"container": {"image": "a"}}}},
}
TEXT = yaml.safe_dump(SPEC)
PLATFORM = {"platforms": {"kubernetes": {"deploymentSpec": {"executors": {"exec-train": {"nodeSelector": {}}}}}}}


def package(platform: dict | None = None, runtime_config: dict | None = None) -> Package:
    platform = platform or {}
    text = TEXT + ("---\n" + yaml.safe_dump(platform) if platform else "")
    source_map = {"loop": EntityId("l"), "loop/train": EntityId("t"), "store": EntityId("s")}
    return Package(SPEC, platform, runtime_config or {}, text, source_map, "d")


def tar_of(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size, member.type = len(content), kind
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def zip_of(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def read(tmp_path: Path, name: str, content: bytes | str) -> RawPackage:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_package(path)


def refusal(tmp_path: Path, name: str, content: bytes | str) -> EditorError:
    with pytest.raises(EditorError) as caught:
        read(tmp_path, name, content)
    assert name in caught.value.message
    return caught.value


@needs_corpus
@pytest.mark.parametrize("path", corpus_params("ir", ".yaml", ".json"))
def test_reads_the_corpus_in_every_form(path: Path, tmp_path: Path) -> None:
    raw = read_package(path)
    assert {"root", "pipelineInfo"} <= raw.spec.keys()
    assert set(raw.platform) <= {"platforms"}
    written = Package(raw.spec, raw.platform, raw.runtime_config, path.read_text(encoding="utf-8"), {}, "")
    if path.suffix == ".json":
        assert raw.wrapper == {} or raw.wrapper is None
        write_package(written, tmp_path / "p.json")
        again = read_package(tmp_path / "p.json")
        assert (again.spec, again.runtime_config, again.wrapper) == (raw.spec, raw.runtime_config, raw.wrapper)
        return
    for ending in ("yaml", "yml", "tar.gz", "tgz", "zip"):
        write_package(written, tmp_path / f"p.{ending}")
        again = read_package(tmp_path / f"p.{ending}")
        assert (again.spec, again.platform) == (raw.spec, raw.platform)


@needs_corpus
def test_the_pipeline_job_wrapper_is_taken_off() -> None:
    raw = read_package(CORPUS / "ir" / "default_pipeline.json")
    assert raw.wrapper == {}
    assert "pipelineSpec" not in raw.spec
    assert raw.runtime_config["parameters"]["run_distillation"] == {"stringValue": "False"}


def test_a_wrapper_keeps_the_rest_of_what_it_says(tmp_path: Path) -> None:
    job = {"displayName": "d", "pipelineSpec": SPEC, "runtimeConfig": {"parameterValues": {"x": 1}}}
    raw = read(tmp_path, "p.json", json.dumps(job))
    assert (raw.spec, raw.wrapper, raw.runtime_config) == (SPEC, {"displayName": "d"}, {"parameterValues": {"x": 1}})


def test_a_kubernetes_manifest_is_taken_off(tmp_path: Path) -> None:
    manifest = {
        "apiVersion": "pipelines.kubeflow.org/v2beta1",
        "kind": "PipelineVersion",
        "metadata": {"name": "p"},
        "spec": {"pipelineName": "p", "pipelineSpec": SPEC, "platformSpec": PLATFORM},
    }
    raw = read(tmp_path, "p.yaml", yaml.safe_dump(manifest))
    assert (raw.spec, raw.platform) == (SPEC, PLATFORM)
    assert raw.wrapper is not None
    assert raw.wrapper["spec"] == {"pipelineName": "p"}


def test_platform_settings_are_read_with_and_without_their_heading_and_in_any_order(tmp_path: Path) -> None:
    bare = PLATFORM["platforms"]
    for second in (PLATFORM, bare):
        assert read(tmp_path, "p.yaml", f"{TEXT}---\n{yaml.safe_dump(second)}").platform == PLATFORM
    raw = read(tmp_path, "p.yaml", f"{yaml.safe_dump(PLATFORM)}---\n{TEXT}")
    assert (raw.spec, raw.platform) == (SPEC, PLATFORM)


@needs_corpus
def test_legacy_packages_are_named_for_what_they_are() -> None:
    for path in corpus_files("legacy", ".yaml"):
        with pytest.raises(EditorError, match=r"Tekton PipelineRun.*KFP v1") as caught:
            read_package(path)
        assert "kfp dsl compile" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n", "Argo Workflow"),
        ("apiVersion: v1\nkind: ConfigMap\n", "a Kubernetes object (ConfigMap, v1)"),
        ("name: C\nimplementation: {container: {image: a}}\n", "component definition"),
        ("- a\n", "it is a list"),
        ("text\n", "it is a text"),
        ("", "is empty"),
        ("a: 1\n", "it has no 'root'"),
        ("pipelineSpec: [1]\n", "'pipelineSpec' is a list"),
        ("pipelineSpec: {root: {}}\nruntimeConfig: 3\n", "'runtimeConfig' is a number"),
        ("root: {}\n---\n- a\n", "the second document is a list"),
        ("root: {}\n---\nplatforms: x\n", "'platforms' is a text"),
        ("root: {}\n---\na: 1\n---\nb: 1\n", "more than 2"),
        ("root: {}\nroot: {}\n", "line 2: the key 'root' is there twice"),
        ("root: !!python/name:os.system\n", "not allowed"),
        ("root: {", "not YAML"),
    ],
)
def test_what_is_no_package_is_named(tmp_path: Path, text: str, words: str) -> None:
    assert words in refusal(tmp_path, "p.yaml", text).message


def test_unknown_endings_are_refused(tmp_path: Path) -> None:
    assert ".tar.gz" in refusal(tmp_path, "p.txt", TEXT).hint
    with pytest.raises(EditorError, match="no name of a KFP package"):
        write_package(package(), tmp_path / "p.txt")


@pytest.mark.parametrize("pack", [(tar_of, "p.tgz"), (zip_of, "p.zip")], ids=["tar", "zip"])
class TestArchives:
    def test_the_package_is_found(self, pack, tmp_path: Path) -> None:
        make, name = pack
        content = TEXT.encode()
        for members, chosen in (
            ([("pipeline.yaml", content)], "pipeline.yaml"),
            ([("other.yaml", content)], "other.yaml"),
            ([("folder/p.yml", content), ("README.md", b"x")], "folder/p.yml"),
            ([("other.yaml", b"- 1"), ("pipeline.yaml", content)], "pipeline.yaml"),
            ([("p.json", json.dumps(SPEC).encode())], "p.json"),
            ([("PIPELINE.YAML", content), (".hidden.yaml", b"x")], "PIPELINE.YAML"),
        ):
            raw = read(tmp_path, name, make(*members))
            assert raw.spec == SPEC
            assert raw.origin.endswith(f"{name}: {chosen}")

    @pytest.mark.parametrize("member", ["../p.yaml", "/etc/p.yaml", "a/../../p.yaml", "C:\\p.yaml", "..\\p.yaml"])
    def test_names_outside_are_refused(self, pack, member: str, tmp_path: Path) -> None:
        make, name = pack
        error = refusal(tmp_path, name, make((member, TEXT.encode())))
        assert "outside of itself" in error.message
        assert [path.name for path in tmp_path.iterdir()] == [name]

    def test_none_or_several_packages_are_told(self, pack, tmp_path: Path) -> None:
        make, name = pack
        assert "holds no YAML" in refusal(tmp_path, name, make(("readme", b"x"))).message
        assert "2 YAML files" in refusal(tmp_path, name, make(("a.yaml", b"x"), ("b.yaml", b"x"))).message

    def test_bombs_are_refused(self, pack, tmp_path: Path) -> None:
        make, name = pack
        bomb = make(("pipeline.yaml", b" " * (65 * 2**20)))
        assert len(bomb) < 2**20
        assert "64 MB" in refusal(tmp_path, name, bomb).message

    def test_many_members_are_refused(self, pack, tmp_path: Path) -> None:
        make, name = pack
        assert "1,000 files" in refusal(tmp_path, name, make(*((f"{n}.txt", b"") for n in range(1100)))).message

    def test_damaged_archives_are_told(self, pack, tmp_path: Path) -> None:
        make, name = pack
        whole = make(("pipeline.yaml", TEXT.encode() * 20))
        chance = random.Random(7)
        for damaged in (whole[: len(whole) // 2], b"", TEXT.encode(), whole[:-8]):
            refusal(tmp_path, name, damaged)
        for _ in range(300):
            broken = bytearray(whole)
            for _ in range(chance.randint(1, 4)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            try:
                read(tmp_path, name, bytes(broken))
            except EditorError as error:
                assert name in error.message  # noqa: PT017 either outcome will do


def test_links_and_devices_in_a_tar_are_no_packages(tmp_path: Path) -> None:
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE):
        assert "holds no YAML" in refusal(tmp_path, "p.tgz", tar_of(("pipeline.yaml", b""), kind=kind)).message


def test_a_tar_of_nothing_but_headers_is_refused(tmp_path: Path) -> None:
    member = tarfile.TarInfo("x")
    member.type = tarfile.XHDTYPE
    header = member.tobuf(tarfile.USTAR_FORMAT)
    assert "archive" in refusal(tmp_path, "p.tgz", gzip.compress(header * 5000)).message


def test_a_zip_with_a_huge_directory_or_a_password_is_refused(tmp_path: Path) -> None:
    whole = bytearray(zip_of(("pipeline.yaml", TEXT.encode())))
    end = whole.rfind(b"PK\x05\x06")
    huge = bytearray(whole)
    struct.pack_into("<I", huge, end + 12, 0xFFFFFFFF)
    assert "1,000 files" in refusal(tmp_path, "p.zip", bytes(huge)).message
    locked = bytearray(whole)
    locked[6] |= 1
    locked[whole.find(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refusal(tmp_path, "p.zip", bytes(locked)).hint


def test_archives_hold_one_member_and_are_the_same_each_time(tmp_path: Path, monkeypatch) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    for folder in (first, second):
        folder.mkdir()
        for name in ("p.tar.gz", "p.tgz", "p.zip"):
            write_package(package(PLATFORM), folder / name)
        later = time.time() + 100_000
        monkeypatch.setattr(time, "time", lambda later=later: later)
    for name in ("p.tar.gz", "p.tgz", "p.zip"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    with tarfile.open(first / "p.tgz") as archive:
        (member,) = archive.getmembers()
        assert (member.name, member.mtime, member.uid, member.uname, member.mode) == ("pipeline.yaml", 0, 0, "", 0o644)
        file = archive.extractfile(member)
        assert file is not None
        assert file.read().decode() == package(PLATFORM).yaml
    with zipfile.ZipFile(first / "p.zip") as archive:
        assert archive.namelist() == ["pipeline.yaml"]
        assert archive.read("pipeline.yaml").decode() == package(PLATFORM).yaml


def test_json_refuses_platform_settings_naming_the_tasks(tmp_path: Path) -> None:
    with pytest.raises(EditorError) as caught:
        write_package(package(PLATFORM), tmp_path / "p.json")
    assert "'loop/train'" in caught.value.message
    assert "store" not in caught.value.message
    assert caught.value.subjects == ("loop/train",)
    config = {"platforms": {"kubernetes": {"pipelineConfig": {"workspace": {"size": "1Gi"}}}}}
    with pytest.raises(EditorError, match="the pipeline itself"):
        write_package(package(config), tmp_path / "p.json")
    assert list(tmp_path.iterdir()) == []


def test_json_is_the_spec_or_a_job_with_its_runtime_config(tmp_path: Path) -> None:
    write_package(package({"platforms": {"kubernetes": {}}}), tmp_path / "p.json")
    assert json.loads((tmp_path / "p.json").read_text(encoding="utf-8")) == SPEC
    write_package(package(runtime_config={"parameterValues": {"x": 1}}), tmp_path / "p.json")
    assert read_package(tmp_path / "p.json").runtime_config == {"parameterValues": {"x": 1}}


def test_json_that_cannot_be_said_is_refused(tmp_path: Path) -> None:
    deep: list = []
    for _ in range(sys.getrecursionlimit()):
        deep = [deep]
    for value in (deep, float("nan")):
        spoilt = Package({"root": value}, {}, {}, "", {}, "")
        with pytest.raises(EditorError, match="JSON cannot say"):
            write_package(spoilt, tmp_path / "p.json")


def test_writing_replaces_whole_files_and_keeps_permissions(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    write_package(package(), path)
    assert path.read_text(encoding="utf-8") == TEXT
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.yaml"]


def test_writing_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    for path in (tmp_path / "absent" / "p.yaml", tmp_path / "folder.yaml"):
        with pytest.raises(EditorError, match="could not be written"):
            write_package(package(), path)
