"""What a warm local run costs for each trivial task, over the same executor command started by hand."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from importlib import metadata
from pathlib import Path

from editor.backends.local.environments import Environments, Pythons
from editor.backends.local.kept import cache_folder
from editor.backends.local.launch import read_package_spec
from editor.backends.local.package_spec import Container
from editor.backends.local.tasks import environment_for

BUDGET_S = 0.3
"""Issue 2: at most this much more for each trivial task than its command alone, in the environment that is ready."""

_SOURCE = """
import kfp
from kfp import dsl
from kfp.dsl import *
from typing import *

def add(a: int) -> int:
    return a + 1
"""
_PIP = "python3 -m pip install --quiet --no-warn-script-location"
_INSTALL = """
if ! [ -x "$(command -v pip)" ]; then
    python3 -m ensurepip || python3 -m ensurepip --user || apt-get install python3-pip
fi

PIP_DISABLE_PIP_VERSION_CHECK=1 {} 'kfp=={}' '--no-deps' && "$0" "$@"
"""
_PROGRAM = """program_path=$(mktemp -d)

printf "%s" "$0" > "$program_path/ephemeral_component.py"
_KFP_RUNTIME=true python3 -m kfp.dsl.executor_main --component_module_path "$program_path/ephemeral_component.py" "$@"
"""
_TASKS = {True: 3, False: 20}
_ROUNDS = {True: 1, False: 3}


def run(smoke: bool) -> dict[str, float]:
    """Measure, tell, and give the figures: seconds for each task by hand, in a run, and over by hand."""
    tasks = _TASKS[smoke]
    with tempfile.TemporaryDirectory(prefix="pipeloom-bench-") as folder:
        base = Path(folder)
        chain, one = _package(base, tasks), _package(base, 1)
        # Makes the environment, and has the messages to start the command with by hand.
        _in_a_run(chain, base / "warm")
        runs = [_in_a_run(chain, base / f"run-{number}") / tasks for number in range(_ROUNDS[smoke])]
        single = [_in_a_run(one, base / f"one-{number}") for number in range(_ROUNDS[smoke])]
        alone = [_by_hand(chain, base / "warm" / f"add-{number}") for number in range(min(tasks, 5))]
    by_hand = statistics.median(alone)
    figures = {
        "by hand, one task": by_hand,
        f"each of {tasks} tasks in a run, its start and end shared out": statistics.median(runs),
        "each task over by hand": statistics.median(runs) - by_hand,
        "a whole run of one task, over by hand": statistics.median(single) - by_hand,
        "budget": BUDGET_S,
    }
    for name, seconds in figures.items():
        sys.stdout.write(f"{seconds * 1000:8.0f} ms  {name}\n")
    return figures


def _package(folder: Path, tasks: int) -> Path:
    path = folder / f"chain-{tasks}.json"
    path.write_text(json.dumps(_chain(tasks)), encoding="utf-8")
    return path


def _chain(tasks: int) -> dict[str, object]:
    component = {
        "executorLabel": "exec-add",
        "inputDefinitions": {"parameters": {"a": {"parameterType": "NUMBER_INTEGER"}}},
        "outputDefinitions": {"parameters": {"Output": {"parameterType": "NUMBER_INTEGER"}}},
    }
    container = {
        "image": f"python:{sys.version_info[0]}.{sys.version_info[1]}",
        "command": ["sh", "-c", _INSTALL.format(_PIP, metadata.version("kfp")), "sh", "-ec", _PROGRAM, _SOURCE],
        "args": ["--executor_input", "{{$}}", "--function_to_execute", "add"],
    }
    chain: dict[str, object] = {}
    source: dict[str, object] = {"runtimeValue": {"constant": 0}}
    for number in range(tasks):
        chain[f"add-{number}"] = {"componentRef": {"name": "comp-add"}, "inputs": {"parameters": {"a": source}}}
        source = {"taskOutputParameter": {"producerTask": f"add-{number}", "outputParameterKey": "Output"}}
    return {
        "pipelineInfo": {"name": "bench"},
        "schemaVersion": "2.1.0",
        "sdkVersion": f"kfp-{metadata.version('kfp')}",
        "root": {"dag": {"tasks": chain}},
        "components": {"comp-add": component},
        "deploymentSpec": {"executors": {"exec-add": {"container": container}}},
    }


def _in_a_run(package: Path, output: Path) -> float:
    command = [sys.executable, "-m", "editor.backends.local", str(package), "--output", str(output), "--no-cache"]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise RuntimeError(done.stdout.decode() + done.stderr.decode())
    return seconds


def _by_hand(package: Path, task: Path) -> float:
    """The component's command without its install line, as a person would start it in the environment's shell."""
    message = (task / "executor_input.json").read_text(encoding="utf-8")
    kept = _environment_of(package)
    command = ["sh", "-ec", _PROGRAM, _SOURCE, "--executor_input", message, "--function_to_execute", "add"]
    variables = {**os.environ, "PATH": f"{kept / 'bin'}:{os.environ['PATH']}", "VIRTUAL_ENV": str(kept)}
    started = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True, env=variables)
    return time.perf_counter() - started


def _environment_of(path: Path) -> Path:
    """The environment that runs of the package use."""
    package = read_package_spec(path)
    (_, _, component) = next(package.tasks())
    executor = package.executor(component)
    assert isinstance(executor, Container)
    assert executor.python is not None
    spec = environment_for(executor.image, executor.python, package.sdk_version, Pythons(os.environ))
    return Environments(cache_folder() / "environments", os.environ, threading.Event()).path_of(spec)
