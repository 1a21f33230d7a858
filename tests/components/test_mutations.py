"""Real files with something wrong in them: whatever it is, it is listed or told in words."""

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from editor.compiler.packages import read_package
from editor.components import list_components
from editor.errors import EditorError
from tests.corpus import corpus_files, needs_corpus

JUNK: list[Any] = [
    None,
    True,
    0,
    -1,
    3.5,
    "",
    "x",
    "{{$}}",
    [],
    [1],
    ["a"],
    {},
    {"a": 1},
    {"name": "x"},
    [None],
    [[[]]],
]


def small_files() -> list[Path]:
    files = [*corpus_files("components", ".yaml"), *corpus_files("ir", ".yaml")]
    return [path for path in files if path.stat().st_size < 20_000]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def spoilt(documents: list[Any], chance: random.Random) -> list[Any]:
    documents = copy.deepcopy(documents)
    for _ in range(chance.randint(1, 2)):
        number = chance.randrange(len(documents))
        path = chance.choice(list(places(documents[number])))
        if not path:
            documents[number] = copy.deepcopy(chance.choice(JUNK))
            continue
        holder = documents[number]
        for key in path[:-1]:
            holder = holder[key]
        if isinstance(holder, dict) and chance.random() < 0.2:
            del holder[path[-1]]
        else:
            holder[path[-1]] = copy.deepcopy(chance.choice(JUNK))
    return documents


@needs_corpus
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_spoilt_files_are_listed_or_told(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    files = {
        path: [one for one in yaml.load_all(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) if one]
        for path in small_files()
    }
    path = tmp_path / "spoilt.yaml"
    for _ in range(500):
        documents = spoilt(files[chance.choice(list(files))], chance)
        path.write_text(yaml.dump_all(documents, Dumper=yaml.CSafeDumper), encoding="utf-8")
        entries, errors = list_components([path])
        assert len(entries) + len(errors) == 1
        assert all(error.message and "spoilt.yaml" in error.origin for error in errors)
        try:
            assert read_package(path).spec
        except EditorError as error:
            assert "spoilt.yaml" in error.message  # noqa: PT017 either outcome will do
