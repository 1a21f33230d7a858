"""Finding the components in files and folders: executes nothing, imports no kfp, tells what is broken and goes on."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from editor.components.documents import ComponentFile, Kind, classify, read_text
from editor.components.entries import EntryKind, LibraryEntry, LoadError
from editor.components.ir import display_name, inputs_of, mapping, outputs_of
from editor.components.python_files import read_python
from editor.components.safe_yaml import shown
from editor.components.single import description_above, description_in, language, read_single, single_component
from editor.components.v1 import read_v1
from editor.errors import EditorError
from editor.model import Input, Origin, Output

MAX_FILES = 5000
MAX_FOLDER_DEPTH = 20
ENDINGS = (".yaml", ".yml", ".json", ".py")
_SKIPPED_FOLDERS = {"node_modules", "site-packages", "venv", "env", "build", "dist"}
_HINT = "A component is a component.yaml, a compiled component or pipeline, or a Python file with @dsl.component."


def list_components(paths: Sequence[Path]) -> tuple[list[LibraryEntry], list[LoadError]]:
    """The components in the files and folders given, sorted by name, and what could not be read.

    A folder is searched with those in it, at most 20 deep and 5,000 files, without hidden ones, virtual environments
    and links to folders; what is no component file at all is passed over there, and an error where it was named itself.
    """
    entries: dict[str, LibraryEntry] = {}
    errors: list[LoadError] = []
    for given in paths:
        path = Path(given)
        if path.is_dir():
            files = list(_files_in(path))
            if len(files) > MAX_FILES:
                message = f"'{path}' holds more than {MAX_FILES:,} files that may be components; the rest was left out."
                errors.append(LoadError(str(path), message, "Add a folder further in."))
            for file in files[:MAX_FILES]:
                _list_file(file, path, entries, errors, was_named=False)
        else:
            _list_file(path, path.parent, entries, errors, was_named=True)
    listed = sorted(entries.values(), key=lambda entry: (entry.name.casefold(), entry.key))
    return listed, errors


def read_again(entry: LibraryEntry) -> LibraryEntry:
    """The entry as its file has it now, under the same key and source.

    Raises EditorError if the file or the component in it is gone or broken.
    """
    found, errors = list_components([Path(entry.path)])
    now = next((one for one in found if one.function == entry.function), None)
    if now is None and errors:
        raise EditorError(errors[0].message, hint=errors[0].hint)
    if now is None:
        raise EditorError(f"'{entry.path}' no longer has '{shown(entry.name)}'.", hint="Read the library again.")
    origin = Origin(source=entry.origin.source, location=entry.origin.location, digest=now.digest)
    return msgspec.structs.replace(now, key=entry.key, origin=origin)


def _files_in(folder: Path) -> Iterator[Path]:
    """At most one more than MAX_FILES, in the order of their names."""
    count = 0
    base = len(folder.parts)
    for current, folders, files in os.walk(folder, onerror=lambda _error: None):
        here = Path(current)
        folders[:] = sorted(name for name in folders if _is_searched(here / name))
        if len(here.parts) - base >= MAX_FOLDER_DEPTH:
            folders.clear()
        for name in sorted(files):
            if name.lower().endswith(ENDINGS) and not name.startswith("."):
                yield here / name
                count += 1
                if count > MAX_FILES:
                    return


def _is_searched(folder: Path) -> bool:
    name = folder.name
    return not (
        name.startswith((".", "__"))
        or name in _SKIPPED_FOLDERS
        or folder.is_symlink()
        or (folder / "pyvenv.cfg").exists()
    )


def _list_file(
    path: Path, root: Path, entries: dict[str, LibraryEntry], errors: list[LoadError], *, was_named: bool
) -> None:
    try:
        if was_named and not path.exists():
            raise EditorError(f"'{path}' is not there.", hint="Check the name and the folder.")
        if was_named and not path.name.lower().endswith(ENDINGS):
            raise EditorError(f"'{path}' is no component file.", hint=f"Its name must end in {', '.join(ENDINGS)}.")
        found, broken = _read(path, root)
    except EditorError as error:
        errors.append(LoadError(str(path), error.message, error.hint))
        return
    except RecursionError:
        errors.append(LoadError(str(path), f"'{path}' is nested too deeply.", _HINT))
        return
    entries.update((entry.key, entry) for entry in found)
    errors += [LoadError(str(path), error.message, error.hint) for error in broken]
    if was_named and not found and not broken:
        errors.append(LoadError(str(path), f"'{path}' holds no component.", _HINT))


def _read(path: Path, root: Path) -> tuple[list[LibraryEntry], list[EditorError]]:
    text = read_text(path)
    if path.suffix.lower() == ".py":
        # Without the word there is no component: other people's files are not even parsed.
        return _read_python(path, root, text) if "kfp" in text else ([], [])
    if path.suffix.lower() == ".json" and '"pipelineInfo"' not in text:
        return [], []
    file = classify(path, text)
    match file.kind:
        case Kind.V1:
            component = read_v1(file.document, str(path))
            entry = _entry(
                path,
                root,
                text,
                component.name,
                "container",
                component.inputs,
                component.outputs,
                component.description,
            )
            return [entry], []
        case Kind.IR:
            return [_read_ir(path, root, file)], []
        case Kind.OTHER:
            return [], []


def _read_python(path: Path, root: Path, text: str) -> tuple[list[LibraryEntry], list[EditorError]]:
    found, errors = read_python(text, str(path))
    entries = [
        LibraryEntry(
            key=f"{path}#{one.function}",
            name=one.name,
            kind=one.kind,
            inputs=one.inputs,
            outputs=one.outputs,
            description=one.description,
            origin=Origin(source=str(root), location=f"{_within(path, root)}#{one.function}", digest=one.digest),
            digest=one.digest,
            source=one.source,
            path=os.path.abspath(path),
            function=one.function,
        )
        for one in found
    ]
    return entries, errors


def _read_ir(path: Path, root: Path, file: ComponentFile) -> LibraryEntry:
    spec = mapping(file.value, f"'{path}'")
    info = mapping(spec.get("pipelineInfo"), f"'{path}': 'pipelineInfo'")
    # Old compilers wrote "namespace/n1/pipeline/hello-world"; the name is its last part.
    name = display_name(str(info.get("name") or path.stem).rsplit("/", 1)[-1], path.stem)
    above = description_above(file.text)
    found = single_component(spec, file.platform)
    if found is not None:
        component = read_single(spec, name=name, description=above)
        kind: EntryKind = language(component)
        described = above or description_in(spec, found[2])
        return _entry(path, root, file.text, name, kind, component.inputs, component.outputs, described)
    where = f"'{path}'"
    definition = mapping(spec.get("root"), f"{where}: 'root'")
    if "dag" not in definition:
        raise EditorError(f"{where} is no pipeline: its 'root' has no tasks.", hint="Compile it again.")
    description = info.get("description")
    return _entry(
        path,
        root,
        file.text,
        name,
        "pipeline",
        inputs_of(definition, where),
        outputs_of(definition, where),
        description if isinstance(description, str) else above,
    )


def _entry(
    path: Path,
    root: Path,
    text: str,
    name: str,
    kind: EntryKind,
    inputs: tuple[Input, ...],
    outputs: tuple[Output, ...],
    description: str,
) -> LibraryEntry:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return LibraryEntry(
        key=str(path),
        name=name,
        kind=kind,
        inputs=inputs,
        outputs=outputs,
        description=description,
        origin=Origin(source=str(root), location=_within(path, root), digest=digest),
        digest=digest,
        source=text,
        path=os.path.abspath(path),
    )


def _within(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
