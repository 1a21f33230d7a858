"""What the compiler's tests share: one worker process for the session."""

from collections.abc import Iterator

import pytest

from editor.worker import Worker


@pytest.fixture(scope="session")
def sdk() -> Iterator[Worker]:
    with Worker() as worker:
        yield worker
