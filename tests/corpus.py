"""Where the corpus of real packages and components lies, beside the project; without it, tests that need it skip."""

from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus ../shared/corpus is not here")


def corpus_files(folder: str, *endings: str) -> list[Path]:
    """The corpus's files with these endings, sorted; none where there is no corpus."""
    return sorted(path for path in (CORPUS / folder).glob("*") if path.name.endswith(endings))
