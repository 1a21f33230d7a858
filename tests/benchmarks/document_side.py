"""What the document's side of a gesture costs at 10,000 tasks: loading, connecting, validating, laying out."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from editor import edits
from editor.components.safe_yaml import read_yaml
from editor.layout import arrange
from editor.model import ROOT, Component, Constant, Document, EntityId, FromTask
from editor.model.port_types import LIST, STRING
from editor.storage import load_document, save_document
from editor.validation import Validator
from tests.builders import component, pipeline, task

_WIDE: Component = component("wide", {"a": STRING, "b": STRING, "c": LIST}, {"out": STRING})


def _document(size: int) -> Document:
    def feeds(number: int) -> dict[str, FromTask]:
        return {"a": FromTask(EntityId(f"t{number - 1}"), "out")} if number % 7 else {}

    return pipeline(_WIDE, *(task(f"t{number}", of=_WIDE, **feeds(number)) for number in range(size)))


def _report(what: str, budget_ms: float, once: Callable[[int], None], times: int) -> None:
    took: list[float] = []
    for number in range(times):
        start = time.process_time()
        once(number)
        took.append((time.process_time() - start) * 1000)
    sys.stdout.write(f"  {what:<44} {statistics.median(took):9.2f} ms   budget {budget_ms:g} ms\n")


def run(smoke: bool) -> None:
    """Medians of processor time."""
    size, times = (200, 2) if smoke else (10_000, 15)
    document = _document(size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.pipeloom"
        save_document(document, path)
        _report(f"load {size} tasks", 300, lambda _: _ignore(load_document(path)), min(times, 3))
    document.warm()
    middle = FromTask(EntityId(f"t{size // 2}"), "out")

    def connect(number: int) -> None:
        consumer = EntityId(f"t{size // 2 + 1 + number}")
        document.apply(edits.connect(document, middle, consumer, "b"))

    _report("connect two tasks, the circle check with it", 8, connect, times)
    validator = Validator(document)
    _finish(validator)
    document.changed.connect(validator.dirty)

    def revalidate(number: int) -> None:
        consumer = EntityId(f"t{size - 1 - number}")
        document.apply(edits.set_argument(document, consumer, "b", Constant(str(number))))
        _finish(validator)

    _report("valid again after an edit", 150, revalidate, times)
    snapshot = _document(min(size, 1000)).snapshot()
    _report("lay out 1,000 tasks", 1000, lambda _: _ignore(arrange(snapshot, scope=ROOT)), min(times, 3))
    lines = "".join(f"  t{number}:\n    componentRef:\n      name: comp-{number}\n" for number in range(size * 4))
    _report("read 3 MB of YAML, checked", 1500, lambda _: _ignore(read_yaml(f"tasks:\n{lines}", "x")), 1)


def _finish(validator: Validator) -> None:
    while not validator.step(0.01):
        pass


def _ignore(_value: object) -> None:
    pass
