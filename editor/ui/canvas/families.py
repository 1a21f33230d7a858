"""Which types share a colour. No Qt, no colours: those are the theme's."""

from editor.model import ArtifactType, PortType


def family_of(kind: PortType) -> str:
    """The key in `Theme.ports` of a type."""
    if isinstance(kind, ArtifactType):
        title = kind.schema_title
        if title in ("system.Dataset", "system.Model"):
            return title
        if title.endswith("Metrics"):
            return "system.Metrics"
        return "system.HTML" if title in ("system.HTML", "system.Markdown") else "system.Artifact"
    return "OTHER" if kind.kind in ("TASK_FINAL_STATUS", "TASK_CONFIG") else kind.kind
