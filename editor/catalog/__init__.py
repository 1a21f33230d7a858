"""Where components come from: remembered folders and files, and the samples; how to read them is not known here."""

from editor.catalog.catalog import SAMPLES, Catalog, search

__all__ = ["SAMPLES", "Catalog", "search"]
