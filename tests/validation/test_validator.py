"""Validation follows edits in slices, quickly, and the packages that people have pass it."""

from pathlib import Path

import pytest

from editor import edits
from editor.compiler import import_package, read_package
from editor.model import ROOT, Document, EntityId
from editor.validation import Validator, validate
from tests.builders import from_task, pipeline, task
from tests.corpus import corpus_params, needs_corpus


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


@needs_corpus
@pytest.mark.parametrize("path", corpus_params("ir", ".yaml", ".json"))
def test_the_packages_of_the_corpus_have_no_errors(path: Path) -> None:
    document = Document(import_package(read_package(path)))
    assert [issue.message for issue in validate(document) if issue.severity == "error"] == []


def test_it_tells_whose_issues_have_changed() -> None:
    document = pipeline(task("a"), task("b", x=from_task("a")))
    validator = Validator(document)
    document.changed.connect(validator.dirty)
    finished(validator)
    assert validator.take_remarked() == []
    document.apply(edits.delete(document, [EntityId("a"), EntityId("b")]))
    finished(validator)
    assert validator.take_remarked() == [ROOT]
    assert validator.take_remarked() == []
    assert validator.worst_of(ROOT) == "error"
    assert [issue.code for issue in validator.issues_of(ROOT)] == ["pipeline-empty"]


def test_a_circle_in_a_large_scope_is_looked_for_in_slices() -> None:
    names = [f"t{number}" for number in range(2000)]
    chain = [task(name, x=from_task(names[number - 1])) for number, name in enumerate(names)]
    document = pipeline(*chain)
    validator = Validator(document)
    document.changed.connect(validator.dirty)
    steps = 1
    while not validator.step(0.0):
        steps += 1
        if steps == 20:
            document.apply(edits.rename(document, EntityId("t5"), "other"))
    assert [issue.code for issue in validator.issues if issue.code == "cycle"] == ["cycle"]
    assert steps > 2000 // 16


def test_muting_the_last_task_of_a_branch_is_told_of_its_condition() -> None:
    document = pipeline(task("a"), task("b"))
    document.apply(edits.wrap(document, [EntityId("a")], "ifelse")[0])
    validator = Validator(document)
    document.changed.connect(validator.dirty)
    finished(validator)
    document.apply(edits.mute(document, [EntityId("a")], muted=True))
    finished(validator)
    codes = [issue.code for issue in validate(document)]
    assert "condition-no-if" in codes
    assert [issue.code for issue in validator.issues] == codes


def test_muting_a_long_chain_walks_it_once() -> None:
    names = [f"t{number}" for number in range(1000)]
    document = pipeline(*(task(n, **({"x": from_task(names[i - 1])} if i else {})) for i, n in enumerate(names)))
    validator = Validator(document)
    document.changed.connect(validator.dirty)
    finished(validator)
    document.apply(edits.mute(document, [EntityId(name) for name in names], muted=True))
    finished(validator)
    assert validator.issues == validate(document)


def test_who_reads_past_a_long_chain_of_muted_tasks_is_found_in_steps() -> None:
    names = [f"t{number}" for number in range(1000)]
    document = pipeline(*(task(n, **({"x": from_task(names[i - 1])} if i else {})) for i, n in enumerate(names)))
    document.apply(edits.mute(document, [EntityId(name) for name in names[1:]], muted=True))
    validator = Validator(document)
    document.changed.connect(validator.dirty)
    finished(validator)
    document.apply(edits.mute(document, [EntityId("t0")], muted=True))
    validator.step(0.0)
    assert len(validator._passed) < 100
    finished(validator)
    assert validator.issues == validate(document)
