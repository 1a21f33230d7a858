"""The Inspector dock: what is selected, shown and edited by kind."""

from editor.ui.panels.inspector.panel import Inspector

__all__ = ["Inspector"]
