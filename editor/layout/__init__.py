"""Automatic placement, and the sizes that it shares with the canvas. Nothing here paints."""

from editor.layout.arranging import Direction, arrange

__all__ = ["Direction", "arrange"]
