"""`python -m editor.backends.local PACKAGE --output DIR`: one run; events on stdout, everything else on stderr."""

import argparse
import json
import os
import select
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from editor.backends.local.kept import RESULTS, cache_folder
from editor.backends.local.launch import LocalRunner, Reporter, Request, run_uuid

Json: TypeAlias = Any


def main(words: Sequence[str] | None = None) -> int:
    """0 if the run succeeded, 1 if it failed or was cancelled, 2 if it was called wrongly."""
    request, watches_stdin = _read(sys.argv[1:] if words is None else words)
    # Nothing that a library prints may come between the events.
    events = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    reporter = Reporter(run_uuid(request.run_id), events)
    runner = LocalRunner(request, reporter, os.environ)
    _watch(runner, stdin=watches_stdin)
    try:
        return 0 if runner.run() == "SUCCEEDED" else 1
    except Exception as error:  # noqa: BLE001 the top of a program: whoever reads the events must hear of the end
        message = f"The run ended by a fault of this program: {type(error).__name__}: {error}"
        reporter.last("FAILED", message, level="error", details=traceback.format_exc())
        return 1


def _watch(runner: LocalRunner, *, stdin: bool) -> None:
    """Cancel at SIGTERM or SIGINT, and with `stdin` when whoever holds its other end is gone."""
    read_end, write_end = os.pipe()

    # A handler runs between any two instructions of the main thread, which may hold a lock: it only leaves a note.
    def note(_number: int, _frame: object) -> None:
        os.write(write_end, b"x")

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    signal.signal(signal.SIGHUP, note)

    def wait() -> None:
        watched = [read_end, 0] if stdin else [read_end]
        while True:
            ready, _, _ = select.select(watched, [], [])
            if read_end in ready or not os.read(0, 4096):
                runner.cancel()
                return

    threading.Thread(target=wait, daemon=True, name="watch").start()


def _read(words: Sequence[str]) -> tuple[Request, bool]:
    parser = argparse.ArgumentParser(prog="python -m editor.backends.local", description=__doc__)
    parser.add_argument("package", type=Path, metavar="PACKAGE")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--input", action="append", default=[], metavar="NAME=JSON")
    parser.add_argument("--run-name", default="", metavar="NAME")
    parser.add_argument("--run-id", default="", metavar="UUID")
    parser.add_argument("--environments", type=Path, metavar="DIR", help="where Python environments are kept")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where results are kept")
    parser.add_argument("--no-cache", action="store_true", help="run every task, keep no result")
    parser.add_argument("--workspace", type=Path, metavar="DIR", help="the shared workspace; never emptied")
    parser.add_argument("--parallel", type=int, default=0, metavar="N", help="tasks at once")
    parser.add_argument("--watch-stdin", action="store_true", help="cancel when stdin ends")
    given = parser.parse_args(words)
    arguments: dict[str, Json] = {}
    for item in given.input:
        name, equals, text = str(item).partition("=")
        if not equals:
            parser.error(f"--input takes NAME=JSON, not '{item}'")
        try:
            arguments[name] = json.loads(text)
        except ValueError:
            parser.error(f"--input {name}: '{text}' is no JSON (text needs quotes)")
    if given.parallel < 0:
        parser.error("--parallel takes a number above 0")
    cache = None if given.no_cache else given.cache or cache_folder() / RESULTS
    request = Request(
        package=given.package,
        output=given.output,
        arguments=arguments,
        run_id=given.run_id,
        run_name=given.run_name,
        environments=given.environments,
        cache=cache,
        workspace=given.workspace,
        parallel=given.parallel,
    )
    return request, given.watch_stdin


if __name__ == "__main__":
    sys.exit(main())
