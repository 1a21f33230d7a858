"""Addresses and tokens as people give them."""

import pytest

from editor.backends.server.address import checked_token, server_address
from editor.errors import EditorError


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://kfp.example.org/", "https://kfp.example.org"),
        ("kfp.example.org/pipeline/", "https://kfp.example.org/pipeline"),
        ("localhost:8080", "http://localhost:8080"),
        ("127.0.0.1:3000/", "http://127.0.0.1:3000"),
        ("http://[::1]:8888", "http://[::1]:8888"),
        ("https://kfp.example.org/pipeline/#/runs/details/abc", "https://kfp.example.org/pipeline"),
        ("https://kfp.example.org/pipeline/apis/v2beta1/healthz", "https://kfp.example.org/pipeline"),
        ("  HTTPS://KFP.example.org:443/?ns=me ", "https://kfp.example.org:443"),
    ],
)
def test_address_becomes_base_of_api(given: str, base: str) -> None:
    assert server_address(given) == base


@pytest.mark.parametrize("given", ["", "ftp://x", "https://", "http://a b", "https://x:port", "file:///x", "a\nb"])
def test_no_address_is_refused_in_words(given: str) -> None:
    with pytest.raises(EditorError) as refused:
        server_address(given)
    assert "https://kubeflow.example.org/pipeline" in refused.value.hint


def test_password_in_address_is_refused_and_not_shown() -> None:
    for given in ("https://me:secret@kfp.example.org", "https://secret@bad host"):
        with pytest.raises(EditorError) as refused:
            server_address(given)
        assert "secret" not in str(refused.value)


def test_token_loses_what_copying_adds() -> None:
    assert checked_token("  Bearer abc.def\n") == "abc.def"
    assert checked_token(None) == ""


@pytest.mark.parametrize("given", ["two words", "line\nbreak", "ümlaut", "x\x00y"])
def test_damaged_token_is_refused_and_not_shown(given: str) -> None:
    with pytest.raises(EditorError) as refused:
        checked_token(given)
    assert given not in str(refused.value)
