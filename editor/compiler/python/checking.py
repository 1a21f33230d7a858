"""Whether the SDK makes of a candidate what the document has. Worker only: it evaluates the candidates."""

import tempfile
from pathlib import Path

from editor.components.evaluate import Compiled, evaluate
from editor.errors import EditorError


def compile_candidates(candidates: list[tuple[str, str]]) -> list[Compiled | None]:
    """For each (module source, attribute) the component as the SDK compiles it; None where it refuses."""
    results: list[Compiled | None] = []
    with tempfile.TemporaryDirectory(prefix="pipeloom-export-") as folder:
        for number, (source, attribute) in enumerate(candidates):
            path = Path(folder) / f"candidate_{number}.py"
            path.write_text(source, encoding="utf-8")
            try:
                results.append(evaluate(str(path), attribute))
            except EditorError:
                results.append(None)
    return results
