"""KFP packages on disk: reading any form that one comes in, writing the form that the file's ending asks for. No kfp.

Nothing is ever extracted: an archive's member is read into memory, within the limits of `safe_yaml`.
"""

import gzip
import io
import json
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NoReturn

import msgspec

from editor.components.safe_yaml import MAX_BYTES, decode, read_bytes, read_json, read_yaml, shown
from editor.errors import EditorError
from editor.model import EntityId, Json
from editor.storage.atomic import write_atomically

ENDINGS = (".yaml", ".yml", ".json", ".tar.gz", ".tgz", ".zip")
MEMBER = "pipeline.yaml"
_MAX_MEMBERS = 1000
_MAX_ZIP_DIRECTORY = 2**20
_SPEC_KEYS = {"pipelineInfo", "root", "components", "deploymentSpec"}
_LEGACY_HINT = (
    "Pipeloom reads KFP v2 packages (IR YAML). Compile the pipeline's Python source with a current SDK "
    "('kfp dsl compile') and open the result."
)


class RawPackage(msgspec.Struct, frozen=True):
    """A package as it was read: JSON values, checked for safety and for being a package, not for sense.

    `platform` is the PlatformSpec (`{"platforms": …}`, or empty); `wrapper` what a PipelineJob or a Kubernetes manifest
    holds around the spec, None where there is none; `origin` names the file in messages.
    """

    spec: dict[str, Json]
    platform: dict[str, Json] = {}
    runtime_config: dict[str, Json] = {}
    wrapper: dict[str, Json] | None = None
    origin: str = ""


class Package(msgspec.Struct, frozen=True):
    """A compiled pipeline: what `compile_document` gives and `write_package` writes.

    `yaml` is the text as a `.yaml` package has it (one or two documents). `source_map` says from which entity each task
    of the IR came; its paths have the names of the groups and sub-pipelines around, as `pipeloom show` does.
    """

    spec: dict[str, Json]
    platform: dict[str, Json]
    runtime_config: dict[str, Json]
    yaml: str
    source_map: dict[str, EntityId]
    digest: str


def package_ending(path: Path) -> str:
    """Which of ENDINGS the file's name has; raises EditorError if none."""
    name = path.name.lower()
    for ending in ENDINGS:
        if name.endswith(ending):
            return ending
    raise EditorError(
        f"'{path.name}' is no name of a KFP package.", hint=f"A package's name ends in {', '.join(ENDINGS)}."
    )


def read_package(path: Path | str) -> RawPackage:
    """The package in a file, whichever form it has.

    Raises EditorError if it cannot be read, is none, or is beyond the limits.
    """
    path = Path(path)
    ending = package_ending(path)
    content = read_bytes(path)
    origin = str(path)
    if ending in (".tar.gz", ".tgz"):
        member, content = _only_package(_tar_members(content, origin), origin)
        origin = f"{origin}: {member}"
    elif ending == ".zip":
        member, content = _only_package(_zip_members(content, origin), origin)
        origin = f"{origin}: {member}"
    else:
        member = path.name
    return package_from_text(decode(content, origin), origin, is_json=member.lower().endswith(".json"))


def package_from_text(text: str, origin: str, *, is_json: bool = False) -> RawPackage:
    """The package that a YAML (or JSON) text is."""
    if is_json:
        documents = [read_json(text, origin)]
    else:
        documents = [document.value for document in read_yaml(text, origin, at_most=2)]
    if not documents:
        raise EditorError(f"'{origin}' is empty.", hint="A KFP package holds a pipeline specification.")
    return package_from_documents(documents, origin)


def package_from_documents(documents: list[Json], origin: str) -> RawPackage:
    """The package that one or two documents, read already, make up."""
    first = documents[0]
    if not isinstance(first, dict):
        raise EditorError(f"'{origin}' is no KFP package: it is a {_kind_of(first)}.", hint="Open another file.")
    second = documents[1] if len(documents) > 1 else {}
    if not isinstance(second, dict):
        raise EditorError(
            f"'{origin}': the second document is a {_kind_of(second)}, where platform settings belong.",
            hint="A package holds a pipeline specification and, after it, a platform specification.",
        )
    if second and "platforms" in first and _SPEC_KEYS & second.keys():
        first, second = second, first
    _refuse_foreign(first, origin)
    spec, wrapper, runtime_config, platform = _unwrapped(first, origin)
    if not _SPEC_KEYS & spec.keys():
        raise EditorError(
            f"'{origin}' is no KFP package: it has no 'root', 'components' or 'pipelineInfo'.",
            hint="A package is what the KFP SDK's compiler writes, or this program's Compile.",
        )
    second = second or platform
    if second and "platforms" not in second:
        second = {"platforms": second}
    return RawPackage(
        spec=spec,
        platform=_section(second, "platforms", origin) and second,
        runtime_config=runtime_config,
        wrapper=wrapper,
        origin=origin,
    )


