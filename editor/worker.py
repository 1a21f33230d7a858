"""The process in which kfp lives. Other rooms name a function and give values; they never import the SDK.

kfp's DSL keeps class-level state and cannot be used from two threads; a person's Python components are evaluated there
and only there; killing the process is how a call is cancelled; and the window opens 1.4 s sooner.
"""

import contextlib
import importlib
import os
import pickle
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from editor.errors import EditorError


class WorkerCancelled(EditorError):
    """The call was cancelled, or its process was stopped from outside."""


class Worker:
    """One child process, started at the first call, kept until `close`; calls from several threads take turns.

    A function is named "package.module:function" and is imported in the child only; arguments and result are pickled.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, function: str, *arguments: object) -> Any:
        """What `function` returns.

        Raises the EditorError that it raises, EditorError with the traceback as details for any other exception, and
        WorkerCancelled if `cancel` was called meanwhile or the process died.
        """
        with self._turn:
            process = self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                _send(process.stdin, (function, arguments))
                succeeded, result = _receive(process.stdout)
            except (EOFError, OSError) as error:
                self._stop()
                raise WorkerCancelled(
                    "The compile process was stopped before it answered.", hint="Try it again."
                ) from error
        if succeeded:
            return result
        raise result

    def cancel(self) -> None:
        """Stop the call that is under way, if any, by ending the process; the next call starts another."""
        process = self._process
        if process is not None:
            process.kill()
            process.wait()

    def close(self) -> None:
        """End the process. Safe to call twice, and when it never started."""
        self.cancel()
        with self._turn:
            self._stop()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from editor.worker import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=child_environment(),
        )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            # Leaving the context closes both pipes and reaps the process; a dead child's full pipe cannot be flushed.
            with contextlib.suppress(OSError), process:
                pass


def child_environment() -> dict[str, str]:
    """The environment of a Python child that must import this very `editor`, installed or run from a checkout."""
    package_root = str(Path(__file__).resolve().parent.parent)
    before = os.environ.get("PYTHONPATH", "")
    path = os.pathsep.join(part for part in (package_root, before) if part)
    return {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"}


def serve() -> None:
    """The child's whole life: one call after another until the other end closes."""
    # The command line's stdout belongs to its answer: what the SDK or a person's component prints goes to stderr.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Nor may a component that asks at the terminal read the next call.
    calls = os.fdopen(os.dup(0), "rb")
    with open(os.devnull, encoding="utf-8") as nothing:
        os.dup2(nothing.fileno(), 0)
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            function, arguments = _receive(calls)
            _send(answers, _answer(function, arguments))


def _answer(name: str, arguments: tuple[object, ...]) -> tuple[bool, object]:
    try:
        module, _, attribute = name.partition(":")
        function: Callable[..., object] = getattr(importlib.import_module(module), attribute)
        return True, function(*arguments)
    except EditorError as error:
        return False, error
    except Exception as error:  # noqa: BLE001 the one boundary between the SDK and the program
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return False, EditorError(
            f"The KFP SDK failed: {first}", hint="The details have its whole report.", details=traceback.format_exc()
        )


def _send(pipe: Any, message: object) -> None:
    pickled = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(len(pickled).to_bytes(8, "big") + pickled)
    pipe.flush()


def _receive(pipe: Any) -> Any:
    size = int.from_bytes(_exactly(pipe, 8), "big")
    return pickle.loads(_exactly(pipe, size))


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    """Raises EOFError if the other end closes first."""
    received = pipe.read(size)
    if len(received) < size:
        raise EOFError
    return received
