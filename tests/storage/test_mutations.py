"""Documents that were damaged at random are refused in words or opened; never anything else."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from editor.errors import EditorError
from editor.model import ROOT, Document
from editor.storage import decode_document, encode_document, recover_document
from editor.storage.integrity import assemble
from editor.validation import validate
from tests.random_documents import random_document

SAMPLES = [encode_document(random_document(random.Random(seed), steps=20)) for seed in range(6)]


def mutated(data: st.DataObject) -> bytes:
    content = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        match data.draw(st.sampled_from(["flip", "cut", "drop", "insert", "swap", "word"])):
            case "flip":
                content[at] = data.draw(st.integers(0, 255))
            case "cut":
                del content[at:]
            case "drop":
                del content[at : at + data.draw(st.integers(1, 200))]
            case "insert":
                content[at:at] = data.draw(st.binary(max_size=20))
            case "swap":
                other = data.draw(st.integers(0, max(len(content) - 1, 0)))
                content[at : at + 30], content[other : other + 30] = content[other : other + 30], content[at : at + 30]
            case _:
                for old, new in data.draw(
                    st.sampled_from(
                        [((b'"Task"', b'"Loop"'),), ((b"root", b"toor"),), ((b'"id"', b'"di"'),), ((b"null", b"[]"),)]
                    )
                ):
                    content = bytearray(bytes(content).replace(old, new, 3))
        if not content:
            break
    return bytes(content)


def usable(document: Document) -> None:
    """Assert that a document that was opened can be drawn, checked and saved."""
    assert ROOT in document
    assert assemble(document.entities.values(), "x")[1] == []
    validate(document)
    list(document.descendants(ROOT))
    for node in list(document.nodes())[:20]:
        document.path(node.id)
    encode_document(document)


def check(data: st.DataObject, path: Path) -> None:
    content = mutated(data)
    said = ""
    try:
        usable(decode_document(content, "x"))
    except EditorError as error:
        said = error.message
    assert not said or said.endswith((".", ")"))
    path.write_bytes(content)
    try:
        usable(recover_document(path).document)
    except EditorError:
        return


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_document_is_refused_or_opened(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    check(data, tmp_path_factory.getbasetemp() / "damaged.pipeloom")


@pytest.mark.slow
@pytest.mark.timeout(180)
@settings(max_examples=800, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_many_damaged_documents(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    check(data, tmp_path_factory.getbasetemp() / "damaged.pipeloom")
