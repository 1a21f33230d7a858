"""What the compiler's tests share."""

import pytest

from editor.worker import Worker


@pytest.fixture(scope="session")
def sdk(worker: Worker) -> Worker:
    return worker
