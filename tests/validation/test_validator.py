"""Validation follows edits in slices, quickly, and the packages that people have pass it."""

import time
from pathlib import Path

import pytest

from editor import edits
from editor.compiler import import_package, read_package
from editor.model import Constant, Document, EntityId
from editor.validation import Validator, validate
from tests.builders import from_task, pipeline, task
from tests.layout.test_arranging import layered_document

CORPUS = Path(__file__).parents[2].parent / "shared/corpus/ir"
PACKAGES = sorted(path for path in CORPUS.glob("*") if path.suffix in (".yaml", ".json"))


def finished(validator: Validator) -> None:
    while not validator.step(0.008):
        pass


def test_an_edit_is_followed_at_once() -> None:
    document = pipeline(task("a"), task("b", x=from_task("a")))
    validator = Validator(document)
    document.changed.connect(validator.dirty)
    finished(validator)
    assert validator.issues == []
    edit = edits.rename(document, EntityId("a"), "other")
    document.apply(edit)
    assert not validator.is_done
    finished(validator)
    assert validator.issues == []
    document.apply(edits.delete(document, [EntityId("a"), EntityId("b")]))
    finished(validator)
    assert [issue.code for issue in validator.issues] == ["pipeline-empty"]


def test_a_move_makes_nothing_dirty() -> None:
    document = pipeline(task("a"))
    validator = Validator(document)
    document.changed.connect(validator.dirty)
    finished(validator)
    document.apply(edits.move(document, {EntityId("a"): (80.0, 80.0)}))
    assert validator.is_done


@pytest.mark.slow
def test_ten_thousand_tasks_are_valid_again_within_150_ms() -> None:
    document = layered_document(10_000, 100)
    document.warm()
    validator = Validator(document)
    finished(validator)
    document.changed.connect(validator.dirty)
    took = []
    for number in range(12):
        edit = edits.set_argument(document, EntityId(f"t{9000 + number}"), "b", from_task(f"t{number}"))
        start = time.perf_counter()
        document.apply(edit)
        finished(validator)
        assert isinstance(validator.issues, list)
        took.append(time.perf_counter() - start)
    assert sorted(took)[len(took) // 2] < 0.150


def test_a_small_pipeline_is_validated_within_50_ms() -> None:
    document = layered_document(12, 3)
    validator = Validator(document)
    document.changed.connect(validator.dirty)
    finished(validator)
    start = time.perf_counter()
    document.apply(edits.set_argument(document, EntityId("t9"), "a", Constant("x")))
    finished(validator)
    assert time.perf_counter() - start < 0.05


@pytest.mark.skipif(not PACKAGES, reason="the corpus is not beside the project")
def test_the_packages_of_the_corpus_have_no_errors() -> None:
    for path in PACKAGES:
        document = Document(import_package(read_package(path)))
        errors = [issue for issue in validate(document) if issue.severity == "error"]
        assert errors == [], (path.name, [issue.message for issue in errors])
