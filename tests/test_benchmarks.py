"""Each benchmark still runs, at its smallest size; its figures then mean nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", ["compile_speed", "document_side", "local_run", "preview", "window"])
def test_the_benchmark_runs(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", name, "--smoke"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"== {name} ==" in done.stdout
