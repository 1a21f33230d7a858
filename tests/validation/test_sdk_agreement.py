"""Whatever validation lets through, the SDK accepts: random documents, mended by deleting what has errors, compile."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from editor import edits
from editor.compiler import compile_document
from editor.model import Constant, Document, Pipeline, Task
from editor.model.port_types import DOUBLE, INTEGER, STRING
from editor.validation import validate
from editor.worker import Worker
from tests.random_documents import random_document

VALUES = {STRING: "x", DOUBLE: 1.5, INTEGER: 3}


def mended(document: Document) -> Document:
    """The document with required inputs filled, and then whatever still has an error deleted."""
    for _ in range(200):
        errors = [issue for issue in validate(document) if issue.severity == "error"]
        if not errors or errors[0].code == "pipeline-empty":
            return document
        issue = errors[0]
        assert issue.subject is not None
        task = document.get(issue.subject)
        port = document.interface(task.component).input(issue.input) if isinstance(task, Task) else None
        if issue.code == "input-unfed" and port is not None and port.type in VALUES:
            document.apply(edits.set_argument(document, issue.subject, issue.input, Constant(VALUES[port.type])))
        elif issue.subject == "root":
            document.apply(edits.remove_output(document, issue.input))
        elif isinstance(document.get(issue.subject), Pipeline):
            document.apply(edits.delete(document, document.users(issue.subject)))
        else:
            document.apply(edits.delete(document, [issue.subject]))
    raise AssertionError("there is no end of errors")


def agree(seed: int, worker: Worker) -> None:
    document = mended(random_document(random.Random(seed), steps=30))
    if not [issue for issue in validate(document) if issue.severity == "error"]:
        compile_document(document.snapshot(), worker)


@pytest.mark.slow
@pytest.mark.timeout(180)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_what_validation_lets_through_the_sdk_accepts(seed: int, worker: Worker) -> None:
    agree(seed, worker)
