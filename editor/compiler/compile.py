"""From a document to a package, seen from the window and the command line: the SDK's part runs in the worker."""

import msgspec

from editor.compiler.lines import Span
from editor.compiler.packages import Package
from editor.compiler.planning import make_plan
from editor.model import DocumentView, EntityId
from editor.worker import Worker

_COMPILE = "editor.compiler.emit_ir:compile_plan"
_PREVIEW = "editor.compiler.emit_ir:preview_plan"


def compile_document(view: DocumentView, worker: Worker) -> Package:
    """The package of a document. Raises CompileError, with the ids of the entities concerned where they are known."""
    plan = make_plan(view)
    spec, platform, runtime_config, text, source_map, digest = worker.call(_COMPILE, msgspec.json.encode(plan))
    return Package(
        spec=spec,
        platform=platform,
        runtime_config=runtime_config,
        yaml=text,
        source_map={path: EntityId(entity) for path, entity in source_map.items()},
        digest=digest,
    )


def preview_document(view: DocumentView, worker: Worker) -> tuple[str, tuple[Span, ...]]:
    """The text of a document's package, and which lines stand for what. Raises CompileError."""
    return worker.call(_PREVIEW, msgspec.json.encode(make_plan(view)))
