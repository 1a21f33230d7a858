"""Laws over random documents: undo gives back the very document, indexes stay true, edits break nothing silently."""

import random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from editor.model import Document, DocumentView, Snapshot, StaleEdit, Task
from editor.storage import decode_document, encode_document
from editor.storage.integrity import assemble
from editor.validation import Issue, Validator, validate
from tests.model.test_indexes import same_indexes
from tests.random_documents import random_document, random_edit

SEEDS = st.integers(min_value=0, max_value=2**32)

BROKEN_BY_EDIT = {
    "source-missing",
    "output-missing",
    "other-pipeline",
    "leaves-loop",
    "leaves-branch",
    "leaves-exit-handler",
    "loop-item-outside",
    "collected-same-loop",
    "collected-source",
    "collected-oneof",
    "oneof-inside",
    "oneof-source",
    "cycle",
    "after-missing",
    "after-scope",
    "recursion",
    "component-missing",
    "input-unknown",
    "name-invalid",
    "name-taken",
    "exit-task-missing",
    "exit-task-elsewhere",
    "exit-handler-nested",
    "exit-task-depends",
    "exit-task-used",
    "exit-task-shared",
    "not-in-branch",
    "pipeline-input-missing",
    "type-mismatch",
    "constant-type",
    "input-name",
    "input-twice",
    "output-twice",
    "output-source",
}
"""What no edit may bring about: gestures keep it right, or refuse."""


def keys(issues: list[Issue]) -> list[tuple[str, ...]]:
    return sorted((issue.severity, *issue.key) for issue in issues)


def broken(document: DocumentView) -> set[tuple[str, str, str, str]]:
    """With nothing muted: what cannot be passed by is for validation to say."""
    table = {
        key: msgspec.structs.replace(entity, is_muted=False) if isinstance(entity, Task) else entity
        for key, entity in document.entities.items()
    }
    return {issue.key for issue in validate(Snapshot(table)) if issue.code in BROKEN_BY_EDIT}


def walk(seed: int, steps: int) -> None:
    chance, pauses = random.Random(seed), random.Random(seed)
    document = random_document(chance)
    same_indexes(document)
    validator = Validator(document)
    while not validator.step(1):
        pass
    document.changed.connect(validator.dirty)
    trail: list[object] = []
    # Another list of a loop may have items of another type, which is for validation to say.
    assert {key for key in broken(document) if key[0] != "type-mismatch"} == set(), (seed, broken(document))
    for _ in range(steps):
        edit = random_edit(chance, document)
        if edit is None:
            continue
        trail.append(edit.label)
        before = document.snapshot()
        was_broken = broken(document)
        document.apply(edit)
        same_indexes(document)
        _table, problems = assemble(document.entities.values(), "x")
        assert problems == [], (seed, trail)
        now_broken = {key[:3] for key in broken(document)} - {key[:3] for key in was_broken}
        is_elsewise = any(key[0] == "type-mismatch" for key in was_broken)
        if edit.label.startswith("Change items") or edit.label.endswith(".items") or is_elsewise:
            # Another list may have items of another type: what reads them, and its copies, is for validation to say.
            now_broken = {key for key in now_broken if key[0] != "type-mismatch"}
        assert now_broken == set(), (seed, trail, now_broken)
        if pauses.random() < 0.7:  # the validator may come to several edits at once
            while not validator.step(1):
                pass
            assert keys(validator.issues) == keys(validate(document)), (seed, trail)
        after = document.snapshot()
        document.apply(edit.inverse())
        assert document.entities == before.entities, (seed, trail)
        same_indexes(document)
        document.apply(edit)
        assert document.entities == after.entities, (seed, trail)
        if pauses.random() < 0.7:
            while not validator.step(1):
                pass
            assert keys(validator.issues) == keys(validate(document)), (seed, trail)
    assert encode_document(decode_document(encode_document(document))) == encode_document(document)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=SEEDS)
def test_undo_gives_back_the_very_document(seed: int) -> None:
    walk(seed, steps=8)


@pytest.mark.slow
@pytest.mark.timeout(120)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=SEEDS)
def test_undo_gives_back_the_very_document_many_times(seed: int) -> None:
    walk(seed, steps=25)


def test_an_edit_made_for_one_state_is_refused_by_another() -> None:
    chance = random.Random(7)
    document: Document = random_document(chance)
    edit = None
    while edit is None or not edit.changes:
        edit = random_edit(chance, document)
    document.apply(edit)
    with pytest.raises(StaleEdit):
        document.apply(edit)
