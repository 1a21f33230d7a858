"""What tasks can do: finding components in YAML and Python files, and making of one what a document embeds."""

from editor.components.entries import EntryKind, LibraryEntry, LoadError
from editor.components.ir import component_of, inputs_of, outputs_of
from editor.components.listing import list_components
from editor.components.realise import PipelineImporter, realise
from editor.components.report import as_json, origin_text

__all__ = [
    "EntryKind",
    "LibraryEntry",
    "LoadError",
    "PipelineImporter",
    "as_json",
    "component_of",
    "inputs_of",
    "list_components",
    "origin_text",
    "outputs_of",
    "realise",
]
