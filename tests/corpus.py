"""Where the corpus of real packages and components lies, beside the project; without it, tests that need it skip."""

from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus ../shared/corpus is not here")


LARGE_BYTES = 250_000


def corpus_files(folder: str, *endings: str) -> list[Path]:
    """The corpus's files with these endings, sorted; none where there is no corpus."""
    return sorted(path for path in (CORPUS / folder).glob("*") if path.name.endswith(endings))


def corpus_params(folder: str, *endings: str) -> list[ParameterSet]:
    """The same as parameters of a test. The few large ones take as long as all others together: they are slow."""
    return [
        pytest.param(path, id=path.name, marks=pytest.mark.slow if path.stat().st_size > LARGE_BYTES else ())
        for path in corpus_files(folder, *endings)
    ]
