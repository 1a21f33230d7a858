"""What every test gets: a screen that needs none, folders of its own, and a look at the threads it left behind."""

import os
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

from editor.worker import Worker

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A person's keyring is none of the tests' business.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

# Containers often forbid it; then each of the hundred processes that the tests start would compile the program anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

LEAK_WAIT_S = 2.0

# The same examples at every run, so that a red run is a change's fault; PIPELOOM_EXPLORE=1 looks for new ones. Of the
# same ones few are needed: where no test says how many, half of what Hypothesis takes.
settings.register_profile("fixed", derandomize=True, database=None, max_examples=50)
settings.register_profile("explore")
settings.load_profile("explore" if os.environ.get("PIPELOOM_EXPLORE") else "fixed")
if not os.environ.get("PIPELOOM_EXPLORE"):
    # Hypothesis also draws constants that it finds in whatever source of ours is imported by then: a word changed
    # anywhere, or other tests run before, would give other examples.
    providers.is_local_module_file = lambda _path: False


def pytest_configure(config: pytest.Config) -> None:
    # What the offscreen platform cannot do it says at every window and menu; no other platform does.
    config.addinivalue_line("qt_log_ignore", "This plugin does not support")


@pytest.fixture(autouse=True, scope="session")
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings, data and caches of the program go into a folder of this test run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPELOOM_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    """One process for all tests that compile and do nothing to it: loading the SDK takes it a second."""
    with Worker() as started:
        yield started


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    """Fails a test that leaves a thread running that was not there before it."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + LEAK_WAIT_S
    while left := [thread.name for thread in threading.enumerate() if thread not in before]:
        assert time.monotonic() < deadline, f"threads left running: {', '.join(left)}"
        time.sleep(0.01)
