"""The catalog remembers sources and favourites, reads again on demand, and never loses a person's list."""

import stat
from pathlib import Path

import pytest

from editor.catalog import Catalog, search
from editor.errors import EditorError

V1 = "name: {name}\ndescription: {text}\nimplementation: {{container: {{image: alpine}}}}\n"
SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"


def component(folder: Path, name: str, text: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(V1.format(name=name, text=text), encoding="utf-8")
    return path


def names(catalog: Catalog) -> list[str]:
    return [entry.name for entry in catalog.entries]


def test_sources_are_remembered_and_read_on_demand(tmp_path: Path) -> None:
    folder = tmp_path / "components"
    component(folder, "one")
    single = component(tmp_path / "other", "two")
    catalog = Catalog(tmp_path / "config")
    catalog.add([folder, single, folder])
    assert names(catalog) == []
    catalog.reload()
    assert names(catalog) == ["one", "two"]
    component(folder, "three")
    again = Catalog(tmp_path / "config")
    again.reload()
    assert again.sources == (folder, single)
    assert names(again) == ["one", "three", "two"]
    again.remove(folder)
    again.reload()
    assert names(again) == names_after_reload(tmp_path) == ["two"]


def names_after_reload(tmp_path: Path) -> list[str]:
    catalog = Catalog(tmp_path / "config")
    catalog.reload()
    return names(catalog)


def test_favourites_come_first_and_are_remembered(tmp_path: Path) -> None:
    folder = tmp_path / "components"
    for name in ("a", "b", "c"):
        component(folder, name)
    catalog = Catalog(tmp_path / "config")
    catalog.add([folder])
    catalog.reload()
    key = catalog.entries[2].key
    catalog.set_favourite(key, favourite=True)
    assert names(catalog) == ["c", "a", "b"]
    assert names_after_reload(tmp_path) == ["c", "a", "b"]
    catalog.set_favourite(key, favourite=False)
    assert not Catalog(tmp_path / "config").is_favourite(key)


def test_samples_have_names_that_are_the_same_on_every_machine(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path, samples=SAMPLES)
    catalog.reload()
    assert catalog.errors == ()
    entry = catalog.entry("samples/iris_components.py#load_iris")
    assert entry is not None
    assert (entry.origin.source, entry.origin.location) == ("samples", "iris_components.py#load_iris")
    assert Path(entry.path) == SAMPLES / "iris_components.py"


def test_a_source_that_is_gone_is_told_and_kept(tmp_path: Path) -> None:
    path = component(tmp_path / "drive", "one")
    catalog = Catalog(tmp_path / "config")
    catalog.add([path.parent])
    path.unlink()
    path.parent.rmdir()
    catalog.reload()
    assert names(catalog) == []
    assert "not there any more" in catalog.errors[0].message
    component(tmp_path / "drive", "one")
    catalog.reload()
    assert (names(catalog), catalog.errors) == (["one"], ())


def test_adding_what_is_not_there_adds_nothing(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "config")
    with pytest.raises(EditorError, match="is not there"):
        catalog.add([component(tmp_path / "a", "one"), tmp_path / "absent"])
    assert catalog.sources == ()


def test_broken_settings_start_anew_and_are_kept_beside(tmp_path: Path) -> None:
    (tmp_path / "catalog.json").write_text('{"sources": 3', encoding="utf-8")
    catalog = Catalog(tmp_path)
    assert catalog.sources == ()
    assert (tmp_path / "catalog.unreadable.json").read_text(encoding="utf-8") == '{"sources": 3'


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("a file where the folder should be", encoding="utf-8")
    source = component(tmp_path / "a", "one")
    with pytest.raises(EditorError, match="could not be remembered"):
        Catalog(config).add([source])
    assert stat.S_ISREG(config.stat().st_mode)


def test_search_looks_at_names_descriptions_and_ports(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path, samples=SAMPLES)
    catalog.reload()
    assert search(catalog.entries, "train")[0].name.startswith("train-")
    assert [entry.name for entry in search(catalog.entries, "random forest")] == ["train-random-forest"]
    assert "evaluate-model" in [entry.name for entry in search(catalog.entries, "macro_f1")]
    assert search(catalog.entries, "no such thing") == []
    assert len(search(catalog.entries, "")) == len(catalog.entries)
