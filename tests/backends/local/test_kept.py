"""What local runs keep: it lies where PIPELOOM_HOME says, and is cleared but for what a run uses or makes."""

import os
import threading
from pathlib import Path

import pytest

from editor.backends.local.environments import Environments, EnvironmentSpec, Python
from editor.backends.local.kept import ENVIRONMENTS, RESULTS, cache_folder, clear, kept_bytes, make_lock

PYTHON = Python("/usr/bin/python3", (3, 11, 2))


def spec(name: str) -> EnvironmentSpec:
    return EnvironmentSpec(PYTHON, (), private_to=name)


def environments(folder: Path) -> Environments:
    return Environments(folder / ENVIRONMENTS, {}, threading.Event())


def made(folder: Path, name: str, size: int = 5000) -> Path:
    """An environment that is ready, with so many bytes in it."""
    path = environments(folder).path_of(spec(name))
    (path / "bin").mkdir(parents=True)
    (path / "bin" / "python3").write_bytes(b"x" * size)
    (path / "pipeloom-ready.json").write_text("{}")
    return path


def no_command(command: list[str], variables: dict[str, str]) -> tuple[int, str]:
    raise AssertionError(f"nothing is to be made: {command} {len(variables)}")


def test_caches_lie_in_the_home_that_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PIPELOOM_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "cache"
    monkeypatch.delenv("PIPELOOM_HOME")
    assert tmp_path not in cache_folder().parents


def test_clearing_spares_what_a_run_uses_until_it_ends(tmp_path: Path):
    used, idle = made(tmp_path, "used"), made(tmp_path, "idle")
    (tmp_path / RESULTS).mkdir()
    (tmp_path / RESULTS / "one.json").write_text("{}")
    run = environments(tmp_path)
    assert run.ready(spec("used"), no_command) == used
    cleared = clear(tmp_path)
    assert cleared.in_use == 1
    assert cleared.freed_bytes >= 5000
    assert used.is_dir()
    assert not idle.exists()
    assert not list((tmp_path / RESULTS).iterdir())
    run.close()
    assert clear(tmp_path).in_use == 0
    assert not used.exists()
    assert kept_bytes(tmp_path) < 1000


def test_clearing_leaves_an_environment_that_is_being_made(tmp_path: Path):
    import fcntl

    making = made(tmp_path, "making")
    with open(make_lock(making), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert clear(tmp_path).in_use == 1
    assert making.is_dir()


def test_what_others_link_to_gives_nothing_back(tmp_path: Path):
    folder = tmp_path / "cache"
    path = made(folder, "linked", size=50_000)
    assert kept_bytes(folder) >= 50_000
    os.link(path / "bin" / "python3", tmp_path / "elsewhere")
    assert kept_bytes(folder) < 50_000
    os.unlink(tmp_path / "elsewhere")
    os.link(path / "bin" / "python3", path / "bin" / "python")
    assert 50_000 <= kept_bytes(folder) < 100_000


def test_nothing_there_is_nothing_to_clear(tmp_path: Path):
    assert kept_bytes(tmp_path / "none") == 0
    assert clear(tmp_path / "none").freed_bytes == 0