def _unwrapped(
    document: dict[str, Json], origin: str
) -> tuple[dict[str, Json], dict[str, Json] | None, dict[str, Json], dict[str, Json]]:
    """(spec, wrapper, runtime config, platform) of a bare spec, a PipelineJob or a Kubernetes manifest."""
    outer = document
    manifest = isinstance(document.get("spec"), dict) and "pipelineSpec" in document["spec"]
    if manifest:
        outer = document["spec"]
    if "pipelineSpec" not in outer:
        return document, None, {}, {}
    spec = outer["pipelineSpec"]
    if not isinstance(spec, dict):
        raise EditorError(
            f"'{origin}': 'pipelineSpec' is a {_kind_of(spec)}, not a mapping.", hint="Compile the pipeline again."
        )
    kept = {key: value for key, value in outer.items() if key not in ("pipelineSpec", "runtimeConfig", "platformSpec")}
    wrapper = {**document, "spec": kept} if manifest else kept
    return spec, wrapper, _section(outer, "runtimeConfig", origin), _section(outer, "platformSpec", origin)


def _section(document: dict[str, Json], key: str, origin: str) -> dict[str, Json]:
    value = document.get(key) or {}
    if not isinstance(value, dict):
        raise EditorError(
            f"'{origin}': '{key}' is a {_kind_of(value)}, not a mapping.", hint="Compile the pipeline again."
        )
    return value


def _refuse_foreign(document: dict[str, Json], origin: str) -> None:
    """Say what a file is that people take for a KFP v2 package."""
    version = str(document.get("apiVersion", ""))
    kind = shown(document.get("kind", ""))
    if version.startswith("argoproj.io"):
        raise EditorError(
            f"'{origin}' is an Argo {kind or 'Workflow'}: a package of KFP v1, which cannot be edited as a pipeline.",
            hint=_LEGACY_HINT,
        )
    if version.startswith("tekton.dev"):
        raise EditorError(
            f"'{origin}' is a Tekton {kind or 'PipelineRun'}: a package of KFP v1 made by kfp-tekton, which cannot be "
            "edited as a pipeline.",
            hint=_LEGACY_HINT,
        )
    if version and not version.startswith("pipelines.kubeflow.org"):
        raise EditorError(
            f"'{origin}' is a Kubernetes object ({kind or 'of unknown kind'}, {shown(version)}), not a KFP package.",
            hint="Open a file that the KFP SDK's compiler has written.",
        )
    if isinstance(document.get("implementation"), dict):
        raise EditorError(
            f"'{origin}' is a component definition, not a package.", hint="Add it to the library and use it from there."
        )


def _kind_of(value: Json) -> str:
    match value:
        case bool():
            return "truth value"
        case str():
            return "text"
        case list():
            return "list"
        case dict():
            return "mapping"
        case None:
            return "null"
        case _:
            return "number"


def _tar_members(content: bytes, origin: str) -> Iterator[tuple[str, bytes]]:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            unpacked = packed.read(MAX_BYTES + 1)
        if len(unpacked) > MAX_BYTES:
            _refuse_size(origin)
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as archive:
            for number, member in enumerate(archive):
                _check_member(member.name, number, origin)
                if member.isreg() and _is_package_name(member.name):
                    file = archive.extractfile(member)
                    yield member.name, b"" if file is None else file.read(MAX_BYTES + 1)
    except (tarfile.TarError, OSError, EOFError, zlib.error, ValueError, IndexError, RecursionError) as error:
        raise EditorError(
            f"'{origin}' is no readable .tar.gz archive: {shown(error)}.",
            hint="It may be incomplete; fetch or compile it again.",
        ) from error


def _zip_members(content: bytes, origin: str) -> Iterator[tuple[str, bytes]]:
    end = content.rfind(b"PK\x05\x06")
    if end >= 0 and len(content) >= end + 16:
        (directory_size,) = struct.unpack_from("<I", content, end + 12)
        if directory_size > _MAX_ZIP_DIRECTORY:
            _refuse_count(origin)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for number, member in enumerate(archive.infolist()):
                _check_member(member.filename, number, origin)
                if not member.is_dir() and _is_package_name(member.filename):
                    with archive.open(member) as file:
                        yield member.filename, file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, ValueError, RuntimeError, struct.error) as error:
        # RuntimeError covers the password that an encrypted member asks for, and unknown ways of packing.
        raise EditorError(
            f"'{origin}' is no readable .zip archive: {shown(error)}.",
            hint="It may be incomplete or encrypted; fetch or compile it again.",
        ) from error


def _is_package_name(name: str) -> bool:
    base = PurePosixPath(name).name.lower()
    return base.endswith((".yaml", ".yml", ".json")) and not base.startswith(".")


def _check_member(name: str, number: int, origin: str) -> None:
    if number >= _MAX_MEMBERS:
        _refuse_count(origin)
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or (len(parts[0]) == 2 and parts[0][1] == ":"):
        raise EditorError(
            f"'{origin}' names a file outside of itself ('{shown(name)}').",
            hint="An archive made like that is not to be trusted; get the package from where it was compiled.",
        )


