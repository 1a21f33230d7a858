"""Using a library entry whatever it is: `components.realise`, with pipelines imported by this room."""

from editor.compiler.import_ir import import_package
from editor.compiler.packages import RawPackage
from editor.components import LibraryEntry, realise
from editor.model import Entity, EntityId, Fragment, Json
from editor.worker import Worker


def realise_entry(entry: LibraryEntry, worker: Worker) -> Fragment:
    """What to embed for an entry: a Component, or a sub-Pipeline with all that it needs. Raises EditorError."""
    return realise(entry, worker, _imported)


def _imported(spec: dict[str, Json], platform: dict[str, Json], origin: str) -> dict[EntityId, Entity]:
    return import_package(RawPackage(spec=spec, platform=platform, origin=origin))
