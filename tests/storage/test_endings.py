"""What a file is by its name."""

import pytest

from editor.storage.endings import is_document, is_package


@pytest.mark.parametrize("name", ["a.yaml", "A.YAML", "b.tar.gz", "b.TGZ", "c.zip", "d.json"])
def test_packages_are_told_by_their_ending_in_capitals_too(name: str) -> None:
    assert is_package(name)
    assert not is_document(name)


def test_documents_are_told_by_their_ending_in_capitals_too() -> None:
    assert is_document("Iris.Pipeloom")
    assert not is_package("iris.pipeloom")
