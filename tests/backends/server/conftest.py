"""A fake server whose exchanges must keep to the official description, and a package to give it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_kfp import FakeKfp


@pytest.fixture
def kfp() -> Iterator[FakeKfp]:
    with FakeKfp() as server:
        yield server
    assert server.violations == []


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """kfp.Client reads ~/.config/kfp/context.json."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("KF_PIPELINES_UI_ENDPOINT", raising=False)
    monkeypatch.delenv("PIPELOOM_TIMEOUT", raising=False)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path / "train.yaml")


def write_package(path: Path, *, image: str = "alpine") -> Path:
    """`load` -> loop `train-loop` {`score`} -> `report`, with a parameter `rate` and a `name` that has a default."""
    path.write_text(json.dumps(make_spec(image)), encoding="utf-8")
    return path


def make_spec(image: str = "alpine") -> dict[str, object]:
    def task(component: str, *after: str, **more: object) -> dict[str, object]:
        return {
            "componentRef": {"name": component},
            "taskInfo": {"name": component},
            **({"dependentTasks": list(after)} if after else {}),
            **more,
        }

    iterator = {"parameterIterator": {"itemInput": "item", "items": {"raw": "[1, 2]"}}}
    return {
        "pipelineInfo": {"name": "train-it"},
        "schemaVersion": "2.1.0",
        "sdkVersion": "kfp-2.17.0",
        "components": {
            "comp-step": {"executorLabel": "exec-step"},
            "comp-loop": {
                "dag": {"tasks": {"score": task("comp-step"), "rate": task("comp-step", "score")}},
                "inputDefinitions": {"parameters": {"item": {"parameterType": "NUMBER_INTEGER"}}},
            },
        },
        "deploymentSpec": {"executors": {"exec-step": {"container": {"image": image, "command": ["true"]}}}},
        "root": {
            "dag": {
                "tasks": {
                    "load": task("comp-step"),
                    "train-loop": task("comp-loop", "load", **iterator),
                    "report": task("comp-step", "train-loop"),
                }
            },
            "inputDefinitions": {
                "parameters": {
                    "rate": {"parameterType": "NUMBER_DOUBLE"},
                    "name": {"parameterType": "STRING", "defaultValue": "x"},
                }
            },
        },
    }