def _refuse_count(origin: str) -> NoReturn:
    raise EditorError(f"'{origin}' holds more than {_MAX_MEMBERS:,} files.", hint="A package holds one: pipeline.yaml.")


def _refuse_size(origin: str) -> NoReturn:
    raise EditorError(
        f"'{origin}' is larger than 64 MB unpacked.", hint="Packages up to 64 MB and 1,000 levels are read."
    )


def _only_package(members: Iterator[tuple[str, bytes]], origin: str) -> tuple[str, bytes]:
    """The member that is the package: `pipeline.yaml`, else the only YAML file, else the only JSON file."""
    found: dict[str, bytes] = {}
    total = 0
    for name, content in members:
        total += len(content)
        if total > MAX_BYTES:
            _refuse_size(origin)
        if name in found:
            raise EditorError(f"'{origin}' holds '{shown(name)}' twice.", hint="Compile the package again.")
        found[name] = content
    named = [name for name in found if PurePosixPath(name).name == MEMBER]
    choices = (
        sorted(named, key=lambda name: (name.count("/"), name))[:1]
        or [name for name in found if name.lower().endswith((".yaml", ".yml"))]
        or list(found)
    )
    if len(choices) == 1:
        return choices[0], found[choices[0]]
    if not choices:
        raise EditorError(f"'{origin}' holds no YAML file.", hint="A package archive holds a pipeline.yaml.")
    raise EditorError(
        f"'{origin}' holds {len(choices)} YAML files and none is called pipeline.yaml.",
        hint="Unpack it and open the one that you mean.",
    )


def write_package(package: Package, path: Path | str) -> None:
    """Write the form that the ending of `path` asks for, all of it or nothing; the same package gives the same bytes.

    Raises EditorError if the ending is unknown, if `.json` cannot say the package, or if the file cannot be written.
    """
    path = Path(path)
    match package_ending(path):
        case ".json":
            content = _json_bytes(package, path)
        case ".zip":
            content = _zip_bytes(package.yaml.encode())
        case ".tar.gz" | ".tgz":
            content = _tar_bytes(package.yaml.encode())
        case _:
            content = package.yaml.encode()
    write_atomically(path, content)


def _json_bytes(package: Package, path: Path) -> bytes:
    if _has_platform(package.platform):
        tasks = _tasks_with_platform(package)
        what = "the pipeline itself" if not tasks else ", ".join(f"'{task}'" for task in tasks)
        raise EditorError(
            f"'{path.name}' cannot hold the platform settings of {what}: a .json package has no place for them.",
            hint="Compile to .yaml, .tar.gz, .tgz or .zip, or take the platform settings away.",
            subjects=tasks,
        )
    whole: dict[str, Json] = package.spec
    if package.runtime_config:
        whole = {"pipelineSpec": package.spec, "runtimeConfig": package.runtime_config}
    try:
        text = json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise EditorError(
            "The package has a value that JSON cannot say: a number that is not finite, or nesting too deep.",
            hint="Compile to .yaml, or look for such a constant.",
        ) from error
    return text.encode() + b"\n"


def _has_platform(platform: dict[str, Json]) -> bool:
    platforms = platform.get("platforms", platform)
    return any(bool(settings) for settings in platforms.values())


def _tasks_with_platform(package: Package) -> list[str]:
    """Paths of the tasks whose executors have platform settings, as the source map names them where it does."""
    labels: set[str] = set()
    for settings in package.platform.get("platforms", package.platform).values():
        labels.update(settings.get("deploymentSpec", {}).get("executors", {}))
    components = package.spec.get("components", {})
    concerned = {name for name, component in components.items() if component.get("executorLabel") in labels}
    names: list[str] = []
    for scope in [package.spec.get("root", {}), *components.values()]:
        for name, task in scope.get("dag", {}).get("tasks", {}).items():
            if task.get("componentRef", {}).get("name") in concerned:
                names.append(name)
    by_name = {path.rsplit("/", 1)[-1]: path for path in package.source_map}
    return sorted({by_name.get(name, name) for name in names})


def _tar_bytes(content: bytes) -> bytes:
    buffer = io.BytesIO()
    # No file name and no time in gzip's header, nothing of this machine in tar's: the package alone makes the bytes.
    with (
        gzip.GzipFile(filename="", fileobj=buffer, mode="wb", compresslevel=9, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        member = tarfile.TarInfo(MEMBER)
        member.size = len(content)
        member.mode = 0o644
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _zip_bytes(content: bytes) -> bytes:
    buffer = io.BytesIO()
    member = zipfile.ZipInfo(MEMBER, date_time=(1980, 1, 1, 0, 0, 0))
    member.create_system = 3
    member.external_attr = (stat.S_IFREG | 0o644) << 16
    member.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, content, compresslevel=9)
    return buffer.getvalue()
